//! The threads of a link: one that drives it, two that carry what it sends.

use super::Inner;
use super::steward::Began;
use super::transport::{Address, Transport};
use crate::linked::{Desk, Linked, Outgoing};
use crate::shared::Shared;
use crate::store::settings::Identity as Seat;
use crate::store::{Reader, StoreError};
use crate::workstation::Workstation;
use replication::Sealed;
use replication::link::Ask;
use rusqlite::Transaction;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a peer may take to answer: longer than the link waits, so that the link decides.
const PATIENCE: Duration = Duration::from_secs(16);
/// How long it may take to answer a listen.
const LISTEN_PATIENCE: Duration = Duration::from_secs(32);

/// What wakes the link's thread.
enum Event {
    /// Something changed here.
    Look,
    /// Something new is known of where the peer is.
    Found,
    /// A peer answered, or did not.
    Answered { ask: Ask, hash: replication::RequestHash, reply: io::Result<Vec<u8>> },
    /// The link is not wanted any more.
    End,
}

/// A link that runs; it ends when dropped.
pub(super) struct Running {
    events: mpsc::Sender<Event>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Something may have changed: entries, cards, blobs.
    pub(super) fn look(&self) {
        // A link that has ended needs no news.
        self.events.send(Event::Look).ok();
    }

    /// Something new is known of where the peer is: where it does not answer, it is called at once.
    pub(super) fn found(&self) {
        self.events.send(Event::Found).ok();
    }

    /// Whether it still runs.
    pub(super) fn runs(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.events.send(Event::End).ok();
        if let Some(thread) = self.thread.take() {
            // It waits for nothing but the workstation's thread. One that panicked has said so.
            thread.join().ok();
        }
    }
}

pub(super) fn start(inner: &Arc<Inner>, address: &Address, seat: &Seat) -> Running {
    let (events, heard) = mpsc::channel();
    // A drill cuts the way to the centre, and no other.
    let cut = matches!(address, Address::Centre(_)).then(|| Arc::clone(&inner.shared));
    let line = || Transport::to(address, &seat.key, &inner.lan);
    let talk = carry(line(), cut.clone(), PATIENCE, events.clone());
    let listen = carry(line(), cut, LISTEN_PATIENCE, events.clone());
    let inner = Arc::clone(inner);
    let (address, seat) = (address.clone(), seat.clone());
    let thread = std::thread::spawn(move || {
        let Some(Ok(reader)) = inner.ask(false, |workstation| workstation.store().reader()) else {
            return;
        };
        let mut desk = Here { inner, reader };
        let is_centre = matches!(address, Address::Centre(_));
        if let Some(linked) = Linked::begin(&mut desk, &seat, is_centre) {
            run(desk, linked, &heard, &Carriers { talk, listen });
        }
    });
    Running { events, thread: Some(thread) }
}

/// A thread that carries one envelope after another, and brings back what is answered.
fn carry(
    mut transport: Transport,
    cut: Option<Arc<Shared>>,
    patience: Duration,
    events: mpsc::Sender<Event>,
) -> mpsc::Sender<(Ask, Sealed)> {
    let (send, sent) = mpsc::channel::<(Ask, Sealed)>();
    std::thread::spawn(move || {
        let is_cut = || cut.as_ref().is_some_and(|shared| shared.internet_is_cut());
        let unreachable = || Err(io::Error::from(io::ErrorKind::NetworkUnreachable));
        for (ask, sealed) in sent {
            let reply =
                if is_cut() { unreachable() } else { transport.exchange(&sealed.bytes, patience) };
            // What was on its way when it was cut does not arrive.
            let reply = if is_cut() { unreachable() } else { reply };
            let answered = Event::Answered { ask, hash: sealed.hash, reply };
            if events.send(answered).is_err() {
                return;
            }
        }
    });
    send
}

/// The lines to the peer: a listen waits on one of its own.
struct Carriers {
    talk: mpsc::Sender<(Ask, Sealed)>,
    listen: mpsc::Sender<(Ask, Sealed)>,
}

impl Carriers {
    fn carry(&self, outgoing: Vec<Outgoing>) {
        for Outgoing { ask, sealed, listens } in outgoing {
            let carrier = if listens { &self.listen } else { &self.talk };
            // It ends with the link alone.
            carrier.send((ask, sealed)).ok();
        }
    }
}

fn run(mut desk: Here, mut linked: Linked, heard: &Receiver<Event>, carriers: &Carriers) {
    let began = Began::now();
    carriers.carry(linked.connected(&mut desk, began.elapsed_ms()));
    while !desk.inner.is_stopped() {
        let patience = linked.due_ms().map_or(Duration::from_secs(5), |at_ms| {
            Duration::from_millis(at_ms.saturating_sub(began.elapsed_ms()))
        });
        let event = heard.recv_timeout(patience);
        let at_ms = began.elapsed_ms();
        carriers.carry(match event {
            Ok(Event::Look) => linked.look(&mut desk, at_ms),
            Ok(Event::Found) => linked.connected(&mut desk, at_ms),
            Ok(Event::Answered { ask, hash, reply }) => {
                linked.answered(&mut desk, at_ms, ask, hash, reply)
            }
            Ok(Event::End) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => linked.timer(&mut desk, at_ms),
        });
    }
    linked.end(&mut desk);
}

/// The workstation behind its own thread, and a connection that reads.
pub(super) struct Here {
    pub(super) inner: Arc<Inner>,
    pub(super) reader: Reader,
}

impl Desk for Here {
    fn read<T>(
        &mut self,
        look: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.reader.read(look)
    }

    fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T> {
        self.inner.ask(false, work)
    }

    fn shared(&self) -> &Shared {
        &self.inner.shared
    }

    fn changed(&mut self) {
        self.inner.changed();
    }

    fn now_ms(&self) -> i64 {
        self.inner.clock.now_ms()
    }
}
