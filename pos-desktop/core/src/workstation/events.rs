//! What the workstation notes by itself in its log of events (JET): that it was opened, started and
//! stopped, and that its clock leapt.

use super::{Build, Turn, Workstation};
use crate::closings::How;
use crate::commands::caught;
use crate::error::Error;
use crate::fence::Word;
use crate::replicate;
use crate::store::alarms::{self, Alarm};
use crate::store::journals::Held;
use crate::store::{
    StoreError, days, documents, journals, publications, settings, tickets, witnesses,
};
use fiscal::closing::{Overdue, leapt};
use fiscal::event::{Data, EventCode, data};
use fiscal::record::{AUTOMATIC, SeriesKind};
use fiscal::time::Moment;
use journal::{JournalId, Started, Tip};
use rusqlite::Transaction;

/// The setting that holds the last moment that was believed (ms since 1970 UTC) from when the clock
/// leapt until it is right again or a person says which day it is.
const DOUBT: &str = "clock_doubted_since";

/// The setting that holds since when the centre does not answer (ms since 1970 UTC), and the first
/// entry that it lacks.
const OFFLINE: &str = "offline_since";

impl Workstation {
    /// The first entries of a run: that the program started, and how the last run ended. A day that
    /// was forgotten is closed, where there are others once they were heard out ([`Self::tend`]).
    ///
    /// `witnesses` is where the own journal stood by those that were asked first.
    pub(crate) fn start(&mut self, witnesses: Vec<Tip>) -> Result<(), StoreError> {
        let (build, kept) = (self.build, self.keystore.kept());
        let started = Started { build: build.name.to_owned(), witnesses };
        self.turn_after(Some(started.to_draft()), |turn| {
            turn.started(build)?;
            turn.key_opened(kept)
        })?;
        self.compare_publications()?;
        // Others may know that it was declared dead, and have closed its day.
        self.unclosed = self.store.read(replicate::peers)?.iter().any(|it| !it.is_centre);
        if !self.unclosed {
            self.try_to_close_forgotten();
        }
        Ok(())
    }

