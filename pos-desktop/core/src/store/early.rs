//! What is known ahead of the history: entries of a snapshot and what followed it, until each arrives
//! on its chain.
//!
//! Folds read these beside the ordinary entries ([`super::journals::about`]); nothing else does. None
//! of them is acknowledged, counted, archived or closed.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use domain::id::OrderId;
use journal::{Entry, EntryHash, Header, JournalId, Opening, PublicKey, Seq, SubjectId, Tick, Tip};
use replication::Place;
use replication::link::EarlyEnd;
use rusqlite::{OptionalExtension, Row, Transaction, named_params};
use std::collections::{BTreeMap, BTreeSet};

const BROKEN: StoreError = StoreError::Broken("early entry");

/// An end of a chain that a snapshot proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proved {
    /// The end.
    pub(crate) tip: Tip,
    /// Its tick: no entry before it has a greater one.
    pub(crate) tick: Tick,
    /// What the journal's first entry says.
    pub(crate) opening: Opening,
}

/// Where the early part of a journal ends, and what the next of it is checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) tick: Tick,
    pub(crate) key: PublicKey,
}

/// Forgets where the chains of an earlier snapshot ended; its entries stay.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn forget_tips(tx: &Transaction<'_>) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM early_tip")?.execute([])?;
    Ok(())
}

/// Notes where a chain of a snapshot ends.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn put_tip(tx: &Transaction<'_>, proved: &Proved) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO early_tip (journal, hash, seq, public_key, workstation,
                                end_seq, end_hash, end_tick)
         VALUES (:journal, :hash, :seq, :public_key, :workstation, :seq, :hash, :tick)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":journal": proved.tip.journal.as_bytes(),
        ":hash": proved.tip.hash.as_bytes(),
        ":seq": to_sql(proved.tip.seq.0),
        ":public_key": proved.opening.public_key.as_bytes(),
        ":workstation": proved.opening.workstation,
        ":tick": to_sql(proved.tick.0),
    })?;
    Ok(())
}

/// The greatest place and tick that an entry of a journal may have in the snapshot; `None` where the
/// snapshot proved no end of it that is not here.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn bounds(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Option<(Seq, Tick)>, StoreError> {
    let bounds: (Option<i64>, Option<i64>) = tx
        .prepare_cached(
            "SELECT max(end_seq), max(end_tick) FROM early_tip WHERE journal = :journal",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes() }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok(bounds.0.zip(bounds.1).map(|(seq, tick)| (Seq(from_sql(seq)), Tick(from_sql(tick)))))
}

/// What follows a place is checked with, where the early part of the journal ends there.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub(crate) fn end(tx: &Transaction<'_>, at: Tip) -> Result<Option<End>, StoreError> {
    let found: Option<(i64, Vec<u8>)> = tx
        .prepare_cached(
            "SELECT end_tick, public_key
               FROM early_tip
              WHERE journal = :journal AND end_seq = :seq AND end_hash = :hash",
        )?
        .query_row(
            named_params! {
                ":journal": at.journal.as_bytes(),
                ":seq": to_sql(at.seq.0),
                ":hash": at.hash.as_bytes(),
            },
            |row| Ok((row.get("end_tick")?, row.get("public_key")?)),
        )
        .optional()?;
    let read = |(tick, key): (i64, Vec<u8>)| {
        let key = PublicKey::from_bytes(&key).map_err(|_| BROKEN)?;
        Ok(End { tick: Tick(from_sql(tick)), key })
    };
    found.map(read).transpose()
}

/// The early part of a journal ends further on now.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn move_end(
    tx: &Transaction<'_>,
    from: Tip,
    to: Tip,
    tick: Tick,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "UPDATE early_tip
            SET end_seq = :end_seq, end_hash = :end_hash, end_tick = :end_tick
          WHERE journal = :journal AND end_hash = :from",
    )?
    .execute(named_params! {
        ":journal": from.journal.as_bytes(),
        ":from": from.hash.as_bytes(),
        ":end_seq": to_sql(to.seq.0),
        ":end_hash": to.hash.as_bytes(),
        ":end_tick": to_sql(tick.0),
    })?;
    Ok(())
}

