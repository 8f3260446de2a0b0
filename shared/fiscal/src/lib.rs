//! Money, VAT and signed tickets: the part of the till that French fiscal law is about (CGI
//! art. 286 I 3° bis; BOI-TVA-DECLA-30-10-30). An attestation names this crate, so it is versioned
//! apart from the rest and changes rarely.
//!
//! A [`ticket::Draft`] says what was sold and paid; a [`ticket::TicketSeries`] is what the next
//! ticket of a till hangs on. [`ticket::TicketSeries::issue`] refuses the draft or makes of it a
//! [`ticket::Ticket`]: a canonical JSON document, a base string in the manner of NF525, and an
//! ECDSA signature that carries the one before. [`ticket::Ticket::check`] needs nothing but those
//! bytes and the public key.
//!
//! Amounts are whole cents and rates basis points; nothing here is a float, reads a clock or
//! draws a random number.
#![no_std]
#![warn(missing_docs, unreachable_pub, clippy::arithmetic_side_effects, clippy::float_arithmetic)]

extern crate alloc;

pub mod archive;
mod base64url;
pub mod closing;
pub mod copy;
pub mod event;
pub mod holiday;
pub mod invoice;
pub mod jcs;
mod money;
pub mod record;
pub mod replay;
pub mod share;
pub mod ticket;
pub mod time;
pub mod vat;
pub mod vouchers;

pub use money::{Euros, Money};

/// The version of the fiscal core, as documents and the attestation name it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The kinds of journal entry whose bodies this crate writes and reads (16–63).
pub mod kind {
    use journal::Kind;

    /// [`crate::ticket::Ticket`]: a sale, numbered and signed.
    pub const TICKET: Kind = Kind(16);
    /// [`crate::copy::Duplicate`]: a copy of a document whose original had left.
    pub const DUPLICATE: Kind = Kind(17);
    /// [`crate::copy::Provisional`]: a provisional document or a note.
    pub const PROVISIONAL: Kind = Kind(18);
    /// [`crate::invoice::InvoiceDocument`]: an invoice was made of a ticket.
    pub const INVOICE: Kind = Kind(19);
    /// [`crate::closing::Closing`]: a day, a month or a year was closed.
    pub const CLOSING: Kind = Kind(20);
    /// [`crate::event::EventDocument`]: an event of the log (JET).
    pub const EVENT: Kind = Kind(21);
    /// [`crate::archive::ArchiveDocument`]: an archive was made.
    pub const ARCHIVE: Kind = Kind(22);
}

/// What a workstation is called in the series of a journal: `P01-C1`; in training
/// `FACTICE-P01-C1`, so that no number made there can be taken for a real one.
#[must_use]
pub fn till_name(purpose: journal::Purpose, shop: &str, label: &str) -> alloc::string::String {
    match purpose {
        journal::Purpose::Live | journal::Purpose::Centre => alloc::format!("{shop}-{label}"),
        journal::Purpose::Training => alloc::format!("{TRAINING}-{shop}-{label}"),
    }
}

/// What everything that was done in training is marked with.
pub const TRAINING: &str = "FACTICE";
