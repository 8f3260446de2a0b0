//! What is asked and what is answered. Numbers are for ever; bytes are deterministic CBOR.
//!
//! A message is an array `[number, [fields …]]`. A field is only ever added at the end, optional;
//! what an older program does not know it skips. A message whose number is not known is answered
//! with [`Reply::Unknown`], and the asker goes on without it.

mod codec;
mod snapshot;

use alloc::string::String;
use alloc::vec::Vec;
use journal::{BlobHash, BootId, EntryHash, JournalId, RawEntry, Seq, Signature, Tip};
use minicbor::{Decode, Encode};

pub use codec::{OverLimit, Unreadable};
pub(crate) use codec::{Trouble, decode_all};
pub use snapshot::{MAX_CURSOR_BYTES, MAX_SEALED_TIPS, SealedTip, Snapshot, SnapshotPage};

/// The protocols this program speaks.
pub const PROTOCOL: ProtocolRange = ProtocolRange { min: 1, max: 1 };
/// The most tips in one message: a shop has a handful of journals a year, and branches are rare.
pub const MAX_TIPS: usize = 4_096;
/// The most places asked for in one [`Probe`].
pub const MAX_PROBES: usize = 64;
/// The most cards in one message.
pub const MAX_CARDS: usize = 500;
/// The most bytes of cards in one message: 1 MiB.
pub const MAX_CARDS_BYTES: usize = 1024 * 1024;
/// The most bytes of a blob in one message: 1 MiB.
pub const MAX_BLOB_PART_BYTES: usize = 1024 * 1024;
/// The longest that a [`Listen`] waits, in milliseconds: shorter than any proxy's patience.
pub const MAX_LISTEN_MS: u32 = 25_000;

/// A place in a journal that both sides know which: an entry's number and its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct Place {
    /// The entry's number.
    #[n(0)]
    pub seq: Seq,
    /// The entry's hash.
    #[n(1)]
    pub hash: EntryHash,
}

impl Place {
    /// Where a tip stands in its journal.
    #[must_use]
    pub const fn of(tip: Tip) -> Self {
        Self { seq: tip.seq, hash: tip.hash }
    }

    /// The same, with the journal's name.
    #[must_use]
    pub const fn in_journal(self, journal: JournalId) -> Tip {
        Tip { journal, seq: self.seq, hash: self.hash }
    }
}

/// Protocols that are spoken, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct ProtocolRange {
    /// The oldest.
    #[n(0)]
    pub min: u16,
    /// The newest.
    #[n(1)]
    pub max: u16,
}

impl ProtocolRange {
    /// The newest that both speak.
    #[must_use]
    pub fn common(self, other: Self) -> Option<u16> {
        let newest = self.max.min(other.max);
        (self.min.max(other.min) <= newest).then_some(newest)
    }
}

/// Who I am and what I hold.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hello {
    /// What I speak.
    #[n(0)]
    pub protocol: ProtocolRange,
    /// The journal I write in, where I have begun one.
    #[n(1)]
    pub journal: Option<JournalId>,
    /// This run of my program.
    #[n(2)]
    pub boot: BootId,
    /// My program's build, for people.
    #[n(3)]
    pub build: String,
    /// Where every journal that I hold ends: once per branch, and usually there is one.
    #[n(4)]
    pub tips: Vec<Tip>,
    /// Where my list of cards ends.
    #[n(5)]
    pub cards: u64,
}

/// A flag of [`Welcome`]: another run of the asker's journal greeted here within the last minute, so
/// two programs write it. Whoever set none took no note.
pub const OTHER_RUN: u32 = 1;

/// The answer to [`Hello`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Welcome {
    /// What we shall speak.
    #[n(0)]
    pub protocol: u16,
    /// Where every journal of the shop that I hold ends.
    #[n(1)]
    pub tips: Vec<Tip>,
    /// Where my list of cards ends.
    #[n(2)]
    pub cards: u64,
    /// What my clock says, in milliseconds since 1970 UTC: a label.
    #[n(3)]
    pub time_ms: i64,
    /// [`OTHER_RUN`], and bits to come; those not known are left alone.
    #[n(4)]
    pub flags: u32,
    /// How far I have merged the asker's list of cards; `None` where I take no note of that.
    #[n(5)]
    pub cards_merged: Option<u64>,
}

/// Which hashes stand at some places of the chain that ends at `tip`? This is how the last common
/// entry of two branches is found.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Probe {
    /// The chain: a tip that the other named.
    #[n(0)]
    pub tip: Tip,
    /// The places, at most [`MAX_PROBES`].
    #[n(1)]
    pub seqs: Vec<Seq>,
}

/// The answer to [`Probe`]: as many as were asked, `None` where nothing is held.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Hashes {
    /// In the order of the question.
    #[n(0)]
    pub hashes: Vec<Option<EntryHash>>,
}

