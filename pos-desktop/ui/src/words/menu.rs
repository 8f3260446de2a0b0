//! What the menu is about: allergens, amounts, and what cannot be sold or understood.

use super::french;
use domain::{
    catalogue::{Allergen, Allergens, Catalogue},
    configured::{Amount, ConfigurationRefused},
    stock::Item,
    text::fold,
    typed::ProblemKind,
};
use pos_api::ChangeView;

/// The allergen's name in French (INCO, annex II), as in a list.
const fn allergen(allergen: Allergen) -> &'static str {
    match allergen {
        Allergen::Gluten => "gluten",
        Allergen::Crustaceans => "crustacés",
        Allergen::Eggs => "œufs",
        Allergen::Fish => "poissons",
        Allergen::Peanuts => "arachides",
        Allergen::Soybeans => "soja",
        Allergen::Milk => "lait",
        Allergen::Nuts => "fruits à coque",
        Allergen::Celery => "céleri",
        Allergen::Mustard => "moutarde",
        Allergen::Sesame => "sésame",
        Allergen::Sulphites => "sulfites",
        Allergen::Lupin => "lupin",
        Allergen::Molluscs => "mollusques",
    }
}

/// "Allergènes : gluten, lait, fruits à coque", or that there are none.
pub(crate) fn allergens(allergens: Allergens) -> String {
    let names: Vec<_> = allergens.iter().map(allergen).collect();
    let said = if names.is_empty() { "aucun des 14".to_owned() } else { names.join(", ") };
    french(&format!("Allergènes : {said}"))
}

/// How much of an ingredient of the recipe, on its chip.
pub(crate) const fn amount(amount: Amount) -> &'static str {
    match amount {
        Amount::None => "sans",
        Amount::Light => "léger",
        Amount::Normal => "normal",
        Amount::Extra => "extra",
    }
}

/// What stands before an ingredient that differs from the recipe, with what parts it from the name:
/// "sans ", "+ ", "peu de " or "peu d’".
pub(crate) fn change(change: &ChangeView) -> &'static str {
    match (change.amount, change.added) {
        (Amount::None, _) => "sans ",
        (Amount::Light, _) if elides(&change.name) => "peu d’",
        (Amount::Light, _) => "peu de ",
        (Amount::Normal, _) => "+ ",
        (Amount::Extra, false) => "extra ",
        (Amount::Extra, true) => "+ + ",
    }
}

/// Whether « de » loses its vowel before a name.
fn elides(name: &str) -> bool {
    fold(name).starts_with(['A', 'E', 'I', 'O', 'U', 'H'])
}

/// "½", "⅓", "¼", "¾" or "5/12": a share of a pizza; empty for the whole.
pub(crate) fn share_name(share: (u8, u8)) -> String {
    match share {
        (1, 1) => String::new(),
        (1, 2) => "½".to_owned(),
        (1, 3) => "⅓".to_owned(),
        (2, 3) => "⅔".to_owned(),
        (1, 4) => "¼".to_owned(),
        (3, 4) => "¾".to_owned(),
        (part, of) => format!("{part}/{of}"),
    }
}

/// What has run out: its name where the menu is at hand.
fn run_out(item: &Item, menu: Option<&Catalogue>) -> String {
    match item {
        Item::Product(code) => menu
            .and_then(|menu| menu.product(code))
            .map_or_else(|| code.to_string(), |product| product.name.clone()),
        Item::Ingredient(code) => menu
            .and_then(|menu| menu.ingredient(code))
            .map_or_else(|| code.to_string(), |ingredient| ingredient.name.clone()),
        Item::Dough(size) => match menu.and_then(|menu| menu.size(size)) {
            Some(size) => format!("pâton {}", size.name),
            None => format!("pâton {size}"),
        },
    }
}

/// Why a configuration cannot be sold, and what to change.
pub(crate) fn configuration_refused(
    refused: &ConfigurationRefused,
    menu: Option<&Catalogue>,
) -> String {
    use ConfigurationRefused as Refused;
    let said = match refused {
        Refused::PartsDoNotAddUp => "Les parts ne font pas une pizza entière.".to_owned(),
        Refused::UnknownProduct(code) => format!("{code} n’est pas à la carte."),
        Refused::NotDivisible(code) => format!("{code} ne se divise pas."),
        Refused::UnknownSize(size) => format!("La taille {size} n’existe pas."),
        Refused::NotInThatSize(code) => format!("{code} ne se vend pas dans cette taille."),
        Refused::MixedClasses => "Ces parts n’ont pas la même TVA : faites deux lignes.".to_owned(),
        Refused::NoSuchPart(part) => {
            format!("Il n’y a pas de part {}.", u16::from(*part).saturating_add(1))
        }
        Refused::UnknownOption { option, .. } => format!("{option} ne va pas avec cet article."),
        Refused::OptionTwice { option, .. } => format!("{option} est choisi deux fois."),
        Refused::TooFewChosen { group, min, .. } => format!("Choisissez au moins {min} : {group}."),
        Refused::TooManyChosen { group, max, .. } => format!("Choisissez au plus {max} : {group}."),
        Refused::UnknownIngredient(code) => format!("{code} n’est pas un ingrédient de la carte."),
        Refused::Conflicting(code) => format!("Deux demandes contraires pour {code}."),
        Refused::NotInIt(code) => format!("{code} n’est pas dans la recette : rien à retirer."),
        Refused::NotAddable(code) => format!("{code} ne s’ajoute pas dans cette taille."),
        Refused::RanOut(item) => {
            let item = run_out(item, menu);
            let of = if elides(&item) { "d’" } else { "de " };
            format!("Plus {of}{item} aujourd’hui.")
        }
    };
    french(&said)
}

/// What is in the way of a typed order: the word pointed at, and what to do.
pub(crate) fn problem(kind: ProblemKind, word: &str) -> String {
    let word = if word.is_empty() { "Un mot".to_owned() } else { format!("« {word} »") };
    let said = match kind {
        ProblemKind::Unfinished => format!("{word} : continuez à taper."),
        ProblemKind::UnknownProduct => format!("{word} n’est pas un produit."),
        ProblemKind::UnknownIngredient => format!("{word} n’est pas un ingrédient."),
        ProblemKind::UnknownOption => format!("{word} n’est pas une option de ce produit."),
        ProblemKind::NoSuchPart => format!("{word} vise une part qui n’existe pas."),
        ProblemKind::TooManyParts => format!("{word} : quatre parts au plus."),
        ProblemKind::NoProduct => format!("{word} : dites d’abord de quel produit."),
        ProblemKind::SecondProduct => format!("{word} : mettez « ; » entre deux produits."),
        ProblemKind::SecondSize => format!("{word} : la taille est déjà dite."),
        ProblemKind::SecondQuantity => format!("{word} : la quantité est déjà dite."),
        ProblemKind::SecondWhen => format!("{word} : l’heure est déjà dite."),
        ProblemKind::SecondMode => format!("{word} : le mode est déjà dit."),
        ProblemKind::ImpossibleWhen => format!("{word} n’est pas une heure possible."),
        ProblemKind::ImpossibleQuantity => format!("{word} : la quantité va de 1 à 99."),
    };
    french(&said)
}
