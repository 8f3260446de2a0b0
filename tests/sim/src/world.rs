//! The world that one seed makes: who there is, and what happens when.

use crate::books::Books;
use crate::centre::{self, Centre};
use crate::check::{self, LEVEL_MS, Ledger, Sending, Stopped};
use crate::dice::{Dice, Stream};
use crate::faults::Fault;
use crate::lines::Lines;
use crate::net::{Asked, CENTRE, Letter, NodeId, PATIENCE_MS};
use crate::pc::{self, Pc};
use crate::people::{People, Sent};
use crate::plan::{Plan, Weather};
use crate::setting::{Failure, Faults, Outcome, Setting};
use crate::template::{self, BEGINS_MS};
use crate::trace::{Trace, short};
use crate::weather::Sky;
use domain::id::OrderId;
use journal::mutant;
use pos_api::Role;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tempfile::TempDir;

/// Plays one seed. The same setting gives the same outcome, trace included.
#[must_use]
pub fn run(setting: Setting) -> Outcome {
    journal::hashed::switch_on();
    let mut world = World::new(setting);
    mutant::set(setting.mutant);
    let played = catch_unwind(AssertUnwindSafe(|| world.play()));
    mutant::set(None);
    let failure = match played {
        Ok(Ok(())) => None,
        Ok(Err(failure)) => Some(failure),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            Some(Failure { checker: "panic", what: words.unwrap_or("no words").to_owned() })
        }
    };
    let entries = world.centre.halves.iter().flat_map(|half| half.books.journals.values());
    let entries = entries.flat_map(|it| &it.chains).map(|chain| chain.rows.len()).sum();
    let (trace, lines) = world.trace.finish();
    Outcome {
        trace,
        lines,
        served_ms: world.plan.services.iter().map(|it| it.to - it.from).sum(),
        size: (world.plan.shops.len(), world.plan.services.len()),
        faults: world.tally,
        entries,
        commands: world.people.done,
        failure,
    }
}

/// Whether everybody holds the same, but for what is refused.
pub(crate) type IsLevel = fn(&mut World, &Stopped) -> bool;

/// How long somebody waits who was told that leave is asked for, in milliseconds.
const RETRY_MS: u64 = 2_000;

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Event {
    Deliver(Letter),
    /// No answer will come to this.
    Fail(Asked),
    Timer {
        node: NodeId,
        life: u32,
        peer: NodeId,
        at_ms: u64,
    },
    Expire {
        of: NodeId,
        life: u32,
        asked: Asked,
    },
    Commit {
        life: u32,
        shop: usize,
    },
    /// Somebody at a workstation.
    Person {
        node: NodeId,
    },
    /// Somebody tries again to take the money of another till's order.
    Retry {
        node: NodeId,
    },
    /// A workstation looks after the shop's roles.
    Tend {
        node: NodeId,
        life: u32,
    },
    /// By now the kitchen shows an order that a till sent, where nothing was in the way.
    Seen(Sending),
    /// A workstation, or the centre, is switched on.
    Start {
        node: NodeId,
    },
    /// The shops open, or shut.
    Open(usize),
    Shut(usize),
    Fault(Fault),
}

/// Everything there is.
pub(crate) struct World {
    pub(crate) setting: Setting,
    pub(crate) plan: Plan,
    pub(crate) dice: Dice,
    pub(crate) network: Dice,
    pub(crate) disks: Dice,
    pub(crate) boots: Dice,
    pub(crate) now: u64,
    count: u64,
    pub(crate) queue: BTreeMap<(u64, u64), Event>,
    /// The workstations by node; the centre's place is empty, and so is that of one that is starting.
    pub(crate) pcs: Vec<Option<Pc>>,
    pub(crate) centre: Centre,
    pub(crate) people: People,
    pub(crate) weather: Weather,
    pub(crate) sky: Sky,
    /// Until when each machine had trouble that may keep others from hearing it.
    pub(crate) troubled: BTreeMap<NodeId, u64>,
    /// From whom nothing reaches whom, and how often that was decided.
    pub(crate) cuts: BTreeMap<(NodeId, NodeId), u32>,
    /// Lines that carry little.
    pub(crate) lines: Lines,
    /// How far the centre's clock is ahead of the world's, in milliseconds.
    pub(crate) centre_off_ms: i64,
    /// A copy of the centre's books that was put aside.
    pub(crate) centre_kept: Option<Vec<Books>>,
    /// How many menus were published since the first.
    pub(crate) menus: u32,
    pub(crate) ledger: Ledger,
    pub(crate) tally: BTreeMap<&'static str, u64>,
    pub(crate) trace: Trace,
    pub(crate) folder: TempDir,
}

