//! Daily totals for e-reporting (CGI art. 290 and 290 A; ann. II art. 242 nonies M): a row a day,
//! category and rate, and what services collected, by the day of the payment.
//!
//! What is eaten in the shop is a service (TPS1), what leaves it a delivery of goods (TLB1), what bears
//! no VAT is TNT1. Tickets of which a business with a SIREN had an invoice are reported by that
//! invoice: rows of their own take them off their day again. Invoices to private persons take nothing
//! off, for these sales stay to be reported here (art. 290 I 1°).
//!
//! The same documents as CSV and as JSON. Names of columns are ours: the platform's are not known yet
//! (docs/decisions/0018).

use super::text::{amount, rate};
use super::{ExportFile, NoExport, Source};
use fiscal::Money;
use fiscal::closing::ModeRate;
use fiscal::invoice::BuyerKind;
use fiscal::ticket::{Document, DocumentRate, Means, Operation};
use fiscal::time::Date;
use fiscal::vat::{Mode, Rate};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What kind of operation, as the platform is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Category {
    /// Deliveries of goods.
    #[serde(rename = "TLB1")]
    Goods,
    /// Services.
    #[serde(rename = "TPS1")]
    Services,
    /// Without VAT.
    #[serde(rename = "TNT1")]
    Untaxed,
}

impl Category {
    /// Of a mode and a rate.
    #[must_use]
    pub const fn of(mode: Mode, rate: Rate) -> Self {
        match (rate.basis_points(), mode) {
            (0, _) => Self::Untaxed,
            (_, Mode::OnSite) => Self::Services,
            (_, Mode::TakeAway | Mode::Delivery) => Self::Goods,
        }
    }

    /// As files have it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Goods => "TLB1",
            Self::Services => "TPS1",
            Self::Untaxed => "TNT1",
        }
    }
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Origin {
    /// The day's closings.
    #[serde(rename = "CLOTURES")]
    Closings,
    /// Invoices to businesses, taken off.
    #[serde(rename = "FACTURES")]
    Invoices,
}

impl Origin {
    const fn code(self) -> &'static str {
        match self {
            Self::Closings => "CLOTURES",
            Self::Invoices => "FACTURES",
        }
    }
}

/// Turnover of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Turnover {
    /// The business day.
    pub date: Date,
    /// Of what kind.
    pub category: Category,
    /// From where.
    pub origin: Origin,
    /// The rate, in basis points.
    pub rate_bp: Rate,
    /// Tax excluded.
    pub ht: Money,
    /// The tax.
    pub vat: Money,
    /// Tax included.
    pub ttc: Money,
    /// How many tickets; below 0 where they are taken off.
    pub number: i64,
}

/// What services collected on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// The business day of the payment.
    pub date: Date,
    /// The rate, in basis points.
    pub rate_bp: Rate,
    /// How much, tax included.
    pub amount: Money,
}

/// What is reported of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reporting {
    /// The company.
    pub siren: String,
    /// The shop.
    pub siret: String,
    /// The first business day.
    pub from: Date,
    /// The last.
    pub to: Date,
    /// The currency of every amount; JSON has whole cents.
    pub currency: String,
    /// Turnover, by day, category, origin and rate.
    pub turnover: Vec<Turnover>,
    /// Payments of services, by day and rate.
    pub collected: Vec<Collected>,
}

/// The figures of a period.
///
/// # Errors
///
/// [`NoExport::Nothing`].
pub fn reporting(source: &Source) -> Result<Reporting, NoExport> {
    if source.closed.is_empty() {
        return Err(NoExport::Nothing);
    }
    Ok(Reporting {
        siren: source.siren.clone(),
        siret: source.siret.clone(),
        from: source.from,
        to: source.to,
        currency: "EUR".to_owned(),
        turnover: turnover(source),
        collected: collected(source),
    })
}

/// The files: the figures as CSV (`;`, UTF-8 with its mark, decimal comma) and as JSON.
///
/// # Errors
///
/// [`NoExport::Nothing`].
pub fn files(source: &Source) -> Result<[ExportFile; 2], NoExport> {
    let reporting = reporting(source)?;
    let name = format!("ereporting_{}_{}_{}", source.siret, source.from.iso(), source.to.iso());
    let mut json = serde_json::to_vec_pretty(&reporting).expect("memory takes any figures");
    json.push(b'\n');
    Ok([
        ExportFile { name: format!("{name}.csv"), bytes: csv(&reporting).into_bytes() },
        ExportFile { name: format!("{name}.json"), bytes: json },
    ])
}

type Key = (Date, Category, Origin, Rate);

