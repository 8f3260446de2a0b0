//! What a ticket's paper shows.

use pos_core::print::document::Document;
use pos_core::print::escpos_bytes::encode;
use pos_core::print::layout::{Columns, Paper};
use pos_core::print::page::Page;
use pos_core::print::receipt::{ReceiptContent, document, test_document};
use printer_sim::decode::decode;
use printer_sim::paper::{Mark, marks, plain, widest};

use crate::contents;

pub(crate) fn shown(document: &Document, columns: Columns, page: Page) -> String {
    let bytes = encode(document, Paper { columns, page }).unwrap();
    let marks = marks(&decode(&bytes), columns.count());
    assert!(widest(&marks) <= columns.count(), "{}", plain(&marks));
    assert!(!marks.iter().any(|mark| matches!(mark, Mark::Unknown(_))), "{}", plain(&marks));
    plain(&marks)
}

fn receipt(content: &ReceiptContent, columns: Columns) -> String {
    shown(&document(content), columns, Page::Windows1252)
}

#[test]
fn one_margherita_paid_in_cash() {
    insta::assert_snapshot!(receipt(&contents::plain(), Columns::C42));
}

#[test]
fn the_longest_ticket_on_80_mm() {
    insta::assert_snapshot!(receipt(&contents::worst(), Columns::C42));
}

#[test]
fn the_longest_ticket_on_58_mm() {
    insta::assert_snapshot!(receipt(&contents::worst(), Columns::C32));
}

#[test]
fn a_ticket_given_back() {
    insta::assert_snapshot!(receipt(&contents::returned(), Columns::C48));
}

#[test]
fn a_printer_without_windows_1252_spells_out_what_it_lacks() {
    let document = test_document("OC Pizza Croix-Rousse", "17/07/2026 19:42");
    insta::assert_snapshot!(shown(&document, Columns::C42, Page::Cp858));
    insta::assert_snapshot!("test_page_1252", shown(&document, Columns::C42, Page::Windows1252));
}

#[test]
fn all_that_must_be_on_a_ticket_is_on_it() {
    for columns in [Columns::C32, Columns::C42, Columns::C48] {
        let receipt = receipt(&contents::worst(), columns);
        let flowing = receipt.split_whitespace().collect::<Vec<_>>().join(" ");
        for must in [
            "OC Pizza Lyon Part-Dieu « L’Étoile »",
            "OC PIZZA SAS",
            "69003 Lyon",
            "SIREN 123 456 789 - RCS Lyon",
            "SIRET 123 456 789 00012",
            "NAF 5610C",
            "TVA FR32123456789",
            "P01-C1-2026-000001",
            "Caisse C1",
            "17/07/2026 19:42:05",
            "Opérateur 07",
            "VENTE",
            "Commande 42",
            "À EMPORTER",
            "0,35 x Salade au poids",
            "18,90 l'unité",
            "-1,25",
            "Remise commerciale -10,00",
            "TOTAL TTC 100 674,07 €",
            "5,5 %",
            "Carte bancaire 100 000,00",
            "Rendu 0,93",
            "Nombre de lignes 12",
            "OC Pizza 0.1.0 - signature aB3d",
            "DUPLICATA n° 12",
            "édité le 18/07/2026 11:03:59",
            "[QR https://ticket.ocpizza.fr/t/P01-C1-2026-000001]",
        ] {
            assert!(flowing.contains(must), "{must} is missing at {columns:?} in\n{receipt}");
        }
    }
}

#[test]
fn the_same_content_is_always_the_same_bytes() {
    let bytes = || encode(&document(&contents::worst()), Paper::default()).unwrap();
    assert_eq!(bytes(), bytes());
    let stored = document(&contents::worst()).to_stored();
    let again = Document::from_stored(&stored).unwrap();
    assert_eq!(encode(&again, Paper::default()).unwrap(), bytes());
}
