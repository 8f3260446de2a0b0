//! Finding the last entry that two chains of one journal have in common, by PROBE.

use alloc::vec::Vec;
use journal::{EntryHash, Seq, Tip};

use crate::message::{MAX_PROBES, Place};

/// A search between my chain and the peer's. Each round asks both for up to 64 places spread over
/// what is still open, so a million entries take four rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) mine: Tip,
    pub(super) theirs: Tip,
    /// The last place known to be common.
    low: Place,
    /// No place after this one is common.
    high: Seq,
    seqs: Vec<Seq>,
    local: Option<Vec<Option<EntryHash>>>,
}

/// Where a search stands after a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Ask for [`Search::seqs`] again.
    Again(Search),
    /// `last` is the last common entry.
    Common { mine: Tip, theirs: Tip, last: Place },
}

impl Search {
    /// Both chains begin with the entry that is the journal's name.
    pub(super) fn between(mine: Tip, theirs: Tip) -> Step {
        let low = Place { seq: Seq::FIRST, hash: EntryHash(mine.journal.0) };
        let high = mine.seq.min(theirs.seq);
        Self { mine, theirs, low, high, seqs: Vec::new(), local: None }.spread()
    }

    pub(super) fn seqs(&self) -> &[Seq] {
        &self.seqs
    }

    pub(super) fn set_local(&mut self, hashes: Vec<Option<EntryHash>>) {
        self.local = Some(hashes);
    }

    /// Compares what both hold at the places asked for; `None` where one of them did not answer
    /// what it was asked.
    pub(super) fn compare(mut self, theirs: &[Option<EntryHash>]) -> Option<Step> {
        let mine = self.local.take().unwrap_or_default();
        if mine.len() != self.seqs.len() || theirs.len() != self.seqs.len() {
            return None;
        }
        let mut high = self.high;
        for ((&seq, mine), theirs) in self.seqs.iter().zip(&mine).zip(theirs) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) if mine == theirs => {
                    self.low = Place { seq, hash: *mine };
                }
                (_, _) => {
                    high = Seq(seq.0.saturating_sub(1));
                    break;
                }
            }
        }
        self.high = high.max(self.low.seq);
        Some(self.spread())
    }

    fn spread(mut self) -> Step {
        let open = self.high.0.saturating_sub(self.low.seq.0);
        if open == 0 {
            return Step::Common { mine: self.mine, theirs: self.theirs, last: self.low };
        }
        let places = u64::try_from(MAX_PROBES).unwrap_or(1).min(open);
        self.seqs = (1..=places)
            .map(|place| {
                let step = u128::from(open).saturating_mul(place.into()).checked_div(places.into());
                let step = step.and_then(|step| u64::try_from(step).ok()).unwrap_or(open);
                Seq(self.low.seq.0.saturating_add(step))
            })
            .collect();
        Step::Again(self)
    }
}

#[cfg(test)]
mod tests;
