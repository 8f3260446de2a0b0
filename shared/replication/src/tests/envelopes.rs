//! What is signed is believed, once.

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use journal::{BootId, PublicKey};
use proptest::prelude::*;

use super::key;
use crate::{
    Replays, RequestHash, Sender, Unopened, frame, open_reply, open_request, seal_reply,
    seal_request,
};

const BOOT: BootId = BootId([3; 16]);

fn knows(secret: u8) -> impl Fn(&PublicKey) -> bool {
    move |from| *from == key(secret).public_key()
}

fn forget() -> Replays {
    Replays::default()
}

#[test]
fn a_request_and_its_reply_arrive_whatever_the_clocks_say() {
    let mut sender = Sender::new(key(1), BOOT);
    for clock in [0, i64::MIN, i64::MAX, 1_790_000_000_000] {
        let sealed = seal_request(&mut sender, clock, b"ask".to_vec()).unwrap();
        let opened = open_request(&sealed.bytes, knows(1), &mut forget()).unwrap();
        assert_eq!((&opened.body[..], opened.sent_ms), (&b"ask"[..], clock));

        let hash = RequestHash::of(&sealed.bytes);
        let reply = seal_reply(&key(2), hash, 0, b"answer".to_vec()).unwrap();
        let opened = open_reply(&reply, knows(2), sealed.hash).unwrap();
        assert_eq!(opened.body, b"answer");
    }
}

#[test]
fn each_refusal_says_what_is_wrong() {
    let mut sender = Sender::new(key(1), BOOT);
    let sealed = seal_request(&mut sender, 0, b"ask".to_vec()).unwrap();
    let open = |bytes: &[u8], secret| open_request(bytes, knows(secret), &mut forget()).err();
    let from = key(1).public_key();
    let mut forged = sealed.bytes.clone();
    *forged.last_mut().unwrap() ^= 1;

    assert_eq!(open(&sealed.bytes, 1), None);
    let large = vec![0; frame::MAX_BYTES + 1];
    assert_eq!(open(&large, 1), Some(Unopened::TooLarge { bytes: frame::MAX_BYTES + 1 }));
    assert_eq!(open(b"ask", 1), Some(Unopened::Unreadable));
    assert_eq!(open(&sealed.bytes, 2), Some(Unopened::UnknownSender { from }));
    assert_eq!(open(&forged, 1), Some(Unopened::BadSignature));
    let reply = seal_reply(&key(1), sealed.hash, 0, vec![]).unwrap();
    assert_eq!(open(&reply, 1), Some(Unopened::Unreadable), "a reply is no request");

    let other = RequestHash([0; 32]);
    assert_eq!(open_reply(&reply, knows(1), other), Err(Unopened::WrongReply));
    assert_eq!(open_reply(&reply, knows(2), sealed.hash), Err(Unopened::UnknownSender { from }));
    let too_large = seal_request(&mut sender, 0, large).unwrap_err();
    assert!(matches!(too_large, Unopened::TooLarge { .. }));
}

type Alter<'a> = &'a dyn Fn(&mut Vec<u8>);

/// Altered by whoever holds the key: the content's bytes, signed again.
fn signed_again(secret: u8, word: &[u8], envelope: &[u8], alter: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut decoder = minicbor::Decoder::new(envelope);
    assert_eq!(decoder.array().unwrap(), Some(2));
    let mut content = decoder.bytes().unwrap().to_vec();
    alter(&mut content);
    let seal = key(secret).sign(&[word, &content].concat());
    let content = minicbor::bytes::ByteVec::from(content);
    minicbor::to_vec((content, seal)).unwrap()
}

#[test]
fn what_its_sender_signed_must_be_of_this_version_and_whole() {
    let mut sender = Sender::new(key(1), BOOT);
    assert_eq!(sender.key().public_key(), key(1).public_key());
    let sealed = seal_request(&mut sender, 0, b"ask".to_vec()).unwrap();
    let reply = seal_reply(&key(1), sealed.hash, 0, b"answer".to_vec()).unwrap();
    let request = |alter: Alter<'_>| {
        let bytes = signed_again(1, b"ocpizza/request/1\0", &sealed.bytes, alter);
        open_request(&bytes, knows(1), &mut forget()).map(|it| it.body)
    };
    let reply = |alter: Alter<'_>| {
        let bytes = signed_again(1, b"ocpizza/reply/1\0", &reply, alter);
        open_reply(&bytes, knows(1), sealed.hash).map(|it| it.body)
    };
    assert_eq!(request(&|_| {}), Ok(b"ask".to_vec()));
    assert_eq!(reply(&|_| {}), Ok(b"answer".to_vec()));
    // The content is an array whose first item is its version.
    let alterations: [Alter<'_>; 6] = [
        &|content| content[1] = 0,
        &|content| content[1] = 2,
        &|content| content.push(0),
        &|content| content.truncate(content.len() - 1),
        &Vec::clear,
        // Without its last field, the message.
        &|content| {
            content[0] -= 1;
            let length = content.len() - if content.ends_with(b"ask") { 4 } else { 7 };
            content.truncate(length);
        },
    ];
    for (index, alter) in alterations.into_iter().enumerate() {
        assert_eq!(request(alter), Err(Unopened::Unreadable), "alteration {index}");
        assert_eq!(reply(alter), Err(Unopened::Unreadable), "alteration {index}");
    }
}

