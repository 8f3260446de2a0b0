//! The first run: which shop this PC belongs to, and what it is for.

mod asking;

use crate::{bridge::Unanswered, parts::choice::Choice, words, workstation::workstation};
use asking::Asking;
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{Command, MeshCommand, Role, SetUp};

/// Where this PC gets what it needs from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum From {
    /// From the centre.
    Centre,
    /// From nobody.
    Nobody,
    /// From a workstation of the shop that vouches for it.
    Neighbour,
}

/// What has been answered so far.
#[derive(Clone, Copy)]
struct Answers {
    from: RwSignal<From>,
    /// Where that workstation is; empty looks for one.
    address: RwSignal<String>,
    server: RwSignal<String>,
    code: RwSignal<String>,
    pin: RwSignal<String>,
    role: RwSignal<Role>,
    label: RwSignal<String>,
}

impl Answers {
    fn command(self) -> Command {
        let text = |text: RwSignal<String>| text.get_untracked().trim().to_owned();
        let (role, label) = (self.role.get_untracked(), text(self.label));
        let (server, code, pin) = match self.from.get_untracked() {
            From::Centre => (Some(text(self.server)), text(self.code), String::new()),
            From::Nobody => (None, String::new(), text(self.pin)),
            From::Neighbour => {
                let label = label.to_uppercase();
                let address = text(self.address);
                return Command::Mesh(MeshCommand::AskToJoin { address, role, label });
            }
        };
        Command::SetUp(SetUp { server, code, role, label, pin })
    }
}

/// The questions; and, once a workstation of the shop is asked, how far that is.
#[component]
pub(crate) fn FirstRun() -> impl IntoView {
    let it = workstation();
    let answers = Answers {
        from: RwSignal::new(From::Centre),
        address: RwSignal::new(String::new()),
        server: RwSignal::new(String::new()),
        code: RwSignal::new(String::new()),
        pin: RwSignal::new(String::new()),
        role: RwSignal::new(Role::Till),
        label: RwSignal::new("C1".to_owned()),
    };
    let asking = Memo::new(move |_| it.joining.with(|joining| joining.own.is_some()));
    view! {
        <section class="plain" data-test="screen-first-run">
            <Show
                when=move || asking.get() == Some(true)
                fallback=move || view! { <Questions answers /> }
            >
                <Asking />
            </Show>
        </section>
    }
}

/// The questions, all on one page.
#[component]
fn Questions(answers: Answers) -> impl IntoView {
    let it = workstation();
    let (asked, refused) = (RwSignal::new(false), RwSignal::new(None::<Unanswered>));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        if asked.get_untracked() {
            return;
        }
        asked.set(true);
        refused.set(None);
        it.ask_to(answers.command(), move |answer| {
            asked.try_set(false);
            refused.try_set(answer.err());
        });
    };
    view! {
        <form class="form" autocomplete="off" on:submit=submit>
            <h1>{words::first_run::TITLE}</h1>
            <Shop answers />
            <Purpose answers />
            <Refused refused />
            <button class="primary" data-test="first-run-submit" disabled=asked>
                {move || match (asked.get(), answers.from.get()) {
                    (_, From::Neighbour) => words::first_run::ASK,
                    (false, From::Centre | From::Nobody) => words::first_run::INSTALL,
                    (true, From::Centre) => words::first_run::CENTRE_ASKED,
                    (true, From::Nobody) => words::first_run::PREPARING,
                }}
            </button>
        </form>
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

/// With a centre, alone, or by a workstation that is there.
#[component]
fn Shop(answers: Answers) -> impl IntoView {
    let from = answers.from;
    let is = move |this| Signal::derive(move || from.get() == this);
    view! {
        <fieldset class="choice three">
            <legend>{words::first_run::SHOP}</legend>
            <Choice
                hook="first-run-centre-yes"
                chosen=is(From::Centre)
                choose=move || from.set(From::Centre)
            >
                <b>{words::first_run::WITH_CENTRE}</b>
                <small>{words::first_run::WITH_CENTRE_MEANS}</small>
            </Choice>
            <Choice
                hook="first-run-centre-no"
                chosen=is(From::Nobody)
                choose=move || from.set(From::Nobody)
            >
                <b>{words::first_run::ALONE}</b>
                <small>{words::first_run::ALONE_MEANS}</small>
            </Choice>
            <Choice
                hook="first-run-neighbour"
                chosen=is(From::Neighbour)
                choose=move || from.set(From::Neighbour)
            >
                <b>{words::first_run::NEIGHBOUR}</b>
                <small>{words::first_run::NEIGHBOUR_MEANS}</small>
            </Choice>
        </fieldset>
        {move || match from.get() {
            From::Centre => view! { <Enrolment answers /> }.into_any(),
            From::Nobody => view! { <FirstManager answers /> }.into_any(),
            From::Neighbour => view! { <Neighbour answers /> }.into_any(),
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
fn Neighbour(answers: Answers) -> impl IntoView {
    view! {
        <label class="field">
            {words::first_run::NEIGHBOUR_ADDRESS}
            <input
                data-test="first-run-address"
                placeholder=words::first_run::NEIGHBOUR_EXAMPLE
                spellcheck="false"
                bind:value=answers.address
            />
            <small>{words::first_run::NEIGHBOUR_ADDRESS_IS}</small>
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
