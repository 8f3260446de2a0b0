//! A page as a list of marks, before it is PDF.

use crate::font::{Colour, Run};

/// A4, in points.
pub(crate) const WIDTH: f32 = 595.28;
/// A4, in points.
pub(crate) const HEIGHT: f32 = 841.89;

/// Something on a page. Lengths are points from its top left corner.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    /// Text that begins at `x` and stands on `y`.
    Text { x: f32, y: f32, run: Run },
    /// A filled rectangle; a thin one is a rule.
    Fill { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Sheet {
    pub(crate) marks: Vec<Mark>,
}

impl Sheet {
    /// A line of text whose top is at `y`.
    pub(crate) fn text(&mut self, x: f32, y: f32, run: Run) {
        let y = y + run.style.baseline();
        self.marks.push(Mark::Text { x, y, run });
    }

    /// A line of text that ends at `right`.
    pub(crate) fn text_to(&mut self, right: f32, y: f32, run: Run) {
        self.text(right - run.width, y, run);
    }

    pub(crate) fn fill(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        self.marks.push(Mark::Fill { x, y, width, height, colour });
    }

    /// The outline of a rectangle, half a point thick and inside of it.
    pub(crate) fn outline(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        const THICK: f32 = 0.5;
        self.fill(x, y, width, THICK, colour);
        self.fill(x, y + height - THICK, width, THICK, colour);
        self.fill(x, y, THICK, height, colour);
        self.fill(x + width - THICK, y, THICK, height, colour);
    }
}
