//! A PC of a shop: a machine with a small disk and a clock of its own, and the workstation on it.

use crate::line::{Asked, Line, Said, Want};
use crate::net::{Host, done};
use crate::programs::{Running, log};
use anyhow::{Context, Result, bail};
use domain::id::OrderId;
use pos_api::{Answer, Command, Failure, Query, Reply, Role};
use rustix::process::Signal;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The port on which workstations find each other.
pub const PORT: u16 = 7_300;
/// The port of a PC's own loopback that leads to the centre: a workstation tells its secrets to nobody
/// else without TLS.
pub const CENTRE_PORT: u16 = 8_080;
/// How long any answer may take on a loaded machine, its disk full or its process stopped for a while.
pub const BOUND: Duration = Duration::from_secs(60);
/// The size of a PC's disk, and what is left of it when it is full.
const DISK: &str = "size=96m";
/// The name of what fills it.
const FILLER: &str = "filler";

/// What a PC is called and is for.
#[derive(Clone, Debug)]
pub struct Badge {
    /// Its shop's code.
    pub shop: String,
    /// Its label: "C1".
    pub label: String,
    /// What it is for.
    pub role: Role,
}

/// A PC. Whoever drives it and whoever breaks it share it.
#[derive(Debug)]
pub struct Pc {
    /// What it is called.
    pub badge: Badge,
    /// Its machine.
    pub host: Host,
    /// Its disk.
    folder: PathBuf,
    logs: PathBuf,
    program: PathBuf,
    /// The library that sets its clock, and the file that says how; neither where its clock is true.
    clock: Option<(PathBuf, PathBuf)>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: Option<Running>,
    asks: Option<ChildStdin>,
    asked: u64,
    waiting: Arc<Waiting>,
}

/// Who waits for which answer, and who hears what nobody asked for.
#[derive(Debug, Default)]
struct Waiting {
    answers: Mutex<Option<BTreeMap<u64, Sender<Line>>>>,
    shown: Mutex<Vec<(OrderId, u64)>>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// It does not run, or was ended before it answered: whether it was done, nobody knows.
    Gone,
    /// It runs and says nothing.
    Silent,
}

/// What came of a command.
#[derive(Debug)]
pub enum Outcome {
    /// It is done; when that was said.
    Done(Box<Reply>, u64),
    /// It is not.
    Failure(Failure),
    /// Nobody knows.
    NoAnswer(NoAnswer),
}

impl Pc {
    /// A PC with an empty disk at `folder`, switched off. `skewed`: its clock can be set.
    ///
    /// # Errors
    ///
    /// The disk cannot be mounted.
    pub fn new(
        badge: Badge,
        host: Host,
        program: PathBuf,
        folder: &Path,
        logs: &Path,
        skewed: bool,
    ) -> Result<Self> {
        fs::create_dir_all(folder)?;
        done(
            std::process::Command::new("mount")
                .args(["-t", "tmpfs", "-o", DISK, "none"])
                .arg(folder),
        )?;
        let clock = faketime().filter(|_| skewed);
        let clock = clock.map(|library| (library, folder.with_extension("clock")));
        let (folder, logs) = (folder.to_owned(), logs.to_owned());
        let it = Self { badge, host, folder, logs, program, clock, state: Mutex::default() };
        it.set_clock("+0")?;
        Ok(it)
    }

