//! From what a customer gives to the payments of a ticket.
//!
//! Every means but cash is taken to the cent; cash pays what is left, and gives change. What is given
//! may come in any order.

use crate::error::Error;
use domain::id::OperatorCode;
use domain::shop::{MealVoucherRules, Shop};
use domain::staff::{self, Operator};
use fiscal::Money;
use fiscal::ticket::{Line, Means as Tendered, Payment, PaymentState};
use fiscal::time::Date;
use fiscal::vat::Mode;
use fiscal::vouchers::{self, VouchersRefused};
use pos_api::{Code, Means, Tender};

/// The most characters of a reference or an issuer.
const LONGEST_TEXT: usize = 32;
/// Digits that may be a card's number, whatever stands between them (PCI DSS).
const CARD_DIGITS: usize = 12;
/// More paper vouchers than anybody hands over.
const MOST_VOUCHERS: u32 = 99;

/// What is to be paid.
pub(super) struct Bill<'a> {
    /// What is sold: vouchers pay some of it only.
    pub(super) lines: &'a [Line],
    /// What it comes to, VAT included.
    pub(super) due: Money,
    /// How it leaves: only a delivery is owed.
    pub(super) mode: Mode,
    /// Whose rules hold.
    pub(super) shop: &'a Shop,
    /// The business day.
    pub(super) date: Date,
    /// What the customer paid with vouchers today, their face value.
    pub(super) vouchers_today: Money,
    /// A manager said that vouchers may be taken today in spite of the day.
    pub(super) day_allowed: bool,
}

/// Refuses what only a manager may take from an operator who is none and brings none, nor has one
/// `at_hand` already; answers the means for which one was asked, to be noted.
pub(super) fn allow(
    operator: &Operator,
    tenders: &[Tender],
    at_hand: Option<&OperatorCode>,
    mut approve: impl FnMut(&pos_api::Approval) -> Result<OperatorCode, Error>,
) -> Result<Vec<(Means, OperatorCode)>, Error> {
    let mut allowed = Vec::new();
    for tender in tenders {
        let needed = needs_manager(tender.means) && operator.role != staff::Role::Manager;
        match (&tender.approval, at_hand) {
            (Some(approval), _) => allowed.push((tender.means, approve(approval)?)),
            (None, Some(manager)) if needed => allowed.push((tender.means, manager.clone())),
            (None, None) if needed => return Err(Code::NeedsManager.into()),
            (None, Some(_) | None) => {}
        }
    }
    Ok(allowed)
}

/// Whether a manager must allow a means.
pub(super) const fn needs_manager(means: Means) -> bool {
    match means {
        Means::Staff | Means::Receivable => true,
        Means::Cash | Means::Card | Means::MealVoucher | Means::MealVoucherCard | Means::Cheque => {
            false
        }
    }
}

/// What a manager allows, in the event log.
pub(super) const fn what(means: Means) -> &'static str {
    match means {
        Means::Staff => "REPAS_DU_PERSONNEL",
        Means::Receivable => "CREANCE",
        Means::MealVoucher | Means::MealVoucherCard => "TITRE_RESTAURANT",
        Means::Cash | Means::Card | Means::Cheque => "PAIEMENT",
    }
}

/// The payments of a ticket. Nothing is paid for a free order.
///
/// # Errors
///
/// Of what is wrong the first, by tender, then of all of them: a reference that may be a card's
/// number, a means that this shop or sale does not take, change on other than cash, vouchers beyond
/// their rules, too little.
pub(super) fn payments(bill: &Bill<'_>, tenders: &[Tender]) -> Result<Vec<Payment>, Error> {
    let given = tenders.iter().fold(Money::ZERO, |sum, it| sum.saturating_add(it.given));
    let mut eligible = vouchers::eligible(bill.lines);
    let mut left = bill.due;
    let mut payments = vec![None; tenders.len()];
    for (tender, place) in tenders.iter().zip(&mut payments) {
        well_formed(bill, tender, given)?;
        if means(tender.means).gives_change() {
            continue;
        }
        let payment = exact(tender, left, eligible)?;
        left -= payment.amount;
        if is_voucher(payment.means) {
            eligible = eligible.saturating_sub(payment.amount);
        }
        *place = Some(payment);
    }
    for (tender, place) in tenders.iter().zip(&mut payments) {
        if !means(tender.means).gives_change() {
            continue;
        }
        let amount = tender.given.min(left);
        if amount == Money::ZERO && bill.due != Money::ZERO {
            return Err(Code::NoChange { due: Money::ZERO }.into());
        }
        left -= amount;
        *place = (amount != Money::ZERO).then(|| Payment {
            tendered: tender.given,
            change: tender.given - amount,
            ..Payment::exact(means(tender.means), amount)
        });
    }
    let payments: Vec<Payment> = payments.into_iter().flatten().collect();
    check_vouchers(bill, &payments)?;
    if Money::ZERO < left {
        return Err(Error::NotEnough { due: bill.due, given });
    }
    Ok(payments)
}

