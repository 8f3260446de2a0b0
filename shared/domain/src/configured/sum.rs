//! What amounts of ingredients add up to.

use crate::catalogue::{Allergens, Ingredient};
use crate::id::IngredientCode;
use alloc::collections::BTreeMap;
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// An amount of an ingredient, in 1/1200 of its unit: a twelfth of a pizza times a per cent, so
/// that any share of any change is a whole number of them and adds up without loss.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(u64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    const PER_UNIT: u64 = 1200;

    /// So many grams or pieces.
    #[must_use]
    pub fn units(units: u32) -> Self {
        Self(u64::from(units).saturating_mul(Self::PER_UNIT))
    }

    /// `percent` of `units` on `twelfths` of a whole: never rounded.
    #[must_use]
    pub fn part_of(units: u32, twelfths: u8, percent: u16) -> Self {
        let amount = u64::from(units).saturating_mul(u64::from(twelfths));
        Self(amount.saturating_mul(u64::from(percent)))
    }

    /// In 1/1200 of the unit: exact.
    #[must_use]
    pub const fn exact(self) -> u64 {
        self.0
    }

    /// In milligrams, or thousandths of a piece; half of one rounds up.
    #[must_use]
    pub fn thousandths(self) -> u64 {
        self.0.saturating_mul(10).saturating_add(6) / 12
    }

    /// In whole grams or pieces; half of one rounds up. For people, not for sums.
    #[must_use]
    pub fn rounded(self) -> u64 {
        self.0.saturating_add(Self::PER_UNIT / 2) / Self::PER_UNIT
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// So many times as much.
    #[must_use]
    pub fn times(self, count: u16) -> Self {
        Self(self.0.saturating_mul(u64::from(count)))
    }
}

/// What ingredients cost us, before VAT, in 1/1,200,000 of a cent: exact for any [`Quantity`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cost(u64);

impl Cost {
    const PER_CENT: u64 = 1_200_000;

    /// To the cent, half a cent rounding up.
    #[must_use]
    pub fn money(self) -> Money {
        let cents = self.0.saturating_add(Self::PER_CENT / 2) / Self::PER_CENT;
        Money::from_cents(i64::try_from(cents).expect("u64::MAX / 1,200,000 is within i64"))
    }

    /// Exact, in 1/1,200,000 of a cent.
    #[must_use]
    pub const fn exact(self) -> u64 {
        self.0
    }
}

/// Price, stock use, food cost and allergens of something made.
///
/// Sums form a commutative monoid: [`Sum::default`] is nothing, [`Sum::plus`] puts two together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// What the customer pays, VAT included.
    pub price: Money,
    /// What is taken from stock; never an amount of zero.
    pub uses: BTreeMap<IngredientCode, Quantity>,
    /// What that costs us.
    pub cost: Cost,
    /// What it contains.
    pub allergens: Allergens,
}

impl Sum {
    /// A price, for nothing.
    #[must_use]
    pub fn priced(price: Money) -> Self {
        Self { price, ..Self::default() }
    }

    /// An amount of an ingredient, for no price.
    #[must_use]
    pub fn taken(ingredient: &Ingredient, quantity: Quantity) -> Self {
        if quantity == Quantity::ZERO {
            return Self::default();
        }
        Self {
            price: Money::default(),
            uses: BTreeMap::from([(ingredient.code.clone(), quantity)]),
            cost: Cost(quantity.0.saturating_mul(u64::from(ingredient.cost_cents_per_1000))),
            allergens: ingredient.allergens,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.price = cents(self.price.cents().saturating_add(other.price.cents()));
        self.cost = Cost(self.cost.0.saturating_add(other.cost.0));
        self.allergens = self.allergens.union(other.allergens);
        for (ingredient, quantity) in other.uses {
            let held = self.uses.entry(ingredient).or_default();
            *held = held.plus(quantity);
        }
        self
    }

    /// So many of the same.
    #[must_use]
    pub fn times(mut self, count: u16) -> Self {
        if count == 0 {
            return Self::default();
        }
        self.price = cents(self.price.cents().saturating_mul(i64::from(count)));
        self.cost = Cost(self.cost.0.saturating_mul(u64::from(count)));
        self.uses.values_mut().for_each(|quantity| *quantity = quantity.times(count));
        self
    }
}

impl core::iter::Sum for Sum {
    fn sum<I: Iterator<Item = Self>>(sums: I) -> Self {
        sums.fold(Self::default(), Self::plus)
    }
}

/// `twelfths` twelfths of a price, half a cent rounding up.
pub(super) fn share_of_price(price: Money, twelfths: u32) -> Money {
    // floor(x / 12 + 1/2) = floor((2x + 12) / 24), below zero too.
    let doubled = price.cents().saturating_mul(i64::from(twelfths)).saturating_mul(2);
    cents(doubled.saturating_add(12).div_euclid(24))
}

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}
