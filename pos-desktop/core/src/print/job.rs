//! A job in the queue, and where it stands.
//!
//! ```text
//!            begin (committed)        the printer is well after it
//!  waiting ───────────────────> sending ────────────────────────> sent
//!     ^  ^                       │  │ │                             ^
//!     │  └── not a byte left ────┘  │ └── bytes left, end unknown    │ a person: it is there
//!     │                             │     or found so at start       │
//!     │                             v                │               │
//!     │  a person: print it ──── failed              └──> unsure ────┘
//!     └──────────────────────────┴────────────────────────┘
//!  Where the road says nothing back, `unconfirmed` stands in the place of `sent`.
//!  waiting, unsure, failed ── a person: leave it ──> dropped
//! ```

use super::status::Cause;

/// Which job. Its place in the queue too: jobs of a printer are printed in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId(pub i64);

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobKind {
    /// A ticket's paper.
    Receipt,
    /// A slip for the kitchen.
    Kitchen,
    /// A provisional document: what an order comes to before it is paid.
    Provisional,
    /// A note: what the law wants handed over before a service is paid.
    Note,
    /// An X report or a closing.
    Closing,
    /// What went into the drawer or out of it.
    Cash,
    /// The label of a delivery.
    Label,
    /// The notice at the till.
    Notice,
    /// Somebody tries the printer.
    Test,
    /// The cash drawer's pulse and nothing on paper. It is for now or never: a drawer that opens
    /// minutes later opens in front of nobody, so one that cannot go at once is dropped.
    Drawer,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// It will be printed without anybody's doing.
    Waiting,
    /// Its bytes are leaving, or were when the program ended.
    Sending,
    /// All its bytes left, and the printer was well after them.
    Sent,
    /// All its bytes left, by a road that says nothing back.
    Unconfirmed,
    /// It can never be printed: it cannot be read.
    Failed,
    /// It may be on paper, whole, in part or not at all. Only somebody who looks can tell.
    Unsure,
    /// It is not wanted any more.
    Dropped,
}

/// A job to be put in the queue.
#[derive(Clone, Copy, Debug)]
pub struct NewJob<'a> {
    /// The printer's name in the shop.
    pub printer: &'a str,
    /// What it is for.
    pub kind: JobKind,
    /// The ticket's or the order's number, for the person who is asked about it.
    pub reference: &'a str,
    /// What is to be printed.
    pub document: &'a super::document::Document,
}

/// A job as it stands in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// The printer's name in the shop.
    pub printer: String,
    /// What it is for.
    pub kind: JobKind,
    /// The ticket's or the order's number.
    pub reference: String,
    /// [`super::document::Document::to_stored`] of what is to be printed.
    pub document: String,
    /// Where it stands.
    pub state: JobState,
    /// How many times it was tried.
    pub attempts: u32,
    /// What stopped it last.
    pub last_cause: Option<Cause>,
    /// Milliseconds since the Unix epoch, by this workstation's clock.
    pub created_ms: i64,
    /// Likewise, of the last change.
    pub updated_ms: i64,
}

/// What became of a job that was being sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All bytes left, and the printer was well after them.
    Sent,
    /// All bytes left, by a road that says nothing back.
    Unconfirmed,
    /// Not a byte left: it may be tried again.
    NothingSent(Cause),
    /// Bytes left, and nobody knows what became of them.
    Unsure(Cause),
}
