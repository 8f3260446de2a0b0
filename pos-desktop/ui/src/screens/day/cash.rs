//! Cash in and out without a sale, and the drawer.

use super::{Shared, today::Task};
use crate::{
    keys::{self, Focus, Press},
    parts::{amount::Typed, choice::Choice, pad::AmountPad},
    screens::counter::counter,
    words::{self, day},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{CashReason, DayCommand, DrawerReason};

const REASONS: [CashReason; 5] = [
    CashReason::Change,
    CashReason::Deposit,
    CashReason::Purchase,
    CashReason::Courier,
    CashReason::Advance,
];

const DRAWER_REASONS: [DrawerReason; 3] =
    [DrawerReason::Change, DrawerReason::Check, DrawerReason::Stuck];

/// A movement being prepared.
#[derive(Clone, Copy)]
struct Move {
    shared: Shared,
    task: RwSignal<Task>,
    out: RwSignal<bool>,
    reason: RwSignal<CashReason>,
    typed: Typed,
    sent: RwSignal<bool>,
}

impl Move {
    fn amount(self) -> Option<Money> {
        self.typed.amount().filter(|it| *it > Money::ZERO)
    }

    fn done(self) {
        let Some(amount) = untrack(|| self.amount()).filter(|_| !self.sent.get_untracked()) else {
            return;
        };
        self.sent.set(true);
        let amount = if self.out.get_untracked() { -amount } else { amount };
        let reason = self.reason.get_untracked();
        self.shared.act(DayCommand::Cash { amount, reason, approval: None }, move |reply| {
            self.sent.try_set(false);
            if reply.is_some() {
                self.task.set(Task::None);
                self.shared.say(day::CASH_DONE);
            }
        });
    }

    fn key(self, press: &Press) -> bool {
        match press.key.as_str() {
            "Enter" if press.repeat || press.focus == Focus::Button => false,
            "Enter" => {
                self.done();
                true
            }
            _ => self.typed.key(press),
        }
    }
}

/// Cash in or out.
#[component]
pub(super) fn CashMove(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    let moved = Move {
        shared,
        task,
        out: RwSignal::new(true),
        reason: RwSignal::new(CashReason::Deposit),
        typed: Typed::new(),
        sent: RwSignal::new(false),
    };
    keys::on_key(move |press| moved.key(press));
    counter().on_back(move || task.set(Task::None));
    let way = move |hook: &'static str, out: bool, name: &'static str| {
        let chosen = Signal::derive(move || moved.out.get() == out);
        view! { <Choice hook chosen choose=move || moved.out.set(out)>{name}</Choice> }
    };
    let reason = move |this: CashReason| {
        let chosen = Signal::derive(move || moved.reason.get() == this);
        view! {
            <Choice hook=day::cash_hook(this) chosen choose=move || moved.reason.set(this)>
                {day::cash_reason(this)}
            </Choice>
        }
    };
    let says = move || day::cash(moved.amount().unwrap_or(Money::ZERO), moved.out.get());
    view! {
        <section class="day-task" data-test="cash-move">
            <h3>{day::CASH}</h3>
            <div class="segments">
                {way("cash-out", true, day::CASH_OUT)} {way("cash-in", false, day::CASH_IN)}
            </div>
            <div class="reasons">{REASONS.map(reason).into_iter().collect_view()}</div>
            <AmountPad press=move |key| moved.typed.press(key) />
            <div class="day-task-foot">
                <button data-test="cash-back" on:click=move |_| task.set(Task::None)>
                    {words::button::BACK}
                </button>
                <button
                    class="primary"
                    data-test="cash-submit"
                    disabled=move || moved.amount().is_none() || moved.sent.get()
                    on:click=move |_| moved.done()
                >
                    {says}
                </button>
            </div>
        </section>
    }
}

/// The reasons to open the drawer: a touch opens it.
#[component]
pub(super) fn DrawerOpen(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    counter().on_back(move || task.set(Task::None));
    let reason = move |reason: DrawerReason| {
        let open = move |_| {
            shared.act(DayCommand::OpenDrawer { reason }, move |reply| {
                if reply.is_some() {
                    task.set(Task::None);
                    shared.say(day::DRAWER_OPEN);
                }
            });
        };
        view! {
            <button data-test=day::drawer_hook(reason) on:click=open>
                {day::drawer_reason(reason)}
            </button>
        }
    };
    view! {
        <section class="day-task" data-test="drawer-open">
            <h3>{day::DRAWER}</h3>
            <p>{day::BECAUSE}</p>
            <div class="reasons">{DRAWER_REASONS.map(reason).into_iter().collect_view()}</div>
            <button data-test="drawer-back" on:click=move |_| task.set(Task::None)>
                {words::button::BACK}
            </button>
        </section>
    }
}
