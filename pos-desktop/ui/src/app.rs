//! Which screen is shown.

use crate::{
    parts::{
        keyboard::{self, Keyboard},
        refusal::Refusal,
    },
    screens::{counter::Till, first_run::FirstRun, kitchen::Kitchen, sign_in::SignIn},
    words,
    workstation::Workstation,
};
use leptos::{ev::MouseEvent, prelude::*, web_sys::Element};
use pos_api::Role;
use wasm_bindgen::JsCast;

/// What this PC shows, by its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Screen {
    Starting,
    FirstRun,
    SignIn,
    Till,
    Kitchen,
}

/// Everything.
#[component]
pub(crate) fn App() -> impl IntoView {
    let workstation = Workstation::start();
    provide_context(workstation);
    keyboard::provide();
    let screen = Memo::new(move |_| {
        workstation.session.with(|session| match (&session.enrolled, &session.operator) {
            (None, _) => Screen::FirstRun,
            (Some(enrolled), operator) => match enrolled.role {
                Role::Kitchen => Screen::Kitchen,
                Role::Till if operator.is_none() => Screen::SignIn,
                Role::Till => Screen::Till,
            },
        })
    });
    view! {
        <main
            class:dark=move || screen.get() == Some(Screen::Kitchen)
            on:mousedown=|event| keep_focus(&event)
        >
            {move || match screen.get().unwrap_or(Screen::Starting) {
                Screen::Starting => view! { <Starting /> }.into_any(),
                Screen::FirstRun => view! { <FirstRun /> }.into_any(),
                Screen::SignIn => view! { <SignIn /> }.into_any(),
                Screen::Till => view! { <Till /> }.into_any(),
                Screen::Kitchen => view! { <Kitchen /> }.into_any(),
            }}
            <Refusal />
            <Keyboard />
        </main>
    }
}

/// Before the first answer.
#[component]
fn Starting() -> impl IntoView {
    view! {
        <section class="plain" data-test="screen-starting">
            <h1>{words::NAME}</h1>
            <p>{words::STARTING}</p>
        </section>
    }
}

/// Keeps the focus where it is when a button is touched, so that Enter never presses a button that
/// a finger left behind, and what is typed next still goes to the field it was going to.
fn keep_focus(event: &MouseEvent) {
    let element = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let in_field =
        element.and_then(|it| it.closest("input, textarea, select").ok().flatten()).is_some();
    if !in_field {
        event.prevent_default();
    }
}
