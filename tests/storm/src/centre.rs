//! The centre: PostgreSQL and two replicas of the server, on one machine, behind one door.

use crate::net::Host;
use crate::postgres::Postgres;
use crate::programs::{Programs, Running, log};
use crate::relay::Target;
use crate::wait::within;
use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// How many replicas there are.
pub const REPLICAS: usize = 2;
/// How long a replica may take to answer after a start.
const START: Duration = Duration::from_secs(3);

/// The centre.
#[derive(Debug)]
pub struct Centre {
    /// Its database.
    pub postgres: Postgres,
    host: Host,
    folder: PathBuf,
    logs: PathBuf,
    programs: Programs,
    replicas: [Option<Running>; REPLICAS],
}

impl Centre {
    /// Starts it on `host` with its files in `folder`, and loads the demo's shops, menu and staff if it
    /// has none.
    ///
    /// # Errors
    ///
    /// A program is missing, does not start or refuses.
    pub fn start(host: &Host, programs: &Programs, folder: &Path, logs: &Path) -> Result<Self> {
        let is_new = !folder.exists();
        fs::create_dir_all(folder)?;
        let postgres = Postgres::start(host, &folder.join("postgres"), logs)?;
        let mut it = Self {
            postgres,
            host: host.clone(),
            folder: folder.to_owned(),
            logs: logs.to_owned(),
            programs: programs.clone(),
            replicas: [None, None],
        };
        if is_new {
            it.load()?;
        }
        for replica in 0..REPLICAS {
            it.resume(replica)?;
        }
        Ok(it)
    }

    /// No customers: a storm is about sales.
    fn load(&self) -> Result<()> {
        let data = self.folder.join("data");
        fs::create_dir_all(&data)?;
        let files = [
            ("shops.json", friday::data::SHOPS),
            ("menu.json", friday::data::MENU),
            ("staff.json", friday::data::STAFF),
        ];
        for (name, text) in files {
            fs::write(data.join(name), text)?;
        }
        let data = data.to_str().context("the target folder's name is not text")?;
        self.administer(&["load", data]).map(drop)
    }

    /// The one-time code with which a PC becomes `label` of `shop`.
    ///
    /// # Errors
    ///
    /// The server refuses.
    pub fn enrol_code(&self, shop: &str, role: &str, label: &str) -> Result<String> {
        self.administer(&["enrol-code", "--shop", shop, "--role", role, "--label", label])
    }

    fn administer(&self, words: &[&str]) -> Result<String> {
        let output = self.command(0)?.args(words).stdin(Stdio::null()).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "sync-server {}: {}", words.join(" "), said.trim());
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    fn address(&self, replica: usize) -> SocketAddr {
        SocketAddr::from((self.host.address(), if replica == 0 { 8_081 } else { 8_082 }))
    }

    /// Where the relay finds it.
    #[must_use]
    pub fn target(&self) -> Target {
        Target::Each((0..REPLICAS).map(|it| self.address(it)).collect(), Arc::default())
    }

    fn command(&self, replica: usize) -> Result<Command> {
        let mut command = self.host.command(self.programs.named("sync-server", replica == 1)?);
        command
            .env("DATABASE_URL", Postgres::url())
            .env("LISTEN", self.address(replica).to_string())
            .env("KEY_FILE", self.folder.join("server.key"))
            .env("RUST_LOG", "warn")
            .env_remove("OCPIZZA_CLOCK")
            .current_dir(&self.folder);
        Ok(command)
    }

    /// Starts a replica, where it does not run, and waits until it answers. Without its database it does
    /// not.
    ///
    /// # Errors
    ///
    /// It does not; its log says why.
    pub fn resume(&mut self, replica: usize) -> Result<()> {
        let address = self.address(replica);
        within("the server answers", START, || {
            self.switch_on(replica)?;
            Ok(TcpStream::connect(address).ok().map(drop))
        })?;
        Ok(())
    }

    /// Starts a replica, where it does not run.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn switch_on(&mut self, replica: usize) -> Result<()> {
        let runs = match &mut self.replicas[replica] {
            Some(running) => running.runs()?,
            None => false,
        };
        if !runs {
            let log = log(&self.logs, &format!("server-{replica}"))?;
            let mut command = self.command(replica)?;
            command.arg("serve").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
            self.replicas[replica] = Some(Running::start(&mut command)?);
        }
        Ok(())
    }

    /// Kills a replica with -9.
    ///
    /// # Errors
    ///
    /// The system does not.
    pub fn kill(&mut self, replica: usize) -> Result<()> {
        self.replicas[replica].take().map_or(Ok(()), |mut running| running.kill())
    }

    /// Stops a replica where it is, or lets it go on: what connects to it waits.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn signal(&self, replica: usize, signal: Signal) -> Result<()> {
        self.replicas[replica].as_ref().map_or(Ok(()), |running| running.signal(signal))
    }

    /// Starts again whatever of it does not run.
    ///
    /// # Errors
    ///
    /// It does not answer.
    pub fn heal(&mut self) -> Result<()> {
        self.postgres.resume()?;
        for replica in 0..REPLICAS {
            self.signal(replica, Signal::CONT)?;
            self.resume(replica)?;
        }
        Ok(())
    }

    /// Ends it.
    ///
    /// # Errors
    ///
    /// It does not end.
    pub fn stop(&mut self) -> Result<()> {
        for replica in 0..REPLICAS {
            self.kill(replica)?;
        }
        self.postgres.stop()
    }
}
