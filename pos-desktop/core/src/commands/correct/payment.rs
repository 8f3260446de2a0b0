//! Corrections of payments: the wrong means was keyed in, a card was refused after all, what was owed
//! is paid, or a card whose outcome was not known went through.

use super::{Act, By, Corrected, code, drawer_has};
use crate::commands::sale::{self, Given};
use crate::commands::{print, tender};
use crate::error::Error;
use crate::store::orders;
use crate::workstation::{Turn, Workstation};
use fiscal::Money;
use fiscal::event::{Data, EventCode, data};
use fiscal::ticket::{Means, Operation, Payment, Ticket};
use fiscal::vouchers;
use pos_api::{Code, PaymentReason, Reply, Tender};

/// What a manager allows, in the event log.
const WHAT: &str = "CORRECTION_PAIEMENT";

/// What is asked to be corrected.
pub(super) struct Asked<'a> {
    pub(super) ticket: &'a str,
    /// Which of its payments, from 0.
    pub(super) payment: usize,
    /// What it was really paid with.
    pub(super) tenders: &'a [Tender],
    pub(super) reason: PaymentReason,
}

pub(super) fn run(
    workstation: &mut Workstation,
    asked: &Asked<'_>,
    by: &By,
) -> Result<Reply, Error> {
    let asked_managers = |it: &pos_api::Approval| Ok(workstation.approve(it)?.code);
    let allowed = tender::allow(&by.operator, asked.tenders, by.manager.as_ref(), asked_managers)?;
    let given = Given { tenders: asked.tenders, allowed };
    workstation.turn(|turn| correct(turn, asked, by, &given))
}

fn correct(
    turn: &mut Turn<'_>,
    asked: &Asked<'_>,
    by: &By,
    given: &Given<'_>,
) -> Result<Reply, Error> {
    let it = Corrected::find(turn, asked.ticket, by)?;
    let wrong = payment(&it, asked.payment)?;
    if !fits(asked.reason, wrong.means) {
        return Err(Code::NotThatPayment.into());
    }
    if asked.reason != PaymentReason::Settled && !it.is_of_today() {
        by.needs_manager()?;
    }
    let right = right(turn, &it, &wrong, given)?;
    let cash = |payments: &[Payment]| -> Money {
        payments.iter().filter(|it| it.means == Means::Cash).map(|it| it.amount).sum()
    };
    let cash_before = cash(core::slice::from_ref(&wrong));
    drawer_has(turn, cash_before - cash(&right).min(cash_before))?;
    let act = Act {
        operation: Operation::PaymentCorrection,
        reason: asked.reason.code(),
        lines: Vec::new(),
        payments: opposite(&wrong).into_iter().chain(right.iter().cloned()).collect(),
        cash_taken_before: it.sale.cash_before - cash_before,
    };
    let correction = it.sign(turn, by, act)?;
    by.note(turn, WHAT)?;
    given.note(turn, &it.sale.shop, by.code(), &right, it.document.business_date)?;
    turn.jet(by.code(), EventCode::PaymentCorrection, members(&it, &wrong, &right, &correction))?;
    if asked.reason == PaymentReason::Settled
        && right.iter().any(|it| sale::goes_in_drawer(it.means))
    {
        print::open_drawer(turn.tx, &correction.number, turn.now_ms)?;
    }
    Ok(Reply::Corrected { ticket: correction.number, total: Money::ZERO })
}

/// The payment at a place of the ticket, if it is one that still stands.
fn payment(it: &Corrected, place: usize) -> Result<Payment, Error> {
    let payment = it.document.payments.get(place).ok_or(Code::NotThatPayment)?;
    let corrected = orders::corrected(&it.document, &it.loaded.documents);
    let stands = payment.amount <= it.paid_by(payment.means) && Money::ZERO < payment.amount;
    if !stands || corrected.get(place).is_some_and(|it| *it) {
        return Err(Code::NotThatPayment.into());
    }
    Ok(payment.clone())
}

/// Whether a payment by this means is corrected for this reason.
const fn fits(reason: PaymentReason, means: Means) -> bool {
    let owed = match means {
        Means::Receivable => true,
        Means::Cash
        | Means::Card
        | Means::MealVoucher
        | Means::Cheque
        | Means::Staff
        | Means::MealVoucherCard => false,
    };
    match reason {
        PaymentReason::Settled => owed,
        PaymentReason::Declined => means.is_card(),
        PaymentReason::WrongMeans => !owed,
    }
}

