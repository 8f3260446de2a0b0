//! Who is there: every workstation of the shop, as this one sees them.

use super::{Awaited, Watch, end::End};
use crate::{
    parts::icon::LevelSign,
    words::{joining::role_name, workstations as words},
    workstation::match_answer,
};
use leptos::prelude::*;
use pos_api::{Answer, CatchingUp, MeshAnswer, MeshQuery, WorkstationLine, WorkstationsView};
use std::time::Duration;

/// How often they are asked for.
const TICK: Duration = Duration::from_secs(1);

/// What the parts of this place share.
#[derive(Clone, Copy)]
struct Shown {
    watch: Watch<WorkstationsView>,
    /// The label of the one that is about to be declared dead.
    ending: RwSignal<Option<String>>,
}

/// The place.
#[component]
pub(crate) fn Workstations() -> impl IntoView {
    let watch = Watch::new(MeshQuery::Workstations, TICK, |answer| {
        match_answer!(answer, Answer::Mesh)
            .and_then(|it| match_answer!(it, MeshAnswer::Workstations))
    });
    let shown = Shown { watch, ending: RwSignal::new(None) };
    let others = Memo::new(move |_| watch.feed.with(|it| it.others.len()));
    let told = Callback::new(move |()| watch.ask());
    view! {
        <div class="day-columns" data-test="screen-workstations">
            <div class="day-figures">
                <Awaited watch waiting=words::WAITING />
                <ul class="stations">
                    <For each=move || 0..others.get().unwrap_or(0) key=|at| *at let:at>
                        <Line shown at />
                    </For>
                </ul>
                <Show when=move || others.get() == Some(0)>
                    <p class="empty" data-test="workstations-none">{words::ALONE}</p>
                </Show>
            </div>
            <aside class="day-side">
                {move || match shown.ending.get() {
                    Some(label) => {
                        view! { <End label closed=move || shown.ending.set(None) told /> }.into_any()
                    }
                    None => view! { <Own shown /> }.into_any(),
                }}
            </aside>
        </div>
    }
}

/// One of the others, read anew as it changes, so that a finger on its button stays on it.
#[component]
fn Line(shown: Shown, at: usize) -> impl IntoView {
    let line = Memo::new(move |_| shown.watch.feed.with(|it| it.others.get(at).cloned()).flatten());
    let said = move |read: fn(&WorkstationLine) -> String| line.with(|it| it.as_ref().map(read));
    let level = Memo::new(move |_| line.with(|it| it.as_ref().map(words::level)));
    let may_end = Memo::new(move |_| {
        line.with(|it| it.as_ref().is_some_and(|it| !it.answers && it.ended.is_none()))
    });
    let is =
        move |what: fn(&WorkstationLine) -> bool| line.with(|it| it.as_ref().is_some_and(what));
    let end = move |_| {
        shown.ending.set(line.with_untracked(|it| it.as_ref().map(|it| it.label.clone())));
    };
    view! {
        <li
            class="station"
            data-test="workstation"
            data-label=move || said(|it| it.label.clone())
            data-level=move || level.get()
        >
            <p class="station-name">
                <b>{move || said(|it| it.label.clone())}</b>
                <span>{move || said(|it| role_name(it.role).to_owned())}</span>
            </p>
            <p>
                <b class="station-stands" data-test="workstation-stands">
                    {move || level.get().map(|level| view! { <LevelSign level /> })}
                    {move || said(words::stands)}
                </b>
                <small data-test="workstation-behind">{move || said(words::behind)}</small>
                <Show when=move || is(|it| it.vouched)>
                    <small class="figure-care" data-test="workstation-vouched">
                        {words::VOUCHED}
                    </small>
                </Show>
            </p>
            <p>
                <span>{move || said(|it| it.address.clone())}</span>
                <small>{move || said(|it| words::found(it.found).to_owned())}</small>
            </p>
            <Show when=move || may_end.get()>
                <button class="danger" data-test="workstation-end" on:click=end>
                    {words::END}
                </button>
            </Show>
        </li>
    }
}

/// This workstation, and who lets others' orders be paid.
#[component]
fn Own(shown: Shown) -> impl IntoView {
    let feed = shown.watch.feed;
    let arbiter = move || {
        feed.with(|it| match it.arbiter.as_str() {
            "" => words::NO_ARBITER.to_owned(),
            label if label == it.own => words::ARBITER_OWN.to_owned(),
            label => label.to_owned(),
        })
    };
    let behind = move || feed.with(|it| it.catching_up).flatten();
    view! {
        <Show when=move || shown.watch.is_known()>
            <section class="setting">
                <dl>
                    <dt>{words::OWN}</dt>
                    <dd class="station-own" data-test="workstations-own">
                        {move || feed.with(|it| it.own.clone())}
                    </dd>
                    <dt>{words::ARBITER}</dt>
                    <dd data-test="workstations-arbiter">{arbiter}</dd>
                </dl>
                {move || behind().map(|behind| view! { <Behind behind /> })}
                <p class="setting-state">{words::MISSING}</p>
            </section>
        </Show>
    }
}

/// How far the history is here.
#[component]
fn Behind(behind: CatchingUp) -> impl IntoView {
    view! {
        <div data-test="workstations-catching-up">
            <h3>{words::CATCHING_UP}</h3>
            <progress max=behind.of.to_string() value=behind.held.to_string()></progress>
            <p>{words::catching_up(behind)}</p>
        </div>
    }
}
