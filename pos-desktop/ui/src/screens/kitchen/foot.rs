//! Under the cards: the time, dough to have ready, what comes later, and the way back.

use super::{Kitchen, Over};
use crate::{parts::safety_line::SafetyLine, words};
use leptos::prelude::*;
use pos_api::Command;

/// The bar.
#[component]
pub(super) fn Foot(kitchen: Kitchen) -> impl IntoView {
    let it = kitchen.it;
    let clock = move || it.kitchen.with(|kitchen| kitchen.clock.clone());
    let dough = move || it.kitchen.with(|kitchen| counted(&kitchen.dough, " "));
    let upcoming = move || it.kitchen.with(|kitchen| counted(&kitchen.upcoming, " × "));
    let nothing = move || it.kitchen.with(|kitchen| kitchen.can_undo) != Some(true);
    view! {
        <footer class="kitchen-foot">
            <p class="kitchen-clock" data-test="clock">{clock}</p>
            <p class="kitchen-count">
                <small>{words::kitchen::DOUGH}</small>
                <b data-test="kitchen-dough">{dough}</b>
            </p>
            <p class="kitchen-count">
                <small>{words::kitchen::UPCOMING}</small>
                <b data-test="kitchen-upcoming">{upcoming}</b>
            </p>
            <SafetyLine />
            <button
                data-test="kitchen-settings"
                on:click=move |_| {
                    let open = kitchen.over.get_untracked().is_some();
                    kitchen.over.set((!open).then_some(Over::Settings));
                }
            >
                {words::button::SETTINGS}
            </button>
            <button
                data-test="kitchen-undo"
                disabled=nothing
                on:click=move |_| it.act(Command::UndoKitchen)
            >
                <kbd>"0"</kbd>
                {words::kitchen::UNDO}
            </button>
        </footer>
    }
}

/// "P 4 · M 11", or a dash where there is nothing.
fn counted(numbers: &[(String, u32)], between: &str) -> String {
    let said: Vec<_> =
        numbers.iter().map(|(name, number)| format!("{name}{between}{number}")).collect();
    if said.is_empty() { "–".to_owned() } else { said.join(" · ") }
}
