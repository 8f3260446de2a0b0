//! The server, started as in production: told by its environment.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use tokio::net::TcpStream;

use crate::{Database, Process, free_port, within};

/// How long the server should take to answer after its start, migrations included.
const START: Duration = Duration::from_secs(2);

/// The server, on one address for as long as the test lasts, whether it runs or not.
#[derive(Debug)]
pub struct Server {
    program: PathBuf,
    database: Database,
    folder: PathBuf,
    clock: Option<String>,
    address: SocketAddr,
    running: Option<Process>,
}

impl Server {
    /// Starts `program` on a free port; its key and its log go to `folder`. Its clock starts at
    /// `clock`, RFC 3339, or is the machine's.
    ///
    /// # Errors
    ///
    /// It does not answer; its log says why.
    pub async fn start(
        program: &Path,
        database: &Database,
        folder: &Path,
        clock: Option<&str>,
    ) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("create {}", folder.display()))?;
        let mut server = Self {
            program: program.to_owned(),
            database: database.clone(),
            folder: folder.to_owned(),
            clock: clock.map(str::to_owned),
            address: SocketAddr::from(([127, 0, 0, 1], free_port()?)),
            running: None,
        };
        server.resume().await?;
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that a workstation is given at its first run.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it: connections are refused from now on.
    pub fn stop(&mut self) {
        drop(self.running.take());
    }

    /// Starts it again on the same address after [`stop`](Self::stop), or nothing if it runs.
    ///
    /// # Errors
    ///
    /// It does not answer; its log says why.
    pub async fn resume(&mut self) -> Result<()> {
        if self.running.is_some() {
            return Ok(());
        }
        let mut command = Command::new(&self.program);
        command
            .env("DATABASE_URL", self.database.url())
            .env("LISTEN", self.address.to_string())
            .env("KEY_FILE", self.folder.join("server.key"))
            .current_dir(&self.folder);
        if let Some(clock) = &self.clock {
            command.env("OCPIZZA_CLOCK", clock);
        }
        let mut process =
            Process::start("the server", &mut command, &self.folder.join("server.log"))?;
        within("the server answers", START, async || {
            let answers = TcpStream::connect(self.address).await;
            if let Some(status) = process.ended()? {
                anyhow::bail!("it ended: {status}");
            }
            answers?;
            Ok(Some(()))
        })
        .await?;
        self.running = Some(process);
        Ok(())
    }

    /// The running process: to freeze it, so that it accepts and never answers, or to kill it.
    #[must_use]
    pub fn process(&self) -> Option<&Process> {
        self.running.as_ref()
    }
}
