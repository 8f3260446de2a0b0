//! A workstation that is far behind: it works with what a peer says is not finished, while the history
//! comes. And what a peer in that position is told.
//!
//! What is early is believed provisionally, because a member of the shop signed the envelope that it
//! came in; it is confirmed when its journal's chain has it, and taken out with an alarm when the chain
//! has passed its place without it (docs/decisions/0022).

use crate::replicate::{self, Peer};
use crate::store::alarms::{self, Alarm};
use crate::store::early::{self, Proved};
use crate::store::present::{self, Spot};
use crate::store::{StoreError, journals, orders, settings};
use crate::workstation::Workstation;
use domain::id::OrderId;
use journal::{
    Entry, EntryHash, Header, JournalId, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, Opening, PublicKey,
    Purpose, RawEntry, Seq, Tick,
};
use replication::link::EarlyEnd;
use replication::{MAX_SEALED_TIPS, Push, Refusal, Reply, SealedTip, Snapshot, SnapshotPage};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// For how long a finished order is still told of, in milliseconds: a business day.
const FINISHED_TOLD_MS: i64 = 18 * 3_600_000;
/// When whoever asks one that is behind itself may ask again, in milliseconds.
const BEHIND_RETRY_MS: u32 = 5_000;
/// The setting that says whose snapshot is here.
const SNAPSHOT: &str = "snapshot";

/// Whose snapshot is here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Source {
    /// Its key's bytes.
    from: Vec<u8>,
    /// Whether all of its pages came.
    whole: bool,
}

// ── What whoever is behind is told ──────────────────────────────────────────────────────────────

/// A page of what is not finished here. `now_ms` is what the clock says.
///
/// # Errors
///
/// [`StoreError`].
pub(crate) fn page(
    tx: &Transaction<'_>,
    asked: &Snapshot,
    now_ms: i64,
) -> Result<Reply, StoreError> {
    if early::catching_up(tx)?.is_some() {
        return Ok(Reply::Busy { retry_ms: BEHIND_RETRY_MS });
    }
    let after = match asked.after.as_deref().map(Cursor::decode) {
        None => None,
        Some(Some(cursor)) => Some(cursor),
        Some(None) => return Ok(Reply::Refused(Refusal::Unreadable)),
    };
    let mut filling = Filling { after, ..Filling::default() };
    let tips = if after.is_none() { tips(tx)? } else { Vec::new() };
    if after.is_none_or(|after| after.order.is_none()) {
        filling.take(None, present::settled(tx)?);
    }
    let orders = present::orders(tx, now_ms.saturating_sub(FINISHED_TOLD_MS))?;
    let from = after.and_then(|after| after.order);
    for order in orders.into_iter().filter(|order| from <= Some(*order)) {
        if filling.next.is_some() {
            break;
        }
        filling.take(Some(order), present::about(tx, order)?);
    }
    let next = filling.next.map(Cursor::encode);
    Ok(Reply::Snapshot(SnapshotPage { tips, entries: filling.entries, next }))
}

/// The ends of the chains with their proofs, the latest first, as many as a page carries.
fn tips(tx: &Transaction<'_>) -> Result<Vec<SealedTip>, StoreError> {
    let mut bytes = 0_usize;
    let endings = present::endings(tx, MAX_SEALED_TIPS)?.into_iter();
    let fits = |ending: &present::Ending| {
        bytes += ending.opening.weight() + ending.last.weight();
        bytes <= MAX_BATCH_BYTES / 2
    };
    let sealed =
        |it: present::Ending| SealedTip { opening: it.opening, last: it.last, seal: it.seal };
    Ok(endings.take_while(fits).map(sealed).collect())
}

/// How far a snapshot was told: entries of no order first, then by order, each by its place. Whoever
/// asks brings it back; nothing is kept here meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cursor {
    order: Option<OrderId>,
    spot: Spot,
}

impl Cursor {
    /// An order, or none: 1 and 16 bytes; a journal, a place and a hash.
    const BYTES: usize = 1 + 16 + 32 + 8 + 32;

    fn encode(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.push(u8::from(self.order.is_some()));
        bytes.extend(self.order.map_or([0; 16], |order| order.0));
        bytes.extend(self.spot.journal.0);
        bytes.extend(self.spot.seq.0.to_be_bytes());
        bytes.extend(self.spot.hash.0);
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (is_order, rest) = bytes.split_first()?;
        let (order, rest) = rest.split_first_chunk::<16>()?;
        let (journal, rest) = rest.split_first_chunk::<32>()?;
        let (seq, rest) = rest.split_first_chunk::<8>()?;
        let hash: [u8; 32] = rest.try_into().ok()?;
        let spot = Spot {
            journal: JournalId(*journal),
            seq: Seq(u64::from_be_bytes(*seq)),
            hash: EntryHash(hash),
        };
        Some(Self { order: (*is_order != 0).then_some(OrderId(*order)), spot })
    }
}

