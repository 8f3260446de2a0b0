//! What of a ticket can still be given back, and the lines of a credit note that gives it back.
//!
//! The lines of all credit notes of a line add up to it, quantity and cents, once everything is
//! given back. The tax of each credit note is extracted from its own totals, as any ticket's is: one
//! that takes back everything at once is the exact opposite of its original, tax included.

use super::document::{Document, DocumentLine};
use super::draft::{Line, Operation, gross};
use crate::Money;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The reason of a discount that only makes a part of a weighed line come to its share of the
/// line's cents.
pub const ROUNDING: &str = "ARRONDI";

/// What is left to give back of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Creditable {
    /// The line's id.
    pub line: [u8; 8],
    /// Its place in the original, from 0.
    pub place: usize,
    /// How many are left, in thousandths; 0 where all were given back.
    pub qty_m: u32,
    /// What is left of its amount, tax included, as a positive amount.
    pub ttc: Money,
}

/// Why nothing can be given back so. Where several hold, the first in this order is returned; of
/// lines, the first that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditRefused {
    /// Only a sale is given back.
    #[error("only a sale is given back")]
    NotASale,
    /// Nothing was asked for, or nothing of a line.
    #[error("nothing is to be given back")]
    Nothing,
    /// The ticket has no such line.
    #[error("the ticket has no line {line:?}")]
    UnknownLine {
        /// What was asked for.
        line: [u8; 8],
    },
    /// A line was asked for twice.
    #[error("line {line:?} is asked for twice")]
    LineTwice {
        /// Which.
        line: [u8; 8],
    },
    /// More than was sold less what was given back before.
    #[error("only {left_m} thousandths of line {line:?} are left")]
    TooMuch {
        /// Which.
        line: [u8; 8],
        /// How many are left, in thousandths.
        left_m: u32,
    },
    /// The cents of a weighed line cannot be split so: the whole of what is left can be given back.
    #[error("line {line:?} cannot be split so to the cent")]
    Indivisible {
        /// Which.
        line: [u8; 8],
    },
}

/// What is left to give back of each line of a sale, in its order; nothing for what is no sale.
/// Of `earlier`, the credit notes of that ticket count, and nothing else.
#[must_use]
pub fn creditable(original: &Document, earlier: &[Document]) -> Vec<Creditable> {
    if original.operation != Operation::Sale {
        return Vec::new();
    }
    let is_of = |it: &&Document| {
        let about = it.original.as_ref().map(|it| &it.ticket_no);
        it.operation == Operation::CreditNote && about == Some(&original.ticket_no)
    };
    let given: Vec<&DocumentLine> = earlier.iter().filter(is_of).flat_map(|it| &it.lines).collect();
    let left = |(place, sold): (usize, &DocumentLine)| {
        let given = given.iter().filter(|it| it.line == sold.line);
        given.fold(
            Creditable { line: sold.line, place, qty_m: sold.qty_m, ttc: sold.ttc },
            |left, given| Creditable {
                qty_m: left.qty_m.saturating_sub(given.qty_m),
                // What was given back stands in the credit note as a negative amount.
                ttc: left.ttc.saturating_add(given.ttc).max(Money::ZERO),
                ..left
            },
        )
    };
    original.lines.iter().enumerate().map(left).collect()
}

/// The lines of a credit note that gives back so many thousandths of these lines, in the order of
/// the original. What a discount took off is given back in proportion; the last part of a line has
/// what the parts before left.
///
/// # Errors
///
/// [`CreditRefused`].
pub fn credit_lines(
    original: &Document,
    earlier: &[Document],
    wanted: &[([u8; 8], u32)],
) -> Result<Vec<Line>, CreditRefused> {
    if original.operation != Operation::Sale {
        return Err(CreditRefused::NotASale);
    }
    if wanted.is_empty() || wanted.iter().any(|(_, qty_m)| *qty_m == 0) {
        return Err(CreditRefused::Nothing);
    }
    let left = creditable(original, earlier);
    let mut seen = BTreeSet::new();
    let mut credited = Vec::with_capacity(wanted.len());
    for (line, qty_m) in wanted {
        let left = left.iter().find(|it| it.line == *line);
        let left = left.ok_or(CreditRefused::UnknownLine { line: *line })?;
        if !seen.insert(*line) {
            return Err(CreditRefused::LineTwice { line: *line });
        }
        if left.qty_m < *qty_m {
            return Err(CreditRefused::TooMuch { line: *line, left_m: left.qty_m });
        }
        let sold = original.lines.get(left.place).map(DocumentLine::line);
        let part = sold.and_then(|sold| part(sold, left, *qty_m));
        credited.push((left.place, part.ok_or(CreditRefused::Indivisible { line: *line })?));
    }
    credited.sort_by_key(|(place, _)| *place);
    Ok(credited.into_iter().map(|(_, line)| line).collect())
}

/// So many thousandths of a line that was sold, as a line of a credit note.
///
/// Its amount is its share of what is left, rounded half up. A line is at most its price times its
/// quantity, and so must be the rest: where a weight was rounded, the share gives way by a cent, and
/// where no amount is right for both (three cents in four parts) there is no such line.
fn part(sold: Line, left: &Creditable, qty_m: u32) -> Option<Line> {
    let rest_m = left.qty_m.saturating_sub(qty_m);
    let gross_of_part = gross(sold.unit_ttc, qty_m)?;
    let gross_of_rest = gross(sold.unit_ttc, rest_m)?;

    let least = left.ttc.checked_sub(gross_of_rest)?.max(Money::ZERO);
    let most = gross_of_part.min(left.ttc);
    if most < least {
        return None;
    }
    let given = share(left.ttc, qty_m, left.qty_m)?.clamp(least, most);
    let discount = gross_of_part.checked_sub(given)?;
    let reason = sold.discount_reason.clone().unwrap_or_else(|| ROUNDING.to_owned());
    Some(Line {
        qty_m,
        discount,
        discount_reason: (discount != Money::ZERO).then_some(reason),
        ttc: Money::ZERO.checked_sub(given)?,
        ..sold
    })
}

/// `amount × part / whole`, rounded half up; the amount is not negative.
fn share(amount: Money, part: u32, whole: u32) -> Option<Money> {
    let whole = i128::from(whole);
    let doubled = i128::from(amount.cents()).saturating_mul(part.into()).saturating_mul(2);
    let cents = doubled.saturating_add(whole).checked_div(whole.saturating_mul(2))?;
    i64::try_from(cents).ok().map(Money::from_cents)
}
