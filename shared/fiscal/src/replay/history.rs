//! One history of one journal: headers, bodies, chain, ticks and seals.

use super::fault::Fault;
use super::papers::Papers;
use super::standing::Standing;
use super::{Findings, Summary};
use crate::Money;
use crate::archive::format::unhex;
use crate::closing::Tally;
use crate::record::SeriesKind;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use journal::{
    Entry, EntryHash, Header, JournalId, Keep, MAX_BATCH_ENTRIES, Opening, PublicKey, RawEntry,
    Seq, Signature, Tick, Tip, kind,
};

/// A journal while its entries come in.
#[derive(Debug)]
pub(super) struct History {
    pub(super) journal: JournalId,
    pub(super) key: Option<PublicKey>,
    pub(super) standing: Standing,
    /// The place before the first entry that was given.
    pub(super) after: Seq,
    /// The first eight bytes of the hash of each entry, by its place, from `after` on.
    hashes: Vec<(Seq, u64)>,
    /// The perpetual totals after each ticket.
    pub(super) totals: Vec<(Seq, Money, Money)>,
    /// The totals that it began with, once they are known.
    pub(super) carried: Option<(Money, Money)>,
    pub(super) continues: Vec<Tip>,
    /// The last entry that counts in a closing.
    pub(super) last_counted: u64,
    /// All amounts added so far, without their signs: no sum of some of them is greater.
    pub(super) volume: u64,
    /// Whether what is wrong is already known of an earlier history with the same entries.
    pub(super) known: bool,
    pub(super) summary: Summary,
    unsealed: u64,
}

impl History {
    pub(super) fn begin(journal: JournalId, standing: Standing) -> Self {
        let key = standing.public_key.as_deref().and_then(unhex);
        let key = key.and_then(|it| PublicKey::from_bytes(&it).ok());
        let tickets = &standing.tickets;
        let carried = (standing.seq == Seq(0) || tickets.totals_known)
            .then_some((tickets.perpetual_algebraic, tickets.perpetual_absolute));
        Self {
            journal,
            key,
            after: standing.seq,
            hashes: standing.hash.iter().map(|it| (standing.seq, prefix(*it))).collect(),
            totals: Vec::new(),
            carried,
            continues: Vec::new(),
            last_counted: standing.seq.0,
            volume: 0,
            known: false,
            summary: Summary::of(journal, &standing),
            unsealed: 0,
            standing,
        }
    }

    /// The beginning of the hash of the entry at a place, where it was given.
    pub(super) fn prefix_at(&self, seq: Seq) -> Option<u64> {
        let index = self.hashes.binary_search_by_key(&seq, |it| it.0).ok()?;
        self.hashes.get(index).map(|it| it.1)
    }

    /// The places of the entries that were given.
    pub(super) fn places(&self) -> impl Iterator<Item = u64> {
        self.hashes.iter().map(|it| it.0.0)
    }

    pub(super) fn stands_at(&self, seq: Seq, hash: EntryHash) -> bool {
        self.prefix_at(seq) == Some(prefix(hash))
    }

    /// The perpetual totals after the entry at `seq`.
    pub(super) fn totals_at(&self, seq: Seq) -> Option<(Money, Money)> {
        let place = self.totals.partition_point(|it| it.0 <= seq);
        match place.checked_sub(1) {
            Some(last) => Some((self.totals[last].1, self.totals[last].2)),
            None => self.carried,
        }
    }

    pub(super) fn report(&self, findings: &mut Findings, seq: Seq, what: Fault) {
        if !self.known {
            findings.add(self.journal, Some(seq), what);
        }
    }

    /// The next entry, as it is stored.
    pub(super) fn entry(
        &mut self,
        raw: &RawEntry,
        seal: Option<&Signature>,
        findings: &mut Findings,
        papers: &mut Papers,
    ) {
        let due = Seq(self.standing.seq.0.saturating_add(1));
        let read = journal::read(raw);
        let whole = read.is_ok();
        let entry = read.ok().or_else(|| self.without_body(raw, due, findings));
        match &entry {
            Some(entry) => {
                let seq = self.follows(entry, due, findings);
                self.moved_on(seq, entry.hash, entry.header.tick);
                if whole {
                    self.says(entry, findings, papers);
                }
            }
            None => {
                self.moved_on(due, raw.hash(), self.standing.tick);
                self.standing.lose_all();
            }
        }
        self.sealed(raw, seal, findings);
    }

    /// An entry whose body is not its header's, without it; none where the header is none.
    fn without_body(&mut self, raw: &RawEntry, due: Seq, findings: &mut Findings) -> Option<Entry> {
        let header_only = RawEntry { header: raw.header.clone(), body: None };
        let Ok(entry) = journal::read(&header_only) else {
            self.report(findings, due, Fault::Header);
            return None;
        };
        self.report(findings, due, Fault::Body);
        self.lose(&entry.header);
        Some(entry)
    }

    fn lose(&mut self, header: &Header) {
        let series = SeriesKind::of_kind(header.kind);
        let tickets = header.kind == crate::kind::TICKET;
        if tickets || series.is_some() {
            self.standing.lose(tickets, series);
        }
    }

