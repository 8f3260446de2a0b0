//! A configured product, and the one algebra that says all that follows from it.
//!
//! A pizza is one or more parts, each a product of the menu with a share of the whole; a topping
//! change is an ingredient change. [`Configured::make`] works out how much of every ingredient goes
//! in, and one fold over those amounts, [`Sum`], gives price, stock use, food cost and allergens.
//!
//! # What it costs
//!
//! - One part: the product's price in that size. Several: [`PartPrice`] says, the dearest part or
//!   the mean of the parts weighted by their shares.
//! - A change is charged by portions. Putting on what is not there is one portion, "extra" is one
//!   portion more, "light" and "without" are free of charge and give nothing back. A portion has a
//!   price by size. On one part of a pizza it costs that part's share: half on a half.
//! - An option costs its price, and on one part that part's share of it.
//! - Each of these terms is rounded to the cent once, half a cent upwards, so the order in which
//!   changes were asked for never matters.

mod make;
mod sum;

pub use make::{Made, MadePart, MadeUse};
pub use sum::{Cost, Quantity, Sum};

use crate::catalogue::Catalogue;
#[cfg(doc)]
use crate::catalogue::PartPrice;
use crate::id::{GroupCode, IngredientCode, OptionCode, ProductCode, SizeCode};
use crate::stock::{Availability, Item};
use alloc::vec::Vec;
use core::fmt;
use fiscal::Money;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What a customer wants of the menu: a can, a pizza, a pizza of parts with changes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Configured {
    /// One part for a whole product; two to four, as a rule, for a divided pizza.
    #[n(0)]
    pub parts: Vec<Part>,
    /// The size, for what comes in sizes.
    #[n(1)]
    pub size: Option<SizeCode>,
    /// What differs from the recipe. Their order means nothing.
    #[n(2)]
    pub changes: Vec<Change>,
    /// The options taken. Their order means nothing.
    #[n(3)]
    pub choices: Vec<Choice>,
}

/// One product of the menu, on its share of the whole.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Part {
    /// The product.
    #[n(0)]
    pub product: ProductCode,
    /// Its share.
    #[n(1)]
    pub share: Share,
}

/// A share of a whole, in twelfths: halves, thirds and quarters all are, so that shares add up
/// exactly and nothing is lost in a fraction. In JSON and CBOR the number of twelfths.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Share(#[n(0)] u8);

impl Share {
    /// All of it.
    pub const WHOLE: Self = Self(12);
    /// ½.
    pub const HALF: Self = Self(6);
    /// ⅓.
    pub const THIRD: Self = Self(4);
    /// ¼.
    pub const QUARTER: Self = Self(3);

    /// The share of each of `parts` equal parts: 1 to 4, else `None`.
    #[must_use]
    pub const fn of_equal(parts: usize) -> Option<Self> {
        match parts {
            1 => Some(Self::WHOLE),
            2 => Some(Self::HALF),
            3 => Some(Self::THIRD),
            4 => Some(Self::QUARTER),
            _ => None,
        }
    }

    /// In twelfths.
    #[must_use]
    pub const fn twelfths(self) -> u8 {
        self.0
    }

    /// As a fraction in lowest terms: (1, 2) for a half.
    #[must_use]
    pub fn fraction(self) -> (u8, u8) {
        let divides = |by: u8| self.0.is_multiple_of(by);
        let by = [12, 6, 4, 3, 2].into_iter().find(|by| divides(*by) && self.0 != 0).unwrap_or(1);
        (self.0.checked_div(by).unwrap_or(0), 12_u8.checked_div(by).unwrap_or(12))
    }
}

/// One difference from the recipe.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub struct Change {
    /// Of which ingredient.
    #[n(0)]
    pub ingredient: IngredientCode,
    /// How much of it there is to be.
    #[n(1)]
    pub amount: Amount,
    /// On which part, counted from 0; `None` is the whole pizza. Taking off, or making light, from
    /// the whole concerns the parts that have the ingredient.
    #[n(2)]
    pub on: Option<u8>,
}

/// How much of an ingredient there is to be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Amount {
    /// None of it: "sans".
    #[n(0)]
    None,
    /// The ingredient's light percentage of the normal amount.
    #[n(1)]
    Light,
    /// As in the recipe, or where it is not in the recipe, one addition.
    #[n(2)]
    Normal,
    /// The ingredient's extra percentage of the normal amount.
    #[n(3)]
    Extra,
}

/// An option taken.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize)]
pub struct Choice {
    /// The group.
    #[n(0)]
    pub group: GroupCode,
    /// The option of it.
    #[n(1)]
    pub option: OptionCode,
    /// On which part, counted from 0; `None` is every part that offers it.
    #[n(2)]
    pub on: Option<u8>,
}

