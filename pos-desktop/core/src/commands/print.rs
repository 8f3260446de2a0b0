//! Papers that were asked for. Nothing here waits for a printer: a job joins its queue.

use crate::commands::settings::PRINTERS;
use crate::error::Error;
use crate::print::document::Document;
use crate::print::job::{JobId, JobKind, NewJob};
use crate::print::{papers, receipt, store};
use crate::store::{StoreError, settings};
use crate::workstation::Workstation;
use fiscal::time::Moment;
use pos_api::{Code, PaperKind, PrinterSettings, Reply};
use rusqlite::Transaction;

pub(super) fn test_page(workstation: &mut Workstation, printer: &str) -> Result<Reply, Error> {
    let now_ms = workstation.clock.now_ms();
    let moment = now(workstation);
    let shop = workstation.shop()?.map_or_else(String::new, |shop| shop.name);
    workstation.store.write(|tx| {
        set(tx, printer)?;
        let document = receipt::test_document(&shop, &format!("{printer}, {moment}"));
        queue_on(tx, printer, JobKind::Test, "", &document, now_ms)
    })
}

pub(super) fn notice(workstation: &mut Workstation) -> Result<Reply, Error> {
    let now_ms = workstation.clock.now_ms();
    workstation
        .store
        .write(|tx| queue(tx, JobKind::Notice, "", &papers::notice::on_request(), now_ms))
}

pub(super) fn reroute(workstation: &mut Workstation, from: &str, to: &str) -> Result<Reply, Error> {
    let now_ms = workstation.clock.now_ms();
    workstation.store.write(|tx| {
        set(tx, to)?;
        if from != to {
            store::reroute(tx, from, to, now_ms).map_err(StoreError::from)?;
        }
        Ok(Reply::Done)
    })
}

/// The moment it is, as papers have it: "20/11/2026 19:12".
pub(super) fn now(workstation: &Workstation) -> String {
    of(workstation.moment())
}

/// A moment, as papers have it.
pub(super) fn of(moment: Moment) -> String {
    let it = moment.local();
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
    // In training nothing is paid: the drawer stays shut.
    if settings::training(tx)?.is_some() {
        return Ok(());
    }
    if let Some(printer) = printers(tx)?.into_iter().find(|printer| printer.drawer) {
        let job = NewJob {
            printer: &printer.name,
            kind: JobKind::Drawer,
            reference: ticket,
            document: &Document::drawer(),
        };
        store::enqueue(tx, &job, now_ms)?;
    }
    Ok(())
}

/// Puts a paper into the queue of the printer it comes out of. `reference` is the number of the
/// ticket, order or closing.
///
/// # Errors
///
/// [`Code::NoPrinter`] where no printer has that paper.
pub(super) fn queue(
    tx: &Transaction<'_>,
    kind: JobKind,
    reference: &str,
    document: &Document,
    now_ms: i64,
) -> Result<Reply, Error> {
    let paper = paper(kind).ok_or(Code::NoPrinter)?;
    let in_training = settings::training(tx)?.is_some();
    if in_training && paper == PaperKind::Kitchen {
        return Ok(Reply::Done);
    }
    // The number of what was signed says what it is of; a paper without one is of now.
    let is_practice =
        if reference.is_empty() { in_training } else { reference.starts_with(fiscal::TRAINING) };
    let document = &papers::marked(document.clone(), is_practice);
    let printer = printer_of(tx, paper)?.ok_or(Code::NoPrinter)?;
    queue_on(tx, &printer.name, kind, reference, document, now_ms)
}

fn queue_on(
    tx: &Transaction<'_>,
    printer: &str,
    kind: JobKind,
    reference: &str,
    document: &Document,
    now_ms: i64,
) -> Result<Reply, Error> {
    let job = NewJob { printer, kind, reference, document };
    let JobId(job) = store::enqueue(tx, &job, now_ms).map_err(StoreError::from)?;
    Ok(Reply::Queued { job })
}

/// By what a job finds its printer; `None` for jobs that are for one printer by name.
const fn paper(kind: JobKind) -> Option<PaperKind> {
    match kind {
        JobKind::Receipt | JobKind::Notice => Some(PaperKind::Receipt),
        JobKind::Kitchen => Some(PaperKind::Kitchen),
        JobKind::Provisional | JobKind::Note => Some(PaperKind::Provisional),
        JobKind::Closing | JobKind::Cash => Some(PaperKind::Closing),
        JobKind::Label => Some(PaperKind::Label),
        JobKind::Test | JobKind::Drawer => None,
    }
}

/// The printers that are set on this PC.
///
/// # Errors
///
/// [`StoreError::Broken`] where the setting cannot be read back.
pub fn printers(tx: &Transaction<'_>) -> Result<Vec<PrinterSettings>, StoreError> {
    Ok(settings::get(tx, PRINTERS)?.unwrap_or_default())
}

/// The printer that a paper comes out of; `None` where it is not printed here.
pub(super) fn printer_of(
    tx: &Transaction<'_>,
    paper: PaperKind,
) -> Result<Option<PrinterSettings>, StoreError> {
    Ok(printers(tx)?.into_iter().find(|printer| printer.papers.contains(&paper)))
}

/// Refuses a name that no printer has.
fn set(tx: &Transaction<'_>, name: &str) -> Result<(), Error> {
    if printers(tx)?.iter().any(|printer| printer.name == name) {
        Ok(())
    } else {
        Err(Code::NoPrinter.into())
    }
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
