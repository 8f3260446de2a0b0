//! The business day and the drawer: opened, counted, read, closed.

use crate::closing_of::{self, SoFar};
use crate::closings::{self, How};
use crate::error::Error;
use crate::print::job::JobKind;
use crate::print::papers;
use crate::print::papers::drawer::{self, CashPaper, Direction};
use crate::queries::day as views;
use crate::store::{days, publications};
use crate::workstation::{BUILD, SOFTWARE, Turn, Workstation};
use domain::shop::Shop;
use domain::staff::{Operator, Role};
use fiscal::Money;
use fiscal::closing::{DayLabel, Drawer, Naming, Overdue};
use fiscal::event::{EventCode, data};
use fiscal::time::Date;
use pos_api::{Approval, CashReason, Code, DayCommand, DrawerReason, PaperKind, Reply, words};
use sha2::{Digest as _, Sha256};

/// The most that is put in or counted at once: more is a slip of the finger.
const MOST: Money = Money::from_cents(100_000_000);

pub(super) fn run(workstation: &mut Workstation, command: &DayCommand) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    match command {
        DayCommand::Open { float, date } => open(workstation, &operator, *float, date.as_deref()),
        DayCommand::Cash { amount, reason, approval } => {
            cash(workstation, &operator, *amount, *reason, approval.as_ref())
        }
        DayCommand::OpenDrawer { reason } => open_drawer(workstation, &operator, *reason),
        DayCommand::ReadX => read_x(workstation, &operator),
        DayCommand::Close { counted, confirmed } => {
            close(workstation, &operator, *counted, *confirmed)
        }
    }
}

fn open(
    workstation: &mut Workstation,
    operator: &Operator,
    float: Money,
    date: Option<&str>,
) -> Result<Reply, Error> {
    in_range(float)?;
    let confirmed = date.map(|it| Date::parse(it).ok_or(Code::Period)).transpose()?;
    workstation.turn(|turn| {
        let shop = shop(turn)?;
        if turn.open_day()?.is_some() {
            return Err(Code::DayState.into());
        }
        let proposed = turn.day_label(&shop)?;
        let clock = turn.business_date(&shop);
        let label = match confirmed {
            None if proposed.needs_person => {
                return Err(Code::WhichDay { clock: clock.iso() }.into());
            }
            None => proposed,
            Some(date) => {
                may_name(turn, &shop, operator, proposed, date)?;
                // Whoever calls the day otherwise than the clock does not say that the clock is right.
                let believed = date == clock || date == clock.plus_days(1);
                DayLabel { date, needs_person: false, believed }
            }
        };
        turn.open_a_day(&shop, operator.code.as_str(), label, float)?;
        Ok(Reply::Done)
    })
}

/// Refuses a date that the operator may not call the day by. What takes a manager is noted.
fn may_name(
    turn: &mut Turn<'_>,
    shop: &Shop,
    operator: &Operator,
    proposed: DayLabel,
    date: Date,
) -> Result<(), Error> {
    match (turn.naming(shop, date)?, operator.role) {
        (Naming::Anyone, _) => Ok(()),
        (Naming::Manager, Role::Manager) => {
            let members =
                data([("before", proposed.date.iso().into()), ("after", date.iso().into())]);
            turn.jet(operator.code.as_str(), EventCode::ClockAnomaly, members)
        }
        (Naming::Manager, Role::Counter | Role::Pizzaiolo | Role::Courier) => {
            Err(Code::NeedsManager.into())
        }
        (Naming::Nobody, _) => Err(Code::WhichDay { clock: turn.business_date(shop).iso() }.into()),
    }
}

