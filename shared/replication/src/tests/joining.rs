//! A new PC that a workstation vouches for: the bytes, and the digits on both screens.

use super::golden::altered;
use super::key;
use crate::join::{
    AskToJoin, Heard, Join, JoinRefused, JoinReply, Joined, JoinedCentre, JoinedMember, Nonce, code,
};
use crate::{Poke, Request, Role, Unreadable};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use journal::JournalId;

const NONCE: Nonce = Nonce([3; 16]);

pub(super) fn asks() -> [Join; 2] {
    let commitment = NONCE.commitment();
    let build = "ocpizza 0.1.0".into();
    [
        Join::Ask(AskToJoin { label: "C3".into(), role: Role::Till, build, commitment }),
        Join::Reveal(NONCE),
    ]
}

pub(super) fn replies() -> [JoinReply; 4] {
    let centre = JoinedCentre {
        url: "https://centre.example".into(),
        key: key(9).public_key(),
        journal: JournalId([8; 32]),
    };
    let member = JoinedMember { key: key(5).public_key(), role: Role::Kitchen, label: "K1".into() };
    let joined = Joined { shop: "P01".into(), label: "C3".into(), centre, members: vec![member] };
    [
        JoinReply::Heard(Heard { label: "C1".into(), nonce: Nonce([4; 16]) }),
        JoinReply::Waits,
        JoinReply::Joined(joined),
        JoinReply::Refused(JoinRefused::TurnedAway),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn what_is_asked_and_answered_is_read_back() {
    for ask in asks() {
        assert_eq!(Join::decode(&ask.encode()), Ok(ask));
    }
    for reply in replies() {
        assert_eq!(JoinReply::decode(&reply.encode()), Ok(reply));
    }
}

#[test]
fn an_altered_message_is_refused_or_is_another_message() {
    for bytes in asks().iter().flat_map(|ask| altered(&ask.encode()).collect::<Vec<_>>()) {
        if let Ok(read) = Join::decode(&bytes) {
            assert_eq!(Join::decode(&read.encode()), Ok(read));
        }
    }
    for bytes in replies().iter().flat_map(|reply| altered(&reply.encode()).collect::<Vec<_>>()) {
        if let Ok(read) = JoinReply::decode(&bytes) {
            assert_eq!(JoinReply::decode(&read.encode()), Ok(read));
        }
    }
}

#[test]
fn its_bytes_are_for_ever() {
    let name = "826e6f6370697a7a612f6a6f696e2f31";
    let [ask, reveal] = asks();
    let asked = "82008184624333006d6f6370697a7a6120302e312e30";
    let commitment = hex(&NONCE.commitment().0);
    assert_eq!(hex(&ask.encode()), name.to_owned() + asked + "815820" + &commitment);
    let nonce = hex(&NONCE.0);
    assert_eq!(hex(&reveal.encode()), name.to_owned() + "8201818150" + &nonce);
    assert_eq!(hex(&JoinReply::Waits.encode()), name.to_owned() + "820180");
}

/// A stranger's words are never taken for a member's, nor the other way round.
#[test]
fn a_member_s_message_is_no_join() {
    let poke = Request::Poke(Poke { tips: Vec::new(), cards: 0 });
    assert_eq!(Join::decode(&poke.encode()), Err(Unreadable::Broken));
    for ask in asks() {
        assert!(Request::decode(&ask.encode()).is_err());
    }
    assert_eq!(JoinReply::decode(b""), Err(Unreadable::Broken));
}

#[test]
fn the_digits_change_with_every_part_of_what_they_are_made_of() {
    let (joiner, voucher) = (key(1).public_key(), key(2).public_key());
    let (mine, yours) = (Nonce([1; 16]), Nonce([2; 16]));
    let digits = code(&joiner, &voucher, mine, yours);
    assert_eq!((digits.len(), digits.as_bytes()[3]), (7, b' '));
    assert_eq!(digits, code(&joiner, &voucher, mine, yours));
    for other in [
        code(&voucher, &joiner, mine, yours),
        code(&joiner, &key(3).public_key(), mine, yours),
        code(&joiner, &voucher, yours, mine),
        code(&joiner, &voucher, mine, Nonce([9; 16])),
    ] {
        assert_ne!(digits, other);
    }
    assert_ne!(mine.commitment(), yours.commitment());
}
