//! The record of an archive that was made. What an archive holds is in [docs/FISCAL.md].
//!
//! A [`Builder`] makes its files; whoever has a disk puts them into a ZIP.
//!
//! [docs/FISCAL.md]: https://github.com/oc-pizza/caisse/blob/main/docs/FISCAL.md

mod build;
pub mod format;
mod tables;

pub use build::{About, Builder, Built};
pub use tables::{TABLES, Tables};

use crate::Money;
use crate::closing::Span;
use crate::record::{Document, Head, SeriesKind};
use crate::ticket::{DocumentRate, breakdown};
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What an archive says of itself to whoever opens it, in French.
pub const NOTICE: &str = include_str!("archive/notice.txt");

/// An archive's record:
/// `AR1,till,seq,period,vat,total,yyyyMMddHHmmss,±hhmm,manifest,content,N|O,previous`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveDocument {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// The period archived: `2026-11-01_2026-11-30`.
    pub period: String,
    /// Which entries it holds.
    pub spans: Vec<Span>,
    /// Turnover of the period by rate, the lowest first: the sum of its tickets.
    pub vat: Vec<DocumentRate>,
    /// Turnover of the period, tax included.
    pub total_ttc: Money,
    /// The archive's file name.
    pub file: String,
    /// SHA-256 of its manifest, in hexadecimal.
    pub manifest: String,
    /// The signature of the archive's record before this one; it also stands in the archive.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub previous_archive: Option<String>,
}

impl Document for ArchiveDocument {
    const SCHEMA: &'static str = "ARCHIVE-1";
    const SERIES: SeriesKind = SeriesKind::Archive;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.period.clone(),
            breakdown(&self.vat),
            self.total_ttc.cents().to_string(),
            moment.stamp(),
            moment.offset(),
            self.manifest.clone(),
        ]
    }

    fn adds_up(&self) -> bool {
        crate::ticket::rates_add_up(&self.vat, self.total_ttc)
    }
}
