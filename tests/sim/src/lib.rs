//! A shop's workstations and their centre in one thread: one seed decides time, network, disks and
//! people, and the same seed gives the same run to the last byte.
//!
//! The state machines are the real ones of `replication`; the hosts around them are small and keep
//! their entries in memory, a committed part that survives a crash and an uncommitted one that does
//! not. After the faults the network heals, everything must come level within a bound, and every
//! invariant of [`check`] must hold. [`Mutant`]s are hosts that are wrong on purpose: each must be
//! caught, or the checks check nothing.

pub mod check;
mod dice;
mod disk;
mod mutant;
mod net;
mod node;
mod world;

pub use mutant::Mutant;
pub use world::{Failure, Faults, Outcome, Setting, run};
