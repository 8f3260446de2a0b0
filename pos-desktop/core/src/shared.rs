//! What is true of this run and in no file: who is signed in, who answers, what the printer says.
//! Written by the threads that know, read by queries.

use crate::drill::Drill;
use crate::joining::{Joiners, Wish};
use crate::safekeeping::Safe;
use domain::staff::Operator;
use journal::{BootId, JournalId, PublicKey};
use pos_api::{Found, PrinterView};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How a link to a peer or to the centre stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkState {
    /// When it last answered, in ms since 1970 UTC by this workstation's clock.
    pub answered_ms: Option<i64>,
    /// Since when it has not, in ms since 1970 UTC; `None` while it does.
    pub silent_since_ms: Option<i64>,
    /// It refuses what this workstation sends.
    pub refused: bool,
    /// How many words of it were heard: each is a sign of life.
    pub words: u64,
}

impl LinkState {
    /// It answered just now.
    pub const fn answered(&mut self, now_ms: i64) {
        self.words = self.words.wrapping_add(1);
        self.answered_ms = Some(now_ms);
        self.silent_since_ms = None;
    }

    /// It did not answer.
    pub fn silent(&mut self, now_ms: i64) {
        self.silent_since_ms.get_or_insert(now_ms);
    }
}

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterStands {
    /// Whether it prints.
    pub view: PrinterView,
    /// Its roll is nearly at its end.
    pub paper_low: bool,
}

/// What threads and queries know of this run.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// Who is signed in.
    pub operator: Option<Operator>,
    /// Whether a kitchen step can be undone.
    pub can_undo: bool,
    /// Where this workstation listens: "192.168.1.20:7300"; empty where it does not.
    pub listens: String,
    /// The centre.
    pub centre: LinkState,
    /// The shop's other workstations, by key: those this one calls, and those that call it.
    pub peers: BTreeMap<PublicKey, LinkState>,
    /// Where each of them was reached last, or may be, and how that is known.
    pub found: BTreeMap<PublicKey, (String, Found)>,
    /// The label of whoever lets others' orders be paid; empty while nobody does.
    pub arbiter: String,
    /// Whether a witness said where the own journals stood, before this run's first entry or since.
    pub anchored: bool,
    /// The run that last greeted for each journal, and when (ms since 1970 UTC).
    pub runs: BTreeMap<JournalId, (BootId, i64)>,
    /// The run of each peer that greeted last, by the peer's key.
    pub greeters: BTreeMap<PublicKey, BootId>,
    /// Who asks to be let into the shop here.
    pub joiners: Joiners,
    /// On a PC that is not set up: what it asked for.
    pub wish: Option<Wish>,
    /// The peer that is asked for what is not finished, while this workstation is far behind.
    pub late: Option<PublicKey>,
    /// The printers that are set, by name.
    pub printers: BTreeMap<String, PrinterStands>,
    /// The file and its copies.
    pub safe: Safe,
    /// The outage that is made on purpose, while it lasts.
    pub drill: Option<Drill>,
    /// When this run's last drill ended.
    pub drilled: Option<Instant>,
}

/// A run that greeted within so many milliseconds is taken for alive.
const ALIVE_MS: i64 = 60_000;

impl State {
    /// A run greets for its journal; answers whether another run of that journal is alive: a copied
    /// disk.
    pub fn greeted(&mut self, journal: JournalId, boot: BootId, now_ms: i64) -> bool {
        let before = self.runs.insert(journal, (boot, now_ms));
        before.is_some_and(|(other, at_ms)| other != boot && now_ms - at_ms < ALIVE_MS)
    }
}

/// The state, behind a lock that is held for moments only.
#[derive(Debug, Default)]
pub struct Shared(Mutex<State>);

impl Shared {
    /// Reads something of the state.
    pub fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a drill cuts the internet.
    pub fn internet_is_cut(&self) -> bool {
        self.read(|state| state.drill.as_ref().is_some_and(Drill::cuts))
    }

    /// Changes something of the state.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
