//! Names and numbers, as they are shown, stored and sent.

extern crate std;

use crate::{BlobHash, BootId, EntryHash, JournalId, Kind, Seq, SubjectId, Tick, Tip, WrongLength};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use proptest::prelude::*;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

/// What serde makes of it, for whatever is text there.
struct Text<'a, T>(&'a T);

impl<T: Serialize> fmt::Display for Text<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.serialize(f)
    }
}

fn from_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Error> {
    let text: StrDeserializer<'a, Error> = text.into_deserializer();
    T::deserialize(text)
}

/// The same for each kind of name: its bytes, its hexadecimal, what serde and CBOR make of it.
macro_rules! is_a_name {
    ($name:ident, $len:literal, $bytes:expr) => {{
        let bytes: [u8; $len] = core::array::from_fn(|index| $bytes[index]);
        let name = $name(bytes);
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(name.as_bytes(), bytes);
        assert_eq!((name.hex(), name.to_string()), (hex.clone(), hex.clone()));
        assert_eq!(format!("{name:?}"), format!("{}({hex})", stringify!($name)));
        assert_eq!($name::from_hex(&hex), Some(name));
        assert_eq!($name::from_hex(&hex.to_uppercase()), Some(name));
        assert_eq!(Text(&name).to_string(), hex);
        assert_eq!(from_text::<$name>(&hex), Ok(name));
        let cbor = minicbor::to_vec(name).unwrap();
        assert_eq!(minicbor::decode::<$name>(&cbor).unwrap(), name);

        for got in [0, $len - 1, $len + 1] {
            let other = std::vec![7; got];
            assert_eq!($name::try_from(&other[..]), Err(WrongLength { expected: $len, got }));
            let cbor = minicbor::to_vec(minicbor::bytes::ByteVec::from(other)).unwrap();
            assert!(minicbor::decode::<$name>(&cbor).is_err(), "{got} bytes");
        }
        assert!(minicbor::decode::<$name>(&[0xf6]).is_err());
        let no_hex = ["", &hex[1..], &hex[2..], &format!("{hex}00"), &hex.replacen(&hex[..1], "g", 1)];
        for text in no_hex {
            assert_eq!($name::from_hex(text), None, "{text}");
            let error = from_text::<$name>(text).unwrap_err().to_string();
            assert_eq!(error, concat!(stringify!($name), ": not hexadecimal of its length"));
        }
    }};
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_name_is_read_as_it_is_written(bytes: [u8; 32]) {
        is_a_name!(JournalId, 32, bytes);
        is_a_name!(EntryHash, 32, bytes);
        is_a_name!(BlobHash, 32, bytes);
        is_a_name!(BootId, 16, bytes);
        is_a_name!(SubjectId, 16, bytes);
    }

    #[test]
    fn no_text_stops_the_program(text: String) {
        let _none_of_these_may_panic = (JournalId::from_hex(&text), BootId::from_hex(&text));
    }
}

#[test]
fn two_letters_that_are_no_ascii_are_no_byte() {
    // As many bytes as a name has digits, cut in the middle of a letter.
    assert_eq!(BootId::from_hex(&"é".repeat(16)), None);
    assert_eq!(BootId::from_hex(&"+1".repeat(16)), None);
}

/// FIPS 180-2, appendix B.1.
#[test]
fn a_blob_is_named_by_its_sha_256() {
    let name = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(BlobHash::of(b"abc").hex(), name);
}

#[test]
fn numbers_are_shown_as_numbers() {
    assert_eq!(format!("{} {:>4} {}", Seq(1), Seq(23), Tick(7)), "1   23 7");
    assert_eq!(Kind(60_000).to_string(), "60000");
    assert_eq!((Seq::FIRST, Seq(1).next(), Tick::default().next()), (Seq(1), Seq(2), Tick(1)));
    // Bare, wherever they stand.
    assert_eq!(minicbor::to_vec((Seq(1), Tick(24), Kind(0))).unwrap(), [0x83, 1, 0x18, 24, 0]);
    assert_eq!(Text(&Seq(5)).to_string(), "5");
}

#[test]
#[should_panic(expected = "a journal never has 2^64 entries")]
fn places_do_not_begin_anew() {
    let _beyond = Seq(u64::MAX).next();
}

#[test]
#[should_panic(expected = "jumps are bounded, so ticks never run out")]
fn ticks_do_not_begin_anew() {
    let _beyond = Tick(u64::MAX).next();
}

#[test]
fn a_tip_that_is_cut_anywhere_is_none() {
    let tip = Tip { journal: JournalId([1; 32]), seq: Seq(300), hash: EntryHash([2; 32]) };
    let bytes: Vec<u8> = minicbor::to_vec(tip).unwrap();
    assert_eq!(minicbor::decode::<Tip>(&bytes).unwrap(), tip);
    for length in 0..bytes.len() {
        assert!(minicbor::decode::<Tip>(&bytes[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn every_wrong_program_says_what_is_wrong_in_a_sentence() {
    for mutant in crate::mutant::Mutant::ALL {
        let wrong = mutant.wrong();
        assert!(
            wrong.starts_with(char::is_uppercase) && wrong.ends_with('.'),
            "{mutant:?}: {wrong}"
        );
        assert!(!crate::mutant::is(*mutant), "{mutant:?} is on");
    }
}
