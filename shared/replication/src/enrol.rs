//! How a workstation becomes one of a shop's: a one-time code, typed once.
//!
//! The request's envelope is signed by the key that it asks to enrol, which nobody knows yet: the
//! centre opens it with a check of its own (the sender is [`Enrol::public_key`]) and believes the
//! code. The reply is signed by the centre's key, which the workstation believes from then on.

use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, PublicKey};
use minicbor::{Decode, Encode};

use crate::message::{Unreadable, decode_all};

/// What a workstation is for in its shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// It takes orders and money.
    #[n(0)]
    Till,
    /// It shows what is to be cooked.
    #[n(1)]
    Kitchen,
}

/// Take me in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Enrol {
    /// The one-time code that the centre showed, as typed.
    #[n(0)]
    pub code: String,
    /// The workstation's key.
    #[n(1)]
    pub public_key: PublicKey,
    /// What it is for.
    #[n(2)]
    pub role: Role,
    /// The label asked for ("C1"); the centre has the last word.
    #[n(3)]
    pub label: String,
    /// The program's build, for people.
    #[n(4)]
    pub build: String,
}

/// You are in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Enrolled {
    /// The shop's code ("P01").
    #[n(0)]
    pub shop: String,
    /// The workstation's label, the only one of its name in the shop.
    #[n(1)]
    pub label: String,
    /// What the centre's replies and its journal are signed with.
    #[n(2)]
    pub centre_key: PublicKey,
    /// The centre's journal for this shop.
    #[n(3)]
    pub centre_journal: JournalId,
    /// What the centre's clock says, in milliseconds since 1970 UTC: a label.
    #[n(4)]
    pub time_ms: i64,
}

/// Why a workstation is not taken in. Where several hold, the first is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum EnrolRefused {
    /// Too many wrong codes from there: wait.
    #[n(0)]
    #[error("too many attempts")]
    TooManyAttempts,
    /// The centre gave out no such code.
    #[n(1)]
    #[error("unknown code")]
    CodeUnknown,
    /// Another workstation used it. The same one, asking again, is let in again.
    #[n(2)]
    #[error("the code was used")]
    CodeUsed,
    /// It is too old.
    #[n(3)]
    #[error("the code has expired")]
    CodeExpired,
    /// It was given out for another role.
    #[n(4)]
    #[error("the code is for another role")]
    WrongRole,
    /// The key is one that was turned away.
    #[n(5)]
    #[error("the key was revoked")]
    KeyRevoked,
    /// The label is taken, or is not one: a letter or two and a number.
    #[n(6)]
    #[error("the label cannot be given")]
    Label,
}

/// The answer to [`Enrol`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum EnrolReply {
    /// Taken in.
    #[n(0)]
    Enrolled(#[n(0)] Enrolled),
    /// Not taken in.
    #[n(1)]
    Refused(#[n(0)] EnrolRefused),
}

impl Enrol {
    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any message")
    }

    /// Reads what an opened envelope carries.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Broken`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode_all(bytes)
    }
}

impl EnrolReply {
    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any message")
    }

    /// Reads what an opened envelope carries.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Broken`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode_all(bytes)
    }
}
