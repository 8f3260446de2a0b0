//! The half of replication that asks: a [`Link`] to one peer with its hands, and no thread of its own.
//! Whoever drives it carries what is [`Outgoing`] and brings back what is answered: the runtime by
//! threads, the simulator by its own clock.

mod late;

use crate::replicate::{self, Holds, Peer, Signed};
use crate::shared::{Shared, State as Shown};
use crate::store::settings::Identity as Seat;
use crate::store::{StoreError, cards, journals, publications};
use crate::workstation::{BUILD, Workstation};
use journal::mutant::{self, Mutant};
use journal::{BlobHash, BootId, JournalId, PublicKey, Tip};
use replication::link::{
    Alarm, Ask, BlobOutcome, Effect, Identity, Input, NoReply, ReadOutcome, State,
};
use replication::{
    Link, MAX_TIPS, Place, Push, Refusal, Reply, Request, RequestHash, Sealed, Sender, Unopened,
    open_reply, seal_request,
};
use rusqlite::Transaction;
use std::collections::{BTreeMap, VecDeque};
use std::io;

/// For how long the centre is silent before that is an event.
const OFFLINE_AFTER_MS: i64 = 3 * 60_000;

/// How a link reaches the workstation that it works for.
pub trait Desk {
    /// Runs `look` in one snapshot.
    ///
    /// # Errors
    ///
    /// What `look` says, or what SQLite says at begin.
    fn read<T>(
        &mut self,
        look: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError>;

    /// Lets `work` have the workstation; `None` where that has ended.
    fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T>;

    /// What this run knows beside the file.
    fn shared(&self) -> &Shared;

    /// Something changed that screens show.
    fn changed(&mut self);

    /// What the clock says: ms since 1970 UTC, a label.
    fn now_ms(&self) -> i64;
}

/// An envelope to carry to the peer.
#[derive(Debug)]
pub struct Outgoing {
    /// What to call it when its answer is brought.
    pub ask: Ask,
    /// The envelope.
    pub sealed: Sealed,
    /// It asks the peer to answer when there is news: it needs a line of its own.
    pub listens: bool,
}

/// A link and its hands.
pub struct Linked {
    link: Link,
    own: PublicKey,
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
    /// The peer was greeted after a silence, and what it holds was not written down since.
    is_heard_anew: bool,
    /// What the centre signed last, until it is written down with what it holds.
    signed: Option<Signed>,
    /// Blobs on their way.
    parts: BTreeMap<BlobHash, Vec<u8>>,
    timer: Option<u64>,
    /// Whether the centre answers, as it was last noted in the log of events.
    noted_answers: Option<bool>,
    /// How often the centre's link was told to let another be asked first.
    asked_late: u32,
    outgoing: Vec<Outgoing>,
}

impl Linked {
    /// A link to a peer; `seat` is who asks. `None` where the workstation has ended.
    pub fn begin(desk: &mut impl Desk, seat: &Seat, is_centre: bool) -> Option<Self> {
        let (boot, sends, tip) = desk.write(|workstation| {
            // Requests are counted from 1 for each link: of another run than this one, or a peer
            // that heard an earlier link of ours would take them for repeated.
            (workstation.boot(), BootId(workstation.draw()), workstation.tip())
        })?;
        let centre = seat.centre.as_ref().map(|centre| centre.key);
        let peer = centre.filter(|_| is_centre);
        let merged = peer.and_then(|peer| desk.read(|tx| cards::feed(tx, &peer)).ok());
        let (cards_merged, cards_pushed) = merged.unwrap_or((0, 0));
        let journal = tip.map(|tip| tip.journal);
        let build = BUILD.to_owned();
        let identity = Identity { journal, boot, build, cards_merged, cards_pushed };
        let seed = u64::from_be_bytes(sends.0[..8].try_into().expect("a boot has 16 bytes"));
        let mut link = Link::new(identity, seed);
        if let Some(centre) = &seat.centre {
            link.come_first(centre.journal);
        }
        Some(Self {
            link,
            own: seat.key.public_key(),
            peer: None,
            is_centre,
            centre,
            sender: Sender::new(seat.key.clone(), sends),
            fed: BTreeMap::new(),
            fed_cards: 0,
            noted: Vec::new(),
            is_heard_anew: false,
            signed: None,
            parts: BTreeMap::new(),
            timer: None,
            noted_answers: None,
            asked_late: 0,
            outgoing: Vec::new(),
        })
    }

