//! Bytes that were sent once and must be read for ever.

extern crate std;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use journal::{BlobHash, BootId, EntryHash, JournalId, RawEntry, Seq, Signature, Tip};
use proptest::prelude::*;

use super::key;
use crate::{
    Ack, Blob, BlobPart, CardRecord, Cards, CardsPage, Enrol, EnrolRefused, EnrolReply, Enrolled,
    Entries, Fork, Hashes, Hello, Listen, MAX_PROBES, PROTOCOL, Place, Poke, Probe, Pull, Push,
    Quarantine, Quarantined, Refusal, Reply, Request, Rewind, Role, SealedTip, Snapshot,
    SnapshotPage, Unreadable, Welcome,
};

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

const PLACE: Place = Place { seq: Seq(3), hash: EntryHash([0xaa; 32]) };

fn tip() -> Tip {
    PLACE.in_journal(JournalId([0x11; 32]))
}

fn entry() -> RawEntry {
    RawEntry { header: vec![1, 2, 3], body: Some(vec![4, 5]) }
}

fn page() -> CardsPage {
    let records = vec![CardRecord { position: 7, card: vec![6] }];
    CardsPage { records, through: 9, more: true, after: Some(5) }
}

fn snapshot() -> SnapshotPage {
    let last = RawEntry { header: vec![9], body: None };
    let seal = Signature([0x5e; 64]);
    let tips = vec![SealedTip { opening: entry(), last, seal }];
    SnapshotPage { tips, entries: vec![entry()], next: Some(vec![7, 8]) }
}

fn last_page() -> SnapshotPage {
    SnapshotPage { tips: vec![], entries: vec![], next: None }
}

pub(super) fn requests() -> Vec<(&'static str, Request)> {
    let sha256 = BlobHash([0xbb; 32]);
    let (journal, seal) = (tip().journal, Signature([0x5e; 64]));
    vec![
        (
            "HELLO",
            Request::Hello(Hello {
                protocol: PROTOCOL,
                journal: Some(journal),
                boot: BootId([7; 16]),
                build: "0.1.0".to_owned(),
                tips: vec![tip()],
                cards: 9,
            }),
        ),
        ("PROBE", Request::Probe(Probe { tip: tip(), seqs: vec![Seq(1), Seq(2)] })),
        ("PUSH", Request::Push(Push { journal, base: Some(PLACE), entries: vec![entry()], seal })),
        (
            "PUSH from the start",
            Request::Push(Push { journal, base: None, entries: vec![entry()], seal }),
        ),
        ("PULL", Request::Pull(Pull { tip: tip(), after: Some(PLACE), limit: 500 })),
        ("CARDS", Request::Cards(Cards { after: 7 })),
        ("CARDS pushed", Request::CardsPush(page())),
        ("BLOB", Request::Blob(Blob { sha256, offset: 1024 })),
        ("POKE", Request::Poke(Poke { tips: vec![tip()], cards: 9 })),
        ("LISTEN", Request::Listen(Listen { tips: vec![tip()], cards: 9, wait_ms: 25_000 })),
        ("SNAPSHOT", Request::Snapshot(Snapshot { after: None })),
        ("SNAPSHOT, the next page", Request::Snapshot(Snapshot { after: Some(vec![7, 8]) })),
    ]
}

pub(super) fn replies() -> Vec<(&'static str, Reply)> {
    let sha256 = BlobHash([0xbb; 32]);
    let seal = Some(Signature([0x5e; 64]));
    vec![
        (
            "welcome",
            Reply::Welcome(Welcome {
                protocol: 1,
                tips: vec![tip()],
                cards: 9,
                time_ms: -1,
                flags: 0,
                cards_merged: Some(4),
            }),
        ),
        ("hashes", Reply::Hashes(Hashes { hashes: vec![Some(PLACE.hash), None] })),
        ("ACK", Reply::Ack(Ack { tip: tip() })),
        ("NEED", Reply::Need { have: Some(PLACE) }),
        ("NEED all", Reply::Need { have: None }),
        (
            "FORK",
            Reply::Fork(Fork {
                seq: Seq(3),
                held: EntryHash([1; 32]),
                sent: EntryHash([2; 32]),
                kept: PLACE,
            }),
        ),
        ("BUSY", Reply::Busy { retry_ms: 2000 }),
        ("QUARANTINED", Reply::Quarantined(Quarantined { seq: Seq(3), why: Quarantine::Revoked })),
        ("UPGRADE", Reply::Upgrade { protocol: PROTOCOL }),
        ("entries", Reply::Entries(Entries { entries: vec![entry()], seal, tip: tip() })),
        ("entries, none", Reply::Entries(Entries { entries: vec![], seal: None, tip: tip() })),
        ("REWIND", Reply::Rewind(Rewind { tip: Some(tip()) })),
        ("cards", Reply::Cards(page())),
        ("cards ACK", Reply::CardsAck { through: 9 }),
        ("blob", Reply::Blob(BlobPart { sha256, offset: 1024, total: 1026, bytes: vec![1, 2] })),
        ("no blob", Reply::NoBlob { sha256 }),
        ("poke", Reply::Poke(Poke { tips: vec![tip()], cards: 9 })),
        ("unknown", Reply::Unknown { number: 9 }),
        ("refused", Reply::Refused(Refusal::TooLarge)),
        ("snapshot", Reply::Snapshot(snapshot())),
        ("snapshot, the last page", Reply::Snapshot(last_page())),
    ]
}

