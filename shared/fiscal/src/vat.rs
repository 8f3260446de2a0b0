//! VAT: which rate a product has, and what part of a price it is.
//!
//! A product carries a tax [`Class`], never a rate. The rate is looked up in a [`Table`] of dated
//! rows for the class, how the food leaves the shop, and where the shop is: a law that changes is
//! a new row, not a new program.

mod built_in;

use crate::Money;
use crate::time::Date;
use alloc::vec::Vec;
use core::fmt;
use serde::{Deserialize, Serialize};

/// The tax class of a product (CGI art. 278, 278-0 bis, 279 m and n). The name in a document is
/// the reason for the line's rate. The accountant validates each product's class.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Class {
    /// Hot or ready to eat: pizza, calzone, panini, fries, dressed salad.
    #[n(0)]
    #[serde(rename = "CONSOMMATION_IMMEDIATE")]
    ImmediateFood,
    /// To be baked at home: raw, frozen or vacuum-packed pizza.
    #[n(1)]
    #[serde(rename = "A_CUIRE_CHEZ_SOI")]
    BakeAtHome,
    /// Water, soda, juice, beer up to 1.2 % vol. in a closed can, bottle or carton.
    #[n(2)]
    #[serde(rename = "BOISSON_FERMEE")]
    ClosedDrink,
    /// Coffee, anything in a cup or an open glass, without alcohol.
    #[n(3)]
    #[serde(rename = "BOISSON_OUVERTE")]
    OpenDrink,
    /// Wine, beer, spirits, cocktails; also inside a menu.
    #[n(4)]
    #[serde(rename = "ALCOOL")]
    Alcohol,
    /// Food that keeps: bread, pastry, yoghurt, whole fruit, a bag of crisps.
    #[n(5)]
    #[serde(rename = "ALIMENT_CONSERVABLE")]
    KeptFood,
    /// Ice cream in a cone, an individual pot or on a stick.
    #[n(6)]
    #[serde(rename = "GLACE_INDIVIDUELLE")]
    SingleIceCream,
    /// Ice cream in a tub or a lot.
    #[n(7)]
    #[serde(rename = "GLACE_CONDITIONNEE")]
    IceCreamTub,
    /// Sweets and the chocolate that art. 278-0 bis leaves out.
    #[n(8)]
    #[serde(rename = "CONFISERIE")]
    Confectionery,
    /// Anything not eaten or drunk: a bag sold apart, a T-shirt.
    #[n(9)]
    #[serde(rename = "NON_ALIMENTAIRE")]
    NonFood,
}

impl Class {
    /// Every class.
    pub const ALL: [Self; 10] = [
        Self::ImmediateFood,
        Self::BakeAtHome,
        Self::ClosedDrink,
        Self::OpenDrink,
        Self::Alcohol,
        Self::KeptFood,
        Self::SingleIceCream,
        Self::IceCreamTub,
        Self::Confectionery,
        Self::NonFood,
    ];
}

/// How what is sold leaves the counter. It decides rates, so who chose it is recorded.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Mode {
    /// Eaten in the shop: a service.
    #[n(0)]
    #[serde(rename = "SUR_PLACE")]
    OnSite,
    /// Taken away.
    #[n(1)]
    #[serde(rename = "EMPORTER")]
    TakeAway,
    /// Delivered.
    #[n(2)]
    #[serde(rename = "LIVRAISON")]
    Delivery,
}

/// Where the shop is: rates differ in Corsica (CGI art. 297) and overseas (art. 294, 296).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Territory {
    /// Metropolitan France without Corsica.
    #[n(0)]
    #[serde(rename = "METROPOLE")]
    Metropolitan,
    /// Corsica.
    #[n(1)]
    #[serde(rename = "CORSE")]
    Corsica,
    /// Guadeloupe.
    #[n(2)]
    #[serde(rename = "GUADELOUPE")]
    Guadeloupe,
    /// Martinique.
    #[n(3)]
    #[serde(rename = "MARTINIQUE")]
    Martinique,
    /// Réunion.
    #[n(4)]
    #[serde(rename = "REUNION")]
    Reunion,
    /// Guyane, where no VAT is due.
    #[n(5)]
    #[serde(rename = "GUYANE")]
    Guyane,
    /// Mayotte, where no VAT is due.
    #[n(6)]
    #[serde(rename = "MAYOTTE")]
    Mayotte,
}

