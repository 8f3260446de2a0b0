//! One question and its latest answer.

use super::is_expected;
use crate::bridge::{self, Unanswered};
use leptos::{prelude::*, task::spawn_local};
use pos_api::{Answer, Query};

/// The latest answer to a question, as a signal that changes only when the answer does.
///
/// At most one question is on its way at a time; asking again meanwhile asks once more after it,
/// so answers cannot overtake each other and a burst of changes costs two questions.
pub(crate) struct Feed<T: Send + Sync + 'static> {
    answer: RwSignal<Option<T>>,
    pick: fn(Answer) -> Option<T>,
    refusal: RwSignal<Option<Unanswered>>,
    flight: StoredValue<Flight>,
}

/// What is on its way.
#[derive(Default)]
struct Flight {
    /// The question to ask next, if any.
    next: Option<Query>,
    /// Whether one is being answered.
    busy: bool,
    /// How many times something newer than the answer under way was learnt.
    news: u32,
}

impl<T: Send + Sync + 'static> Clone for Feed<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Feed<T> {}

impl<T: PartialEq + Send + Sync + 'static> Feed<T> {
    /// A feed with no answer yet, that takes its content out of answers by `pick`.
    pub(crate) fn new(
        refusal: RwSignal<Option<Unanswered>>,
        pick: fn(Answer) -> Option<T>,
    ) -> Self {
        let (answer, flight) = (RwSignal::new(None), StoredValue::new(Flight::default()));
        Self { answer, pick, refusal, flight }
    }

    /// Asks, now or when the question under way is answered.
    pub(crate) fn ask(self, query: Query) {
        let begin = self.flight.try_update_value(|flight| {
            flight.next = Some(query);
            !core::mem::replace(&mut flight.busy, true)
        });
        if begin == Some(true) {
            spawn_local(self.answer_all());
        }
    }

    /// Takes what is known from elsewhere, newer than any answer under way.
    pub(crate) fn put(self, value: T) {
        self.flight.update_value(|flight| flight.news = flight.news.wrapping_add(1));
        self.show(Some(value));
    }

    /// Forgets the answer.
    pub(crate) fn clear(self) {
        self.flight.update_value(|flight| {
            flight.news = flight.news.wrapping_add(1);
            flight.next = None;
        });
        self.show(None);
    }

    /// What `read` makes of the answer, tracked; `None` while there is none.
    pub(crate) fn with<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.answer.with(|answer| answer.as_ref().map(read))
    }

    /// As [`Self::with`], untracked.
    pub(crate) fn peek<R>(self, read: impl FnOnce(&T) -> R) -> Option<R> {
        self.answer.with_untracked(|answer| answer.as_ref().map(read))
    }

    async fn answer_all(self) {
        // A feed ends with the panel that holds it: then there is nothing left to answer.
        while let Some((query, news)) = self.take_next() {
            let answered = bridge::query(&query).await;
            let Some(now) = self.flight.try_with_value(|flight| flight.news) else { return };
            match answered {
                Ok(answer) if now == news => self.show((self.pick)(answer)),
                Ok(_) => {}
                Err(refusal) if is_expected(&refusal) => {}
                Err(refusal) => self.refusal.set(Some(refusal)),
            }
        }
    }

    fn take_next(self) -> Option<(Query, u32)> {
        self.flight.try_update_value(|flight| {
            let next = flight.next.take().map(|query| (query, flight.news));
            flight.busy = next.is_some();
            next
        })?
    }

    fn show(self, value: Option<T>) {
        if self.answer.try_with_untracked(|answer| *answer != value) == Some(true) {
            self.answer.set(value);
        }
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> Feed<T> {
    /// The answer, tracked.
    pub(crate) fn get(self) -> Option<T> {
        self.answer.get()
    }

    /// The answer, untracked.
    pub(crate) fn latest(self) -> Option<T> {
        self.answer.get_untracked()
    }
}
