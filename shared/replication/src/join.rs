//! How a new PC becomes a workstation of the shop while the centre cannot be asked: a workstation of the
//! shop vouches for it, once a manager has compared six digits on both screens.
//!
//! Whoever stands between the two must not be able to choose the digits. So the new PC commits to a
//! nonce before it has seen the other's, and shows it only then: of a million tries at putting other
//! keys in the place of these, one shows the same digits, and each needs a person to compare them.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, PublicKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::enrol::Role;
use crate::message::{Unreadable, decode_all};

/// What tells these messages from a member's: they come from somebody nobody knows.
const NAME: &str = "ocpizza/join/1";
const COMMITMENT: &[u8] = b"ocpizza/join/nonce\0";
const CODE: &[u8] = b"ocpizza/join/code\0";

/// A random number that is shown after the other's is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Nonce(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 16]);

impl Nonce {
    /// What is said of it before it is shown.
    #[must_use]
    pub fn commitment(&self) -> Commitment {
        let digest = Sha256::new().chain_update(COMMITMENT).chain_update(self.0).finalize();
        Commitment(digest.into())
    }
}

/// SHA-256 of a [`Nonce`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Commitment(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

/// What a new PC says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Join {
    /// Take me in.
    #[n(0)]
    Ask(#[n(0)] AskToJoin),
    /// This was my nonce: what came of it? Asked again and again until a person has decided.
    #[n(1)]
    Reveal(#[n(0)] Nonce),
}

/// Take me in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AskToJoin {
    /// The label asked for ("C1").
    #[n(0)]
    pub label: String,
    /// What it is for.
    #[n(1)]
    pub role: Role,
    /// The program's build, for people.
    #[n(2)]
    pub build: String,
    /// Of the nonce that is shown next.
    #[n(3)]
    pub commitment: Commitment,
}

/// What the workstation of the shop answers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum JoinReply {
    /// To [`Join::Ask`]: my nonce, and who I am.
    #[n(0)]
    Heard(#[n(0)] Heard),
    /// Nobody has decided yet.
    #[n(1)]
    Waits,
    /// You are in.
    #[n(2)]
    Joined(#[n(0)] Joined),
    /// You are not.
    #[n(3)]
    Refused(#[n(0)] JoinRefused),
}

/// It was heard; people compare the digits.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Heard {
    /// Whose screen shows the same digits: "C1".
    #[n(0)]
    pub label: String,
    /// The other half of what they are made of.
    #[n(1)]
    pub nonce: Nonce,
}

/// What a workstation needs to be one of the shop's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Joined {
    /// The shop's code ("P01").
    #[n(0)]
    pub shop: String,
    /// The label it has from now on.
    #[n(1)]
    pub label: String,
    /// The centre.
    #[n(2)]
    pub centre: JoinedCentre,
    /// The shop's workstations: whom to believe until the centre's list is here.
    #[n(3)]
    pub members: Vec<JoinedMember>,
}

/// The centre, as the workstation that vouches knows it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct JoinedCentre {
    /// Where it is: `https://centre.oc-pizza.com`.
    #[n(0)]
    pub url: String,
    /// What it signs with.
    #[n(1)]
    pub key: PublicKey,
    /// Its journal for this shop.
    #[n(2)]
    pub journal: JournalId,
}

/// One of the shop's workstations.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct JoinedMember {
    /// What it signs with.
    #[n(0)]
    pub key: PublicKey,
    /// What it is for.
    #[n(1)]
    pub role: Role,
    /// Its label.
    #[n(2)]
    pub label: String,
}

/// Why a new PC is not taken in. Where several hold, the first is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, thiserror::Error)]
#[cbor(index_only)]
pub enum JoinRefused {
    /// This workstation vouches for nobody: it is not set up, is for trying, or is itself not confirmed.
    #[n(0)]
    #[error("this workstation vouches for nobody")]
    NotHere,
    /// Too many ask at once: wait.
    #[n(1)]
    #[error("too many ask")]
    TooMany,
    /// The nonce is not the one that was committed to, or nothing was asked before.
    #[n(2)]
    #[error("the nonce is another")]
    Nonce,
    /// The label is none.
    #[n(3)]
    #[error("the label is none")]
    Label,
    /// A person turned it away.
    #[n(4)]
    #[error("turned away")]
    TurnedAway,
}

/// The six digits that both screens show, "482 913".
#[must_use]
pub fn code(
    joiner: &PublicKey,
    voucher: &PublicKey,
    of_joiner: Nonce,
    of_voucher: Nonce,
) -> String {
    let digest = Sha256::new()
        .chain_update(CODE)
        .chain_update(joiner.as_bytes())
        .chain_update(voucher.as_bytes())
        .chain_update(of_joiner.0)
        .chain_update(of_voucher.0)
        .finalize();
    let number = digest[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let digits = number % 1_000_000;
    format!("{:03} {:03}", digits / 1_000, digits % 1_000)
}

impl Join {
    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec((NAME, self)).expect("memory takes any message")
    }

    /// Reads what an envelope of a stranger's carries.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Broken`] for anything else, a member's messages included.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        match decode_all(bytes) {
            Ok((NAME, join)) => Ok(join),
            Ok(_) | Err(_) => Err(Unreadable::Broken),
        }
    }
}

impl JoinReply {
    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec((NAME, self)).expect("memory takes any message")
    }

    /// Reads what an opened envelope carries.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Broken`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        match decode_all(bytes) {
            Ok((NAME, reply)) => Ok(reply),
            Ok(_) | Err(_) => Err(Unreadable::Broken),
        }
    }
}