/// A page in the making.
#[derive(Default)]
struct Filling {
    after: Option<Cursor>,
    entries: Vec<RawEntry>,
    bytes: usize,
    /// The last entry that is in it, where another is left out.
    next: Option<Cursor>,
    last: Option<Cursor>,
}

impl Filling {
    fn take(&mut self, order: Option<OrderId>, found: Vec<(Spot, RawEntry)>) {
        for (spot, entry) in found {
            let here = Cursor { order, spot };
            if self.next.is_some() || self.after.is_some_and(|after| here <= after) {
                continue;
            }
            let bytes = self.bytes + entry.weight();
            if self.entries.len() == MAX_BATCH_ENTRIES || MAX_BATCH_BYTES < bytes {
                self.next = self.last;
                continue;
            }
            self.bytes = bytes;
            self.entries.push(entry);
            self.last = Some(here);
        }
    }
}

// ── What whoever is behind does with it ─────────────────────────────────────────────────────────

/// Where the early parts of the journals end, where a whole snapshot is here; nothing where one is to
/// be asked for.
///
/// # Errors
///
/// [`StoreError`].
pub(crate) fn resume(tx: &Transaction<'_>) -> Result<Vec<EarlyEnd>, StoreError> {
    let source: Option<Source> = settings::get(tx, SNAPSHOT)?;
    if source.is_some_and(|source| source.whole) { early::ends(tx) } else { Ok(Vec::new()) }
}

impl Workstation {
    /// Keeps what is right in a page of a peer's snapshot; says where the early parts of the journals
    /// end now.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: nothing was kept.
    pub fn store_snapshot(
        &mut self,
        peer: Peer,
        page: &SnapshotPage,
    ) -> Result<Vec<EarlyEnd>, StoreError> {
        let ends = self.store.write(|tx| {
            if !page.tips.is_empty() {
                early::forget_tips(tx)?;
            }
            for tip in &page.tips {
                if let Some(proved) = prove(tx, peer, tip)? {
                    early::put_tip(tx, &proved)?;
                }
            }
            let source = Source { from: peer.key.as_bytes().to_vec(), whole: page.next.is_none() };
            settings::set(tx, SNAPSHOT, &source)?;
            let mut touched = BTreeSet::new();
            for raw in &page.entries {
                if let Some(entry) = believed_early(tx, raw)? {
                    keep(tx, &entry, &mut touched)?;
                }
            }
            touched.into_iter().try_for_each(|order| orders::project(tx, order))?;
            end_if_reached(tx)?;
            early::ends(tx)
        })?;
        self.refresh()?;
        Ok(ends)
    }

    /// Keeps what follows an end that a snapshot proved; says whether it was believed.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: nothing was kept.
    pub fn follow_early(&mut self, push: &Push) -> Result<bool, StoreError> {
        let kept = self.store.write(|tx| {
            let Some(base) = push.base.map(|base| base.in_journal(push.journal)) else {
                return Ok(false);
            };
            let Some(end) = early::end(tx, base)? else {
                return Ok(false);
            };
            let batch = match journal::check(base, end.tick, &end.key, &push.entries, &push.seal) {
                Ok(batch) => batch,
                Err(refused) => {
                    tracing::warn!(journal = %push.journal, %refused, "not followed");
                    return Ok(false);
                }
            };
            let mut touched = BTreeSet::new();
            for entry in &batch.entries {
                keep(tx, entry, &mut touched)?;
            }
            early::move_end(tx, base, batch.tip(), batch.last_tick())?;
            touched.into_iter().try_for_each(|order| orders::project(tx, order))?;
            Ok::<_, StoreError>(true)
        })?;
        self.refresh()?;
        Ok(kept)
    }

    /// A peer holds nothing that is not here. Where that peer gave the snapshot, or whoever did is gone,
    /// the history is complete: what was early and is on no chain that has passed it is taken out.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub fn caught_up(&mut self, peer: Peer) -> Result<(), StoreError> {
        let now_ms = self.clock.now_ms();
        let silent: BTreeSet<PublicKey> = self.shared.read(|state| {
            let of = state.peers.iter().filter(|(_, link)| link.silent_since_ms.is_some());
            of.map(|(key, _)| *key).collect()
        });
        self.store.write(|tx| {
            let Some(source) = settings::get::<Source>(tx, SNAPSHOT)? else {
                return Ok(());
            };
            let from =
                PublicKey::from_bytes(&source.from).map_err(|_| StoreError::Broken("setting"))?;
            if from != peer.key && !silent.contains(&from) {
                return Ok(());
            }
            early::forget_tips(tx)?;
            settings::clear(tx, SNAPSHOT)?;
            let journals = early::journals(tx)?;
            journals.into_iter().try_for_each(|journal| settle(tx, journal, now_ms))
        })
    }
}

