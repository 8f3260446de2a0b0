//! The document: what a ticket says, as canonical JSON and as the typed view of it.

use super::draft::{Channel, Draft, Issuer, Line, Operation, Payment};
use super::sound::are_of_a_sale;
use super::totals::{LineTax, RateTotal, Totals};
use crate::Money;
use crate::time::{Date, Moment};
use crate::vat::{Class, Mode, Rate};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The name of the document's layout.
pub const SCHEMA: &str = "TICKET-1";

/// What a ticket says. Amounts are cents, rates basis points, quantities thousandths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The layout: [`SCHEMA`].
    pub schema: String,
    /// The ticket's number.
    pub ticket_no: String,
    /// The till: shop and label.
    pub till: String,
    /// The place in the till's series: 1, 2, 3 … without a gap.
    pub seq: u64,
    /// What it records.
    #[serde(rename = "type")]
    pub operation: Operation,
    /// The ticket that a credit note or a correction is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub original: Option<Original>,
    /// Why, by a code of a closed list: of credit notes and corrections.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reason: Option<String>,
    /// The order, as people name it.
    pub order: String,
    /// The way it came in.
    pub channel: Channel,
    /// How it leaves.
    pub mode: Mode,
    /// The code of whoever took the money.
    pub operator: String,
    /// The instant, in milliseconds since 1970 UTC.
    pub utc_ms: i64,
    /// Minutes that local time was ahead of UTC.
    pub offset_min: i16,
    /// The local time, ISO 8601 without an offset.
    pub local: String,
    /// The business day it counts in.
    pub business_date: Date,
    /// Who sells.
    pub issuer: Issuer,
    /// How many lines follow.
    pub line_count: u64,
    /// What was sold.
    pub lines: Vec<DocumentLine>,
    /// The breakdown by rate, the lowest first.
    pub vat: Vec<DocumentRate>,
    /// The total, tax excluded.
    pub total_ht: Money,
    /// The tax.
    pub total_vat: Money,
    /// The total, tax included.
    pub total_ttc: Money,
    /// How it was paid.
    pub payments: Vec<Payment>,
}

/// Which ticket a credit note or a correction is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Original {
    /// Its number.
    pub ticket_no: String,
    /// SHA-256 of its document, in hexadecimal.
    pub content: String,
    /// The business day it counted in.
    pub business_date: Date,
}

/// A line of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentLine {
    /// The order line that this settles.
    #[serde(with = "line_id")]
    pub line: [u8; 8],
    /// The product's name as sold.
    pub label: String,
    /// Size, halves, options.
    pub details: Vec<String>,
    /// The product's code.
    pub sku: String,
    /// How many, in thousandths.
    pub qty_m: u32,
    /// The price of one, tax included, before any discount.
    pub unit_ttc: Money,
    /// What is taken off the line.
    pub discount: Money,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub discount_reason: Option<String>,
    /// The amount, tax included.
    pub ttc: Money,
    /// The amount, tax excluded.
    pub net_ht: Money,
    /// The tax.
    pub vat: Money,
    /// The rate.
    pub vat_bp: Rate,
    /// The tax class: the reason for the rate.
    pub vat_class: Class,
}

/// The amounts of one rate of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRate {
    /// The rate.
    pub vat_bp: Rate,
    /// Tax excluded.
    pub ht: Money,
    /// The tax.
    pub vat: Money,
    /// Tax included.
    pub ttc: Money,
}

impl Document {
    pub(super) fn of(draft: &Draft, totals: &Totals, till: &str, seq: u64, number: &str) -> Self {
        let lines = DocumentLine::all(&draft.lines, totals);
        Self {
            schema: SCHEMA.to_owned(),
            ticket_no: number.to_owned(),
            till: till.to_owned(),
            seq,
            operation: draft.operation,
            original: draft.original.clone(),
            reason: draft.reason.clone(),
            order: draft.order.clone(),
            channel: draft.channel,
            mode: draft.mode,
            operator: draft.operator.clone(),
            utc_ms: draft.moment.utc_ms,
            offset_min: draft.moment.offset_min,
            local: draft.moment.local().iso(),
            business_date: draft.business_date,
            issuer: draft.issuer.clone(),
            line_count: lines.len() as u64,
            lines,
            vat: totals.rates.iter().map(DocumentRate::of).collect(),
            total_ht: totals.ht(),
            total_vat: totals.vat(),
            total_ttc: totals.total,
            payments: draft.payments.clone(),
        }
    }

