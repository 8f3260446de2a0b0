//! What happens to an order. Each is the body of an entry of its own kind; none holds anything
//! about a person but an id.

use super::discount::DiscountReason;
use crate::configured::Configured;
use crate::id::{CustomerId, LineId, OperatorCode};
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::ticket::Channel;
use fiscal::vat::{Class, Mode};
use journal::BlobHash;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Something that happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was opened.
    Opened(Opened),
    /// Lines were added.
    LinesAdded(LinesAdded),
    /// A line was cancelled.
    LineCancelled(LineCancelled),
    /// It was said how it leaves the shop.
    ModeSet(ModeSet),
    /// It was promised for a time.
    PromiseSet(PromiseSet),
    /// It was said whose it is.
    CustomerNamed(CustomerNamed),
    /// It was put aside.
    Held(Held),
    /// It was taken up again.
    Resumed(Resumed),
    /// Lines were sent to the kitchen.
    SentToKitchen(SentToKitchen),
    /// The whole order was cancelled.
    Cancelled(Cancelled),
    /// It was handed to the customer, or to the courier.
    HandedOver(HandedOver),
    /// Something was taken off a line.
    Discounted(Discounted),
    /// It was said what is asked for delivering it.
    FeeSet(FeeSet),
}

/// The order was opened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Opened {
    /// What people call it all evening: "C1-042".
    #[n(0)]
    pub label: String,
    /// How it came in.
    #[n(1)]
    pub channel: Channel,
    /// How it leaves the shop.
    #[n(2)]
    pub mode: Mode,
    /// The menu version it is sold under, which it keeps.
    #[n(3)]
    pub menu: BlobHash,
    /// Who opened it.
    #[n(4)]
    pub operator: OperatorCode,
}

/// Lines were added.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct LinesAdded {
    /// The lines, in the order they were asked for.
    #[n(0)]
    pub lines: Vec<Line>,
}

/// A line: what was asked for, frozen as it was when it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Line {
    /// Its identity in the order.
    #[n(0)]
    pub id: LineId,
    /// What the ticket calls it: "Reine grande", "½ Margherita ½ 4 fromages".
    #[n(1)]
    pub name: String,
    /// What the ticket says below: "sans basilic", "+ œuf".
    #[n(2)]
    pub details: Vec<String>,
    /// What it is, for the kitchen and for stock.
    #[n(3)]
    pub configured: Configured,
    /// How many: 1 or more.
    #[n(4)]
    pub quantity: u16,
    /// The price of one, VAT included.
    #[n(5)]
    pub unit_price: Money,
    /// What its VAT rate depends on; the ticket fixes the rate, by mode and date.
    #[n(6)]
    pub class: Class,
    /// The number of the menu version that name, price and class come from.
    #[n(7)]
    pub menu_number: u32,
    /// Whether the kitchen makes it; the rest goes from the counter.
    #[n(8)]
    pub made_in_kitchen: bool,
}

/// A line was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct LineCancelled {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// Why.
    #[n(1)]
    pub reason: Reason,
}

/// It was said how the order leaves the shop.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct ModeSet {
    /// How.
    #[n(0)]
    pub mode: Mode,
}

/// The order was promised for a time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct PromiseSet {
    /// In milliseconds since 1970 UTC; `None` is as soon as possible.
    #[n(0)]
    pub at_ms: Option<i64>,
}

/// It was said whose the order is.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct CustomerNamed {
    /// The customer; `None` is nobody in particular.
    #[n(0)]
    pub customer: Option<CustomerId>,
}

/// The order was put aside, to be resumed on any till.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Held {}

/// The order was taken up again.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Resumed {}

/// Lines were sent to the kitchen.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct SentToKitchen {
    /// The lines.
    #[n(0)]
    pub lines: Vec<LineId>,
}

/// The whole order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Cancelled {
    /// Why.
    #[n(0)]
    pub reason: Reason,
}

/// The order was handed to the customer, or to the courier.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct HandedOver {}

/// Something was taken off a line, in place of what was taken off before.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Discounted {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// The amount taken off the whole line, VAT included: from 0, which takes the discount away, to
    /// what the line costs.
    #[n(1)]
    pub amount: Money,
    /// Why.
    #[n(2)]
    pub reason: DiscountReason,
}

/// It was said what is asked for delivering the order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct FeeSet {
    /// The fee, VAT included: 0 or more.
    #[n(0)]
    pub amount: Money,
}

/// Why something was cancelled. A list and no free text: nothing about a person can slip in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize,
)]
#[cbor(index_only)]
pub enum Reason {
    /// The customer wants something else, or nothing.
    #[n(0)]
    ChangedMind,
    /// The customer left, or never came.
    #[n(1)]
    Gone,
    /// It was keyed in wrongly.
    #[n(2)]
    Mistake,
    /// Something has run out.
    #[n(3)]
    RanOut,
    /// It took too long.
    #[n(4)]
    TooLate,
    /// It was spoilt, or went wrong in the kitchen.
    #[n(5)]
    Spoilt,
}

impl Line {
    /// What the whole line costs before any discount, VAT included.
    #[must_use]
    pub fn total(&self) -> Money {
        self.unit_price.times(u32::from(self.quantity))
    }

    /// The product codes of its parts: "REI", "MAR/4FR".
    #[must_use]
    pub fn sku(&self) -> String {
        let codes: Vec<&str> =
            self.configured.parts.iter().map(|part| part.product.as_str()).collect();
        codes.join("/")
    }
}
