//! A file: what the page cache has of it, what is durable, and what is on its way from one to the
//! other.

use crate::bytes::Bytes;
use crate::locks::{FileLocks, Shm};
use rand_core::RngCore;

/// What a disk writes whole or not at all, in bytes.
const SECTOR: usize = 512;

/// Something that was done since the last sync.
#[derive(Clone, Debug)]
enum Change {
    Write { at: usize, data: Vec<u8> },
    Truncate { len: usize },
}

/// A file, whatever it is called.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) cache: Bytes,
    pub(crate) durable: Bytes,
    pending: Vec<Change>,
    pub(crate) opened: usize,
    pub(crate) locks: FileLocks,
    pub(crate) shm: Shm,
}

impl File {
    /// A file at rest.
    pub(crate) fn at_rest(bytes: Bytes) -> Self {
        Self { cache: bytes.clone(), durable: bytes, ..Self::default() }
    }

    pub(crate) fn write(&mut self, at: usize, data: &[u8]) {
        self.cache.write(at, data);
        self.pending.push(Change::Write { at, data: data.to_vec() });
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.cache.resize(len);
        self.pending.push(Change::Truncate { len });
    }

    /// An honest sync.
    pub(crate) fn sync(&mut self) {
        let Self { cache, durable, pending, .. } = self;
        let written = |change: &Change| match change {
            Change::Write { at, data } => Some((*at, data.len())),
            Change::Truncate { .. } => None,
        };
        match pending.iter().map(written).collect::<Option<Vec<_>>>() {
            Some(written) => {
                for (at, len) in written {
                    durable.catch_up(cache, at, len);
                }
            }
            None => durable.clone_from(cache),
        }
        pending.clear();
    }

    /// Whoever had it open is gone.
    pub(crate) fn forget_handles(&mut self) {
        self.opened = 0;
        self.locks = FileLocks::default();
        self.shm = Shm::default();
    }

    /// The power is cut: of what was not synced, each change is kept, dropped or torn.
    pub(crate) fn settle(&mut self, rng: &mut (impl RngCore + ?Sized)) -> Losses {
        let fate = Fate::draw(rng);
        let mut losses = Losses::default();
        for change in std::mem::take(&mut self.pending) {
            match change {
                Change::Truncate { len } => {
                    if fate.keeps(rng) {
                        self.durable.resize(len);
                    } else {
                        losses.dropped += 1;
                    }
                }
                Change::Write { at, data } => match (fate.keeps(rng), fate.tears(rng)) {
                    (_, true) => match self.tear(at, &data, rng) {
                        (_, 0) => {}
                        (0, _) => losses.dropped += 1,
                        (_, _) => losses.torn += 1,
                    },
                    (true, false) => self.durable.write(at, &data),
                    (false, false) => losses.dropped += 1,
                },
            }
        }
        self.cache = self.durable.clone();
        losses
    }

    /// Each sector of a write arrives or does not: says how many do, and how many do not.
    fn tear(
        &mut self,
        at: usize,
        data: &[u8],
        rng: &mut (impl RngCore + ?Sized),
    ) -> (usize, usize) {
        let (mut done, mut arrived, mut lost) = (0, 0, 0);
        while done < data.len() {
            let end = data.len().min(done + SECTOR - (at + done) % SECTOR);
            if coin(rng, 128) {
                self.durable.write(at + done, &data[done..end]);
                arrived += 1;
            } else {
                lost += 1;
            }
            done = end;
        }
        (arrived, lost)
    }
}

/// What a power cut took of what was not synced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Changes of which nothing arrived.
    pub dropped: usize,
    /// Writes of which some sectors arrived and some did not.
    pub torn: usize,
}

/// How a power cut treats one file. A fair coin for each write alone would hardly ever let a whole
/// transaction through, nor lose just one write of many.
#[derive(Clone, Copy, Debug)]
struct Fate {
    /// Of 256 writes, how many are kept.
    kept: u32,
    /// Of 256 writes, how many are torn.
    torn: u32,
}

impl Fate {
    const ALL: [Self; 7] = [
        Self { kept: 256, torn: 0 },
        Self { kept: 240, torn: 0 },
        Self { kept: 240, torn: 32 },
        Self { kept: 128, torn: 64 },
        Self { kept: 128, torn: 128 },
        Self { kept: 16, torn: 32 },
        Self { kept: 0, torn: 0 },
    ];

    fn draw(rng: &mut (impl RngCore + ?Sized)) -> Self {
        Self::ALL[below(rng, Self::ALL.len())]
    }

    fn keeps(self, rng: &mut (impl RngCore + ?Sized)) -> bool {
        coin(rng, self.kept)
    }

    fn tears(self, rng: &mut (impl RngCore + ?Sized)) -> bool {
        coin(rng, self.torn)
    }
}

/// True in `of_256` of 256 throws.
pub(crate) fn coin(rng: &mut (impl RngCore + ?Sized), of_256: u32) -> bool {
    rng.next_u32() % 256 < of_256
}

/// A number below `count`, which is not zero.
pub(crate) fn below(rng: &mut (impl RngCore + ?Sized), count: usize) -> usize {
    let count = u64::try_from(count).expect("what is in memory is counted in 64 bits");
    usize::try_from(rng.next_u64() % count).expect("below what is in memory")
}
