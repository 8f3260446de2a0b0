//! The copies of the file: the last one, where the next go, and the shop as one file.

use super::{Awaited, Watch};
use crate::{
    bridge::Unanswered,
    parts::icon::LevelSign,
    words::{self, copies},
    workstation::{match_answer, workstation},
};
use leptos::{ev::SubmitEvent, prelude::*};
use pos_api::{
    Answer, BackupLine, BackupTrouble, BackupsView, Command, MeshAnswer, MeshCommand, MeshQuery,
    Reply,
};
use std::time::Duration;

/// How often they are asked for.
const TICK: Duration = Duration::from_secs(5);

/// What the parts of this place share.
#[derive(Clone, Copy)]
struct Shelf {
    watch: Watch<BackupsView>,
    /// What is being done, by its sentence: these take their time, one at a time.
    busy: RwSignal<Option<&'static str>>,
}

impl Shelf {
    /// Has something done that takes its time; `told` is told what came of it.
    fn act(self, command: MeshCommand, doing: &'static str, told: impl FnOnce(Reply) + 'static) {
        let it = workstation();
        if self.busy.get_untracked().is_some() {
            return;
        }
        self.busy.set(Some(doing));
        it.ask_to(Command::Mesh(command), move |answer: Result<Reply, Unanswered>| {
            self.busy.try_set(None);
            match answer {
                Ok(reply) => told(reply),
                Err(refusal) => it.refused(refusal),
            }
            self.watch.ask();
        });
    }

    fn is_busy(self) -> bool {
        self.busy.with(Option::is_some)
    }
}

/// The place.
#[component]
pub(crate) fn Copies() -> impl IntoView {
    let it = workstation();
    let watch = Watch::new(MeshQuery::Backups, TICK, |answer| {
        match_answer!(answer, Answer::Mesh).and_then(|it| match_answer!(it, MeshAnswer::Backups))
    });
    let shelf = Shelf { watch, busy: RwSignal::new(None) };
    let manages = move || watch.is_known() && it.is_manager();
    view! {
        <div class="books" data-test="screen-copies">
            <div>
                <Awaited watch waiting=copies::WAITING />
                <Last shelf />
                <File shelf />
            </div>
            <Show
                when=manages
                fallback=|| view! { <p class="empty" data-test="copies-managers-only">{copies::MANAGERS_ONLY}</p> }
            >
                <Place shelf />
                <Take shelf />
            </Show>
        </div>
    }
}

/// The last copy, and why there is no newer one.
#[component]
fn Last(shelf: Shelf) -> impl IntoView {
    let feed = shelf.watch.feed;
    let last = Memo::new(move |_| feed.with(|it| it.last.clone()));
    let trouble = Memo::new(move |_| feed.with(|it| it.trouble).flatten());
    let trouble_said = |trouble: BackupTrouble| {
        view! {
            <p class="form-refused" data-test="copies-trouble" role="alert">
                {copies::trouble(trouble)} " " {copies::advice(trouble)}
            </p>
        }
    };
    let copy = |copy: BackupLine| {
        view! {
            <dl data-test="copies-last">
                <dt>{copies::WHEN}</dt>
                <dd>{copies::when(&copy)}</dd>
                <dt>{copies::SIZE}</dt>
                <dd>{copies::size(copy.bytes)}</dd>
                <dt>{copies::CHECKED}</dt>
                <dd>{copies::checked(&copy)}</dd>
                <dt>{copies::WHERE}</dt>
                <dd class="path">{copy.path}</dd>
            </dl>
        }
    };
    view! {
        <Show when=move || shelf.watch.is_known()>
            <section class="setting">
                <h2>{copies::LAST}</h2>
                {move || trouble.get().map(trouble_said)}
                {move || match last.get().flatten() {
                    Some(last) => copy(last).into_any(),
                    None => {
                        view! { <p class="empty" data-test="copies-none">{copies::NONE}</p> }.into_any()
                    }
                }}
            </section>
        </Show>
    }
}

