//! The thread that prints, one a printer.
//!
//! It takes jobs from the table in their order, asks the printer how it is, commits that the job is
//! being sent, sends it, and asks again. It holds no lock and no transaction while it waits for the
//! printer. What stops it before a byte has left, it tries again by itself, less and less often; what
//! stops it later is for a person.

use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Transaction;

use super::document::Document;
use super::escpos_bytes;
use super::job::{Job, JobId, JobKind, Outcome};
use super::layout::Paper;
use super::link::{Link, Patience, Road, SendStopped};
use super::status::{Cause, Status};
use super::store;

/// How the worker reaches the table: it asks whoever owns the database, as everybody else does.
pub trait Database: Send + 'static {
    /// Runs `work` in one transaction and commits it; nothing of it is kept where either fails.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`], for any reason. The worker then prints nothing, and tries again later.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, DatabaseError>;

    /// What says, in a transaction, whether the printer is still set as it was when its worker started. One
    /// that is set otherwise has another worker in a moment, which prints what is asked for from then on.
    fn still_set(&self) -> StillSet;

    /// Notes, for whoever looks into it later, that a paper ended otherwise than printed: it cannot be
    /// read, or was being sent when `cause` stopped it.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]; the worker then logs it, and goes on.
    fn note_failure(&self, paper: JobKind, cause: Cause) -> Result<(), DatabaseError>;
}

/// As [`Database::still_set`].
pub type StillSet = Box<dyn FnOnce(&Transaction<'_>) -> bool + Send>;

/// Why the table could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// SQLite refused: the disk is full, the file is damaged.
    #[error("the print queue cannot be written")]
    Refused(#[from] rusqlite::Error),
    /// Whoever owns the database has stopped.
    #[error("the database is closed")]
    Closed,
}

/// A printer, as the shop has set it up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterSetup {
    /// Its name in the shop; jobs are addressed to it.
    pub name: String,
    /// How it is reached.
    pub road: Road,
    /// Whether it is asked how it is. Where it is not, jobs end as unconfirmed.
    pub answers: bool,
    /// Its paper and characters.
    pub paper: Paper,
    /// How long it may take.
    pub patience: Patience,
    /// When to try again.
    pub retry: Retry,
}

/// When a printer that does not print is tried again, and one with nothing to do is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// After the first failure; doubled after each.
    pub first: Duration,
    /// But never more.
    pub most: Duration,
    /// A printer with nothing to print is asked how it is so often, so that an empty roll is seen
    /// before somebody waits for a receipt.
    pub look: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            most: Duration::from_secs(30),
            look: Duration::from_secs(20),
        }
    }
}

/// How a printer is, for the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterState {
    /// Its name in the shop.
    pub printer: String,
    /// What it is doing.
    pub activity: Activity,
    /// The roll is nearly at its end.
    pub paper_low: bool,
}

/// What a printer is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// Nobody has asked it yet.
    Unknown,
    /// It can print, and has nothing to.
    Ready,
    /// It takes jobs, and nothing says how it is.
    Unheard,
    /// A job is being sent.
    Printing,
    /// It cannot print. Jobs wait; it is tried again without anybody's doing.
    Stopped(Cause),
    /// The queue cannot be read or written; nothing is sent.
    QueueClosed,
}

/// A running worker. It ends when dropped, within the printer's [`Patience`].
#[derive(Debug)]
pub struct Worker {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts printing what waits for `setup`'s printer. Call [`store::recover`] once before the
    /// first.
    ///
    /// `now_ms` is the workstation's clock, in milliseconds since the Unix epoch; `report` is called
    /// from the worker's thread each time the printer's state changes, and must not wait.
    ///
    /// # Errors
    ///
    /// Where the machine has no thread to give.
    pub fn start<D: Database>(
        setup: PrinterSetup,
        database: D,
        now_ms: impl Fn() -> i64 + Send + 'static,
        report: impl Fn(&PrinterState) + Send + 'static,
    ) -> io::Result<Self> {
        let bell = Arc::new(Bell::default());
        let state = PrinterState {
            printer: setup.name.clone(),
            activity: Activity::Unknown,
            paper_low: false,
        };
        let printing = Printing {
            setup,
            database,
            now_ms,
            report,
            told: state.clone(),
            state,
            fresh: false,
            at_rest: Activity::Ready,
            bell: Arc::clone(&bell),
        };
        let thread =
            std::thread::Builder::new().name("printer".to_owned()).spawn(move || printing.run())?;
        Ok(Self { bell, thread: Some(thread) })
    }

