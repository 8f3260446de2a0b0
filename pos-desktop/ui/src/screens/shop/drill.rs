//! The outage that is made on purpose, and what came of those before.

use super::{Awaited, Watch};
use crate::{
    parts::choice::Choice,
    words::{self, drill},
    workstation::{match_answer, workstation},
};
use leptos::prelude::*;
use pos_api::{Answer, Command, DrillView, DrillsView, MeshAnswer, MeshCommand, MeshQuery};
use std::time::Duration;

/// How often it is asked for: it counts down.
const TICK: Duration = Duration::from_secs(1);
/// The longest, in minutes.
const LONGEST: u32 = 60;
/// How long it lasts unless somebody says otherwise, in minutes.
const USUAL: u32 = 10;
/// Those that are one touch away, in minutes.
const OFFERED: [u32; 4] = [5, USUAL, 30, LONGEST];

/// The place.
#[component]
pub(crate) fn Drill() -> impl IntoView {
    let watch = Watch::new(MeshQuery::Drills, TICK, |answer| {
        match_answer!(answer, Answer::Mesh).and_then(|it| match_answer!(it, MeshAnswer::Drills))
    });
    let runs = Memo::new(move |_| watch.feed.with(|it| it.left_s.is_some()));
    view! {
        <div class="day-columns" data-test="screen-drill">
            <div class="day-figures">
                <h2>{drill::REPORTS}</h2>
                <Awaited watch waiting=drill::WAITING />
                <Reports watch />
            </div>
            <aside class="day-side">
                {move || match runs.get() {
                    Some(true) => view! { <Running watch /> }.into_any(),
                    Some(false) => view! { <Begin watch /> }.into_any(),
                    None => ().into_any(),
                }}
            </aside>
        </div>
    }
}

/// Begins one, under a manager.
#[component]
fn Begin(watch: Watch<DrillsView>) -> impl IntoView {
    let it = workstation();
    let minutes = RwSignal::new(USUAL);
    let by = move |change: i32| {
        minutes.update(|it| *it = it.saturating_add_signed(change).clamp(1, LONGEST));
    };
    let offered = move |number: u32| {
        let chosen = Signal::derive(move || minutes.get() == number);
        view! {
            <Choice
                hook=format!("drill-minutes-{number}")
                chosen
                choose=move || minutes.set(number)
            >
                {drill::minutes(number)}
            </Choice>
        }
    };
    let begin = move |_| {
        let minutes = minutes.get_untracked();
        let command = move |manager| Command::Mesh(MeshCommand::BeginDrill { minutes, manager });
        it.act_by_manager(command, move |reply| {
            if reply.is_some() {
                it.notice.set(Some(drill::BEGUN.to_owned()));
                watch.ask();
            }
        });
    };
    view! {
        <section class="day-task" data-test="drill-begin-panel">
            <h2>{drill::EXPLAINED}</h2>
            <p class="setting-state">{drill::UNTOUCHED}</p>
            <h3>{drill::MINUTES}</h3>
            <div class="segments">{OFFERED.map(offered).into_iter().collect_view()}</div>
            <div class="stepper">
                <button
                    data-test="drill-less"
                    aria-label=words::button::ONE_LESS
                    on:click=move |_| by(-1)
                >
                    "−"
                </button>
                <b data-test="drill-minutes">{move || drill::minutes(minutes.get())}</b>
                <button
                    data-test="drill-more"
                    aria-label=words::button::ONE_MORE
                    on:click=move |_| by(1)
                >
                    "+"
                </button>
            </div>
            <button class="primary day-do" data-test="drill-begin" on:click=begin>
                {drill::BEGIN}
            </button>
        </section>
    }
}

/// The one that is on.
#[component]
fn Running(watch: Watch<DrillsView>) -> impl IntoView {
    let it = workstation();
    let left = move || watch.feed.with(|it| it.left_s.map(drill::left)).flatten();
    let stop = move |_| {
        it.act_then(Command::Mesh(MeshCommand::EndDrill), move |_| {
            it.notice.set(Some(drill::STOPPED.to_owned()));
            watch.ask();
        });
    };
    view! {
        <section class="day-task" data-test="drill-running">
            <h2>{drill::RUNS}</h2>
            <p class="drill-left" data-test="drill-left" role="timer">{left}</p>
            <p>{drill::SELL}</p>
            <button class="day-do" data-test="drill-stop" on:click=stop>
                {drill::STOP}
            </button>
        </section>
    }
}

/// Those that ran, newest first.
#[component]
fn Reports(watch: Watch<DrillsView>) -> impl IntoView {
    let reports = Memo::new(move |_| watch.feed.with(|it| it.reports.clone()));
    let row = |report: DrillView| {
        view! {
            <li data-test="drill-report">
                <b>{drill::head(&report)}</b>
                <span>{drill::sold(&report)}</span>
                <span class:wrong=drill::is_missed(&report)>{drill::seen(&report)}</span>
                <small>{drill::level(&report)}</small>
            </li>
        }
    };
    let empty = move || reports.with(|it| it.as_ref().is_some_and(Vec::is_empty));
    view! {
        <ul class="drills">
            {move || reports.get().unwrap_or_default().into_iter().map(row).collect_view()}
        </ul>
        <Show when=empty>
            <p class="empty" data-test="drill-none">{drill::NONE}</p>
        </Show>
    }
}
