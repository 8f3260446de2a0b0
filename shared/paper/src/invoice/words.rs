//! The French of invoices.

use super::{
    Address, Invoice, Kind, Operation, Payment, PaymentMeans, Seller, TicketReference, Vat,
};
use crate::words::{date, euros, rate};
use fiscal::Money;
use fiscal::vat::Rate;

pub(super) const VAT_ON_DEBITS: &str = "Option pour le paiement de la taxe d’après les débits.";
/// Code de commerce, art. L. 441-10 II and D. 441-5.
pub(super) const RECOVERY: &str =
    "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40\u{a0}€.";
/// Code de commerce, art. L. 441-9 I.
pub(super) const DISCOUNT: &str = "Pas d’escompte pour paiement anticipé.";

pub(super) const NUMBER: &str = "N°";
pub(super) const ISSUED: &str = "Date d’émission";
pub(super) const DELIVERED: &str = "Date de la vente";
pub(super) const DUE: &str = "Échéance";
pub(super) const OPERATION: &str = "Nature de l’opération";
pub(super) const CORRECTS: &str = "Facture rectifiée";
pub(super) const REASON: &str = "Motif";
pub(super) const TICKETS: &str = "Ticket de caisse";
pub(super) const REFERENCE: &str = "Votre référence";
pub(super) const DELIVERED_TO: &str = "Livré à";
pub(super) const BUYER: &str = "Client";
pub(super) const PHONE: &str = "Tél.";
pub(super) const SIREN: &str = "SIREN";
pub(super) const VAT_NUMBER: &str = "N° TVA";

pub(super) const LABEL: &str = "Désignation";
pub(super) const QUANTITY: &str = "Qté";
pub(super) const UNIT_PRICE: &str = "P.U. HT";
pub(super) const VAT: &str = "TVA";
pub(super) const NET: &str = "Total HT";
pub(super) const GROSS: &str = "Total TTC";
pub(super) const RATE: &str = "Taux de TVA";
pub(super) const BASE: &str = "Base HT";
pub(super) const TAX: &str = "Montant TVA";

pub(super) const TOTAL_NET: &str = "Total HT";
pub(super) const TOTAL_VAT: &str = "Total TVA";
pub(super) const TOTAL_GROSS: &str = "Total TTC";

/// What the document is called.
pub(super) fn title(kind: &Kind) -> &'static str {
    match kind {
        Kind::Invoice => "Facture",
        Kind::CreditNote { .. } => "Avoir",
    }
}

/// Its name in a list of documents, and at the head of its later pages.
pub(super) fn full_title(invoice: &Invoice) -> String {
    format!("{} n°\u{a0}{}", title(&invoice.kind), invoice.number)
}

pub(super) fn description(invoice: &Invoice) -> String {
    let Invoice { seller, buyer, .. } = invoice;
    format!("{}, {}, pour {}", full_title(invoice), seller.name, buyer.name)
}

pub(super) fn operation(it: Operation) -> &'static str {
    match it {
        Operation::Goods => "Livraison de biens",
        Operation::Services => "Prestation de services",
        Operation::Mixed => "Livraison de biens et prestation de services",
    }
}

/// Why no VAT is due, where none is.
pub(super) fn no_vat(vat: Vat) -> Option<&'static str> {
    match vat {
        Vat::Rate(_) => None,
        Vat::NotApplicable => Some("TVA non applicable, art. 294 du CGI"),
        Vat::Exempt => Some("TVA non applicable, art. 293 B du CGI"),
    }
}

/// The rate in a column.
pub(super) fn vat(vat: Vat) -> String {
    match vat {
        Vat::Rate(it) => rate(it),
        Vat::NotApplicable | Vat::Exempt => "—".to_owned(),
    }
}

pub(super) fn ticket(it: &TicketReference) -> String {
    format!("Ticket n°\u{a0}{} du {}", it.number, date(it.date))
}

