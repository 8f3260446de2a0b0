//! The workstation at work: one thread owns it and its writing connection, and everybody else asks
//! that thread. What people do at the counter goes before what replicas and printers want.

mod at_work;
mod caller;
mod discovery;
mod joining;
mod keeping;
mod lines;
mod listener;
mod printing;
mod safekeeping;
mod steward;
mod tending;
pub mod tls;
mod transport;
mod witness;

use crate::clock::{Clock, Entropy};
use crate::commands::Begun;
use crate::fence::Heard;
use crate::queries::Window;
use crate::safekeeping::rebuild::Rebuilt;
use crate::safekeeping::tail;
use crate::shared::Shared;
use crate::store::StoreError;
use crate::workstation::{Build, Workstation};
use crate::{commands, print};
pub use at_work::Handle;
use at_work::{Bell, Terms};
pub(crate) use discovery::KNOWN;
pub use discovery::{Finds, Interfaces};
use pos_api::{Answer, Code, Command, Failure, Query, Reply};
use safekeeping::Warden;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use steward::Deadline;
use transport::Lan;

/// What a workstation is started with.
pub struct Start {
    /// The folder that holds its file.
    pub folder: PathBuf,
    /// The place of the anchor file, outside that folder ([`crate::anchor::beside`]); `None` where there
    /// is to be none.
    pub anchor: Option<PathBuf>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Box<dyn Entropy>,
    /// Where to listen for the shop's other workstations; port 0 takes a free one.
    pub listen: SocketAddr,
    /// How those are found.
    pub finds: Finds,
    /// Called after each change, from a thread of the workstation's; it must not wait.
    pub on_change: Box<dyn Fn() + Send + Sync>,
}

/// The file's name in its folder.
pub const FILE: &str = "ocpizza.db";

/// How long ending waits for connections that were just closed to be let go of.
const LETTING_GO: Duration = Duration::from_secs(1);

type Job = Box<dyn FnOnce(&mut Workstation) + Send>;

/// The threads at work on one file. Clones are the same ones; they end when the last is dropped.
#[derive(Clone)]
struct Run {
    inner: Arc<Inner>,
    ends: Arc<Ends>,
}

struct Inner {
    queue: Mutex<Queue>,
    work: Condvar,
    windows: Mutex<Vec<Window>>,
    shared: Arc<Shared>,
    changes: Arc<Changes>,
    on_change: Arc<dyn Fn() + Send + Sync>,
    clock: Arc<dyn Clock>,
    lan: Arc<Lan>,
    finds: Finds,
    /// Rung where the file is found damaged.
    bell: Bell,
    /// It was: nothing more is written to it.
    damaged: AtomicBool,
    /// Held while an archive is made or everything is checked: two at once would be in each other's way.
    books: Mutex<()>,
}

#[derive(Default)]
struct Queue {
    counter: VecDeque<Job>,
    background: VecDeque<Job>,
    stopped: bool,
}

/// Stops the threads when the last handle goes.
struct Ends {
    inner: Arc<Inner>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    owner: Mutex<Option<JoinHandle<Workstation>>>,
}

impl Run {
    /// Opens the workstation's file and starts its threads. `rebuilt` is what is known of a file that
    /// stands in the place of a damaged one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be used.
    fn start(terms: &Terms, bell: Bell, rebuilt: Option<Rebuilt>) -> Result<Self, StoreError> {
        let mut workstation = Workstation::prepare(
            &terms.folder.join(FILE),
            terms.anchor.clone(),
            Arc::clone(&terms.clock),
            Box::new(terms.entropy.clone()),
            Build::THIS,
        )?;
        // Until it was read through: what is damaged is not written to.
        workstation.store().settle(false)?;
        let fence = match &rebuilt {
            Some(rebuilt) => rebuilt.fence(&mut workstation)?,
            None => workstation.fence()?,
        };
        let whom = match fence.asks_others() {
            true => witness::whom(&mut workstation, terms.finds)?,
            false => Vec::new(),
        };
        if whom.is_empty() {
            workstation.pass(&fence, Heard::default())?;
        }
        let now_ms = terms.clock.now_ms();
        workstation.store().write(|tx| {
            // What was being sent when the program ended may or may not be on paper.
            print::store::recover(tx, now_ms).map_err(StoreError::from)
        })?;
        let inner = Arc::new(Inner {
            queue: Mutex::default(),
            work: Condvar::new(),
            windows: Mutex::new(vec![Window::open(&workstation)?, Window::open(&workstation)?]),
            shared: workstation.shared(),
            changes: Arc::clone(&terms.changes),
            on_change: Arc::clone(&terms.on_change),
            clock: Arc::clone(&terms.clock),
            lan: Arc::new(Lan::new(terms.finds)),
            finds: terms.finds,
            bell,
            damaged: AtomicBool::new(false),
            books: Mutex::default(),
        });
        let threads = inner.beside(&mut workstation, terms, rebuilt)?;
        let owner = {
            let inner = Arc::clone(&inner);
            std::thread::spawn(move || {
                // The window shows meanwhile; whatever would append waits until the run has begun.
                if !whom.is_empty()
                    && let Err(error) = witness::pass(&inner, &mut workstation, &fence, whom)
                {
                    tracing::error!(%error, "the run was not begun in order");
                }
                inner.changed();
                inner.own(workstation)
            })
        };
        let threads = Mutex::new(threads);
        let ends = Ends { inner: Arc::clone(&inner), threads, owner: Mutex::new(Some(owner)) };
        Ok(Self { inner, ends: Arc::new(ends) })
    }

