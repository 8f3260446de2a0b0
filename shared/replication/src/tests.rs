extern crate std;

mod answering;
mod asking;
mod behind;
mod bytes;
mod envelopes;
mod feeds;
mod golden;
mod joining;
mod lanes;
mod late;
mod pair;

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;
use journal::{
    Batch, BootId, Draft, Entry, Keep, Kind, Opening, Pen, Purpose, RawEntry, SigningKey, Tick,
};

use crate::{Place, Push};

pub(super) fn key(secret: u8) -> SigningKey {
    SigningKey::from_secret(&[secret; 32]).unwrap()
}

/// A journal that grows by transactions, and remembers each.
pub(super) struct Writer {
    pen: Pen,
    tick: Tick,
    pub(super) batches: Vec<Batch>,
}

impl Writer {
    pub(super) fn new(secret: u8) -> Self {
        let key = key(secret);
        let opening = Opening {
            public_key: key.public_key(),
            shop: "P01".to_owned(),
            workstation: "C1".to_owned(),
            purpose: Purpose::Live,
            continues: Vec::new(),
        };
        let pen = Pen::new(key, BootId([7; 16]), None);
        let mut writer = Self { pen, tick: Tick(0), batches: Vec::new() };
        writer.write(vec![opening.to_draft()]);
        writer
    }

    /// As it stands after its first `count` transactions: a disk that was set back.
    pub(super) fn set_back(&self, count: usize) -> Self {
        let batches = self.batches[..count].to_vec();
        let last = batches.last().unwrap();
        let pen = Pen::new(self.pen.key().clone(), BootId([8; 16]), Some(last.tip()));
        Self { pen, tick: last.last_tick(), batches }
    }

    pub(super) fn write(&mut self, drafts: Vec<Draft>) {
        let (batch, pen) = self.pen.write(drafts, self.tick, 0);
        self.tick = batch.last_tick();
        self.pen = pen;
        self.batches.push(batch);
    }

    pub(super) fn note(&mut self, texts: &[&str]) -> &mut Self {
        let draft = |text: &&str| Draft {
            kind: Kind(64),
            kind_version: 1,
            keep: Keep::Trace,
            subject: None,
            body: text.as_bytes().to_vec(),
        };
        self.write(texts.iter().map(draft).collect());
        self
    }

    pub(super) fn entries(&self) -> Vec<&Entry> {
        self.batches.iter().flat_map(|batch| &batch.entries).collect()
    }

    pub(super) fn tip(&self) -> Place {
        Place::of(self.batches.last().unwrap().tip())
    }

    /// These transactions (from 0), as one push.
    pub(super) fn push(&self, range: core::ops::Range<usize>) -> Push {
        let before = range.start.checked_sub(1).map(|index| Place::of(self.batches[index].tip()));
        let batches = &self.batches[range];
        let entries: Vec<RawEntry> =
            batches.iter().flat_map(|batch| &batch.entries).map(Entry::to_raw).collect();
        let last = batches.last().unwrap();
        Push { journal: last.tip().journal, base: before, entries, seal: last.seal }
    }
}
