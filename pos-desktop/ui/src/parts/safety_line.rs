//! How safe the shop is: one line, always there, and what is behind it.

use crate::{parts::icon::LevelSign, screens::shop::Errand, words, workstation::workstation};
use leptos::prelude::*;

/// The line; a touch opens what is behind it.
#[component]
pub(crate) fn SafetyLine() -> impl IntoView {
    let it = workstation();
    let open = RwSignal::new(false);
    let level = Memo::new(move |_| it.safety.with(words::level).map(words::Level::name));
    let said = Memo::new(move |_| it.safety.with(words::safety));
    let sign = move || level.get().map(|level| view! { <LevelSign level /> });
    let text = move || said.get().unwrap_or_else(|| words::SAFETY_UNKNOWN.to_owned());
    view! {
        <button
            class="safety-line"
            data-test="safety-line"
            data-level=move || level.get().unwrap_or("care")
            aria-expanded=move || open.get().to_string()
            on:click=move |_| open.update(|it| *it = !*it)
        >
            {sign}
            <span>{text}</span>
        </button>
        <Show when=move || open.get()>
            <SafetyDetails open />
        </Show>
    }
}

#[component]
fn SafetyDetails(open: RwSignal<bool>) -> impl IntoView {
    let it = workstation();
    let details = move || {
        let said = it.safety.with(words::details).unwrap_or_default();
        said.into_iter().map(|it| view! { <li>{it}</li> }).collect_view()
    };
    let look = move |_| {
        open.set(false);
        it.errand.set(Some(Errand::Histories));
    };
    view! {
        <aside class="safety-details" data-test="safety-details">
            <h2>{words::SAFETY}</h2>
            <p class="safety-advice" data-test="safety-advice">
                {move || it.safety.with(words::advice)}
            </p>
            <ul>{details}</ul>
            <Show when=move || it.safety.with(|view| view.forks > 0) == Some(true)>
                <button data-test="safety-histories" on:click=look>
                    {words::SEE_HISTORIES}
                </button>
            </Show>
            <button data-test="safety-close" on:click=move |_| open.set(false)>
                {words::button::CLOSE}
            </button>
        </aside>
    }
}
