//! The figures of a day, a month, a year.

use super::french;
use fiscal::ticket::Means;

/// Turnover.
pub(crate) const TOTAL: &str = "Chiffre d’affaires TTC";
/// By rate.
pub(crate) const RATES: &str = "TVA";
/// Tax excluded.
pub(crate) const HT: &str = "HT";
/// The tax.
pub(crate) const VAT: &str = "TVA";
/// Tax included.
pub(crate) const TTC: &str = "TTC";
/// A rate.
pub(crate) const RATE: &str = "Taux";
/// By means.
pub(crate) const MEANS: &str = "Encaissements";
/// What happened.
pub(crate) const EVENTS: &str = "Pièces et événements";
/// The drawer.
pub(crate) const DRAWER: &str = "Tiroir";
/// What was in it.
pub(crate) const FLOAT: &str = "Fond de caisse";
/// Cash taken.
pub(crate) const CASH_SALES: &str = "Espèces encaissées";
/// Put in.
pub(crate) const CASH_IN: &str = "Entrées";
/// Taken out.
pub(crate) const CASH_OUT: &str = "Sorties";
/// What should be in it.
pub(crate) const THEORETICAL: &str = "Attendu";
/// What was counted.
pub(crate) const COUNTED: &str = "Compté";
/// Counted less expected.
pub(crate) const DIFFERENCE: &str = "Écart";
/// Nobody counted.
pub(crate) const NOT_COUNTED: &str = "non compté";
/// It is shown after counting.
pub(crate) const BLIND: &str = "affiché après le comptage";
/// Sales since the beginning.
pub(crate) const PERPETUAL: &str = "Grand total perpétuel";
/// Sales plus returns since the beginning.
pub(crate) const PERPETUAL_ABSOLUTE: &str = "Grand total absolu";
/// Sales.
pub(crate) const SALES: &str = "Ventes";
/// Credit notes.
pub(crate) const CREDIT_NOTES: &str = "Avoirs";
/// Corrections of payments.
pub(crate) const CORRECTIONS: &str = "Corrections de paiement";
/// Discounts.
pub(crate) const DISCOUNTS: &str = "Remises";
/// Lines cancelled after the kitchen had them.
pub(crate) const CANCELLED_LINES: &str = "Lignes annulées";
/// Orders cancelled before payment.
pub(crate) const CANCELLED_ORDERS: &str = "Commandes annulées";
/// Duplicates.
pub(crate) const DUPLICATES: &str = "Duplicatas";
/// Provisional documents.
pub(crate) const PROVISIONALS: &str = "Documents provisoires";
/// Notes.
pub(crate) const NOTES: &str = "Notes";
/// Invoices.
pub(crate) const INVOICES: &str = "Factures";
/// The drawer opened without a sale.
pub(crate) const OPENINGS: &str = "Ouvertures du tiroir";
/// Orders carried to the next day.
pub(crate) const CARRIED: &str = "Commandes reportées";
/// Nothing was sold.
pub(crate) const NONE: &str = "Rien encore.";
/// A part of a means is to be verified.
pub(crate) const TO_VERIFY: &str = "dont à vérifier";

/// "5,5 %", "10 %", "20 %".
pub(crate) fn rate(basis_points: u16) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    let decimals = format!("{rest:02}");
    let decimals = decimals.trim_end_matches('0');
    french(&if decimals.is_empty() {
        format!("{whole} %")
    } else {
        format!("{whole},{decimals} %")
    })
}

/// A means, as in figures and on tickets.
pub(crate) const fn means(means: Means) -> &'static str {
    match means {
        Means::Cash => "Espèces",
        Means::Card => "Carte",
        Means::MealVoucher => "Titres-restaurant papier",
        Means::Cheque => "Chèque",
        Means::Staff => "Repas du personnel",
        Means::MealVoucherCard => "Carte titre-restaurant",
        Means::Receivable => "À payer plus tard",
    }
}

/// "3 fois".
pub(crate) fn times(number: u64) -> String {
    format!("{}\u{a0}fois", super::thousands(number))
}

/// What a closing closes.
pub(crate) fn period(code: &str) -> &'static str {
    match code {
        "J" => "Clôture du jour (Z)",
        "M" => "Clôture du mois",
        "A" => "Clôture de l’année",
        "S" => "Clôture de sortie",
        _ => "Lecture X",
    }
}

#[cfg(test)]
mod tests {
    use super::rate;

    #[test]
    fn a_rate_is_said_without_needless_zeros() {
        assert_eq!(
            [550, 1_000, 2_000, 210].map(rate),
            ["5,5\u{202f}%", "10\u{202f}%", "20\u{202f}%", "2,1\u{202f}%"]
        );
    }
}
