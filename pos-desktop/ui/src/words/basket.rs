//! The order being taken.

use super::money;
use fiscal::Money;

/// Nothing is ordered yet.
pub(crate) const EMPTY: &str = "Commande vide. Touchez une taille sur une tuile, ou tapez un code.";
/// The button with the time, and its key.
pub(crate) const TIME: &str = "Heure · F8";
/// The button with the customer, and its key.
pub(crate) const CUSTOMER: &str = "Client · F7";
/// Nobody in particular.
pub(crate) const NO_CUSTOMER: &str = "Aucun";
/// Puts the order aside.
pub(crate) const HOLD: &str = "Attente";
/// Sends it to the kitchen.
pub(crate) const SEND: &str = "Cuisine";
/// A line that can no longer change.
pub(crate) const FROZEN: &str = "déjà en cuisine ou payée\u{202f}: touchez pour annuler";
/// Takes a line of one out.
pub(crate) const REMOVE_LINE: &str = "Retirer la ligne";

/// When it is promised: "Pour 19:30".
pub(crate) fn promise(at: &str) -> String {
    format!("Pour {at}")
}

/// What was paid before: "déjà payé 10,00 €".
pub(crate) fn paid(paid: Money) -> String {
    format!("déjà payé {}", money(paid))
}

/// What is asked for delivering.
pub(crate) const FEE: &str = "Frais de livraison";

/// What a formule costs: "formule à 15,90 €".
pub(crate) fn formule(price: Money) -> String {
    format!("formule à {}", money(price))
}

/// What is taken off altogether: "remises −2,50 €".
pub(crate) fn saved(saved: Money) -> String {
    format!("remises −{}", money(saved))
}
