//! A PostgreSQL that is killed, and set back to an hour ago.

use crate::net::{Host, done};
use crate::programs::{Running, log};
use crate::wait::within;
use anyhow::{Context, Result};
use postgres::{Client, NoTls};
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// How long it may take to answer after a start.
const START: Duration = Duration::from_secs(3);
/// How long it may take to end.
const END: Duration = Duration::from_secs(3);
/// The port, on its machine's own loopback.
const PORT: u16 = 5432;
/// PostgreSQL refuses to run as root, which its namespace's only user is: it gets the
/// number of the user that the package made.
const USER: [&str; 3] = ["--user", "--map-user=postgres", "--map-group=postgres"];
/// Small, for there are several; durable as in production.
const SETTINGS: [&str; 8] = [
    "listen_addresses=127.0.0.1",
    "max_connections=60",
    "shared_buffers=32MB",
    "min_wal_size=32MB",
    "max_wal_size=64MB",
    "autovacuum_naptime=30s",
    "log_min_messages=warning",
    "lc_messages=C",
];

/// A cluster on a machine of its own.
#[derive(Debug)]
pub struct Postgres {
    host: Host,
    folder: PathBuf,
    logs: PathBuf,
    running: Option<Running>,
}

impl Postgres {
    /// Starts one in `folder`, made if need be; it logs to `logs`.
    ///
    /// # Errors
    ///
    /// PostgreSQL is not installed, or does not start.
    pub fn start(host: &Host, folder: &Path, logs: &Path) -> Result<Self> {
        let mut it = Self {
            host: host.clone(),
            folder: folder.to_owned(),
            logs: logs.to_owned(),
            running: None,
        };
        if !it.data().exists() {
            fs::create_dir_all(&it.folder)?;
            let mut initdb = Command::new("unshare");
            initdb.args(USER).arg(bin()?.join("initdb")).arg("-D").arg(it.data());
            let how = ["-U", "ocpizza", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"];
            done(initdb.args(how).arg("--no-sync"))?;
        }
        it.resume()?;
        Ok(it)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn copy(&self) -> PathBuf {
        self.folder.join("an-hour-ago")
    }

    /// Where programs on its machine find it.
    #[must_use]
    pub fn url() -> String {
        format!("postgres://ocpizza@127.0.0.1:{PORT}/postgres")
    }

    /// A connection from outside, by a socket in its folder, which no namespace stands in the way of.
    ///
    /// # Errors
    ///
    /// It does not answer.
    pub fn client(&self) -> Result<Client> {
        let mut how = Client::configure();
        how.host_path(&self.folder).port(PORT).user("ocpizza").dbname("postgres");
        how.connect_timeout(Duration::from_secs(2));
        how.connect(NoTls).context("connect to PostgreSQL")
    }

    /// Starts it, where it does not run, and waits until it answers.
    ///
    /// # Errors
    ///
    /// It does not.
    pub fn resume(&mut self) -> Result<()> {
        within("PostgreSQL answers", START, || {
            let runs = match &mut self.running {
                Some(running) => running.runs()?,
                None => false,
            };
            if !runs {
                self.running = Some(Running::start(&mut self.command()?)?);
            }
            Ok(self.client().ok().map(drop))
        })?;
        Ok(())
    }

    fn command(&self) -> Result<Command> {
        let mut command = self.host.command("unshare");
        command.args(USER).arg(bin()?.join("postgres")).arg("-D").arg(self.data());
        command.arg("-k").arg(&self.folder);
        command.args(SETTINGS.iter().flat_map(|it| ["-c", it]));
        let log = log(&self.logs, "postgres")?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }

    /// Kills the postmaster with -9, and waits until the other processes have seen that it is gone.
    ///
    /// # Errors
    ///
    /// They do not.
    pub fn kill(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        running.kill()?;
        self.wait_until_nobody_is_left()
    }

    /// Ends it in order.
    ///
    /// # Errors
    ///
    /// It does not.
    pub fn stop(&mut self) -> Result<()> {
        let Some(mut running) = self.running.take() else { return Ok(()) };
        running.signal(Signal::INT)?;
        within("PostgreSQL ends", END, || Ok((!running.runs()?).then_some(())))?;
        Ok(())
    }

    /// Whoever still has the shared memory would have the next start refused.
    fn wait_until_nobody_is_left(&self) -> Result<()> {
        let data = self.data();
        within("PostgreSQL's processes end", END, || {
            let mut left = 0;
            for process in fs::read_dir("/proc")? {
                let cwd = process?.path().join("cwd");
                // Others' processes, and those that ended meanwhile, have none.
                left += usize::from(fs::read_link(cwd).is_ok_and(|cwd| cwd == data));
            }
            Ok((left == 0).then_some(()))
        })?;
        Ok(())
    }

    /// Keeps a copy of the files as they are. It must not run.
    ///
    /// # Errors
    ///
    /// The disk is full.
    pub fn remember(&self) -> Result<()> {
        if self.copy().exists() {
            fs::remove_dir_all(self.copy())?;
        }
        copy(&self.data(), &self.copy())
    }

    /// Puts back the files that were remembered. It must not run.
    ///
    /// # Errors
    ///
    /// None were.
    pub fn set_back(&self) -> Result<()> {
        fs::remove_dir_all(self.data())?;
        copy(&self.copy(), &self.data())
    }
}

/// Copies a folder whole, owners and rights too.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    done(Command::new("cp").arg("-a").arg("--").args([from, to]))
}

/// Debian keeps each version's programs in a folder of its own: the newest.
fn bin() -> Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for version in fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")? {
        let version = version?;
        let number = version.file_name().to_string_lossy().parse().unwrap_or(0);
        let bin = version.path().join("bin");
        if bin.join("initdb").exists() {
            found.push((number, bin));
        }
    }
    found.sort();
    Ok(found.pop().context("PostgreSQL is not installed")?.1)
}
