//! A credit note: what is taken back, why, and how the money goes back.

use super::{ticket::Doing, tickets::Desk};
use crate::{
    parts::choice::Choice,
    words::{self, money, payment, tickets},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{
    Command, Correction, CreditLine, CreditReason, Means, Reply, Tender, TicketLineView, TicketView,
};

const REASONS: [CreditReason; 5] = [
    CreditReason::Complaint,
    CreditReason::WrongItem,
    CreditReason::Mistake,
    CreditReason::NotDelivered,
    CreditReason::PaidTwice,
];

/// By what money may go back instead of the means it came by.
const BACK: [Means; 2] = [Means::Cash, Means::Card];

/// One of what is counted in thousandths.
const ONE: u32 = 1_000;

/// A credit note being put together.
#[derive(Clone, Copy)]
struct Taking {
    desk: Desk,
    doing: RwSignal<Doing>,
    number: StoredValue<String>,
    /// Each line, and how much of it is taken back, in thousandths.
    lines: StoredValue<Vec<(TicketLineView, RwSignal<u32>)>>,
    reason: RwSignal<CreditReason>,
    /// `None`: as it was paid.
    back: RwSignal<Option<Means>>,
    sent: RwSignal<bool>,
}

impl Taking {
    /// What it comes to: a line's price in proportion, the workstation has the last word.
    fn total(self) -> Money {
        self.lines
            .with_value(|lines| lines.iter().map(|(line, taken)| part(line, taken.get())).sum())
    }

    fn is_ready(self) -> bool {
        let some = self.lines.with_value(|lines| lines.iter().any(|(_, taken)| taken.get() > 0));
        some && !self.sent.get()
    }

    fn all(self) {
        self.lines
            .with_value(|lines| lines.iter().for_each(|(line, taken)| taken.set(line.left_m)));
    }

    /// The lines as they are taken back; none where it is all that is left.
    fn chosen(self) -> Vec<CreditLine> {
        self.lines.with_value(|lines| {
            if lines.iter().all(|(line, taken)| taken.get_untracked() == line.left_m) {
                return Vec::new();
            }
            let taken = lines.iter().map(|(line, taken)| (line.line, taken.get_untracked()));
            taken
                .filter(|(_, qty_m)| *qty_m > 0)
                .map(|(line, qty_m)| CreditLine { line, qty_m })
                .collect()
        })
    }

    fn take(self) {
        if !untrack(|| self.is_ready()) {
            return;
        }
        self.sent.set(true);
        let (ticket, lines) = (self.number.get_value(), self.chosen());
        let reason = self.reason.get_untracked();
        let total = untrack(|| self.total());
        let back: Vec<_> =
            self.back.get_untracked().map(|means| Tender::of(means, total)).into_iter().collect();
        let (desk, doing) = (self.desk, self.doing);
        let command = move |approval| {
            Command::Correct(Correction::CreditNote {
                ticket: ticket.clone(),
                lines: lines.clone(),
                back: back.clone(),
                reason,
                approval,
            })
        };
        desk.shared.it.act_allowed(command, move |reply| {
            self.sent.try_set(false);
            if let Some(Reply::Corrected { ticket, total }) = reply {
                desk.shared.say(&tickets::credited_by(&ticket, total));
                doing.try_set(Doing::Reading);
                desk.refresh();
            }
        });
    }
}

/// The price of so many thousandths of a line, to the nearest cent.
fn part(line: &TicketLineView, qty_m: u32) -> Money {
    let of = i64::from(line.qty_m.max(1));
    Money::from_cents((line.ttc.cents() * i64::from(qty_m) * 2 + of).div_euclid(of * 2))
}

/// The panel.
#[component]
pub(super) fn Credit(desk: Desk, ticket: TicketView, doing: RwSignal<Doing>) -> impl IntoView {
    let left = ticket.lines.into_iter().map(|line| (line, RwSignal::new(0)));
    let taking = Taking {
        desk,
        doing,
        number: StoredValue::new(ticket.line.number),
        lines: StoredValue::new(left.collect()),
        reason: RwSignal::new(CreditReason::Complaint),
        back: RwSignal::new(None),
        sent: RwSignal::new(false),
    };
    let rows = taking.lines.with_value(|lines| {
        let row = |(at, (line, taken)): (usize, &(TicketLineView, RwSignal<u32>))| {
            view! { <Line at line=line.clone() taken=*taken /> }
        };
        lines.iter().enumerate().map(row).collect_view()
    });
    let reason = move |this: CreditReason| {
        let chosen = Signal::derive(move || taking.reason.get() == this);
        view! {
            <Choice
                hook=tickets::credit_hook(this)
                chosen
                choose=move || taking.reason.set(this)
            >
                {pos_api::words::credit(this)}
            </Choice>
        }
    };
    view! {
        <section class="credit" data-test="credit">
            <div class="detail-head">
                <h3>{tickets::CREDIT_WHAT}</h3>
                <button data-test="credit-all" on:click=move |_| taking.all()>
                    {tickets::CREDIT_ALL}
                </button>
            </div>
            <ul class="ticket-lines">{rows}</ul>
            <h3>{words::day::BECAUSE}</h3>
            <div class="reasons">{REASONS.map(reason).into_iter().collect_view()}</div>
            <Back taking />
            <div class="setting-actions">
                <button data-test="credit-back" on:click=move |_| doing.set(Doing::Reading)>
                    {words::button::BACK}
                </button>
                <button
                    class="primary"
                    data-test="credit-submit"
                    disabled=move || !taking.is_ready()
                    on:click=move |_| taking.take()
                >
                    {move || tickets::take_back(taking.total())}
                </button>
            </div>
        </section>
    }
}

#[component]
fn Line(at: usize, line: TicketLineView, taken: RwSignal<u32>) -> impl IntoView {
    let left = line.left_m;
    let step = move |more: bool| {
        taken.update(|taken| {
            *taken = if more { (*taken + ONE).min(left) } else { taken.saturating_sub(ONE) };
        });
    };
    let said = move || tickets::quantity(taken.get());
    let none = (left == 0).then(|| view! { <small class="wrong">{tickets::ALL_CREDITED}</small> });
    let price = line.clone();
    view! {
        <li class="credit-line" data-test="credit-line">
            <span>{line.label}" "{none}</span>
            <div class="stepper">
                <button
                    data-test=format!("credit-less-{at}")
                    aria-label=words::button::ONE_LESS
                    disabled=move || taken.get() == 0
                    on:click=move |_| step(false)
                >
                    "−"
                </button>
                <b>{said}</b>
                <button
                    data-test=format!("credit-more-{at}")
                    aria-label=words::button::ONE_MORE
                    disabled=move || taken.get() == left
                    on:click=move |_| step(true)
                >
                    "+"
                </button>
            </div>
            <b>{move || money(part(&price, taken.get()))}</b>
        </li>
    }
}

/// How the money goes back.
#[component]
fn Back(taking: Taking) -> impl IntoView {
    let choice = move |means: Means| {
        let chosen = Signal::derive(move || taking.back.get() == Some(means));
        let hook = format!("credit-by-{}", payment::means_hook(means));
        view! {
            <Choice hook chosen choose=move || taking.back.set(Some(means))>
                {payment::means(means)}
            </Choice>
        }
    };
    let as_paid = Signal::derive(move || taking.back.get().is_none());
    view! {
        <h3>{tickets::CREDIT_BACK}</h3>
        <div class="reasons">
            <Choice hook="credit-by-as-paid" chosen=as_paid choose=move || taking.back.set(None)>
                {tickets::CREDIT_AS_PAID}
            </Choice>
            {BACK.map(choice).into_iter().collect_view()}
        </div>
        <Show when=move || taking.back.get() == Some(Means::Card)>
            <p class="care">{tickets::CREDIT_CARD}</p>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::part;
    use domain::id::LineId;
    use fiscal::Money;
    use pos_api::TicketLineView;

    #[test]
    fn a_part_of_a_line_costs_its_share_to_the_nearest_cent() {
        let line = TicketLineView {
            line: LineId([1; 8]),
            label: "Reine grande".to_owned(),
            details: Vec::new(),
            qty_m: 3_000,
            left_m: 3_000,
            ttc: Money::from_cents(1_000),
        };
        let parts = [0, 1_000, 2_000, 3_000].map(|qty_m| part(&line, qty_m).cents());
        assert_eq!(parts, [0, 333, 667, 1_000]);
    }
}
