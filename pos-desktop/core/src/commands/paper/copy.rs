//! The original of a ticket's paper, and the copies after it.
//!
//! What is asked for first, on the business day of the sale and where it was sold, is the original.
//! Everything later, and everywhere else, is a duplicate: counted by ticket over all media, and signed.

use crate::commands::print;
use crate::error::Error;
use crate::print::job::JobKind;
use crate::print::receipt::{self, CopyMark};
use crate::print::store as queue;
use crate::receipt_of;
use crate::store::{StoreError, documents, publications, tickets};
use crate::workstation::{Turn, Workstation};
use domain::id::OrderId;
use fiscal::copy::{Duplicate, Medium};
use fiscal::event::{EventCode, data};
use fiscal::ticket::{Base, Document, Ticket};
use journal::Purpose;
use pos_api::{Code, PaperKind, Reply};

/// Prints a ticket: the original, or a duplicate that says which copy it is.
pub(crate) fn receipt(workstation: &mut Workstation, number: &str) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code.to_string();
    let moment = print::now(workstation);
    workstation.turn(|turn| {
        print::printer_of(turn.tx, PaperKind::Receipt)?.ok_or(Code::NoPrinter)?;
        let (order, ticket) = of_now(turn, number)?;
        let mut content = receipt_of::ticket(&ticket)?;
        let copy = copied(turn, &operator, order, &ticket, Medium::Paper)?;
        content.copy = copy
            .map(|number| CopyMark { number: u32::try_from(number).unwrap_or(u32::MAX), moment });
        let document = receipt::document(&content);
        print::queue(turn.tx, JobKind::Receipt, number, &document, turn.now_ms)
    })
}

/// The ticket of this number, if it is of now: in training those of training alone, else real ones.
pub(super) fn of_now(turn: &Turn<'_>, number: &str) -> Result<(OrderId, Ticket), Error> {
    let found = tickets::find(turn.tx, number)?.ok_or(Code::NoSuchTicket)?;
    let document = found.1.read().map_err(|_| StoreError::Broken("ticket"))?;
    let in_training = turn.seat.purpose == Purpose::Training;
    if document.till.starts_with(fiscal::TRAINING) != in_training {
        return Err(Code::NoSuchTicket.into());
    }
    Ok(found)
}

/// Notes that a ticket's paper leaves; answers which copy it is, or `None` for the original.
pub(super) fn copied(
    turn: &mut Turn<'_>,
    operator: &str,
    order: OrderId,
    ticket: &Ticket,
    medium: Medium,
) -> Result<Option<u64>, Error> {
    let document = ticket.read().map_err(|_| StoreError::Broken("ticket"))?;
    if !has_left(turn, &document)? {
        return Ok(None);
    }
    let original = Copied {
        kind: document.operation.code(),
        till: &document.till,
        number: &ticket.number,
        content: Base::content_hash(&ticket.document),
    };
    duplicate(turn, operator, order, original, medium).map(Some)
}

/// What is copied.
pub(super) struct Copied<'a> {
    /// What it records: `VENTE`, `FACTURE` …
    pub(super) kind: &'a str,
    pub(super) till: &'a str,
    pub(super) number: &'a str,
    /// SHA-256 of its document.
    pub(super) content: String,
}

/// Signs a duplicate; answers which it is, from 1.
pub(super) fn duplicate(
    turn: &mut Turn<'_>,
    operator: &str,
    order: OrderId,
    original: Copied<'_>,
    medium: Medium,
) -> Result<u64, Error> {
    let number = original.number;
    let copy = documents::count_about(turn.tx, number, fiscal::kind::DUPLICATE)? + 1;
    let record = turn.issue(operator, Some(order.into()), |head| Duplicate {
        head,
        original_type: original.kind.to_owned(),
        original_till: original.till.to_owned(),
        original: number.to_owned(),
        original_content: original.content,
        copy,
        medium,
    })?;
    let members = data([("duplicate", record.number.into()), ("ticket", number.into())]);
    turn.jet(operator, EventCode::Duplicate, members)?;
    Ok(copy)
}

/// Whether the original left the till, or can no longer be told from a copy.
fn has_left(turn: &Turn<'_>, document: &Document) -> Result<bool, Error> {
    let number = document.ticket_no.as_str();
    let is_own = documents::find(turn.tx, number)?.is_some_and(|line| line.own);
    let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
    let today = turn.open_day()?.map_or_else(|| turn.business_date(&shop), |day| day.date);
    let traces = [EventCode::ReceiptSent.symbol(), EventCode::Duplicate.symbol()];
    let about = documents::about(turn.tx, number)?;
    Ok(!is_own
        || document.business_date != today
        || about.iter().any(|it| traces.contains(&it.operation.as_str()))
        || 0 < queue::receipts_of(turn.tx, number).map_err(StoreError::from)?)
}
