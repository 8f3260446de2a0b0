//! Tickets, as screens list and show them.

use crate::error::Error;
use crate::store::documents::{self, Line, Signed};
use crate::store::orders::{self, Loaded};
use crate::store::{StoreError, journals, publications, tickets};
use crate::views::{self, Desk};
use domain::id::LineId;
use fiscal::Money;
use fiscal::ticket::{Creditable, Document, Means, Operation, PaymentState, creditable};
use fiscal::time::{DEFAULT_CUT_HOUR, Date};
use journal::Purpose;
use pos_api::{Code, PaymentView, TicketLine, TicketLineView, TicketView};
use std::collections::BTreeMap;

/// How many tickets are listed.
const SHOWN: u32 = 100;
/// How many business days are looked through where none is named.
const DAYS: i32 = 7;

/// Tickets of a business day, or of the last seven, newest first.
///
/// # Errors
///
/// [`Code::Period`] where the day cannot be read.
pub(super) fn list(
    desk: &Desk<'_>,
    text: &str,
    date: Option<&str>,
) -> Result<Vec<TicketLine>, Error> {
    let (from, to) = match date {
        Some(date) => {
            let date = Date::parse(date).ok_or(Code::Period)?;
            (date, date)
        }
        None => {
            let shop = publications::shop(desk.tx)?;
            let cut_hour = shop.map_or(DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
            let today = desk.zone.moment(desk.now_ms).business_date(cut_hour);
            // A day that was opened late, or under another clock, may be called tomorrow.
            (today.plus_days(1 - DAYS), today.plus_days(1))
        }
    };
    let purpose = journals::own(desk.tx)?.map_or(Purpose::Live, |own| own.purpose);
    let found = documents::tickets(desk.tx, (from, to), text.trim(), purpose, SHOWN)?;
    found.iter().map(|line| ticket_line(desk, line)).collect()
}

/// One ticket, with everything that was done about it.
///
/// # Errors
///
/// [`Code::NoSuchTicket`].
pub(super) fn one(desk: &Desk<'_>, number: &str) -> Result<TicketView, Error> {
    let line = documents::find(desk.tx, number)?.ok_or(Code::NoSuchTicket)?;
    let (order, _) = tickets::find(desk.tx, number)?.ok_or(Code::NoSuchTicket)?;
    let loaded = orders::load(desk.tx, order)?;
    let document = loaded.documents.iter().find(|it| it.ticket_no == number);
    let document = document.ok_or(StoreError::Broken("ticket"))?;
    let about = documents::about(desk.tx, number)?;
    let corrections = about.iter().filter(|it| it.kind == fiscal::kind::TICKET);
    let customer = loaded.order.customer();
    let customer = customer.map(|id| views::customer(desk.tx, id)).transpose()?.flatten();
    let left = creditable(document, &loaded.documents);
    Ok(TicketView {
        line: ticket_line(desk, &line)?,
        lines: document.lines.iter().map(|it| line_view(it, &left)).collect(),
        payments: payments(document, &loaded),
        corrections: corrections.map(|line| ticket_line(desk, line)).collect::<Result<_, _>>()?,
        duplicates: documents::count_about(desk.tx, number, fiscal::kind::DUPLICATE)?,
        customer,
        own: line.own,
    })
}

fn line_view(it: &fiscal::ticket::DocumentLine, left: &[Creditable]) -> TicketLineView {
    let left = left.iter().find(|left| left.line == it.line);
    TicketLineView {
        line: LineId(it.line),
        label: it.label.clone(),
        details: it.details.clone(),
        qty_m: it.qty_m,
        left_m: left.map_or(0, |left| left.qty_m),
        ttc: it.ttc,
    }
}

/// A correction that verified a payment takes it away as it was: nothing of it is to be verified.
fn payments(document: &Document, loaded: &Loaded) -> Vec<PaymentView> {
    let corrected = orders::corrected(document, &loaded.documents);
    let sale = document.operation == Operation::Sale;
    let with_place = document.payments.iter().zip(corrected);
    with_place
        .map(|(it, corrected)| PaymentView {
            means: it.means,
            amount: it.amount,
            reference: it.reference.clone().unwrap_or_default(),
            to_verify: sale && it.state == Some(PaymentState::ToVerify) && !corrected,
            corrected,
        })
        .collect()
}

fn ticket_line(desk: &Desk<'_>, line: &Line) -> Result<TicketLine, Error> {
    let (kind, body) =
        documents::body(desk.tx, &line.number)?.ok_or(StoreError::Broken("ticket"))?;
    let Some(Signed::Ticket(document)) = Signed::read(kind, &body) else {
        return Err(StoreError::Broken("ticket").into());
    };
    let about = documents::about(desk.tx, &line.number)?;
    let tickets = || about.iter().filter(|it| it.kind == fiscal::kind::TICKET);
    let credits = tickets().filter(|it| it.operation == Operation::CreditNote.code());
    let sale = document.operation == Operation::Sale;
    let to_verify = tickets().map(|it| it.to_verify).fold(line.to_verify, |a, b| a + b);
    let invoice = about.iter().find(|it| it.kind == fiscal::kind::INVOICE);
    Ok(TicketLine {
        number: line.number.clone(),
        order: document.order.clone(),
        time: minute(&document.local),
        operation: document.operation,
        total: document.total_ttc,
        means: means(&document),
        to_verify: sale && line.to_verify != Money::ZERO && to_verify != Money::ZERO,
        credited: -credits.map(|it| it.total).sum::<Money>(),
        invoice: invoice.map(|it| it.number.clone()),
    })
}

/// "2026-11-21T19:12:05" to the minute, for people: "2026-11-21 19:12".
fn minute(local: &str) -> String {
    local.get(..16).unwrap_or(local).replace('T', " ")
}

/// By what it was paid, the largest amount first.
fn means(document: &Document) -> Vec<Means> {
    let mut by: BTreeMap<Means, u64> = BTreeMap::new();
    for payment in &document.payments {
        let sum = by.entry(payment.means).or_default();
        *sum = sum.saturating_add(payment.amount.cents().unsigned_abs());
    }
    let mut means: Vec<_> = by.into_iter().collect();
    means.sort_by_key(|(means, sum)| (core::cmp::Reverse(*sum), *means));
    means.into_iter().map(|(means, _)| means).collect()
}
