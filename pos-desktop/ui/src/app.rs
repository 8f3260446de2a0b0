//! Which screen is shown.

use crate::{
    keys,
    parts::{
        keyboard::{self, Keyboard},
        refusal::Refusal,
    },
    screens::{
        counter::Till,
        ended::EndedNotice,
        first_run::FirstRun,
        kitchen::Kitchen,
        shop::asked::{Asked, is_asked},
        sign_in::SignIn,
    },
    words,
    workstation::{Workstation, workstation},
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
    let it = Workstation::start();
    provide_context(it);
    keyboard::provide();
    keys::provide();
    let screen = Memo::new(move |_| {
        it.session.with(|session| match (&session.enrolled, &session.operator) {
            (None, _) => Screen::FirstRun,
            (Some(enrolled), operator) => match enrolled.role {
                Role::Kitchen => Screen::Kitchen,
                Role::Till if operator.is_none() => Screen::SignIn,
                Role::Till => Screen::Till,
            },
        })
    });
    let training = Memo::new(move |_| it.session.with(|session| session.training) == Some(true));
    let asked = Memo::new(move |_| is_asked(it));
    let attended =
        Signal::derive(move || matches!(screen.get(), Some(Screen::Till | Screen::Kitchen)));
    view! {
        <main
            class:dark=move || screen.get() == Some(Screen::Kitchen)
            class:training=move || training.get()
            class:asked=move || asked.get()
            on:mousedown=|event| keep_focus(&event)
        >
            <Show when=move || training.get()>
                <Factice />
            </Show>
            <Show when=move || asked.get()>
                <Asked attended />
            </Show>
            {move || match screen.get().unwrap_or(Screen::Starting) {
                Screen::Starting => view! { <Starting /> }.into_any(),
                Screen::FirstRun => view! { <FirstRun /> }.into_any(),
                Screen::SignIn => view! { <SignIn /> }.into_any(),
                Screen::Till => view! { <Till /> }.into_any(),
                Screen::Kitchen => view! { <Kitchen /> }.into_any(),
            }}
            <Refusal />
            <EndedNotice />
            <Keyboard />
        </main>
    }
}

/// Across every screen for as long as nothing counts.
#[component]
fn Factice() -> impl IntoView {
    let it = workstation();
    let under = move || it.session.with(|session| session.supervisor.clone()).flatten();
    view! {
        <p class="factice" data-test="training-band" role="status">
            <b>{words::training::FACTICE}</b>
            <span>{words::training::NOTHING_COUNTS}</span>
            {move || under().map(|name| view! { <span>{words::training::under(&name)}</span> })}
        </p>
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