/// Why a configuration cannot be sold. Where several hold, the first in this order is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ConfigurationRefused {
    /// The shares do not make one whole, or there are no parts.
    #[error("the parts do not make one whole")]
    PartsDoNotAddUp,
    /// The menu has no such product.
    #[error("there is no product {0}")]
    UnknownProduct(ProductCode),
    /// Only what comes in sizes can be a part of something.
    #[error("{0} cannot be divided")]
    NotDivisible(ProductCode),
    /// The menu has no such size.
    #[error("there is no size {0}")]
    UnknownSize(SizeCode),
    /// It comes in sizes and none is given, or the other way round, or not in this one.
    #[error("{0} is not sold in that size")]
    NotInThatSize(ProductCode),
    /// Parts that are taxed differently cannot be one line.
    #[error("the parts are taxed differently")]
    MixedClasses,
    /// A change or an option is on a part that is not there.
    #[error("there is no part {0}")]
    NoSuchPart(u8),
    /// No part concerned offers such an option.
    #[error("there is no option {option} in {group}")]
    UnknownOption {
        /// The group.
        group: GroupCode,
        /// The option.
        option: OptionCode,
    },
    /// One option is taken twice for one part.
    #[error("{option} of {group} is taken twice")]
    OptionTwice {
        /// The group.
        group: GroupCode,
        /// The option.
        option: OptionCode,
    },
    /// Fewer options than the group asks for.
    #[error("{product}: choose at least {min} of {group}")]
    TooFewChosen {
        /// The product that has the group.
        product: ProductCode,
        /// The group.
        group: GroupCode,
        /// The fewest.
        min: u8,
    },
    /// More options than the group allows.
    #[error("{product}: choose at most {max} of {group}")]
    TooManyChosen {
        /// The product that has the group.
        product: ProductCode,
        /// The group.
        group: GroupCode,
        /// The most.
        max: u8,
    },
    /// The menu has no such ingredient.
    #[error("there is no ingredient {0}")]
    UnknownIngredient(IngredientCode),
    /// Two changes speak of one ingredient on one part.
    #[error("two changes of {0} on one part")]
    Conflicting(IngredientCode),
    /// What is to be taken off is not on.
    #[error("{0} is not in it")]
    NotInIt(IngredientCode),
    /// What is to be put on cannot be had as an addition in that size.
    #[error("{0} cannot be added")]
    NotAddable(IngredientCode),
    /// The shop has run out, or the menu no longer offers it.
    #[error("{0} has run out")]
    RanOut(Item),
}

impl Configured {
    /// The product as the menu has it, whole and unchanged.
    #[must_use]
    pub fn whole(product: impl Into<ProductCode>, size: Option<SizeCode>) -> Self {
        Self::divided([product.into()].into(), size).expect("one part is a whole")
    }

    /// A pizza of equal parts: 1 to 4, else `None`.
    #[must_use]
    pub fn divided(products: Vec<ProductCode>, size: Option<SizeCode>) -> Option<Self> {
        let share = Share::of_equal(products.len())?;
        let parts = products.into_iter().map(|product| Part { product, share }).collect();
        Some(Self { parts, size, changes: Vec::new(), choices: Vec::new() })
    }

    /// Works out what is to be made, whether or not the shop has run out of something.
    ///
    /// # Errors
    ///
    /// [`ConfigurationRefused`], all but `RanOut`. Where the configuration was sold under this same
    /// catalogue, an error is broken data.
    pub fn make(&self, catalogue: &Catalogue) -> Result<Made, ConfigurationRefused> {
        make::make(self, catalogue)
    }

    /// What the menu asks for one without any change or option, in its size and of its parts.
    ///
    /// # Errors
    ///
    /// [`ConfigurationRefused`], where parts, products, size or classes are wrong.
    pub fn separate_price(&self, catalogue: &Catalogue) -> Result<Money, ConfigurationRefused> {
        make::separate_price(self, catalogue)
    }

    /// Works out what is to be made, if the shop can make it now.
    ///
    /// # Errors
    ///
    /// [`ConfigurationRefused`].
    pub fn sell(
        &self,
        catalogue: &Catalogue,
        availability: &Availability,
    ) -> Result<Made, ConfigurationRefused> {
        let made = self.make(catalogue)?;
        match made.first_out(catalogue, availability) {
            Some(item) => Err(ConfigurationRefused::RanOut(item)),
            None => Ok(made),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fraction() {
            (1, 1) => f.write_str("1"),
            (1, 2) => f.write_str("½"),
            (1, 3) => f.write_str("⅓"),
            (1, 4) => f.write_str("¼"),
            (2, 3) => f.write_str("⅔"),
            (3, 4) => f.write_str("¾"),
            (num, den) => write!(f, "{num}/{den}"),
        }
    }
}

#[cfg(test)]
mod tests;
