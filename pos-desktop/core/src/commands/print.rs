//! Receipts that were asked for. Nothing here waits for a printer: a job joins its queue.

use crate::commands::settings::PRINTER;
use crate::error::Error;
use crate::print::document::Document;
use crate::print::job::{JobId, JobKind, NewJob};
use crate::print::receipt::CopyMark;
use crate::print::{receipt, store};
use crate::receipt_of;
use crate::store::{StoreError, settings, tickets};
use crate::workstation::Workstation;
use pos_api::{Code, PrinterAddress, Reply};
use rusqlite::Transaction;

/// The name that jobs for the receipt printer are addressed to.
pub const RECEIPT_PRINTER: &str = "receipt";

pub(super) fn receipt(workstation: &mut Workstation, number: &str) -> Result<Reply, Error> {
    workstation.seller()?;
    let now_ms = workstation.clock.now_ms();
    let moment = now(workstation);
    workstation.store.write(|tx| {
        printer(tx)?.ok_or(Code::NoPrinter)?;
        let (_, ticket) = tickets::find(tx, number)?.ok_or(Code::NoSuchTicket)?;
        let mut content = receipt_of::ticket(&ticket)?;
        // The first print at the time of sale is the original; any other says which copy it is.
        let before = store::receipts_of(tx, number).map_err(StoreError::from)?;
        content.copy = (0 < before).then(|| CopyMark { number: before, moment: moment.clone() });
        let document = receipt::document(&content);
        queue(tx, JobKind::Receipt, number, &document, now_ms)
    })
}

pub(super) fn test_page(workstation: &mut Workstation) -> Result<Reply, Error> {
    let now_ms = workstation.clock.now_ms();
    let moment = now(workstation);
    let shop = workstation.shop()?.map_or_else(String::new, |shop| shop.name);
    workstation.store.write(|tx| {
        printer(tx)?.ok_or(Code::NoPrinter)?;
        queue(tx, JobKind::Test, "", &receipt::test_document(&shop, &moment), now_ms)
    })
}

/// The moment it is, as papers have it: "20/11/2026 19:12".
fn now(workstation: &Workstation) -> String {
    let it = workstation.moment().local();
    let (day, month, year) = (it.day, it.month, it.year);
    format!("{day:02}/{month:02}/{year} {:02}:{:02}", it.hour, it.minute)
}

pub(super) fn again(workstation: &mut Workstation, job: i64) -> Result<Reply, Error> {
    change(workstation, |tx, now_ms| store::print_again(tx, JobId(job), now_ms))
}

pub(super) fn give_up(workstation: &mut Workstation, job: i64) -> Result<Reply, Error> {
    change(workstation, |tx, now_ms| store::leave(tx, JobId(job), now_ms))
}

/// Opens the drawer after a sale that took cash, where there is one.
pub(super) fn open_drawer(
    tx: &Transaction<'_>,
    ticket: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    if printer(tx)?.is_some_and(|printer| printer.drawer) {
        let job = NewJob {
            printer: RECEIPT_PRINTER,
            kind: JobKind::Drawer,
            reference: ticket,
            document: &Document::drawer(),
        };
        store::enqueue(tx, &job, now_ms)?;
    }
    Ok(())
}

fn printer(tx: &Transaction<'_>) -> Result<Option<PrinterAddress>, StoreError> {
    Ok(settings::get::<Option<PrinterAddress>>(tx, PRINTER)?.flatten())
}

fn queue(
    tx: &Transaction<'_>,
    kind: JobKind,
    reference: &str,
    document: &Document,
    now_ms: i64,
) -> Result<Reply, Error> {
    let job = NewJob { printer: RECEIPT_PRINTER, kind, reference, document };
    let JobId(job) = store::enqueue(tx, &job, now_ms).map_err(StoreError::from)?;
    Ok(Reply::Queued { job })
}

fn change(
    workstation: &mut Workstation,
    change: impl FnOnce(&Transaction<'_>, i64) -> rusqlite::Result<bool>,
) -> Result<Reply, Error> {
    let now_ms = workstation.clock.now_ms();
    workstation.store.write(|tx| {
        if change(tx, now_ms).map_err(StoreError::from)? {
            Ok(Reply::Done)
        } else {
            Err(Error::Refused(Code::NoSuchJob))
        }
    })
}
