//! One ticket: what it says, and what can be done about it.

use super::{
    correct::{Correct, VerifyPayment},
    credit::Credit,
    tickets::Desk,
};
use crate::{
    parts::{invoice::Invoice, share::Share},
    screens::counter::counter,
    words::{self, figures, money, tickets},
};
use fiscal::{Money, ticket::Operation};
use leptos::prelude::*;
use pos_api::{Command, PaymentView, TicketLine, TicketLineView, TicketView};

/// What is being done about the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// It is read.
    Reading,
    /// Its link is shown.
    Sharing,
    /// Its invoice is made.
    Invoicing,
    /// Something of it is taken back.
    Crediting,
    /// One of its payments is corrected.
    Correcting(usize),
    /// One of its card payments is verified.
    Verifying(usize),
}

/// The ticket.
#[component]
pub(super) fn Ticket(desk: Desk, ticket: TicketView) -> impl IntoView {
    let doing = RwSignal::new(Doing::Reading);
    let closed = Callback::new(move |()| doing.set(Doing::Reading));
    let number = ticket.line.number.clone();
    let title = format!("{} · {}", ticket.line.order, tickets::operation(ticket.line.operation));
    let time = words::moment(&ticket.line.time);
    let total = money(ticket.line.total);
    let kept = StoredValue::new(ticket);
    view! {
        <header class="detail-head">
            <div>
                <h2>{title}</h2>
                <small data-test="ticket-number">{number}</small>
                <small>" · "{time}</small>
            </div>
            <b class="detail-total" data-test="ticket-total">{total}</b>
        </header>
        {move || {
            let ticket = kept.get_value();
            let number = ticket.line.number.clone();
            match doing.get() {
                Doing::Reading => view! { <Read desk ticket doing /> }.into_any(),
                Doing::Sharing => view! { <Within doing><Share ticket=number closed /></Within> }.into_any(),
                Doing::Invoicing => {
                    view! { <Within doing><Invoiced ticket closed /></Within> }.into_any()
                }
                Doing::Crediting => {
                    view! { <Within doing><Credit desk ticket doing /></Within> }.into_any()
                }
                Doing::Correcting(payment) => {
                    view! { <Within doing><Correct desk ticket payment doing /></Within> }.into_any()
                }
                Doing::Verifying(payment) => {
                    view! { <Within doing><VerifyPayment desk ticket payment doing /></Within> }
                        .into_any()
                }
            }
        }}
    }
}

/// What is open over the ticket: Esc closes it.
#[component]
fn Within(doing: RwSignal<Doing>, children: Children) -> impl IntoView {
    counter().on_back(move || doing.set(Doing::Reading));
    children()
}

#[component]
fn Invoiced(ticket: TicketView, closed: Callback<()>) -> impl IntoView {
    let number = ticket.line.number;
    match ticket.customer {
        Some(customer) => view! { <Invoice ticket=number customer closed /> }.into_any(),
        None => view! { <Invoice ticket=number closed /> }.into_any(),
    }
}

/// Its lines, its payments and what was done since.
#[component]
fn Read(desk: Desk, ticket: TicketView, doing: RwSignal<Doing>) -> impl IntoView {
    let own = ticket.own;
    let sale = ticket.line.operation == Operation::Sale;
    let since = ticket.corrections.clone();
    let payments = ticket.payments.clone();
    let payment = move |(at, payment): (usize, PaymentView)| {
        view! { <Paid at payment doing changes=own && sale /> }
    };
    view! {
        {own.then(|| view! { <Ways desk ticket=ticket.clone() doing /> })}
        {(!own).then(|| view! { <p class="care" data-test="ticket-not-own">{tickets::NOT_OWN}</p> })}
        <section>
            <h3>{tickets::LINES}</h3>
            <ul class="ticket-lines" data-test="ticket-lines">
                {ticket.lines.into_iter().map(|line| view! { <Sold line /> }).collect_view()}
            </ul>
        </section>
        <section>
            <h3>{tickets::PAYMENTS}</h3>
            <ul class="ticket-lines" data-test="ticket-payments">
                {payments.into_iter().enumerate().map(payment).collect_view()}
            </ul>
        </section>
        <Since since />
    }
}

