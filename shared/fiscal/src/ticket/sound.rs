//! What holds of every ticket, whether it is about to be issued or was read back.

use super::document::{Document, Original};
use super::draft::{Draft, Line, Means, Operation, Payment};
use super::issue::TicketRefused;
use crate::Money;
use crate::jcs::GREATEST;
use alloc::borrow::Cow;
use alloc::collections::BTreeSet;

/// The parts of a draft or a document that have to be true together.
pub(super) struct Content<'a> {
    operation: Operation,
    original: Option<&'a Original>,
    reason: Option<&'a str>,
    lines: Cow<'a, [Line]>,
    payments: &'a [Payment],
}

impl<'a> Content<'a> {
    pub(super) fn of(draft: &'a Draft) -> Self {
        Self {
            operation: draft.operation,
            original: draft.original.as_ref(),
            reason: draft.reason.as_deref(),
            lines: Cow::Borrowed(&draft.lines),
            payments: &draft.payments,
        }
    }

    pub(super) fn read(document: &'a Document) -> Self {
        Self {
            operation: document.operation,
            original: document.original.as_ref(),
            reason: document.reason.as_deref(),
            lines: document.lines.iter().map(|it| it.line()).collect(),
            payments: &document.payments,
        }
    }

    pub(super) fn lines(&self) -> &[Line] {
        &self.lines
    }
}

/// Whether lines and payments are true in themselves and add up. After it no sum of any of their
/// amounts overflows.
pub(super) fn sound(content: &Content<'_>) -> Result<(), TicketRefused> {
    is_about(content)?;
    in_range(&content.lines, content.payments)?;
    lines_are_right(content.operation, &content.lines)?;
    payments_are_right(content)
}

/// Whether the document names an earlier one exactly where it must.
fn is_about(content: &Content<'_>) -> Result<(), TicketRefused> {
    let reason = content.reason.is_some_and(|it| !it.is_empty());
    match content.operation {
        Operation::Sale if content.original.is_some() || content.reason.is_some() => {
            Err(TicketRefused::SaleWithOriginal)
        }
        Operation::CreditNote | Operation::PaymentCorrection
            if content.original.is_none() || !reason =>
        {
            Err(TicketRefused::WithoutOriginal)
        }
        Operation::PaymentCorrection if !content.lines.is_empty() => {
            Err(TicketRefused::CorrectionWithLines)
        }
        Operation::Sale | Operation::CreditNote if content.lines.is_empty() => {
            Err(TicketRefused::NoLines)
        }
        Operation::Sale | Operation::CreditNote | Operation::PaymentCorrection => Ok(()),
    }?;
    let mut seen = BTreeSet::new();
    match content.lines.iter().position(|line| !seen.insert(line.line)) {
        Some(line) => Err(TicketRefused::LineTwice { line }),
        None => Ok(()),
    }
}

/// Whether every amount, and the sum of all of them without their signs, is one that JSON holds.
fn in_range(lines: &[Line], payments: &[Payment]) -> Result<(), TicketRefused> {
    let of_lines = lines.iter().flat_map(|it| [it.unit_ttc, it.discount, it.ttc]);
    let of_payments =
        payments.iter().flat_map(|it| [it.amount, it.tendered, it.change, it.forfeited]);
    let sum = of_lines
        .chain(of_payments)
        .fold(0_u64, |sum, amount| sum.saturating_add(amount.cents().unsigned_abs()));
    if sum <= GREATEST.unsigned_abs() { Ok(()) } else { Err(TicketRefused::OutOfRange) }
}

/// Whether these are lines that a sale could have: no id twice, amounts in range, each its price
/// times its quantity less a discount that has a reason.
pub(super) fn are_of_a_sale(lines: &[Line]) -> bool {
    let mut seen = BTreeSet::new();
    lines.iter().all(|line| seen.insert(line.line))
        && in_range(lines, &[]).is_ok()
        && lines_are_right(Operation::Sale, lines).is_ok()
}

fn lines_are_right(operation: Operation, lines: &[Line]) -> Result<(), TicketRefused> {
    if let Some(line) = lines.iter().position(|line| !is_right(operation, line)) {
        return Err(TicketRefused::LineAmountWrong { line });
    }
    let unreasoned = |line: &Line| {
        line.discount != Money::ZERO && line.discount_reason.as_deref().is_none_or(str::is_empty)
    };
    match lines.iter().position(unreasoned) {
        Some(line) => Err(TicketRefused::DiscountWithoutReason { line }),
        None => Ok(()),
    }
}

fn is_right(operation: Operation, line: &Line) -> bool {
    let Some(gross) = line.gross() else {
        return false;
    };
    let sold = match operation {
        Operation::Sale | Operation::PaymentCorrection => Some(line.ttc),
        Operation::CreditNote => Money::ZERO.checked_sub(line.ttc),
    };
    line.qty_m != 0
        && Money::ZERO <= line.unit_ttc
        && (Money::ZERO..=gross).contains(&line.discount)
        && gross.checked_sub(line.discount) == sold
}

fn payments_are_right(content: &Content<'_>) -> Result<(), TicketRefused> {
    let payments = content.payments;
    let wrong = |it: &Payment| !is_payment(content.operation, it);
    if let Some(payment) = payments.iter().position(wrong) {
        return Err(TicketRefused::PaymentAmountWrong { payment });
    }
    let vouchers = |it: &Payment| {
        it.means != Means::MealVoucher && (it.vouchers != 0 || it.forfeited != Money::ZERO)
    };
    if let Some(payment) = payments.iter().position(vouchers) {
        return Err(TicketRefused::VouchersOnOther { payment });
    }
    let state = |it: &Payment| it.state.is_some() && !it.means.is_card();
    if let Some(payment) = payments.iter().position(state) {
        return Err(TicketRefused::StateOnOther { payment });
    }
    let due: Money = content.lines.iter().map(|line| line.ttc).sum();
    let paid: Money = payments.iter().map(|payment| payment.amount).sum();
    if due != paid {
        return Err(TicketRefused::PaymentsDoNotCover { due, paid });
    }
    let gives = |it: &Payment| it.change != Money::ZERO && !it.means.gives_change();
    if let Some(payment) = payments.iter().position(gives) {
        return Err(TicketRefused::ChangeWithoutCash { payment });
    }
    // With a sum of 0 and no payment of 0, one payment means one on each side.
    if content.operation == Operation::PaymentCorrection && payments.is_empty() {
        return Err(TicketRefused::CorrectionOneSided);
    }
    Ok(())
}

/// Whether a payment adds up and is on the side that the operation allows.
fn is_payment(operation: Operation, it: &Payment) -> bool {
    let given_back = it.amount.is_negative();
    let right_side = match operation {
        Operation::Sale => !given_back,
        Operation::CreditNote => given_back,
        Operation::PaymentCorrection => true,
    };
    let adds_up = if given_back {
        it.tendered == it.amount && it.change == Money::ZERO && it.forfeited == Money::ZERO
    } else {
        Money::ZERO <= it.change
            && Money::ZERO <= it.forfeited
            && it.tendered.checked_sub(it.change) == it.amount.checked_add(it.forfeited)
    };
    it.amount != Money::ZERO && right_side && adds_up
}
