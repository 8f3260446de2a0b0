//! Journals with two histories, or restored: what happened, and what to do.

use super::{Awaited, Watch};
use crate::{
    words::{self, histories},
    workstation::{match_answer, workstation},
};
use leptos::prelude::*;
use pos_api::{Answer, BooksCommand, BranchView, Command, HistoryView, MeshAnswer, MeshQuery};
use std::time::Duration;

/// How often they are asked for: each counts the tickets of its branches.
const TICK: Duration = Duration::from_secs(5);

/// The place.
#[component]
pub(crate) fn Histories() -> impl IntoView {
    let watch = Watch::new(MeshQuery::Histories, TICK, |answer| {
        match_answer!(answer, Answer::Mesh).and_then(|it| match_answer!(it, MeshAnswer::Histories))
    });
    let rows = move || watch.feed.get().unwrap_or_default();
    let empty = move || watch.feed.with(Vec::is_empty) == Some(true);
    view! {
        <div class="histories" data-test="screen-histories">
            <Awaited watch waiting=histories::WAITING />
            <Show when=empty>
                <p class="empty" data-test="histories-none">{histories::NONE}</p>
            </Show>
            {move || {
                rows().into_iter().map(|history| view! { <History watch history /> }).collect_view()
            }}
        </div>
    }
}

/// One of them.
#[component]
fn History(watch: Watch<Vec<HistoryView>>, history: HistoryView) -> impl IntoView {
    let HistoryView { alarm, label, time, cause, branches, goes_on, acknowledged } = history;
    let open = acknowledged.is_none();
    let said = format!(
        "{}{}{}",
        histories::happened(cause),
        if goes_on { " " } else { "" },
        if goes_on { histories::GOES_ON } else { "" }
    );
    let table = (!branches.is_empty()).then(|| view! { <Branches branches /> });
    let noted = acknowledged.map(|name| {
        view! { <p class="quiet-said" data-test="history-noted">{histories::acknowledged(&name)}</p> }
    });
    view! {
        <section class="history" class:open=open data-test="history" data-open=open.to_string()>
            <header>
                <h2>{histories::cause(cause)}</h2>
                <p>{histories::head(&label, &time)}</p>
            </header>
            <p>{said}</p>
            {table}
            <p class="history-do">
                <b>{histories::TO_DO}</b>
                <span data-test="history-do">{histories::to_do(cause)}</span>
            </p>
            {noted}
            <Show when=move || open>
                <Acknowledge watch alarm />
            </Show>
        </section>
    }
}

/// What each history holds.
#[component]
fn Branches(branches: Vec<BranchView>) -> impl IntoView {
    let heads = histories::COLUMNS.map(|head| view! { <th scope="col">{head}</th> });
    let row = |branch: BranchView| {
        view! {
            <tr data-test="branch">
                <th scope="row">{histories::entries(&branch)}</th>
                <td>{words::thousands(u64::from(branch.tickets))}</td>
                <td>{words::money(branch.total)}</td>
                <td>{histories::until(&branch)}</td>
                <td>{histories::at_centre(branch.at_centre)}</td>
            </tr>
        }
    };
    view! {
        <table class="figure-table">
            <thead>
                <tr>{heads.into_iter().collect_view()}</tr>
            </thead>
            <tbody>{branches.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// A manager takes note.
#[component]
fn Acknowledge(watch: Watch<Vec<HistoryView>>, alarm: i64) -> impl IntoView {
    let it = workstation();
    let acknowledge = move |_| {
        let command = Command::Books(BooksCommand::Acknowledge { alarm });
        it.act_then(command, move |_| watch.ask());
    };
    view! {
        <Show
            when=move || it.is_manager()
            fallback=|| view! { <p class="quiet-said">{histories::MANAGERS_ONLY}</p> }
        >
            <button data-test="history-acknowledge" on:click=acknowledge>
                {histories::ACKNOWLEDGE}
            </button>
        </Show>
    }
}
