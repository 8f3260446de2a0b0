//! Keeps the file safe beside the counter: reads it through at the start and where it is suspected,
//! copies it every hour, keeps a copy of who this workstation is, and watches a drill's time.

use super::steward::Deadline;
use super::{Inner, lock};
use crate::drill::Drill;
use crate::safekeeping::copies::{self, Copied, EVERY_MS, GoOn};
use crate::safekeeping::escrow::Escrow;
use crate::safekeeping::rebuild::Rebuilt;
use crate::safekeeping::{FOLDER, Place};
use crate::store::{Reader, StoreError, drills, journals, safekeeping, settings, witnesses};
use crate::workstation::Workstation;
use journal::BootId;
use pos_api::FileState;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked what is due though nothing changed.
const LOOK: Duration = Duration::from_secs(30);
/// The same while a drill is on: its time is shown.
const LOOK_IN_DRILL: Duration = Duration::from_secs(5);
/// For how long a file that was found sound is believed to be, whatever is suspected of it.
const SOUND: Duration = Duration::from_secs(600);
/// How long the disk is the counter's between two MiB of a copy.
const BREATH: Duration = Duration::from_millis(2);

/// Keeps one run's file.
pub(super) struct Warden {
    reader: Reader,
    place: Place,
    boot: BootId,
    rebuilt: Option<Rebuilt>,
    noted: bool,
    escrow: Option<Escrow>,
    /// When the last copy was begun in this run, and how many entries it had.
    copied: Option<(i64, i64)>,
    /// Until when a file that was found sound is not read through again.
    sound: Option<Deadline>,
}

impl Warden {
    pub(super) fn of(
        workstation: &mut Workstation,
        rebuilt: Option<Rebuilt>,
    ) -> Result<Self, StoreError> {
        let reader = workstation.store().reader()?;
        let (place, boot) = (workstation.place(), workstation.boot());
        Ok(Self {
            reader,
            place,
            boot,
            rebuilt,
            noted: false,
            escrow: None,
            copied: None,
            sound: None,
        })
    }

    pub(super) fn run(&mut self, inner: &Arc<Inner>) {
        self.find_last(inner);
        if !self.read_through(inner) {
            return;
        }
        let mut seen = 0;
        while !inner.is_stopped() {
            if inner.shared.read(|state| state.safe.suspected) && !self.look_again(inner) {
                return;
            }
            self.keep_identity();
            self.tell_rebuilt(inner);
            let drill = self.keep_drill(inner);
            if let Err(error) = self.copy_if_due(inner) {
                tracing::error!(%error, "no copy of the file was made");
                self.suspect(inner, &error);
            }
            let look = if drill { LOOK_IN_DRILL } else { LOOK };
            seen = inner.changes.wait_after(seen, look);
            if drill {
                (inner.on_change)();
            }
        }
    }

    /// What stands in the folders from earlier runs.
    fn find_last(&mut self, inner: &Inner) {
        let chosen: Result<Option<String>, StoreError> =
            self.reader.read(|tx| settings::get(tx, FOLDER));
        let chosen = chosen.ok().flatten().filter(|it| !it.is_empty());
        let last = chosen.and_then(|it| copies::newest(Path::new(&it)));
        let last = last.or_else(|| copies::newest(&self.place.beside));
        inner.shared.change(|state| state.safe.last = last);
    }

    /// Reads a file that is suspected through, unless that was done a moment ago and nothing found.
    fn look_again(&mut self, inner: &Arc<Inner>) -> bool {
        if self.sound.is_some_and(|until| !until.is_over()) {
            inner.shared.change(|state| state.safe.suspected = false);
            return true;
        }
        let sound = self.read_through(inner);
        self.sound = Some(Deadline::after(SOUND));
        sound
    }

    /// Reads the whole file through; where it is damaged, rings, and answers `false`.
    fn read_through(&self, inner: &Arc<Inner>) -> bool {
        let asked = Arc::clone(inner);
        // Through a connection of its own: another's cache may hold what the disk does not.
        let sound = inner
            .ask(false, |workstation| workstation.store().reader())
            .unwrap_or_else(|| Err(StoreError::Broken("run")))
            .and_then(|reader| reader.is_sound(false, move || !asked.is_stopped()));
        inner.shared.change(|state| state.safe.suspected = false);
        match sound {
            Ok(Some(true)) => {
                self.settle(inner);
                true
            }
            Ok(None) => false,
            Ok(Some(false)) => {
                tracing::error!(file = %self.place.file.display(), "the file is damaged");
                inner.bell.ring(self.boot);
                false
            }
            Err(error) => {
                if !inner.is_stopped() {
                    tracing::error!(%error, "the file was not read through");
                }
                !inner.is_stopped()
            }
        }
    }

    /// The file is sound: what is committed goes into it as ever.
    fn settle(&self, inner: &Inner) {
        let settled = inner.ask(false, |workstation| workstation.store().settle(true));
        if let Some(Err(error)) = settled {
            tracing::error!(%error, "the write-ahead log grows");
        }
        if self.rebuilt.is_none() {
            let before = inner
                .shared
                .change(|state| std::mem::replace(&mut state.safe.file, FileState::Sound));
            if before != FileState::Sound {
                inner.changed();
            }
        }
    }

