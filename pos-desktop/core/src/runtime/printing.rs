//! The printers' workers, on the workstation's file. They are kept apart from the links: a printer that
//! takes long to end delays no order.

use super::Inner;
use super::steward::LOOK;
use crate::commands;
use crate::print::job::JobKind;
use crate::print::layout::{Columns, Paper};
use crate::print::link::{Patience, Road};
use crate::print::page::Page;
use crate::print::status::Cause;
use crate::print::worker::{
    Activity, Database, DatabaseError, PrinterSetup, PrinterState, Retry, StillSet, Worker,
};
use crate::queries::printer_cause;
use crate::shared::PrinterStands;
use crate::store::{Reader, StoreError};
use pos_api::{PrinterCause, PrinterRoad, PrinterSettings, PrinterView};
use rusqlite::Transaction;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// The program that hands a job to the system's queue.
const SPOOLER: &str = "lp";

/// The print queue, reached through the thread that owns the file, by one printer's worker.
struct Table {
    inner: Arc<Inner>,
    /// The printer as it was set when the worker started.
    set: PrinterSettings,
}

impl Database for Table {
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        let done = self.inner.ask(false, |workstation| {
            workstation.store().write(|tx| work(tx).map_err(StoreError::from))
        });
        written(done)
    }

    fn still_set(&self) -> StillSet {
        let settings = self.set.clone();
        // A setting that cannot be read is told by whoever follows it; papers go on.
        Box::new(move |tx| commands::printers(tx).map_or(true, |all| all.contains(&settings)))
    }

    fn note_failure(&self, paper: JobKind, cause: Cause) -> Result<(), DatabaseError> {
        written(self.inner.ask(false, move |workstation| {
            workstation.note_print_failure(paper.word(), cause.word())
        }))
    }
}

fn written<T>(done: Option<Result<T, StoreError>>) -> Result<T, DatabaseError> {
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

/// The workers that run, by their printers' names, and what each was started with.
type Running = BTreeMap<String, (PrinterSettings, Worker)>;

/// Keeps the printers that the settings name running, until the workstation ends.
pub(super) fn run(inner: &Arc<Inner>, mut reader: Reader) {
    let mut running = Running::new();
    let mut seen = 0;
    while !inner.is_stopped() {
        match reader.read(commands::printers) {
            Ok(wanted) => follow(inner, &mut running, &wanted),
            Err(error) => tracing::error!(%error, "the printers' setting cannot be read"),
        }
        seen = inner.changes.wait_after(seen, LOOK);
    }
}

fn follow(inner: &Arc<Inner>, running: &mut Running, wanted: &[PrinterSettings]) {
    // Those that go on are not to wait for one that takes long to end.
    for (settings, worker) in running.values() {
        if wanted.contains(settings) {
            worker.ring();
        }
    }
    let before = running.len();
    running.retain(|_, (settings, _)| wanted.contains(settings));
    let mut changed = running.len() != before;
    if changed {
        let is_kept = |name: &String| running.contains_key(name);
        inner.shared.change(|state| state.printers.retain(|name, _| is_kept(name)));
    }
    for settings in wanted {
        if running.contains_key(&settings.name) {
            continue;
        }
        // Before it starts: what it reports itself is newer.
        changed |= stands(inner, &settings.name, PrinterView::Unknown, false);
        match start(inner, settings) {
            Ok(worker) => {
                running.insert(settings.name.clone(), (settings.clone(), worker));
            }
            Err(error) => {
                tracing::error!(%error, printer = settings.name, "a printer has no thread");
                let stopped = PrinterView::Stopped(PrinterCause::Fault);
                changed |= stands(inner, &settings.name, stopped, false);
            }
        }
    }
    if changed {
        inner.changed();
    }
}

/// Says how a printer is. Whether that is news.
fn stands(inner: &Inner, name: &str, view: PrinterView, paper_low: bool) -> bool {
    let stands = PrinterStands { view, paper_low };
    inner.shared.change(|state| {
        let changed = state.printers.get(name) != Some(&stands);
        state.printers.insert(name.to_owned(), stands);
        changed
    })
}

/// Starts printing.
///
/// # Errors
///
/// Where the machine has no thread to give.
fn start(inner: &Arc<Inner>, printer: &PrinterSettings) -> io::Result<Worker> {
    let columns = if printer.wide { Columns::C42 } else { Columns::C32 };
    let setup = PrinterSetup {
        name: printer.name.clone(),
        road: road(&printer.road),
        answers: printer.answers,
        paper: Paper { columns, page: Page::Windows1252 },
        patience: Patience::default(),
        retry: Retry::default(),
    };
    let clock = Arc::clone(&inner.clock);
    let told = Arc::downgrade(inner);
    let report = move |state: &PrinterState| {
        if let Some(inner) = told.upgrade()
            && stands(&inner, &state.printer, view(state.activity), state.paper_low)
        {
            inner.changed();
        }
    };
    let table = Table { inner: Arc::clone(inner), set: printer.clone() };
    Worker::start(setup, table, move || clock.now_ms(), report)
}

fn road(set: &PrinterRoad) -> Road {
    match set {
        PrinterRoad::Network { host } => Road::Network(host.clone()),
        PrinterRoad::Usb { device } => Road::Usb(PathBuf::from(device)),
        PrinterRoad::Serial { device, baud } => {
            Road::Serial { device: device.clone(), baud: *baud }
        }
        PrinterRoad::Spooler { queue } => {
            Road::Spooler { program: PathBuf::from(SPOOLER), queue: queue.clone() }
        }
    }
}

fn view(activity: Activity) -> PrinterView {
    match activity {
        Activity::Unknown => PrinterView::Unknown,
        Activity::Unheard => PrinterView::Unheard,
        Activity::Ready | Activity::Printing => PrinterView::Ready,
        Activity::Stopped(cause) => PrinterView::Stopped(printer_cause(cause)),
        Activity::QueueClosed => PrinterView::Stopped(PrinterCause::Fault),
    }
}
