//! What is done with the books by itself: the last entries are checked at a start, the day after its
//! closing, everything after a month's; and a month that was closed is archived (at least once a
//! year, BOI-TVA-DECLA-30-10-30 § 220).

use super::archive::{self, Made, Making};
use super::check::{self, Checked, Checking, Scope};
use crate::error::Error;
use crate::store::{StoreError, books, settings};
use crate::workstation::Workstation;
use fiscal::record::AUTOMATIC;
use journal::{Purpose, Seq};

/// The setting that holds the last month's or year's closing after which everything was checked: its
/// journal and entry.
const WHOLE: &str = "checked_after_period";

/// Remembers what this run has seen to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keeper {
    /// The last closing after which the own journals were checked in this run; 0 after the start.
    checked: Option<Seq>,
    /// An archive that could not be made is tried again by the next run, or by a person.
    archive_failed: bool,
}

/// Something to do, to be done beside the counter.
#[derive(Debug)]
pub enum Task {
    /// A check, and the closing that it is because of where everything is checked.
    Check(Box<Checking>, Option<Seq>),
    /// An archive.
    Archive(Box<Making>),
}

/// What came of a [`Task`].
#[derive(Debug)]
pub enum Done {
    /// A check was made.
    Checked(Checked, Option<Seq>),
    /// An archive's file stands.
    Archived(Box<Made>),
}

impl Keeper {
    /// What is to be done next, if anything is.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub fn next(&mut self, workstation: &mut Workstation) -> Result<Option<Task>, Error> {
        let is_live = workstation.purpose() == Some(Purpose::Live);
        let Some(tip) = workstation.tip().filter(|_| is_live) else {
            return Ok(None);
        };
        let ((last, period), whole) = workstation.store.read(|tx| {
            let closings = books::last_closings(tx, tip.journal)?;
            let whole: Option<(String, u64)> = settings::get(tx, WHOLE)?;
            Ok::<_, StoreError>((closings, whole))
        })?;
        let whole = whole.filter(|(journal, _)| *journal == tip.journal.hex());
        let whole = whole.map_or(Seq(0), |(_, seq)| Seq(seq));
        if let Some(period) = period.filter(|period| whole < *period) {
            self.checked = Some(last.unwrap_or(Seq(0)));
            let checking = check::begin(workstation, Scope::All)?;
            return Ok(Some(Task::Check(Box::new(checking), Some(period))));
        }
        let last = last.unwrap_or(Seq(0));
        if self.checked.is_none_or(|checked| checked < last) {
            self.checked = Some(last);
            let checking = check::begin(workstation, Scope::Recent)?;
            if checking.entries() != 0 {
                return Ok(Some(Task::Check(Box::new(checking), None)));
            }
        }
        if !self.archive_failed && archive::is_due(workstation)? {
            self.archive_failed = true;
            return Ok(Some(Task::Archive(Box::new(archive::begin(workstation)?))));
        }
        Ok(None)
    }

    /// Records what was done.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub fn note(&mut self, workstation: &mut Workstation, done: Done) -> Result<(), Error> {
        match done {
            Done::Checked(checked, period) => {
                check::note(workstation, AUTOMATIC, &checked)?;
                if let (Some(period), Some(tip)) = (period, workstation.tip()) {
                    let whole = (tip.journal.hex(), period.0);
                    workstation.store.write(|tx| settings::set(tx, WHOLE, &whole))?;
                }
            }
            Done::Archived(made) => {
                // One that is not right is due still, and would be made again at once.
                let sound = made.is_sound();
                archive::note(workstation, AUTOMATIC, *made)?;
                self.archive_failed = !sound;
            }
        }
        Ok(())
    }
}

impl Task {
    /// Does it; `None` where `go_on` said no.
    ///
    /// # Errors
    ///
    /// [`Error`], as checks and archives have them.
    pub fn work(self, mut go_on: impl FnMut() -> bool) -> Result<Option<Done>, Error> {
        match self {
            Self::Check(checking, period) => {
                let checked = checking.work_while(|_| go_on())?;
                Ok(checked.map(|checked| Done::Checked(checked, period)))
            }
            Self::Archive(making) => {
                let made = making.work_while(go_on)?;
                Ok(made.map(|made| Done::Archived(Box::new(made))))
            }
        }
    }
}

/// Does all that is due, one after the other: where nobody waits.
///
/// # Errors
///
/// [`Error`], as checks and archives have them.
pub fn keep(workstation: &mut Workstation, keeper: &mut Keeper) -> Result<u32, Error> {
    let mut done = 0;
    while let Some(task) = keeper.next(workstation)? {
        if let Some(result) = task.work(|| true)? {
            keeper.note(workstation, result)?;
            done += 1;
        }
    }
    Ok(done)
}
