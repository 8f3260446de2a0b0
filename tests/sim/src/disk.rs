//! What a node has on disk, and what it is about to write.

use journal::{
    BlobHash, Entry, EntryHash, JournalId, Kind, PublicKey, RawEntry, Seq, Signature, Tick, Tip,
};
use replication::answer::{Held, PullHeld, PushReads, Writer};
use replication::{CardRecord, Place};
use std::collections::{BTreeMap, BTreeSet};

use crate::mutant::Mutant;

/// Entries of this kind move an amount; other kinds are kept and not folded.
pub(crate) const MOVED: Kind = Kind(64);
/// A kind that no program here knows.
pub(crate) const UNKNOWN: Kind = Kind(60_000);

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
}

impl Journal {
    pub(crate) fn ends(&self) -> Vec<Place> {
        self.chains.iter().map(Chain::end).collect()
    }

    fn locate(&self, hash: EntryHash) -> Option<(usize, usize)> {
        self.chains.iter().enumerate().find_map(|(chain, it)| {
            it.rows.iter().position(|row| row.hash == hash).map(|row| (chain, row))
        })
    }

    /// All entries from the first to this one.
    pub(crate) fn path(&self, hash: EntryHash) -> Option<Vec<&Row>> {
        let (chain, row) = self.locate(hash)?;
        let chain = &self.chains[chain];
        let mut path = match chain.from {
            Some(from) => self.path(from.hash)?,
            None => Vec::new(),
        };
        path.extend(&chain.rows[..=row]);
        Some(path)
    }

    fn end_of(&self, hash: EntryHash) -> Option<Place> {
        self.locate(hash).map(|(chain, _)| self.chains[chain].end())
    }

    pub(crate) fn holds(&self, hash: EntryHash) -> bool {
        self.locate(hash).is_some()
    }
}

/// What the entries of one subject add up to: a sum, and the amount that stands last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Total {
    pub(crate) sum: i64,
    pub(crate) last: i64,
    last_at: (u64, Option<JournalId>, u64, Option<EntryHash>),
}

impl Total {
    pub(crate) fn add(&mut self, journal: JournalId, row: &Row, mutant: Option<Mutant>) {
        let amount = amount_of(row);
        let at = (row.tick.0, Some(journal), row.seq.0, Some(row.hash));
        self.sum += amount;
        if self.last_at <= at || mutant == Some(Mutant::FoldInArrivalOrder) {
            self.last = amount;
            self.last_at = at;
        }
    }
}

/// Which subject an entry is about, where it is one that is folded.
pub(crate) fn subject_of(row: &Row) -> Option<u8> {
    (row.kind == MOVED).then(|| row.raw.body.as_ref().and_then(|body| body.first().copied()))?
}

fn amount_of(row: &Row) -> i64 {
    let body = row.raw.body.as_deref().unwrap_or_default();
    body.get(1..3).map_or(0, |it| i64::from(i16::from_be_bytes([it[0], it[1]])))
}

/// A card: whichever has the greater stamp stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Card {
    pub(crate) stamp: u64,
    pub(crate) value: u64,
}

/// Something to write. A transaction is a list of these, written whole or not at all.
#[derive(Clone, Debug)]
pub(crate) enum Write {
    Begin { journal: JournalId, key: PublicKey, rows: Vec<Row> },
    Grow { journal: JournalId, onto: Place, rows: Vec<Row> },
    Branch { journal: JournalId, from: Place, rows: Vec<Row> },
    Count { journal: JournalId, rows: Vec<Row> },
    Own(JournalId),
    Park { journal: JournalId },
    Alarm { journal: JournalId },
    Card { id: u64, card: Card },
    Merged { peer: usize, through: u64 },
    Blob(BlobHash),
}

/// A node's disk as of its last commit.
#[derive(Clone, Debug, Default)]
pub(crate) struct Disk {
    pub(crate) journals: BTreeMap<JournalId, Journal>,
    /// The journal this node writes in.
    pub(crate) own: Option<JournalId>,
    pub(crate) totals: BTreeMap<u8, Total>,
    pub(crate) tick: Tick,
    pub(crate) parked: BTreeSet<JournalId>,
    pub(crate) alarms: BTreeSet<JournalId>,
    pub(crate) cards: BTreeMap<u64, Card>,
    /// Which card changed last, second to last …: place to card.
    card_list: BTreeMap<u64, u64>,
    pub(crate) cards_end: u64,
    pub(crate) merged: BTreeMap<usize, u64>,
    pub(crate) blobs: BTreeSet<BlobHash>,
}

