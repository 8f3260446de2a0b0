//! What others said they hold, on their disks, of the journals here.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use journal::{JournalId, PublicKey, Seq};
use rusqlite::{Transaction, named_params};

/// Remembers that `peer` said it holds a journal up to a place, on its disk. What was known already
/// writes nothing: peers say it every few seconds.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn held_by(
    tx: &Transaction<'_>,
    peer: &PublicKey,
    journal: JournalId,
    seq: Seq,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO held_by (peer, journal, seq)
         VALUES (:peer, :journal, :seq)
             ON CONFLICT (peer, journal)
             DO UPDATE SET seq = excluded.seq WHERE seq < excluded.seq",
    )?
    .execute(named_params! {
        ":peer": peer.as_bytes(),
        ":journal": journal.as_bytes(),
        ":seq": to_sql(seq.0),
    })?;
    Ok(())
}

/// How many entries of the own journal nobody else has said to hold.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn alone(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let alone = tx
        .prepare_cached(
            "SELECT coalesce(sum(tip_seq - held), 0)
               FROM (SELECT tip_seq,
                            (SELECT coalesce(max(min(held_by.seq, chain.tip_seq)), 0)
                               FROM held_by
                              WHERE held_by.journal = chain.journal) AS held
                       FROM chain JOIN journal USING (journal)
                      WHERE own = 1 AND branch = x'')",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(from_sql(alone))
}

/// How many entries of the own journal `peer` has not said to hold.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn not_held_by(tx: &Transaction<'_>, peer: &PublicKey) -> Result<u64, StoreError> {
    let missing = tx
        .prepare_cached(
            "SELECT coalesce(sum(max(tip_seq - coalesce(held_by.seq, 0), 0)), 0)
               FROM chain JOIN journal USING (journal)
               LEFT JOIN held_by ON held_by.journal = chain.journal AND held_by.peer = :peer
              WHERE own = 1 AND branch = x''",
        )?
        .query_row(named_params! { ":peer": peer.as_bytes() }, |row| row.get(0))?;
    Ok(from_sql(missing))
}
