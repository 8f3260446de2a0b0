//! Checking a ticket from its bytes and the public key alone.

use super::Ticket;
use super::base::{Base, BaseMalformed};
use super::document::{Document, DocumentRate, SCHEMA};
use super::issue::TicketRefused;
use super::sound::{Content, sound};
use super::totals::totals;
use crate::base64url;
use crate::jcs;
use journal::{PublicKey, Signature};

/// What is wrong with a ticket that was read back. Where several hold, the first in this order is
/// returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenTicket {
    /// The base string is none.
    #[error(transparent)]
    Base(#[from] BaseMalformed),
    /// The ticket is true in itself, and not the next of its series.
    #[error("the ticket is not the next of its series")]
    OutOfSeries,
    /// The document is not canonical JSON, to the byte.
    #[error("the document is not canonical JSON")]
    NotCanonical,
    /// The document is JSON and not a ticket's.
    #[error("the document is not a ticket's")]
    Unreadable,
    /// The document is not the one whose hash was signed.
    #[error("the document is not the one that was signed")]
    OtherDocument,
    /// A field of the base string, or one the document derives from others, says otherwise than
    /// the document.
    #[error("the {field} differs from what the document says")]
    FieldDiffers {
        /// Which field.
        field: &'static str,
    },
    /// Lines and payments are not true in themselves.
    #[error("lines or payments are wrong: {0}")]
    Amounts(#[source] TicketRefused),
    /// The tax or the totals are not what the lines give.
    #[error("the totals are not those of the lines")]
    Totals,
    /// The ticket does not carry the signature of the one before.
    #[error("the ticket does not follow the one it should")]
    OtherPrevious,
    /// The signature is not the key's, of the base string.
    #[error("the signature is not the key's")]
    Signature,
}

impl Ticket {
    /// What the document says.
    ///
    /// # Errors
    ///
    /// [`BrokenTicket::NotCanonical`] or [`BrokenTicket::Unreadable`] where it does not say it in
    /// the one way that is a ticket's.
    pub fn read(&self) -> Result<Document, BrokenTicket> {
        jcs::parse(&self.document).map_err(|_| BrokenTicket::NotCanonical)?;
        let document: Document =
            serde_json::from_str(&self.document).map_err(|_| BrokenTicket::Unreadable)?;
        if document.schema == SCHEMA { Ok(document) } else { Err(BrokenTicket::Unreadable) }
    }

    /// Whether the ticket is what was signed, true in itself, and follows `previous` (the
    /// signature of the ticket before; `None` for the first of a journal).
    ///
    /// # Errors
    ///
    /// [`BrokenTicket`]: what is wrong first.
    pub fn check(&self, key: &PublicKey, previous: Option<&str>) -> Result<(), BrokenTicket> {
        let base = Base::parse(&self.base)?;
        let document = self.read()?;
        if base.content != Base::content_hash(&self.document) {
            return Err(BrokenTicket::OtherDocument);
        }
        self.same_fields(&base, &document)?;
        adds_up(&document)?;
        if base.previous.as_deref() != previous {
            return Err(BrokenTicket::OtherPrevious);
        }
        let signature = base64url::decode(&self.signature).map(Signature);
        let signed = signature.is_some_and(|it| key.verify(self.base.as_bytes(), &it));
        if signed { Ok(()) } else { Err(BrokenTicket::Signature) }
    }

    fn same_fields(&self, base: &Base, document: &Document) -> Result<(), BrokenTicket> {
        let moment = document.moment();
        let vat = document.vat.iter().map(|rate| (rate.vat_bp, rate.ttc));
        let place = alloc::format!("-{:06}", document.seq);
        for (field, same) in [
            ("number", self.number == document.ticket_no && base.number == self.number),
            ("till", base.till == document.till && self.number.starts_with(&base.till)),
            ("sequence", base.seq == document.seq && self.number.ends_with(&place)),
            ("breakdown by rate", vat.eq(base.vat.iter().copied())),
            ("total", base.total == document.total_ttc),
            ("time", base.stamp == moment.stamp() && document.local == moment.local().iso()),
            ("offset", base.offset == moment.offset()),
            ("type", base.operation == document.operation.code()),
        ] {
            if !same {
                return Err(BrokenTicket::FieldDiffers { field });
            }
        }
        Ok(())
    }
}

/// Whether lines, tax and payments of the document add up, by computing them again.
fn adds_up(document: &Document) -> Result<(), BrokenTicket> {
    let content = Content::read(document);
    sound(&content).map_err(BrokenTicket::Amounts)?;
    let totals = totals(content.lines());
    let same = document.total_ttc == totals.total
        && document.total_ht == totals.ht()
        && document.total_vat == totals.vat()
        && document.line_count == document.lines.len() as u64
        && document.vat.iter().copied().eq(totals.rates.iter().map(DocumentRate::of))
        && document.lines.iter().map(|it| it.tax()).eq(totals.lines.iter().copied());
    if same { Ok(()) } else { Err(BrokenTicket::Totals) }
}