impl Disk {
    /// Writes; says whose ends moved.
    pub(crate) fn write(&mut self, write: Write, mutant: Option<Mutant>) -> Option<JournalId> {
        match write {
            Write::Begin { journal, key, rows } => {
                self.fold(journal, &rows, mutant);
                let chains = vec![Chain { from: None, rows }];
                self.journals.insert(journal, Journal { key, chains });
                Some(journal)
            }
            Write::Grow { journal, onto, rows } => {
                self.fold(journal, &rows, mutant);
                let held = self.journals.get_mut(&journal).expect("a journal that grows is held");
                let chain = held.chains.iter_mut().find(|chain| chain.end() == onto);
                chain.expect("it grows at an end").rows.extend(rows);
                Some(journal)
            }
            Write::Branch { journal, from, rows } => {
                self.fold(journal, &rows, mutant);
                let held = self.journals.get_mut(&journal).expect("a branch is of a held journal");
                held.chains.push(Chain { from: Some(from), rows });
                self.alarms.insert(journal);
                Some(journal)
            }
            Write::Count { journal, rows } => {
                self.fold(journal, &rows, mutant);
                None
            }
            Write::Own(journal) => {
                self.own = Some(journal);
                None
            }
            Write::Park { journal } => {
                self.parked.insert(journal);
                None
            }
            Write::Alarm { journal } => {
                self.alarms.insert(journal);
                None
            }
            Write::Card { id, card } => {
                self.merge_card(id, card);
                None
            }
            Write::Merged { peer, through } => {
                self.merged.insert(peer, through);
                None
            }
            Write::Blob(hash) => {
                self.blobs.insert(hash);
                None
            }
        }
    }

    fn fold(&mut self, journal: JournalId, rows: &[Row], mutant: Option<Mutant>) {
        for row in rows {
            self.tick = self.tick.max(row.tick);
            if let Some(subject) = subject_of(row) {
                self.totals.entry(subject).or_default().add(journal, row, mutant);
            }
        }
    }

    /// At each start the list of cards goes on from a place that nobody can have seen: a disk that
    /// was set back must not give new cards the places of old ones.
    pub(crate) fn begin_card_list(&mut self, chance: u64) {
        self.cards_end += chance % (1 << 32);
    }

    fn merge_card(&mut self, id: u64, card: Card) {
        if self.cards.get(&id).is_none_or(|held| *held < card) {
            self.cards.insert(id, card);
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

    pub(crate) fn holds(&self, journal: JournalId, hash: EntryHash) -> bool {
        self.journals.get(&journal).is_some_and(|it| it.holds(hash))
    }

    /// Every entry held.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (JournalId, &Row)> {
        self.journals.iter().flat_map(|(id, it)| {
            it.chains.iter().flat_map(move |chain| chain.rows.iter().map(move |row| (*id, row)))
        })
    }

    /// What is read for a push.
    pub(crate) fn held(&self, journal: JournalId, reads: &PushReads) -> Held {
        let Some(held) = self.journals.get(&journal) else {
            return Held {
                key: None,
                writer: Writer::Known,
                base_tick: None,
                ordinary: Vec::new(),
                branches: Vec::new(),
                tips: Vec::new(),
            };
        };
        let base_tick = reads.base.and_then(|base| {
            let rows = held.chains.iter().flat_map(|chain| &chain.rows);
            rows.clone().find(|row| row.place() == base).map(|row| row.tick)
        });
        let within = |chain: &Chain| -> Vec<Place> {
            let places = chain.rows.iter().map(Row::place);
            places.filter(|it| (reads.first..=reads.last).contains(&it.seq)).collect()
        };
        Held {
            key: Some(held.key),
            writer: Writer::Known,
            base_tick,
            ordinary: within(&held.chains[0]),
            branches: held.chains[1..].iter().flat_map(within).collect(),
            tips: held.ends(),
        }
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
        let record = |(position, id): (&u64, &u64)| {
            let card = self.cards[id];
            let bytes = [*id, card.stamp, card.value].map(u64::to_be_bytes).concat();
            CardRecord { position: *position, card: bytes }
        };
        list.map(record).collect()
    }
}

/// Reads a card as [`Disk::cards_after`] writes it.
pub(crate) fn read_card(bytes: &[u8]) -> Option<(u64, Card)> {
    let number = |at: usize| bytes.get(at..at + 8)?.try_into().ok().map(u64::from_be_bytes);
    Some((number(0)?, Card { stamp: number(8)?, value: number(16)? }))
}
