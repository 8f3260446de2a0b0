//! What is wrong with a catalogue, before it is published.

mod formule;

use super::{Base, Catalogue, ChoiceGroup, Ingredient, Product, Size, Use};
use crate::id::{
    CategoryCode, FormuleCode, GroupCode, IngredientCode, OptionCode, ProductCode, SizeCode,
};
use crate::{text, typed};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// One thing that is wrong with a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// Two products, ingredients, sizes, categories, options or formules have one code.
    #[error("{0} is used twice")]
    Duplicate(String),
    /// Products or ingredients do not stand in the order of their codes.
    #[error("products or ingredients are not sorted by code")]
    Unsorted,
    /// A code is not 2 to 6 capital letters and digits, or is digits alone.
    #[error("{0} cannot be typed")]
    NotACode(String),
    /// A code that the order line reads as something else: a size, a time, a quantity, a mode.
    #[error("{0} reads as a size, a time, a quantity or a mode")]
    ReadsOtherwise(String),
    /// The size meant when none is typed is not a size.
    #[error("there is no default size {0}")]
    NoDefaultSize(SizeCode),
    /// A product's category is missing.
    #[error("{product} is in {category}, which does not exist")]
    NoCategory {
        /// The product.
        product: ProductCode,
        /// The category it names.
        category: CategoryCode,
    },
    /// A recipe, an option or a size names an ingredient that is missing.
    #[error("{of} takes {ingredient}, which does not exist")]
    NoIngredient {
        /// What names it.
        of: String,
        /// The ingredient.
        ingredient: IngredientCode,
    },
    /// An ingredient stands twice in a recipe.
    #[error("{of} takes {ingredient} twice")]
    IngredientTwice {
        /// Whose recipe.
        of: String,
        /// The ingredient.
        ingredient: IngredientCode,
    },
    /// A recipe, an option or an addition has no amount for a size that is sold.
    #[error("{of} has no amount of {ingredient} in a size that is sold")]
    NoAmount {
        /// What names it.
        of: String,
        /// The ingredient.
        ingredient: IngredientCode,
    },
    /// A sized product has no price in any size, or one in a size that does not exist; or an option
    /// has none in a size that is sold.
    #[error("{0} lacks a price in a size")]
    NoPrice(String),
    /// A price below nothing.
    #[error("{0} has a price below zero")]
    NegativePrice(String),
    /// A group asks for more options than it has, or for at least more than at most.
    #[error("no choice of {group} can be right for {product}")]
    ImpossibleChoice {
        /// The product.
        product: ProductCode,
        /// The group.
        group: GroupCode,
    },
    /// Light is more than normal, or extra is less.
    #[error("light or extra of {0} is on the wrong side of normal")]
    WrongFactor(IngredientCode),
    /// A formule without slots, or offered in no mode.
    #[error("{0} can never be sold")]
    EmptyFormule(FormuleCode),
    /// A slot of a formule names a product, a category or a size that is missing.
    #[error("{formule} names {code}, which does not exist")]
    NoComponent {
        /// The formule.
        formule: FormuleCode,
        /// What it names.
        code: String,
    },
    /// Nothing that the menu offers fills a slot.
    #[error("{formule}: nothing fills {slot}")]
    EmptySlot {
        /// The formule.
        formule: FormuleCode,
        /// The slot's name.
        slot: String,
    },
    /// What is in a formule has no price of its own in a size that it is in it: the formule's price
    /// could not be split over the rates of VAT.
    #[error("{formule}: {product} has no price of its own")]
    NoSeparatePrice {
        /// The formule.
        formule: FormuleCode,
        /// The product.
        product: ProductCode,
    },
    /// A formule can cost more than its parts.
    #[error("{0} costs more than the cheapest of what is in it")]
    DearFormule(FormuleCode),
}

impl Catalogue {
    /// Everything that is wrong with this catalogue; nothing where it may be published.
    #[must_use]
    pub fn check(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !self.products.is_sorted_by(|a, b| a.code <= b.code)
            || !self.ingredients.is_sorted_by(|a, b| a.code <= b.code)
        {
            faults.push(Fault::Unsorted);
        }
        if self.size(&self.default_size).is_none() {
            faults.push(Fault::NoDefaultSize(self.default_size.clone()));
        }
        self.check_codes(&mut faults);
        for size in &self.sizes {
            self.check_size(size, &mut faults);
        }
        for product in &self.products {
            self.check_product(product, &mut faults);
        }
        for ingredient in &self.ingredients {
            self.check_ingredient(ingredient, &mut faults);
        }
        self.check_formules(&mut faults);
        faults
    }

