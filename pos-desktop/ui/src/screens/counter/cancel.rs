//! Giving up what is in the basket, or an order.

use super::counter;
use crate::words;
use domain::{
    id::{LineId, OrderId},
    order::Reason,
};
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
    let title = words::counter::give_up(order.map(|_| label.as_str()));
    let clear_says = if order.is_some() { words::counter::PUT_BACK } else { words::counter::EMPTY };
    let clear = move |_| {
        counter.it.act_then(Command::Basket(BasketEdit::Clear), move |_| counter.close());
    };
    view! {
        <section class="panel">
            <h2>{title}</h2>
            <div class="panel-actions">
                <button data-test="reason-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                </button>
                <button class="danger" data-test="cancel-clear" on:click=clear>
                    {clear_says}
                </button>
            </div>
            {order.map(|order| {
                view! {
                    <h3>{words::counter::CANCEL_BECAUSE}</h3>
                    <Reasons order done=Callback::new(move |()| counter.close()) />
                }
            })}
        </section>
    }
}

/// The panel for a line that the kitchen has: a touch on a reason cancels it.
#[component]
pub(crate) fn CancelLine(order: OrderId, line: LineId) -> impl IntoView {
    let counter = counter();
    let label = counter.it.basket.peek(|basket| {
        let lines = &basket.lines;
        lines.iter().find(|it| it.line == line).map(|it| it.label.clone())
    });
    let title = words::counter::cancel_line(&label.flatten().unwrap_or_default());
    view! {
        <section class="panel" data-test="cancel-line">
            <h2>{title}</h2>
            <div class="panel-actions">
                <button data-test="reason-back" on:click=move |_| counter.close()>
                    {words::button::BACK}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
            </div>
            <p class="quiet-said">{words::counter::CANCEL_LINE_MEANS}</p>
            <Reasons order line done=Callback::new(move |()| counter.close()) />
        </section>
    }
}

/// The reasons; a touch cancels the order, or its line.
#[component]
pub(crate) fn Reasons(
    order: OrderId,
    /// This line of it only.
    #[prop(optional)]
    line: Option<LineId>,
    /// Told when it is cancelled.
    done: Callback<()>,
) -> impl IntoView {
    let it = counter().it;
    let button = move |reason: Reason| {
        let command = match line {
            Some(line) => Command::CancelLine { order, line, reason },
            None => Command::CancelOrder { order, reason },
        };
        let cancel = move |_| it.act_then(command.clone(), move |_| done.run(()));
        view! {
            <button data-test=words::reason_hook(reason) on:click=cancel>
                {words::reason(reason)}
            </button>
        }
    };
    view! { <div class="quick">{REASONS.map(button).into_iter().collect_view()}</div> }
}
