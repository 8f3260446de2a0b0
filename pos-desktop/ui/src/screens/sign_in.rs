//! Who is at the counter: a name, then a PIN.

use crate::{
    bridge::Unanswered,
    keys,
    parts::safety_line::SafetyLine,
    sound::{self, Sound},
    words,
    workstation::{Workstation, workstation},
};
use leptos::{either::Either, prelude::*};
use pos_api::{Code, Command, OperatorView};
use std::time::Duration;

/// The longest PIN.
const LONGEST: usize = 8;

/// The shortest PIN.
const SHORTEST: usize = 4;

/// What has been touched and typed so far.
#[derive(Clone, Copy)]
struct Entry {
    it: Workstation,
    /// The person's code.
    who: RwSignal<Option<String>>,
    pin: RwSignal<String>,
    /// What was wrong with the last try.
    wrong: RwSignal<Option<String>>,
    /// Seconds until another try is taken.
    locked: RwSignal<u32>,
    asked: RwSignal<bool>,
}

impl Entry {
    fn choose(self, who: Option<String>) {
        self.who.set(who);
        self.pin.set(String::new());
        self.wrong.set(None);
    }

    fn digit(self, digit: char) {
        let waits = self.locked.get_untracked() > 0 || self.asked.get_untracked();
        if !waits && self.pin.with_untracked(|pin| pin.len() < LONGEST) {
            self.wrong.set(None);
            self.pin.update(|pin| pin.push(digit));
        }
    }

    fn back(self) {
        self.pin.maybe_update(|pin| pin.pop().is_some());
    }

    fn submit(self) {
        let (who, pin) = (self.who.get_untracked(), self.pin.get_untracked());
        let Some(operator) = who else { return };
        if pin.len() < SHORTEST || self.asked.get_untracked() || self.locked.get_untracked() > 0 {
            return;
        }
        self.asked.set(true);
        self.it.ask_to(Command::SignIn { operator, pin }, move |answer| {
            self.asked.set(false);
            self.pin.set(String::new());
            if let Err(refusal) = answer {
                self.refused(&refusal);
            }
        });
    }

    fn refused(self, refusal: &Unanswered) {
        sound::play(Sound::Refusal);
        if let Unanswered::Failed(failure) = refusal
            && let Code::SignInLocked { seconds } = failure.code
        {
            self.locked.set(seconds.max(1));
        } else {
            self.wrong.set(Some(words::unanswered(refusal, None)));
        }
    }

    /// A key of a real keyboard; `true` where it was for here.
    fn key(self, press: &keys::Press) -> bool {
        match press.key.as_str() {
            "Enter" if press.focus != keys::Focus::Button => self.submit(),
            "Backspace" => self.back(),
            "Escape" => self.choose(None),
            _ => match (press.digit(), press.character()) {
                (Some(digit), _) => self.digit(digit),
                (None, Some(letter)) => self.letter(letter),
                (None, None) => return false,
            },
        }
        true
    }

    /// Chooses the next person whose code begins with the letter.
    fn letter(self, letter: char) {
        let letter = letter.to_uppercase().to_string();
        let now = self.who.get_untracked();
        let next = self.it.session.peek(|session| {
            let codes = session.operators.iter().map(|it| &it.code);
            let matching: Vec<_> = codes.filter(|it| it.starts_with(&letter)).collect();
            let at = matching.iter().position(|it| Some(*it) == now.as_ref());
            let next = at.map_or(0, |at| at + 1);
            matching.get(next).or(matching.first()).map(|it| (*it).clone())
        });
        if let Some(Some(code)) = next {
            self.choose(Some(code));
        }
    }
}

