//! The TCP connections that are open, ours and others', so that ending the workstation does not wait
//! for a peer that says nothing, and strangers do not keep the shop's own out.

use super::lock;
use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// The most connections of strangers at once: where one more comes, the oldest ends. A workstation of
/// the shop is one of them for the milliseconds of its handshake.
const MAX_STRANGERS: usize = 16;
/// The most connections of the shop's own at once: a shop has a handful of workstations, and each has
/// two ways, in both directions.
const MAX_OWN: usize = 64;

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
    streams: BTreeMap<u64, Stream>,
}

#[derive(Debug)]
struct Stream {
    stream: TcpStream,
    of_stranger: bool,
}

/// One that is open; it is let go of when dropped.
#[derive(Debug)]
pub(super) struct Line {
    lines: Arc<Lines>,
    number: u64,
}

impl Lines {
    /// Takes note of a connection of ours.
    ///
    /// # Errors
    ///
    /// Where the workstation has ended, or the system has no handle left.
    pub(super) fn hold(self: &Arc<Self>, stream: &TcpStream) -> io::Result<Line> {
        self.take(stream, false)
    }

    /// Takes note of a connection of somebody who has not proved yet to be one of the shop; the oldest
    /// of that kind ends where there are too many.
    ///
    /// # Errors
    ///
    /// As [`Self::hold`].
    pub(super) fn hold_stranger(self: &Arc<Self>, stream: &TcpStream) -> io::Result<Line> {
        self.take(stream, true)
    }

    fn take(self: &Arc<Self>, stream: &TcpStream, of_stranger: bool) -> io::Result<Line> {
        let stream = stream.try_clone()?;
        let mut open = lock(&self.open);
        if open.ended {
            return Err(io::Error::from(io::ErrorKind::ConnectionAborted));
        }
        if of_stranger {
            let strangers = open.streams.iter().filter(|(_, it)| it.of_stranger);
            let numbers: Vec<u64> = strangers.map(|(number, _)| *number).collect();
            if MAX_STRANGERS <= numbers.len() {
                // Whoever waits for it hears of it at once, and lets go of it.
                let oldest = open.streams.remove(&numbers[0]).expect("it was found just now");
                oldest.stream.shutdown(Shutdown::Both).ok();
            }
        }
        let number = open.next;
        open.next += 1;
        open.streams.insert(number, Stream { stream, of_stranger });
        Ok(Line { lines: Arc::clone(self), number })
    }

    /// Closes all of them: whoever waits for one hears of it at once. None is opened afterwards.
    pub(super) fn close(&self) {
        let mut open = lock(&self.open);
        open.ended = true;
        for it in open.streams.values() {
            // The other side may have closed it already.
            it.stream.shutdown(Shutdown::Both).ok();
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

impl Line {
    /// Whoever is at the other end is one of the shop.
    ///
    /// # Errors
    ///
    /// Where there are too many of them: a fault, ours or theirs.
    pub(super) fn is_own(&self) -> io::Result<()> {
        let mut open = lock(&self.lines.open);
        let own = open.streams.values().filter(|it| !it.of_stranger).count();
        match open.streams.get_mut(&self.number) {
            Some(it) if own < MAX_OWN => it.of_stranger = false,
            Some(_) => return Err(io::Error::other("too many connections")),
            None => return Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
        }
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        lock(&self.lines.open).streams.remove(&self.number);
        self.lines.fewer.notify_all();
    }
}
