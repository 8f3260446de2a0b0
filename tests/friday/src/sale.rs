//! A basket sold: priced, taxed, paid, and looked at from all sides.

use crate::baskets::Basket;
use crate::dice::Dice;
use domain::catalogue::Catalogue;
use domain::configured::{ConfigurationRefused, Configured, Sum};
use domain::shop::Shop;
use fiscal::Money;
use fiscal::ticket::{CASH_CEILING, Channel, Draft, Line, Means, Operation, Payment, Totals};
use fiscal::time::{DEFAULT_CUT_HOUR, Moment};
use fiscal::vat::Table;
use pos_api::Tender;
use serde::Serialize;

/// Friday 2026-11-20 at 19:30 in Lille.
pub const FRIDAY: Moment = Moment { utc_ms: 1_795_199_400_000, offset_min: 60 };

/// A ticket's worth of a basket: its lines at the rates of the law, paid in full.
///
/// A line in thirty has a discount, and a line in two hundred is free. Most people pay cash and
/// get change; some a card, some both.
///
/// # Errors
///
/// [`ConfigurationRefused`] where the basket is not of this menu.
///
/// # Panics
///
/// Where something cannot be sold in the basket's mode.
pub fn sale(
    basket: &Basket,
    menu: &Catalogue,
    shop: &Shop,
    table: &Table,
    dice: &mut Dice,
) -> Result<Draft, ConfigurationRefused> {
    let date = FRIDAY.business_date(DEFAULT_CUT_HOUR);
    let mut lines = Vec::with_capacity(basket.lines.len());
    for (place, (item, quantity)) in basket.lines.iter().enumerate() {
        let made = item.make(menu)?;
        let rate = table.rate(made.class, basket.mode, shop.territory, date);
        let gross = made.sum.price.times(*quantity);
        let discount = discount(gross, dice);
        lines.push(Line {
            line: (place as u64).to_be_bytes(),
            label: label(item, menu),
            details: Vec::new(),
            sku: item.parts.first().map_or_else(String::new, |it| it.product.to_string()),
            qty_m: quantity * 1_000,
            unit_ttc: made.sum.price,
            discount,
            discount_reason: (discount != Money::ZERO).then(|| "geste commercial".to_owned()),
            ttc: gross - discount,
            class: made.class,
            rate: rate.expect("a basket holds nothing that has no rate in its mode"),
        });
    }
    let due = lines.iter().map(|it| it.ttc).sum();
    Ok(Draft {
        operation: Operation::Sale,
        original: None,
        reason: None,
        order: "C1-042".to_owned(),
        channel: Channel::Counter,
        mode: basket.mode,
        operator: "LB".to_owned(),
        moment: FRIDAY,
        business_date: date,
        issuer: shop.issuer("OC Pizza", "0123abcd"),
        lines,
        payments: payments(due, dice),
        cash_taken_before: Money::ZERO,
    })
}

/// What somebody hands over: a little more than half pay cash and get change, the others a card; some
/// pay a part with the card and the rest in cash, a few a cheque. Nothing is paid for what is free.
pub(crate) fn tenders(due: Money, dice: &mut Dice) -> Vec<Tender> {
    let cash = |due, dice: &mut Dice| Tender::cash(given(due, dice));
    if due == Money::ZERO {
        return Vec::new();
    }
    match dice.below(100) {
        0..55 => vec![cash(due, dice)],
        55..90 => vec![Tender::of(pos_api::Means::Card, due)],
        90..98 if Money::from_cents(1_000) < due => {
            let card = Money::from_cents(1_000);
            vec![Tender::of(pos_api::Means::Card, card), cash(due - card, dice)]
        }
        _ => vec![Tender::of(pos_api::Means::Cheque, due)],
    }
}

/// What somebody hands over who owes so much: coins and notes, at least what is due.
pub fn given(due: Money, dice: &mut Dice) -> Money {
    let due = due.cents();
    let up_to = |unit: i64| (due + unit - 1) / unit * unit;
    let given = match dice.below(100) {
        0..15 => due,
        15..25 => up_to(100),
        25..50 => up_to(500),
        50..75 => up_to(1_000),
        75..92 => up_to(2_000),
        _ => up_to(5_000),
    };
    Money::from_cents(given)
}

