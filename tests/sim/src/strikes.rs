//! What each fault does to the machine that it strikes.

use crate::books::Books;
use crate::check;
use crate::faults::{LEAPS, SECOND, TEN_YEARS_MS};
use crate::net::{CENTRE, NodeId};
use crate::pc::{Ails, Armed, Kept, Pc};
use crate::setting::Failure;
use crate::template::{self, SPARE};
use crate::world::{Event, World};
use domain::publication::{self, What, WorkstationRevoked};
use faulty_disk::{Losses, Op};
use journal::{Draft, Keep, Kind, SubjectId};
use pos_api::Role;

/// How many bits are flipped at most until somebody notices.
const ROT: u32 = 400;

impl World {
    /// Two people act in one moment: nothing that the one does can have reached the other.
    pub(crate) fn at_once(&mut self, one: NodeId, other: NodeId) {
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

    pub(crate) fn call(&mut self, node: NodeId) {
        if self.service().is_none() {
            return;
        }
        if let Err(failure) = self.leave_word(node).and_then(|()| check::merged_cards(self, node)) {
            self.ledger.seen.get_or_insert(failure);
        }
    }

    pub(crate) fn centre_down(&mut self, for_ms: u64) {
        if self.centre.is_up {
            self.fault("centre down");
            self.centre.crash();
            let at = self.now + for_ms;
            self.at(at, Event::Start { node: CENTRE });
        }
    }

    pub(crate) fn fill(&mut self, node: NodeId) {
        let left = self.disks.index(12_000);
        if let Some(pc) = self.pc(node) {
            pc.disk.fill(Some(left));
            pc.ails.full = true;
        }
    }

    /// There is room on a disk again; it was full if anybody noticed.
    pub(crate) fn empty(&mut self, node: NodeId) {
        let Some(pc) = self.pc(node) else { return };
        pc.disk.fill(None);
        let noticed = std::mem::replace(&mut pc.turned_away, pc.disk.turned_away());
        if std::mem::take(&mut pc.ails.full) && noticed < pc.turned_away {
            self.fault("disk full");
        }
    }

    /// No operation fails any more; one did if it was asked for.
    pub(crate) fn stop_failing(&mut self, node: NodeId) {
        let Some(pc) = self.pc(node) else { return };
        let is_to_come = pc.disk.stop_failing();
        if std::mem::take(&mut pc.ails.fails) && !is_to_come {
            self.fault("i/o error");
        }
    }

    pub(crate) fn pause(&mut self, node: NodeId) {
        let until = self.now + self.disks.between(500, 40 * SECOND);
        if let Some(pc) = self.pc(node).filter(|pc| pc.is_up()) {
            pc.ails.paused_until = until;
            self.fault("pause");
        }
    }

    /// What a disk said is not what it holds now, or there are two of it: its journals may have two
    /// histories.
    fn spoil(&mut self, node: NodeId) {
        if let Some(key) = self.pc(node).map(|pc| pc.key) {
            self.ledger.spoilt.insert(key);
        }
    }

    /// The file is damaged while the PC is off, until SQLite notices; then what safekeeping puts in its
    /// place is there: the last copy, with the anchor file as it is.
    pub(crate) fn rot(&mut self, node: NodeId) {
        let is_there = |pc: &&mut Pc| pc.counts() && !pc.disk.is_off() && pc.backup.is_some();
        let Self { pcs, disks, .. } = self;
        let Some(pc) = pcs[node].as_mut().filter(is_there) else {
            return;
        };
        pc.kill();
        pc.disk.kill();
        let is_noticed = (0..ROT).any(|_| {
            pc.disk.flip_bit(disks.rng());
            pc.is_damaged()
        });
        let Some(copy) = pc.backup.take() else { return };
        copy.put_back(pc, false);
        self.spoil(node);
        if is_noticed {
            self.fault("bit rot");
        }
        self.restart(node);
    }

    /// The database died, with what it was writing or just after.
    pub(crate) fn die_at_commit(&mut self, shop: usize, is_written: bool) {
        if is_written {
            // Nobody hears of it.
            drop(self.centre.committed(self.centre_ms(), shop));
        }
        self.fault("centre killed");
        self.centre.crash();
        let at = self.now + self.disks.between(500, 15 * SECOND);
        self.at(at, Event::Start { node: CENTRE });
    }

    /// Another program, which speaks another protocol, or the common one again.
    pub(crate) fn speak(&mut self, node: NodeId, is_foreign: bool) {
        if node == CENTRE {
            self.centre.is_foreign = is_foreign;
            if self.centre.is_up {
                self.centre.crash();
                self.at(self.now + 2 * SECOND, Event::Start { node: CENTRE });
            }
        } else if let Some(pc) = self.pc(node).filter(|pc| pc.counts() && !pc.disk.is_off()) {
            pc.ails.foreign = is_foreign;
            pc.kill();
            pc.disk.kill();
            pc.armed = None;
            self.restart(node);
        }
    }

    /// The centre takes a workstation out of the shop, where another stays.
    pub(crate) fn revoke(&mut self, node: NodeId) {
        let Some(pc) = self.pcs[node].as_ref().filter(|pc| pc.counts()) else {
            return;
        };
        let (shop, key, journal) = (pc.shop, pc.key, pc.listed);
        let others = self.pcs.iter().flatten().filter(|it| it.shop == shop && it.key != key);
        let stays = others.filter(|it| it.counts()).count();
        if stays == 0 || !self.centre.is_up || self.centre.was_set_back {
            return;
        }
        for pc in self.pcs.iter_mut().flatten().filter(|it| it.key == key) {
            pc.is_revoked = true;
        }
        self.centre.take_out(&key);
        let revoked = publication::Event::WorkstationRevoked(WorkstationRevoked { journal });
        self.say_who_belongs(shop, revoked);
        self.fault("revoked");
    }

    /// The centre says who belongs to a shop. One that is set back to before would know nothing of it,
    /// and somebody would have to do it once more, which is not played here.
    fn say_who_belongs(&mut self, shop: usize, event: publication::Event) {
        self.centre_kept = None;
        let out = self.centre.say(self.centre_ms(), shop, event);
        self.carry_centre(out);
    }

    /// A manager says at another till of the shop that a workstation which burnt is dead.
    pub(crate) fn declare(&mut self, node: NodeId) {
        let Some(dead) = self.pcs[node].as_ref().filter(|pc| pc.is_destroyed) else {
            return;
        };
        let (shop, label) = (dead.shop, dead.label.clone());
        let mut tills = self.pcs.iter().flatten();
        let till =
            tills.find(|it| it.shop == shop && it.is_up() && it.counts() && it.role == Role::Till);
        let Some(by) = till.map(|it| it.node) else {
            return;
        };
        let (now, wall_ms) = (self.now, self.wall_ms());
        let Self { pcs, people, trace, .. } = self;
        let Some(pc) = pcs[by].as_mut() else { return };
        pc.wind(wall_ms);
        people.declare(pc, trace, now, label);
        self.settle(by);
    }

    /// A workstation dies at one of its disk's next operations.
    pub(crate) fn arm(&mut self, node: NodeId, armed: Armed) {
        let operations = self.disks.between(0, 250);
        if let Some(pc) = self.pc(node).filter(|pc| pc.is_up()) {
            pc.armed = Some(armed);
            // Most of what a disk is asked for is to be read: there is nothing to lose then.
            if armed == Armed::PowerCut && !operations.is_multiple_of(4) {
                pc.disk.cut_at_sync(operations % 7);
            } else {
                pc.disk.cut_at(operations);
            }
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
        let mut losses = Losses::default();
        let kind = match armed {
            Some(Armed::PowerCut) => {
                losses = pc.disk.power_cut(self.disks.rng());
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
        if losses.dropped != 0 {
            self.fault("lost write");
        }
        if losses.torn != 0 {
            self.fault("torn write");
        }
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

    pub(crate) fn lie(&mut self, node: NodeId) {
        if let Some(pc) = self.pc(node).filter(|pc| !pc.ails.lies && pc.counts()) {
            pc.believed = Some(Kept::of(pc));
            pc.ails.lies = true;
        }
    }

    /// The power goes, and with it all that the disk said it had kept.
    pub(crate) fn lie_ends(&mut self, node: NodeId) {
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
            self.spoil(node);
            self.fault("lying disk");
        }
    }

    pub(crate) fn set_back(&mut self, node: NodeId) {
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
        self.spoil(node);
        self.fault("set back");
        self.restart_soon(node);
    }

    /// Another PC with a copy of the disk: both have the same key and the same journal.
    pub(crate) fn clone_pc(&mut self, node: NodeId) {
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
        self.spoil(node);
        self.fault("clone");
        self.restart(place);
        let at = self.now + 20 * SECOND;
        self.at(at, Event::Person { node: place });
    }

    /// A PC burns; another one comes out of the cupboard, if there is one left.
    pub(crate) fn destroy(&mut self, node: NodeId) {
        let comes_spare = self.disks.permille(600);
        let Some(pc) = self.pc(node).filter(|pc| pc.counts()) else {
            return;
        };
        let shop = pc.shop;
        pc.kill();
        pc.disk.kill();
        check::remember_witnessed(self, node);
        let Some(pc) = self.pc(node) else { return };
        pc.armed = None;
        pc.is_destroyed = true;
        pc.is_wanted = false;
        pc.ails = Ails::default();
        self.fault("destroyed");
        let template = &template::shop(shop).pcs[SPARE];
        let is_used = self.pcs.iter().flatten().any(|it| it.key == template.key);
        // A centre that was set back first takes back what it said before.
        if !comes_spare || is_used || !self.centre.is_up || self.centre.was_set_back {
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
        self.say_who_belongs(shop, template.listed());
        self.restart(place);
        let at = self.now + 30 * SECOND;
        self.at(at, Event::Person { node: place });
    }

    pub(crate) fn centre_set_back(&mut self) {
        let Some(kept): Option<Vec<Books>> = self.centre_kept.take() else {
            return;
        };
        self.fault("centre set back");
        self.ledger.centre_was_set_back = true;
        self.centre.crash();
        self.centre.set_back(kept);
        self.restart_soon(CENTRE);
    }

    pub(crate) fn leap(&mut self, node: NodeId) {
        self.fault("clock leap");
        let off = if self.disks.permille(400) {
            let any = self.disks.between(0, 2 * TEN_YEARS_MS.unsigned_abs());
            i64::try_from(any).unwrap_or(0) - TEN_YEARS_MS
        } else {
            LEAPS[self.disks.index(LEAPS.len())]
        };
        if node == CENTRE {
            self.centre_off_ms = off;
        } else if let Some(pc) = self.pc(node) {
            pc.clock_off_ms = off;
        }
    }

    /// Another version of the program is put in the place of this one.
    pub(crate) fn replace_program(&mut self, node: NodeId, old: bool) {
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

    pub(crate) fn io_error(&mut self, node: NodeId) {
        let operations = self.disks.between(0, 80);
        let only = [None, Some(Op::Read), Some(Op::Write), Some(Op::Sync)];
        let only = only[self.disks.index(only.len())];
        if let Some(pc) = self.pc(node) {
            pc.disk.fail_at(operations, only);
            pc.ails.fails = true;
        }
    }

    /// A new menu, in which everything is a little dearer.
    pub(crate) fn publish(&mut self, shop: usize) {
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
    pub(crate) fn newer(&mut self, shop: usize) {
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
        self.centre.mend();
        for node in self.nodes() {
            self.empty(node);
            self.stop_failing(node);
            let Some(pc) = self.pc(node) else { continue };
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
