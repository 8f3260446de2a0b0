//! The books: archives, checks, purges and the editor's attestation.
//!
//! Whatever takes long is done in three steps, so that it can be done beside the counter: `begin` asks
//! the workstation what there is to do, `work` does it on a reading connection of its own, and `note`
//! records that it was done. [`crate::commands::run`] does the three one after the other; the runtime
//! does the second beside the counter, on the thread of whoever asked or on one of its own.

pub mod archive;
pub mod attestation;
pub mod check;
pub(crate) mod files;
pub mod keeper;
pub mod purge;
mod timestamp;

use crate::error::Error;
use crate::workstation::Workstation;
use domain::staff::{Operator, Role};
use journal::Purpose;
use pos_api::Code;
use std::path::PathBuf;

/// Below the data folder: archives.
pub const ARCHIVES: &str = "archives";
/// Below the data folder: exports.
pub const EXPORTS: &str = "exports";
/// Below the data folder: attestations.
pub const ATTESTATIONS: &str = "attestations";

impl Workstation {
    /// The folder that holds the workstation's file.
    pub(crate) fn folder(&self) -> PathBuf {
        self.store.folder().to_owned()
    }

    /// A manager, outside training: who may do what is done with the books.
    ///
    /// # Errors
    ///
    /// [`Code::NotSignedIn`], [`Code::NotAllowed`], [`Code::InTraining`].
    pub(crate) fn bookkeeper(&self) -> Result<Operator, Error> {
        let operator = self.manager()?;
        self.not_in_training()?;
        Ok(operator)
    }

    /// A manager who is at this workstation.
    ///
    /// # Errors
    ///
    /// [`Code::NotSignedIn`], [`Code::NotAllowed`].
    pub(crate) fn manager(&self) -> Result<Operator, Error> {
        let operator = self.signed_in()?;
        match operator.role {
            Role::Manager => Ok(operator),
            Role::Counter | Role::Pizzaiolo | Role::Courier => Err(Code::NotAllowed.into()),
        }
    }

    /// # Errors
    ///
    /// [`Code::InTraining`].
    pub(crate) fn not_in_training(&self) -> Result<(), Error> {
        match self.purpose() {
            Some(Purpose::Training) => Err(Code::InTraining.into()),
            Some(Purpose::Live | Purpose::Centre) | None => Ok(()),
        }
    }
}
