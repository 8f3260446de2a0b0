//! How loud each sound is.

use crate::sound::{LOUDEST, Sound, set_volume, volume};
use leptos::prelude::*;

/// The three volumes.
#[component]
pub(super) fn Sounds() -> impl IntoView {
    view! {
        <section class="setting">
            <h2>"Sons"</h2>
            {Sound::ALL.map(|sound| view! { <Volume sound /> }).into_iter().collect_view()}
        </section>
    }
}

/// What a sound is for.
const fn name(sound: Sound) -> &'static str {
    match sound {
        Sound::NewOrder => "Nouvelle commande",
        Sound::Unseen => "Commande pas vue",
        Sound::Refusal => "Refus",
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
    let said = move || match level.get() {
        0 => "muet".to_owned(),
        level => format!("{level} sur {LOUDEST}"),
    };
    view! {
        <div class="volume" data-test=hook>
            <span>{name(sound)}</span>
            <button
                data-test=less
                aria-label="Moins fort"
                on:click=move |_| set(level.get_untracked().saturating_sub(1))
            >
                "−"
            </button>
            <b>{said}</b>
            <button
                data-test=more
                aria-label="Plus fort"
                on:click=move |_| set(level.get_untracked() + 1)
            >
                "+"
            </button>
        </div>
    }
}
