extern crate std;

mod altered;
mod bodies;
mod golden;
mod keys;
mod names;
mod refused;

use crate::{
    Batch, BootId, Draft, Keep, Kind, Opening, Pen, Purpose, RawEntry, Started, SubjectId, Tick,
};
use crate::{SigningKey, Tip};
use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;

/// The published test key (docs/JOURNAL.md): never a real one.
pub(super) fn test_key() -> SigningKey {
    SigningKey::from_secret(&[1; 32]).unwrap()
}

pub(super) fn opening(key: &SigningKey) -> Opening {
    Opening {
        public_key: key.public_key(),
        shop: "P01".to_owned(),
        workstation: "C1".to_owned(),
        purpose: Purpose::Live,
        continues: Vec::new(),
    }
}

pub(super) fn started() -> Started {
    Started { build: "0.1.0".to_owned(), witnesses: Vec::new() }
}

pub(super) fn noted(text: &[u8]) -> Draft {
    Draft {
        kind: Kind(60_000),
        kind_version: 3,
        keep: Keep::Trace,
        subject: Some(SubjectId([9; 16])),
        body: text.to_vec(),
    }
}

/// A journal of two transactions: the opening and the first start, then three notes.
pub(super) fn journal() -> (Batch, Batch) {
    let key = test_key();
    let pen = Pen::new(key.clone(), BootId([7; 16]), None);
    let drafts = vec![opening(&key).to_draft(), started().to_draft()];
    let (first, pen) = pen.write(drafts, Tick(0), 1_790_000_000_000);
    let drafts = vec![noted(b"a"), noted(b"b"), noted(b"c")];
    let (second, _) = pen.write(drafts, Tick(41), -1);
    (first, second)
}

pub(super) fn raw(batch: &Batch) -> Vec<RawEntry> {
    batch.entries.iter().map(crate::Entry::to_raw).collect()
}

/// Where the second transaction begins.
pub(super) fn base(first: &Batch) -> (Tip, Tick) {
    (first.tip(), first.last_tick())
}
