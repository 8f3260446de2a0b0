//! What to give back, and whether a receipt is wanted: it is never printed unasked.

use super::{Counter, counter};
use crate::{
    keys::{self, Focus},
    parts::{invoice::Invoice, share::Share},
    words::{self, money},
    workstation::{Feed, match_answer},
};
use domain::id::OrderId;
use leptos::prelude::*;
use pos_api::{Answer, Command, PaidView, PaperCommand, Query, ReceiptView};

/// The panel; gone at the next key.
#[component]
pub(crate) fn Paid(paid: PaidView) -> impl IntoView {
    let counter = counter();
    let PaidView { label, ticket, total, given, change, note_due, order } = paid;
    let asked = RwSignal::new(false);
    let number = StoredValue::new(ticket.clone());
    let print = move || {
        if !asked.get_untracked() {
            asked.set(true);
            let ticket = number.get_value();
            counter.it.ask_to(Command::PrintReceipt { ticket }, move |answer| {
                if let Err(refusal) = answer {
                    asked.try_set(false);
                    counter.it.refused(refusal);
                }
            });
        }
    };
    keys::on_key(move |press| match press.key.as_str() {
        "F10" => {
            print();
            true
        }
        "Enter" if !press.repeat && press.focus != Focus::Field => {
            counter.close();
            true
        }
        _ => false,
    });
    let settled = words::payment::settled(given, total);
    view! {
        <section class="paid" data-test="paid">
            <h2>{words::payment::taken(&label)}</h2>
            <p class="paid-says">{words::payment::CHANGE}</p>
            <p class="change-due" data-test="change-due">{money(change)}</p>
            <p class="paid-settled">{settled}</p>
            <p class="paid-ticket">{words::payment::TICKET}<span data-test="paid-ticket">{ticket}</span></p>
            <Show when=move || note_due>
                <NoteDue order />
            </Show>
            <Receipt counter asked number print=Callback::new(move |()| print()) />
        </section>
    }
}

/// A note is to be handed over, as the law wants of a service of 25 € or more eaten on site.
#[component]
pub(crate) fn NoteDue(order: OrderId) -> impl IntoView {
    let it = counter().it;
    let print = move |_| {
        let note = PaperCommand::Provisional { order, note: true };
        it.act_then(Command::Paper(note), move |_| {
            it.notice.set(Some(words::payment::NOTE_QUEUED.to_owned()));
        });
    };
    view! {
        <p class="note-due" data-test="note-due">
            {words::payment::NOTE_DUE}
            <button data-test="note-print" on:click=print>
                {words::payment::NOTE_PRINT}
            </button>
        </p>
    }
}

/// What else the customer asks for, instead of the buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Nothing,
    Qr,
    Invoice,
}

/// « Ticket ? »
#[component]
fn Receipt(
    counter: Counter,
    asked: RwSignal<bool>,
    number: StoredValue<String>,
    print: Callback<()>,
) -> impl IntoView {
    let receipt = Feed::new(counter.it.refusal, |answer| match_answer!(answer, Answer::Receipt));
    let open = RwSignal::new(Asked::Nothing);
    let closed = Callback::new(move |()| open.set(Asked::Nothing));
    view! {
        {move || match open.get() {
            Asked::Nothing => view! { <Wanted counter asked number print open receipt /> }.into_any(),
            Asked::Qr => view! { <Share ticket=number.get_value() closed /> }.into_any(),
            Asked::Invoice => view! { <Invoice ticket=number.get_value() closed /> }.into_any(),
        }}
    }
}

/// The ways to a receipt, and none.
#[component]
fn Wanted(
    counter: Counter,
    asked: RwSignal<bool>,
    number: StoredValue<String>,
    print: Callback<()>,
    open: RwSignal<Asked>,
    receipt: Feed<ReceiptView>,
) -> impl IntoView {
    let look = move |_| receipt.ask(Query::Receipt { ticket: number.get_value() });
    let no = move || if asked.get() { words::payment::NEXT } else { words::payment::RECEIPT_NO };
    view! {
        <h3>{words::payment::RECEIPT_WANTED}</h3>
        <div class="paid-actions">
            <button data-test="receipt-print" disabled=asked on:click=move |_| print.run(())>
                {words::payment::RECEIPT_PRINT}
                <kbd>"F10"</kbd>
            </button>
            <button data-test="receipt-qr" on:click=move |_| open.set(Asked::Qr)>
                {words::payment::RECEIPT_QR}
            </button>
            <button data-test="receipt-invoice" on:click=move |_| open.set(Asked::Invoice)>
                {words::payment::INVOICE}
            </button>
            <button data-test="receipt-view" on:click=look>
                {words::payment::RECEIPT_VIEW}
            </button>
            <button class="primary" data-test="receipt-no" on:click=move |_| counter.close()>
                {no}
                <kbd>{words::button::ENTER_KEY}</kbd>
            </button>
        </div>
        <Show when=move || asked.get()>
            <p class="notice" data-test="receipt-queued" role="status">
                {words::counter::RECEIPT_QUEUED}
            </p>
        </Show>
        {move || receipt.with(|it| view! { <Paper receipt=it.clone() /> })}
    }
}

/// A ticket as paper would show it.
#[component]
pub(crate) fn Paper(receipt: ReceiptView) -> impl IntoView {
    let ReceiptView { paper, .. } = receipt;
    view! {
        <pre class="paper" data-test="receipt-paper">
            {paper.join("\n")}
        </pre>
    }
}