fn turnover(source: &Source) -> Vec<Turnover> {
    let mut rows: BTreeMap<Key, (DocumentRate, i64)> = BTreeMap::new();
    for (date, closed) in source.in_order() {
        for ModeRate { mode, rate, tickets } in &closed.closing.tally.by_mode {
            let key = (date, Category::of(*mode, rate.vat_bp), Origin::Closings, rate.vat_bp);
            let number = i64::try_from(*tickets).unwrap_or(i64::MAX);
            add(&mut rows, key, rate, number, Money::saturating_add);
        }
    }
    let period = source.from..=source.to;
    let of_period = source.invoices.iter().filter(|it| period.contains(&it.business_date));
    for invoice in of_period.filter(|it| it.buyer == BuyerKind::Business) {
        for rate in &invoice.vat {
            let category = Category::of(invoice.mode, rate.vat_bp);
            let key = (invoice.business_date, category, Origin::Invoices, rate.vat_bp);
            add(&mut rows, key, rate, -1, Money::saturating_sub);
        }
    }
    let row = |((date, category, origin, rate_bp), (sum, number)): (Key, (DocumentRate, i64))| {
        let DocumentRate { ht, vat, ttc, .. } = sum;
        Turnover { date, category, origin, rate_bp, ht, vat, ttc, number }
    };
    rows.into_iter().map(row).collect()
}

fn add(
    rows: &mut BTreeMap<Key, (DocumentRate, i64)>,
    key: Key,
    rate: &DocumentRate,
    number: i64,
    sum: fn(Money, Money) -> Money,
) {
    let nothing =
        DocumentRate { vat_bp: rate.vat_bp, ht: Money::ZERO, vat: Money::ZERO, ttc: Money::ZERO };
    let (of, count) = rows.entry(key).or_insert((nothing, 0));
    of.ht = sum(of.ht, rate.ht);
    of.vat = sum(of.vat, rate.vat);
    of.ttc = sum(of.ttc, rate.ttc);
    *count = count.saturating_add(number);
}

/// What was collected for services that no business was invoiced: payments but what is still owed, on
/// the day that they were made; what settles a debt later is a correction, of its own day.
fn collected(source: &Source) -> Vec<Collected> {
    let invoiced: BTreeSet<&str> = source
        .invoices
        .iter()
        .filter(|it| it.buyer == BuyerKind::Business)
        .map(|it| it.ticket.as_str())
        .collect();
    let tickets = || source.closed.iter().flat_map(|it| &it.tickets);
    let by_number: BTreeMap<&str, &Document> =
        tickets().chain(source.originals.values()).map(|it| (it.ticket_no.as_str(), it)).collect();
    let mut rows: BTreeMap<(Date, Rate), Money> = BTreeMap::new();
    for ticket in tickets().filter(|it| it.mode == Mode::OnSite) {
        let original = ticket.original.as_ref().map(|it| it.ticket_no.as_str());
        let is_invoiced = |number: &str| invoiced.contains(number);
        if is_invoiced(&ticket.ticket_no)
            || ticket.operation == Operation::PaymentCorrection && original.is_some_and(is_invoiced)
        {
            continue;
        }
        let of = match ticket.operation {
            Operation::Sale | Operation::CreditNote => Some(ticket),
            Operation::PaymentCorrection => original.and_then(|it| by_number.get(it)).copied(),
        };
        let paid = ticket.payments.iter().filter(|it| it.means != Means::Receivable);
        let paid = paid.fold(Money::ZERO, |sum, it| sum.saturating_add(it.amount));
        for (rate, part) in of.map_or_else(Vec::new, |of| in_proportion(paid, &of.vat)) {
            let sum = rows.entry((ticket.business_date, rate)).or_insert(Money::ZERO);
            *sum = sum.saturating_add(part);
        }
    }
    rows.retain(|_, amount| *amount != Money::ZERO);
    rows.into_iter().map(|((date, rate_bp), amount)| Collected { date, rate_bp, amount }).collect()
}

/// Splits an amount in proportion to a ticket's rates; the parts are the whole.
fn in_proportion(amount: Money, rates: &[DocumentRate]) -> Vec<(Rate, Money)> {
    let whole: i128 = rates.iter().map(|it| i128::from(it.ttc.cents())).sum();
    if whole == 0 {
        return Vec::new();
    }
    let (mut before, mut given) = (0_i128, 0_i128);
    rates
        .iter()
        .map(|it| {
            before += i128::from(it.ttc.cents());
            let through = i128::from(amount.cents()) * before / whole;
            let part = through - given;
            given = through;
            (it.vat_bp, Money::from_cents(i64::try_from(part).unwrap_or(0)))
        })
        .collect()
}

/// One table for both: `10.3` are transactions, `10.4` payments, as the flows of the platforms are
/// numbered (external specifications of the reform, 3.1).
fn csv(reporting: &Reporting) -> String {
    let mut text =
        "\u{feff}flux;siret;date;categorie;origine;taux;ht;tva;ttc;nombre\r\n".to_owned();
    let siret = &reporting.siret;
    for row in &reporting.turnover {
        text.push_str(&format!(
            "10.3;{siret};{};{};{};{};{};{};{};{}\r\n",
            row.date.iso(),
            row.category.code(),
            row.origin.code(),
            rate(row.rate_bp),
            amount(row.ht),
            amount(row.vat),
            amount(row.ttc),
            row.number,
        ));
    }
    for row in &reporting.collected {
        let (date, category) = (row.date.iso(), Category::Services.code());
        let (rate, amount) = (rate(row.rate_bp), amount(row.amount));
        text.push_str(&format!("10.4;{siret};{date};{category};;{rate};;;{amount};\r\n"));
    }
    text
}
