//! What papers that are no tickets show, at their longest.

use pos_core::print::document::Document;
use pos_core::print::layout::Columns;
use pos_core::print::page::Page;
use pos_core::print::papers::closing::{
    self, CashCount, ClosingKind, ClosingPaper, Count, MeansLine, OpenOrders,
};
use pos_core::print::papers::drawer::{self, CashPaper, Direction};
use pos_core::print::papers::kitchen::{
    self, KitchenPaper, KitchenPaperLine, LineChange, SlipKind,
};
use pos_core::print::papers::label::{self, LabelPaper};
use pos_core::print::papers::note::{self, NoteKind, NotePaper};
use pos_core::print::papers::{marked, notice};
use pos_core::print::receipt::{self, Amount, CopyMark, Original, ReceiptContent};

use crate::contents;
use crate::receipts::shown;

const NARROW: Columns = Columns::C32;
const WIDE: Columns = Columns::C42;
const MARK: &str = "FACTICE – SIMULATION";

fn on(document: &Document, columns: Columns) -> String {
    shown(document, columns, Page::Windows1252)
}

/// Both papers below each other, in one snapshot.
fn both(document: &Document) -> String {
    format!("80 mm\n{}\n58 mm\n{}", on(document, WIDE), on(document, NARROW))
}

fn amount(label: &str, cents: i64) -> Amount {
    Amount { label: label.to_owned(), cents }
}

fn note_paper(kind: NoteKind) -> NotePaper {
    let worst = contents::worst();
    NotePaper {
        kind,
        number: Some("P01-C1-2026-PRO-000001".to_owned()),
        seller: worst.seller,
        moment: "17/07/2026 19:42".to_owned(),
        place: "Table 12, terrasse, OC Pizza Lyon Part-Dieu".to_owned(),
        customer: Some("Mme Marguerite de La Rochefoucauld-Montbel".to_owned()),
        order: worst.order.unwrap(),
        till: "C1".to_owned(),
        operator: "07".to_owned(),
        lines: worst.lines,
        discounts: worst.discounts,
        net_cents: worst.vat.iter().map(|it| it.net_cents).sum(),
        total_cents: worst.total_cents,
        vat: worst.vat,
        software: "Logiciel OC Pizza 0.1.0 - version fiscale 1.0".to_owned(),
    }
}

fn closing_paper(kind: ClosingKind) -> ClosingPaper {
    let worst = contents::worst();
    let means = ["Espèces", "Carte bancaire", "Titres-restaurant dématérialisés", "Chèque"];
    let line =
        |means: &str| MeansLine { means: means.to_owned(), count: 12_345, cents: 98_765_432 };
    let count = |label: &str| Count { label: label.to_owned(), count: 123_456 };
    let is_x = kind == ClosingKind::X;
    ClosingPaper {
        kind,
        number: (!is_x).then(|| "P01-C1-Z-2026-000321".to_owned()),
        seller: worst.seller,
        till: "C1".to_owned(),
        operator: "07".to_owned(),
        moment: "18/07/2026 02:14:09".to_owned(),
        period: "17/07/2026 05:00 – 18/07/2026 02:14".to_owned(),
        tickets: Some(("P01-C1-2026-000001".to_owned(), "P01-C1-2026-000412".to_owned())),
        net_cents: worst.vat.iter().map(|it| it.net_cents).sum(),
        total_cents: worst.vat.iter().map(|it| it.gross_cents).sum(),
        vat: worst.vat,
        means: means.map(line).to_vec(),
        cash: Some(CashCount {
            float_cents: 15_000,
            movements: vec![
                amount("Apport de monnaie", 10_000),
                amount("Dépôt au coffre", -250_000),
            ],
            expected_cents: 98_540_432,
            counted_cents: (!is_x).then_some(98_540_000),
            difference_cents: (!is_x).then_some(-432),
        }),
        counts: [
            "Tickets",
            "Avoirs",
            "Corrections de paiement",
            "Lignes annulées après envoi en cuisine",
            "Documents provisoires",
            "Duplicatas",
            "Ouvertures du tiroir sans vente",
        ]
        .map(count)
        .to_vec(),
        perpetual: vec![
            amount("Grand total perpétuel", 123_456_789_012),
            amount("Grand total perpétuel en valeur absolue", 123_556_789_012),
        ],
        open_orders: OpenOrders { count: 3, cents: 7_450 },
        software: "Logiciel OC Pizza 0.1.0 - version fiscale 1.0".to_owned(),
        signature_extract: (!is_x).then(|| "aB3d".to_owned()),
    }
}

