//! What the centre has on disk of one shop.

use domain::card::Card;
use domain::id::CustomerId;
use fiscal::Money;
use fiscal::ticket::Ticket;
use journal::{Entry, EntryHash, JournalId, Kind, PublicKey, RawEntry, Seq, Signature, Tick, Tip};
use replication::answer::{Held, PullHeld, PushReads, Writer};
use replication::{CardRecord, Place, Push};
use std::collections::{BTreeMap, BTreeSet};

/// An entry as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) raw: RawEntry,
    pub(crate) hash: EntryHash,
    pub(crate) seq: Seq,
    pub(crate) tick: Tick,
    pub(crate) kind: Kind,
    pub(crate) seal: Option<Signature>,
}

impl Row {
    pub(crate) fn of(entry: &Entry, seal: Option<Signature>) -> Self {
        let header = &entry.header;
        Self {
            raw: entry.to_raw(),
            hash: entry.hash,
            seq: header.seq,
            tick: header.tick,
            kind: header.kind,
            seal,
        }
    }

    pub(crate) fn place(&self) -> Place {
        Place { seq: self.seq, hash: self.hash }
    }
}

/// The entries of a transaction; the last one has the seal.
pub(crate) fn rows(entries: &[Entry], seal: Signature) -> Vec<Row> {
    let last = entries.len().saturating_sub(1);
    let row = |(index, entry)| Row::of(entry, (index == last).then_some(seal));
    entries.iter().enumerate().map(row).collect()
}

/// Entries that follow one another, after `from` on another chain if it is a branch.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub(crate) from: Option<Place>,
    pub(crate) rows: Vec<Row>,
}

impl Chain {
    pub(crate) fn end(&self) -> Place {
        self.rows.last().expect("a chain has at least one entry").place()
    }
}

/// A journal: its ordinary chain, then its branches.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    pub(crate) key: PublicKey,
    pub(crate) chains: Vec<Chain>,
    /// Where each entry stands: chain and place in it.
    places: BTreeMap<EntryHash, (usize, usize)>,
}

impl Journal {
    pub(crate) fn ends(&self) -> Vec<Place> {
        self.chains.iter().map(Chain::end).collect()
    }

    /// All entries from the first to this one.
    pub(crate) fn path(&self, hash: EntryHash) -> Option<Vec<&Row>> {
        let (chain, row) = *self.places.get(&hash)?;
        let chain = &self.chains[chain];
        let mut path = match chain.from {
            Some(from) => self.path(from.hash)?,
            None => Vec::new(),
        };
        path.extend(&chain.rows[..=row]);
        Some(path)
    }

    fn end_of(&self, hash: EntryHash) -> Option<Place> {
        self.places.get(&hash).map(|(chain, _)| self.chains[*chain].end())
    }

    pub(crate) fn holds(&self, hash: EntryHash) -> bool {
        self.places.contains_key(&hash)
    }

    fn extend(&mut self, chain: usize, rows: Vec<Row>) {
        for row in rows {
            self.places.insert(row.hash, (chain, self.chains[chain].rows.len()));
            self.chains[chain].rows.push(row);
        }
    }
}

/// Something to write. A transaction is a list of these, written whole or not at all.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    Begin {
        journal: JournalId,
        key: PublicKey,
        rows: Vec<Row>,
    },
    Grow {
        journal: JournalId,
        onto: Place,
        rows: Vec<Row>,
    },
    Branch {
        journal: JournalId,
        from: Place,
        rows: Vec<Row>,
    },
    /// Counts entries again: what a wrong centre does.
    Count {
        rows: Vec<Row>,
    },
    Park {
        journal: JournalId,
    },
    Card(Box<Card>),
    Merged {
        peer: PublicKey,
        through: u64,
    },
}

/// The centre's side of a shop as of its last commit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    pub(crate) journals: BTreeMap<JournalId, Journal>,
    /// The journal that the centre writes in.
    pub(crate) own: Option<JournalId>,
    pub(crate) tick: Tick,
    pub(crate) parked: BTreeSet<JournalId>,
    pub(crate) forked: BTreeSet<JournalId>,
    pub(crate) cards: BTreeMap<CustomerId, Card>,
    /// Which card changed last, second to last …: place to card.
    card_list: BTreeMap<u64, CustomerId>,
    pub(crate) cards_end: u64,
    pub(crate) merged: BTreeMap<PublicKey, u64>,
    /// What tickets came to, added up as they arrived: sales less returns.
    pub(crate) rollup: Money,
}

impl Books {
    pub(crate) fn begin(&mut self, journal: JournalId, key: PublicKey, rows: Vec<Row>) {
        self.write(Write::Begin { journal, key, rows });
    }

    pub(crate) fn write(&mut self, write: Write) {
        match write {
            Write::Begin { journal, key, rows } => {
                self.fold(&rows);
                let chains = vec![Chain { from: None, rows: Vec::new() }];
                let mut held = Journal { key, chains, places: BTreeMap::new() };
                held.extend(0, rows);
                self.journals.insert(journal, held);
            }
            Write::Grow { journal, onto, rows } => {
                self.fold(&rows);
                let held = self.journals.get_mut(&journal).expect("a journal that grows is held");
                let chain = held.chains.iter().position(|chain| chain.end() == onto);
                held.extend(chain.expect("it grows at an end"), rows);
            }
            Write::Branch { journal, from, rows } => {
                self.fold(&rows);
                let held = self.journals.get_mut(&journal).expect("a branch is of a held journal");
                held.chains.push(Chain { from: Some(from), rows: Vec::new() });
                held.extend(held.chains.len() - 1, rows);
                self.forked.insert(journal);
            }
            Write::Count { rows } => self.fold(&rows),
            Write::Park { journal } => {
                self.parked.insert(journal);
            }
            Write::Card(card) => self.merge_card(*card),
            Write::Merged { peer, through } => {
                self.merged.insert(peer, through);
            }
        }
    }

