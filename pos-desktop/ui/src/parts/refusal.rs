//! What was refused, and what was just done.

use crate::{keys, parts::icon::LevelSign, words, workstation::workstation};
use leptos::prelude::*;

/// The sentence of the last refusal, until it is closed or something else is asked for.
#[component]
pub(crate) fn Refusal() -> impl IntoView {
    let it = workstation();
    let close = move || it.refusal.set(None);
    keys::on_key(move |press| {
        let open = it.refusal.with_untracked(Option::is_some);
        if open && press.key == "Escape" {
            close();
            return true;
        }
        false
    });
    let reference = move || {
        it.refusal
            .with(|refusal| refusal.as_ref().and_then(words::reference).map(ToOwned::to_owned))
    };
    view! {
        <Show when=move || it.refusal.with(Option::is_some)>
            <div class="refusal" role="alert">
                <LevelSign level="danger" />
                <p data-test="refusal" data-reference=reference>
                    {move || it.refusal_said()}
                    {move || reference().map(|it| view! { <small>{words::REFERENCE}{it}</small> })}
                </p>
                <button data-test="refusal-close" on:click=move |_| close()>
                    {words::button::UNDERSTOOD}
                </button>
            </div>
        </Show>
    }
}

/// One sentence on what was just done, gone with the next thing done.
#[component]
pub(crate) fn Notice() -> impl IntoView {
    let it = workstation();
    view! {
        <Show when=move || it.notice.with(Option::is_some)>
            <p class="notice" data-test="notice" role="status">
                {it.notice}
            </p>
        </Show>
    }
}
