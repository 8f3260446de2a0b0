//! What is done with a push and a pull, over what is held.

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use journal::{Entry, Keep, RawEntry, Refused, Seq, Tick};

use super::{Writer, key};
use crate::answer::{
    Held, PullHeld, PullPlan, PushPlan, Run, Writer as Standing, answer_hello, answer_pull,
    answer_push, blob_part, cards_merged, cards_page, changed, cut, poke_reply, pull_reply,
    push_reads,
};
use crate::{
    CardRecord, CardsPage, Hello, Listen, MAX_BLOB_PART_BYTES, PROTOCOL, Place, ProtocolRange,
    Pull, Push, Quarantine, Refusal, Reply, Rewind,
};

/// What a host reads of a journal that it holds as `held` wrote it, for a push.
fn read(held: Option<&Writer>, branches: &[Place], push: &Push) -> Held {
    let reads = push_reads(push).unwrap();
    let entries = held.map_or_else(Vec::new, Writer::entries);
    let place = |entry: &&Entry| Place { seq: entry.header.seq, hash: entry.hash };
    let base = reads.base.and_then(|base| entries.iter().find(|it| place(it) == base));
    let within = |it: &Place| (reads.first..=reads.last).contains(&it.seq);
    Held {
        key: held.map(|_| key(1).public_key()),
        writer: Standing::Known,
        base_tick: base.map(|it| it.header.tick),
        ordinary: entries.iter().map(place).filter(within).collect(),
        branches: branches.iter().copied().filter(within).collect(),
        tips: held.map(Writer::tip).into_iter().chain(branches.last().copied()).collect(),
    }
}

fn plan(held: Option<&Writer>, push: &Push) -> PushPlan {
    answer_push(&read(held, &[], push), push)
}

fn writer() -> Writer {
    let mut writer = Writer::new(1);
    writer.note(&["a", "b"]).note(&["c"]).note(&["d", "e", "f"]);
    writer
}

#[test]
fn a_new_journal_is_stored_from_its_opening() {
    let writer = writer();
    let push = writer.push(0..4);
    let reads = push_reads(&push).unwrap();
    assert_eq!(reads.opening.map(|it| it.public_key), Some(key(1).public_key()));
    let PushPlan::Store { opening: Some(_), onto: None, batch, reply } = plan(None, &push) else {
        panic!("it is new");
    };
    assert_eq!(batch.entries.len(), 7);
    assert_eq!(reply, Reply::Ack(crate::Ack { tip: batch.tip() }));
}

#[test]
fn whatever_was_held_only_the_rest_is_stored() {
    let writer = writer();
    for held in 1..=4 {
        for from in 0..4 {
            let before = writer.set_back(held);
            let push = writer.push(from..4);
            let plan = plan(Some(&before), &push);
            if held < from {
                let need = Reply::Need { have: Some(before.tip()) };
                assert_eq!(plan, PushPlan::Need { reply: need });
            } else if held == 4 {
                assert!(matches!(plan, PushPlan::AlreadyHeld { reply: Reply::Ack(_) }));
            } else {
                let PushPlan::Store { onto, batch, opening: None, .. } = plan else {
                    panic!("{held} held, from {from}: {plan:?}");
                };
                assert_eq!(onto, Some(before.tip()));
                assert_eq!(batch.entries.first().unwrap().header.seq, before.tip().seq.next());
                assert_eq!(Place::of(batch.tip()), writer.tip());
            }
        }
    }
}

#[test]
fn another_entry_at_a_held_place_is_kept_as_a_branch() {
    let writer = writer();
    let mut other = writer.set_back(2);
    other.note(&["x"]).note(&["y"]);
    let push = other.push(1..4);
    let PushPlan::Keep { from, batch, fork, reply } = plan(Some(&writer), &push) else {
        panic!("it is a fork");
    };
    assert_eq!(from, writer.set_back(2).tip());
    assert_eq!(batch.entries.len(), 2);
    assert_eq!(fork.seq, from.seq.next());
    assert_eq!(fork.held, writer.batches[2].entries[0].hash);
    assert_eq!(fork.sent, other.batches[2].entries[0].hash);
    assert_eq!(fork.kept, other.tip());
    assert_eq!(reply, Reply::Fork(fork));

    // Sent again once it is kept: nothing is written, and the answer is the same.
    let branch: Vec<Place> =
        batch.entries.iter().map(|it| Place { seq: it.header.seq, hash: it.hash }).collect();
    let again = answer_push(&read(Some(&writer), &branch, &push), &push);
    assert_eq!(again, PushPlan::AlreadyHeld { reply: Reply::Fork(fork) });

    // What follows it grows the branch.
    other.note(&["z"]);
    let push = other.push(4..5);
    let mut held = read(Some(&writer), &branch, &push);
    held.base_tick = Some(other.batches[3].last_tick());
    let plan = answer_push(&held, &push);
    assert!(
        matches!(plan, PushPlan::Store { onto: Some(onto), .. } if Some(&onto) == branch.last())
    );
}