/// Entries that follow one another in one journal, ending on a seal. At most
/// [`journal::MAX_BATCH_ENTRIES`] and [`journal::MAX_BATCH_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Push {
    /// The journal.
    #[n(0)]
    pub journal: JournalId,
    /// The entry that the first one follows; `None` where the first one opens the journal.
    #[n(1)]
    pub base: Option<Place>,
    /// The entries.
    #[n(2)]
    pub entries: Vec<RawEntry>,
    /// The journal key's signature of the last one's header.
    #[n(3)]
    pub seal: Signature,
}

/// The push is on my disk, checked, up to and including this entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ack {
    /// The last entry of the push.
    #[n(0)]
    pub tip: Tip,
}

/// The push was kept as a branch: another entry already stands at its first new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Fork {
    /// The first place where the two differ.
    #[n(0)]
    pub seq: Seq,
    /// What I held there.
    #[n(1)]
    pub held: EntryHash,
    /// What was sent.
    #[n(2)]
    pub sent: EntryHash,
    /// The end of the branch as it now is on my disk.
    #[n(3)]
    pub kept: Place,
}

/// Why something is kept apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Quarantine {
    /// It is not believed (broken, out of place, not sealed): parked with its bytes.
    #[n(0)]
    NotBelieved,
    /// Its sender's right to write was taken back: kept until a person decides.
    #[n(1)]
    Revoked,
    /// Its key is not one that may open a journal in this shop.
    #[n(2)]
    UnknownKey,
}

/// The push is on my disk, but apart: send no more of this journal until a person has looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Quarantined {
    /// The first place of the push.
    #[n(0)]
    pub seq: Seq,
    /// Why.
    #[n(1)]
    pub why: Quarantine,
}

/// Send me what follows `after` on the chain that ends at `tip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Pull {
    /// The chain: a tip that the other named (it may have grown since).
    #[n(0)]
    pub tip: Tip,
    /// The last entry I hold of it; `None` for all of it.
    #[n(1)]
    pub after: Option<Place>,
    /// At most so many entries; never more than [`journal::MAX_BATCH_ENTRIES`].
    #[n(2)]
    pub limit: u16,
}

/// The answer to [`Pull`]: what follows, ending on a seal. Nothing where nothing follows.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Entries {
    /// The entries.
    #[n(0)]
    pub entries: Vec<RawEntry>,
    /// The journal key's signature of the last one's header; `None` where there is none.
    #[n(1)]
    pub seal: Option<Signature>,
    /// Where the chain now ends.
    #[n(2)]
    pub tip: Tip,
}

/// The answer to a [`Pull`] whose `after` is not on that chain, or whose chain is not held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Rewind {
    /// Where the chain ends; `None` where it is not held.
    #[n(0)]
    pub tip: Option<Tip>,
}

/// One card (a customer's personal data), as the domain writes it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CardRecord {
    /// Its place in the sender's list: 1, 2, 3 …, rising; it changes when the card does.
    #[n(0)]
    pub position: u64,
    /// The card.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub card: Vec<u8>,
}

/// Send me the cards that changed after this place in your list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Cards {
    /// The last place I have seen; 0 for all.
    #[n(0)]
    pub after: u64,
}

/// Cards, in the order of their places: the answer to [`Cards`], and what is pushed. At most
/// [`MAX_CARDS`] and [`MAX_CARDS_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CardsPage {
    /// The cards.
    #[n(0)]
    pub records: Vec<CardRecord>,
    /// Everything up to this place of the sender's list is in this page or was before.
    #[n(1)]
    pub through: u64,
    /// Whether more follows.
    #[n(2)]
    pub more: bool,
    /// In a push: what comes before was merged up to here, or this page must not count as merged.
    #[n(3)]
    pub after: Option<u64>,
}

/// Send me a part of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Blob {
    /// Which.
    #[n(0)]
    pub sha256: BlobHash,
    /// From which byte on.
    #[n(1)]
    pub offset: u64,
}

/// A part of a blob, at most [`MAX_BLOB_PART_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct BlobPart {
    /// Which.
    #[n(0)]
    pub sha256: BlobHash,
    /// Where this part begins.
    #[n(1)]
    pub offset: u64,
    /// How many bytes there are in all.
    #[n(2)]
    pub total: u64,
    /// The bytes.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
}

/// Something may have changed at my side. A hint: it may be lost.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Poke {
    /// Where the journals I hold end.
    #[n(0)]
    pub tips: Vec<Tip>,
    /// Where my list of cards ends.
    #[n(1)]
    pub cards: u64,
}

