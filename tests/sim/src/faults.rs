//! What goes wrong, when, and how it is mended.

use crate::net::{CENTRE, NodeId};
use crate::pc::{Armed, Kept};
use crate::poison::Poison;
use crate::weather::Gust;
use crate::world::{Event, World};

/// Something that goes wrong, or ends going wrong, or that the centre does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The program is killed at some operation of its disk.
    Kill(NodeId),
    /// The power goes at some operation of its disk.
    PowerCut(NodeId),
    /// From now on the disk does not keep what it says it keeps; until the power goes.
    Lie(NodeId),
    LieEnds(NodeId),
    /// A copy of the disk is put aside; then it is put in the disk's place.
    Keep(NodeId),
    SetBack(NodeId),
    /// A copy of the disk is put into another PC, and both run.
    Clone(NodeId),
    /// The PC burns.
    Destroy(NodeId),
    /// Nothing from one reaches the other.
    Cut(NodeId, NodeId),
    CutBoth(NodeId, NodeId),
    Mend(NodeId, NodeId),
    /// Two people do something about one order or one customer, in one moment.
    AtOnce(NodeId, NodeId),
    /// Somebody calls.
    Call(NodeId),
    /// The centre is off, for long perhaps.
    CentreDown {
        for_ms: u64,
    },
    CentreKeep,
    CentreSetBack,
    /// Its clock leaps.
    Clock(NodeId),
    /// It runs an older program; and then this one again.
    Old(NodeId),
    Updated(NodeId),
    Full(NodeId),
    Roomy(NodeId),
    /// One of its disk's operations fails.
    IoError(NodeId),
    IoErrorEnds(NodeId),
    /// It stands still.
    Pause(NodeId),
    /// Something that nobody may believe is sent from one to the other.
    Poison(Poison, NodeId, NodeId),
    /// A copy of the file is made; then the file is damaged, that is noticed, and the copy stands in its
    /// place.
    BackUp(NodeId),
    Rot(NodeId),
    /// Many letters fare ill in one way.
    Gust {
        gust: Gust,
        for_ms: u64,
    },
    /// A line carries little.
    Slow(NodeId, NodeId),
    SlowEnds(NodeId, NodeId),
    /// The centre's database dies at its next commit.
    CentreKill,
    /// The centre has too much to do.
    CentreBusy {
        for_ms: u64,
    },
    /// It speaks a protocol that nobody else does; and then the common one again.
    Foreign(NodeId),
    ForeignEnds(NodeId),
    /// The centre takes it out of the shop.
    Revoke(NodeId),
    /// A manager declares a label's workstation dead at another till.
    Declare(NodeId),
    /// The centre publishes a menu.
    Publish {
        shop: usize,
    },
    /// A newer program than any here writes something.
    Newer {
        shop: usize,
    },
}

/// What can be expected to go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evil {
    Kill,
    PowerCut,
    Lie,
    SetBack,
    Clone,
    Rot,
    Cut,
    CutBoth,
    Slow,
    Gust(Gust),
    CentreDown,
    CentreKill,
    CentreSetBack,
    CentreBusy,
    Clock,
    Old,
    Foreign,
    Full,
    IoError,
    Pause,
    Poison(Poison),
    Newer,
    Destroy,
    Revoke,
}

/// In how many seeds of a thousand each is expected, once or twice. More is expected of those that
/// often come to nothing: a disk's operation that never comes, a shop too small to lose somebody.
const EVILS: [(Evil, u64); 30] = [
    (Evil::Kill, 500),
    (Evil::PowerCut, 950),
    (Evil::Lie, 350),
    (Evil::SetBack, 350),
    (Evil::Clone, 350),
    (Evil::Rot, 450),
    (Evil::Cut, 400),
    (Evil::CutBoth, 400),
    (Evil::Slow, 400),
    (Evil::Gust(Gust::Lost), 300),
    (Evil::Gust(Gust::Doubled), 300),
    (Evil::Gust(Gust::Late), 300),
    (Evil::Gust(Gust::Flipped), 400),
    (Evil::CentreDown, 350),
    (Evil::CentreKill, 400),
    (Evil::CentreSetBack, 450),
    (Evil::CentreBusy, 400),
    (Evil::Clock, 400),
    (Evil::Old, 400),
    (Evil::Foreign, 400),
    (Evil::Full, 600),
    (Evil::IoError, 600),
    (Evil::Pause, 400),
    (Evil::Poison(Poison::Malformed), 450),
    (Evil::Poison(Poison::Altered), 450),
    (Evil::Poison(Poison::Oversized), 450),
    (Evil::Poison(Poison::BadSignature), 450),
    (Evil::Poison(Poison::Stranger), 450),
    (Evil::Newer, 500),
    (Evil::Destroy, 350),
];
/// The same, once at most.
const REVOKED: u64 = 650;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const TEN_YEARS_MS: i64 = 10 * 365 * 86_400_000;
/// How a clock leaps, in milliseconds; or anything between the first two.
pub(crate) const LEAPS: [i64; 6] =
    [-TEN_YEARS_MS, TEN_YEARS_MS, 86_400_000, -86_400_000, 3_600_000, -3_600_000];

