//! A document on a paper of so many columns: wrapped, padded, in characters the printer has.

use serde::{Deserialize, Serialize};

use super::document::{Align, Document, Item, Style};
use super::page::Page;

/// How many characters of normal width stand beside each other on the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Columns {
    /// 58 mm paper.
    C32,
    /// 80 mm paper, as a TM-T88V prints.
    #[default]
    C42,
    /// 80 mm paper, on printers with narrower characters.
    C48,
}

impl Columns {
    /// The number: 32, 42 or 48.
    #[must_use]
    pub fn count(self) -> usize {
        match self {
            Self::C32 => 32,
            Self::C42 => 42,
            Self::C48 => 48,
        }
    }
}

/// The paper and characters of one printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Paper {
    /// How wide it is.
    pub columns: Columns,
    /// Which characters there are.
    pub page: Page,
}

/// One thing a printer can do, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Printed {
    /// A line no wider than the paper, in characters of its page.
    Line {
        /// What stands there; blank where empty.
        text: String,
        /// Where.
        align: Align,
        /// How it looks.
        style: Style,
    },
    /// A QR code in the middle.
    Qr {
        /// What it says.
        data: String,
    },
    /// Blank lines.
    Feed {
        /// How many.
        lines: u8,
    },
    /// The paper is cut.
    Cut,
    /// The drawer is opened.
    Drawer,
}

/// Lays `document` out. The same document on the same paper is always the same.
#[must_use]
pub fn lay_out(document: &Document, paper: Paper) -> Vec<Printed> {
    let mut sheet = Sheet { paper, printed: Vec::new() };
    document.items().iter().for_each(|item| sheet.put(item));
    sheet.printed
}

struct Sheet {
    paper: Paper,
    printed: Vec<Printed>,
}

impl Sheet {
    fn put(&mut self, item: &Item) {
        match item {
            Item::Text { text, align, style, indent } => self.text(text, *align, *style, *indent),
            Item::Row { label, amount, style, indent, hang } => {
                self.row(label, amount, *style, (*indent, *hang));
            }
            Item::Cells { cells } => self.cells(cells),
            Item::Rule => {
                self.line(&"-".repeat(self.paper.columns.count()), Align::Left, Style::PLAIN);
            }
            Item::Qr { data } => self.printed.push(Printed::Qr { data: data.clone() }),
            Item::Feed { lines } => self.printed.push(Printed::Feed { lines: *lines }),
            Item::Cut => self.printed.push(Printed::Cut),
            Item::Drawer => self.printed.push(Printed::Drawer),
        }
    }

    fn line(&mut self, text: &str, align: Align, style: Style) {
        let text = text.replace(NO_BREAK, " ");
        self.printed.push(Printed::Line { text, align, style });
    }

    /// Columns for characters of that style.
    fn columns(&self, style: Style) -> usize {
        self.paper.columns.count() / usize::from(style.size.width())
    }

    fn text(&mut self, text: &str, align: Align, style: Style, indent: u8) {
        let text = held_together(&self.paper.page.printable(text));
        let columns = self.columns(style);
        let indent = usize::from(indent).min(columns / 2);
        for line in wrap(&text, columns - indent, columns - indent) {
            let line = format!("{:indent$}{line}", "");
            self.line(line.trim_end(), align, style);
        }
    }

    fn row(&mut self, label: &str, amount: &str, style: Style, (indent, hang): (u8, u8)) {
        let label = held_together(&self.paper.page.printable(label));
        let amount = held_together(&self.paper.page.printable(amount));
        let columns = self.columns(style);
        let taken = width(&amount);
        let indent = usize::from(indent).min(columns / 2);
        let hang = usize::from(hang).min(columns / 2);
        // An amount that leaves no room for a label goes below it.
        let beside = columns.saturating_sub(taken + 1);
        if beside < indent.max(hang) + columns / 4 {
            self.text(&label, Align::Left, style, 0);
            self.text(&amount, Align::Right, style, 0);
            return;
        }

        let mut lines = wrap(&label, beside - indent, beside - hang).into_iter();
        let first = format!("{:indent$}{}", "", lines.next().unwrap_or_default());
        let space = columns - taken;
        self.line(format!("{first:<space$}{amount}").trim_end(), Align::Left, style);
        for line in lines {
            self.line(&format!("{:hang$}{line}", ""), Align::Left, style);
        }
    }

    fn cells(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| self.paper.page.printable(cell)).collect();
        let columns = self.paper.columns.count();
        // The first cell gets half of what the others get, and what the division leaves.
        let others = cells.len().saturating_sub(1);
        let share = 2 * columns / (2 * others + 1);
        let first = columns - share * others;
        let fits = cells.iter().enumerate().all(|(place, cell)| match place {
            0 => width(cell) <= first,
            _ => width(cell) < share,
        });
        if fits {
            let line = cells.iter().enumerate().map(|(place, cell)| match place {
                0 => format!("{cell:<first$}"),
                _ => format!("{cell:>share$}"),
            });
            self.line(line.collect::<String>().trim_end(), Align::Left, Style::PLAIN);
            return;
        }
        for (place, cell) in cells.iter().enumerate() {
            let align = if place == 0 { Align::Left } else { Align::Right };
            self.text(cell, align, Style::PLAIN, 0);
        }
    }
}

/// A space at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// `text` with the spaces French puts beside its signs held to them, however they were typed.
fn held_together(text: &str) -> String {
    let mut held = text.replace("« ", "«\u{a0}");
    for (typed, together) in [
        (" »", "\u{a0}»"),
        (" :", "\u{a0}:"),
        (" ;", "\u{a0};"),
        (" !", "\u{a0}!"),
        (" ?", "\u{a0}?"),
        (" %", "\u{a0}%"),
        (" €", "\u{a0}€"),
    ] {
        held = held.replace(typed, together);
    }
    held
}

/// Characters, which all take a column: [`Page::printable`] leaves no others.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// `text` in lines of at most `first` characters and then `rest`, broken between words, and inside
/// a word only where it is longer than a line. Always one line at least.
fn wrap(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut room = first.max(1);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word = word;
        let needed = width(word) + usize::from(!line.is_empty());
        if width(&line) + needed <= room {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            room = rest.max(1);
        }
        while room < width(word) {
            let cut = word.char_indices().nth(room).map_or(word.len(), |(cut, _)| cut);
            let (head, tail) = word.split_at(cut);
            lines.push(head.to_owned());
            word = tail;
            room = rest.max(1);
        }
        line.push_str(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests;
