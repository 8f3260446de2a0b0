//! The counter: its places, the order line, the tiles, the panels in the middle.

use super::{NARROW, french, money};
use fiscal::Money;

/// The rail's way to the sale.
pub(crate) const SALE: &str = "Vente";
/// The rail's way to the board.
pub(crate) const ORDERS: &str = "Commandes";
/// The rail's way out.
pub(crate) const LEAVE: &str = "Quitter";
/// What the way out does.
pub(crate) const LOCK: &str = "Verrouiller le poste";

/// What can be typed on the order line.
pub(crate) const ORDER_LINE_TAKES: &str = "Codes ou nom\u{202f}: REI G; MAR/4FR S -BAS +OEU";

/// Where no product is called what was typed.
pub(crate) const NO_SUCH_NAME: &str = "Aucun produit de ce nom. Échap efface la recherche.";
/// Where there is no menu yet.
pub(crate) const MENU_WAITING: &str = "La carte n’est pas encore arrivée du centre. Elle s’affiche ici dès qu’elle est là\u{202f}; vérifiez le câble réseau si cela dure.";

/// Prints again what may not have been printed.
pub(crate) const PRINT_AGAIN: &str = "Réimprimer";
/// Gives up what may not have been printed.
pub(crate) const DROP_PRINT: &str = "Abandonner";
/// A receipt was asked for.
pub(crate) const RECEIPT_QUEUED: &str = "Le ticket part à l’imprimante.";

/// Over the reasons for which an order can be cancelled.
pub(crate) const CANCEL_BECAUSE: &str = "Annuler la commande, parce que";
/// Empties the basket.
pub(crate) const EMPTY: &str = "Vider";
/// Puts a resumed order back as it was.
pub(crate) const PUT_BACK: &str = "Reposer sans la changer";

/// The question over the panel that asks when.
pub(crate) const PROMISE: &str = "Pour quelle heure\u{202f}?";
/// What the field of that panel takes.
pub(crate) const PROMISE_TAKES: &str = "Heure, ou +20 pour dans 20 minutes";
/// An hour as it is typed.
pub(crate) const PROMISE_EXAMPLE: &str = "19h30";
/// No time is promised.
pub(crate) const AS_SOON_AS_POSSIBLE: &str = "Dès que possible";

/// The question over the panel that asks for whom.
pub(crate) const CUSTOMER: &str = "Pour qui\u{202f}?";
/// Nobody in particular.
pub(crate) const NO_CUSTOMER: &str = "Sans client";
/// The field of the telephone.
pub(crate) const PHONE: &str = "Téléphone";
/// The field of the name.
pub(crate) const NAME: &str = "Nom";
/// The field of the address.
pub(crate) const ADDRESS: &str = "Adresse";

/// An order left the basket for the kitchen.
pub(crate) fn sent(label: &str) -> String {
    french(&format!("{label} : envoyée en cuisine."))
}

/// An order left the basket to wait.
pub(crate) fn held(label: &str) -> String {
    french(&format!("{label} : mise en attente."))
}

/// What is promised by what was typed: "pour 19:30".
pub(crate) fn typed_promise(at: &str) -> String {
    format!("pour {at}")
}

/// A code and what it stands for: "BAS : basilic".
pub(crate) fn meaning(code: &str, name: &str) -> String {
    french(&format!("{code} : {name}"))
}

/// The question over the panel that gives up the basket, or the order `label`.
pub(crate) fn give_up(label: Option<&str>) -> String {
    match label {
        None => french("Vider la commande ?"),
        Some(label) => french(&format!("Abandonner {label} ?")),
    }
}

/// What cancelling a line does.
pub(crate) const CANCEL_LINE_MEANS: &str =
    "La cuisine est prévenue, et l’annulation laisse sa trace. Touchez la raison.";

/// The question over the panel that cancels a line.
pub(crate) fn cancel_line(label: &str) -> String {
    french(&format!("Annuler {label} ?"))
}

/// A time from now: "dans 20 min".
pub(crate) fn in_minutes(minutes: u16) -> String {
    format!("dans {minutes}\u{a0}min")
}

/// What a button that takes money says: "Encaisser 13,50 €".
pub(crate) fn take(due: Money) -> String {
    format!("Encaisser {}", money(due))
}

/// An amount as it is being typed: "20,5 €".
pub(crate) fn typed_amount(typed: &str) -> String {
    format!("{typed}{NARROW}€")
}
