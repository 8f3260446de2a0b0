//! What is said over the standard streams of a workstation without a window, one JSON object a line.

use domain::id::OrderId;
use pos_api::{Answer, Command, Failure, Query, Reply};
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Drawn by whoever asks; the answer names it.
    pub id: u64,
    /// What is wanted.
    pub want: Want,
}

/// What can be wanted.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Want {
    /// To do something.
    Command(Command),
    /// To answer something. Questions are answered beside commands, not after them.
    Query(Query),
    /// To say [`Said::Shown`] of each order from the moment on which the kitchen's screen has it.
    WatchKitchen,
}

/// What is said.
#[derive(Debug, Serialize, Deserialize)]
pub struct Line {
    /// What it answers; `None` where nobody asked.
    pub id: Option<u64>,
    /// When, in nanoseconds on the machine's clock that is never set: all its programs read the same.
    pub at_ns: u64,
    /// What.
    pub said: Said,
}

/// What can be said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// A command is done, and durable.
    Done(Box<Reply>),
    /// A question's answer.
    Answer(Box<Answer>),
    /// Nothing was changed.
    Failure(Failure),
    /// The kitchen's screen has this order now.
    Shown(OrderId),
    /// It is watched.
    Watching,
}

/// The moment, as [`Line::at_ns`] tells it.
#[must_use]
pub fn now_ns() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    seconds * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or(0)
}
