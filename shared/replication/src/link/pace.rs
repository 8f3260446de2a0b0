//! How long to wait, and how much to send at once.

use journal::mutant::{self, Mutant};

/// The shortest wait after a failure, in milliseconds.
const FIRST_MS: u64 = 500;
/// The longest, in milliseconds: what is back is found again within half a minute.
const LONGEST_MS: u64 = 20_000;
/// The fewest entries sent at once over a bad line.
const FEWEST: u16 = 1;
/// The most.
const MOST: u16 = 500;

/// Numbers that differ from machine to machine (`SplitMix64`): a thousand tills that lost the centre
/// together must not come back together.
#[derive(Clone, Debug)]
pub(super) struct Jitter(u64);

impl Jitter {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number in `low..=high`.
    fn between(&mut self, low: u64, high: u64) -> u64 {
        let span = high.saturating_sub(low).saturating_add(1);
        low.saturating_add(self.next().checked_rem(span).unwrap_or(0))
    }

    /// `wait_ms`, up to half as much again; half a minute at most.
    pub(super) fn around(&mut self, wait_ms: u64) -> u64 {
        self.around_long(wait_ms.min(LONGEST_MS))
    }

    /// `wait_ms`, up to half as much again.
    pub(super) fn around_long(&mut self, wait_ms: u64) -> u64 {
        self.between(wait_ms, wait_ms.saturating_add(wait_ms / 2))
    }
}

/// Doubles the longest wait at each failure, and draws anywhere below it: half a second to one, two,
/// four … twenty. A thousand tills that lost the centre at once come back spread over all of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait after this failure, in milliseconds.
    pub(super) fn failed(&mut self, jitter: &mut Jitter) -> u64 {
        self.failures = self.failures.saturating_add(1).min(16);
        let doubled = FIRST_MS.saturating_mul(1_u64.checked_shl(self.failures).unwrap_or(u64::MAX));
        if mutant::is(Mutant::BackOffWithoutEnd) && LONGEST_MS < doubled {
            return jitter.between(doubled, doubled.saturating_mul(64));
        }
        jitter.between(FIRST_MS, doubled.min(LONGEST_MS))
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// Whether nothing failed since the last success.
    pub(super) const fn is_fresh(self) -> bool {
        self.failures == 0
    }
}

/// How many entries to send or ask for at once: halved by a timeout, doubled by an answer, so that a
/// line of 64 kbit/s gets through too.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batches(u16);

impl Default for Batches {
    fn default() -> Self {
        Self(MOST)
    }
}

impl Batches {
    pub(super) const fn wish(self) -> u16 {
        self.0
    }

    pub(super) fn failed(&mut self) {
        let less = if mutant::is(Mutant::CutAnywhere) { FEWEST } else { self.0 / 2 };
        self.0 = less.max(FEWEST);
    }

    pub(super) fn succeeded(&mut self) {
        self.0 = self.0.saturating_mul(2).min(MOST);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{Backoff, Batches, FIRST_MS, Jitter, LONGEST_MS};
    use std::collections::BTreeSet;
    use std::vec::Vec;

    #[test]
    fn a_thousand_that_lost_the_centre_together_come_back_apart() {
        for failures in 0..8_u32 {
            let waits: Vec<u64> = (0..1_000)
                .map(|seed| {
                    let (mut backoff, mut jitter) = (Backoff::default(), Jitter::new(seed));
                    for _ in 0..failures {
                        backoff.failed(&mut jitter);
                    }
                    backoff.failed(&mut jitter)
                })
                .collect();
            let ceiling = (FIRST_MS << (failures + 1)).min(LONGEST_MS);
            assert!(waits.iter().all(|wait| (FIRST_MS..=ceiling).contains(wait)));
            // No tenth of the time sees a fifth of them.
            let tenth = (ceiling - FIRST_MS) / 10;
            for part in 0..10 {
                let from = FIRST_MS + part * tenth;
                let together = waits.iter().filter(|it| (from..from + tenth).contains(it)).count();
                assert!(together < 200, "{together} of them between {from} ms and a tenth later");
            }
        }
    }

    #[test]
    fn an_answer_forgives_every_failure_before_it() {
        let (mut backoff, mut jitter) = (Backoff::default(), Jitter::new(1));
        for _ in 0..20 {
            backoff.failed(&mut jitter);
        }
        backoff.succeeded();
        assert!(backoff.failed(&mut jitter) <= 2 * FIRST_MS);
    }

    #[test]
    fn what_the_peer_asks_for_is_waited_and_never_all_the_same() {
        let waits: BTreeSet<u64> = (0..100).map(|seed| Jitter::new(seed).around(2_000)).collect();
        assert!(waits.iter().all(|wait| (2_000..=3_000).contains(wait)));
        assert!(50 < waits.len());
        assert!(Jitter::new(1).around(u64::from(u32::MAX)) <= LONGEST_MS * 3 / 2);
    }

    #[test]
    fn a_bad_line_gets_less_down_to_one_entry_and_a_good_one_all_it_may() {
        let mut batches = Batches::default();
        assert_eq!(batches.wish(), 500);
        for wish in [250, 125, 62, 31, 15, 7, 3, 1, 1] {
            batches.failed();
            assert_eq!(batches.wish(), wish);
        }
        for _ in 0..9 {
            batches.succeeded();
        }
        assert_eq!(batches.wish(), 500);
    }
}
