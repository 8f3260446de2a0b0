//! The catalogue: one whole, numbered version of what a shop sells and what it is made of.
//!
//! It is published by the centre as a blob (deterministic CBOR, named by its SHA-256) and never
//! changed: a new menu is a new version. What runs out in a shop is not in it, see [`crate::stock`].

mod allergen;
mod check;
mod per_size;

pub use allergen::{Allergen, Allergens};
pub use check::Fault;
pub use per_size::PerSize;

use crate::formule::Formule;
use crate::id::{CategoryCode, GroupCode, IngredientCode, OptionCode, ProductCode, SizeCode};
use crate::text;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Class;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A blob that is not what its publication says it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a {0}")]
pub struct BrokenBlob(pub &'static str);

/// One whole version of the menu.
///
/// `products` and `ingredients` stand in the order of their codes, which is what lookups rely on;
/// [`Catalogue::sorted`] brings them there and [`Catalogue::check`] says where they are not.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Catalogue {
    /// The version: a later one has a greater number.
    #[n(0)]
    pub number: u32,
    /// What the centre calls it: "Carte d'hiver".
    #[n(1)]
    pub name: String,
    /// Every size of the sized products, smallest first.
    #[n(2)]
    pub sizes: Vec<Size>,
    /// The size meant when none is typed.
    #[n(3)]
    pub default_size: SizeCode,
    /// What a pizza of several parts costs.
    #[n(4)]
    pub part_price: PartPrice,
    /// The tabs of the counter, in their order.
    #[n(5)]
    pub categories: Vec<Category>,
    /// Everything that can be sold.
    #[n(6)]
    pub products: Vec<Product>,
    /// Everything that products are made of.
    #[n(7)]
    pub ingredients: Vec<Ingredient>,
    /// Set meals at one price. See [`Catalogue::formules`].
    #[n(8)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formules: Option<Vec<Formule>>,
}

/// A size of the sized products, with the ball of dough it takes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Size {
    /// What staff type: "S".
    #[n(0)]
    pub code: SizeCode,
    /// What they may type as well: "M" for "S".
    #[n(1)]
    pub aliases: Vec<String>,
    /// What the customer reads: "Standard".
    #[n(2)]
    pub name: String,
    /// Across, in millimetres.
    #[n(3)]
    pub diameter_mm: u16,
    /// The ingredient that the ball is made of. It cannot be changed or taken off.
    #[n(4)]
    pub dough: IngredientCode,
    /// The weight of the ball.
    #[n(5)]
    pub dough_grams: u32,
}

/// What a pizza of several parts costs, before what is added to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
pub enum PartPrice {
    /// As much as its dearest part would whole: the common rule, and the default.
    #[default]
    #[n(0)]
    Dearest,
    /// The mean of its parts' whole prices, weighted by their shares, half a cent rounding up.
    #[n(1)]
    Mean,
}

/// A tab of the counter.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Category {
    /// Its code.
    #[n(0)]
    pub code: CategoryCode,
    /// What is written on it: "Base tomate".
    #[n(1)]
    pub name: String,
    /// Whether what is in it is made in the kitchen, and so is sent there.
    #[n(2)]
    pub made_in_kitchen: bool,
}

/// Something that is sold.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Product {
    /// What staff type.
    #[n(0)]
    pub code: ProductCode,
    /// What the customer reads.
    #[n(1)]
    pub name: String,
    /// The tab it stands under.
    #[n(2)]
    pub category: CategoryCode,
    /// Where it stands there, smallest first; equals go by code.
    #[n(3)]
    pub place: u16,
    /// What its VAT rate depends on, with mode and date.
    #[n(4)]
    pub class: Class,
    /// Price and recipe.
    #[n(5)]
    pub base: Base,
    /// What a customer chooses of.
    #[n(6)]
    pub choices: Vec<ChoiceGroup>,
    /// Whether this version of the menu offers it at all.
    #[n(7)]
    pub available: bool,
}

