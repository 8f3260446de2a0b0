//! The file's version: migrations, each run once and never changed afterwards.

use super::StoreError;
use journal::mutant::{self, Mutant};
use rusqlite::{Connection, TransactionBehavior, named_params};
use sha2::{Digest, Sha256};

/// Marks the file as this program's: "PIZ1".
pub const APPLICATION_ID: i64 = 0x5049_5A31;

/// The migrations, in the order they run; the number is the place from 1.
const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_journal", include_str!("../../../../migrations/sqlite/0001_journal.sql")),
    ("0002_workstation", include_str!("../../../../migrations/sqlite/0002_workstation.sql")),
    ("0003_projections", include_str!("../../../../migrations/sqlite/0003_projections.sql")),
    ("0004_print", include_str!("../../../../migrations/sqlite/0004_print.sql")),
    ("0005_print", include_str!("../../../../migrations/sqlite/0005_print.sql")),
    ("0006_fiscal", include_str!("../../../../migrations/sqlite/0006_fiscal.sql")),
    ("0007_payments", include_str!("../../../../migrations/sqlite/0007_payments.sql")),
    ("0008_books", include_str!("../../../../migrations/sqlite/0008_books.sql")),
    ("0009_fence", include_str!("../../../../migrations/sqlite/0009_fence.sql")),
    ("0010_keystore", include_str!("../../../../migrations/sqlite/0010_keystore.sql")),
    ("0011_history", include_str!("../../../../migrations/sqlite/0011_history.sql")),
    ("0012_vouches", include_str!("../../../../migrations/sqlite/0012_vouches.sql")),
    ("0013_roles", include_str!("../../../../migrations/sqlite/0013_roles.sql")),
    ("0014_early", include_str!("../../../../migrations/sqlite/0014_early.sql")),
    ("0015_drill", include_str!("../../../../migrations/sqlite/0015_drill.sql")),
];

/// The file version that this program makes and reads.
pub const VERSION: i64 = 15;

/// Settings of every connection. FULL: a commit that was answered survives a power cut. Recursive
/// triggers: REPLACE fires the triggers of what it deletes.
pub(super) fn set_pragmas(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA recursive_triggers = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA cell_size_check = ON;
         PRAGMA mmap_size = 0;
         PRAGMA busy_timeout = 5000;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    if mutant::is(Mutant::SynchronousNormal) {
        connection.execute_batch("PRAGMA synchronous = NORMAL")?;
    }
    Ok(())
}

/// Brings a new or older file to [`VERSION`], in one transaction.
pub(super) fn set_up(connection: &mut Connection) -> Result<(), StoreError> {
    assert_eq!(i64::try_from(MIGRATIONS.len()), Ok(VERSION), "VERSION counts the migrations");
    migrate(connection, MIGRATIONS)
}

/// Runs those of `migrations` that the file has not, or none.
fn migrate(connection: &mut Connection, migrations: &[(&str, &str)]) -> Result<(), StoreError> {
    let version = i64::try_from(migrations.len()).unwrap_or(i64::MAX);
    let application: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let tables: i64 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || tables != 0) {
        return Err(StoreError::NotOurs);
    }
    if version < found {
        return Err(StoreError::Newer { found, known: version });
    }
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    set_pragmas(connection)?;

    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             number INTEGER NOT NULL PRIMARY KEY,
             name   TEXT    NOT NULL,
             -- SHA-256 of the text that ran.
             hash   BLOB    NOT NULL
         ) STRICT;",
    )?;
    for (number, (name, text)) in (1_i64..).zip(migrations) {
        let hash = Sha256::digest(text.as_bytes());
        if number <= found {
            let ran: Vec<u8> = tx.query_row(
                "SELECT hash FROM migration WHERE number = :number",
                named_params! { ":number": number },
                |row| row.get(0),
            )?;
            if ran != hash.as_slice() {
                return Err(StoreError::OtherMigration { number });
            }
            continue;
        }
        tx.execute_batch(text)?;
        tx.execute(
            "INSERT INTO migration (number, name, hash) VALUES (:number, :name, :hash)",
            named_params! { ":number": number, ":name": name, ":hash": hash.as_slice() },
        )?;
    }
    tx.pragma_update(None, "application_id", APPLICATION_ID)?;
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, VERSION, migrate};
    use crate::clock::{SeededEntropy, StoppedClock};
    use crate::{Workstation, commands};
    use pos_api::{Command, Role, SetUp};
    use rusqlite::Connection;
    use std::sync::Arc;

    #[test]
    fn a_migration_that_touches_the_history_fails_and_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("till.db");
        let clock = Arc::new(StoppedClock::at(1_795_198_200_000));
        let mut till = Workstation::open(&path, clock, Box::new(SeededEntropy::new(1))).unwrap();
        let set_up = SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        };
        commands::run(&mut till, Command::SetUp(set_up)).unwrap();
        drop(till);

        let mut file = Connection::open(&path).unwrap();
        for change in [
            "UPDATE entry SET tick = tick + 1;",
            "DELETE FROM entry;",
            "UPDATE body SET body = x'00';",
            "DELETE FROM body;",
            "UPDATE seal SET signature = zeroblob(64);",
            "DELETE FROM seal;",
            "REPLACE INTO entry
             SELECT journal, branch, seq, hash, header, kind, subject, tick, 2 FROM entry;",
            "REPLACE INTO body SELECT journal, branch, seq, x'00' FROM body;",
            "UPDATE journal SET purpose = 1;",
        ] {
            let script = format!("CREATE TABLE brought (x INTEGER) STRICT; {change}");
            let mut migrations = MIGRATIONS.to_vec();
            migrations.push(("9999_change", &script));
            let refused = migrate(&mut file, &migrations).unwrap_err().to_string();
            assert!(refused.contains("never") || refused.contains("kept"), "{change} {refused}");
            let version: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
            assert_eq!(version, VERSION, "{change}");
            assert!(file.prepare("SELECT x FROM brought").is_err(), "{change} was rolled back");
        }
        migrate(&mut file, MIGRATIONS).unwrap();
    }
}
