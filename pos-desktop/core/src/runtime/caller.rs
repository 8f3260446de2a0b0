//! The asking half: one link to one peer, and the threads that carry what it sends.

use super::Inner;
use super::transport::{Address, Transport};
use crate::replicate::{self, Peer, Signed};
use crate::shared::State as Shown;
use crate::store::settings::Identity as Seat;
use crate::store::{Reader, StoreError, cards, journals, publications};
use crate::workstation::BUILD;
use journal::{BlobHash, BootId, JournalId, PublicKey, Tip};
use replication::link::{Alarm, Ask, Effect, Identity, Input, NoReply, State};
use replication::{
    Link, Place, Push, Refusal, Reply, Request, Sealed, Sender, Unopened, open_reply, seal_request,
};
use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a peer may take to answer: longer than the link waits, so that the link decides.
const PATIENCE: Duration = Duration::from_secs(16);
/// How long it may take to answer a listen.
const LISTEN_PATIENCE: Duration = Duration::from_secs(32);
/// For how long the centre is silent before that is an event.
const OFFLINE_AFTER_MS: i64 = 3 * 60_000;

/// What wakes the link's thread.
enum Event {
    /// Something changed here.
    Look,
    /// A peer answered, or did not.
    Answered { ask: Ask, hash: replication::RequestHash, reply: std::io::Result<Vec<u8>> },
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
    let talk = carry(Transport::to(address, &inner.lines), PATIENCE, events.clone());
    let listen = carry(Transport::to(address, &inner.lines), LISTEN_PATIENCE, events.clone());
    let inner = Arc::clone(inner);
    let (address, seat) = (address.clone(), seat.clone());
    let thread = std::thread::spawn(move || {
        let opened = inner.ask(false, |workstation| {
            // Requests are counted from 1 for each link: of another run than this one, or a peer
            // that heard an earlier link of ours would take them for repeated.
            let (boot, sends) = (workstation.boot(), BootId(workstation.draw()));
            (boot, sends, workstation.tip(), workstation.store().reader())
        });
        let Some((boot, sends, tip, Ok(reader))) = opened else {
            return;
        };
        let mut caller = Caller {
            inner,
            reader,
            own: seat.key.public_key(),
            journal: tip.map(|tip| tip.journal),
            peer: None,
            is_centre: matches!(address, Address::Centre(_)),
            centre: seat.centre.as_ref().map(|centre| centre.key),
            sender: Sender::new(seat.key.clone(), sends),
            fed: BTreeMap::new(),
            fed_cards: 0,
            noted: Vec::new(),
            signed: None,
            parts: BTreeMap::new(),
            timer: None,
            noted_answers: Cell::new(None),
            talk,
            listen,
        };
        let cards = caller.cards();
        let identity = Identity {
            journal: caller.journal,
            boot,
            build: BUILD.to_owned(),
            cards_merged: cards.0,
            cards_pushed: cards.1,
        };
        let seed = u64::from_be_bytes(sends.0[..8].try_into().expect("a boot has 16 bytes"));
        caller.run(Link::new(identity, seed), &heard);
    });
    Running { events, thread: Some(thread) }
}

/// A thread that carries one envelope after another, and brings back what is answered.
fn carry(
    mut transport: Transport,
    patience: Duration,
    events: mpsc::Sender<Event>,
) -> mpsc::Sender<(Ask, Sealed)> {
    let (send, sent) = mpsc::channel::<(Ask, Sealed)>();
    std::thread::spawn(move || {
        for (ask, sealed) in sent {
            let reply = transport.exchange(&sealed.bytes, patience);
            let answered = Event::Answered { ask, hash: sealed.hash, reply };
            if events.send(answered).is_err() {
                return;
            }
        }
    });
    send
}

