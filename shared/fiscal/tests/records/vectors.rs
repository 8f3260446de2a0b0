//! The published vectors, byte for byte.

use crate::sale::{SECRET, key};
use crate::samples::{check, tickets, two};
use fiscal::record::{Record, SeriesKind};
use fiscal::ticket::Ticket;
use serde_json::{Value, json};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../vectors/records-1.json")).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn credit_notes_and_corrections_come_out_byte_for_byte() {
    let vectors = vectors();
    assert_eq!(vectors["secret"], SECRET);
    let mut previous = None;
    for (ticket, expected) in tickets().0.iter().zip(vectors["tickets"].as_array().unwrap()) {
        let issued = json!({
            "number": ticket.number,
            "document": ticket.document,
            "base": ticket.base,
            "signature": ticket.signature,
            "extract": ticket.extract(),
            "body": hex(&ticket.encode()),
        });
        assert_eq!(&issued, expected, "{issued:#}");
        let read = Ticket::decode(&ticket.encode()).unwrap();
        assert_eq!(read.check(&key().public_key(), previous), Ok(()));
        previous = Some(ticket.signature.as_str());
    }
}

#[test]
fn records_of_every_kind_come_out_byte_for_byte() {
    let vectors = vectors();
    for kind in SeriesKind::ALL {
        let (records, _) = two(kind);
        let expected = vectors["records"][kind.tag()].as_array().unwrap();
        assert_eq!(expected.len(), 2);
        let mut previous = None;
        for (record, expected) in records.iter().zip(expected) {
            let issued = json!({
                "number": record.number,
                "document": record.document,
                "base": record.base,
                "signature": record.signature,
                "extract": record.extract(),
                "body": hex(&record.encode()),
            });
            assert_eq!(&issued, expected, "{issued:#}");
            let read = Record::decode(&record.encode()).unwrap();
            let head = check(kind, &read, &key().public_key(), previous).unwrap();
            assert_eq!(head.number, record.number);
            previous = Some(record.signature.as_str());
        }
    }
}

/// The vectors are what an independent program makes of the same day.
#[test]
fn an_independent_program_makes_the_same_records() {
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/records.py");
    let output = std::process::Command::new("python3")
        .arg(oracle)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made = String::from_utf8(output.stdout).unwrap();
    assert_eq!(made, include_str!("../vectors/records-1.json"));
}