pub(super) fn enrolment() -> (Enrol, EnrolReply, EnrolReply) {
    let enrol = Enrol {
        code: "K7QM-2PXA".to_owned(),
        public_key: key(1).public_key(),
        role: Role::Till,
        label: "C1".to_owned(),
        build: "0.1.0".to_owned(),
    };
    let enrolled = EnrolReply::Enrolled(Enrolled {
        shop: "P01".to_owned(),
        label: "C1".to_owned(),
        centre_key: key(2).public_key(),
        centre_journal: tip().journal,
        time_ms: 0,
    });
    (enrol, enrolled, EnrolReply::Refused(EnrolRefused::CodeExpired))
}

#[test]
fn a_message_is_written_as_it_always_was() {
    let mut lines = Vec::new();
    for (name, request) in requests() {
        lines.push(format!("{name} {}", hex(&request.encode())));
    }
    for (name, reply) in replies() {
        lines.push(format!("-> {name} {}", hex(&reply.encode())));
    }
    let (enrol, enrolled, refused) = enrolment();
    lines.push(format!("ENROL {}", hex(&enrol.encode())));
    lines.push(format!("-> enrolled {}", hex(&enrolled.encode())));
    lines.push(format!("-> not enrolled {}", hex(&refused.encode())));
    let written = lines.join("\n") + "\n";
    assert_eq!(written, include_str!("golden.txt"), "{written}");
}

#[test]
fn a_message_is_read_as_it_was_written() {
    for (name, request) in requests() {
        assert_eq!(Request::decode(&request.encode()), Ok(request), "{name}");
    }
    for (name, reply) in replies() {
        assert_eq!(Reply::decode(&reply.encode()), Ok(reply), "{name}");
    }
    let (enrol, enrolled, refused) = enrolment();
    assert_eq!(Enrol::decode(&enrol.encode()), Ok(enrol));
    assert_eq!(EnrolReply::decode(&enrolled.encode()), Ok(enrolled));
    assert_eq!(EnrolReply::decode(&refused.encode()), Ok(refused));
}

/// One byte of a message after another is replaced by what begins other things of CBOR.
pub(super) fn altered(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    const BYTES: [u8; 16] = [
        0x00, 0x1b, 0x20, 0x40, 0x5f, 0x61, 0x80, 0x81, 0x82, 0x84, 0x87, 0x9f, 0xa0, 0xf6, 0xf7,
        0xff,
    ];
    (0..bytes.len()).flat_map(move |at| {
        BYTES.into_iter().map(move |byte| {
            let mut altered = bytes.to_vec();
            altered[at] = byte;
            altered
        })
    })
}

#[test]
fn an_altered_message_is_refused_or_is_another_message() {
    for (name, request) in requests() {
        for bytes in altered(&request.encode()) {
            if let Ok(read) = Request::decode(&bytes) {
                assert_eq!(Request::decode(&read.encode()), Ok(read), "{name}");
            }
        }
    }
    for (name, reply) in replies() {
        for bytes in altered(&reply.encode()) {
            if let Ok(read) = Reply::decode(&bytes) {
                assert_eq!(Reply::decode(&read.encode()), Ok(read), "{name}");
            }
        }
    }
    let (enrol, enrolled, _) = enrolment();
    for bytes in altered(&enrol.encode()) {
        if let Ok(read) = Enrol::decode(&bytes) {
            assert_eq!(Enrol::decode(&read.encode()), Ok(read));
        }
    }
    for bytes in altered(&enrolled.encode()) {
        if let Ok(read) = EnrolReply::decode(&bytes) {
            assert_eq!(EnrolReply::decode(&read.encode()), Ok(read));
        }
    }
}

#[test]
fn a_message_of_a_newer_program_is_told_from_broken_bytes() {
    // WITNESS, and what comes after it, whatever they will carry.
    assert_eq!(Request::decode(&[0x82, 10, 0x80]), Err(Unreadable::Unknown { number: 10 }));
    assert_eq!(Request::decode(&[0x82, 11, 0xf6]), Err(Unreadable::Unknown { number: 11 }));
    assert_eq!(Request::decode(&[0x82, 2, 0x80]), Err(Unreadable::Broken));
    assert_eq!(Request::decode(&[]), Err(Unreadable::Broken));
    let mut longer = Request::Cards(Cards { after: 1 }).encode();
    longer.push(0);
    assert_eq!(Request::decode(&longer), Err(Unreadable::Broken));
}