/// What does not hold of a sale and its totals, as a sentence; `None` where all does.
///
/// Σ lines = total = Σ bases + VAT = Σ payments net of change; the same by rate; every line's base
/// within a cent of its exact one; and the price of each line is that of its parts, once for each
/// (`of_sum` is what one algebra says of the basket).
#[must_use]
pub fn fault(sale: &Draft, totals: &Totals, of_sum: &Sum) -> Option<String> {
    let lines: Money = sale.lines.iter().map(|it| it.ttc).sum();
    let discounts: Money = sale.lines.iter().map(|it| it.discount).sum();
    let bases: Money = totals.rates.iter().map(|it| it.ht + it.vat).sum();
    let paid: Money = sale.payments.iter().map(|it| it.tendered - it.change).sum();
    let sums = [
        ("lines", lines),
        ("the algebra, less discounts", of_sum.price - discounts),
        ("bases and VAT", bases),
        ("bases and VAT of lines", totals.lines.iter().map(|it| it.ht + it.vat).sum()),
        ("payments net of change", paid),
    ];
    if let Some((name, sum)) = sums.into_iter().find(|(_, sum)| *sum != totals.total) {
        return Some(format!("{name} come to {sum:?}, the total is {:?}", totals.total));
    }
    let taxed = || sale.lines.iter().zip(&totals.lines);
    for rate in &totals.rates {
        let own = || taxed().filter(|(line, _)| line.rate == rate.rate);
        let ttc: Money = own().map(|(line, _)| line.ttc).sum();
        let ht: Money = own().map(|(_, tax)| tax.ht).sum();
        let vat: Money = own().map(|(_, tax)| tax.vat).sum();
        if (ttc, ht, vat) != (rate.ttc, rate.ht, rate.vat) {
            return Some(format!("the lines at {} do not add up to {rate:?}", rate.rate));
        }
    }
    taxed()
        .find(|(line, tax)| {
            let whole = 10_000 + i64::from(line.rate.basis_points());
            (tax.ht.cents() * whole - line.ttc.cents() * 10_000).abs() >= whole
        })
        .map(|(line, tax)| format!("{tax:?} is a cent or more from the base of {:?}", line.ttc))
}

/// What the basket comes to by the algebra of configured products.
///
/// # Errors
///
/// [`ConfigurationRefused`] where the basket is not of this menu.
pub fn sum(basket: &Basket, menu: &Catalogue) -> Result<Sum, ConfigurationRefused> {
    basket
        .lines
        .iter()
        .map(|(item, quantity)| {
            let count = u16::try_from(*quantity).expect("at most 99 of a line");
            item.make(menu).map(|it| it.sum.times(count))
        })
        .sum()
}

/// The sale as `shared/fiscal/tests/oracle/vat.py` reads it: one line of JSON.
#[must_use]
pub fn told(sale: &Draft, totals: &Totals) -> String {
    let told = Told {
        lines: sale
            .lines
            .iter()
            .map(|it| ToldLine { ttc: it.ttc, rate_bp: it.rate.basis_points() })
            .collect(),
        rates: totals
            .rates
            .iter()
            .map(|it| ToldRate {
                rate_bp: it.rate.basis_points(),
                ttc: it.ttc,
                ht: it.ht,
                vat: it.vat,
            })
            .collect(),
        line_ht: totals.lines.iter().map(|it| it.ht).collect(),
        payments: sale
            .payments
            .iter()
            .map(|it| ToldPayment { tendered: it.tendered, change: it.change })
            .collect(),
        total: totals.total,
    };
    serde_json::to_string(&told).expect("numbers and lists are JSON")
}

#[derive(Serialize)]
struct Told {
    lines: Vec<ToldLine>,
    rates: Vec<ToldRate>,
    line_ht: Vec<Money>,
    payments: Vec<ToldPayment>,
    total: Money,
}

#[derive(Serialize)]
struct ToldLine {
    ttc: Money,
    rate_bp: u16,
}

#[derive(Serialize)]
struct ToldRate {
    rate_bp: u16,
    ttc: Money,
    ht: Money,
    vat: Money,
}

#[derive(Serialize)]
struct ToldPayment {
    tendered: Money,
    change: Money,
}

fn label(item: &Configured, menu: &Catalogue) -> String {
    let names = item.parts.iter().filter_map(|it| menu.product(&it.product));
    names.map(|it| it.name.as_str()).collect::<Vec<_>>().join(" / ")
}

fn discount(gross: Money, dice: &mut Dice) -> Money {
    match dice.below(200) {
        0 => gross,
        1..7 => Money::from_cents(gross.cents() * i64::from(dice.between(1, 50)) / 100),
        _ => Money::ZERO,
    }
}

fn payments(due: Money, dice: &mut Dice) -> Vec<Payment> {
    if due == Money::ZERO {
        return Vec::new();
    }
    let card = |amount| paid(Means::Card, amount, amount);
    // Both where the law would refuse so much cash.
    match dice.below(100) {
        _ if CASH_CEILING < due => {
            vec![paid(Means::Cash, CASH_CEILING, CASH_CEILING), card(due - CASH_CEILING)]
        }
        0..70 => vec![paid(Means::Cash, due, given(due, dice))],
        70..90 => vec![card(due)],
        _ => {
            let cash = Money::from_cents(due.cents() / 2);
            let rest = card(due - cash);
            if cash == Money::ZERO { vec![rest] } else { vec![paid(Means::Cash, cash, cash), rest] }
        }
    }
}

fn paid(means: Means, amount: Money, tendered: Money) -> Payment {
    Payment { tendered, change: tendered - amount, ..Payment::exact(means, amount) }
}
