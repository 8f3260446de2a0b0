//! One of several values, to be touched.

use leptos::prelude::*;

/// A button that stays pressed while its value is the one that is set.
#[component]
pub(crate) fn Choice(
    /// Its `data-test`.
    #[prop(into)]
    hook: String,
    /// Its value is the one that is set.
    #[prop(into)]
    chosen: Signal<bool>,
    /// Sets it.
    choose: impl Fn() + 'static,
    /// What stands on it.
    children: Children,
) -> impl IntoView {
    view! {
        <button
            type="button"
            data-test=hook
            aria-pressed=move || chosen.get().to_string()
            on:click=move |_| choose()
        >
            {children()}
        </button>
    }
}
