//! Each refusal, provoked.

extern crate std;

use super::{base, journal, noted, opening, raw, test_key};
use crate::{
    BootId, Broken, Draft, EntryHash, JournalId, MAX_BATCH_ENTRIES, MAX_BODY_BYTES, Pen, RawEntry,
    Refused, Seq, SigningKey, Tick, Tip, check, check_first,
};
use alloc::vec;
use alloc::vec::Vec;

fn refusal(alter: impl FnOnce(&mut Vec<RawEntry>, &mut Tip, &mut Tick)) -> Option<Refused> {
    let (first, second) = journal();
    let (mut tip, mut tick) = base(&first);
    let mut entries = raw(&second);
    alter(&mut entries, &mut tip, &mut tick);
    check(tip, tick, &test_key().public_key(), &entries, &second.seal).err()
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let broken = |broken| Some(Refused::Broken { index: 1, broken });
    let seq = Seq(3);
    let table = [
        (refusal(|_, _, _| {}), None),
        (refusal(|entries, _, _| entries.clear()), Some(Refused::Empty)),
        (refusal(|entries, _, _| entries[1].header.clear()), broken(Broken::Header)),
        (
            refusal(|entries, _, _| entries[1].body = Some(vec![0; 10_000_000])),
            broken(Broken::TooLarge { len: 10_000_000 }),
        ),
        (refusal(|entries, _, _| entries[1].body = Some(vec![1])), broken(Broken::Body)),
        (
            refusal(|_, tip, _| tip.journal = JournalId([0; 32])),
            Some(Refused::OtherJournal { seq }),
        ),
        (
            refusal(|entries, _, _| drop(entries.remove(0))),
            Some(Refused::NotNext { seq: Seq(4), expected: seq }),
        ),
        (
            refusal(|_, tip, _| tip.hash = EntryHash([0; 32])),
            Some(Refused::NotNext { seq, expected: seq }),
        ),
        (refusal(|_, _, tick| *tick = Tick(42)), Some(Refused::Tick { seq })),
        (refusal(|entries, _, _| drop(entries.pop())), Some(Refused::Seal { seq: Seq(4) })),
    ];
    for (index, (got, expected)) in table.into_iter().enumerate() {
        assert_eq!(got, expected, "row {index}");
    }
}

#[test]
fn a_jump_that_no_shop_could_have_made_is_refused() {
    let (first, _) = journal();
    let (tip, tick) = base(&first);
    let pen = Pen::new(test_key(), BootId([7; 16]), Some(tip));
    for (known, believed) in [(Tick::MAX_JUMP + 1, true), (Tick::MAX_JUMP + 2, false)] {
        let (batch, _) = pen.write(vec![noted(b"late")], Tick(known), 0);
        let got = check(tip, tick, &test_key().public_key(), &raw(&batch), &batch.seal);
        assert_eq!(got.is_ok(), believed, "after {known}");
    }
}

#[test]
fn a_journal_begins_with_its_opening() {
    let (first, second) = journal();
    let not_first = check_first(&raw(&second), &second.seal);
    assert_eq!(not_first.unwrap_err(), Refused::OtherJournal { seq: Seq(3) });

    let pen = Pen::new(test_key(), BootId([7; 16]), None);
    let (other, _) = pen.write(vec![noted(b"no opening")], Tick(0), 0);
    assert_eq!(check_first(&raw(&other), &other.seal).unwrap_err(), Refused::NotOpened);

    let mut purged = raw(&first);
    purged[0].body = None;
    assert_eq!(check_first(&purged, &first.seal).unwrap_err(), Refused::NotOpened);
}

#[test]
fn a_journal_is_sealed_by_the_key_that_it_names() {
    let thief = SigningKey::from_secret(&[2; 32]).unwrap();
    let pen = Pen::new(thief, BootId([7; 16]), None);
    let (batch, _) = pen.write(vec![opening(&test_key()).to_draft()], Tick(0), 0);
    let refused = check_first(&raw(&batch), &batch.seal).unwrap_err();
    assert_eq!(refused, Refused::Seal { seq: Seq(1) });
}

fn write(drafts: Vec<Draft>) {
    let (batch, _) = Pen::new(test_key(), BootId([7; 16]), None).write(drafts, Tick(0), 0);
    assert!(!batch.entries.is_empty());
}

#[test]
#[should_panic(expected = "what is decided fits in an entry")]
fn ten_megabytes_are_never_written() {
    write(vec![noted(&vec![0; 10_000_000])]);
}

#[test]
#[should_panic(expected = "what is sealed at once fits in one message")]
fn more_than_a_message_carries_is_never_sealed_at_once() {
    write(vec![noted(b"x"); MAX_BATCH_ENTRIES + 1]);
}

#[test]
#[should_panic(expected = "what is sealed at once fits in one message")]
fn more_bytes_than_a_message_carries_are_never_sealed_at_once() {
    write(vec![noted(&vec![0; MAX_BODY_BYTES]); 4]);
}
