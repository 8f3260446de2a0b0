//! The entries that are about journals themselves: how one begins, and each start of its writer.

use crate::chain::Tip;
use crate::entry::{Draft, Keep};
use crate::id::Kind;
use crate::key::PublicKey;
use alloc::string::String;
use alloc::vec::Vec;

/// The kinds of this crate.
pub mod kind {
    use crate::id::Kind;

    /// [`super::Opening`]: the first entry of every journal.
    pub const OPENED: Kind = Kind(1);
    /// [`super::Started`]: the first entry of every run.
    pub const STARTED: Kind = Kind(2);
}

/// What a journal is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(index_only)]
pub enum Purpose {
    /// Real sales.
    #[n(0)]
    Live,
    /// Training: counted nowhere.
    #[n(1)]
    Training,
    /// The centre's, one per shop: menus, staff, workstations, web orders.
    #[n(2)]
    Centre,
}

/// The body of a journal's first entry.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Opening {
    /// What the journal's seals and fiscal signatures are checked with.
    #[n(0)]
    pub public_key: PublicKey,
    /// The shop's code ("P01").
    #[n(1)]
    pub shop: String,
    /// The workstation's label in the shop ("C1").
    #[n(2)]
    pub workstation: String,
    /// What it is for.
    #[n(3)]
    pub purpose: Purpose,
    /// The tips of the journals that this one goes on from, after a fork or a lost disk.
    #[n(4)]
    pub continues: Vec<Tip>,
}

impl Opening {
    /// The entry to write.
    #[must_use]
    pub fn to_draft(&self) -> Draft {
        draft(kind::OPENED, Keep::Fiscal, minicbor::to_vec(self))
    }

    /// Reads the body of an entry of kind [`kind::OPENED`].
    #[must_use]
    pub fn decode(body: &[u8]) -> Option<Self> {
        minicbor::decode(body).ok()
    }
}

/// The body of the first entry of a run: who was asked whether this journal is still the latest.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Started {
    /// The program's build.
    #[n(0)]
    pub build: String,
    /// Where the own journal stood, by those that answered before the first entry of this run.
    #[n(1)]
    pub witnesses: Vec<Tip>,
}

impl Started {
    /// The entry to write.
    #[must_use]
    pub fn to_draft(&self) -> Draft {
        draft(kind::STARTED, Keep::Operation, minicbor::to_vec(self))
    }

    /// Reads the body of an entry of kind [`kind::STARTED`].
    #[must_use]
    pub fn decode(body: &[u8]) -> Option<Self> {
        minicbor::decode(body).ok()
    }
}

fn draft<E: core::fmt::Debug>(kind: Kind, keep: Keep, body: Result<Vec<u8>, E>) -> Draft {
    let body = body.expect("memory takes any body");
    Draft { kind, kind_version: 1, keep, subject: None, body }
}
