//! How long to wait, and how much to send at once.

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

/// Doubles the wait at each failure, and draws within it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// How long to wait after this failure, in milliseconds.
    pub(super) fn failed(&mut self, jitter: &mut Jitter) -> u64 {
        let doubled = FIRST_MS.saturating_mul(1_u64.checked_shl(self.failures).unwrap_or(u64::MAX));
        self.failures = self.failures.saturating_add(1).min(16);
        let ceiling = doubled.min(LONGEST_MS);
        jitter.between(ceiling / 2, ceiling)
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
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
        self.0 = (self.0 / 2).max(FEWEST);
    }

    pub(super) fn succeeded(&mut self) {
        self.0 = self.0.saturating_mul(2).min(MOST);
    }
}
