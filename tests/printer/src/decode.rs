//! Bytes to what a printer understands by them.

use crate::code_page;

/// Where a line stands on the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right edge.
    Right,
}

/// How text is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Emphasised (`ESC E`).
    pub bold: bool,
    /// Underlined (`ESC -`), one dot or two.
    pub underline: bool,
    /// White on black (`GS B`).
    pub inverted: bool,
    /// Times the normal width, 1 to 8 (`GS !`).
    pub width: u8,
    /// Times the normal height, 1 to 8 (`GS !`).
    pub height: u8,
    /// Where the line stands (`ESC a`).
    pub align: Align,
}

impl Style {
    /// What `ESC @` leaves.
    pub const PLAIN: Self = Self {
        bold: false,
        underline: false,
        inverted: false,
        width: 1,
        height: 1,
        align: Align::Left,
    };
}

/// One thing a printer was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// `ESC @`: everything as at switching on.
    Reset,
    /// Characters, with the number of the page they were looked up in.
    Text {
        /// What is printed.
        text: String,
        /// How.
        style: Style,
        /// The `ESC t` number.
        page: u8,
    },
    /// The line is printed and the paper moves on.
    EndOfLine {
        /// By how many lines.
        lines: u8,
    },
    /// A QR code.
    Qr {
        /// What it says.
        data: String,
        /// Where it stands.
        align: Align,
    },
    /// A bar code.
    Barcode {
        /// The `GS k` number of its kind.
        system: u8,
        /// What it says.
        data: String,
    },
    /// The paper is cut.
    Cut {
        /// A point is left holding.
        partial: bool,
    },
    /// The cash drawer's magnet is pulled.
    Pulse {
        /// The connector's pin, 2 or 5.
        pin: u8,
        /// For so long, in milliseconds.
        on_ms: u16,
        /// Then left alone for so long, in milliseconds.
        off_ms: u16,
    },
    /// A real-time status request (`DLE EOT n`).
    StatusRequest(u8),
    /// Bytes no command we know begins with, or a command cut short.
    Unknown(Vec<u8>),
}

/// What `bytes` tell a printer that has just been switched on.
#[must_use]
pub fn decode(bytes: &[u8]) -> Vec<Item> {
    let mut decoder = Decoder {
        rest: bytes,
        style: Style::PLAIN,
        page: 0,
        stored_qr: String::new(),
        items: Vec::new(),
    };
    while let Some(&first) = decoder.rest.first() {
        decoder.step(first);
    }
    decoder.items
}

struct Decoder<'a> {
    rest: &'a [u8],
    style: Style,
    page: u8,
    stored_qr: String,
    items: Vec<Item>,
}

