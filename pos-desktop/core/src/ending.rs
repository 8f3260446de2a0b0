//! A workstation is dead: a manager says so, its label is free again, and what it can close no more is
//! closed by whoever declared it. When its disk comes back, what it holds is merged, and it sells no
//! more under that key.

use crate::error::Error;
use crate::store::{StoreError, ended, journals, publications, tickets};
use crate::workstation::Workstation;
use domain::event::Event;
use domain::mesh::{self, Ended};
use journal::{PublicKey, Purpose};
use pos_api::{Approval, Code};
use rusqlite::Transaction;

/// Whoever answered within so many milliseconds is not dead.
const ALIVE_MS: i64 = 10_000;

impl Workstation {
    /// Declares a workstation of the shop dead.
    ///
    /// # Errors
    ///
    /// [`Code::NoSuchWorkstation`]; [`Code::WorkstationAlive`] where it answers; what an approval is
    /// refused for; [`Code::InTraining`].
    pub(crate) fn end_workstation(&mut self, label: &str, manager: &Approval) -> Result<(), Error> {
        self.signed_in()?;
        self.not_in_training()?;
        let manager = self.approve(manager)?;
        let own = self.public_key();
        let dead = self.store.read(|tx| living(tx, label))?;
        let key = dead.filter(|key| Some(*key) != own).ok_or(Code::NoSuchWorkstation)?;
        if self.hears(&key) {
            return Err(Code::WorkstationAlive.into());
        }
        self.turn(|turn| {
            let chains = journals::all(turn.tx)?.into_iter();
            let its = chains.filter(|it| it.public_key == key && it.purpose == Purpose::Live);
            let (perpetual_algebraic, perpetual_absolute) = tickets::totals_of(turn.tx, &key)?;
            let ended = Ended {
                public_key: key.as_bytes().to_vec(),
                label: label.to_owned(),
                tips: its.map(|it| it.tip).collect(),
                perpetual_algebraic,
                perpetual_absolute,
                manager: manager.code.as_str().to_owned(),
            };
            turn.record(None, &Event::Mesh(mesh::Event::Ended(ended)));
            Ok(())
        })
    }

    /// Whether a workstation answered just now, or asked.
    fn hears(&self, key: &PublicKey) -> bool {
        let now_ms = self.clock.now_ms();
        self.shared.read(|state| {
            state.peers.get(key).is_some_and(|link| {
                let answered = link.answered_ms.map(|at_ms| now_ms.saturating_sub(at_ms));
                link.silent_since_ms.is_none() && answered.is_some_and(|it| it < ALIVE_MS)
            })
        })
    }

    /// Whether this workstation itself was declared dead: it hands over what it has, and sells no more.
    pub(crate) fn is_ended(&mut self) -> Result<bool, StoreError> {
        let Some(key) = self.public_key() else {
            return Ok(false);
        };
        self.store.read(|tx| Ok(ended::of(tx, &key)?.is_some()))
    }
}

/// The workstation of a label that was not declared dead.
pub(crate) fn living(tx: &Transaction<'_>, label: &str) -> Result<Option<PublicKey>, StoreError> {
    for member in publications::members(tx)? {
        if member.label == label && ended::of(tx, &member.public_key)?.is_none() {
            return Ok(Some(member.public_key));
        }
    }
    Ok(None)
}
