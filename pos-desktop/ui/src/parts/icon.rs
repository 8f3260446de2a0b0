//! Signs that no typeface is relied on for.

use leptos::prelude::*;

/// An eye: the kitchen has seen it.
#[component]
pub(crate) fn Eye() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d="M2 12 C6 5 18 5 22 12 C18 19 6 19 2 12 Z" fill="none" stroke="currentColor" stroke-width="2" />
            <circle cx="12" cy="12" r="3.5" fill="currentColor" />
        </svg>
    }
}

/// A padlock.
#[component]
pub(crate) fn Padlock() -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <rect x="4" y="11" width="16" height="10" rx="2" fill="currentColor" />
            <path d="M8 11 V7 a4 4 0 0 1 8 0 V11" fill="none" stroke="currentColor" stroke-width="2" />
        </svg>
    }
}

/// What a safety level or a warning looks like apart from its colour.
#[component]
pub(crate) fn LevelSign(
    /// `safe`: a tick in a disc; `care`: a triangle; `danger`: a square with a cross.
    level: &'static str,
) -> impl IntoView {
    let (outline, sign) = match level {
        "safe" => ("M12 2 a10 10 0 1 0 0.01 0 Z", "M7 12.5 l3.5 3.5 L17 8.5"),
        "care" => ("M12 2 L23 21 H1 Z", "M12 9 v6 M12 17.5 v1"),
        _ => ("M3 3 H21 V21 H3 Z", "M8 8 L16 16 M16 8 L8 16"),
    };
    view! {
        <svg class="icon level-sign" viewBox="0 0 24 24" aria-hidden="true">
            <path d=outline fill="currentColor" />
            <path d=sign class="level-mark" fill="none" stroke-width="2.4" />
        </svg>
    }
}
