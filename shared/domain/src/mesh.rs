//! What the workstations of a shop settle among themselves: who answers for what, who may take the
//! money of an order that another opened, who vouches for a new PC, and whose journal has ended.
//!
//! Nothing here needs the centre. Each of these is an entry in its writer's journal; what holds is a
//! fold of them, the same on every workstation once they have the same entries (docs/SYNC.md).

pub mod payment;
pub mod roles;

use crate::id::OrderId;
use crate::publication::WorkstationRole;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::Money;
use journal::{JournalId, Tip};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Something that workstations settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The writer answers for a role from now on.
    RoleTaken(RoleTaken),
    /// The writer would take the money of an order that another workstation opened.
    PaymentAsked(PaymentAsked),
    /// The arbiter lets a workstation take the money of an order.
    PaymentGranted(PaymentGranted),
    /// An enrolled workstation vouches for a new one while the centre cannot be asked.
    Vouched(Vouched),
    /// A workstation is dead: its journals end here.
    Ended(Ended),
    /// The internet was cut on purpose, to see that the shop goes on.
    DrillBegan(DrillBegan),
    /// The drill is over.
    DrillEnded(DrillEnded),
}

/// What one workstation of a shop does for all.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Role {
    /// Lets others' orders be paid, and answers for web orders.
    #[n(0)]
    Arbiter,
    /// Drives the printer that the shop shares.
    #[n(1)]
    SharedPrinter,
}

/// The writer answers for a role from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct RoleTaken {
    /// Which.
    #[n(0)]
    pub role: Role,
    /// One more than the highest that its taker had stored: terms rise, the highest holds.
    #[n(1)]
    pub term: u64,
}

/// The writer would take the money of an order that another workstation opened. The order stands in
/// the body and not as the entry's subject: a workstation that does not know this kind sells on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct PaymentAsked {
    /// Which order.
    #[n(0)]
    pub order: OrderId,
}

/// The arbiter lets a workstation take the money of an order: until it was paid, or until a grant of a
/// later term says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct PaymentGranted {
    /// Which order.
    #[n(0)]
    pub order: OrderId,
    /// The journal of whoever may.
    #[n(1)]
    pub to: JournalId,
    /// The term in which the writer holds [`Role::Arbiter`].
    #[n(2)]
    pub term: u64,
}

/// An enrolled workstation vouches for a new one: it belongs to the shop until the centre has said
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Vouched {
    /// The new one's public key as SEC 1 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub public_key: Vec<u8>,
    /// What it is for.
    #[n(1)]
    pub role: WorkstationRole,
    /// What people call it: "C1".
    #[n(2)]
    pub label: String,
    /// The code of the manager whose PIN was given.
    #[n(3)]
    pub manager: String,
}

/// A workstation is dead: whoever found that writes down how far its journals are held. What comes
/// later goes into a supplementary closing of the finder's.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Ended {
    /// The dead one's public key as SEC 1 bytes.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub public_key: Vec<u8>,
    /// The dead one's label.
    #[n(1)]
    pub label: String,
    /// Where its journals end, as far as they are held here.
    #[n(2)]
    pub tips: Vec<Tip>,
    /// What its tickets had come to, sales less returns.
    #[n(3)]
    pub perpetual_algebraic: Money,
    /// The same, sales plus returns.
    #[n(4)]
    pub perpetual_absolute: Money,
    /// The code of the manager who decided it.
    #[n(5)]
    pub manager: String,
}

/// The internet was cut on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct DrillBegan {
    /// For how many minutes at most.
    #[n(0)]
    pub minutes: u32,
    /// The code of the manager who began it.
    #[n(1)]
    pub manager: String,
}

/// The drill is over.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct DrillEnded {
    /// Tickets that were signed meanwhile, by this workstation.
    #[n(0)]
    pub tickets: u32,
    /// Entries that the centre did not have when the drill ended.
    #[n(1)]
    pub waiting: u64,
}
