//! The business day, its figures, and closings, as screens show them.

use crate::clock;
use crate::closings;
use crate::commands::is_blind;
use crate::error::Error;
use crate::shared::State;
use crate::store::days::{self, Closed, Day};
use crate::store::{StoreError, documents, journals, publications, tickets};
use crate::views::Desk;
use crate::workstation::believed_ms;
use domain::id::OrderId;
use fiscal::Money;
use fiscal::closing::{
    Clock, Closing, Counted, Drawer, MeansTotal, OpenOrder, Overdue, Tally, day_label, overdue,
};
use fiscal::ticket::{DocumentRate, PaymentState, Ticket};
use fiscal::time::DEFAULT_CUT_HOUR;
use journal::Purpose;
use pos_api::{
    ClosingLine, ClosingView, Code, CountView, DayView, MeansView, OpenOrderView, RateView,
    ToVerifyView,
};

/// How many closings the screen of the day lists.
const CLOSINGS_SHOWN: u32 = 20;

pub(super) fn day(desk: &Desk<'_>, state: &State) -> Result<DayView, Error> {
    let own = journals::own(desk.tx)?.ok_or(Code::SetUpState)?;
    let journal = own.tip.journal;
    let cut_hour = publications::shop(desk.tx)?.map_or(DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
    let clock = Clock {
        now: desk.zone.moment(desk.now_ms),
        last_entry: believed_ms(desk.tx, journal)?.map(|ms| desk.zone.moment(ms)),
        cut_hour,
        plausible: clock::PLAUSIBLE,
    };
    let open = days::open(desk.tx, journal)?;
    let (date, overdue, needs_person) = match open {
        Some(day) => {
            let overdue = overdue(day.date, &clock);
            (day.date, overdue != Overdue::No, overdue == Overdue::NeedsPerson)
        }
        None => {
            let last = days::last_own_date(desk.tx)?;
            let label = day_label(last, &clock);
            (label.date, false, label.needs_person)
        }
    };
    let orders = closings::open_orders(desk.tx)?;
    let blind = state.operator.as_ref().is_some_and(is_blind);
    let figures = match open {
        Some(day) => {
            let figures = closings::since_last_day(desk.tx, journal)?;
            let perpetual = tickets::perpetual(desk.tx, journal)?;
            Some(so_far(day, &figures.tally, orders.clone(), perpetual, blind))
        }
        None => None,
    };
    Ok(DayView {
        number: open.map(|day| day.number),
        date: date.iso(),
        opened: open.map(|day| desk.zone.hour_minute(day.opened_ms)),
        overdue,
        needs_person,
        figures,
        float: days::left_in_drawer(desk.tx)?,
        open_orders: orders
            .into_iter()
            .map(|(order, it)| OpenOrderView { order, label: it.order, due: it.due })
            .collect(),
        to_verify: to_verify(desk)?,
        closings: days::own_closings(desk.tx, CLOSINGS_SHOWN)?.iter().map(line).collect(),
        training: own.purpose == Purpose::Training,
        blind,
    })
}

/// A closing's figures.
pub(super) fn closing_of(desk: &Desk<'_>, number: &str) -> Result<ClosingView, Error> {
    let (_, found) = days::find(desk.tx, number)?.ok_or(Code::NoSuchClosing)?;
    Ok(closing(&found))
}

fn to_verify(desk: &Desk<'_>) -> Result<Vec<ToVerifyView>, StoreError> {
    let mut found = Vec::new();
    for line in documents::to_verify(desk.tx)? {
        let Some((_, body)) = documents::body(desk.tx, &line.number)? else {
            continue;
        };
        let document = Ticket::decode(&body).and_then(|it| it.read().ok());
        let document = document.ok_or(StoreError::Broken("ticket"))?;
        let payments = document.payments.iter().enumerate();
        let open = payments.filter(|(_, it)| it.state == Some(PaymentState::ToVerify));
        found.extend(open.map(|(payment, it)| ToVerifyView {
            ticket: line.number.clone(),
            payment,
            amount: it.amount,
            time: desk.zone.hour_minute(line.utc_ms),
        }));
    }
    Ok(found)
}

fn line(closed: &Closed) -> ClosingLine {
    let difference = closed.counted.zip(closed.drawer).map(|(counted, drawer)| counted - drawer);
    ClosingLine {
        number: closed.number.clone(),
        period: closed.period.clone(),
        label: closed.label.clone(),
        total: closed.total,
        difference,
    }
}

/// The figures of the day so far: a lecture X. Whoever counts blind is not told what should be in
/// the drawer.
pub(crate) fn so_far(
    day: Day,
    tally: &Tally,
    open: Vec<(OrderId, OpenOrder)>,
    (perpetual_algebraic, perpetual_absolute): (Money, Money),
    blind: bool,
) -> ClosingView {
    ClosingView {
        number: String::new(),
        period: "X".to_owned(),
        label: day.date.iso(),
        drawer: (!blind).then(|| Drawer::of(day.float, tally, None)),
        open_orders: open.into_iter().map(|(_, it)| (it.order, it.due)).collect(),
        perpetual_algebraic,
        perpetual_absolute,
        ..figures(tally)
    }
}

/// A closing, as it was signed.
pub(crate) fn closing(closing: &Closing) -> ClosingView {
    ClosingView {
        number: closing.head.number.clone(),
        period: closing.period.code().to_owned(),
        label: closing.label.clone(),
        drawer: closing.drawer,
        open_orders: closing.open_orders.iter().map(|it| (it.order.clone(), it.due)).collect(),
        perpetual_algebraic: closing.perpetual_algebraic,
        perpetual_absolute: closing.perpetual_absolute,
        ..figures(&closing.tally)
    }
}

fn figures(tally: &Tally) -> ClosingView {
    ClosingView {
        number: String::new(),
        period: String::new(),
        label: String::new(),
        total: tally.total,
        rates: tally.vat.iter().map(rate).collect(),
        means: tally.means.iter().map(means).collect(),
        sales: count(tally.sales),
        credit_notes: count(tally.credit_notes),
        corrections: tally.corrections,
        discounts: count(tally.discounts),
        cancelled_lines: count(tally.cancelled_lines),
        cancelled_orders: count(tally.cancelled_orders),
        duplicates: tally.duplicates,
        provisionals: tally.provisionals,
        notes: tally.notes,
        invoices: tally.invoices,
        drawer_openings: tally.drawer_openings,
        drawer: None,
        open_orders: Vec::new(),
        perpetual_algebraic: Money::ZERO,
        perpetual_absolute: Money::ZERO,
    }
}

const fn count(counted: Counted) -> CountView {
    CountView { count: counted.count, amount: counted.amount }
}

fn rate(it: &DocumentRate) -> RateView {
    RateView { rate_bp: it.vat_bp.basis_points(), ht: it.ht, vat: it.vat, ttc: it.ttc }
}

const fn means(it: &MeansTotal) -> MeansView {
    MeansView { means: it.means, count: it.count, amount: it.amount, to_verify: it.to_verify }
}
