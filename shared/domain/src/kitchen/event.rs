//! What the kitchen does. Each is the body of an entry of its own kind, whose subject is the order.

use crate::id::{LineId, OperatorCode};
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Something that the kitchen did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It has seen lines.
    Seen(Seen),
    /// Somebody will make a line.
    Claimed(Claimed),
    /// Somebody is making a line.
    Started(Started),
    /// A line is made.
    Ready(Ready),
    /// The last step of a line was a slip.
    Undone(Undone),
    /// A change or a cancellation has been noticed.
    Acknowledged(Acknowledged),
}

/// The kitchen has seen lines.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Seen {
    /// The lines.
    #[n(0)]
    pub lines: Vec<LineId>,
}

/// Somebody will make a line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Claimed {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// Who.
    #[n(1)]
    pub by: OperatorCode,
}

/// Somebody is making a line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Started {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// Who.
    #[n(1)]
    pub by: OperatorCode,
}

/// A line is made.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Ready {
    /// The line.
    #[n(0)]
    pub line: LineId,
}

/// The last step of a line was a slip.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Undone {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// The step taken back. Where it is not the line's last step any more, nothing happens: two
    /// screens that undo one slip at once undo it once.
    #[n(1)]
    pub step: Step,
}

/// A change or a cancellation has been noticed.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Acknowledged {
    /// The line.
    #[n(0)]
    pub line: LineId,
}

/// A step in the making of a line.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Step {
    /// Claimed.
    #[n(0)]
    Claim,
    /// Started.
    #[n(1)]
    Start,
    /// Ready.
    #[n(2)]
    Ready,
}