/// What can be done about it.
#[component]
fn Ways(desk: Desk, ticket: TicketView, doing: RwSignal<Doing>) -> impl IntoView {
    let it = desk.shared.it;
    let number = ticket.line.number.clone();
    let left = ticket.lines.iter().any(|line| line.left_m > 0);
    let sale = ticket.line.operation == Operation::Sale;
    let duplicates = (ticket.duplicates > 0)
        .then(|| view! { <small data-test="ticket-duplicates">{tickets::duplicates(ticket.duplicates)}</small> });
    let reprint = move |_| {
        let print = Command::PrintReceipt { ticket: number.clone() };
        it.act_then(print, move |_| {
            it.notice.set(Some(words::counter::RECEIPT_QUEUED.to_owned()));
            desk.refresh();
        });
    };
    view! {
        <div class="ticket-ways">
            <button data-test="ticket-reprint" on:click=reprint>
                {tickets::REPRINT}
            </button>
            <button data-test="ticket-qr" on:click=move |_| doing.set(Doing::Sharing)>
                {words::payment::RECEIPT_QR}
            </button>
            <Show when=move || sale>
                <button data-test="ticket-invoice" on:click=move |_| doing.set(Doing::Invoicing)>
                    {words::payment::INVOICE}
                </button>
            </Show>
            <Show when=move || sale && left>
                <button
                    class="danger"
                    data-test="ticket-credit"
                    on:click=move |_| doing.set(Doing::Crediting)
                >
                    {tickets::CREDIT}
                </button>
            </Show>
            {duplicates}
        </div>
    }
}

#[component]
fn Sold(line: TicketLineView) -> impl IntoView {
    let details = line.details.join(" · ");
    let back = (line.left_m < line.qty_m)
        .then(|| view! { <small class="wrong">{tickets::ALL_CREDITED}" "{tickets::quantity(line.qty_m - line.left_m)}</small> });
    view! {
        <li data-test="ticket-sold">
            <b>{tickets::quantity(line.qty_m)}</b>
            <span>{line.label}" "<small>{details}</small>{back}</span>
            <b>{money(line.ttc)}</b>
        </li>
    }
}

#[component]
fn Paid(
    at: usize,
    payment: PaymentView,
    doing: RwSignal<Doing>,
    /// Whether it can be corrected here.
    changes: bool,
) -> impl IntoView {
    let can = changes && !payment.corrected;
    let unsure = payment.to_verify && can;
    let state = match (payment.corrected, payment.to_verify) {
        (true, _) => Some(view! { <small class="wrong">{tickets::CORRECTED}</small> }.into_any()),
        (false, true) => {
            Some(view! { <small class="mark-care">{tickets::TO_VERIFY}</small> }.into_any())
        }
        (false, false) => None,
    };
    view! {
        <li class="ticket-payment" data-test="ticket-payment" data-unsure=payment.to_verify.to_string()>
            <span>
                {figures::means(payment.means)}
                " "
                <small>{payment.reference}</small>
                " "
                {state}
            </span>
            <b>{money(payment.amount)}</b>
            <Show when=move || unsure>
                <button
                    data-test="payment-verify"
                    on:click=move |_| doing.set(Doing::Verifying(at))
                >
                    {tickets::VERIFY}
                </button>
            </Show>
            <Show when=move || can>
                <button
                    data-test="payment-correct"
                    on:click=move |_| doing.set(Doing::Correcting(at))
                >
                    {tickets::CORRECT}
                </button>
            </Show>
        </li>
    }
}

/// Credit notes and corrections that name it.
#[component]
fn Since(since: Vec<TicketLine>) -> impl IntoView {
    let row = |line: TicketLine| {
        let total = (line.total != Money::ZERO).then(|| money(line.total));
        view! {
            <li data-test="ticket-since">
                <span>
                    {tickets::operation(line.operation)}
                    " "
                    <small>{line.number}" · "{words::moment(&line.time)}</small>
                </span>
                <b>{total}</b>
            </li>
        }
    };
    (!since.is_empty()).then(|| {
        view! {
            <section>
                <h3>{tickets::SINCE}</h3>
                <ul class="ticket-lines">{since.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}
