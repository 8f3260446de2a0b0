use super::{Block, Report};
use crate::flow::{Flow, Frame};
use crate::sheet::{HEIGHT, Mark, Sheet, WIDTH};
use crate::table::{Place, Table};
use crate::{Column, PaperError};
use fiscal::time::Moment;

const CREATED: Moment = Moment { utc_ms: 1_789_242_000_000, offset_min: 120 };

fn table(rows: usize) -> Table {
    let row = |it: usize| vec![format!("Ligne {it}").into(), format!("{it},00").into()];
    Table {
        columns: vec![Column::left("Désignation", 3), Column::right("Montant", 1)],
        rows: (1..=rows).map(row).collect(),
        totals: vec![vec!["Total".into(), "1,00".into()]],
    }
}

fn frame() -> Frame {
    Frame {
        running: "Rapport".to_owned(),
        stamp: Some("DUPLICATA".to_owned()),
        footer: "OC Pizza Lyon – RCS Lyon 732 829 320".to_owned(),
    }
}

fn pages(blocks: &[Block]) -> Vec<Sheet> {
    let mut flow = Flow::begin(frame());
    for block in blocks {
        block.flow(&mut flow).unwrap();
    }
    flow.end()
}

fn texts(sheet: &Sheet) -> Vec<&str> {
    sheet.marks.iter().filter_map(text).collect()
}

fn text(mark: &Mark) -> Option<&str> {
    match mark {
        Mark::Text { run, .. } => Some(&run.text),
        Mark::Fill { .. } => None,
    }
}

/// Whether all that is on the pages is on paper.
fn is_inside(sheets: &[Sheet]) -> bool {
    sheets.iter().flat_map(|it| &it.marks).all(|it| match it {
        Mark::Text { x, y, run } => 0.0 < *x && x + run.width < WIDTH && *y < HEIGHT - 20.0,
        Mark::Fill { x, y, width, height, .. } => {
            0.0 < *x && 0.0 < *y && x + width < WIDTH && y + height < HEIGHT - 20.0
        }
    })
}

#[test]
fn a_table_goes_on_under_its_header_and_loses_no_row() {
    let sheets = pages(&[Block::Table(table(150))]);
    assert!(sheets.len() > 2 && is_inside(&sheets));
    let mut rows = 0;
    for (sheet, number) in sheets.iter().zip(1..) {
        let texts = texts(sheet);
        assert!(texts.contains(&"Désignation") && texts.contains(&"DUPLICATA"));
        assert!(texts.contains(&format!("Page {number}\u{a0}/\u{a0}{}", sheets.len()).as_str()));
        rows += texts.iter().filter(|it| it.starts_with("Ligne ")).count();
    }
    assert_eq!(rows, 150);
}

#[test]
fn a_row_higher_than_a_page_goes_on_over_the_next() {
    let mut long = table(2);
    long.rows[1][0] = "Anticonstitutionnellement ".repeat(600).as_str().into();
    let sheets = pages(&[Block::Table(long)]);
    assert!(sheets.len() > 1 && is_inside(&sheets));
    let texts = sheets.iter().flat_map(texts);
    assert_eq!(texts.map(|it| it.matches("Anticonst").count()).sum::<usize>(), 600);
}

#[test]
fn every_kind_of_block_stays_on_the_page_however_long() {
    let long = "Un texte qui n’en finit pas, « très long ». ".repeat(200);
    let name = "Désignation particulièrement longue du champ".to_owned();
    let sheets = pages(&[
        Block::Heading(long.clone()),
        Block::Paragraph(long.clone()),
        Block::Notice(long.clone()),
        Block::KeyValues(vec![(name.clone(), long), ("x".repeat(500), "y".repeat(500))]),
        Block::Fields(vec![name.clone(); 60]),
        Block::Signature(name),
        Block::NewPage,
        Block::NewPage,
        Block::Paragraph("Fin".to_owned()),
    ]);
    assert!(is_inside(&sheets));
    assert!(sheets.last().is_some_and(|it| texts(it).contains(&"Fin")));
}

#[test]
fn a_signature_is_never_alone_on_a_page() {
    for rows in 20..45 {
        let report = Report {
            blocks: vec![
                Block::Table(table(rows)),
                Block::Notice("Une fausse attestation est un délit.".to_owned()),
                Block::Signature("Signature".to_owned()),
            ],
            ..Report::default()
        };
        let last = report.sheets().unwrap().pop().unwrap();
        assert!(texts(&last).contains(&"Une fausse attestation est un délit."), "{rows}");
    }
}

#[test]
fn a_row_wider_than_its_table_is_refused() {
    let mut wide = table(1);
    wide.rows[0].push("trop".into());
    let refused = wide.flow(&mut Flow::begin(frame()), Place::ACROSS);
    assert!(matches!(refused, Err(PaperError::RowTooWide { cells: 3, columns: 2 })));
}

#[test]
fn the_same_report_is_the_same_bytes() {
    let report = Report {
        title: "Clôture journalière".to_owned(),
        subtitle: "12 septembre 2026".to_owned(),
        stamp: None,
        blocks: vec![Block::Table(table(90)), Block::Notice("1\u{202f}234,50\u{a0}€".to_owned())],
        footer: "OC Pizza".to_owned(),
    };
    let pdf = report.to_pdf(CREATED).unwrap();
    assert!(pdf.starts_with(b"%PDF-1.7"));
    assert!(pdf == report.to_pdf(CREATED).unwrap());
}

#[test]
fn a_report_of_nothing_is_still_one() {
    assert!(Report::default().to_pdf(CREATED).unwrap().starts_with(b"%PDF-1.7"));
}