struct Caller {
    inner: Arc<Inner>,
    reader: Reader,
    own: PublicKey,
    journal: Option<JournalId>,
    /// Who answers at that address, once it has.
    peer: Option<Peer>,
    is_centre: bool,
    centre: Option<PublicKey>,
    sender: Sender,
    /// What the link was told of the tips here.
    fed: BTreeMap<JournalId, Vec<Place>>,
    fed_cards: u64,
    /// What was last written down of what the peer holds.
    noted: Vec<Tip>,
    /// What the centre signed last, until it is written down with what it holds.
    signed: Option<Signed>,
    /// Blobs on their way.
    parts: BTreeMap<BlobHash, Vec<u8>>,
    timer: Option<u64>,
    /// Whether the centre answers, as it was last noted in the log of events.
    noted_answers: Cell<Option<bool>>,
    talk: mpsc::Sender<(Ask, Sealed)>,
    listen: mpsc::Sender<(Ask, Sealed)>,
}

impl Caller {
    fn run(&mut self, mut link: Link, heard: &Receiver<Event>) {
        let began = Began::now();
        let mut inputs = VecDeque::from(self.news());
        inputs.push_back(Input::Connected);
        loop {
            while let Some(input) = inputs.pop_front() {
                for effect in link.handle(began.elapsed_ms(), input) {
                    self.carry_out(effect, &mut inputs);
                }
            }
            self.note_what_peer_holds(&link);
            if self.inner.is_stopped() {
                return;
            }
            let patience = self.timer.map_or(Duration::from_secs(5), |at_ms| {
                Duration::from_millis(at_ms.saturating_sub(began.elapsed_ms()))
            });
            match heard.recv_timeout(patience) {
                Ok(Event::Look) => inputs.extend(self.news()),
                Ok(Event::Answered { ask, hash, reply }) => {
                    let reply = self.open(hash, reply);
                    inputs.push_back(Input::Reply { ask, reply });
                }
                Ok(Event::End) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => inputs.push_back(Input::Timer),
            }
        }
    }

    /// What changed here since the link was last told.
    fn news(&mut self) -> Vec<Input> {
        let read: Result<_, StoreError> = self
            .reader
            .read(|tx| Ok((replicate::tips(tx)?, cards::position(tx)?, publications::wanted(tx)?)));
        let (tips, end, wanted) = match read {
            Ok(read) => read,
            Err(error) => {
                tracing::error!(%error, "the journals cannot be read");
                return Vec::new();
            }
        };
        let mut news = Vec::new();
        for (journal, tips) in &tips {
            if self.fed.get(journal) != Some(tips) {
                news.push(Input::LocalTips { journal: *journal, tips: tips.clone() });
            }
        }
        self.fed = tips;
        if self.fed_cards != end {
            self.fed_cards = end;
            news.push(Input::LocalCards { end });
        }
        news.extend(wanted.into_iter().map(Input::Want));
        news
    }

    fn cards(&mut self) -> (u64, u64) {
        let Some(peer) = self.centre.filter(|_| self.is_centre) else {
            return (0, 0);
        };
        let read: Result<_, StoreError> = self.reader.read(|tx| cards::feed(tx, &peer));
        read.unwrap_or((0, 0))
    }

