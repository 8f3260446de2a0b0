//! The French of what is both shown and signed: what a line of an order is called. The screens'
//! own sentences are in `pos-ui/words`.

use crate::books::CashReason;
use crate::payment::{CreditReason, PaymentReason};
use domain::catalogue::{Catalogue, Product};
use domain::configured::{Amount, Change, Configured, Part};
use domain::order::DiscountReason;

/// What the lines of the delivery fee are called on tickets.
pub const DELIVERY_FEE: &str = "Frais de livraison";

/// What a copy is marked with: "DUPLICATA n° 2".
#[must_use]
pub fn duplicate(copy: u64) -> String {
    format!("DUPLICATA n° {copy}")
}

/// What the ticket calls it: "Reine grande", "½ Margherita ½ 4 fromages standard", "Coca-Cola 33 cl".
///
/// A code that the catalogue does not know is shown as it is.
#[must_use]
pub fn label(item: &Configured, catalogue: &Catalogue) -> String {
    let mut words = Vec::new();
    for part in &item.parts {
        if item.parts.len() > 1 {
            words.push(part.share.to_string());
        }
        words.push(name(part, catalogue));
    }
    if let Some(size) = &item.size {
        let name = catalogue.size(size).map_or(size.as_str(), |size| &size.name);
        words.push(name.to_lowercase());
    }
    words.join(" ")
}

/// What the ticket says below the label, a line each: options first, then what was taken off, made
/// light, put on or made extra.
#[must_use]
pub fn details(item: &Configured, catalogue: &Catalogue) -> Vec<String> {
    let choices = item.choices.iter().map(|choice| {
        let option = item
            .parts
            .iter()
            .filter_map(|part| catalogue.product(&part.product))
            .flat_map(|product| &product.choices)
            .filter(|group| group.code == choice.group)
            .flat_map(|group| &group.options)
            .find(|option| option.code == choice.option);
        let words = option.map_or(choice.option.as_str(), |option| &option.name).to_owned();
        on_part(words, choice.on, item, catalogue)
    });
    let mut changes: Vec<_> = item.changes.iter().collect();
    changes.sort_by_key(|change| (change.amount, change.on));
    let changes = changes
        .into_iter()
        .map(|change| on_part(changed(change, item, catalogue), change.on, item, catalogue));
    choices.chain(changes).collect()
}

/// Why a ticket was taken back or corrected, in words, from the code that its document holds: one
/// that this version does not know stands as it is.
#[must_use]
pub fn correction(code: &str) -> &str {
    let credits = CreditReason::ALL.into_iter().find(|it| it.code() == code).map(credit);
    let payments = PaymentReason::ALL.into_iter().find(|it| it.code() == code).map(payment);
    let verified = (code == VERIFIED).then_some("Paiement vérifié");
    credits.or(payments).or(verified).unwrap_or(code)
}

/// The reason of a correction that says that a card payment went through.
pub const VERIFIED: &str = "PAIEMENT_VERIFIE";

/// Why something is taken off a line, as the ticket says it: "Formule midi", "Geste commercial".
#[must_use]
pub fn discount(reason: &DiscountReason) -> String {
    match reason {
        DiscountReason::Formule { name, .. } => name.clone(),
        DiscountReason::CommercialGesture => "Geste commercial".to_owned(),
        DiscountReason::Complaint => "Réclamation".to_owned(),
        DiscountReason::StaffMeal => "Repas du personnel".to_owned(),
        DiscountReason::Coupon => "Bon de réduction".to_owned(),
        DiscountReason::PromotionalOffer => "Offre promotionnelle".to_owned(),
        DiscountReason::Free => "Offert".to_owned(),
    }
}

/// Why something is taken back, as the credit note says it.
#[must_use]
pub const fn credit(reason: CreditReason) -> &'static str {
    match reason {
        CreditReason::Complaint => "Réclamation",
        CreditReason::WrongItem => "Produit manquant ou erroné",
        CreditReason::Mistake => "Erreur de saisie",
        CreditReason::NotDelivered => "Non livré ou non retiré",
        CreditReason::PaidTwice => "Payé deux fois",
    }
}

