//! Whether the facts of an invoice hold together.

use super::{Invoice, InvoiceLine, Kind, RateTotal, Vat};
use fiscal::Money;

/// What is wrong with the facts of an invoice. Where several hold, the first in this order is the
/// one returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inconsistent {
    /// Something that the law asks for is empty.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// There is no line (BR-16).
    #[error("there is no line")]
    NoLines,
    /// A line's quantity is zero.
    #[error("the quantity of line {0} is zero")]
    NoQuantity(usize),
    /// Guyane's and Mayotte's lines stand beside others (BR-O-11 to BR-O-14).
    #[error("lines outside the scope of VAT stand beside lines within")]
    ScopesMixed,
    /// Zero is not a rate; why no VAT is due must be said (BR-E-10, BR-O-10).
    #[error("a rate of zero without its reason")]
    ZeroRate,
    /// The totals of a rate are missing, twice there, or not the sum of its lines (BR-CO-10, BR-S-08).
    #[error("the totals of {0:?} are not the sum of its lines")]
    RateTotals(Vat),
    /// A rate's VAT is not that of its base, to the cent (BR-CO-17).
    #[error("the VAT of {0:?} is not that of its base")]
    Tax(Vat),
    /// The totals are not the sums of the rates' (BR-CO-13, BR-CO-14, BR-CO-15).
    #[error("the totals are not the sums of the rates")]
    Totals,
    /// The total is below zero: that is a credit note with positive amounts.
    #[error("the total is below zero")]
    Negative,
    /// More is paid than is due, or a payment is below zero.
    #[error("the payments do not fit the total")]
    Paid,
    /// Something is left to pay, and not said until when (BR-CO-25).
    #[error("something is left to pay, without a date")]
    NoDueDate,
}

/// Checks everything that EN 16931 and the law ask for and that can be told from the facts.
///
/// # Errors
///
/// What is wrong first.
pub(super) fn check(invoice: &Invoice) -> Result<(), Inconsistent> {
    mentions(invoice)?;
    lines(invoice)?;
    rates(invoice)?;
    totals(invoice)
}

fn mentions(invoice: &Invoice) -> Result<(), Inconsistent> {
    let Invoice { seller, buyer, .. } = invoice;
    // Some shops write their whole address in one line.
    let address = [&seller.address.postcode, &seller.address.city].into_iter();
    let address: String = address.chain(&seller.address.lines).map(String::as_str).collect();
    let mut owed = vec![
        ("the number", &invoice.number),
        ("the seller's name", &seller.name),
        ("the seller's SIREN", &seller.siren),
        ("the seller's address", &address),
        ("the seller's country", &seller.address.country),
        ("the buyer's name", &buyer.name),
        ("the buyer's country", &buyer.address.country),
    ];
    if invoice.lines.iter().any(|it| matches!(it.vat, Vat::Rate(_))) {
        owed.push(("the seller's VAT number", &seller.vat_number));
    }
    if let Kind::CreditNote { of, .. } = &invoice.kind {
        owed.push(("the number of the invoice that is corrected", of));
    }
    owed.extend(invoice.lines.iter().map(|it| ("a line's label", &it.label)));
    match owed.iter().find(|(_, value)| value.trim().is_empty()) {
        Some((name, _)) => Err(Inconsistent::Missing(name)),
        None => Ok(()),
    }
}

fn lines(invoice: &Invoice) -> Result<(), Inconsistent> {
    if invoice.lines.is_empty() {
        return Err(Inconsistent::NoLines);
    }
    if let Some((_, number)) = invoice.lines.iter().zip(1..).find(|(it, _)| it.qty_m == 0) {
        return Err(Inconsistent::NoQuantity(number));
    }
    let outside = |it: &InvoiceLine| it.vat == Vat::NotApplicable;
    if invoice.lines.iter().any(outside) && !invoice.lines.iter().all(outside) {
        return Err(Inconsistent::ScopesMixed);
    }
    let zero = |it: &InvoiceLine| matches!(it.vat, Vat::Rate(rate) if rate.basis_points() == 0);
    if invoice.lines.iter().any(zero) {
        return Err(Inconsistent::ZeroRate);
    }
    Ok(())
}

fn rates(invoice: &Invoice) -> Result<(), Inconsistent> {
    let lines = invoice.lines.iter().map(|it| it.vat);
    for vat in lines.chain(invoice.rates.iter().map(|it| it.vat)) {
        let of_lines = invoice.lines.iter().filter(|it| it.vat == vat);
        let mut totals = invoice.rates.iter().filter(|it| it.vat == vat);
        let (Some(total), None) = (totals.next(), totals.next()) else {
            return Err(Inconsistent::RateTotals(vat));
        };
        let net = sum(of_lines.clone().map(|it| it.net));
        let gross = sum(of_lines.map(|it| it.gross));
        if net != Some(total.net) || gross != Some(total.gross) {
            return Err(Inconsistent::RateTotals(vat));
        }
        if !tax_fits(total) {
            return Err(Inconsistent::Tax(vat));
        }
    }
    Ok(())
}

/// Whether net and VAT make the gross, and the VAT is that of the net within a cent: it was taken out
/// of the gross, so it may be off from the other way round by as much.
fn tax_fits(total: &RateTotal) -> bool {
    let rate = i128::from(total.vat.rate().basis_points());
    let exact = i128::from(total.net.cents()) * rate;
    let taken = i128::from(total.tax.cents()) * 10_000;
    total.net.checked_add(total.tax) == Some(total.gross)
        && (exact - taken).abs() <= if rate == 0 { 0 } else { 10_000 }
}

fn totals(invoice: &Invoice) -> Result<(), Inconsistent> {
    let Invoice { total_net, total_vat, total_gross, .. } = *invoice;
    if sum(invoice.rates.iter().map(|it| it.net)) != Some(total_net)
        || sum(invoice.rates.iter().map(|it| it.tax)) != Some(total_vat)
        || total_net.checked_add(total_vat) != Some(total_gross)
    {
        return Err(Inconsistent::Totals);
    }
    if total_gross.is_negative() || total_net.is_negative() {
        return Err(Inconsistent::Negative);
    }
    let paid = sum(invoice.payments.iter().map(|it| it.amount));
    let negative = invoice.payments.iter().any(|it| it.amount.is_negative());
    match paid {
        Some(paid) if paid <= total_gross && !negative => {}
        Some(_) | None => return Err(Inconsistent::Paid),
    }
    if invoice.left_to_pay() != Money::ZERO && invoice.due.is_none() {
        return Err(Inconsistent::NoDueDate);
    }
    Ok(())
}

/// None where the sum leaves 64 bits.
fn sum(mut amounts: impl Iterator<Item = Money>) -> Option<Money> {
    amounts.try_fold(Money::ZERO, Money::checked_add)
}
