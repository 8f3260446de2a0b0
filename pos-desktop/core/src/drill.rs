//! The outage drill: the internet is cut on purpose, for some minutes, to see that the shop goes on.
//!
//! Whatever would go to the internet from this workstation (the centre's links, time stamps) is answered
//! at once that nobody is there; the shop's network and the printers are as ever. The time is counted by
//! a clock that nobody can put back, and a program that ends ends its drill.

use crate::error::Error;
use crate::store::drills::{self, Report};
use crate::store::{StoreError, settings, witnesses};
use crate::workstation::Workstation;
use domain::event::Event;
use domain::mesh;
use journal::Tip;
use pos_api::{Approval, Code};
use std::time::{Duration, Instant};

/// The longest drill, in minutes.
const MOST_MINUTES: u32 = 60;

/// A drill that is on.
#[derive(Clone, Debug)]
pub struct Drill {
    /// How long it lasts.
    pub lasts: Duration,
    began: Instant,
    began_ms: i64,
    manager: String,
    /// Where the own journal stood.
    since: Tip,
}

impl Drill {
    /// How long it still lasts; nothing when it is over.
    #[must_use]
    pub fn left(&self) -> Duration {
        self.lasts.saturating_sub(self.began.elapsed())
    }

    /// The same in whole seconds, rounded up.
    #[must_use]
    pub fn left_s(&self) -> u32 {
        u32::try_from(self.left().as_millis().div_ceil(1_000)).unwrap_or(u32::MAX)
    }

    /// Whether the internet is cut.
    #[must_use]
    pub fn cuts(&self) -> bool {
        !self.left().is_zero()
    }
}

impl Workstation {
    /// Cuts the internet for some minutes.
    ///
    /// # Errors
    ///
    /// [`Code::DrillMinutes`], [`Code::DrillState`] where one is on, [`Code::InTraining`]; as
    /// [`Self::approve`].
    pub(crate) fn begin_drill(&mut self, minutes: u32, manager: &Approval) -> Result<(), Error> {
        if !(1..=MOST_MINUTES).contains(&minutes) {
            return Err(Code::DrillMinutes.into());
        }
        self.not_in_training()?;
        if self.shared.read(|state| state.drill.is_some()) {
            return Err(Code::DrillState.into());
        }
        let since = self.tip().ok_or(Code::SetUpState)?;
        let manager = self.approve(manager)?.code.as_str().to_owned();
        let began = mesh::DrillBegan { minutes, manager: manager.clone() };
        self.turn(|turn| {
            turn.record(None, &Event::Mesh(mesh::Event::DrillBegan(began)));
            Ok::<_, Error>(())
        })?;
        let drill = Drill {
            lasts: Duration::from_secs(u64::from(minutes) * 60),
            began: now(),
            began_ms: self.clock.now_ms(),
            manager,
            since,
        };
        tracing::info!(minutes, "a drill begins: the internet is cut");
        self.shared.change(|state| {
            state.drill = Some(drill);
            state.drilled = None;
        });
        Ok(())
    }

    /// Ends the drill that is on, and keeps its report.
    ///
    /// # Errors
    ///
    /// [`Code::DrillState`] where none is on.
    pub(crate) fn end_drill(&mut self) -> Result<(), Error> {
        let drill = self.shared.read(|state| state.drill.clone()).ok_or(Code::DrillState)?;
        let lasted = drill.began.elapsed().min(drill.lasts);
        let journal = self.tip().ok_or(Code::SetUpState)?.journal;
        let now_ms = self.clock.now_ms();
        self.turn(|turn| {
            // A journal that was begun meanwhile is wholly of this time.
            let after = if journal == drill.since.journal { drill.since.seq.0 } else { 0 };
            let (tickets, total) = drills::tickets_after(turn.tx, journal, after)?;
            let (kitchen_sent, kitchen_seen) = drills::kitchen_after(turn.tx, journal, after)?;
            let centre = settings::centre(turn.tx)?;
            let waiting = match centre {
                Some(centre) => witnesses::not_held_by(turn.tx, &centre.key)?,
                None => 0,
            };
            let report = Report {
                began_ms: drill.began_ms,
                ended_ms: now_ms,
                seconds: u32::try_from(lasted.as_secs()).unwrap_or(u32::MAX),
                manager: drill.manager.clone(),
                tickets,
                total,
                kitchen_seen,
                kitchen_sent,
                waiting,
                level_after_s: (waiting == 0).then_some(0),
            };
            drills::keep(turn.tx, &report)?;
            let ended = mesh::DrillEnded { tickets, waiting };
            turn.record(None, &Event::Mesh(mesh::Event::DrillEnded(ended)));
            Ok::<_, Error>(())
        })?;
        tracing::info!("the drill is over");
        self.shared.change(|state| {
            state.drill = None;
            state.drilled = Some(now());
        });
        Ok(())
    }

    /// Fills in how long it took until the centre had everything: it has now.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn note_level(&mut self) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        let ended = self.shared.read(|state| state.drilled);
        self.store.write(|tx| {
            for (drill, ended_ms) in drills::not_level(tx)? {
                // Of an earlier run the clock on the wall is all there is.
                let by_clock =
                    Duration::from_millis(now_ms.saturating_sub(ended_ms).max(0).unsigned_abs());
                let after = ended.map_or(by_clock, |it| it.elapsed());
                let seconds = u32::try_from(after.as_secs()).unwrap_or(u32::MAX);
                drills::set_level(tx, drill, seconds)?;
            }
            Ok(())
        })
    }

    /// Whether a drill cuts the internet.
    pub(crate) fn internet_is_cut(&self) -> bool {
        self.shared.internet_is_cut()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a drill's time is measured, and nobody can put it back"
)]
fn now() -> Instant {
    Instant::now()
}
