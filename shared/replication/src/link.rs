//! The half that asks: what one side does about one peer.
//!
//! A link knows where the own journals end and where the peer's do, and nothing else. Whatever the
//! peer lacks is pushed, whoever wrote it; whatever is lacking here is pulled. Each journal has a
//! lane up and a lane down, and they fail, wait and stop apart, so that one blocked journal or
//! direction holds up no other. Effects go out, outcomes come back under the number of the effect;
//! an outcome that nobody waits for any more is ignored, and what it wrote is found in the tips.
//!
//! One link serves both directions, so two workstations need one link between them; two do no harm.

mod events;
mod feed;
mod lane;
mod pace;
mod search;
mod snapshot;
mod turn;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use journal::mutant::{self, Mutant};
use journal::{BlobHash, JournalId, Tip};

use crate::message::{
    Hello, Listen, MAX_LISTEN_MS, MAX_TIPS, PROTOCOL, Place, Refusal, Reply, Request, Trouble,
    Welcome,
};
pub use events::{
    Alarm, Ask, BlobOutcome, EarlyEnd, Effect, Grant, Identity, Input, NoReply, ReadOutcome, State,
};
use feed::Feeds;
use lane::{Lanes, Way};
use pace::{Backoff, Jitter};
use snapshot::Early;
pub use snapshot::LATE_ENTRIES;
use turn::{Parts, Turn};

/// How long a request may go unanswered, in milliseconds. On a line too slow for what was asked,
/// less is asked the next time.
pub const REQUEST_TIMEOUT_MS: u64 = 15_000;
/// How long a hello may go unanswered, in milliseconds.
pub const HELLO_TIMEOUT_MS: u64 = 10_000;
/// How long a peer that cannot listen is left alone, in milliseconds.
pub const POLL_MS: u64 = 5_000;
/// How long between the answer to a listen and the next, in milliseconds: a peer that always has
/// news is asked fifty times a second, not as fast as it can answer.
pub const LISTEN_PAUSE_MS: u64 = 20;
/// How often a peer is greeted anew, in milliseconds: it may have been restarted, or set back to an
/// older disk, without a connection ever breaking.
pub const GREET_MS: u64 = 30_000;
/// How many journals travel at once, each way.
pub const MAX_LANES: usize = 4;
/// How long a journal that was refused or quarantined is left alone, in milliseconds. The alarm is
/// for people; this is for causes that mend themselves, as an enrolment that arrives later.
pub const STOPPED_MS: u64 = 600_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Offline { retry_at_ms: u64 },
    Greeting,
    Up,
}

/// Who waits for an answer or an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Hello,
    Listen,
    Lane(JournalId, Way),
    CardsDown,
    CardsUp,
    Blob(BlobHash),
    Early,
}

#[derive(Clone, Copy, Debug)]
struct Pending {
    asker: Asker,
    sent_ms: u64,
    /// `None` for the host, which always answers.
    deadline_ms: Option<u64>,
}

/// One side's view of one peer.
#[derive(Clone, Debug)]
pub struct Link {
    me: Identity,
    phase: Phase,
    backoff: Backoff,
    jitter: Jitter,
    lanes: BTreeMap<JournalId, Lanes>,
    /// The journal whose lane was started last: the next to start comes after it.
    turn: Option<JournalId>,
    feeds: Feeds,
    early: Early,
    pending: BTreeMap<Ask, Pending>,
    next_ask: u64,
    heard_ms: u64,
    listens: bool,
    /// Until when a peer that knew no listen is not asked whether it does by now.
    deaf_until_ms: u64,
    poll_at_ms: u64,
    greet_at_ms: u64,
    /// The peer has not been told that entries of its own are on this disk now: it counts them as held
    /// here once it is.
    owes_greeting: bool,
    timer_at_ms: Option<u64>,
    state: Option<State>,
}

impl Link {
    /// A link that has not spoken yet: feed the local tips, then [`Input::Connected`]. `seed` is for
    /// jitter: any number, another on every machine.
    #[must_use]
    pub fn new(me: Identity, seed: u64) -> Self {
        let feeds = Feeds::new(me.cards_merged, me.cards_pushed);
        Self {
            me,
            phase: Phase::Offline { retry_at_ms: u64::MAX },
            backoff: Backoff::default(),
            jitter: Jitter::new(seed),
            lanes: BTreeMap::new(),
            turn: None,
            feeds,
            early: Early::default(),
            pending: BTreeMap::new(),
            next_ask: 1,
            heard_ms: 0,
            listens: true,
            deaf_until_ms: 0,
            poll_at_ms: 0,
            greet_at_ms: 0,
            owes_greeting: false,
            timer_at_ms: None,
            state: None,
        }
    }

