//! An entry: header and body, as they are stored, sent and hashed.

use crate::id::{BootId, EntryHash, JournalId, Kind, Seq, SubjectId, Tick};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// The greatest body: 256 KiB. A ticket of 100 lines is about 20 KiB; anything larger is a blob.
pub const MAX_BODY_BYTES: usize = 256 * 1024;
/// The most entries between two seals: whatever is sealed at once must fit in one message.
pub const MAX_BATCH_ENTRIES: usize = 500;
/// The most bytes of headers and bodies between two seals: 1 MiB.
pub const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// How long an entry's body must be kept.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Keep {
    /// Tickets, closings and what else the tax authority may ask for: 6 years at least, archived
    /// before any purge (LPF art. L. 102 B).
    #[n(0)]
    Fiscal,
    /// Everything in an order's life and its corrections: as long as the fiscal ones.
    #[n(1)]
    Trace,
    /// Kitchen steps, starts, heartbeats: 90 days.
    #[n(2)]
    Operation,
}

/// What an entry says of itself. Its bytes are what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct Header {
    /// Of this layout: 1.
    #[n(0)]
    pub version: u8,
    /// The journal; `None` in its first entry, whose hash is the journal's id.
    #[n(1)]
    pub journal: Option<JournalId>,
    /// The place in the journal.
    #[n(2)]
    pub seq: Seq,
    /// The hash of the entry before; `None` in the first.
    #[n(3)]
    pub prev: Option<EntryHash>,
    /// The run of the program that wrote it.
    #[n(4)]
    pub boot: BootId,
    /// What it says.
    #[n(5)]
    pub kind: Kind,
    /// Which layout of that kind's body.
    #[n(6)]
    pub kind_version: u8,
    /// How long the body is kept.
    #[n(7)]
    pub keep: Keep,
    /// What it is about.
    #[n(8)]
    pub subject: Option<SubjectId>,
    /// Order without a clock.
    #[n(9)]
    pub tick: Tick,
    /// What the writer's clock said, in milliseconds since 1970 UTC: a label, never an order.
    #[n(10)]
    pub wall_ms: i64,
    /// SHA-256 of the body.
    #[cbor(n(11), with = "minicbor::bytes")]
    pub body_hash: [u8; 32],
    /// The body's length in bytes.
    #[n(12)]
    pub body_len: u32,
}

impl Header {
    /// The layout this program writes.
    pub const VERSION: u8 = 1;

    /// The deterministic CBOR of this header.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any header")
    }

    /// Reads a header, refusing any other bytes than [`Self::encode`] would have written: two
    /// spellings of one header would be two identities of one entry.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let header: Self = minicbor::decode(bytes).ok()?;
        (header.version == Self::VERSION && header.encode() == bytes).then_some(header)
    }
}

/// An entry whose header's bytes and body belong together. Chain and seal are checked apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the header says.
    pub header: Header,
    /// The header's bytes, as stored, sent and hashed.
    pub header_bytes: Vec<u8>,
    /// SHA-256 of the header's bytes.
    pub hash: EntryHash,
    /// The body's bytes; `None` once purged.
    pub body: Option<Vec<u8>>,
}

impl Entry {
    pub(crate) fn new(header: Header, body: Vec<u8>) -> Self {
        let header_bytes = header.encode();
        let hash = EntryHash(Sha256::digest(&header_bytes).into());
        Self { header, header_bytes, hash, body: Some(body) }
    }

    /// The journal it stands in: for the first entry, its own hash.
    #[must_use]
    pub fn journal(&self) -> JournalId {
        self.header.journal.unwrap_or(JournalId(self.hash.0))
    }

    /// How much it counts towards [`MAX_BATCH_BYTES`]: its header's and its body's bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.header_bytes.len().saturating_add(self.body.as_ref().map_or(0, Vec::len))
    }

    /// What is sent of it.
    #[must_use]
    pub fn to_raw(&self) -> RawEntry {
        RawEntry { header: self.header_bytes.clone(), body: self.body.clone() }
    }
}

/// An entry as it came from somewhere: nothing is believed of it yet.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(array)]
pub struct RawEntry {
    /// The header's bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub header: Vec<u8>,
    /// The body's bytes, unless purged.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub body: Option<Vec<u8>>,
}

impl RawEntry {
    /// How much it counts towards [`MAX_BATCH_BYTES`]: its header's and its body's bytes.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.header.len().saturating_add(self.body.as_ref().map_or(0, Vec::len))
    }

    /// Its identity: SHA-256 of its header's bytes, whatever they say.
    #[must_use]
    pub fn hash(&self) -> EntryHash {
        EntryHash(Sha256::digest(&self.header).into())
    }
}

/// What is to be written, before it has a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it says.
    pub kind: Kind,
    /// Which layout of that kind's body.
    pub kind_version: u8,
    /// How long the body is kept.
    pub keep: Keep,
    /// What it is about.
    pub subject: Option<SubjectId>,
    /// The body: deterministic CBOR.
    pub body: Vec<u8>,
}
