//! A printer behind the system's own queue: CUPS, by its program `lp`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::SendStopped;
use super::device::timespec;
use crate::print::status::Cause;

pub(super) struct Spooler {
    program: PathBuf,
    queue: String,
}

impl Spooler {
    pub(super) fn new(program: &Path, queue: &str) -> Self {
        Self { program: program.to_owned(), queue: queue.to_owned() }
    }

    /// Hands a job over, waiting for `patience` at most.
    ///
    /// The queue has it when the program ends well, and has nothing when it ends otherwise. A
    /// program that has not ended in time is stopped, and nobody knows.
    pub(super) fn send(&self, bytes: &[u8], patience: Duration) -> Result<(), SendStopped> {
        const NOT_TAKEN: SendStopped = SendStopped { left: 0, cause: Cause::Unreachable };
        let left = bytes.len();
        let mut child = Command::new(&self.program)
            .args(["-d", &self.queue, "-o", "raw"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                tracing::warn!(program = %self.program.display(), %error, "no spooler");
                NOT_TAKEN
            })?;

        let mut stdin = child.stdin.take().expect("it was asked for");
        let bytes = bytes.to_vec();
        // On a thread of its own: a program that reads nothing lets the pipe fill up. Ended, it
        // breaks the pipe, and the thread ends too.
        std::thread::spawn(move || drop(stdin.write_all(&bytes)));

        match ends(&child, patience) {
            Ok(true) => match child.wait() {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => {
                    tracing::warn!(queue = self.queue, %status, "the spooler refuses a job");
                    Err(NOT_TAKEN)
                }
                Err(_) => Err(SendStopped { left, cause: Cause::Interrupted }),
            },
            Ok(false) | Err(_) => {
                // Either fails only where it has ended by now.
                drop(child.kill());
                drop(child.wait());
                Err(SendStopped { left, cause: Cause::NoAnswer })
            }
        }
    }
}

/// Whether a program ends within `patience`.
fn ends(child: &Child, patience: Duration) -> rustix::io::Result<bool> {
    let ended = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    Ok(poll(&mut [PollFd::new(&ended, PollFlags::IN)], Some(&timespec(patience)))? == 1)
}