/// A rate of VAT in basis points: 550 is 5.5 %.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Rate(#[n(0)] pub u16);

impl Rate {
    /// The rate of so many basis points.
    #[must_use]
    pub const fn from_basis_points(basis_points: u16) -> Self {
        Self(basis_points)
    }

    /// The rate in basis points.
    #[must_use]
    pub const fn basis_points(self) -> u16 {
        self.0
    }

    /// The VAT inside a price: `ttc × r / (1 + r)`, rounded to the cent, half up; a negative price
    /// holds the opposite of what its opposite holds, so that a credit note undoes a sale exactly.
    ///
    /// It is meant for the total of a rate on one document (no text fixes line or total; the
    /// total is the method chosen here, the same everywhere).
    #[must_use]
    pub fn vat_in(self, ttc: Money) -> Money {
        let size = u128::from(ttc.cents().unsigned_abs());
        let rate = u128::from(self.0);
        let whole = rate.saturating_add(10_000);
        // (2 × ttc × r + whole) / (2 × whole): half up in integers; 82 bits at most.
        let doubled = size.saturating_mul(rate).saturating_mul(2).saturating_add(whole);
        let vat = doubled.div_euclid(whole.saturating_mul(2));
        let vat = i64::try_from(vat).expect("the tax in a price is less than the price");
        Money::from_cents(if ttc.is_negative() { vat.saturating_neg() } else { vat })
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

/// From a day on, the rate of a class of product in one mode and territory.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
pub struct Row {
    /// The class of product.
    #[n(0)]
    pub class: Class,
    /// How it leaves the counter.
    #[n(1)]
    pub mode: Mode,
    /// Where the shop is.
    #[n(2)]
    pub territory: Territory,
    /// The first business day it applies to.
    #[n(3)]
    pub from: Date,
    /// The rate.
    #[n(4)]
    pub rate: Rate,
}

/// No row of the table is for this class in this mode and territory: the product cannot be sold
/// so (a pizza to bake at home, on site), or the table is not made for the territory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no VAT rate for {class:?}, {mode:?}, in {territory:?}")]
pub struct NoRate {
    /// The class asked for.
    pub class: Class,
    /// The mode asked for.
    pub mode: Mode,
    /// The territory asked for.
    pub territory: Territory,
}

/// The rates a shop sells under: data of the centre's, like prices.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Table(#[n(0)] Vec<Row>);

impl Table {
    /// The table of these rows, in any order.
    #[must_use]
    pub const fn new(rows: Vec<Row>) -> Self {
        Self(rows)
    }

    /// The rates of metropolitan France as known in 2026; the accountant validates them.
    #[must_use]
    pub fn metropolitan_2026() -> Self {
        Self(built_in::metropolitan())
    }

    /// The rates of a territory as known in 2026, for a shop that has no table of its own; the
    /// accountant validates them.
    ///
    /// `None` where they are not certain: in Corsica what is eaten at once and taken away may be
    /// at 2.1 % or at 10 % (CGI art. 297), so a shop there publishes its table.
    #[must_use]
    pub fn default_of(territory: Territory) -> Option<Self> {
        match territory {
            Territory::Metropolitan => Some(Self::metropolitan_2026()),
            Territory::Guadeloupe | Territory::Martinique | Territory::Reunion => {
                Some(Self(built_in::overseas(territory)))
            }
            Territory::Guyane | Territory::Mayotte => Some(Self(built_in::untaxed(territory))),
            Territory::Corsica => None,
        }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.0
    }

    /// The rate on `date`: the latest row that had begun. A date before the first row has the
    /// first row's rate: a clock that is wrong by decades must not stop a sale.
    ///
    /// # Errors
    ///
    /// [`NoRate`] where no row, of any date, is for this class, mode and territory.
    pub fn rate(
        &self,
        class: Class,
        mode: Mode,
        territory: Territory,
        date: Date,
    ) -> Result<Rate, NoRate> {
        let asked = (class, mode, territory);
        let rows = || self.0.iter().filter(|row| (row.class, row.mode, row.territory) == asked);
        rows()
            .filter(|row| row.from <= date)
            .max_by_key(|row| row.from)
            .or_else(|| rows().min_by_key(|row| row.from))
            .map(|row| row.rate)
            .ok_or(NoRate { class, mode, territory })
    }
}

#[cfg(test)]
mod tests;
