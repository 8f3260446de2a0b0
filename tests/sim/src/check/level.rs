//! S5, S6: everybody holds the same, and soon; what was refused keeps nothing else from arriving.

use super::failed;
use crate::books::Books;
use crate::net::NodeId;
use crate::pc::Pc;
use crate::setting::Failure;
use crate::trace::short;
use crate::world::World;
use journal::{JournalId, PublicKey, Tip};
use pos_core::replicate::tips;
use pos_core::store::{StoreError, cards, journals, publications};
use std::collections::{BTreeMap, BTreeSet};

/// After the last fault everything is level within so many milliseconds, and one more for each entry.
pub(crate) const LEVEL_MS: u64 = 30_000;
/// The same where a way was closed and is open again: a link may be waiting for a minute by then.
pub(crate) const ALONE_MS: u64 = LEVEL_MS + 60_000;

/// What is refused, and offered again in minutes: an alarm was raised for each.
#[derive(Debug, Default)]
pub(crate) struct Stopped {
    journals: BTreeSet<JournalId>,
    /// Cards, or files that were published.
    feeds: bool,
}

impl Stopped {
    pub(crate) fn is_empty(&self) -> bool {
        self.journals.is_empty() && !self.feeds
    }
}

/// What two that are level have in common.
#[derive(Debug, PartialEq, Eq)]
struct State {
    tips: BTreeSet<Tip>,
    cards: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Whether nothing that was published is still to come.
    is_whole: bool,
}

impl State {
    /// All but what is refused.
    fn without(mut self, stopped: &Stopped) -> Self {
        self.tips.retain(|tip| !stopped.journals.contains(&tip.journal));
        if stopped.feeds {
            self.cards.clear();
            self.is_whole = true;
        }
        self
    }
}

fn state_of(pc: &mut Pc, revoked: &BTreeSet<PublicKey>) -> Option<State> {
    let running = pc.running.as_mut()?;
    let read = running.workstation.store().read(|tx| {
        let held = journals::all(tx)?;
        let out: BTreeSet<JournalId> = held
            .iter()
            .filter(|it| revoked.contains(&it.public_key))
            .map(|it| it.tip.journal)
            .collect();
        let tips = tips(tx)?.into_iter().filter(|(journal, _)| !out.contains(journal));
        let tips = tips.flat_map(|(journal, places)| {
            places.into_iter().map(move |place| place.in_journal(journal))
        });
        let tips = tips.collect();
        let cards = cards::after(tx, 0, 10_000)?;
        let cards = cards.into_iter().map(|(_, card)| (id_of(&card), card)).collect();
        let is_whole = publications::wanted(tx)?.is_empty();
        Ok::<_, StoreError>(State { tips, cards, is_whole })
    });
    read.ok()
}

fn id_of(card: &[u8]) -> Vec<u8> {
    domain::card::Card::decode(card).map_or_else(|_| card.to_vec(), |it| it.id.0.to_vec())
}

fn state_at_centre(books: &Books, revoked: &BTreeSet<PublicKey>) -> State {
    let cards = books.cards.values().map(|card| (card.id.0.to_vec(), card.encode())).collect();
    let is_out = |journal: &JournalId| {
        books.journals.get(journal).is_some_and(|it| revoked.contains(&it.key))
    };
    let tips = books.tips().into_iter().filter(|tip| !is_out(&tip.journal)).collect();
    State { tips, cards, is_whole: true }
}

/// What the links of those that count wait to offer again.
pub(crate) fn stopped(world: &World) -> Stopped {
    let mut stopped = Stopped::default();
    for pc in world.pcs.iter().flatten().filter(|it| it.counts()) {
        stopped.journals.extend(pc.stopped());
        stopped.feeds |= pc.feeds_stopped();
    }
    stopped
}

impl World {
    /// Whom the centre took out of a shop: what they write since then is believed nowhere, and what
    /// they wrote before may be on its way for ever.
    pub(crate) fn revoked(&self) -> BTreeSet<PublicKey> {
        self.pcs.iter().flatten().filter(|pc| pc.is_revoked).map(|pc| pc.key).collect()
    }

    /// S5, S6: everybody holds the same, but for what is refused.
    pub(crate) fn is_level(&mut self, stopped: &Stopped) -> bool {
        let revoked = self.revoked();
        for node in self.nodes() {
            let Some(pc) = self.pcs[node].as_mut().filter(|it| it.counts()) else {
                continue;
            };
            let books = &self.centre.halves[pc.shop].books;
            let centre = state_at_centre(books, &revoked).without(stopped);
            let state = state_of(pc, &revoked).map(|state| state.without(stopped));
            if state != Some(centre) {
                return false;
            }
        }
        self.centre.is_up
    }

    /// The same of these workstations.
    pub(crate) fn hold_the_same(&mut self, nodes: &[NodeId], stopped: &Stopped) -> bool {
        let revoked = self.revoked();
        let mut states = nodes.iter().map(|node| {
            let state = self.pcs[*node].as_mut().and_then(|pc| state_of(pc, &revoked));
            state.map(|state| state.without(stopped))
        });
        let Some(Some(first)) = states.next() else {
            return nodes.is_empty();
        };
        first.is_whole && states.all(|state| state.as_ref() == Some(&first))
    }

    /// How many entries the centre holds.
    pub(crate) fn entries(&self) -> u64 {
        let journals = self.centre.halves.iter().flat_map(|half| half.books.journals.values());
        let rows: usize = journals.flat_map(|it| &it.chains).map(|chain| chain.rows.len()).sum();
        rows as u64
    }

    pub(crate) fn not_level(&mut self, within: u64) -> Failure {
        let mut words = format!("not level {within} ms after healing");
        let revoked = self.revoked();
        for node in self.nodes() {
            let Some(pc) = self.pcs[node].as_mut().filter(|it| it.counts()) else {
                continue;
            };
            let centre = state_at_centre(&self.centre.halves[pc.shop].books, &revoked);
            let (label, now) = (pc.label.clone(), self.now);
            let waits: Vec<_> = pc.silent_until_ms().collect();
            match state_of(pc, &revoked) {
                Some(state) if state != centre => {
                    let lacks: Vec<_> = centre.tips.difference(&state.tips).map(told).collect();
                    let more: Vec<_> = state.tips.difference(&centre.tips).map(told).collect();
                    let (cards, whole) = (state.cards == centre.cards, state.is_whole);
                    words += &format!(
                        "; node {node} {label} lacks {lacks:?} and has {more:?}, \
                         cards {cards}, blobs {whole}, and at {now} waits until {waits:?}"
                    );
                }
                Some(_) => {}
                None => words += &format!("; node {node} {label} is down"),
            }
        }
        let stopped = stopped(self);
        if !stopped.is_empty() {
            let journals: Vec<_> = stopped.journals.iter().map(|it| short(&it.0)).collect();
            words += &format!("; refused were {journals:?}, cards or blobs {}", stopped.feeds);
        }
        failed("S6 liveness", words)
    }
}

pub(super) fn told(tip: &Tip) -> String {
    format!("{}:{}:{}", short(&tip.journal.0), tip.seq.0, short(&tip.hash.0))
}
