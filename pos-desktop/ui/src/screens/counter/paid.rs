//! What to give back, and whether a receipt is wanted: it is never printed unasked.

use super::{Counter, counter};
use crate::{
    keys,
    words::{self, money},
    workstation::{Feed, match_answer},
};
use leptos::prelude::*;
use pos_api::{Answer, Command, PaidView, Query, ReceiptView};

/// The panel; gone at the next key.
#[component]
pub(crate) fn Paid(paid: PaidView) -> impl IntoView {
    let counter = counter();
    let PaidView { label, ticket, total, given, change, .. } = paid;
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
        "Enter" if !press.repeat => {
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
            <Receipt counter asked number print=Callback::new(move |()| print()) />
        </section>
    }
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
    let look = move |_| receipt.ask(Query::Receipt { ticket: number.get_value() });
    view! {
        <h3>{words::payment::RECEIPT_WANTED}</h3>
        <div class="paid-actions">
            <button
                data-test="receipt-print"
                disabled=asked
                on:click=move |_| print.run(())
            >
                {words::payment::RECEIPT_PRINT}
                <kbd>"F10"</kbd>
            </button>
            <button data-test="receipt-view" on:click=look>
                {words::payment::RECEIPT_VIEW}
            </button>
            <button class="primary" data-test="receipt-no" on:click=move |_| counter.close()>
                {move || if asked.get() { words::payment::NEXT } else { words::payment::RECEIPT_NO }}
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
