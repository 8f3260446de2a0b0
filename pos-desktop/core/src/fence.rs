//! The boot fence: nothing is appended before witnesses were asked where the own journals stand, so
//! that a file that was set back to an older copy gives no number twice (docs/SYNC.md).
//!
//! The anchor file answers at once. Where it does not, or knows of more than the file does, the centre
//! and the shop's other workstations are asked (`runtime::witness`), who may give the entries back.

use crate::anchor::{Found, Mark};
use crate::clock::Zone;
use crate::error::Error;
use crate::safekeeping::rebuild::Rebuilt;
use crate::store::alarms::{self, Alarm};
use crate::store::{StoreError, journals, settings, witnesses};
use crate::workstation::{Workstation, keep_order_numbers};
use fiscal::Money;
use fiscal::event::{EventCode, data};
use journal::Tip;
use journal::mutant::{self, Mutant};
use pos_api::Code;
use rusqlite::Transaction;

/// The setting that says that an anchor file was written: one that is gone since was taken away.
const ANCHORED: &str = "anchored";
/// What the anchor file is called as a witness.
const ANCHOR: &str = "anchor";

/// What a witness says of an own journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Who: "anchor", or another's public key.
    pub(crate) witness: String,
    /// How far the journal goes.
    pub(crate) tip: Tip,
    /// What its tickets had come to, where the witness knows: sales less returns, and plus returns.
    pub(crate) totals: Option<(Money, Money)>,
}

impl Word {
    /// What it is that was noticed, where the own journal ends at `left`: entries that are not here,
    /// or others in their place.
    pub(crate) fn event(&self, left: Tip) -> EventCode {
        if self.tip.journal == left.journal && self.tip.seq <= left.seq {
            EventCode::AnchorMismatch
        } else {
            EventCode::RestoreDetected
        }
    }
}

/// What is known before others are asked.
#[derive(Debug, Default)]
pub(crate) struct Fence {
    words: Vec<Word>,
    /// Whether the anchor file agrees with the file: nobody else need be asked.
    agrees: bool,
    /// The anchor file that was written once is gone, or is not what was written.
    gone: bool,
    /// The file was made anew after damage.
    rebuilt: Option<Rebuilt>,
    /// Own entries were read out of the damaged one.
    took_back: bool,
}

impl Fence {
    /// Whether others should be asked.
    pub(crate) const fn asks_others(&self) -> bool {
        !self.agrees
    }

    /// The same for a file that was made anew: others are asked whatever the anchor file says, and
    /// `took_back` is whether own entries were read out of the damaged one.
    pub(crate) fn after_damage(self, rebuilt: Rebuilt, took_back: bool) -> Self {
        Self { agrees: false, rebuilt: Some(rebuilt), took_back, ..self }
    }
}

/// What the others said.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Of own journals.
    pub(crate) words: Vec<Word>,
    /// Own entries were had back: they are stored.
    pub(crate) took_back: bool,
}

impl Workstation {
    /// Asks the anchor file.
    pub(crate) fn fence(&mut self) -> Result<Fence, StoreError> {
        let Some(key) = self.public_key() else {
            return Ok(Fence { agrees: true, ..Fence::default() });
        };
        if mutant::is(Mutant::SkipTheFence) {
            return Ok(Fence { agrees: true, ..Fence::default() });
        }
        if mutant::is(Mutant::IgnoreTheAnchor) {
            return Ok(Fence::default());
        }
        let marks = match self.anchor.read(&key) {
            Found::Marks(marks) => marks,
            Found::Nothing | Found::Unreadable => {
                let was_written: Option<bool> =
                    self.store.read(|tx| settings::get(tx, ANCHORED))?;
                let gone = self.anchor.is_kept() && was_written == Some(true);
                return Ok(Fence { gone, ..Fence::default() });
            }
        };
        let words: Vec<Word> = marks.into_iter().map(Word::from).collect();
        let agrees = self.store.read(|tx| Ok::<_, StoreError>(lost(tx, &words)?.is_empty()))?;
        Ok(Fence { words, agrees, ..Fence::default() })
    }