    /// The last entry of a run that ends in order.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn stop(&mut self) -> Result<(), StoreError> {
        if self.identity().is_none() {
            return Ok(());
        }
        let noted = self.turn(|turn| turn.note(EventCode::AppStop, Data::new()));
        self.mark_if_due();
        noted
    }

    /// Closes the business day if its end has passed by a clock that is believed: nobody did. That of a
    /// workstation that was declared dead is closed by whoever declared it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    fn close_forgotten(&mut self) -> Result<(), Error> {
        let Some(shop) = self.shop()? else {
            return Ok(());
        };
        if self.is_ended()? {
            return Ok(());
        }
        self.turn(|turn| {
            let Some(day) = turn.open_day()? else {
                return Ok(());
            };
            match turn.overdue(&shop, day)? {
                Overdue::No | Overdue::NeedsPerson => Ok(()),
                Overdue::Proposed => {
                    turn.close_day(&shop, AUTOMATIC, day, None, How::Automatic)?;
                    Ok(())
                }
            }
        })
    }

    /// The same, before a sale: where the day cannot be closed somebody has to look at it, and the
    /// shop sells on.
    pub(crate) fn try_to_close_forgotten(&mut self) {
        let Err(error) = caught(|| self.close_forgotten()) else {
            return;
        };
        tracing::error!(%error, "a forgotten day was not closed");
        let Some(tip) = self.tip() else {
            return;
        };
        let (now_ms, detail) =
            (self.clock.now_ms(), format!("a forgotten day was not closed: {error}"));
        let raised = self.store.write(|tx| {
            // The same place until it is closed: one alarm.
            let open = days::closed_to(tx, tip.journal)?.next();
            alarms::raise(tx, Alarm::Broken, tip.journal, open, &detail, now_ms)
        });
        if let Err(error) = raised {
            tracing::error!(%error, "nobody is told of it");
        }
    }

    /// Brings what the next documents hang on to what the last ones say, where it says something else:
    /// somebody changed the file. That is an alarm, and never a reason not to start.
    pub(crate) fn mend_series(&mut self) {
        let Some(identity) = self.identity().cloned() else {
            return;
        };
        let now_ms = self.clock.now_ms();
        let mended = self.store.write(|tx| {
            for held in journals::own(tx)?.into_iter().chain(journals::training(tx)?) {
                let till = fiscal::till_name(held.purpose, &identity.shop, &identity.label);
                if let Some(series) = witnesses::mend_series(tx, &till, &held)? {
                    let detail = format!("the series {series} did not follow its last document");
                    let tip = held.tip;
                    alarms::raise(tx, Alarm::Broken, tip.journal, tip.seq, &detail, now_ms)?;
                    tracing::error!(journal = %tip.journal, "{detail}");
                }
            }
            Ok::<_, StoreError>(())
        });
        if let Err(error) = mended {
            tracing::error!(%error, "the series were not compared with the documents");
        }
    }

    /// Notes something that happened to the workstation itself: a thread of it noticed.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn note(&mut self, code: EventCode, data: Data) -> Result<(), StoreError> {
        if self.identity().is_none() {
            return Ok(());
        }
        self.turn(|turn| turn.note(code, data))
    }

    /// Notes that a paper could not be printed: `paper` is its kind, `cause` why. For the thread that
    /// prints.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn note_print_failure(&mut self, paper: &str, cause: &str) -> Result<(), StoreError> {
        let members = data([("paper", paper.into()), ("cause", cause.into())]);
        self.note(EventCode::PrintFail, members)
    }

    /// Notes what a check of the entries `from` to `to` found; `faults` is how many things were wrong,
    /// the first of them at `first`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn note_check(
        &mut self,
        from: u64,
        to: u64,
        entries: u64,
        faults: Option<(u64, u64)>,
    ) -> Result<(), StoreError> {
        let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX).into();
        match faults {
            None => self.note(
                EventCode::IntegrityOk,
                data([("from", number(from)), ("to", number(to)), ("entries", number(entries))]),
            ),
            Some((first, count)) => self.note(
                EventCode::IntegrityFail,
                data([("first", number(first)), ("count", number(count))]),
            ),
        }
    }

    /// Notes that the centre has not answered for long, or answers again after that.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn note_centre(&mut self, answers: bool) -> Result<(), StoreError> {
        let (Some(tip), now_ms) = (self.tip(), self.clock.now_ms()) else {
            return Ok(());
        };
        let place = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
        self.turn(|turn| {
            let since: Option<(i64, i64)> = settings::get(turn.tx, OFFLINE)?;
            match (since, answers) {
                (None, false) => {
                    // This very entry is the first that the centre lacks.
                    let seq = place(tip.seq.next().0);
                    settings::set(turn.tx, OFFLINE, &(now_ms, seq))?;
                    turn.note(EventCode::OfflineStart, data([("seq", seq.into())]))
                }
                (Some((since_ms, from)), true) => {
                    settings::clear(turn.tx, OFFLINE)?;
                    let members = data([
                        ("from", from.into()),
                        ("to", place(tip.seq.0).into()),
                        ("minutes", (now_ms.saturating_sub(since_ms) / 60_000).into()),
                    ]);
                    turn.note(EventCode::OfflineEnd, members)
                }
                (None, true) | (Some(_), false) => Ok(()),
            }
        })
    }

    /// Notes that another refused entries of ours.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn note_refusal(&mut self, peer: &str, why: &str) -> Result<(), StoreError> {
        self.note(EventCode::SyncReject, data([("peer", peer.into()), ("why", why.into())]))
    }
}