    /// Does what a person asks, before anything else that waits, and calls `step` now and then while
    /// it does what takes long. That is done on the caller's thread: other commands go on meanwhile,
    /// but one waits for another that keeps the books.
    ///
    /// # Errors
    ///
    /// [`Failure`]; then nothing was changed.
    fn command(&self, command: Command, step: impl FnMut()) -> Result<Reply, Failure> {
        let done = self.do_command(command, step);
        self.look_if_unread(&done);
        done
    }

    fn do_command(&self, command: Command, step: impl FnMut()) -> Result<Reply, Failure> {
        let _books = commands::takes_long(&command).then(|| lock(&self.inner.books));
        let is_beside = commands::is_beside_the_file(&command);
        let begun = self.inner.ask(true, move |workstation| commands::begin(workstation, command));
        let long = match begun.ok_or_else(stopped)?? {
            Begun::Done(reply) => {
                if is_beside {
                    self.inner.changed();
                }
                return Ok(reply);
            }
            Begun::Long(long) => long,
        };
        let worked = commands::work(long, step);
        let ended = self.inner.ask(true, move |workstation| commands::end(workstation, worked));
        ended.unwrap_or_else(|| Err(stopped()))
    }

    /// Answers a question, without waiting for the writer.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    fn query(&self, query: Query) -> Result<Answer, Failure> {
        let window = lock(&self.inner.windows).pop();
        // Where two questions at once are being answered, the writer's thread opens another window.
        let mut window = match window {
            Some(window) => window,
            None => {
                let opened = self.inner.ask(true, |workstation| Window::open(workstation).ok());
                opened.flatten().ok_or_else(stopped)?
            }
        };
        let Ok(answer) = catch_unwind(AssertUnwindSafe(|| window.ask(query))) else {
            tracing::error!("a question's answer panicked");
            return Err(Failure { code: Code::Unexpected, reference: "question".to_owned() });
        };
        lock(&self.inner.windows).push(window);
        self.look_if_unread(&answer);
        answer
    }

    /// Wakes whoever reads the file through, where it could not be read.
    fn look_if_unread<T>(&self, done: &Result<T, Failure>) {
        if matches!(done, Err(Failure { code: Code::Storage, .. })) {
            self.inner.changes.bump();
        }
    }

    /// Lets `work` have the workstation, after what people ask. `None` where it has ended.
    fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T> {
        self.inner.ask(false, work)
    }
}

impl Inner {
    /// Starts the threads beside the one that owns the workstation.
    fn beside(
        self: &Arc<Self>,
        workstation: &mut Workstation,
        terms: &Terms,
        rebuilt: Option<Rebuilt>,
    ) -> Result<Vec<JoinHandle<()>>, StoreError> {
        let (reader, printer_reader) =
            (workstation.store().reader()?, workstation.store().reader()?);
        let mut warden = Warden::of(workstation, rebuilt)?;
        let keystore = Arc::clone(&workstation.keystore);
        let listen = terms.listen;
        let inner = Arc::clone(self);
        let steward = std::thread::spawn(move || steward::run(&inner, reader, &keystore, listen));
        let inner = Arc::clone(self);
        let printing = std::thread::spawn(move || printing::run(&inner, printer_reader));
        let inner = Arc::clone(self);
        let keeping = std::thread::spawn(move || keeping::run(&inner));
        let inner = Arc::clone(self);
        let joining = std::thread::spawn(move || joining::run(&inner));
        let inner = Arc::clone(self);
        let safekeeping = std::thread::spawn(move || warden.run(&inner));
        Ok(vec![printing, steward, keeping, joining, safekeeping])
    }

