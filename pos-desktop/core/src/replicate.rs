//! The workstation as a replica: what it reads and writes for its links, and what it answers when
//! another asks. The decisions are `replication`'s; this is its hands.

use crate::error::Error;
use crate::late;
use crate::project;
use crate::store::alarms::{self, Alarm};
use crate::store::journals::{self, Branch};
use crate::store::witnesses::Attestation;
use crate::store::{StoreError, cards, publications, settings, witnesses};
use crate::workstation::Workstation;
use domain::card::Card;
use journal::mutant::{self, Mutant};
use journal::{BlobHash, Entry, EntryHash, JournalId, MAX_BATCH_ENTRIES, PublicKey, Seq, Tip};
use replication::answer::{
    self, CardsHeld, Held, PullHeld, PullPlan, PushPlan, Writer, answer_hello, answer_pull,
    answer_push, cards_merged, cards_page, cut, poke_reply, pull_reply, push_reads,
};
use replication::link::{BlobOutcome, ReadOutcome};
use replication::{
    Blob, BlobPart, CardRecord, CardsPage, Hashes, Hello, MAX_BLOB_PART_BYTES, MAX_CARDS, MAX_TIPS,
    OTHER_RUN, Place, Probe, Pull, Push, Refusal, Reply, Request, Rewind,
};
use rusqlite::Transaction;
use std::collections::BTreeMap;

/// The largest blob that is taken: a menu is 0.3 MB, a photograph a few.
const MAX_BLOB_BYTES: u64 = 16 * 1024 * 1024;

/// A peer and what its word is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What it signs with.
    pub key: PublicKey,
    /// The centre checked whose journals it hands on; another workstation may not have.
    pub is_centre: bool,
}

/// What a peer says is on its disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holds {
    /// Where journals end there.
    pub tips: Vec<Tip>,
    /// It is all that is there, said when the peer is heard anew: its disk may have been set back, and
    /// what it said before stands no more.
    pub is_all: bool,
}

/// A reply of the centre's that says what is on its disk, as it came: anybody who knows its key can
/// check that without us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Which entries.
    pub tips: Vec<Tip>,
    /// The envelope's bytes.
    pub envelope: Vec<u8>,
}

impl Signed {
    /// Of a reply and the envelope it came in; `None` where it says nothing of what is held.
    #[must_use]
    pub fn of(reply: &Reply, envelope: Vec<u8>) -> Option<Self> {
        let tips = match reply {
            Reply::Ack(ack) => vec![ack.tip],
            Reply::Welcome(welcome) => welcome.tips.clone(),
            Reply::Hashes(_)
            | Reply::Need { .. }
            | Reply::Fork(_)
            | Reply::Busy { .. }
            | Reply::Quarantined(_)
            | Reply::Upgrade { .. }
            | Reply::Entries(_)
            | Reply::Rewind(_)
            | Reply::Cards(_)
            | Reply::CardsAck { .. }
            | Reply::Blob(_)
            | Reply::NoBlob { .. }
            | Reply::Poke(_)
            | Reply::Unknown { .. }
            | Reply::Snapshot(_)
            | Reply::Refused(_) => return None,
        };
        Some(Self { tips, envelope })
    }
}

/// Where every journal here ends, each journal's ordinary chain first.
///
/// # Errors
///
/// [`StoreError`].
pub fn tips(tx: &Transaction<'_>) -> Result<BTreeMap<JournalId, Vec<Place>>, StoreError> {
    let mut tips: BTreeMap<JournalId, Vec<Place>> = BTreeMap::new();
    for tip in journals::tips(tx)? {
        tips.entry(tip.journal).or_default().push(Place::of(tip));
    }
    Ok(tips)
}

/// Whether whoever asks already knows all that is here.
///
/// # Errors
///
/// [`StoreError`].
pub fn has_news(tx: &Transaction<'_>, listen: &replication::Listen) -> Result<bool, StoreError> {
    Ok(answer::changed(listen, &journals::tips(tx)?, cards::position(tx)?))
}

/// What is held here now: the answer to a listen.
///
/// # Errors
///
/// [`StoreError`].
pub fn poke(tx: &Transaction<'_>) -> Result<Reply, StoreError> {
    Ok(poke_reply(journals::tips(tx)?, cards::position(tx)?))
}