    /// The way to the peer is open. `at_ms` is, here and below, on a clock of the driver's that only
    /// goes forward.
    pub fn connected(&mut self, desk: &mut impl Desk, at_ms: u64) -> Vec<Outgoing> {
        let mut inputs = self.news(desk);
        inputs.push(Input::Connected);
        self.drive(desk, at_ms, inputs)
    }

    /// Something may have changed here: entries, cards, blobs.
    pub fn look(&mut self, desk: &mut impl Desk, at_ms: u64) -> Vec<Outgoing> {
        let inputs = self.news(desk);
        self.drive(desk, at_ms, inputs)
    }

    /// The peer answered, or did not.
    pub fn answered(
        &mut self,
        desk: &mut impl Desk,
        at_ms: u64,
        ask: Ask,
        hash: RequestHash,
        reply: io::Result<Vec<u8>>,
    ) -> Vec<Outgoing> {
        let reply = self.open(desk, hash, reply);
        self.drive(desk, at_ms, vec![Input::Reply { ask, reply }])
    }

    /// [`Self::due_ms`] has come.
    pub fn timer(&mut self, desk: &mut impl Desk, at_ms: u64) -> Vec<Outgoing> {
        self.drive(desk, at_ms, vec![Input::Timer])
    }

    /// When [`Self::timer`] is to be called; `None` for not before something happens.
    #[must_use]
    pub const fn due_ms(&self) -> Option<u64> {
        self.timer
    }

    /// The link, to look at.
    #[must_use]
    pub const fn link(&self) -> &Link {
        &self.link
    }

    /// Who answers, once somebody has.
    #[must_use]
    pub const fn peer(&self) -> Option<Peer> {
        self.peer
    }

    fn drive(&mut self, desk: &mut impl Desk, at_ms: u64, inputs: Vec<Input>) -> Vec<Outgoing> {
        let mut inputs = VecDeque::from(inputs);
        while let Some(input) = inputs.pop_front() {
            for effect in self.link.handle(at_ms, input) {
                self.carry_out(desk, effect, &mut inputs);
            }
        }
        self.note_what_peer_holds(desk);
        std::mem::take(&mut self.outgoing)
    }

