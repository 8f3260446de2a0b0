//! Meal vouchers (« titres-restaurant »): what they may pay for, how much, and when (Code du travail
//! R. 3262-4 to R. 3262-10).

use crate::Money;
use crate::holiday::is_public_holiday;
use crate::ticket::{DELIVERY_FEE, Line, Means, Payment};
use crate::time::Date;
use crate::vat::Class;

/// How a shop takes meal vouchers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The most that one customer pays so on one day; nothing where the shop takes none.
    pub daily_cap: Money,
    /// Whether they are taken on Sundays and public holidays.
    pub on_sundays_and_holidays: bool,
    /// The last business day on which those of paper are taken; `None` while no end is set.
    pub paper_until: Option<Date>,
}

/// A sale, as far as the rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What is sold.
    pub lines: &'a [Line],
    /// How it is paid, vouchers among others.
    pub payments: &'a [Payment],
    /// The business day.
    pub date: Date,
    /// What this customer has paid with vouchers today already, their whole face value.
    pub used_today: Money,
    /// Whether somebody took them in spite of the day, for a reason that he gave (the customer's
    /// vouchers say that he works then).
    pub day_allowed: bool,
}

/// Why vouchers are not taken. Where several hold, the first in this order is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VouchersRefused {
    /// The shop takes none.
    #[error("the shop takes no meal vouchers")]
    NotTaken,
    /// Paper vouchers were taken until a day that has passed.
    #[error("paper vouchers were taken until {until:?}")]
    PaperEnded {
        /// The last day.
        until: Date,
    },
    /// It is a Sunday or a public holiday, and nobody allowed it.
    #[error("vouchers are not taken on Sundays and public holidays")]
    NotToday,
    /// More than what may be paid with vouchers: no alcohol, nothing that is not eaten or drunk, no
    /// delivery fee.
    #[error("vouchers may pay {eligible:?} of this sale")]
    OverEligible {
        /// What may be.
        eligible: Money,
    },
    /// More than one customer may use on one day, what he used before counted.
    #[error("vouchers may pay {left:?} more for this customer today")]
    OverCap {
        /// What he may still use.
        left: Money,
    },
}

/// What of these lines vouchers may pay: food and drink without alcohol, not the delivery.
#[must_use]
pub fn eligible(lines: &[Line]) -> Money {
    let counts = |line: &&Line| line.sku != DELIVERY_FEE && is_eligible(line.class);
    lines.iter().filter(counts).fold(Money::ZERO, |sum, line| sum.saturating_add(line.ttc))
}

const fn is_eligible(class: Class) -> bool {
    match class {
        Class::ImmediateFood
        | Class::BakeAtHome
        | Class::ClosedDrink
        | Class::OpenDrink
        | Class::KeptFood
        | Class::SingleIceCream
        | Class::IceCreamTub
        | Class::Confectionery => true,
        Class::Alcohol | Class::NonFood => false,
    }
}

/// Whether the vouchers among the payments of a sale may be taken. A sale without vouchers may
/// always be paid. The cap counts the face value: what is left of a voucher is used up too.
///
/// # Errors
///
/// [`VouchersRefused`].
pub fn check(rules: &Rules, asked: &Asked<'_>) -> Result<(), VouchersRefused> {
    let is_voucher =
        |it: &&Payment| matches!(it.means, Means::MealVoucher | Means::MealVoucherCard);
    let vouchers = || asked.payments.iter().filter(is_voucher);
    if vouchers().next().is_none() {
        return Ok(());
    }
    if rules.daily_cap <= Money::ZERO {
        return Err(VouchersRefused::NotTaken);
    }
    let paper = vouchers().any(|it| it.means == Means::MealVoucher);
    if let Some(until) = rules.paper_until.filter(|until| paper && *until < asked.date) {
        return Err(VouchersRefused::PaperEnded { until });
    }
    let day_off = asked.date.is_sunday() || is_public_holiday(asked.date);
    if day_off && !rules.on_sundays_and_holidays && !asked.day_allowed {
        return Err(VouchersRefused::NotToday);
    }
    let sum = |of: fn(&Payment) -> Money| {
        vouchers().fold(Money::ZERO, |sum, it| sum.saturating_add(of(it)))
    };
    let eligible = eligible(asked.lines);
    if eligible < sum(|it| it.amount) {
        return Err(VouchersRefused::OverEligible { eligible });
    }
    let left = rules.daily_cap.saturating_sub(asked.used_today).max(Money::ZERO);
    if left < sum(|it| it.amount.saturating_add(it.forfeited)) {
        return Err(VouchersRefused::OverCap { left });
    }
    Ok(())
}