fn cash(
    workstation: &mut Workstation,
    operator: &Operator,
    amount: Money,
    reason: CashReason,
    approval: Option<&Approval>,
) -> Result<Reply, Error> {
    let out = amount < Money::ZERO;
    let moved = if out { -amount } else { amount };
    if amount == Money::ZERO {
        return Err(Error::NotEnough { due: Money::ZERO, given: amount });
    }
    in_range(moved)?;
    let allowed = match (out, operator.role, approval) {
        (true, Role::Counter, None) => return Err(Code::NeedsManager.into()),
        (true, Role::Counter, Some(approval)) => Some(workstation.approve(approval)?),
        (true | false, Role::Counter | Role::Manager | Role::Pizzaiolo | Role::Courier, _) => None,
    };
    let short = workstation.turn(|turn| {
        let shop = shop(turn)?;
        turn.day(&shop, operator.code.as_str())?;
        let theoretical = drawer_now(turn)?.theoretical;
        if theoretical + amount < Money::ZERO && out {
            let members = data([
                ("theoretical", theoretical.cents().into()),
                ("amount", moved.cents().into()),
            ]);
            turn.jet(operator.code.as_str(), EventCode::NegativeCashAlert, members)?;
            return Ok(Some(theoretical));
        }
        if let Some(manager) = &allowed {
            let members =
                data([("what", "CASH_OUT".into()), ("manager", manager.code.as_str().into())]);
            turn.jet(operator.code.as_str(), EventCode::ManagerOverride, members)?;
        }
        let code = if out { EventCode::CashOut } else { EventCode::CashIn };
        let members =
            data([("amount", moved.cents().into()), ("reason", cash_reason(reason).into())]);
        turn.jet(operator.code.as_str(), code, members)?;
        slip(turn, &shop, operator, amount, reason)?;
        Ok::<_, Error>(None)
    })?;
    // The alert is recorded, and nothing else.
    match short {
        Some(theoretical) => Err(Code::DrawerShort { theoretical }.into()),
        None => Ok(Reply::Done),
    }
}

/// The slip to sign, and the drawer's pulse, where there is a printer for them.
fn slip(
    turn: &Turn<'_>,
    shop: &Shop,
    operator: &Operator,
    amount: Money,
    reason: CashReason,
) -> Result<(), Error> {
    super::print::open_drawer(turn.tx, "", turn.now_ms)?;
    if super::print::printer_of(turn.tx, PaperKind::Closing)?.is_none() {
        return Ok(());
    }
    let out = amount < Money::ZERO;
    let paper = CashPaper {
        direction: if out { Direction::Out } else { Direction::In },
        shop: shop.name.clone(),
        number: String::new(),
        till: turn.till(),
        operator: operator.code.to_string(),
        moment: super::print::of(turn.moment()),
        cents: amount.cents().abs(),
        reason: words::cash_reason(reason).to_owned(),
    };
    let document = drawer::document(&paper);
    super::print::queue(turn.tx, JobKind::Cash, "", &document, turn.now_ms)?;
    Ok(())
}

fn open_drawer(
    workstation: &mut Workstation,
    operator: &Operator,
    reason: DrawerReason,
) -> Result<Reply, Error> {
    workstation.turn(|turn| {
        let shop = shop(turn)?;
        turn.day(&shop, operator.code.as_str())?;
        let members = data([("reason", drawer_reason(reason).into())]);
        turn.jet(operator.code.as_str(), EventCode::DrawerOpenNoSale, members)?;
        super::print::open_drawer(turn.tx, "", turn.now_ms)?;
        Ok(Reply::Done)
    })
}

fn read_x(workstation: &mut Workstation, operator: &Operator) -> Result<Reply, Error> {
    workstation.turn(|turn| {
        let day = turn.open_day()?.ok_or(Code::DayState)?;
        let figures = closings::since_last_day(turn.tx, turn.journal())?;
        let text = fiscal::jcs::to_string(&figures.tally)
            .map_err(|_| Error::Fault("figures that JSON cannot hold".to_owned()))?;
        let hash = Sha256::digest(text.as_bytes());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let members = data([("total", figures.tally.total.cents().into()), ("hash", hash.into())]);
        turn.jet(operator.code.as_str(), EventCode::XReport, members)?;
        let perpetual = turn.perpetual()?;
        let open = closings::open_orders(turn.tx)?;
        let view = views::so_far(day, &figures.tally, open, perpetual, is_blind(operator));
        Ok(Reply::Closing(Box::new(view)))
    })
}

