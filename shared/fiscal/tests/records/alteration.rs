//! Whatever is changed in a record is seen, and whatever bytes come in, nothing panics.

use crate::sale::key;
use crate::samples::{check, issue, open, tickets, two};
use fiscal::closing::Tally;
use fiscal::jcs;
use fiscal::record::{BrokenRecord, Record, SeriesKind};
use fiscal::ticket::{Base, BrokenTicket, Operation, Ticket, credit_lines, creditable};
use proptest::prelude::*;
use serde_json::{Value, json};

fn first(kind: SeriesKind) -> Record {
    issue(kind, &open(kind)).unwrap().0
}

#[test]
fn any_byte_of_the_body_that_is_changed_is_seen() {
    let key = key().public_key();
    for kind in SeriesKind::ALL {
        let body = first(kind).encode();
        let passes = |body: &[u8]| {
            Record::decode(body).is_some_and(|it| check(kind, &it, &key, None).is_ok())
        };
        assert!(passes(&body));
        for place in 0..body.len() {
            let mut altered = body.clone();
            altered[place] ^= 1 << (place % 8);
            assert!(!passes(&altered), "byte {place} of {}", kind.tag());
            assert!(!passes(&body[..place]), "{} cut at {place}", kind.tag());
        }
        assert!(!passes(&[body.as_slice(), &[0]].concat()), "a byte more");
    }
}

/// Each of the four texts on its own, so that no other part gives it away.
#[test]
fn any_byte_of_any_text_that_is_changed_is_seen() {
    let key = key().public_key();
    for kind in SeriesKind::ALL {
        let record = first(kind);
        let parts: [fn(&mut Record) -> &mut String; 4] =
            [|it| &mut it.number, |it| &mut it.document, |it| &mut it.base, |it| &mut it.signature];
        for (part, text) in parts.into_iter().enumerate() {
            for place in 0..text(&mut record.clone()).len() {
                let mut altered = record.clone();
                let mut bytes = text(&mut altered).clone().into_bytes();
                bytes[place] ^= 1;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                *text(&mut altered) = changed;
                let found = check(kind, &altered, &key, None);
                assert!(found.is_err(), "byte {place} of text {part} of {}", kind.tag());
            }
        }
    }
}

