//! The workstation through `commands::run`: real SQLite, a stopped clock.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails there")]

#[path = "workstation_tests/shop.rs"]
mod shop;

#[path = "workstation_tests/altered.rs"]
mod altered;
#[path = "workstation_tests/archives.rs"]
mod archives;
#[path = "workstation_tests/bad_input.rs"]
mod bad_input;
#[path = "workstation_tests/books.rs"]
mod books;
#[path = "workstation_tests/cards.rs"]
mod cards;
#[path = "workstation_tests/closing_days.rs"]
mod closing_days;
#[path = "workstation_tests/closings.rs"]
mod closings;
#[path = "workstation_tests/copies.rs"]
mod copies;
#[path = "workstation_tests/corrections.rs"]
mod corrections;
#[path = "workstation_tests/days.rs"]
mod days;
#[path = "workstation_tests/discounts.rs"]
mod discounts;
#[path = "workstation_tests/drill.rs"]
mod drill;
#[path = "workstation_tests/exports.rs"]
mod exports;
#[path = "workstation_tests/fence.rs"]
mod fence;
#[path = "workstation_tests/formules.rs"]
mod formules;
#[path = "workstation_tests/invoices.rs"]
mod invoices;
#[path = "workstation_tests/jet.rs"]
mod jet;
#[path = "workstation_tests/keystore.rs"]
mod keystore;
#[path = "workstation_tests/kitchen.rs"]
mod kitchen;
#[path = "workstation_tests/orders.rs"]
mod orders;
#[path = "workstation_tests/payments.rs"]
mod payments;
#[path = "workstation_tests/printers.rs"]
mod printers;
#[path = "workstation_tests/roles.rs"]
mod roles;
#[path = "workstation_tests/safekeeping.rs"]
mod safekeeping;
#[path = "workstation_tests/sale.rs"]
mod sale;
#[path = "workstation_tests/store.rs"]
mod store;
#[path = "workstation_tests/sums.rs"]
mod sums;
#[path = "workstation_tests/timestamps.rs"]
mod timestamps;
#[path = "workstation_tests/training.rs"]
mod training;
