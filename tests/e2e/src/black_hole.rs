//! A peer that is there and says nothing.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use anyhow::{Context, Result};

/// Takes every connection on an address and never answers, as a dead link's far end does to whoever
/// connected before it died: the worst that a network does to a program that waits for it.
#[derive(Debug)]
pub struct BlackHole {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
    taken: Arc<AtomicUsize>,
    listener: Option<JoinHandle<()>>,
}

impl BlackHole {
    /// Opens one on `address`, where nobody may be listening.
    ///
    /// # Errors
    ///
    /// Somebody is.
    pub fn open(address: SocketAddr) -> Result<Self> {
        let listener =
            TcpListener::bind(address).with_context(|| format!("listen on {address}"))?;
        let (closed, taken) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (ends, count) = (Arc::clone(&closed), Arc::clone(&taken));
        let listener = thread::spawn(move || {
            // Held open, and never read.
            let mut held = Vec::new();
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                held.extend(stream);
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Ok(Self { address, closed, taken, listener: Some(listener) })
    }

    /// How many connections it has taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.taken.load(Ordering::SeqCst)
    }
}

impl Drop for BlackHole {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that it is to end.
        let _woken = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ended = listener.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Read, time::Duration};

    use super::*;
    use crate::free_port;

    #[test]
    fn it_takes_a_connection_and_says_nothing_until_it_is_closed() {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port().unwrap()));
        let hole = BlackHole::open(address).unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        assert!(stream.read(&mut [0]).is_err(), "it neither speaks nor closes");
        drop(hole);
        assert!(TcpStream::connect(address).is_err());
    }
}
