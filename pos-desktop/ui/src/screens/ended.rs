//! This workstation was declared dead: said over everything, once for each thing that is asked of it.

use crate::{
    keys,
    words::ended,
    workstation::{Ended, workstation},
};
use leptos::prelude::*;

/// The notice, while it is to be read.
#[component]
pub(crate) fn EndedNotice() -> impl IntoView {
    let it = workstation();
    view! {
        <Show when=move || it.ended.get() == Ended::Told>
            <Whole />
        </Show>
    }
}

#[component]
fn Whole() -> impl IntoView {
    let it = workstation();
    let look = move || it.ended.set(Ended::Read);
    keys::hold_keys(move |press| {
        if matches!(press.key.as_str(), "Enter" | "Escape") {
            look();
        }
        press.key != "Tab"
    });
    let means = ended::MEANS.map(|said| view! { <li>{said}</li> });
    view! {
        <section class="ended" data-test="ended" role="alert">
            <h1>{ended::TITLE}</h1>
            <ul class="sentences">{means.into_iter().collect_view()}</ul>
            <button data-test="ended-look" on:click=move |_| look()>
                {ended::LOOK}
            </button>
        </section>
    }
}
