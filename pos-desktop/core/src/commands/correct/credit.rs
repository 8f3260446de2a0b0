//! Credit notes: something sold is taken back, and its money given back.

use super::{Act, By, COUNTER_CREDIT, Corrected, MEANS, drawer_has, paid_by};
use crate::commands::{paper, print, tender};
use crate::error::Error;
use crate::workstation::Turn;
use domain::id::LineId;
use fiscal::Money;
use fiscal::event::{EventCode, data};
use fiscal::ticket::{
    CreditRefused, Line, Means, Operation, Payment, Ticket, credit_lines, creditable,
};
use pos_api::{Code, CreditLine, CreditReason, Reply, Tender};
use std::path::Path;

/// What a manager allows, in the event log.
const WHAT: &str = "AVOIR";

/// What is asked to be taken back.
pub(super) struct Asked<'a> {
    pub(super) ticket: &'a str,
    /// Empty for all that is left.
    pub(super) lines: &'a [CreditLine],
    /// Empty for the means it was paid with.
    pub(super) back: &'a [Tender],
    pub(super) reason: CreditReason,
}

pub(super) fn run(
    turn: &mut Turn<'_>,
    asked: &Asked<'_>,
    by: &By,
    invoices: &Path,
) -> Result<Reply, Error> {
    let it = Corrected::find(turn, asked.ticket, by)?;
    if it.document.operation != Operation::Sale {
        return Err(Code::NotOwnTicket.into());
    }
    let wanted = wanted(&it, asked.lines)?;
    let lines = credit_lines(&it.document, &it.loaded.documents, &wanted).map_err(refused)?;
    let total: Money = -lines.iter().map(|line| line.ttc).sum::<Money>();
    // Cash that goes back for what was paid otherwise is some of it: the same limit holds it.
    if COUNTER_CREDIT < total.saturating_add(taken_back(&it)) || !it.is_of_today() {
        by.needs_manager()?;
    }
    let payments = if asked.back.is_empty() {
        as_it_was_paid(&it, total)?
    } else {
        as_asked(&it, total, asked.back)?
    };
    let cash: Money =
        payments.iter().filter(|it| it.means == Means::Cash).map(|it| -it.amount).sum();
    drawer_has(turn, cash)?;
    let act = Act {
        operation: Operation::CreditNote,
        reason: asked.reason.code(),
        lines: lines.clone(),
        payments,
        cash_taken_before: Money::ZERO,
    };
    let note = it.sign(turn, by, act)?;
    paper::credited(turn, it.order, &note, by.code(), invoices)?;
    by.note(turn, WHAT)?;
    trace(turn, by, &it, &note, &lines)?;
    if cash != Money::ZERO {
        print::open_drawer(turn.tx, &note.number, turn.now_ms)?;
    }
    Ok(Reply::Corrected { ticket: note.number, total: -total })
}

/// What earlier credit notes of the ticket took back.
fn taken_back(it: &Corrected) -> Money {
    let notes = it.loaded.documents.iter().filter(|note| {
        let about = note.original.as_ref().map(|of| of.ticket_no.as_str());
        note.operation == Operation::CreditNote && about == Some(it.document.ticket_no.as_str())
    });
    notes.fold(Money::ZERO, |sum, note| sum.saturating_sub(note.total_ttc))
}

/// The lines and how many thousandths of each. The fee for delivering is one thing on several lines:
/// all of it is taken back, or nothing.
fn wanted(it: &Corrected, lines: &[CreditLine]) -> Result<Vec<([u8; 8], u32)>, Error> {
    let left = creditable(&it.document, &it.loaded.documents);
    let wanted: Vec<([u8; 8], u32)> = if lines.is_empty() {
        left.iter().filter(|it| it.qty_m != 0).map(|it| (it.line, it.qty_m)).collect()
    } else {
        lines.iter().map(|it| (it.line.0, it.qty_m)).collect()
    };
    let is_fee = |line: [u8; 8]| LineId(line).is_fee();
    let fee_parts = wanted.iter().filter(|(line, _)| is_fee(*line));
    let whole_fee = left.iter().filter(|it| is_fee(it.line));
    let part = fee_parts.clone().count() != whole_fee.clone().count()
        || fee_parts.clone().any(|(_, qty_m)| *qty_m != 1_000);
    if fee_parts.clone().next().is_some() && part {
        return Err(Code::CreditAmount.into());
    }
    Ok(wanted)
}