/// Whether a key may speak to this workstation: the centre's, and those of the shop's members.
///
/// # Errors
///
/// [`StoreError`].
pub fn knows(tx: &Transaction<'_>, key: &PublicKey) -> Result<Option<Peer>, StoreError> {
    let centre = settings::centre(tx)?;
    if centre.is_some_and(|centre| centre.key == *key) {
        return Ok(Some(Peer { key: *key, is_centre: true }));
    }
    Ok(publications::is_member(tx, key)?.then_some(Peer { key: *key, is_centre: false }))
}

/// Whoever may speak to this workstation, itself left out.
///
/// # Errors
///
/// [`StoreError`].
pub(crate) fn peers(tx: &Transaction<'_>) -> Result<Vec<Peer>, StoreError> {
    let Some(identity) = settings::identity(tx)? else {
        return Ok(Vec::new());
    };
    let own = identity.key.public_key();
    let members = publications::members(tx)?.into_iter().map(|member| member.public_key);
    let members = members.filter(|key| *key != own).map(|key| Peer { key, is_centre: false });
    let centre = identity.centre.map(|centre| Peer { key: centre.key, is_centre: true });
    Ok(centre.into_iter().chain(members).collect())
}

impl Workstation {
    /// Answers what a peer asks. What is answered is on this disk.
    pub fn answer(&mut self, peer: Peer, request: Request) -> Reply {
        let now_ms = self.clock.now_ms();
        let answered: Result<Reply, StoreError> = match request {
            Request::Push(push) => return self.append_pulled(peer, &push),
            Request::CardsPush(page) => self.store.write(|tx| {
                let (merged, _) = cards::feed(tx, &peer.key)?;
                let through = cards_merged(merged, &page);
                merge_cards(tx, page)?;
                cards::set_merged(tx, &peer.key, through)?;
                Ok(Reply::CardsAck { through })
            }),
            Request::Hello(hello) => self.greeted(peer, &hello, now_ms),
            // What a listener names is what it knows to be here, and not what is on its own disk: that it
            // says when it greets, and nothing else makes a second copy.
            Request::Listen(_) | Request::Poke(_) => self.store.read(poke),
            Request::Pull(pull) => self.store.read(|tx| pulled(tx, &pull)),
            Request::Probe(probe) => self.store.read(|tx| probed(tx, &probe)),
            Request::Cards(asked) => {
                self.store.read(|tx| Ok(Reply::Cards(read_cards(tx, asked.after)?)))
            }
            Request::Blob(asked) => self.store.read(|tx| blob(tx, &asked)),
            Request::Snapshot(asked) => self.store.read(|tx| late::page(tx, &asked, now_ms)),
        };
        answered.unwrap_or_else(|error| {
            tracing::error!(%error, "a request was not answered");
            Reply::Refused(Refusal::Failed)
        })
    }

    fn greeted(&mut self, peer: Peer, hello: &Hello, now_ms: i64) -> Result<Reply, StoreError> {
        let (other_run, is_new_run) = self.shared.change(|state| {
            let of_journal = |journal| state.greeted(journal, hello.boot, now_ms);
            let other_run = hello.journal.is_some_and(of_journal);
            (other_run, state.greeters.get(&peer.key) != Some(&hello.boot))
        });
        // A list that was cut at its longest says nothing of what is not on it.
        let is_all = is_new_run && hello.tips.len() < MAX_TIPS;
        let holds = Holds { tips: hello.tips.clone(), is_all };
        let reply = self.store.write(|tx| {
            note_holds(tx, peer, &holds)?;
            let (merged, _) = cards::feed(tx, &peer.key)?;
            let cards = CardsHeld { end: cards::position(tx)?, merged: Some(merged) };
            let mut reply = answer_hello(hello, journals::tips(tx)?, cards, now_ms);
            if let (Reply::Welcome(welcome), true) = (&mut reply, other_run) {
                welcome.flags |= OTHER_RUN;
            }
            Ok::<_, StoreError>(reply)
        })?;
        self.shared.change(|state| state.greeters.insert(peer.key, hello.boot));
        Ok(reply)
    }

