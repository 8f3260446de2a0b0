//! Documents for people, as PDF: what is written down here is what an accountant or an inspector
//! holds in the hand.
//!
//! Facts go in, bytes come out: [`Report`] is any document of headings, tables and notices,
//! [`invoice::Invoice`] a French invoice that is also data (Factur-X), [`attestation::Attestation`]
//! the form of BOI-LETTRE-000242. All are PDF/A-3B (ISO 19005-3), the form that is meant to be
//! kept. Nothing is decided and no clock is read: the moment of creation is an argument, and the
//! same facts give the same bytes.
//!
//! Unlike its neighbours this crate uses `std` and floats, because layout does: lengths are points
//! (1/72 inch) from a page's top left corner. Amounts stay whole cents.
#![warn(missing_docs, unreachable_pub)]

pub mod attestation;
pub mod invoice;

mod error;
mod flow;
mod font;
mod pdf;
mod report;
mod sheet;
mod table;
mod words;
mod wrap;

pub use error::PaperError;
pub use report::{Block, Report};
pub use table::{Align, Cell, Column, Table};
