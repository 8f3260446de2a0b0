//! Bytes that were written once and must be read for ever.

extern crate std;

use super::{journal, opening, started, test_key};
use crate::{Opening, Started};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn an_entry_is_written_as_it_always_was() {
    let (first, second) = journal();
    let mut lines = Vec::new();
    for (name, batch) in [("opened, started", &first), ("three of an unknown kind", &second)] {
        for entry in &batch.entries {
            lines.push(format!("{name}: entry {}", entry.header.seq));
            lines.push(format!("  header {}", hex(&entry.header_bytes)));
            lines.push(format!("  body   {}", hex(entry.body.as_ref().unwrap())));
            lines.push(format!("  hash   {}", entry.hash));
        }
        lines.push(format!("  seal   {}", hex(batch.seal.as_bytes())));
    }
    let written = lines.join("\n") + "\n";
    assert_eq!(written, include_str!("golden.txt"), "{written}");
}

#[test]
fn the_document_shows_these_bytes() {
    let document = include_str!("../../../../docs/JOURNAL.md");
    let (first, _) = journal();
    for entry in &first.entries {
        let body = entry.body.as_ref().unwrap();
        for bytes in [hex(&entry.header_bytes), hex(body), entry.hash.hex()] {
            assert!(document.contains(&bytes), "{bytes}");
        }
    }
    assert!(document.contains(&hex(first.seal.as_bytes())));
}

#[test]
fn bodies_are_read_as_they_are_written() {
    let opening = opening(&test_key());
    assert_eq!(Opening::decode(&opening.to_draft().body), Some(opening));
    let started = started();
    assert_eq!(Started::decode(&started.to_draft().body), Some(started));
}
