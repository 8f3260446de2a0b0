//! The centre of OC Pizza: it holds every shop's journals, publishes menus and staff lists, and
//! shows managers what is sold while it is sold.
//!
//! A request comes to [`app::router`]. Workstations speak the replication protocol, one signed
//! envelope a request ([`exchange`], [`ingest`], [`enrol`]); managers look at a page ([`managers`]), and
//! customers at the receipt whose link the till showed them ([`receipt`]).
//! All SQL stands under [`store`]. Whoever administers the server uses the command line ([`admin`],
//! [`load`]).

pub mod admin;
pub mod anchor;
pub mod app;
pub mod attempts;
pub mod centre;
pub mod clock;
pub mod code;
pub mod config;
pub mod enrol;
pub mod error;
pub mod exchange;
pub mod feed;
pub mod fence;
pub mod gate;
pub mod ingest;
pub mod live;
pub mod load;
pub mod managers;
pub mod receipt;
pub mod store;
pub mod vouching;

#[cfg(test)]
mod tests;