impl World {
    /// Draws what will go wrong: of each kind nothing in one seed, and something in another.
    pub(crate) fn expect_faults(&mut self) {
        for (evil, permille) in EVILS {
            if self.dice.permille(permille) {
                for _ in 0..self.dice.between(1, 2) {
                    self.expect_evil(evil);
                }
            }
        }
        if self.dice.permille(REVOKED) {
            self.expect_evil(Evil::Revoke);
        }
        for _ in 0..self.dice.between(0, 3) {
            let (node, at) = (self.some_pc(), self.some_time(0));
            let others = self.others(node);
            if let Some(other) = self.dice.pick(&others) {
                self.at(at, Event::Fault(Fault::AtOnce(node, *other)));
            }
        }
        for shop in 0..self.plan.shops.len() {
            for _ in 0..self.dice.between(0, 2) {
                let at = self.some_time(0);
                self.at(at, Event::Fault(Fault::Publish { shop }));
            }
        }
    }

    /// Some time in some service, with so much left of it.
    fn some_time(&mut self, left_ms: u64) -> u64 {
        let service = self.plan.services[self.dice.index(self.plan.services.len())];
        let latest = service.to.saturating_sub(left_ms).max(service.from + 1);
        self.dice.between(service.from, latest)
    }

    fn some_pc(&mut self) -> NodeId {
        1 + self.dice.index(self.pcs.len() - 1)
    }

    fn expect_evil(&mut self, evil: Evil) {
        let (node, at) = (self.some_pc(), self.some_time(20 * SECOND));
        let later = at + self.dice.between(2 * SECOND, 90 * SECOND);
        let other = self.neighbour(node);
        let for_ms = later - at;
        let (fault, ends) = match evil {
            Evil::Kill => (Fault::Kill(node), None),
            Evil::PowerCut => (Fault::PowerCut(node), None),
            Evil::Lie => (Fault::Lie(node), Some(Fault::LieEnds(node))),
            Evil::SetBack => (Fault::Keep(node), Some(Fault::SetBack(node))),
            Evil::Clone => (Fault::Clone(node), None),
            Evil::Rot => (Fault::BackUp(node), Some(Fault::Rot(node))),
            Evil::Cut => (Fault::Cut(node, other), Some(Fault::Mend(node, other))),
            Evil::CutBoth => (Fault::CutBoth(node, other), Some(Fault::Mend(node, other))),
            Evil::Slow => return self.expect_slow(node, other),
            Evil::Gust(gust) => (Fault::Gust { gust, for_ms: for_ms.min(15 * SECOND) }, None),
            Evil::CentreDown => {
                let for_ms = if self.dice.permille(300) {
                    self.dice.between(3_600 * SECOND, 40 * 3_600 * SECOND)
                } else {
                    self.dice.between(2 * SECOND, 120 * SECOND)
                };
                (Fault::CentreDown { for_ms }, None)
            }
            Evil::CentreKill => (Fault::CentreKill, None),
            Evil::CentreSetBack => (Fault::CentreKeep, Some(Fault::CentreSetBack)),
            Evil::CentreBusy => (Fault::CentreBusy { for_ms }, None),
            Evil::Clock => {
                (Fault::Clock(if self.dice.permille(100) { CENTRE } else { node }), None)
            }
            Evil::Old => (Fault::Old(node), Some(Fault::Updated(node))),
            Evil::Foreign => {
                let node = if self.dice.permille(300) { CENTRE } else { node };
                (Fault::Foreign(node), Some(Fault::ForeignEnds(node)))
            }
            Evil::Full => (Fault::Full(node), Some(Fault::Roomy(node))),
            Evil::IoError => (Fault::IoError(node), Some(Fault::IoErrorEnds(node))),
            Evil::Pause => (Fault::Pause(node), None),
            Evil::Poison(poison) => (Fault::Poison(poison, node, other), None),
            Evil::Newer => (Fault::Newer { shop: self.dice.index(self.plan.shops.len()) }, None),
            Evil::Destroy => (Fault::Destroy(node), Some(Fault::Declare(node))),
            Evil::Revoke => (Fault::Revoke(node), None),
        };
        self.at(at, Event::Fault(fault));
        match ends {
            Some(Fault::SetBack(node)) => self.expect_calls(node, (at, later)),
            Some(Fault::CentreSetBack) => self.expect_calls(CENTRE, (at, later)),
            Some(_) | None => {}
        }
        if let Some(ends) = ends {
            self.at(later, Event::Fault(ends));
        }
    }

