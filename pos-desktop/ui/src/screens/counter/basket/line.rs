//! A line of the basket.

use super::super::{Counter, Middle, draft::Draft};
use crate::words;
use domain::id::LineId;
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{BasketEdit, BasketLine, Command};

/// One line: one less, one more, and a touch on its name to change it.
#[component]
pub(super) fn Line(counter: Counter, line: LineId) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let found = counter
            .it
            .basket
            .with(|basket| basket.lines.iter().find(|it| it.line == line).cloned());
        found.flatten()
    });
    let with = move |read: fn(&BasketLine) -> String| {
        shown.with(|line| line.as_ref().map(read).unwrap_or_default())
    };
    let total =
        move || shown.with(|line| line.as_ref().map_or(Money::ZERO, |it| it.total - it.discount));
    let frozen = Memo::new(move |_| shown.with(|line| line.as_ref().is_some_and(|it| it.frozen)));
    let quantity = Memo::new(move |_| shown.with(|line| line.as_ref().map_or(0, |it| it.quantity)));
    let edit = move |_| {
        let order = counter.it.basket.peek(|basket| basket.order).flatten();
        match (shown.get_untracked(), order) {
            (Some(now), Some(order)) if now.frozen => {
                counter.open(Middle::CancelLine(order, line));
            }
            (Some(now), _) if !now.frozen => counter.open(Middle::Configure(Draft::edit(&now))),
            (Some(_) | None, _) => {}
        }
    };
    view! {
        <article
            class="basket-line"
            data-test="basket-line"
            data-selected=move || (counter.selected.get() == Some(line)).to_string()
            class:frozen=frozen
        >
            <Quantity counter line quantity frozen />
            <button
                class="basket-line-what"
                data-test="basket-line-edit"
                on:click=edit
            >
                <b data-test="basket-line-label">{move || with(|line| line.label.clone())}</b>
                <small data-test="basket-line-details">
                    {move || with(|line| line.details.join(" · "))}
                </small>
                <small class="line-why" data-test="basket-line-reason">
                    {move || with(|line| line.discount_reason.clone().unwrap_or_default())}
                </small>
                <Show when=move || frozen.get()>
                    <small class="frozen-said">{words::basket::FROZEN}</small>
                </Show>
            </button>
            <b class="basket-line-total" data-test="basket-line-total">
                <Full shown />
                {move || total().french()}
            </b>
        </article>
    }
}

/// The price that the line would have, struck, where something is taken off.
#[component]
fn Full(shown: Memo<Option<BasketLine>>) -> impl IntoView {
    let full = Memo::new(move |_| {
        shown.with(|line| line.as_ref().filter(|it| it.discount != Money::ZERO).map(|it| it.total))
    });
    move || {
        full.get().map(|full| {
            view! {
                <small class="line-off">
                    <span class="said-only">{words::discount::INSTEAD_OF}</span>
                    <s data-test="basket-line-full">{full.french()}</s>
                </small>
            }
        })
    }
}

#[component]
fn Quantity(
    counter: Counter,
    line: LineId,
    quantity: Memo<u32>,
    frozen: Memo<bool>,
) -> impl IntoView {
    let change = move |quantity| {
        counter.it.act(Command::Basket(BasketEdit::SetQuantity { line, quantity }));
    };
    let less = move || if quantity.get() > 1 { "−" } else { "×" };
    let less_said = move || {
        if quantity.get() > 1 { words::button::ONE_LESS } else { words::basket::REMOVE_LINE }
    };
    view! {
        <button
            class="basket-line-step"
            data-test="basket-line-less"
            aria-label=less_said
            disabled=frozen
            on:click=move |_| change(quantity.get_untracked().saturating_sub(1))
        >
            {less}
        </button>
        <b class="basket-line-quantity" data-test="basket-line-quantity">{quantity}</b>
        <button
            class="basket-line-step"
            data-test="basket-line-more"
            aria-label=words::button::ONE_MORE
            disabled=frozen
            on:click=move |_| change(quantity.get_untracked().saturating_add(1))
        >
            "+"
        </button>
    }
}
