//! What is committed: the menu, the shops, and who works in them.

use domain::catalogue::Catalogue;
use domain::shop::Shop;
use domain::staff::{Role, StaffList};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The menu as JSON: also what a shop without a centre starts with.
pub const MENU: &str = include_str!("../../../pos-desktop/core/starter/menu.json");
/// The shops as JSON: a list of [`Shop`].
pub const SHOPS: &str = include_str!("../data/shops.json");
/// Who works where as JSON: a [`StaffList`] by shop code.
pub const STAFF: &str = include_str!("../data/staff.json");
/// The same people with their PINs as JSON: a list of [`Person`] by shop code.
pub const PEOPLE: &str = include_str!("../data/people.json");

/// Somebody of the demo's staff, with the PIN that nobody's real list holds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Person {
    /// What entries call them: "LB".
    pub code: String,
    /// What the screen calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// 4 digits.
    pub pin: String,
}

/// The menu.
#[must_use]
pub fn menu() -> Catalogue {
    serde_json::from_str(MENU).expect("data/menu.json is a catalogue")
}

/// The shops, in the order of their codes.
#[must_use]
pub fn shops() -> Vec<Shop> {
    serde_json::from_str(SHOPS).expect("data/shops.json is a list of shops")
}

/// Who may sign in, by shop code.
#[must_use]
pub fn staff() -> BTreeMap<String, StaffList> {
    serde_json::from_str(STAFF).expect("data/staff.json is staff lists by shop")
}

/// Who may sign in and with which PIN, by shop code.
#[must_use]
pub fn people() -> BTreeMap<String, Vec<Person>> {
    serde_json::from_str(PEOPLE).expect("data/people.json is people by shop")
}
