//! The workstation at work, through damage of its file: whoever asks, asks the run that there is. Where
//! that one finds its file damaged, it ends, another file is made, and another run begins.

use super::{Changes, FILE, Finds, Run, Start, lock, stopped};
use crate::clock::{Clock, Entropy};
use crate::safekeeping::{Place, rebuild};
use crate::store::StoreError;
use crate::workstation::Workstation;
use journal::BootId;
use pos_api::{Answer, Code, Command, Failure, Query, Reply};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

/// A workstation at work. Clones are the same one; it ends when the last is dropped.
#[derive(Clone)]
pub struct Handle {
    at_work: Arc<AtWork>,
}

struct AtWork {
    terms: Terms,
    standing: Mutex<Standing>,
}

/// What there is to ask.
enum Standing {
    Runs(Run),
    /// The file was found damaged, and another is being made.
    Mending,
    /// No other could be made.
    Stopped,
}

/// What every run is started with.
pub(super) struct Terms {
    pub(super) folder: PathBuf,
    pub(super) anchor: Option<PathBuf>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Lent,
    pub(super) listen: SocketAddr,
    pub(super) finds: Finds,
    pub(super) changes: Arc<Changes>,
    pub(super) on_change: Arc<dyn Fn() + Send + Sync>,
}

/// Random bytes for one run after another.
#[derive(Clone)]
pub(super) struct Lent(Arc<Mutex<Box<dyn Entropy>>>);

impl Entropy for Lent {
    fn fill(&mut self, bytes: &mut [u8]) {
        lock(&self.0).fill(bytes);
    }
}

/// What a run rings when it finds its file damaged.
#[derive(Clone)]
pub(super) struct Bell(Weak<AtWork>);

impl Bell {
    /// Has another file made, on a thread of its own: whoever rings is of the run that ends.
    pub(super) fn ring(&self, boot: BootId) {
        if let Some(at_work) = self.0.upgrade() {
            std::thread::spawn(move || at_work.mend(boot));
        }
    }
}

impl Handle {
    /// Opens the workstation's file and starts its threads. A file that is damaged or gone is made
    /// anew, where there is something to make it of.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be used; it is left as it was.
    pub fn start(start: Start) -> Result<Self, StoreError> {
        let terms = Terms {
            folder: start.folder,
            anchor: start.anchor,
            clock: start.clock,
            entropy: Lent(Arc::new(Mutex::new(start.entropy))),
            listen: start.listen,
            finds: start.finds,
            changes: Arc::default(),
            on_change: start.on_change.into(),
        };
        let at_work = Arc::new(AtWork { terms, standing: Mutex::new(Standing::Mending) });
        let bell = Bell(Arc::downgrade(&at_work));
        let run = if rebuild::is_gone(&at_work.place()) {
            at_work.rebuilt(bell, None, StoreError::Broken("file"))?
        } else {
            match Run::start(&at_work.terms, bell.clone(), None) {
                Err(error) if error.is_damage() => at_work.rebuilt(bell, None, error)?,
                run => run?,
            }
        };
        *lock(&at_work.standing) = Standing::Runs(run);
        Ok(Self { at_work })
    }

    /// Does what a person asks, before anything else that waits.
    ///
    /// # Errors
    ///
    /// [`Failure`]; then nothing was changed.
    pub fn command(&self, command: Command) -> Result<Reply, Failure> {
        self.command_stepwise(command, || {})
    }

    /// The same, and calls `step` now and then while it does what takes long. That is done on the
    /// caller's thread: other commands go on meanwhile, but one waits for another that keeps the books.
    ///
    /// # Errors
    ///
    /// As [`Self::command`].
    pub fn command_stepwise(&self, command: Command, step: impl FnMut()) -> Result<Reply, Failure> {
        self.at_work.run()?.command(command, step)
    }

    /// Answers a question, without waiting for the writer.
    ///
    /// # Errors
    ///
    /// [`Failure`].
    pub fn query(&self, query: Query) -> Result<Answer, Failure> {
        self.at_work.run()?.query(query)
    }

    /// Lets `work` have the workstation, after what people ask. `None` where it has ended.
    pub fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T> {
        self.at_work.run().ok()?.with(work)
    }

    /// Waits until something changed after `seen` or `patience` is over; answers how many changes
    /// there were.
    #[must_use]
    pub fn wait_for_change(&self, seen: u64, patience: Duration) -> u64 {
        self.at_work.terms.changes.wait_after(seen, patience)
    }
}

impl AtWork {
    fn place(&self) -> Place {
        Place::of(&self.terms.folder.join(FILE), self.terms.anchor.as_deref())
    }

    /// The run that there is.
    fn run(&self) -> Result<Run, Failure> {
        match &*lock(&self.standing) {
            Standing::Runs(run) => Ok(run.clone()),
            Standing::Mending => {
                Err(Failure { code: Code::Damaged, reference: "mending".to_owned() })
            }
            Standing::Stopped => Err(Failure { code: Code::Storage, ..stopped() }),
        }
    }

    /// A run on a file that takes the damaged one's place; once, so that no start begins it for ever.
    fn rebuilt(
        &self,
        bell: Bell,
        boot: Option<BootId>,
        why: StoreError,
    ) -> Result<Run, StoreError> {
        let now_ms = self.terms.clock.now_ms();
        let rebuilt = rebuild::rebuild(&self.place(), now_ms, boot, why)?;
        Run::start(&self.terms, bell, Some(rebuilt))
    }

    /// Ends the run whose file is damaged, and begins another on a file that is not.
    fn mend(self: Arc<Self>, boot: BootId) {
        let standing = std::mem::replace(&mut *lock(&self.standing), Standing::Mending);
        let Standing::Runs(run) = standing else {
            *lock(&self.standing) = standing;
            return;
        };
        run.inner.damaged.store(true, Ordering::Release);
        run.ends.end();
        drop(run);
        let bell = Bell(Arc::downgrade(&self));
        let standing = match self.rebuilt(bell, Some(boot), StoreError::Broken("page")) {
            Ok(run) => Standing::Runs(run),
            Err(error) => {
                tracing::error!(%error, "the file is damaged, and no other could be made");
                Standing::Stopped
            }
        };
        *lock(&self.standing) = standing;
        self.terms.changes.bump();
        (self.terms.on_change)();
    }
}
