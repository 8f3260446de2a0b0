//! Both halves of the replication protocol, between two workstations as between a workstation and
//! the centre.
//!
//! Messages ([`Request`], [`Reply`]) travel in signed envelopes ([`seal_request`], [`open_request`]
//! and their replies), over TCP in length-prefixed frames ([`frame`]) or as HTTP bodies. The half
//! that asks is a state machine, [`Link`]; the half that answers is pure functions over what its
//! host has read ([`answer`]). Neither acts: effects go out, outcomes come in. DESIGN: docs/SYNC.md.
#![no_std]
#![warn(missing_docs, clippy::arithmetic_side_effects, clippy::float_arithmetic)]

extern crate alloc;

pub mod answer;
mod enrol;
mod envelope;
pub mod frame;
pub mod join;
pub mod link;
mod message;

pub use enrol::{Enrol, EnrolRefused, EnrolReply, Enrolled, Role};
pub use envelope::{
    Opened, Replays, RequestHash, Sealed, Sender, Unopened, open_reply, open_request, seal_reply,
    seal_request,
};
pub use link::Link;
pub use message::{
    Ack, Blob, BlobPart, CardRecord, Cards, CardsPage, Entries, Fork, Hashes, Hello, Listen,
    MAX_BLOB_PART_BYTES, MAX_CARDS, MAX_CARDS_BYTES, MAX_CURSOR_BYTES, MAX_LISTEN_MS, MAX_PROBES,
    MAX_SEALED_TIPS, MAX_TIPS, OTHER_RUN, OverLimit, PROTOCOL, Place, Poke, Probe, ProtocolRange,
    Pull, Push, Quarantine, Quarantined, Refusal, Reply, Request, Rewind, SealedTip, Snapshot,
    SnapshotPage, Unreadable, Welcome,
};

#[cfg(test)]
mod tests;
