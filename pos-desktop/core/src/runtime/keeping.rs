//! Keeps the books beside the counter: checks and archives, on a reading connection of their own.

use super::{Inner, lock};
use crate::books::keeper::Keeper;
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked what is due though nothing changed.
const LOOK: Duration = Duration::from_secs(60);

pub(super) fn run(inner: &Arc<Inner>) {
    let mut keeper = Keeper::default();
    let mut seen = 0;
    while !inner.is_stopped() {
        // A person may be at the books: then what is due is seen to after that.
        let held = lock(&inner.books);
        let asked = inner.ask(false, move |workstation| {
            let task = keeper.next(workstation);
            (keeper, task)
        });
        let Some((now, task)) = asked else {
            return;
        };
        keeper = now;
        let done = match task {
            Ok(None) => {
                drop(held);
                seen = inner.changes.wait_after(seen, LOOK);
                continue;
            }
            Ok(Some(task)) => task.work(|| !inner.is_stopped()),
            Err(error) => Err(error),
        };
        match done {
            Ok(Some(done)) => {
                let noted = inner.ask(false, move |workstation| {
                    let noted = keeper.note(workstation, done);
                    (keeper, noted)
                });
                let Some((now, noted)) = noted else {
                    return;
                };
                keeper = now;
                if let Err(error) = noted {
                    tracing::error!(%error, "what was done with the books was not recorded");
                }
            }
            Ok(None) => return,
            Err(error) => {
                drop(held);
                tracing::error!(%error, "the books were not kept");
                seen = inner.changes.wait_after(seen, LOOK);
            }
        }
    }
}