    /// Decides over entries that a peer pushed or that a link pulled from it, and says what is answered.
    pub fn append_pulled(&mut self, peer: Peer, push: &Push) -> Reply {
        let now_ms = self.clock.now_ms();
        let reply: Result<Reply, StoreError> = self.store.write(|tx| {
            let reply = accept(tx, peer, push, now_ms)?;
            note_held(tx, peer, push)?;
            Ok(reply)
        });
        let reply = reply.unwrap_or_else(|error| {
            tracing::error!(%error, "entries were not stored");
            Reply::Refused(Refusal::Failed)
        });
        // A journal that has a second history now is left before anything else is noted in it.
        if let Err(error) = self.go_on_if_forked().and_then(|()| self.refresh()) {
            tracing::error!(%error, "what arrived was not followed");
        }
        reply
    }

    /// Stores own entries that a witness gives back before this run's first entry: on the ordinary
    /// chain, as those of any push, and in journals that are this workstation's own.
    pub(crate) fn take_back(&mut self, peer: Peer, push: &Push) -> Reply {
        let now_ms = self.clock.now_ms();
        let reply: Result<Reply, StoreError> = self.store.write(|tx| {
            let reply = accept(tx, peer, push, now_ms)?;
            if matches!(reply, Reply::Ack(_)) {
                witnesses::claim(tx, push.journal)?;
            }
            note_held(tx, peer, push)?;
            Ok(reply)
        });
        reply.unwrap_or_else(|error| {
            tracing::error!(%error, "entries were not taken back");
            Reply::Refused(Refusal::Failed)
        })
    }

    /// Stores entries that a damaged file of this workstation's still holds: they were believed when
    /// they came, and are checked as if they came now. Nobody else is thereby known to hold them.
    pub(crate) fn salvage(&mut self, push: &Push) -> Reply {
        let Some(own) = self.public_key() else {
            return Reply::Refused(Refusal::Failed);
        };
        let now_ms = self.clock.now_ms();
        let peer = Peer { key: own, is_centre: true };
        let reply: Result<Reply, StoreError> = self.store.write(|tx| {
            let reply = accept(tx, peer, push, now_ms)?;
            let is_own = journals::find(tx, push.journal)?.iter().any(|it| it.public_key == own);
            if matches!(reply, Reply::Ack(_)) && is_own {
                witnesses::claim(tx, push.journal)?;
            }
            Ok(reply)
        });
        reply.unwrap_or_else(|error| {
            tracing::error!(%error, "entries were not taken over");
            Reply::Refused(Refusal::Failed)
        })
    }

    /// Merges a peer's cards, and remembers how far its list is merged.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn store_cards(&mut self, peer: Peer, page: CardsPage) -> Result<(), StoreError> {
        self.store.write(|tx| {
            let through = page.through;
            merge_cards(tx, page)?;
            cards::set_merged(tx, &peer.key, through)
        })
    }

    /// Remembers how far a peer has the cards that are here.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn note_cards_pushed(&mut self, peer: Peer, through: u64) -> Result<(), StoreError> {
        self.store.write(|tx| cards::set_pushed(tx, &peer.key, through))
    }

    /// Stores a part of a blob; the parts come in order.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn store_blob(
        &mut self,
        parts: &mut BTreeMap<BlobHash, Vec<u8>>,
        part: &BlobPart,
    ) -> Result<BlobOutcome, StoreError> {
        if MAX_BLOB_BYTES < part.total {
            parts.remove(&part.sha256);
            return Ok(BlobOutcome::Corrupt);
        }
        let bytes = parts.entry(part.sha256).or_default();
        let held = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if part.offset != held {
            return Ok(BlobOutcome::More { offset: held });
        }
        bytes.extend_from_slice(&part.bytes);
        let held = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if held < part.total && !mutant::is(Mutant::PartialPublication) {
            return Ok(BlobOutcome::More { offset: held });
        }
        let bytes = parts.remove(&part.sha256).unwrap_or_default();
        if BlobHash::of(&bytes) != part.sha256 && !mutant::is(Mutant::PartialPublication) {
            return Ok(BlobOutcome::Corrupt);
        }
        self.store.write(|tx| {
            journals::put_blob(tx, part.sha256, &bytes)?;
            publications::judge(tx, part.sha256)
        })?;
        self.refresh()?;
        Ok(BlobOutcome::Whole)
    }

    /// Raises an alarm that a link found.
    ///
    /// # Errors
    ///
    /// [`Error`].
    pub fn raise_fork(&mut self, journal: JournalId, seq: Seq) -> Result<(), Error> {
        let now_ms = self.clock.now_ms();
        self.store
            .write(|tx| alarms::raise(tx, Alarm::Fork, journal, seq, "found by a link", now_ms))?;
        self.go_on_if_forked()?;
        Ok(())
    }

    /// Notes what was sent to a peer as if it had said that it holds it: what
    /// [`Mutant::WitnessedWhenSent`] does.
    pub(crate) fn note_sent(&mut self, peer: Peer, push: &Push) -> Result<(), StoreError> {
        self.store.write(|tx| note_held(tx, peer, push))
    }

    /// Remembers what the peer of a link is known to hold on its disk; where that is the centre, with
    /// what it signed.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn note_peer_holds(
        &mut self,
        peer: Peer,
        holds: &Holds,
        signed: Option<Signed>,
    ) -> Result<(), StoreError> {
        let heard_ms = self.clock.now_ms();
        self.store.write(|tx| {
            note_holds(tx, peer, holds)?;
            let Some(Signed { tips, envelope }) = signed else {
                return Ok(());
            };
            for tip in tips {
                if let Some((Branch::ORDINARY, _)) = journals::chain_of(tx, tip)? {
                    let envelope = envelope.clone();
                    witnesses::attest(tx, &Attestation { tip, envelope, heard_ms })?;
                }
            }
            Ok::<_, StoreError>(())
        })?;
        let own = self.tip().map(|tip| tip.journal);
        if holds.tips.iter().any(|tip| Some(tip.journal) == own) {
            self.shared.change(|state| state.anchored = true);
        }
        Ok(())
    }
}