    /// The thread that owns the workstation. A fault in one job, ours or the listener's of changes,
    /// costs that job alone: what it had begun to write is rolled back, and the next one runs.
    fn own(&self, mut workstation: Workstation) -> Workstation {
        let mut roles = tending::Roles::begin();
        while let Some(job) = self.next_job(roles.due()) {
            let before = workstation.store().changes();
            let done = catch_unwind(AssertUnwindSafe(|| {
                job(&mut workstation);
                roles.tend(&mut workstation, before);
                workstation.mark_if_due();
                if workstation.store().changes() != before {
                    self.changed();
                }
            }));
            if done.is_err() {
                tracing::error!("a job of the workstation's panicked");
            }
        }
        self.leave(&mut workstation);
        workstation
    }

    /// Ends the run in order; a file that is damaged is left as it is.
    fn leave(&self, workstation: &mut Workstation) {
        let is_damaged = self.damaged.load(Ordering::Acquire);
        let drills = workstation.shared().read(|state| state.drill.is_some());
        if !is_damaged
            && drills
            && let Err(error) = workstation.end_drill()
        {
            tracing::error!(%error, "the drill's report was not written");
        }
        if !is_damaged && let Err(error) = workstation.stop() {
            tracing::error!(%error, "the end of this run was not noted");
        }
        let place = workstation.place();
        tail::write(workstation, &place);
        if let Err(error) = workstation.store().settle(!is_damaged) {
            tracing::error!(%error, "the write-ahead log is left beside the file");
        }
    }

    /// The next job; one that does nothing where there is none until `due`. `None` at the end.
    fn next_job(&self, due: Deadline) -> Option<Job> {
        let mut queue = lock(&self.queue);
        loop {
            let job = queue.counter.pop_front();
            if let Some(job) = job.or_else(|| queue.background.pop_front()) {
                return Some(job);
            }
            if queue.stopped {
                return None;
            }
            if due.is_over() {
                return Some(Box::new(|_| ()));
            }
            let waited = self.work.wait_timeout(queue, due.left());
            (queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Says that something changed, in the file or beside it.
    fn changed(&self) {
        self.changes.bump();
        (self.on_change)();
    }

    /// Runs `work` on the workstation's thread and waits for it. `None` where that has ended.
    fn ask<T: Send + 'static>(
        &self,
        by_person: bool,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T> {
        let (answer, answered): (SyncSender<T>, _) = mpsc::sync_channel(1);
        let job: Job = Box::new(move |workstation| {
            // Whoever asked may have given up meanwhile.
            answer.send(work(workstation)).ok();
        });
        {
            let mut queue = lock(&self.queue);
            if queue.stopped {
                return None;
            }
            if by_person {
                queue.counter.push_back(job);
            } else {
                queue.background.push_back(job);
            }
        }
        self.work.notify_one();
        answered.recv().ok()
    }

    fn is_stopped(&self) -> bool {
        lock(&self.queue).stopped
    }
}

impl Ends {
    /// Ends the threads, and waits for them; a second time does nothing.
    fn end(&self) {
        lock(&self.inner.queue).stopped = true;
        self.inner.work.notify_all();
        self.inner.changes.bump();
        self.inner.lan.lines.close();
        for thread in lock(&self.threads).drain(..) {
            // A thread that panicked has said so; there is nothing to add.
            thread.join().ok();
        }
        self.inner.lan.lines.wait_until_none(LETTING_GO);
        // The writing connection is the last to close: it moves the write-ahead log into the file.
        lock(&self.inner.windows).clear();
        if let Some(owner) = lock(&self.owner).take() {
            owner.join().ok();
        }
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.end();
    }
}

/// How often something changed, and who waits for more.
#[derive(Default)]
struct Changes {
    count: Mutex<u64>,
    more: Condvar,
}

impl Changes {
    fn bump(&self) {
        *lock(&self.count) += 1;
        self.more.notify_all();
    }

    fn wait_after(&self, seen: u64, patience: Duration) -> u64 {
        let count = lock(&self.count);
        let (count, _) = self
            .more
            .wait_timeout_while(count, patience, |count| *count <= seen)
            .unwrap_or_else(PoisonError::into_inner);
        *count
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn stopped() -> Failure {
    Failure { code: Code::Unexpected, reference: "stopped".to_owned() }
}
