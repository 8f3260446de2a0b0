//! The figures of a period: a fold over its signed documents, that adds: in any order, and the
//! figures of two periods are the sum of theirs.
//!
//! Nothing here panics, for it is also folded over what others wrote. A sum that would leave 64 bits
//! stays at their end, which no document can hold, so that no closing is made of it.

use crate::Money;
use crate::copy::{Provisional, ProvisionalKind};
use crate::event::{EventCode, EventDocument};
use crate::invoice::InvoiceDocument;
use crate::record::{BrokenRecord, Record, SeriesKind};
use crate::ticket::{self, DocumentRate, Means, Operation, PaymentState, Ticket, rates_add_up};
use crate::vat::{Mode, Rate};
use alloc::vec::Vec;
use journal::Kind;
use serde::{Deserialize, Serialize};

/// How many, and what they come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub amount: Money,
}

/// Turnover of one mode at one rate: what the accounts and e-reporting are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModeRate {
    /// How it left the shop.
    pub mode: Mode,
    /// The amounts.
    #[serde(flatten)]
    pub rate: DocumentRate,
    /// How many tickets have this mode and rate.
    pub tickets: u64,
}

/// What was paid with one means: credit notes and corrections taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeansTotal {
    /// With what.
    pub means: Means,
    /// How many payments.
    pub count: u64,
    /// Their sum.
    pub amount: Money,
    /// Of these, the sum of card payments whose outcome is still to be verified.
    pub to_verify: Money,
    /// How many paper vouchers, those given back taken off.
    pub vouchers: i64,
}

/// The figures of a period. Every amount is the sum of the documents' own, never computed again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Tickets of sales.
    pub sales: Counted,
    /// Credit notes; their sum is 0 or below.
    pub credit_notes: Counted,
    /// Corrections of payments.
    pub corrections: u64,
    /// Sales less returns, tax included.
    pub total: Money,
    /// Sales plus returns, tax included.
    pub absolute: Money,
    /// Turnover by rate, the lowest first.
    pub vat: Vec<DocumentRate>,
    /// Turnover by mode and rate.
    pub by_mode: Vec<ModeRate>,
    /// Of it, what was invoiced in the period.
    pub invoiced: Vec<ModeRate>,
    /// Payments by means.
    pub means: Vec<MeansTotal>,
    /// Delivery fees, tax included: part of the turnover above.
    pub delivery_fees: Counted,
    /// Lines sold at less than their price, and what was taken off.
    pub discounts: Counted,
    /// Lines cancelled before payment, after the kitchen had them.
    pub cancelled_lines: Counted,
    /// Orders cancelled before payment.
    pub cancelled_orders: Counted,
    /// Cash put in the drawer.
    pub cash_in: Counted,
    /// Cash taken from the drawer, as a positive amount.
    pub cash_out: Counted,
    /// Duplicates made.
    pub duplicates: u64,
    /// Provisional documents printed.
    pub provisionals: u64,
    /// Notes handed over.
    pub notes: u64,
    /// Invoices and their credit notes.
    pub invoices: u64,
    /// Openings of the drawer without a sale.
    pub drawer_openings: u64,
}

impl Tally {
    /// Adds what an entry of this kind holds; others than fiscal ones add nothing.
    ///
    /// # Errors
    ///
    /// [`BrokenRecord`] where the body is not what its kind says.
    pub fn entry(&mut self, kind: Kind, body: &[u8]) -> Result<(), BrokenRecord> {
        if kind == crate::kind::TICKET {
            let ticket = Ticket::decode(body).ok_or(BrokenRecord::Unreadable)?;
            let document = ticket.read().map_err(|_| BrokenRecord::Unreadable)?;
            self.ticket(&document);
            return Ok(());
        }
        let Some(series) = SeriesKind::of_kind(kind) else {
            return Ok(());
        };
        let record = Record::decode(body).ok_or(BrokenRecord::Unreadable)?;
        match series {
            SeriesKind::Duplicate => self.duplicates = self.duplicates.saturating_add(1),
            SeriesKind::Provisional => match record.read::<Provisional>()?.kind {
                ProvisionalKind::Provisional => {
                    self.provisionals = self.provisionals.saturating_add(1);
                }
                ProvisionalKind::Note => self.notes = self.notes.saturating_add(1),
            },
            SeriesKind::Invoice => self.invoice(&record.read()?),
            SeriesKind::Event => self.event(&record.read()?),
            SeriesKind::Closing | SeriesKind::Archive => {}
        }
        Ok(())
    }

