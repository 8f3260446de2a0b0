//! What may be done in the kitchen, and why not.

use super::event::{Acknowledged, Claimed, Event, Ready, Seen, Started, Undone};
use super::{Alert, Docket, State};
use crate::id::{LineId, OperatorCode};
use crate::refusal::refusal;
use alloc::vec::Vec;

refusal!(
    /// Why a line was not claimed.
    ClaimRefused {
        /// The kitchen has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// It is not wanted any more.
        #[error("the line was cancelled")]
        Cancelled,
        /// Somebody is making it, or has made it.
        #[error("the line is started")]
        AlreadyStarted,
        /// Somebody will make it.
        #[error("the line is claimed")]
        AlreadyClaimed,
    }
);
refusal!(
    /// Why a line was not started.
    StartRefused {
        /// The kitchen has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// It is not wanted any more.
        #[error("the line was cancelled")]
        Cancelled,
        /// Somebody is making it, or has made it.
        #[error("the line is started")]
        AlreadyStarted,
    }
);
refusal!(
    /// Why a line was not made ready.
    ReadyRefused {
        /// The kitchen has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// It is not wanted any more.
        #[error("the line was cancelled")]
        Cancelled,
        /// It changed since it was started, and nobody has acknowledged that.
        #[error("the line has changed")]
        Changed,
        /// Nobody has begun.
        #[error("the line is not started")]
        NotStarted,
        /// It is made.
        #[error("the line is ready")]
        AlreadyReady,
    }
);
refusal!(
    /// Why a step was not undone.
    UndoRefused {
        /// The kitchen has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// Nothing was done yet.
        #[error("there is nothing to undo")]
        NothingToUndo,
    }
);
refusal!(
    /// Why an alert was not acknowledged.
    AcknowledgeRefused {
        /// The kitchen has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// There is no alert.
        #[error("there is nothing to acknowledge")]
        NothingToAcknowledge,
    }
);

impl Docket {
    /// Records that the kitchen has seen what it had not.
    #[must_use]
    pub fn see(&self) -> Vec<Event> {
        let unseen = self.lines.iter().filter(|it| !it.seen);
        let lines: Vec<LineId> = unseen.map(|it| it.line.id).collect();
        if lines.is_empty() { Vec::new() } else { [Event::Seen(Seen { lines })].into() }
    }

    /// Says who will make a line.
    ///
    /// # Errors
    ///
    /// [`ClaimRefused`].
    pub fn claim(&self, line: LineId, by: OperatorCode) -> Result<Vec<Event>, ClaimRefused> {
        let it = self.line(line).ok_or(ClaimRefused::NoSuchLine)?;
        if it.alert == Some(Alert::Cancelled) {
            return Err(ClaimRefused::Cancelled);
        }
        if it.state != State::Waiting {
            return Err(ClaimRefused::AlreadyStarted);
        }
        if it.by.is_some() {
            return Err(ClaimRefused::AlreadyClaimed);
        }
        Ok([Event::Claimed(Claimed { line, by })].into())
    }

    /// Begins a line, claimed by oneself, by another or by nobody.
    ///
    /// # Errors
    ///
    /// [`StartRefused`].
    pub fn start(&self, line: LineId, by: OperatorCode) -> Result<Vec<Event>, StartRefused> {
        let it = self.line(line).ok_or(StartRefused::NoSuchLine)?;
        if it.alert == Some(Alert::Cancelled) {
            return Err(StartRefused::Cancelled);
        }
        if it.state != State::Waiting {
            return Err(StartRefused::AlreadyStarted);
        }
        Ok([Event::Started(Started { line, by })].into())
    }

    /// Says that a line is made.
    ///
    /// # Errors
    ///
    /// [`ReadyRefused`].
    pub fn ready(&self, line: LineId) -> Result<Vec<Event>, ReadyRefused> {
        let it = self.line(line).ok_or(ReadyRefused::NoSuchLine)?;
        match it.alert {
            Some(Alert::Cancelled) => return Err(ReadyRefused::Cancelled),
            Some(Alert::Changed) => return Err(ReadyRefused::Changed),
            Some(Alert::Added) | None => {}
        }
        match it.state {
            State::Waiting => Err(ReadyRefused::NotStarted),
            State::Started => Ok([Event::Ready(Ready { line })].into()),
            State::Ready => Err(ReadyRefused::AlreadyReady),
        }
    }

    /// Takes back the last step of a line.
    ///
    /// # Errors
    ///
    /// [`UndoRefused`].
    pub fn undo(&self, line: LineId) -> Result<Vec<Event>, UndoRefused> {
        let it = self.line(line).ok_or(UndoRefused::NoSuchLine)?;
        let step = it.last_step.ok_or(UndoRefused::NothingToUndo)?;
        Ok([Event::Undone(Undone { line, step })].into())
    }

    /// Acknowledges a change or a cancellation.
    ///
    /// # Errors
    ///
    /// [`AcknowledgeRefused`].
    pub fn acknowledge(&self, line: LineId) -> Result<Vec<Event>, AcknowledgeRefused> {
        let it = self.line(line).ok_or(AcknowledgeRefused::NoSuchLine)?;
        if it.alert.is_none() {
            return Err(AcknowledgeRefused::NothingToAcknowledge);
        }
        Ok([Event::Acknowledged(Acknowledged { line })].into())
    }
}
