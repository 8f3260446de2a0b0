//! Whatever is altered is refused, and nothing that comes makes a program stop.
#![expect(clippy::arithmetic_side_effects, reason = "places of bits in a few hundred bytes")]

extern crate std;

use super::{base, journal, noted, raw, test_key};
use crate::{
    BootId, Header, Opening, Pen, PublicKey, RawEntry, Refused, Signature, Started, Tick, check,
    check_first,
};
use alloc::vec;
use alloc::vec::Vec;
use proptest::prelude::*;

fn check_second(entries: &[RawEntry], seal: &Signature) -> Result<(), Refused> {
    let (first, _) = journal();
    let (tip, tick) = base(&first);
    check(tip, tick, &test_key().public_key(), entries, seal).map(|_| ())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn one_bit_altered_anywhere_is_refused(which in 0_usize..3, bit: prop::sample::Index) {
        let (_, second) = journal();
        let mut entries = raw(&second);
        let mut seal = second.seal;
        let entry = &mut entries[which];
        let body = entry.body.as_mut().unwrap();
        let header_bits = entry.header.len() * 8;
        let body_bits = body.len() * 8;
        let at = bit.index(header_bits + body_bits + 64 * 8);
        let mask = 1 << (at % 8);
        if at < header_bits {
            entry.header[at / 8] ^= mask;
        } else if at < header_bits + body_bits {
            body[(at - header_bits) / 8] ^= mask;
        } else {
            seal.0[(at - header_bits - body_bits) / 8] ^= mask;
        }
        prop_assert!(check_second(&entries, &seal).is_err());
    }

    #[test]
    fn hostile_bytes_are_refused_and_no_more(
        header: Vec<u8>,
        body: Option<Vec<u8>>,
        count in 0_usize..4,
        bytes: Vec<u8>,
    ) {
        let entries = vec![RawEntry { header: header.clone(), body }; count];
        prop_assert!(check_second(&entries, &Signature([1; 64])).is_err());
        prop_assert!(check_first(&entries, &Signature([0; 64])).is_err());
        prop_assert_eq!(Header::decode(&header), None);
        let _none_of_these_may_panic = (
            Opening::decode(&bytes),
            Started::decode(&bytes),
            PublicKey::from_bytes(&bytes),
            Signature::from_bytes(&bytes),
            minicbor::decode::<RawEntry>(&bytes).ok(),
        );
    }

    #[test]
    fn a_cut_header_is_no_header(cut: prop::sample::Index) {
        let (first, _) = journal();
        let bytes = &first.entries[0].header_bytes;
        prop_assert_eq!(Header::decode(&bytes[..cut.index(bytes.len())]), None);
    }
}

#[test]
fn what_is_not_altered_is_believed() {
    let (first, second) = journal();
    let (opening, batch) = check_first(&raw(&first), &first.seal).unwrap();
    assert_eq!(opening.public_key, test_key().public_key());
    assert_eq!(batch, first);
    let (tip, tick) = base(&first);
    let again = check(tip, tick, &opening.public_key, &raw(&second), &second.seal);
    assert_eq!(again, Ok(second));
}

#[test]
fn a_missing_entry_is_missed() {
    let (_, second) = journal();
    for missing in 0..3 {
        let mut entries = raw(&second);
        entries.remove(missing);
        assert!(check_second(&entries, &second.seal).is_err(), "without {missing}");
    }
}

#[test]
fn swapped_entries_are_refused() {
    let (_, second) = journal();
    for (one, other) in [(0, 1), (0, 2), (1, 2)] {
        let mut entries = raw(&second);
        entries.swap(one, other);
        assert!(check_second(&entries, &second.seal).is_err(), "{one} for {other}");
    }
}

/// Somebody with another key, who writes at the same place.
fn stranger() -> Vec<RawEntry> {
    let (first, _) = journal();
    let key = crate::SigningKey::from_secret(&[2; 32]).unwrap();
    let pen = Pen::new(key, BootId([8; 16]), Some(first.tip()));
    raw(&pen.write(vec![noted(b"x")], Tick(41), 0).0)
}

#[test]
fn an_inserted_entry_is_refused() {
    let (_, second) = journal();
    for place in 0..=3 {
        let mut entries = raw(&second);
        entries.splice(place..place, stranger());
        assert!(check_second(&entries, &second.seal).is_err(), "at {place}");
    }
}

#[test]
fn a_replaced_entry_is_refused() {
    let (_, second) = journal();
    for place in 0..3 {
        let mut entries = raw(&second);
        entries.splice(place..=place, stranger());
        assert!(check_second(&entries, &second.seal).is_err(), "at {place}");
    }
    let mut bodies = raw(&second);
    bodies[0].body = bodies[1].body.clone();
    assert!(check_second(&bodies, &second.seal).is_err(), "another's body");
}

#[test]
fn a_body_that_was_purged_leaves_the_chain_whole() {
    let (_, second) = journal();
    let mut entries = raw(&second);
    entries[1].body = None;
    assert_eq!(check_second(&entries, &second.seal), Ok(()));
}
