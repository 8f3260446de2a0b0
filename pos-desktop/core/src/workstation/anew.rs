//! Going on where the file was made anew: under the run that found the damage, and in a journal of its
//! own where nothing came back of those before.

use super::{Seat, Turn, Workstation, ends, take_over_totals};
use crate::fence::Word;
use crate::safekeeping::Place;
use crate::store::{StoreError, journals, publications, settings};
use crate::workstation::BUILD;
use journal::{BootId, EntryHash, Opening, Pen, Purpose, Seq, Started, Tip};
use rusqlite::Transaction;

/// How far the day's order numbers leap where nobody knows the last one: more than any till takes.
const LEAP: u64 = 500;

impl Workstation {
    /// Where what belongs to the file stands.
    pub(crate) fn place(&self) -> Place {
        Place::of(self.store.path(), self.anchor.path())
    }

    /// Goes on as the run that found the file damaged: it is no other program on a copied disk.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn go_on_as(&mut self, boot: BootId) -> Result<(), StoreError> {
        self.boot = boot;
        self.take_seat()
    }

    /// Opens a journal where the file holds none of this workstation's: the file was made anew, and
    /// nobody gave back what it held. The journal names the ends that witnesses know of, takes over the
    /// totals that they know, and begins the series of its own.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn begin_anew(&mut self, lost: &[Word]) -> Result<(), StoreError> {
        let Some(seat) = self.seat.clone() else {
            return Ok(());
        };
        let identity = &seat.identity;
        let (boot, now_ms, zone) = (self.boot, self.clock.now_ms(), &self.zone);
        let (build, kept) = (self.build, self.keystore.kept());
        let opening = Opening {
            public_key: identity.key.public_key(),
            shop: identity.shop.clone(),
            workstation: identity.label.clone(),
            purpose: Purpose::Live,
            continues: ends(&[], lost),
        };
        let pen = self.store.write(|tx| {
            let started = Started { build: BUILD.to_owned(), witnesses: Vec::new() };
            let first = vec![opening.to_draft(), started.to_draft()];
            let known = journals::greatest_tick(tx)?;
            let (batch, pen) =
                Pen::new(identity.key.clone(), boot, None).write(first, known, now_ms);
            journals::open(tx, &opening, &batch, true)?;
            take_over_totals(tx, identity, batch.tip().journal, lost)?;
            leap(tx, zone.moment(now_ms))?;
            tracing::error!(opened = %batch.tip().journal, "a new journal: none came back");
            let seat = Seat { pen, purpose: Purpose::Live, ..seat.clone() };
            let mut turn = Turn::begin(tx, &seat, now_ms, zone);
            match lost.iter().max_by_key(|word| word.tip.seq) {
                Some(word) => {
                    let nothing = Tip { seq: Seq(0), hash: EntryHash([0; 32]), ..word.tip };
                    turn.opened_after(nothing, &[], lost)?;
                }
                None => turn.opened(build, kept)?,
            }
            Ok::<_, StoreError>(turn.commit()?.unwrap_or(seat.pen))
        })?;
        self.seat = Some(Seat { pen, purpose: Purpose::Live, ..seat });
        self.mark();
        Ok(())
    }
}

/// Labels of orders that were taken today stand on papers: they are not given again.
fn leap(tx: &Transaction<'_>, now: fiscal::time::Moment) -> Result<(), StoreError> {
    let shop = publications::shop(tx)?;
    let cut_hour = shop.map_or(fiscal::time::DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
    let day = now.business_date(cut_hour);
    let next = settings::next_order_number(tx, day)?;
    settings::raise_order_number(tx, day, next + LEAP)
}