    fn check_codes(&self, faults: &mut Vec<Fault>) {
        duplicates(self.products.iter().map(|it| it.code.as_str()), faults);
        duplicates(self.ingredients.iter().map(|it| it.code.as_str()), faults);
        duplicates(self.categories.iter().map(|it| it.code.as_str()), faults);
        let sizes = self.sizes.iter();
        duplicates(
            sizes.flat_map(|it| {
                core::iter::once(it.code.as_str()).chain(it.aliases.iter().map(String::as_str))
            }),
            faults,
        );
        let options = self.products.iter().flat_map(|it| &it.choices).flat_map(|it| &it.options);
        let codes: BTreeSet<&str> = (self.products.iter().map(|it| it.code.as_str()))
            .chain(self.ingredients.iter().map(|it| it.code.as_str()))
            .chain(options.map(|it| OptionCode::as_str(&it.code)))
            .collect();
        for code in codes {
            if !is_well_formed(code) {
                faults.push(Fault::NotACode(code.to_owned()));
            } else if self.size_called(code).is_some() || typed::reads_otherwise(code) {
                faults.push(Fault::ReadsOtherwise(code.to_owned()));
            }
        }
    }

    fn check_size(&self, size: &Size, faults: &mut Vec<Fault>) {
        if self.ingredient(&size.dough).is_none() {
            let (of, ingredient) = (size.code.to_string(), size.dough.clone());
            faults.push(Fault::NoIngredient { of, ingredient });
        }
    }

    fn check_product(&self, product: &Product, faults: &mut Vec<Fault>) {
        let of = product.code.as_str();
        if self.category(&product.category).is_none() {
            let (product, category) = (product.code.clone(), product.category.clone());
            faults.push(Fault::NoCategory { product, category });
        }
        let sold: Vec<Option<&SizeCode>> = match &product.base {
            Base::Simple { price, .. } => {
                check_price(of, *price, faults);
                [None].into()
            }
            Base::Sized { prices, .. } => {
                if prices.is_empty() || prices.keys().any(|size| self.size(size).is_none()) {
                    faults.push(Fault::NoPrice(of.to_owned()));
                }
                prices.values().for_each(|price| check_price(of, *price, faults));
                prices.keys().map(Some).collect()
            }
        };
        self.check_uses(of, product.recipe(), &sold, faults);
        let options = product.choices.iter().flat_map(|group| &group.options);
        duplicates(options.map(|it| it.code.as_str()), faults);
        duplicates(product.choices.iter().map(|it| it.code.as_str()), faults);
        for group in &product.choices {
            self.check_group(product, group, &sold, faults);
        }
    }

    fn check_group(
        &self,
        product: &Product,
        group: &ChoiceGroup,
        sold: &[Option<&SizeCode>],
        faults: &mut Vec<Fault>,
    ) {
        if group.max < group.min || group.options.len() < usize::from(group.min) {
            let (product, group) = (product.code.clone(), group.code.clone());
            faults.push(Fault::ImpossibleChoice { product, group });
        }
        for option in &group.options {
            let of = option.code.as_str();
            if sold.iter().any(|size| option.price.get(*size).is_none()) {
                faults.push(Fault::NoPrice(of.to_owned()));
            }
            option.price.values().for_each(|price| check_price(of, *price, faults));
            self.check_uses(of, &option.uses, sold, faults);
        }
    }

    fn check_uses(
        &self,
        of: &str,
        uses: &[Use],
        sold: &[Option<&SizeCode>],
        faults: &mut Vec<Fault>,
    ) {
        let mut seen = BTreeSet::new();
        for it in uses {
            let (of, ingredient) = (of.to_owned(), it.ingredient.clone());
            if self.ingredient(&ingredient).is_none() {
                faults.push(Fault::NoIngredient { of, ingredient });
            } else if !seen.insert(&it.ingredient) {
                faults.push(Fault::IngredientTwice { of, ingredient });
            } else if sold.iter().any(|size| it.amount.get(*size).is_none()) {
                faults.push(Fault::NoAmount { of, ingredient });
            }
        }
    }

    fn check_ingredient(&self, ingredient: &Ingredient, faults: &mut Vec<Fault>) {
        let of = ingredient.code.as_str();
        if ingredient.light_percent > 100 || ingredient.extra_percent < 100 {
            faults.push(Fault::WrongFactor(ingredient.code.clone()));
        }
        let Some(added) = &ingredient.added else {
            return;
        };
        added.price.values().for_each(|price| check_price(of, *price, faults));
        let lacks = |size: &Size| {
            let size = Some(&size.code);
            added.price.get(size).is_some() != added.amount.get(size).is_some()
        };
        if self.sizes.iter().any(lacks) {
            let (of, ingredient) = (of.to_owned(), ingredient.code.clone());
            faults.push(Fault::NoAmount { of, ingredient });
        }
    }
}

fn is_well_formed(code: &str) -> bool {
    (2..=6).contains(&code.len())
        && code.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit())
        && code.bytes().any(|it| it.is_ascii_uppercase())
}

fn check_price(of: &str, price: Money, faults: &mut Vec<Fault>) {
    if price.cents() < 0 {
        faults.push(Fault::NegativePrice(of.to_owned()));
    }
}

fn duplicates<'a>(codes: impl Iterator<Item = &'a str>, faults: &mut Vec<Fault>) {
    let mut seen = BTreeSet::new();
    for code in codes {
        if !seen.insert(text::fold(code)) {
            faults.push(Fault::Duplicate(code.to_owned()));
        }
    }
}
