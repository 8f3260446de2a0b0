//! The day's noon: opening, every means of payment, discounts, what is refused on the way.

use super::{Story, before, euros, off};
use crate::till::{Till, approval};
use crate::when::THE_DAY;
use anyhow::{Context as _, Result, bail, ensure};
use domain::order::DiscountReason;
use fiscal::vat::Mode;
use pos_api::{
    BasketEdit, Code, Command, Correction, CreditLine, CreditReason, DayCommand, DiscountAmount,
    Means, PaperCommand, PaymentReason, Reply, Tender,
};

pub(super) fn play(till: &mut Till, story: &mut Story) -> Result<()> {
    till.restart(THE_DAY, 10, 50)?;
    // Nobody is there yet.
    till.refused(before::open(15_000, None), |code| *code == Code::NotSignedIn)?;
    till.refused(wrong_pin(), |code| matches!(code, Code::WrongPin { .. }))?;
    till.sign_in("MC")?;
    till.run(before::open(15_000, None))?;
    till.refused(before::open(15_000, None), |code| *code == Code::DayState)?;
    till.run(Command::PrintNotice)?;
    in_cash(till, story)?;
    by_card(till)?;
    by_voucher(till)?;
    by_cheque(till)?;
    by_several(till)?;
    discounts(till)?;
    staff_meal(till)
}

fn pay(tenders: Vec<Tender>) -> Command {
    Command::TakePayment { order: None, tenders }
}

fn wrong_pin() -> Command {
    Command::SignIn { operator: "MC".to_owned(), pin: "0000".to_owned() }
}

/// Cash with change, its receipt and three copies; and as much of it as the law lets one sale take.
fn in_cash(till: &mut Till, story: &mut Story) -> Result<()> {
    till.at(THE_DAY, 11, 40);
    let due = till.type_in("MAR P; COC")?.due;
    till.refused(pay(vec![Tender::cash(euros(100))]), |code| {
        matches!(code, Code::NotEnough { .. })
    })?;
    let paid = till.pay(None, vec![Tender::cash(euros(2_000))])?;
    // « Formule midi » : its parts cost 9.90.
    ensure!(due == euros(950) && paid.change == euros(1_050), "the formule costs {due:?}");
    for _ in 0..4 {
        till.receipt(&paid.ticket)?;
    }
    let share = PaperCommand::Share { ticket: paid.ticket.clone() };
    let Reply::Link { url } = till.run(Command::Paper(share))? else {
        bail!("a link answers otherwise");
    };
    story.links.push(url);

    till.at(THE_DAY, 11, 52);
    let basket = till.type_in("4FR G; REI G")?;
    for (line, quantity) in basket.lines.iter().zip([40, 40]) {
        till.run(Command::Basket(BasketEdit::SetQuantity { line: line.line, quantity }))?;
    }
    let due = till.basket()?.due;
    let rest = Tender::of(Means::Card, due - euros(100_001));
    till.refused(pay(vec![Tender::cash(euros(100_001)), rest]), |code| {
        matches!(code, Code::CashOverCeiling { .. })
    })?;
    let rest = Tender::of(Means::Card, due - euros(100_000));
    till.pay(None, vec![Tender::cash(euros(100_000)), rest]).map(drop)
}

/// A card, one whose answer nobody saw, and one that was cash.
fn by_card(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 12, 3);
    till.sell_by_card(Mode::TakeAway)?;

    till.at(THE_DAY, 12, 9);
    let due = till.type_in("NAP S; EAU")?.due;
    let unseen = Tender { to_verify: true, ..Tender::of(Means::Card, due) };
    let ticket = till.pay(None, vec![unseen])?.ticket;
    till.at(THE_DAY, 12, 31);
    let verified = |reference: &str| {
        let (ticket, reference) = (ticket.clone(), reference.to_owned());
        Command::Correct(Correction::Verified { ticket, payment: 0, reference })
    };
    till.refused(verified("4970 1012 3456 7890"), |code| *code == Code::Reference)?;
    till.run(verified("A82114"))?;
    till.refused(verified("A82114"), |code| *code == Code::NotThatPayment)?;

    till.at(THE_DAY, 12, 35);
    let paid = till.sell_by_card(Mode::OnSite)?;
    till.run(Command::Correct(Correction::Payment {
        ticket: paid.ticket,
        payment: 0,
        tenders: vec![Tender::cash(paid.total)],
        reason: PaymentReason::WrongMeans,
        approval: None,
    }))?;
    Ok(())
}

/// Paper vouchers, of which something is left, and a voucher card; no wine, and 25 € a day.
fn by_voucher(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 12, 41);
    let due = till.type_in("REI S; COC")?.due;
    let paper = Tender {
        issuer: "Edenred".to_owned(),
        vouchers: 2,
        ..Tender::of(Means::MealVoucher, euros(1_800))
    };
    ensure!(due < paper.given, "something is left of the vouchers");
    till.refused(pay(vec![paper.clone()]), |code| matches!(code, Code::NoChange { .. }))?;
    let paid = till.pay(None, vec![Tender { forfeit: true, ..paper }])?;
    ensure!(paid.change == euros(0), "nothing is given back on a voucher");

    till.at(THE_DAY, 12, 47);
    let due = till.type_in("4FR G; REI G")?.due;
    let card = |cents| Tender {
        issuer: "Swile".to_owned(),
        ..Tender::of(Means::MealVoucherCard, euros(cents))
    };
    let rest = Tender::of(Means::Card, due - euros(2_600));
    till.refused(pay(vec![card(2_600), rest]), |code| matches!(code, Code::VoucherOverCap { .. }))?;
    let rest = Tender::of(Means::Card, due - euros(2_500));
    till.pay(None, vec![card(2_500), rest])?;

    till.at(THE_DAY, 12, 52);
    till.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)))?;
    let due = till.type_in("LAM")?.due;
    till.refused(pay(vec![card(990)]), |code| matches!(code, Code::VoucherNotEligible { .. }))?;
    till.pay(None, vec![Tender::cash(due)]).map(drop)
}

