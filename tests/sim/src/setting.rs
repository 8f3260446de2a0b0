//! What a run is asked for, and what came of it.

use crate::mutant::Mutant;
use std::collections::BTreeMap;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// Nothing.
    None,
    /// Whatever the seed says.
    All,
}

/// What can go wrong, by the names under which it is counted.
pub const KINDS: [&str; 34] = [
    "altered",
    "bad signature",
    "bit rot",
    "busy",
    "centre down",
    "centre killed",
    "centre set back",
    "clock leap",
    "clone",
    "destroyed",
    "disk full",
    "doubled",
    "flipped",
    "i/o error",
    "kill",
    "late",
    "lost",
    "lost write",
    "lying disk",
    "malformed",
    "old version",
    "one-way cut",
    "oversized",
    "partition",
    "pause",
    "power cut",
    "reordered",
    "revoked",
    "set back",
    "slow line",
    "stranger",
    "torn write",
    "unknown kind",
    "upgrade",
];

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Decides everything else.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
    /// How the programs are wrong, if they are: the same for all that run in a process at a time.
    pub mutant: Option<Mutant>,
    /// Whether every line of the trace is kept.
    pub keeps_trace: bool,
}

impl Setting {
    /// A seed as it is played for itself.
    #[must_use]
    pub const fn of(seed: u64) -> Self {
        Self { seed, faults: Faults::All, mutant: None, keeps_trace: false }
    }
}

/// What did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The checker, by its name in the design.
    pub checker: &'static str,
    /// What it saw.
    pub what: String,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// SHA-256 of everything that happened, in order.
    pub trace: [u8; 32],
    /// The same, to read, where it was asked for.
    pub lines: Vec<String>,
    /// How long workstations were at work, in milliseconds of the shop's time.
    pub served_ms: u64,
    /// How many shops, and how many services.
    pub size: (usize, usize),
    /// How often what went wrong.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many entries the centre ended with.
    pub entries: usize,
    /// How many commands were done.
    pub commands: u64,
    /// The first thing that did not hold.
    pub failure: Option<Failure>,
}