/// Decides over a push and commits what was decided, all but the transaction itself.
fn accept(tx: &Transaction<'_>, peer: Peer, push: &Push, now_ms: i64) -> Result<Reply, StoreError> {
    let Ok(reads) = push_reads(push) else {
        return Ok(Reply::Refused(Refusal::TooLarge));
    };
    let chains = journals::find(tx, push.journal)?;
    let key = chains.first().map(|held| held.public_key);
    let writer_key = key.or_else(|| reads.opening.as_ref().map(|it| it.public_key));
    let writer = match writer_key {
        Some(key) if peer.is_centre || knows(tx, &key)?.is_some() || is_own(tx, &key)? => {
            Writer::Known
        }
        // Its listing may be on its way from the centre: ask again later, keep nothing.
        Some(_) if key.is_none() => return Ok(Reply::Refused(Refusal::Failed)),
        Some(_) if mutant::is(Mutant::AcceptRevoked) => Writer::Known,
        Some(_) => Writer::Revoked,
        // It follows entries that are not here, or begins with none that can be read.
        None => Writer::Unknown,
    };
    let base = reads.base.map(|base| base.in_journal(push.journal));
    let base_tick = match base {
        Some(base) => journals::chain_of(tx, base)?.map(|(_, tick)| tick),
        None => None,
    };
    let mut ordinary = Vec::new();
    let mut branches = Vec::new();
    for (branch, seq, hash) in journals::places(tx, push.journal, reads.first, reads.last)? {
        let places = if branch == Branch::ORDINARY { &mut ordinary } else { &mut branches };
        places.push(Place { seq, hash });
    }
    let tips = chains.iter().map(|held| Place::of(held.tip)).collect();
    let held = Held { key, writer, base_tick, ordinary, branches, tips };
    carry_out(tx, push, answer_push(&held, push), now_ms)
}

fn is_own(tx: &Transaction<'_>, key: &PublicKey) -> Result<bool, StoreError> {
    Ok(settings::identity(tx)?.is_some_and(|identity| identity.key.public_key() == *key))
}

