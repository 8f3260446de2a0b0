//! A workstation of a shop: the real one, its disk, its links and whoever listens to it.

mod kept;
mod tending;

use crate::centre::FOREIGN;
use crate::mutant::Mutant;
use crate::net::{Asked, CENTRE, Letter, NodeId};
use crate::template::{FILE, PcTemplate};
use domain::card::Card;
use domain::id::CustomerId;
use faulty_disk::Disk;
use journal::mutant::is;
use journal::{JournalId, PublicKey, Tip};
use pos_api::Role;
use pos_core::answering;
use pos_core::clock::{Clock, Entropy, StoppedClock};
use pos_core::linked::{Desk, Linked, Outgoing};
use pos_core::queries::Window;
use pos_core::replicate::{self, Peer};
use pos_core::shared::Shared;
use pos_core::store::StoreError;
use pos_core::witness::{self, Voice};
use pos_core::{Workstation, commands};
use replication::{Listen, Replays, Reply, Request, seal_reply};
use rusqlite::Transaction;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::{fs, io};

pub(crate) use kept::Kept;
pub(crate) use tending::TEND_MS;

/// The number of [`Request::Listen`]: what an older program does not know.
const LISTEN: u32 = 8;

/// What a workstation wants the world to do.
#[derive(Debug)]
pub(crate) enum Out {
    Send(Letter),
    Timer {
        peer: NodeId,
        at_ms: u64,
    },
    Expire {
        asked: Asked,
        after_ms: u64,
    },
    /// The shop's roles are to be looked after then.
    Tend {
        at_ms: u64,
    },
    /// Somebody felt what is wrong with this workstation.
    Fault(&'static str),
}

/// What a disk's last operation is to be followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Armed {
    Kill,
    PowerCut,
}

/// A payment for which leave was asked: it is tried again.
#[derive(Clone, Debug)]
pub(crate) struct Waits {
    pub(crate) command: pos_api::Command,
    /// How often it was tried.
    pub(crate) tries: u32,
    /// In which life of the program.
    pub(crate) life: u32,
}

/// What is wrong with a workstation, for as long as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ails {
    /// Syncs do nothing.
    pub(crate) lies: bool,
    /// The disk is full.
    pub(crate) full: bool,
    /// An operation of the disk's fails, or failed.
    pub(crate) fails: bool,
    /// It runs an older program.
    pub(crate) old: bool,
    /// It speaks a protocol that nobody else does.
    pub(crate) foreign: bool,
    /// It stands still until then, in milliseconds since the run began.
    pub(crate) paused_until: u64,
}

impl Ails {
    /// Whether nothing is wrong that keeps it from hearing others or being heard.
    pub(crate) const fn is_well(&self) -> bool {
        !self.lies
            && !self.full
            && !self.fails
            && !self.old
            && !self.foreign
            && self.paused_until == 0
    }
}

