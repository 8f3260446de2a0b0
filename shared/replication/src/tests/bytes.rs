//! Bytes that came from anywhere: cut, lengthened or altered at any place, they are read as a message
//! or refused, and nothing stops.

#![expect(clippy::arithmetic_side_effects, reason = "places in short messages")]

extern crate std;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use minicbor::Decoder;
use minicbor::data::Type;

use super::golden::{enrolment, hex, replies, requests};
use super::joining;
use crate::join::{Join, JoinRefused, JoinReply};
use crate::{
    Enrol, EnrolRefused, EnrolReply, Quarantine, Refusal, Reply, Request, Role, Unreadable,
};

/// Reads it, and writes what was read.
type Read = fn(&[u8]) -> Result<Vec<u8>, Unreadable>;

/// One of each message that there is, with what reads it.
fn every_message() -> Vec<(String, Vec<u8>, Read)> {
    let request: Read = |bytes| Request::decode(bytes).map(|it| it.encode());
    let reply: Read = |bytes| Reply::decode(bytes).map(|it| it.encode());
    let enrol: Read = |bytes| Enrol::decode(bytes).map(|it| it.encode());
    let enrolled: Read = |bytes| EnrolReply::decode(bytes).map(|it| it.encode());
    let join: Read = |bytes| Join::decode(bytes).map(|it| it.encode());
    let joined: Read = |bytes| JoinReply::decode(bytes).map(|it| it.encode());
    let mut all = Vec::new();
    all.extend(requests().into_iter().map(|(name, it)| (name.into(), it.encode(), request)));
    all.extend(replies().into_iter().map(|(name, it)| (name.into(), it.encode(), reply)));
    let (ask, yes, no) = enrolment();
    all.push(("ENROL".into(), ask.encode(), enrol));
    all.push(("enrolled".into(), yes.encode(), enrolled));
    all.push(("not enrolled".into(), no.encode(), enrolled));
    let ask = |it: Join| (format!("{it:?}"), it.encode(), join);
    all.extend(joining::asks().map(ask));
    all.extend(joining::replies().map(|it| (format!("{it:?}"), it.encode(), joined)));
    all
}

#[test]
fn a_message_that_is_cut_anywhere_is_broken() {
    for (name, bytes, read) in every_message() {
        assert_eq!(read(&bytes).as_ref(), Ok(&bytes), "{name}");
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), Err(Unreadable::Broken), "{name}, {length} bytes");
        }
    }
}

#[test]
fn a_message_that_something_follows_is_broken() {
    for (name, bytes, read) in every_message() {
        for more in [0x00, 0x80, 0xf6, 0xff] {
            let longer = [&bytes[..], &[more]].concat();
            assert_eq!(read(&longer), Err(Unreadable::Broken), "{name} and {more:#x}");
        }
    }
}

/// The heads of CBOR: numbers, bytes, texts and arrays, of a given or of no given length, and null.
const HEADS: [u8; 12] = [0x00, 0x18, 0x1b, 0x20, 0x40, 0x5f, 0x60, 0x80, 0x9f, 0xa0, 0xf6, 0xff];

/// What is read of altered bytes is a message like any other: written again, it is read as itself.
#[test]
fn a_message_that_is_altered_anywhere_is_read_as_another_or_refused() {
    for (name, bytes, read) in every_message() {
        for place in 0..bytes.len() {
            let bits = (0..8).map(|bit| bytes[place] ^ (1 << bit));
            for to in bits.chain(HEADS) {
                let mut altered = bytes.clone();
                altered[place] = to;
                if let Ok(written) = read(&altered) {
                    assert_eq!(read(&written).as_ref(), Ok(&written), "{name}, {place}: {to:#x}");
                }
            }
        }
    }
}

/// How one array of a message is written otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Otherwise {
    /// Without its last item, as a program would that does not know that one yet.
    Shorter,
    /// With an item more, as a newer program would.
    Longer,
    /// Without a length: its items, and a break.
    NoLength,
}

/// The same bytes, but for the array of this number; `None` where there are not so many.
fn rewritten(bytes: &[u8], which: usize, how: Otherwise) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(bytes);
    let (mut seen, mut out) = (0, Vec::new());
    rewrite(&mut decoder, &mut seen, which, how, &mut out);
    (which < seen).then_some(out)
}

fn rewrite(
    decoder: &mut Decoder<'_>,
    seen: &mut usize,
    which: usize,
    how: Otherwise,
    out: &mut Vec<u8>,
) {
    let from = decoder.position();
    if decoder.datatype().unwrap() != Type::Array {
        decoder.skip().unwrap();
        out.extend_from_slice(&decoder.input()[from..decoder.position()]);
        return;
    }
    let items = decoder.array().unwrap().unwrap();
    let it_is = (*seen == which).then_some(how);
    *seen += 1;
    let kept = if it_is == Some(Otherwise::Shorter) { items.saturating_sub(1) } else { items };
    match it_is {
        Some(Otherwise::NoLength) => out.push(0x9f),
        Some(Otherwise::Longer) => out.extend(head(items + 1)),
        Some(Otherwise::Shorter) | None => out.extend(head(kept)),
    }
    for item in 0..items {
        let end = out.len();
        rewrite(decoder, seen, which, how, out);
        if kept <= item {
            out.truncate(end);
        }
    }
    match it_is {
        Some(Otherwise::NoLength) => out.push(0xff),
        Some(Otherwise::Longer) => out.push(0xf6),
        Some(Otherwise::Shorter) | None => {}
    }
}

fn head(items: u64) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(Vec::new());
    encoder.array(items).unwrap();
    encoder.into_writer()
}

