//! Closing the day: the drawer is counted coin by coin, and what should be in it is told after.

use super::{
    Shared,
    today::{Left, Task},
};
use crate::{
    keys::{self, Focus, Press},
    screens::counter::counter,
    words::{self, day, money},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{DayCommand, Reply};

/// What is in a drawer, in cents: notes, then coins.
const NOTES: [u32; 7] = [50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500];
const COINS: [u32; 8] = [200, 100, 50, 20, 10, 5, 2, 1];

/// The longest number of pieces of one kind.
const LONGEST: usize = 4;

/// A denomination and how many of it are typed.
type Pieces = (u32, RwSignal<String>);

/// A counting.
#[derive(Clone, Copy)]
struct Counting {
    shared: Shared,
    task: RwSignal<Task>,
    pieces: StoredValue<Vec<Pieces>>,
    confirmed: RwSignal<bool>,
    sent: RwSignal<bool>,
}

impl Counting {
    fn total(self) -> Money {
        self.pieces.with_value(|pieces| {
            let cents = pieces.iter().map(|(cents, number)| i64::from(*cents) * number_of(*number));
            Money::from_cents(cents.sum())
        })
    }

    fn needs_person(self) -> bool {
        self.shared.day(|day| day.needs_person) == Some(true)
    }

    fn is_ready(self) -> bool {
        !self.sent.get() && (!self.needs_person() || self.confirmed.get())
    }

    fn close(self, counted: Option<Money>) {
        if !untrack(|| self.is_ready()) {
            return;
        }
        self.sent.set(true);
        let confirmed = self.confirmed.get_untracked();
        self.shared.act(DayCommand::Close { counted, confirmed }, move |reply| {
            self.sent.try_set(false);
            match reply {
                Some(Reply::Closing(result)) => {
                    self.task.set(Task::Closed(result));
                }
                Some(_) => self.task.set(Task::None),
                None => {}
            }
        });
    }

    /// In a field Enter goes on to the next, and ↑ ↓ add and take one.
    fn key(self, press: &Press) -> bool {
        if press.focus != Focus::Field {
            return false;
        }
        let Some(at) = self.pieces.with_value(|pieces| {
            pieces.iter().position(|(cents, _)| keys::has_focus(&field(*cents)))
        }) else {
            return false;
        };
        match press.key.as_str() {
            "Enter" => self.next(at),
            "ArrowUp" => self.step(at, 1),
            "ArrowDown" => self.step(at, -1),
            _ => return false,
        }
        true
    }

    fn next(self, at: usize) {
        let next = self.pieces.with_value(|pieces| pieces.get(at + 1).map(|(cents, _)| *cents));
        keys::focus(&next.map_or_else(|| SUBMIT.to_owned(), field));
    }

    fn step(self, at: usize, by: i64) {
        let number = self.pieces.with_value(|pieces| pieces.get(at).map(|(_, number)| *number));
        if let Some(number) = number {
            let now = untrack(|| number_of(number)) + by;
            number.set(now.clamp(0, 9_999).to_string());
        }
    }
}

/// How many are typed; what is no number counts for none.
fn number_of(number: RwSignal<String>) -> i64 {
    number.with(|text| text.trim().parse::<u16>().map_or(0, i64::from))
}

/// The id of a denomination's field.
fn field(cents: u32) -> String {
    format!("count-{cents}")
}

/// The id of the button that closes.
const SUBMIT: &str = "day-close-submit";

/// The panel.
#[component]
pub(super) fn Close(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    let all = NOTES.iter().chain(&COINS);
    let pieces: Vec<Pieces> = all.map(|cents| (*cents, RwSignal::new(String::new()))).collect();
    let counting = Counting {
        shared,
        task,
        pieces: StoredValue::new(pieces),
        confirmed: RwSignal::new(false),
        sent: RwSignal::new(false),
    };
    keys::on_key(move |press| counting.key(press));
    counter().on_back(move || task.set(Task::None));
    request_animation_frame(|| keys::focus(&field(50_000)));
    view! {
        <div class="day-columns" data-test="day-count">
            <section class="day-figures">
                <h2>{day::COUNT}</h2>
                <p class="quiet-said">{day::COUNT_HOW}</p>
                <div class="count">
                    <Column counting title=day::BANKNOTES from=0 to=NOTES.len() />
                    <Column
                        counting
                        title=day::COINS
                        from=NOTES.len()
                        to=NOTES.len() + COINS.len()
                    />
                </div>
            </section>
            <aside class="day-side">
                <Submit counting />
                <Left shared />
            </aside>
        </div>
    }
}

#[component]
fn Column(counting: Counting, title: &'static str, from: usize, to: usize) -> impl IntoView {
    let pieces = counting.pieces.with_value(|all| all.get(from..to).unwrap_or_default().to_vec());
    let rows = (from..).zip(pieces).map(|(at, (cents, number))| {
        let worth = move || money(Money::from_cents(i64::from(cents) * number_of(number)));
        let name = money(Money::from_cents(i64::from(cents)));
        view! {
            <div class="count-row">
                <label for=field(cents)>{name.clone()}</label>
                <button
                    data-test=format!("count-{cents}-less")
                    aria-label=words::button::ONE_LESS
                    tabindex="-1"
                    on:click=move |_| counting.step(at, -1)
                >
                    "−"
                </button>
                <input
                    id=field(cents)
                    data-test=format!("count-{cents}")
                    inputmode="numeric"
                    maxlength=LONGEST
                    aria-label=name
                    bind:value=number
                />
                <button
                    data-test=format!("count-{cents}-more")
                    aria-label=words::button::ONE_MORE
                    tabindex="-1"
                    on:click=move |_| counting.step(at, 1)
                >
                    "+"
                </button>
                <b>{worth}</b>
            </div>
        }
    });
    view! {
        <div class="count-column">
            <h3>{title}</h3>
            {rows.collect_view()}
        </div>
    }
}

/// What was counted, and the buttons that close.
#[component]
fn Submit(counting: Counting) -> impl IntoView {
    let needs = Memo::new(move |_| counting.needs_person());
    let said = move || counting.shared.day(|it| day::is_the_day(&words::day(&it.date)));
    let confirm = move |_| counting.confirmed.update(|it| *it = !*it);
    let not_ready = move || !counting.is_ready();
    view! {
        <p class="day-counted">
            <span>{day::COUNTED}</span>
            <b data-test="count-total">{move || money(counting.total())}</b>
        </p>
        <Show when=move || needs.get()>
            <button
                data-test="day-date-confirm"
                aria-pressed=move || counting.confirmed.get().to_string()
                on:click=confirm
            >
                {said}
            </button>
        </Show>
        <button
            id=SUBMIT
            class="primary day-do"
            data-test="day-close-submit"
            disabled=not_ready
            on:click=move |_| counting.close(Some(untrack(|| counting.total())))
        >
            {move || day::close(counting.total())}
        </button>
        <Show when=move || counting.sent.get()>
            <p class="waiting" data-test="day-closing">
                {day::CLOSING}
            </p>
        </Show>
        <div class="setting-actions">
            <button
                data-test="day-close-back"
                on:click=move |_| counting.task.set(Task::None)
            >
                {words::button::BACK}
            </button>
            <button
                data-test="day-close-uncounted"
                disabled=not_ready
                on:click=move |_| counting.close(None)
            >
                {day::CANNOT_COUNT}
            </button>
        </div>
        <p class="quiet-said">{day::CANNOT_COUNT_MEANS}</p>
    }
}
