//! Shops of real programs in network namespaces, under faults, counted afterwards.
//!
//! The programs are the ones that are installed: workstations (without their windows), two replicas of
//! the server, PostgreSQL. Every machine has a network namespace of its own ([`net`]) with one wire, to
//! the [`relay`], which is the only way to any other: nothing here can reach the world outside.
//!
//! A [`round`] is a short life: people sell and cook ([`people`]), one to three things go wrong
//! ([`plan`], decided by a seed, done by [`faults`]), everything is healed, and when all files say the
//! same they are [`count`]ed against what the tills had shown as done. [`lan`] measures how long an order
//! takes to the kitchen, and destroys a till.
#![warn(missing_docs)]

pub mod centre;
pub mod count;
pub mod faults;
pub mod inside;
pub mod lan;
pub mod ledger;
pub mod line;
pub mod net;
pub mod pc;
pub mod people;
pub mod plan;
pub mod postgres;
pub mod programs;
pub mod relay;
pub mod round;
pub mod storm;
pub mod wait;
pub mod world;