/// What a sealed tip proves; `None` where nothing is to be had from it: it is here, or this
/// workstation's own, or training, or not believed.
fn prove(
    tx: &Transaction<'_>,
    peer: Peer,
    sealed: &SealedTip,
) -> Result<Option<Proved>, StoreError> {
    let Some(proved) = read_proof(sealed) else {
        tracing::warn!("an end of a chain in a snapshot is not believed");
        return Ok(None);
    };
    let key = proved.opening.public_key;
    let is_real = match proved.opening.purpose {
        Purpose::Live | Purpose::Centre => true,
        Purpose::Training => false,
    };
    let is_known = peer.is_centre || replicate::knows(tx, &key)?.is_some();
    let is_own = settings::identity(tx)?.is_some_and(|it| it.key.public_key() == key);
    let is_here = journals::chain_of(tx, proved.tip)?.is_some();
    Ok((is_real && is_known && !is_own && !is_here).then_some(proved))
}

fn read_proof(sealed: &SealedTip) -> Option<Proved> {
    let first = journal::read(&sealed.opening).ok()?;
    let is_first = first.header.journal.is_none()
        && first.header.seq == Seq::FIRST
        && first.header.kind == journal::kind::OPENED;
    let opening = Opening::decode(first.body.as_deref()?).filter(|_| is_first)?;
    let last = Header::decode(&sealed.last.header)?;
    let hash = sealed.last.hash();
    let journal = last.journal.unwrap_or(JournalId(hash.0));
    // No writer's tick rises faster than that; and a tick that cannot be would be this shop's next.
    let most = u128::from(Tick::MAX_JUMP) * u128::from(last.seq.0);
    let holds = journal == first.journal()
        && u128::from(last.tick.0) <= most
        && opening.public_key.verify(&sealed.last.header, &sealed.seal);
    let tip = journal::Tip { journal, seq: last.seq, hash };
    holds.then_some(Proved { tip, tick: last.tick, opening })
}

/// An entry of a snapshot, if its bytes are one, its journal's end was proved, and it can stand before
/// that.
fn believed_early(tx: &Transaction<'_>, raw: &RawEntry) -> Result<Option<Entry>, StoreError> {
    let Ok(entry) = journal::read(raw) else {
        tracing::warn!("an entry of a snapshot cannot be read");
        return Ok(None);
    };
    let bounds = early::bounds(tx, entry.journal())?;
    let fits =
        bounds.is_some_and(|(seq, tick)| entry.header.seq <= seq && entry.header.tick <= tick);
    Ok(fits.then_some(entry))
}

fn keep(
    tx: &Transaction<'_>,
    entry: &Entry,
    touched: &mut BTreeSet<OrderId>,
) -> Result<(), StoreError> {
    if let Some(body) = &entry.body {
        early::put(tx, entry, body)?;
        touched.extend(entry.header.subject.map(OrderId::from));
    }
    Ok(())
}

/// After entries of a journal arrived on their chains: takes out what was early and is on none of them,
/// once the snapshot's ends of the journal are here, and raises an alarm for each.
///
/// # Errors
///
/// [`StoreError`].
pub(crate) fn settle(
    tx: &Transaction<'_>,
    journal: JournalId,
    now_ms: i64,
) -> Result<(), StoreError> {
    if !early::is_reached(tx, journal)? {
        return Ok(());
    }
    let mut touched = BTreeSet::new();
    for disowned in early::disown(tx, journal)? {
        let detail = format!("an early entry that its journal does not hold: {}", disowned.hash);
        alarms::raise(tx, Alarm::Parked, journal, disowned.seq, &detail, now_ms)?;
        tracing::error!(%journal, seq = %disowned.seq, "an early entry was false");
        touched.extend(disowned.order);
    }
    touched.into_iter().try_for_each(|order| orders::project(tx, order))?;
    end_if_reached(tx)
}

/// Forgets the snapshot's ends once every one of them is reached.
fn end_if_reached(tx: &Transaction<'_>) -> Result<(), StoreError> {
    if early::catching_up(tx)?.is_some() && early::is_all_reached(tx)? {
        early::forget_tips(tx)?;
        settings::clear(tx, SNAPSHOT)?;
    }
    Ok(())
}
