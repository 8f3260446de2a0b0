//! The workstation without its window: what a till and a kitchen PC do, driven alike by the window,
//! the tests and the simulator through [`commands::run`] and [`queries::Window::ask`].

pub mod anchor;
pub mod answering;
pub mod arbiter;
pub mod books;
pub mod clock;
mod closing_of;
mod closings;
pub mod commands;
mod deals;
pub mod drill;
mod ending;
mod error;
pub mod exports;
mod fence;
mod files;
pub mod joining;
mod keystore;
mod late;
pub mod linked;
pub mod print;
mod project;
pub mod queries;
mod receipt_of;
pub mod replicate;
pub mod runtime;
pub mod safekeeping;
pub mod shared;
pub mod store;
mod views;
pub mod witness;
mod workstation;

pub use error::Error;
pub use workstation::{BUILD, Build, Workstation};