#[test]
fn what_is_not_believed_is_parked_and_said_to_be() {
    let writer = writer();
    let before = writer.set_back(2);
    let mut unsealed = writer.push(2..4);
    unsealed.entries.pop();
    let mut bare = writer.push(2..4);
    bare.entries[1].body = None;
    let mut gap = writer.push(2..4);
    gap.entries.remove(1);
    let table = [
        (unsealed, Some(Refused::Seal { seq: Seq(6) })),
        (bare, None),
        (gap, Some(Refused::NotNext { seq: Seq(6), expected: Seq(5) })),
    ];
    for (push, expected) in table {
        let PushPlan::Park { why, refused, reply } = plan(Some(&before), &push) else {
            panic!("it is not to be believed");
        };
        assert_eq!((why, refused), (Quarantine::NotBelieved, expected));
        assert!(matches!(reply, Reply::Quarantined(it) if it.seq == Seq(4) && it.why == why));
    }
}

#[test]
fn whose_right_was_taken_back_is_kept_apart() {
    let writer = writer();
    let push = writer.push(2..4);
    for (standing, expected) in
        [(Standing::Revoked, Quarantine::Revoked), (Standing::Unknown, Quarantine::UnknownKey)]
    {
        let held = Held { writer: standing, ..read(Some(&writer.set_back(2)), &[], &push) };
        assert!(matches!(answer_push(&held, &push), PushPlan::Park { why, .. } if why == expected));
    }
}

#[test]
fn what_no_message_may_carry_is_refused_and_nothing_is_kept() {
    let mut push = writer().push(2..4);
    let held = read(Some(&writer().set_back(2)), &[], &push);
    push.entries[0].body = Some(vec![0; 10_000_000]);
    let refuse = |why| PushPlan::Refuse { reply: Reply::Refused(why) };
    assert_eq!(answer_push(&held, &push), refuse(Refusal::TooLarge));
    push.entries.clear();
    assert_eq!(answer_push(&held, &push), refuse(Refusal::Unreadable));
}

#[test]
fn another_journals_beginning_is_not_believed() {
    let mut push = Writer::new(2).push(0..1);
    push.journal = writer().push(0..1).journal;
    assert!(matches!(plan(None, &push), PushPlan::Park { refused: None, .. }));
}

#[test]
fn only_what_nobody_must_keep_may_come_without_its_body() {
    for (keep, believed) in [(Keep::Operation, true), (Keep::Trace, false), (Keep::Fiscal, false)] {
        let mut writer = Writer::new(1);
        writer.write(vec![journal::Draft {
            kind: journal::Kind(64),
            kind_version: 1,
            keep,
            subject: None,
            body: vec![1],
        }]);
        let mut push = writer.push(1..2);
        push.entries[0].body = None;
        let plan = plan(Some(&writer.set_back(1)), &push);
        assert_eq!(matches!(plan, PushPlan::Store { .. }), believed, "{keep:?}: {plan:?}");
        assert_eq!(matches!(plan.reply(), Reply::Ack(_)), believed);
    }
}

#[test]
fn what_is_answered_stands_in_every_plan() {
    let writer = writer();
    let before = writer.set_back(2);
    let mut other = writer.set_back(2);
    other.note(&["x"]);
    let mut unsealed = writer.push(2..4);
    unsealed.entries.pop();
    let mut empty = writer.push(2..4);
    empty.entries.clear();
    let tip = writer.tip().in_journal(writer.push(0..1).journal);
    let reply = |held: &Writer, push: &Push| plan(Some(held), push).reply().clone();
    assert_eq!(reply(&before, &writer.push(2..4)), Reply::Ack(crate::Ack { tip }));
    assert_eq!(reply(&writer, &writer.push(2..4)), Reply::Ack(crate::Ack { tip }));
    assert!(matches!(reply(&writer, &other.push(2..3)), Reply::Fork(it) if it.seq == Seq(4)));
    assert_eq!(reply(&before, &writer.push(3..4)), Reply::Need { have: Some(before.tip()) });
    assert!(matches!(reply(&before, &unsealed), Reply::Quarantined(_)));
    assert_eq!(reply(&before, &empty), Reply::Refused(Refusal::Unreadable));
}

#[test]
fn what_was_read_is_answered_as_it_was_read() {
    let writer = writer();
    let push = writer.push(1..2);
    let tip = writer.tip().in_journal(push.journal);
    let run = Run { entries: push.entries.clone(), seal: push.seal };
    let entries = crate::Entries { entries: push.entries, seal: Some(push.seal), tip };
    assert_eq!(pull_reply(tip, Some(run)), Reply::Entries(entries));
    let nothing = crate::Entries { entries: vec![], seal: None, tip };
    assert_eq!(pull_reply(tip, None), Reply::Entries(nothing));
    assert_eq!(poke_reply(vec![tip], 4), Reply::Poke(crate::Poke { tips: vec![tip], cards: 4 }));
}

