//! The receipt printer's worker, on the workstation's file.

use super::Inner;
use crate::commands::RECEIPT_PRINTER;
use crate::print::layout::{Columns, Paper};
use crate::print::link::Patience;
use crate::print::page::Page;
use crate::print::worker::{
    Activity, Database, DatabaseError, PrinterSetup, PrinterState, Retry, Worker,
};
use crate::queries::printer_cause;
use crate::store::StoreError;
use pos_api::{PrinterAddress, PrinterView};
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

/// Starts printing.
///
/// # Errors
///
/// Where the printer's name has no address now.
pub(super) fn start(inner: &Arc<Inner>, printer: &PrinterAddress) -> io::Result<Worker> {
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
