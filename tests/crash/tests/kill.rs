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
