//! The TCP connections that are open, ours and others', so that ending the workstation does not wait
//! for a peer that says nothing.

use super::lock;
use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Every connection that is open.
#[derive(Debug, Default)]
pub(super) struct Lines {
    open: Mutex<Open>,
    fewer: Condvar,
}

#[derive(Debug, Default)]
struct Open {
    ended: bool,
    next: u64,
    streams: BTreeMap<u64, TcpStream>,
}

/// One that is open; it is let go of when dropped.
#[derive(Debug)]
pub(super) struct Line {
    lines: Arc<Lines>,
    number: u64,
}

impl Lines {
    /// Takes note of a connection.
    ///
    /// # Errors
    ///
    /// Where the workstation has ended, or the system has no handle left.
    pub(super) fn hold(self: &Arc<Self>, stream: &TcpStream) -> io::Result<Line> {
        let stream = stream.try_clone()?;
        let mut open = lock(&self.open);
        if open.ended {
            return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        }
        let number = open.next;
        open.next += 1;
        open.streams.insert(number, stream);
        Ok(Line { lines: Arc::clone(self), number })
    }

    /// How many are open.
    pub(super) fn count(&self) -> usize {
        lock(&self.open).streams.len()
    }

    /// Closes all of them: whoever waits for one hears of it at once. None is opened afterwards.
    pub(super) fn close(&self) {
        let mut open = lock(&self.open);
        open.ended = true;
        for stream in open.streams.values() {
            // The other side may have closed it already.
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Waits until everybody has let go, or `patience` is over.
    pub(super) fn wait_until_none(&self, patience: Duration) {
        let open = lock(&self.open);
        let (open, _) = self
            .fewer
            .wait_timeout_while(open, patience, |open| !open.streams.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        drop(open);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        lock(&self.lines.open).streams.remove(&self.number);
        self.lines.fewer.notify_all();
    }
}
