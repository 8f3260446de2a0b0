//! Entries, chain, seals and tips: what every replica of a shop stores, sends and checks.
//!
//! A **journal** is a single-writer, append-only, gapless, hash-chained list of **entries**. An
//! entry is a header and a body, each encoded once as deterministic CBOR; those bytes are stored,
//! sent and hashed for ever, and nothing is ever hashed again from decoded values. A **seal** is the
//! journal key's signature of the last entry of a transaction; nothing unsealed is believed.
//!
//! This crate knows nothing of pizzas, files, clocks or networks. DESIGN: docs/JOURNAL.md.
#![no_std]
#![warn(missing_docs, clippy::arithmetic_side_effects, clippy::float_arithmetic)]

extern crate alloc;

mod chain;
mod entry;
#[cfg(feature = "hashed-signatures")]
pub mod hashed;
mod id;
mod key;
pub mod mutant;
mod opening;

pub use chain::{Batch, Broken, Pen, Refused, Tip, check, check_first, read};
pub use entry::{
    Draft, Entry, Header, Keep, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, MAX_BODY_BYTES, RawEntry,
};
pub use id::{BlobHash, BootId, EntryHash, JournalId, Kind, Seq, SubjectId, Tick, WrongLength};
pub use key::{PublicKey, Signature, SigningKey, UnusableKey};
pub use opening::{Opening, Purpose, Started, kind};

#[cfg(test)]
mod tests;
