//! PostgreSQL, for one test or demonstration.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use anyhow::{Context, Result, anyhow, ensure};
use postgres::{Client, NoTls, SimpleQueryMessage};

use crate::programs::work_tree;

/// A private cluster: own folder, own port, own password, and durable as in production.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    url: String,
}

/// A database of a [`Cluster`].
#[derive(Clone, Debug)]
pub struct Database {
    url: String,
}

impl Cluster {
    /// Starts a cluster whose files are in `folder`, made if need be.
    ///
    /// # Errors
    ///
    /// PostgreSQL is not installed, or does not start: its log in the folder says why.
    pub fn start(folder: &Path) -> Result<Self> {
        let url = script("start", folder)?;
        Ok(Self { folder: folder.to_owned(), url })
    }

    /// Makes a database, empty; one of that name is dropped first.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn database(&self, name: &str) -> Result<Database> {
        let (server, _) = self.url.rsplit_once('/').context("the URL names a database")?;
        let all = Database { url: self.url.clone() };
        all.run(&format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)"))?;
        all.run(&format!("CREATE DATABASE \"{name}\""))?;
        Ok(Database { url: format!("{server}/{name}") })
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _stopped = script("stop", &self.folder);
    }
}

impl Database {
    /// Where it is, as programs expect it in `DATABASE_URL`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The rows that a statement answers with, each value as PostgreSQL writes it, NULL as nothing.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says.
    pub fn rows(&self, statement: &str) -> Result<Vec<Vec<Option<String>>>> {
        let messages = self.run(statement)?;
        let mut rows = Vec::new();
        for message in messages {
            if let SimpleQueryMessage::Row(row) = message {
                rows.push((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect());
            }
        }
        Ok(rows)
    }

    /// The one value that a statement answers with.
    ///
    /// # Errors
    ///
    /// What PostgreSQL says, or that it is not one value.
    pub fn value(&self, statement: &str) -> Result<String> {
        let rows = self.rows(statement)?;
        match rows.as_slice() {
            [row] if row.len() == 1 => {
                row[0].clone().with_context(|| format!("nothing: {statement}"))
            }
            _ => Err(anyhow!("{} rows where one value was asked: {statement}", rows.len())),
        }
    }

    /// On a thread of its own: this client waits, and a test's runtime must not.
    fn run(&self, statement: &str) -> Result<Vec<SimpleQueryMessage>> {
        let run = || -> Result<_> {
            let mut client = Client::connect(&self.url, NoTls).context("connect")?;
            client.simple_query(statement).with_context(|| statement.to_owned())
        };
        thread::scope(|scope| scope.spawn(run).join().map_err(|_| anyhow!("it panicked"))?)
    }
}

/// Runs `dev.d/postgres`, the one place that knows how a cluster is started; answers what it prints.
fn script(action: &str, folder: &Path) -> Result<String> {
    let output = Command::new(work_tree().join("dev.d/postgres"))
        .arg(action)
        .arg(folder)
        .output()
        .context("run dev.d/postgres")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "PostgreSQL does not {action}: {}", said.trim());
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
