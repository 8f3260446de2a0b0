//! A till whose file is damaged: it is set aside as it is, another is made of a copy, of what can still be
//! read and of what the kitchen holds, and no number is given twice.

use crate::centre::Centre;
use crate::pc::{BOUND, FRIDAY_19_10, Pc, start};
use journal::JournalId;
use pos_api::{
    Answer, BackupsView, Code, Command, FileState, MeshAnswer, MeshQuery, PeerAddress, Query, Role,
};
use pos_core::clock::StoppedClock;
use pos_core::commands::PEERS;
use pos_core::runtime::{FILE, Finds, Handle};
use pos_core::store::{alarms, settings};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Longer than a run that was heard is taken for alive.
const LONG_GONE_MS: i64 = 61_000;
const PAGE: usize = 4096;

/// A till that sold three times, of which the kitchen has everything and a copy the first part.
struct Shop {
    _centre: Centre,
    till: Pc,
    kitchen: Pc,
    sold: Vec<String>,
    journal: JournalId,
}

fn shop() -> Shop {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    till.dial(&[&kitchen]);
    till.within(BOUND, |pc| backups(pc)?.last);
    let sold = (0..3).map(|_| till.sell("MAR").ticket).collect();
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let journal = till.with(|it| it.tip().unwrap().journal);
    Shop { _centre: centre, till, kitchen, sold, journal }
}

fn backups(pc: &Pc) -> Option<BackupsView> {
    match pc.handle.query(Query::Mesh(MeshQuery::Backups)) {
        Ok(Answer::Mesh(MeshAnswer::Backups(backups))) => Some(backups),
        Ok(_) => panic!("another answer"),
        Err(failure) => {
            assert!(matches!(failure.code, Code::Damaged | Code::Storage), "{failure:?}");
            None
        }
    }
}

/// The till is started on a disk whose file is damaged, until that is mended or cannot be.
fn mended(disk: TempDir, seed: u64, state: FileState) -> Pc {
    let clock = StoppedClock::at(FRIDAY_19_10);
    let handle = begun(disk.path(), &clock, seed);
    let pc = Pc { handle, folder: disk, clock, address: String::new() };
    after_mending(pc, state)
}

fn begun(disk: &Path, clock: &StoppedClock, seed: u64) -> Handle {
    start(disk, clock, seed, Finds::Typed, "127.0.0.1:0")
}

fn after_mending(mut pc: Pc, state: FileState) -> Pc {
    pc.within(BOUND, |pc| (backups(pc)?.file == state).then_some(()));
    pc.find_address();
    // Who may sign in stands in a blob, which may still be on its way.
    pc.within(BOUND, |pc| {
        let Answer::Session(session) = pc.ask(Query::Session) else { panic!() };
        let has_sheet = session.enrolled.is_some_and(|it| !it.shop_name.is_empty());
        (session.has_menu && has_sheet && !session.operators.is_empty()).then_some(())
    });
    pc.sign_in();
    pc
}

fn overwrite(path: &Path, at: usize, bytes: usize) -> Vec<u8> {
    let mut file = fs::read(path).unwrap();
    file[at..at + bytes].fill(0xA5);
    fs::write(path, &file).unwrap();
    file
}

/// Where the first page of a table or an index stands after the file's middle: others hold a part of a
/// menu, and nothing says what is right in them but its hash.
fn tree_page(path: &Path) -> usize {
    let file = fs::read(path).unwrap();
    let middle = file.len() / PAGE / 2;
    let tree = (middle..).find(|page| [2, 5, 10, 13].contains(&file[page * PAGE]));
    tree.unwrap() * PAGE
}

/// Where a table or an index begins.
fn root_of(path: &Path, name: &str) -> usize {
    let file = Connection::open(path).unwrap();
    let page: u32 = file
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?1", [name], |row| row.get(0))
        .unwrap();
    (usize::try_from(page).unwrap() - 1) * PAGE
}

