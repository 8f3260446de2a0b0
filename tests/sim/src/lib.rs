//! Shops, their centre and everybody who works there in one thread: one seed decides time, network,
//! disks and people, and the same seed gives the same run to the last byte.
//!
//! The workstations are the real ones: `pos-core` with its links, its boot fence and its SQLite file,
//! on a disk that fails by seed. The centre is the real answering half around books in memory. After
//! the faults all is healed, everything must come level within a bound, and every invariant of
//! [`check`] must hold. [`Mutant`]s are wrong on purpose: each must be caught, or the checks check
//! nothing.

mod alone;
mod books;
mod boot;
mod centre;
pub mod check;
mod dice;
mod faults;
mod lines;
mod mutant;
mod net;
mod pc;
mod people;
mod plan;
mod poison;
mod revoked;
mod said;
mod service;
mod setting;
mod strikes;
mod template;
mod trace;
mod weather;
mod world;

pub use mutant::{Caught, MUTANTS, Mutant, catch};
pub use setting::{Failure, Faults, KINDS, Outcome, Setting};
pub use world::run;