/// A cheque, to the cent, and a reference that looks like a card's number.
fn by_cheque(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 12, 58);
    let text = till.somebodys();
    let due = till.type_in(&text)?.due;
    let cheque = |cents: i64, reference: &str| Tender {
        reference: reference.to_owned(),
        ..Tender::of(Means::Cheque, euros(cents))
    };
    let cents = due.cents();
    till.refused(pay(vec![cheque(cents, "4970101234567890")]), |code| *code == Code::Reference)?;
    till.refused(pay(vec![cheque(cents + 1, "0001234")]), |code| {
        matches!(code, Code::NoChange { .. })
    })?;
    till.pay(None, vec![cheque(cents, "0001234")]).map(drop)
}

/// Three means for one sale; then one of its lines is taken back, and never twice.
fn by_several(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 13, 4);
    let basket = till.type_in("REI G; VEG S; TIR; BON")?;
    let line = basket.lines.last().map(|it| it.line).context("a line")?;
    let card = Tender::of(Means::Card, euros(1_000));
    let voucher = Tender::of(Means::MealVoucherCard, euros(1_050));
    let cash = Tender::cash(euros(2_000));
    let paid = till.pay(None, vec![card, voucher, cash])?;
    ensure!(paid.change == euros(2_000 + 2_050) - basket.due, "change of several means");

    till.at(THE_DAY, 13, 10);
    let credit = |qty_m| {
        Command::Correct(Correction::CreditNote {
            ticket: paid.ticket.clone(),
            lines: vec![CreditLine { line, qty_m }],
            back: Vec::new(),
            reason: CreditReason::WrongItem,
            approval: None,
        })
    };
    till.refused(credit(2_000), |code| *code == Code::CreditAmount)?;
    till.run(credit(1_000))?;
    till.refused(credit(1_000), |code| *code == Code::CreditAmount)
}

/// What the counter may give, what it may not, and something for nothing.
fn discounts(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 13, 18);
    let line = till.type_in("SAV G; FOR S")?.lines.first().map(|it| it.line);
    let gesture = DiscountReason::CommercialGesture;
    let off_line =
        |percent, manager| off(line, DiscountAmount::Percent(percent), gesture.clone(), manager);
    till.refused(off_line(30, None)?, |code| *code == Code::NeedsManager)?;
    till.run(off_line(30, Some("LB"))?)?;
    let due = till.basket()?.due;
    till.pay(None, vec![Tender::of(Means::Card, due)])?;

    till.at(THE_DAY, 13, 25);
    let basket = till.type_in("NOR S; MOU")?;
    let line = basket.lines.last().map(|it| it.line);
    let free = DiscountAmount::Percent(100);
    till.refused(off(line, free, DiscountReason::Complaint, None)?, |code| {
        *code == Code::NeedsManager
    })?;
    till.run(off(line, free, DiscountReason::Complaint, Some("AD"))?)?;
    let due = till.basket()?.due;
    till.pay(None, vec![Tender::cash(due)]).map(drop)
}

/// A staff meal: the counter may not, a manager may. A line is taken out before it was sent.
fn staff_meal(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 14, 30);
    let basket = till.type_in("MAR S; EAU")?;
    let meal = Tender::of(Means::Staff, basket.due);
    till.refused(pay(vec![meal]), |code| *code == Code::NeedsManager)?;
    if let Some(drink) = basket.lines.last() {
        till.run(Command::Basket(BasketEdit::SetQuantity { line: drink.line, quantity: 0 }))?;
    }
    till.sign_in("LB")?;
    let due = till.basket()?.due;
    till.pay(None, vec![Tender::of(Means::Staff, due)])?;
    till.sign_in("MC")?;

    till.at(THE_DAY, 14, 50);
    let cash = |cents, reason, approval| {
        Command::Day(DayCommand::Cash { amount: euros(cents), reason, approval })
    };
    use pos_api::CashReason::{Change, Deposit};
    till.run(cash(5_000, Change, None))?;
    till.refused(cash(-40_000, Deposit, None), |code| *code == Code::NeedsManager)?;
    till.run(cash(-40_000, Deposit, Some(approval("LB")?)))?;
    till.refused(cash(-50_000_000, Deposit, Some(approval("LB")?)), |code| {
        matches!(code, Code::DrawerShort { .. })
    })?;
    let reason = pos_api::DrawerReason::Change;
    till.run(Command::Day(DayCommand::OpenDrawer { reason }))?;
    till.run(Command::Day(DayCommand::ReadX))?;
    // The counter's own X: it does not say what should be in the drawer.
    till.print_closing("")
}