    /// Its name: "P01-C1".
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}", self.badge.shop, self.badge.label)
    }

    /// Where its workstation listens.
    #[must_use]
    pub fn listens(&self) -> SocketAddr {
        SocketAddr::from((self.host.address(), PORT))
    }

    /// The folder of its workstation.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Its workstation's file.
    #[must_use]
    pub fn file(&self) -> PathBuf {
        self.data().join(pos_core::runtime::FILE)
    }

    /// Whether its clock can be set.
    #[must_use]
    pub const fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    /// Sets its clock, running or not: so much off the true time, as `faketime` reads it ("-10y").
    ///
    /// # Errors
    ///
    /// The file that says so cannot be written.
    pub fn set_clock(&self, off: &str) -> Result<()> {
        let Some((_, file)) = &self.clock else { return Ok(()) };
        let fresh = file.with_extension("fresh");
        fs::write(&fresh, off)?;
        Ok(fs::rename(fresh, file)?)
    }

    /// Starts its workstation, where none runs.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn start(&self) -> Result<()> {
        let mut state = self.lock();
        if let Some(running) = &mut state.running
            && running.runs()?
        {
            return Ok(());
        }
        let mut command = self.host.command(&self.program);
        command.arg("--data").arg(self.data()).arg("--listen").arg(self.listens().to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log(&self.logs, &self.name())?);
        command.env("RUST_LOG", "warn").env("TZ", "Europe/Paris").env_remove("OCPIZZA_CLOCK");
        if let Some((library, file)) = &self.clock {
            command.env("LD_PRELOAD", library).env("FAKETIME_TIMESTAMP_FILE", file);
            // Waits go by a clock that nobody can set, on a real machine too.
            command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let mut running = Running::start(&mut command)?;
        let asks = running.child().stdin.take().context("its standard input is a pipe")?;
        let says = running.child().stdout.take().context("its standard output is a pipe")?;
        let waiting = Arc::new(Waiting::default());
        *lock(&waiting.answers) = Some(BTreeMap::new());
        let heard = Arc::clone(&waiting);
        std::thread::spawn(move || heard.hear(says));
        *state = State { running: Some(running), asks: Some(asks), asked: state.asked, waiting };
        Ok(())
    }

    /// Asks for something and waits for what is said to it.
    fn ask(&self, want: Want) -> Result<Line, NoAnswer> {
        let (send, answer) = mpsc::channel();
        {
            let mut state = self.lock();
            state.asked += 1;
            let id = state.asked;
            match lock(&state.waiting.answers).as_mut() {
                Some(answers) => answers.insert(id, send),
                None => return Err(NoAnswer::Gone),
            };
            let Some(asks) = &mut state.asks else { return Err(NoAnswer::Gone) };
            let mut line =
                serde_json::to_vec(&Asked { id, want }).expect("what is asked can be written");
            line.push(b'\n');
            asks.write_all(&line).map_err(|_| NoAnswer::Gone)?;
        }
        answer.recv_timeout(BOUND).map_err(|error| match error {
            RecvTimeoutError::Timeout => NoAnswer::Silent,
            RecvTimeoutError::Disconnected => NoAnswer::Gone,
        })
    }

    /// Asks it to do something.
    pub fn command(&self, command: Command) -> Outcome {
        match self.ask(Want::Command(command)) {
            Ok(Line { said: Said::Done(reply), at_ns, .. }) => Outcome::Done(reply, at_ns),
            Ok(Line { said: Said::Failure(failure), .. }) => Outcome::Failure(failure),
            Ok(Line { said: Said::Answer(_) | Said::Shown(_) | Said::Watching, .. }) => {
                Outcome::NoAnswer(NoAnswer::Silent)
            }
            Err(why) => Outcome::NoAnswer(why),
        }
    }

    /// Asks it to do something that must be done.
    ///
    /// # Errors
    ///
    /// It is not.
    pub fn run(&self, command: Command) -> Result<Reply> {
        match self.command(command) {
            Outcome::Done(reply, _) => Ok(*reply),
            Outcome::Failure(failure) => bail!("{} refuses: {failure:?}", self.name()),
            Outcome::NoAnswer(why) => bail!("{} does not answer: {why:?}", self.name()),
        }
    }

    /// Asks it a question.
    ///
    /// # Errors
    ///
    /// It does not answer, or cannot.
    pub fn query(&self, query: Query) -> Result<Answer> {
        match self.ask(Want::Query(query)) {
            Ok(Line { said: Said::Answer(answer), .. }) => Ok(*answer),
            Ok(line) => bail!("{} answers {:?}", self.name(), line.said),
            Err(why) => bail!("{} does not answer: {why:?}", self.name()),
        }
    }

    /// Has it say from now on when orders are on the kitchen's screen: [`Self::shown`].
    ///
    /// # Errors
    ///
    /// It does not answer.
    pub fn watch_kitchen(&self) -> Result<()> {
        match self.ask(Want::WatchKitchen) {
            Ok(Line { said: Said::Watching, .. }) => Ok(()),
            Ok(line) => bail!("{} answers {:?}", self.name(), line.said),
            Err(why) => bail!("{} does not answer: {why:?}", self.name()),
        }
    }

    /// The orders it has shown since this was asked last, and when.
    #[must_use]
    pub fn shown(&self) -> Vec<(OrderId, u64)> {
        std::mem::take(&mut *lock(&Arc::clone(&self.lock().waiting).shown))
    }

    /// Kills its workstation with -9.
    ///
    /// # Errors
    ///
    /// The system does not.
    pub fn kill(&self) -> Result<()> {
        let mut state = self.lock();
        // Frozen, it is killed all the same.
        match state.running.take() {
            Some(mut running) => running.kill(),
            None => Ok(()),
        }
    }

    /// Stops its workstation where it is, or lets it go on.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        self.lock().running.as_ref().map_or(Ok(()), |running| running.signal(signal))
    }

    /// Whether its workstation runs.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn runs(&self) -> Result<bool> {
        self.lock().running.as_mut().map_or(Ok(false), Running::runs)
    }

    /// Fills its disk to the last byte. What its file has in reserve goes first: else nothing would be
    /// noticed for some thousand sales.
    ///
    /// # Errors
    ///
    /// The filler cannot be made.
    pub fn fill_disk(&self) -> Result<()> {
        let file = rusqlite::Connection::open(self.file())?;
        file.busy_timeout(Duration::from_secs(2))?;
        // Where somebody reads all the while, the reserve stays.
        let _busy: i64 = file.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        drop(file);
        let mut filler = fs::File::create(self.folder.join(FILLER)).context("fill the disk")?;
        let chunk = vec![0; 256 * 1024];
        let mut size = chunk.len();
        while 0 < size {
            // Less and less fits, until nothing does.
            if filler.write_all(&chunk[..size]).is_err() {
                size /= 4;
            }
        }
        Ok(())
    }

    /// Makes room on its disk again.
    ///
    /// # Errors
    ///
    /// It was not full.
    pub fn empty_disk(&self) -> Result<()> {
        fs::remove_file(self.folder.join(FILLER)).context("make room")
    }

    /// The end of the machine: killed, its wire pulled out, its files deleted.
    ///
    /// # Errors
    ///
    /// One of them was not done.
    pub fn destroy(&self) -> Result<()> {
        self.kill()?;
        self.host.unplug()?;
        fs::remove_dir_all(self.data())?;
        fs::remove_file(pos_core::anchor::beside(&self.data())).ok();
        Ok(())
    }

    /// Gives its disk back.
    ///
    /// # Errors
    ///
    /// Somebody uses it.
    pub fn unmount(&self) -> Result<()> {
        done(std::process::Command::new("umount").arg(&self.folder))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

impl Waiting {
    /// Hands lines to those who wait for them, until the program ends: then all others learn that
    /// there will be none.
    fn hear(&self, says: ChildStdout) {
        let mut lines = BufReader::new(says);
        loop {
            let mut text = String::new();
            let read = lines.read_line(&mut text);
            // A line that was cut off by the end was not said.
            if !matches!(read, Ok(1..)) || !text.ends_with('\n') {
                break;
            }
            let Ok(line) = serde_json::from_str::<Line>(&text) else { break };
            match (line.id, &line.said) {
                (Some(id), _) => {
                    let waits = lock(&self.answers).as_mut().and_then(|it| it.remove(&id));
                    // Whoever asked may have given up.
                    waits.map(|waits| waits.send(line).ok());
                }
                (None, Said::Shown(order)) => lock(&self.shown).push((*order, line.at_ns)),
                (None, Said::Done(_) | Said::Answer(_) | Said::Failure(_) | Said::Watching) => {}
            }
        }
        *lock(&self.answers) = None;
    }
}

/// The library of `faketime` for programs with threads.
fn faketime() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?.flatten().map(|it| it.path());
    folders.map(|it| it.join("faketime/libfaketimeMT.so.1")).find(|it| it.exists())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
