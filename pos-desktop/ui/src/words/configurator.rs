//! A product being put together.

use super::{french, money};
use fiscal::Money;

/// Not divided.
pub(crate) const WHOLE: &str = "Entière";
/// A part whose product is not said yet.
pub(crate) const TO_CHOOSE: &str = "à choisir";
/// Makes a part another product.
pub(crate) const ANOTHER: &str = "Autre";
/// Over what can be added.
pub(crate) const ADD: &str = "Ajouter";

/// What stands over the recipe: of the part `on`, counted from 0, of a whole pizza that has parts,
/// or of what has none.
pub(crate) fn recipe(on: Option<u8>, divided: bool) -> String {
    match on {
        Some(on) => format!("Recette de la part {}", u16::from(on) + 1),
        None if divided => "Recette, toute la pizza".to_owned(),
        None => "Recette".to_owned(),
    }
}

/// A group of options and how many of them are taken: "Sauce : 1 à choisir".
pub(crate) fn choices(name: &str, min: u8, max: u8) -> String {
    let counted = match (min, max) {
        (0, max) => format!("{max} au plus"),
        (min, max) if min == max => format!("{min} à choisir"),
        (min, max) => format!("de {min} à {max}"),
    };
    french(&format!("{name} : {counted}"))
}

/// What the button says that puts it into the basket, or into its line's place; the amount where
/// it can be sold: "Ajouter 13,50 €".
pub(crate) fn submit(editing: bool, amount: Option<Money>) -> String {
    let verb = if editing { "Changer" } else { ADD };
    match amount {
        Some(amount) => format!("{verb} {}", money(amount)),
        None => verb.to_owned(),
    }
}