/// Keeps an entry, unless it is here: among these, or on a chain.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn put(tx: &Transaction<'_>, entry: &Entry, body: &[u8]) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO early_entry (hash, journal, seq, header, body, kind, subject, tick)
         SELECT :hash, :journal, :seq, :header, :body, :kind, :subject, :tick
          WHERE NOT EXISTS (SELECT 1
                              FROM entry
                             WHERE journal = :journal AND seq = :seq AND hash = :hash)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":hash": entry.hash.as_bytes(),
        ":journal": entry.journal().as_bytes(),
        ":seq": to_sql(entry.header.seq.0),
        ":header": entry.header_bytes,
        ":body": body,
        ":kind": entry.header.kind.0,
        ":subject": entry.header.subject.as_ref().map(SubjectId::as_bytes),
        ":tick": to_sql(entry.header.tick.0),
    })?;
    Ok(())
}

/// Lets go of entries that have arrived on a chain, from `first` to `last` of their journal.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn arrived(
    tx: &Transaction<'_>,
    journal: JournalId,
    first: Seq,
    last: Seq,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "DELETE FROM early_entry
          WHERE journal = :journal AND seq BETWEEN :first AND :last
            AND EXISTS (SELECT 1
                          FROM entry
                         WHERE entry.journal = early_entry.journal
                           AND entry.seq = early_entry.seq AND entry.hash = early_entry.hash)",
    )?
    .execute(named_params! {
        ":journal": journal.as_bytes(),
        ":first": to_sql(first.0),
        ":last": to_sql(last.0),
    })?;
    Ok(())
}

/// Whether the ends of a journal that the snapshot proved are all here, on chains.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn is_reached(tx: &Transaction<'_>, journal: JournalId) -> Result<bool, StoreError> {
    Ok(!tx
        .prepare_cached(
            "SELECT 1
               FROM early_tip
              WHERE journal = :journal
                AND NOT EXISTS (SELECT 1
                                  FROM entry
                                 WHERE entry.journal = early_tip.journal
                                   AND entry.seq = early_tip.seq AND entry.hash = early_tip.hash)",
        )?
        .exists(named_params! { ":journal": journal.as_bytes() })?)
}

/// Whether all that the snapshot proved is here on chains, and what followed it too.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn is_all_reached(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(!tx
        .prepare_cached(
            "SELECT 1
               FROM early_tip
              WHERE NOT EXISTS (SELECT 1
                                  FROM entry
                                 WHERE entry.journal = early_tip.journal
                                   AND entry.seq = end_seq AND entry.hash = end_hash)",
        )?
        .exists([])?)
}

/// An entry that its journal does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disowned {
    pub(crate) seq: Seq,
    pub(crate) hash: EntryHash,
    pub(crate) order: Option<OrderId>,
}

/// Takes out what a journal should hold by now and does not: entries at places that its ordinary chain
/// has passed.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn disown(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Vec<Disowned>, StoreError> {
    let mut statement = tx.prepare_cached(
        "DELETE FROM early_entry
          WHERE journal = :journal
            AND seq <= (SELECT tip_seq FROM chain WHERE journal = :journal AND branch = x'')
      RETURNING seq, hash, subject",
    )?;
    let mut rows = statement.query(named_params! { ":journal": journal.as_bytes() })?;
    let mut disowned = Vec::new();
    while let Some(row) = rows.next()? {
        disowned.push(Disowned {
            seq: Seq(from_sql(row.get("seq")?)),
            hash: hash_in(row, "hash")?,
            order: row.get::<_, Option<[u8; 16]>>("subject")?.map(OrderId),
        });
    }
    Ok(disowned)
}

/// The journals of which there are early entries.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn journals(tx: &Transaction<'_>) -> Result<BTreeSet<JournalId>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT DISTINCT journal FROM early_entry")?;
    let mut rows = statement.query([])?;
    let mut journals = BTreeSet::new();
    while let Some(row) = rows.next()? {
        journals.insert(journal_in(row)?);
    }
    Ok(journals)
}