/// Price and recipe of a product.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub enum Base {
    /// It has no size: a can, a tiramisu. It cannot be a part of anything.
    #[n(0)]
    Simple {
        /// Its price, VAT included.
        #[n(0)]
        price: Money,
        /// What one takes. Amounts are [`PerSize::Flat`].
        #[n(1)]
        uses: Vec<Use>,
    },
    /// A pizza: it has sizes and can be a part of one. The ball of dough comes with the size.
    #[n(1)]
    Sized {
        /// Its price by size, VAT included. A size without a price is not offered.
        #[n(0)]
        prices: BTreeMap<SizeCode, Money>,
        /// What goes on it, in the order it goes on.
        #[n(1)]
        recipe: Vec<Use>,
    },
}

/// How much of an ingredient something takes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Use {
    /// The ingredient.
    #[n(0)]
    pub ingredient: IngredientCode,
    /// In the ingredient's unit: grams or pieces.
    #[n(1)]
    pub amount: PerSize<u32>,
}

/// Options of which a customer takes at least `min` and at most `max`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ChoiceGroup {
    /// Its code, unique in its product.
    #[n(0)]
    pub code: GroupCode,
    /// What the customer reads: "Cuisson".
    #[n(1)]
    pub name: String,
    /// The fewest options to take.
    #[n(2)]
    pub min: u8,
    /// The most options to take.
    #[n(3)]
    pub max: u8,
    /// The options.
    #[n(4)]
    pub options: Vec<ChoiceOption>,
}

/// One option of a group.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// Its code, unique in its product.
    #[n(0)]
    pub code: OptionCode,
    /// What the customer reads: "Bien cuite".
    #[n(1)]
    pub name: String,
    /// What it adds to the price.
    #[n(2)]
    pub price: PerSize<Money>,
    /// What it takes.
    #[n(3)]
    pub uses: Vec<Use>,
}

/// What an ingredient is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
pub enum Unit {
    /// By weight.
    #[n(0)]
    Gram,
    /// By number: eggs, cans, boxes.
    #[n(1)]
    Piece,
}

/// Something that products are made of.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Ingredient {
    /// What staff type.
    #[n(0)]
    pub code: IngredientCode,
    /// What staff and customers read, as within a sentence: "basilic".
    #[n(1)]
    pub name: String,
    /// What it is counted in.
    #[n(2)]
    pub unit: Unit,
    /// Which of the 14 allergens it holds.
    #[n(3)]
    pub allergens: Allergens,
    /// What 1,000 units cost us (a kilogram, or a thousand pieces), in cents before VAT.
    #[n(4)]
    pub cost_cents_per_1000: u32,
    /// Where it comes from: "Italie".
    #[n(5)]
    pub origin: String,
    /// What it costs to have it added; `None` where it is never added.
    #[n(6)]
    pub added: Option<Added>,
    /// How much "light" is, in per cent of the normal amount: 0 to 100.
    #[n(7)]
    pub light_percent: u16,
    /// How much "extra" is, in per cent of the normal amount: 100 or more.
    #[n(8)]
    pub extra_percent: u16,
    /// Whether this version of the menu still uses it.
    #[n(9)]
    pub available: bool,
}

/// An ingredient put on something that does not have it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Added {
    /// The price of one addition, VAT included; also of making "extra" what is there already.
    #[n(0)]
    pub price: PerSize<Money>,
    /// How much one addition is, in the ingredient's unit.
    #[n(1)]
    pub amount: PerSize<u32>,
}

