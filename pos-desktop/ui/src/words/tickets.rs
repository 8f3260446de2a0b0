//! What was sold, and what is done about it.

use super::{count, french, money};
use fiscal::{Money, ticket::Operation};
use pos_api::{CreditReason, PaymentReason};

/// What the search takes.
pub(crate) const SEARCH: &str = "N° de ticket, commande";
/// A day, or the last seven.
pub(crate) const ON: &str = "Jour (vide\u{202f}: 7 jours)";
/// Nothing was found.
pub(crate) const NONE: &str = "Aucun ticket. Effacez la recherche, ou changez de jour.";
/// The answer is awaited.
pub(crate) const WAITING: &str = "Le poste cherche.";
/// None is chosen.
pub(crate) const CHOOSE: &str = "Touchez un ticket pour le lire, le réimprimer ou le corriger.";
/// What it says.
pub(crate) const LINES: &str = "Articles";
/// How it was paid.
pub(crate) const PAYMENTS: &str = "Paiements";
/// What was done about it since.
pub(crate) const SINCE: &str = "Depuis";
/// Prints it again.
pub(crate) const REPRINT: &str = "Réimprimer";
/// Takes something back.
pub(crate) const CREDIT: &str = "Avoir";
/// Something of it is to be looked at.
pub(crate) const TO_VERIFY: &str = "à vérifier";
/// It went through.
pub(crate) const VERIFY: &str = "Passé";
/// It did not, or by other means.
pub(crate) const CORRECT: &str = "Corriger";
/// A correction took it back.
pub(crate) const CORRECTED: &str = "corrigé";
/// It was sold elsewhere.
pub(crate) const NOT_OWN: &str =
    "Vendu sur un autre poste\u{202f}: il se réimprime et se corrige là-bas.";
/// Over what is taken back.
pub(crate) const CREDIT_WHAT: &str = "Ce qui est repris";
/// All that is left of it.
pub(crate) const CREDIT_ALL: &str = "Tout reprendre";
/// Over how the money goes back.
pub(crate) const CREDIT_BACK: &str = "Rendre l’argent";
/// By the means it was paid with.
pub(crate) const CREDIT_AS_PAID: &str = "Comme il a été payé";
/// Nothing of the line is left.
pub(crate) const ALL_CREDITED: &str = "déjà repris";
/// What the card terminal must do.
pub(crate) const CREDIT_CARD: &str = "Faites d’abord l’annulation sur le terminal de la carte.";
/// It is signed.
pub(crate) const CORRECTION_DONE: &str = "La correction est enregistrée.";
/// It is verified.
pub(crate) const VERIFIED: &str = "Le paiement est vérifié.";
/// Over the means it was really paid with.
pub(crate) const REALLY_BY: &str = "Payé en réalité par";
/// The reference of the terminal's list.
pub(crate) const TERMINAL_REFERENCE: &str = "Référence lue sur la liste du terminal";
/// The button that verifies.
pub(crate) const VERIFY_SUBMIT: &str = "Le paiement est passé";
/// What verifying is.
pub(crate) const VERIFY_HOW: &str =
    "Cherchez ce montant sur la liste du terminal. S’il n’y est pas, corrigez le paiement.";

/// Over an invoice.
pub(crate) const INVOICE: &str = "Facture";
/// Makes it.
pub(crate) const INVOICE_SUBMIT: &str = "Faire la facture";
/// Whom it is for.
pub(crate) const BUYER_NAME: &str = "Nom ou société";
/// Where.
pub(crate) const BUYER_ADDRESS: &str = "Rue et numéro";
/// Where.
pub(crate) const BUYER_TOWN: &str = "Code postal et ville";
/// Its number.
pub(crate) const BUYER_SIREN: &str = "SIREN, 9 chiffres (vide pour un particulier)";
/// Its VAT number.
pub(crate) const BUYER_VAT: &str = "Numéro de TVA (facultatif)";
/// It is being made.
pub(crate) const INVOICE_WAITING: &str = "La facture se prépare.";

/// A file was written.
pub(crate) fn file(number: &str, path: &str) -> String {
    french(&format!("{number} : {path}"))
}

/// What it is.
pub(crate) const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Sale => "Vente",
        Operation::CreditNote => "Avoir",
        Operation::PaymentCorrection => "Correction de paiement",
    }
}

/// "repris 12,40 €".
pub(crate) fn credited(amount: Money) -> String {
    format!("repris {}", money(amount))
}

/// "Facture F-2026-000012".
pub(crate) fn invoice(number: &str) -> String {
    format!("Facture {number}")
}

/// "3 duplicatas".
pub(crate) fn duplicates(number: u64) -> String {
    count(number, "duplicata", "duplicatas")
}

/// A quantity in thousandths: "2", "0,5".
pub(crate) fn quantity(thousandths: u32) -> String {
    let rest = format!("{:03}", thousandths % 1_000);
    let rest = rest.trim_end_matches('0');
    let whole = thousandths / 1_000;
    if rest.is_empty() { whole.to_string() } else { format!("{whole},{rest}") }
}

/// What the button that takes back says.
pub(crate) fn take_back(amount: Money) -> String {
    format!("Faire l’avoir {}", money(amount))
}

/// A credit note was signed.
pub(crate) fn credited_by(number: &str, total: Money) -> String {
    french(&format!("Avoir {number} : rendez {}.", money(-total)))
}

/// What the button that corrects a payment says.
pub(crate) fn correct(amount: Money) -> String {
    format!("Corriger {}", money(amount))
}

/// The hook of a reason to take something back.
pub(crate) const fn credit_hook(reason: CreditReason) -> &'static str {
    match reason {
        CreditReason::Complaint => "credit-reason-complaint",
        CreditReason::WrongItem => "credit-reason-wrong-item",
        CreditReason::Mistake => "credit-reason-mistake",
        CreditReason::NotDelivered => "credit-reason-not-delivered",
        CreditReason::PaidTwice => "credit-reason-paid-twice",
    }
}

/// The hook of a reason to correct a payment.
pub(crate) const fn payment_hook(reason: PaymentReason) -> &'static str {
    match reason {
        PaymentReason::WrongMeans => "correct-reason-wrong-means",
        PaymentReason::Declined => "correct-reason-declined",
        PaymentReason::Settled => "correct-reason-settled",
    }
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn thousandths_are_said_as_quantities() {
        assert_eq!([1_000, 12_000, 500, 1_250].map(quantity), ["1", "12", "0,5", "1,25"]);
    }
}
