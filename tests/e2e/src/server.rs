//! The server, started as in production: told by its environment.

use std::{
    fs,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};
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
        let log = self.folder.join("server.log");
        let mut process = Process::start("the server", self.command().arg("serve"), &log)?;
        let answers = within("the server answers", START, async || {
            if let Some(status) = process.ended()? {
                return Ok(Some(Err(anyhow!("the server ended, {status}: {}", log.display()))));
            }
            TcpStream::connect(self.address).await?;
            Ok(Some(Ok(())))
        });
        answers.await?.seen?;
        self.running = Some(process);
        Ok(())
    }

    /// Does what an administrator does by hand, `enrol-code --shop P01 …`, with `input` on standard
    /// input; answers what it prints.
    ///
    /// # Errors
    ///
    /// It was refused; the error says why.
    pub fn administer(&self, words: &[&str], input: &str) -> Result<String> {
        let mut command = self.command();
        command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().with_context(|| words.join(" "))?;
        // Dropped here, so that it sees the end of what it is told.
        child.stdin.take().expect("its input is piped").write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{}: {}", words.join(" "), said.trim());
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// The program, told of its database, address, key and clock.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .env("DATABASE_URL", self.database.url())
            .env("LISTEN", self.address.to_string())
            .env("KEY_FILE", self.folder.join("server.key"))
            .env_remove("OCPIZZA_CLOCK")
            .envs(self.clock.iter().map(|clock| ("OCPIZZA_CLOCK", clock)))
            .current_dir(&self.folder);
        command
    }

    /// The running process: to freeze it, so that it accepts and never answers, or to kill it.
    #[must_use]
    pub fn process(&self) -> Option<&Process> {
        self.running.as_ref()
    }
}
