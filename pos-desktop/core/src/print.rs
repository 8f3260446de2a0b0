//! Receipts and other papers: from what is to be said to bytes at a printer.
//!
//! [`receipt`] says what a ticket's paper must carry and makes a [`document`] of it, and [`papers`] so
//! of all others. A document is
//! kept in the queue ([`store`]) by whoever asks for a print, in their own transaction, so that a
//! sale never waits for paper. A [`worker`] a printer takes jobs from there, lays them out
//! ([`layout`]), encodes them ([`escpos_bytes`]) and sends them over a [`link`], and says what stops
//! it ([`status`]).
//!
//! A job is `sending` in a commit of its own before its first byte leaves. One found so after a
//! crash is [`job::JobState::Unsure`]: a person looks at the paper and decides, we never print twice
//! by ourselves.

pub mod document;
pub mod escpos_bytes;
mod figures;
pub mod job;
pub mod layout;
pub mod link;
pub mod page;
pub mod papers;
pub mod receipt;
pub mod status;
pub mod store;
pub mod worker;
