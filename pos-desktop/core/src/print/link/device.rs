//! A printer on a USB port, by the file that the kernel's `usblp` makes of it.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;

use super::Wire;
use crate::print::status::Cause;

/// Between two looks at a printer that says at once that it has nothing to say.
const PAUSE: Duration = Duration::from_millis(10);

pub(super) struct Device {
    file: File,
    /// A pipe, or a port that takes and never gives.
    one_way: bool,
}

impl Device {
    /// Opens the file. It never waits: what would is told so, and waited for with an end.
    pub(super) fn open(path: &Path) -> Result<Self, Cause> {
        let is_pipe = path.metadata().is_ok_and(|it| it.file_type().is_fifo());
        let flags = (OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC).bits();
        let flags = flags.try_into().expect("the system's own flags are its own integers");
        // What is written to a pipe would come back to whoever reads it too.
        let file = OpenOptions::new().read(!is_pipe).write(true).custom_flags(flags).open(path);
        let file = file.map_err(|error| {
            tracing::debug!(path = %path.display(), %error, "a printer's device cannot be opened");
            let is_held = error.kind() == ErrorKind::ResourceBusy;
            if is_held { Cause::Busy } else { Cause::Unreachable }
        })?;
        let mut device = Self { file, one_way: is_pipe };
        device.forget();
        Ok(device)
    }

    /// Reads what is there already: an answer that came too late for the last job is none to the next.
    /// A port that refuses to be read at all is one that only takes.
    fn forget(&mut self) {
        let refusal = |error: io::Error| error.kind() == ErrorKind::InvalidInput;
        self.one_way = self.one_way || self.file.read(&mut [0; 256]).is_err_and(refusal);
    }

    /// Waits until the file can be read or written, or is at its end, which the next try then tells.
    fn wait(&self, events: PollFlags, patience: Duration) -> io::Result<PollFlags> {
        let mut file = [PollFd::new(&self.file, events)];
        match poll(&mut file, Some(&timespec(patience))) {
            Ok(0) => Err(ErrorKind::TimedOut.into()),
            Ok(_) => Ok(file[0].revents()),
            Err(error) => Err(error.into()),
        }
    }
}

/// What the kernel takes for so long.
pub(super) fn timespec(patience: Duration) -> Timespec {
    Timespec {
        tv_sec: patience.as_secs().try_into().unwrap_or(i64::MAX),
        tv_nsec: patience.subsec_nanos().into(),
    }
}

impl Wire for Device {
    fn read(&mut self, patience: Duration) -> io::Result<u8> {
        let mut rest = patience;
        loop {
            let found = self.wait(PollFlags::IN, rest)?;
            let mut byte = [0];
            match self.file.read(&mut byte) {
                Ok(0) if found.contains(PollFlags::HUP) => {
                    return Err(ErrorKind::BrokenPipe.into());
                }
                // Some printers answer "nothing" at once instead of letting the port wait.
                Ok(0) => {
                    rest = rest.checked_sub(PAUSE).ok_or(ErrorKind::TimedOut)?;
                    poll(&mut [], Some(&timespec(PAUSE)))?;
                }
                Ok(_) => return Ok(byte[0]),
                Err(error) => return Err(error),
            }
        }
    }

    fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize> {
        self.wait(PollFlags::OUT, patience)?;
        self.file.write(bytes)
    }

    fn settle(&mut self, patience: Duration) -> io::Result<()> {
        // `usblp` gives up the transfer that is under way when its file is closed.
        self.wait(PollFlags::OUT, patience).map(drop)
    }

    fn is_one_way(&self) -> bool {
        self.one_way
    }
}
