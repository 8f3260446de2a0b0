//! Taking something off: one line or all of them, how much, and why.

use super::{Counter, counter};
use crate::{
    keys::{self, Focus, Press},
    parts::{amount::Typed, choice::Choice, pad::AmountPad},
    words::{self, discount},
};
use domain::{id::LineId, order::DiscountReason};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{COUNTER_PERCENT, Command, Discount, DiscountAmount};

/// The reasons a person may give. A formule is found by the workstation, and what is offered has a
/// button of its own.
const REASONS: [DiscountReason; 5] = [
    DiscountReason::CommercialGesture,
    DiscountReason::Complaint,
    DiscountReason::Coupon,
    DiscountReason::PromotionalOffer,
    DiscountReason::StaffMeal,
];

/// Percentages that are given often.
const USUAL: [u8; 4] = [5, 10, 15, 20];

/// How the amount is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Percent,
    Amount,
    Free,
}

/// A discount being put together.
#[derive(Clone, Copy)]
struct Given {
    counter: Counter,
    line: RwSignal<Option<LineId>>,
    kind: RwSignal<Kind>,
    typed: Typed,
    /// Its place in [`REASONS`].
    reason: RwSignal<usize>,
    sent: RwSignal<bool>,
}

impl Given {
    /// How much is taken off; `None` while that is not said.
    fn amount(self) -> Option<DiscountAmount> {
        let typed = self.typed.amount().filter(|it| *it > Money::ZERO);
        match self.kind.get() {
            Kind::Free => Some(DiscountAmount::Percent(100)),
            Kind::Amount => typed.map(DiscountAmount::Amount),
            Kind::Percent => typed
                .and_then(|it| u8::try_from(it.cents() / 100).ok())
                .filter(|percent| (1..=100).contains(percent))
                .map(DiscountAmount::Percent),
        }
    }

    fn reason(self) -> DiscountReason {
        if self.kind.get_untracked() == Kind::Free {
            return DiscountReason::Free;
        }
        let at = self.reason.get_untracked();
        REASONS.get(at).cloned().unwrap_or(DiscountReason::CommercialGesture)
    }

    fn give(self, amount: DiscountAmount, said: &'static str) {
        if self.sent.get_untracked() {
            return;
        }
        self.sent.set(true);
        let (line, reason) = (self.line.get_untracked(), self.reason());
        let counter = self.counter;
        let command = move |approval| {
            let reason = reason.clone();
            Command::Discount(Discount { order: None, line, amount, reason, approval })
        };
        counter.it.act_allowed(command, move |reply| {
            self.sent.try_set(false);
            if reply.is_some() {
                counter.it.notice.set(Some(said.to_owned()));
                counter.close();
            }
        });
    }

    fn submit(self) {
        if let Some(amount) = untrack(|| self.amount()) {
            self.give(amount, discount::GIVEN);
        }
    }

    fn key(self, press: &Press) -> bool {
        match press.key.as_str() {
            "Enter" if press.repeat || press.focus == Focus::Button => false,
            "Enter" => {
                self.submit();
                true
            }
            _ if self.kind.get_untracked() == Kind::Free => false,
            _ => self.typed.key(press),
        }
    }
}

/// The panel.
#[component]
pub(crate) fn Discounted(line: Option<LineId>) -> impl IntoView {
    let counter = counter();
    let given = Given {
        counter,
        line: RwSignal::new(line),
        kind: RwSignal::new(Kind::Percent),
        typed: Typed::new(),
        reason: RwSignal::new(0),
        sent: RwSignal::new(false),
    };
    keys::on_key(move |press| given.key(press));
    let ready = Memo::new(move |_| given.amount().is_some() && !given.sent.get());
    view! {
        <section class="panel discount" data-test="discount">
            <h2>{discount::OPEN}</h2>
            <div class="panel-actions">
                <button data-test="discount-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
                <button
                    data-test="discount-none"
                    disabled=given.sent
                    on:click=move |_| {
                        given.give(DiscountAmount::Amount(Money::ZERO), discount::TAKEN_AWAY);
                    }
                >
                    {discount::NONE}
                </button>
                <button
                    class="primary"
                    data-test="discount-submit"
                    disabled=move || !ready.get()
                    on:click=move |_| given.submit()
                >
                    {move || says(given)}
                    <kbd>{words::button::ENTER_KEY}</kbd>
                </button>
            </div>
            <p class="quiet-said">{discount::rights(COUNTER_PERCENT)}</p>
            <div class="discount-columns">
                <OnWhat given />
                <HowMuch given />
                <Why given />
            </div>
        </section>
    }
}

