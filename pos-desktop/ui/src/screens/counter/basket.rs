//! The order being taken: mode, time and customer over it, its lines, its total, the ways out.

mod line;
mod select;

use super::{Counter, Middle, counter};
use crate::{
    keys,
    words::{self, money},
};
use fiscal::{Money, vat::Mode};
use leptos::prelude::*;
use line::Line;
use pos_api::{BasketEdit, Command};

/// The basket.
#[component]
pub(crate) fn Basket() -> impl IntoView {
    let counter = counter();
    let lines = Memo::new(move |_| {
        let ids = counter
            .it
            .basket
            .with(|basket| basket.lines.iter().map(|line| line.line).collect::<Vec<_>>());
        ids.unwrap_or_default()
    });
    let empty = move || lines.with(Vec::is_empty);
    keys::on_key(move |press| select::key(counter, press));
    view! {
        <section class="basket">
            <Head counter />
            <div class="basket-lines">
                <For each=move || lines.get() key=|line| line.0 let:line>
                    <Line counter line />
                </For>
                <Show when=empty>
                    <p class="empty" data-test="basket-empty">
                        {words::basket::EMPTY}
                    </p>
                </Show>
            </div>
            <Extras counter />
            <Foot counter />
        </section>
    }
}

/// The formules that were found, and what is asked for delivering.
#[component]
fn Extras(counter: Counter) -> impl IntoView {
    let deals = Memo::new(move |_| {
        counter.it.basket.with(|basket| basket.deals.clone()).unwrap_or_default()
    });
    let fee = Memo::new(move |_| counter.it.basket.with(|it| it.fee).unwrap_or(Money::ZERO));
    let deal = |deal: pos_api::DealView| {
        view! {
            <p class="basket-extra" data-test="basket-deal">
                <b>{deal.name}</b>
                <b>{words::discount::off(deal.saving)}</b>
                <small>{words::basket::formule(deal.price)}</small>
            </p>
        }
    };
    let asked = move || {
        (fee.get() != Money::ZERO).then(|| {
            view! {
                <p class="basket-extra" data-test="basket-fee">
                    <b>{words::basket::FEE}</b>
                    <b>{money(fee.get())}</b>
                </p>
            }
        })
    };
    view! {
        <div class="basket-extras">
            {move || deals.get().into_iter().map(deal).collect_view()} {asked}
        </div>
    }
}

/// Number, mode, time and customer: they change prices, VAT and promises.
#[component]
fn Head(counter: Counter) -> impl IntoView {
    let mode = Memo::new(move |_| counter.it.basket.with(|basket| basket.mode));
    let choice = move |this: Mode| {
        let hook = match this {
            Mode::OnSite => "basket-mode-on-site",
            Mode::TakeAway => "basket-mode-take-away",
            Mode::Delivery => "basket-mode-delivery",
        };
        let press = move |_| counter.it.act(Command::Basket(BasketEdit::SetMode(this)));
        view! {
            <button
                data-test=hook
                aria-pressed=move || (mode.get() == Some(this)).to_string()
                on:click=press
            >
                {words::mode(this)}
            </button>
        }
    };
    view! {
        <header class="basket-head">
            <div class="basket-modes">
                {[Mode::OnSite, Mode::TakeAway, Mode::Delivery].map(choice)}
            </div>
            <Promised counter />
            <Whom counter />
        </header>
    }
}

/// When it is promised.
#[component]
fn Promised(counter: Counter) -> impl IntoView {
    let promise = move || {
        counter.it.basket.with(|basket| match &basket.promise {
            Some(at) => words::basket::promise(at),
            None => words::counter::AS_SOON_AS_POSSIBLE.to_owned(),
        })
    };
    view! {
        <Opens counter hook="basket-promise" panel=Middle::Promise name=words::basket::TIME>
            {promise}
        </Opens>
    }
}

/// Whom it is for.
#[component]
fn Whom(counter: Counter) -> impl IntoView {
    let customer =
        Memo::new(move |_| counter.it.basket.with(|basket| basket.customer.clone()).flatten());
    let said = move || {
        customer.with(|customer| match customer {
            Some(customer) if customer.name.is_empty() => customer.phone.clone(),
            Some(customer) => customer.name.clone(),
            None => words::basket::NO_CUSTOMER.to_owned(),
        })
    };
    view! {
        <Opens counter hook="basket-customer" panel=Middle::Customer name=words::basket::CUSTOMER>
            {said}
        </Opens>
    }
}

/// A button with what was chosen, that opens the panel where it is chosen.
#[component]
fn Opens(
    counter: Counter,
    hook: &'static str,
    panel: Middle,
    name: &'static str,
    children: Children,
) -> impl IntoView {
    let shown = panel.clone();
    let open = move || counter.middle.with(|middle| *middle == shown).to_string();
    view! {
        <button
            class="basket-choice"
            data-test=hook
            aria-pressed=open
            on:click=move |_| counter.open(panel.clone())
        >
            <small>{name}</small>
            <b>{children()}</b>
        </button>
    }
}

/// The total, and the ways out, always in the same place.
#[component]
fn Foot(counter: Counter) -> impl IntoView {
    let label = move || counter.it.basket.with(|basket| basket.label.clone());
    let pieces = move || {
        counter.it.basket.with(|basket| {
            words::pieces(basket.lines.iter().map(|line| u64::from(line.quantity)).sum())
        })
    };
    let total = Memo::new(move |_| counter.it.basket.with(|it| it.total).unwrap_or(Money::ZERO));
    let due = Memo::new(move |_| counter.it.basket.with(|it| it.due).unwrap_or(Money::ZERO));
    let paid = move || {
        let paid = total.get() - due.get();
        (paid.cents() > 0).then(|| words::basket::paid(paid))
    };
    let saved = move || {
        let saved = counter.it.basket.with(|it| it.discount_total).unwrap_or(Money::ZERO);
        (saved != Money::ZERO).then(|| words::basket::saved(saved))
    };
    let empty = Memo::new(move |_| counter.it.basket.with(|it| it.lines.is_empty()) != Some(false));
    let resumed = Memo::new(move |_| counter.it.basket.with(|it| it.order.is_some()) == Some(true));
    view! {
        <footer class="basket-foot">
            <p class="basket-total">
                <span class="basket-label" data-test="basket-label">{label}</span>
                <small>{pieces}" "{paid}" "<span data-test="basket-saved">{saved}</span></small>
                <b data-test="basket-total">{move || money(total.get())}</b>
            </p>
            <button
                data-test="discount-open"
                disabled=empty
                on:click=move |_| counter.discount(counter.selected.get_untracked())
            >
                {words::discount::OPEN}
                <kbd>"F11"</kbd>
            </button>
            <button data-test="hold" disabled=empty on:click=move |_| counter.hold()>
                {words::basket::HOLD}
                <kbd>"F9"</kbd>
            </button>
            <button
                class="danger"
                data-test="cancel"
                disabled=move || empty.get() && !resumed.get()
                on:click=move |_| counter.cancel()
            >
                {words::button::CANCEL}
            </button>
            <button data-test="kitchen" disabled=empty on:click=move |_| counter.send()>
                {words::basket::SEND}
                <kbd>"F10"</kbd>
            </button>
            <button
                class="primary"
                data-test="pay"
                disabled=empty
                on:click=move |_| counter.pay()
            >
                {move || words::counter::take(due.get())}
                <kbd>"F12"</kbd>
            </button>
        </footer>
    }
}
