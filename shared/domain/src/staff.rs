//! Who may sign in, and that they did.

use crate::catalogue::BrokenBlob;
use crate::id::OperatorCode;
use alloc::string::String;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// One whole version of who works in a shop: a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct StaffList {
    /// The version: a later one has a greater number.
    #[n(0)]
    pub number: u32,
    /// Everyone who may sign in.
    #[n(1)]
    pub operators: Vec<Operator>,
}

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Operator {
    /// What entries call them: "LB".
    #[n(0)]
    pub code: OperatorCode,
    /// What the screen calls them.
    #[n(1)]
    pub name: String,
    /// What they may do.
    #[n(2)]
    pub role: Role,
    /// Argon2id of their PIN, as a PHC string.
    #[n(3)]
    pub pin_hash: String,
}

/// What somebody may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Role {
    /// Takes orders and money.
    #[n(0)]
    Counter,
    /// Makes pizzas.
    #[n(1)]
    Pizzaiolo,
    /// Runs the shop: whatever the others may do, and more.
    #[n(2)]
    Manager,
    /// Delivers.
    #[n(3)]
    Courier,
}

/// Something about who is at a workstation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Somebody signed in.
    SignedIn(SignedIn),
    /// They signed out.
    SignedOut(SignedOut),
}

/// Somebody signed in on the workstation that says so.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    #[n(0)]
    pub operator: OperatorCode,
}

/// Whoever was signed in signed out, or the screen locked itself.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SignedOut {
    /// Who.
    #[n(0)]
    pub operator: OperatorCode,
}

impl StaffList {
    /// The blob's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any staff list")
    }

    /// Reads a blob.
    ///
    /// # Errors
    ///
    /// [`BrokenBlob`] where the bytes are not a staff list.
    pub fn decode(bytes: &[u8]) -> Result<Self, BrokenBlob> {
        minicbor::decode(bytes).map_err(|_| BrokenBlob("staff list"))
    }

    /// The operator of this code.
    #[must_use]
    pub fn operator(&self, code: &OperatorCode) -> Option<&Operator> {
        self.operators.iter().find(|it| it.code == *code)
    }
}

/// Without the PIN's hash, which has no place in a log.
impl core::fmt::Debug for Operator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut it = f.debug_struct("Operator");
        it.field("code", &self.code).field("role", &self.role).finish_non_exhaustive()
    }
}
