//! What several screens use.

pub(crate) mod choice;
pub(crate) mod icon;
pub(crate) mod keyboard;
pub(crate) mod pad;
pub(crate) mod pizza;
pub(crate) mod refusal;
pub(crate) mod safety_line;
