//! Seeded chance: the same on every machine, without floats.

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore as _, SeedableRng as _};

/// A stream of random draws that a seed decides.
#[derive(Clone, Debug)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of this number, of this seed. Streams of one seed have nothing to do with each
    /// other, so that a change in what one is used for leaves the others as they were.
    #[must_use]
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// From 0 to `count - 1`.
    ///
    /// # Panics
    ///
    /// Where `count` is 0.
    pub fn below(&mut self, count: u32) -> u32 {
        assert!(count != 0, "nothing to draw from");
        // The high half of the product: even to one in 2^32, which no count here notices.
        let product = u64::from(self.0.next_u32()) * u64::from(count);
        u32::try_from(product >> 32).expect("the product is below count times 2^32")
    }

    /// From `least` to `most`, both included.
    ///
    /// # Panics
    ///
    /// Where `most` is less than `least`.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        assert!(least <= most, "{least} to {most} is nothing to draw from");
        least + self.below(most - least + 1)
    }

    /// True so many times in a hundred.
    pub fn percent(&mut self, percent: u32) -> bool {
        self.below(100) < percent
    }

    /// Any of them.
    ///
    /// # Panics
    ///
    /// Where there is none.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let count = u32::try_from(of.len()).expect("a list to pick from is short");
        &of[self.place(count)]
    }

    /// The place of one of them, each as likely as its weight.
    ///
    /// # Panics
    ///
    /// Where no weight is above 0.
    pub fn weighted(&mut self, weights: impl Iterator<Item = u32> + Clone) -> usize {
        let mut left = self.below(weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            match left.checked_sub(weight) {
                Some(rest) => left = rest,
                None => return place,
            }
        }
        unreachable!("what was drawn is below the sum of the weights")
    }

    /// So many bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    fn place(&mut self, count: u32) -> usize {
        usize::try_from(self.below(count)).expect("32 bits fit")
    }
}
