use crate::shop::Shop;
use pos_core::store::{Store, StoreError, VERSION};
use rusqlite::Connection;
use std::path::Path;

/// A till's file with a sale in it, opened by somebody else.
fn opened_by_hand() -> (tempfile::TempDir, Connection) {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.pay(5_000).unwrap();
    let Shop { folder, till, window, .. } = shop;
    drop((window, till));
    let file = Connection::open(folder.path().join("till.db")).unwrap();
    (folder, file)
}

/// What would put something else in the place of what is there, though nothing is updated or deleted
/// by name: a ticket that may be purged, for one.
const REPLACEMENTS: [&str; 12] = [
    "INSERT OR REPLACE INTO entry
     SELECT journal, branch, seq, hash, header, kind, subject, tick, 2 FROM entry WHERE kind = 16",
    "INSERT INTO entry
     SELECT journal, branch, seq, hash, header, kind, subject, tick, 2 FROM entry WHERE true
         ON CONFLICT DO UPDATE SET keep = 2",
    "REPLACE INTO body SELECT journal, branch, seq, x'00' FROM body",
    "INSERT INTO body SELECT journal, branch, seq, x'00' FROM body WHERE true
         ON CONFLICT DO UPDATE SET body = x'00'",
    "INSERT INTO body SELECT journal, branch, seq + 1000, body FROM body",
    "REPLACE INTO seal SELECT journal, branch, seq, zeroblob(64) FROM seal",
    "REPLACE INTO chain
     SELECT journal, branch, parent, from_seq, tip_seq - 1, tip_hash, tip_tick FROM chain",
    "UPDATE chain SET branch = zeroblob(32)",
    "UPDATE chain SET tip_hash = zeroblob(32)",
    "REPLACE INTO journal SELECT journal, public_key, shop, workstation, 1, own FROM journal",
    "UPDATE OR REPLACE journal SET purpose = 1",
    "UPDATE journal SET own = 0",
];

#[test]
fn the_history_cannot_be_changed_nor_deleted_by_hand() {
    let (_folder, file) = opened_by_hand();
    for statement in REPLACEMENTS.into_iter().chain([
        "UPDATE entry SET tick = tick + 1",
        "UPDATE entry SET header = x'00' WHERE seq = 1",
        "DELETE FROM entry",
        "UPDATE body SET body = x'00'",
        "DELETE FROM body WHERE seq = 1",
        "UPDATE seal SET signature = zeroblob(64)",
        "DELETE FROM seal",
        "UPDATE chain SET tip_seq = tip_seq - 1",
        "UPDATE chain SET from_seq = 1",
        "DELETE FROM chain",
        "DELETE FROM journal",
        "DELETE FROM body WHERE seq IN (SELECT seq FROM entry WHERE kind BETWEEN 16 AND 22)",
    ]) {
        let refused = file.execute(statement, []).unwrap_err().to_string();
        assert!(
            refused.contains("never")
                || refused.contains("must be kept")
                || refused.contains("only grows"),
            "{statement}: {refused}"
        );
    }
}

#[test]
fn the_history_cannot_be_changed_nor_deleted_by_the_program_itself() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.pay(5_000).unwrap();
    for statement in REPLACEMENTS.into_iter().chain([
        "UPDATE entry SET tick = tick + 1",
        "DELETE FROM entry",
        "UPDATE body SET body = x'00'",
        "DELETE FROM body WHERE seq = 1",
        "UPDATE seal SET signature = zeroblob(64)",
        "DELETE FROM seal",
    ]) {
        let refused: Result<(), StoreError> = shop.till.store().write(|tx| {
            tx.execute(statement, [])?;
            Ok(())
        });
        let refused = refused.unwrap_err().to_string();
        let why = refused.contains("never") || refused.contains("must be kept");
        assert!(why, "{statement}: {refused}");
    }
}

#[test]
fn what_stands_in_an_entry_has_the_form_it_must_have() {
    let (_folder, file) = opened_by_hand();
    let insert =
        "INSERT INTO entry (journal, branch, seq, hash, header, kind, subject, tick, keep)";
    for (values, why) in [
        (
            "SELECT journal, branch, 0, hash, header, kind, subject, tick, keep FROM entry LIMIT 1",
            "CHECK",
        ),
        (
            "SELECT journal, branch, 999, x'00', header, kind, subject, tick, keep FROM entry LIMIT 1",
            "CHECK",
        ),
        (
            "SELECT journal, branch, 999, hash, header, kind, x'00', tick, keep FROM entry LIMIT 1",
            "CHECK",
        ),
        (
            "SELECT journal, branch, 999, hash, 'text', kind, subject, tick, keep FROM entry LIMIT 1",
            "cannot store TEXT",
        ),
        (
            "SELECT journal, branch, seq, hash, header, kind, subject, tick, keep FROM entry LIMIT 1",
            "never replaced",
        ),
        (
            "SELECT zeroblob(32), branch, 999, hash, header, kind, subject, tick, keep FROM entry LIMIT 1",
            "FOREIGN KEY",
        ),
    ] {
        file.pragma_update(None, "foreign_keys", true).unwrap();
        let refused = file.execute(&format!("{insert} {values}"), []).unwrap_err().to_string();
        assert!(refused.contains(why), "{values}: {refused}");
    }
}

#[test]
fn a_file_whose_migrations_are_others_is_left_as_it_is() {
    let (folder, file) = opened_by_hand();
    file.execute("UPDATE migration SET hash = zeroblob(32) WHERE number = 2", []).unwrap();
    drop(file);
    let refused = Store::open(&folder.path().join("till.db"));
    assert!(matches!(refused, Err(StoreError::OtherMigration { number: 2 })));
}

#[test]
fn a_file_of_another_program_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    let file = Connection::open(&path).unwrap();
    file.execute_batch("CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1);").unwrap();
    drop(file);
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::NotOurs)));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_no_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("till.db");
    std::fs::write(&path, vec![0x2A; 8_192]).unwrap();
    assert!(matches!(Store::open(&path), Err(StoreError::Sqlite(_))));
    assert_eq!(std::fs::read(&path).unwrap(), vec![0x2A; 8_192]);
}

#[test]
fn every_foreign_key_and_every_page_of_a_used_file_is_sound() {
    let (_folder, file) = opened_by_hand();
    let sound: String = file.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let broken = file.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    assert!(!broken);
    let version: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, VERSION);
    let mode: String = file.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
}

#[test]
fn a_reading_side_cannot_write() {
    let (folder, file) = opened_by_hand();
    drop(file);
    let store = Store::open(Path::new(&folder.path().join("till.db"))).unwrap();
    let mut reader = store.reader().unwrap();
    let refused: Result<(), StoreError> = reader.read(|tx| {
        tx.execute("DELETE FROM basket", [])?;
        Ok(())
    });
    assert!(refused.unwrap_err().to_string().contains("readonly"));
}