    /// Adds a ticket, a credit note or a correction.
    pub fn ticket(&mut self, document: &ticket::Document) {
        match document.operation {
            Operation::Sale => self.sales.add(document.total_ttc),
            Operation::CreditNote => self.credit_notes.add(document.total_ttc),
            Operation::PaymentCorrection => self.corrections = self.corrections.saturating_add(1),
        }
        let size = Money::from_cents(document.total_ttc.cents().saturating_abs());
        self.total = self.total.saturating_add(document.total_ttc);
        self.absolute = self.absolute.saturating_add(size);
        for rate in &document.vat {
            add_rate(&mut self.vat, rate);
            add_mode(&mut self.by_mode, document.mode, rate);
        }
        for payment in &document.payments {
            let total = self.of_means(payment.means);
            let vouchers = i64::from(payment.vouchers);
            let given_back = payment.amount.is_negative();
            let vouchers = if given_back { vouchers.saturating_neg() } else { vouchers };
            total.count = total.count.saturating_add(1);
            total.amount = total.amount.saturating_add(payment.amount);
            total.vouchers = total.vouchers.saturating_add(vouchers);
            match payment.state {
                Some(PaymentState::ToVerify) => {
                    total.to_verify = total.to_verify.saturating_add(payment.amount);
                }
                None => {}
            }
        }
        for line in &document.lines {
            if line.sku == ticket::DELIVERY_FEE {
                self.delivery_fees.add(line.ttc);
            }
            if line.discount != Money::ZERO && document.operation == Operation::Sale {
                self.discounts.add(line.discount);
            }
        }
    }

    /// Adds an event.
    pub fn event(&mut self, event: &EventDocument) {
        let amount = Money::from_cents(event.number("amount").unwrap_or(0));
        for (code, counted) in [
            (EventCode::CashIn, &mut self.cash_in),
            (EventCode::CashOut, &mut self.cash_out),
            (EventCode::LineCancel, &mut self.cancelled_lines),
            (EventCode::OrderCancel, &mut self.cancelled_orders),
        ] {
            if event.code == code {
                counted.add(amount);
            }
        }
        if event.code == EventCode::DrawerOpenNoSale {
            self.drawer_openings = self.drawer_openings.saturating_add(1);
        }
    }

    fn invoice(&mut self, invoice: &InvoiceDocument) {
        self.invoices = self.invoices.saturating_add(1);
        for rate in &invoice.vat {
            add_mode(&mut self.invoiced, invoice.mode, rate);
        }
    }

    /// Adds the figures of another period.
    pub fn merge(&mut self, other: &Self) {
        self.sales.merge(other.sales);
        self.credit_notes.merge(other.credit_notes);
        self.corrections = self.corrections.saturating_add(other.corrections);
        self.total = self.total.saturating_add(other.total);
        self.absolute = self.absolute.saturating_add(other.absolute);
        for rate in &other.vat {
            add_rate(&mut self.vat, rate);
        }
        for it in &other.by_mode {
            merge_mode(&mut self.by_mode, it);
        }
        for it in &other.invoiced {
            merge_mode(&mut self.invoiced, it);
        }
        for it in &other.means {
            let total = self.of_means(it.means);
            total.count = total.count.saturating_add(it.count);
            total.amount = total.amount.saturating_add(it.amount);
            total.to_verify = total.to_verify.saturating_add(it.to_verify);
            total.vouchers = total.vouchers.saturating_add(it.vouchers);
        }
        self.delivery_fees.merge(other.delivery_fees);
        self.discounts.merge(other.discounts);
        self.cancelled_lines.merge(other.cancelled_lines);
        self.cancelled_orders.merge(other.cancelled_orders);
        self.cash_in.merge(other.cash_in);
        self.cash_out.merge(other.cash_out);
        self.duplicates = self.duplicates.saturating_add(other.duplicates);
        self.provisionals = self.provisionals.saturating_add(other.provisionals);
        self.notes = self.notes.saturating_add(other.notes);
        self.invoices = self.invoices.saturating_add(other.invoices);
        self.drawer_openings = self.drawer_openings.saturating_add(other.drawer_openings);
    }

