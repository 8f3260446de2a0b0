//! What several screens use.

pub(crate) mod amount;
pub(crate) mod approval;
pub(crate) mod choice;
pub(crate) mod figures;
pub(crate) mod icon;
pub(crate) mod invoice;
pub(crate) mod keyboard;
pub(crate) mod pad;
pub(crate) mod pizza;
pub(crate) mod qr;
pub(crate) mod refusal;
pub(crate) mod safety_line;
pub(crate) mod share;
