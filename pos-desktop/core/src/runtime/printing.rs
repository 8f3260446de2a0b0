//! The receipt printer's worker, on the workstation's file. It is kept apart from the links: a printer
//! whose name takes long to be looked up, or that takes long to end, delays no order.

use super::Inner;
use super::steward::LOOK;
use crate::commands::{PRINTER, RECEIPT_PRINTER};
use crate::print::layout::{Columns, Paper};
use crate::print::link::Patience;
use crate::print::page::Page;
use crate::print::worker::{
    Activity, Database, DatabaseError, PrinterSetup, PrinterState, Retry, Worker,
};
use crate::queries::printer_cause;
use crate::store::{Reader, StoreError, settings};
use pos_api::{PrinterAddress, PrinterCause, PrinterView};
use rusqlite::Transaction;
use std::io;
use std::net::ToSocketAddrs;
use std::sync::Arc;

/// The print queue, reached through the thread that owns the file.
struct Table(Arc<Inner>);

impl Database for Table {
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let done = self.0.ask(false, |workstation| {
            workstation.store().write(|tx| work(tx).map_err(StoreError::from))
        });
        match done {
            None => Err(DatabaseError::Closed),
            Some(Ok(done)) => Ok(done),
            Some(Err(StoreError::Sqlite(error))) => Err(DatabaseError::Refused(error)),
            Some(Err(error)) => {
                tracing::error!(%error, "the print queue cannot be written");
                Err(DatabaseError::Closed)
            }
        }
    }
}

/// Keeps the printer that the settings name running, until the workstation ends.
pub(super) fn run(inner: &Arc<Inner>, mut reader: Reader) {
    let mut running = None;
    let mut seen = 0;
    while !inner.is_stopped() {
        let wanted: Result<Option<PrinterAddress>, StoreError> =
            reader.read(|tx| Ok(settings::get::<Option<PrinterAddress>>(tx, PRINTER)?.flatten()));
        match wanted {
            Ok(wanted) => follow(inner, &mut running, wanted.as_ref()),
            Err(error) => tracing::error!(%error, "the printer's setting cannot be read"),
        }
        seen = inner.changes.wait_after(seen, LOOK);
    }
}

fn follow(
    inner: &Arc<Inner>,
    running: &mut Option<(PrinterAddress, Worker)>,
    wanted: Option<&PrinterAddress>,
) {
    let current = running.as_ref().map(|(address, _)| address);
    if current != wanted {
        *running = None;
        let view = match wanted.map(|address| (address, start(inner, address))) {
            None => PrinterView::None,
            Some((address, Ok(worker))) => {
                *running = Some((address.clone(), worker));
                PrinterView::Unknown
            }
            Some((_, Err(_))) => PrinterView::Stopped(PrinterCause::Unreachable),
        };
        let changed = inner.shared.change(|state| {
            // The worker may have reported already; what it said is newer.
            let keep = view == PrinterView::Unknown && state.printer != PrinterView::None;
            let changed = !keep && state.printer != view;
            if changed {
                state.printer = view;
            }
            changed
        });
        if changed {
            inner.changed();
        }
    }
    if let Some((_, worker)) = running {
        worker.ring();
    }
}

/// Starts printing.
///
/// # Errors
///
/// Where the printer's name has no address now.
fn start(inner: &Arc<Inner>, printer: &PrinterAddress) -> io::Result<Worker> {
    let address = printer
        .host
        .to_socket_addrs()?
        .next()
        .ok_or_else(|| io::Error::from(io::ErrorKind::AddrNotAvailable))?;
    let columns = if printer.wide { Columns::C42 } else { Columns::C32 };
    let setup = PrinterSetup {
        name: RECEIPT_PRINTER.to_owned(),
        address,
        paper: Paper { columns, page: Page::Windows1252 },
        patience: Patience::default(),
        retry: Retry::default(),
    };
    let clock = Arc::clone(&inner.clock);
    let told = Arc::downgrade(inner);
    let report = move |state: &PrinterState| {
        if let Some(inner) = told.upgrade() {
            let view = view(state.activity);
            let changed = inner.shared.change(|state| {
                let changed = state.printer != view;
                state.printer = view;
                changed
            });
            if changed {
                inner.changed();
            }
        }
    };
    Worker::start(setup, Table(Arc::clone(inner)), move || clock.now_ms(), report)
}

fn view(activity: Activity) -> PrinterView {
    match activity {
        Activity::Unknown => PrinterView::Unknown,
        Activity::Ready | Activity::Printing => PrinterView::Ready,
        Activity::Stopped(cause) => PrinterView::Stopped(printer_cause(cause)),
        Activity::QueueClosed => PrinterView::Stopped(pos_api::PrinterCause::Fault),
    }
}
