//! What a shop is in the middle of: for whoever is so far behind that it cannot wait for the history.

use alloc::vec::Vec;
use journal::{RawEntry, Signature};
use minicbor::{Decode, Encode};

/// The longest [`Snapshot::after`], in bytes: a subject, a journal, a place and a hash take fewer.
pub const MAX_CURSOR_BYTES: usize = 128;
/// The most ends of chains in one [`SnapshotPage`].
pub const MAX_SEALED_TIPS: usize = 256;

/// Send me the entries of whatever is not finished: open orders and what was done today, what
/// workstations settled. Asked page by page until [`SnapshotPage::next`] is `None`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Snapshot {
    /// [`SnapshotPage::next`] of the page before; `None` for the first. Whoever answers alone knows
    /// what it means, and keeps nothing between two pages.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub after: Option<Vec<u8>>,
}

/// A page of a [`Snapshot`].
///
/// A snapshot is a set of entries, not of tables: a fold is a function of the set of entries of its
/// subject, so all entries of an order give the order, whatever version either side is of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SnapshotPage {
    /// In the first page, where my chains end, each with its proof. What is in the snapshot stands
    /// before these; what comes after them can be pulled.
    #[n(0)]
    pub tips: Vec<SealedTip>,
    /// Entries of any journals, none of them checked against a chain. With the bodies: at most as
    /// many and as large as those of a push.
    #[n(1)]
    pub entries: Vec<RawEntry>,
    /// What to ask for the next page; `None` after the last.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub next: Option<Vec<u8>>,
}

/// Where a chain ends, with what proves it without the chain.
///
/// The journal's name is the hash of `opening`, which names the key; the key sealed `last`. So
/// whoever trusts that key may go on from `last` without having seen what stands before it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedTip {
    /// The journal's first entry, with its body.
    #[n(0)]
    pub opening: RawEntry,
    /// The chain's last entry. Its body is left out.
    #[n(1)]
    pub last: RawEntry,
    /// The seal of `last`.
    #[n(2)]
    pub seal: Signature,
}
