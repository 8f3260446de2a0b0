//! The kitchen screen.

use super::count;
use pos_api::KitchenStep;

/// Under the number of orders that do not fit on the screen.
pub(crate) const MORE: &str = "ensuite";
/// No order is to be made.
pub(crate) const NOTHING: &str = "Rien à faire pour l’instant";
/// No step is left for an order.
pub(crate) const ALL_READY: &str = "Tout est prêt";
/// Over the dough to have ready.
pub(crate) const DOUGH: &str = "Pâtons, 30 min";
/// Over what comes later.
pub(crate) const UPCOMING: &str = "À venir";
/// Takes the last step back.
pub(crate) const UNDO: &str = "Défaire";

/// What the button of a step says.
pub(crate) const fn step(step: KitchenStep) -> &'static str {
    match step {
        KitchenStep::Acknowledge | KitchenStep::Seen => "Compris",
        KitchenStep::Start => "Commencer",
        KitchenStep::Ready => "Prête",
    }
}

/// The order that comes next where there is nothing to make.
pub(crate) fn next(at: &str, pizzas: u32) -> String {
    format!("Prochaine commande pour {at}, {}.", count(pizzas.into(), "pizza", "pizzas"))
}

/// Under the lines of an order that is taller than the screen.
pub(crate) const MORE_BELOW: &str = "▾ La suite est plus bas : faites glisser.";
