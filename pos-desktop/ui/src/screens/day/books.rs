//! What managers do with the books, and training.

mod archive;
mod export;

use super::Shared;
use crate::{
    bridge::Unanswered,
    words::{self, books, training},
    workstation::{Feed, match_answer},
};
use archive::Archives;
use export::{Exports, Other};
use leptos::prelude::*;
use pos_api::{
    AlarmView, Answer, ArchiveLine, BooksCommand, Command, Query, Reply, TrainingCommand,
};

/// What the parts of this tab share.
#[derive(Clone, Copy)]
struct Shelf {
    shared: Shared,
    archives: Feed<Vec<ArchiveLine>>,
    alarms: Feed<Vec<AlarmView>>,
    /// Something is being done: these take their time, one at a time.
    busy: RwSignal<bool>,
}

impl Shelf {
    fn refresh(self) {
        self.archives.ask(Query::Archives);
        self.alarms.ask(Query::Alarms);
    }

    /// Has something done; `told` is told what came of it.
    fn act(self, command: BooksCommand, told: impl FnOnce(Reply) + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        let it = self.shared.it;
        it.ask_to(Command::Books(command), move |answer: Result<Reply, Unanswered>| {
            self.busy.try_set(false);
            match answer {
                Ok(reply) => told(reply),
                Err(refusal) => it.refused(refusal),
            }
            self.refresh();
        });
    }
}

/// Where a file went, in words; nothing for another reply.
fn written(reply: &Reply) -> Option<String> {
    if let Reply::File { number, path } = reply { Some(books::written(number, path)) } else { None }
}

/// The tab.
#[component]
pub(super) fn Books(shared: Shared) -> impl IntoView {
    let shelf = Shelf {
        shared,
        archives: Feed::new(shared.it.refusal, |answer| match_answer!(answer, Answer::Archives)),
        alarms: Feed::new(shared.it.refusal, |answer| match_answer!(answer, Answer::Alarms)),
        busy: RwSignal::new(false),
    };
    let manager = Memo::new(move |_| shared.it.is_manager());
    Effect::new(move |_| {
        if manager.get() {
            shelf.refresh();
        }
    });
    view! {
        <div class="books">
            <div>
                <Training shared />
                <Show when=move || !manager.get()>
                    <p class="empty" data-test="books-managers-only">{books::MANAGERS_ONLY}</p>
                </Show>
                <Show when=move || manager.get()>
                    <Alarms shelf />
                </Show>
            </div>
            <Show when=move || manager.get()>
                <div>
                    <Archives shelf />
                    <Check shelf />
                </div>
                <div>
                    <Exports shelf />
                    <Other shelf />
                </div>
            </Show>
        </div>
    }
}

/// Training begins under a manager, and ends.
#[component]
fn Training(shared: Shared) -> impl IntoView {
    let it = shared.it;
    let on = Memo::new(move |_| it.session.with(|session| session.training) == Some(true));
    let start = move |_| {
        let command = |supervisor| Command::Training(TrainingCommand::Start { supervisor });
        it.act_by_manager(command, move |reply| {
            if reply.is_some() {
                shared.say(training::STARTED);
            }
        });
    };
    let end = move |_| {
        it.act_then(Command::Training(TrainingCommand::End), move |_| shared.say(training::ENDED));
    };
    view! {
        <section class="setting">
            <h2>{training::TITLE}</h2>
            <p class="setting-state">{training::EXPLAINED}</p>
            <Show when=move || !on.get()>
                <button data-test="training-start" on:click=start>
                    {training::START}
                </button>
            </Show>
            <Show when=move || on.get()>
                <button class="primary" data-test="training-end" on:click=end>
                    {training::END}
                </button>
            </Show>
        </section>
    }
}

/// Checks every journal.
#[component]
fn Check(shelf: Shelf) -> impl IntoView {
    let (checking, found) = (RwSignal::new(false), RwSignal::new(None));
    let check = move |_| {
        found.set(None);
        checking.set(true);
        shelf.act(BooksCommand::Verify, move |reply| {
            if let Reply::Verified { entries, findings } = reply {
                found.try_set(Some((entries, findings)));
            }
        });
    };
    let under_way = move || checking.get() && shelf.busy.get();
    view! {
        <section class="setting">
            <h2>{books::VERIFICATION}</h2>
            <button data-test="books-verify" disabled=shelf.busy on:click=check>
                {books::VERIFY}
            </button>
            <Show when=under_way>
                <p class="waiting" data-test="books-verifying">{books::VERIFYING}</p>
            </Show>
            {move || {
                found
                    .get()
                    .map(|(entries, findings): (u64, Vec<String>)| {
                        let wrong = !findings.is_empty();
                        let lines = findings.iter().map(|it| view! { <li>{it.clone()}</li> });
                        view! {
                            <p class:form-refused=wrong class:notice=!wrong data-test="books-verified">
                                {books::verified(entries, findings.len())}
                            </p>
                            <ul class="findings">{lines.collect_view()}</ul>
                        }
                    })
            }}
        </section>
    }
}

/// What somebody has to look at.
#[component]
fn Alarms(shelf: Shelf) -> impl IntoView {
    let rows = move || shelf.alarms.get().unwrap_or_default();
    let empty = move || shelf.alarms.with(Vec::is_empty);
    let row = move |alarm: AlarmView| {
        let number = alarm.alarm;
        let acknowledge = move |_| {
            shelf.act(BooksCommand::Acknowledge { alarm: number }, |_| {});
        };
        let noted = alarm.acknowledged.as_deref().map(books::acknowledged);
        let open = noted.is_none();
        view! {
            <li class="alarm" class:open=open data-test="alarm" data-open=open.to_string()>
                <small>{words::moment(&alarm.time)}" "{noted}</small>
                <p>{books::alarm(alarm.kind)}</p>
                <Show when=move || open>
                    <button
                        data-test="alarm-acknowledge"
                        disabled=shelf.busy
                        on:click=acknowledge
                    >
                        {books::ACKNOWLEDGE}
                    </button>
                </Show>
            </li>
        }
    };
    view! {
        <section class="setting">
            <h2>{books::ALARMS}</h2>
            <ul class="alarms" data-test="alarms">{move || rows().into_iter().map(row).collect_view()}</ul>
            <Show when=move || empty() == Some(true)>
                <p class="empty">{books::NO_ALARMS}</p>
            </Show>
            <Show when=move || empty().is_none()>
                <p class="waiting">{books::WAITING}</p>
            </Show>
        </section>
    }
}
