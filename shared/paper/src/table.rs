//! Tables, which go on over pages under the same header.

use crate::PaperError;
use crate::flow::{ACROSS, Flow, LEFT, lines_high};
use crate::font::{Colour, Run, Style};
use crate::wrap::wrap;

/// On which side of its column text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Amounts.
    Right,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What stands above it.
    pub header: String,
    /// Where its text stands.
    pub align: Align,
    /// Its part of the table's width, against the other columns' parts.
    pub share: u16,
}

impl Column {
    /// A column of words.
    #[must_use]
    pub fn left(header: &str, share: u16) -> Self {
        Self { header: header.to_owned(), align: Align::Left, share }
    }

    /// A column of amounts.
    #[must_use]
    pub fn right(header: &str, share: u16) -> Self {
        Self { header: header.to_owned(), align: Align::Right, share }
    }
}

/// What stands in a row, under a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its text; it is wrapped.
    pub text: String,
    /// Smaller text below, or nothing.
    pub detail: String,
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), detail: String::new() }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Its columns, from the left.
    pub columns: Vec<Column>,
    /// Its rows. Cells that a row lacks are empty.
    pub rows: Vec<Vec<Cell>>,
    /// Rows in bold below the others.
    pub totals: Vec<Vec<Cell>>,
}

/// Where a table stands on the page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) x: f32,
    pub(crate) width: f32,
}

impl Place {
    /// From side to side.
    pub(crate) const ACROSS: Self = Self { x: LEFT, width: ACROSS };
}

/// Beside the text of a cell.
const BESIDE: f32 = 5.0;
/// Above and below it.
const ABOVE: f32 = 3.0;

/// The lines of each cell of a row.
struct Row {
    cells: Vec<Vec<Run>>,
}

impl Row {
    fn height(&self) -> f32 {
        let high = |cell: &Vec<Run>| cell.iter().map(|it| it.style.leading()).sum::<f32>();
        self.cells.iter().map(high).fold(0.0, f32::max) + 2.0 * ABOVE
    }

    /// The part of the row that is no higher than `height`, of at least one line; the rest stays.
    fn split(&mut self, height: f32) -> Self {
        let cells = self.cells.iter_mut().map(|cell| {
            let mut filled = 2.0 * ABOVE;
            let mut fit = 0;
            for run in cell.iter() {
                filled += run.style.leading();
                if height < filled && fit > 0 {
                    break;
                }
                fit += 1;
            }
            cell.drain(..fit).collect()
        });
        Self { cells: cells.collect() }
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(Vec::is_empty)
    }
}

impl Table {
    /// Puts the table into the flow.
    pub(crate) fn flow(&self, flow: &mut Flow, place: Place) -> Result<(), PaperError> {
        for row in self.rows.iter().chain(&self.totals) {
            if self.columns.len() < row.len() {
                let (cells, columns) = (row.len(), self.columns.len());
                return Err(PaperError::RowTooWide { cells, columns });
            }
        }
        let edges = self.edges(place);
        let header = self.header(flow, &edges);
        // The header and two rows: a header alone at the foot of a page says nothing.
        flow.reserve(header.height() + lines_high(4, Style::BODY));
        self.draw_header(flow, &header, &edges);
        for cells in &self.rows {
            self.put(flow, cells, false, &header, &edges);
        }
        if !self.totals.is_empty() {
            let (y, width) = (flow.y, edges.end - edges.start);
            flow.sheet().fill(edges.start, y, width, 0.75, Colour::EDGE);
        }
        for cells in &self.totals {
            self.put(flow, cells, true, &header, &edges);
        }
        Ok(())
    }

    /// Each column's left and right side.
    fn edges(&self, place: Place) -> Edges {
        let shares = self.columns.iter().map(|it| f32::from(it.share.max(1)));
        let whole: f32 = shares.clone().sum();
        let mut x = place.x;
        let mut columns = Vec::with_capacity(self.columns.len());
        for share in shares {
            let width = place.width * share / whole;
            columns.push((x, x + width));
            x += width;
        }
        Edges { start: place.x, end: place.x + place.width, columns }
    }

    fn header(&self, flow: &Flow, edges: &Edges) -> Row {
        let wrapped = self.columns.iter().zip(&edges.columns).map(|(column, (left, right))| {
            wrap(&flow.fonts, &column.header, Style::LABEL, right - left - 2.0 * BESIDE)
        });
        Row { cells: wrapped.collect() }
    }

    fn draw_header(&self, flow: &mut Flow, header: &Row, edges: &Edges) {
        let (y, height) = (flow.y, header.height());
        flow.sheet().fill(edges.start, y, edges.end - edges.start, height, Colour::TINT);
        self.draw(flow, header, edges);
        let y = flow.y;
        flow.sheet().fill(edges.start, y - 0.75, edges.end - edges.start, 0.75, Colour::EDGE);
    }

    /// A row, on a new page under the header if it does not fit on this one. A row that is higher
    /// than a page goes on over the next.
    fn put(&self, flow: &mut Flow, cells: &[Cell], bold: bool, header: &Row, edges: &Edges) {
        let mut row = self.row(flow, cells, bold, edges);
        if flow.left() < row.height() {
            flow.turn();
            self.draw_header(flow, header, edges);
        }
        loop {
            let left = flow.left();
            let part = row.split(left);
            self.draw(flow, &part, edges);
            let y = flow.y;
            flow.sheet().fill(edges.start, y - 0.5, edges.end - edges.start, 0.5, Colour::RULE);
            if row.is_empty() {
                return;
            }
            flow.turn();
            self.draw_header(flow, header, edges);
        }
    }

    fn row(&self, flow: &Flow, cells: &[Cell], bold: bool, edges: &Edges) -> Row {
        let style = if bold { Style::STRONG } else { Style::BODY };
        let wrapped = cells.iter().zip(&edges.columns).map(|(cell, (left, right))| {
            let width = right - left - 2.0 * BESIDE;
            let mut lines = wrap(&flow.fonts, &cell.text, style, width);
            if !cell.detail.is_empty() {
                lines.extend(wrap(&flow.fonts, &cell.detail, Style::SMALL, width));
            }
            lines
        });
        Row { cells: wrapped.collect() }
    }

    /// Draws what fits, and goes below it.
    fn draw(&self, flow: &mut Flow, row: &Row, edges: &Edges) {
        let top = flow.y + ABOVE;
        for ((cell, column), (left, right)) in
            row.cells.iter().zip(&self.columns).zip(&edges.columns)
        {
            let mut y = top;
            for run in cell {
                let run = run.clone();
                let leading = run.style.leading();
                match column.align {
                    Align::Left => flow.sheet().text(left + BESIDE, y, run),
                    Align::Right => flow.sheet().text_to(right - BESIDE, y, run),
                }
                y += leading;
            }
        }
        flow.y += row.height();
    }
}

/// The sides of a table and of its columns.
struct Edges {
    start: f32,
    end: f32,
    columns: Vec<(f32, f32)>,
}
