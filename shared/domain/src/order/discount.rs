//! What is taken off lines: why, by whom it may not be, and how an amount is spread over lines.
//!
//! A line keeps its full price, and a ticket shows both (CGI art. 267: a discount lowers the base of
//! VAT). Of a line there is one discount: saying it again replaces the one before.

use super::event::{Discounted, Event};
use super::{Order, OrderLine};
use crate::id::{FormuleCode, LineId};
use crate::refusal::refusal;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::{Money, share};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Why something is taken off. A list and no free text: nothing about a person can slip in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub enum DiscountReason {
    /// It is part of a formule, which costs less than its parts.
    #[n(0)]
    Formule {
        /// The formule.
        #[n(0)]
        code: FormuleCode,
        /// What the menu called it then.
        #[n(1)]
        name: String,
    },
    /// The shop wants to please somebody.
    #[n(1)]
    CommercialGesture,
    /// Something was wrong with an order.
    #[n(2)]
    Complaint,
    /// Somebody who works here eats it.
    #[n(3)]
    StaffMeal,
    /// The customer brought a coupon.
    #[n(4)]
    Coupon,
    /// An offer that the shop advertises: « 2 achetées, 1 offerte ».
    #[n(5)]
    PromotionalOffer,
    /// It is given away.
    #[n(6)]
    Free,
}

impl DiscountReason {
    /// The reason's name in documents and figures, for ever the same.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Formule { .. } => "FORMULE",
            Self::CommercialGesture => "GESTE_COMMERCIAL",
            Self::Complaint => "RECLAMATION",
            Self::StaffMeal => "REPAS_DU_PERSONNEL",
            Self::Coupon => "COUPON",
            Self::PromotionalOffer => "PROMOTION",
            Self::Free => "OFFERT",
        }
    }
}

/// What is taken off a line, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// The amount taken off the whole line, VAT included: above 0, at most what the line costs.
    pub amount: Money,
    /// Why.
    pub reason: DiscountReason,
}

refusal!(
    /// Why nothing was taken off a line.
    DiscountRefused {
        /// The entry that opened the order has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// The line, or the whole order, was cancelled.
        #[error("the line was cancelled")]
        Cancelled,
        /// A ticket settles it, and what a ticket says stays.
        #[error("the line is settled")]
        Settled,
        /// Nothing is put on by taking off less than nothing.
        #[error("a discount is not below zero")]
        Negative,
        /// No more can be taken off than there is: this much.
        #[error("the line costs {0:?}")]
        AboveTotal(Money),
    }
);

impl Order {
    /// Takes `amount` off the whole of a line, in place of what was taken off before; an amount of
    /// zero takes the discount away.
    ///
    /// What has left may still be discounted while it is not settled: a courier is paid at the door.
    ///
    /// # Errors
    ///
    /// [`DiscountRefused`].
    pub fn discount(
        &self,
        line: LineId,
        amount: Money,
        reason: DiscountReason,
    ) -> Result<Vec<Event>, DiscountRefused> {
        if self.opening().is_none() {
            return Err(DiscountRefused::Unknown);
        }
        let it = self.line(line).ok_or(DiscountRefused::NoSuchLine)?;
        if !self.is_live(it) {
            return Err(DiscountRefused::Cancelled);
        }
        if self.was_settled(line) {
            return Err(DiscountRefused::Settled);
        }
        if amount.is_negative() {
            return Err(DiscountRefused::Negative);
        }
        if amount > it.line.total() {
            return Err(DiscountRefused::AboveTotal(it.line.total()));
        }
        let same = match &it.discount {
            Some((_, before)) => before.amount == amount && before.reason == reason,
            None => amount == Money::ZERO,
        };
        let discounted = Event::Discounted(Discounted { line, amount, reason });
        Ok(if same { Vec::new() } else { [discounted].into() })
    }
}

impl OrderLine {
    /// What is taken off the whole line, VAT included.
    #[must_use]
    pub fn discount(&self) -> Money {
        self.discount.as_ref().map_or(Money::ZERO, |(_, it)| it.amount)
    }

    /// What the whole line costs after its discount, VAT included.
    #[must_use]
    pub fn net_total(&self) -> Money {
        let cents = self.line.total().cents().saturating_sub(self.discount().cents());
        Money::from_cents(cents)
    }
}

/// Spreads an amount over lines in proportion to what they cost: no line gets more than it costs
/// where the whole amount is at most what all of them cost, and the parts add up to it.
///
/// Prices below zero weigh nothing. Where there is nothing to weigh, there is nothing to spread.
///
/// ```
/// # use domain::{id::LineId, order};
/// # use fiscal::Money;
/// let (pizza, can) = (LineId([1; 8]), LineId([2; 8]));
/// let lines = [(pizza, Money::from_cents(1_250)), (can, Money::from_cents(200))];
/// let parts = order::spread(Money::from_cents(145), &lines);
/// assert_eq!(parts, [(pizza, Money::from_cents(125)), (can, Money::from_cents(20))]);
/// ```
#[must_use]
pub fn spread(amount: Money, lines: &[(LineId, Money)]) -> Vec<(LineId, Money)> {
    let weights: Vec<u64> =
        lines.iter().map(|(_, price)| u64::try_from(price.cents()).unwrap_or(0)).collect();
    if weights.iter().all(|weight| *weight == 0) {
        return lines.iter().map(|(line, _)| (*line, Money::ZERO)).collect();
    }
    let parts = share::largest_remainder(amount.cents(), &weights);
    lines.iter().zip(parts).map(|((line, _), part)| (*line, Money::from_cents(part))).collect()
}

/// Spreads a percentage of what lines cost together over them: the amount is rounded to the cent
/// once, half a cent upwards, then spread. More than 100 per cent is 100.
#[must_use]
pub fn spread_percent(percent: u8, lines: &[(LineId, Money)]) -> Vec<(LineId, Money)> {
    let total: i64 =
        lines.iter().map(|(_, price)| price.cents().max(0)).fold(0, i64::saturating_add);
    let hundredths = i128::from(total).saturating_mul(percent.min(100).into());
    let cents = hundredths.saturating_add(50).div_euclid(100);
    let cents = i64::try_from(cents).expect("a percentage of an amount is no more than it");
    spread(Money::from_cents(cents), lines)
}

#[cfg(test)]
mod tests;