fn carry_out(
    tx: &Transaction<'_>,
    push: &Push,
    plan: PushPlan,
    now_ms: i64,
) -> Result<Reply, StoreError> {
    match plan {
        PushPlan::Store { opening, onto, mut batch, reply } => {
            if mutant::is(Mutant::DropUnknownBodies) {
                let known = |entry: &Entry| entry.header.kind.0 < 256;
                batch.entries.iter_mut().filter(|it| !known(it)).for_each(|it| it.body = None);
            }
            let branch = match (opening, onto) {
                (Some(opening), _) => {
                    journals::open(tx, &opening, &batch, false)?;
                    Branch::ORDINARY
                }
                (None, onto) => {
                    let branch = branch_ending_at(tx, push.journal, onto)?;
                    journals::append(tx, &batch, branch)?;
                    branch
                }
            };
            project::batch(tx, &batch, branch)?;
            late::settle(tx, push.journal, now_ms)?;
            Ok(reply)
        }
        PushPlan::Keep { from, batch, fork, reply } => {
            let parent = journals::chain_of(tx, from.in_journal(push.journal))?
                .map_or(Branch::ORDINARY, |(branch, _)| branch);
            let branch = journals::open_branch(tx, &batch, parent, from.seq)?;
            project::batch(tx, &batch, branch)?;
            late::settle(tx, push.journal, now_ms)?;
            let detail = format!("{} beside {}", fork.sent, fork.held);
            alarms::raise(tx, Alarm::Fork, push.journal, fork.seq, &detail, now_ms)?;
            tracing::error!(journal = %push.journal, seq = %fork.seq, "a second history was kept");
            Ok(reply)
        }
        PushPlan::Park { why, refused, reply } => {
            let detail = format!("{why:?} {refused:?}");
            let bytes = Request::Push(push.clone()).encode();
            alarms::park(tx, push.journal, &bytes, &detail, now_ms)?;
            let seq = push.base.map_or(Seq::FIRST, |base| base.seq.next());
            alarms::raise(tx, Alarm::Parked, push.journal, seq, &detail, now_ms)?;
            Ok(reply)
        }
        PushPlan::AlreadyHeld { reply } | PushPlan::Need { reply } | PushPlan::Refuse { reply } => {
            Ok(reply)
        }
    }
}

fn branch_ending_at(
    tx: &Transaction<'_>,
    journal: JournalId,
    onto: Option<Place>,
) -> Result<Branch, StoreError> {
    let chains = journals::find(tx, journal)?;
    let chain = chains.iter().find(|held| Some(Place::of(held.tip)) == onto);
    chain.map(|held| held.branch).ok_or(StoreError::Broken("chain"))
}

/// A peer that pushes entries holds them.
fn note_held(tx: &Transaction<'_>, peer: Peer, push: &Push) -> Result<(), StoreError> {
    let count = u64::try_from(push.entries.len()).unwrap_or(0);
    let through = push.base.map_or(0, |base| base.seq.0).saturating_add(count);
    if journals::find(tx, push.journal)?.is_empty() {
        return Ok(());
    }
    let hash = push.entries.last().map(journal::RawEntry::hash);
    match hash {
        Some(hash) => note_tip(tx, peer, Tip { journal: push.journal, seq: Seq(through), hash }),
        None => Ok(()),
    }
}

fn note_holds(tx: &Transaction<'_>, peer: Peer, holds: &Holds) -> Result<(), StoreError> {
    if holds.is_all {
        witnesses::holds_no_more(tx, &peer.key, &holds.tips)?;
    }
    holds.tips.iter().try_for_each(|tip| note_tip(tx, peer, *tip))
}

/// Remembers that a peer holds a journal up to an entry, if that very entry is here.
fn note_tip(tx: &Transaction<'_>, peer: Peer, tip: Tip) -> Result<(), StoreError> {
    match journals::chain_of(tx, tip)? {
        Some((Branch::ORDINARY, _)) => witnesses::held_by(tx, &peer.key, tip.journal, tip.seq),
        Some(_) | None => Ok(()),
    }
}

fn merge_cards(tx: &Transaction<'_>, page: CardsPage) -> Result<(), StoreError> {
    for record in page.records {
        match Card::decode(&record.card) {
            Ok(card) => {
                cards::merge(tx, card)?;
            }
            Err(broken) => tracing::warn!(%broken, "a card was left out"),
        }
    }
    Ok(())
}

/// A page of the cards that changed after a place.
///
/// # Errors
///
/// [`StoreError`].
pub fn read_cards(tx: &Transaction<'_>, after: u64) -> Result<CardsPage, StoreError> {
    let records = cards::after(tx, after, MAX_CARDS + 1)?;
    let records = records.into_iter().map(|(position, card)| CardRecord { position, card });
    Ok(cards_page(records, cards::position(tx)?))
}