    /// A line that carries less than a telephone's did, for a service: a workstation's to another, or a
    /// shop's to the centre.
    fn expect_slow(&mut self, node: NodeId, other: NodeId) {
        let service = self.plan.services[self.dice.index(self.plan.services.len())];
        let at = service.from + self.dice.between(0, 30 * SECOND);
        let (mut ends, mut other) = (vec![node], other);
        if self.dice.permille(600) {
            ends.extend(self.others(node));
            other = CENTRE;
        }
        for end in ends {
            self.at(at, Event::Fault(Fault::Slow(end, other)));
            self.at(service.to, Event::Fault(Fault::SlowEnds(end, other)));
        }
    }

    /// People call shortly before somebody's disk is set back, and shortly after: what was written
    /// before is not there any more when those who wrote it go on. It may have been restarted since
    /// its copy was made.
    fn expect_calls(&mut self, node: NodeId, (kept, set_back): (u64, u64)) {
        let tills = if node == CENTRE { self.nodes() } else { self.others(node) };
        if self.dice.permille(500) {
            let at = self.dice.between(kept, set_back);
            let again = if node == CENTRE {
                Fault::CentreDown { for_ms: SECOND }
            } else {
                Fault::Kill(node)
            };
            self.at(at, Event::Fault(again));
        }
        for till in tills {
            let before = set_back.saturating_sub(self.dice.between(SECOND, 6 * SECOND));
            self.at(before, Event::Fault(Fault::Call(till)));
            let after = set_back + self.dice.between(SECOND, 8 * SECOND);
            self.at(after, Event::Fault(Fault::Call(till)));
        }
    }

    /// Somebody whom this one talks to: the centre, or a workstation of the same shop.
    fn neighbour(&mut self, node: NodeId) -> NodeId {
        let mut all = self.others(node);
        all.push(CENTRE);
        all[self.dice.index(all.len())]
    }

    /// The other workstations of a shop.
    fn others(&self, node: NodeId) -> Vec<NodeId> {
        let shop = self.pcs[node].as_ref().map(|pc| pc.shop);
        let others =
            self.pcs.iter().flatten().filter(|pc| Some(pc.shop) == shop && pc.node != node);
        others.map(|pc| pc.node).collect()
    }

