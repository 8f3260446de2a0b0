//! The board of open orders: the whole shop's, whoever took them.

mod card;

use crate::{
    screens::counter::{Counter, counter},
    words,
};
use card::Card;
use leptos::prelude::*;
use pos_api::{OrderCard, OrderStage};

/// One column of the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Column {
    hook: &'static str,
    title: &'static str,
    empty: &'static str,
    stage: OrderStage,
}

const HELD: Column = Column {
    hook: "column-held",
    title: words::board::HELD,
    empty: words::board::NONE_HELD,
    stage: OrderStage::Held,
};
const UPCOMING: Column = Column {
    hook: "column-upcoming",
    title: words::board::UPCOMING,
    empty: words::board::NONE_UPCOMING,
    stage: OrderStage::Upcoming,
};
const KITCHEN: Column = Column {
    hook: "column-kitchen",
    title: words::board::KITCHEN,
    empty: words::board::NONE_KITCHEN,
    stage: OrderStage::Kitchen,
};
const READY: Column = Column {
    hook: "column-ready",
    title: words::board::READY,
    empty: words::board::NONE_READY,
    stage: OrderStage::Ready,
};
const HANDED_OVER: Column = Column {
    hook: "column-handed-over",
    title: words::board::HANDED_OVER,
    empty: words::board::NONE_HANDED_OVER,
    stage: OrderStage::HandedOver,
};

/// The board.
#[component]
pub(crate) fn Orders() -> impl IntoView {
    let counter = counter();
    view! {
        <div class="board" data-test="screen-orders">
            <div class="board-stack">
                <Cards counter column=HELD />
                <Cards counter column=UPCOMING />
            </div>
            <Cards counter column=KITCHEN />
            <Cards counter column=READY />
            <Cards counter column=HANDED_OVER />
        </div>
    }
}

#[component]
fn Cards(counter: Counter, column: Column) -> impl IntoView {
    let ids = Memo::new(move |_| {
        let found = counter.it.orders.with(|orders| {
            let mut here: Vec<&OrderCard> =
                orders.iter().filter(|card| card.stage == column.stage).collect();
            here.sort_by_key(|card| (card.minutes_left, card.label.clone()));
            here.into_iter().map(|card| card.order).collect::<Vec<_>>()
        });
        found.unwrap_or_default()
    });
    let number = move || ids.with(Vec::len);
    view! {
        <section class="column" data-test=column.hook>
            <h2>{column.title} <b class="badge">{number}</b></h2>
            <div class="column-cards">
                <For each=move || ids.get() key=|order| order.0 let:order>
                    <Card counter order />
                </For>
                <Show when=move || number() == 0>
                    <p class="empty">{column.empty}</p>
                </Show>
            </div>
        </section>
    }
}
