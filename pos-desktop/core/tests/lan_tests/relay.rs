//! Somebody between two workstations, who sees and may alter what travels.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) struct Relay {
    pub(crate) address: String,
    between: Arc<Between>,
}

struct Between {
    target: Mutex<String>,
    seen: Mutex<Vec<u8>>,
    alters: AtomicBool,
    ended: AtomicBool,
    open: AtomicUsize,
    streams: Mutex<Vec<TcpStream>>,
}

impl Relay {
    pub(crate) fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let between = Arc::new(Between {
            target: Mutex::new(target.to_owned()),
            seen: Mutex::default(),
            alters: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            open: AtomicUsize::new(0),
            streams: Mutex::default(),
        });
        let accepting = Arc::clone(&between);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.ended.load(Ordering::SeqCst) {
                    return;
                }
                let target = accepting.target.lock().unwrap().clone();
                // Where nobody listens, the caller is told so.
                if let (Ok(from), Ok(to)) = (stream, TcpStream::connect(target)) {
                    accepting.join(&from, &to);
                }
            }
        });
        Self { address, between }
    }

    /// From now on it leads somewhere else; what is open is cut.
    pub(crate) fn lead_to(&self, target: &str) {
        target.clone_into(&mut self.between.target.lock().unwrap());
        self.between.cut();
    }

    /// Alters the next bytes that the caller sends.
    pub(crate) fn alter(&self) {
        self.between.alters.store(true, Ordering::SeqCst);
    }

    /// Whether what was to be altered is still to come.
    pub(crate) fn is_altering(&self) -> bool {
        self.between.alters.load(Ordering::SeqCst)
    }

    /// How many bytes were seen.
    pub(crate) fn seen(&self) -> usize {
        self.between.seen.lock().unwrap().len()
    }

    /// Whether these bytes were seen.
    pub(crate) fn saw(&self, bytes: &[u8]) -> bool {
        self.between.seen.lock().unwrap().windows(bytes.len()).any(|it| it == bytes)
    }

    /// How many connections are open.
    pub(crate) fn open(&self) -> usize {
        self.between.open.load(Ordering::SeqCst)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.between.ended.store(true, Ordering::SeqCst);
        self.between.cut();
        // Its thread waits for a connection.
        drop(TcpStream::connect(&self.address));
    }
}

impl Between {
    fn join(self: &Arc<Self>, from: &TcpStream, to: &TcpStream) {
        self.open.fetch_add(1, Ordering::SeqCst);
        let clones = [from, to].map(|it| it.try_clone().unwrap());
        self.streams.lock().unwrap().extend(clones);
        let there = [from, to].map(|it| it.try_clone().unwrap());
        let back = [to, from].map(|it| it.try_clone().unwrap());
        let between = Arc::clone(self);
        std::thread::spawn(move || {
            between.carry(there, true);
            between.open.fetch_sub(1, Ordering::SeqCst);
        });
        let between = Arc::clone(self);
        std::thread::spawn(move || between.carry(back, false));
    }

    fn carry(&self, [mut from, mut to]: [TcpStream; 2], by_caller: bool) {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if by_caller && self.alters.swap(false, Ordering::SeqCst) {
                bytes[read - 1] ^= 1;
            }
            self.seen.lock().unwrap().extend(&bytes[..read]);
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        for stream in [from, to] {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    fn cut(&self) {
        for stream in self.streams.lock().unwrap().drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }
}
