//! The shop's workstations among themselves: who is there and who asks to be, what has two histories,
//! the copies, the outage that is made on purpose.

pub(crate) mod asked;
pub(crate) mod copies;
pub(crate) mod drill;
mod end;
pub(crate) mod histories;
pub(crate) mod workstations;

use crate::{bridge::Unanswered, words, workstation::Feed};
use leptos::prelude::*;
use pos_api::{Answer, MeshQuery, Query};
use std::time::Duration;

/// What of the shop somebody is to look at, from wherever it was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    /// The workstations: one has a label that is wanted.
    Workstations,
    /// The journals with two histories.
    Histories,
}

/// A question that is asked again and again for as long as somebody looks at its answer.
struct Watch<T: Send + Sync + 'static> {
    feed: Feed<T>,
    refused: RwSignal<Option<Unanswered>>,
    query: MeshQuery,
}

impl<T: Send + Sync + 'static> Clone for Watch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Watch<T> {}

impl<T: PartialEq + Send + Sync + 'static> Watch<T> {
    /// Asks now and each `every`, until the component ends.
    fn new(query: MeshQuery, every: Duration, pick: fn(Answer) -> Option<T>) -> Self {
        let refused = RwSignal::new(None);
        let watch = Self { feed: Feed::new(refused, pick), refused, query };
        watch.ask();
        if let Ok(asking) = set_interval_with_handle(move || watch.ask(), every) {
            on_cleanup(move || asking.clear());
        }
        watch
    }

    /// Asks now.
    fn ask(self) {
        self.refused.try_set(None);
        self.feed.ask(Query::Mesh(self.query));
    }

    /// Whether there is an answer, tracked.
    fn is_known(self) -> bool {
        self.feed.with(|_| ()).is_some()
    }
}

/// What stands where an answer is awaited, or was refused.
#[component]
fn Awaited<T: PartialEq + Send + Sync + 'static>(
    watch: Watch<T>,
    /// What is awaited.
    waiting: &'static str,
) -> impl IntoView {
    let refused =
        move || watch.refused.with(|it| it.as_ref().map(|it| words::unanswered(it, None)));
    let waits = move || !watch.is_known() && watch.refused.with(Option::is_none);
    view! {
        <Show when=waits>
            <p class="waiting" data-test="shop-waiting">{waiting}</p>
        </Show>
        <Show when=move || watch.refused.with(Option::is_some)>
            <p class="form-refused" data-test="shop-refused" role="alert">{refused}</p>
        </Show>
    }
}
