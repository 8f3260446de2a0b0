//! The board of open orders.

use super::{count, french, money};
use fiscal::Money;

/// Orders put aside.
pub(crate) const HELD: &str = "Tenues";
/// No order is put aside.
pub(crate) const NONE_HELD: &str = "Aucune. «\u{202f}Attente\u{202f}» (F9) en met une de côté.";
/// Orders for later.
pub(crate) const UPCOMING: &str = "À venir";
/// No order is for later.
pub(crate) const NONE_UPCOMING: &str = "Aucune commande pour plus tard.";
/// Orders that the kitchen has.
pub(crate) const KITCHEN: &str = "En cuisine";
/// The kitchen has none.
pub(crate) const NONE_KITCHEN: &str =
    "Rien en cuisine. «\u{202f}Cuisine\u{202f}» (F10) y envoie la commande.";
/// Orders that are made.
pub(crate) const READY: &str = "Prêtes";
/// None is made and still here.
pub(crate) const NONE_READY: &str = "Aucune commande n’attend d’être remise.";
/// Orders that left.
pub(crate) const HANDED_OVER: &str = "Remises";
/// None left lately.
pub(crate) const NONE_HANDED_OVER: &str = "Aucune dans les dernières minutes.";

/// Over the reasons for which an order can be cancelled.
pub(crate) const CANCEL_BECAUSE: &str = "Annuler, parce que";
/// The kitchen looked at it.
pub(crate) const SEEN: &str = "vu en cuisine";
/// The kitchen has not looked at it for too long.
pub(crate) const UNSEEN: &str = "Pas encore vue en cuisine\u{202f}: annoncez-la.";
/// Two tills may have taken its money.
pub(crate) const PAID_TWICE: &str = "Peut-être payée deux fois\u{202f}: comparez les tickets.";
/// All that was paid was given back.
pub(crate) const CREDITED: &str = "Remboursée par un avoir.";
/// Shows no more than the first lines.
pub(crate) const FEWER_LINES: &str = "Montrer moins";
/// Gives the order to its customer.
pub(crate) const HAND_OVER: &str = "Remettre";
/// Puts the order back into the basket.
pub(crate) const RESUME: &str = "Reprendre";
/// Prints its receipt.
pub(crate) const RECEIPT: &str = "Ticket";

/// What is still to be paid, or that nothing is.
pub(crate) fn due(due: Money) -> String {
    match due {
        Money::ZERO => "Payée".to_owned(),
        due => french(&format!("Reste dû : {}", money(due))),
    }
}

/// "et 2 autres lignes".
pub(crate) fn more_lines(number: u64) -> String {
    format!("et {}", count(number, "autre ligne", "autres lignes"))
}

/// An order was given to its customer.
pub(crate) fn handed_over(label: &str) -> String {
    french(&format!("{label} : remise."))
}
