//! The workstation behind the window: at work, or why it cannot be.

use crate::arguments::Arguments;
use anyhow::{Context, Result};
use pos_api::{Answer, Code, Command, Failure, Query, Reply};
use pos_core::anchor;
use pos_core::clock::{Clock, MachineClock, MachineEntropy};
use pos_core::runtime::{self, Finds, Interfaces, Start};
use pos_core::store::StoreError;
use std::sync::{Arc, Mutex, PoisonError};

/// The clock of demonstrations: the moment at which it starts, as ISO 8601 with an offset.
const CLOCK: &str = "OCPIZZA_CLOCK";

type Listener = Box<dyn Fn() + Send>;

/// A way to the workstation, as many as wanted.
#[derive(Clone)]
pub(crate) struct Handle {
    state: Arc<State>,
    listener: Arc<Mutex<Option<Listener>>>,
}

enum State {
    AtWork(runtime::Handle),
    /// The file cannot be used; it is left as it was, and the screen says what to do.
    Stopped(Failure),
}

impl Handle {
    /// Starts the workstation of a data folder. A file that cannot be used is no reason not to open
    /// a window: the window says so.
    ///
    /// # Errors
    ///
    /// A clock for demonstrations that cannot be read.
    pub(crate) fn start(arguments: &Arguments) -> Result<Self> {
        let listener: Arc<Mutex<Option<Listener>>> = Arc::default();
        let told = Arc::clone(&listener);
        let started = runtime::Handle::start(Start {
            folder: arguments.data.clone(),
            anchor: Some(anchor::beside(&arguments.data)),
            clock: clock()?,
            entropy: Box::new(MachineEntropy),
            listen: arguments.listen,
            finds: finds(arguments),
            on_change: Box::new(move || {
                if let Some(listener) = &*told.lock().unwrap_or_else(PoisonError::into_inner) {
                    listener();
                }
            }),
        });
        let state = match started {
            Ok(handle) => State::AtWork(handle),
            Err(error) => {
                tracing::error!(%error, "the workstation's file cannot be used");
                State::Stopped(Failure { code: code(&error), reference: "open".to_owned() })
            }
        };
        Ok(Self { state: Arc::new(state), listener })
    }

    /// Does what is asked; answers when it is durable.
    pub(crate) fn command(&self, command: Command) -> Result<Reply, Failure> {
        match &*self.state {
            State::AtWork(handle) => handle.command(command),
            State::Stopped(failure) => Err(failure.clone()),
        }
    }

    /// Answers what is asked; changes nothing.
    pub(crate) fn query(&self, query: Query) -> Result<Answer, Failure> {
        match &*self.state {
            State::AtWork(handle) => handle.query(query),
            State::Stopped(failure) => Err(failure.clone()),
        }
    }

    /// Calls `listener` whenever something that a screen may show has changed.
    pub(crate) fn on_change(&self, listener: impl Fn() + Send + 'static) {
        let mut slot = self.listener.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Box::new(listener));
    }
}

/// A workstation that this machine alone can reach is not announced in a network: a demonstration.
const fn finds(arguments: &Arguments) -> Finds {
    if arguments.listen.ip().is_loopback() {
        Finds::Typed
    } else {
        Finds::Announced(Interfaces::All)
    }
}

fn code(error: &StoreError) -> Code {
    match error {
        StoreError::Newer { .. } => Code::NewerDatabase,
        StoreError::Sqlite(_)
        | StoreError::NotOurs
        | StoreError::OtherMigration { .. }
        | StoreError::OldSqlite(_)
        | StoreError::Disk(_)
        | StoreError::Broken(_) => {
            if error.is_disk_full() {
                Code::DiskFull
            } else {
                Code::Storage
            }
        }
    }
}

fn clock() -> Result<Arc<dyn Clock>> {
    let Some(start) = std::env::var_os(CLOCK) else {
        return Ok(Arc::new(MachineClock::true_time()));
    };
    let start = start.to_string_lossy();
    let clock = MachineClock::starting_at_iso(&start)
        .with_context(|| format!("{CLOCK} is no moment: {start}"))?;
    Ok(Arc::new(clock))
}
