//! After everything else, the centre takes a workstation out of its shop, which does not know of it and
//! goes on: the centre counts nothing of what it writes from then on, and everybody else's is taken.

use crate::check::failed;
use crate::net::NodeId;
use crate::pc::Pc;
use crate::setting::{Failure, Faults};
use crate::world::World;
use journal::{PublicKey, Tip};
use std::collections::BTreeSet;

/// Within so many milliseconds what is written is pushed, and handed on by others.
const HANDED_ON_MS: u64 = 5_000;
/// Within so many milliseconds everybody else's entries arrive, whatever was refused (S6).
const BOUND_MS: u64 = 60_000;

impl World {
    /// Takes a workstation out of its shop, and has it and then all others write something.
    pub(crate) fn take_one_out(&mut self) -> Result<(), Failure> {
        let there = |pc: &&Pc| pc.is_up() && pc.counts();
        let nodes: Vec<NodeId> =
            self.pcs.iter().flatten().filter(there).map(|pc| pc.node).collect();
        let Some(node) =
            self.dice.pick(&nodes).copied().filter(|_| self.setting.faults == Faults::All)
        else {
            return Ok(());
        };
        let Some((shop, key)) = self.pcs[node].as_ref().map(|pc| (pc.shop, pc.key)) else {
            return Ok(());
        };
        if !self.centre.take_out(&key) {
            return Ok(());
        }
        self.trace.say(self.now, format_args!("node {node} is taken out"));
        let before = self.written_by(shop, &key);
        self.leave_word(node)?;
        self.wait(HANDED_ON_MS)?;
        let others = nodes
            .iter()
            .copied()
            .filter(|it| self.pcs[*it].as_ref().is_some_and(|pc| pc.shop == shop && pc.key != key));
        let others: Vec<NodeId> = others.collect();
        let mut words: Vec<(NodeId, Tip)> = Vec::new();
        for other in others {
            self.leave_word(other)?;
            let running = self.pcs[other].as_ref().and_then(|pc| pc.running.as_ref());
            words.extend(running.and_then(|it| it.workstation.tip()).map(|tip| (other, tip)));
        }
        self.wait(BOUND_MS)?;
        let more = self.written_by(shop, &key);
        if before != more {
            let what =
                format!("the centre took {:?} of a workstation that it revoked", more.last());
            return Err(failed("P1 revoked", what));
        }
        let books = &self.centre.halves[shop].books;
        let lost = words.iter().find(|(_, tip)| !books.holds(*tip)).map(|(other, tip)| {
            let ends = books.journals.get(&tip.journal).map(|it| it.ends());
            let stopped = self.pcs[*other].as_ref().map(Pc::stopped);
            format!("node {other}: {tip:?} did not arrive, {ends:?} did; refused were {stopped:?}")
        });
        lost.map_or(Ok(()), |what| Err(failed("S5 independent", what)))
    }

    /// The ends of what a workstation wrote, as the centre counts it.
    fn written_by(&self, shop: usize, key: &PublicKey) -> BTreeSet<Tip> {
        let journals = self.centre.halves[shop].books.journals.iter();
        let written = journals.filter(|(_, it)| it.key == *key);
        written.flat_map(|(id, it)| it.ends().into_iter().map(|end| end.in_journal(*id))).collect()
    }
}