fn each_array_otherwise(bytes: &[u8], how: Otherwise) -> impl Iterator<Item = Vec<u8>> {
    (0..).map_while(move |which| rewritten(bytes, which, how))
}

/// Arrays without a length are not what we write. Whoever writes them says the same.
#[test]
fn an_array_without_a_length_says_nothing_else() {
    for (name, bytes, read) in every_message() {
        for other in each_array_otherwise(&bytes, Otherwise::NoLength) {
            if let Ok(written) = read(&other) {
                assert_eq!(written, bytes, "{name}");
            }
        }
    }
}

/// What a newer program adds at the end of a structure is skipped, and a field that must be there is
/// missed: either way nothing is read that was not written.
#[test]
fn a_field_more_or_less_anywhere_is_skipped_or_missed() {
    for (name, bytes, read) in every_message() {
        for how in [Otherwise::Shorter, Otherwise::Longer] {
            for other in each_array_otherwise(&bytes, how) {
                if let Ok(written) = read(&other) {
                    assert!(written.len() <= bytes.len() + 1, "{name}, {how:?}");
                    assert_eq!(read(&written).as_ref(), Ok(&written), "{name}, {how:?}");
                }
            }
        }
    }
    // The fields of a message are its second array: those whose last one must be there.
    let must = requests().into_iter().map(|(_, it)| it).filter(|it| match it {
        Request::Hello(_)
        | Request::Probe(_)
        | Request::Push(_)
        | Request::Pull(_)
        | Request::Cards(_)
        | Request::Blob(_)
        | Request::Poke(_)
        | Request::Listen(_) => true,
        Request::CardsPush(_) | Request::Snapshot(_) => false,
    });
    for request in must {
        let bytes = request.encode();
        let shorter = rewritten(&bytes, 2, Otherwise::Shorter).unwrap();
        assert_eq!(Request::decode(&shorter), Err(Unreadable::Broken), "{request:?}");
        let longer = rewritten(&bytes, 2, Otherwise::Longer).unwrap();
        assert_eq!(Request::decode(&longer), Ok(request));
    }
}

/// A number that stands for a reason is for ever, and the next one free is nobody's.
#[test]
fn reasons_are_numbered_for_ever() {
    let refusals = [
        Refusal::Unreadable,
        Refusal::TooLarge,
        Refusal::UnknownSender,
        Refusal::BadSignature,
        Refusal::Replayed,
        Refusal::NotAllowed,
        Refusal::Failed,
        Refusal::Revoked,
    ];
    for (number, why) in (0..).zip(refusals) {
        let bytes = [0x82, 16, 0x81, number];
        assert_eq!(Reply::Refused(why).encode(), bytes);
        assert_eq!(Reply::decode(&bytes), Ok(Reply::Refused(why)));
    }
    assert_eq!(Reply::decode(&[0x82, 16, 0x81, 8]), Err(Unreadable::Broken));

    let refusals = [
        EnrolRefused::TooManyAttempts,
        EnrolRefused::CodeUnknown,
        EnrolRefused::CodeUsed,
        EnrolRefused::CodeExpired,
        EnrolRefused::WrongRole,
        EnrolRefused::KeyRevoked,
        EnrolRefused::Label,
    ];
    for (number, why) in (0..).zip(refusals) {
        let bytes = [0x82, 1, 0x81, number];
        assert_eq!(EnrolReply::Refused(why).encode(), bytes);
        assert_eq!(EnrolReply::decode(&bytes), Ok(EnrolReply::Refused(why)));
    }
    assert_eq!(EnrolReply::decode(&[0x82, 1, 0x81, 7]), Err(Unreadable::Broken));

    let refusals = [
        JoinRefused::NotHere,
        JoinRefused::TooMany,
        JoinRefused::Nonce,
        JoinRefused::Label,
        JoinRefused::TurnedAway,
    ];
    for (number, why) in (0_u8..).zip(refusals) {
        let bytes = JoinReply::Refused(why).encode();
        assert_eq!(bytes[bytes.len() - 4..], [0x82, 3, 0x81, number]);
        assert_eq!(JoinReply::decode(&bytes), Ok(JoinReply::Refused(why)));
    }
    let written = |it: Quarantine| minicbor::to_vec(it).unwrap();
    assert_eq!(written(Quarantine::NotBelieved), [0]);
    assert_eq!(written(Quarantine::Revoked), [1]);
    assert_eq!(written(Quarantine::UnknownKey), [2]);
    assert!(minicbor::decode::<Quarantine>(&[3]).is_err());
    assert_eq!(minicbor::to_vec([Role::Till, Role::Kitchen]).unwrap(), [0x82, 0, 1]);
    assert!(minicbor::decode::<Role>(&[2]).is_err());
}

#[test]
fn a_new_pc_is_answered_as_it_always_was() {
    let name = "826e6f6370697a7a612f6a6f696e2f31";
    let [heard, waits, joined, refused] = joining::replies().map(|it| hex(&it.encode()));
    assert_eq!(heard, format!("{name}820081826243318150{}", "04".repeat(16)));
    assert_eq!(waits, format!("{name}820180"));
    let key = |secret| hex(super::key(secret).public_key().as_bytes());
    let url = hex(b"https://centre.example");
    let centre = format!("8376{url}5821{}5820{}", key(9), "08".repeat(32));
    let member = format!("835821{}01624b31", key(5));
    assert_eq!(joined, format!("{name}8202818463503031624333{centre}81{member}"));
    assert_eq!(refused, format!("{name}82038104"));
}