fn close(
    workstation: &mut Workstation,
    operator: &Operator,
    counted: Option<Money>,
    confirmed: bool,
) -> Result<Reply, Error> {
    counted.map_or(Ok(()), in_range)?;
    workstation.turn(|turn| {
        let shop = shop(turn)?;
        let day = turn.open_day()?.ok_or(Code::DayState)?;
        let how = match turn.overdue(&shop, day)? {
            Overdue::No => How::InTime,
            Overdue::Proposed => How::Late,
            Overdue::NeedsPerson if confirmed => How::Late,
            Overdue::NeedsPerson => {
                let clock = turn.business_date(&shop).iso();
                return Err(Code::WhichDay { clock }.into());
            }
        };
        let closing = turn.close_day(&shop, operator.code.as_str(), day, counted, how)?;
        Ok(Reply::Closing(Box::new(views::closing(&closing))))
    })
}

/// Prints a closing, or the day so far where it names none.
pub(super) fn print(workstation: &mut Workstation, number: &str) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    workstation.turn(|turn| {
        let paper = if number.is_empty() {
            let till = turn.till();
            let open_orders = closings::open_orders(turn.tx)?.into_iter().map(|(_, it)| it);
            closing_of::so_far(&SoFar {
                day: turn.open_day()?.ok_or(Code::DayState)?,
                figures: closings::since_last_day(turn.tx, turn.journal())?,
                open_orders: open_orders.collect(),
                issuer: shop(turn)?.issuer(SOFTWARE, BUILD),
                till: &till,
                operator: operator.code.as_str(),
                moment: turn.moment(),
                blind: is_blind(&operator),
            })
        } else {
            let (record, found) = days::find(turn.tx, number)?.ok_or(Code::NoSuchClosing)?;
            closing_of::paper(&record, &found)
        };
        let document = papers::closing::document(&paper);
        super::print::queue(turn.tx, JobKind::Closing, number, &document, turn.now_ms)
    })
}

/// The drawer of the day that is open, as it should be.
fn drawer_now(turn: &Turn<'_>) -> Result<Drawer, Error> {
    let day = turn.open_day()?.ok_or(Code::DayState)?;
    let figures = closings::since_last_day(turn.tx, turn.journal())?;
    Ok(Drawer::of(day.float, &figures.tally, None))
}

fn shop(turn: &Turn<'_>) -> Result<Shop, Error> {
    Ok(publications::shop(turn.tx)?.ok_or(Code::NoMenu)?)
}

fn in_range(amount: Money) -> Result<(), Error> {
    if (Money::ZERO..=MOST).contains(&amount) {
        Ok(())
    } else {
        Err(Code::DrawerShort { theoretical: Money::ZERO }.into())
    }
}

/// Whether somebody counts the drawer without being told what should be in it.
pub(crate) const fn is_blind(operator: &Operator) -> bool {
    match operator.role {
        Role::Manager => false,
        Role::Counter | Role::Pizzaiolo | Role::Courier => true,
    }
}

/// The reason's name in the log of events.
const fn cash_reason(reason: CashReason) -> &'static str {
    match reason {
        CashReason::Change => "CHANGE",
        CashReason::Deposit => "DEPOSIT",
        CashReason::Purchase => "PURCHASE",
        CashReason::Courier => "COURIER",
        CashReason::Advance => "ADVANCE",
    }
}

const fn drawer_reason(reason: DrawerReason) -> &'static str {
    match reason {
        DrawerReason::Change => "CHANGE",
        DrawerReason::Check => "CHECK",
        DrawerReason::Stuck => "STUCK",
    }
}