/// A document changed and signed again by whoever holds the key: what is wrong in itself is seen.
#[test]
fn a_document_that_does_not_add_up_is_seen_even_when_it_is_signed() {
    use SeriesKind::{Archive, Closing, Duplicate, Event, Invoice, Provisional};
    for (kind, from, to, broken) in [
        (Event, r#""offset_min":60"#, r#""offset_min":61"#, BrokenRecord::Amounts),
        (Event, r#""seq":1"#, r#""seq":2"#, BrokenRecord::Amounts),
        (Event, r#""till":"P01-C1""#, r#""till":"P02-C1""#, BrokenRecord::Amounts),
        (Event, "-E000001", "-Z000001", BrokenRecord::Amounts),
        (Event, "CASH_IN", "CASH_ON", BrokenRecord::Unreadable),
        (Event, "EVENEMENT-1", "EVENEMENT-2", BrokenRecord::Unreadable),
        (Event, r#""amount":5000"#, r#""amount":5e3"#, BrokenRecord::NotCanonical),
        (Event, r#""amount":5000"#, r#""amount":5001"#, BrokenRecord::Signature),
        (Duplicate, r#""copy":1"#, r#""copy":0"#, BrokenRecord::Amounts),
        (Provisional, r#""total_ht":1515"#, r#""total_ht":1516"#, BrokenRecord::Amounts),
        (Provisional, r#""net_ht":1136"#, r#""net_ht":1135"#, BrokenRecord::Amounts),
        (Invoice, r#""ht":379"#, r#""ht":380"#, BrokenRecord::Amounts),
        (Invoice, r#""type":"FACTURE""#, r#""type":"FACTURE_AVOIR""#, BrokenRecord::Amounts),
        (Closing, r#""counted":14790"#, r#""counted":14791"#, BrokenRecord::Amounts),
        (Closing, r#""absolute":1850"#, r#""absolute":1851"#, BrokenRecord::Amounts),
        (Closing, r#""period":"J""#, r#""period":"M""#, BrokenRecord::Amounts),
        (Closing, r#""label":"2026-11-21""#, r#""label":"2026-11-31""#, BrokenRecord::Amounts),
        (Closing, r#""last_day":1"#, r#""last_day":2"#, BrokenRecord::Amounts),
        (Closing, r#""from":2"#, r#""from":10"#, BrokenRecord::Amounts),
        (
            Closing,
            r#""perpetual_algebraic":1450"#,
            r#""perpetual_algebraic":1851"#,
            BrokenRecord::Amounts,
        ),
        (Closing, r#""means":"CARTE""#, r#""means":"ESPECES""#, BrokenRecord::Amounts),
        (Archive, r#""total_ttc":1450"#, r#""total_ttc":1451"#, BrokenRecord::Amounts),
    ] {
        let mut record = first(kind);
        let old = Base::content_hash(&record.document);
        assert!(record.document.contains(from), "{from} in {}", record.document);
        record.document = record.document.replacen(from, to, 1);
        record.base = record.base.replace(&old, &Base::content_hash(&record.document));
        assert_eq!(check(kind, &record, &key().public_key(), None), Err(broken), "{to}");
    }
}

/// Every number of every document, one at a time and all together, at the ends of what JSON holds.
#[test]
fn numbers_at_the_ends_of_the_range_are_refused_without_a_panic() {
    for kind in SeriesKind::ALL {
        let record = first(kind);
        let document: Value = serde_json::from_str(&record.document).unwrap();
        for end in [jcs::GREATEST, -jcs::GREATEST] {
            let mut count = 0;
            while let Some(altered) = with_number(&document, &mut count.clone(), end) {
                refused(kind, &record, &altered);
                count += 1;
            }
            refused(kind, &record, &all_numbers(&document, end));
        }
    }
}

/// Long lists of the greatest amounts, whose sum leaves 64 bits.
#[test]
fn sums_beyond_64_bits_are_refused_without_a_panic() {
    for (kind, list) in [
        (SeriesKind::Provisional, "/lines"),
        (SeriesKind::Provisional, "/vat"),
        (SeriesKind::Invoice, "/vat"),
        (SeriesKind::Closing, "/tally/vat"),
        (SeriesKind::Closing, "/tally/by_mode"),
        (SeriesKind::Closing, "/tally/means"),
        (SeriesKind::Archive, "/vat"),
    ] {
        let record = first(kind);
        let mut document: Value = serde_json::from_str(&record.document).unwrap();
        let items = document.pointer_mut(list).unwrap();
        let item = items[0].clone();
        *items = (0..1_100).map(|place| numbered(&item, place, jcs::GREATEST)).collect();
        refused(kind, &record, &document);
    }
}

fn refused(kind: SeriesKind, record: &Record, document: &Value) {
    let mut altered = record.clone();
    altered.document = jcs::to_string(document).unwrap();
    let (old, new) = (Base::content_hash(&record.document), Base::content_hash(&altered.document));
    altered.base = record.base.replace(&old, &new);
    let found = check(kind, &altered, &key().public_key(), None);
    assert!(found.is_err(), "{}", altered.document);
    // What is not checked is counted all the same, and panics no more.
    let mut tally = Tally::default();
    for _ in 0..3 {
        tally.entry(kind.kind(), &altered.encode()).ok();
    }
}

/// The value with its number of that place, counted from 0, replaced; `None` beyond the last.
fn with_number(value: &Value, place: &mut usize, by: i64) -> Option<Value> {
    match value {
        Value::Number(_) if *place == 0 => Some(json!(by)),
        Value::Number(_) => {
            *place -= 1;
            None
        }
        Value::Array(items) => {
            let found = items
                .iter()
                .enumerate()
                .find_map(|(at, it)| with_number(it, place, by).map(|changed| (at, changed)));
            found.map(|(at, changed)| {
                let mut items = items.clone();
                items[at] = changed;
                Value::Array(items)
            })
        }
        Value::Object(members) => {
            let found = members.iter().find_map(|(name, it)| {
                with_number(it, place, by).map(|changed| (name.clone(), changed))
            });
            found.map(|(name, changed)| {
                let mut members = members.clone();
                members.insert(name, changed);
                Value::Object(members)
            })
        }
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

fn all_numbers(value: &Value, by: i64) -> Value {
    match value {
        Value::Number(_) => json!(by),
        Value::Array(items) => items.iter().map(|it| all_numbers(it, by)).collect(),
        Value::Object(members) => {
            members.iter().map(|(name, it)| (name.clone(), all_numbers(it, by))).collect()
        }
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn a_record_signed_by_another_or_of_another_chain_is_seen() {
    let other = journal::SigningKey::from_secret(&[7; 32]).unwrap().public_key();
    let key = key().public_key();
    for kind in SeriesKind::ALL {
        let (records, _) = two(kind);
        let before = records[0].signature.as_str();
        for (record, key, previous, found) in [
            (&records[0], &other, None, BrokenRecord::Signature),
            (&records[0], &key, Some(before), BrokenRecord::Base),
            (&records[1], &key, None, BrokenRecord::Base),
            (&records[1], &key, Some("x"), BrokenRecord::Base),
        ] {
            assert_eq!(check(kind, record, key, previous), Err(found), "{}", kind.tag());
        }
        for another in SeriesKind::ALL.into_iter().filter(|it| *it != kind) {
            let found = check(another, &records[0], &key, None);
            assert_eq!(found, Err(BrokenRecord::Unreadable), "{} as {}", kind.tag(), another.tag());
        }
    }
}

proptest! {
    #[test]
    fn random_bytes_are_no_record_and_no_panic(
        place in 0..SeriesKind::ALL.len(),
        body in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let kind = SeriesKind::ALL[place];
        let decoded = Record::decode(&body);
        prop_assert!(decoded.is_none_or(|it| check(kind, &it, &key().public_key(), None).is_err()));
        prop_assert!(Tally::default().entry(kind.kind(), &body).is_err());
    }

    #[test]
    fn random_texts_in_a_records_fields_are_no_panic(
        place in 0..SeriesKind::ALL.len(),
        number in ".{0,20}",
        document in r#"[\[\]{}",:0-9a-z\\-]{0,80}"#,
        base in "[A-Z]{2}1(,[a-zé0-9-]{0,6}){1,12}",
        signature in "[A-Za-z0-9_é-]{0,90}",
    ) {
        let kind = SeriesKind::ALL[place];
        let record = Record { number, document, base, signature };
        prop_assert!(check(kind, &record, &key().public_key(), None).is_err());
        prop_assert!(record.extract().chars().count() <= 4);
        prop_assert_eq!(Record::decode(&record.encode()), Some(record));
    }
}

/// Tickets of thousands of the greatest amounts, each with the base string that its document gives:
/// they are refused, and counted, without a panic.
#[test]
fn tickets_of_sums_beyond_64_bits_are_refused_without_a_panic() {
    for ticket in tickets().0 {
        let original: Value = serde_json::from_str(&ticket.document).unwrap();
        for (list, count) in [("lines", 1_500_u32), ("vat", 2_000), ("payments", 2_500)] {
            for end in [jcs::GREATEST, -jcs::GREATEST] {
                let mut document = original.clone();
                let sample = sale_document()[list][0].clone();
                document[list] = (0..count).map(|at| numbered(&sample, at, end)).collect();
                for total in ["total_ht", "total_vat", "total_ttc"] {
                    document[total] = json!(end);
                }
                hostile(&ticket, &document);
            }
        }
    }
}

fn sale_document() -> Value {
    serde_json::from_str(&tickets().0[0].document).unwrap()
}

/// The value with all its numbers at the end of the range, but with an id and a rate of its own.
fn numbered(value: &Value, place: u32, end: i64) -> Value {
    let mut value = all_numbers(value, end);
    for (name, own) in [
        ("line", json!(format!("{place:016x}"))),
        ("vat_bp", json!(place)),
        ("qty_m", json!(1_000)),
    ] {
        if let Some(member) = value.get_mut(name) {
            *member = own;
        }
    }
    value
}

fn hostile(ticket: &Ticket, document: &Value) {
    let mut altered = ticket.clone();
    altered.document = jcs::to_string(document).unwrap();
    let read = altered.read().unwrap();
    let mut base = Base::parse(&ticket.base).unwrap();
    base.content = Base::content_hash(&altered.document);
    base.total = read.total_ttc;
    base.vat = read.vat.iter().map(|it| (it.vat_bp, it.ttc)).collect();
    altered.base = base.to_string();

    let found = altered.check(&key().public_key(), base.previous.as_deref());
    assert!(matches!(found, Err(BrokenTicket::Amounts(_) | BrokenTicket::Totals)), "{found:?}");
    let mut tally = Tally::default();
    for _ in 0..3 {
        tally.entry(fiscal::kind::TICKET, &altered.encode()).unwrap();
    }
    let mut twice = tally.clone();
    twice.merge(&tally);
    assert!(!twice.adds_up());
    let lines = if read.operation == Operation::Sale { read.lines.len() } else { 0 };
    assert_eq!(creditable(&read, core::slice::from_ref(&read)).len(), lines);
    let wanted: Vec<_> = read.lines.iter().map(|it| (it.line, 500)).take(3).collect();
    credit_lines(&read, &[], &wanted).ok();
}