/// The sign-in screen.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let it = workstation();
    let entry = Entry {
        it,
        who: RwSignal::new(None),
        pin: RwSignal::new(String::new()),
        wrong: RwSignal::new(None),
        locked: RwSignal::new(0),
        asked: RwSignal::new(false),
    };
    keys::on_key(move |press| entry.key(press));
    let second = Duration::from_secs(1);
    if let Ok(ticking) =
        set_interval_with_handle(move || entry.locked.maybe_update(count_down), second)
    {
        on_cleanup(move || ticking.clear());
    }
    let shop = move || {
        it.session.with(|session| {
            session.enrolled.as_ref().map(|it| words::sign_in::place(&it.shop_name, &it.label))
        })
    };
    let clock = move || it.session.with(|session| session.clock.clone());
    view! {
        <section class="sign-in" data-test="screen-sign-in">
            <header>
                <h1>{shop}</h1>
                <p class="clock" data-test="clock">{clock}</p>
            </header>
            <div class="sign-in-middle">
                <People entry />
                <Pin entry />
            </div>
            <SafetyLine />
        </section>
    }
}

/// One second less; whether that changed anything.
fn count_down(seconds: &mut u32) -> bool {
    let runs = *seconds > 0;
    *seconds = seconds.saturating_sub(1);
    runs
}

/// The staff, a tile each.
#[component]
fn People(entry: Entry) -> impl IntoView {
    let operators =
        Memo::new(move |_| entry.it.session.with(|it| it.operators.clone()).unwrap_or_default());
    let none = move || {
        operators.with(Vec::is_empty).then(|| {
            view! {
                <p class="empty" data-test="signin-none">
                    {words::sign_in::NOBODY}
                </p>
            }
        })
    };
    view! {
        <div class="people">
            {none}
            <For each=move || operators.get() key=|it| it.code.clone() let:person>
                <Person entry person />
            </For>
        </div>
    }
}

#[component]
fn Person(entry: Entry, person: OperatorView) -> impl IntoView {
    let OperatorView { code, name, manager } = person;
    let (touched, shown, hook) = (code.clone(), code.clone(), format!("signin-operator-{code}"));
    let chosen = move || entry.who.with(|who| who.as_ref() == Some(&shown)).to_string();
    view! {
        <button
            class="person"
            data-test=hook
            aria-pressed=chosen
            on:click=move |_| entry.choose(Some(touched.clone()))
        >
            <b>{code}</b>
            <span>{name}</span>
            <small>{manager.then_some(words::sign_in::MANAGER)}</small>
        </button>
    }
}

/// The pad, or what to do first.
#[component]
fn Pin(entry: Entry) -> impl IntoView {
    let locked = Memo::new(move |_| entry.locked.get() > 0);
    view! {
        <div class="pin">
            {move || {
                if locked.get() {
                    Either::Left(
                        view! {
                            <p class="pin-locked" data-test="signin-countdown" role="alert">
                                {move || words::locked(entry.locked.get())}
                            </p>
                        },
                    )
                } else {
                    Either::Right(view! { <PinPad entry /> })
                }
            }}
        </div>
    }
}

#[component]
fn PinPad(entry: Entry) -> impl IntoView {
    let dots = move || entry.pin.with(|pin| "●".repeat(pin.len()));
    let says = move || entry.who.with(|who| words::sign_in::whose_pin(who.as_deref()));
    let key = move |digit: char| {
        view! {
            <button data-test=format!("pin-{digit}") on:click=move |_| entry.digit(digit)>
                {digit.to_string()}
            </button>
        }
    };
    let short =
        move || entry.pin.with(|pin| pin.len() < SHORTEST) || entry.who.with(Option::is_none);
    view! {
        <p class="pin-who">{says}</p>
        <p class="pin-dots" data-test="pin-dots" aria-live="polite">{dots}</p>
        <p class="pin-wrong" data-test="signin-error" role="alert">{entry.wrong}</p>
        <div class="pad">
            {"123456789".chars().map(key).collect_view()}
            <button data-test="pin-back" aria-label=words::button::RUB_OUT on:click=move |_| entry.back()>
                "⌫"
            </button>
            {key('0')}
            <button
                class="primary"
                data-test="pin-enter"
                disabled=short
                on:click=move |_| entry.submit()
            >
                {words::sign_in::ENTER}
            </button>
        </div>
        <button
            class="quiet"
            data-test="signin-other"
            class:hidden=move || entry.who.with(Option::is_none)
            on:click=move |_| entry.choose(None)
        >
            {words::sign_in::SOMEBODY_ELSE}
        </button>
    }
}
