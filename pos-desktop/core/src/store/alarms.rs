//! What somebody has to look at: second histories, and what came and was not believed.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use journal::{JournalId, Seq};
use rusqlite::{Transaction, named_params};

/// Something that somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A journal has two histories.
    Fork,
    /// Entries were not believed.
    Refused,
    /// An entry was put aside.
    Parked,
}

impl Alarm {
    const fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Refused => "refused",
            Self::Parked => "parked",
        }
    }
}

/// Raises an alarm, once per place.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn raise(
    tx: &Transaction<'_>,
    alarm: Alarm,
    journal: JournalId,
    seq: Seq,
    detail: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO alarm (kind, journal, seq, detail, raised_ms)
         VALUES (:kind, :journal, :seq, :detail, :raised_ms)
             ON CONFLICT (kind, journal, seq) DO NOTHING",
    )?
    .execute(named_params! {
        ":kind": alarm.name(),
        ":journal": journal.as_bytes(),
        ":seq": to_sql(seq.0),
        ":detail": detail,
        ":raised_ms": now_ms,
    })?;
    Ok(())
}

/// Whether a journal is known to have two histories.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn is_forked(tx: &Transaction<'_>, journal: JournalId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM alarm WHERE kind = 'fork' AND journal = :journal")?
        .exists(named_params! { ":journal": journal.as_bytes() })?)
}

/// How many journals have two histories, as far as is known here.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn forks(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let forks = tx
        .prepare_cached("SELECT count(DISTINCT journal) FROM alarm WHERE kind = 'fork'")?
        .query_row([], |row| row.get(0))?;
    Ok(from_sql(forks))
}

/// Puts bytes aside that were not believed, once.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn park(
    tx: &Transaction<'_>,
    journal: JournalId,
    bytes: &[u8],
    why: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO parked (hash, journal, bytes, why, parked_ms)
         VALUES (:hash, :journal, :bytes, :why, :parked_ms)
             ON CONFLICT (hash) DO NOTHING",
    )?
    .execute(named_params! {
        ":hash": journal::BlobHash::of(bytes).as_bytes(),
        ":journal": journal.as_bytes(),
        ":bytes": bytes,
        ":why": why,
        ":parked_ms": now_ms,
    })?;
    Ok(())
}
