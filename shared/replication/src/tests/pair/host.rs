//! A workstation in memory: what it holds, and how it answers.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use journal::{
    Batch, BlobHash, EntryHash, JournalId, PublicKey, RawEntry, Seq, Signature, Tick, Tip,
};

use crate::answer::{
    CardsHeld, Held, PullHeld, PullPlan, PushPlan, Run, Writer as Standing, answer_hello,
    answer_pull, answer_push, blob_part, cards_merged, cards_page, changed, cut, poke_reply,
    pull_reply, push_reads,
};
use crate::link::{BlobOutcome, ReadOutcome};
use crate::tests::{Writer, key};
use crate::{
    BlobPart, CardRecord, CardsPage, Hashes, Listen, Place, Probe, Pull, Push, Refusal, Reply,
    Request, Rewind,
};

#[derive(Clone)]
struct Row {
    place: Place,
    prev: Option<EntryHash>,
    journal: JournalId,
    raw: RawEntry,
    seal: Option<Signature>,
    tick: Tick,
}

#[derive(Clone, Default)]
pub(super) struct Host {
    rows: BTreeMap<EntryHash, Row>,
    tips: BTreeMap<JournalId, Vec<Place>>,
    keys: BTreeMap<JournalId, PublicKey>,
    /// Each card with its place in the list.
    cards: BTreeMap<Vec<u8>, u64>,
    cards_end: u64,
    /// How far the other's list is merged.
    pub(super) merged: u64,
    pub(super) blobs: BTreeMap<BlobHash, Vec<u8>>,
    parts: BTreeMap<BlobHash, Vec<u8>>,
    pub(super) standing: BTreeMap<JournalId, Standing>,
    pub(super) parked: BTreeSet<EntryHash>,
    /// Numbers of requests that its program is too old for.
    pub(super) unknown: BTreeSet<u32>,
}

/// The bytes of a blob that go at once here.
const PART: usize = 3;

impl Host {
    /// Takes over what a writer wrote.
    pub(super) fn hold(&mut self, secret: u8, writer: &Writer) {
        for batch in &writer.batches {
            let first = &batch.entries[0];
            let onto = first.header.prev.and_then(|prev| Some(self.rows.get(&prev)?.place));
            self.keys.insert(batch.tip().journal, key(secret).public_key());
            if !self.rows.contains_key(&first.hash) {
                self.store(onto, batch);
            }
        }
    }

    fn store(&mut self, onto: Option<Place>, batch: &Batch) {
        let end = batch.tip();
        for entry in &batch.entries {
            let row = Row {
                place: Place { seq: entry.header.seq, hash: entry.hash },
                prev: entry.header.prev,
                journal: end.journal,
                raw: entry.to_raw(),
                seal: (entry.hash == end.hash).then_some(batch.seal),
                tick: entry.header.tick,
            };
            self.rows.insert(entry.hash, row);
        }
        let tips = self.tips.entry(end.journal).or_default();
        match tips.iter_mut().find(|it| Some(**it) == onto) {
            Some(tip) => *tip = Place::of(end),
            None => tips.push(Place::of(end)),
        }
    }

    /// The entries up to this one, from the first.
    fn chain(&self, end: EntryHash) -> Vec<&Row> {
        let back = |row: &&Row| row.prev.and_then(|prev| self.rows.get(&prev));
        let mut rows: Vec<&Row> =
            core::iter::successors(self.rows.get(&end), |row| back(row)).collect();
        rows.reverse();
        rows
    }

    pub(super) fn all_tips(&self) -> Vec<Tip> {
        let ends = |(journal, tips): (&JournalId, &Vec<Place>)| {
            tips.iter().map(|it| it.in_journal(*journal)).collect::<Vec<Tip>>()
        };
        self.tips.iter().flat_map(ends).collect()
    }

    pub(super) fn tips_by_journal(&self) -> BTreeMap<JournalId, Vec<Place>> {
        self.tips.clone()
    }

    pub(super) fn entries(&self) -> BTreeSet<EntryHash> {
        self.rows.keys().copied().collect()
    }

    pub(super) const fn cards_end(&self) -> u64 {
        self.cards_end
    }

    pub(super) fn card_names(&self) -> BTreeSet<Vec<u8>> {
        self.cards.keys().cloned().collect()
    }

    pub(super) fn add_card(&mut self, card: &[u8]) {
        if !self.cards.contains_key(card) {
            self.cards_end += 1;
            self.cards.insert(card.to_vec(), self.cards_end);
        }
    }

    /// What it answers; `None` where a listener is to wait.
    pub(super) fn answer(&mut self, request: Request) -> Option<Reply> {
        Some(match request {
            Request::Hello(hello) => {
                let cards = CardsHeld { end: self.cards_end, merged: Some(self.merged) };
                answer_hello(&hello, self.all_tips(), cards, 0)
            }
            Request::Probe(Probe { tip, seqs }) => match self.hashes(tip, &seqs) {
                Some(hashes) => Reply::Hashes(Hashes { hashes }),
                None => Reply::Rewind(Rewind { tip: None }),
            },
            Request::Push(push) => self.push(&push),
            Request::Pull(pull) => self.pull(&pull),
            Request::Cards(cards) => Reply::Cards(self.cards_after(cards.after)),
            Request::CardsPush(page) => {
                self.merge(&page);
                Reply::CardsAck { through: self.merged }
            }
            Request::Blob(blob) => match self.blobs.get(&blob.sha256) {
                Some(bytes) => {
                    let offset = usize::try_from(blob.offset).unwrap();
                    let part = bytes[offset..].iter().take(PART).copied().collect();
                    blob_part(blob.sha256, blob.offset, bytes.len().try_into().unwrap(), part)
                }
                None => Reply::NoBlob { sha256: blob.sha256 },
            },
            Request::Poke(_) => poke_reply(self.all_tips(), self.cards_end),
            Request::Listen(listen) => return self.news(&listen),
            Request::Snapshot(_) => Reply::Unknown { number: 9 },
        })
    }

