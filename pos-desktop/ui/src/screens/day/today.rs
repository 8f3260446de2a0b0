//! The day that is open, or that is to be opened.

use super::{
    Shared,
    cash::{CashMove, DrawerOpen},
    close::Close,
    open::Open,
};
use crate::{
    parts::{figures::Figures, icon::LevelSign},
    words::{self, day, money},
};
use fiscal::Money;
use leptos::prelude::*;
use pos_api::{ClosingView, DayCommand, OpenOrderView, Reply, ToVerifyView};

/// What is being done beside the figures.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Task {
    /// Nothing: the ways to do something.
    None,
    /// Cash goes in or out.
    Cash,
    /// The drawer is opened.
    Drawer,
    /// The drawer is counted, to close.
    Close,
    /// The day was closed with these figures.
    Closed(Box<ClosingView>),
}

/// The tab.
#[component]
pub(super) fn Today(shared: Shared) -> impl IntoView {
    let known = Memo::new(move |_| shared.day(|_| ()).is_some());
    let open = Memo::new(move |_| shared.day(|day| day.number.is_some()) == Some(true));
    let task = RwSignal::new(Task::None);
    let closed = move || task.with(|task| matches!(task, Task::Closed(_)));
    view! {
        {move || match (known.get(), open.get() || closed()) {
            (false, _) => view! { <Unknown shared /> }.into_any(),
            (true, false) => view! { <Open shared /> }.into_any(),
            (true, true) => view! { <Opened shared task /> }.into_any(),
        }}
    }
}

