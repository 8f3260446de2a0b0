//! The world that one seed makes: who there is, what happens when, and what goes wrong.

use journal::{BlobHash, BootId, Draft, Keep, SigningKey, SubjectId};
use replication::link::Ask;
use replication::{Push, Request};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::check::{self, Seen};
use crate::dice::Dice;
use crate::disk::{Card, Disk, MOVED, UNKNOWN};
use crate::mutant::Mutant;
use crate::net::Letter;
use crate::node::{Node, Out, PHOTO, Role};

/// How long after healing everything must be level, in milliseconds.
const LEVEL_WITHIN_MS: u64 = 60_000;
/// The same where something was parked: it is offered again after ten minutes and a half.
const LEVEL_WITHIN_PARKED_MS: u64 = 2_400_000;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Faults {
    /// Nothing.
    None,
    /// Whatever the seed says.
    All,
}

/// One run.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Decides everything else.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
    /// How the hosts are wrong, if they are.
    pub mutant: Option<Mutant>,
}

/// What did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The checker, by its name in the design.
    pub checker: &'static str,
    /// What it saw.
    pub what: String,
}

/// What came of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// SHA-256 of everything that happened, in order.
    pub trace: [u8; 32],
    /// How long it lasted in the shop, in milliseconds.
    pub simulated_ms: u64,
    /// How often what went wrong.
    pub faults: BTreeMap<&'static str, u64>,
    /// How many entries the centre ended with.
    pub entries: usize,
    /// The first thing that did not hold.
    pub failure: Option<Failure>,
}

/// Plays one seed. The same setting gives the same outcome, trace included.
#[must_use]
pub fn run(setting: Setting) -> Outcome {
    let mut world = World::new(setting);
    let played = catch_unwind(AssertUnwindSafe(|| world.play()));
    let failure = match played {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(Failure { checker: "panic", what: words.unwrap_or("no words").to_owned() })
        }
    };
    Outcome {
        trace: world.trace.finalize().into(),
        simulated_ms: world.now,
        faults: world.tally,
        entries: world.nodes[0].disk.rows().count(),
        failure,
    }
}

#[derive(Debug)]
enum Event {
    Deliver { to: usize, letter: Letter },
    Timer { node: usize, life: u32, peer: usize },
    Commit { node: usize, life: u32 },
    Expire { node: usize, life: u32, to: usize, ask: Ask },
    Person { node: usize },
    Crash { node: usize },
    Start { node: usize },
    Copy { node: usize },
    SetBack { node: usize },
    Cut { from: usize, to: usize },
    Mend { from: usize, to: usize },
}

/// How bad the network is, each in a thousand messages.
#[derive(Clone, Copy, Debug, Default)]
struct Weather {
    lost: u64,
    doubled: u64,
    late: u64,
    torn: u64,
    /// How many transactions in a thousand end with the power.
    cut_short: u64,
}

struct World {
    setting: Setting,
    dice: Dice,
    now: u64,
    count: u64,
    queue: BTreeMap<(u64, u64), Event>,
    keys: Vec<SigningKey>,
    nodes: Vec<Node>,
    seen: Vec<Seen>,
    copies: BTreeMap<usize, Disk>,
    cuts: BTreeSet<(usize, usize)>,
    weather: Weather,
    signed: bool,
    people_until: u64,
    was_set_back: bool,
    tally: BTreeMap<&'static str, u64>,
    trace: Sha256,
}

impl World {
    fn new(setting: Setting) -> Self {
        let mut dice = Dice::new(setting.seed);
        let signed = dice.permille(25);
        let both_ways = dice.permille(250);
        // Where nothing goes wrong a shop may be one till and the centre: nothing comes twice there.
        let smallest = if setting.faults == Faults::None { 2 } else { 3 };
        let size = dice.index(3) + smallest;
        let keys: Vec<SigningKey> = (0..size).map(|_| key(&mut dice)).collect();
        let role = |index: usize| Role {
            index,
            key: keys[index].clone(),
            links: (0..size)
                .filter(|peer| *peer < index || (both_ways && 0 < index && index < *peer))
                .collect(),
            signed,
            mutant: setting.mutant,
        };
        let nodes = (0..size).map(|index| Node::new(role(index), Disk::default())).collect();
        let mut world = Self {
            setting,
            dice,
            now: 0,
            count: 0,
            queue: BTreeMap::new(),
            keys: keys.clone(),
            nodes,
            seen: vec![Seen::new(); size],
            copies: BTreeMap::new(),
            cuts: BTreeSet::new(),
            weather: Weather::default(),
            signed,
            people_until: 0,
            was_set_back: false,
            tally: BTreeMap::new(),
            trace: Sha256::new(),
        };
        world.plan();
        world
    }

