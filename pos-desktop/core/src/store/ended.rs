//! Workstations that were declared dead.

use super::StoreError;
use super::journals::{Stored, to_sql};
use domain::mesh::Ended;
use journal::PublicKey;
use rusqlite::{Row, Transaction, named_params};
use std::collections::BTreeMap;

/// That a workstation was declared dead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The manager who decided it, by code.
    pub(crate) manager: String,
    /// When, in ms since 1970 UTC by its writer's clock.
    pub(crate) wall_ms: i64,
}

/// Takes note of an entry that declares a workstation dead.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn project(tx: &Transaction<'_>, at: &Stored, ended: &Ended) -> Result<(), StoreError> {
    if PublicKey::from_bytes(&ended.public_key).is_err() {
        let (journal, seq) = (at.journal, at.header.seq);
        tracing::warn!(%journal, %seq, "a workstation whose key is none was ended: left out");
        return Ok(());
    }
    tx.execute(
        "INSERT INTO ended (journal, seq, public_key, label, manager, wall_ms)
         VALUES (:journal, :seq, :public_key, :label, :manager, :wall_ms)
             ON CONFLICT (journal, seq) DO NOTHING",
        named_params! {
            ":journal": at.journal.as_bytes(),
            ":seq": to_sql(at.header.seq.0),
            ":public_key": ended.public_key,
            ":label": ended.label,
            ":manager": ended.manager,
            ":wall_ms": at.header.wall_ms,
        },
    )?;
    Ok(())
}

/// Everybody who was declared dead, by key. Of declarations those count whose writer nobody had declared
/// dead before, in the order of the shop's clock: two halves of a shop that declared each other dead have
/// one left. That is a function of the set of entries. Nobody declares himself dead, and nobody does in
/// training.
fn all(tx: &Transaction<'_>) -> Result<BTreeMap<PublicKey, (Declared, PublicKey)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT ended.public_key, journal.public_key AS writer, manager, ended.wall_ms,
                (SELECT min(entry.tick)
                   FROM chain CROSS JOIN entry USING (journal, branch)
                  WHERE chain.journal = ended.journal AND entry.seq = ended.seq) AS at_tick
           FROM ended JOIN journal USING (journal)
          WHERE journal.public_key <> ended.public_key AND journal.purpose = 0
          ORDER BY at_tick, ended.journal, ended.seq",
    )?;
    let mut rows = statement.query([])?;
    let mut all = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (key, writer) = (key_in(row, "public_key")?, key_in(row, "writer")?);
        if !all.contains_key(&writer) {
            let declared = Declared { manager: row.get("manager")?, wall_ms: row.get("wall_ms")? };
            all.entry(key).or_insert((declared, writer));
        }
    }
    Ok(all)
}

fn key_in(row: &Row<'_>, column: &str) -> Result<PublicKey, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    PublicKey::from_bytes(&bytes).map_err(|_| StoreError::Broken("ended"))
}

/// Whether a workstation was declared dead, by which manager and when.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn of(tx: &Transaction<'_>, key: &PublicKey) -> Result<Option<Declared>, StoreError> {
    Ok(all(tx)?.remove(key).map(|(declared, _)| declared))
}

/// Everybody who was declared dead.
///
/// # Errors
///
/// As [`of`].
pub(crate) fn keys(tx: &Transaction<'_>) -> Result<Vec<PublicKey>, StoreError> {
    Ok(all(tx)?.into_keys().collect())
}

/// Whether it is for the workstation `own` to close what is left of another: it declared that one dead,
/// or declared dead whoever had.
///
/// # Errors
///
/// As [`of`].
pub(crate) fn is_left_to(
    tx: &Transaction<'_>,
    own: &PublicKey,
    key: &PublicKey,
) -> Result<bool, StoreError> {
    let all = all(tx)?;
    // Each declaration of the row is a later one: it ends.
    let mut finder = all.get(key).map(|(_, writer)| writer);
    while let Some((_, next)) = finder.and_then(|it| all.get(it)) {
        finder = Some(next);
    }
    Ok(finder == Some(own))
}
