//! What the shop is in the middle of, as entries: what a snapshot is made of.

use super::StoreError;
use super::journals::{Branch, from_sql, to_sql};
use domain::id::OrderId;
use journal::{EntryHash, JournalId, RawEntry, Seq, Signature};
use rusqlite::{Row, Transaction, named_params};
use std::collections::BTreeSet;

const BROKEN: StoreError = StoreError::Broken("entry");

/// The most orders that were finished today and are sent: a busy Friday has 300.
const MAX_FINISHED: u32 = 2_000;
/// The newest of each kind of what workstations settled.
const NEWEST: u32 = 200;

/// Orders that are open, and those finished since a moment (ms since 1970 UTC): real ones.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn orders(tx: &Transaction<'_>, since_ms: i64) -> Result<BTreeSet<OrderId>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT order_id FROM shop_order WHERE open = 1
          UNION ALL
         SELECT order_id
           FROM (SELECT order_id
                   FROM shop_order
                  WHERE open = 0 AND :since_ms <= changed_ms
                  ORDER BY changed_ms DESC
                  LIMIT :limit)",
    )?;
    let mut rows =
        statement.query(named_params! { ":since_ms": since_ms, ":limit": MAX_FINISHED })?;
    let mut orders = BTreeSet::new();
    while let Some(row) = rows.next()? {
        orders.insert(OrderId(row.get("order_id")?));
    }
    Ok(orders)
}

/// Where an entry stands among those of its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Spot {
    pub(crate) journal: JournalId,
    pub(crate) seq: Seq,
    pub(crate) hash: EntryHash,
}

/// The entries about an order that have bodies, training left out.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn about(
    tx: &Transaction<'_>,
    order: OrderId,
) -> Result<Vec<(Spot, RawEntry)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, seq, hash, header, body
           FROM entry
           JOIN body USING (journal, branch, seq)
           JOIN journal USING (journal)
          WHERE subject = :subject AND purpose <> 1
          ORDER BY journal, seq, hash",
    )?;
    read(statement.query(named_params! { ":subject": order.0 })?)
}

/// The newest of what workstations settled among themselves and of what is said to be left, training
/// left out.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn settled(tx: &Transaction<'_>) -> Result<Vec<(Spot, RawEntry)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, seq, hash, header, body
           FROM (SELECT journal, branch, seq, hash, header
                   FROM entry
                  WHERE kind = :kind AND kind BETWEEN 192 AND 255
                  ORDER BY tick DESC
                  LIMIT :limit)
           JOIN body USING (journal, branch, seq)
           JOIN journal USING (journal)
          WHERE purpose <> 1",
    )?;
    let kinds = {
        let mut statement =
            tx.prepare_cached("SELECT DISTINCT kind FROM entry WHERE kind BETWEEN 192 AND 255")?;
        let kinds = statement.query_map([], |row| row.get::<_, i64>(0))?;
        kinds.collect::<Result<Vec<_>, _>>()?
    };
    let mut found = Vec::new();
    for kind in kinds {
        let rows = statement.query(named_params! { ":kind": kind, ":limit": NEWEST })?;
        found.extend(read(rows)?);
    }
    found.sort_by_key(|(spot, _)| *spot);
    Ok(found)
}

fn read(mut rows: rusqlite::Rows<'_>) -> Result<Vec<(Spot, RawEntry)>, StoreError> {
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let hash: Vec<u8> = row.get("hash")?;
        let spot = Spot {
            journal: journal_in(row)?,
            seq: Seq(from_sql(row.get("seq")?)),
            hash: EntryHash::try_from(hash.as_slice()).map_err(|_| BROKEN)?,
        };
        entries.push((spot, RawEntry { header: row.get("header")?, body: row.get("body")? }));
    }
    Ok(entries)
}

/// A chain's last entry with its seal, and the journal's first entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) opening: RawEntry,
    pub(crate) last: RawEntry,
    pub(crate) seal: Signature,
}

/// How the chains end, training left out.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn endings(tx: &Transaction<'_>, limit: usize) -> Result<Vec<Ending>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT opening.header AS opening, opening_body.body AS opening_body, last.header AS last,
                signature
           FROM chain
           JOIN journal USING (journal)
           JOIN entry AS opening ON opening.journal = chain.journal AND opening.branch = :ordinary
                                AND opening.seq = 1
           JOIN body AS opening_body ON opening_body.journal = chain.journal
                                    AND opening_body.branch = :ordinary AND opening_body.seq = 1
           JOIN entry AS last ON last.journal = chain.journal AND last.branch = chain.branch
                             AND last.seq = tip_seq
           JOIN seal ON seal.journal = chain.journal AND seal.branch = chain.branch
                    AND seal.seq = tip_seq
          WHERE purpose <> 1
          ORDER BY tip_tick DESC
          LIMIT :limit",
    )?;
    let mut rows = statement.query(named_params! {
        ":ordinary": Branch::ORDINARY.to_sql(),
        ":limit": to_sql(u64::try_from(limit).unwrap_or(u64::MAX)),
    })?;
    let mut endings = Vec::new();
    while let Some(row) = rows.next()? {
        let seal: Vec<u8> = row.get("signature")?;
        endings.push(Ending {
            opening: RawEntry { header: row.get("opening")?, body: row.get("opening_body")? },
            last: RawEntry { header: row.get("last")?, body: None },
            seal: Signature::from_bytes(&seal).ok_or(StoreError::Broken("seal"))?,
        });
    }
    Ok(endings)
}

fn journal_in(row: &Row<'_>) -> Result<JournalId, StoreError> {
    let bytes: Vec<u8> = row.get("journal")?;
    JournalId::try_from(bytes.as_slice()).map_err(|_| BROKEN)
}
