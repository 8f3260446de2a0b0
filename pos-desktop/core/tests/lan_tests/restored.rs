//! A till whose file was set back to an older copy, with its threads and its peers: who notices, when,
//! and what becomes of the sales.

use crate::centre::Centre;
use crate::pc::{BOUND, Pc};
use journal::{JournalId, Purpose};
use pos_api::Role;
use pos_core::runtime::FILE;
use pos_core::store::alarms::{self, Alarm};
use pos_core::store::journals;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Longer than a run that was heard is taken for alive.
const LONG_GONE_MS: i64 = 61_000;

fn journal(pc: &Pc) -> JournalId {
    pc.with(|it| it.tip().unwrap().journal)
}

fn kinds_of_alarms(pc: &Pc) -> Vec<Alarm> {
    let raised = pc.with(|it| it.store().read(alarms::list).unwrap());
    raised.into_iter().map(|it| it.kind).collect()
}

fn anchored(pc: &Pc) -> bool {
    pc.safety().anchored
}

fn all_differ(numbers: &[String]) {
    let mut differ = numbers.to_vec();
    differ.sort_unstable();
    differ.dedup();
    assert_eq!(differ.len(), numbers.len(), "{numbers:?}");
}

/// A till that sold twice, was copied, and sold five times more; its file is the copy again.
struct SetBack {
    _centre: Centre,
    kitchen: Pc,
    disk: TempDir,
    sold: Vec<String>,
    journal: JournalId,
}

fn set_back() -> SetBack {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    till.dial(&[&kitchen]);
    let mut sold: Vec<String> = (0..2).map(|_| till.sell("MAR").ticket).collect();
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let disk = till.end();
    let copy = fs::read(disk.path().join(FILE)).unwrap();

    let till = Pc::on(disk, 21);
    assert!(anchored(&till));
    sold.extend((0..5).map(|_| till.sell("REI").ticket));
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let journal = journal(&till);
    let disk = till.end();
    restore(disk.path(), &copy);
    SetBack { _centre: centre, kitchen, disk, sold, journal }
}

fn restore(disk: &Path, copy: &[u8]) {
    fs::write(disk.join(FILE), copy).unwrap();
}

#[test]
fn the_anchor_notices_before_the_first_sale_with_no_network() {
    let SetBack { kitchen, disk, mut sold, journal: before, .. } = set_back();
    drop(kitchen.end());
    let till = Pc::on(disk, 22);
    sold.push(till.sell("MAR").ticket);
    assert_ne!(journal(&till), before);
    assert_eq!(kinds_of_alarms(&till), [Alarm::Restored]);
    assert_eq!(till.safety().forks, 1);
    all_differ(&sold);
}

#[test]
fn a_peer_gives_back_what_was_lost_and_nothing_happened() {
    let SetBack { kitchen, disk, mut sold, journal: before, .. } = set_back();
    fs::remove_file(disk.path().join("anchor")).unwrap();
    kitchen.clock.advance_ms(LONG_GONE_MS);
    let till = Pc::on(disk, 22);
    let paid = till.sell("MAR");
    sold.push(paid.ticket);
    assert_eq!(journal(&till), before, "the same journal goes on");
    assert!(anchored(&till));
    all_differ(&sold);
    kitchen.shows(&paid.label);
    for pc in [&till, &kitchen] {
        assert!(!kinds_of_alarms(pc).contains(&Alarm::Fork));
        assert!(!kinds_of_alarms(pc).contains(&Alarm::Restored));
        let chains = pc.with(move |it| it.store().read(|tx| journals::find(tx, before)).unwrap());
        assert_eq!(chains.len(), 1);
    }
}

#[test]
fn a_peer_gives_back_a_whole_journal_that_the_file_never_held() {
    let SetBack { kitchen, disk, mut sold, journal: first, .. } = set_back();
    let copy = fs::read(disk.path().join(FILE)).unwrap();
    // The kitchen heard the other run a moment ago: the till goes on in a new journal.
    fs::remove_file(disk.path().join("anchor")).unwrap();
    let till = Pc::on(disk, 22);
    let second = journal(&till);
    assert_ne!(first, second);
    sold.push(till.sell("MAR").ticket);
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let disk = till.end();

    // Set back once more, to before that journal was begun.
    restore(disk.path(), &copy);
    fs::remove_file(disk.path().join("anchor")).unwrap();
    kitchen.clock.advance_ms(LONG_GONE_MS);
    let till = Pc::on(disk, 23);
    sold.push(till.sell("MAR").ticket);
    assert_eq!(journal(&till), second);
    let own = till.with(|it| it.store().read(journals::own).unwrap().unwrap());
    assert_eq!((own.tip.journal, own.purpose), (second, Purpose::Live));
    all_differ(&sold);
}

#[test]
fn with_no_witness_it_sells_says_so_and_the_first_contact_shows_the_fork() {
    let SetBack { kitchen, disk, journal: before, .. } = set_back();
    fs::remove_file(disk.path().join("anchor")).unwrap();
    let address = kitchen.address.clone();
    let kitchen_disk = kitchen.end();
    let till = Pc::on(disk, 22);
    assert!(!anchored(&till), "nobody said that the end is the end");
    let paid = till.sell("4FR");
    assert_eq!(journal(&till), before);

    let kitchen = Pc::on(kitchen_disk, 31);
    assert_ne!(kitchen.address, address);
    till.dial(&[&kitchen]);
    kitchen.within(BOUND, |pc| kinds_of_alarms(pc).contains(&Alarm::Fork).then_some(()));
    till.within(BOUND, |pc| (journal(pc) != before).then_some(()));
    kitchen
        .within(BOUND, |pc| pc.orders().iter().any(|card| card.order == paid.order).then_some(()));
    let chains = kitchen.with(move |it| it.store().read(|tx| journals::find(tx, before)).unwrap());
    assert_eq!(chains.len(), 2, "both histories are kept");
}
