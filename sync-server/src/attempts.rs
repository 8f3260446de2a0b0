//! How often somebody may guess a code or a password.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong guesses from one address within [`WINDOW_MS`] before it must wait.
const MOST: u32 = 10;
/// For how long they count: with ten guesses in five minutes, a code of 31⁸ that lives for 15
/// minutes is never found.
const WINDOW_MS: i64 = 5 * 60 * 1_000;
/// Addresses remembered; with more than that guessing at once, the oldest are forgotten.
const ADDRESSES: usize = 10_000;

/// Wrong guesses, by address. In memory: a restart forgives them.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<BTreeMap<IpAddr, Wrong>>);

#[derive(Clone, Copy, Debug)]
struct Wrong {
    since_ms: i64,
    count: u32,
}

impl Attempts {
    /// Counts a guess before it is compared, and says whether it may be: compared first and counted
    /// then, a thousand sent at once would all be compared. It stays counted unless it is forgiven.
    #[must_use]
    pub fn may_guess(&self, from: IpAddr, now_ms: i64) -> bool {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if ADDRESSES <= wrong.len() {
            wrong.retain(|_, it| now_ms - it.since_ms < WINDOW_MS);
        }
        if ADDRESSES <= wrong.len() {
            wrong.clear();
        }
        let it = wrong.entry(from).or_insert(Wrong { since_ms: now_ms, count: 0 });
        if WINDOW_MS <= now_ms - it.since_ms {
            *it = Wrong { since_ms: now_ms, count: 0 };
        }
        it.count = it.count.saturating_add(1);
        it.count <= MOST
    }

    /// Takes one guess back: it was none, after all.
    pub fn forgive_one(&self, from: IpAddr) {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(it) = wrong.get_mut(&from) {
            it.count = it.count.saturating_sub(1);
        }
    }

    /// Forgives a right guess and what came before it.
    pub fn right(&self, from: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&from);
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, WINDOW_MS};
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn ten_wrong_guesses_close_the_door_for_five_minutes() {
        let attempts = Attempts::default();
        let [here, there] = [1, 2].map(|it| IpAddr::V4(Ipv4Addr::new(192, 0, 2, it)));
        for _ in 0..10 {
            assert!(attempts.may_guess(here, 0));
        }
        assert!(!attempts.may_guess(here, WINDOW_MS - 1));
        assert!(attempts.may_guess(there, 0));
        assert!(attempts.may_guess(here, WINDOW_MS));
    }

    #[test]
    fn a_right_guess_forgives() {
        let attempts = Attempts::default();
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        for _ in 0..9 {
            assert!(attempts.may_guess(here, 0));
        }
        attempts.right(here);
        for _ in 0..10 {
            assert!(attempts.may_guess(here, 0));
        }
        attempts.forgive_one(here);
        assert!(attempts.may_guess(here, 0));
        assert!(!attempts.may_guess(here, 0));
    }
}
