//! The basket by keys, while the order line is empty: ↑ ↓ choose a line, ← → change how many, Suppr
//! takes it out, Enter changes it.

use super::super::{Counter, Draft, Middle};
use crate::keys::{Focus, Press};
use leptos::prelude::*;
use pos_api::{BasketEdit, BasketLine, Command};

/// Does what a key means for the basket; `true` where it meant something.
pub(super) fn key(counter: Counter, press: &Press) -> bool {
    let free = matches!(press.focus, Focus::Elsewhere | Focus::OrderLine)
        && counter.line.with_untracked(String::is_empty)
        && counter.middle.with_untracked(|middle| *middle == Middle::Grid);
    if !free {
        return false;
    }
    match press.key.as_str() {
        "ArrowUp" => choose(counter, usize::checked_sub),
        "ArrowDown" => choose(counter, usize::checked_add),
        "Escape" => counter.selected.try_update(Option::take).flatten().is_some(),
        key => match selected(counter) {
            Some(line) => act(counter, &line, key),
            None => false,
        },
    }
}

/// The line that is chosen, if it is still there.
fn selected(counter: Counter) -> Option<BasketLine> {
    let chosen = counter.selected.get_untracked()?;
    let found = counter
        .it
        .basket
        .peek(|basket| basket.lines.iter().find(|line| line.line == chosen).cloned());
    found.flatten()
}

/// Chooses the line before or after; the last one first.
fn choose(counter: Counter, step: fn(usize, usize) -> Option<usize>) -> bool {
    let now = counter.selected.get_untracked();
    let next = counter.it.basket.peek(|basket| {
        let at = basket.lines.iter().position(|line| Some(line.line) == now);
        let next = match at {
            Some(at) => step(at, 1).and_then(|at| basket.lines.get(at)).or(basket.lines.get(at)),
            None => basket.lines.last(),
        };
        next.map(|line| line.line)
    });
    counter.selected.set(next.flatten());
    true
}

fn act(counter: Counter, line: &BasketLine, key: &str) -> bool {
    let quantity = match key {
        "ArrowLeft" => line.quantity.saturating_sub(1),
        "ArrowRight" => line.quantity.saturating_add(1),
        "Delete" if line.frozen => {
            if let Some(order) = counter.it.basket.peek(|basket| basket.order).flatten() {
                counter.open(Middle::CancelLine(order, line.line));
            }
            return true;
        }
        "Delete" => 0,
        "Enter" if !line.frozen => {
            counter.open(Middle::Configure(Draft::edit(line)));
            return true;
        }
        _ => return false,
    };
    let line = line.line;
    counter.it.act(Command::Basket(BasketEdit::SetQuantity { line, quantity }));
    true
}
