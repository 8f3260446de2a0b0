//! The workstation through `commands::run`: real SQLite, a stopped clock.

#[path = "workstation_tests/shop.rs"]
mod shop;

#[path = "workstation_tests/bad_input.rs"]
mod bad_input;
#[path = "workstation_tests/sale.rs"]
mod sale;