impl World {
    fn new(setting: Setting) -> Self {
        let stream = |stream| Dice::new(setting.seed, stream);
        let mut dice = stream(Stream::Plan);
        let plan = Plan::draw(&mut dice, setting.faults);
        let shops: Vec<_> = (0..plan.shops.len()).map(template::shop).collect();
        let folder = tempfile::Builder::new().prefix("sim").tempdir_in(memory());
        let folder = folder.expect("there is a place for temporary files");
        let mut pcs = vec![None];
        for (shop, (tills, kitchens)) in plan.shops.iter().enumerate() {
            let places = (0..*tills).chain(3..3 + kitchens);
            let first = pcs.len();
            for place in places {
                let node = pcs.len();
                let anchor = folder.path().join(format!("{node}.anchor"));
                let mut pc = Pc::new(node, shop, &shops[shop].pcs[place], anchor);
                pc.dials = (first..node).collect();
                pc.listen_ms = plan.listen_ms;
                pcs.push(Some(pc));
            }
            if plan.both_ways {
                let last = pcs.len();
                for pc in pcs[first..].iter_mut().flatten() {
                    pc.dials = (first..last).filter(|it| *it != pc.node).collect();
                }
            }
        }
        let menu = template::menu(1, 0);
        let mut world = Self {
            setting,
            dice,
            network: stream(Stream::Network),
            disks: stream(Stream::Disks),
            boots: stream(Stream::Boots),
            now: 0,
            count: 0,
            queue: BTreeMap::new(),
            pcs,
            centre: Centre::new(&shops),
            people: People::new(stream(Stream::People), setting.seed, menu),
            weather: plan.weather,
            sky: Sky::default(),
            troubled: BTreeMap::new(),
            cuts: BTreeMap::new(),
            lines: Lines::default(),
            centre_off_ms: 0,
            centre_kept: None,
            menus: 0,
            ledger: Ledger::default(),
            tally: BTreeMap::new(),
            trace: Trace::new(setting.keeps_trace),
            folder,
            plan,
        };
        world.expect();
        world
    }

    /// What will happen, as far as the seed knows beforehand.
    fn expect(&mut self) {
        self.at(0, Event::Start { node: CENTRE });
        for (place, service) in self.plan.services.clone().into_iter().enumerate() {
            self.at(service.from, Event::Open(place));
            self.at(service.to, Event::Shut(place));
        }
        if self.setting.faults == Faults::All {
            self.expect_faults();
        }
    }

    pub(crate) fn at(&mut self, at: u64, event: Event) {
        self.count += 1;
        self.queue.insert((at.max(self.now), self.count), event);
    }

    pub(crate) fn fault(&mut self, kind: &'static str) {
        *self.tally.entry(kind).or_default() += 1;
    }

    /// What the world's clock says, in ms since 1970 UTC.
    pub(crate) fn wall_ms(&self) -> i64 {
        BEGINS_MS + i64::try_from(self.now).expect("a run is shorter than 292 million years")
    }

    pub(crate) fn centre_ms(&self) -> i64 {
        self.wall_ms().saturating_add(self.centre_off_ms)
    }

    pub(crate) fn pc(&mut self, node: NodeId) -> Option<&mut Pc> {
        self.pcs.get_mut(node)?.as_mut()
    }