    fn fold(&mut self, rows: &[Row]) {
        for row in rows {
            self.tick = self.tick.max(row.tick);
            self.rollup += total_of(row);
        }
    }

    /// At each start the list of cards goes on from a place that nobody can have seen: a disk that
    /// was set back must not give new cards the places of old ones.
    pub(crate) fn begin_card_list(&mut self, chance: u64) {
        self.cards_end += chance % (1 << 32);
    }

    fn merge_card(&mut self, card: Card) {
        let id = card.id;
        let mut after = self.cards.get(&id).cloned().unwrap_or_else(|| Card::empty(id));
        after.merge(card);
        if self.cards.get(&id) != Some(&after) {
            self.cards.insert(id, after);
            self.card_list.retain(|_, it| *it != id);
            self.cards_end += 1;
            self.card_list.insert(self.cards_end, id);
        }
    }

    pub(crate) fn tips(&self) -> Vec<Tip> {
        self.journals
            .iter()
            .flat_map(|(id, it)| it.ends().into_iter().map(|end| end.in_journal(*id)))
            .collect()
    }

    pub(crate) fn holds(&self, tip: Tip) -> bool {
        self.journals.get(&tip.journal).is_some_and(|it| it.holds(tip.hash))
    }

    /// Where the centre's own journal ends.
    pub(crate) fn own_tip(&self) -> Option<Tip> {
        let own = self.own?;
        let end = self.journals.get(&own)?.chains.first()?.end();
        Some(end.in_journal(own))
    }

    /// What is read for a push.
    pub(crate) fn held(&self, journal: JournalId, reads: &PushReads, writer: Writer) -> Held {
        let Some(held) = self.journals.get(&journal) else {
            return Held {
                key: None,
                writer,
                base_tick: None,
                ordinary: Vec::new(),
                branches: Vec::new(),
                tips: Vec::new(),
            };
        };
        let base_tick = reads.base.and_then(|base| {
            let (chain, row) = *held.places.get(&base.hash)?;
            let row = &held.chains[chain].rows[row];
            (row.seq == base.seq).then_some(row.tick)
        });
        let within = |chain: &Chain| -> Vec<Place> {
            let places = chain.rows.iter().map(Row::place);
            places.filter(|it| (reads.first..=reads.last).contains(&it.seq)).collect()
        };
        Held {
            key: Some(held.key),
            writer,
            base_tick,
            ordinary: within(&held.chains[0]),
            branches: held.chains[1..].iter().flat_map(within).collect(),
            tips: held.ends(),
        }
    }

    /// The rows of a push that is held, as they are.
    pub(crate) fn pushed(&self, push: &Push) -> Vec<Row> {
        let journal = self.journals.get(&push.journal);
        let last = push.entries.last().map(RawEntry::hash);
        let path = journal.zip(last).and_then(|(journal, last)| journal.path(last));
        let path = path.unwrap_or_default();
        let from = path.len().saturating_sub(push.entries.len());
        path[from..].iter().map(|row| (*row).clone()).collect()
    }

    /// What is read for a pull.
    pub(crate) fn pull_held(&self, tip: Tip, after: Option<Place>) -> PullHeld {
        let end = self.journals.get(&tip.journal).and_then(|it| it.end_of(tip.hash));
        let end = end.map(|end| end.in_journal(tip.journal));
        let after_on_chain = match (end, after) {
            (Some(end), Some(after)) => self.after(end, Some(after)).is_some(),
            (_, None) => true,
            (None, Some(_)) => false,
        };
        PullHeld { tip: end, after_on_chain }
    }

    /// What follows `after` on the chain that ends at `tip`, where both are on it.
    pub(crate) fn after(&self, tip: Tip, after: Option<Place>) -> Option<Vec<&Row>> {
        let path = self.journals.get(&tip.journal)?.path(tip.hash)?;
        let from = match after {
            Some(after) => path.iter().position(|row| row.place() == after)? + 1,
            None => 0,
        };
        Some(path[from..].to_vec())
    }

    /// The hashes at some places of a chain; `None` where it is not held.
    pub(crate) fn hashes(&self, tip: Tip, seqs: &[Seq]) -> Option<Vec<Option<EntryHash>>> {
        let path = self.journals.get(&tip.journal)?.path(tip.hash)?;
        let at = |seq: &Seq| path.iter().find(|row| row.seq == *seq).map(|row| row.hash);
        Some(seqs.iter().map(at).collect())
    }

    /// Cards that changed after this place.
    pub(crate) fn cards_after(&self, after: u64) -> Vec<CardRecord> {
        let list = self.card_list.range(after + 1..);
        list.map(|(position, id)| CardRecord { position: *position, card: self.cards[id].encode() })
            .collect()
    }
}

/// What a ticket adds to the centre's rollup; nothing else adds anything.
pub(crate) fn total_of(row: &Row) -> Money {
    if row.kind != fiscal::kind::TICKET {
        return Money::ZERO;
    }
    let ticket = row.raw.body.as_deref().and_then(Ticket::decode);
    let document = ticket.and_then(|ticket| ticket.read().ok());
    document.map_or(Money::ZERO, |document| document.total_ttc)
}
