//! The first run: which shop this PC belongs to, and what it is for.

use crate::{bridge::Unanswered, parts::choice::Choice, words, workstation::workstation};
use leptos::{either::Either, ev::SubmitEvent, prelude::*};
use pos_api::{Command, Role, SetUp};

/// What has been answered so far.
#[derive(Clone, Copy)]
struct Answers {
    with_centre: RwSignal<bool>,
    server: RwSignal<String>,
    code: RwSignal<String>,
    pin: RwSignal<String>,
    role: RwSignal<Role>,
    label: RwSignal<String>,
}

impl Answers {
    fn set_up(self) -> SetUp {
        let with_centre = self.with_centre.get_untracked();
        let text = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
        SetUp {
            server: with_centre.then(|| text(self.server)),
            code: if with_centre { text(self.code) } else { String::new() },
            role: self.role.get_untracked(),
            label: text(self.label),
            pin: if with_centre { String::new() } else { text(self.pin) },
        }
    }
}

/// The questions, all on one page.
#[component]
pub(crate) fn FirstRun() -> impl IntoView {
    let it = workstation();
    let answers = Answers {
        with_centre: RwSignal::new(true),
        server: RwSignal::new(String::new()),
        code: RwSignal::new(String::new()),
        pin: RwSignal::new(String::new()),
        role: RwSignal::new(Role::Till),
        label: RwSignal::new("C1".to_owned()),
    };
    let (asked, refused) = (RwSignal::new(false), RwSignal::new(None::<Unanswered>));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if asked.get_untracked() {
            return;
        }
        asked.set(true);
        refused.set(None);
        it.ask_to(Command::SetUp(answers.set_up()), move |answer| {
            asked.try_set(false);
            refused.try_set(answer.err());
        });
    };
    view! {
        <section class="plain" data-test="screen-first-run">
            <form class="form" autocomplete="off" on:submit=submit>
                <h1>{words::first_run::TITLE}</h1>
                <Centre answers />
                <Purpose answers />
                <Refused refused />
                <button class="primary" data-test="first-run-submit" disabled=asked>
                    {move || match (asked.get(), answers.with_centre.get()) {
                        (false, _) => words::first_run::INSTALL,
                        (true, true) => words::first_run::CENTRE_ASKED,
                        (true, false) => words::first_run::PREPARING,
                    }}
                </button>
            </form>
        </section>
    }
}

/// Why the workstation could not be set up.
#[component]
fn Refused(refused: RwSignal<Option<Unanswered>>) -> impl IntoView {
    let said = move || refused.with(|it| it.as_ref().map(|it| words::unanswered(it, None)));
    let reference =
        move || refused.with(|it| it.as_ref().and_then(words::reference).map(ToOwned::to_owned));
    view! {
        <Show when=move || refused.with(Option::is_some)>
            <p class="form-refused" data-test="refusal" data-reference=reference role="alert">
                {said}
            </p>
        </Show>
    }
}

/// With a centre, or alone.
#[component]
fn Centre(answers: Answers) -> impl IntoView {
    let with = answers.with_centre;
    view! {
        <fieldset class="choice">
            <legend>{words::first_run::SHOP}</legend>
            <Choice
                hook="first-run-centre-yes"
                chosen=with
                choose=move || with.set(true)
            >
                <b>{words::first_run::WITH_CENTRE}</b>
                <small>{words::first_run::WITH_CENTRE_MEANS}</small>
            </Choice>
            <Choice
                hook="first-run-centre-no"
                chosen=Signal::derive(move || !with.get())
                choose=move || with.set(false)
            >
                <b>{words::first_run::ALONE}</b>
                <small>{words::first_run::ALONE_MEANS}</small>
            </Choice>
        </fieldset>
        {move || {
            if with.get() {
                Either::Left(view! { <Enrolment answers /> })
            } else {
                Either::Right(view! { <FirstManager answers /> })
            }
        }}
    }
}

#[component]
fn Enrolment(answers: Answers) -> impl IntoView {
    view! {
        <label class="field">
            {words::first_run::CENTRE_ADDRESS}
            <input
                data-test="first-run-server"
                placeholder=words::first_run::CENTRE_EXAMPLE
                spellcheck="false"
                bind:value=answers.server
            />
        </label>
        <label class="field">
            {words::first_run::CODE}
            <input data-test="first-run-code" spellcheck="false" bind:value=answers.code />
            <small>{words::first_run::CODE_FROM}</small>
        </label>
    }
}

#[component]
fn FirstManager(answers: Answers) -> impl IntoView {
    view! {
        <label class="field">
            {words::first_run::PIN}
            <input
                data-test="first-run-pin"
                type="password"
                inputmode="numeric"
                maxlength="8"
                bind:value=answers.pin
            />
            <small>{words::first_run::PIN_IS}</small>
        </label>
    }
}

/// What the PC is for, and its name.
#[component]
fn Purpose(answers: Answers) -> impl IntoView {
    let choose = move |role, label: &'static str| {
        answers.role.set(role);
        answers.label.set(label.to_owned());
    };
    view! {
        <fieldset class="choice">
            <legend>{words::first_run::PURPOSE}</legend>
            <Choice
                hook="first-run-role-till"
                chosen=Signal::derive(move || answers.role.get() == Role::Till)
                choose=move || choose(Role::Till, "C1")
            >
                <b>{words::first_run::TILL}</b>
                <small>{words::first_run::TILL_DOES}</small>
            </Choice>
            <Choice
                hook="first-run-role-kitchen"
                chosen=Signal::derive(move || answers.role.get() == Role::Kitchen)
                choose=move || choose(Role::Kitchen, "K1")
            >
                <b>{words::first_run::KITCHEN}</b>
                <small>{words::first_run::KITCHEN_DOES}</small>
            </Choice>
        </fieldset>
        <label class="field field-short">
            {words::first_run::LABEL}
            <input
                data-test="first-run-label"
                maxlength="4"
                spellcheck="false"
                bind:value=answers.label
            />
            <small>{words::first_run::LABEL_IS}</small>
        </label>
    }
}
