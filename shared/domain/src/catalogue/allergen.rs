//! The allergens that have to be declared.

use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The 14 of Regulation (EU) No 1169/2011, annex II, in its order.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Allergen {
    /// Cereals containing gluten.
    #[n(0)]
    Gluten,
    /// Crustaceans.
    #[n(1)]
    Crustaceans,
    /// Eggs.
    #[n(2)]
    Eggs,
    /// Fish.
    #[n(3)]
    Fish,
    /// Peanuts.
    #[n(4)]
    Peanuts,
    /// Soybeans.
    #[n(5)]
    Soybeans,
    /// Milk, lactose included.
    #[n(6)]
    Milk,
    /// Nuts: almond, hazelnut, walnut, cashew, pecan, Brazil nut, pistachio, macadamia.
    #[n(7)]
    Nuts,
    /// Celery.
    #[n(8)]
    Celery,
    /// Mustard.
    #[n(9)]
    Mustard,
    /// Sesame seeds.
    #[n(10)]
    Sesame,
    /// Sulphur dioxide and sulphites above 10 mg/kg.
    #[n(11)]
    Sulphites,
    /// Lupin.
    #[n(12)]
    Lupin,
    /// Molluscs.
    #[n(13)]
    Molluscs,
}

impl Allergen {
    /// All 14, in the annex's order.
    pub const ALL: [Self; 14] = [
        Self::Gluten,
        Self::Crustaceans,
        Self::Eggs,
        Self::Fish,
        Self::Peanuts,
        Self::Soybeans,
        Self::Milk,
        Self::Nuts,
        Self::Celery,
        Self::Mustard,
        Self::Sesame,
        Self::Sulphites,
        Self::Lupin,
        Self::Molluscs,
    ];

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of allergens. In CBOR a number of one bit each; in JSON the list of their names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(from = "Vec<Allergen>", into = "Vec<Allergen>")]
pub struct Allergens(#[n(0)] u16);

impl Allergens {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These.
    #[must_use]
    pub fn of(allergens: &[Allergen]) -> Self {
        allergens.iter().copied().collect()
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn contains(self, allergen: Allergen) -> bool {
        self.0 & allergen.bit() != 0
    }

    /// Those in either.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the annex's order.
    pub fn iter(self) -> impl Iterator<Item = Allergen> {
        Allergen::ALL.into_iter().filter(move |it| self.contains(*it))
    }
}

impl FromIterator<Allergen> for Allergens {
    fn from_iter<I: IntoIterator<Item = Allergen>>(allergens: I) -> Self {
        Self(allergens.into_iter().fold(0, |bits, it| bits | it.bit()))
    }
}

impl From<Vec<Allergen>> for Allergens {
    fn from(allergens: Vec<Allergen>) -> Self {
        allergens.into_iter().collect()
    }
}

impl From<Allergens> for Vec<Allergen> {
    fn from(allergens: Allergens) -> Self {
        allergens.iter().collect()
    }
}