    /// What changed here since the link was last told.
    fn news(&mut self, desk: &mut impl Desk) -> Vec<Input> {
        let read = desk
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

    /// Opens a reply: it must be signed by the centre, or by a workstation of this shop that stays
    /// the same one.
    fn open(
        &mut self,
        desk: &mut impl Desk,
        hash: RequestHash,
        reply: io::Result<Vec<u8>>,
    ) -> Result<Reply, NoReply> {
        let bytes = match reply {
            Ok(bytes) => bytes,
            Err(error) => {
                tracing::debug!(%error, "no answer");
                self.tell(desk, false);
                return Err(NoReply::Unreachable);
            }
        };
        let mut from = None;
        let opened = {
            let (own, centre) = (self.own, self.centre);
            let (expected, is_centre) = (self.peer, self.is_centre);
            open_reply(
                &bytes,
                |key| {
                    from = if is_centre {
                        centre
                            .filter(|centre| centre == key)
                            .map(|key| Peer { key, is_centre: true })
                    } else {
                        let known = desk.read(|tx| replicate::knows(tx, key));
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
                self.tell(desk, true);
                let reply = Reply::decode(&opened.body).map_err(|_| NoReply::NotBelieved)?;
                if mutant::is(Mutant::ClockDecidesTrust)
                    && let Reply::Welcome(welcome) = &reply
                    && 3_600_000 < welcome.time_ms.abs_diff(desk.now_ms())
                {
                    return Err(NoReply::NotBelieved);
                }
                if let Reply::Welcome(welcome) = &reply
                    && matches!(self.link.state(), State::Greeting)
                {
                    // A list that was cut at its longest says nothing of what is not on it.
                    self.is_heard_anew = welcome.tips.len() < MAX_TIPS;
                }
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
                self.tell(desk, false);
                Err(NoReply::NotBelieved)
            }
        }
    }

    /// Tells the safety line whether the peer answers.
    fn tell(&mut self, desk: &mut impl Desk, answers: bool) {
        let now_ms = desk.now_ms();
        let changed = desk.shared().change(|state| {
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
            desk.changed();
        }
        self.note_centre(desk, answers);
    }

    /// Has it noted when the centre has been silent for long, and when it answers again: once each.
    fn note_centre(&mut self, desk: &mut impl Desk, answers: bool) {
        let now_ms = desk.now_ms();
        let silent_since_ms = desk.shared().read(|state| state.centre.silent_since_ms);
        let is_long = silent_since_ms.is_some_and(|since| OFFLINE_AFTER_MS <= now_ms - since);
        if !self.is_centre
            || !(answers || is_long)
            || self.noted_answers.replace(answers) == Some(answers)
        {
            return;
        }
        let noted = desk.write(move |workstation| workstation.note_centre(answers));
        if let Some(Err(error)) = noted {
            tracing::error!(%error, "the centre's silence was not noted");
            self.noted_answers = None;
        }
    }

    fn carry_out(&mut self, desk: &mut impl Desk, effect: Effect, inputs: &mut VecDeque<Input>) {
        match effect {
            Effect::Send { ask, request } => {
                if mutant::is(Mutant::WitnessedWhenSent)
                    && let Request::Push(push) = &request
                {
                    let push = push.clone();
                    self.with_peer(desk, move |workstation, peer| {
                        workstation.note_sent(peer, &push).is_ok()
                    });
                }
                self.send(desk, ask, &request, inputs);
            }
            Effect::Read { ask, tip, after, wish } => {
                let read = desk.read(|tx| replicate::read(tx, tip, after, wish.into()));
                let outcome = read.unwrap_or(ReadOutcome::Failed);
                inputs.push_back(Input::Read { ask, outcome });
            }
            Effect::Find { ask, at } => {
                let found = desk.read(|tx| journals::chain_of(tx, at));
                inputs.push_back(Input::Found { ask, held: matches!(found, Ok(Some(_))) });
            }
            Effect::Hashes { ask, tip, seqs } => {
                let read = desk.read(|tx| replicate::hashes(tx, tip, &seqs));
                let hashes = read.unwrap_or_else(|_| vec![None; seqs.len()]);
                inputs.push_back(Input::Hashes { ask, hashes });
            }
            Effect::Append { ask, push } => {
                let reply = self.append(desk, push);
                inputs.extend(self.news(desk));
                inputs.push_back(Input::Appended { ask, reply });
            }
            Effect::ReadCards { ask, after } => {
                let page = desk.read(|tx| replicate::read_cards(tx, after));
                inputs.push_back(Input::CardsRead { ask, page: page.ok() });
            }
            Effect::StoreCards { ask, page } => {
                let stored = self.with_peer(desk, move |workstation, peer| {
                    workstation.store_cards(peer, page).is_ok()
                });
                inputs.push_back(Input::CardsStored { ask, stored: stored == Some(true) });
            }
            Effect::CardsPushed { through } => {
                self.with_peer(desk, move |workstation, peer| {
                    workstation.note_cards_pushed(peer, through).is_ok()
                });
            }
            Effect::StoreBlob { ask, part } => {
                let mut parts = std::mem::take(&mut self.parts);
                let stored = desk.write(move |workstation| {
                    let outcome = workstation.store_blob(&mut parts, &part);
                    (outcome, parts)
                });
                let outcome = stored.and_then(|(outcome, parts)| {
                    self.parts = parts;
                    outcome.ok()
                });
                let outcome = outcome.unwrap_or(BlobOutcome::Failed);
                inputs.push_back(Input::BlobStored { ask, outcome });
            }
            Effect::Late { ask, behind } => self.late(desk, ask, behind, inputs),
            Effect::LateNoMore => self.late_no_more(desk),
            Effect::StoreSnapshot { ask, page } => self.store_snapshot(desk, ask, page, inputs),
            Effect::Follow { ask, push } => self.follow(desk, ask, push, inputs),
            Effect::Timer { at_ms } => self.timer = Some(at_ms),
            Effect::Alarm(alarm) => self.raise(desk, alarm),
            Effect::State(state) => self.state(desk, state),
        }
    }

    fn send(
        &mut self,
        desk: &impl Desk,
        ask: Ask,
        request: &Request,
        inputs: &mut VecDeque<Input>,
    ) {
        match seal_request(&mut self.sender, desk.now_ms(), request.encode()) {
            Ok(sealed) => {
                let listens = matches!(request, Request::Listen(_));
                self.outgoing.push(Outgoing { ask, sealed, listens });
            }
            Err(error) => {
                tracing::error!(%error, "a request is too large for an envelope");
                inputs.push_back(Input::Reply { ask, reply: Err(NoReply::Unreachable) });
            }
        }
    }

    fn append(&mut self, desk: &mut impl Desk, push: Push) -> Reply {
        let reply =
            self.with_peer(desk, move |workstation, peer| workstation.append_pulled(peer, &push));
        reply.unwrap_or(Reply::Refused(Refusal::Failed))
    }

    /// Lets `work` have the workstation and the peer; `None` where either is not there.
    fn with_peer<T: Send + 'static>(
        &self,
        desk: &mut impl Desk,
        work: impl FnOnce(&mut Workstation, Peer) -> T + Send + 'static,
    ) -> Option<T> {
        let peer = self.peer?;
        desk.write(move |workstation| work(workstation, peer))
    }

    /// Writes down what the peer has said it holds, where that is more than before, or where it is heard
    /// anew: what it said before it fell silent stands no more.
    fn note_what_peer_holds(&mut self, desk: &mut impl Desk) {
        let holds: Vec<Tip> = self
            .fed
            .keys()
            .flat_map(|&journal| {
                self.link.peer_holds(journal).iter().map(move |place| place.in_journal(journal))
            })
            .collect();
        let signed = self.signed.take();
        let anew = self.is_heard_anew;
        if !anew && (holds == self.noted || holds.is_empty()) {
            return;
        }
        let is_news = |tip: &&Tip| anew || !self.noted.contains(tip);
        let holds_now =
            Holds { tips: holds.iter().filter(is_news).copied().collect(), is_all: anew };
        let noted = self.with_peer(desk, move |workstation, peer| {
            workstation.note_peer_holds(peer, &holds_now, signed).is_ok()
        });
        if noted == Some(true) {
            self.noted = holds;
            self.is_heard_anew = false;
        }
    }

    fn raise(&self, desk: &mut impl Desk, alarm: Alarm) {
        tracing::warn!(?alarm, "a link raises an alarm");
        match alarm {
            Alarm::Fork { journal, seq, .. } => {
                self.with_peer(desk, move |workstation, _| {
                    if let Err(error) = workstation.raise_fork(journal, seq) {
                        tracing::error!(%error, "the alarm was not written down");
                    }
                });
            }
            Alarm::Quarantined { .. } | Alarm::Refused { .. } | Alarm::MustUpgrade { .. } => {
                if self.is_centre {
                    let refused =
                        |state: &mut Shown| std::mem::replace(&mut state.centre.refused, true);
                    if !desk.shared().change(refused) {
                        note_refusal(desk, &format!("{alarm:?}"));
                    }
                    desk.changed();
                }
            }
            Alarm::Parked { .. } | Alarm::CorruptBlob { .. } => {}
        }
    }

    fn state(&mut self, desk: &mut impl Desk, state: State) {
        match state {
            State::Level if self.is_centre => {
                desk.shared().change(|state| state.centre.refused = false);
            }
            // One that takes a connection and never answers is as silent as one that is off.
            State::Offline { .. } => {
                self.late_no_more(desk);
                self.tell(desk, false);
            }
            State::Level | State::Greeting | State::Working { .. } => {}
        }
        if state == State::Level {
            self.caught_up(desk);
        }
    }
}

fn note_refusal(desk: &mut impl Desk, why: &str) {
    let why = why.to_owned();
    let noted = desk.write(move |workstation| workstation.note_refusal("centre", &why));
    if let Some(Err(error)) = noted {
        tracing::error!(%error, "a refusal was not noted");
    }
}