    /// What will happen, as far as the seed knows beforehand.
    fn plan(&mut self) {
        let size = self.nodes.len();
        self.people_until = self.dice.between(20_000, 90_000);
        self.nodes[0].disk.blobs.insert(BlobHash::of(PHOTO));
        for node in 0..size {
            let at = self.dice.between(0, 2_000);
            self.at(at, Event::Start { node });
            self.at(at + 100, Event::Person { node });
        }
        if self.setting.faults == Faults::None {
            return;
        }
        let end = self.people_until;
        self.weather = Weather {
            lost: self.dice.between(0, 120),
            doubled: self.dice.between(0, 120),
            late: self.dice.between(0, 200),
            cut_short: self.dice.between(0, 15),
            torn: if self.signed || self.dice.permille(200) { self.dice.between(1, 20) } else { 0 },
        };
        for _ in 0..self.dice.between(0, 8) {
            let (node, at) = (self.dice.index(size), self.dice.between(1_000, end));
            self.at(at, Event::Crash { node });
        }
        for _ in 0..self.dice.between(0, 6) {
            let (from, to) = (self.dice.index(size), self.dice.index(size));
            let at = self.dice.between(0, end);
            let until = at + self.dice.between(1_000, 40_000);
            self.at(at, Event::Cut { from, to });
            self.at(until, Event::Mend { from, to });
            if self.dice.permille(700) {
                self.at(at, Event::Cut { from: to, to: from });
                self.at(until, Event::Mend { from: to, to: from });
            }
        }
        if self.dice.permille(400) {
            for _ in 0..self.dice.between(1, 2) {
                let node = self.dice.index(size);
                let at = self.dice.between(3_000, end - 5_000);
                let back = self.dice.between(at + 1, end);
                self.at(at, Event::Copy { node });
                self.at(back, Event::SetBack { node });
            }
        }
    }

    fn at(&mut self, at: u64, event: Event) {
        self.count += 1;
        self.queue.insert((at, self.count), event);
    }

    fn fault(&mut self, kind: &'static str) {
        *self.tally.entry(kind).or_default() += 1;
    }

    fn play(&mut self) -> Result<(), Failure> {
        while let Some(event) = self.next_before(self.people_until) {
            self.happen(event)?;
        }
        self.heal();
        let healed = self.now;
        let mut look_at = healed;
        loop {
            if look_at <= self.now {
                if self.is_level() {
                    break;
                }
                look_at = self.now + 500;
            }
            let within = self.patience();
            match self.next_before(healed + within) {
                Some(event) => self.happen(event)?,
                None => return Err(self.not_level(within)),
            }
        }
        self.check()
    }

    fn next_before(&mut self, until: u64) -> Option<Event> {
        let (&(at, _), _) = self.queue.first_key_value()?;
        if until < at {
            return None;
        }
        let (_, event) = self.queue.pop_first()?;
        self.now = at;
        Some(event)
    }

    fn patience(&self) -> u64 {
        let parked = self.nodes.iter().any(|node| !node.disk.parked.is_empty());
        if parked { LEVEL_WITHIN_PARKED_MS } else { LEVEL_WITHIN_MS }
    }

    fn not_level(&self, within: u64) -> Failure {
        let states: Vec<String> = self
            .nodes
            .iter()
            .map(|it| {
                let states: Vec<_> = it.states().collect();
                let (entries, cards) = (it.disk.rows().count(), it.disk.cards.len());
                format!("{}: {entries} entries, {cards} cards, {states:?}", it.role.index)
            })
            .collect();
        let what = format!("not level {within} ms after healing: {}", states.join("; "));
        Failure { checker: "S6 level", what }
    }

    fn is_level(&self) -> bool {
        let ends = |node: &Node| node.disk.tips().into_iter().collect::<BTreeSet<_>>();
        let centre = &self.nodes[0];
        self.nodes.iter().all(|node| {
            ends(node) == ends(centre)
                && node.disk.cards == centre.disk.cards
                && node.disk.blobs == centre.disk.blobs
        })
    }

