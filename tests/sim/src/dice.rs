//! The one source of chance.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

/// Numbers that follow from the seed alone.
#[derive(Clone, Debug)]
pub(crate) struct Dice(ChaCha8Rng);

/// What is drawn apart, so that one more throw for one thing leaves the others as they were.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stream {
    Plan = 1,
    People,
    Network,
    Disks,
    Centre,
    Boots,
}

impl Dice {
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream as u64);
        Self(rng)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.number() % (high - low + 1)
    }

    /// True so many times in a thousand.
    pub(crate) fn permille(&mut self, chance: u64) -> bool {
        self.number() % 1000 < chance
    }

    pub(crate) fn index(&mut self, len: usize) -> usize {
        usize::try_from(self.between(0, len as u64 - 1)).expect("an index fits")
    }

    /// Any of them; `None` where there is none.
    pub(crate) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        if of.is_empty() { None } else { of.get(self.index(of.len())) }
    }

    pub(crate) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// For those who draw by themselves.
    pub(crate) const fn rng(&mut self) -> &mut ChaCha8Rng {
        &mut self.0
    }
}
