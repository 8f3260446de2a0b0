//! Keeping the file safe: copies in a second place, what becomes of a file that is damaged, and the
//! whole shop as one file that a manager can take away (docs/SYNC.md, A damaged file).
//!
//! A copy is made while the counter sells: on a reading connection of its own, of one moment. Each is
//! read back before it counts as one; the first of a business day is checked entry by entry.

pub mod copies;
mod disk;
pub(crate) mod escrow;
pub(crate) mod rebuild;
pub(crate) mod tail;
pub(crate) mod takeaway;
mod words;

use journal::Tip;
use pos_api::{BackupLine, BackupTrouble, FileState};
use std::path::{Path, PathBuf};

/// The setting that holds the folder that people chose for copies.
pub(crate) const FOLDER: &str = "backup_folder";

/// Where things of one file stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file.
    pub(crate) file: PathBuf,
    /// The folder of the copies that are always made.
    pub(crate) beside: PathBuf,
}

impl Place {
    /// Of a file and its anchor: what is kept outside the data folder stands where the anchor does,
    /// and in the data folder where there is none.
    pub(crate) fn of(file: &Path, anchor: Option<&Path>) -> Self {
        let beside = anchor.map_or_else(
            || file.with_extension("copies"),
            |anchor| anchor.with_extension("copies"),
        );
        Self { file: file.to_owned(), beside }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.file.parent().unwrap_or_else(|| Path::new("."))
    }

    /// The copy of who this workstation is.
    pub(crate) fn escrow(&self) -> PathBuf {
        self.file.with_extension("identity")
    }

    /// The last entries of a run, which nobody else holds.
    pub(crate) fn tail(&self) -> PathBuf {
        self.file.with_extension("tail")
    }

    /// What SQLite keeps beside the file.
    pub(crate) fn logs(&self) -> [PathBuf; 2] {
        ["-wal", "-shm"].map(|suffix| {
            let mut name = self.file.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        })
    }
}

/// How safe the file is, as far as this run knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safe {
    /// The last copy that was made and read back.
    pub last: Option<BackupLine>,
    /// Why the last try failed, where it did.
    pub trouble: Option<BackupTrouble>,
    /// What was found of the file.
    pub file: FileState,
    /// SQLite refused a page: the file is to be read through.
    pub suspected: bool,
    /// Witnesses were asked, and the run has begun.
    pub begun: bool,
    /// Ends of own journals that witnesses know of, and that were not here when the run began.
    pub lost: Vec<Tip>,
}

impl Default for Safe {
    fn default() -> Self {
        Self {
            last: None,
            trouble: None,
            file: FileState::Checking,
            suspected: false,
            begun: false,
            lost: Vec::new(),
        }
    }
}
