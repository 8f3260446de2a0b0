//! Bodies and headers out of bytes that came from anywhere, and the pen that writes them.

#![expect(clippy::arithmetic_side_effects, reason = "places in short bodies")]

extern crate std;

use super::{journal, noted, opening, raw, started, test_key};
use crate::{BootId, Header, Keep, Opening, Pen, Purpose, RawEntry, Seq, Started, Tick, Tip};
use alloc::vec;
use alloc::vec::Vec;

fn cuts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    (0..bytes.len()).map(|length| &bytes[..length])
}

#[test]
fn a_body_that_is_cut_anywhere_is_none() {
    let (first, _) = journal();
    let opening = Opening { continues: vec![first.tip(); 2], ..opening(&test_key()) };
    let body = opening.to_draft().body;
    assert_eq!(Opening::decode(&body), Some(opening));
    assert!(cuts(&body).all(|cut| Opening::decode(cut).is_none()));

    let started = Started { witnesses: vec![first.tip(); 2], ..started() };
    let body = started.to_draft().body;
    assert_eq!(Started::decode(&body), Some(started));
    assert!(cuts(&body).all(|cut| Started::decode(cut).is_none()));
}

#[test]
fn an_entry_that_is_cut_anywhere_on_its_way_is_none() {
    let (first, second) = journal();
    let purged = RawEntry { body: None, ..raw(&second)[0].clone() };
    for entry in raw(&first).into_iter().chain(raw(&second)).chain([purged]) {
        let bytes = minicbor::to_vec(&entry).unwrap();
        assert!(cuts(&bytes).all(|cut| minicbor::decode::<RawEntry>(cut).is_err()));
        assert_eq!(minicbor::decode::<RawEntry>(&bytes).unwrap(), entry);
        let body = entry.body.as_ref().map_or(0, Vec::len);
        assert_eq!(entry.weight(), entry.header.len() + body);
    }
}

/// `[field, …]` with its last field left out, of a length that one byte tells.
fn lacking(bytes: &[u8], last: &[u8]) -> Vec<u8> {
    let rest = bytes.strip_suffix(last).expect("it ends on that field");
    [&[bytes[0] - 1], &rest[1..]].concat()
}

#[test]
fn a_body_that_lacks_a_field_is_none() {
    let (opening, started) = (opening(&test_key()), started());
    // Both end on a list of tips, here an empty one.
    let body = opening.to_draft().body;
    assert_eq!(Opening::decode(&lacking(&body, &[0x80])), None);
    let body = started.to_draft().body;
    assert_eq!(Started::decode(&lacking(&body, &[0x80])), None);
    let (first, _) = journal();
    let bytes = minicbor::to_vec(first.tip()).unwrap();
    let hash = minicbor::to_vec(first.tip().hash).unwrap();
    assert!(minicbor::decode::<Tip>(&lacking(&bytes, &hash)).is_err());
}

/// A number that stands for something is for ever, and the next one free is nobody's.
#[test]
fn what_a_number_stands_for_is_for_ever() {
    let keeps = [Keep::Fiscal, Keep::Trace, Keep::Operation];
    let purposes = [Purpose::Live, Purpose::Training, Purpose::Centre];
    for (number, (keep, purpose)) in (0_u8..).zip(keeps.into_iter().zip(purposes)) {
        assert_eq!(minicbor::to_vec(keep).unwrap(), [number]);
        assert_eq!(minicbor::decode::<Keep>(&[number]).unwrap(), keep);
        assert_eq!(minicbor::to_vec(purpose).unwrap(), [number]);
        assert_eq!(minicbor::decode::<Purpose>(&[number]).unwrap(), purpose);
    }
    for unknown in [&[3][..], &[0x18, 24], &[0xf6], &[]] {
        assert!(minicbor::decode::<Keep>(unknown).is_err(), "{unknown:?}");
        assert!(minicbor::decode::<Purpose>(unknown).is_err(), "{unknown:?}");
    }
}

/// Two spellings of one header would be two identities of one entry.
#[test]
fn a_header_has_one_spelling() {
    let (first, _) = journal();
    let entry = &first.entries[0];
    let bytes = &entry.header_bytes;
    assert_eq!(Header::decode(bytes).as_ref(), Some(&entry.header));
    let other_version = Header { version: 2, ..entry.header.clone() }.encode();
    let longer = [&bytes[..], &[0]].concat();
    // 13 fields in an array whose length takes two bytes.
    let long_head = [&[0x98, 13], &bytes[1..]].concat();
    // The array of no given length, ended by a break.
    let no_length = [&[0x9f], &bytes[1..], &[0xff]].concat();
    // The last field, the body's length, left out: one byte, for the bodies here are short.
    let shorter = [&[0x8c], &bytes[1..bytes.len() - 2]].concat();
    assert_eq!(bytes[bytes.len() - 2], 0x18);
    for other in [other_version, longer, long_head, no_length, shorter] {
        assert_eq!(Header::decode(&other), None);
    }
}

#[test]
fn a_pen_goes_on_where_it_stands() {
    let (first, second) = journal();
    let boot = BootId([8; 16]);
    let pen = Pen::new(test_key(), boot, None);
    assert_eq!((pen.tip(), pen.boot()), (None, boot));
    assert_eq!(pen.key().public_key(), test_key().public_key());

    let pen = Pen::new(test_key(), boot, Some(second.tip()));
    let (batch, next) = pen.write(vec![noted(b"d"), noted(b"e")], second.last_tick(), 0);
    assert_eq!(pen.tip(), Some(second.tip()), "until it is stored, nothing has changed");
    assert_eq!(next.tip(), Some(batch.tip()));
    assert_eq!(next.boot(), boot);
    let Tip { journal, seq, hash } = batch.tip();
    assert_eq!((journal, seq), (first.tip().journal, Seq(7)));
    assert_eq!(hash, batch.entries[1].hash);
    let ticks: Vec<Tick> = batch.entries.iter().map(|it| it.header.tick).collect();
    assert_eq!(ticks, [second.last_tick().next(), batch.last_tick()]);
    // The same drafts again are the same bytes: a transaction may be run twice.
    assert_eq!(pen.write(vec![noted(b"d"), noted(b"e")], second.last_tick(), 0).0, batch);
}

#[test]
#[should_panic(expected = "a transaction that says nothing writes nothing")]
fn nothing_is_never_written() {
    let _nothing = Pen::new(test_key(), BootId([7; 16]), None).write(vec![], Tick(0), 0);
}
