//! The basket: the order being taken, kept so that a crash does not lose what was keyed in.

use super::{StoreError, orders};
use domain::configured::Configured;
use domain::id::{CustomerId, LineId, OrderId};
use domain::order::Discount;
use fiscal::vat::Mode;
use rusqlite::{OptionalExtension, Transaction, named_params};
use serde::{Deserialize, Serialize};

/// The order being taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Basket {
    /// The open order it adds to, where one was resumed.
    pub order: Option<OrderId>,
    /// That order was held, and is again if nothing comes of it.
    #[serde(default)]
    pub was_held: bool,
    /// How it leaves the shop.
    pub mode: Mode,
    /// When it is promised, in ms since 1970 UTC; `None`: as soon as possible.
    pub promise_ms: Option<i64>,
    /// Whom it is for.
    pub customer: Option<Customer>,
    /// What is asked for and not in the order yet.
    pub lines: Vec<Line>,
}

/// Whom the basket is for, as keyed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// A customer already known.
    pub id: Option<CustomerId>,
    /// As said.
    pub name: String,
    /// As typed.
    pub phone: String,
    /// For a delivery.
    pub address: String,
}

/// A line of the basket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Its identity, kept when it joins the order.
    pub id: LineId,
    /// What.
    pub item: Configured,
    /// How many: 1 to 99.
    pub quantity: u16,
    /// What somebody took off it by hand. A line that changes loses it: who allowed it saw the line
    /// as it was.
    #[serde(default)]
    pub discount: Option<Discount>,
}

impl Default for Basket {
    fn default() -> Self {
        Self {
            order: None,
            was_held: false,
            mode: Mode::TakeAway,
            promise_ms: None,
            customer: None,
            lines: Vec::new(),
        }
    }
}

/// The basket as it was last saved. One that an older version cannot be read from is empty.
///
/// A line that is in the order already was sent from a copy of this basket: by the other life of a copied
/// disk, or before the disk was set back. It stands in the order as it was sent, and here no more.
///
/// # Errors
///
/// Whatever SQLite says; [`StoreError::Broken`] where the order cannot be read back.
pub fn load(tx: &Transaction<'_>) -> Result<Basket, StoreError> {
    let text: Option<String> = tx
        .prepare_cached("SELECT value FROM basket WHERE one = 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    let mut basket: Basket =
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    if let Some(order) = basket.order.filter(|_| !basket.lines.is_empty()) {
        let order = orders::load(tx, order)?.order;
        basket.lines.retain(|line| order.line(line.id).is_none());
    }
    Ok(basket)
}

/// Saves the basket.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn save(tx: &Transaction<'_>, basket: &Basket) -> Result<(), StoreError> {
    let value = serde_json::to_string(basket).expect("a basket is plain data");
    tx.prepare_cached(
        "INSERT INTO basket (one, value)
         VALUES (1, :value)
             ON CONFLICT (one) DO UPDATE SET value = excluded.value",
    )?
    .execute(named_params! { ":value": value })?;
    Ok(())
}