    /// The workstations that are there.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        self.pcs.iter().flatten().map(|pc| pc.node).collect()
    }

    fn play(&mut self) -> Result<(), Failure> {
        let last = self.plan.services.last().map_or(0, |it| it.to);
        while let Some(event) = self.next_before(last) {
            self.step(event)?;
        }
        self.heal()?;
        self.level(Self::is_level, LEVEL_MS)?;
        self.each_way_alone()?;
        self.take_over()?;
        self.check()?;
        self.take_one_out()
    }

    /// Waits until everything is level, as `is_level` says, but for what is refused: within so many
    /// milliseconds, and one more for each entry.
    pub(crate) fn level(&mut self, is_level: IsLevel, bound_ms: u64) -> Result<(), Failure> {
        let healed = self.now;
        let nothing = Stopped::default();
        let mut look_at = healed;
        loop {
            if look_at <= self.now {
                if is_level(self, &nothing) {
                    return Ok(());
                }
                look_at = self.now + 500;
            }
            let within = bound_ms + self.entries();
            match self.next_before(healed + within) {
                Some(event) => self.step(event)?,
                None => {
                    let stopped = check::stopped(self);
                    self.now = healed + within;
                    if is_level(self, &nothing) {
                        return Ok(());
                    }
                    // What was refused is offered again after minutes; everything else is level by now.
                    if stopped.is_empty() || !is_level(self, &stopped) {
                        return Err(self.not_level(within));
                    }
                    return self.level_at_last(is_level, healed, within);
                }
            }
        }
    }

    /// Waits until what was refused, and alarmed, was offered again and taken.
    fn level_at_last(
        &mut self,
        is_level: IsLevel,
        healed: u64,
        within: u64,
    ) -> Result<(), Failure> {
        let nothing = Stopped::default();
        let within = within + 2 * replication::link::STOPPED_MS + 60_000;
        let mut look_at = self.now;
        loop {
            if look_at <= self.now {
                if is_level(self, &nothing) {
                    return Ok(());
                }
                look_at = self.now + 2_000;
            }
            match self.next_before(healed + within) {
                Some(event) => self.step(event)?,
                None => return Err(self.not_level(within)),
            }
        }
    }

    /// Lets so much time pass.
    pub(crate) fn wait(&mut self, for_ms: u64) -> Result<(), Failure> {
        let until = self.now + for_ms;
        while let Some(event) = self.next_before(until) {
            self.step(event)?;
        }
        self.now = until;
        Ok(())
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

    /// Lets something happen, and looks at once at what must always hold.
    fn step(&mut self, event: Event) -> Result<(), Failure> {
        self.happen(event)?;
        self.ledger.seen.take().map_or(Ok(()), Err)
    }

    fn happen(&mut self, event: Event) -> Result<(), Failure> {
        if let Some(until) = self.paused_until(&event) {
            self.at(until, event);
            return Ok(());
        }
        match event {
            Event::Deliver(letter) => {
                self.deliver(letter);
                Ok(())
            }
            Event::Fail(asked) => {
                let gone = || Err(io::Error::from(io::ErrorKind::TimedOut));
                if self.is_life(asked.by, asked.life) {
                    self.work(asked.by, |pc, now| pc.answered(now, asked, gone()));
                }
                Ok(())
            }
            Event::Timer { node, life, peer, at_ms } if self.is_life(node, life) => {
                self.work(node, |pc, now| pc.timer(now, peer, at_ms));
                Ok(())
            }
            Event::Expire { of, life, asked } if self.is_life(of, life) => {
                if of == CENTRE {
                    let out = self.centre.expire(self.centre_ms(), asked);
                    self.carry_centre(out);
                } else {
                    self.work(of, |pc, _| pc.expire(asked));
                }
                Ok(())
            }
            Event::Commit { life, shop } if self.is_life(CENTRE, life) => {
                if let Some(is_written) = self.centre.dies_at_commit.take() {
                    self.die_at_commit(shop, is_written);
                    return Ok(());
                }
                let out = self.centre.committed(self.centre_ms(), shop);
                self.carry_centre(out);
                Ok(())
            }
            Event::Timer { .. } | Event::Expire { .. } | Event::Commit { .. } => Ok(()),
            Event::Tend { node, life } => {
                if self.is_life(node, life) {
                    self.work(node, |pc, now| pc.tend_now(now));
                }
                Ok(())
            }
            Event::Person { node } => self.person(node),
            Event::Retry { node } => self.retry(node),
            Event::Seen(sending) => check::seen(self, sending),
            Event::Start { node } => self.start(node),
            Event::Open(service) => {
                self.open(service);
                Ok(())
            }
            Event::Shut(service) => self.shut(service),
            Event::Fault(fault) => {
                check::claims(self, false)?;
                self.strike(fault);
                Ok(())
            }
        }
    }

    /// When it happens instead, where whom it is about stands still.
    fn paused_until(&self, event: &Event) -> Option<u64> {
        let node = match event {
            Event::Deliver(letter) => letter.to(),
            Event::Fail(asked) => asked.by,
            Event::Timer { node, .. }
            | Event::Person { node }
            | Event::Retry { node }
            | Event::Tend { node, .. } => *node,
            Event::Expire { of, .. } => *of,
            Event::Commit { .. }
            | Event::Seen(_)
            | Event::Start { .. }
            | Event::Open(_)
            | Event::Shut(_)
            | Event::Fault(_) => return None,
        };
        let until = self.pcs.get(node)?.as_ref()?.ails.paused_until;
        (self.now < until).then_some(until)
    }

    fn is_life(&self, node: NodeId, life: u32) -> bool {
        if node == CENTRE {
            return self.centre.is_up && self.centre.life == life;
        }
        self.pcs[node].as_ref().is_some_and(|pc| pc.is_up() && pc.life == life)
    }

    fn deliver(&mut self, letter: Letter) {
        let (from, to) = (letter.from(), letter.to());
        let hash = if letter.is_reply { sha(&letter.bytes) } else { short(&letter.asked.hash.0) };
        let arrow = if letter.is_reply { "answers" } else { "asks" };
        self.trace
            .say(self.now, format_args!("{from} {arrow} {to}: {} {hash}", letter.asked.ask.0));
        if letter.is_reply {
            if self.is_life(to, letter.asked.life) {
                self.work(to, |pc, now| pc.answered(now, letter.asked, Ok(letter.bytes)));
            }
            return;
        }
        // Whoever speaks another protocol alone says so, and is told so.
        let is_foreign = [from, to].iter().any(|node| match *node {
            CENTRE => self.centre.is_foreign,
            node => self.pcs[node].as_ref().is_some_and(|pc| pc.ails.foreign),
        });
        if to == CENTRE {
            if !self.centre.is_up {
                self.refuse(letter.asked);
                return;
            }
            let (now, now_ms) = (self.now, self.centre_ms());
            let out = self.centre.receive(now, now_ms, &letter.bytes, letter.asked, is_foreign);
            self.carry_centre(out);
            return;
        }
        if self.pcs[to].as_ref().is_none_or(|pc| !pc.is_up()) {
            self.refuse(letter.asked);
            return;
        }
        self.work(to, |pc, _| pc.receive(&letter.bytes, letter.asked, is_foreign));
    }

    /// Nobody listens there: whoever asked knows at once, if that way is open.
    fn refuse(&mut self, asked: Asked) {
        let after = if self.cuts.contains_key(&(asked.of, asked.by)) { PATIENCE_MS } else { 5 };
        self.at(self.now + after, Event::Fail(asked));
    }

    /// Lets a workstation do something, and does what follows.
    pub(crate) fn work(&mut self, node: NodeId, work: impl FnOnce(&mut Pc, u64) -> Vec<pc::Out>) {
        let (now, wall_ms) = (self.now, self.wall_ms());
        let Some(pc) = self.pc(node) else {
            return;
        };
        pc.wind(wall_ms);
        let out = work(pc, now);
        self.carry(node, out);
        self.settle(node);
    }

    /// After anything a workstation did: its links look, and whether its disk is still there.
    pub(crate) fn settle(&mut self, node: NodeId) {
        let now = self.now;
        let Some(pc) = self.pc(node) else {
            return;
        };
        let out = pc.look(now);
        let silent = check::silent(pc, now).err();
        self.ledger.seen = self.ledger.seen.take().or(silent);
        self.carry(node, out);
        if self.pc(node).is_some_and(|pc| pc.disk.is_off()) {
            self.power_cut(node);
        }
    }

    pub(crate) fn carry(&mut self, node: NodeId, out: Vec<pc::Out>) {
        let life = self.pcs[node].as_ref().map_or(0, |pc| pc.life);
        for out in out {
            match out {
                pc::Out::Send(letter) => self.post(letter),
                pc::Out::Timer { peer, at_ms } => {
                    self.at(at_ms, Event::Timer { node, life, peer, at_ms });
                }
                pc::Out::Expire { asked, after_ms } => {
                    self.at(self.now + after_ms, Event::Expire { of: node, life, asked });
                }
                pc::Out::Tend { at_ms } => self.at(at_ms, Event::Tend { node, life }),
                pc::Out::Fault(kind) => self.burst(kind),
            }
        }
    }

    pub(crate) fn carry_centre(&mut self, out: Vec<centre::Out>) {
        let life = self.centre.life;
        for out in out {
            match out {
                centre::Out::Reply(asked, bytes) => {
                    self.post(Letter { asked, is_reply: true, bytes });
                }
                centre::Out::Commit { shop } => {
                    let at = self.now + self.network.between(1, 25);
                    self.at(at, Event::Commit { life, shop });
                }
                centre::Out::Expire { asked, after_ms } => {
                    self.at(self.now + after_ms, Event::Expire { of: CENTRE, life, asked });
                }
                centre::Out::Fault(kind) => self.burst(kind),
            }
        }
    }

    fn person(&mut self, node: NodeId) -> Result<(), Failure> {
        let now = self.now;
        let Some(service) = self.service() else {
            return Ok(());
        };
        let (low, high) = self.plan.pause;
        let next = now + self.people.pause(low, high);
        if next < service.to {
            self.at(next, Event::Person { node });
        }
        let wall_ms = self.wall_ms();
        let Self { pcs, people, trace, .. } = self;
        let Some(pc) = pcs[node].as_mut().filter(|pc| pc.is_up()) else {
            return Ok(());
        };
        pc.wind(wall_ms);
        let acted = people.act(pc, trace, now);
        let sent = match acted {
            Ok(sent) => sent,
            Err(wrong) => return Err(Failure { checker: "L1 sell alone", what: wrong.0 }),
        };
        self.settle(node);
        self.try_later(node);
        if let Some(Sent(order)) = sent {
            self.watch_kitchens(node, order);
        }
        check::merged_cards(self, node)
    }

    /// Where leave to take somebody else's money was asked for, it is tried again soon.
    fn try_later(&mut self, node: NodeId) {
        if self.pc(node).is_some_and(|pc| pc.waits.is_some()) {
            self.at(self.now + RETRY_MS, Event::Retry { node });
        }
    }

    fn retry(&mut self, node: NodeId) -> Result<(), Failure> {
        let (now, wall_ms) = (self.now, self.wall_ms());
        let Self { pcs, people, trace, .. } = self;
        let Some(pc) = pcs[node].as_mut().filter(|pc| pc.is_up()) else {
            return Ok(());
        };
        pc.wind(wall_ms);
        let tried = people.retry(pc, trace, now);
        tried.map_err(|wrong| Failure { checker: "L4 takeover", what: wrong.0 })?;
        self.settle(node);
        self.try_later(node);
        Ok(())
    }

    /// Has it looked at whether each kitchen of the shop shows an order in time.
    fn watch_kitchens(&mut self, by: NodeId, order: OrderId) {
        let shop = self.pcs[by].as_ref().map(|pc| pc.shop);
        let kitchens = self.pcs.iter().flatten().filter(|it| Some(it.shop) == shop);
        let kitchens: Vec<NodeId> =
            kitchens.filter(|it| it.role == Role::Kitchen).map(|it| it.node).collect();
        for kitchen in kitchens {
            let sending = Sending { by, kitchen, order, at: self.now };
            self.at(self.now + check::SEEN_MS, Event::Seen(sending));
        }
    }

    /// What must be there after a start: all that was promised on this very disk.
    pub(crate) fn look_back(&mut self, node: NodeId) -> Result<(), Failure> {
        let Some(pc) = self.pc(node) else {
            return Ok(());
        };
        check::promised(pc)
    }

    fn check(&mut self) -> Result<(), Failure> {
        check::all(self)
    }
}

fn sha(bytes: &[u8]) -> String {
    short(&replication::RequestHash::of(bytes).0)
}

/// A place for small files that are written often.
fn memory() -> std::path::PathBuf {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() }
}