    /// Begins the run after what the anchor file says, and asks nobody else.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn pass_alone(&mut self) -> Result<(), StoreError> {
        let fence = self.fence()?;
        self.pass(&fence, Heard::default())
    }

    /// Begins the run, after what witnesses said: goes on in the own journal, or in a new one where
    /// they know of entries that could not be had back. Before the first run is done nothing is to be
    /// begun.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn pass(&mut self, fence: &Fence, heard: Heard) -> Result<(), StoreError> {
        if self.identity().is_none() {
            return Ok(());
        }
        let before = self.tip();
        let Heard { words: others, took_back } = heard;
        let followed = match &fence.rebuilt {
            Some(rebuilt) => rebuilt.follow_up(self)?,
            None => false,
        };
        let took_back = took_back || fence.took_back || followed;
        if took_back {
            self.follow_what_came_back()?;
        }
        let words: Vec<Word> = fence.words.iter().cloned().chain(others).collect();
        let now_ms = self.clock.now_ms();
        let lost = self.store.write(|tx| {
            let lost = lost(tx, &words)?;
            for Word { witness, tip, .. } in &lost {
                let detail = format!("{witness} knows of {}:{}", tip.seq, tip.hash);
                alarms::raise(tx, Alarm::Restored, tip.journal, tip.seq, &detail, now_ms)?;
            }
            Ok::<_, StoreError>(lost)
        })?;
        if self.tip().is_some() {
            self.go_on(&lost)?;
        } else {
            self.begin_anew(&lost)?;
        }
        let Some(tip) = before.or_else(|| self.tip()) else {
            return Ok(());
        };
        self.mend_series();
        self.shared.change(|state| {
            state.anchored = !words.is_empty();
            state.safe.lost = lost.iter().map(|word| word.tip).collect();
        });
        let mut said: Vec<Tip> = words.iter().map(|word| word.tip).collect();
        said.sort_unstable();
        said.dedup();
        self.start(said)?;
        if took_back {
            let furthest = words.iter().max_by_key(|word| word.tip.seq);
            if let Some(word) = furthest {
                self.turn(|turn| {
                    turn.restored(EventCode::RestoreDetected, word.tip, tip, &word.witness)
                })?;
            }
        }
        if fence.gone {
            self.tell_anchor_gone(tip)?;
        }
        self.store.write(|tx| settings::set(tx, ANCHORED, &self.anchor.is_kept()))?;
        self.shared.change(|state| state.safe.begun = true);
        Ok(())
    }

    /// After own entries came back: the pen follows the last of them, and no number of theirs is used
    /// again.
    fn follow_what_came_back(&mut self) -> Result<(), StoreError> {
        self.take_seat()?;
        let Some(identity) = self.identity().cloned() else {
            return Ok(());
        };
        let (zone, now_ms): (&Zone, i64) = (&self.zone, self.clock.now_ms());
        self.store.write(|tx| {
            for held in journals::all(tx)? {
                if held.own && held.branch == journals::Branch::ORDINARY {
                    let till = fiscal::till_name(held.purpose, &identity.shop, &identity.label);
                    witnesses::follow_series(tx, &till, held.tip.journal)?;
                }
            }
            keep_order_numbers(tx, zone, now_ms)
        })
    }

    /// The anchor file was written by an earlier run, and is gone or is not what was written.
    fn tell_anchor_gone(&mut self, tip: Tip) -> Result<(), StoreError> {
        tracing::warn!("the anchor file is gone, or is not this workstation's");
        let now_ms = self.clock.now_ms();
        self.store.write(|tx| {
            alarms::raise(tx, Alarm::Anchor, tip.journal, tip.seq, "the file is gone", now_ms)
        })?;
        let members =
            data([("expected", ANCHOR.into()), ("found", "".into()), ("witness", ANCHOR.into())]);
        self.turn(|turn| turn.note(EventCode::AnchorMismatch, members))
    }

    /// Writes the anchor file if entries were committed since: once whoever waited is answered, for it
    /// proves nothing of what is shown. A crash before leaves it behind, which is nothing.
    pub fn mark_if_due(&mut self) {
        if self.unmarked {
            self.mark();
        }
    }

    /// Writes the anchor file.
    pub(crate) fn mark(&mut self) {
        self.unmarked = false;
        if !self.anchor.is_kept() {
            return;
        }
        let Some(key) = self.identity().map(|identity| identity.key.clone()) else {
            return;
        };
        match self.store.read(witnesses::marks) {
            Ok(marks) => self.anchor.write(&key, &marks),
            Err(error) => tracing::error!(%error, "the anchor file is not written"),
        }
    }

    /// A manager takes note of an alarm; `operator` is that manager's code.
    ///
    /// # Errors
    ///
    /// [`Code::NoSuchAlarm`] where there is none, or somebody took note before.
    pub fn acknowledge(&mut self, alarm: i64, operator: &str) -> Result<(), Error> {
        let now_ms = self.clock.now_ms();
        self.turn(|turn| {
            let noted = alarms::acknowledge(turn.tx, alarm, operator, now_ms)?;
            let raised = noted.ok_or(Code::NoSuchAlarm)?;
            match raised.kind {
                Alarm::Fork | Alarm::Restored | Alarm::Anchor => {
                    let journal = raised.journal.map_or_else(String::new, |it| it.hex());
                    let members = data([("journal", journal.into())]);
                    turn.jet(operator, EventCode::RestoreAcknowledged, members)
                }
                Alarm::Broken | Alarm::Clock | Alarm::Refused | Alarm::Parked => Ok(()),
            }
        })
    }
}

impl From<Mark> for Word {
    fn from(mark: Mark) -> Self {
        Self {
            witness: ANCHOR.to_owned(),
            tip: mark.tip,
            totals: Some((mark.perpetual_algebraic, mark.perpetual_absolute)),
        }
    }
}

/// The words that name an entry which is not here, each entry once.
pub(crate) fn lost(tx: &Transaction<'_>, words: &[Word]) -> Result<Vec<Word>, StoreError> {
    let mut lost: Vec<Word> = Vec::new();
    for word in words {
        let is_new = lost.iter().all(|it| it.tip != word.tip);
        if is_new && journals::chain_of(tx, word.tip)?.is_none() {
            lost.push(word.clone());
        }
    }
    Ok(lost)
}
