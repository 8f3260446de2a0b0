//! Somebody with SQLite at hand changes what stands beside the entries, or the entries themselves: the
//! shop sells on, nothing is left out in silence, and somebody is told.

use crate::books::{closings, event, replay, tickets};
use crate::shop::Shop;
use fiscal::closing::Period;
use fiscal::event::EventCode;
use pos_api::{BooksCommand, Code, Command, DayCommand, Export, Reply};
use pos_core::books::keeper::{Keeper, keep};
use pos_core::store::alarms::{self, Alarm};
use pos_core::store::books::{self, StandingOf};
use rusqlite::Connection;
use std::path::PathBuf;

const HOUR_MS: i64 = 3_600_000;

fn sell(shop: &mut Shop) {
    shop.type_in("MAR; REI G");
    shop.pay(5_000).unwrap();
}

fn close(shop: &mut Shop) {
    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
}

fn by_hand(shop: &Shop, statements: &str) {
    let file = Connection::open(shop.folder.path().join("till.db")).unwrap();
    file.execute_batch(statements).unwrap();
}

/// What is said of things broken, and of which nobody has taken note.
fn broken(shop: &mut Shop) -> Vec<String> {
    let raised = shop.till.store().read(alarms::list).unwrap();
    raised.into_iter().filter(|it| it.kind == Alarm::Broken).map(|it| it.detail).collect()
}

fn export(shop: &mut Shop, what: Export) -> Result<Vec<u8>, Code> {
    let (from, to) = ("2026-11-01".to_owned(), "2026-11-30".to_owned());
    let reply = shop.try_run(Command::Books(BooksCommand::Export { what, from, to }))?;
    let Reply::File { path, .. } = reply else { panic!("{reply:?}") };
    Ok(std::fs::read(path).unwrap())
}

fn archive(shop: &mut Shop) -> PathBuf {
    let reply = shop.run(Command::Books(BooksCommand::Archive { folder: None }));
    let Reply::File { path, .. } = reply else { panic!("{reply:?}") };
    path.into()
}

/// What the checks of archives said, oldest first.
fn results(shop: &mut Shop) -> Vec<String> {
    let verified = shop.events(EventCode::ArchiveVerify);
    verified.iter().map(|it| it.text("result").unwrap().to_owned()).collect()
}

#[test]
fn series_that_were_put_back_are_mended_at_the_next_start() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop);
    sell(&mut shop);
    by_hand(
        &shop,
        "UPDATE series
            SET next = 1, previous_signature = NULL, perpetual = 0, perpetual_absolute = 0",
    );
    shop.restart();
    let told = broken(&mut shop);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("TK1"), "{told:?}");
    sell(&mut shop);
    close(&mut shop);
    let sold = tickets(&mut shop).iter().map(|it| it.total_ttc).sum();
    let closed = closings(&mut shop, Period::Day);
    assert_eq!(closed.len(), 2);
    let last = closed.last().unwrap();
    assert_eq!((last.perpetual_algebraic, last.perpetual_absolute), (sold, sold));
    let report = replay(&mut shop.till);
    assert!(report.is_sound(), "{:?}", report.findings);
    // What was right stays as it is, and is no alarm: a till that has sold nothing too.
    shop.restart();
    assert_eq!(broken(&mut shop).len(), 1);
    let mut new = Shop::open();
    new.restart();
    assert_eq!(broken(&mut new), [] as [String; 0]);
}

#[test]
fn a_forgotten_day_that_cannot_be_closed_keeps_nothing_from_being_sold() {
    let mut shop = Shop::open();
    sell(&mut shop);
    by_hand(
        &shop,
        "CREATE TRIGGER broken BEFORE INSERT ON closing
         BEGIN SELECT RAISE(ABORT, 'a page that cannot be written'); END",
    );
    shop.clock.advance_ms(20 * HOUR_MS);
    sell(&mut shop);
    sell(&mut shop);
    shop.restart();
    sell(&mut shop);
    let told = broken(&mut shop);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("a page that cannot be written"), "{told:?}");
    assert!(closings(&mut shop, Period::Day).is_empty());

    by_hand(&shop, "DROP TRIGGER broken");
    sell(&mut shop);
    assert_eq!(closings(&mut shop, Period::Day).len(), 1);
    assert_eq!(tickets(&mut shop).len(), 5);
    assert!(replay(&mut shop.till).is_sound());
}

