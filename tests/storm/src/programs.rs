//! Where the programs are, and processes that are ended with whoever started them.

use anyhow::{Context, Result, ensure};
use rustix::process::{Pid, Signal, kill_process};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

/// The programs that take part.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    other: Option<PathBuf>,
}

impl Programs {
    /// Those that were built with this one. `other` names a folder with programs of another version:
    /// the second till of each shop and the second replica are run from there, where it has them.
    ///
    /// # Errors
    ///
    /// This program does not run out of a folder.
    pub fn beside(other: Option<PathBuf>) -> Result<Self> {
        let program = std::env::current_exe().context("find this program")?;
        let folder = program.parent().context("this program is in no folder")?.to_owned();
        Ok(Self { folder, other })
    }

    /// The folder that what a run leaves behind goes to: `storm`, in the target folder.
    #[must_use]
    pub fn leaves(&self) -> PathBuf {
        self.folder.parent().unwrap_or(&self.folder).join("storm")
    }

    /// The program of this name, of this version or of the other one where there is another.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn named(&self, name: &str, other: bool) -> Result<PathBuf> {
        let other = self.other.as_ref().filter(|it| other && it.join(name).is_file());
        let program = other.unwrap_or(&self.folder).join(name);
        ensure!(program.is_file(), "{} is not built: `./dev storm` builds it", program.display());
        Ok(program)
    }
}

/// A program that runs. It is killed when dropped.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts it, with the streams that it was given.
    ///
    /// # Errors
    ///
    /// It cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        Ok(Self(command.spawn().with_context(|| format!("start {command:?}"))?))
    }

    /// Its streams.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Whether it runs.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_none())
    }

    /// Kills it with -9, and waits for its end.
    ///
    /// # Errors
    ///
    /// The system does not.
    pub fn kill(&mut self) -> Result<()> {
        self.0.kill().context("kill")?;
        self.0.wait().context("wait for its end")?;
        Ok(())
    }

    /// Stops it where it is, or lets it go on.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(Pid::from_child(&self.0), signal).context("signal")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Either fails where it has ended already.
        self.0.kill().and_then(|()| self.0.wait().map(drop)).ok();
    }
}

/// Appends to a program's log.
///
/// # Errors
///
/// It cannot be written.
pub fn log(folder: &Path, name: &str) -> Result<std::fs::File> {
    let path = folder.join(format!("{name}.log"));
    let file = std::fs::File::options().create(true).append(true).open(&path);
    file.with_context(|| path.display().to_string())
}