impl Turn<'_> {
    /// Notes what the program did by itself. There is no more to say where it cannot be signed.
    pub(crate) fn note(&mut self, code: EventCode, data: Data) -> Result<(), StoreError> {
        self.jet(AUTOMATIC, code, data).map_err(|error| of_the_store(error, code.symbol()))
    }

    /// The first events of a journal: that it was opened, with which key, how that is `kept`, and that
    /// this run began.
    pub(super) fn opened(&mut self, build: Build, kept: &str) -> Result<(), StoreError> {
        self.note(
            EventCode::JetInit,
            data([("key", self.key().into()), ("version", build.fiscal.into())]),
        )?;
        self.key_made(kept)?;
        self.note_start(build, false)
    }

    /// The first events of a journal that continues another, which has a second history or, by a
    /// witness, entries that are not here.
    pub(super) fn opened_after(
        &mut self,
        left: Tip,
        chains: &[Held],
        lost: &[Word],
    ) -> Result<(), StoreError> {
        let version = fiscal::VERSION.into();
        self.note(EventCode::JetInit, data([("key", self.key().into()), ("version", version)]))?;
        let furthest = chains.iter().map(|held| held.tip).filter(|tip| *tip != left);
        let furthest = furthest.max_by_key(|tip| tip.seq).unwrap_or(left);
        if lost.is_empty() {
            self.restored(EventCode::RestoreDetected, furthest, left, &left.journal.hex())?;
        }
        for word in lost {
            self.restored(word.event(left), word.tip, left, &word.witness)?;
        }
        let Some(shop) = publications::shop(self.tx)? else {
            return Ok(());
        };
        self.close_strays(&shop, AUTOMATIC).map_err(|error| of_the_store(error, "strays"))
    }

    /// That a witness knows the own journal otherwise than the file.
    pub(crate) fn restored(
        &mut self,
        code: EventCode,
        expected: Tip,
        found: Tip,
        witness: &str,
    ) -> Result<(), StoreError> {
        let place = |tip: Tip| format!("{}:{}", tip.seq, tip.hash);
        let members = data([
            ("expected", place(expected).into()),
            ("found", place(found).into()),
            ("witness", witness.into()),
        ]);
        self.note(code, members)
    }

    /// That the program started; whether it is another version than before, and whether the run
    /// before ended in order.
    fn started(&mut self, build: Build) -> Result<(), StoreError> {
        let journal = self.journal();
        let events = tickets::record_series(self.tx, SeriesKind::Event, &self.till(), journal)?;
        let ran = [EventCode::AppStart.symbol(), EventCode::AppStop.symbol()];
        let last = documents::last_event(self.tx, ran)?;
        if events.next == 1 {
            // A journal that was begun by a version that noted no events.
            self.note(
                EventCode::JetInit,
                data([("key", self.key().into()), ("version", build.fiscal.into())]),
            )?;
        }
        let before = documents::last_event(self.tx, [EventCode::AppStart.symbol(); 2])?;
        if let Some((_, before)) = before {
            self.note_update(
                before.text("build").unwrap_or_default(),
                before.text("fiscal").unwrap_or_default(),
                build,
            )?;
        }
        let unclean = last.is_some_and(|(symbol, _)| symbol == EventCode::AppStart.symbol());
        self.note_start(build, unclean)
    }

    fn note_start(&mut self, build: Build, unclean: bool) -> Result<(), StoreError> {
        let members = data([
            ("build", build.name.into()),
            ("fiscal", build.fiscal.into()),
            ("unclean", i64::from(unclean).into()),
        ]);
        self.note(EventCode::AppStart, members)
    }

    fn note_update(&mut self, name: &str, fiscal: &str, build: Build) -> Result<(), StoreError> {
        let code = if fiscal != build.fiscal {
            EventCode::SoftwareUpdateMajor
        } else if name != build.name {
            EventCode::SoftwareUpdateMinor
        } else {
            return Ok(());
        };
        let both = |name: &str, fiscal: &str| format!("{name} / {fiscal}");
        let members = data([
            ("before", both(name, fiscal).into()),
            ("after", both(build.name, build.fiscal).into()),
        ]);
        self.note(code, members)
    }

    /// Notes that the clock went back or leapt since the last own entry. From then on that entry's
    /// moment is what days are judged by, until the clock is right again or a person says which day
    /// it is ([`Self::believe`]).
    pub(super) fn watch_clock(&mut self) -> Result<(), StoreError> {
        let Some(last_ms) = journals::wall_ms(self.tx, self.journal())? else {
            return Ok(());
        };
        let doubted: Option<i64> = settings::get(self.tx, DOUBT)?;
        if self.leapt_since(last_ms) {
            let members = data([("before", last_ms.into()), ("after", self.now_ms.into())]);
            self.note(EventCode::ClockAnomaly, members)?;
            if doubted.is_none() {
                settings::set(self.tx, DOUBT, &last_ms)?;
            }
        }
        match doubted {
            Some(believed_ms) if !self.leapt_since(believed_ms) => self.believe(),
            Some(_) | None => Ok(()),
        }
    }

    fn leapt_since(&self, ms: i64) -> bool {
        leapt(self.zone.moment(ms), self.moment())
    }

    /// The clock is right: a person said so, it is near to when it last was, or it named a day.
    pub(crate) fn believe(&self) -> Result<(), StoreError> {
        settings::clear(self.tx, DOUBT)
    }

    /// The last moment that days are judged by: that of the last own entry, or of the last one before
    /// the clock leapt.
    pub(super) fn believed(&self) -> Result<Option<Moment>, StoreError> {
        let believed_ms = believed_ms(self.tx, self.journal())?;
        Ok(believed_ms.map(|ms| self.zone.moment(ms)))
    }

    /// The public key, in hexadecimal.
    pub(super) fn key(&self) -> String {
        let key = self.seat.identity.key.public_key();
        key.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What the program does by itself has nobody to refuse it anything: what else goes wrong is a fault,
/// and is logged.
fn of_the_store(error: Error, what: &str) -> StoreError {
    if let Error::Store(error) = error {
        return error;
    }
    tracing::error!(%error, what, "was not signed");
    StoreError::Broken("series")
}

/// The last moment that days are judged by, in ms since 1970 UTC: that of the journal's last entry,
/// or of the last one before the clock leapt.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn believed_ms(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Option<i64>, StoreError> {
    match settings::get(tx, DOUBT)? {
        Some(ms) => Ok(Some(ms)),
        None => journals::wall_ms(tx, journal),
    }
}