#[test]
fn a_part_of_a_blob_is_never_larger_than_a_message_carries() {
    let sha256 = journal::BlobHash([5; 32]);
    for (read, sent) in [(0, 0), (1, 1), (MAX_BLOB_PART_BYTES, MAX_BLOB_PART_BYTES)] {
        for more in [0, 1] {
            let reply = blob_part(sha256, 7, 10_000_000, vec![0; read + more]);
            let sent = (sent + more).min(MAX_BLOB_PART_BYTES);
            let is_it = |it: &crate::BlobPart| {
                (it.sha256, it.offset, it.total, it.bytes.len()) == (sha256, 7, 10_000_000, sent)
            };
            assert!(reply.check_limits().is_ok());
            assert!(matches!(reply, Reply::Blob(it) if is_it(&it)));
        }
    }
}

#[test]
fn a_pull_reads_on_or_is_sent_back() {
    let writer = writer();
    let tip = writer.tip().in_journal(writer.push(0..1).journal);
    let after = Some(writer.set_back(1).tip());
    let pull = Pull { tip, after, limit: 10 };
    let held = |tip, after_on_chain| PullHeld { tip, after_on_chain };
    let read = PullPlan::Read { tip, after, limit: 500 };
    assert_eq!(answer_pull(held(Some(tip), true), &pull), read);
    let back = |tip| PullPlan::Rewind(Rewind { tip });
    assert_eq!(answer_pull(held(Some(tip), false), &pull), back(Some(tip)));
    assert_eq!(answer_pull(held(None, true), &pull), back(None));
}

#[test]
fn a_cut_ends_on_a_seal_within_the_limits() {
    let writer = writer();
    let rows = || {
        writer.batches.iter().flat_map(|batch| {
            let last = batch.tip().hash;
            let seal = batch.seal;
            batch.entries.iter().map(move |it| (it.to_raw(), (it.hash == last).then_some(seal)))
        })
    };
    let taken = |wish| cut(rows(), wish).map(|run| run.entries.len());
    assert_eq!(taken(500), Some(7));
    assert_eq!(taken(6), Some(4), "the last transaction would be cut");
    assert_eq!(taken(1), Some(1));
    assert_eq!(cut(rows().skip(4), 1).map(|run| run.entries.len()), Some(3), "at least one seal");
    assert_eq!(cut(rows().take(0), 500), None);
    let unsealed = rows().skip(4).take(2).collect::<Vec<_>>();
    assert_eq!(cut(unsealed, 500), None);

    let large = |seal| (RawEntry { header: vec![], body: Some(vec![0; 600_000]) }, seal);
    let two = [large(Some(writer.batches[0].seal)), large(Some(writer.batches[0].seal))];
    assert_eq!(cut(two, 500).map(|run| run.entries.len()), Some(1));
}

#[test]
fn a_hello_is_welcome_where_there_is_a_protocol_in_common() {
    let hello = |min, max| Hello {
        protocol: ProtocolRange { min, max },
        journal: None,
        boot: journal::BootId([0; 16]),
        build: alloc::string::String::new(),
        tips: vec![],
        cards: 0,
    };
    let welcome = answer_hello(&hello(1, 9), vec![], 3, -5);
    assert!(matches!(welcome, Reply::Welcome(it) if it.protocol == 1 && it.cards == 3));
    let upgrade = Reply::Upgrade { protocol: PROTOCOL };
    assert_eq!(answer_hello(&hello(2, 9), vec![], 0, 0), upgrade);
}

#[test]
fn a_listener_is_told_of_what_it_does_not_know() {
    let tip = writer().tip().in_journal(writer().push(0..1).journal);
    let listen = |tips, cards| Listen { tips, cards, wait_ms: 0 };
    assert!(!changed(&listen(vec![tip], 4), &[tip], 4));
    assert!(!changed(&listen(vec![tip], 4), &[], 3));
    assert!(changed(&listen(vec![], 4), &[tip], 4));
    assert!(changed(&listen(vec![tip], 3), &[tip], 4));
}

#[test]
fn cards_come_in_pages_and_a_late_page_does_not_count() {
    let record = |position| CardRecord { position, card: vec![0; 400_000] };
    let page = cards_page((1..=4).map(record), 9);
    assert_eq!((page.records.len(), page.through, page.more), (2, 2, true));
    let page = cards_page((3..=4).map(record), 9);
    assert_eq!((page.records.len(), page.through, page.more), (2, 9, false));

    let after = |after| CardsPage { after, ..page.clone() };
    assert_eq!(cards_merged(2, &after(None)), 9);
    assert_eq!(cards_merged(2, &after(Some(2))), 9);
    assert_eq!(cards_merged(1, &after(Some(2))), 1, "set back since");
}

#[test]
fn ticks_are_checked_against_the_base() {
    let writer = writer();
    let push = writer.push(2..4);
    let mut held = read(Some(&writer.set_back(2)), &[], &push);
    held.base_tick = Some(Tick(1_000));
    assert!(matches!(
        answer_push(&held, &push),
        PushPlan::Park { refused: Some(Refused::Tick { .. }), .. }
    ));
}
