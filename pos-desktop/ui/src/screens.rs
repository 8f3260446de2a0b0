//! A file per screen or panel.

pub(crate) mod about;
pub(crate) mod counter;
pub(crate) mod day;
pub(crate) mod ended;
pub(crate) mod first_run;
pub(crate) mod kitchen;
pub(crate) mod orders;
pub(crate) mod settings;
pub(crate) mod shop;
pub(crate) mod sign_in;