/// Answer when what you hold is no longer this, or when I have waited long enough: how [`Poke`]
/// crosses HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Listen {
    /// What I last knew of your tips.
    #[n(0)]
    pub tips: Vec<Tip>,
    /// What I last knew of the end of your list of cards.
    #[n(1)]
    pub cards: u64,
    /// How long to wait, in milliseconds; [`MAX_LISTEN_MS`] at most.
    #[n(2)]
    pub wait_ms: u32,
}

/// Why a request was not done. Nothing of it was kept; the asker still has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum Refusal {
    /// The envelope or the message in it cannot be read.
    #[n(0)]
    #[error("unreadable")]
    Unreadable,
    /// It exceeds a limit of this module.
    #[n(1)]
    #[error("too large")]
    TooLarge,
    /// Its sender is nobody I know: enrol first.
    #[n(2)]
    #[error("unknown sender")]
    UnknownSender,
    /// Its signature is not its sender's.
    #[n(3)]
    #[error("bad signature")]
    BadSignature,
    /// Its counter was seen before: seal it again.
    #[n(4)]
    #[error("replayed")]
    Replayed,
    /// The sender may not ask that: another shop's journal, for one.
    #[n(5)]
    #[error("not allowed")]
    NotAllowed,
    /// My disk or database failed: ask again later.
    #[n(6)]
    #[error("failed, ask again later")]
    Failed,
    /// The sender's right to take part was taken back.
    #[n(7)]
    #[error("revoked")]
    Revoked,
}

/// What one side asks. 10 is kept for WITNESS.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// Who I am and what I hold.
    #[n(0)]
    Hello(#[n(0)] Hello),
    /// Hashes at places of a chain.
    #[n(1)]
    Probe(#[n(0)] Probe),
    /// Entries you lack.
    #[n(2)]
    Push(#[n(0)] Push),
    /// Entries I lack.
    #[n(3)]
    Pull(#[n(0)] Pull),
    /// Cards I lack.
    #[n(4)]
    Cards(#[n(0)] Cards),
    /// Cards you lack.
    #[n(5)]
    CardsPush(#[n(0)] CardsPage),
    /// A part of a blob.
    #[n(6)]
    Blob(#[n(0)] Blob),
    /// Something changed here.
    #[n(7)]
    Poke(#[n(0)] Poke),
    /// Tell me when something changes there.
    #[n(8)]
    Listen(#[n(0)] Listen),
    /// What is not finished there: I am far behind.
    #[n(9)]
    Snapshot(#[n(0)] Snapshot),
}

/// What the other side answers. 18 is kept for WITNESS.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Reply {
    /// To [`Hello`].
    #[n(0)]
    Welcome(#[n(0)] Welcome),
    /// To [`Probe`].
    #[n(1)]
    Hashes(#[n(0)] Hashes),
    /// To [`Push`]: it is on my disk.
    #[n(2)]
    Ack(#[n(0)] Ack),
    /// To [`Push`]: its base is not held here; I hold this journal up to `have`, on my first
    /// branch (`None`: nothing of it).
    #[n(3)]
    Need {
        /// Where my first branch ends.
        #[n(0)]
        have: Option<Place>,
    },
    /// To [`Push`]: kept as a branch.
    #[n(4)]
    Fork(#[n(0)] Fork),
    /// To anything: ask again later.
    #[n(5)]
    Busy {
        /// In how many milliseconds.
        #[n(0)]
        retry_ms: u32,
    },
    /// To [`Push`]: kept apart.
    #[n(6)]
    Quarantined(#[n(0)] Quarantined),
    /// To anything: we have no protocol in common.
    #[n(7)]
    Upgrade {
        /// What I speak.
        #[n(0)]
        protocol: ProtocolRange,
    },
    /// To [`Pull`].
    #[n(8)]
    Entries(#[n(0)] Entries),
    /// To [`Pull`] and [`Probe`]: not on that chain.
    #[n(9)]
    Rewind(#[n(0)] Rewind),
    /// To [`Cards`].
    #[n(10)]
    Cards(#[n(0)] CardsPage),
    /// To [`Request::CardsPush`]: they are on my disk.
    #[n(11)]
    CardsAck {
        /// How far the list is merged now: the `through` of the page, unless I was set back.
        #[n(0)]
        through: u64,
    },
    /// To [`Blob`].
    #[n(12)]
    Blob(#[n(0)] BlobPart),
    /// To [`Blob`]: not held here.
    #[n(13)]
    NoBlob {
        /// Which.
        #[n(0)]
        sha256: BlobHash,
    },
    /// To [`Listen`] and [`Poke`]: what is held here now.
    #[n(14)]
    Poke(#[n(0)] Poke),
    /// To a message whose number is not known here.
    #[n(15)]
    Unknown {
        /// Its number.
        #[n(0)]
        number: u32,
    },
    /// To anything: not done.
    #[n(16)]
    Refused(#[n(0)] Refusal),
    /// To [`Snapshot`].
    #[n(17)]
    Snapshot(#[n(0)] SnapshotPage),
}
