//! Two workstations with a link to each other: whatever each of them held, both hold all of it at last.
#![expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]

extern crate std;

mod host;
mod world;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{BlobHash, JournalId, Seq};
use proptest::prelude::*;

use super::Writer;
use crate::answer::Writer as Standing;
use crate::link::{Alarm, Input, State};
use crate::{Link, Place, Quarantine, Refusal};
use host::Host;
use world::{Faults, World};

/// Half an hour, which is longer than any lane waits.
const LONG_MS: u64 = 1_800_000;
const PROBE: u32 = 1;
const CARDS_PUSH: u32 = 5;

fn name(writer: &Writer) -> JournalId {
    writer.batches[0].tip().journal
}

/// A journal of so many transactions, each of so many entries.
fn written(secret: u8, transactions: usize, entries: usize) -> Writer {
    let mut writer = Writer::new(secret);
    write(&mut writer, "common", transactions, entries);
    writer
}

fn write(writer: &mut Writer, what: &str, transactions: usize, entries: usize) {
    for transaction in 0..transactions {
        let texts: Vec<String> =
            (0..entries).map(|entry| format!("{what} {transaction} {entry}")).collect();
        writer.note(&texts.iter().map(String::as_str).collect::<Vec<&str>>());
    }
}

fn holding(writers: &[(u8, &Writer)]) -> Host {
    let mut host = Host::default();
    for (secret, writer) in writers {
        host.hold(*secret, writer);
    }
    host
}

fn in_good_order(hosts: [Host; 2]) -> World {
    World::new(hosts, Faults::default())
}

/// How many rounds of PROBE find the last common entry of `common` or more: 64 places a round.
fn rounds(length: usize) -> usize {
    let mut open = length;
    let mut rounds = 0;
    while 0 < open {
        open /= 64;
        rounds += 1;
    }
    rounds
}

/// One journal that was written twice from the same place, and what tells people so.
struct Forked {
    mine: Writer,
    theirs: Writer,
    alarm: Alarm,
    length: usize,
}

fn forked(common: usize, mine: usize, theirs: usize, entries: usize) -> Forked {
    let mut one = written(1, common, entries);
    let mut other = one.set_back(common + 1);
    let from = one.tip().seq;
    write(&mut one, "one", mine, entries);
    write(&mut other, "other", theirs, entries);
    let first = |writer: &Writer| {
        writer.entries().iter().find(|it| it.header.seq == from.next()).unwrap().hash
    };
    let mut differ = [first(&one), first(&other)];
    differ.sort_unstable();
    let alarm = Alarm::Fork { journal: name(&one), seq: from.next(), entries: differ };
    let length = one.entries().len().max(other.entries().len());
    Forked { mine: one, theirs: other, alarm, length }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A disk was set back and written on: both branches are kept by both, people are told which
    /// entries differ, and nobody sends the common history again to find out.
    #[test]
    fn a_fork_is_found_by_probing_and_both_branches_are_kept(
        common in 0_usize..6,
        mine in 1_usize..4,
        theirs in 1_usize..4,
        entries in 1_usize..40,
    ) {
        let fork = forked(common, mine, theirs, entries);
        let hosts = [holding(&[(1, &fork.mine)]), holding(&[(1, &fork.theirs)])];
        let both = hosts[0].entries().union(&hosts[1].entries()).count();
        let mut world = in_good_order(hosts);
        prop_assert!(world.run(LONG_MS, World::is_level));
        prop_assert_eq!(world.hosts[0].entries().len(), both);
        prop_assert!(world.told().iter().all(|it| *it == fork.alarm), "{:?}", world.told());
        prop_assert!(!world.told().is_empty());
        // Two links, each with a search of its own at most each way.
        prop_assert!(world.sent(PROBE) <= 4 * rounds(fork.length), "{} probes", world.sent(PROBE));
    }

    /// Whatever the line does meanwhile, and whichever side has what: once it is sound again, both
    /// hold everything, and no alarm was raised that is not true.
    #[test]
    fn a_bad_line_loses_nothing(
        seed: u64,
        percent in 5_u64..70,
        fork_at in prop::option::of(0_usize..3),
        cards in (0_usize..4, 0_usize..4),
        blob in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let (second, third) = (written(2, 3, 2), written(3, 2, 5));
        let fork = forked(fork_at.unwrap_or(2), 2, 2, 3);
        let mut hosts = [
            holding(&[(1, &fork.mine), (2, &second), (3, &third.set_back(2))]),
            holding(&[(2, &second.set_back(2)), (3, &third)]),
        ];
        if fork_at.is_some() {
            hosts[1].hold(1, &fork.theirs);
        }
        for card in 0..cards.0 {
            hosts[0].add_card(format!("of one {card}").as_bytes());
        }
        for card in 0..cards.1 {
            hosts[1].add_card(format!("of the other {card}").as_bytes());
        }
        let sha256 = BlobHash::of(&blob);
        hosts[1].blobs.insert(sha256, blob.clone());
        let all = hosts[0].entries().union(&hosts[1].entries()).count();

        let mut world = World::new(hosts, Faults { seed, percent, until_ms: 120_000 });
        world.put(0, 0, Input::Want(sha256));
        prop_assert!(world.run(LONG_MS, |it| 120_000 < it.now && it.is_level()), "{:?}", world.links);
        prop_assert_eq!(world.hosts[0].entries().len(), all);
        prop_assert_eq!(world.hosts[1].card_names().len(), cards.0 + cards.1);
        prop_assert_eq!(world.hosts[0].blobs.get(&sha256), Some(&blob));
        let expected = fork_at.map(|_| fork.alarm);
        prop_assert!(world.told().iter().all(|it| Some(*it) == expected), "{:?}", world.told());
    }
}

