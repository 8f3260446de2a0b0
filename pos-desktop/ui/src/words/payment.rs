//! Taking money, and what to give back.

use super::{french, money};
use fiscal::Money;

/// Notes and coins.
pub(crate) const CASH: &str = "Espèces";
/// What the customer handed over.
pub(crate) const GIVEN: &str = "Reçu";
/// Nothing is typed: what is due is given.
pub(crate) const GIVEN_EXACTLY: &str = "compte exact";
/// Over the change.
pub(crate) const CHANGE: &str = "À rendre";
/// Before the number of a ticket.
pub(crate) const TICKET: &str = "Ticket ";
/// Whether a receipt is wanted.
pub(crate) const RECEIPT_WANTED: &str = "Ticket\u{202f}?";
/// It is wanted on paper.
pub(crate) const RECEIPT_PRINT: &str = "Imprimer";
/// It is wanted on the screen.
pub(crate) const RECEIPT_VIEW: &str = "Voir";
/// It is not wanted.
pub(crate) const RECEIPT_NO: &str = "Non merci";
/// It is being printed: on to the next order.
pub(crate) const NEXT: &str = "Suivant";

/// What stands over a payment: "C1-042 : à encaisser".
pub(crate) fn to_take(label: &str) -> String {
    french(&format!("{label} : à encaisser"))
}

/// What stands over what was paid: "C1-042 : payée".
pub(crate) fn taken(label: &str) -> String {
    french(&format!("{label} : payée"))
}

/// What the button of the exact amount says.
pub(crate) fn exactly(due: Money) -> String {
    format!("Exact {}", money(due))
}

/// What is to be given back, or is missing.
pub(crate) fn leaves(due: Money, given: Money) -> String {
    if given < due {
        format!("Il manque {}", money(due - given))
    } else {
        french(&format!("À rendre : {}", money(given - due)))
    }
}

/// "50,00 € reçus pour 26,40 €".
pub(crate) fn settled(given: Money, total: Money) -> String {
    format!("{} reçus pour {}", money(given), money(total))
}
