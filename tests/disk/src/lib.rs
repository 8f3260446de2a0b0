//! A disk in memory for SQLite, which fails by seed.
//!
//! [`install()`] makes it SQLite's only disk in this process; a program that opens its file by path,
//! [`Disk::path()`], then runs on it unchanged. A disk has a page cache, which every read sees, and
//! what is durable, which alone survives [`Disk::power_cut`]: the two differ by the writes, truncations,
//! creations and deletions since the last sync of each file.
//!
//! The same calls and the same seed give the same disk: there is no clock, no thread and no randomness
//! here. Two things about SQLite differ from run to run all the same, because it draws them from one
//! generator for the whole process: the salts in a write-ahead log, with the checksums that follow
//! from them, and `random()`. [`Disk::trace`] therefore says what was done where, not with which bytes;
//! and two disks are compared by their database file once the last connection has closed it.
//!
//! Only what SQLite writes is here. What a program writes by `std::fs` (the anchor file, archives,
//! `keystore.json`) is on the machine's own disk: give it a temporary folder.
//!
//! SQLite's sleeping and time of day go on to the machine's. A connection sleeps where it waits for
//! another's lock, and `CURRENT_TIMESTAMP` asks for the time: a deterministic test does neither.
#![warn(missing_docs)]

mod bytes;
mod disk;
mod file;
mod locks;
mod state;
mod vfs;

pub use disk::{Disk, Image};
pub use file::Losses;
pub use state::{Counts, Op, Operation};
pub use vfs::install;