fn refused(refused: CreditRefused) -> Error {
    let code = match refused {
        CreditRefused::NotASale => Code::NotOwnTicket,
        CreditRefused::UnknownLine { .. } => Code::NoSuchLine,
        CreditRefused::Nothing
        | CreditRefused::LineTwice { .. }
        | CreditRefused::TooMuch { .. }
        | CreditRefused::Indivisible { .. } => Code::CreditAmount,
    };
    code.into()
}

/// The money goes back by the means it was paid with, less what went back before.
fn as_it_was_paid(it: &Corrected, total: Money) -> Result<Vec<Payment>, Error> {
    let family = it.family();
    let mut left = total;
    let mut payments = Vec::new();
    for means in MEANS {
        let paid = paid_by(&family, means);
        let amount = paid.min(left);
        if Money::ZERO < amount {
            let all = amount == paid;
            let counts = family.iter().flat_map(|it| &it.payments);
            let vouchers = counts.filter(|it| it.means == means && all).map(signed).sum::<i64>();
            payments.push(Payment {
                vouchers: u32::try_from(vouchers).unwrap_or(0),
                ..Payment::exact(means, -amount)
            });
            left -= amount;
        }
    }
    if left == Money::ZERO { Ok(payments) } else { Err(Code::CreditAmount.into()) }
}

/// How many vouchers a payment brought, or gave back.
fn signed(payment: &Payment) -> i64 {
    let count = i64::from(payment.vouchers);
    if payment.amount.is_negative() { -count } else { count }
}

/// The money goes back as somebody says. Money that was paid goes back as any money; vouchers, staff
/// meals and what is still owed go back as what they are and never as money.
fn as_asked(it: &Corrected, total: Money, back: &[Tender]) -> Result<Vec<Payment>, Error> {
    let family = it.family();
    let given = back.iter().fold(Money::ZERO, |sum, it| sum.saturating_add(it.given));
    if given < total || back.iter().any(|it| it.given <= Money::ZERO) {
        return Err(Error::NotEnough { due: total, given });
    }
    if total < given {
        return Err(Code::NoChange { due: total }.into());
    }
    let payments = back.iter().map(payment).collect::<Result<Vec<_>, _>>()?;
    let sum = |of: &dyn Fn(Means) -> bool| {
        let went: Money = payments.iter().filter(|it| of(it.means)).map(|it| -it.amount).sum();
        let came: Money =
            MEANS.into_iter().filter(|it| of(*it)).map(|it| paid_by(&family, it)).sum();
        (went, came)
    };
    let pools = MEANS
        .into_iter()
        .map(|means| if is_money(means) { sum(&is_money) } else { sum(&|it| it == means) });
    for (went, came) in pools {
        if came < went {
            return Err(Code::NotThatPayment.into());
        }
    }
    Ok(payments)
}

fn payment(tender: &Tender) -> Result<Payment, Error> {
    let means = tender::means(tender.means);
    Ok(Payment {
        reference: tender::text(&tender.reference)?,
        issuer: tender::text(&tender.issuer)?.filter(|_| tender::is_voucher(means)),
        vouchers: if means == Means::MealVoucher { tender.vouchers } else { 0 },
        ..Payment::exact(means, -tender.given)
    })
}

/// What is as good as coins.
const fn is_money(means: Means) -> bool {
    match means {
        Means::Cash | Means::Card | Means::Cheque => true,
        Means::MealVoucher | Means::MealVoucherCard | Means::Staff | Means::Receivable => false,
    }
}

/// Notes the credit note: of a whole ticket once, else line by line.
fn trace(
    turn: &mut Turn<'_>,
    by: &By,
    it: &Corrected,
    note: &Ticket,
    lines: &[Line],
) -> Result<(), Error> {
    let ticket = it.document.ticket_no.as_str();
    let whole = it.document.lines.len() == lines.len()
        && it.document.lines.iter().zip(lines).all(|(sold, back)| sold.qty_m == back.qty_m);
    if whole {
        let members = data([
            ("ticket", ticket.into()),
            ("credit_note", note.number.as_str().into()),
            ("amount", it.document.total_ttc.cents().into()),
        ]);
        return turn.jet(by.code(), EventCode::TicketVoid, members);
    }
    for line in lines {
        let members = data([
            ("ticket", ticket.into()),
            ("credit_note", note.number.as_str().into()),
            ("line", LineId(line.line).to_string().into()),
            ("amount", (-line.ttc).cents().into()),
        ]);
        turn.jet(by.code(), EventCode::RefundLine, members)?;
    }
    Ok(())
}
