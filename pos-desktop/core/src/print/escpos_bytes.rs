//! A document as the bytes a printer takes.
//!
//! The crate `escpos` writes the commands, into memory. What it does wrong (docs/upstream) is kept
//! away from it: text is given to it as bytes of our own tables; the drawer's pulse, the cut and the
//! ends of lines as bytes too.

use std::cell::RefCell;

use escpos::driver::Driver;
use escpos::errors::PrinterError;
use escpos::printer::Printer;
use escpos::utils::{
    CharacterSet, JustifyMode, PageCode, Protocol, QRCodeCorrectionLevel, QRCodeModel,
    QRCodeOption, UnderlineMode,
};

use super::document::{Align, Document, Style};
use super::layout::{Paper, Printed, lay_out};
use super::page::Page;

/// `FS .`: bytes from 0x80 up are letters and not halves of Chinese characters, as printers sold
/// for several markets take them until told.
const KANJI_OFF: [u8; 2] = [0x1C, b'.'];

/// `ESC p 0 25 250`: connector pin 2, 50 ms on, 500 ms off.
const DRAWER_PULSE: [u8; 5] = [0x1B, b'p', 0, 25, 250];

/// `GS V 66 0`: feed to the blade, cut but for one point. It is the one cut that every manual we
/// read has, of printers from 58 mm to the TM-T88; 65, the full one the crate sends for both, is
/// unknown to some.
const FEED_AND_CUT: [u8; 4] = [0x1D, b'V', 66, 0];

/// The most dots to the side of a QR code's module: 0.75 mm, which any telephone reads.
const QR_MODULE: u8 = 6;

/// Dots across 58 mm paper.
const QR_DOTS: usize = 384;

/// Bytes that a QR code of version 1, 2, 3 … takes at correction level M (ISO/IEC 18004, table 7).
const QR_CAPACITIES: [usize; 11] = [14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251];

/// The most a QR code may say, in bytes. It is then still readable on 58 mm paper.
pub const QR_LIMIT: usize = QR_CAPACITIES[QR_CAPACITIES.len() - 1];

/// How many dots a module of the code gets, so that the code and the blank around it, four modules a
/// side, are no wider than 58 mm paper. `None` where it says too much.
fn qr_module(length: usize) -> Option<u8> {
    let version = QR_CAPACITIES.iter().position(|&capacity| length <= capacity)? + 1;
    let modules = 17 + 4 * version + 8;
    (1..=QR_MODULE).rev().find(|&dots| usize::from(dots) * modules <= QR_DOTS)
}

/// Why a document has no bytes.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A QR code would be too large for the paper.
    #[error("a QR code of {0} bytes, where {QR_LIMIT} is the most")]
    QrTooLong(usize),
    /// The crate refused.
    #[error("the printer's commands could not be written")]
    Refused(#[from] PrinterError),
}

/// The bytes that print `document` on `paper`, whatever was sent to the printer before.
///
/// # Errors
///
/// [`EncodeError`], for documents no printer could print.
pub fn encode(document: &Document, paper: Paper) -> Result<Vec<u8>, EncodeError> {
    let mut printer = Printer::new(Memory::default(), Protocol::default(), None);
    printer.init()?.custom(&KANJI_OFF)?.character_set(CharacterSet::USA)?.page_code(match paper
        .page
    {
        Page::Windows1252 => PageCode::WPC1252,
        Page::Cp858 => PageCode::PC858,
    })?;

    let mut look = Look { align: Align::Left, style: Style::PLAIN };
    for printed in lay_out(document, paper) {
        put(&mut printer, &mut look, paper.page, printed)?;
    }
    printer.print()?;
    Ok(printer.driver().bytes.into_inner())
}

/// How the printer prints at this point.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    align: Align,
    style: Style,
}