#[test]
fn one_link_serves_both_directions() {
    let (mine, theirs) = (written(2, 2, 3), written(3, 4, 1));
    let fork = forked(3, 1, 2, 2);
    for silent in [0, 1] {
        let mut hosts = [holding(&[(2, &mine)]), holding(&[(3, &theirs)])];
        hosts[0].hold(1, &fork.mine);
        hosts[1].hold(1, &fork.theirs);
        hosts[0].add_card(b"Ada");
        hosts[1].add_card(b"Grace");
        let mut world = in_good_order(hosts);
        world.links[silent] = None;
        assert!(world.run(LONG_MS, World::is_level));
        assert_eq!(world.told(), [fork.alarm]);
        assert_eq!(world.hosts[silent].card_names().len(), 2);
    }
}

#[test]
fn news_is_told_at_once_to_whoever_listens() {
    let mut writer = written(1, 1, 1);
    let mut world = in_good_order([holding(&[(1, &writer)]), Host::default()]);
    assert!(world.run(LONG_MS, World::is_level));
    // Nothing happens for a minute.
    assert!(!world.run(60_000, |_| false));
    writer.note(&["now"]);
    world.links[0] = None;
    world.hosts[0].hold(1, &writer);
    world.hosts[0].add_card(b"Ada");
    let before = world.now;
    world.changed(0);
    assert!(world.run(LONG_MS, World::is_level));
    assert!(world.now - before < 100, "{} ms", world.now - before);
}

#[test]
fn a_peer_that_cannot_listen_is_greeted_every_five_seconds() {
    let mut writer = written(1, 1, 1);
    let mut old = holding(&[(1, &writer)]);
    old.unknown = [8].into();
    let mut world = in_good_order([Host::default(), old]);
    world.links[1] = None;
    assert!(world.run(LONG_MS, World::is_level));
    let greeted = world.sent(0);
    assert!(!world.run(60_000, |_| false));
    assert!((10..=14).contains(&(world.sent(0) - greeted)), "{}", world.sent(0) - greeted);
    writer.note(&["now"]);
    world.hosts[1].hold(1, &writer);
    let before = world.now;
    assert!(world.run(LONG_MS, World::is_level));
    assert!(world.now - before < 6_000, "{} ms", world.now - before);
}

/// A program that is too old for a message does without what it carries, and all else goes on.
#[test]
fn what_an_older_program_does_not_know_is_gone_without() {
    let fork = forked(2, 2, 2, 2);
    let other = written(2, 2, 2);
    let optional =
        [(PROBE, "probe"), (4, "cards"), (CARDS_PUSH, "cards pushed"), (6, "blob"), (8, "listen")];
    for (number, what) in optional {
        let mut old = holding(&[(1, &fork.theirs)]);
        old.unknown = [number].into();
        let mut world = in_good_order([holding(&[(1, &fork.mine), (2, &other)]), old]);
        world.links[1] = None;
        world.hosts[0].add_card(b"Ada");
        world.hosts[1].add_card(b"Grace");
        world.changed(0);
        let sha256 = BlobHash::of(b"menu");
        world.hosts[1].blobs.insert(sha256, b"menu".to_vec());
        world.put(0, 0, Input::Want(sha256));
        assert!(!world.run(60_000, |_| false));
        let name = |it: &Host| it.card_names().len();
        let [mine, theirs] = &world.hosts;
        assert!(
            theirs.holds(other.tip().in_journal(self::name(&other))),
            "{what}: the other journal"
        );
        let forked = theirs.holds(fork.mine.tip().in_journal(self::name(&fork.mine)));
        assert_eq!(forked, number != PROBE, "{what}: the branch");
        assert_eq!(name(mine) == 2, number != 4, "{what}: cards here");
        assert_eq!(name(theirs) == 2, number != CARDS_PUSH, "{what}: cards there");
        assert_eq!(mine.blobs.contains_key(&sha256), number != 6, "{what}: the blob");
        let journal = self::name(&fork.mine);
        let stopped = Alarm::Refused { journal: Some(journal), why: Refusal::Unreadable };
        assert_eq!(world.told().contains(&stopped), number == PROBE, "{what}: the alarm");
    }
}

