//! A database with a print queue, and a worker on it.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pos_core::print::document::{Document, Item};
use pos_core::print::job::{Job, JobId, JobKind, NewJob};
use pos_core::print::layout::Paper;
use pos_core::print::link::{Patience, Road};
use pos_core::print::status::Cause;
use pos_core::print::store;
use pos_core::print::worker::{
    Activity, Database, DatabaseError, PrinterSetup, PrinterState, Retry, StillSet, Worker,
};
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// Longer than anything here takes, on a busy machine too.
pub(crate) const SOON: Duration = Duration::from_secs(30);

/// The queue's table, and that of the settings, which its last migration looks into.
const MIGRATIONS: [&str; 3] = [
    include_str!("../../../../migrations/sqlite/0002_workstation.sql"),
    include_str!("../../../../migrations/sqlite/0004_print.sql"),
    include_str!("../../../../migrations/sqlite/0005_print.sql"),
];

/// A till's database.
#[derive(Clone)]
pub(crate) struct Till {
    connection: Arc<Mutex<Connection>>,
    closed: Arc<AtomicBool>,
    /// The printer was set otherwise since its worker started; told whenever that worker finds it so.
    otherwise: Arc<Mutex<Option<Sender<()>>>>,
    /// The failures that were noted.
    failures: Arc<Mutex<Vec<(JobKind, Cause)>>>,
}

impl Till {
    pub(crate) fn in_memory() -> Self {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(&MIGRATIONS.concat()).unwrap();
        Self::on(connection)
    }

    /// Opens the file, which may be there already.
    pub(crate) fn at(path: &Path) -> Self {
        let fresh = !path.exists();
        let connection = Connection::open(path).unwrap();
        if fresh {
            connection.execute_batch(&MIGRATIONS.concat()).unwrap();
        }
        Self::on(connection)
    }

    fn on(connection: Connection) -> Self {
        let connection = Arc::new(Mutex::new(connection));
        Self {
            connection,
            closed: Arc::default(),
            otherwise: Arc::default(),
            failures: Arc::default(),
        }
    }

    /// Runs `work` in a transaction and commits it.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let mut connection = self.connection.lock().unwrap();
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let result = work(&tx)?;
        tx.commit()?;
        Ok(result)
    }

    pub(crate) fn enqueue(&self, kind: JobKind, text: &str) -> JobId {
        let document = match kind {
            JobKind::Drawer => Document::drawer(),
            JobKind::Receipt
            | JobKind::Kitchen
            | JobKind::Provisional
            | JobKind::Note
            | JobKind::Closing
            | JobKind::Cash
            | JobKind::Label
            | JobKind::Notice
            | JobKind::Test => paper(text),
        };
        let job = NewJob { printer: "counter", kind, reference: text, document: &document };
        self.with(|tx| store::enqueue(tx, &job, 1_000)).unwrap()
    }

    pub(crate) fn job(&self, id: JobId) -> Job {
        self.with(|tx| store::load(tx, id)).unwrap().expect("it was put there")
    }

    pub(crate) fn failures(&self) -> Vec<(JobKind, Cause)> {
        self.failures.lock().unwrap().clone()
    }

    /// Sets the printer otherwise, or, with `None`, as it was.
    pub(crate) fn set_otherwise(&self, found: Option<Sender<()>>) {
        *self.otherwise.lock().unwrap() = found;
    }

    /// As a full disk does: nothing can be written any more, or can again.
    pub(crate) fn close(&self, closed: bool) {
        self.closed.store(closed, Ordering::SeqCst);
    }
}

impl Database for Till {
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(DatabaseError::Closed);
        }
        Ok(self.with(work)?)
    }

    fn still_set(&self) -> StillSet {
        let otherwise = Arc::clone(&self.otherwise);
        Box::new(move |_| match otherwise.lock().unwrap().as_ref() {
            Some(found) => found.send(()).is_err(),
            None => true,
        })
    }

    fn note_failure(&self, paper: JobKind, cause: Cause) -> Result<(), DatabaseError> {
        self.failures.lock().unwrap().push((paper, cause));
        Ok(())
    }
}

/// A paper with one line and a cut.
pub(crate) fn paper(text: &str) -> Document {
    Document::new(vec![Item::text(text), Item::Cut])
}

/// A printer at that address, tried again soon and waited for long: no test hangs on how busy the
/// machine is.
pub(crate) fn setup(address: std::net::SocketAddr) -> PrinterSetup {
    setup_by(Road::Network(address.to_string()))
}

/// A printer by that road, likewise.
pub(crate) fn setup_by(road: Road) -> PrinterSetup {
    PrinterSetup {
        name: "counter".to_owned(),
        road,
        answers: true,
        paper: Paper::default(),
        patience: Patience { connect: SOON, answer: SOON, accept: SOON, after: SOON },
        retry: Retry {
            first: Duration::from_millis(5),
            most: Duration::from_millis(20),
            look: Duration::from_millis(50),
        },
    }
}

/// Starts a worker, and lets the test follow what it reports.
pub(crate) fn work(setup: PrinterSetup, till: &Till) -> (Worker, Reports) {
    let (report, reports) = Reports::channel();
    let worker = Worker::start(setup, till.clone(), || 2_000, report).unwrap();
    (worker, reports)
}

pub(crate) struct Reports(Receiver<PrinterState>);

impl Reports {
    pub(crate) fn channel() -> (impl Fn(&PrinterState) + Send + 'static, Self) {
        let (report, reports) = channel();
        // The test may have seen enough, and gone.
        let report = move |state: &PrinterState| drop(report.send(state.clone()));
        (report, Self(reports))
    }

    /// Waits until the printer is doing that.
    pub(crate) fn until(&self, activity: Activity) -> PrinterState {
        loop {
            let state = self.0.recv_timeout(SOON).expect("the printer gets there");
            if state.activity == activity {
                return state;
            }
        }
    }
}
