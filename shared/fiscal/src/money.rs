//! Amounts of money.

use alloc::format;
use alloc::string::{String, ToString};
use core::iter::Sum;
use core::ops::{Add, AddAssign, Neg, Sub, SubAssign};
use serde::{Deserialize, Serialize};

/// What separates thousands in French: a narrow no-break space (U+202F).
const THOUSANDS: char = '\u{202f}';

/// An amount of money in whole euro cents. There is one currency, so any two amounts can be added.
///
/// The operators panic where a sum leaves 64 bits (92 million billion euros): such an amount is a
/// bug, and a sum that wrapped would be a lie on a receipt. Amounts that come from outside are
/// added with the `checked_` functions.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
pub struct Money(#[n(0)] i64);

/// An amount taken apart for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Euros {
    /// Whether the amount is below zero; -0.50 has no whole euro to carry the sign.
    pub negative: bool,
    /// Whole euros, without the sign.
    pub euros: u64,
    /// The cents left, 0–99.
    pub cents: u8,
}

impl Money {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount of so many cents.
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// The amount in cents.
    #[must_use]
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, or `None` where it leaves 64 bits.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` where it leaves 64 bits.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The sum, or the end of 64 bits that is nearest to it: no document holds such an amount, so
    /// what was counted in it is refused there.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, or the end of 64 bits that is nearest to it.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The amount `qty` times, or `None` where that leaves 64 bits.
    #[must_use]
    pub fn checked_times(self, qty: u32) -> Option<Self> {
        self.0.checked_mul(i64::from(qty)).map(Self)
    }

    /// The amount without its sign, or `None` for the one amount that has no opposite.
    #[must_use]
    pub fn checked_abs(self) -> Option<Self> {
        self.0.checked_abs().map(Self)
    }

    /// The amount `qty` times.
    ///
    /// # Panics
    ///
    /// Where the product leaves 64 bits.
    #[must_use]
    pub fn times(self, qty: u32) -> Self {
        self.checked_times(qty).expect("an amount times a quantity fits in 64 bits of cents")
    }

    /// The amount as sign, whole euros and cents.
    #[must_use]
    pub const fn euros(self) -> Euros {
        let cents = self.0.unsigned_abs();
        let rest = (cents % 100) as u8;
        Euros { negative: self.is_negative(), euros: cents / 100, cents: rest }
    }

    /// The amount as it is written in French, without the euro sign: `1 234,50`, with a narrow
    /// no-break space (U+202F) between thousands and a hyphen before a negative amount.
    #[must_use]
    pub fn french(self) -> String {
        let Euros { negative, euros, cents } = self.euros();
        let digits = euros.to_string();
        let mut text = String::new();
        if negative {
            text.push('-');
        }
        for (place, digit) in digits.chars().enumerate() {
            let left = digits.len().saturating_sub(place);
            if place != 0 && left.is_multiple_of(3) {
                text.push(THOUSANDS);
            }
            text.push(digit);
        }
        text.push_str(&format!(",{cents:02}"));
        text
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.checked_add(other).expect("a sum of money fits in 64 bits of cents")
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.checked_sub(other).expect("a difference of money fits in 64 bits of cents")
    }
}

impl SubAssign for Money {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self::ZERO - self
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl<'a> Sum<&'a Money> for Money {
    fn sum<I: Iterator<Item = &'a Money>>(amounts: I) -> Self {
        amounts.copied().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Money;
    use alloc::string::ToString;

    #[test]
    fn amounts_are_written_the_french_way() {
        for (cents, text) in [
            (0, "0,00"),
            (5, "0,05"),
            (-50, "-0,50"),
            (99_999, "999,99"),
            (123_450, "1\u{202f}234,50"),
            (-100_000_000, "-1\u{202f}000\u{202f}000,00"),
            (i64::MIN, "-92\u{202f}233\u{202f}720\u{202f}368\u{202f}547\u{202f}758,08"),
        ] {
            assert_eq!(Money::from_cents(cents).french(), text);
        }
    }

    #[test]
    fn an_amount_is_a_plain_integer_in_json_and_in_cbor() {
        let amount = Money::from_cents(1_250);
        assert_eq!(serde_json::to_value(amount).unwrap().to_string(), "1250");
        assert_eq!(minicbor::to_vec(amount).unwrap(), minicbor::to_vec(1_250_i64).unwrap());
    }

    #[test]
    fn checked_sums_say_so_where_operators_would_panic() {
        let most = Money::from_cents(i64::MAX);
        assert_eq!(most.checked_add(Money::from_cents(1)), None);
        assert_eq!(most.checked_times(2), None);
        assert_eq!(Money::from_cents(i64::MIN).checked_abs(), None);
        assert_eq!(Money::from_cents(350).times(3), Money::from_cents(1_050));
    }

    #[test]
    #[should_panic(expected = "a sum of money fits")]
    fn a_sum_that_leaves_64_bits_is_a_bug() {
        assert_eq!(Money::from_cents(i64::MAX) + Money::from_cents(1), Money::ZERO);
    }
}
