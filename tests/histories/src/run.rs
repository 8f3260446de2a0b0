//! The run: every honest history is believed, everything that was done to one is found.

use crate::dice::Dice;
use crate::tamper::{Tampered, Tampering, tamper};
use crate::till::{Till, Written, history, key};
use fiscal::replay::{Fault, Replay, Report, Standing};
use journal::Purpose;
use std::collections::BTreeMap;
use std::fmt;

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Honest histories.
    pub histories: u64,
    /// Their entries.
    pub entries: u64,
    /// How often each thing was done.
    pub done: BTreeMap<&'static str, u64>,
    /// What was not as it should be, with the seed.
    pub wrong: Vec<String>,
}

impl Counts {
    /// Adds what another thread counted.
    pub fn add(&mut self, other: Self) {
        self.histories += other.histories;
        self.entries += other.entries;
        for (what, count) in other.done {
            *self.done.entry(what).or_default() += count;
        }
        self.wrong.extend(other.wrong);
    }

    fn note(&mut self, what: &'static str) {
        *self.done.entry(what).or_default() += 1;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} histories, {} entries", self.histories, self.entries)?;
        for (what, count) in &self.done {
            write!(f, ", {count} {what}")?;
        }
        write!(f, "; {} wrong", self.wrong.len())
    }
}

/// The name of a kind of tampering in counts.
#[must_use]
pub const fn name(what: Tampering) -> &'static str {
    match what {
        Tampering::Flip => "bits flipped",
        Tampering::Remove => "entries removed",
        Tampering::Swap => "entries swapped",
        Tampering::Insert => "entries inserted",
        Tampering::Rechain => "entries inserted and chained again",
        Tampering::Rewrite => "bodies rewritten and chained again",
        Tampering::Cut => "ends cut",
        Tampering::Yesterday => "yesterdays put back",
    }
}

/// One seed: an honest history, `flips` flipped bits, and one other thing done to it.
pub fn seed(seed: u64, steps: u64, flips: u64, counts: &mut Counts) {
    let mut dice = Dice::new(seed ^ 0xD1CE);
    let journals = history(seed, steps);
    let report = replay(&journals);
    counts.histories += 1;
    counts.entries += journals.iter().map(|it| it.entries.len() as u64).sum::<u64>();
    if !report.is_sound() {
        counts.wrong.push(format!("seed {seed}: a false alarm: {:?}", report.findings.first()));
        return;
    }
    let journal = &journals[dice.place(journals.len())];
    let mut kinds = vec![Tampering::Flip; usize::try_from(flips).expect("a few")];
    kinds.push(Tampering::ALL[1 + usize::try_from(seed % 7).expect("one of seven")]);
    let tampered: Vec<(Tampering, Tampered)> = kinds
        .into_iter()
        .filter_map(|what| Some((what, tamper(&mut dice, what, journal)?)))
        .collect();
    let standings = standings(journal, tampered.iter().map(|(_, it)| it.from));
    for (what, tampered) in &tampered {
        counts.note(name(*what));
        let before = standings.get(&tampered.from).cloned().unwrap_or_else(Standing::nothing);
        if found(journal, tampered, before).is_none() {
            counts.wrong.push(format!("seed {seed}: {what:?} at {} was not found", tampered.from));
        }
    }
    if seed.is_multiple_of(8) {
        two_databases(seed, &journals, counts);
    }
}

/// Replays whole journals.
#[must_use]
pub fn replay(journals: &[Written]) -> Report {
    let mut replay = Replay::new();
    for journal in journals {
        replay.begin(journal.journal);
        for (raw, seal) in &journal.entries {
            replay.entry(raw, seal.as_ref());
        }
    }
    replay.finish()
}

/// Where the journal stood before the entries at these places.
fn standings(journal: &Written, places: impl Iterator<Item = usize>) -> BTreeMap<usize, Standing> {
    let mut standings: BTreeMap<usize, Standing> =
        places.map(|place| (place, Standing::nothing())).collect();
    let last = standings.keys().next_back().copied().unwrap_or(0);
    let mut replay = Replay::new();
    replay.begin(journal.journal);
    for (place, (raw, seal)) in journal.entries.iter().enumerate().take(last + 1) {
        if let Some(standing) = standings.get_mut(&place) {
            standing.clone_from(replay.standing().expect("a journal was begun"));
        }
        replay.entry(raw, seal.as_ref());
    }
    if let Some(standing) = standings.get_mut(&journal.entries.len()) {
        standing.clone_from(replay.standing().expect("a journal was begun"));
    }
    standings
}

/// The first thing that is found wrong, reading from the first entry that is not as it was: what is
/// before it was believed.
fn found(journal: &Written, tampered: &Tampered, before: Standing) -> Option<Fault> {
    let mut replay = Replay::new();
    replay.begin_after(journal.journal, before);
    for (raw, seal) in &tampered.entries[tampered.from..] {
        replay.entry(raw, seal.as_ref());
        if let Some(finding) = replay.findings().first() {
            return Some(finding.what.clone());
        }
    }
    if let Some(anchor) = tampered.anchor {
        replay.anchor(anchor);
    }
    replay.finish().findings.into_iter().next().map(|it| it.what)
}

/// A second file written with the same key, and a second history of the same journal.
fn two_databases(seed: u64, journals: &[Written], counts: &mut Counts) {
    let mut other = Till::open(Dice::new(seed ^ 99), key(seed), Purpose::Live, None);
    other.live(2);
    counts.note("second databases with one key");
    let both = [journals[0].clone(), other.written()];
    let shared = |it: &Report| {
        it.findings.iter().any(|it| matches!(it.what, Fault::SharedKey { .. } | Fault::TwoEntries))
    };
    if !shared(&replay(&both)) {
        counts.wrong.push(format!("seed {seed}: one key in two databases was not found"));
    }
}
