//! What tickets do to an order: they settle lines, and credit notes give back what was settled.
//!
//! A line that a ticket named once is never due again: nothing that was paid is reopened, and what
//! was given back is sold anew, if it is, as another order.

use super::{Order, OrderLine, Stamp};
use crate::id::LineId;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::ticket::{Document, Operation};
use minicbor::Encode;
use serde::{Deserialize, Serialize};

/// Lines settled by a ticket, or given back by a credit note. The caller reads it from the fiscal
/// entry, which alone is the truth of it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub struct Settlement {
    /// The lines named, parts of the delivery fee ([`LineId::is_fee`]) among them; none where a
    /// payment is corrected.
    #[n(0)]
    pub lines: Vec<SettledLine>,
    /// The document's total, VAT included: not above zero for a credit note.
    #[n(1)]
    pub total: Money,
    /// The document's number.
    #[n(2)]
    pub ticket: String,
    /// Whether it is a credit note: its lines are given back.
    #[n(3)]
    pub gives_back: bool,
}

/// A line on a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Serialize, Deserialize)]
pub struct SettledLine {
    /// The line.
    #[n(0)]
    pub line: LineId,
    /// How many of it, in thousandths.
    #[n(1)]
    pub qty_m: u32,
}

impl Settlement {
    /// How much of a line it names, in thousandths.
    fn of(&self, line: LineId) -> u64 {
        let named = self.lines.iter().filter(|it| it.line == line);
        named.fold(0, |sum, it| sum.saturating_add(it.qty_m.into()))
    }

    pub(super) fn names_fee(&self) -> bool {
        self.lines.iter().any(|it| it.line.is_fee())
    }
}

impl From<&Document> for Settlement {
    fn from(document: &Document) -> Self {
        let lines = document.lines.iter();
        Self {
            lines: lines.map(|it| SettledLine { line: LineId(it.line), qty_m: it.qty_m }).collect(),
            total: document.total_ttc,
            ticket: document.ticket_no.clone(),
            gives_back: match document.operation {
                Operation::CreditNote => true,
                Operation::Sale | Operation::PaymentCorrection => false,
            },
        }
    }
}

impl Order {
    /// The tickets, credit notes and corrections that are about this order.
    #[must_use]
    pub fn settlements(&self) -> &[(Stamp, Settlement)] {
        &self.settlements
    }

    /// Whether a ticket settles the line, be it that it was given back since.
    #[must_use]
    pub fn was_settled(&self, line: LineId) -> bool {
        self.on_tickets(line, false) > 0
    }

    /// How much of a line credit notes gave back, in thousandths.
    #[must_use]
    pub fn given_back_m(&self, line: LineId) -> u64 {
        self.on_tickets(line, true)
    }

    /// How much of a line tickets settle less what was given back, in thousandths.
    #[must_use]
    pub fn settled_m(&self, line: LineId) -> u64 {
        self.on_tickets(line, false).saturating_sub(self.given_back_m(line))
    }

    /// The wanted lines that no ticket ever settled.
    pub fn unsettled_lines(&self) -> impl Iterator<Item = &OrderLine> {
        self.live_lines().filter(|it| !self.was_settled(it.line.id))
    }

    /// Lines that tickets settle more of than there is: somebody probably paid twice, and is to be
    /// refunded.
    pub fn possible_doubles(&self) -> impl Iterator<Item = &OrderLine> {
        let whole = |it: &OrderLine| u64::from(it.line.quantity).saturating_mul(1_000);
        self.lines.iter().filter(move |it| self.settled_m(it.line.id) > whole(it))
    }

    /// Lines that a ticket settles and that were cancelled elsewhere: a credit note is to be made.
    pub fn to_credit(&self) -> impl Iterator<Item = &OrderLine> {
        self.lines.iter().filter(|it| !self.is_live(it) && self.settled_m(it.line.id) > 0)
    }

    fn on_tickets(&self, line: LineId, given_back: bool) -> u64 {
        let documents = self.settlements.iter().filter(|(_, it)| it.gives_back == given_back);
        documents.fold(0, |sum, (_, it)| sum.saturating_add(it.of(line)))
    }
}

#[cfg(test)]
mod tests;
