//! An order in the kitchen.

use super::{Kitchen, line::Line, step};
use crate::words;
use domain::id::OrderId;
use leptos::prelude::*;
use pos_api::KitchenCard;

/// The card: its head, its lines, and the step that its key takes.
#[component]
pub(super) fn Card(kitchen: Kitchen, order: OrderId) -> impl IntoView {
    let card = Memo::new(move |_| {
        let found =
            kitchen.it.kitchen.with(|it| it.cards.iter().find(|card| card.order == order).cloned());
        found.flatten()
    });
    let at = Memo::new(move |_| kitchen.orders.with(|all| all.iter().position(|it| *it == order)));
    let fits = move || at.get().is_some_and(|at| at < kitchen.fit.get());
    let key = Memo::new(move |_| at.get().map(|at| at + 1).filter(|key| *key <= 9));
    let with = move |read: fn(&KitchenCard) -> String| {
        card.with(|card| card.as_ref().map(read).unwrap_or_default())
    };
    let lines = Memo::new(move |_| {
        card.with(|card| {
            let lines = card.iter().flat_map(|card| &card.lines);
            lines.map(|line| line.line).collect::<Vec<_>>()
        })
    });
    let lateness = move || {
        words::lateness(card.with(|card| card.as_ref().map_or(0, |it| it.minutes_left))).name()
    };
    let attention = move || {
        card.with(|card| {
            card.as_ref().is_some_and(|it| it.lines.iter().any(|line| line.attention.is_some()))
        })
    };
    let label = move || with(|card| card.label.clone());
    view! {
        <article
            class="kitchen-card"
            data-test="kitchen-card"
            data-label=label
            data-key=move || key.get()
            data-lateness=lateness
            class:attention=attention
            class:beyond=move || !fits()
        >
            <header>
                <b class="card-label" data-test="card-label">{label}</b>
                <span class="card-mode" data-test="card-mode">
                    {move || with(|card| words::mode(card.mode).to_owned())}
                </span>
                <b class="card-promise" data-test="card-promise">
                    {move || with(|card| card.promise.clone())}
                </b>
                <b class="card-minutes" data-test="card-minutes">
                    {move || with(|card| words::minutes(card.minutes_left))}
                </b>
            </header>
            <div class="kitchen-lines">
                <For each=move || lines.get() key=|line| line.0 let:line>
                    <Line kitchen order card line />
                </For>
            </div>
            <p class="kitchen-more-below">{words::kitchen::MORE_BELOW}</p>
            <Step kitchen order card key />
        </article>
    }
}

/// The next step of all of it, and the key that takes it.
#[component]
fn Step(
    kitchen: Kitchen,
    order: OrderId,
    card: Memo<Option<KitchenCard>>,
    key: Memo<Option<usize>>,
) -> impl IntoView {
    let step = Memo::new(move |_| card.with(|card| card.as_ref().and_then(step::next)));
    let says = move || step.get().map_or(words::kitchen::ALL_READY, words::kitchen::step);
    view! {
        <button
            class="kitchen-step"
            data-test="kitchen-step"
            data-step=move || step.get().map(step::name)
            disabled=move || step.get().is_none()
            on:click=move |_| kitchen.advance(order)
        >
            <kbd>{key}</kbd>
            {says}
        </button>
    }
}