/// How the file is.
#[component]
fn File(shelf: Shelf) -> impl IntoView {
    let state = Memo::new(move |_| shelf.watch.feed.with(|it| copies::file(it.file)));
    view! {
        {move || {
            state
                .get()
                .map(|(level, said)| {
                    view! {
                        <section class="setting">
                            <h2>{copies::FILE}</h2>
                            <p class="file-state" data-test="copies-file" data-level=level>
                                <LevelSign level />
                                <span>{said}</span>
                            </p>
                        </section>
                    }
                })
        }}
    }
}

/// Where copies go, and one now.
#[component]
fn Place(shelf: Shelf) -> impl IntoView {
    let it = workstation();
    let feed = shelf.watch.feed;
    let folder = RwSignal::new(feed.peek(|it| it.folder.clone()).unwrap_or_default());
    let done = RwSignal::new(None::<String>);
    let keep = move |event: SubmitEvent| {
        event.prevent_default();
        done.set(None);
        let folder = folder.with_untracked(|text| text.trim().to_owned());
        it.act_then(Command::Mesh(MeshCommand::SetBackup { folder }), move |_| {
            done.try_set(Some(copies::PLACE_KEPT.to_owned()));
            shelf.watch.ask();
        });
    };
    let copy = move |_| {
        done.set(None);
        shelf.act(MeshCommand::BackUp, copies::COPYING, move |reply| {
            done.try_set(Some(copies::copied(&reply)));
        });
    };
    let none = move || feed.with(|it| it.folder.is_empty()) == Some(true);
    let copying = move || shelf.busy.get() == Some(copies::COPYING);
    view! {
        <form class="setting" autocomplete="off" on:submit=keep>
            <h2>{copies::PLACE}</h2>
            <p class="setting-state">{copies::PLACE_EXPLAINED}</p>
            <Show when=none>
                <p class="care" data-test="copies-no-folder">{copies::NO_FOLDER}</p>
            </Show>
            <label class="field">
                {copies::FOLDER}
                <input
                    data-test="copies-folder"
                    placeholder=copies::FOLDER_EXAMPLE
                    spellcheck="false"
                    bind:value=folder
                />
            </label>
            <div class="setting-actions">
                <button class="primary" data-test="copies-keep">{words::button::KEEP}</button>
                <button
                    type="button"
                    data-test="copies-now"
                    disabled=move || shelf.is_busy()
                    on:click=copy
                >
                    {copies::COPY_NOW}
                </button>
            </div>
            <Show when=copying>
                <p class="waiting" data-test="copies-copying">{copies::COPYING}</p>
            </Show>
            {move || {
                done.get().map(|said| view! { <p class="notice" data-test="copies-done">{said}</p> })
            }}
        </form>
    }
}

/// The whole shop as one file.
#[component]
fn Take(shelf: Shelf) -> impl IntoView {
    let (folder, done) = (RwSignal::new(String::new()), RwSignal::new(None::<String>));
    let take = move |event: SubmitEvent| {
        event.prevent_default();
        done.set(None);
        let folder = folder.with_untracked(|text| text.trim().to_owned());
        shelf.act(MeshCommand::TakeShop { folder }, copies::TAKING, move |reply| {
            if let Reply::File { number, path } = reply {
                done.try_set(Some(words::books::written(&number, &path)));
            }
        });
    };
    let taking = move || shelf.busy.get() == Some(copies::TAKING);
    view! {
        <form class="setting" autocomplete="off" on:submit=take>
            <h2>{copies::TAKE}</h2>
            <p class="setting-state">{copies::TAKE_EXPLAINED}</p>
            <label class="field">
                {copies::TAKE_FOLDER}
                <input
                    data-test="take-folder"
                    placeholder=words::books::FOLDER_EXAMPLE
                    spellcheck="false"
                    bind:value=folder
                />
            </label>
            <button data-test="take-submit" disabled=move || shelf.is_busy()>
                {copies::TAKE_NOW}
            </button>
            <Show when=taking>
                <p class="waiting" data-test="take-taking">{copies::TAKING}</p>
            </Show>
            {move || {
                done.get().map(|said| view! { <p class="notice" data-test="take-file">{said}</p> })
            }}
        </form>
    }
}
