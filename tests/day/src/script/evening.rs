//! The day's evening: notes, deliveries, cancellations, what is taken back, invoices.

use super::{Story, euros};
use crate::till::{Till, approval};
use crate::when::THE_DAY;
use anyhow::{Context as _, Result, bail, ensure};
use domain::id::OrderId;
use domain::order::Reason;
use fiscal::vat::Mode;
use pos_api::{
    Answer, BasketEdit, Buyer, Code, Command, Correction, CreditReason, KitchenStep, Means,
    PaperCommand, Query, Tender,
};

pub(super) fn play(till: &mut Till, story: &mut Story) -> Result<()> {
    on_site(till)?;
    cancelled(till)?;
    at_the_door(till)?;
    unpaid(till, story)?;
    of_yesterday(till, story)?;
    invoices(till)?;
    for minute in [2, 9, 17, 28, 41] {
        till.at(THE_DAY, 21, minute);
        match minute % 2 {
            0 => till.sell_in_cash(Mode::TakeAway)?,
            _ => till.sell_by_card(Mode::OnSite)?,
        };
    }
    Ok(())
}

fn provisional(order: OrderId, note: bool) -> Command {
    Command::Paper(PaperCommand::Provisional { order, note })
}

/// A table: its note before it pays, for it comes to 25 € or more.
fn on_site(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 19, 5);
    till.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)))?;
    till.type_in("REI G; 4FR S; CHI; CAF")?;
    let (order, due) = till.send()?;
    let Answer::Order(card) = till.ask(Query::Order { order })? else { bail!("an order") };
    let dish = card.lines.get(1).context("the second dish")?;
    let (line, reason) = (dish.line, Reason::ChangedMind);
    till.run(Command::Kitchen { order, line: None, step: KitchenStep::Seen })?;
    till.run(Command::CancelLine { order, line, reason })?;
    till.refused(Command::CancelLine { order, line, reason }, |code| {
        matches!(code, Code::OrderClosed | Code::NoSuchLine)
    })?;
    let due = due - dish.total;
    ensure!(euros(2_500) <= due, "a note is due from 25 € on");
    till.run(Command::Kitchen { order, line: None, step: KitchenStep::Acknowledge })?;
    till.make(order)?;
    till.at(THE_DAY, 20, 2);
    till.run(provisional(order, true))?;
    let cash = euros(2_000);
    let card = Tender::of(Means::Card, due - cash);
    till.pay(Some(order), vec![card, Tender::cash(cash)])?;
    till.refused(
        Command::TakePayment { order: Some(order), tenders: vec![Tender::cash(cash)] },
        |code| *code == Code::OrderClosed,
    )
}

/// An order that was shown what it would cost, that the kitchen began, and that nobody waited for.
fn cancelled(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 19, 12);
    till.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)))?;
    let text = till.somebodys();
    till.type_in(&text)?;
    let (order, _) = till.send()?;
    till.run(Command::Kitchen { order, line: None, step: KitchenStep::Seen })?;
    till.run(Command::Kitchen { order, line: None, step: KitchenStep::Start })?;
    till.run(provisional(order, false))?;
    till.at(THE_DAY, 19, 50);
    till.run(Command::CancelOrder { order, reason: Reason::TooLate })?;
    let pay =
        Command::TakePayment { order: Some(order), tenders: vec![Tender::cash(euros(5_000))] };
    till.refused(pay, |code| *code == Code::OrderClosed)
}

/// A delivery, with its fee, paid at the door.
fn at_the_door(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 19, 20);
    till.run(Command::Basket(BasketEdit::SetMode(Mode::Delivery)))?;
    till.type_in("REI S; EAU")?;
    till.refused(Command::SendToKitchen, |code| *code == Code::DeliveryNeedsCustomer)?;
    till.for_somebody()?;
    ensure!(till.basket()?.fee == euros(250), "a fee is asked");
    let (order, due) = till.send()?;
    till.make(order)?;
    till.at(THE_DAY, 19, 48);
    till.run(Command::HandOver { order })?;
    till.at(THE_DAY, 20, 15);
    let given = friday::sale::given(due, &mut till.dice);
    till.pay(Some(order), vec![Tender::cash(given)]).map(drop)
}

