//! Which run of a journal's program was heard last: two that are alive at once are told so, and the
//! later one stops writing there.

use journal::{BootId, JournalId};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// For how long a run that greeted is taken to be alive, in milliseconds.
const ALIVE_MS: i64 = 60_000;
/// Journals remembered; with more than that, those not heard for long are forgotten first.
const JOURNALS: usize = 10_000;

/// The last run heard of each journal, and when. In memory: after a restart, and on another replica,
/// nobody is known to be alive, and a second history is still seen when it is pushed.
#[derive(Debug, Default)]
pub struct Runs(Mutex<BTreeMap<JournalId, (BootId, i64)>>);

impl Runs {
    /// Takes note that a run greets, and says whether another one of the same journal did so within
    /// the last minute.
    pub fn greets(&self, journal: JournalId, boot: BootId, now_ms: i64) -> bool {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if JOURNALS <= runs.len() {
            runs.retain(|_, (_, at_ms)| now_ms.saturating_sub(*at_ms) < ALIVE_MS);
        }
        if JOURNALS <= runs.len() {
            runs.clear();
        }
        let before = runs.insert(journal, (boot, now_ms));
        before.is_some_and(|(other, at_ms)| {
            other != boot && (0..ALIVE_MS).contains(&now_ms.saturating_sub(at_ms))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ALIVE_MS, Runs};
    use journal::{BootId, JournalId};

    #[test]
    fn a_second_run_within_a_minute_is_told_and_a_restart_later_is_not() {
        let runs = Runs::default();
        let [one, other] = [BootId([1; 16]), BootId([2; 16])];
        let [here, there] = [JournalId([1; 32]), JournalId([2; 32])];
        assert!(!runs.greets(here, one, 0));
        assert!(!runs.greets(here, one, 1));
        assert!(!runs.greets(there, other, 2));
        assert!(runs.greets(here, other, ALIVE_MS));
        assert!(!runs.greets(here, one, 2 * ALIVE_MS));
    }
}