/// Why a payment is corrected, as the correction says it.
#[must_use]
pub const fn payment(reason: PaymentReason) -> &'static str {
    match reason {
        PaymentReason::WrongMeans => "Erreur de moyen de paiement",
        PaymentReason::Declined => "Paiement refusé",
        PaymentReason::Settled => "Règlement d’une créance",
    }
}

/// "sans basilic", "peu de basilic", "+ œuf", "extra mozzarella".
fn changed(change: &Change, item: &Configured, catalogue: &Catalogue) -> String {
    let ingredient = catalogue
        .ingredient(&change.ingredient)
        .map_or(change.ingredient.as_str(), |ingredient| &ingredient.name);
    match change.amount {
        Amount::None => format!("sans {ingredient}"),
        Amount::Light => format!("peu {}", of(ingredient)),
        Amount::Normal => format!("+ {ingredient}"),
        Amount::Extra if is_in_recipe(change, item, catalogue) => format!("extra {ingredient}"),
        Amount::Extra => format!("+ double {ingredient}"),
    }
}

/// An ingredient that is counted and not weighed, beside its number: "œuf (pièces)".
#[must_use]
pub fn counted(name: &str) -> String {
    format!("{name} (pièces)")
}

/// "de basilic", "d'oignons", "d'huile d'olive", but "de harissa": the h of which is aspirated.
#[must_use]
pub fn of(name: &str) -> String {
    if elides(name) { format!("d’{name}") } else { format!("de {name}") }
}

/// Whether "de" loses its vowel before this name.
#[must_use]
pub fn elides(name: &str) -> bool {
    const ASPIRATED: [&str; 4] = ["hari", "homard", "houmous", "hareng"];
    let first = name.to_lowercase();
    match first.chars().next() {
        Some(letter) if "aàâeéèêëiîïoôœuùûüyæ".contains(letter) => true,
        Some('h') => !ASPIRATED.iter().any(|word| first.starts_with(word)),
        Some(_) | None => false,
    }
}

/// Why cash went in or out without a sale, as slips and closings have it.
#[must_use]
pub const fn cash_reason(reason: CashReason) -> &'static str {
    match reason {
        CashReason::Change => "Monnaie",
        CashReason::Deposit => "Dépôt au coffre ou en banque",
        CashReason::Purchase => "Petit achat",
        CashReason::Courier => "Fond de livreur",
        CashReason::Advance => "Avance au personnel",
    }
}

fn is_in_recipe(change: &Change, item: &Configured, catalogue: &Catalogue) -> bool {
    let has = |part: &Part| {
        catalogue.product(&part.product).is_some_and(|product| product.has(&change.ingredient))
    };
    match change.on {
        Some(part) => item.parts.get(usize::from(part)).is_some_and(has),
        None => item.parts.iter().any(has),
    }
}

/// Adds which part is meant, where there are several: "sans basilic (½ Margherita)".
fn on_part(words: String, on: Option<u8>, item: &Configured, catalogue: &Catalogue) -> String {
    let part = on.and_then(|part| item.parts.get(usize::from(part)));
    match part {
        Some(part) if item.parts.len() > 1 => {
            format!("{words} ({} {})", part.share, name(part, catalogue))
        }
        Some(_) | None => words,
    }
}

fn name(part: &Part, catalogue: &Catalogue) -> String {
    let product: Option<&Product> = catalogue.product(&part.product);
    product.map_or_else(|| part.product.to_string(), |product| product.name.clone())
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn de_loses_its_vowel_before_another_and_before_a_mute_h() {
        let said = ["basilic", "oignons rouges", "œuf", "épinards", "huile d’olive", "harissa"];
        let said = said.map(of);
        let expected = [
            "de basilic",
            "d’oignons rouges",
            "d’œuf",
            "d’épinards",
            "d’huile d’olive",
            "de harissa",
        ];
        assert_eq!(said, expected);
    }
}
