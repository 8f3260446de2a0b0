use super::{BrokenBody, Event, KIND_VERSION, kind};
use crate::configured::{Amount, Change, Choice, Configured};
use crate::id::CustomerId;
use crate::kitchen::{self, Step};
use crate::mesh;
use crate::order::{self, DiscountReason, Line, Reason};
use crate::publication::{self, What, WorkstationRole};
use crate::samples::{ORDER, line, line_id, opened};
use crate::{staff, stock};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Mode;
use journal::{BlobHash, EntryHash, JournalId, Kind, Seq, Tip};
use std::fmt::Write as _;

/// One event of every kind, and the bytes that have been written since it exists. They never
/// change: journals hold them for ever.
fn golden() -> Vec<(Event, &'static str)> {
    let mut events = of_orders();
    events.extend(of_kitchens());
    events.extend(of_shops());
    events.extend(of_the_mesh());
    events
}

fn of_orders() -> Vec<(Event, &'static str)> {
    let of = Event::Order;
    let mut half = Configured::divided(vec!["MAR".into(), "4FR".into()], Some("S".into())).unwrap();
    half.changes = vec![Change { ingredient: "BAS".into(), amount: Amount::None, on: Some(0) }];
    half.choices = vec![Choice { group: "CUISSON".into(), option: "CUIT".into(), on: None }];
    let lines = vec![Line { configured: half, details: vec![], ..line(1) }];
    let none = Reason::RanOut;
    let discounted = order::Discounted {
        line: line_id(1),
        amount: Money::from_cents(231),
        reason: DiscountReason::Formule { code: "MIDI".into(), name: "Formule midi".into() },
    };
    vec![
        (
            of(order::Event::Opened(opened())),
            "856643312d30343200015820070707070707070707070707070707070707070707070707\
             0707070707070707624c42",
        ),
        (
            of(order::Event::LinesAdded(order::LinesAdded { lines })),
            "818189480101010101010101734d617267686572697461207374616e6461726480848282\
             634d4152068263344652066153818363424153000081826743554953534f4e6443554954\
             011903e80007f5",
        ),
        (
            of(order::Event::LineCancelled(order::LineCancelled {
                line: line_id(1),
                reason: none,
            })),
            "8248010101010101010103",
        ),
        (of(order::Event::ModeSet(order::ModeSet { mode: Mode::Delivery })), "8102"),
        (
            of(order::Event::PromiseSet(order::PromiseSet { at_ms: Some(1_795_372_200_000) })),
            "811b000001a20485b040",
        ),
        (
            of(order::Event::CustomerNamed(order::CustomerNamed {
                customer: Some(CustomerId([5; 16])),
            })),
            "815005050505050505050505050505050505",
        ),
        (of(order::Event::Held(order::Held {})), "80"),
        (of(order::Event::Resumed(order::Resumed {})), "80"),
        (
            of(order::Event::SentToKitchen(order::SentToKitchen { lines: vec![line_id(1)] })),
            "8181480101010101010101",
        ),
        (of(order::Event::Cancelled(order::Cancelled { reason: Reason::TooLate })), "8104"),
        (of(order::Event::HandedOver(order::HandedOver {})), "80"),
        (
            of(order::Event::Discounted(discounted)),
            "8348010101010101010118e7820082644d4944496c466f726d756c65206d696469",
        ),
        (of(order::Event::FeeSet(order::FeeSet { amount: Money::from_cents(250) })), "8118fa"),
    ]
}

fn of_kitchens() -> Vec<(Event, &'static str)> {
    let of = Event::Kitchen;
    let line = line_id(1);
    vec![
        (
            of(kitchen::Event::Seen(kitchen::Seen { lines: vec![line, line_id(2)] })),
            "8182480101010101010101480202020202020202",
        ),
        (
            of(kitchen::Event::Claimed(kitchen::Claimed { line, by: "PZ".into() })),
            "8248010101010101010162505a",
        ),
        (
            of(kitchen::Event::Started(kitchen::Started { line, by: "PZ".into() })),
            "8248010101010101010162505a",
        ),
        (of(kitchen::Event::Ready(kitchen::Ready { line })), "81480101010101010101"),
        (
            of(kitchen::Event::Undone(kitchen::Undone { line, step: Step::Ready })),
            "8248010101010101010102",
        ),
        (of(kitchen::Event::Acknowledged(kitchen::Acknowledged { line })), "81480101010101010101"),
    ]
}

fn of_shops() -> Vec<(Event, &'static str)> {
    let of = Event::Publication;
    let journal = JournalId([9; 32]);
    let listed = publication::WorkstationListed {
        journal,
        public_key: vec![4, 5, 6],
        role: WorkstationRole::Kitchen,
        label: "K1".into(),
    };
    let published =
        publication::Published { what: What::Menu, sha256: BlobHash([7; 32]), number: 7 };
    let (signed_in, signed_out) =
        (staff::SignedIn { operator: "LB".into() }, staff::SignedOut { operator: "LB".into() });
    let left = stock::LeftSet { item: stock::Item::Dough("S".into()), left: Some(8) };
    vec![
        (
            of(publication::Event::Published(published)),
            "830058200707070707070707070707070707070707070707070707070707070707070707\
             07",
        ),
        (
            of(publication::Event::WorkstationListed(listed)),
            "845820090909090909090909090909090909090909090909090909090909090909090943\
             04050601624b31",
        ),
        (
            of(publication::Event::WorkstationRevoked(publication::WorkstationRevoked { journal })),
            "8158200909090909090909090909090909090909090909090909090909090909090909",
        ),
        (Event::Staff(staff::Event::SignedIn(signed_in)), "81624c42"),
        (Event::Staff(staff::Event::SignedOut(signed_out)), "81624c42"),
        (Event::LeftSet(left), "82820281615308"),
    ]
}