/// What it was really paid with: the rules are those of a sale.
fn right(
    turn: &Turn<'_>,
    it: &Corrected,
    wrong: &Payment,
    given: &Given<'_>,
) -> Result<Vec<Payment>, Error> {
    let sold = it.loaded.documents.iter().filter(|it| it.operation == Operation::Sale);
    let lines: Vec<_> = sold.flat_map(|it| &it.lines).map(|line| line.line()).collect();
    let date = it.document.business_date;
    let was_voucher = tender::is_voucher(wrong.means);
    let of_ticket = it.paid_by(Means::MealVoucher) + it.paid_by(Means::MealVoucherCard);
    let customer = it.loaded.order.customer();
    let used = orders::vouchers_used(turn.tx, it.order, customer, date)?.max(of_ticket);
    let of_wrong = if was_voucher { wrong.amount + wrong.forfeited } else { Money::ZERO };
    let bill = tender::Bill {
        lines: &lines,
        due: wrong.amount,
        mode: it.document.mode,
        shop: &it.sale.shop,
        date,
        vouchers_today: used.saturating_sub(of_wrong).max(Money::ZERO),
        // Whoever took them saw what they say.
        day_allowed: was_voucher || given.vouchers_allowed_by().is_some(),
    };
    let right = tender::payments(&bill, given.tenders)?;
    if right.is_empty() {
        return Err(Error::NotEnough { due: wrong.amount, given: Money::ZERO });
    }
    within_eligible(it, wrong, &right, &lines)?;
    Ok(right)
}

/// Refuses vouchers beyond what they may pay of the sale, other payments of it counted.
fn within_eligible(
    it: &Corrected,
    wrong: &Payment,
    right: &[Payment],
    lines: &[fiscal::ticket::Line],
) -> Result<(), Error> {
    let by_vouchers = |payments: &[Payment]| -> Money {
        payments.iter().filter(|it| tender::is_voucher(it.means)).map(|it| it.amount).sum()
    };
    let now = by_vouchers(right);
    let others = it.paid_by(Means::MealVoucher) + it.paid_by(Means::MealVoucherCard)
        - by_vouchers(core::slice::from_ref(wrong));
    let eligible = vouchers::eligible(lines);
    if now != Money::ZERO && eligible < others + now {
        let left = (eligible - others).max(Money::ZERO);
        return Err(Code::VoucherNotEligible { eligible: left }.into());
    }
    Ok(())
}

/// A payment taken away: what is known of it stands on the other side.
fn opposite(payment: &Payment) -> Vec<Payment> {
    vec![Payment {
        amount: -payment.amount,
        tendered: -payment.amount,
        change: Money::ZERO,
        forfeited: Money::ZERO,
        ..payment.clone()
    }]
}

/// A card payment whose outcome was not known went through: the same payment, known now. It is a
/// correction like any other, so that what is to be verified is always a sum of what was signed.
pub(super) fn verified(
    turn: &mut Turn<'_>,
    ticket: &str,
    place: usize,
    reference: &str,
    by: &By,
) -> Result<Reply, Error> {
    let it = Corrected::find(turn, ticket, by)?;
    let unknown = payment(&it, place)?;
    if unknown.state.is_none() {
        return Err(Code::NotThatPayment.into());
    }
    let reference = tender::text(reference)?;
    let known = Payment {
        state: None,
        reference: reference.clone().or_else(|| unknown.reference.clone()),
        ..unknown.clone()
    };
    let act = Act {
        operation: Operation::PaymentCorrection,
        reason: pos_api::words::VERIFIED,
        lines: Vec::new(),
        payments: opposite(&unknown).into_iter().chain([known.clone()]).collect(),
        cash_taken_before: it.sale.cash_before,
    };
    let correction = it.sign(turn, by, act)?;
    let mut members = members(&it, &unknown, &[known], &correction);
    members.extend(data([("verified", reference.unwrap_or_default().into())]));
    turn.jet(by.code(), EventCode::PaymentCorrection, members)?;
    Ok(Reply::Corrected { ticket: correction.number, total: Money::ZERO })
}

fn members(it: &Corrected, wrong: &Payment, right: &[Payment], correction: &Ticket) -> Data {
    let after: Vec<&str> = right.iter().map(|it| code(it.means)).collect();
    data([
        ("ticket", it.document.ticket_no.as_str().into()),
        ("correction", correction.number.as_str().into()),
        ("before", code(wrong.means).into()),
        ("after", after.join("+").into()),
        ("amount", wrong.amount.cents().into()),
    ])
}
