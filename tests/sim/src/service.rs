//! Services: workstations are switched on and off, and at the end all is healed.

use crate::boot::{Others, Way};
use crate::check;
use crate::net::{CENTRE, NodeId};
use crate::pc::Pc;
use crate::plan::Service;
use crate::setting::Failure;
use crate::trace::short;
use crate::world::{Event, World};
use journal::BootId;
use pos_api::Role;
use pos_core::clock::SeededEntropy;
use std::cell::RefCell;
use std::collections::BTreeSet;

impl World {
    /// The service that is on.
    pub(crate) fn service(&self) -> Option<Service> {
        let on = |it: &&Service| it.from <= self.now && self.now < it.to;
        self.plan.services.iter().find(on).copied()
    }

    pub(crate) fn open(&mut self, service: usize) {
        self.trace.say(self.now, format_args!("service {service} begins"));
        for node in self.nodes() {
            let is_till = self.pc(node).is_some_and(|pc| {
                pc.is_wanted = !pc.is_destroyed;
                pc.role == Role::Till
            });
            let at = self.now + self.dice.between(0, 4_000);
            self.at(at, Event::Start { node });
            let (low, high) = if is_till { (2_000, 20_000) } else { (10_000, 40_000) };
            let first = at + self.dice.between(low, high);
            self.at(first, Event::Person { node });
        }
    }

    pub(crate) fn shut(&mut self, service: usize) -> Result<(), Failure> {
        let is_last = service + 1 == self.plan.services.len();
        let is_evening = self.plan.services[service].is_evening || is_last;
        self.trace.say(self.now, format_args!("service {service} ends"));
        let (now, wall_ms) = (self.now, self.wall_ms());
        for node in self.nodes() {
            let Self { pcs, people, trace, .. } = self;
            let Some(pc) = pcs[node].as_mut().filter(|pc| pc.is_up()) else {
                continue;
            };
            pc.ails.paused_until = 0;
            pc.wind(wall_ms);
            let gone = people.go_home(pc, trace, now, is_evening);
            gone.map_err(|wrong| Failure { checker: "L1 sell alone", what: wrong.0 })?;
            self.settle(node);
        }
        // The last evening's workstations stay on until everything is level.
        if is_last {
            return Ok(());
        }
        for node in self.nodes() {
            let Some(pc) = self.pc(node) else { continue };
            pc.is_wanted = false;
            let stopped = pc.stop();
            let is_excused = pc.ails.full || pc.ails.fails || pc.disk.is_off();
            let (off, label) = (pc.disk.is_off(), pc.label.clone());
            self.trace.say(self.now, format_args!("{label} is switched off"));
            if off {
                self.power_cut(node);
            } else if let (Err(error), false) = (stopped, is_excused) {
                return Err(Failure { checker: "J5 durable", what: format!("{label}: {error}") });
            }
        }
        Ok(())
    }

    /// Whether one that starts can ask another now, and hear the answer.
    fn reaches(&self, node: NodeId, to: NodeId) -> bool {
        let is_cut = [(node, to), (to, node)].iter().any(|way| self.cuts.contains_key(way));
        let is_up = match to {
            CENTRE => self.centre.is_up,
            other => self.pcs[other].as_ref().is_some_and(Pc::is_up),
        };
        is_up && !is_cut
    }

    /// Switches something on.
    pub(crate) fn start(&mut self, node: NodeId) -> Result<(), Failure> {
        if node == CENTRE {
            if !self.centre.is_up {
                let (boot, chance) = (BootId(self.boots.bytes()), self.boots.number());
                let out = self.centre.start(boot, chance, self.centre_ms());
                self.trace.say(self.now, format_args!("the centre starts"));
                self.carry_centre(out);
            }
            return Ok(());
        }
        let wall_ms = self.wall_ms();
        let seed = self.boots.number();
        let troubled = self.troubled.entry(node).or_default();
        *troubled = self.now.max(*troubled);
        let Some(mut pc) = self.pcs[node].take_if(|pc| pc.is_wanted && !pc.is_up()) else {
            return Ok(());
        };
        pc.wind(wall_ms);
        let whom = std::iter::once(CENTRE).chain(pc.dials.clone());
        let reached: Vec<NodeId> = whom.filter(|to| self.reaches(node, *to)).collect();
        let others = RefCell::new(Others {
            pcs: &mut self.pcs,
            centre: &mut self.centre,
            now: self.now,
            centre_ms: wall_ms.saturating_add(self.centre_off_ms),
            asked: BTreeSet::new(),
            turned_away: BTreeSet::new(),
        });
        let key = pc.key;
        let voices = || {
            let others = &others;
            reached.iter().map(|to| Way { others, to: *to, key, times: 0 }).collect()
        };
        let warned = pc.warned();
        let started = pc.start(Box::new(SeededEntropy::new(seed)), voices);
        let Others { asked, turned_away, .. } = others.into_inner();
        let (label, is_excused) = (pc.label.clone(), pc.ails.full || pc.ails.fails);
        let off = pc.disk.is_off();
        let out = if started.is_ok() && !off { pc.dial(self.now) } else { Vec::new() };
        let tip = pc.running.as_ref().and_then(|it| it.workstation.tip());
        let tip = tip.map(|it| format!("{}:{}", short(&it.journal.0), it.seq.0));
        self.pcs[node] = Some(pc);
        let tip = tip.unwrap_or_default();
        self.trace.say(self.now, format_args!("{label} starts at {tip}: {}", started.is_ok()));
        self.carry(node, out);
        for to in asked.into_iter().filter(|to| *to != CENTRE) {
            self.settle(to);
        }
        match started {
            Ok(()) | Err(_) if off => {
                self.power_cut(node);
                Ok(())
            }
            Ok(()) => {
                self.look_back(node)?;
                if let Some(marks) = warned {
                    let could_say: Vec<NodeId> =
                        reached.into_iter().filter(|it| !turned_away.contains(it)).collect();
                    check::rollback_seen(self, node, marks, &could_say)?;
                }
                self.settle(node);
                Ok(())
            }
            Err(_) if is_excused => {
                let at = self.now + 3_000;
                self.at(at, Event::Start { node });
                Ok(())
            }
            Err(error) => Err(Failure { checker: "start", what: format!("{label}: {error}") }),
        }
    }

    /// Nothing goes wrong any more: everything is switched on, and the network is whole.
    pub(crate) fn heal(&mut self) -> Result<(), Failure> {
        self.trace.say(self.now, format_args!("all is healed"));
        self.clear_sky();
        self.queue.retain(|_, event| {
            !matches!(
                event,
                Event::Fault(_)
                    | Event::Person { .. }
                    | Event::Seen(_)
                    | Event::Open(_)
                    | Event::Shut(_)
            )
        });
        self.mend_all();
        for node in std::iter::once(CENTRE).chain(self.nodes()) {
            self.start(node)?;
        }
        for node in self.nodes() {
            self.work(node, |pc, now| pc.connected(now));
        }
        Ok(())
    }
}
