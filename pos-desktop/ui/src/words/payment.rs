//! Taking money, and what to give back.

use super::{count, french, money};
use fiscal::Money;
use pos_api::{Means, Tender};

/// What the customer gave so far.
pub(crate) const GIVEN_SO_FAR: &str = "Déjà donné";
/// Takes one of them away again.
pub(crate) const TAKE_AWAY: &str = "Retirer ce paiement";
/// What is typed on the bank's terminal.
pub(crate) const TERMINAL: &str = "Montant à taper sur le terminal";
/// The terminal said yes.
pub(crate) const ACCEPTED: &str = "Paiement accepté";
/// Nobody saw what the terminal said.
pub(crate) const UNSURE: &str = "Pas de réponse du terminal";
/// What becomes of such a payment.
pub(crate) const UNSURE_MEANS: &str = "Sans réponse, le paiement est noté «\u{202f}à vérifier\u{202f}»\u{202f}: ne faites pas payer une seconde fois, regardez la liste du terminal.";
/// It is to be verified.
pub(crate) const TO_VERIFY: &str = "à vérifier";
/// A reference that the terminal or a cheque shows.
pub(crate) const REFERENCE: &str = "Référence (jamais le numéro de carte)";
/// Of a card payment.
pub(crate) const REFERENCE_CARD: &str = "n° du ticket du terminal";
/// Of a cheque.
pub(crate) const REFERENCE_CHEQUE: &str = "numéro du chèque";
/// Over the issuers of vouchers.
pub(crate) const ISSUER: &str = "Émetteur";
/// How many vouchers.
pub(crate) const HOW_MANY: &str = "Combien de titres";
/// What one is worth.
pub(crate) const FACE: &str = "Valeur d’un titre";
/// What that means.
pub(crate) const FACE_TYPED: &str = "tapez la valeur d’un titre";
/// What vouchers pay, and how much.
pub(crate) const VOUCHERS_PAY: &str = "Les titres-restaurant paient les plats et boissons sans alcool, dans la limite légale par jour et par client, sans rendu.";
/// Who allows staff meals and debts.
pub(crate) const STAFF_MEANS: &str = "Le repas du personnel est autorisé par un responsable.";
/// What is owed, and who allows it.
pub(crate) const RECEIVABLE_MEANS: &str = "Le client paiera plus tard\u{202f}: la somme reste due sur le ticket. Un responsable l’autorise.";
/// To the cent.
pub(crate) const CHEQUE_MEANS: &str = "Le chèque est du montant exact, sans rendu.";
/// The signed ticket is awaited.
pub(crate) const WAITING: &str = "Le ticket s’enregistre.";
/// The law wants a note.
pub(crate) const NOTE_DUE: &str =
    "25\u{202f}€ ou plus sur place\u{202f}: remettez la note au client.";
/// Prints it.
pub(crate) const NOTE_PRINT: &str = "Imprimer la note";
/// It is on its way.
pub(crate) const NOTE_QUEUED: &str = "La note part à l’imprimante.";
/// It is wanted as a QR code.
pub(crate) const RECEIPT_QR: &str = "QR code";
/// An invoice is wanted.
pub(crate) const INVOICE: &str = "Facture";
/// What to do with the QR code.
pub(crate) const QR_SCAN: &str =
    "Le client vise ce code avec son téléphone\u{202f}: son ticket s’ouvre.";
/// The centre does not have the ticket yet.
pub(crate) const QR_OFFLINE: &str = "Hors ligne\u{202f}: le ticket s’ouvrira dès que le magasin aura retrouvé Internet. Gardez l’impression sous la main.";
/// There is none, for no reason that is known.
pub(crate) const NO_LINK: &str = "Pas de lien pour ce ticket. Imprimez-le si le client le demande.";
/// The link is awaited.
pub(crate) const QR_WAITING: &str = "Le lien se prépare.";
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

/// "Encaisser 10,00 € et continuer": a part of what is due.
pub(crate) fn add(amount: Money) -> String {
    format!("Ajouter {}", money(amount))
}

/// What the button says that takes a payment by these means.
pub(crate) fn confirm(means: Means, amount: Money) -> String {
    match means {
        Means::Card => format!("{ACCEPTED} {}", money(amount)),
        Means::Cash | Means::MealVoucher | Means::MealVoucherCard | Means::Cheque => {
            format!("Encaisser {}", money(amount))
        }
        Means::Staff => format!("Repas du personnel {}", money(amount)),
        Means::Receivable => format!("Laisser dû {}", money(amount)),
    }
}

/// The tab of a means.
pub(crate) const fn means(means: Means) -> &'static str {
    match means {
        Means::Cash => "Espèces",
        Means::Card => "Carte",
        Means::MealVoucher => "Titres-resto papier",
        Means::MealVoucherCard => "Titres-resto carte",
        Means::Cheque => "Chèque",
        Means::Staff => "Repas du personnel",
        Means::Receivable => "À payer plus tard",
    }
}

/// The end of a means' hooks.
pub(crate) const fn means_hook(means: Means) -> &'static str {
    match means {
        Means::Cash => "cash",
        Means::Card => "card",
        Means::MealVoucher => "voucher",
        Means::MealVoucherCard => "voucher-card",
        Means::Cheque => "cheque",
        Means::Staff => "staff",
        Means::Receivable => "later",
    }
}

/// One payment given so far: "2 titres Swile", "Carte, à vérifier".
pub(crate) fn given_by(tender: &Tender) -> String {
    let mut said = means(tender.means).to_owned();
    if tender.vouchers > 0 {
        said =
            format!("{} {}", count(u64::from(tender.vouchers), "titre", "titres"), tender.issuer);
    }
    if tender.to_verify {
        said = format!("{said}, {TO_VERIFY}");
    }
    said
}

/// Paper vouchers are worth more than is due.
pub(crate) fn forfeit(lost: Money) -> String {
    format!("Le client laisse {}\u{202f}: on ne rend pas la monnaie sur un titre", money(lost))
}

/// Vouchers are worth more than is due.
pub(crate) fn no_change(lost: Money) -> String {
    format!("{} de trop\u{202f}: pas de rendu", money(lost))
}

/// It is settled to the cent.
pub(crate) const COVERED: &str = "Rien à rendre";

/// More than is due, by a means that gives no change.
pub(crate) fn at_most(due: Money) -> String {
    format!("Au plus {}\u{202f}: pas de rendu", money(due))
}

/// What is still due after a part was given.
pub(crate) fn remains(due: Money) -> String {
    format!("Reste {}", money(due))
}
