//! How loud each sound is.

use crate::{
    sound::{LOUDEST, Sound, set_volume, volume},
    words,
};
use leptos::prelude::*;

/// The three volumes.
#[component]
pub(super) fn Sounds() -> impl IntoView {
    view! {
        <section class="setting">
            <h2>{words::settings::SOUNDS}</h2>
            {Sound::ALL.map(|sound| view! { <Volume sound /> }).into_iter().collect_view()}
        </section>
    }
}

#[component]
fn Volume(sound: Sound) -> impl IntoView {
    let level = RwSignal::new(volume(sound));
    let set = move |to: u8| {
        level.set(to.min(LOUDEST));
        set_volume(sound, to);
    };
    let hook = format!("volume-{}", sound.name());
    let (less, more) = (format!("{hook}-less"), format!("{hook}-more"));
    let said = move || words::settings::volume(level.get());
    view! {
        <div class="volume" data-test=hook>
            <span>{words::settings::sound(sound)}</span>
            <button
                data-test=less
                aria-label=words::settings::QUIETER
                on:click=move |_| set(level.get_untracked().saturating_sub(1))
            >
                "−"
            </button>
            <b>{said}</b>
            <button
                data-test=more
                aria-label=words::settings::LOUDER
                on:click=move |_| set(level.get_untracked() + 1)
            >
                "+"
            </button>
        </div>
    }
}
