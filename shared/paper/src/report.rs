//! Any document: a title, and blocks below each other.

use crate::PaperError;
use crate::flow::{ACROSS, Flow, Frame, LEFT, RIGHT, lines_high};
use crate::font::{Colour, Style};
use crate::pdf::{self, About};
use crate::sheet::Sheet;
use crate::table::{Place, Table};
use crate::words;
use crate::wrap::wrap;
use fiscal::time::Moment;

/// A document of blocks that flow over A4 pages, each with the footer and its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// At its head, and what PDF readers show as its name.
    pub title: String,
    /// Below the title, or nothing.
    pub subtitle: String,
    /// In a box at the top of every page: DUPLICATA, FACTICE.
    pub stamp: Option<String>,
    /// What it says.
    pub blocks: Vec<Block>,
    /// At the foot of every page: who answers for the document.
    pub footer: String,
}

/// A part of a [`Report`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A title within the text.
    Heading(String),
    /// Text from side to side; its own line ends are kept.
    Paragraph(String),
    /// A table from side to side.
    Table(Table),
    /// Names, and what goes with each.
    KeyValues(Vec<(String, String)>),
    /// Text in a box.
    Notice(String),
    /// Names with a line each, to be filled in by hand.
    Fields(Vec<String>),
    /// A line for place and day, and a box of this name to sign in. It is never alone on a page: what
    /// comes before goes with it, if that is short.
    Signature(String),
    /// What follows begins a page.
    NewPage,
}

/// The part of the width that the names of [`Block::KeyValues`] and [`Block::Fields`] have.
const NAMES: f32 = ACROSS * 0.36;

/// How high the box to sign in is.
const SIGNED: f32 = 64.0;
/// How much goes with it to a new page.
const WITH_SIGNED: f32 = 70.0;

impl Report {
    /// The report as PDF/A-3B, made at `created`.
    ///
    /// # Errors
    ///
    /// [`PaperError::RowTooWide`] for a table that is not one; [`PaperError::NotArchivable`] where
    /// the result would not be PDF/A, which is a defect of this crate.
    pub fn to_pdf(&self, created: Moment) -> Result<Vec<u8>, PaperError> {
        let about = About {
            title: &self.title,
            description: &self.subtitle,
            author: &self.footer,
            created,
            attachment: None,
        };
        pdf::write(&self.sheets()?, &about)
    }

    /// Its pages.
    fn sheets(&self) -> Result<Vec<Sheet>, PaperError> {
        let mut flow = Flow::begin(Frame {
            running: self.title.clone(),
            stamp: self.stamp.clone(),
            footer: self.footer.clone(),
        });
        flow.paragraph(&self.title, Style::TITLE);
        if !self.subtitle.is_empty() {
            flow.paragraph(&self.subtitle, Style::regular(10.0).in_colour(Colour::QUIET));
        }
        flow.y += 6.0;
        let y = flow.y;
        flow.sheet().fill(LEFT, y, 36.0, 2.5, Colour::ACCENT);
        flow.y += 14.0;
        for (place, block) in self.blocks.iter().enumerate() {
            if matches!(self.blocks.get(place + 1), Some(Block::Signature(_))) {
                flow.reserve(SIGNED + WITH_SIGNED);
            }
            block.flow(&mut flow)?;
        }
        Ok(flow.end())
    }
}

impl Block {
    fn flow(&self, flow: &mut Flow) -> Result<(), PaperError> {
        match self {
            Self::Heading(text) => {
                flow.space(10.0);
                flow.heading(text, Style::HEADING);
                flow.y += 4.0;
            }
            Self::Paragraph(text) => {
                flow.paragraph(text, Style::BODY);
                flow.space(6.0);
            }
            Self::Table(table) => {
                table.flow(flow, Place::ACROSS)?;
                flow.space(10.0);
            }
            Self::KeyValues(pairs) => {
                for (name, value) in pairs {
                    pair(flow, name, value);
                }
                flow.space(8.0);
            }
            Self::Notice(text) => {
                flow.space(2.0);
                flow.notice(text);
                flow.space(10.0);
            }
            Self::Fields(names) => {
                for name in names {
                    field(flow, name);
                }
                flow.space(8.0);
            }
            Self::Signature(name) => signature(flow, name),
            Self::NewPage => {
                if !flow.is_fresh() {
                    flow.turn();
                }
            }
        }
        Ok(())
    }
}

/// A name with its value beside it.
fn pair(flow: &mut Flow, name: &str, value: &str) {
    let grey = Style::BODY.in_colour(Colour::QUIET);
    let names = wrap(&flow.fonts, name, grey, NAMES - 10.0);
    let mut values = wrap(&flow.fonts, value, Style::BODY, ACROSS - NAMES);
    flow.reserve(lines_high(names.len().max(values.len().min(3)), Style::BODY) + 5.0);
    let y = flow.y;
    let beside = values.len().min(names.len());
    let rest = values.split_off(beside);
    for (place, run) in (0_u16..).zip(names.iter().cloned()) {
        flow.sheet().text(LEFT, y + f32::from(place) * grey.leading(), run);
    }
    for (place, run) in (0_u16..).zip(values) {
        flow.sheet().text(LEFT + NAMES, y + f32::from(place) * grey.leading(), run);
    }
    flow.y += lines_high(names.len(), grey);
    flow.lines(LEFT + NAMES, rest);
    let y = flow.y + 1.0;
    flow.sheet().fill(LEFT, y, ACROSS, 0.5, Colour::RULE);
    flow.y += 3.0;
}

/// A name with a line beside it to write on.
fn field(flow: &mut Flow, name: &str) {
    let lines = wrap(&flow.fonts, name, Style::BODY, NAMES - 10.0);
    flow.reserve(lines_high(lines.len(), Style::BODY) + 12.0);
    flow.y += 8.0;
    flow.lines(LEFT, lines);
    let y = flow.y;
    flow.sheet().fill(LEFT + NAMES, y - 2.0, RIGHT - LEFT - NAMES, 0.5, Colour::EDGE);
    flow.y += 4.0;
}

/// A line for place and day on the left, a box to sign in on the right.
fn signature(flow: &mut Flow, name: &str) {
    let lines = wrap(&flow.fonts, name, Style::LABEL, RIGHT - LEFT - NAMES - 16.0);
    flow.reserve(SIGNED + 8.0);
    let y = flow.y;
    let done = flow.fonts.run(words::DONE_AT, Style::BODY);
    flow.sheet().text(LEFT, y + 4.0, done);
    flow.sheet().fill(LEFT, y + 40.0, NAMES - 16.0, 0.5, Colour::EDGE);
    flow.sheet().outline(LEFT + NAMES, y, RIGHT - LEFT - NAMES, SIGNED, Colour::EDGE);
    for (place, run) in (0_u16..).zip(lines) {
        let y = y + 4.0 + f32::from(place) * Style::LABEL.leading();
        flow.sheet().text(LEFT + NAMES + 8.0, y, run);
    }
    flow.y += SIGNED + 8.0;
}

#[cfg(test)]
mod tests;