/// What follows `after` on the chain that ends at `tip`, cut to what one message carries.
///
/// # Errors
///
/// [`StoreError`].
pub fn read(
    tx: &Transaction<'_>,
    tip: Tip,
    after: Option<Place>,
    wish: usize,
) -> Result<ReadOutcome, StoreError> {
    let Some((branch, _)) = journals::chain_of(tx, tip)? else {
        return Ok(ReadOutcome::NotOnChain);
    };
    if !stands_on(tx, tip, branch, after)? {
        return Ok(ReadOutcome::NotOnChain);
    }
    let from = after.map_or(Seq(0), |place| place.seq);
    let rows = journals::read_after(tx, tip.journal, branch, from, MAX_BATCH_ENTRIES + 1)?;
    if rows.is_empty() {
        return Ok(ReadOutcome::Nothing);
    }
    Ok(cut(rows, wish).map_or(ReadOutcome::Failed, ReadOutcome::Run))
}

/// Whether `place` stands on the history that ends at `tip`.
fn stands_on(
    tx: &Transaction<'_>,
    tip: Tip,
    branch: Branch,
    place: Option<Place>,
) -> Result<bool, StoreError> {
    let Some(place) = place else {
        return Ok(true);
    };
    let through = tip.seq.max(place.seq);
    let there = journals::hash_in_history(tx, tip.journal, branch, through, place.seq)?;
    Ok(there == Some(place.hash))
}

/// The hashes at some places of the chain that ends at `tip`.
///
/// # Errors
///
/// [`StoreError`].
pub fn hashes(
    tx: &Transaction<'_>,
    tip: Tip,
    seqs: &[Seq],
) -> Result<Vec<Option<EntryHash>>, StoreError> {
    let Some((branch, _)) = journals::chain_of(tx, tip)? else {
        return Ok(vec![None; seqs.len()]);
    };
    seqs.iter()
        .map(|seq| journals::hash_in_history(tx, tip.journal, branch, tip.seq, *seq))
        .collect()
}

fn pulled(tx: &Transaction<'_>, pull: &Pull) -> Result<Reply, StoreError> {
    let found = journals::chain_of(tx, pull.tip)?;
    let tip = match found {
        Some((branch, _)) => journals::find(tx, pull.tip.journal)?
            .into_iter()
            .find(|held| held.branch == branch)
            .map(|held| held.tip),
        None => None,
    };
    let after_on_chain = match (found, tip) {
        (Some((branch, _)), Some(tip)) => stands_on(tx, tip, branch, pull.after)?,
        (Some(_) | None, _) => false,
    };
    match answer_pull(PullHeld { tip, after_on_chain }, pull) {
        PullPlan::Rewind(rewind) => Ok(Reply::Rewind(rewind)),
        PullPlan::Read { tip, after, limit } => {
            match read(tx, tip, after, limit.min(usize::from(pull.limit).max(1)))? {
                ReadOutcome::Run(run) => Ok(pull_reply(tip, Some(run))),
                ReadOutcome::Nothing => Ok(pull_reply(tip, None)),
                ReadOutcome::NotOnChain => Ok(Reply::Rewind(Rewind { tip: Some(tip) })),
                ReadOutcome::Failed => Ok(Reply::Refused(Refusal::Failed)),
            }
        }
    }
}

fn probed(tx: &Transaction<'_>, probe: &Probe) -> Result<Reply, StoreError> {
    if journals::chain_of(tx, probe.tip)?.is_none() {
        return Ok(Reply::Rewind(Rewind { tip: None }));
    }
    Ok(Reply::Hashes(Hashes { hashes: hashes(tx, probe.tip, &probe.seqs)? }))
}

fn blob(tx: &Transaction<'_>, asked: &Blob) -> Result<Reply, StoreError> {
    let Some(bytes) = journals::blob(tx, asked.sha256)? else {
        return Ok(Reply::NoBlob { sha256: asked.sha256 });
    };
    let total = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let offset = usize::try_from(asked.offset).unwrap_or(usize::MAX).min(bytes.len());
    let end = offset.saturating_add(MAX_BLOB_PART_BYTES).min(bytes.len());
    let offset_sent = u64::try_from(offset).unwrap_or(u64::MAX);
    Ok(answer::blob_part(asked.sha256, offset_sent, total, bytes[offset..end].to_vec()))
}
