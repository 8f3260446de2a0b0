//! Putting things below each other, page after page.

use crate::font::{Colour, Fonts, Run, Style};
use crate::sheet::{HEIGHT, Sheet, WIDTH};
use crate::words;
use crate::wrap::wrap;

/// Where what flows begins and ends across the page.
pub(crate) const LEFT: f32 = 48.0;
/// The other side.
pub(crate) const RIGHT: f32 = WIDTH - 48.0;
/// From side to side.
pub(crate) const ACROSS: f32 = RIGHT - LEFT;

const TOP: f32 = 44.0;
const FOOT: f32 = 34.0;

/// What stands on every page beside what flows.
pub(crate) struct Frame {
    /// At the top of every page but the first.
    pub(crate) running: String,
    /// At the top of every page, in a box: DUPLICATA, FACTICE.
    pub(crate) stamp: Option<String>,
    /// At the foot of every page, with the page's number.
    pub(crate) footer: String,
}

/// Pages that are being filled from top to bottom.
pub(crate) struct Flow {
    pub(crate) fonts: Fonts,
    frame: Frame,
    foot: Vec<Run>,
    sheets: Vec<Sheet>,
    /// How far down the current page is filled.
    pub(crate) y: f32,
    /// Where what flows begins on the current page.
    top: f32,
}

impl Flow {
    pub(crate) fn begin(frame: Frame) -> Self {
        let fonts = Fonts::open();
        let foot = if frame.footer.is_empty() {
            Vec::new()
        } else {
            wrap(&fonts, &frame.footer, Style::SMALL, ACROSS - 60.0)
        };
        let mut flow = Self { fonts, frame, foot, sheets: Vec::new(), y: TOP, top: TOP };
        flow.turn();
        flow
    }

    /// The current page.
    pub(crate) fn sheet(&mut self) -> &mut Sheet {
        self.sheets.last_mut().expect("a flow has a page from its beginning")
    }

    /// How far down what flows may go.
    fn bottom(&self) -> f32 {
        let lines = self.foot.len().max(1);
        HEIGHT - FOOT - lines_high(lines, Style::SMALL) - 14.0
    }

    /// What is left of the current page.
    pub(crate) fn left(&self) -> f32 {
        self.bottom() - self.y
    }

    /// Whether nothing flowed onto the current page yet.
    pub(crate) fn is_fresh(&self) -> bool {
        self.y <= self.top
    }

    /// Goes to a new page.
    pub(crate) fn turn(&mut self) {
        self.sheets.push(Sheet::default());
        self.y = TOP;
        if let Some(stamp) = self.frame.stamp.clone() {
            let style = Style::semi_bold(11.0).in_colour(Colour::ALARM);
            let run = self.fonts.run(&stamp, style);
            let (width, height) = (run.width + 20.0, style.leading() + 6.0);
            let (x, y) = ((WIDTH - width) / 2.0, TOP - 22.0);
            self.sheet().outline(x, y, width, height, Colour::ALARM);
            self.sheet().text(x + 10.0, y + 3.0, run);
            self.y = TOP + 10.0;
        }
        if self.sheets.len() > 1 && !self.frame.running.is_empty() {
            let running = self.frame.running.clone();
            let run = self.fonts.run(&running, Style::LABEL);
            let y = self.y;
            self.sheet().text(LEFT, y, run);
            self.sheet().fill(LEFT, y + 14.0, ACROSS, 0.5, Colour::RULE);
            self.y += 26.0;
        }
        self.top = self.y;
    }

    /// Goes to a new page where less than `height` is left, and something is on this one.
    pub(crate) fn reserve(&mut self, height: f32) {
        if self.left() < height && !self.is_fresh() {
            self.turn();
        }
    }

    /// Leaves room, but not at the top of a page.
    pub(crate) fn space(&mut self, height: f32) {
        if !self.is_fresh() {
            self.y += height;
        }
    }

    /// Lines below each other, on as many pages as they need.
    pub(crate) fn lines(&mut self, x: f32, lines: Vec<Run>) {
        for run in lines {
            let height = run.style.leading();
            self.reserve(height);
            let y = self.y;
            self.sheet().text(x, y, run);
            self.y += height;
        }
    }

    /// A paragraph from side to side.
    pub(crate) fn paragraph(&mut self, text: &str, style: Style) {
        let lines = wrap(&self.fonts, text, style, ACROSS);
        self.lines(LEFT, lines);
    }

    /// A title within the text, which stays with the beginning of what follows.
    pub(crate) fn heading(&mut self, text: &str, style: Style) {
        let lines = wrap(&self.fonts, text, style, ACROSS);
        self.reserve(lines_high(lines.len(), style) + 60.0);
        self.lines(LEFT, lines);
    }

    /// A paragraph in a box, which is on one page if it fits on one.
    pub(crate) fn notice(&mut self, text: &str) {
        const INSIDE: f32 = 8.0;
        let mut lines = wrap(&self.fonts, text, Style::BODY, ACROSS - 2.0 * INSIDE - 3.0);
        self.reserve(lines_high(lines.len(), Style::BODY) + 2.0 * INSIDE);
        while !lines.is_empty() {
            let mut fit = 1;
            while fit < lines.len()
                && lines_high(fit + 1, Style::BODY) + 2.0 * INSIDE <= self.left()
            {
                fit += 1;
            }
            let rest = lines.split_off(fit);
            let height = lines_high(fit, Style::BODY) + 2.0 * INSIDE;
            let y = self.y;
            self.sheet().fill(LEFT, y, ACROSS, height, Colour::TINT);
            self.sheet().fill(LEFT, y, 3.0, height, Colour::ACCENT);
            for (place, run) in (0_u16..).zip(lines) {
                let y = y + INSIDE + f32::from(place) * Style::BODY.leading();
                self.sheet().text(LEFT + INSIDE + 3.0, y, run);
            }
            self.y += height;
            lines = rest;
            if !lines.is_empty() {
                self.turn();
            }
        }
    }

    /// The pages, with their feet: what they are of is known only now.
    pub(crate) fn end(mut self) -> Vec<Sheet> {
        let pages = self.sheets.len();
        let top = self.bottom() + 14.0;
        for (sheet, number) in self.sheets.iter_mut().zip(1..) {
            sheet.fill(LEFT, top - 5.0, ACROSS, 0.5, Colour::RULE);
            for (place, run) in (0_u16..).zip(self.foot.iter().cloned()) {
                sheet.text(LEFT, top + f32::from(place) * Style::SMALL.leading(), run);
            }
            let page = self.fonts.run(&words::page_of(number, pages), Style::SMALL);
            sheet.text_to(RIGHT, top, page);
        }
        self.sheets
    }
}

/// How high so many lines are.
pub(crate) fn lines_high(lines: usize, style: Style) -> f32 {
    let lines = u16::try_from(lines).expect("no text here has 65 536 lines");
    f32::from(lines) * style.leading()
}
