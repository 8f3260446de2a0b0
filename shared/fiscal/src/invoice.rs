//! The invoice made of a ticket, on request. It adds nothing to turnover: the ticket did.
//!
//! The journal holds who sold, the amounts and the hash of the invoice's file; who bought is in that
//! file alone, which is kept apart for ten years, so that a journal holds no personal data.

use crate::Money;
use crate::record::{Document, Head, SeriesKind};
use crate::ticket::{DocumentRate, Issuer, breakdown, rates_add_up};
use crate::time::Date;
use crate::vat::Mode;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What an invoice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum InvoiceKind {
    /// An invoice for a sale.
    #[serde(rename = "FACTURE")]
    Invoice,
    /// The credit note of an invoice, for a credit note at the till.
    #[serde(rename = "FACTURE_AVOIR")]
    CreditNote,
}

impl InvoiceKind {
    /// The name in base strings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Invoice => "FACTURE",
            Self::CreditNote => "FACTURE_AVOIR",
        }
    }
}

/// An invoice's record: `FA1,till,seq,type,vat,total,yyyyMMddHHmmss,±hhmm,ticket,content,N|O,previous`.
/// The record's number is the invoice's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceDocument {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: InvoiceKind,
    /// Who sells.
    pub issuer: Issuer,
    /// The number of the ticket it is made of.
    pub ticket: String,
    /// SHA-256 of that ticket's document, in hexadecimal.
    pub ticket_content: String,
    /// The invoice that a credit note is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub original: Option<String>,
    /// How what was sold left the shop.
    pub mode: Mode,
    /// The business day of the ticket: the day whose e-reporting leaves it out.
    pub business_date: Date,
    /// Whether the buyer gave a SIREN (`ENTREPRISE`) or not (`PARTICULIER`).
    pub buyer: BuyerKind,
    /// The breakdown by rate, the lowest first.
    pub vat: Vec<DocumentRate>,
    /// The total, tax included: the ticket's, so 0 or below on a credit note.
    pub total_ttc: Money,
    /// SHA-256 of the invoice's file (PDF with its XML), in hexadecimal.
    pub file: String,
}

/// Who buys, as far as the journal may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BuyerKind {
    /// Somebody with a SIREN.
    #[serde(rename = "ENTREPRISE")]
    Business,
    /// Somebody without.
    #[serde(rename = "PARTICULIER")]
    Private,
}

impl Document for InvoiceDocument {
    const SCHEMA: &'static str = "FACTURE-1";
    const SERIES: SeriesKind = SeriesKind::Invoice;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.kind.code().to_owned(),
            breakdown(&self.vat),
            self.total_ttc.cents().to_string(),
            moment.stamp(),
            moment.offset(),
            self.ticket.clone(),
        ]
    }

    fn adds_up(&self) -> bool {
        let (right_side, about_another) = match self.kind {
            InvoiceKind::Invoice => (Money::ZERO <= self.total_ttc, false),
            InvoiceKind::CreditNote => (self.total_ttc <= Money::ZERO, true),
        };
        right_side
            && self.original.is_some() == about_another
            && rates_add_up(&self.vat, self.total_ttc)
    }
}
