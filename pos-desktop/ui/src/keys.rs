//! Keys, wherever the focus is.
//!
//! Several places listen at once: the screen, and the panel in its middle. Whoever acts on a key
//! takes it, and it is gone for the others.

use leptos::{
    ev::{self, KeyboardEvent},
    prelude::*,
    web_sys::{Element, HtmlElement, HtmlInputElement},
};
use wasm_bindgen::JsCast;

/// A key that was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Press {
    /// The key's name, or the character it writes.
    pub(crate) key: String,
    /// Held down: it repeats.
    pub(crate) repeat: bool,
    /// Where the focus is.
    pub(crate) focus: Focus,
}

/// What has the focus, as far as keys mean something else there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Focus {
    /// Nothing that wants keys.
    Elsewhere,
    /// The order line.
    OrderLine,
    /// A text field: characters are its own.
    Field,
    /// A button reached by the Tab key: Enter and space press it.
    Button,
}

impl Press {
    /// The one character that the key writes, if it writes one.
    pub(crate) fn character(&self) -> Option<char> {
        let mut characters = self.key.chars();
        let only = characters.next()?;
        characters.next().is_none().then_some(only)
    }

    /// The digit that the key writes.
    pub(crate) fn digit(&self) -> Option<char> {
        self.character().filter(char::is_ascii_digit)
    }
}

/// Whether one panel has all keys to itself.
#[derive(Clone, Copy)]
struct Held(RwSignal<bool>);

/// Makes it possible to hold the keys, for all components below.
pub(crate) fn provide() {
    provide_context(Held(RwSignal::new(false)));
}

/// Calls `act` at each key for as long as the component lives, unless another holds the keys; `true`
/// takes the key.
pub(crate) fn on_key(act: impl Fn(&Press) -> bool + 'static) {
    let held: Held = expect_context();
    listen(move |press| !held.0.get_untracked() && act(press));
}

/// Calls `act` at each key for as long as the component lives, and nobody else.
pub(crate) fn hold_keys(act: impl Fn(&Press) -> bool + 'static) {
    let held: Held = expect_context();
    held.0.set(true);
    on_cleanup(move || held.0.set(false));
    listen(act);
}

fn listen(act: impl Fn(&Press) -> bool + 'static) {
    let listening = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        if act(&press(&event)) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listening.remove());
}

fn press(event: &KeyboardEvent) -> Press {
    let focus = event.target().and_then(|it| it.dyn_into::<Element>().ok()).map_or(
        Focus::Elsewhere,
        |element| match element.tag_name().as_str() {
            "INPUT" | "TEXTAREA" if element.id() == ORDER_LINE => Focus::OrderLine,
            "INPUT" | "TEXTAREA" => Focus::Field,
            "BUTTON" => Focus::Button,
            _ => Focus::Elsewhere,
        },
    );
    Press { key: event.key(), repeat: event.repeat(), focus }
}

/// The id of the order line's field.
pub(crate) const ORDER_LINE: &str = "order-line";

/// Where the cursor stands in the field of this id that holds `text`: bytes before it.
pub(crate) fn caret(id: &str, text: &str) -> usize {
    let field = document().get_element_by_id(id);
    let field = field.and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field.filter(|field| field.value() == text) else { return text.len() };
    let Ok(Some(units)) = field.selection_start() else { return text.len() };
    // A browser counts in UTF-16.
    let mut before = 0;
    text.char_indices()
        .find(|(_, character)| {
            before += u32::try_from(character.len_utf16()).unwrap_or(u32::MAX);
            before > units
        })
        .map_or(text.len(), |(at, _)| at)
}

/// Puts the focus into the element of this id.
pub(crate) fn focus(id: &str) {
    let found = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(element) = found {
        // Only an element that is no longer there refuses the focus.
        element.focus().ok();
    }
}

/// Whether the element of this id has the focus.
pub(crate) fn has_focus(id: &str) -> bool {
    document().active_element().is_some_and(|element| element.id() == id)
}
