//! An AZERTY keyboard and a numeric pad drawn on the screen, for tills without one.
//!
//! It opens when a text field gets the focus by touch, and writes into that field as a keyboard
//! would: the field hears an `input` event and nothing else has to know.

use crate::{device, words::button};
use leptos::{
    ev::{self, PointerEvent},
    prelude::*,
    web_sys::{Element, HtmlInputElement},
};
use wasm_bindgen::JsCast;
use web_sys::{Event, EventInit, KeyboardEvent, KeyboardEventInit};

const SETTING: &str = "keyboard";

/// Whether and for which field the keyboard is open.
#[derive(Clone, Copy)]
pub(crate) struct OpenFor {
    field: RwSignal<Option<HtmlInputElement>, LocalStorage>,
    wanted: RwSignal<bool>,
}

impl OpenFor {
    pub(crate) fn is_open(self) -> bool {
        self.field.with(Option::is_some)
    }

    /// Whether a touch opens it.
    pub(crate) fn wanted(self) -> bool {
        self.wanted.get()
    }

    /// Says whether a touch is to open it.
    pub(crate) fn want(self, wanted: bool) {
        device::keep(SETTING, if wanted { "auto" } else { "never" });
        self.wanted.set(wanted);
        if !wanted {
            self.close();
        }
    }

    fn close(self) {
        self.field.set(None);
    }
}

/// The keyboard's state, for any component.
pub(crate) fn keyboard() -> OpenFor {
    expect_context()
}

/// Listens for touches and makes the state known to all components.
pub(crate) fn provide() {
    let wanted = device::kept(SETTING).as_deref() != Some("never");
    let it = OpenFor { field: RwSignal::new_local(None), wanted: RwSignal::new(wanted) };
    provide_context(it);
    let touched = window_event_listener(ev::pointerdown, move |event| follow(it, &event));
    on_cleanup(move || touched.remove());
}

/// Opens for a text field touched by a finger or a pen; closes for a touch elsewhere.
fn follow(it: OpenFor, event: &PointerEvent) {
    let element = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(element) = element else { return };
    let within = |selector| element.closest(selector).ok().flatten();
    if within(".keyboard").is_some() {
        return;
    }
    let field = within("input").and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
    let by_mouse = event.pointer_type() == "mouse";
    match field {
        Some(field) if it.wanted.get_untracked() && !by_mouse => it.field.set(Some(field)),
        Some(_) => {}
        // The button that uses what was typed closes its panel, and with it the need.
        None if it.field.with_untracked(Option::is_some) => it.close(),
        None => {}
    }
}

/// The keyboard, while it is open.
#[component]
pub(crate) fn Keyboard() -> impl IntoView {
    let it = keyboard();
    view! {
        <Show when=move || it.is_open()>
            <div class="keyboard" data-test="keyboard">
                {move || {
                    let digits = it
                        .field
                        .with(|field| field.as_ref().is_some_and(asks_for_digits));
                    if digits {
                        view! { <Rows it rows=&DIGITS /> }.into_any()
                    } else {
                        view! { <Letters it /> }.into_any()
                    }
                }}
            </div>
        </Show>
    }
}

fn asks_for_digits(field: &HtmlInputElement) -> bool {
    matches!(field.get_attribute("inputmode").as_deref(), Some("numeric" | "tel" | "decimal"))
}

const LETTERS: [&str; 4] = ["1234567890/=", "azertyuiop-+", "qsdfghjklm'.", "wxcvbnéèàç;:"];
const CAPITALS: [&str; 4] = ["1234567890/=", "AZERTYUIOP-+", "QSDFGHJKLM'.", "WXCVBNÉÈÀÇ;:"];
const DIGITS: [&str; 4] = ["123", "456", "789", "+0."];

#[component]
fn Letters(it: OpenFor) -> impl IntoView {
    let capitals = RwSignal::new(false);
    let (shift, space) = (move |_| capitals.update(|it| *it = !*it), move |_| write(it, " "));
    view! {
        {move || view! { <Rows it rows=if capitals.get() { &CAPITALS } else { &LETTERS } /> }}
        <div class="keyboard-row">
            <button data-test="key-shift" class="key-wide" aria-pressed=capitals on:click=shift>
                {button::SHIFT_KEY}
            </button>
            <button data-test="key-space" class="key-space" on:click=space>
                {button::SPACE_KEY}
            </button>
        </div>
    }
}

#[component]
fn Rows(it: OpenFor, rows: &'static [&'static str; 4]) -> impl IntoView {
    let key = move |key: char| {
        let press = move |_| write(it, key.encode_utf8(&mut [0; 4]));
        view! {
            <button data-test=format!("key-{key}") on:click=press>
                {key.to_string()}
            </button>
        }
    };
    view! {
        {rows
            .iter()
            .map(|row| {
                view! { <div class="keyboard-row">{row.chars().map(key).collect_view()}</div> }
            })
            .collect_view()}
        <div class="keyboard-side">
            <button class="primary" data-test="key-enter" on:click=move |_| enter(it)>
                {button::ENTER_KEY}
            </button>
            <button data-test="key-back" on:click=move |_| rub_out(it)>
                {button::RUB_OUT}
            </button>
            <button data-test="key-close" on:click=move |_| it.close()>
                {button::CLOSE}
            </button>
        </div>
    }
}

/// Writes into the field, at its end.
fn write(it: OpenFor, text: &str) {
    change(it, |value| value.push_str(text));
}

/// Does what Enter does in the field: sends its form, or else is heard as the key.
fn enter(it: OpenFor) {
    let Some(field) = it.field.get_untracked() else { return };
    if let Some(form) = field.form() {
        it.close();
        // A form that is not valid says so by itself.
        form.request_submit().ok();
        return;
    }
    let init = KeyboardEventInit::new();
    init.set_key("Enter");
    init.set_bubbles(true);
    init.set_cancelable(true);
    if let Ok(event) = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init) {
        field.dispatch_event(&event).ok();
    }
}

/// Takes the field's last character away.
fn rub_out(it: OpenFor) {
    change(it, |value| value.truncate(value.len() - last_length(value)));
}

fn change(it: OpenFor, edit: impl FnOnce(&mut String)) {
    let Some(field) = it.field.get_untracked() else { return };
    let mut value = field.value();
    edit(&mut value);
    field.set_value(&value);
    let bubbling = EventInit::new();
    bubbling.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict("input", &bubbling) {
        // False only where a listener prevents it, and none does.
        field.dispatch_event(&event).ok();
    }
}

/// How many bytes the last character takes.
fn last_length(text: &str) -> usize {
    text.chars().next_back().map_or(0, char::len_utf8)
}
