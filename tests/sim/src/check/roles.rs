//! L4: who answers for the shop's payments.

use super::failed;
use super::level::LEVEL_MS;
use crate::books::Books;
use crate::net::{LISTEN_PATIENCE_MS, NodeId};
use crate::pc::{Pc, TEND_MS};
use crate::setting::Failure;
use crate::world::World;
use domain::event::Event;
use domain::mesh;
use domain::mesh::roles::{SILENT_MS, STEP_MS};
use journal::{Header, PublicKey};
use std::collections::BTreeMap;

/// L4: whoever takes a role does so in a higher term than any of its own before; and a grant stands in a
/// term that its writer took.
pub(super) fn terms_rise(books: &Books) -> Result<(), Failure> {
    let mut taken: BTreeMap<PublicKey, Vec<u64>> = BTreeMap::new();
    let mut granted = Vec::new();
    for (id, journal) in &books.journals {
        for end in journal.ends() {
            let mut last = 0;
            for row in journal.path(end.hash).unwrap_or_default() {
                let (Some(header), Some(body)) = (Header::decode(&row.raw.header), &row.raw.body)
                else {
                    continue;
                };
                let event = Event::decode(header.kind, header.kind_version, body);
                let Ok(Some(Event::Mesh(event))) = event else { continue };
                match event {
                    mesh::Event::RoleTaken(it) if it.term <= last => {
                        let what = format!("{id} took term {} after {last}", it.term);
                        return Err(failed("L4 takeover", what));
                    }
                    mesh::Event::RoleTaken(it) => {
                        last = it.term;
                        taken.entry(journal.key).or_default().push(it.term);
                    }
                    mesh::Event::PaymentGranted(it) => granted.push((journal.key, it.term)),
                    mesh::Event::PaymentAsked(_)
                    | mesh::Event::Vouched(_)
                    | mesh::Event::Ended(_)
                    | mesh::Event::DrillBegan(_)
                    | mesh::Event::DrillEnded(_) => {}
                }
            }
        }
    }
    let own = |(key, term): &(PublicKey, u64)| taken.get(key).is_some_and(|it| it.contains(term));
    match granted.iter().find(|it| !own(it)) {
        Some((_, term)) => Err(failed(
            "L4 takeover",
            format!("a grant in term {term}, which its writer never took"),
        )),
        None => Ok(()),
    }
}

impl World {
    /// L4: where everything is well and the arbiter dies, another answers within 5 s: and the time that
    /// passes here between two looks.
    pub(crate) fn take_over(&mut self) -> Result<(), Failure> {
        let shops: Vec<usize> =
            (0..self.plan.shops.len()).filter(|shop| 2 <= self.tills(*shop).len()).collect();
        if shops.is_empty() {
            return Ok(());
        }
        let bound = |tills: usize| SILENT_MS + STEP_MS * tills as u64 + 2 * TEND_MS;
        // Everybody hears everybody again: who listened when a way was cut has given that up, and has listened
        // for long enough since to take over from one that is gone.
        self.wait(LISTEN_PATIENCE_MS + bound(4))?;
        let mut dead = Vec::new();
        for shop in shops {
            let label = self.arbiter_of(shop);
            let holders: Vec<NodeId> = self.of_label(shop, &label);
            let key = holders.first().and_then(|node| self.pcs[*node].as_ref()).map(|pc| pc.key);
            let Some(key) = key else {
                return Err(failed("L4 takeover", format!("{label:?} answers in shop {shop}")));
            };
            // Copies of one disk speak with one voice.
            let its = self.pcs.iter().flatten().filter(|pc| pc.key == key && pc.is_up());
            let its: Vec<NodeId> = its.map(|pc| pc.node).collect();
            for node in &its {
                if let Some(pc) = self.pc(*node) {
                    pc.kill();
                    pc.disk.kill();
                }
            }
            self.trace.say(self.now, format_args!("the arbiter {label} is killed"));
            dead.push((shop, its, label));
        }
        self.wait(bound(4))?;
        for (shop, holders, label) in dead {
            for node in self.tills(shop) {
                let now = self.pcs[node].as_ref().map(Pc::arbiter).unwrap_or_default();
                if now.is_empty() || now == label {
                    let what = format!("node {node} has {now:?} answer after {label} died");
                    return Err(failed("L4 takeover", what));
                }
            }
            for holder in holders {
                self.start(holder)?;
            }
        }
        self.level(Self::is_level, LEVEL_MS)
    }

    /// Who answers in a shop, as its tills see it.
    fn arbiter_of(&self, shop: usize) -> String {
        let seen = self.tills(shop).into_iter().filter_map(|node| self.pcs[node].as_ref());
        seen.map(Pc::arbiter).next().unwrap_or_default()
    }

    /// The tills of a shop that sell, each with a disk of its own. A copy of one that burnt may have been
    /// declared dead with it, and answers for nothing then.
    fn tills(&self, shop: usize) -> Vec<NodeId> {
        let all = || self.pcs.iter().flatten();
        let its = all().filter(|pc| pc.shop == shop && pc.counts() && pc.sells());
        let sells = its.filter(|pc| !all().any(|it| it.is_destroyed && it.key == pc.key));
        let mut by_key: BTreeMap<PublicKey, NodeId> = BTreeMap::new();
        for pc in sells {
            by_key.entry(pc.key).or_insert(pc.node);
        }
        by_key.into_values().collect()
    }

    /// Those that run under a label: a copy of a disk has that of the disk.
    fn of_label(&self, shop: usize, label: &str) -> Vec<NodeId> {
        let its = self.pcs.iter().flatten().filter(|pc| pc.shop == shop && pc.counts());
        let its = its.filter(|pc| pc.is_up() && pc.label.trim_end_matches('\'') == label);
        its.map(|pc| pc.node).collect()
    }
}