    /// Whether the entry is the one that is due; the place that it has.
    fn follows(&mut self, entry: &Entry, due: Seq, findings: &mut Findings) -> Seq {
        let header = &entry.header;
        let is_first = due == Seq::FIRST;
        let journal = if is_first { None } else { Some(self.journal) };
        if is_first && JournalId(entry.hash.0) != self.journal {
            self.report(findings, due, Fault::NotOpened);
        } else if header.journal != journal {
            self.report(findings, due, Fault::OtherJournal);
        }
        if header.seq != due {
            let ahead = due < header.seq;
            let what = if ahead { Fault::Missing { from: due } } else { Fault::OutOfOrder };
            self.report(findings, if ahead { due } else { header.seq }, what);
            self.standing.lose_all();
        } else if header.prev != self.standing.hash {
            self.report(findings, self.standing.seq.max(Seq::FIRST), Fault::Altered);
        }
        let rise = header.tick.0.checked_sub(self.standing.tick.0);
        if header.seq == due && !rise.is_some_and(|it| (1..=Tick::MAX_JUMP).contains(&it)) {
            self.report(findings, due, Fault::Tick);
        }
        due.max(header.seq)
    }

    fn moved_on(&mut self, seq: Seq, hash: EntryHash, tick: Tick) {
        self.hashes.push((seq, prefix(hash)));
        self.standing.seq = seq;
        self.standing.hash = Some(hash);
        self.standing.tick = tick.max(self.standing.tick);
        self.summary.entries = self.summary.entries.saturating_add(1);
    }

    fn says(&mut self, entry: &Entry, findings: &mut Findings, papers: &mut Papers) {
        let header = &entry.header;
        let wall = header.wall_ms;
        let (first, last) = self.summary.wall_ms.unwrap_or((wall, wall));
        self.summary.wall_ms = Some((first.min(wall), last.max(wall)));
        let Some(body) = &entry.body else {
            self.gone(header, findings);
            return;
        };
        let is_opening = header.kind == kind::OPENED;
        if is_opening || header.seq == Seq::FIRST {
            self.opens(header, body, findings);
        } else if header.kind == crate::kind::TICKET || SeriesKind::of_kind(header.kind).is_some() {
            self.fiscal(header, body, findings, papers);
        }
    }

    fn gone(&mut self, header: &Header, findings: &mut Findings) {
        self.summary.purged = self.summary.purged.saturating_add(1);
        if header.keep != Keep::Operation || header.seq == Seq::FIRST {
            self.report(findings, self.standing.seq, Fault::BodyGone);
            self.lose(header);
        }
    }

    fn opens(&mut self, header: &Header, body: &[u8], findings: &mut Findings) {
        let opening = Opening::decode(body);
        let Some(opening) = opening.filter(|_| self.standing.seq == Seq::FIRST) else {
            self.report(findings, self.standing.seq, Fault::NotOpened);
            return;
        };
        if header.kind != kind::OPENED {
            self.report(findings, Seq::FIRST, Fault::NotOpened);
            return;
        }
        self.key = Some(opening.public_key);
        self.standing.opened(&opening);
        if !opening.continues.is_empty() {
            self.carried = None;
        }
        self.summary.opened(&self.standing, &opening);
        self.continues = opening.continues;
    }

    fn sealed(&mut self, raw: &RawEntry, seal: Option<&Signature>, findings: &mut Findings) {
        let seq = self.standing.seq;
        let Some(seal) = seal else {
            self.unsealed = self.unsealed.saturating_add(1);
            // Said once, at the first entry that no writer would have left without one.
            if u64::try_from(MAX_BATCH_ENTRIES) == Ok(self.unsealed) {
                self.report(findings, seq, Fault::Unsealed { entries: self.unsealed });
            }
            return;
        };
        // Without a key something is wrong with the first entry, and was said.
        if self.key.as_ref().is_some_and(|key| !key.verify(&raw.header, seal)) {
            self.report(findings, seq, Fault::Seal);
        }
        self.unsealed = 0;
        self.summary.last_seal = Some(seq);
    }

    /// No entry follows.
    pub(super) fn end(&mut self, findings: &mut Findings) {
        let seq = self.standing.seq;
        if self.summary.entries == 0 && self.after == Seq(0) {
            findings.add(self.journal, None, Fault::Empty);
        }
        if 0 < self.unsealed {
            let entries = self.unsealed;
            self.report(findings, seq, Fault::Unsealed { entries });
        }
        self.summary.unsealed = self.unsealed;
        self.summary.last = seq;
        self.summary.last_hash = self.standing.hash;
        self.summary.perpetual_algebraic = self.standing.tickets.perpetual_algebraic;
        self.summary.perpetual_absolute = self.standing.tickets.perpetual_absolute;
        self.summary.standing = self.standing.clone();
    }
}

pub(super) fn prefix(hash: EntryHash) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = hash.0;
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

impl Summary {
    fn of(journal: JournalId, standing: &Standing) -> Self {
        Self {
            journal,
            first: Seq(standing.seq.0.saturating_add(1)),
            last: standing.seq,
            last_hash: standing.hash,
            entries: 0,
            purged: 0,
            wall_ms: None,
            last_seal: None,
            unsealed: 0,
            attested: None,
            continues: Vec::new(),
            documents: BTreeMap::new(),
            days: 0,
            months: 0,
            years: 0,
            supplementary: 0,
            tally: Tally::default(),
            perpetual_algebraic: standing.tickets.perpetual_algebraic,
            perpetual_absolute: standing.tickets.perpetual_absolute,
            standing: standing.clone(),
        }
    }

    fn opened(&mut self, standing: &Standing, opening: &Opening) {
        self.standing = standing.clone();
        self.continues.clone_from(&opening.continues);
    }
}