#[test]
fn exports_are_made_of_the_entries_and_the_check_names_the_tables_that_differ() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop);
    shop.clock.advance_ms(24 * HOUR_MS);
    sell(&mut shop);
    close(&mut shop);
    let all = [Export::Fec, Export::EReporting, Export::Sales];
    let before = all.map(|what| export(&mut shop, what).unwrap());
    let Reply::Verified { findings, .. } = shop.run(Command::Books(BooksCommand::Verify)) else {
        panic!()
    };
    assert_eq!(findings, [] as [String; 0]);

    by_hand(
        &shop,
        "DELETE FROM closing_span WHERE seq = (SELECT min(seq) FROM closing);
         DELETE FROM closing WHERE seq = (SELECT min(seq) FROM closing);
         DELETE FROM fiscal_document WHERE kind IN (16, 20);",
    );
    assert_eq!(all.map(|what| export(&mut shop, what).unwrap()), before);
    let Reply::Verified { findings, .. } = shop.run(Command::Books(BooksCommand::Verify)) else {
        panic!()
    };
    for table in ["fiscal_document", "closing", "closing_span"] {
        let named = format!("[S07] {table} :");
        assert!(findings.iter().any(|it| it.starts_with(&named)), "{table}: {findings:?}");
    }
    let failed = event(&mut shop, EventCode::IntegrityFail);
    assert_eq!(failed.number("count"), Some(3));
    assert_eq!(failed.text("first"), Some("S07 fiscal_document"));
}

#[test]
fn nothing_is_exported_where_a_closing_or_a_ticket_is_missing() {
    const FREED: &str = "DROP TRIGGER body_is_kept; DROP TRIGGER body_of_a_document_is_kept;
                         DROP TRIGGER entry_is_never_deleted; DROP TRIGGER seal_is_never_deleted;
                         PRAGMA foreign_keys = OFF;";
    for gone in [
        "DELETE FROM body WHERE seq = (SELECT min(seq) FROM entry WHERE kind = 16)",
        "DELETE FROM body WHERE seq = (SELECT min(seq) FROM entry WHERE kind = 20)",
        "DELETE FROM entry WHERE seq = (SELECT min(seq) FROM entry WHERE kind = 20)",
        "DELETE FROM entry WHERE seq = (SELECT to_seq FROM closing_span ORDER BY seq LIMIT 1)",
    ] {
        let mut shop = Shop::open();
        for _ in 0..2 {
            sell(&mut shop);
            close(&mut shop);
            shop.clock.advance_ms(24 * HOUR_MS);
        }
        by_hand(&shop, &format!("{FREED} {gone}"));
        for what in [Export::Fec, Export::EReporting, Export::Sales] {
            assert_eq!(export(&mut shop, what), Err(Code::Storage), "{gone}");
        }
    }
}

#[test]
fn an_archive_that_is_not_right_is_told_and_is_not_what_the_next_goes_on_from() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop);
    let place = "(journal, branch, seq) IN
                 (SELECT journal, branch, seq FROM entry WHERE kind = 16 LIMIT 1)";
    by_hand(
        &shop,
        &format!(
            "DROP TRIGGER body_is_never_changed;
             CREATE TABLE before AS SELECT body FROM body WHERE {place};
             UPDATE body SET body = zeroblob(3) WHERE {place};"
        ),
    );
    let altered = archive(&mut shop);
    assert_eq!(results(&mut shop), ["KO"]);
    let told = broken(&mut shop);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("-A000001"), "{told:?}");
    let journal = shop.till.tip().unwrap().journal;
    let standing = |shop: &mut Shop| {
        shop.till.store().read(|tx| books::standing(tx, journal, StandingOf::Archived)).unwrap()
    };
    assert_eq!(standing(&mut shop), None);
    // It is due still at the end of the year, and made once in a run, not without end.
    shop.clock.advance_ms(340 * 24 * HOUR_MS);
    let mut keeper = Keeper::default();
    assert_eq!(keep(&mut shop.till, &mut keeper).unwrap(), 2);
    assert_eq!(results(&mut shop), ["KO", "KO"]);

    by_hand(&shop, &format!("UPDATE body SET body = (SELECT body FROM before) WHERE {place};"));
    let right = archive(&mut shop);
    assert_ne!(right, altered);
    assert_eq!(results(&mut shop), ["KO", "KO", "OK"]);
    assert!(standing(&mut shop).is_some());
    let mut inspection = verify::inspect::Inspection::new();
    verify::archives::inspect(&[right], &mut inspection).unwrap();
    assert!(inspection.finish().is_sound());
}