#[test]
fn an_envelope_that_is_cut_or_that_something_follows_is_none() {
    let mut sender = Sender::new(key(1), BOOT);
    let sealed = seal_request(&mut sender, 0, b"ask".to_vec()).unwrap();
    let reply = seal_reply(&key(1), sealed.hash, 0, b"answer".to_vec()).unwrap();
    let cuts = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let longer = [bytes, &[0]].concat();
        (0..bytes.len()).map(|length| bytes[..length].to_vec()).chain([longer]).collect()
    };
    for bytes in cuts(&sealed.bytes) {
        let opened = open_request(&bytes, knows(1), &mut forget());
        assert_eq!(opened, Err(Unopened::Unreadable));
    }
    for bytes in cuts(&reply) {
        assert_eq!(open_reply(&bytes, knows(1), sealed.hash), Err(Unopened::Unreadable));
    }
}

#[test]
fn a_request_is_heard_once_in_any_order() {
    let mut sender = Sender::new(key(1), BOOT);
    let mut replays = Replays::default();
    let sent: std::vec::Vec<_> =
        (0..200).map(|_| seal_request(&mut sender, 0, vec![]).unwrap().bytes).collect();
    let mut open = |index: usize| open_request(&sent[index], knows(1), &mut replays).map(|_| ());
    for index in [1, 0, 2, 100, 99, 3] {
        assert_eq!(open(index), Ok(()), "request {index}");
        let counter = index as u64 + 1;
        assert_eq!(open(index), Err(Unopened::Replayed { counter }), "request {index} again");
    }
    assert_eq!(open(199), Ok(()));
    assert_eq!(open(50), Err(Unopened::Replayed { counter: 51 }), "too old to tell");
    assert_eq!(open(150), Ok(()));
}

#[test]
fn a_new_run_counts_anew() {
    let mut replays = Replays::default();
    for run in 0..20 {
        let mut sender = Sender::new(key(1), BootId([run; 16]));
        let sealed = seal_request(&mut sender, 0, vec![]).unwrap();
        assert!(open_request(&sealed.bytes, knows(1), &mut replays).is_ok());
        assert!(open_request(&sealed.bytes, knows(1), &mut replays).is_err());
    }
}

#[test]
fn a_frame_says_its_length_and_no_frame_is_large() {
    let framed = frame::encode(b"abc").unwrap();
    assert_eq!(framed, b"\0\0\0\x03abc");
    assert_eq!(frame::length([0, 0, 0, 3]), Ok(3));
    assert!(frame::length([0, 0x20, 0, 0]).is_ok());
    assert_eq!(frame::length([0xff; 4]).unwrap_err().bytes, 0xffff_ffff);
    assert!(frame::encode(&vec![0; 10_000_000]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_bit_altered_anywhere_is_refused(at: prop::sample::Index, bit in 0_u8..8, any: std::vec::Vec<u8>) {
        let mut sender = Sender::new(key(1), BOOT);
        let mut sealed = seal_request(&mut sender, 0, b"ask".to_vec()).unwrap();
        let mut reply = seal_reply(&key(1), sealed.hash, 0, b"answer".to_vec()).unwrap();
        let (in_request, in_reply) = (at.index(sealed.bytes.len()), at.index(reply.len()));
        sealed.bytes[in_request] ^= 1 << bit;
        reply[in_reply] ^= 1 << bit;
        prop_assert!(open_request(&sealed.bytes, knows(1), &mut forget()).is_err());
        prop_assert!(open_reply(&reply, knows(1), sealed.hash).is_err());
        prop_assert!(open_request(&any, |_| true, &mut forget()).is_err());
        prop_assert!(open_reply(&any, |_| true, sealed.hash).is_err());
    }
}
