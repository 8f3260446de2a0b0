//! What needs the leave of another workstation: this one has asked for it, and it comes within seconds.

use super::Workstation;
use super::approval::is;
use crate::bridge::Unanswered;
use leptos::prelude::*;
use pos_api::{Code, Command, Reply};
use std::time::Duration;

/// How long between two tries.
const AGAIN: Duration = Duration::from_millis(300);
/// How many tries: 8 s in all, which is longer than anybody takes to answer for one that is dead.
const TRIES: u32 = 27;

impl Workstation {
    /// Has something done; while leave for it is on its way, says so and tries again by itself. `then`
    /// is told how it went in the end, and nothing where [`Self::wait_no_longer`] came before.
    pub(super) fn ask_patiently(
        self,
        command: Command,
        then: impl FnOnce(Result<Reply, Unanswered>) + 'static,
    ) {
        self.refusal.set(None);
        self.try_for(TRIES, self.waits.get_value(), command, then);
    }

    fn try_for<F: FnOnce(Result<Reply, Unanswered>) + 'static>(
        self,
        tries: u32,
        wait: u32,
        command: Command,
        then: F,
    ) {
        let again = command.clone();
        self.queue.push(command, move |answer| match answer {
            Err(refusal) if 1 < tries && is(&refusal, is_on_its_way) => {
                if self.waits.get_value() != wait {
                    return;
                }
                self.refusal.set(Some(refusal));
                let try_again = move || {
                    if self.waits.get_value() == wait {
                        self.try_for(tries - 1, wait, again, then);
                    }
                };
                set_timeout(try_again, AGAIN);
            }
            answer => {
                self.refusal.set(None);
                self.answered(answer, then);
            }
        });
    }

    /// Tries no more: the person did something else.
    pub(crate) fn wait_no_longer(self) {
        self.waits.update_value(|waits| *waits = waits.wrapping_add(1));
        let said = |it: &Option<Unanswered>| it.as_ref().is_some_and(|it| is(it, is_on_its_way));
        if self.refusal.with_untracked(said) {
            self.refusal.set(None);
        }
    }
}

const fn is_on_its_way(code: &Code) -> bool {
    matches!(code, Code::PaymentAsked)
}