fn kitchen_slip(kind: SlipKind) -> KitchenPaper {
    let line = |change, quantity, label: &str, details: &[&str]| KitchenPaperLine {
        change,
        quantity,
        label: label.to_owned(),
        details: details.iter().map(|it| (*it).to_owned()).collect(),
    };
    KitchenPaper {
        kind,
        label: "C1-042".to_owned(),
        mode: "À EMPORTER".to_owned(),
        sent: "19:42".to_owned(),
        promised: Some("20:15".to_owned()),
        lines: vec![
            line(
                LineChange::None,
                2,
                "½ Reine ½ Quatre fromages grande, pâte épaisse à bord farci",
                &["moitié Reine : sans champignons, + œuf", "bien cuite"],
            ),
            line(LineChange::Added, 12, "Margherita standard", &[]),
            line(LineChange::Removed, 1, "Tiramisù", &["sans café"]),
        ],
        care: vec!["allergie aux fruits à coque".to_owned()],
    }
}

fn delivery() -> LabelPaper {
    LabelPaper {
        label: "C1-042".to_owned(),
        bag: (1, 3),
        promised: None,
        customer: "Mme de La Rochefoucauld-Montbel".to_owned(),
        address: vec![
            "214, rue du Président-Édouard-Herriot, escalier B, 4e étage gauche".to_owned(),
            "69002 Lyon".to_owned(),
        ],
        phone: "06 12 34 56 78".to_owned(),
        contents: vec!["2 x Margherita 33 cm".to_owned(), "1 x Tiramisù".to_owned()],
        to_take_cents: 4_250,
    }
}

fn slip(direction: Direction) -> CashPaper {
    CashPaper {
        direction,
        shop: "OC Pizza Lyon Part-Dieu « L’Étoile »".to_owned(),
        number: "P01-C1-MVT-000012".to_owned(),
        till: "C1".to_owned(),
        operator: "07".to_owned(),
        moment: "17/07/2026 15:02".to_owned(),
        cents: 1_234_567_890,
        reason: "Dépôt au coffre de la recette de la veille et de l’avant-veille".to_owned(),
    }
}

fn original() -> Original {
    Original {
        ticket_number: "P01-C1-2026-000001".to_owned(),
        day: "17/07/2026".to_owned(),
        reason: Some("Produit manquant ou différent de la commande".to_owned()),
    }
}

fn credit_note() -> ReceiptContent {
    ReceiptContent { original: Some(original()), ..contents::returned() }
}

fn payment_correction() -> ReceiptContent {
    ReceiptContent {
        operation: "CORRECTION DE PAIEMENT".to_owned(),
        original: Some(original()),
        lines: Vec::new(),
        vat: Vec::new(),
        total_cents: 0,
        payments: vec![
            contents::payment("Espèces", -1_250),
            contents::payment("Titres-restaurant dématérialisés", 1_250),
        ],
        change_cents: 0,
        ..contents::plain()
    }
}

#[test]
fn a_provisional_document_says_that_it_is_no_ticket() {
    insta::assert_snapshot!(both(&note::document(&note_paper(NoteKind::Provisional))));
}

#[test]
fn a_note_has_all_that_the_law_wants_on_it() {
    let document = note::document(&note_paper(NoteKind::Note));
    for columns in [NARROW, WIDE] {
        let paper = on(&document, columns);
        let flowing = paper.split_whitespace().collect::<Vec<_>>().join(" ");
        for must in [
            "17/07/2026",
            "OC PIZZA SAS",
            "17 rue du Docteur-Bouchut",
            "69003 Lyon",
            "Client : Mme Marguerite de La Rochefoucauld-Montbel",
            "Lieu de la prestation : Table 12, terrasse, OC Pizza Lyon Part-Dieu",
            "0,35 x Salade au poids",
            "18,90 l'unité",
            "Total HT 90 942,30 €",
            "TOTAL TTC 100 674,07 €",
        ] {
            assert!(flowing.contains(must), "{must} is missing at {columns:?} in\n{paper}");
        }
    }
    insta::assert_snapshot!(both(&document));
}

#[test]
fn an_x_report_at_its_longest() {
    insta::assert_snapshot!(both(&closing::document(&closing_paper(ClosingKind::X))));
}

#[test]
fn a_closing_of_the_day_at_its_longest() {
    insta::assert_snapshot!(both(&closing::document(&closing_paper(ClosingKind::Day))));
}

#[test]
fn closings_of_the_month_and_of_the_year_name_themselves() {
    for (kind, title) in
        [(ClosingKind::Month, "CLÔTURE MENSUELLE"), (ClosingKind::Year, "CLÔTURE ANNUELLE")]
    {
        let paper = ClosingPaper { cash: None, tickets: None, ..closing_paper(kind) };
        let shown = on(&closing::document(&paper), WIDE);
        assert!(shown.trim_start().starts_with(title), "{shown}");
        assert!(!shown.contains("Tiroir-caisse") && !shown.contains("Premier ticket"), "{shown}");
    }
}

#[test]
fn a_credit_note_refers_to_its_ticket() {
    insta::assert_snapshot!(both(&receipt::document(&credit_note())));
}

#[test]
fn a_correction_of_payments_shows_the_payments_and_no_sale() {
    insta::assert_snapshot!(both(&receipt::document(&payment_correction())));
}