impl Decoder<'_> {
    fn step(&mut self, first: u8) {
        match first {
            b'\n' => self.emit(1, Item::EndOfLine { lines: 1 }),
            // A carriage return beside a line feed moves nothing.
            b'\r' => self.skip(1),
            0x10 => self.data_link_escape(),
            0x1B => self.escape(),
            0x1C => self.field_separator(),
            0x1D => self.group_separator(),
            0x00..0x20 | 0x7F => self.unknown(1),
            _ => self.character(first),
        }
    }

    /// The byte `place` bytes from here.
    fn byte(&self, place: usize) -> Option<u8> {
        self.rest.get(place).copied()
    }

    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn emit(&mut self, count: usize, item: Item) {
        self.skip(count);
        self.items.push(item);
    }

    fn unknown(&mut self, count: usize) {
        let count = count.min(self.rest.len());
        let bytes = self.rest[..count].to_vec();
        self.emit(count, Item::Unknown(bytes));
    }

    fn character(&mut self, byte: u8) {
        let character = code_page::character(self.page, byte);
        let (style, page) = (self.style, self.page);
        self.skip(1);
        if let Some(Item::Text { text, style: held, page: from }) = self.items.last_mut()
            && *held == style
            && *from == page
        {
            text.push(character);
            return;
        }
        self.items.push(Item::Text { text: character.to_string(), style, page });
    }

    fn data_link_escape(&mut self) {
        match (self.byte(1), self.byte(2)) {
            (Some(0x04), Some(n)) => self.emit(3, Item::StatusRequest(n)),
            _ => self.unknown(3),
        }
    }

    fn escape(&mut self) {
        let (Some(command), argument) = (self.byte(1), self.byte(2)) else {
            return self.unknown(2);
        };
        match (command, argument) {
            (b'@', _) => {
                self.style = Style::PLAIN;
                self.page = 0;
                self.emit(2, Item::Reset);
            }
            // Line spacing back to normal.
            (b'2', _) => self.skip(2),
            (b't', Some(n)) => {
                self.page = n;
                self.skip(3);
            }
            (b'E', Some(n)) => {
                self.style.bold = n & 1 == 1;
                self.skip(3);
            }
            (b'-', Some(n)) => {
                self.style.underline = !matches!(n, 0 | b'0');
                self.skip(3);
            }
            (b'a', Some(n)) => {
                self.style.align = match n {
                    1 | b'1' => Align::Centre,
                    2 | b'2' => Align::Right,
                    _ => Align::Left,
                };
                self.skip(3);
            }
            (b'!', Some(n)) => {
                self.style.bold = n & 0x08 != 0;
                self.style.height = if n & 0x10 == 0 { 1 } else { 2 };
                self.style.width = if n & 0x20 == 0 { 1 } else { 2 };
                self.style.underline = n & 0x80 != 0;
                self.skip(3);
            }
            (b'd', Some(lines)) => self.emit(3, Item::EndOfLine { lines }),
            // Character set, font, line spacing, double strike, upside down: nothing the till uses
            // but in their plain form, and the paper's text is the same.
            (b'R' | b'M' | b'3' | b'G' | b'{' | b'V', Some(_)) => self.skip(3),
            (b'p', Some(pin)) => self.pulse(pin),
            _ => self.unknown(3),
        }
    }

    fn pulse(&mut self, pin: u8) {
        let (Some(on), Some(off)) = (self.byte(3), self.byte(4)) else {
            return self.unknown(5);
        };
        let pin = if matches!(pin, 0 | b'0') { 2 } else { 5 };
        let pulse = Item::Pulse { pin, on_ms: u16::from(on) * 2, off_ms: u16::from(off) * 2 };
        self.emit(5, pulse);
    }

    fn field_separator(&mut self) {
        match self.byte(1) {
            // Kanji off.
            Some(b'.') => self.skip(2),
            _ => self.unknown(2),
        }
    }

    fn group_separator(&mut self) {
        let (Some(command), Some(argument)) = (self.byte(1), self.byte(2)) else {
            return self.unknown(3);
        };
        match command {
            b'!' => {
                self.style.width = (argument >> 4) + 1;
                self.style.height = (argument & 0x0F) + 1;
                self.skip(3);
            }
            b'B' => {
                self.style.inverted = argument & 1 == 1;
                self.skip(3);
            }
            // Bar code text, font, height and width; smoothing.
            b'H' | b'f' | b'h' | b'w' | b'b' => self.skip(3),
            b'V' => self.cut(argument),
            b'k' => self.barcode(argument),
            b'(' => self.function(argument),
            _ => self.unknown(3),
        }
    }

    /// `GS V`: 0 and 1 cut here, 65 and 66 feed to the blade first and take one byte more.
    fn cut(&mut self, mode: u8) {
        match mode {
            0 | b'0' => self.emit(3, Item::Cut { partial: false }),
            1 | b'1' => self.emit(3, Item::Cut { partial: true }),
            65 if self.byte(3).is_some() => self.emit(4, Item::Cut { partial: false }),
            66 if self.byte(3).is_some() => self.emit(4, Item::Cut { partial: true }),
            _ => self.unknown(3),
        }
    }

    /// `GS k`: up to 6 the data ends with NUL, from 65 its length comes first.
    fn barcode(&mut self, system: u8) {
        let data = if system <= 6 {
            self.rest[3..].split(|&byte| byte == 0).next().map(|data| (data, data.len() + 4))
        } else {
            let length = usize::from(self.byte(3).unwrap_or(0));
            self.rest.get(4..4 + length).map(|data| (data, length + 4))
        };
        match data {
            Some((data, whole)) if whole <= self.rest.len() => {
                let data = String::from_utf8_lossy(data).into_owned();
                self.emit(whole, Item::Barcode { system, data });
            }
            _ => self.unknown(self.rest.len()),
        }
    }

    /// `GS ( x pL pH …`, of which only the QR code's (`GS ( k`, cn 49) mean something here.
    fn function(&mut self, group: u8) {
        let (Some(low), Some(high)) = (self.byte(3), self.byte(4)) else {
            return self.unknown(5);
        };
        let whole = 5 + usize::from(low) + 256 * usize::from(high);
        let Some(parameters) = self.rest.get(5..whole) else {
            return self.unknown(self.rest.len());
        };
        match (group, parameters) {
            (b'k', [49, 80, 48, data @ ..]) => {
                self.stored_qr = String::from_utf8_lossy(data).into_owned();
                self.skip(whole);
            }
            (b'k', [49, 81, ..]) => {
                let qr = Item::Qr { data: self.stored_qr.clone(), align: self.style.align };
                self.emit(whole, qr);
            }
            // Model, module size, correction.
            (b'k', [49, 65 | 67 | 69, ..]) => self.skip(whole),
            _ => self.unknown(whole),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, style: Style, page: u8) -> Item {
        Item::Text { text: text.to_owned(), style, page }
    }

    #[test]
    fn text_is_read_in_the_page_selected() {
        let bold = Style { bold: true, ..Style::PLAIN };
        assert_eq!(
            decode(b"\x1b@\x1bt\x10\x80 \x9c\x1bE\x01\x1bt\x13\xd5\n"),
            [
                Item::Reset,
                text("€ œ", Style::PLAIN, 16),
                text("€", bold, 19),
                Item::EndOfLine { lines: 1 }
            ]
        );
    }

    #[test]
    fn cut_pulse_codes_and_status_are_told_apart_from_text() {
        assert_eq!(
            decode(b"\x1bp\x00\x19\xfa\x1dVA\x00\x1dVB\x03\x1dk\x04AB\x00\x10\x04\x01\x1bd\x03"),
            [
                Item::Pulse { pin: 2, on_ms: 50, off_ms: 500 },
                Item::Cut { partial: false },
                Item::Cut { partial: true },
                Item::Barcode { system: 4, data: "AB".to_owned() },
                Item::StatusRequest(1),
                Item::EndOfLine { lines: 3 },
            ]
        );
        assert_eq!(
            decode(b"\x1d(k\x03\x001C\x06\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0"),
            [Item::Qr { data: "ab".to_owned(), align: Align::Left }]
        );
    }

    #[test]
    fn a_command_cut_short_or_never_heard_of_is_not_lost() {
        assert_eq!(decode(b"\x1bp\x00"), [Item::Unknown(b"\x1bp\x00".to_vec())]);
        assert_eq!(decode(b"\x00"), [Item::Unknown(vec![0])]);
        assert_eq!(
            decode(b"\x1d(k\x09\x001P0ab"),
            [Item::Unknown(b"\x1d(k\x09\x001P0ab".to_vec())]
        );
        assert_eq!(decode(b"\x1d"), [Item::Unknown(vec![0x1D])]);
    }
}
