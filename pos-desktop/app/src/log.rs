//! The log: one JSON object a line, in the workstation's folder, panics included.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    panic,
    path::{Path, PathBuf},
    sync::Mutex,
};

use anyhow::{Context, Result};
use tracing_subscriber::EnvFilter;

const NAME: &str = "poste.log";
const PREVIOUS: &str = "poste.1.log";

/// Where a log file ends and the next begins, in bytes: with the previous one kept, a till's logs
/// never take more than twice this.
const LIMIT: u64 = 16 * 1024 * 1024;

/// Logs to `folder` from now on; what is logged is set by `RUST_LOG`, or `info`.
///
/// # Errors
///
/// The file cannot be opened.
pub(crate) fn start(folder: &Path) -> Result<()> {
    let file =
        Rotating::open(folder, LIMIT).with_context(|| format!("log to {}", folder.display()))?;
    let wanted = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(wanted).with_writer(Mutex::new(file)).init();

    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        let said = panic.payload_as_str().unwrap_or("no words");
        tracing::error!(place, said, "panicked");
        before(panic);
    }));
    Ok(())
}

/// A file that starts again when it is full, and keeps the one before.
struct Rotating {
    folder: PathBuf,
    limit: u64,
    file: File,
    written: u64,
}

impl Rotating {
    fn open(folder: &Path, limit: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(folder.join(NAME))?;
        let written = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), limit, file, written })
    }
}

impl Write for Rotating {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.limit <= self.written {
            fs::rename(self.folder.join(NAME), self.folder.join(PREVIOUS))?;
            *self = Self::open(&self.folder, self.limit)?;
        }
        let written = self.file.write(bytes)?;
        self.written = self.written.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_is_kept_and_the_next_begins() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Rotating::open(folder.path(), 8).unwrap();
        for line in ["one\n", "second\n", "third\n"] {
            log.write_all(line.as_bytes()).unwrap();
        }
        let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!((read(PREVIOUS), read(NAME)), ("one\nsecond\n".into(), "third\n".into()));
    }
}
