//! A till is killed with -9 at seeded instants from « Valider » to 2 s after. What it had shown as
//! done is there once, whole, and no number is used again.

#![expect(clippy::print_stdout, reason = "the closing line says what was tried")]

use crash::{Kill, Play};
use std::path::Path;

/// Kills in `./dev test`; `CRASH_SEEDS` says another number: 200 in `./dev full`.
const SEEDS: u64 = 25;

#[test]
fn what_was_shown_as_done_survives_kill_9() {
    let seeds = std::env::var("CRASH_SEEDS").map_or(SEEDS, |seeds| seeds.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_headless"));
    let mut play = Play::new(program, folder.path()).unwrap();
    let mut books = crash::Books::default();
    for seed in 0..seeds {
        let kill = Kill::of(seed);
        books = play.kill(kill).unwrap_or_else(|error| panic!("seed {seed}, {kill:?}: {error:#}"));
    }
    let papers = play.end().unwrap();
    println!(
        "{seeds} kills, {} before an answer: {} orders, {} tickets, {} entries, {} papers, \
         {} receipts offered; nothing lost, nothing doubled",
        play.unanswered,
        books.orders.len(),
        books.tickets.len(),
        books.entries,
        papers,
        play.offered.len(),
    );
}

/// What is found wrong with a till that sold once, after `harm` was done to its file or to what it
/// is said to have shown.
fn found(harm: impl FnOnce(&rusqlite::Connection, &mut crash::Shown)) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let program = Path::new(env!("CARGO_BIN_EXE_headless"));
    let play = Play::new(program, folder.path()).expect("a till that sold once");
    let mut shown = play.shown.clone();
    crash::check(folder.path(), &shown).expect("nothing is wrong yet");
    let file = rusqlite::Connection::open(folder.path().join(pos_core::runtime::FILE));
    harm(&file.expect("its file"), &mut shown);
    format!("{:#}", crash::check(folder.path(), &shown).expect_err("harm was done"))
}

#[test]
fn a_ticket_that_is_not_there_is_missed() {
    let said = found(|_, shown| {
        let mut lost = shown.tickets[0].clone();
        lost.ticket.replace_range(lost.ticket.len() - 1.., "9");
        shown.tickets.push(lost);
    });
    assert!(said.contains("was shown and is there 0 times"), "{said}");
}

#[test]
fn a_receipt_that_left_the_queue_unprinted_is_missed() {
    let said = found(|file, _| {
        file.execute("UPDATE print_job SET state = 'dropped'", []).expect("it is a queue");
    });
    assert!(said.contains("Dropped"), "{said}");
}

#[test]
fn a_number_that_would_be_used_again_is_noticed() {
    let said = found(|file, _| {
        file.execute("UPDATE series SET next = 1", []).expect("it is a projection");
    });
    assert!(said.contains("the next ticket hangs on"), "{said}");
}

#[test]
fn a_changed_entry_is_noticed() {
    let said = found(|file, _| {
        file.execute_batch(
            "DROP TRIGGER body_is_never_changed;
             UPDATE body SET body = zeroblob(length(body)) WHERE seq = 4;",
        )
        .expect("whoever has the file can do this");
    });
    assert!(said.contains("the body is not the one the header names"), "{said}");
}