/// A delivery that leaves unpaid, which a manager allows; without a fee, for it is large.
fn unpaid(till: &mut Till, story: &mut Story) -> Result<()> {
    till.at(THE_DAY, 20, 20);
    till.run(Command::Basket(BasketEdit::SetMode(Mode::TakeAway)))?;
    till.for_somebody()?;
    let due = till.type_in("4FR G; NOR G; TIR")?.due;
    ensure!(till.basket()?.fee == euros(0), "no fee from 30 € on");
    let (order, _) = till.send()?;
    till.make(order)?;
    let owed = Tender::of(Means::Receivable, due);
    let pay = Command::TakePayment { order: Some(order), tenders: vec![owed.clone()] };
    till.refused(pay, |code| *code == Code::NeedsManager)?;
    let allowed = Tender { approval: Some(approval("AD")?), ..owed };
    story.owed = till.pay(Some(order), vec![allowed])?.ticket;
    story.owed_cents = due.cents();
    till.run(Command::HandOver { order }).map(drop)
}

/// A whole ticket of yesterday is taken back: not by the counter alone.
fn of_yesterday(till: &mut Till, story: &Story) -> Result<()> {
    till.at(THE_DAY, 20, 31);
    let credit = |approval| {
        Command::Correct(Correction::CreditNote {
            ticket: story.yesterday.clone(),
            lines: Vec::new(),
            back: Vec::new(),
            reason: CreditReason::Complaint,
            approval,
        })
    };
    till.refused(credit(None), |code| *code == Code::NeedsManager)?;
    till.run(credit(Some(approval("AD")?)))?;
    till.refused(credit(Some(approval("AD")?)), |code| *code == Code::CreditAmount)?;
    // What is printed of yesterday's ticket is a copy.
    till.receipt(&story.yesterday)
}

/// Invoices of two tickets, for a company and for a person, and one of them again.
fn invoices(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 20, 40);
    let invoice = |ticket: &str, buyer: Buyer| {
        Command::Paper(PaperCommand::Invoice { ticket: ticket.to_owned(), buyer })
    };
    let company = Buyer {
        name: "Imprimerie du Beffroi SARL".to_owned(),
        address: "12, rue des Archives".to_owned(),
        town: "59000 Lille".to_owned(),
        siren: "732829320".to_owned(),
        vat_number: "FR44732829320".to_owned(),
    };
    let person = Buyer {
        name: "Camille Flament".to_owned(),
        address: "3, rue Gambetta".to_owned(),
        town: "59000 Lille".to_owned(),
        siren: String::new(),
        vat_number: String::new(),
    };
    let first = till.sell_by_card(Mode::OnSite)?.ticket;
    let wrong = Buyer { siren: "732829321".to_owned(), ..company.clone() };
    till.refused(invoice(&first, wrong), |code| *code == Code::Buyer)?;
    till.refused(invoice(&first, Buyer { name: " ".to_owned(), ..person.clone() }), |code| {
        *code == Code::Buyer
    })?;
    till.refused(invoice("P01-C1-0000-000001", company.clone()), |code| {
        *code == Code::NoSuchTicket
    })?;
    let (number, path) = till.file_of(invoice(&first, company.clone()))?;
    let (again, copy) = till.file_of(invoice(&first, company))?;
    ensure!(number == again && path != copy, "an invoice is made once, and copied after that");
    till.at(THE_DAY, 20, 49);
    let second = till.sell_by_card(Mode::TakeAway)?.ticket;
    till.file_of(invoice(&second, person)).map(drop)
}