/// The day is not known yet, or its question was refused.
#[component]
fn Unknown(shared: Shared) -> impl IntoView {
    let it = shared.it;
    let refused = move || {
        it.day_refusal.with(|refusal| refusal.as_ref().map(|it| words::unanswered(it, None)))
    };
    view! {
        <div class="day-unknown">
            {move || match refused() {
                None => view! { <p class="waiting" data-test="day-waiting">{day::WAITING}</p> }.into_any(),
                Some(why) => {
                    view! {
                        <p class="form-refused" data-test="day-refused">{why}</p>
                        <button data-test="day-again" on:click=move |_| it.ask_day()>
                            {day::AGAIN}
                        </button>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

#[component]
fn Opened(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    view! {
        {move || match task.get() {
            Task::Close => view! { <Close shared task /> }.into_any(),
            Task::Closed(result) => view! { <Closed shared task result=*result /> }.into_any(),
            Task::None | Task::Cash | Task::Drawer => {
                view! { <SoFar shared task /> }.into_any()
            }
        }}
    }
}

/// The figures so far, and what can be done.
#[component]
fn SoFar(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    let figures = Memo::new(move |_| shared.day(|day| day.figures.clone()).flatten());
    let blind = Memo::new(move |_| shared.day(|day| day.blind) == Some(true));
    let shown = move || match figures.get() {
        Some(figures) => view! { <Figures figures blind=blind.get() /> }.into_any(),
        None => view! { <p class="empty">{day::NO_FIGURES}</p> }.into_any(),
    };
    view! {
        <div class="day-columns">
            <section class="day-figures">
                <h2>{day::SO_FAR}</h2>
                {shown}
            </section>
            <aside class="day-side">
                <Which shared />
                {move || match task.get() {
                    Task::Cash => view! { <CashMove shared task /> }.into_any(),
                    Task::Drawer => view! { <DrawerOpen shared task /> }.into_any(),
                    Task::None | Task::Close | Task::Closed(_) => {
                        view! { <Ways shared task /> }.into_any()
                    }
                }}
            </aside>
        </div>
    }
}

/// Which day it is, and since when.
#[component]
fn Which(shared: Shared) -> impl IntoView {
    let number = move || shared.day(|it| it.number.map(day::number)).flatten();
    let date = move || shared.day(|it| words::day(&it.date));
    let opened = move || shared.day(|it| it.opened.as_deref().map(day::opened)).flatten();
    let overdue = Memo::new(move |_| shared.day(|day| day.overdue) == Some(true));
    view! {
        <header class="day-which">
            <b data-test="day-date">{date}</b>
            <span data-test="day-number">{number}</span>
            <span>{opened}</span>
        </header>
        <Show when=move || overdue.get()>
            <p class="care" data-test="day-late">
                <LevelSign level="care" />
                {day::OVERDUE}
            </p>
        </Show>
    }
}

/// What can be done, and what is still to be done.
#[component]
fn Ways(shared: Shared, task: RwSignal<Task>) -> impl IntoView {
    let read = move |_| {
        shared.act(DayCommand::ReadX, move |reply| {
            if matches!(reply, Some(Reply::Closing(_))) {
                shared.print(String::new());
            }
        });
    };
    view! {
        <div class="day-ways">
            <button data-test="day-cash" on:click=move |_| task.set(Task::Cash)>
                {day::CASH}
            </button>
            <button data-test="day-drawer" on:click=move |_| task.set(Task::Drawer)>
                {day::DRAWER}
            </button>
            <button data-test="day-x" on:click=read>
                {day::PRINT_X}
            </button>
            <button class="primary" data-test="day-close" on:click=move |_| task.set(Task::Close)>
                {day::CLOSE}
            </button>
        </div>
        <Verify shared />
        <Left shared />
    }
}

/// Card payments whose outcome nobody knows.
#[component]
fn Verify(shared: Shared) -> impl IntoView {
    let unsure = Memo::new(move |_| shared.day(|day| day.to_verify.clone()).unwrap_or_default());
    let row = move |it: ToVerifyView| {
        let ticket = it.ticket.clone();
        view! {
            <li data-test="day-to-verify">
                <span>{it.time}" · "<small>{it.ticket}</small></span>
                <b>{money(it.amount)}</b>
                <button data-test="day-verify-look" on:click=move |_| shared.look(ticket.clone())>
                    {day::LOOK}
                </button>
            </li>
        }
    };
    view! {
        <Show when=move || unsure.with(|unsure| !unsure.is_empty())>
            <section class="day-list">
                <h3>
                    <LevelSign level="care" />
                    {day::TO_VERIFY}
                </h3>
                <p class="quiet-said">{day::TO_VERIFY_HOW}</p>
                <ul>{move || unsure.get().into_iter().map(row).collect_view()}</ul>
            </section>
        </Show>
    }
}

/// The orders that are still open.
#[component]
pub(super) fn Left(shared: Shared) -> impl IntoView {
    let open = Memo::new(move |_| shared.day(|day| day.open_orders.clone()).unwrap_or_default());
    let row = |it: OpenOrderView| {
        view! {
            <li data-test="day-open-order">
                <span>{it.label}</span>
                <b>{money(it.due)}</b>
            </li>
        }
    };
    let number = move || u64::try_from(open.with(Vec::len)).unwrap_or(u64::MAX);
    view! {
        <section class="day-list">
            {move || match number() {
                0 => view! { <p class="quiet-said">{day::NONE_CARRIED}</p> }.into_any(),
                number => {
                    view! {
                        <h3>{day::open_orders(number)}</h3>
                        <p class="quiet-said">{day::CARRIED}</p>
                        <ul>{open.get().into_iter().map(row).collect_view()}</ul>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// The result of a closing: what was too much or too little, and all its figures.
#[component]
fn Closed(shared: Shared, task: RwSignal<Task>, result: ClosingView) -> impl IntoView {
    let difference = result.drawer.and_then(|drawer| drawer.difference);
    let number = StoredValue::new(result.number.clone());
    let said = difference.map_or_else(|| words::figures::NOT_COUNTED.to_owned(), day::difference);
    let wrong = difference.is_some_and(|it| it != Money::ZERO);
    let done = move |_| {
        task.set(Task::None);
        shared.it.ask_day();
    };
    view! {
        <div class="day-columns">
            <section class="day-figures">
                <h2>{words::period(&result.label)}</h2>
                <Figures figures=result />
            </section>
            <aside class="day-side" data-test="day-closed">
                <h2>{day::CLOSED}</h2>
                <p class="closing-number" data-test="closing-number">{number.get_value()}</p>
                <p class="day-difference" class:wrong=wrong data-test="closing-difference">{said}</p>
                <div class="day-ways">
                    <button
                        class="primary"
                        data-test="closing-print"
                        on:click=move |_| shared.print(number.get_value())
                    >
                        {day::PRINT}
                    </button>
                    <button data-test="closing-done" on:click=done>
                        {day::DONE}
                    </button>
                </div>
            </aside>
        </div>
    }
}
