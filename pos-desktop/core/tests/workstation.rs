//! The workstation through `commands::run`: real SQLite, a stopped clock.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails there")]

#[path = "workstation_tests/shop.rs"]
mod shop;

#[path = "workstation_tests/bad_input.rs"]
mod bad_input;
#[path = "workstation_tests/days.rs"]
mod days;
#[path = "workstation_tests/kitchen.rs"]
mod kitchen;
#[path = "workstation_tests/orders.rs"]
mod orders;
#[path = "workstation_tests/printers.rs"]
mod printers;
#[path = "workstation_tests/sale.rs"]
mod sale;
#[path = "workstation_tests/store.rs"]
mod store;
