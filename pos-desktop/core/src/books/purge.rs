//! Deleting bodies that nobody must keep: steps in the kitchen and the like, which are older than 90
//! days, in an archive, and on the centre's disk. Headers stay, so the chain is as it was. What is
//! fiscal, or a trace of who did what, never goes: this program has no way to delete it, and the
//! database refuses (docs/decisions/0004).

use crate::error::Error;
use crate::store::books::{self, StandingOf};
use crate::store::journals::Held;
use crate::store::{StoreError, settings};
use crate::workstation::{Turn, Workstation};
use fiscal::event::{EventCode, data};
use journal::{JournalId, Seq};
use rusqlite::Transaction;

/// For how long every body is kept, in ms: 90 days.
pub const KEPT_MS: i64 = 90 * 24 * 3_600_000;
/// Bodies deleted in one transaction.
const SLICE: u32 = 1_000;

/// What may go of a journal, in a slice.
struct Slice {
    /// The entries whose bodies may go.
    old: Vec<Seq>,
    /// The last entry that was looked at.
    last: Option<Seq>,
}

/// How many bodies may go now.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn count(workstation: &mut Workstation) -> Result<u64, StoreError> {
    let now_ms = workstation.clock.now_ms();
    workstation.store.read(|tx| {
        let mut count = 0;
        for held in books::own_journals(tx)? {
            let (journal, through) = (held.tip.journal, limit(tx, &held)?);
            let mut after = Seq(0);
            while let Slice { old, last: Some(last) } = slice(tx, journal, after, through, now_ms)?
            {
                count += u64::try_from(old.len()).unwrap_or(0);
                after = last;
            }
        }
        Ok(count)
    })
}

/// Deletes what may go, and records which; answers how many bodies that were.
///
/// # Errors
///
/// [`Error::Store`].
pub fn run(workstation: &mut Workstation, operator: &str) -> Result<u64, Error> {
    let journals = workstation.store.read(books::own_journals)?;
    let mut count = 0;
    for held in journals {
        let mut after = Seq(0);
        while let Some((last, deleted)) =
            workstation.turn(|turn| one_slice(turn, operator, &held, after))?
        {
            count += deleted;
            after = last;
        }
    }
    Ok(count)
}

fn one_slice(
    turn: &mut Turn<'_>,
    operator: &str,
    held: &Held,
    after: Seq,
) -> Result<Option<(Seq, u64)>, Error> {
    let journal = held.tip.journal;
    let through = limit(turn.tx, held)?;
    let Slice { old, last } = slice(turn.tx, journal, after, through, turn.now_ms)?;
    let Some(end) = last else {
        return Ok(None);
    };
    let (Some(first), Some(last)) = (old.first(), old.last()) else {
        return Ok(Some((end, 0)));
    };
    for seq in &old {
        books::purge(turn.tx, journal, *seq)?;
    }
    let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    let archive = books::archives(turn.tx, 1)?.into_iter().next();
    let archive = archive.map_or_else(String::new, |it| it.record.number);
    let deleted = u64::try_from(old.len()).unwrap_or(0);
    let members = data([
        ("journal", journal.hex().into()),
        ("from", number(first.0).into()),
        ("to", number(last.0).into()),
        ("count", number(deleted).into()),
        ("archive", archive.into()),
    ]);
    turn.jet(operator, EventCode::Purge, members)?;
    Ok(Some((end, deleted)))
}

/// The last entry whose body others have: in an archive, and on the centre. Without a centre none is.
fn limit(tx: &Transaction<'_>, held: &Held) -> Result<Seq, StoreError> {
    let journal = held.tip.journal;
    let Some(centre) = settings::centre(tx)? else {
        return Ok(Seq(0));
    };
    let archived = books::standing(tx, journal, StandingOf::Archived)?.map_or(Seq(0), |it| it.seq);
    Ok(archived.min(books::held_by(tx, &centre.key, journal)?))
}

/// What may go after a place: those of the entries looked at that are old enough.
fn slice(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: Seq,
    through: Seq,
    now_ms: i64,
) -> Result<Slice, StoreError> {
    let found = books::purgeable(tx, journal, after, through, SLICE)?;
    let last = found.last().map(|(seq, _)| *seq);
    let is_old = |wall_ms: i64| KEPT_MS < now_ms.saturating_sub(wall_ms);
    let old = found.iter().filter(|(_, wall_ms)| is_old(*wall_ms)).map(|(seq, _)| *seq).collect();
    Ok(Slice { old, last })
}
