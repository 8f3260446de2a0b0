//! The day's night: training, sales around midnight, the closing, and the day after it.

use super::{Story, before, euros};
use crate::till::{Till, approval};
use crate::when::{DAY_AFTER, THE_DAY};
use anyhow::{Context as _, Result, bail, ensure};
use fiscal::vat::Mode;
use pos_api::{
    Answer, Code, Command, Correction, DayCommand, Means, PaymentReason, Query, Reply, Tender,
    TrainingCommand,
};

pub(super) fn play(till: &mut Till, story: &Story) -> Result<()> {
    training(till)?;
    for (hour, minute) in [(23, 59), (25, 30)] {
        till.at(THE_DAY, hour, minute);
        till.sell_in_cash(Mode::TakeAway)?;
    }
    closing(till)?;
    // The day is closed, its date is not over: what is sold now is in the next.
    till.at(THE_DAY, 26, 20);
    till.sell_in_cash(Mode::TakeAway)?;
    let Answer::Day(day) = till.ask(Query::Day)? else { bail!("a day") };
    ensure!(day.date == "2026-12-01", "after the closing it is {}", day.date);
    let month = day.closings.iter().find(|it| it.period == "M" && it.label == "2026-11");
    till.print_closing(&month.context("November was not closed")?.number)?;
    day_after(till, story)
}

/// Two sales that never were.
fn training(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 22, 30);
    let supervisor = approval("LB")?;
    let start = || TrainingCommand::Start { supervisor: supervisor.clone() };
    till.refused(Command::Training(TrainingCommand::End), |code| *code == Code::TrainingState)?;
    till.run(Command::Training(start()))?;
    till.refused(Command::Training(start()), |code| *code == Code::TrainingState)?;
    let paid = till.sell_in_cash(Mode::TakeAway)?;
    ensure!(paid.ticket.contains("FACTICE-"), "training's ticket is {}", paid.ticket);
    till.receipt(&paid.ticket)?;
    till.sell_by_card(Mode::OnSite)?;
    till.run(Command::Training(TrainingCommand::End)).map(drop)
}

/// A manager counts 2.30 € too little, prints and looks.
fn closing(till: &mut Till) -> Result<()> {
    till.at(THE_DAY, 25, 50);
    till.sign_in("LB")?;
    let counted = before::theoretical(till)? - 230;
    till.print_closing("")?;
    let number = before::close(till, Some(counted), false)?;
    till.print_closing(&number)?;
    let Answer::Closing(closing) = till.ask(Query::Closing { number })? else { bail!("a closing") };
    let difference = closing.drawer.and_then(|it| it.difference);
    ensure!(difference == Some(euros(-230)), "the difference is {difference:?}");
    let again = DayCommand::Close { counted: None, confirmed: false };
    till.refused(Command::Day(again), |code| *code == Code::DayState)
}

/// What was owed is paid by card; the day is closed without anybody's counting.
fn day_after(till: &mut Till, story: &Story) -> Result<()> {
    till.restart(DAY_AFTER, 11, 30)?;
    till.sign_in("YZ")?;
    let settle = |cents| {
        Command::Correct(Correction::Payment {
            ticket: story.owed.clone(),
            payment: 0,
            tenders: vec![Tender::of(Means::Card, euros(cents))],
            reason: PaymentReason::Settled,
            approval: None,
        })
    };
    till.refused(settle(story.owed_cents - 1), |code| matches!(code, Code::NotEnough { .. }))?;
    let Reply::Corrected { total, .. } = till.run(settle(story.owed_cents))? else {
        bail!("a correction answers otherwise");
    };
    ensure!(total == euros(0), "a correction comes to {total:?}");
    till.refused(settle(story.owed_cents), |code| *code == Code::NotThatPayment)?;
    till.at(DAY_AFTER, 12, 20);
    till.sell_by_card(Mode::TakeAway)?;
    till.at(DAY_AFTER, 23, 5);
    till.sign_in("LB")?;
    let number = before::close(till, None, false)?;
    till.print_closing(&number)
}