fn put(
    printer: &mut Printer<Memory>,
    look: &mut Look,
    page: Page,
    printed: Printed,
) -> Result<(), EncodeError> {
    match printed {
        Printed::Line { text, align, style } => {
            change(printer, look, Look { align, style })?;
            let mut bytes = page.bytes(&text);
            bytes.push(b'\n');
            printer.custom(&bytes)?;
        }
        Printed::Qr { data } => {
            let module = qr_module(data.len()).ok_or(EncodeError::QrTooLong(data.len()))?;
            change(printer, look, Look { align: Align::Centre, style: Style::PLAIN })?;
            let model = QRCodeModel::Model2;
            let option = QRCodeOption::new(model, module, QRCodeCorrectionLevel::M);
            printer.qrcode_option(&data, option)?;
        }
        Printed::Feed { lines } => {
            printer.feeds(lines)?;
        }
        Printed::Cut => {
            printer.custom(&FEED_AND_CUT)?;
        }
        Printed::Drawer => {
            printer.custom(&DRAWER_PULSE)?;
        }
    }
    Ok(())
}

/// Tells the printer what is to be different from here on.
fn change(printer: &mut Printer<Memory>, look: &mut Look, to: Look) -> Result<(), PrinterError> {
    if look.align != to.align {
        printer.justify(match to.align {
            Align::Left => JustifyMode::LEFT,
            Align::Centre => JustifyMode::CENTER,
            Align::Right => JustifyMode::RIGHT,
        })?;
    }
    if look.style.bold != to.style.bold {
        printer.bold(to.style.bold)?;
    }
    if look.style.underline != to.style.underline {
        let single = if to.style.underline { UnderlineMode::Single } else { UnderlineMode::None };
        printer.underline(single)?;
    }
    if look.style.size != to.style.size {
        printer.size(to.style.size.width(), to.style.size.height())?;
    }
    *look = to;
    Ok(())
}

/// Where the crate writes to.
#[derive(Default)]
struct Memory {
    bytes: RefCell<Vec<u8>>,
}

impl Driver for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn write(&self, data: &[u8]) -> Result<(), PrinterError> {
        self.bytes.borrow_mut().extend_from_slice(data);
        Ok(())
    }

    fn read(&self, _: &mut [u8]) -> Result<usize, PrinterError> {
        Ok(0)
    }

    fn flush(&self) -> Result<(), PrinterError> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Item;
    use super::*;

    fn bytes(items: Vec<Item>, page: Page) -> Vec<u8> {
        let paper = Paper { page, ..Paper::default() };
        encode(&Document::new(items), paper).unwrap()
    }

    #[test]
    fn every_document_begins_by_undoing_what_was_before() {
        assert_eq!(bytes(vec![], Page::Windows1252), b"\x1b@\x1c.\x1bR\x00\x1bt\x10");
        assert_eq!(bytes(vec![], Page::Cp858), b"\x1b@\x1c.\x1bR\x00\x1bt\x13");
    }

    #[test]
    fn the_drawer_gets_both_its_times() {
        assert!(bytes(vec![Item::Drawer], Page::Windows1252).ends_with(b"\x1bp\x00\x19\xfa"));
    }

    #[test]
    fn the_paper_is_cut_but_for_a_point() {
        assert!(bytes(vec![Item::Cut], Page::Windows1252).ends_with(b"\x1dVB\x00"));
    }

    #[test]
    fn lines_end_with_a_line_feed_and_only_changes_of_look_are_sent() {
        let items = vec![
            Item::centred("Éa", Style::BOLD),
            Item::centred("b", Style::BOLD),
            Item::text("c"),
        ];
        let bytes = bytes(items, Page::Windows1252);
        let expected = b"\x1ba\x01\x1bE\x01\xc9a\nb\n\x1ba\x00\x1bE\x00c\n";
        assert!(bytes.ends_with(expected), "{bytes:02X?}");
    }

    #[test]
    fn a_long_link_gets_a_finer_code_that_is_no_wider_than_the_paper() {
        assert_eq!([1, 62, 213, 251].map(qr_module), [Some(6), Some(6), Some(5), Some(5)]);
        assert_eq!(qr_module(252), None);
        for (version, &capacity) in (1..).zip(&QR_CAPACITIES) {
            let dots = usize::from(qr_module(capacity).unwrap());
            assert!(4 <= dots && dots * (25 + 4 * version) <= QR_DOTS, "version {version}");
        }
    }

    #[test]
    fn a_qr_code_too_large_for_the_paper_is_refused() {
        let document = Document::new(vec![Item::Qr { data: "x".repeat(QR_LIMIT + 1) }]);
        let refused = encode(&document, Paper::default());
        assert!(matches!(refused, Err(EncodeError::QrTooLong(252))));
    }
}
