//! Random histories of tills, written with the product's own pen, and what can be done to them
//! behind its back. Everything follows from a seed.

pub mod cases;
pub mod dice;
pub mod files;
pub mod run;
pub mod sale;
pub mod tamper;
pub mod till;