/// A workstation.
pub(crate) struct Pc {
    pub(crate) node: NodeId,
    pub(crate) shop: usize,
    pub(crate) label: String,
    pub(crate) role: Role,
    pub(crate) key: PublicKey,
    /// The journal by which the centre knows it.
    pub(crate) listed: JournalId,
    pub(crate) disk: Disk,
    pub(crate) anchor: PathBuf,
    clock: StoppedClock,
    /// How far its clock is ahead of the world's, in milliseconds.
    pub(crate) clock_off_ms: i64,
    pub(crate) life: u32,
    pub(crate) running: Option<Running>,
    /// It is switched on whenever it can be.
    pub(crate) is_wanted: bool,
    /// Its disk is gone for good.
    pub(crate) is_destroyed: bool,
    pub(crate) ails: Ails,
    /// Whom it dials.
    pub(crate) dials: Vec<NodeId>,
    /// How long it lets whoever listens wait at most, in milliseconds.
    pub(crate) listen_ms: u64,
    /// What it said is done, or acknowledged, on the disk that it has now.
    pub(crate) promised: BTreeMap<Tip, &'static str>,
    /// The centre took it out of the shop.
    pub(crate) is_revoked: bool,
    /// What its disk's death will be, once it comes.
    pub(crate) armed: Option<Armed>,
    /// A copy of its disk that was put aside.
    pub(crate) kept: Option<Kept>,
    /// The last copy that its own safekeeping made.
    pub(crate) backup: Option<Kept>,
    /// How many writes of its disk's were noticed to have found it full.
    pub(crate) turned_away: u64,
    /// Whose money somebody here waits to take.
    pub(crate) waits: Option<Waits>,
    /// What a disk that lies really has.
    pub(crate) believed: Option<Kept>,
    /// Its customers' cards as they were last looked at, on the disk that it has now.
    pub(crate) cards: BTreeMap<CustomerId, Card>,
    /// The anchor file of that copy; `None` once it has started since.
    anchor_of_copy: Option<Option<Vec<u8>>>,
    /// It has lost, once at least, what others know that it had.
    pub(crate) was_set_back: bool,
    /// It kept something apart, on the disk that it has now.
    pub(crate) parked: bool,
    /// The disk before what was done last, where a wrong program commits late.
    uncommitted: Option<(Kept, BTreeMap<Tip, &'static str>)>,
}

/// Its program.
pub(crate) struct Running {
    pub(crate) workstation: Workstation,
    pub(crate) window: Window,
    links: BTreeMap<NodeId, Wire>,
    replays: Replays,
    waiting: Vec<Waiting>,
    changes: u64,
    /// What the file was like when the roles were last looked after, and when they are next.
    tended: u64,
    tend_at: Option<u64>,
}

struct Wire {
    linked: Linked,
    timer: Option<u64>,
}

struct Waiting {
    listen: Listen,
    peer: Peer,
    asked: Asked,
}

/// How a link reaches the workstation: it is right here.
struct Bench<'a> {
    workstation: &'a mut Workstation,
    shared: Arc<Shared>,
    now_ms: i64,
}

impl<'a> Bench<'a> {
    fn of(workstation: &'a mut Workstation, now_ms: i64) -> Self {
        let shared = workstation.shared();
        Self { workstation, shared, now_ms }
    }
}

impl Desk for Bench<'_> {
    fn read<T>(
        &mut self,
        look: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.workstation.store().read(look)
    }

    fn write<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> Option<T> {
        Some(work(self.workstation))
    }

    fn shared(&self) -> &Shared {
        &self.shared
    }

    fn changed(&mut self) {}

    fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

impl Pc {
    pub(crate) fn new(node: NodeId, shop: usize, template: &PcTemplate, anchor: PathBuf) -> Self {
        Self {
            node,
            shop,
            label: template.label.to_owned(),
            role: template.role,
            key: template.key,
            listed: template.journal,
            disk: Disk::from(&template.image),
            anchor,
            clock: StoppedClock::default(),
            clock_off_ms: 0,
            life: 0,
            running: None,
            is_wanted: false,
            is_destroyed: false,
            ails: Ails::default(),
            dials: Vec::new(),
            listen_ms: 1_000,
            promised: BTreeMap::new(),
            is_revoked: false,
            armed: None,
            kept: None,
            backup: None,
            turned_away: 0,
            waits: None,
            believed: None,
            cards: BTreeMap::new(),
            anchor_of_copy: None,
            was_set_back: false,
            parked: false,
            uncommitted: None,
        }
    }

    /// Whether it must come level with the others.
    pub(crate) const fn counts(&self) -> bool {
        !self.is_destroyed && !self.is_revoked
    }

    pub(crate) const fn is_up(&self) -> bool {
        self.running.is_some()
    }

    /// Sets its clock by the world's, in ms since 1970 UTC.
    pub(crate) fn wind(&self, world_ms: i64) {
        self.clock.set(world_ms.saturating_add(self.clock_off_ms));
    }

    fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Starts the program; `voices` are whom it can ask where its journals stand.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be used.
    pub(crate) fn start<V: Voice>(
        &mut self,
        entropy: Box<dyn Entropy>,
        voices: impl FnOnce() -> Vec<V>,
    ) -> Result<(), StoreError> {
        self.life += 1;
        let clock = Arc::new(self.clock.clone());
        let anchor = Some(self.anchor.clone());
        let path = self.disk.path(FILE);
        let workstation = witness::open(&path, anchor, clock, entropy, |_| voices())?;
        let window = Window::open(&workstation)?;
        self.running = Some(Running {
            workstation,
            window,
            links: BTreeMap::new(),
            replays: Replays::default(),
            waiting: Vec::new(),
            changes: 0,
            tended: 0,
            tend_at: None,
        });
        self.promise("started");
        Ok(())
    }

    /// Begins its links.
    pub(crate) fn dial(&mut self, now: u64) -> Vec<Out> {
        let mut out = Vec::new();
        for peer in std::iter::once(CENTRE).chain(self.dials.clone()) {
            let now_ms = self.now_ms();
            let Some(running) = &mut self.running else {
                return out;
            };
            let Some(seat) = running.workstation.identity().cloned() else {
                return out;
            };
            let mut bench = Bench::of(&mut running.workstation, now_ms);
            if let Some(linked) = Linked::begin(&mut bench, &seat, peer == CENTRE) {
                running.links.insert(peer, Wire { linked, timer: None });
                self.drive(peer, &mut out, |linked, bench| linked.connected(bench, now));
            }
        }
        out
    }

    /// The network is back: try now.
    pub(crate) fn connected(&mut self, now: u64) -> Vec<Out> {
        let mut out = Vec::new();
        for peer in self.links() {
            self.drive(peer, &mut out, |linked, bench| linked.connected(bench, now));
        }
        out
    }

    /// Another PC with a copy of this disk.
    pub(crate) fn copied(&self, node: NodeId, anchor: PathBuf, with_anchor: bool) -> Self {
        if with_anchor && self.anchor.exists() {
            fs::copy(&self.anchor, &anchor).expect("there is room for a small file");
        }
        Self {
            node,
            shop: self.shop,
            label: format!("{}'", self.label),
            role: self.role,
            key: self.key,
            listed: self.listed,
            disk: Disk::from(self.disk.image()),
            anchor,
            clock: StoppedClock::default(),
            clock_off_ms: self.clock_off_ms,
            life: 0,
            running: None,
            is_wanted: false,
            is_destroyed: false,
            ails: Ails::default(),
            dials: Vec::new(),
            listen_ms: self.listen_ms,
            promised: BTreeMap::new(),
            is_revoked: false,
            armed: None,
            kept: None,
            backup: None,
            turned_away: 0,
            waits: None,
            believed: None,
            cards: BTreeMap::new(),
            anchor_of_copy: None,
            was_set_back: self.was_set_back,
            parked: false,
            uncommitted: None,
        }
    }

    /// Ends the program at once.
    pub(crate) fn kill(&mut self) {
        self.running = None;
    }

