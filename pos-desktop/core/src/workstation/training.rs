//! Training (BOI-TVA-DECLA-30-10-30 § 150): the workstation goes on in a journal of its own, which
//! counts nowhere. That journal is opened when it is first needed and continues none; its numbers
//! begin with [`fiscal::TRAINING`]. Training lasts until somebody ends it, over starts too.

use super::{BUILD, Seat, Turn, Workstation};
use crate::error::Error;
use crate::store::basket::{self, Basket};
use crate::store::settings::{self, Identity, TRAINING, Training};
use crate::store::{StoreError, journals, witnesses};
use domain::staff::Operator;
use fiscal::event::{EventCode, data};
use journal::{BootId, JournalId, Opening, Pen, Purpose, Started};
use pos_api::Code;
use rusqlite::Transaction;

/// The setting that holds the basket of real sales while training is on.
const BASKET: &str = "basket_before_training";

impl Workstation {
    /// Begins training under a manager's responsibility. What was keyed in for a real sale is put
    /// aside.
    ///
    /// # Errors
    ///
    /// [`Code::TrainingState`] where it is on.
    pub(crate) fn start_training(
        &mut self,
        operator: &str,
        supervisor: &Operator,
    ) -> Result<(), Error> {
        let live = self.seat_for(Purpose::Live)?;
        let key_kept = self.keystore.kept();
        let (boot, build, now_ms, zone) = (self.boot, self.build, self.clock.now_ms(), &self.zone);
        self.store.write(|tx| {
            let known = journals::training(tx)?;
            let is_new = known.is_none();
            let pen = match known {
                Some(held) => {
                    // Own entries may have come back since the start: no number of theirs is used again.
                    let Identity { shop, label, .. } = &live.identity;
                    let till = fiscal::till_name(Purpose::Training, shop, label);
                    witnesses::mend_series(tx, &till, &held)?;
                    Pen::new(live.identity.key.clone(), boot, Some(held.tip))
                }
                None => open(tx, &live, boot, now_ms)?,
            };
            let seat = Seat { pen, purpose: Purpose::Training, ..live.clone() };
            let journal = seat.pen.tip().ok_or(Code::SetUpState)?.journal;
            let mut turn = Turn::begin(tx, &live, now_ms, zone);
            noted(
                &mut turn,
                operator,
                EventCode::TrainingStart,
                supervisor.code.as_str(),
                journal,
            )?;
            turn.commit()?;

            let kept = basket::load(tx)?;
            settings::set(tx, BASKET, &kept)?;
            basket::save(tx, &Basket::default())?;
            let training =
                Training { supervisor: supervisor.code.to_string(), name: supervisor.name.clone() };
            settings::set(tx, TRAINING, &Some(training))?;

            let mut turn = Turn::begin(tx, &seat, now_ms, zone);
            if is_new {
                turn.opened(build, key_kept)?;
            }
            noted(
                &mut turn,
                operator,
                EventCode::TrainingStart,
                supervisor.code.as_str(),
                journal,
            )?;
            turn.commit()?;
            Ok::<_, Error>(())
        })?;
        self.change_seat()
    }

    /// Ends training: back to real sales, and to what was keyed in before.
    ///
    /// # Errors
    ///
    /// [`Code::TrainingState`] where it is off.
    pub(crate) fn end_training(&mut self, operator: &str) -> Result<(), Error> {
        let seat = self.seat_for(Purpose::Training)?;
        let (boot, now_ms, zone) = (self.boot, self.clock.now_ms(), &self.zone);
        self.store.write(|tx| {
            let supervisor = settings::training(tx)?.map_or_else(String::new, |it| it.supervisor);
            let journal = seat.pen.tip().ok_or(Code::SetUpState)?.journal;
            let mut turn = Turn::begin(tx, &seat, now_ms, zone);
            noted(&mut turn, operator, EventCode::TrainingEnd, &supervisor, journal)?;
            turn.commit()?;

            settings::set(tx, TRAINING, &None::<Training>)?;
            let kept: Option<Basket> = settings::get(tx, BASKET)?;
            basket::save(tx, &kept.unwrap_or_default())?;
            let live = journals::own(tx)?.ok_or(StoreError::Broken("chain"))?;
            let pen = Pen::new(seat.identity.key.clone(), boot, Some(live.tip));
            let seat = Seat { pen, purpose: Purpose::Live, ..seat.clone() };
            let mut turn = Turn::begin(tx, &seat, now_ms, zone);
            noted(&mut turn, operator, EventCode::TrainingEnd, &supervisor, journal)?;
            turn.commit()?;
            Ok::<_, Error>(())
        })?;
        self.change_seat()
    }

    /// The seat, where it is one of this purpose.
    fn seat_for(&self, purpose: Purpose) -> Result<Seat, Error> {
        let seat = self.seat.clone().filter(|seat| seat.purpose == purpose);
        seat.ok_or(Error::Refused(Code::TrainingState))
    }

    fn change_seat(&mut self) -> Result<(), Error> {
        self.steps.clear();
        self.shared.change(|state| state.can_undo = false);
        self.take_seat()?;
        self.go_on_if_forked()?;
        self.mark();
        Ok(())
    }
}

/// Opens the journal of training.
fn open(tx: &Transaction<'_>, live: &Seat, boot: BootId, now_ms: i64) -> Result<Pen, StoreError> {
    let identity = &live.identity;
    let opening = Opening {
        public_key: identity.key.public_key(),
        shop: identity.shop.clone(),
        workstation: identity.label.clone(),
        purpose: Purpose::Training,
        continues: Vec::new(),
    };
    let started = Started { build: BUILD.to_owned(), witnesses: Vec::new() };
    let first = vec![opening.to_draft(), started.to_draft()];
    let known = journals::greatest_tick(tx)?;
    let (batch, pen) = Pen::new(identity.key.clone(), boot, None).write(first, known, now_ms);
    journals::open(tx, &opening, &batch, true)?;
    Ok(pen)
}

fn noted(
    turn: &mut Turn<'_>,
    operator: &str,
    code: EventCode,
    supervisor: &str,
    journal: JournalId,
) -> Result<(), Error> {
    let members = data([("supervisor", supervisor.into()), ("journal", journal.hex().into())]);
    turn.jet(operator, code, members)
}
