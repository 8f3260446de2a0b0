//! Keys and signatures: what others publish comes out, and what is no key is none.

extern crate std;

use super::test_key;
use crate::{PublicKey, Signature, SigningKey, UnusableKey};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> [u8; N] {
    let pairs = text.as_bytes().chunks_exact(2).map(|pair| core::str::from_utf8(pair).unwrap());
    let bytes: Vec<u8> = pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
    bytes.try_into().unwrap()
}

/// RFC 6979, A.2.5: P-256 with SHA-256.
#[test]
fn the_signatures_are_those_of_rfc_6979() {
    let key = SigningKey::from_secret(&unhex(
        "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    ))
    .unwrap();
    // Y ends on an odd byte.
    let public = "0360fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6";
    assert_eq!(hex(key.public_key().as_bytes()), public);
    let vectors = [
        (
            "sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716\
             f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            "test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367\
             019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ];
    for (message, signature) in vectors {
        let signed = key.sign(message.as_bytes());
        assert_eq!(hex(signed.as_bytes()), signature, "{message}");
        assert!(key.public_key().verify(message.as_bytes(), &signed));
        assert!(!key.public_key().verify(b"another", &signed));
        assert!(!test_key().public_key().verify(message.as_bytes(), &signed));
    }
}

/// The order of the curve's group (SEC 2, 2.4.2): a secret is a number in 1..n.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

#[test]
fn a_secret_is_a_number_below_the_order_of_the_curve() {
    let order: [u8; 32] = unhex(ORDER);
    let near = |step: i8| {
        let mut secret = order;
        secret[31] = secret[31].wrapping_add_signed(step);
        secret
    };
    let mut one = [0; 32];
    one[31] = 1;
    let table = [
        ([0; 32], false),
        (one, true),
        (near(-1), true),
        (order, false),
        (near(1), false),
        ([0xff; 32], false),
    ];
    for (secret, usable) in table {
        assert_eq!(SigningKey::from_secret(&secret).is_ok(), usable, "{}", hex(&secret));
    }
    // 1 is the base point itself, and n − 1 its mirror image: the same X, the other Y.
    let point = |secret| SigningKey::from_secret(&secret).unwrap().public_key();
    let base = "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296";
    assert_eq!(hex(point(one).as_bytes()), format!("03{base}"));
    assert_eq!(hex(point(near(-1)).as_bytes()), format!("02{base}"));
}

#[test]
fn bytes_that_are_no_compressed_point_are_no_key() {
    let public = test_key().public_key();
    let key = *public.as_bytes().first_chunk::<33>().unwrap();
    let with_first = |first: u8| [&[first], &key[1..]].concat();
    // X = 5 is on the curve, X = 1 is not; X must be below the field's prime.
    let with_x = |byte: u8| [&[2][..], &[0; 31], &[byte]].concat();
    let uncompressed: Vec<u8> = [&with_first(4)[..], &[7; 32]].concat();
    let table = [
        (key.to_vec(), true),
        (with_x(5), true),
        (with_x(1), false),
        (with_first(4), false),
        (with_first(0), false),
        // The same point in a form without the sign of Y: one key has one spelling.
        (with_first(5), false),
        ([&[2][..], &[0xff; 32]].concat(), false),
        (uncompressed, false),
        (key[..32].to_vec(), false),
        ([&key[..], &[0]].concat(), false),
        (vec![0], false),
        (vec![], false),
    ];
    for (bytes, usable) in table {
        let read = PublicKey::from_bytes(&bytes);
        assert_eq!(read.is_ok(), usable, "{}", hex(&bytes));
        let cbor = minicbor::to_vec(minicbor::bytes::ByteVec::from(bytes.clone())).unwrap();
        assert_eq!(minicbor::decode::<PublicKey>(&cbor).is_ok(), usable, "{}", hex(&bytes));
    }
    let cbor = minicbor::to_vec(public).unwrap();
    assert_eq!(minicbor::decode::<PublicKey>(&cbor).unwrap(), public);
    assert!(minicbor::decode::<PublicKey>(&[0xf6]).is_err());
}

/// r and s are numbers in 1..n; anything else is nobody's signature, and no reason to stop.
#[test]
fn numbers_that_cannot_be_a_signature_are_nobodys() {
    let key = test_key();
    let right = key.sign(b"message");
    let (r, s) = (&right.as_bytes()[..32], &right.as_bytes()[32..]);
    let order: [u8; 32] = unhex(ORDER);
    let of = |r: &[u8], s: &[u8]| Signature::from_bytes(&[r, s].concat()).unwrap();
    let table = [
        (of(r, s), true),
        (of(s, r), false),
        (of(&[0; 32], s), false),
        (of(r, &[0; 32]), false),
        (of(&[0; 32], &[0; 32]), false),
        (of(&order, s), false),
        (of(r, &order), false),
        (of(&[0xff; 32], &[0xff; 32]), false),
    ];
    for (signature, believed) in table {
        assert_eq!(key.public_key().verify(b"message", &signature), believed, "{signature:?}");
    }
}

#[test]
fn a_signature_has_64_bytes() {
    let signature = test_key().sign(b"message");
    let cbor = minicbor::to_vec(signature).unwrap();
    assert_eq!(minicbor::decode::<Signature>(&cbor).unwrap(), signature);
    for length in [0, 63, 65, 72] {
        let bytes = vec![1; length];
        assert_eq!(Signature::from_bytes(&bytes), None);
        let cbor = minicbor::to_vec(minicbor::bytes::ByteVec::from(bytes)).unwrap();
        assert!(minicbor::decode::<Signature>(&cbor).is_err(), "{length} bytes");
    }
    assert!(minicbor::decode::<Signature>(&cbor[..cbor.len() - 1]).is_err());
}

#[test]
fn no_log_shows_a_secret() {
    let secret = [0x5a; 32];
    let key = SigningKey::from_secret(&secret).unwrap();
    let public = key.public_key();
    assert_eq!(format!("{public:?}"), format!("PublicKey({})", hex(public.as_bytes())));
    let shown = format!("{key:?}");
    assert_eq!(shown, format!("SigningKey(of {public:?})"));
    assert!(!shown.contains(&hex(&secret)) && !shown.contains("90, 90"));
    let mut bytes = [0; 64];
    bytes[..3].copy_from_slice(&[0xab, 0x01, 0xff]);
    assert_eq!(format!("{:?}", Signature(bytes)), "Signature(ab01…)");
    assert_eq!(format!("{UnusableKey}"), "not a P-256 key");
}
