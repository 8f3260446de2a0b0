//! Our bytes against those of two other encoders, PyPI's python-escpos and npm's
//! receipt-printer-encoder, for the same papers: what the three decode to is the same.
//!
//! What the others made is kept in tests/printer/fixtures, so that no network is needed here.
//! tests/printer/oracle/README.md says how it is made again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pos_core::print::document::{Align, Document, Item, Size, Style};
use pos_core::print::escpos_bytes::encode;
use pos_core::print::layout::{Columns, Paper, Printed, lay_out};
use pos_core::print::page::Page;
use pos_core::print::receipt::{Amount, CopyMark, ReceiptContent, document, test_document};
use printer_sim::decode::{Item as Decoded, decode};
use printer_sim::paper::{Mark, marks, plain};
use serde::{Deserialize, Serialize};

use crate::contents;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fixture {
    name: String,
    columns: usize,
    printed: Vec<Printed>,
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/printer/fixtures")
}

fn papers() -> Vec<(&'static str, Document, Paper)> {
    let wide = Paper::default();
    let of = |columns| Paper { columns, page: Page::Windows1252 };
    let old = Paper { columns: Columns::C42, page: Page::Cp858 };
    vec![
        ("margherita", document(&contents::plain()), wide),
        ("longest_80_mm", document(&contents::worst()), wide),
        ("longest_80_mm_narrow_letters", document(&contents::worst()), of(Columns::C48)),
        ("longest_58_mm", document(&contents::worst()), of(Columns::C32)),
        ("longest_cp858", document(&contents::worst()), old),
        ("given_back", document(&contents::returned()), wide),
        ("accents", accents(), wide),
        ("accents_cp858", accents(), old),
        ("no_such_letter", no_such_letter(), wide),
        ("discounts", document(&discounts()), wide),
        ("twelve_lines", document(&twelve_lines()), wide),
        ("copy_with_qr", document(&copy_with_qr()), of(Columns::C32)),
        ("looks", looks(), wide),
        ("drawer", Document::drawer(), wide),
        ("drawer_and_paper", drawer_and_paper(), wide),
        ("test_page", test_document("OC Pizza", "17/07/2026 19:42"), of(Columns::C48)),
    ]
}

fn accents() -> Document {
    Document::new(vec![
        Item::text("Pâté d’œuf, bœuf haché, crème brûlée, maïs, ŒUFS À LA NEIGE"),
        Item::text("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸ àâäçéèêëîïôöùûüÿ æÆ"),
        Item::row("« Prix » – l’unité…", "1\u{202f}234,50\u{a0}€"),
        Item::text("ASCII: !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        Item::Cut,
    ])
}

fn no_such_letter() -> Document {
    Document::new(vec![Item::text("🍕 → 披萨 ≥ łosoś, e\u{301}te\u{301}, \u{1b}p"), Item::Cut])
}

fn discounts() -> ReceiptContent {
    let mut content = contents::plain();
    content.lines[0].discounts = vec![
        Amount { label: "Remise 10 %".to_owned(), cents: -125 },
        Amount { label: "Geste commercial : attente de plus d'une heure".to_owned(), cents: -100 },
    ];
    content.discounts = vec![Amount { label: "Remise fidélité".to_owned(), cents: -25 }];
    content.total_cents = 1000;
    content
}

fn twelve_lines() -> ReceiptContent {
    let mut content = contents::plain();
    content.lines = (1..=12).map(|it| contents::line(it, &format!("Pizza n° {it}"), 990)).collect();
    content.total_cents = content.lines.iter().map(|it| it.amount_cents).sum();
    content
}

fn copy_with_qr() -> ReceiptContent {
    let mut content = contents::plain();
    content.copy = Some(CopyMark { number: 1, moment: "18/07/2026 11:03".to_owned() });
    content.link = Some("https://ticket.ocpizza.fr/t/1?k=%C3%A9&l=fr".to_owned());
    content
}

fn looks() -> Document {
    let mut items = Vec::new();
    for size in [Size::Normal, Size::Tall, Size::Large] {
        for (bold, underline) in [(false, false), (true, false), (false, true), (true, true)] {
            for align in [Align::Left, Align::Centre, Align::Right] {
                let style = Style { bold, underline, size };
                items.push(Item::Text {
                    text: "Été à 12 €".to_owned(), align, style, indent: 0
                });
            }
        }
        items.push(Item::Feed { lines: 2 });
    }
    items.push(Item::Cut);
    Document::new(items)
}

fn drawer_and_paper() -> Document {
    Document::new(vec![Item::Drawer, Item::text("tiroir"), Item::Feed { lines: 3 }, Item::Cut])
}

/// The papers as the others are given them: `UPDATE_FIXTURES=1` writes them anew.
#[test]
fn the_others_were_given_the_papers_we_print() {
    let ours: Vec<Fixture> = papers()
        .into_iter()
        .map(|(name, document, paper)| Fixture {
            name: name.to_owned(),
            columns: paper.columns.count(),
            printed: lay_out(&document, paper),
        })
        .collect();
    let file = fixtures().join("papers.json");
    if std::env::var_os("UPDATE_FIXTURES").is_some() {
        let text = serde_json::to_string_pretty(&ours).unwrap();
        std::fs::write(&file, format!("{text}\n")).unwrap();
    }
    let theirs: Vec<Fixture> =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(ours, theirs, "see tests/printer/oracle/README.md");
}

#[test]
fn python_escpos_means_the_same() {
    compare("python-escpos.json");
}

#[test]
fn receipt_printer_encoder_means_the_same() {
    compare("receipt-printer-encoder.json");
}

fn compare(file: &str) {
    let text = std::fs::read_to_string(fixtures().join(file)).unwrap();
    let theirs: BTreeMap<String, String> = serde_json::from_str(&text).unwrap();
    let papers = papers();
    assert_eq!(papers.len(), theirs.len());
    for (name, document, paper) in papers {
        let columns = paper.columns.count();
        let ours = seen(&encode(&document, paper).unwrap(), columns);
        let theirs = seen(&from_hex(&theirs[name]), columns);
        assert_eq!(plain(&ours), plain(&theirs), "{name}");
        assert_eq!(ours, theirs, "{name}");
        assert!(!ours.iter().any(|mark| matches!(mark, Mark::Unknown(_))), "{name}: {ours:?}");
    }
}

/// The marks on the paper but for what the encoders are free in: blank lines after a QR code
/// or a pulse, and the paper fed to the blade.
fn seen(bytes: &[u8], columns: usize) -> Vec<Mark> {
    let items: Vec<Decoded> = decode(bytes);
    let mut seen: Vec<Mark> = Vec::new();
    let blank = |mark: &Mark| matches!(mark, Mark::Line { runs, .. } if runs.is_empty());
    for mark in marks(&items, columns) {
        if blank(&mark) && matches!(seen.last(), Some(Mark::Qr(_) | Mark::Pulse { .. })) {
            continue;
        }
        if matches!(mark, Mark::Cut { .. } | Mark::Pulse { .. }) {
            while seen.last().is_some_and(blank) {
                seen.pop();
            }
        }
        seen.push(mark);
    }
    while seen.last().is_some_and(blank) {
        seen.pop();
    }
    seen
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> =
        text.chars().map(|digit| u8::try_from(digit.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] * 16 + pair[1]).collect()
}
