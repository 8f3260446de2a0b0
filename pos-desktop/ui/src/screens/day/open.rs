//! Opening the business day.

use super::Shared;
use crate::{
    keys::{self, Focus, Press},
    parts::{amount::Typed, pad::AmountPad},
    words::{self, day},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::DayCommand;

/// An opening being prepared.
#[derive(Clone, Copy)]
struct Opening {
    shared: Shared,
    typed: Typed,
    date: RwSignal<String>,
    confirmed: RwSignal<bool>,
    sent: RwSignal<bool>,
}

impl Opening {
    fn needs_person(self) -> bool {
        self.shared.day(|day| day.needs_person) == Some(true)
    }

    fn is_ready(self) -> bool {
        !self.sent.get() && (!self.needs_person() || self.confirmed.get())
    }

    /// As typed, else what was left at the last closing.
    fn float(self) -> Money {
        let proposed = self.shared.day(|day| day.float).unwrap_or(Money::ZERO);
        self.typed.amount().unwrap_or(proposed)
    }

    fn open(self, float: Money) {
        if !untrack(|| self.is_ready()) {
            return;
        }
        self.sent.set(true);
        let date = untrack(|| self.needs_person()).then(|| self.date.get_untracked());
        self.shared.act(DayCommand::Open { float, date }, move |reply| {
            self.sent.try_set(false);
            if reply.is_some() {
                self.shared.say(day::OPENED);
            }
        });
    }

    fn key(self, press: &Press) -> bool {
        match press.key.as_str() {
            "Enter" if press.repeat || press.focus == Focus::Button => false,
            "Enter" => {
                self.open(untrack(|| self.float()));
                true
            }
            _ => self.typed.key(press),
        }
    }
}

/// The float, and which day it is.
#[component]
pub(super) fn Open(shared: Shared) -> impl IntoView {
    let date = shared.it.day.peek(|day| day.date.clone()).unwrap_or_default();
    let opening = Opening {
        shared,
        typed: Typed::new(),
        date: RwSignal::new(date),
        confirmed: RwSignal::new(false),
        sent: RwSignal::new(false),
    };
    keys::on_key(move |press| opening.key(press));
    let needs = Memo::new(move |_| opening.needs_person());
    let proposed = move || shared.day(|it| day::proposed(it.float));
    let said = move || shared.day(|it| words::day(&it.date));
    let shown = move || words::money(opening.float());
    view! {
        <div class="day-columns" data-test="day-not-open">
            <section class="day-open">
                <h2>{day::NOT_OPEN}</h2>
                <p class="day-which"><b data-test="day-date">{said}</b></p>
                <p class="quiet-said">{day::OPEN_WHY}</p>
                <Show when=move || needs.get()>
                    <WhichDay opening />
                </Show>
            </section>
            <aside class="day-side">
                <h3>{day::FLOAT}</h3>
                <p class="day-amount" data-test="day-float">{shown}</p>
                <AmountPad press=move |key| opening.typed.press(key) />
                <button data-test="day-float-proposed" on:click=move |_| opening.typed.clear()>
                    {proposed}
                </button>
                <button
                    class="primary day-do"
                    data-test="day-open"
                    disabled=move || !opening.is_ready()
                    on:click=move |_| opening.open(untrack(|| opening.float()))
                >
                    {day::OPEN}
                    <kbd>{words::button::ENTER_KEY}</kbd>
                </button>
            </aside>
        </div>
    }
}

/// The clock leapt, or the shop was closed for long.
#[component]
fn WhichDay(opening: Opening) -> impl IntoView {
    view! {
        <div class="which-day" data-test="day-which">
            <h3>{day::WHICH_DAY}</h3>
            <p>{day::WHICH_DAY_HOW}</p>
            <label class="field field-short">
                {day::DATE}
                <input data-test="day-date-input" placeholder="2026-11-21" bind:value=opening.date />
            </label>
            <p class="day-said">
                {move || day::is_the_day(&words::day(&opening.date.get()))}
            </p>
            <button
                data-test="day-date-confirm"
                aria-pressed=move || opening.confirmed.get().to_string()
                on:click=move |_| opening.confirmed.update(|it| *it = !*it)
            >
                {day::DATE_CONFIRMED}
            </button>
        </div>
    }
}