fn of_the_mesh() -> Vec<(Event, &'static str)> {
    let of = Event::Mesh;
    let journal = JournalId([9; 32]);
    let tip = Tip { journal, seq: Seq(3), hash: EntryHash([8; 32]) };
    let vouched = mesh::Vouched {
        public_key: vec![4, 5, 6],
        role: WorkstationRole::Till,
        label: "C1".into(),
        manager: "LB".into(),
    };
    let ended = mesh::Ended {
        public_key: vec![4, 5, 6],
        label: "C1".into(),
        tips: vec![tip],
        perpetual_algebraic: Money::from_cents(900),
        perpetual_absolute: Money::from_cents(1_100),
        manager: "LB".into(),
    };
    vec![
        (
            of(mesh::Event::RoleTaken(mesh::RoleTaken { role: mesh::Role::Arbiter, term: 7 })),
            "820007",
        ),
        (
            of(mesh::Event::PaymentAsked(mesh::PaymentAsked { order: ORDER })),
            "815042424242424242424242424242424242",
        ),
        (
            of(mesh::Event::PaymentGranted(mesh::PaymentGranted {
                order: ORDER,
                to: journal,
                term: 7,
            })),
            "835042424242424242424242424242424242582009090909090909090909090909090909\
             0909090909090909090909090909090907",
        ),
        (of(mesh::Event::Vouched(vouched)), "844304050600624331624c42"),
        (
            of(mesh::Event::Ended(ended)),
            "864304050662433181835820090909090909090909090909090909090909090909090909\
             090909090909090903582008080808080808080808080808080808080808080808080808\
             0808080808080819038419044c624c42",
        ),
        (
            of(mesh::Event::DrillBegan(mesh::DrillBegan { minutes: 10, manager: "LB".into() })),
            "820a624c42",
        ),
        (of(mesh::Event::DrillEnded(mesh::DrillEnded { tickets: 4, waiting: 61 })), "8204183d"),
    ]
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn every_kind_has_its_bytes_for_ever() {
    let golden = golden();
    for (event, bytes) in &golden {
        assert_eq!(hex(&event.encode()), *bytes, "kind {}", event.kind());
    }
    let kinds: Vec<Kind> = golden.iter().map(|(event, _)| event.kind()).collect();
    assert_eq!(kinds, kind::ALL);
}

#[test]
fn every_kind_is_read_back_from_cbor_and_from_json() {
    for (event, _) in golden() {
        let read = Event::decode(event.kind(), KIND_VERSION, &event.encode());
        assert_eq!(read, Ok(Some(event.clone())));
        let json = serde_json::to_vec(&event).unwrap();
        assert_eq!(serde_json::from_slice::<Event>(&json).unwrap(), event);
    }
}

#[test]
fn a_draft_carries_what_the_kind_says() {
    for (event, _) in golden() {
        let draft = event.to_draft(Some(ORDER.into()));
        let read = Event::decode(draft.kind, draft.kind_version, &draft.body);
        assert_eq!((read, draft.keep), (Ok(Some(event.clone())), event.keep()));
        let about_an_order = event.kind().0 < 128;
        assert_eq!(event.into_fact().is_some(), about_an_order);
    }
}

#[test]
fn what_is_newer_than_this_program_is_left_alone() {
    let (event, _) = golden().remove(0);
    assert_eq!(Event::decode(event.kind(), KIND_VERSION + 1, b"?"), Ok(None));
    for other in [1, 16, 77, 127, 65_535] {
        assert_eq!(Event::decode(Kind(other), KIND_VERSION, b"?"), Ok(None));
    }
}

#[test]
fn fields_that_a_newer_program_adds_are_skipped() {
    // [delivery] as written today, and with a second field.
    let (today, tomorrow) = ([0x81, 0x02], [0x82, 0x02, 0x18, 0x2a]);
    let read = |body: &[u8]| Event::decode(kind::MODE_SET, KIND_VERSION, body).unwrap().unwrap();
    assert_eq!(read(&tomorrow), read(&today));
}

#[test]
fn a_cut_or_overlong_body_is_broken() {
    for (event, _) in golden() {
        let body = event.encode();
        let broken = Err(BrokenBody(event.kind()));
        let mut longer = body.clone();
        longer.push(0);
        assert_eq!(Event::decode(event.kind(), KIND_VERSION, &longer), broken);
        for end in 0..body.len() {
            assert_eq!(Event::decode(event.kind(), KIND_VERSION, &body[..end]), broken);
        }
    }
}

/// Reasons stand in bodies beside each other: none is ever used again for something else.
#[test]
fn every_reason_for_a_discount_has_its_bytes_for_ever() {
    let reasons = [
        DiscountReason::CommercialGesture,
        DiscountReason::Complaint,
        DiscountReason::StaffMeal,
        DiscountReason::Coupon,
        DiscountReason::PromotionalOffer,
        DiscountReason::Free,
    ];
    let bytes = reasons.map(|it| hex(&minicbor::to_vec(it).unwrap()));
    assert_eq!(bytes, ["820180", "820280", "820380", "820480", "820580", "820680"]);
}
