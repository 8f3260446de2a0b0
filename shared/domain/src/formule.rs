//! Formules: a set meal at one price, which costs less than its parts do apart.
//!
//! Nobody keys one in. Whatever a customer asks for, [`best_deals`] finds the formules that it comes
//! to and that cost least, and [`deal_discounts`] says what they take off which line.
//!
//! # Whose price a formule covers
//!
//! What the menu asks for a product, or for a pizza of parts, in its size: its separate price.
//! Extras (changes and options) are paid on top.
//!
//! # How its price is split
//!
//! By the separate prices of what is in it, to the cent. One price for goods at several rates of VAT
//! must be split by a simple and realistic rule, or bears the highest of them (the doctrine of former
//! art. 268 bis of the CGI); the separate prices are such a rule. Line and ticket keep the separate
//! price beside what is taken off, so that the split can be done again.

mod search;

pub use search::best_deals;

use crate::catalogue::{Base, Catalogue, Product};
use crate::configured::Configured;
use crate::id::{CategoryCode, FormuleCode, LineId, ProductCode, SizeCode};
use crate::order::DiscountReason;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::vat::Mode;
use fiscal::{Money, share};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// A set meal of the menu.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Formule {
    /// Its code, unique in the menu.
    #[n(0)]
    pub code: FormuleCode,
    /// What the customer reads: "Formule midi".
    #[n(1)]
    pub name: String,
    /// What one of everything in it costs, VAT included, without extras.
    #[n(2)]
    pub price: Money,
    /// What it consists of: one unit each.
    #[n(3)]
    pub slots: Vec<Slot>,
    /// The modes in which it is offered.
    #[n(4)]
    pub modes: Vec<Mode>,
}

/// A place in a formule, which one of several products fills.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Slot {
    /// What the customer reads: "Boisson 33 cl".
    #[n(0)]
    pub name: String,
    /// Products that fill it.
    #[n(1)]
    pub products: Vec<ProductCode>,
    /// Categories whose products all fill it.
    #[n(2)]
    pub categories: Vec<CategoryCode>,
    /// The sizes in which what comes in sizes fills it; none named is any.
    #[n(3)]
    pub sizes: Vec<SizeCode>,
}

/// A line that formules may be found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The line.
    pub line: LineId,
    /// What is asked for.
    pub configured: &'a Configured,
    /// How many.
    pub quantity: u16,
    /// The price of one with its extras, VAT included.
    pub unit_price: Money,
}

/// A formule found in lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deal {
    /// Which.
    pub formule: FormuleCode,
    /// What the menu calls it.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// What is in it, slot by slot: a line of several may stand here more than once.
    pub units: Vec<DealUnit>,
}

/// One unit of a line, in a formule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealUnit {
    /// The line.
    pub line: LineId,
    /// Its separate price: what the formule covers of it.
    pub price: Money,
}

/// What formules take off a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealDiscount {
    /// The line.
    pub line: LineId,
    /// The amount for the whole line, VAT included: above zero.
    pub amount: Money,
    /// The formule; of several, the one that takes most off, of equals the first by code.
    pub reason: DiscountReason,
}

impl Slot {
    /// Whether this fills it: every part is of its products, in one of its sizes.
    #[must_use]
    pub fn takes(&self, configured: &Configured, catalogue: &Catalogue) -> bool {
        let size = configured.size.as_ref();
        let in_size = size.is_none_or(|it| self.sizes.is_empty() || self.sizes.contains(it));
        let is_named = |code: &ProductCode| {
            let category = catalogue.product(code).map(|it| &it.category);
            self.products.contains(code) || category.is_some_and(|it| self.categories.contains(it))
        };
        let parts = &configured.parts;
        in_size && !parts.is_empty() && parts.iter().all(|part| is_named(&part.product))
    }

    /// The separate prices of a product in the sizes that the slot takes.
    pub(crate) fn prices_of(&self, product: &Product) -> Vec<Money> {
        match &product.base {
            Base::Simple { price, .. } => [*price].into(),
            Base::Sized { prices, .. } => {
                let taken = |size: &SizeCode| self.sizes.is_empty() || self.sizes.contains(size);
                prices.iter().filter(|(size, _)| taken(size)).map(|(_, price)| *price).collect()
            }
        }
    }
}

impl Deal {
    /// What its units cost apart.
    #[must_use]
    pub fn separate_price(&self) -> Money {
        self.units.iter().map(|unit| unit.price).sum()
    }

    /// What each unit costs in the formule, as they stand: they add up to its price.
    ///
    /// ```
    /// # use domain::formule::{Deal, DealUnit};
    /// # use domain::id::LineId;
    /// # use fiscal::Money;
    /// let unit = |cents| DealUnit { line: LineId([1; 8]), price: Money::from_cents(cents) };
    /// let deal = Deal {
    ///     formule: "MIDI".into(),
    ///     name: "Formule midi".into(),
    ///     price: Money::from_cents(1_590),
    ///     units: [1_250, 250, 450].map(unit).into(),
    /// };
    /// assert_eq!(deal.shares(), [1_019, 204, 367].map(Money::from_cents));
    /// ```
    #[must_use]
    pub fn shares(&self) -> Vec<Money> {
        let weight = |unit: &DealUnit| u64::try_from(unit.price.cents()).unwrap_or(0);
        let weights: Vec<u64> = self.units.iter().map(weight).collect();
        let parts = share::largest_remainder(self.price.cents(), &weights);
        parts.into_iter().map(Money::from_cents).collect()
    }
}

/// What deals take off lines, in the order of the lines' ids; lines that nothing is taken off are not
/// there.
#[must_use]
pub fn deal_discounts(deals: &[Deal]) -> Vec<DealDiscount> {
    let mut by_line: BTreeMap<LineId, BTreeMap<&FormuleCode, (&str, Money)>> = BTreeMap::new();
    for deal in deals {
        for (unit, share) in deal.units.iter().zip(deal.shares()) {
            let formules = by_line.entry(unit.line).or_default();
            let (_, amount) = formules.entry(&deal.formule).or_insert((&deal.name, Money::ZERO));
            let off = unit.price.cents().saturating_sub(share.cents());
            *amount = [*amount, Money::from_cents(off)].into_iter().sum();
        }
    }
    let discount = |(line, formules): (LineId, BTreeMap<&FormuleCode, (&str, Money)>)| {
        let amount: Money = formules.values().map(|(_, amount)| *amount).sum();
        // The last of the greatest is taken, so they are gone through backwards.
        let most = formules.into_iter().rev().max_by_key(|(_, (_, amount))| *amount);
        let (code, (name, _)) = most.filter(|_| amount > Money::ZERO)?;
        let reason = DiscountReason::Formule { code: code.clone(), name: name.into() };
        Some(DealDiscount { line, amount, reason })
    };
    by_line.into_iter().filter_map(discount).collect()
}

#[cfg(test)]
mod tests;