#[test]
fn a_field_of_a_newer_program_is_skipped() {
    // CARDS with a second field.
    let newer = [0x82, 4, 0x81, 0x82, 7, 0x61, b'x'];
    assert_eq!(Request::decode(&newer), Ok(Request::Cards(Cards { after: 7 })));
    // A welcome of a program that took no note of cards merged.
    let older = [0x82, 0, 0x81, 0x85, 1, 0x80, 9, 0, 0];
    let Ok(Reply::Welcome(welcome)) = Reply::decode(&older) else {
        panic!("an older welcome is read");
    };
    assert_eq!(welcome.cards_merged, None);
}

#[test]
fn what_exceeds_a_limit_is_refused() {
    let push = |entries| {
        Request::Push(Push {
            journal: tip().journal,
            base: None,
            entries,
            seal: Signature([0; 64]),
        })
    };
    let of = |len| RawEntry { header: vec![], body: Some(vec![0; len]) };
    let table = [
        (push(vec![entry(); 500]), None),
        (push(vec![entry(); 501]), Some("entries: 501, more than 500")),
        (push(vec![of(256 * 1024); 4]), None),
        (push(vec![of(256 * 1024); 5]), Some("bytes of entries: 1310720, more than 1048576")),
        (push(vec![of(10_000_000)]), Some("bytes of a body: 10000000, more than 262144")),
        (
            Request::Probe(Probe { tip: tip(), seqs: vec![Seq(1); MAX_PROBES + 1] }),
            Some("places: 65, more than 64"),
        ),
        (
            Request::Poke(Poke { tips: vec![tip(); 4097], cards: 0 }),
            Some("tips: 4097, more than 4096"),
        ),
        (Request::CardsPush(CardsPage { records: vec![], ..page() }), None),
        (Request::Snapshot(Snapshot { after: Some(vec![0; 128]) }), None),
        (
            Request::Snapshot(Snapshot { after: Some(vec![0; 129]) }),
            Some("bytes of a cursor: 129, more than 128"),
        ),
        (
            Request::CardsPush(CardsPage {
                records: vec![CardRecord { position: 1, card: vec![0; 1024 * 1024 + 1] }],
                ..page()
            }),
            Some("bytes of cards: 1048577, more than 1048576"),
        ),
    ];
    for (request, refusal) in table {
        let got = request.check_limits().err().map(|it| format!("{it}"));
        assert_eq!(got.as_deref(), refusal);
    }
}

#[test]
fn a_snapshot_that_exceeds_a_limit_is_no_answer() {
    let sealed = |len| SealedTip {
        opening: RawEntry { header: vec![0; len], body: None },
        last: RawEntry { header: vec![], body: None },
        seal: Signature([0; 64]),
    };
    let table = [
        (SnapshotPage { entries: vec![entry(); 500], ..last_page() }, None),
        (
            SnapshotPage { entries: vec![entry(); 501], ..last_page() },
            Some("entries: 501, more than 500"),
        ),
        (SnapshotPage { tips: vec![sealed(1); 256], ..last_page() }, None),
        (
            SnapshotPage { tips: vec![sealed(1); 257], ..last_page() },
            Some("sealed tips: 257, more than 256"),
        ),
        (
            SnapshotPage { tips: vec![sealed(512 * 1024), sealed(1)], ..last_page() },
            Some("bytes of sealed tips: 524289, more than 524288"),
        ),
        (
            SnapshotPage { next: Some(vec![0; 129]), ..last_page() },
            Some("bytes of a cursor: 129, more than 128"),
        ),
    ];
    for (page, refusal) in table {
        let got = Reply::Snapshot(page).check_limits().err().map(|it| format!("{it}"));
        assert_eq!(got.as_deref(), refusal);
    }
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes: Vec<u8>, at: prop::sample::Index, to: u8) {
        let _never_panics = (Request::decode(&bytes).is_ok(), Reply::decode(&bytes).is_ok());
        let messages = requests().into_iter().map(|(_, it)| it.encode());
        for mut bytes in messages.chain(replies().into_iter().map(|(_, it)| it.encode())) {
            let at = at.index(bytes.len());
            bytes[at] = to;
            let request = Request::decode(&bytes).map(|it| it.check_limits().is_ok());
            let reply = Reply::decode(&bytes[..at]).map(|it| it.check_limits().is_ok());
            let _never_panics = (request, reply);
        }
    }
}
