//! What lies before the day: a day in August, a closing that was forgotten, the day before.

use super::{Story, euros};
use crate::till::{Till, approval};
use crate::when::{AUGUST_21, DAY_BEFORE, FORGOTTEN, MONDAY_BEFORE};
use anyhow::{Context as _, Result, bail, ensure};
use fiscal::vat::Mode;
use pos_api::{Answer, Code, Command, DayCommand, Means, Query, Reply, Tender};

/// A Friday in August: its kitchen's steps are old enough to be purged in November.
pub(super) fn august(till: &mut Till) -> Result<()> {
    till.at(AUGUST_21, 11, 0);
    till.sign_in("LB")?;
    till.run(open(15_000, None))?;
    for (hour, mode) in [(12, Mode::OnSite), (13, Mode::TakeAway), (20, Mode::TakeAway)] {
        till.at(AUGUST_21, hour, 5);
        let paid = till.sell_in_cash(mode)?;
        till.at(AUGUST_21, hour, 30);
        till.make(paid.order)?;
        till.run(Command::HandOver { order: paid.order })?;
    }
    till.at(AUGUST_21, 23, 10);
    let counted = theoretical(till)?;
    close(till, Some(counted), false)?;
    till.run(Command::SignOut)?;
    Ok(())
}

/// A Sunday at whose end nobody closes. The program does, when it is started on Monday.
pub(super) fn forgotten(till: &mut Till) -> Result<()> {
    till.restart(FORGOTTEN, 10, 40)?;
    till.sign_in("AD")?;
    // Months have passed: no program guesses which day it is.
    till.refused(open(15_000, None), |code| matches!(code, Code::WhichDay { .. }))?;
    till.run(open(15_000, Some("2026-11-22")))?;
    for (hour, mode) in [(12, Mode::OnSite), (19, Mode::TakeAway), (21, Mode::TakeAway)] {
        till.at(FORGOTTEN, hour, 20);
        till.sell_by_card(mode)?;
        till.at(FORGOTTEN, hour, 40);
        till.sell_in_cash(mode)?;
    }
    // The machine is switched off, and nobody thought of the closing.
    till.start(MONDAY_BEFORE, 10, 45)?;
    till.sign_in("AD")?;
    till.at(MONDAY_BEFORE, 12, 2);
    till.sell_in_cash(Mode::TakeAway)?;
    let Answer::Day(day) = till.ask(Query::Day)? else { bail!("a day") };
    ensure!(day.date == "2026-11-23", "the Monday is {}", day.date);
    let labels: Vec<&str> = day.closings.iter().map(|it| it.label.as_str()).collect();
    ensure!(labels.contains(&"2026-11-22"), "the Sunday was not closed: {labels:?}");
    till.at(MONDAY_BEFORE, 22, 40);
    let counted = theoretical(till)?;
    close(till, Some(counted), false)?;
    till.restart(DAY_BEFORE, 10, 50)
}

/// The day before: a Sunday, with a ticket that is taken back tomorrow.
pub(super) fn day_before(till: &mut Till, story: &mut Story) -> Result<()> {
    till.sign_in("MC")?;
    till.run(open(15_000, Some("2026-11-29")))?;
    for (hour, mode) in [(12, Mode::OnSite), (13, Mode::TakeAway), (20, Mode::TakeAway)] {
        till.at(DAY_BEFORE, hour, 11);
        till.sell_in_cash(mode)?;
    }
    till.at(DAY_BEFORE, 20, 40);
    story.yesterday = till.sell_by_card(Mode::TakeAway)?.ticket;

    // Vouchers need a reason on a Sunday, which a manager hears.
    till.at(DAY_BEFORE, 21, 5);
    let due = till.type_in("REI S")?.due;
    let card = Tender { issuer: "Swile".to_owned(), ..Tender::of(Means::MealVoucherCard, due) };
    let pay = |tender: Tender| Command::TakePayment { order: None, tenders: vec![tender] };
    till.refused(pay(card.clone()), |code| *code == Code::VoucherDay)?;
    till.pay(None, vec![Tender { approval: Some(approval("LB")?), ..card }])?;

    till.at(DAY_BEFORE, 23, 20);
    till.sign_in("LB")?;
    let counted = theoretical(till)?;
    let closing = close(till, Some(counted), false)?;
    till.print_closing(&closing)
}

/// Opens the day with a float, on a date that somebody confirms.
pub(super) fn open(float: i64, date: Option<&str>) -> Command {
    let date = date.map(str::to_owned);
    Command::Day(DayCommand::Open { float: euros(float), date })
}

/// What should be in the drawer, as a manager is told before counting, in cents.
pub(super) fn theoretical(till: &mut Till) -> Result<i64> {
    let Reply::Closing(x) = till.run(Command::Day(DayCommand::ReadX))? else {
        bail!("an X answers otherwise");
    };
    Ok(x.drawer.context("a manager sees the drawer")?.theoretical.cents())
}

/// Closes the day; answers the closing's number.
pub(super) fn close(till: &mut Till, counted: Option<i64>, confirmed: bool) -> Result<String> {
    let counted = counted.map(euros);
    let close = Command::Day(DayCommand::Close { counted, confirmed });
    let Reply::Closing(closing) = till.run(close)? else { bail!("a closing answers otherwise") };
    Ok(closing.number.clone())
}