    /// Whether what the damaged file held is here, once the run has begun; and that it was damaged, in
    /// the log of events.
    fn tell_rebuilt(&mut self, inner: &Inner) {
        let Some(rebuilt) = &self.rebuilt else {
            return;
        };
        let (safe, anchored) = inner.shared.read(|state| (state.safe.clone(), state.anchored));
        if !safe.begun || safe.file == FileState::Rebuilt {
            return;
        }
        if !self.noted {
            let rebuilt = rebuilt.clone();
            let noted = inner.ask(false, move |workstation| rebuilt.note(workstation));
            self.noted = matches!(noted, Some(Ok(())));
        }
        if !safe.lost.is_empty() {
            let rebuilt = rebuilt.clone();
            inner.ask(false, move |workstation| {
                if let Err(error) = rebuilt.follow_up(workstation) {
                    tracing::error!(%error, "the last entries were not taken over");
                }
            });
        }
        let held: Result<bool, StoreError> = self.reader.read(|tx| {
            for tip in &safe.lost {
                if journals::chain_of(tx, *tip)?.is_none() {
                    return Ok(false);
                }
            }
            Ok(true)
        });
        let is_whole = anchored && matches!(held, Ok(true));
        let file = if is_whole { FileState::Rebuilt } else { FileState::Damaged };
        if safe.file != file {
            inner.shared.change(|state| state.safe.file = file);
            inner.changed();
        }
    }

    /// Keeps the copy of who this is up to date: it changes with the settings, and hardly ever.
    fn keep_identity(&mut self) {
        let now = match self.reader.read(Escrow::of) {
            Ok(now) => now,
            Err(error) => {
                tracing::error!(%error, "who this workstation is cannot be read");
                return;
            }
        };
        let Some(now) = now.filter(|now| self.escrow.as_ref() != Some(now)) else {
            return;
        };
        let path = self.place.escrow();
        let is_there = Escrow::read(&path).as_ref() == Some(&now);
        match if is_there { Ok(()) } else { now.write(&path) } {
            Ok(()) => self.escrow = Some(now),
            Err(error) => {
                tracing::error!(%error, path = %path.display(), "no copy of the identity");
            }
        }
    }

    /// Makes the hourly copy, where an hour is over and something was written in it.
    fn copy_if_due(&mut self, inner: &Arc<Inner>) -> Result<(), crate::Error> {
        let now_ms = inner.clock.now_ms();
        let entries = self.reader.read(safekeeping::entries)?;
        if entries == 0 || !self.is_due(now_ms, entries) {
            return Ok(());
        }
        if self.copied.is_none() && copies::is_recent(&mut self.reader, &self.place, now_ms)? {
            self.copied = Some((now_ms, entries));
            return Ok(());
        }
        let held = lock(&inner.books);
        let begun = inner.ask(false, |workstation| copies::begin(workstation, None));
        let Some(begun) = begun else {
            return Ok(());
        };
        // Whatever comes of it, the next is tried in an hour.
        self.copied = Some((now_ms, entries));
        let breathing = Arc::clone(inner);
        let go_on: GoOn = Arc::new(move || {
            // No change is that far: it waits the time out, and the disk is the counter's meanwhile.
            breathing.changes.wait_after(u64::MAX, BREATH);
            !breathing.is_stopped()
        });
        let copied = begun?.work(&go_on)?;
        drop(held);
        if let Some(copied) = copied {
            self.tell(inner, copied);
        }
        Ok(())
    }

    /// Sees to the end of a drill, and to when the centre has all that waited; answers whether one is
    /// on.
    fn keep_drill(&mut self, inner: &Inner) -> bool {
        let cuts = inner.shared.read(|state| state.drill.as_ref().map(Drill::cuts));
        if cuts == Some(false) {
            let ended = inner.ask(true, Workstation::end_drill);
            if let Some(Err(error)) = ended {
                tracing::error!(%error, "the drill's report was not written");
            }
        }
        let level: Result<bool, StoreError> = self.reader.read(|tx| {
            if drills::not_level(tx)?.is_empty() {
                return Ok(false);
            }
            let centre = settings::centre(tx)?;
            Ok(centre.map_or(Ok(0), |it| witnesses::not_held_by(tx, &it.key))? == 0)
        });
        if matches!(level, Ok(true)) {
            inner.ask(false, Workstation::note_level);
        }
        cuts == Some(true)
    }

    fn is_due(&self, now_ms: i64, entries: i64) -> bool {
        match self.copied {
            // A clock that was put back is no reason to wait for it.
            Some((at_ms, had)) => had != entries && (EVERY_MS <= now_ms - at_ms || now_ms < at_ms),
            None => true,
        }
    }

    fn suspect(&self, inner: &Inner, error: &crate::Error) {
        if error.is_damage() {
            inner.shared.change(|state| state.safe.suspected = true);
        }
    }

    fn tell(&mut self, inner: &Inner, copied: Copied) {
        inner.ask(false, move |workstation| copied.tell(workstation));
        inner.changed();
    }
}
