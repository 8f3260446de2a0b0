//! What would be on the paper.

use crate::decode::{Align, Item, Style};

/// Characters next to each other, printed the same way. Where they stand is the line's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The characters.
    pub text: String,
    /// Emphasised.
    pub bold: bool,
    /// Underlined.
    pub underline: bool,
    /// Times the normal width.
    pub width: u8,
    /// Times the normal height.
    pub height: u8,
}

impl Run {
    fn new(text: &str, style: Style) -> Self {
        Self {
            text: text.to_owned(),
            bold: style.bold,
            underline: style.underline,
            width: style.width,
            height: style.height,
        }
    }

    fn same_look(&self, other: &Self) -> bool {
        (self.bold, self.underline, self.width, self.height)
            == (other.bold, other.underline, other.width, other.height)
    }

    /// Columns of normal width it takes.
    fn columns(&self) -> usize {
        self.text.chars().count() * usize::from(self.width)
    }
}

/// One thing to be seen, or heard, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line; no runs is a blank one.
    Line {
        /// Columns of normal width left free at the left.
        offset: usize,
        /// What stands there.
        runs: Vec<Run>,
    },
    /// A QR code.
    Qr(String),
    /// A bar code.
    Barcode(String),
    /// The paper is cut, wholly or but for a point.
    Cut {
        /// A point is left holding.
        partial: bool,
    },
    /// The drawer opens.
    Pulse {
        /// The connector's pin.
        pin: u8,
        /// Milliseconds on.
        on_ms: u16,
        /// Milliseconds off.
        off_ms: u16,
    },
    /// Bytes the printer makes nothing, or something unwanted, of.
    Unknown(Vec<u8>),
}

/// What `items` leave on a paper of `columns` characters of normal width. However the bytes came
/// by it, spaces or `ESC a`, one command or two, the same paper is the same marks.
#[must_use]
pub fn marks(items: &[Item], columns: usize) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut line: Vec<(Run, Align)> = Vec::new();
    for item in items {
        match item {
            Item::Text { text, style, page: _ } => line.push((Run::new(text, *style), style.align)),
            Item::EndOfLine { lines } => {
                marks.push(placed(&line, columns));
                line.clear();
                let more = usize::from(lines.saturating_sub(1));
                marks.extend(std::iter::repeat_n(Mark::Line { offset: 0, runs: Vec::new() }, more));
            }
            Item::Qr { data, align: _ } => marks.push(Mark::Qr(data.clone())),
            Item::Barcode { data, system: _ } => marks.push(Mark::Barcode(data.clone())),
            Item::Cut { partial } => marks.push(Mark::Cut { partial: *partial }),
            Item::Pulse { pin, on_ms, off_ms } => {
                marks.push(Mark::Pulse { pin: *pin, on_ms: *on_ms, off_ms: *off_ms });
            }
            Item::Unknown(bytes) => marks.push(Mark::Unknown(bytes.clone())),
            Item::Reset | Item::StatusRequest(_) => {}
        }
    }
    if !line.is_empty() {
        marks.push(placed(&line, columns));
    }
    marks
}

/// A line as it stands: spaces at its ends are paper, not print.
fn placed(line: &[(Run, Align)], columns: usize) -> Mark {
    let align = line.first().map_or(Align::Left, |(_, align)| *align);
    let taken: usize = line.iter().map(|(run, _)| run.columns()).sum();
    let free = columns.saturating_sub(taken);
    let mut offset = match align {
        Align::Left => 0,
        Align::Centre => free / 2,
        Align::Right => free,
    };

    let mut runs: Vec<Run> = Vec::new();
    for (run, _) in line {
        let mut run = run.clone();
        if runs.is_empty() {
            let text = run.text.trim_start();
            let spaces = run.text.chars().count() - text.chars().count();
            offset += spaces * usize::from(run.width);
            run.text = text.to_owned();
        }
        match runs.last_mut() {
            _ if run.text.is_empty() => {}
            Some(last) if last.same_look(&run) => last.text.push_str(&run.text),
            Some(_) | None => runs.push(run),
        }
    }
    while let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            break;
        }
        runs.pop();
    }
    if runs.is_empty() {
        offset = 0;
    }
    Mark::Line { offset, runs }
}

/// The widest line, in columns of normal width.
#[must_use]
pub fn widest(marks: &[Mark]) -> usize {
    let width = |mark: &Mark| match mark {
        Mark::Line { offset, runs } => offset + runs.iter().map(Run::columns).sum::<usize>(),
        Mark::Qr(_)
        | Mark::Barcode(_)
        | Mark::Cut { .. }
        | Mark::Pulse { .. }
        | Mark::Unknown(_) => 0,
    };
    marks.iter().map(width).max().unwrap_or(0)
}

/// The paper in plain text, a line a line, for people and for snapshots. Text twice as wide starts
/// where it does on the paper, but takes one column a letter here.
#[must_use]
pub fn plain(marks: &[Mark]) -> String {
    let mut text = String::new();
    for mark in marks {
        match mark {
            Mark::Line { offset, runs } if !runs.is_empty() => {
                text.push_str(&" ".repeat(*offset));
                runs.iter().for_each(|run| text.push_str(&run.text));
            }
            Mark::Line { .. } => {}
            Mark::Qr(data) => text.push_str(&format!("[QR {data}]")),
            Mark::Barcode(data) => text.push_str(&format!("[bar code {data}]")),
            Mark::Cut { partial: false } => text.push_str("[cut]"),
            Mark::Cut { partial: true } => text.push_str("[partial cut]"),
            Mark::Pulse { pin, on_ms, off_ms } => {
                text.push_str(&format!("[drawer, pin {pin}, {on_ms} ms on, {off_ms} ms off]"));
            }
            Mark::Unknown(bytes) => text.push_str(&format!("[unknown {bytes:02X?}]")),
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::decode;

    #[test]
    fn spaces_and_alignment_commands_make_the_same_paper() {
        let by_command = marks(&decode(b"\x1ba\x01ab\n\x1ba\x02cd\n"), 8);
        let by_spaces = marks(&decode(b"   ab\r\n      cd\r\n"), 8);
        assert_eq!(by_command, by_spaces);
        assert_eq!(plain(&by_command), "   ab\n      cd\n");
    }

    #[test]
    fn wide_text_takes_two_columns_a_letter() {
        let marks = marks(&decode(b"\x1ba\x01\x1d!\x10ab\n"), 8);
        assert_eq!(widest(&marks), 6);
        assert_eq!(plain(&marks), "  ab\n");
    }
}