    /// Ends the program in order.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub(crate) fn stop(&mut self) -> Result<(), StoreError> {
        let stopped = match &mut self.running {
            Some(running) => running.workstation.stop(),
            None => Ok(()),
        };
        if stopped.is_ok() {
            self.promise("stopped");
        }
        self.running = None;
        stopped
    }

    /// What is done or acknowledged now must be there for ever.
    pub(crate) fn promise(&mut self, why: &'static str) {
        if let Some(tip) = self.running.as_ref().and_then(|it| it.workstation.tip()) {
            self.promised.insert(tip, why);
        }
    }

    /// Does what a person asks.
    pub(crate) fn command(
        &mut self,
        command: pos_api::Command,
    ) -> Result<pos_api::Reply, pos_api::Code> {
        if is(Mutant::PrintBeforeCommit) || is(Mutant::SendBeforeCommit) {
            self.uncommitted = Some((Kept::of(self), self.promised.clone()));
        }
        let Some(running) = &mut self.running else {
            return Err(pos_api::Code::Storage);
        };
        let done = commands::run(&mut running.workstation, command);
        if done.is_ok() {
            self.promise("done");
        }
        done.map_err(|failure| failure.code)
    }

    /// Answers what a person asks to see.
    pub(crate) fn query(&mut self, query: pos_api::Query) -> Option<pos_api::Answer> {
        self.running.as_mut()?.window.ask(query).ok()
    }

    fn links(&self) -> Vec<NodeId> {
        self.running.iter().flat_map(|it| it.links.keys().copied()).collect()
    }

    fn drive(
        &mut self,
        peer: NodeId,
        out: &mut Vec<Out>,
        work: impl FnOnce(&mut Linked, &mut Bench<'_>) -> Vec<Outgoing>,
    ) {
        let (now_ms, life, by) = (self.now_ms(), self.life, self.node);
        let Some(running) = &mut self.running else {
            return;
        };
        let Some(wire) = running.links.get_mut(&peer) else {
            return;
        };
        let mut bench = Bench::of(&mut running.workstation, now_ms);
        for Outgoing { ask, sealed, listens } in work(&mut wire.linked, &mut bench) {
            let asked = Asked { by, of: peer, life, ask, hash: sealed.hash, listens };
            out.push(Out::Send(Letter { asked, is_reply: false, bytes: sealed.bytes }));
        }
        if wire.linked.due_ms() != wire.timer {
            wire.timer = wire.linked.due_ms();
            if let Some(at_ms) = wire.timer {
                out.push(Out::Timer { peer, at_ms });
            }
        }
    }

    /// A link's time has come; nothing where it was put off.
    pub(crate) fn timer(&mut self, now: u64, peer: NodeId, at_ms: u64) -> Vec<Out> {
        let mut out = Vec::new();
        let wire = self.running.as_mut().and_then(|it| it.links.get_mut(&peer));
        if wire.is_some_and(|it| it.timer.take_if(|timer| *timer == at_ms).is_some()) {
            self.drive(peer, &mut out, |linked, bench| linked.timer(bench, now));
        }
        out
    }

    /// An answer came, or none does.
    pub(crate) fn answered(
        &mut self,
        now: u64,
        asked: Asked,
        reply: io::Result<Vec<u8>>,
    ) -> Vec<Out> {
        let mut out = Vec::new();
        self.drive(asked.of, &mut out, |linked, bench| {
            linked.answered(bench, now, asked.ask, asked.hash, reply)
        });
        out
    }

    /// An envelope came.
    pub(crate) fn receive(&mut self, bytes: &[u8], asked: Asked, is_foreign: bool) -> Vec<Out> {
        let (now_ms, is_old, listen_ms) = (self.now_ms(), self.ails.old, self.listen_ms);
        let mut out = Vec::new();
        let Some(running) = &mut self.running else {
            return out;
        };
        let mut bench = Bench::of(&mut running.workstation, now_ms);
        let reply = match answering::open(&mut bench, &mut running.replays, bytes) {
            Ok((_, Request::Hello(_))) if is_foreign => {
                out.push(Out::Fault("upgrade"));
                Reply::Upgrade { protocol: FOREIGN }
            }
            Ok((_, Request::Listen(_))) if is_old => Reply::Unknown { number: LISTEN },
            Ok((peer, Request::Listen(listen))) => {
                let news = running.workstation.store().read(|tx| replicate::has_news(tx, &listen));
                if matches!(news, Ok(false)) {
                    let after_ms = u64::from(listen.wait_ms).min(listen_ms);
                    running.waiting.push(Waiting { listen, peer, asked });
                    out.push(Out::Expire { asked, after_ms });
                    return out;
                }
                running.workstation.answer(peer, Request::Listen(listen))
            }
            Ok((peer, request)) => running.workstation.answer(peer, request),
            Err(reply) => *reply,
        };
        let reply = if is_old { as_older(reply) } else { reply };
        self.reply(asked, &reply, &mut out);
        out
    }

    fn reply(&mut self, asked: Asked, reply: &Reply, out: &mut Vec<Out>) {
        let now_ms = self.now_ms();
        let Some(seat) = self.running.as_ref().and_then(|it| it.workstation.identity()) else {
            return;
        };
        self.parked |= matches!(reply, Reply::Quarantined(_));
        if let Reply::Ack(ack) = reply {
            self.promised.insert(ack.tip, "acknowledged");
        }
        let bytes =
            seal_reply(&seat.key, asked.hash, now_ms, reply.encode()).expect("a reply fits");
        out.push(Out::Send(Letter { asked, is_reply: true, bytes }));
    }

    /// A listen has waited long enough.
    pub(crate) fn expire(&mut self, asked: Asked) -> Vec<Out> {
        let mut out = Vec::new();
        self.release(&mut out, |it, _| it.asked == asked);
        out
    }

    /// Answers the listens of which this is true.
    fn release(
        &mut self,
        out: &mut Vec<Out>,
        mut is_ready: impl FnMut(&Waiting, &mut Workstation) -> bool,
    ) {
        let Some(running) = &mut self.running else {
            return;
        };
        let mut replies = Vec::new();
        for it in std::mem::take(&mut running.waiting) {
            if is_ready(&it, &mut running.workstation) {
                let reply = running.workstation.answer(it.peer, Request::Listen(it.listen));
                replies.push((it.asked, reply));
            } else {
                running.waiting.push(it);
            }
        }
        for (asked, reply) in replies {
            self.reply(asked, &reply, out);
        }
    }

    /// The links of this run, and until when each waits with something of which nobody was told.
    pub(crate) fn silent_until_ms(&self) -> impl Iterator<Item = (NodeId, u64)> {
        let links = self.running.iter().flat_map(|it| &it.links);
        links.filter_map(|(peer, wire)| Some((*peer, wire.linked.link().silent_until_ms()?)))
    }

    /// After anything: where the file changed, the anchor file follows, its links look, and whoever listens
    /// hears.
    pub(crate) fn look(&mut self, now: u64) -> Vec<Out> {
        let mut out = Vec::new();
        for _ in 0..4 {
            self.tend(now, &mut out);
            let Some(running) = &mut self.running else {
                return out;
            };
            let changes = running.workstation.store().changes();
            if running.changes == changes {
                return out;
            }
            running.changes = changes;
            running.workstation.mark_if_due();
            for peer in self.links() {
                self.drive(peer, &mut out, |linked, bench| linked.look(bench, now));
            }
            self.release(&mut out, |it, workstation| {
                let news = workstation.store().read(|tx| replicate::has_news(tx, &it.listen));
                matches!(news, Ok(true))
            });
        }
        out
    }

    /// The journals that one of its links offers again in minutes, because they were refused.
    pub(crate) fn stopped(&self) -> BTreeSet<JournalId> {
        let wires = self.running.iter().flat_map(|it| it.links.values());
        wires.flat_map(|wire| wire.linked.link().stopped()).collect()
    }

    /// Whether one of its links offers cards or blobs again in minutes, because they were refused.
    pub(crate) fn feeds_stopped(&self) -> bool {
        let mut wires = self.running.iter().flat_map(|it| it.links.values());
        wires.any(|wire| wire.linked.link().feeds_stopped())
    }

    /// Whether SQLite finds that the file is damaged, as the program asks at each start.
    pub(crate) fn is_damaged(&self) -> bool {
        let copy = Disk::from(self.disk.image());
        let told = rusqlite::Connection::open(copy.path(FILE)).and_then(|file| {
            file.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
        });
        told.ok().as_deref() != Some("ok")
    }
}

/// What an older program would have answered: without what was added since.
fn as_older(mut reply: Reply) -> Reply {
    if let Reply::Welcome(welcome) = &mut reply {
        welcome.flags = 0;
        welcome.cards_merged = None;
    }
    reply
}
