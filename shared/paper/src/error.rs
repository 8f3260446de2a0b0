//! Why there is no paper.

use crate::invoice::Inconsistent;

/// A document was not made.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    /// The facts of an invoice contradict each other, or one that the law asks for is missing.
    #[error("the invoice does not hold together")]
    Inconsistent(#[from] Inconsistent),
    /// A row has more cells than its table has columns.
    #[error("a row has {cells} cells under {columns} columns")]
    RowTooWide {
        /// The cells of the row.
        cells: usize,
        /// The columns of the table.
        columns: usize,
    },
    /// The PDF's writer found something that PDF/A does not allow.
    #[error("the document cannot be PDF/A: {0}")]
    NotArchivable(String),
}