    fn happen(&mut self, event: Event) -> Result<(), Failure> {
        self.note(&event);
        match event {
            Event::Deliver { to, letter } => self.deliver(to, &letter),
            Event::Timer { node, life, peer } => {
                if self.is_alive(node, life) {
                    let out = self.nodes[node].timer(self.now, peer);
                    self.carry(node, out);
                }
            }
            Event::Commit { node, life } => {
                if self.is_alive(node, life) {
                    if self.dice.permille(self.weather.cut_short) {
                        self.fault("cut short");
                        return self.crash(node);
                    }
                    let out = self.nodes[node].committed(self.now);
                    self.carry(node, out);
                    return self.look(node);
                }
            }
            Event::Expire { node, life, to, ask } => {
                if self.is_alive(node, life) {
                    let out = self.nodes[node].expire(to, ask);
                    self.carry(node, out);
                }
            }
            Event::Person { node } => self.person(node),
            Event::Crash { node } => return self.crash(node),
            Event::Start { node } => self.start(node),
            Event::Copy { node } => {
                self.copies.insert(node, self.nodes[node].disk.clone());
            }
            Event::SetBack { node } => return self.set_back(node),
            Event::Cut { from, to } => {
                self.fault("cut");
                self.cuts.insert((from, to));
            }
            Event::Mend { from, to } => {
                self.cuts.remove(&(from, to));
            }
        }
        Ok(())
    }

    fn note(&mut self, event: &Event) {
        let (kind, number, who, about): (u8, _, _, &[u8]) = match event {
            Event::Deliver { to, letter } => (0, letter.ask.0, *to, &letter.bytes),
            Event::Timer { node, peer, .. } => (1, *peer as u64, *node, &[]),
            Event::Commit { node, life } => (2, u64::from(*life), *node, &[]),
            Event::Expire { node, ask, .. } => (3, ask.0, *node, &[]),
            Event::Person { node } => (4, 0, *node, &[]),
            Event::Crash { node } => (5, 0, *node, &[]),
            Event::Start { node } => (6, 0, *node, &[]),
            Event::Copy { node } => (7, 0, *node, &[]),
            Event::SetBack { node } => (8, 0, *node, &[]),
            Event::Cut { from, to } => (9, *from as u64, *to, &[]),
            Event::Mend { from, to } => (10, *from as u64, *to, &[]),
        };
        for word in [self.now, kind.into(), number, who as u64] {
            self.trace.update(word.to_be_bytes());
        }
        self.trace.update(about);
    }

    fn is_alive(&self, node: usize, life: u32) -> bool {
        self.nodes[node].is_up && self.nodes[node].life == life
    }

    fn deliver(&mut self, to: usize, letter: &Letter) {
        if self.cuts.contains(&(letter.from, to)) || !self.nodes[to].is_up {
            return;
        }
        let out = self.nodes[to].receive(self.now, letter, &self.keys);
        self.carry(to, out);
    }

    fn carry(&mut self, node: usize, out: Vec<Out>) {
        let life = self.nodes[node].life;
        for out in out {
            match out {
                Out::Send { to, letter } => self.post(to, letter),
                Out::Timer { peer, at_ms } => {
                    self.at(at_ms.max(self.now), Event::Timer { node, life, peer });
                }
                Out::Commit => {
                    let at = self.now + self.dice.between(1, 25);
                    self.at(at, Event::Commit { node, life });
                }
                Out::Expire { to, ask, after_ms } => {
                    self.at(self.now + after_ms, Event::Expire { node, life, to, ask });
                }
            }
        }
    }

    fn post(&mut self, to: usize, mut letter: Letter) {
        let weather = self.weather;
        if self.dice.permille(weather.lost) {
            return self.fault("lost");
        }
        if self.dice.permille(weather.torn) {
            if self.signed {
                let at = self.dice.index(letter.bytes.len());
                letter.bytes[at] ^= 1;
                self.fault("flipped");
            } else if let Some(torn) = tear(&letter.bytes).filter(|_| !letter.is_reply) {
                letter.bytes = torn;
                self.fault("torn");
            }
        }
        if self.dice.permille(weather.doubled) {
            self.fault("doubled");
            let at = self.now + self.dice.between(1, 3_000);
            self.at(at, Event::Deliver { to, letter: letter.clone() });
        }
        let mut delay = self.dice.between(1, 20);
        if self.dice.permille(weather.late) {
            self.fault("late");
            delay += self.dice.between(20, 4_000);
        }
        self.at(self.now + delay, Event::Deliver { to, letter });
    }

    fn person(&mut self, node: usize) {
        if self.people_until <= self.now {
            return;
        }
        let next = self.now + self.dice.between(300, 9_000);
        self.at(next, Event::Person { node });
        if !self.nodes[node].is_up {
            return;
        }
        let out = if self.dice.permille(200) {
            let (id, stamp, value) = (self.dice.between(1, 6), self.now, self.dice.number());
            self.nodes[node].set_card(self.now, id, Card { stamp, value })
        } else {
            let drafts = (0..self.dice.between(1, 4)).map(|_| draft(&mut self.dice)).collect();
            self.nodes[node].sell(self.now, drafts)
        };
        self.carry(node, out);
    }

    fn start(&mut self, node: usize) {
        if self.nodes[node].is_up {
            return;
        }
        let boot = BootId(self.dice.bytes());
        let (wall_ms, seed) = (wall(&mut self.dice), self.dice.number());
        let out = self.nodes[node].start(self.now, boot, wall_ms, seed);
        self.carry(node, out);
    }