    /// Opens a reply: it must be signed by the centre, or by a workstation of this shop that stays
    /// the same one.
    fn open(
        &mut self,
        hash: replication::RequestHash,
        reply: std::io::Result<Vec<u8>>,
    ) -> Result<Reply, NoReply> {
        let bytes = match reply {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(%error, "no answer");
                self.tell(false);
                return Err(NoReply::Unreachable);
            }
        };
        let mut from = None;
        let opened = {
            let (reader, own, centre) = (&mut self.reader, self.own, self.centre);
            let (expected, is_centre) = (self.peer, self.is_centre);
            open_reply(
                &bytes,
                |key| {
                    from = if is_centre {
                        centre
                            .filter(|centre| centre == key)
                            .map(|key| Peer { key, is_centre: true })
                    } else {
                        let known: Result<_, StoreError> =
                            reader.read(|tx| replicate::knows(tx, key));
                        known.ok().flatten().filter(|peer| peer.key != own)
                    };
                    from.is_some() && expected.is_none_or(|peer| Some(peer) == from)
                },
                hash,
            )
        };
        match opened {
            Ok(opened) => {
                if self.peer != from {
                    // Nothing was written down yet of what this one holds.
                    self.noted.clear();
                }
                self.peer = from;
                self.tell(true);
                let reply = Reply::decode(&opened.body).map_err(|_| NoReply::NotBelieved)?;
                if self.is_centre {
                    self.signed = Signed::of(&reply, bytes);
                }
                Ok(reply)
            }
            Err(unopened) => {
                tracing::warn!(%unopened, "an answer is not believed");
                if matches!(unopened, Unopened::UnknownSender { .. }) && !self.is_centre {
                    // Another PC has this address now: whoever it is, greet it anew.
                    self.peer = None;
                }
                self.tell(false);
                Err(NoReply::NotBelieved)
            }
        }
    }

    /// Tells the safety line whether the peer answers.
    fn tell(&self, answers: bool) {
        let now_ms = self.inner.clock.now_ms();
        let changed = self.inner.shared.change(|state| {
            let link = if self.is_centre {
                &mut state.centre
            } else if let Some(peer) = self.peer {
                state.peers.entry(peer.key).or_default()
            } else {
                return false;
            };
            let was_silent = link.silent_since_ms.is_some() || link.answered_ms.is_none();
            if answers {
                link.answered(now_ms);
            } else {
                link.silent(now_ms);
            }
            was_silent == answers
        });
        if changed {
            self.inner.changed();
        }
        self.note_centre(answers);
    }

    /// Has it noted when the centre has been silent for long, and when it answers again: once each.
    fn note_centre(&self, answers: bool) {
        let now_ms = self.inner.clock.now_ms();
        let silent_since_ms = self.inner.shared.read(|state| state.centre.silent_since_ms);
        let is_long = silent_since_ms.is_some_and(|since| OFFLINE_AFTER_MS <= now_ms - since);
        if !self.is_centre
            || !(answers || is_long)
            || self.noted_answers.replace(Some(answers)) == Some(answers)
        {
            return;
        }
        let noted = self.inner.ask(false, move |workstation| workstation.note_centre(answers));
        if let Some(Err(error)) = noted {
            tracing::error!(%error, "the centre's silence was not noted");
            self.noted_answers.set(None);
        }
    }

    fn carry_out(&mut self, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { ask, request } => self.send(ask, &request, inputs),
            Effect::Read { ask, tip, after, wish } => {
                let read: Result<_, StoreError> =
                    self.reader.read(|tx| replicate::read(tx, tip, after, wish.into()));
                let outcome = read.unwrap_or(replication::link::ReadOutcome::Failed);
                inputs.push_back(Input::Read { ask, outcome });
            }
            Effect::Find { ask, at } => {
                let found: Result<_, StoreError> =
                    self.reader.read(|tx| journals::chain_of(tx, at));
                inputs.push_back(Input::Found { ask, held: matches!(found, Ok(Some(_))) });
            }
            Effect::Hashes { ask, tip, seqs } => {
                let read: Result<_, StoreError> =
                    self.reader.read(|tx| replicate::hashes(tx, tip, &seqs));
                let hashes = read.unwrap_or_else(|_| vec![None; seqs.len()]);
                inputs.push_back(Input::Hashes { ask, hashes });
            }
            Effect::Append { ask, push } => {
                let reply = self.append(push);
                inputs.extend(self.news());
                inputs.push_back(Input::Appended { ask, reply });
            }
            Effect::ReadCards { ask, after } => {
                let page: Result<_, StoreError> =
                    self.reader.read(|tx| replicate::read_cards(tx, after));
                inputs.push_back(Input::CardsRead { ask, page: page.ok() });
            }
            Effect::StoreCards { ask, page } => {
                let stored = self.with_peer(move |workstation, peer| {
                    workstation.store_cards(peer, page).is_ok()
                });
                inputs.push_back(Input::CardsStored { ask, stored: stored == Some(true) });
            }
            Effect::CardsPushed { through } => {
                self.with_peer(move |workstation, peer| {
                    workstation.note_cards_pushed(peer, through).is_ok()
                });
            }
            Effect::StoreBlob { ask, part } => {
                let mut parts = std::mem::take(&mut self.parts);
                let stored = self.inner.ask(false, move |workstation| {
                    let outcome = workstation.store_blob(&mut parts, &part);
                    (outcome, parts)
                });
                let outcome = stored.and_then(|(outcome, parts)| {
                    self.parts = parts;
                    outcome.ok()
                });
                let outcome = outcome.unwrap_or(replication::link::BlobOutcome::Failed);
                inputs.push_back(Input::BlobStored { ask, outcome });
            }
            Effect::Timer { at_ms } => self.timer = Some(at_ms),
            Effect::Alarm(alarm) => self.raise(alarm),
            Effect::State(state) => self.state(state),
        }
    }

    fn send(&mut self, ask: Ask, request: &Request, inputs: &mut VecDeque<Input>) {
        let now_ms = self.inner.clock.now_ms();
        let carrier = match request {
            Request::Listen(_) => &self.listen,
            Request::Hello(_)
            | Request::Probe(_)
            | Request::Push(_)
            | Request::Pull(_)
            | Request::Cards(_)
            | Request::CardsPush(_)
            | Request::Blob(_)
            | Request::Poke(_) => &self.talk,
        };
        let sealed = seal_request(&mut self.sender, now_ms, request.encode());
        let sent = sealed.is_ok_and(|sealed| carrier.send((ask, sealed)).is_ok());
        if !sent {
            inputs.push_back(Input::Reply { ask, reply: Err(NoReply::Unreachable) });
        }
    }

    fn append(&mut self, push: Push) -> Reply {
        let reply = self.with_peer(move |workstation, peer| workstation.append_pulled(peer, &push));
        reply.unwrap_or(Reply::Refused(Refusal::Failed))
    }

    /// Lets `work` have the workstation and the peer; `None` where either is not there.
    fn with_peer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut crate::Workstation, Peer) -> T + Send + 'static,
    ) -> Option<T> {
        let peer = self.peer?;
        self.inner.ask(false, move |workstation| work(workstation, peer))
    }

    /// Writes down what the peer has said it holds, where that is more than before.
    fn note_what_peer_holds(&mut self, link: &Link) {
        let holds: Vec<Tip> = self
            .fed
            .keys()
            .flat_map(|&journal| {
                link.peer_holds(journal).iter().map(move |place| place.in_journal(journal))
            })
            .collect();
        let signed = self.signed.take();
        if holds == self.noted || holds.is_empty() {
            return;
        }
        let fresh: Vec<Tip> =
            holds.iter().filter(|tip| !self.noted.contains(tip)).copied().collect();
        let noted = self.with_peer(move |workstation, peer| {
            workstation.note_peer_holds(peer, &fresh, signed).is_ok()
        });
        if noted == Some(true) {
            self.noted = holds;
        }
    }

    fn raise(&self, alarm: Alarm) {
        tracing::warn!(?alarm, "a link raises an alarm");
        match alarm {
            Alarm::Fork { journal, seq, .. } => {
                self.with_peer(move |workstation, _| {
                    if let Err(error) = workstation.raise_fork(journal, seq) {
                        tracing::error!(%error, "the alarm was not written down");
                    }
                });
            }
            Alarm::Quarantined { .. } | Alarm::Refused { .. } | Alarm::MustUpgrade { .. } => {
                if self.is_centre {
                    let refused =
                        |state: &mut Shown| std::mem::replace(&mut state.centre.refused, true);
                    if !self.inner.shared.change(refused) {
                        self.note_refusal(&format!("{alarm:?}"));
                    }
                    self.inner.changed();
                }
            }
            Alarm::Parked { .. } | Alarm::CorruptBlob { .. } => {}
        }
    }

    fn note_refusal(&self, why: &str) {
        let why = why.to_owned();
        let noted =
            self.inner.ask(false, move |workstation| workstation.note_refusal("centre", &why));
        if let Some(Err(error)) = noted {
            tracing::error!(%error, "a refusal was not noted");
        }
    }

    fn state(&self, state: State) {
        match state {
            State::Level if self.is_centre => {
                self.inner.shared.change(|state| state.centre.refused = false);
            }
            // One that takes a connection and never answers is as silent as one that is off.
            State::Offline { .. } => self.tell(false),
            State::Level | State::Greeting | State::Working { .. } => {}
        }
    }
}

/// A clock that only goes forward, from when the link began.
struct Began(std::time::Instant);

impl Began {
    #[expect(clippy::disallowed_methods, reason = "the link waits by a clock nobody can put back")]
    fn now() -> Self {
        Self(std::time::Instant::now())
    }

    fn elapsed_ms(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