/// What can be said of one tender by itself.
fn well_formed(bill: &Bill<'_>, tender: &Tender, given: Money) -> Result<(), Error> {
    if tender.given <= Money::ZERO {
        return Err(Error::NotEnough { due: bill.due, given });
    }
    text(&tender.reference)?;
    text(&tender.issuer)?;
    if MOST_VOUCHERS < tender.vouchers {
        return Err(Code::Quantity.into());
    }
    match tender.means {
        Means::Cheque if !bill.shop.accepts_cheques() => Err(Code::NoCheques.into()),
        // Only what a courier is paid for later leaves the shop owed.
        Means::Receivable if bill.mode != Mode::Delivery => {
            Err(Code::NotPaid { due: bill.due }.into())
        }
        Means::MealVoucher if tender.vouchers == 0 => Err(Code::Quantity.into()),
        Means::Cash
        | Means::Card
        | Means::MealVoucher
        | Means::MealVoucherCard
        | Means::Cheque
        | Means::Staff
        | Means::Receivable => Ok(()),
    }
}

/// Refuses a text that is too long, or that may be a card's number, which is never written down.
pub(super) fn text(text: &str) -> Result<Option<String>, Error> {
    let mut in_a_row = 0_usize;
    let separates = |it: &char| it.is_whitespace() || matches!(it, '-' | '.' | '/' | '_');
    let is_card = text.chars().filter(|it| !separates(it)).any(|it| {
        in_a_row = if it.is_numeric() { in_a_row + 1 } else { 0 };
        CARD_DIGITS <= in_a_row
    });
    if is_card || LONGEST_TEXT < text.chars().count() {
        return Err(Code::Reference.into());
    }
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A payment that gives no change, of at most what is left. Of paper vouchers worth more, the
/// customer may leave the rest, if he says so.
fn exact(tender: &Tender, left: Money, eligible: Money) -> Result<Payment, Error> {
    let of = means(tender.means);
    let most = if is_voucher(of) { left.min(eligible) } else { left };
    let forfeits = tender.means == Means::MealVoucher && tender.forfeit;
    let amount = if forfeits { tender.given.min(most) } else { tender.given };
    if left < amount || amount == Money::ZERO {
        let code = if Money::ZERO < left && eligible == Money::ZERO {
            Code::VoucherNotEligible { eligible }
        } else {
            Code::NoChange { due: left }
        };
        return Err(code.into());
    }
    let is_paper = tender.means == Means::MealVoucher;
    Ok(Payment {
        tendered: tender.given,
        reference: text(&tender.reference)?,
        state: (tender.to_verify && of.is_card()).then_some(PaymentState::ToVerify),
        issuer: text(&tender.issuer)?.filter(|_| is_voucher(of)),
        vouchers: if is_paper { tender.vouchers } else { 0 },
        forfeited: tender.given - amount,
        ..Payment::exact(of, amount)
    })
}

fn check_vouchers(bill: &Bill<'_>, payments: &[Payment]) -> Result<(), Error> {
    let MealVoucherRules { daily_cap, on_sundays_and_holidays, paper_until } =
        bill.shop.meal_voucher_rules();
    let rules = vouchers::Rules { daily_cap, on_sundays_and_holidays, paper_until };
    let asked = vouchers::Asked {
        lines: bill.lines,
        payments,
        date: bill.date,
        used_today: bill.vouchers_today,
        day_allowed: bill.day_allowed,
    };
    vouchers::check(&rules, &asked).map_err(|refused| {
        let code = match refused {
            VouchersRefused::PaperEnded { .. } => Code::VoucherPaperEnded,
            VouchersRefused::NotToday => Code::VoucherDay,
            VouchersRefused::OverEligible { eligible } => Code::VoucherNotEligible { eligible },
            VouchersRefused::NotTaken | VouchersRefused::OverCap { .. } => {
                Code::VoucherOverCap { cap: daily_cap, used: bill.vouchers_today }
            }
        };
        code.into()
    })
}

/// Whether vouchers are among what is given, and the day is one on which they need a reason.
pub(super) fn needs_reason(payments: &[Payment], shop: &Shop, date: Date) -> bool {
    let day_off = date.is_sunday() || fiscal::holiday::is_public_holiday(date);
    day_off
        && !shop.meal_voucher_rules().on_sundays_and_holidays
        && payments.iter().any(|it| is_voucher(it.means))
}

/// Whether it is a meal voucher, of paper or a card.
pub(super) const fn is_voucher(means: Tendered) -> bool {
    match means {
        Tendered::MealVoucher | Tendered::MealVoucherCard => true,
        Tendered::Cash
        | Tendered::Card
        | Tendered::Cheque
        | Tendered::Staff
        | Tendered::Receivable => false,
    }
}

/// A means as documents know it.
pub(super) const fn means(means: Means) -> Tendered {
    match means {
        Means::Cash => Tendered::Cash,
        Means::Card => Tendered::Card,
        Means::MealVoucher => Tendered::MealVoucher,
        Means::MealVoucherCard => Tendered::MealVoucherCard,
        Means::Cheque => Tendered::Cheque,
        Means::Staff => Tendered::Staff,
        Means::Receivable => Tendered::Receivable,
    }
}