/// Where the early parts of the journals end that their chains have not reached, the furthest of each.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn ends(tx: &Transaction<'_>) -> Result<Vec<EarlyEnd>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, seq, hash, end_seq, end_hash
           FROM early_tip
          WHERE coalesce((SELECT tip_seq
                            FROM chain
                           WHERE chain.journal = early_tip.journal AND branch = x''), 0) < end_seq
          ORDER BY journal, end_seq",
    )?;
    let mut rows = statement.query([])?;
    let mut ends = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let journal = journal_in(row)?;
        let place = |seq: &str, hash: &str| -> Result<Place, StoreError> {
            Ok(Place { seq: Seq(from_sql(row.get(seq)?)), hash: hash_in(row, hash)? })
        };
        let checkpoint = place("seq", "hash")?;
        let end = place("end_seq", "end_hash")?;
        ends.insert(journal, EarlyEnd { journal, checkpoint, end });
    }
    Ok(ends.into_values().collect())
}

/// How many entries of the journals in the snapshot are here on their chains, and how many there are;
/// `None` where nothing is being caught up with.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn catching_up(tx: &Transaction<'_>) -> Result<Option<(u64, u64)>, StoreError> {
    let (held, of): (i64, i64) = tx
        .prepare_cached(
            "SELECT coalesce(sum(min(here, there)), 0), coalesce(sum(there), 0)
               FROM (SELECT max(end_seq) AS there,
                            coalesce((SELECT tip_seq
                                        FROM chain
                                       WHERE chain.journal = early_tip.journal
                                         AND branch = x''), 0) AS here
                       FROM early_tip
                      GROUP BY journal)",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((0 < of).then_some((from_sql(held), from_sql(of))))
}

/// The labels of the workstations whose journals were only heard of.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn labels(tx: &Transaction<'_>) -> Result<Vec<(JournalId, String)>, StoreError> {
    let mut statement = tx.prepare_cached("SELECT DISTINCT journal, workstation FROM early_tip")?;
    let mut rows = statement.query([])?;
    let mut labels = Vec::new();
    while let Some(row) = rows.next()? {
        labels.push((journal_in(row)?, row.get("workstation")?));
    }
    Ok(labels)
}

/// An entry that workstations settle something by, ahead of its chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settling {
    pub(crate) journal: JournalId,
    pub(crate) header: Header,
    pub(crate) body: Vec<u8>,
    /// Its journal's key.
    pub(crate) key: PublicKey,
}

/// Early entries of some kinds, in the order in which folds read them.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn of_kinds(
    tx: &Transaction<'_>,
    first: journal::Kind,
    last: journal::Kind,
) -> Result<Vec<Settling>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, header, body,
                (SELECT public_key FROM early_tip AS it WHERE it.journal = early_entry.journal
                  UNION ALL
                 SELECT public_key FROM journal AS it WHERE it.journal = early_entry.journal
                  LIMIT 1) AS public_key
           FROM early_entry
          WHERE kind BETWEEN :first AND :last AND public_key IS NOT NULL
          ORDER BY tick, journal, seq",
    )?;
    let mut rows = statement.query(named_params! { ":first": first.0, ":last": last.0 })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let header: Vec<u8> = row.get("header")?;
        let key: Vec<u8> = row.get("public_key")?;
        found.push(Settling {
            journal: journal_in(row)?,
            header: Header::decode(&header).ok_or(BROKEN)?,
            body: row.get("body")?,
            key: PublicKey::from_bytes(&key).map_err(|_| BROKEN)?,
        });
    }
    Ok(found)
}

/// What the writer of a journal signs with, where the journal is here or was heard of.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub(crate) fn key_of(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Option<PublicKey>, StoreError> {
    let key: Option<Vec<u8>> = tx
        .prepare_cached(
            "SELECT public_key FROM journal WHERE journal = :journal
              UNION ALL
             SELECT public_key FROM early_tip WHERE journal = :journal
              LIMIT 1",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes() }, |row| row.get(0))
        .optional()?;
    key.map(|key| PublicKey::from_bytes(&key).map_err(|_| BROKEN)).transpose()
}

fn journal_in(row: &Row<'_>) -> Result<JournalId, StoreError> {
    let bytes: Vec<u8> = row.get("journal")?;
    JournalId::try_from(bytes.as_slice()).map_err(|_| BROKEN)
}

fn hash_in(row: &Row<'_>, column: &str) -> Result<EntryHash, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    EntryHash::try_from(bytes.as_slice()).map_err(|_| BROKEN)
}
