//! Each way by itself: the centre alone carries what a shop wrote, and so does its network alone. While
//! both are open one hides what is wrong with the other.

use crate::check::{ALONE_MS, Stopped};
use crate::net::{CENTRE, NodeId};
use crate::setting::Failure;
use crate::world::World;
use std::collections::BTreeMap;

impl World {
    /// What is written now reaches everybody over the centre while nothing comes through the shops'
    /// networks, and everybody whom these join while nothing reaches the centre.
    pub(crate) fn each_way_alone(&mut self) -> Result<(), Failure> {
        self.trace.say(self.now, format_args!("the centre alone"));
        let nodes = self.nodes();
        for &one in &nodes {
            let ways = nodes.iter().map(|other| ((one, *other), 1));
            self.cuts.extend(ways);
        }
        for &node in &nodes {
            self.leave_word(node)?;
        }
        self.level(Self::is_level, ALONE_MS)?;
        self.trace.say(self.now, format_args!("the shops' networks alone"));
        self.cuts.clear();
        self.cuts
            .extend(nodes.iter().flat_map(|node| [((*node, CENTRE), 1), ((CENTRE, *node), 1)]));
        for &node in &nodes {
            self.leave_word(node)?;
        }
        self.level(Self::are_shops_level, ALONE_MS)?;
        self.trace.say(self.now, format_args!("everything is open"));
        self.cuts.clear();
        self.level(Self::is_level, ALONE_MS)
    }

    /// Somebody does something at a workstation that everybody must come to know.
    pub(crate) fn leave_word(&mut self, node: NodeId) -> Result<(), Failure> {
        let (now, wall_ms) = (self.now, self.wall_ms());
        let Self { pcs, people, trace, .. } = self;
        let Some(pc) = pcs[node].as_mut().filter(|pc| pc.is_up() && pc.counts()) else {
            return Ok(());
        };
        pc.wind(wall_ms);
        let left = people.leave_word(pc, trace, now);
        left.map_err(|wrong| Failure { checker: "L1 sell alone", what: wrong.0 })?;
        self.settle(node);
        Ok(())
    }

    /// S6, with no centre: those whom a shop's network joins hold the same, but for what is refused.
    fn are_shops_level(&mut self, stopped: &Stopped) -> bool {
        let groups = self.joined();
        groups.values().all(|group| self.hold_the_same(group, stopped))
    }

    /// The workstations that must be level, by the first one of those that they reach, over others
    /// perhaps.
    fn joined(&self) -> BTreeMap<NodeId, Vec<NodeId>> {
        let there = |node: NodeId| self.pcs[node].as_ref().filter(|it| it.is_up() && it.counts());
        let mut group: BTreeMap<NodeId, NodeId> = BTreeMap::new();
        for node in self.nodes() {
            group.insert(node, node);
        }
        for node in self.nodes() {
            let Some(pc) = there(node) else { continue };
            // Nobody talks to one with its own key.
            let reached =
                pc.dials.iter().filter(|to| there(**to).is_some_and(|it| it.key != pc.key));
            for to in reached {
                let (one, other) = (group[&node], group[to]);
                group.values_mut().filter(|it| **it == one.max(other)).for_each(|it| {
                    *it = one.min(other);
                });
            }
        }
        let mut groups: BTreeMap<NodeId, Vec<NodeId>> = BTreeMap::new();
        for (node, first) in group {
            if there(node).is_some() {
                groups.entry(first).or_default().push(node);
            }
        }
        groups
    }
}
