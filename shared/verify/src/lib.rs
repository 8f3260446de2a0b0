//! The inspector's program: checks archives and copies of a till's file, with no till, no network
//! and no database server.
//!
//! The checking itself is [`fiscal::replay`]; this crate reads files ([`archives`], [`till`]),
//! compares what stands beside the entries with them, and says in French what was found
//! ([`words`]).
#![warn(missing_docs, unreachable_pub)]

pub mod archive;
pub mod archives;
pub mod fault;
pub mod inspect;
pub mod report;
pub mod till;
mod timestamp;
pub mod words;