    fn crash(&mut self, node: usize) -> Result<(), Failure> {
        if !self.nodes[node].is_up {
            return Ok(());
        }
        self.fault("crash");
        self.nodes[node].crash();
        let at = self.now + self.dice.between(200, 10_000);
        self.at(at, Event::Start { node });
        let (disk, acked) = (&self.nodes[node].disk, &self.nodes[node].acked);
        named("S3 acked is held", node, check::acked_is_held(disk, acked))?;
        self.look(node)
    }

    /// The disk is replaced by an older copy of itself.
    fn set_back(&mut self, node: usize) -> Result<(), Failure> {
        let Some(copy) = self.copies.get(&node).cloned() else {
            return Ok(());
        };
        self.crash(node)?;
        self.fault("set back");
        self.was_set_back = true;
        self.nodes[node].disk = copy;
        self.nodes[node].acked.clear();
        self.seen[node].clear();
        Ok(())
    }

    fn heal(&mut self) {
        self.weather = Weather::default();
        self.cuts.clear();
        self.queue.retain(|_, event| {
            !matches!(event, Event::Cut { .. } | Event::Crash { .. } | Event::SetBack { .. })
        });
        for node in 0..self.nodes.len() {
            if self.nodes[node].is_up {
                let out = self.nodes[node].connected(self.now);
                self.carry(node, out);
            } else {
                self.start(node);
            }
        }
    }

    /// What is checked whenever a disk has changed.
    fn look(&mut self, node: usize) -> Result<(), Failure> {
        let (disk, seen) = (&self.nodes[node].disk, &mut self.seen[node]);
        named("J1 append only", node, check::append_only(seen, disk))?;
        *seen = disk.journals.iter().map(|(id, journal)| (*id, journal.ends())).collect();
        Ok(())
    }

    /// What is checked once all is quiet.
    fn check(&self) -> Result<(), Failure> {
        let disks: Vec<&Disk> = self.nodes.iter().map(|node| &node.disk).collect();
        let mut checked = BTreeSet::new();
        for (node, disk) in disks.iter().enumerate() {
            named("J3 gapless", node, check::gapless(disk))?;
            named("J2 chain", node, check::chained(disk, &mut checked))?;
            named("J7 fold", node, check::folded(disk))?;
        }
        named("J4 no reuse", 0, check::no_reuse(&disks, self.was_set_back))?;
        named("S1 no loss", 0, check::nothing_lost(disks[0], &disks))?;
        named("S2 effect once", 0, check::once(disks[0]))?;
        for (node, disk) in disks.iter().enumerate() {
            named("S2 effect once", node, check::same(disks[0], disk))?;
            let acked = &self.nodes[node].acked;
            named("S3 acked is held", node, check::acked_is_held(disk, acked))?;
        }
        Ok(())
    }
}

fn named(checker: &'static str, node: usize, result: Result<(), String>) -> Result<(), Failure> {
    result.map_err(|what| Failure { checker, what: format!("node {node}: {what}") })
}

fn key(dice: &mut Dice) -> SigningKey {
    let mut secret: [u8; 32] = dice.bytes();
    secret[0] = 1;
    SigningKey::from_secret(&secret).expect("a number below the order of the curve is a key")
}

/// What a clock says: somewhere within ten years of 2026, for it never matters.
fn wall(dice: &mut Dice) -> i64 {
    const TEN_YEARS_MS: u64 = 10 * 365 * 86_400_000;
    let from_1970 = 1_767_225_600_000 - TEN_YEARS_MS + dice.between(0, 2 * TEN_YEARS_MS);
    i64::try_from(from_1970).expect("it fits for another 290 million years")
}

/// Mostly a move of an amount, at times something that nobody here knows.
fn draft(dice: &mut Dice) -> Draft {
    let kind = if dice.permille(150) { UNKNOWN } else { MOVED };
    let mut body = dice.bytes::<16>().to_vec();
    body[0] %= 5;
    body.truncate(dice.index(14) + 3);
    let keep = if dice.permille(500) { Keep::Fiscal } else { Keep::Operation };
    Draft { kind, kind_version: 1, keep, subject: Some(SubjectId(dice.bytes())), body }
}

/// The push without its last entry: what half a transaction would look like.
fn tear(bytes: &[u8]) -> Option<Vec<u8>> {
    let Ok(Request::Push(Push { journal, base, mut entries, seal })) = Request::decode(bytes)
    else {
        return None;
    };
    entries.pop();
    let torn = !entries.is_empty();
    torn.then(|| Request::Push(Push { journal, base, entries, seal }).encode())
}
