//! The figures of a closing, or of the day so far.

use crate::words::{self, figures, money};
use fiscal::{Money, closing::Drawer};
use leptos::prelude::*;
use pos_api::{ClosingView, CountView, MeansView, RateView};

/// All of them, in columns.
#[component]
pub(crate) fn Figures(
    figures: ClosingView,
    /// What should be in the drawer is told after counting only.
    #[prop(optional)]
    blind: bool,
) -> impl IntoView {
    let drawer = figures.drawer.map(|drawer| view! { <InDrawer drawer blind /> });
    let carried = (!figures.open_orders.is_empty()).then(|| {
        let orders = figures.open_orders.clone();
        view! { <Carried orders /> }
    });
    let (algebraic, absolute) = (figures.perpetual_algebraic, figures.perpetual_absolute);
    view! {
        <div class="figures" data-test="figures">
            <p class="figures-total">
                <span>{figures::TOTAL}</span>
                <b data-test="figures-total">{money(figures.total)}</b>
            </p>
            <Means means=figures.means.clone() blind />
            {drawer}
            <Rates rates=figures.rates.clone() />
            <Events figures />
            {carried}
            <dl class="figure-list">
                <Row name=figures::PERPETUAL value=money(algebraic) />
                <Row name=figures::PERPETUAL_ABSOLUTE value=money(absolute) />
            </dl>
        </div>
    }
}

/// A name and its value.
#[component]
fn Row(#[prop(into)] name: String, value: String) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

#[component]
fn Means(means: Vec<MeansView>, blind: bool) -> impl IntoView {
    let row = |it: &MeansView| {
        let hidden = blind && it.means == fiscal::ticket::Means::Cash;
        let amount = if hidden { figures::BLIND.to_owned() } else { money(it.amount) };
        let unsure = (it.to_verify != Money::ZERO).then(|| {
            view! {
                <div class="figure-care">
                    <dt>{figures::TO_VERIFY}</dt>
                    <dd>{money(it.to_verify)}</dd>
                </div>
            }
        });
        view! {
            <div>
                <dt>{figures::means(it.means)}" · "{figures::times(it.count)}</dt>
                <dd>{amount}</dd>
            </div>
            {unsure}
        }
    };
    let none = means.is_empty().then(|| view! { <p class="quiet-said">{figures::NONE}</p> });
    view! {
        <section>
            <h3>{figures::MEANS}</h3>
            <dl class="figure-list" data-test="figures-means">
                {means.iter().map(row).collect_view()}
            </dl>
            {none}
        </section>
    }
}

#[component]
fn Rates(rates: Vec<RateView>) -> impl IntoView {
    let row = |it: &RateView| {
        view! {
            <tr>
                <th scope="row">{figures::rate(it.rate_bp)}</th>
                <td>{it.ht.french()}</td>
                <td>{it.vat.french()}</td>
                <td>{it.ttc.french()}</td>
            </tr>
        }
    };
    view! {
        <section>
            <h3>{figures::RATES}</h3>
            <table class="figure-table" data-test="figures-rates">
                <thead>
                    <tr>
                        <th scope="col">{figures::RATE}</th>
                        <th scope="col">{figures::HT}</th>
                        <th scope="col">{figures::VAT}</th>
                        <th scope="col">{figures::TTC}</th>
                    </tr>
                </thead>
                <tbody>{rates.iter().map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}

#[component]
fn InDrawer(drawer: Drawer, blind: bool) -> impl IntoView {
    let hidden = blind && drawer.counted.is_none();
    let or_hidden = |amount: Money| {
        if hidden { figures::BLIND.to_owned() } else { money(amount) }
    };
    let counted = drawer.counted.map_or_else(|| figures::NOT_COUNTED.to_owned(), money);
    let difference = drawer.difference.map(|difference| {
        view! {
            <div class:figure-care=difference != Money::ZERO data-test="figures-difference">
                <dt>{figures::DIFFERENCE}</dt>
                <dd>{words::difference(difference)}</dd>
            </div>
        }
    });
    view! {
        <section>
            <h3>{figures::DRAWER}</h3>
            <dl class="figure-list" data-test="figures-drawer">
                <Row name=figures::FLOAT value=money(drawer.float) />
                <Row name=figures::CASH_SALES value=or_hidden(drawer.sales) />
                <Row name=figures::CASH_IN value=money(drawer.cash_in) />
                <Row name=figures::CASH_OUT value=money(drawer.cash_out) />
                <Row name=figures::THEORETICAL value=or_hidden(drawer.theoretical) />
                <Row name=figures::COUNTED value=counted />
                {difference}
            </dl>
        </section>
    }
}

#[component]
fn Events(figures: ClosingView) -> impl IntoView {
    let sums = [
        (figures::SALES, figures.sales),
        (figures::CREDIT_NOTES, figures.credit_notes),
        (figures::DISCOUNTS, figures.discounts),
        (figures::CANCELLED_LINES, figures.cancelled_lines),
        (figures::CANCELLED_ORDERS, figures.cancelled_orders),
    ];
    let counts = [
        (figures::CORRECTIONS, figures.corrections),
        (figures::DUPLICATES, figures.duplicates),
        (figures::PROVISIONALS, figures.provisionals),
        (figures::NOTES, figures.notes),
        (figures::INVOICES, figures.invoices),
        (figures::OPENINGS, figures.drawer_openings),
    ];
    let sum = |(name, it): (&'static str, CountView)| {
        let name = format!("{name} · {}", words::thousands(it.count));
        view! { <Row name value=money(it.amount) /> }
    };
    let number =
        |(name, it): (&'static str, u64)| view! { <Row name value=words::thousands(it) /> };
    view! {
        <section>
            <h3>{figures::EVENTS}</h3>
            <dl class="figure-list" data-test="figures-events">
                {sums.map(sum).into_iter().collect_view()}
                {counts.map(number).into_iter().collect_view()}
            </dl>
        </section>
    }
}

#[component]
fn Carried(orders: Vec<(String, Money)>) -> impl IntoView {
    let row = |(label, due): (String, Money)| view! { <Row name=label value=money(due) /> };
    view! {
        <section>
            <h3>{figures::CARRIED}</h3>
            <dl class="figure-list" data-test="figures-carried">
                {orders.into_iter().map(row).collect_view()}
            </dl>
        </section>
    }
}
