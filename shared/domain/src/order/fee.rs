//! The fee for delivering an order.
//!
//! It belongs to what is delivered and bears its rates, pro rata where there are several (CGI
//! art. 266 and 267). On a ticket it is one line a rate, whose ids are [`LineId::fee`]'s: that is
//! how the order knows that it is settled. It is settled whole, with the first ticket as a rule.

use super::Order;
use super::event::{Event, FeeSet};
use crate::id::LineId;
use crate::refusal::refusal;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use fiscal::vat::{Class, Mode, Rate};
use fiscal::{Money, share};

refusal!(
    /// Why the fee was not set.
    FeeRefused {
        /// The entry that opened the order has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// Nothing is delivered.
        #[error("the order is not delivered")]
        NotDelivered,
        /// A ticket settles it, and what a ticket says stays.
        #[error("the fee is settled")]
        Settled,
        /// Below zero, or beyond [`Order::MAX_UNIT_PRICE`].
        #[error("that fee is impossible")]
        Impossible,
    }
);

/// The part of a fee that bears one rate: a line of the ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePart {
    /// What the ticket's line is called.
    pub line: LineId,
    /// The class with most of what is delivered at that rate: the reason for the rate.
    pub class: Class,
    /// The rate.
    pub rate: Rate,
    /// The amount, VAT included: never zero.
    pub amount: Money,
}

/// Splits a fee over the rates of what is delivered, in proportion to what it costs after discounts,
/// the lowest rate first; the parts add up to the fee. Goods that are free weigh nothing, unless all
/// of them are.
///
/// `goods` are the class, rate and price of every wanted line of the order, settled ones too.
///
/// # Panics
///
/// Where there is a fee and no goods. [`Order::fee`] is zero for an order without wanted lines.
#[must_use]
pub fn fee_lines(fee: Money, goods: &[(Class, Rate, Money)]) -> Vec<FeePart> {
    let mut rates: BTreeMap<Rate, BTreeMap<Class, u64>> = BTreeMap::new();
    for (class, rate, price) in goods {
        let weight = rates.entry(*rate).or_default().entry(*class).or_default();
        *weight = weight.saturating_add(u64::try_from(price.cents()).unwrap_or(0));
    }
    let weights: Vec<u64> = rates
        .values()
        .map(|classes| classes.values().fold(0, |sum: u64, it| sum.saturating_add(*it)))
        .collect();
    let parts = share::largest_remainder(fee.cents(), &weights);
    rates
        .into_iter()
        .zip(parts)
        .filter(|(_, cents)| *cents != 0)
        .map(|((rate, classes), cents)| {
            let first = classes.iter().map(|(class, weight)| (*weight, core::cmp::Reverse(*class)));
            let (_, class) = first.max().expect("a rate is there for a class that has it");
            let amount = Money::from_cents(cents);
            FeePart { line: LineId::fee(rate), class: class.0, rate, amount }
        })
        .collect()
}

impl Order {
    /// Sets what is asked for delivering; zero is nothing.
    ///
    /// # Errors
    ///
    /// [`FeeRefused`].
    pub fn set_fee(&self, amount: Money) -> Result<Vec<Event>, FeeRefused> {
        if self.opening().is_none() {
            return Err(FeeRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(FeeRefused::Cancelled);
        }
        if self.mode() != Some(Mode::Delivery) {
            return Err(FeeRefused::NotDelivered);
        }
        if self.was_fee_settled() {
            return Err(FeeRefused::Settled);
        }
        if !(Money::ZERO..=Self::MAX_UNIT_PRICE).contains(&amount) {
            return Err(FeeRefused::Impossible);
        }
        let set = Event::FeeSet(FeeSet { amount });
        Ok(if self.fee == amount { Vec::new() } else { [set].into() })
    }

    /// What is asked for delivering, VAT included: nothing where the order is not delivered, was
    /// cancelled or has no wanted line.
    #[must_use]
    pub fn fee(&self) -> Money {
        let delivers = self.mode() == Some(Mode::Delivery) && self.live_lines().next().is_some();
        if delivers { self.fee } else { Money::ZERO }
    }

    /// What is left to pay of the fee: all of it, or nothing.
    #[must_use]
    pub fn unsettled_fee(&self) -> Money {
        if self.was_fee_settled() { Money::ZERO } else { self.fee() }
    }

    /// Whether a ticket settles the fee, be it that it was given back since.
    #[must_use]
    pub fn was_fee_settled(&self) -> bool {
        self.fees_on_tickets(false) > 0
    }

    /// Whether a ticket settles the fee and no credit note gave it back.
    #[must_use]
    pub fn is_fee_settled(&self) -> bool {
        self.fees_on_tickets(false) > self.fees_on_tickets(true)
    }

    /// Whether more than one ticket settles the fee: somebody probably paid it twice.
    #[must_use]
    pub fn is_fee_possible_double(&self) -> bool {
        self.fees_on_tickets(false) > self.fees_on_tickets(true).saturating_add(1)
    }

    /// Whether a ticket settles a fee that is no longer asked for: a credit note is to be made.
    #[must_use]
    pub fn is_fee_to_credit(&self) -> bool {
        self.is_fee_settled() && self.fee() == Money::ZERO
    }

    /// How many tickets, or credit notes, name the fee: each settles or gives back all of it.
    fn fees_on_tickets(&self, given_back: bool) -> usize {
        let documents = self.settlements.iter().filter(|(_, it)| it.gives_back == given_back);
        documents.filter(|(_, it)| it.names_fee()).count()
    }
}

#[cfg(test)]
mod tests;
