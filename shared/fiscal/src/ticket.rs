//! The signed ticket: what was sold and paid, in a document that cannot be changed unseen.
//!
//! A ticket is four texts: its number; the **document**, canonical JSON ([`crate::jcs`]) that holds
//! names and prices by value and refers to nothing; the **base string**, comma-separated, with the
//! document's hash and the signature of the ticket before; and the **signature** of that string by
//! the journal's key. The layout follows what certified vendors publish of NF525, so that an
//! auditor recognises it.

mod base;
mod check;
mod credit;
mod document;
mod draft;
mod issue;
mod sound;
mod totals;

pub use base::{Base, BaseMalformed};
pub use check::BrokenTicket;
pub use credit::{CreditRefused, Creditable, ROUNDING, credit_lines, creditable};
pub use document::{Document, DocumentLine, DocumentRate, Original, SCHEMA};
pub(crate) use document::{breakdown, rates_add_up, same_totals};
pub use draft::{
    Channel, DELIVERY_FEE, Draft, Issuer, Line, Means, Operation, Payment, PaymentState,
};
pub(crate) use issue::short_code;
pub use issue::{CASH_CEILING, LAST_NUMBER, TicketRefused, TicketSeries};
pub use totals::{LineTax, RateTotal, Totals, totals};

use alloc::string::String;
use alloc::vec::Vec;

/// A numbered and signed ticket: the body of a journal entry of kind [`crate::kind::TICKET`].
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Ticket {
    /// The number: shop, till, short code of the journal, place in the series
    /// (`P01-C1-7K3F-000042`).
    #[n(0)]
    pub number: String,
    /// The document: canonical JSON.
    #[n(1)]
    pub document: String,
    /// What is signed: `TK1,…`.
    #[n(2)]
    pub base: String,
    /// ECDSA P-256 over SHA-256 of the base string, 64 bytes in base64url: 86 characters.
    #[n(3)]
    pub signature: String,
}

impl Ticket {
    /// The layout of the body.
    pub const KIND_VERSION: u8 = 1;

    /// The body's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any ticket")
    }

    /// Reads a body, refusing any other bytes than [`Self::encode`] would have written. Whether
    /// what it says is true is for [`Self::check`].
    #[must_use]
    pub fn decode(body: &[u8]) -> Option<Self> {
        let ticket: Self = minicbor::decode(body).ok()?;
        (ticket.encode() == body).then_some(ticket)
    }

    /// What is printed of the signature: its 3rd, 7th, 13th and 19th character.
    #[must_use]
    pub fn extract(&self) -> String {
        [2, 6, 12, 18].into_iter().filter_map(|place| self.signature.chars().nth(place)).collect()
    }
}
