//! Demo data of a real size, and a seeded Friday evening.
//!
//! Data: [`data::menu`], [`data::shops`] and [`data::staff`] are committed as JSON that people
//! read and edit; [`customers::customers`] are drawn. Movement: [`Baskets`] draws what people
//! order, [`Evening`] when and how, as the commands that a screen would send. Demo, tests, bench
//! and simulator all drive the same evening. The same seed is the same evening, everywhere.
#![warn(missing_docs)]

pub mod baskets;
pub mod customers;
pub mod data;
mod dice;
pub mod evening;
pub mod people;
pub mod play;
pub mod sale;
mod spell;

pub use baskets::{Basket, Baskets};
pub use dice::Dice;
pub use evening::{Evening, Station, Step};
pub use play::{Pair, Played, play};
