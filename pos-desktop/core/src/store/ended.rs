//! Workstations that were declared dead.

use super::StoreError;
use super::journals::{Stored, to_sql};
use domain::mesh::Ended;
use journal::PublicKey;
use rusqlite::{OptionalExtension, Transaction, named_params};

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

/// Whether a workstation was declared dead, and the first time that it was; by itself it cannot be.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn of(tx: &Transaction<'_>, key: &PublicKey) -> Result<Option<Declared>, StoreError> {
    let declared = tx
        .prepare_cached(
            "SELECT manager, wall_ms
               FROM ended JOIN journal USING (journal)
              WHERE ended.public_key = :key AND journal.public_key <> :key
              ORDER BY wall_ms, journal, seq
              LIMIT 1",
        )?
        .query_row(named_params! { ":key": key.as_bytes() }, |row| {
            Ok(Declared { manager: row.get("manager")?, wall_ms: row.get("wall_ms")? })
        })
        .optional()?;
    Ok(declared)
}

/// Whether this workstation itself declared that one dead: then it closes what is left of it.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn by_us(tx: &Transaction<'_>, key: &PublicKey) -> Result<bool, StoreError> {
    let declared = tx
        .prepare_cached(
            "SELECT 1 FROM ended JOIN journal USING (journal)
              WHERE ended.public_key = :key AND own = 1",
        )?
        .exists(named_params! { ":key": key.as_bytes() })?;
    Ok(declared)
}