/// The folders into which damaged files were put.
fn aside(disk: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(disk).unwrap().map(|it| it.unwrap().path());
    let named = |it: &PathBuf| it.file_name().unwrap().to_str().unwrap().starts_with("abimé-");
    entries.filter(named).collect()
}

/// All that was ever sold is on the till's list, each number once.
fn holds(pc: &Pc, sold: &[String]) {
    let Answer::Tickets(tickets) = pc.ask(Query::Tickets { text: String::new(), date: None })
    else {
        panic!()
    };
    let mut there: Vec<&String> = tickets.iter().map(|it| &it.number).collect();
    there.sort_unstable();
    let mut sold: Vec<&String> = sold.iter().collect();
    sold.sort_unstable();
    assert_eq!(there, sold);
}

fn journal(pc: &Pc) -> JournalId {
    pc.with(|it| it.tip().unwrap().journal)
}

#[test]
fn a_file_without_its_head_is_set_aside_and_the_kitchen_gives_back_the_rest() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    let disk = till.end();
    let damaged = overwrite(&disk.path().join(FILE), 0, PAGE);
    kitchen.clock.advance_ms(LONG_GONE_MS);

    let till = mended(disk, 22, FileState::Rebuilt);
    holds(&till, &sold);
    assert_eq!(journal(&till), before, "the same journal goes on");
    let paid = till.sell("REI");
    kitchen.shows(&paid.label);
    sold.push(paid.ticket);
    holds(&till, &sold);
    assert_eq!(till.safety().forks, 0);
    let aside = aside(till.folder.path());
    assert_eq!(aside.len(), 1);
    assert_eq!(fs::read(aside[0].join(FILE)).unwrap(), damaged, "nothing was written to it");

    // The next start finds nothing wrong, and nothing is set aside again.
    let till = mended(till.end(), 23, FileState::Sound);
    holds(&till, &sold);
    assert_eq!(self::aside(till.folder.path()).len(), 1);
}

#[test]
fn pages_in_the_middle_are_found_in_the_background_and_what_can_be_read_is_kept() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    // What only this till has, and no copy.
    drop(kitchen.end());
    sold.push(till.sell("REI").ticket);
    let disk = till.end();
    let path = disk.path().join(FILE);
    let damaged = overwrite(&path, root_of(&path, "fiscal_document_by_date"), PAGE);

    let till = mended(disk, 22, FileState::Rebuilt);
    holds(&till, &sold);
    assert_eq!(journal(&till), before);
    sold.push(till.sell("MAR").ticket);
    holds(&till, &sold);
    assert_eq!(fs::read(aside(till.folder.path())[0].join(FILE)).unwrap(), damaged);
}

#[test]
fn with_nobody_it_says_so_sells_in_a_new_journal_and_whoever_comes_gives_back_the_rest() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    let kitchen_disk = kitchen.end();
    let disk = till.end();
    overwrite(&disk.path().join(FILE), 0, PAGE);

    let till = mended(disk, 22, FileState::Damaged);
    assert_ne!(journal(&till), before);
    let raised = till.with(|it| it.store().read(alarms::list).unwrap());
    assert_eq!(raised.len(), 1, "{raised:?}");
    sold.push(till.sell("REI").ticket);

    let kitchen = Pc::on(kitchen_disk, 31);
    till.dial(&[&kitchen]);
    till.within(BOUND, |pc| (backups(pc)?.file == FileState::Rebuilt).then_some(()));
    holds(&till, &sold);
}

#[test]
fn with_no_copy_and_no_file_the_identity_is_enough() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    let disk = till.end();
    fs::remove_file(disk.path().join(FILE)).unwrap();
    fs::remove_dir_all(disk.path().join("anchor.copies")).unwrap();
    kitchen.clock.advance_ms(LONG_GONE_MS);

    let till = mended(disk, 22, FileState::Rebuilt);
    assert_eq!(journal(&till), before);
    sold.push(till.sell("REI").ticket);
    holds(&till, &sold);
    assert!(aside(till.folder.path()).is_empty(), "there was nothing to set aside");
}