    /// When it was issued.
    #[must_use]
    pub const fn moment(&self) -> Moment {
        Moment { utc_ms: self.utc_ms, offset_min: self.offset_min }
    }
}

impl DocumentLine {
    /// Lines with the tax that is theirs in these totals of them.
    pub(crate) fn all(lines: &[Line], totals: &Totals) -> Vec<Self> {
        lines.iter().zip(&totals.lines).map(|(line, tax)| Self::of(line, *tax)).collect()
    }

    fn of(line: &Line, tax: LineTax) -> Self {
        Self {
            line: line.line,
            label: line.label.clone(),
            details: line.details.clone(),
            sku: line.sku.clone(),
            qty_m: line.qty_m,
            unit_ttc: line.unit_ttc,
            discount: line.discount,
            discount_reason: line.discount_reason.clone(),
            ttc: line.ttc,
            net_ht: tax.ht,
            vat: tax.vat,
            vat_bp: line.rate,
            vat_class: line.class,
        }
    }

    /// The line as it was in the draft.
    #[must_use]
    pub fn line(&self) -> Line {
        Line {
            line: self.line,
            label: self.label.clone(),
            details: self.details.clone(),
            sku: self.sku.clone(),
            qty_m: self.qty_m,
            unit_ttc: self.unit_ttc,
            discount: self.discount,
            discount_reason: self.discount_reason.clone(),
            ttc: self.ttc,
            class: self.vat_class,
            rate: self.vat_bp,
        }
    }

    /// What the document says of the line's tax.
    #[must_use]
    pub const fn tax(&self) -> LineTax {
        LineTax { ht: self.net_ht, vat: self.vat }
    }
}

impl DocumentRate {
    pub(crate) fn of(total: &RateTotal) -> Self {
        Self { vat_bp: total.rate, ht: total.ht, vat: total.vat, ttc: total.ttc }
    }
}

/// Rates and amounts as base strings have them: `0550:400|1000:1250`.
pub(crate) fn breakdown(rates: &[DocumentRate]) -> String {
    let mut text = String::new();
    for (place, rate) in rates.iter().enumerate() {
        let separator = if place == 0 { "" } else { "|" };
        text.push_str(&format!("{separator}{}:{}", rate.vat_bp, rate.ttc.cents()));
    }
    text
}

/// Whether rates rise, each adds up, and together they are the total.
pub(crate) fn rates_add_up(rates: &[DocumentRate], total_ttc: Money) -> bool {
    let sum = rates.iter().try_fold(Money::ZERO, |sum, rate| sum.checked_add(rate.ttc));
    rates.windows(2).all(|pair| pair[0].vat_bp < pair[1].vat_bp)
        && rates.iter().all(|rate| rate.ht.checked_add(rate.vat) == Some(rate.ttc))
        && sum == Some(total_ttc)
}

/// Whether these are lines of a sale, and tax and totals are theirs.
pub(crate) fn same_totals(
    lines: &[DocumentLine],
    vat: &[DocumentRate],
    total_ht: Money,
    total_ttc: Money,
) -> bool {
    let sold: Vec<Line> = lines.iter().map(DocumentLine::line).collect();
    if !are_of_a_sale(&sold) {
        return false;
    }
    let totals = super::totals(&sold);
    totals.total == total_ttc
        && totals.ht() == total_ht
        && vat.iter().copied().eq(totals.rates.iter().map(DocumentRate::of))
        && lines.iter().map(DocumentLine::tax).eq(totals.lines)
}

/// An order line's id in JSON: 16 hexadecimal digits.
mod line_id {
    use alloc::format;
    use alloc::string::String;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(id: &[u8; 8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{:016x}", u64::from_be_bytes(*id)))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 8], D::Error> {
        let text = String::deserialize(deserializer)?;
        u64::from_str_radix(&text, 16)
            .ok()
            .filter(|id| format!("{id:016x}") == text)
            .map(u64::to_be_bytes)
            .ok_or_else(|| de::Error::custom("not 16 hexadecimal digits"))
    }
}