#[test]
fn cash_in_and_out_leave_a_slip_to_sign() {
    insta::assert_snapshot!("cash_in", both(&drawer::document(&slip(Direction::In))));
    insta::assert_snapshot!("cash_out", both(&drawer::document(&slip(Direction::Out))));
}

#[test]
fn kitchen_slips_show_what_changed() {
    insta::assert_snapshot!("slip_new", both(&kitchen::document(&kitchen_slip(SlipKind::New))));
    insta::assert_snapshot!(
        "slip_changed",
        both(&kitchen::document(&kitchen_slip(SlipKind::Changed)))
    );
    insta::assert_snapshot!(
        "slip_cancelled",
        both(&kitchen::document(&kitchen_slip(SlipKind::Cancelled)))
    );
}

#[test]
fn a_delivery_label_has_the_end_of_a_telephone_number_only() {
    let shown = both(&label::document(&delivery()));
    assert!(shown.contains("5678") && !shown.contains("34 56"), "{shown}");
    insta::assert_snapshot!(shown);
}

#[test]
fn the_notice_at_the_till() {
    let shown = both(&notice::on_request());
    let flowing = shown.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flowing.contains("L’impression du ticket se fait à la demande"));
    insta::assert_snapshot!(shown);
}

#[test]
fn a_duplicate_differs_from_the_original_in_its_mark_only() {
    let original = ReceiptContent { copy: None, ..contents::worst() };
    let mark = CopyMark { number: 3, moment: "18/07/2026 11:03:59".to_owned() };
    let copy = ReceiptContent { copy: Some(mark), ..original.clone() };
    for columns in [NARROW, WIDE] {
        let copy = on(&receipt::document(&copy), columns);
        let marks = ["DUPLICATA n° 3", "édité le 18/07/2026 11:03:59"];
        let is_mark = |line: &&str| marks.contains(&line.trim());
        assert_eq!(copy.lines().filter(is_mark).count(), 2, "{copy}");
        let rest: Vec<&str> = copy.lines().filter(|line| !is_mark(line)).collect();
        let first = on(&receipt::document(&original), columns);
        assert_eq!(rest, first.lines().collect::<Vec<_>>());
    }
}

/// Every paper there is, but for the drawer's pulse.
fn all() -> Vec<Document> {
    let mut all = vec![
        receipt::document(&contents::plain()),
        receipt::document(&contents::worst()),
        receipt::document(&credit_note()),
        receipt::document(&payment_correction()),
        receipt::test_document("OC Pizza", "comptoir, 17/07/2026 19:42"),
        label::document(&delivery()),
        notice::on_request(),
    ];
    all.extend([NoteKind::Provisional, NoteKind::Note].map(|it| note::document(&note_paper(it))));
    let kinds = [ClosingKind::X, ClosingKind::Day, ClosingKind::Month, ClosingKind::Year];
    all.extend(kinds.map(|it| closing::document(&closing_paper(it))));
    all.extend([Direction::In, Direction::Out].map(|it| drawer::document(&slip(it))));
    let kinds = [SlipKind::New, SlipKind::Changed, SlipKind::Cancelled];
    all.extend(kinds.map(|it| kitchen::document(&kitchen_slip(it))));
    all
}

#[test]
fn every_paper_of_the_training_mode_says_so_at_both_ends_and_in_the_middle() {
    for document in all() {
        assert_eq!(marked(document.clone(), false), document);
        let marked = marked(document.clone(), true);
        for columns in [NARROW, WIDE] {
            let plain = on(&document, columns);
            let paper = on(&marked, columns);
            let lines: Vec<&str> = paper.lines().map(str::trim).collect();
            let places: Vec<usize> =
                lines.iter().enumerate().filter(|(_, it)| **it == MARK).map(|it| it.0).collect();
            let [top, middle, bottom] = places[..] else { panic!("{places:?}\n{paper}") };
            assert_eq!(top, 0, "{paper}");
            assert!(lines.len() / 5 < middle && middle < lines.len() * 4 / 5, "{paper}");
            let after = lines[bottom + 1..].iter().find(|line| !line.is_empty());
            assert_eq!(after, Some(&"[partial cut]"), "{paper}");
            let unmarked: Vec<&str> = lines.into_iter().filter(|it| *it != MARK).collect();
            assert_eq!(unmarked, plain.lines().map(str::trim).collect::<Vec<_>>());
        }
    }
    let drawer = marked(Document::drawer(), true);
    assert!(!on(&drawer, WIDE).contains("drawer"), "a trainee opens no drawer");
}

#[test]
fn the_link_of_a_receipt_is_a_qr_code_of_the_printers_own() {
    let link = "https://ticket.ocpizza.fr/t/P01-C1-7K3F-000042#9rT2w_XqLk-3";
    let content = ReceiptContent { link: Some(link.to_owned()), ..contents::plain() };
    for columns in [NARROW, WIDE] {
        let paper = on(&receipt::document(&content), columns);
        assert!(paper.contains(&format!("[QR {link}]")), "{paper}");
    }
}