#[test]
fn with_nothing_left_at_all_the_identity_still_opens_a_journal_and_no_number_twice() {
    let Shop { till, kitchen, sold, journal: before, .. } = shop();
    let kitchen_disk = kitchen.end();
    let disk = till.end();
    fs::write(disk.path().join(FILE), b"").unwrap();
    fs::remove_dir_all(disk.path().join("anchor.copies")).unwrap();
    let clock = StoppedClock::at(FRIDAY_19_10);
    let handle = begun(disk.path(), &clock, 22);
    let till = Pc { handle, folder: disk, clock, address: String::new() };
    till.within(BOUND, |pc| (backups(pc)?.file == FileState::Damaged).then_some(()));
    assert_ne!(journal(&till), before);
    assert_eq!(till.try_run(Command::AddTyped { text: "MAR".into() }), Err(Code::NotSignedIn));

    // Its menu, its staff and what it sold come with the first who answers.
    let kitchen = Pc::on(kitchen_disk, 31);
    let peers = vec![PeerAddress { address: kitchen.address.clone() }];
    till.with(move |it| it.store().write(|tx| settings::set(tx, PEERS, &peers)).unwrap());
    let till = after_mending(till, FileState::Rebuilt);
    let mut all = sold;
    all.push(till.sell("REI").ticket);
    holds(&till, &all);
}

#[test]
fn damage_that_a_running_till_meets_is_mended_while_it_runs() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    let path = till.folder.path().join(FILE);
    till.with(|it| it.store().checkpoint().unwrap());
    overwrite(&path, tree_page(&path), PAGE);
    till.with(|it| it.shared().change(|state| state.safe.suspected = true));
    // Any change wakes whoever reads the file.
    till.try_run(Command::SignOut).ok();

    let till = after_mending(till, FileState::Rebuilt);
    assert_eq!(journal(&till), before, "the run goes on, and the kitchen takes it for no other");
    let paid = till.sell("REI");
    kitchen.shows(&paid.label);
    sold.push(paid.ticket);
    holds(&till, &sold);
}

#[test]
fn a_log_that_is_cut_off_is_an_older_file_and_the_kitchen_gives_back_the_rest() {
    let Shop { till, kitchen, mut sold, journal: before, .. } = shop();
    let log = format!("{FILE}-wal");
    till.with(|it| it.store().checkpoint().unwrap());
    sold.extend((0..2).map(|_| till.sell("MAR").ticket));
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let read = |name: &str| fs::read(till.folder.path().join(name)).unwrap();
    // As a power cut leaves them.
    let (file, mut frames, anchor) = (read(FILE), read(&log), read("anchor"));
    let disk = till.end();
    fs::write(disk.path().join("anchor"), anchor).unwrap();
    frames[2 * PAGE..].fill(0xA5);
    fs::write(disk.path().join(FILE), file).unwrap();
    fs::write(disk.path().join(log), frames).unwrap();
    kitchen.clock.advance_ms(LONG_GONE_MS);

    let till = mended(disk, 22, FileState::Sound);
    sold.push(till.sell("REI").ticket);
    holds(&till, &sold);
    assert_eq!(journal(&till), before);
}

#[test]
fn a_file_that_is_none_of_ours_and_no_identity_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = vec![0xA5; 3 * PAGE];
    fs::write(folder.path().join(FILE), &bytes).unwrap();
    let clock = StoppedClock::at(FRIDAY_19_10);
    let started = std::panic::catch_unwind(|| begun(folder.path(), &clock, 1));
    assert!(started.is_err(), "there is nothing to make another of");
    assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), bytes);
    assert!(aside(folder.path()).is_empty());
}
