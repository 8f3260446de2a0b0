//! Figures for the accountant, as files. They are made of signed documents alone: the closings of a
//! period, the tickets that these cover, and the invoices made of tickets. Nothing here reads a clock
//! or a file, and the same documents give the same bytes.
//!
//! What is not closed yet is in no export: it belongs to the next period.

pub mod accounts;
pub mod fec;
pub mod remittances;
pub mod reporting;
pub mod sales;
mod text;

use fiscal::closing::Closing;
use fiscal::invoice::InvoiceDocument;
use fiscal::ticket::Document;
use fiscal::time::Date;
use std::collections::BTreeMap;

/// What an export is made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// The company: 9 digits.
    pub siren: String,
    /// The shop: 14 digits.
    pub siret: String,
    /// The first business day.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// What was closed under the label of one of these days, in any order.
    pub closed: Vec<Closed>,
    /// The invoices of tickets of these days, whenever they were made.
    pub invoices: Vec<InvoiceDocument>,
    /// Tickets that corrections among the above are about, by number, where they are of other days.
    pub originals: BTreeMap<String, Document>,
}

/// A day's closing, or a supplementary one, with the tickets that it covers.
#[derive(Clone, Debug)]
pub struct Closed {
    /// The closing.
    pub closing: Closing,
    /// Its tickets, credit notes and corrections, in the order of their journal.
    pub tickets: Vec<Document>,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// Why there is no export.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoExport {
    /// Nothing was closed in the period.
    #[error("nothing was closed in the period")]
    Nothing,
    /// The figures of a closing do not agree with one another.
    #[error("the figures of {0} do not add up")]
    Unbalanced(String),
}

impl Source {
    /// The closings by day, each day's in the order in which they were made.
    fn in_order(&self) -> Vec<(Date, &Closed)> {
        let days = self.closed.iter().map(|it| (Date::parse(&it.closing.label), it));
        let mut closed: Vec<_> = days.filter_map(|(day, it)| Some((day?, it))).collect();
        closed.sort_by_cached_key(|(day, it)| {
            (*day, it.closing.head.utc_ms, it.closing.head.number.clone())
        });
        closed
    }
}