/// What the button that gives it says.
fn says(given: Given) -> String {
    match given.amount() {
        Some(DiscountAmount::Percent(100)) => discount::FREE.to_owned(),
        Some(DiscountAmount::Percent(percent)) => {
            format!("{} {}", discount::OPEN, discount::percent(percent))
        }
        Some(DiscountAmount::Amount(amount)) => {
            format!("{} {}", discount::OPEN, discount::off(amount))
        }
        None => discount::OPEN.to_owned(),
    }
}

/// All lines, or one of them.
#[component]
fn OnWhat(given: Given) -> impl IntoView {
    let lines = given.counter.it.basket.peek(|basket| basket.lines.clone()).unwrap_or_default();
    let choice = move |(at, line): (usize, pos_api::BasketLine)| {
        let this = Some(line.line);
        let chosen = Signal::derive(move || given.line.get() == this);
        view! {
            <Choice hook=format!("discount-line-{at}") chosen choose=move || given.line.set(this)>
                {line.quantity}
                " "
                {line.label}
            </Choice>
        }
    };
    let whole = Signal::derive(move || given.line.get().is_none());
    view! {
        <div class="discount-what">
            <h3>{discount::ON_WHAT}</h3>
            <div class="discount-lines">
                <Choice hook="discount-whole" chosen=whole choose=move || given.line.set(None)>
                    {discount::WHOLE}
                </Choice>
                {lines.into_iter().enumerate().map(choice).collect_view()}
            </div>
        </div>
    }
}

/// Percent, euros, or all of it.
#[component]
fn HowMuch(given: Given) -> impl IntoView {
    let kind = move |hook: &'static str, this: Kind, name: &'static str| {
        let chosen = Signal::derive(move || given.kind.get() == this);
        let choose = move || {
            given.kind.set(this);
            given.typed.clear();
        };
        view! { <Choice hook chosen choose>{name}</Choice> }
    };
    let usual = move |percent: u8| {
        let give = move |_| given.give(DiscountAmount::Percent(percent), discount::GIVEN);
        view! {
            <button data-test=format!("discount-percent-{percent}") disabled=given.sent on:click=give>
                {discount::percent(percent)}
            </button>
        }
    };
    let shown = move || match (given.kind.get(), given.amount()) {
        (Kind::Free, _) => discount::FREE.to_owned(),
        (Kind::Percent, Some(DiscountAmount::Percent(percent))) => discount::percent(percent),
        (Kind::Percent, _) => discount::PERCENT.to_owned(),
        (Kind::Amount, _) => given.typed.shown(),
    };
    view! {
        <div class="discount-much">
            <h3>{discount::HOW_MUCH}</h3>
            <div class="segments">
                {kind("discount-percent", Kind::Percent, discount::PERCENT)}
                {kind("discount-amount", Kind::Amount, discount::AMOUNT)}
                {kind("discount-free", Kind::Free, discount::FREE)}
            </div>
            <p class="discount-typed" data-test="discount-typed">{shown}</p>
            <Show when=move || given.kind.get() == Kind::Percent>
                <div class="segments">{USUAL.map(usual).into_iter().collect_view()}</div>
            </Show>
            <Show when=move || given.kind.get() != Kind::Free>
                <AmountPad press=move |key| given.typed.press(key) />
            </Show>
        </div>
    }
}

/// The reason, which the ticket keeps.
#[component]
fn Why(given: Given) -> impl IntoView {
    let choice = move |(at, reason): (usize, DiscountReason)| {
        let chosen = Signal::derive(move || given.reason.get() == at);
        view! {
            <Choice
                hook=discount::reason_hook(&reason)
                chosen
                choose=move || given.reason.set(at)
            >
                {pos_api::words::discount(&reason)}
            </Choice>
        }
    };
    view! {
        <div class="discount-why">
            <Show when=move || given.kind.get() != Kind::Free>
                <h3>{discount::WHY}</h3>
                <div class="discount-lines">
                    {REASONS.into_iter().enumerate().map(choice).collect_view()}
                </div>
            </Show>
        </div>
    }
}