    /// What the peer is known to hold on its disk of a journal: ends of chains. Every entry up to
    /// one of them has a second copy there.
    #[must_use]
    pub fn peer_holds(&self, journal: JournalId) -> &[Place] {
        self.lanes.get(&journal).map_or(&[], Lanes::peer)
    }

    /// The journals of which a lane waits after a refusal: alarms were raised.
    pub fn stopped(&self) -> impl Iterator<Item = JournalId> {
        self.lanes.iter().filter(|(_, lanes)| lanes.stopped() != 0).map(|(journal, _)| *journal)
    }

    /// Whether cards or a blob wait after a refusal: an alarm was raised.
    #[must_use]
    pub fn feeds_stopped(&self) -> bool {
        self.feeds.are_stopped()
    }

    /// Has this journal come before any other, as that which says who may write in the shop.
    pub const fn come_first(&mut self, journal: JournalId) {
        self.early.set_first(journal);
    }

    /// What the link is doing.
    #[must_use]
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Offline { retry_at_ms } => State::Offline { retry_at_ms },
            Phase::Greeting => State::Greeting,
            Phase::Up => {
                let count = |way| self.lanes.values().filter(|it| it.is_behind(way)).count();
                let (up, down) = (count(Way::Up), count(Way::Down));
                let stopped = self.lanes.values().map(Lanes::stopped).sum();
                if up == 0 && down == 0 && stopped == 0 && self.feeds.is_level() {
                    State::Level
                } else {
                    State::Working { up, down, stopped }
                }
            }
        }
    }

    /// Until when this link waits with something of which nobody was told, on the clock of
    /// [`Self::handle`]; `None` where it does not wait. Never more than a minute: what waits longer
    /// has raised an [`Alarm`].
    #[must_use]
    pub fn silent_until_ms(&self) -> Option<u64> {
        match self.phase {
            Phase::Offline { retry_at_ms: u64::MAX } | Phase::Greeting => None,
            Phase::Offline { retry_at_ms } => Some(retry_at_ms),
            Phase::Up => {
                let asks =
                    !self.is_waiting_for(Asker::Hello) && !self.is_waiting_for(Asker::Listen);
                let asks = asks.then(|| {
                    let greets_ms = self.next_greeting_ms();
                    if self.listens { self.poll_at_ms.min(greets_ms) } else { greets_ms }
                });
                let lanes = self.lanes.values().flat_map(Lanes::silent);
                asks.into_iter().chain(lanes).chain(self.feeds.silent()).max()
            }
        }
    }

    /// Works out what follows from an input. `now_ms` is a clock that only goes forward, in
    /// milliseconds from anywhere; what the wall clock says never matters here.
    #[must_use]
    pub fn handle(&mut self, now_ms: u64, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.take(now_ms, input, &mut effects);
        self.expire(now_ms, &mut effects);
        self.start(now_ms, &mut effects);
        let state = self.state();
        if self.state != Some(state) {
            self.state = Some(state);
            effects.push(Effect::State(state));
        }
        let wake = self.wake_ms();
        if wake != self.timer_at_ms {
            self.timer_at_ms = wake;
            if let Some(at_ms) = wake {
                effects.push(Effect::Timer { at_ms });
            }
        }
        effects
    }

    fn turn<'a>(&'a mut self, now_ms: u64, effects: &'a mut Vec<Effect>) -> (Turn<'a>, Parts<'a>) {
        let turn = Turn {
            now_ms,
            effects,
            pending: &mut self.pending,
            next_ask: &mut self.next_ask,
            jitter: &mut self.jitter,
        };
        let parts =
            Parts { lanes: &mut self.lanes, feeds: &mut self.feeds, early: &mut self.early };
        (turn, parts)
    }

    fn take(&mut self, now_ms: u64, input: Input, effects: &mut Vec<Effect>) {
        match input {
            Input::Connected => self.hurry(now_ms),
            Input::Disconnected => self.go_offline(now_ms),
            Input::LocalTips { journal, tips } => {
                self.lanes.entry(journal).or_default().set_local(tips);
            }
            Input::LocalCards { end } => self.feeds.set_local_cards(end),
            Input::Want(sha256) => self.feeds.want(sha256),
            Input::Poked(poke) => self.hear(&poke.tips, poke.cards),
            Input::Reply { ask, reply } => self.replied(now_ms, ask, reply, effects),
            Input::Read { ask, outcome } => {
                self.outcome(now_ms, ask, effects, |lanes, way, turn| {
                    lanes.read(way, outcome, turn);
                });
            }
            Input::Found { ask, held } => {
                self.outcome(now_ms, ask, effects, |lanes, way, _turn| lanes.found(way, held));
            }
            Input::Hashes { ask, hashes } => {
                self.outcome(now_ms, ask, effects, |lanes, way, turn| {
                    lanes.hashes(way, hashes, turn);
                });
            }
            Input::Appended { ask, reply } => self.appended(now_ms, ask, &reply, effects),
            Input::CardsRead { ask, page } => {
                if self.pending.remove(&ask).is_some() {
                    let (mut turn, parts) = self.turn(now_ms, effects);
                    parts.feeds.cards_read(page, &mut turn);
                }
            }
            Input::CardsStored { ask, stored } => {
                if self.pending.remove(&ask).is_some() {
                    let (mut turn, parts) = self.turn(now_ms, effects);
                    parts.feeds.cards_stored(stored, &mut turn);
                }
            }
            Input::BlobStored { ask, outcome } => {
                if let Some(Pending { asker: Asker::Blob(sha256), .. }) = self.pending.remove(&ask)
                {
                    let (mut turn, parts) = self.turn(now_ms, effects);
                    parts.feeds.blob_stored(sha256, outcome, &mut turn);
                }
            }
            Input::Granted { ask, grant } => {
                self.early_outcome(now_ms, ask, effects, |parts, turn| {
                    parts.early.granted(grant, parts.lanes, turn);
                });
            }
            Input::SnapshotStored { ask, ends } => {
                self.early_outcome(now_ms, ask, effects, |parts, turn| {
                    parts.early.stored(ends.as_deref(), turn);
                });
            }
            Input::Followed { ask, kept } => {
                self.early_outcome(now_ms, ask, effects, |parts, turn| {
                    parts.early.kept(kept, turn);
                });
            }
            Input::Timer => self.timer_at_ms = None,
        }
    }

    fn appended(&mut self, now_ms: u64, ask: Ask, reply: &Reply, effects: &mut Vec<Effect>) {
        self.owes_greeting |= matches!(reply, Reply::Ack(_) | Reply::Fork(_));
        self.outcome(now_ms, ask, effects, |lanes, way, turn| lanes.appended(way, reply, turn));
    }

    /// Hands the outcome of a lane's effect to the lane, if it still waits for it.
    fn outcome(
        &mut self,
        now_ms: u64,
        ask: Ask,
        effects: &mut Vec<Effect>,
        hand: impl FnOnce(&mut Lanes, Way, &mut Turn<'_>),
    ) {
        if let Some(Pending { asker: Asker::Lane(journal, way), .. }) = self.pending.remove(&ask) {
            let (mut turn, parts) = self.turn(now_ms, effects);
            if let Some(lanes) = parts.lanes.get_mut(&journal) {
                hand(lanes, way, &mut turn);
            }
        }
    }

    /// Hands over the outcome of an effect about a snapshot, if it is still waited for.
    fn early_outcome(
        &mut self,
        now_ms: u64,
        ask: Ask,
        effects: &mut Vec<Effect>,
        hand: impl FnOnce(Parts<'_>, &mut Turn<'_>),
    ) {
        if let Some(Pending { asker: Asker::Early, .. }) = self.pending.remove(&ask) {
            let (mut turn, parts) = self.turn(now_ms, effects);
            hand(parts, &mut turn);
        }
    }

    fn replied(
        &mut self,
        now_ms: u64,
        ask: Ask,
        reply: Result<Reply, NoReply>,
        effects: &mut Vec<Effect>,
    ) {
        let Some(Pending { asker, .. }) = self.pending.remove(&ask) else {
            return;
        };
        let reply = match reply {
            Ok(reply) if reply.check_limits().is_ok() => reply,
            Err(NoReply::Unreachable) => {
                self.slower(asker);
                return self.go_offline(now_ms);
            }
            Ok(_) | Err(NoReply::NotBelieved) => return self.failed(now_ms, asker, effects),
        };
        self.heard_ms = now_ms;
        if let Reply::Refused(why) = &reply
            && turns_away(*why)
        {
            effects.push(Effect::Alarm(Alarm::Refused { journal: None, why: *why }));
            return self.go_offline(now_ms);
        }
        match asker {
            Asker::Hello => self.greeted(now_ms, reply, effects),
            Asker::Listen => self.listened(now_ms, &reply),
            Asker::Lane(journal, way) => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                if let Some(lanes) = parts.lanes.get_mut(&journal) {
                    lanes.replied(journal, way, reply, &mut turn);
                }
            }
            Asker::CardsDown => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.feeds.cards_answered(reply, &mut turn);
            }
            Asker::CardsUp => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.feeds.cards_pushed(&reply, &mut turn);
            }
            Asker::Blob(sha256) => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.feeds.blob_answered(sha256, reply, &mut turn);
            }
            Asker::Early => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.early.replied(reply, &mut turn);
            }
        }
    }

    fn greeted(&mut self, now_ms: u64, reply: Reply, effects: &mut Vec<Effect>) {
        if let Reply::Welcome(Welcome { tips, cards, cards_merged, .. }) = reply {
            // It may be another program by now.
            self.listens |= self.phase != Phase::Up || self.deaf_until_ms <= now_ms;
            self.phase = Phase::Up;
            self.backoff.succeeded();
            self.poll_at_ms = if self.listens { now_ms } else { now_ms.saturating_add(POLL_MS) };
            self.greet_at_ms = now_ms.saturating_add(GREET_MS);
            self.feeds.greet(cards, cards_merged);
            self.hear(&tips, cards);
        } else if let Reply::Busy { retry_ms } = reply {
            let retry_at_ms = now_ms.saturating_add(self.jitter.around(retry_ms.into()));
            if self.phase == Phase::Up {
                // What is under way is not given up for a greeting that can wait.
                self.greet_at_ms = retry_at_ms;
                return;
            }
            self.forget_requests();
            self.phase = Phase::Offline { retry_at_ms };
        } else {
            if let Reply::Upgrade { protocol } = reply {
                effects.push(Effect::Alarm(Alarm::MustUpgrade { protocol }));
            }
            self.go_offline(now_ms);
        }
    }

    /// There is reason to try at once whatever waits for a better time.
    fn hurry(&mut self, now_ms: u64) {
        let is_new =
            matches!(self.phase, Phase::Offline { retry_at_ms } if retry_at_ms == u64::MAX);
        if mutant::is(Mutant::BackOffWithoutEnd) && !is_new {
            return;
        }
        if let Phase::Offline { retry_at_ms } = &mut self.phase {
            *retry_at_ms = now_ms;
        }
        self.lanes.values_mut().for_each(Lanes::hurry);
        self.feeds.hurry();
    }

    fn listened(&mut self, now_ms: u64, reply: &Reply) {
        if let Reply::Poke(poke) = reply {
            self.poll_at_ms = now_ms.saturating_add(LISTEN_PAUSE_MS);
            if self.feeds.is_set_back(poke.cards) {
                self.greet_at_ms = now_ms;
            }
            self.hear(&poke.tips, poke.cards);
            return;
        }
        // It does not know how: it is asked by greeting it. Another refusal is of this one request.
        if matches!(reply, Reply::Unknown { .. }) {
            self.listens = false;
            self.deaf_until_ms = now_ms.saturating_add(GREET_MS);
        }
        let wait_ms = match reply.trouble() {
            Some(Trouble::Busy { retry_ms }) => self.jitter.around(retry_ms.into()),
            Some(Trouble::Later | Trouble::Never(_)) | None => POLL_MS,
        };
        self.poll_at_ms = now_ms.saturating_add(wait_ms);
    }

    /// What the peer says it holds: the whole of it.
    fn hear(&mut self, tips: &[Tip], cards: u64) {
        let mut by_journal: BTreeMap<JournalId, Vec<Place>> = BTreeMap::new();
        for tip in tips {
            by_journal.entry(tip.journal).or_default().push(Place::of(*tip));
        }
        let journals: BTreeSet<JournalId> =
            self.lanes.keys().chain(by_journal.keys()).copied().collect();
        for journal in journals {
            let there = by_journal.remove(&journal).unwrap_or_default();
            self.lanes.entry(journal).or_default().set_peer(there);
        }
        self.feeds.hint_peer_cards(cards);
        self.feeds.blobs_may_be_there_now();
    }

    /// Nothing heard: forget what is under way, and try again later.
    fn go_offline(&mut self, now_ms: u64) {
        self.forget_requests();
        let wait = self.backoff.failed(&mut self.jitter);
        self.phase = Phase::Offline { retry_at_ms: now_ms.saturating_add(wait) };
    }

    fn forget_requests(&mut self) {
        self.pending.clear();
        for lanes in self.lanes.values_mut() {
            lanes.forget_requests();
        }
        self.feeds.forget_requests();
        self.early.forget_requests();
    }

    /// One request came to nothing. Its lane waits; the link is given up only if the peer has been
    /// silent altogether.
    fn failed(&mut self, now_ms: u64, asker: Asker, effects: &mut Vec<Effect>) {
        match asker {
            Asker::Hello => self.go_offline(now_ms),
            Asker::Listen if mutant::is(Mutant::PokeOnly) => self.poll_at_ms = u64::MAX,
            Asker::Listen => self.poll_at_ms = now_ms.saturating_add(POLL_MS),
            Asker::Lane(journal, way) => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                if let Some(lanes) = parts.lanes.get_mut(&journal) {
                    lanes.failed(way, &mut turn);
                }
            }
            Asker::CardsDown | Asker::CardsUp | Asker::Blob(_) => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.feeds.failed(asker, &mut turn);
            }
            Asker::Early => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.early.failed(&mut turn);
            }
        }
    }

    /// A line on which this was too much gets less of it the next time, whether the link is given up
    /// or the lane alone: over 64 kbit/s a push of 1 MiB fills the line, and nothing else is heard.
    fn slower(&mut self, asker: Asker) {
        if let Asker::Lane(journal, way) = asker
            && let Some(lanes) = self.lanes.get_mut(&journal)
        {
            lanes.slower(way);
        }
    }

    fn expire(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        let late: Vec<(Ask, Pending)> = self
            .pending
            .iter()
            .filter(|(_, pending)| pending.deadline_ms.is_some_and(|at| at <= now_ms))
            .map(|(ask, pending)| (*ask, *pending))
            .collect();
        for (ask, pending) in late {
            if self.pending.remove(&ask).is_none() {
                continue;
            }
            if self.heard_ms < pending.sent_ms {
                self.slower(pending.asker);
                self.go_offline(now_ms);
            } else {
                self.failed(now_ms, pending.asker, effects);
            }
        }
    }

    /// Starts whatever can be started.
    fn start(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        match self.phase {
            Phase::Offline { retry_at_ms } if retry_at_ms <= now_ms => {
                self.phase = Phase::Greeting;
                self.greet(now_ms, effects);
            }
            Phase::Offline { .. } | Phase::Greeting => {}
            Phase::Up => {
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.early.start(parts.lanes, &mut turn);
                self.start_lanes(now_ms, effects);
                let (mut turn, parts) = self.turn(now_ms, effects);
                parts.feeds.start(&mut turn);
                self.start_listening(now_ms, effects);
            }
        }
    }

    fn greet(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        self.owes_greeting = false;
        let request = Request::Hello(Hello {
            protocol: PROTOCOL,
            journal: self.me.journal,
            boot: self.me.boot,
            build: self.me.build.clone(),
            tips: self.tips(Lanes::local),
            cards: self.feeds.local_cards(),
        });
        self.turn(now_ms, effects).0.send(Asker::Hello, HELLO_TIMEOUT_MS, request);
    }

    fn tips(&self, of: impl Fn(&Lanes) -> &[Place]) -> Vec<Tip> {
        self.lanes
            .iter()
            .flat_map(|(&journal, lanes)| of(lanes).iter().map(move |it| it.in_journal(journal)))
            .take(MAX_TIPS)
            .collect()
    }

    fn start_lanes(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        for lanes in self.lanes.values_mut() {
            lanes.wake(now_ms);
        }
        if mutant::is(Mutant::OneLaneBlocksAll) && self.lanes.values().any(|it| 0 < it.stopped()) {
            return;
        }
        let after_turn = |journal: &JournalId| Some(*journal) <= self.turn;
        let mut journals: Vec<JournalId> = self.lanes.keys().copied().collect();
        let first = self.early.first();
        let is_first = |journal: &JournalId| Some(*journal) == first;
        journals.sort_by_key(|journal| (!is_first(journal), after_turn(journal), *journal));
        for way in [Way::Up, Way::Down] {
            let most = match way {
                Way::Up => MAX_LANES,
                Way::Down => self.early.max_down(MAX_LANES),
            };
            let mut busy = self.lanes.values().filter(|it| it.is_busy(way)).count();
            for &journal in &journals {
                if most <= busy {
                    break;
                }
                let (mut turn, parts) = self.turn(now_ms, effects);
                let started = parts
                    .lanes
                    .get_mut(&journal)
                    .is_some_and(|lanes| lanes.start(journal, way, &mut turn));
                if started {
                    busy = busy.saturating_add(1);
                    self.turn = Some(journal);
                }
            }
        }
    }

    fn start_listening(&mut self, now_ms: u64, effects: &mut Vec<Effect>) {
        if !self.is_waiting_for(Asker::Hello) && self.next_greeting_ms() <= now_ms {
            self.greet(now_ms, effects);
        }
        if self.listens && !self.is_waiting_for(Asker::Listen) && self.poll_at_ms <= now_ms {
            let request = Request::Listen(Listen {
                tips: self.tips(Lanes::peer),
                cards: self.feeds.peer_cards(),
                wait_ms: MAX_LISTEN_MS,
            });
            let timeout_ms = HELLO_TIMEOUT_MS.saturating_add(MAX_LISTEN_MS.into());
            self.turn(now_ms, effects).0.send(Asker::Listen, timeout_ms, request);
        }
    }

    fn is_waiting_for(&self, asker: Asker) -> bool {
        self.pending.values().any(|pending| pending.asker == asker)
    }

    /// When the peer is greeted again: at once where it is to hear what was stored, as soon as nothing
    /// more of it is being fetched. A peer that cannot listen is asked by greeting it.
    fn next_greeting_ms(&self) -> u64 {
        if mutant::is(Mutant::PokeOnly) {
            return u64::MAX;
        }
        if self.owes_greeting && !self.lanes.values().any(|it| it.is_busy(Way::Down)) {
            return 0;
        }
        if self.listens { self.greet_at_ms } else { self.greet_at_ms.min(self.poll_at_ms) }
    }

    /// When something is due that no answer will bring about.
    fn wake_ms(&self) -> Option<u64> {
        let requests = self.pending.values().filter_map(|pending| pending.deadline_ms);
        let phase = match self.phase {
            Phase::Offline { retry_at_ms: u64::MAX } | Phase::Greeting => None,
            Phase::Offline { retry_at_ms } => Some(retry_at_ms),
            Phase::Up => {
                let greeting = !self.is_waiting_for(Asker::Hello);
                let listening = self.listens && !self.is_waiting_for(Asker::Listen);
                let greeting = greeting.then(|| self.next_greeting_ms());
                greeting.into_iter().chain(listening.then_some(self.poll_at_ms)).min()
            }
        };
        let waits: &mut dyn Iterator<Item = u64> = match self.phase {
            Phase::Up => &mut self
                .lanes
                .values()
                .flat_map(Lanes::waits)
                .chain(self.feeds.waits())
                .chain(self.early.waits()),
            Phase::Offline { .. } | Phase::Greeting => &mut core::iter::empty(),
        };
        requests.chain(phase).chain(waits).min()
    }
}

/// Whether a refusal is about who I am rather than what I asked.
const fn turns_away(why: Refusal) -> bool {
    match why {
        Refusal::UnknownSender | Refusal::BadSignature | Refusal::Revoked => true,
        Refusal::Unreadable
        | Refusal::TooLarge
        | Refusal::Replayed
        | Refusal::NotAllowed
        | Refusal::Failed => false,
    }
}