    pub(super) fn news(&self, listen: &Listen) -> Option<Reply> {
        let tips = self.all_tips();
        changed(listen, &tips, self.cards_end).then(|| poke_reply(tips, self.cards_end))
    }

    pub(super) fn push(&mut self, push: &Push) -> Reply {
        let Ok(reads) = push_reads(push) else {
            return Reply::Refused(Refusal::TooLarge);
        };
        let tips = self.tips.get(&push.journal).cloned().unwrap_or_default();
        let ordinary: Vec<Place> = tips.first().map_or_else(Vec::new, |tip| {
            self.chain(tip.hash).iter().map(|row| row.place).collect()
        });
        let within = |it: &Place| (reads.first..=reads.last).contains(&it.seq);
        let branches = self.rows.values().filter(|row| row.journal == push.journal);
        let branches = branches.map(|row| row.place).filter(|it| !ordinary.contains(it));
        let base = reads.base.and_then(|base| self.rows.get(&base.hash));
        let held = Held {
            key: self.keys.get(&push.journal).copied(),
            writer: self.standing.get(&push.journal).copied().unwrap_or(Standing::Known),
            base_tick: base.map(|row| row.tick),
            branches: branches.filter(within).collect(),
            ordinary: ordinary.into_iter().filter(within).collect(),
            tips,
        };
        let plan = answer_push(&held, push);
        match &plan {
            PushPlan::Store { opening, onto, batch, .. } => {
                if let Some(opening) = opening {
                    self.keys.insert(push.journal, opening.public_key);
                }
                self.store(*onto, batch);
            }
            PushPlan::Keep { from, batch, .. } => self.store(Some(*from), batch),
            PushPlan::Park { .. } => {
                self.parked.extend(push.entries.iter().map(RawEntry::hash));
            }
            PushPlan::AlreadyHeld { .. } | PushPlan::Need { .. } | PushPlan::Refuse { .. } => {}
        }
        plan.reply().clone()
    }

    fn pull(&self, pull: &Pull) -> Reply {
        let tips = self.tips.get(&pull.tip.journal).cloned().unwrap_or_default();
        let holds = |end: &Place, hash| self.chain(end.hash).iter().any(|it| it.place.hash == hash);
        let end = tips.iter().find(|end| holds(end, pull.tip.hash));
        let after_on_chain =
            pull.after.is_none_or(|after| end.is_some_and(|end| holds(end, after.hash)));
        let tip = end.map(|end| end.in_journal(pull.tip.journal));
        match answer_pull(PullHeld { tip, after_on_chain }, pull) {
            PullPlan::Read { tip, after, limit } => {
                let rows = self.after(tip.hash, after).into_iter().take(limit + 1);
                pull_reply(tip, cut(rows, pull.limit.into()))
            }
            PullPlan::Rewind(rewind) => Reply::Rewind(rewind),
        }
    }

    fn after(&self, end: EntryHash, after: Option<Place>) -> Vec<(RawEntry, Option<Signature>)> {
        let after = after.map_or(Seq(0), |after| after.seq);
        let rows = self.chain(end).into_iter().filter(|row| after < row.place.seq);
        rows.map(|row| (row.raw.clone(), row.seal)).collect()
    }

    pub(super) fn read(&self, tip: Tip, after: Option<Place>, wish: u16) -> ReadOutcome {
        let on_chain = |after: Place| self.chain(tip.hash).iter().any(|row| row.place == after);
        if !after.is_none_or(on_chain) {
            return ReadOutcome::NotOnChain;
        }
        let run: Option<Run> = cut(self.after(tip.hash, after), wish.into());
        run.map_or(ReadOutcome::Nothing, ReadOutcome::Run)
    }

    pub(super) fn holds(&self, at: Tip) -> bool {
        self.rows.contains_key(&at.hash)
    }

    pub(super) fn hashes(&self, tip: Tip, seqs: &[Seq]) -> Option<Vec<Option<EntryHash>>> {
        self.rows.get(&tip.hash)?;
        let chain = self.chain(tip.hash);
        let at = |seq: &Seq| Some(chain.iter().find(|row| row.place.seq == *seq)?.place.hash);
        Some(seqs.iter().map(at).collect())
    }

    pub(super) fn cards_after(&self, after: u64) -> CardsPage {
        let mut records: Vec<CardRecord> = self
            .cards
            .iter()
            .map(|(card, &position)| CardRecord { position, card: card.clone() })
            .filter(|record| after < record.position)
            .collect();
        records.sort_by_key(|record| record.position);
        cards_page(records, self.cards_end)
    }

    pub(super) fn merge(&mut self, page: &CardsPage) {
        for record in &page.records {
            self.add_card(&record.card);
        }
        self.merged = cards_merged(self.merged, page);
    }

    pub(super) fn store_blob(&mut self, part: &BlobPart) -> BlobOutcome {
        let bytes = self.parts.entry(part.sha256).or_default();
        let held = |bytes: &Vec<u8>| u64::try_from(bytes.len()).unwrap();
        if part.offset == held(bytes) {
            bytes.extend_from_slice(&part.bytes);
        }
        let offset = held(bytes);
        if offset < part.total {
            return BlobOutcome::More { offset };
        }
        let bytes = self.parts.remove(&part.sha256).unwrap();
        if BlobHash::of(&bytes) != part.sha256 {
            return BlobOutcome::Corrupt;
        }
        self.blobs.insert(part.sha256, bytes);
        BlobOutcome::Whole
    }
}
