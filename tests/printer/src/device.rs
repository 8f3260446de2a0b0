//! Device files with a printer at the other end.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use crate::printer::Stream;

/// Pulled out, it ends the printer's side.
#[derive(Debug)]
pub(crate) struct Cable(Option<UnixStream>);

impl Cable {
    pub(crate) fn unplug(&mut self) {
        self.0 = None;
    }
}

/// The printer's side of a device file.
#[derive(Debug)]
pub(crate) struct Line {
    file: File,
    /// Ends when the cable is pulled out.
    plugged: UnixStream,
    /// The till's side, held open: the till comes and goes. None where nothing goes back.
    till_side: Option<OwnedFd>,
}

/// A pseudo-terminal that changes no byte; its path is the till's side.
pub(crate) fn terminal() -> io::Result<(PathBuf, Line, Cable)> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let path = ptsname(&ours, Vec::new())?;
    let path = PathBuf::from(OsStr::from_bytes(path.as_bytes()));
    let till_side = OwnedFd::from(OpenOptions::new().read(true).write(true).open(&path)?);
    let mut settings = tcgetattr(&till_side)?;
    settings.make_raw();
    tcsetattr(&till_side, OptionalActions::Now, &settings)?;
    let (plugged, cable) = UnixStream::pair()?;
    let line = Line { file: File::from(ours), plugged, till_side: Some(till_side) };
    Ok((path, line, Cable(Some(cable))))
}

/// A named pipe, made at `path`.
pub(crate) fn pipe(path: &Path) -> io::Result<(Line, Cable)> {
    mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0)?;
    // Open for writing too: a pipe nobody writes to would be at its end.
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let (plugged, cable) = UnixStream::pair()?;
    Ok((Line { file, plugged, till_side: None }, Cable(Some(cable))))
}

impl Read for Line {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut ends =
            [PollFd::new(&self.file, PollFlags::IN), PollFd::new(&self.plugged, PollFlags::IN)];
        poll(&mut ends, None)?;
        if ends[0].revents().contains(PollFlags::IN) { self.file.read(into) } else { Ok(0) }
    }
}

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.till_side {
            Some(_) => self.file.write(bytes),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Stream for Line {
    fn hang_up(&mut self) -> io::Result<()> {
        Ok(())
    }

    const IS_SHARED: bool = false;
}
