//! Two hosts and the link of each to the other, with a line in between that may lose things.

use alloc::borrow::ToOwned;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use journal::{BootId, EntryHash};

use super::host::Host;
use crate::link::{Alarm, Ask, Effect, Grant, Identity, Input, NoReply, State};
use crate::{Link, Listen, Reply, Request, Unreadable};

/// What happens to one request in so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Faults {
    /// Any number: everything that goes wrong follows from it.
    pub(super) seed: u64,
    /// Of a hundred requests, so many meet with a fault.
    pub(super) percent: u64,
    /// From when on nothing goes wrong any more, in milliseconds.
    pub(super) until_ms: u64,
}

impl Faults {
    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.seed ^ (self.seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

struct Listener {
    ask: Ask,
    listen: Listen,
    until_ms: u64,
}

pub(super) struct World {
    pub(super) hosts: [Host; 2],
    pub(super) links: [Option<Link>; 2],
    pub(super) now: u64,
    pub(super) alarms: [BTreeSet<Alarm>; 2],
    /// How many requests of each number were sent, both ways.
    pub(super) sent: BTreeMap<u32, usize>,
    faults: Faults,
    queue: BTreeMap<(u64, u64), (usize, Input)>,
    next: u64,
    timers: [Option<u64>; 2],
    listeners: [Option<Listener>; 2],
    told: [(BTreeSet<EntryHash>, u64); 2],
}

const WIRE_MS: u64 = 3;

impl World {
    pub(super) fn new(hosts: [Host; 2], faults: Faults) -> Self {
        let link = |host: &Host, number: u8| {
            let me = Identity {
                journal: None,
                boot: BootId([number; 16]),
                build: "test".to_owned(),
                cards_merged: host.merged,
                cards_pushed: 0,
            };
            Some(Link::new(me, number.into()))
        };
        let links = [link(&hosts[0], 1), link(&hosts[1], 2)];
        let mut world = Self {
            hosts,
            links,
            now: 1_000,
            alarms: [BTreeSet::new(), BTreeSet::new()],
            sent: BTreeMap::new(),
            faults,
            queue: BTreeMap::new(),
            next: 0,
            timers: [None; 2],
            listeners: [None, None],
            told: [(BTreeSet::new(), 0), (BTreeSet::new(), 0)],
        };
        for side in [0, 1] {
            world.changed(side);
            world.put(side, 0, Input::Connected);
        }
        world
    }

    pub(super) fn put(&mut self, side: usize, in_ms: u64, input: Input) {
        self.next += 1;
        self.queue.insert((self.now + in_ms, self.next), (side, input));
    }

    /// Tells a host's own link, and whoever listens there, what is new.
    pub(super) fn changed(&mut self, side: usize) {
        let host = &self.hosts[side];
        let now_held = (host.entries(), host.cards_end());
        if self.told[side] == now_held {
            return;
        }
        self.told[side] = now_held;
        let (tips, end) = (host.tips_by_journal(), host.cards_end());
        for (journal, tips) in tips {
            self.put(side, 0, Input::LocalTips { journal, tips });
        }
        self.put(side, 0, Input::LocalCards { end });
        let news = self.listeners[side].as_ref().and_then(|it| self.hosts[side].news(&it.listen));
        if let Some(reply) = news
            && let Some(listener) = self.listeners[side].take()
        {
            self.put(1 - side, WIRE_MS, Input::Reply { ask: listener.ask, reply: Ok(reply) });
        }
    }

    /// The host has another disk from now on, and its link starts anew.
    pub(super) fn replace(&mut self, side: usize, host: Host) {
        let Self { links, .. } = Self::new([host.clone(), host.clone()], self.faults);
        let [one, other] = links;
        self.links[side] = if side == 0 { one } else { other };
        self.hosts[side] = host;
        self.queue.retain(|_, (at, _)| *at != side);
        self.timers[side] = None;
        self.listeners = [None, None];
        self.told[side] = (BTreeSet::new(), 0);
        self.changed(side);
        self.put(side, 0, Input::Connected);
        self.put(1 - side, 0, Input::Disconnected);
    }

    /// Plays until `done`, or for so long at most; says whether it was done.
    pub(super) fn run(&mut self, for_ms: u64, done: impl Fn(&Self) -> bool) -> bool {
        let end = self.now + for_ms;
        while !done(self) {
            let timers = [0, 1].map(|side| self.timers[side].map(|at| (at, side)));
            let timer = timers.into_iter().flatten().min();
            let waits = [0, 1].map(|side| Some((self.listeners[side].as_ref()?.until_ms, side)));
            let wait = waits.into_iter().flatten().min();
            let queued = self.queue.keys().next().map(|(at, _)| *at);
            let Some(next) = [timer.map(|it| it.0), wait.map(|it| it.0), queued]
                .into_iter()
                .flatten()
                .min()
                .filter(|next| *next <= end)
            else {
                return false;
            };
            self.now = self.now.max(next);
            if queued == Some(next) {
                let (_, (side, input)) = self.queue.pop_first().unwrap();
                self.feed(side, input);
            } else if let Some((at, side)) = wait
                && at == next
            {
                let listener = self.listeners[side].take().unwrap();
                let poke = crate::answer::poke_reply(self.hosts[side].all_tips(), 0);
                self.put(1 - side, WIRE_MS, Input::Reply { ask: listener.ask, reply: Ok(poke) });
            } else if let Some((_, side)) = timer {
                self.timers[side] = None;
                self.feed(side, Input::Timer);
            }
        }
        true
    }

    fn feed(&mut self, side: usize, input: Input) {
        let Some(link) = &mut self.links[side] else {
            return;
        };
        for effect in link.handle(self.now, input) {
            self.act(side, effect);
        }
    }

    fn act(&mut self, side: usize, effect: Effect) {
        let host = &mut self.hosts[side];
        let outcome = match effect {
            Effect::Send { ask, request } => return self.send(side, ask, &request),
            Effect::Timer { at_ms } => {
                self.timers[side] = Some(at_ms);
                return;
            }
            Effect::Alarm(alarm) => {
                self.alarms[side].insert(alarm);
                return;
            }
            Effect::State(_) | Effect::LateNoMore | Effect::CardsPushed { .. } => return,
            Effect::Read { ask, tip, after, wish } => {
                Input::Read { ask, outcome: host.read(tip, after, wish) }
            }
            Effect::Find { ask, at } => Input::Found { ask, held: host.holds(at) },
            Effect::Hashes { ask, tip, seqs } => {
                let hashes = host.hashes(tip, &seqs).unwrap_or_default();
                Input::Hashes { ask, hashes }
            }
            Effect::Append { ask, push } => Input::Appended { ask, reply: host.push(&push) },
            Effect::ReadCards { ask, after } => {
                Input::CardsRead { ask, page: Some(host.cards_after(after)) }
            }
            Effect::StoreCards { ask, page } => {
                host.merge(&page);
                Input::CardsStored { ask, stored: true }
            }
            Effect::StoreBlob { ask, part } => {
                Input::BlobStored { ask, outcome: host.store_blob(&part) }
            }
            Effect::Late { ask, .. } => Input::Granted { ask, grant: Grant::No },
            Effect::StoreSnapshot { ask, .. } => Input::SnapshotStored { ask, ends: None },
            Effect::Follow { ask, .. } => Input::Followed { ask, kept: false },
        };
        self.put(side, 0, outcome);
        self.changed(side);
    }

    /// Carries the request over as bytes, and its answer back, unless the line has it otherwise.
    fn send(&mut self, side: usize, ask: Ask, request: &Request) {
        let bytes = request.encode();
        *self.sent.entry(number(&bytes)).or_default() += 1;
        let there = 1 - side;
        let bad = self.now < self.faults.until_ms && self.faults.next() % 100 < self.faults.percent;
        let fault = if bad { Some(self.faults.next() % 5) } else { None };
        let reply = match fault {
            Some(0) => return,
            Some(1) => Some(Err(NoReply::Unreachable)),
            Some(2) => Some(Ok(Reply::Busy { retry_ms: 300 })),
            Some(_) | None => self.ask(there, ask, &bytes).map(Ok),
        };
        self.changed(there);
        let reply = match (fault, reply) {
            // It was done, and nothing or nonsense is heard of it.
            (Some(3), _) => return,
            (Some(4), Some(_)) => Some(Err(NoReply::NotBelieved)),
            (_, reply) => reply,
        };
        if let Some(reply) = reply {
            self.put(side, 2 * WIRE_MS, Input::Reply { ask, reply });
        }
    }

    fn ask(&mut self, there: usize, ask: Ask, bytes: &[u8]) -> Option<Reply> {
        let host = &mut self.hosts[there];
        let number = number(bytes);
        if host.unknown.contains(&number) {
            return Some(Reply::Unknown { number });
        }
        let request: Result<Request, Unreadable> = Request::decode(bytes);
        let request = request.expect("what is sent is read");
        assert!(request.check_limits().is_ok());
        let listen =
            if let Request::Listen(listen) = &request { Some(listen.clone()) } else { None };
        let reply = host.answer(request);
        if let (None, Some(listen)) = (&reply, listen) {
            let until_ms = self.now + u64::from(listen.wait_ms);
            self.listeners[there] = Some(Listener { ask, listen, until_ms });
        }
        let bytes = reply?.encode();
        Some(Reply::decode(&bytes).expect("what is answered is read"))
    }

    /// Both hold the same, and both know it.
    pub(super) fn is_level(&self) -> bool {
        let [one, other] = &self.hosts;
        let level = |link: &Option<Link>| link.as_ref().is_none_or(|it| it.state() == State::Level);
        one.entries() == other.entries()
            && one.card_names() == other.card_names()
            && self.links.iter().all(level)
    }

    pub(super) fn sent(&self, number: u32) -> usize {
        self.sent.get(&number).copied().unwrap_or(0)
    }

    pub(super) fn told(&self) -> Vec<Alarm> {
        self.alarms.iter().flatten().copied().collect()
    }
}

/// `[number, …]`: all of ours are below 24, one byte.
fn number(bytes: &[u8]) -> u32 {
    bytes[1].into()
}
