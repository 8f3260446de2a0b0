//! A payment of a ticket: corrected, or verified by the terminal's own list.

use super::{ticket::Doing, tickets::Desk};
use crate::{
    keys,
    parts::choice::Choice,
    words::{self, figures, money, payment, tickets},
};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{
    Approval, Command, Correction, Means, PaymentReason, PaymentView, Tender, TicketView,
};

const REASONS: [PaymentReason; 3] =
    [PaymentReason::WrongMeans, PaymentReason::Declined, PaymentReason::Settled];

/// What something may really have been paid with.
const MEANS: [Means; 7] = [
    Means::Cash,
    Means::Card,
    Means::MealVoucherCard,
    Means::MealVoucher,
    Means::Cheque,
    Means::Staff,
    Means::Receivable,
];

/// The reason that is likeliest for a payment by this means.
fn likely(means: fiscal::ticket::Means, to_verify: bool) -> PaymentReason {
    match means {
        fiscal::ticket::Means::Receivable => PaymentReason::Settled,
        fiscal::ticket::Means::Card if to_verify => PaymentReason::Declined,
        fiscal::ticket::Means::Cash
        | fiscal::ticket::Means::Card
        | fiscal::ticket::Means::MealVoucher
        | fiscal::ticket::Means::Cheque
        | fiscal::ticket::Means::Staff
        | fiscal::ticket::Means::MealVoucherCard => PaymentReason::WrongMeans,
    }
}

/// What the payment was really made with, and why it was recorded otherwise.
#[component]
pub(super) fn Correct(
    desk: Desk,
    ticket: TicketView,
    payment: usize,
    doing: RwSignal<Doing>,
) -> impl IntoView {
    let number = StoredValue::new(ticket.line.number);
    let wrong = ticket.payments.into_iter().nth(payment);
    wrong.map(|wrong| view! { <Correcting desk number at=payment wrong doing /> })
}

#[component]
fn Correcting(
    desk: Desk,
    number: StoredValue<String>,
    at: usize,
    wrong: PaymentView,
    doing: RwSignal<Doing>,
) -> impl IntoView {
    let amount = wrong.amount;
    let means = RwSignal::new(Means::Cash);
    let reason = RwSignal::new(likely(wrong.means, wrong.to_verify));
    let (reference, sent) = (RwSignal::new(String::new()), RwSignal::new(false));
    let it = desk.shared.it;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if sent.get_untracked() {
            return;
        }
        sent.set(true);
        let (ticket, reason) = (number.get_value(), reason.get_untracked());
        let reference = reference.with_untracked(|text| text.trim().to_owned());
        let really = Tender { reference, ..Tender::of(means.get_untracked(), amount) };
        let command = move |approval: Option<Approval>| {
            let tenders = vec![really.clone()];
            let ticket = ticket.clone();
            Command::Correct(Correction::Payment { ticket, payment: at, tenders, reason, approval })
        };
        it.act_allowed(command, move |reply| {
            sent.try_set(false);
            if reply.is_some() {
                desk.shared.say(tickets::CORRECTION_DONE);
                doing.try_set(Doing::Reading);
                desk.refresh();
            }
        });
    };
    view! {
        <form class="credit" data-test="correct" autocomplete="off" on:submit=submit>
            <p class="corrected">{figures::means(wrong.means)}" "<b>{money(amount)}</b></p>
            <h3>{tickets::REALLY_BY}</h3>
            <Really means />
            <h3>{words::day::BECAUSE}</h3>
            <Because reason />
            <label class="field">
                {payment::REFERENCE}
                <input data-test="correct-reference" maxlength="32" bind:value=reference />
            </label>
            <div class="setting-actions">
                <button
                    type="button"
                    data-test="correct-back"
                    on:click=move |_| doing.set(Doing::Reading)
                >
                    {words::button::BACK}
                </button>
                <button class="primary" data-test="correct-submit" disabled=sent>
                    {tickets::correct(amount)}
                </button>
            </div>
        </form>
    }
}

#[component]
fn Really(means: RwSignal<Means>) -> impl IntoView {
    let choice = move |this: Means| {
        let chosen = Signal::derive(move || means.get() == this);
        let hook = format!("correct-by-{}", payment::means_hook(this));
        view! { <Choice hook chosen choose=move || means.set(this)>{payment::means(this)}</Choice> }
    };
    view! { <div class="reasons">{MEANS.map(choice).into_iter().collect_view()}</div> }
}

#[component]
fn Because(reason: RwSignal<PaymentReason>) -> impl IntoView {
    let choice = move |this: PaymentReason| {
        let chosen = Signal::derive(move || reason.get() == this);
        view! {
            <Choice hook=tickets::payment_hook(this) chosen choose=move || reason.set(this)>
                {pos_api::words::payment(this)}
            </Choice>
        }
    };
    view! { <div class="reasons">{REASONS.map(choice).into_iter().collect_view()}</div> }
}

/// The id of the field that takes the terminal's reference.
const REFERENCE: &str = "verify-reference";

/// A card payment that nobody saw the answer of: the terminal's list has it.
#[component]
pub(super) fn VerifyPayment(
    desk: Desk,
    ticket: TicketView,
    payment: usize,
    doing: RwSignal<Doing>,
) -> impl IntoView {
    let amount = ticket.payments.get(payment).map(|it| money(it.amount));
    let number = StoredValue::new(ticket.line.number);
    let reference = RwSignal::new(String::new());
    let it = desk.shared.it;
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let reference = reference.with_untracked(|text| text.trim().to_owned());
        let ticket = number.get_value();
        it.act_then(
            Command::Correct(Correction::Verified { ticket, payment, reference }),
            move |_| {
                desk.shared.say(tickets::VERIFIED);
                doing.try_set(Doing::Reading);
                desk.refresh();
            },
        );
    };
    request_animation_frame(|| keys::focus(REFERENCE));
    view! {
        <form class="credit" data-test="verify-payment" autocomplete="off" on:submit=submit>
            <p class="day-amount">{amount}</p>
            <p>{tickets::VERIFY_HOW}</p>
            <label class="field">
                {tickets::TERMINAL_REFERENCE}
                <input
                    id=REFERENCE
                    data-test="verify-reference"
                    maxlength="32"
                    bind:value=reference
                />
            </label>
            <div class="setting-actions">
                <button
                    type="button"
                    data-test="verify-back"
                    on:click=move |_| doing.set(Doing::Reading)
                >
                    {words::button::BACK}
                </button>
                <button
                    type="button"
                    data-test="verify-correct"
                    on:click=move |_| doing.set(Doing::Correcting(payment))
                >
                    {tickets::CORRECT}
                </button>
                <button class="primary" data-test="verify-submit">
                    {tickets::VERIFY_SUBMIT}
                </button>
            </div>
        </form>
    }
}
