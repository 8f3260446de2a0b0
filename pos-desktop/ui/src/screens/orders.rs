//! The board of open orders: the whole shop's, whoever took them.

mod card;

use crate::{
    screens::counter::{Counter, counter},
    words::french,
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
    title: "Tenues",
    empty: "Aucune. « Attente » (F9) en met une de côté.",
    stage: OrderStage::Held,
};
const UPCOMING: Column = Column {
    hook: "column-upcoming",
    title: "À venir",
    empty: "Aucune commande pour plus tard.",
    stage: OrderStage::Upcoming,
};
const KITCHEN: Column = Column {
    hook: "column-kitchen",
    title: "En cuisine",
    empty: "Rien en cuisine. « Cuisine » (F10) y envoie la commande.",
    stage: OrderStage::Kitchen,
};
const READY: Column = Column {
    hook: "column-ready",
    title: "Prêtes",
    empty: "Aucune commande n’attend d’être remise.",
    stage: OrderStage::Ready,
};
const HANDED_OVER: Column = Column {
    hook: "column-handed-over",
    title: "Remises",
    empty: "Aucune dans les dernières minutes.",
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
                    <p class="empty">{french(column.empty)}</p>
                </Show>
            </div>
        </section>
    }
}