/// Number and day, where a label says what it is.
pub(super) fn ticket_short(it: &TicketReference) -> String {
    format!("{} du {}", it.number, date(it.date))
}

/// Street, then postcode and city, then the country if it is not France.
pub(super) fn address(it: &Address) -> Vec<String> {
    let mut lines = it.lines.clone();
    lines.push(format!("{} {}", it.postcode, it.city));
    match it.country.as_str() {
        "" | "FR" | "GP" | "MQ" | "GF" | "RE" | "YT" => {}
        country => lines.push(country.to_owned()),
    }
    lines.retain(|it| !it.trim().is_empty());
    lines
}

/// Who answers for the document (Code de commerce, art. R. 123-237 and R. 123-238).
pub(super) fn legal_identity(it: &Seller) -> String {
    let mut parts = vec![it.name.clone()];
    let mut add = |before: &str, what: &str| {
        if !what.is_empty() {
            parts.push(format!("{before}{what}"));
        }
    };
    add("", &it.legal_form);
    add("", &address(&it.address).join(", "));
    add("SIREN\u{a0}", &grouped(&it.siren));
    add("", &it.rcs.replace(' ', "\u{a0}"));
    add("SIRET\u{a0}", &grouped(&it.siret));
    add("NAF\u{a0}", &it.naf);
    add("TVA\u{a0}", &it.vat_number);
    parts.join(" – ")
}

/// Digits in threes, and a SIRET's last five together.
pub(super) fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 3 | 6 | 9) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

pub(super) fn means(it: PaymentMeans) -> &'static str {
    match it {
        PaymentMeans::Cash => "espèces",
        PaymentMeans::Cheque => "chèque",
        PaymentMeans::Card => "carte bancaire",
        PaymentMeans::Transfer => "virement",
        PaymentMeans::MealVoucher => "titre-restaurant",
        PaymentMeans::Other => "autre moyen",
    }
}

/// `carte bancaire 12,50 €, espèces 3,00 €`.
pub(super) fn payments(all: &[Payment]) -> String {
    let one = |it: &Payment| format!("{} {}", means(it.means), euros(it.amount));
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// A row of what was paid.
pub(super) fn paid(kind: &Kind, it: &Payment) -> String {
    let done = match kind {
        Kind::Invoice => "Déjà payé",
        Kind::CreditNote { .. } => "Déjà remboursé",
    };
    format!("{done} le {}, {}", date(it.date), means(it.means))
}

pub(super) fn left(kind: &Kind) -> &'static str {
    match kind {
        Kind::Invoice => "Net à payer",
        Kind::CreditNote { .. } => "Net en votre faveur",
    }
}

/// What is said of the payment (BT-20).
pub(super) fn terms(invoice: &Invoice) -> String {
    let left = invoice.left_to_pay();
    match (&invoice.kind, invoice.due) {
        (Kind::Invoice, _) if left == Money::ZERO => "Facture acquittée.".to_owned(),
        (Kind::CreditNote { .. }, _) if left == Money::ZERO => "Avoir remboursé.".to_owned(),
        (Kind::Invoice, Some(due)) => format!("À payer au plus tard le {}.", date(due)),
        (Kind::CreditNote { .. }, Some(due)) => {
            format!("À rembourser ou à imputer au plus tard le {}.", date(due))
        }
        (Kind::Invoice, None) => "À payer à réception.".to_owned(),
        (Kind::CreditNote { .. }, None) => "À rembourser ou à imputer.".to_owned(),
    }
}

/// The penalties for late payment (Code de commerce, art. L. 441-10 II).
pub(super) fn late(yearly: Option<Rate>) -> String {
    let at = yearly.map_or_else(
        || {
            "au taux de refinancement de la Banque centrale européenne majoré de 10\u{a0}points"
                .to_owned()
        },
        |it| format!("au taux de {} par an", rate(it)),
    );
    format!(
        "Pénalités de retard exigibles sans rappel dès le lendemain de l’échéance, {at} \
         (art. L.\u{a0}441-10 du Code de commerce)."
    )
}