#[test]
fn whose_right_was_taken_back_stops_alone_on_both_ways() {
    let (revoked, other) = (written(1, 2, 2), written(2, 2, 2));
    for (standing, why) in
        [(Standing::Revoked, Quarantine::Revoked), (Standing::Unknown, Quarantine::UnknownKey)]
    {
        let mut one = Host::default();
        one.standing.insert(name(&revoked), standing);
        let mut world = in_good_order([one, holding(&[(1, &revoked), (2, &other)])]);
        assert!(!world.run(60_000, |_| false));
        let [one, _] = &world.hosts;
        assert!(one.holds(other.tip().in_journal(name(&other))), "the other goes on");
        assert!(!one.holds(revoked.tip().in_journal(name(&revoked))));
        assert_eq!(one.parked.len(), revoked.entries().len(), "nothing of it is lost");
        let (journal, seq) = (name(&revoked), Seq(1));
        let [here, there] = &world.alarms;
        assert!(here.contains(&Alarm::Parked { journal, seq, why }));
        assert!(there.contains(&Alarm::Quarantined { journal, seq, why }));
        let states = world.links.iter().flatten().map(Link::state);
        assert!(states.into_iter().all(|it| matches!(it, State::Working { stopped: 1, .. })));

        world.hosts[0].standing.clear();
        assert!(world.run(LONG_MS, World::is_level), "a listing that comes late mends it");
    }
}

#[test]
fn a_disk_that_was_set_back_gets_all_of_it_again() {
    let (mine, theirs) = (written(1, 4, 3), written(2, 4, 3));
    let backup = holding(&[(1, &mine.set_back(2)), (2, &theirs.set_back(3))]);
    for side in [0, 1] {
        let mut hosts = [holding(&[(1, &mine)]), holding(&[(2, &theirs)])];
        hosts[0].add_card(b"Ada");
        hosts[1].add_card(b"Grace");
        let mut world = in_good_order(hosts);
        assert!(world.run(LONG_MS, World::is_level));
        world.replace(side, backup.clone());
        assert!(world.run(LONG_MS, World::is_level));
        assert_eq!(world.hosts[side].card_names().len(), 2, "its cards too");
        assert_eq!(world.hosts[side].all_tips().len(), 2);
        assert_eq!(world.told(), []);
    }
}

#[test]
fn a_blob_that_nobody_has_yet_is_fetched_when_it_turns_up() {
    let bytes = b"seven bytes and more".to_vec();
    let sha256 = BlobHash::of(&bytes);
    let mut world = in_good_order([Host::default(), Host::default()]);
    world.put(0, 0, Input::Want(sha256));
    assert!(!world.run(60_000, |_| false));
    assert_eq!(world.links[0].as_ref().map(Link::state), Some(State::Level));
    world.hosts[1].blobs.insert(sha256, bytes.clone());
    // It comes with the entry that speaks of it.
    let writer = written(1, 1, 1);
    world.hosts[1].hold(1, &writer);
    world.changed(1);
    assert!(world.run(LONG_MS, |it| it.hosts[0].blobs.contains_key(&sha256)));
    assert_eq!(world.hosts[0].blobs[&sha256], bytes);
}

#[test]
fn a_peer_that_says_nothing_is_given_up_and_found_again() {
    let writer = written(1, 2, 2);
    let silent = Faults { seed: 1, percent: 0, until_ms: 0 };
    let mut world = World::new([holding(&[(1, &writer)]), Host::default()], silent);
    assert!(world.run(LONG_MS, World::is_level));
    let end = Place::of(writer.tip().in_journal(name(&writer)));
    assert_eq!(world.links[0].as_ref().unwrap().peer_holds(name(&writer)), [end]);
    world.replace(1, Host::default());
    world.links[1] = None;
    assert!(world.run(LONG_MS, World::is_level), "an empty disk gets all of it again");
}
