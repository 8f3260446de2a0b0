//! What goes wrong, when, and how it is mended.

use crate::books::Books;
use crate::check;
use crate::net::{CENTRE, NodeId};
use crate::pc::{Ails, Kept, Pc};
use crate::setting::Failure;
use crate::template::{self, SPARE};
use crate::world::{Event, World};
use domain::publication::What;
use faulty_disk::Op;
use journal::{Draft, Keep, Kind, SubjectId};

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
    /// What goes from one to the other and back waits long.
    Slow(NodeId, NodeId),
    Quick(NodeId, NodeId),
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
    /// The centre has no time for what others write.
    Busy {
        for_ms: u64,
    },
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
    Poison(NodeId, NodeId),
    /// The centre publishes a menu.
    Publish {
        shop: usize,
    },
    /// A newer program than any here writes something.
    Newer {
        shop: usize,
    },
}

/// What a disk's last operation is to be followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Armed {
    Kill,
    PowerCut,
}

const SECOND: u64 = 1_000;
const TEN_YEARS_MS: u64 = 10 * 365 * 86_400_000;

impl World {
    /// Draws what will go wrong: of most kinds nothing in one seed, and something of each in many.
    pub(crate) fn expect_faults(&mut self) {
        for kind in 0..20 {
            if self.dice.permille(400) {
                for _ in 0..self.dice.between(1, 2) {
                    self.expect_fault(kind);
                }
            }
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

    fn expect_fault(&mut self, kind: u64) {
        let (node, at) = (self.some_pc(), self.some_time(20 * SECOND));
        let later = at + self.dice.between(2 * SECOND, 90 * SECOND);
        let other = self.neighbour(node);
        let (fault, ends) = match kind {
            0 => (Fault::Kill(node), None),
            1 => (Fault::PowerCut(node), None),
            2 => (Fault::Lie(node), Some(Fault::LieEnds(node))),
            3 => (Fault::Keep(node), Some(Fault::SetBack(node))),
            4 => (Fault::Clone(node), None),
            5 => (Fault::Cut(node, other), Some(Fault::Mend(node, other))),
            6 => (Fault::CutBoth(node, other), Some(Fault::Mend(node, other))),
            7 => {
                let for_ms = if self.dice.permille(300) {
                    self.dice.between(3_600 * SECOND, 40 * 3_600 * SECOND)
                } else {
                    self.dice.between(2 * SECOND, 120 * SECOND)
                };
                (Fault::CentreDown { for_ms }, None)
            }
            8 => (Fault::CentreKeep, Some(Fault::CentreSetBack)),
            9 => (Fault::Clock(if self.dice.permille(100) { CENTRE } else { node }), None),
            10 => (Fault::Old(node), Some(Fault::Updated(node))),
            11 => (Fault::Full(node), Some(Fault::Roomy(node))),
            12 => (Fault::IoError(node), Some(Fault::IoErrorEnds(node))),
            13 => (Fault::Pause(node), None),
            14 => (Fault::Poison(node, other), None),
            15 => (Fault::Newer { shop: self.dice.index(self.plan.shops.len()) }, None),
            16 => (Fault::Kill(node), None),
            18 => (Fault::Busy { for_ms: self.dice.between(SECOND, 60 * SECOND) }, None),
            17 => return self.expect_slow(node, other),
            _ => (Fault::Destroy(node), None),
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
            self.at(service.to, Event::Fault(Fault::Quick(end, other)));
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

    /// People call shortly before somebody's disk is set back, and shortly after: what was written
    /// before is not there any more when those who wrote it go on. It may have been restarted since
    /// its copy was made.
    fn expect_calls(&mut self, node: NodeId, (kept, set_back): (u64, u64)) {
        let tills = if node == CENTRE { self.nodes() } else { self.others(node) };
        if self.dice.permille(500) {
            let at = self.dice.between(kept, set_back);
            let again = if node == CENTRE {
                Fault::CentreDown { for_ms: 1_000 }
            } else {
                Fault::Kill(node)
            };
            self.at(at, Event::Fault(again));
        }
        for till in tills {
            let before = set_back.saturating_sub(self.dice.between(1_000, 6_000));
            self.at(before, Event::Fault(Fault::Call(till)));
            let after = set_back + self.dice.between(1_000, 8_000);
            self.at(after, Event::Fault(Fault::Call(till)));
        }
    }

    /// Something goes wrong, or ends going wrong.
    pub(crate) fn strike(&mut self, fault: Fault) {
        self.trace.say(self.now, format_args!("fault: {fault:?}"));
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
            Fault::Slow(one, other) => {
                self.fault("slow line");
                let bytes_per_s = self.disks.between(180, 700);
                self.lines.slow(one, other, bytes_per_s);
            }
            Fault::Quick(one, other) => self.lines.mend(one, other),
            Fault::AtOnce(one, other) => self.at_once(one, other),
            Fault::Call(node) => self.call(node),
            Fault::CentreDown { for_ms } => self.centre_down(for_ms),
            Fault::Busy { for_ms } => {
                self.fault("busy");
                self.centre.busy_until = self.now + for_ms;
            }
            Fault::CentreKeep => {
                let books = self.centre.halves.iter().map(|half| half.books.clone());
                self.centre_kept = Some(books.collect());
            }
            Fault::CentreSetBack => self.centre_set_back(),
            Fault::Clock(node) => self.leap(node),
            Fault::Old(node) => self.replace_program(node, true),
            Fault::Updated(node) => self.replace_program(node, false),
            Fault::Full(node) => self.fill(node),
            Fault::Roomy(node) => {
                if let Some(pc) = self.pc(node) {
                    pc.disk.fill(None);
                    pc.ails.full = false;
                }
            }
            Fault::IoError(node) => self.io_error(node),
            Fault::IoErrorEnds(node) => {
                if let Some(pc) = self.pc(node) {
                    pc.disk.stop_failing();
                    pc.ails.fails = false;
                }
            }
            Fault::Pause(node) => self.pause(node),
            Fault::Poison(by, to) => {
                self.poison(by, to);
                self.settle(by);
            }
            Fault::Publish { shop } => self.publish(shop),
            Fault::Newer { shop } => self.newer(shop),
        }
    }

    /// Two people act in one moment: nothing that the one does can have reached the other.
    fn at_once(&mut self, one: NodeId, other: NodeId) {
        let (now, wall_ms) = (self.now, self.wall_ms());
        let mut about = None;
        for node in [one, other] {
            let Self { pcs, people, trace, .. } = self;
            let Some(pc) = pcs[node].as_mut().filter(|pc| pc.is_up()) else {
                continue;
            };
            pc.wind(wall_ms);
            match people.at_once(pc, trace, now, about) {
                Ok(next) => about = next,
                Err(wrong) => {
                    let failure = Failure { checker: "L1 sell alone", what: wrong.0 };
                    self.ledger.seen.get_or_insert(failure);
                }
            }
        }
        self.settle(one);
        self.settle(other);
    }

    fn call(&mut self, node: NodeId) {
        if self.service().is_none() {
            return;
        }
        if let Err(failure) = self.leave_word(node).and_then(|()| check::merged_cards(self, node)) {
            self.ledger.seen.get_or_insert(failure);
        }
    }

    fn centre_down(&mut self, for_ms: u64) {
        if self.centre.is_up {
            self.fault("centre down");
            self.centre.crash();
            let at = self.now + for_ms;
            self.at(at, Event::Start { node: CENTRE });
        }
    }

    fn fill(&mut self, node: NodeId) {
        let left = self.disks.index(60_000);
        if let Some(pc) = self.pc(node) {
            pc.disk.fill(Some(left));
            pc.ails.full = true;
            self.fault("disk full");
        }
    }

    fn pause(&mut self, node: NodeId) {
        let until = self.now + self.disks.between(500, 40 * SECOND);
        if let Some(pc) = self.pc(node).filter(|pc| pc.is_up()) {
            pc.ails.paused_until = until;
            self.fault("pause");
        }
    }

    /// A workstation dies at one of its disk's next operations.
    fn arm(&mut self, node: NodeId, armed: Armed) {
        let operations = self.disks.between(0, 250);
        if let Some(pc) = self.pc(node).filter(|pc| pc.is_up()) {
            pc.armed = Some(armed);
            pc.disk.cut_at(operations);
        }
    }

    /// The operation came at which a disk was to die.
    pub(crate) fn power_cut(&mut self, node: NodeId) {
        let loses_anchor = self.disks.permille(200);
        let Some(pc) = self.pcs[node].as_mut() else {
            return;
        };
        pc.kill();
        let armed = pc.armed.take();
        let kind = match armed {
            Some(Armed::PowerCut) => {
                pc.disk.power_cut(self.disks.rng());
                if loses_anchor {
                    pc.lose_anchor();
                }
                "power cut"
            }
            Some(Armed::Kill) | None => {
                pc.disk.kill();
                "kill"
            }
        };
        let lied = pc.ails.lies;
        pc.lose_uncommitted();
        let label = pc.label.clone();
        self.fault(kind);
        self.trace.say(self.now, format_args!("{label} dies: {kind}"));
        if lied && armed == Some(Armed::PowerCut) {
            self.forget_since_lie(node);
        }
        self.restart(node);
    }

    fn restart(&mut self, node: NodeId) {
        let at = self.now + self.disks.between(500, 15 * SECOND);
        self.at(at, Event::Start { node });
    }

    /// Perhaps so soon that nobody notices that it was gone.
    fn restart_soon(&mut self, node: NodeId) {
        let most = if self.disks.permille(500) { 500 } else { 20 * SECOND };
        let at = self.now + self.disks.between(100, most);
        self.at(at, Event::Start { node });
    }

    fn lie(&mut self, node: NodeId) {
        if let Some(pc) = self.pc(node).filter(|pc| !pc.ails.lies && pc.counts()) {
            pc.believed = Some(Kept::of(pc));
            pc.ails.lies = true;
        }
    }

    /// The power goes, and with it all that the disk said it had kept.
    fn lie_ends(&mut self, node: NodeId) {
        if self.pc(node).is_some_and(|pc| pc.ails.lies) {
            self.forget_since_lie(node);
            self.restart(node);
        }
    }

    fn forget_since_lie(&mut self, node: NodeId) {
        let keeps_anchor = self.disks.permille(500);
        if let Some(pc) = self.pc(node)
            && let Some(believed) = pc.believed.take()
        {
            believed.put_back(pc, !keeps_anchor);
            self.ledger.may_fork = true;
            self.fault("lying disk");
        }
    }

    fn set_back(&mut self, node: NodeId) {
        let with_anchor = self.disks.permille(500);
        let loses_anchor = self.disks.permille(300);
        let Some(pc) = self.pc(node).filter(|pc| pc.counts()) else {
            return;
        };
        let Some(kept) = pc.kept.take() else {
            return;
        };
        kept.put_back(pc, with_anchor);
        if loses_anchor {
            pc.lose_anchor();
        }
        self.ledger.may_fork = true;
        self.fault("set back");
        self.restart_soon(node);
    }

    /// Another PC with a copy of the disk: both have the same key and the same journal.
    fn clone_pc(&mut self, node: NodeId) {
        let with_anchor = self.disks.permille(500);
        let place = self.pcs.len();
        let anchor = self.folder.path().join(format!("{place}.anchor"));
        let Some(pc) = self.pcs[node].as_ref().filter(|pc| pc.counts() && !pc.disk.is_off()) else {
            return;
        };
        let mut copy = pc.copied(place, anchor, with_anchor);
        let shop = copy.shop;
        let others = self.pcs.iter().flatten().filter(|it| it.shop == shop && it.key != copy.key);
        copy.dials = others.map(|it| it.node).collect();
        copy.is_wanted = true;
        self.pcs.push(Some(copy));
        self.ledger.may_fork = true;
        self.fault("clone");
        self.restart(place);
        let at = self.now + 20 * SECOND;
        self.at(at, Event::Person { node: place });
    }

    /// A PC burns; another one comes out of the cupboard, if there is one left.
    fn destroy(&mut self, node: NodeId) {
        let comes_spare = self.disks.permille(600);
        let Some(pc) = self.pc(node).filter(|pc| pc.counts()) else {
            return;
        };
        let shop = pc.shop;
        pc.kill();
        pc.disk.kill();
        pc.armed = None;
        pc.is_destroyed = true;
        pc.is_wanted = false;
        pc.ails = Ails::default();
        self.fault("destroyed");
        let template = &template::shop(shop).pcs[SPARE];
        let is_used = self.pcs.iter().flatten().any(|it| it.key == template.key);
        if !comes_spare || is_used || !self.centre.is_up {
            return;
        }
        let place = self.pcs.len();
        let anchor = self.folder.path().join(format!("{place}.anchor"));
        let mut spare = Pc::new(place, shop, template, anchor);
        let others = self.pcs.iter().flatten().filter(|it| it.shop == shop && it.counts());
        spare.dials = others.map(|it| it.node).collect();
        spare.listen_ms = self.plan.listen_ms;
        spare.is_wanted = true;
        self.pcs.push(Some(spare));
        self.centre.take_in(shop, template);
        let out = self.centre.say(self.centre_ms(), shop, template.listed());
        self.carry_centre(out);
        self.restart(place);
        let at = self.now + 30 * SECOND;
        self.at(at, Event::Person { node: place });
    }

    fn centre_set_back(&mut self) {
        let Some(kept): Option<Vec<Books>> = self.centre_kept.take() else {
            return;
        };
        self.fault("centre set back");
        self.centre.crash();
        self.centre.set_back(kept);
        self.restart_soon(CENTRE);
    }

    fn leap(&mut self, node: NodeId) {
        self.fault("clock leap");
        let by = self.disks.between(0, 2 * TEN_YEARS_MS);
        let off = i64::try_from(by).unwrap_or(0) - i64::try_from(TEN_YEARS_MS).unwrap_or(0);
        if node == CENTRE {
            self.centre_off_ms = off;
        } else if let Some(pc) = self.pc(node) {
            pc.clock_off_ms = off;
        }
    }

    /// Another version of the program is put in the place of this one.
    fn replace_program(&mut self, node: NodeId, old: bool) {
        let Some(pc) = self.pc(node).filter(|pc| pc.counts() && pc.ails.old != old) else {
            return;
        };
        pc.ails.old = old;
        pc.kill();
        pc.disk.kill();
        if old {
            self.fault("old version");
        }
        self.restart(node);
    }

    fn io_error(&mut self, node: NodeId) {
        let operations = self.disks.between(0, 80);
        let only = [None, Some(Op::Read), Some(Op::Write), Some(Op::Sync)];
        let only = only[self.disks.index(only.len())];
        if let Some(pc) = self.pc(node) {
            pc.disk.fail_at(operations, only);
            pc.ails.fails = true;
            self.fault("i/o error");
        }
    }

    /// A new menu, in which everything is a little dearer.
    fn publish(&mut self, shop: usize) {
        // A centre that was set back first takes back what it said before.
        if self.centre.was_set_back {
            return;
        }
        self.menus += 1;
        let number = 1 + self.menus;
        let bytes = template::menu(number, i64::from(self.menus) * 50).encode();
        let out = self.centre.publish(self.centre_ms(), shop, What::Menu, number, bytes);
        self.carry_centre(out);
    }

    /// Entries of a kind that nobody here knows.
    fn newer(&mut self, shop: usize) {
        if self.centre.was_set_back {
            return;
        }
        let keep = if self.disks.permille(500) { Keep::Fiscal } else { Keep::Operation };
        let draft = Draft {
            kind: Kind(60_000),
            kind_version: 9,
            keep,
            subject: Some(SubjectId(self.disks.bytes())),
            body: self.disks.bytes::<48>().to_vec(),
        };
        let out = self.centre.note(self.centre_ms(), shop, vec![draft]);
        self.carry_centre(out);
        self.fault("unknown kind");
    }

    /// Nothing is wrong with any disk or program any more. Clocks stay wrong, and a disk that lied and
    /// was never found out goes on.
    pub(crate) fn mend_all(&mut self) {
        for node in self.nodes() {
            let Some(pc) = self.pc(node) else { continue };
            pc.disk.fill(None);
            pc.disk.stop_failing();
            pc.ails = Ails { lies: pc.ails.lies, ..Ails::default() };
            pc.is_wanted = !pc.is_destroyed;
            if pc.armed.take().is_some() && !pc.disk.is_off() {
                // The operation never came; the program is ended here instead.
                pc.kill();
                pc.disk.kill();
            }
            if pc.disk.is_off() {
                self.power_cut(node);
            }
        }
    }
}
