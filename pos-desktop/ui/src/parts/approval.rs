//! A manager beside the operator: what was asked for waits until the manager's PIN allows it.

use crate::{
    bridge::Unanswered,
    keys::{self, Press},
    sound::{self, Sound},
    words,
    workstation::{Workstation, workstation},
};
use leptos::prelude::*;
use pos_api::{Approval, OperatorView};

/// The longest PIN.
const LONGEST: usize = 8;
/// The shortest PIN.
const SHORTEST: usize = 4;

/// What has been touched and typed so far.
#[derive(Clone, Copy)]
struct Entry {
    it: Workstation,
    manager: RwSignal<Option<String>>,
    pin: RwSignal<String>,
    wrong: RwSignal<Option<String>>,
    asked: RwSignal<bool>,
}

impl Entry {
    fn digit(self, digit: char) {
        if self.pin.with_untracked(|pin| pin.len() < LONGEST) && !self.asked.get_untracked() {
            self.wrong.set(None);
            self.pin.update(|pin| pin.push(digit));
        }
    }

    fn back(self) {
        self.pin.maybe_update(|pin| pin.pop().is_some());
    }

    fn is_ready(self) -> bool {
        let long_enough = self.pin.with(|pin| pin.len() >= SHORTEST);
        long_enough && self.manager.with(Option::is_some) && !self.asked.get()
    }

    fn allow(self) {
        let Some(manager) = self.manager.get_untracked().filter(|_| untrack(|| self.is_ready()))
        else {
            return;
        };
        self.asked.set(true);
        let pin = self.pin.get_untracked();
        self.it.approve(Approval { manager, pin }, move |refusal: Unanswered| {
            sound::play(Sound::Refusal);
            self.asked.set(false);
            self.pin.set(String::new());
            self.wrong.set(Some(words::unanswered(&refusal, None)));
        });
    }

    /// Every key is for here, but those that move the focus and press what has it.
    fn key(self, press: &Press) -> bool {
        let on_button = press.focus == keys::Focus::Button;
        match press.key.as_str() {
            "Enter" | " " if on_button => return false,
            "Enter" if press.repeat => {}
            "Enter" => self.allow(),
            "Escape" => self.it.give_up(),
            "Backspace" => self.back(),
            key => match (press.digit(), press.character()) {
                (Some(digit), _) => self.digit(digit),
                (None, Some(letter)) => self.letter(letter),
                (None, None) => return key.starts_with('F'),
            },
        }
        true
    }

    /// Chooses the next manager whose code begins with the letter.
    fn letter(self, letter: char) {
        let letter = letter.to_uppercase().to_string();
        let codes: Vec<_> = managers(self.it).into_iter().map(|it| it.code).collect();
        let now = self.manager.get_untracked();
        let matching: Vec<_> = codes.iter().filter(|it| it.starts_with(&letter)).collect();
        let at = matching.iter().position(|it| Some(*it) == now.as_ref());
        let next = matching.get(at.map_or(0, |at| at + 1)).or(matching.first());
        if let Some(code) = next {
            self.manager.set(Some((*code).clone()));
        }
    }
}

/// Those who may allow something.
fn managers(it: Workstation) -> Vec<OperatorView> {
    let list = it.session.peek(|session| {
        session.operators.iter().filter(|who| who.manager).cloned().collect::<Vec<_>>()
    });
    list.unwrap_or_default()
}

/// The panel, over the middle for as long as something waits for a manager.
#[component]
pub(crate) fn ManagerPanel() -> impl IntoView {
    let it = workstation();
    let shown = Memo::new(move |_| it.is_approving());
    view! {
        <Show when=move || shown.get()>
            <Asked />
        </Show>
    }
}

#[component]
fn Asked() -> impl IntoView {
    let it = workstation();
    let people = managers(it);
    let only = (people.len() == 1).then(|| people.first().map(|who| who.code.clone())).flatten();
    let entry = Entry {
        it,
        manager: RwSignal::new(only),
        pin: RwSignal::new(String::new()),
        wrong: RwSignal::new(None),
        asked: RwSignal::new(false),
    };
    keys::hold_keys(move |press| entry.key(press));
    let none = people.is_empty().then(|| view! { <p class="empty">{words::approval::NOBODY}</p> });
    let dots = move || entry.pin.with(|pin| "●".repeat(pin.len()));
    view! {
        <section class="approval" data-test="approval">
            <header>
                <div>
                    <h2>{words::approval::TITLE}</h2>
                    <p>{words::approval::HOW}</p>
                </div>
                <button data-test="approval-back" on:click=move |_| it.give_up()>
                    {words::approval::GIVE_UP}
                    <kbd>{words::button::ESCAPE_KEY}</kbd>
                </button>
            </header>
            <div class="people">
                {people.into_iter().map(|who| view! { <Manager entry who /> }).collect_view()}
                {none}
            </div>
            <div class="pin">
                <p class="pin-who">
                    {move || words::sign_in::whose_pin(entry.manager.get().as_deref())}
                </p>
                <p class="pin-dots" data-test="approval-dots">{dots}</p>
                <p class="pin-wrong" data-test="approval-wrong" role="alert">{entry.wrong}</p>
                <Digits entry />
            </div>
        </section>
    }
}

#[component]
fn Manager(entry: Entry, who: OperatorView) -> impl IntoView {
    let OperatorView { code, name, .. } = who;
    let (this, shown) = (code.clone(), code.clone());
    view! {
        <button
            class="person"
            data-test=format!("approval-manager-{code}")
            aria-pressed=move || entry.manager.with(|it| *it == Some(this.clone())).to_string()
            on:click=move |_| entry.manager.set(Some(code.clone()))
        >
            <b>{shown}</b>
            <span>{name}</span>
        </button>
    }
}

#[component]
fn Digits(entry: Entry) -> impl IntoView {
    let key = move |digit: char| {
        view! {
            <button data-test=format!("approval-{digit}") on:click=move |_| entry.digit(digit)>
                {digit.to_string()}
            </button>
        }
    };
    view! {
        <div class="pad">
            {"123456789".chars().map(key).collect_view()}
            <button
                data-test="approval-rub-out"
                aria-label=words::button::RUB_OUT
                on:click=move |_| entry.back()
            >
                "⌫"
            </button>
            {key('0')}
            <button
                class="primary"
                data-test="approval-allow"
                disabled=move || !entry.is_ready()
                on:click=move |_| entry.allow()
            >
                {words::approval::ALLOW}
            </button>
        </div>
    }
}