impl Catalogue {
    /// The same catalogue with products and ingredients in the order that lookups rely on.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.products.sort_by(|a, b| a.code.cmp(&b.code));
        self.ingredients.sort_by(|a, b| a.code.cmp(&b.code));
        self
    }

    /// The blob's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any catalogue")
    }

    /// Reads a blob.
    ///
    /// # Errors
    ///
    /// [`BrokenBlob`] where the bytes are not a catalogue.
    pub fn decode(bytes: &[u8]) -> Result<Self, BrokenBlob> {
        minicbor::decode::<Self>(bytes).map(Self::sorted).map_err(|_| BrokenBlob("catalogue"))
    }

    /// Set meals at one price: found in what is ordered, see [`crate::formule`].
    #[must_use]
    pub fn formules(&self) -> &[Formule] {
        self.formules.as_deref().unwrap_or_default()
    }

    /// The product of this code.
    #[must_use]
    pub fn product(&self, code: &ProductCode) -> Option<&Product> {
        let at = self.products.binary_search_by(|it| it.code.cmp(code)).ok()?;
        self.products.get(at)
    }

    /// The ingredient of this code.
    #[must_use]
    pub fn ingredient(&self, code: &IngredientCode) -> Option<&Ingredient> {
        let at = self.ingredients.binary_search_by(|it| it.code.cmp(code)).ok()?;
        self.ingredients.get(at)
    }

    /// The size of this code.
    #[must_use]
    pub fn size(&self, code: &SizeCode) -> Option<&Size> {
        self.sizes.iter().find(|it| it.code == *code)
    }

    /// The size that somebody means who writes `word`: its code, or one of its aliases.
    #[must_use]
    pub fn size_called(&self, word: &str) -> Option<&Size> {
        let word = text::fold(word);
        self.sizes.iter().find(|size| {
            text::fold(size.code.as_str()) == word
                || size.aliases.iter().any(|alias| text::fold(alias) == word)
        })
    }

    /// The category of this code.
    #[must_use]
    pub fn category(&self, code: &CategoryCode) -> Option<&Category> {
        self.categories.iter().find(|it| it.code == *code)
    }

    /// What a product contains as the menu has it, dough included, before options and changes.
    #[must_use]
    pub fn allergens(&self, product: &Product) -> Allergens {
        let doughs = self.sizes.iter().filter(|size| product.price(Some(&size.code)).is_some());
        let doughs = doughs.map(|size| &size.dough);
        let ingredients = product.recipe().iter().map(|it| &it.ingredient).chain(doughs);
        ingredients
            .filter_map(|code| self.ingredient(code))
            .fold(Allergens::NONE, |all, it| all.union(it.allergens))
    }

    /// Whether the product is made in the kitchen: what is bought ready goes from the counter.
    #[must_use]
    pub fn is_made_in_kitchen(&self, product: &Product) -> bool {
        self.category(&product.category).is_some_and(|it| it.made_in_kitchen)
    }

    /// The products of a tab, in their places.
    #[must_use]
    pub fn in_category(&self, code: &CategoryCode) -> Vec<&Product> {
        let mut products: Vec<_> =
            self.products.iter().filter(|it| it.available && it.category == *code).collect();
        products.sort_by_key(|it| it.place);
        products
    }
}

impl Product {
    /// Whether it comes in sizes, and so can be a part of a pizza.
    #[must_use]
    pub fn is_sized(&self) -> bool {
        match self.base {
            Base::Simple { .. } => false,
            Base::Sized { .. } => true,
        }
    }

    /// Its price whole and unchanged, in a size if it has sizes.
    #[must_use]
    pub fn price(&self, size: Option<&SizeCode>) -> Option<Money> {
        match (&self.base, size) {
            (Base::Simple { price, .. }, None) => Some(*price),
            (Base::Sized { prices, .. }, Some(size)) => prices.get(size).copied(),
            (Base::Simple { .. }, Some(_)) | (Base::Sized { .. }, None) => None,
        }
    }

    /// What it is made of, the ball of dough apart.
    #[must_use]
    pub fn recipe(&self) -> &[Use] {
        match &self.base {
            Base::Simple { uses, .. } => uses,
            Base::Sized { recipe, .. } => recipe,
        }
    }

    /// Whether the ingredient is in its recipe.
    #[must_use]
    pub fn has(&self, ingredient: &IngredientCode) -> bool {
        self.recipe().iter().any(|it| it.ingredient == *ingredient)
    }
}

#[cfg(test)]
mod tests;
