//! Totals of a ticket: by rate, by line, and altogether.

use super::draft::Line;
use crate::Money;
use crate::share::round_up_largest;
use crate::vat::Rate;
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

/// The amounts of one rate on a ticket: `ttc = ht + vat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateTotal {
    /// The rate.
    pub rate: Rate,
    /// Tax included: the sum of the lines at this rate.
    pub ttc: Money,
    /// Tax excluded.
    pub ht: Money,
    /// The tax.
    pub vat: Money,
}

/// What a line holds of its rate's amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineTax {
    /// Tax excluded.
    pub ht: Money,
    /// The tax.
    pub vat: Money,
}

/// The totals of a ticket.
///
/// Σ lines = `total` = Σ bases + Σ VAT, and the lines of a rate add up to that rate, tax included,
/// excluded, and the tax: always, to the cent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// By rate, the lowest first.
    pub rates: Vec<RateTotal>,
    /// By line, in the order of the lines.
    pub lines: Vec<LineTax>,
    /// Tax included.
    pub total: Money,
}

/// The totals of a ticket with these lines.
///
/// # Panics
///
/// Where the lines add up to more than 64 bits of cents.
#[must_use]
pub fn totals(lines: &[Line]) -> Totals {
    Totals::of(lines.iter().map(|line| (line.ttc, line.rate)))
}

impl Totals {
    /// The totals of lines of these amounts, tax included, at these rates.
    ///
    /// The tax is extracted once from each rate's total ([`Rate::vat_in`]). A line's base is its own
    /// exact base rounded down or up, up where most was lost and of equals the first, so that the
    /// bases add up; where a rate's total is negative, all is the opposite of the opposite ticket's.
    ///
    /// # Panics
    ///
    /// Where the amounts add up to more than 64 bits of cents.
    #[must_use]
    pub fn of(lines: impl IntoIterator<Item = (Money, Rate)>) -> Self {
        let mut places: BTreeMap<Rate, Vec<(usize, Money)>> = BTreeMap::new();
        let mut count = 0_usize;
        for (place, (ttc, rate)) in lines.into_iter().enumerate() {
            places.entry(rate).or_default().push((place, ttc));
            count = count.saturating_add(1);
        }

        let mut by_line = vec![LineTax { ht: Money::ZERO, vat: Money::ZERO }; count];
        let mut rates = Vec::with_capacity(places.len());
        for (rate, lines) in places {
            let ttc: Money = lines.iter().map(|line| line.1).sum();
            let vat = rate.vat_in(ttc);
            let total = RateTotal { rate, ttc, ht: ttc - vat, vat };
            for ((place, ttc), ht) in lines.iter().zip(line_bases(&total, &lines)) {
                by_line[*place] = LineTax { ht, vat: *ttc - ht };
            }
            rates.push(total);
        }
        let total = rates.iter().map(|rate| rate.ttc).sum();
        Self { rates, lines: by_line, total }
    }

    /// Tax excluded.
    #[must_use]
    pub fn ht(&self) -> Money {
        self.rates.iter().map(|rate| rate.ht).sum()
    }

    /// The tax.
    #[must_use]
    pub fn vat(&self) -> Money {
        self.rates.iter().map(|rate| rate.vat).sum()
    }
}

/// The bases of the lines of one rate, which add up to that rate's.
///
/// The rate's base is within half a cent of the sum of the lines' exact bases, so it is never below
/// the sum of those rounded down, nor above the sum of those rounded up.
fn line_bases(total: &RateTotal, lines: &[(usize, Money)]) -> Vec<Money> {
    let mirrored = total.ttc.is_negative();
    let mirror = |amount: i128| if mirrored { amount.saturating_neg() } else { amount };
    let whole = i128::from(total.rate.basis_points()).saturating_add(10_000);

    let exact: Vec<(i128, i128)> = lines
        .iter()
        .map(|line| mirror(line.1.cents().into()).saturating_mul(10_000))
        .map(|numerator| (numerator.div_euclid(whole), numerator.rem_euclid(whole)))
        .collect();
    round_up_largest(mirror(total.ht.cents().into()), &exact)
        .into_iter()
        .map(|base| i64::try_from(mirror(base)).expect("a base is no larger than its line"))
        .map(Money::from_cents)
        .collect()
}
