//! Giving up what is in the basket, or an order.

use super::counter;
use crate::words::{self, french};
use domain::{id::OrderId, order::Reason};
use leptos::prelude::*;
use pos_api::{BasketEdit, Command};

/// Why an order can be cancelled, in the order of the buttons.
const REASONS: [Reason; 6] = [
    Reason::ChangedMind,
    Reason::Gone,
    Reason::Mistake,
    Reason::RanOut,
    Reason::TooLate,
    Reason::Spoilt,
];

/// The panel. A basket is emptied; a resumed order is put back as it was, or cancelled.
#[component]
pub(crate) fn Cancel(order: Option<OrderId>) -> impl IntoView {
    let counter = counter();
    let label = counter.it.basket.peek(|basket| basket.label.clone()).unwrap_or_default();
    let (title, clear_says) = match order {
        None => (french("Vider la commande ?"), "Vider"),
        Some(_) => (french(&format!("Abandonner {label} ?")), "Reposer sans la changer"),
    };
    let clear = move |_| {
        counter.it.act_then(Command::Basket(BasketEdit::Clear), move |_| counter.close());
    };
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <div class="panel-actions">
                <button data-test="reason-back" on:click=move |_| counter.close()>
                    "Retour"
                </button>
                <button class="danger" data-test="cancel-clear" on:click=clear>
                    {clear_says}
                </button>
            </div>
            {order.map(|order| {
                view! {
                    <h3>"Annuler la commande, parce que"</h3>
                    <Reasons order done=Callback::new(move |()| counter.close()) />
                }
            })}
        </section>
    }
}

/// The reasons; a touch cancels the order.
#[component]
pub(crate) fn Reasons(
    order: OrderId,
    /// Told when the order is cancelled.
    done: Callback<()>,
) -> impl IntoView {
    let it = counter().it;
    let button = move |reason: Reason| {
        let cancel = move |_| {
            it.act_then(Command::CancelOrder { order, reason }, move |_| done.run(()));
        };
        view! {
            <button data-test=words::reason_hook(reason) on:click=cancel>
                {words::reason(reason)}
            </button>
        }
    };
    view! { <div class="quick">{REASONS.map(button).into_iter().collect_view()}</div> }
}
