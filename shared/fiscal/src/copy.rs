//! Papers that are not the ticket itself: duplicates, and what is shown before payment.

use crate::Money;
use crate::record::{Document, Head, SeriesKind};
use crate::ticket::{DocumentLine, DocumentRate, Issuer, Line, breakdown, same_totals, totals};
use crate::vat::Mode;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// How a copy leaves the till.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Medium {
    /// Printed.
    #[serde(rename = "PAPIER")]
    Paper,
    /// A link shown as a QR code.
    #[serde(rename = "QR")]
    QrCode,
    /// By e-mail.
    #[serde(rename = "COURRIEL")]
    Email,
    /// A file, as an invoice's.
    #[serde(rename = "FICHIER")]
    File,
}

/// A copy of a signed document, after its original left the till:
/// `DU1,till,seq,type,copy,operator,yyyyMMddHHmmss,±hhmm,till of the original,its number,content,N|O,previous`.
///
/// The first paper asked for at the time of sale is the original; every later one is a duplicate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicate {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// What the original records: `VENTE`, `AVOIR`, `FACTURE` …
    pub original_type: String,
    /// The till of the original.
    pub original_till: String,
    /// The number of the original.
    pub original: String,
    /// SHA-256 of the original's document, in hexadecimal: the copy shows that and nothing else.
    pub original_content: String,
    /// The how manieth copy this is: 1, 2, 3 …
    pub copy: u64,
    /// How it leaves.
    pub medium: Medium,
}

impl Document for Duplicate {
    const SCHEMA: &'static str = "DUPLICATA-1";
    const SERIES: SeriesKind = SeriesKind::Duplicate;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.original_type.clone(),
            self.copy.to_string(),
            self.head.operator.clone(),
            moment.stamp(),
            moment.offset(),
            self.original_till.clone(),
            self.original.clone(),
        ]
    }

    fn adds_up(&self) -> bool {
        self.copy != 0
    }
}

/// What a paper before payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProvisionalKind {
    /// « Document provisoire, ne vaut pas ticket ».
    #[serde(rename = "PROVISOIRE")]
    Provisional,
    /// The note of a service of 25 € or more (arrêté 83-50/A of 3 October 1983).
    #[serde(rename = "NOTE")]
    Note,
}

impl ProvisionalKind {
    /// The name in base strings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Provisional => "PROVISOIRE",
            Self::Note => "NOTE",
        }
    }
}

/// What a service costs from which on a note is handed over before it is paid: 25 €.
pub const NOTE_FROM: Money = Money::from_cents(2_500);

/// Whether a note is due before this is paid: what is eaten in the shop is a service; what is taken
/// away or delivered is not (arrêté 83-50/A of 3 October 1983).
#[must_use]
pub fn note_due(mode: Mode, total_ttc: Money) -> bool {
    match mode {
        Mode::OnSite => NOTE_FROM <= total_ttc,
        Mode::TakeAway | Mode::Delivery => false,
    }
}

/// What an order would come to, before it is paid:
/// `NO1,till,seq,type,vat,total,operator,yyyyMMddHHmmss,±hhmm,content,N|O,previous`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provisional {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ProvisionalKind,
    /// Who sells.
    pub issuer: Issuer,
    /// The order, as people name it.
    pub order: String,
    /// How it leaves.
    pub mode: Mode,
    /// What is asked for.
    pub lines: Vec<DocumentLine>,
    /// The breakdown by rate, the lowest first.
    pub vat: Vec<DocumentRate>,
    /// The total, tax excluded.
    pub total_ht: Money,
    /// The total, tax included.
    pub total_ttc: Money,
}

impl Provisional {
    /// What an order with these lines would come to.
    ///
    /// # Panics
    ///
    /// Where the lines add up to more than 64 bits of cents.
    #[must_use]
    pub fn of(
        head: Head,
        kind: ProvisionalKind,
        issuer: Issuer,
        order: String,
        mode: Mode,
        lines: &[Line],
    ) -> Self {
        let totals = totals(lines);
        Self {
            head,
            kind,
            issuer,
            order,
            mode,
            lines: DocumentLine::all(lines, &totals),
            vat: totals.rates.iter().map(DocumentRate::of).collect(),
            total_ht: totals.ht(),
            total_ttc: totals.total,
        }
    }
}

impl Document for Provisional {
    const SCHEMA: &'static str = "PROVISOIRE-1";
    const SERIES: SeriesKind = SeriesKind::Provisional;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.kind.code().to_owned(),
            breakdown(&self.vat),
            self.total_ttc.cents().to_string(),
            self.head.operator.clone(),
            moment.stamp(),
            moment.offset(),
        ]
    }

    fn adds_up(&self) -> bool {
        same_totals(&self.lines, &self.vat, self.total_ht, self.total_ttc)
    }
}