    /// Says that there is something to print, or that a printer may be well again: it is tried at
    /// once. Call it after the commit. Never waits.
    pub fn ring(&self) {
        self.bell.ring();
    }

    /// Ends it: a job being sent is finished first.
    pub fn stop(&mut self) {
        self.bell.stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("a printer's thread panicked");
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a worker waits on.
#[derive(Debug, Default)]
struct Bell {
    rung: Mutex<Rung>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Rung {
    ring: bool,
    stop: bool,
}

impl Bell {
    fn change(&self, change: impl FnOnce(&mut Rung)) {
        change(&mut self.rung.lock().expect("nobody panics holding the bell"));
        self.changed.notify_all();
    }

    fn ring(&self) {
        self.change(|rung| rung.ring = true);
    }

    fn stop(&self) {
        self.change(|rung| rung.stop = true);
    }

    fn stopped(&self) -> bool {
        self.rung.lock().expect("nobody panics holding the bell").stop
    }

    /// Waits to be rung, or for `bound`. A ring from before the call counts. False: it is to stop.
    fn wait(&self, bound: Duration) -> bool {
        let rung = self.rung.lock().expect("nobody panics holding the bell");
        let (mut rung, _) = self
            .changed
            .wait_timeout_while(rung, bound, |rung| !rung.ring && !rung.stop)
            .expect("nobody panics holding the bell");
        rung.ring = false;
        !rung.stop
    }
}

struct Printing<D, N, R> {
    setup: PrinterSetup,
    database: D,
    now_ms: N,
    report: R,
    state: PrinterState,
    /// What was reported last.
    told: PrinterState,
    /// A job has just been printed, so there is no need to ask the printer how it is.
    fresh: bool,
    /// What it is when nothing stops it: ready, or unheard on a road that says nothing back.
    at_rest: Activity,
    bell: Arc<Bell>,
}

/// What one look at the queue came to.
enum Step {
    /// A job is dealt with; there may be another.
    Done,
    /// Nothing waits.
    Idle,
    /// What waits has to wait.
    HeldUp,
}

impl<D, N, R> Printing<D, N, R>
where
    D: Database,
    N: Fn() -> i64,
    R: Fn(&PrinterState),
{
    fn run(mut self) {
        let Retry { first, most, look } = self.setup.retry;
        let mut pause = first;
        loop {
            let bound = match self.step() {
                Step::Done => {
                    pause = first;
                    Duration::ZERO
                }
                Step::Idle => look,
                Step::HeldUp => {
                    let bound = pause;
                    pause = (pause * 2).min(most);
                    bound
                }
            };
            // After a job the bell is only looked at: the next one does not wait for it.
            if !self.bell.wait(bound) {
                return;
            }
        }
    }

    fn step(&mut self) -> Step {
        let printer = self.setup.name.clone();
        match self.database.write(move |tx| store::next(tx, &printer)) {
            Ok(Some(job)) => self.print(job),
            Ok(None) => self.look(),
            Err(error) => self.queue_closed(&error),
        }
    }

    /// With nothing to print: how is it?
    fn look(&mut self) -> Step {
        if std::mem::take(&mut self.fresh) {
            self.tell(self.at_rest);
            return Step::Idle;
        }
        match self.connect() {
            Ok(_) => {
                self.tell(self.at_rest);
                Step::Idle
            }
            Err(cause) => {
                self.tell(Activity::Stopped(cause));
                Step::HeldUp
            }
        }
    }

    fn print(&mut self, job: Job) -> Step {
        let Some(bytes) = self.bytes(&job) else {
            let now_ms = (self.now_ms)();
            return match self.database.write(move |tx| store::fail(tx, job.id, now_ms)) {
                Ok(failed) => {
                    if failed {
                        self.note_failure(job.kind, Cause::Unreadable);
                    }
                    Step::Done
                }
                Err(error) => self.queue_closed(&error),
            };
        };
        let mut link = match self.connect() {
            Ok(link) => link,
            Err(cause) => return self.hold_up(job, cause),
        };

        let (id, now_ms) = (job.id, (self.now_ms)());
        let printer = self.setup.name.clone();
        let still_set = self.database.still_set();
        let begun = self.database.write(move |tx| {
            still_set(tx).then(|| store::begin(tx, id, &printer, now_ms)).transpose()
        });
        match begun {
            Ok(Some(true)) => {}
            Ok(Some(false)) => return Step::Done,
            Ok(None) => return Step::Idle,
            Err(error) => return self.queue_closed(&error),
        }
        self.tell(Activity::Printing);
        let (outcome, status) = send(&mut link, &bytes);
        if let Some(status) = status {
            self.state.paper_low = status.paper_low();
        }
        self.finish((id, job.kind), outcome)
    }

    fn bytes(&self, job: &Job) -> Option<Vec<u8>> {
        let document = match Document::from_stored(&job.document) {
            Ok(document) => document,
            Err(error) => {
                tracing::error!(job = job.id.0, error = %error, "a print job cannot be read");
                return None;
            }
        };
        match escpos_bytes::encode(&document, self.setup.paper) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                tracing::error!(job = job.id.0, error = %error, "a print job cannot be encoded");
                None
            }
        }
    }

    /// A connection to a printer that says it can print.
    fn connect(&mut self) -> Result<Link, Cause> {
        let PrinterSetup { road, answers, patience, .. } = &self.setup;
        let mut link = Link::open(road, *answers, *patience)?;
        let Some(status) = link.status()? else {
            self.at_rest = Activity::Unheard;
            return Ok(link);
        };
        self.at_rest = Activity::Ready;
        self.state.paper_low = status.paper_low();
        match status.cause() {
            None => Ok(link),
            Some(cause) => Err(cause),
        }
    }

    fn hold_up(&mut self, job: Job, cause: Cause) -> Step {
        self.tell(Activity::Stopped(cause));
        let now_ms = (self.now_ms)();
        match self.database.write(move |tx| store::hold_up(tx, &job, cause, now_ms)) {
            Ok(()) => Step::HeldUp,
            Err(error) => self.queue_closed(&error),
        }
    }

    /// Writes down what became of a job. It is known here and nowhere else: while it cannot be
    /// written, nothing else is printed.
    fn finish(&mut self, (id, kind): (JobId, JobKind), outcome: Outcome) -> Step {
        loop {
            let now_ms = (self.now_ms)();
            match self.database.write(move |tx| store::finish(tx, id, outcome, now_ms)) {
                Ok(finished) => {
                    if let (Outcome::Unsure(cause), true) = (outcome, finished) {
                        self.note_failure(kind, cause);
                    }
                    break;
                }
                Err(error) => {
                    self.queue_closed(&error);
                    if self.bell.stopped() || !self.bell.wait(self.setup.retry.most) {
                        // Found as being sent at the next start, it becomes unsure.
                        return Step::HeldUp;
                    }
                }
            }
        }
        match outcome {
            Outcome::Sent | Outcome::Unconfirmed => {
                self.fresh = true;
                Step::Done
            }
            // What follows in the queue does not wait for the person who decides about this one,
            // but for the printer to be well: one that swallowed a job might swallow them all.
            Outcome::Unsure(cause) | Outcome::NothingSent(cause) => {
                self.tell(Activity::Stopped(cause));
                Step::HeldUp
            }
        }
    }

    /// A drawer that did not open is no paper.
    fn note_failure(&self, kind: JobKind, cause: Cause) {
        if kind != JobKind::Drawer
            && let Err(error) = self.database.note_failure(kind, cause)
        {
            tracing::error!(%error, ?kind, ?cause, "a paper that failed was not noted");
        }
    }

    fn queue_closed(&mut self, error: &DatabaseError) -> Step {
        if self.state.activity != Activity::QueueClosed {
            tracing::error!(error = %error, "nothing is printed until the queue can be written");
        }
        self.tell(Activity::QueueClosed);
        Step::HeldUp
    }

    fn tell(&mut self, activity: Activity) {
        self.state.activity = activity;
        if self.state != self.told {
            self.told = self.state.clone();
            (self.report)(&self.state);
        }
    }
}

/// Sends a job to a printer that said it can print, and asks how it is after it.
fn send(link: &mut Link, bytes: &[u8]) -> (Outcome, Option<Status>) {
    match link.send(bytes) {
        Ok(()) => {}
        Err(SendStopped { left: 0, cause }) => return (Outcome::NothingSent(cause), None),
        Err(SendStopped { left: _, cause }) => return (Outcome::Unsure(cause), None),
    }
    match link.status_after() {
        Ok(None) => (Outcome::Unconfirmed, None),
        Ok(Some(status)) => match status.cause() {
            None => (Outcome::Sent, Some(status)),
            Some(cause) => (Outcome::Unsure(cause), Some(status)),
        },
        Err(cause) => (Outcome::Unsure(cause), None),
    }
}
