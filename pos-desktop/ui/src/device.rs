//! What this PC's screens keep for themselves: volumes, and when a keyboard is drawn.

use leptos::prelude::window;
use leptos::web_sys::Storage;

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What was kept under `name`.
pub(crate) fn kept(name: &str) -> Option<String> {
    storage()?.get_item(name).ok().flatten()
}

/// Keeps `value` under `name`; where the window keeps nothing, it lasts until the window closes.
pub(crate) fn keep(name: &str, value: &str) {
    if let Some(storage) = storage() {
        // A full or forbidden store: the setting lasts as long as the window.
        storage.set_item(name, value).ok();
    }
}