    /// Something goes wrong, or ends going wrong.
    pub(crate) fn strike(&mut self, fault: Fault) {
        self.trace.say(self.now, format_args!("fault: {fault:?}"));
        self.trouble(fault);
        match fault {
            Fault::Kill(node) => self.arm(node, Armed::Kill),
            Fault::PowerCut(node) => self.arm(node, Armed::PowerCut),
            Fault::Lie(node) => self.lie(node),
            Fault::LieEnds(node) => self.lie_ends(node),
            Fault::Keep(node) => {
                if let Some(pc) = self.pc(node) {
                    pc.kept = Some(Kept::of(pc));
                }
            }
            Fault::SetBack(node) => self.set_back(node),
            Fault::Clone(node) => self.clone_pc(node),
            Fault::Destroy(node) => self.destroy(node),
            Fault::Cut(from, to) => {
                self.fault("one-way cut");
                *self.cuts.entry((from, to)).or_default() += 1;
            }
            Fault::CutBoth(from, to) => {
                self.fault("partition");
                *self.cuts.entry((from, to)).or_default() += 1;
                *self.cuts.entry((to, from)).or_default() += 1;
            }
            Fault::Mend(from, to) => {
                self.cuts.remove(&(from, to));
                self.cuts.remove(&(to, from));
            }
            Fault::AtOnce(one, other) => self.at_once(one, other),
            Fault::Call(node) => self.call(node),
            Fault::CentreDown { for_ms } => self.centre_down(for_ms),
            // What is being said now would be lost with an older copy, and nobody would say it again.
            Fault::CentreKeep if !self.centre.has_said_all() => {}
            Fault::CentreKeep => {
                let books = self.centre.halves.iter().map(|half| half.books.clone());
                self.centre_kept = Some(books.collect());
            }
            Fault::CentreSetBack => self.centre_set_back(),
            Fault::Clock(node) => self.leap(node),
            Fault::Old(node) => self.replace_program(node, true),
            Fault::Updated(node) => self.replace_program(node, false),
            Fault::Full(node) => self.fill(node),
            Fault::Roomy(node) => self.empty(node),
            Fault::IoError(node) => self.io_error(node),
            Fault::IoErrorEnds(node) => self.stop_failing(node),
            Fault::Pause(node) => self.pause(node),
            Fault::Poison(poison, by, to) => {
                self.poison(poison, by, to);
                self.settle(by);
            }
            Fault::BackUp(node) => {
                if let Some(pc) = self.pc(node).filter(|pc| pc.counts() && !pc.disk.is_off()) {
                    pc.backup = Some(Kept::of(pc));
                }
            }
            Fault::Rot(node) => self.rot(node),
            Fault::Gust { gust, for_ms } => self.gust(gust, for_ms),
            Fault::Slow(one, other) => self.slow(one, other),
            Fault::SlowEnds(one, other) => self.lines.mend(one, other),
            Fault::CentreKill => {
                self.centre.dies_at_commit = Some(self.disks.permille(500));
            }
            Fault::CentreBusy { for_ms } => self.centre.busy_until = self.now + for_ms,
            Fault::Foreign(node) => self.speak(node, true),
            Fault::ForeignEnds(node) => self.speak(node, false),
            Fault::Revoke(node) => self.revoke(node),
            Fault::Declare(node) => self.declare(node),
            Fault::Publish { shop } => self.publish(shop),
            Fault::Newer { shop } => self.newer(shop),
        }
    }

    /// Notes whom a fault may keep from the others for a while.
    fn trouble(&mut self, fault: Fault) {
        let (nodes, until) = match fault {
            Fault::Kill(it)
            | Fault::PowerCut(it)
            | Fault::Lie(it)
            | Fault::LieEnds(it)
            | Fault::Keep(it)
            | Fault::SetBack(it)
            | Fault::Clone(it)
            | Fault::Destroy(it)
            | Fault::Clock(it)
            | Fault::Old(it)
            | Fault::Updated(it)
            | Fault::Full(it)
            | Fault::Roomy(it)
            | Fault::IoError(it)
            | Fault::IoErrorEnds(it)
            | Fault::BackUp(it)
            | Fault::Rot(it)
            | Fault::Foreign(it)
            | Fault::ForeignEnds(it)
            | Fault::Revoke(it)
            | Fault::Declare(it)
            | Fault::Pause(it) => (vec![it], self.now + 40 * SECOND),
            Fault::Cut(from, to)
            | Fault::CutBoth(from, to)
            | Fault::Mend(from, to)
            | Fault::Slow(from, to)
            | Fault::SlowEnds(from, to)
            | Fault::Poison(_, from, to) => (vec![from, to], self.now),
            Fault::Gust { for_ms, .. } => (self.nodes(), self.now + for_ms),
            Fault::AtOnce(..)
            | Fault::Call(_)
            | Fault::CentreDown { .. }
            | Fault::CentreKeep
            | Fault::CentreSetBack
            | Fault::CentreKill
            | Fault::CentreBusy { .. }
            | Fault::Publish { .. }
            | Fault::Newer { .. } => (Vec::new(), self.now),
        };
        for node in nodes {
            let last = self.troubled.entry(node).or_default();
            *last = until.max(*last);
        }
    }
}
