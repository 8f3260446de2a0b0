//! Where SQL stands.

use crate::code::shipped;
use crate::none;
use anyhow::Result;
use tidy::rust::Source;
use tidy::tree;

/// How statements begin.
const STATEMENTS: &[&str] = &[
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE ",
    "WITH ",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "TRUNCATE ",
    "PRAGMA ",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "VACUUM",
    "LOCK ",
    "SET LOCAL ",
    "NOTIFY ",
    "ATTACH ",
    "SAVEPOINT ",
    "ANALYZE",
];

/// Reads a till's file that is evidence, and not its own: nothing else of it knows SQL.
const INSPECTOR: &str = "shared/verify/src/till.rs";

#[test]
fn sql_stands_under_store_and_nowhere_else() -> Result<()> {
    let mut wrong = Vec::new();
    for file in shipped("")?.iter().filter(|it| !it.is_in("store") && it.path != INSPECTOR) {
        for literal in Source::new(&tree::text(&file.path)?).shipped_literals() {
            let text = literal.text.trim_start();
            if STATEMENTS.iter().any(|it| text.starts_with(it)) {
                wrong.push(format!("{}:{}: {text:.60}", file.path, literal.line));
            }
        }
    }
    none(
        "Statements live in `store.rs` or under `store/`: one function a statement, the transaction \
         its first argument. Move it there and call it.",
        &wrong,
    );
    Ok(())
}

#[test]
fn the_rules_and_the_screens_know_no_database() -> Result<()> {
    let folders = ["shared", "pos-desktop/api", "pos-desktop/ui", "pos-desktop/app"];
    let mut wrong = Vec::new();
    for folder in folders {
        wrong.extend(shipped(folder)?.into_iter().filter(|it| it.is_in("store")).map(|it| it.path));
    }
    none("Only pos-core and sync-server have a store.", &wrong);
    Ok(())
}
