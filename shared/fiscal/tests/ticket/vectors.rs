//! The published vectors, byte for byte.

use crate::sale::{SECRET, cents, draft, key, series};
use fiscal::jcs;
use fiscal::ticket::{Base, Ticket, Totals};
use fiscal::time::Moment;
use fiscal::vat::Rate;
use serde_json::{Value, json};

fn vector(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Recipe CHAIN-1's own vector: its document is shorter than ours and its number another's.
#[test]
fn the_recipes_vector_comes_out_byte_for_byte() {
    let vector = vector(include_str!("../vectors/chain-1.json"));
    let totals = Totals::of([(cents(1_250), Rate(1_000)), (cents(400), Rate(550))]);
    let bases: Vec<i64> = totals.lines.iter().map(|line| line.ht.cents()).collect();
    let document = jcs::to_string(&json!({
        "ticket_no": "P01-C1-2026-000001",
        "total_ttc": totals.total,
        "mode": "EMPORTER",
        "payments": [{"means": "ESPECES", "amount": 1_650}],
        "lines": [
            {"label": "Pizza Reine", "qty_m": 1_000, "unit_ttc": 1_250, "ttc": 1_250,
             "net_ht": bases[0], "vat_bp": 1_000},
            {"label": "Coca 33cl", "qty_m": 2_000, "unit_ttc": 200, "ttc": 400,
             "net_ht": bases[1], "vat_bp": 550},
        ],
    }))
    .unwrap();
    assert_eq!(document, vector["document"]);
    assert_eq!(Base::content_hash(&document), vector["content_hash"]);

    let moment = Moment { utc_ms: 1_795_284_300_000, offset_min: 60 };
    let base = Base {
        till: "P01-C1".to_owned(),
        seq: 1,
        vat: totals.rates.iter().map(|rate| (rate.rate, rate.ttc)).collect(),
        total: totals.total,
        perpetual_algebraic: totals.total,
        perpetual_absolute: totals.total,
        stamp: moment.stamp(),
        offset: moment.offset(),
        number: "P01-C1-2026-000001".to_owned(),
        operation: "VENTE".to_owned(),
        content: Base::content_hash(&document),
        previous: None,
    };
    assert_eq!(base.to_string(), vector["base"]);
    assert_eq!(Base::parse(&base.to_string()), Ok(base.clone()));
    // The recipe's hash of the base string is SHA-256, as the hash of a document is.
    assert_eq!(Base::content_hash(&base.to_string()), vector["base_sha256"]);

    let signature = key().sign(base.to_string().as_bytes());
    assert_eq!(hex(signature.as_bytes()), vector["signature_hex"]);
    assert_eq!(SECRET, vector["secret"]);
    assert_eq!(hex(key().public_key().as_bytes()), vector["public_key"]);
}

/// Two whole tickets of ours: a change in any byte of what is issued is a new version of it.
#[test]
fn our_own_tickets_come_out_byte_for_byte() {
    let vector = vector(include_str!("../vectors/ticket-1.json"));
    let mut series = series();
    let mut previous = None;
    for expected in vector["tickets"].as_array().unwrap() {
        let (ticket, next) = series.issue(&draft(), &key()).unwrap();
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
        assert_eq!(read.check(&key().public_key(), previous.as_deref()), Ok(()));
        previous = Some(ticket.signature);
        series = next;
    }
    assert_eq!(series.next, 3);
}

/// The vector is what an independent program makes of the same sale.
#[test]
fn an_independent_program_makes_the_same_tickets() {
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/ticket.py");
    let output = std::process::Command::new("python3").arg(oracle).output().unwrap();
    let made = String::from_utf8(output.stdout).unwrap();
    assert_eq!(made, include_str!("../vectors/ticket-1.json"));
}

/// RFC 6979 A.2.5, "sample" with SHA-256: the key signs as everybody's does.
#[test]
fn the_test_key_signs_as_rfc_6979_says() {
    assert_eq!(
        hex(key().sign(b"sample").as_bytes()),
        concat!(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        )
    );
}
