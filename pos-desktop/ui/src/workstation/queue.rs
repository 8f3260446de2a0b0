//! Commands, one at a time.

use crate::bridge::{self, Unanswered};
use leptos::{prelude::*, task::spawn_local};
use pos_api::{Command, Reply};
use std::collections::VecDeque;

type Then = Box<dyn FnOnce(Result<Reply, Unanswered>)>;

/// Commands in the order they were asked for, the next one sent when the one before is answered:
/// the window carries calls side by side, and a payment must not overtake the line before it.
#[derive(Clone, Copy)]
pub(crate) struct Queue(StoredValue<Waiting, LocalStorage>);

#[derive(Default)]
struct Waiting {
    commands: VecDeque<(Command, Then)>,
    busy: bool,
}

impl Queue {
    pub(crate) fn new() -> Self {
        Self(StoredValue::new_local(Waiting::default()))
    }

    /// Sends a command after those before it; `then` is told the answer.
    pub(crate) fn push(
        self,
        command: Command,
        then: impl FnOnce(Result<Reply, Unanswered>) + 'static,
    ) {
        let begin = self.0.try_update_value(|waiting| {
            waiting.commands.push_back((command, Box::new(then)));
            !core::mem::replace(&mut waiting.busy, true)
        });
        if begin == Some(true) {
            spawn_local(self.send_all());
        }
    }

    async fn send_all(self) {
        while let Some((command, then)) = self.take_next() {
            then(bridge::command(&command).await);
        }
    }

    fn take_next(self) -> Option<(Command, Then)> {
        self.0.try_update_value(|waiting| {
            let next = waiting.commands.pop_front();
            waiting.busy = next.is_some();
            next
        })?
    }
}