    /// What was paid with a means.
    #[must_use]
    pub fn means(&self, means: Means) -> Money {
        let of = self.means.iter().find(|it| it.means == means);
        of.map_or(Money::ZERO, |it| it.amount)
    }

    fn of_means(&mut self, means: Means) -> &mut MeansTotal {
        let place = match self.means.binary_search_by_key(&means, |it| it.means) {
            Ok(place) => place,
            Err(place) => {
                let amount = Money::ZERO;
                let empty = MeansTotal { means, count: 0, amount, to_verify: amount, vouchers: 0 };
                self.means.insert(place, empty);
                place
            }
        };
        &mut self.means[place]
    }

    /// Whether the figures agree with one another: by rate, by mode and by means they add up to the
    /// total, which is sales less returns; each list in its order, nothing twice.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        let mut by_rate = Vec::new();
        for it in &self.by_mode {
            add_rate(&mut by_rate, &it.rate);
        }
        let paid = self.means.iter().fold(Money::ZERO, |sum, it| sum.saturating_add(it.amount));
        rates_add_up(&self.vat, self.total)
            && by_rate == self.vat
            && modes_add_up(&self.by_mode)
            && modes_add_up(&self.invoiced)
            && self.means.windows(2).all(|pair| pair[0].means < pair[1].means)
            && paid == self.total
            && self.credit_notes.amount <= Money::ZERO
            && Money::ZERO <= self.sales.amount
            && self.total == self.sales.amount.saturating_add(self.credit_notes.amount)
            && self.absolute == self.sales.amount.saturating_sub(self.credit_notes.amount)
    }
}

impl Counted {
    fn add(&mut self, amount: Money) {
        self.merge(Self { count: 1, amount });
    }

    fn merge(&mut self, other: Self) {
        self.count = self.count.saturating_add(other.count);
        self.amount = self.amount.saturating_add(other.amount);
    }
}

fn add_rate(rates: &mut Vec<DocumentRate>, rate: &DocumentRate) {
    match rates.binary_search_by_key(&rate.vat_bp, |it| it.vat_bp) {
        Ok(place) => sum(&mut rates[place], rate),
        Err(place) => rates.insert(place, *rate),
    }
}

fn sum(into: &mut DocumentRate, rate: &DocumentRate) {
    into.ht = into.ht.saturating_add(rate.ht);
    into.vat = into.vat.saturating_add(rate.vat);
    into.ttc = into.ttc.saturating_add(rate.ttc);
}

fn add_mode(rates: &mut Vec<ModeRate>, mode: Mode, rate: &DocumentRate) {
    merge_mode(rates, &ModeRate { mode, rate: *rate, tickets: 1 });
}

const fn mode_and_rate(it: &ModeRate) -> (Mode, Rate) {
    (it.mode, it.rate.vat_bp)
}

fn modes_add_up(rates: &[ModeRate]) -> bool {
    rates.windows(2).all(|pair| mode_and_rate(&pair[0]) < mode_and_rate(&pair[1]))
        && rates.iter().all(|it| it.rate.ht.checked_add(it.rate.vat) == Some(it.rate.ttc))
}

fn merge_mode(rates: &mut Vec<ModeRate>, it: &ModeRate) {
    match rates.binary_search_by_key(&mode_and_rate(it), mode_and_rate) {
        Ok(place) => {
            sum(&mut rates[place].rate, &it.rate);
            rates[place].tickets = rates[place].tickets.saturating_add(it.tickets);
        }
        Err(place) => rates.insert(place, *it),
    }
}
