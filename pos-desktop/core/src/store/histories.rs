//! What the histories of a journal hold, for people who have to judge them.

use super::StoreError;
use super::journals::{Branch, Held, from_sql, to_sql};
use fiscal::Money;
use journal::{Header, JournalId, Seq};
use rusqlite::{OptionalExtension, Transaction, named_params};

/// The place at which a chain leaves the one that it came from; 0 for the ordinary chain.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn leaves_at(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
) -> Result<Seq, StoreError> {
    let from: i64 = tx
        .prepare_cached("SELECT from_seq FROM chain WHERE journal = :journal AND branch = :branch")?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":branch": branch.to_sql() },
            |row| row.get(0),
        )?;
    Ok(Seq(from_sql(from)))
}

/// How many tickets stand on a chain after a place, and what they come to.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn tickets_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
    after: Seq,
) -> Result<(u32, Money), StoreError> {
    let (count, cents) = tx
        .prepare_cached(
            "SELECT count(*), coalesce(sum(total_cents), 0)
               FROM ticket
              WHERE journal = :journal AND branch = :branch AND :after < seq",
        )?
        .query_row(
            named_params! {
                ":journal": journal.as_bytes(),
                ":branch": branch.to_sql(),
                ":after": to_sql(after.0),
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    Ok((count, Money::from_cents(cents)))
}

/// What its writer's clock said when a chain's last entry was written, in ms since 1970 UTC.
///
/// # Errors
///
/// [`StoreError::Broken`] where the entry cannot be read back.
pub(crate) fn last_wall_ms(tx: &Transaction<'_>, held: &Held) -> Result<Option<i64>, StoreError> {
    let header: Option<Vec<u8>> = tx
        .prepare_cached(
            "SELECT header FROM entry
              WHERE journal = :journal AND branch = :branch AND seq = :seq",
        )?
        .query_row(
            named_params! {
                ":journal": held.tip.journal.as_bytes(),
                ":branch": held.branch.to_sql(),
                ":seq": to_sql(held.tip.seq.0),
            },
            |row| row.get(0),
        )
        .optional()?;
    let read = |bytes: Vec<u8>| Header::decode(&bytes).ok_or(StoreError::Broken("entry"));
    Ok(header.map(read).transpose()?.map(|header| header.wall_ms))
}
