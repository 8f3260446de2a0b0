//! The last entries of a run, which nobody else holds yet: written beside the file when the run ends,
//! for that is when the links have ended and one more entry is written. Without it a file that is
//! damaged between two runs would always lack its last entry, and the till go on in a new journal.
//!
//! The file holds pushes, each with its length before it: chained and sealed as any other.

use super::{Place, disk};
use crate::replicate;
use crate::store::journals::{self, Branch};
use crate::store::{StoreError, books};
use crate::workstation::Workstation;
use journal::{MAX_BATCH_ENTRIES, Seq, Tip};
use replication::link::ReadOutcome;
use replication::{Place as At, Push, Request};
use rusqlite::Transaction;
use std::fs;

/// The most that is read: a push of a handful of journals.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Writes what others do not hold. Best effort: the file itself is what counts.
pub(crate) fn write(workstation: &mut Workstation, place: &Place) {
    let written = workstation.store.read(pushes).map(|pushes| {
        let mut bytes = Vec::new();
        for push in pushes {
            let message = Request::Push(push).encode();
            bytes.extend(u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes());
            bytes.extend(message);
        }
        let (path, part) = (place.tail(), disk::part(&place.tail()));
        fs::write(&part, bytes).and_then(|()| disk::put_in_place(&part, &path))
    });
    match written {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the last entries stand in one file alone"),
        Err(error) => tracing::warn!(%error, "the last entries cannot be read"),
    }
}

/// What the last run wrote; nothing where there is none, or it is not of its form.
pub(crate) fn read(place: &Place) -> Vec<Push> {
    let path = place.tail();
    let is_small = fs::metadata(&path).is_ok_and(|it| it.len() <= MAX_BYTES);
    let bytes = if is_small { fs::read(&path).unwrap_or_default() } else { Vec::new() };
    let mut left = bytes.as_slice();
    let mut pushes = Vec::new();
    while let Some((length, rest)) = left.split_first_chunk::<4>() {
        let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
        let Some((message, rest)) = rest.split_at_checked(length) else {
            return pushes;
        };
        left = rest;
        if let Ok(Request::Push(push)) = Request::decode(message) {
            pushes.push(push);
        }
    }
    pushes
}

/// What follows the last entry that another is known to hold, of each own journal.
fn pushes(tx: &Transaction<'_>) -> Result<Vec<Push>, StoreError> {
    let held = books::held_by_others(tx)?;
    let mut pushes = Vec::new();
    for own in journals::all(tx)?.into_iter().filter(|it| it.own && it.branch == Branch::ORDINARY) {
        let tip = own.tip;
        let known = held.iter().find(|it| it.journal == tip.journal && it.seq <= tip.seq);
        let base = known.filter(|it| it.seq != Seq(0)).copied();
        if base.is_some_and(|base: Tip| base.seq == tip.seq) {
            continue;
        }
        let base = base.map(At::of);
        if let ReadOutcome::Run(run) = replicate::read(tx, tip, base, MAX_BATCH_ENTRIES)? {
            pushes.push(Push { journal: tip.journal, base, entries: run.entries, seal: run.seal });
        }
    }
    Ok(pushes)
}
