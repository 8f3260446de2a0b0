//! The half that answers: what to do with a request, decided over what the host has read.
//!
//! Each answer has two steps, so that a host that blocks and one that awaits are served alike: a
//! function says what to read (one statement each), the host reads, and a function over the request
//! and what was read gives a plan: what to commit, and what to answer **once that is committed**.
//! Reading and committing are one transaction under the journal's lock.
//!
//! A journal is held as one ordinary chain, the first that was seen, and its branches. A branch is
//! named by the hash of its first entry of its own, and follows an entry of another chain.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use journal::mutant::{self, Mutant};
use journal::{
    Batch, EntryHash, Keep, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, Opening, PublicKey, RawEntry,
    Refused, Seq, Signature, Tick, Tip, check, check_first,
};

use crate::message::{
    Ack, BlobPart, CardRecord, CardsPage, Entries, Fork, Hello, Listen, MAX_BLOB_PART_BYTES,
    MAX_CARDS, MAX_CARDS_BYTES, OverLimit, PROTOCOL, Place, Poke, Pull, Push, Quarantine,
    Quarantined, Refusal, Reply, Request, Rewind, Welcome,
};

/// What a host reads before it can answer a push, under the journal's lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReads {
    /// The entry that the push follows: its tick is wanted, where this very entry is held.
    pub base: Option<Place>,
    /// The first place of the push. What is held from here …
    pub first: Seq,
    /// … to here is wanted: places and hashes, on every chain of the journal.
    pub last: Seq,
    /// What the push's first entry says, where it opens the journal: whose key is that? Nothing is
    /// believed of it yet.
    pub opening: Option<Opening>,
}

/// Says what to read for a push.
///
/// # Errors
///
/// [`OverLimit`]: answer [`Refusal::TooLarge`] and keep nothing. An entry whose body is larger than
/// any may be is one of these: nothing is parked, and the sender still has it.
pub fn push_reads(push: &Push) -> Result<PushReads, OverLimit> {
    Request::check_push(push)?;
    let first = push.base.map_or(Seq::FIRST, |base| Seq(base.seq.0.saturating_add(1)));
    let count = u64::try_from(push.entries.len()).unwrap_or(u64::MAX);
    let last = Seq(first.0.saturating_add(count.saturating_sub(1)));
    let opening = match (push.base, push.entries.first()) {
        (None, Some(entry)) => entry.body.as_deref().and_then(Opening::decode),
        (Some(_), _) | (None, None) => None,
    };
    Ok(PushReads { base: push.base, first, last, opening })
}

/// Whether the key that seals a journal may write in this shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writer {
    /// It may.
    Known,
    /// It may no more: what comes is kept apart.
    Revoked,
    /// Nobody here heard of it: what comes is kept apart.
    Unknown,
}

/// What the host read of a journal that is pushed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The journal's key, where the journal is held.
    pub key: Option<PublicKey>,
    /// Whether that key, or for a new journal the key of [`PushReads::opening`], may write.
    pub writer: Writer,
    /// The tick of the entry at [`PushReads::base`], where that very entry is held on any chain.
    pub base_tick: Option<Tick>,
    /// What the ordinary chain holds from [`PushReads::first`] to [`PushReads::last`].
    pub ordinary: Vec<Place>,
    /// What branches hold there.
    pub branches: Vec<Place>,
    /// Where the journal's chains end, the ordinary one first.
    pub tips: Vec<Place>,
}

/// What to do with a push. What is answered is sent after the commit, never before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PushPlan {
    /// Write these entries and their seal after `onto`, the end of one of the journal's chains
    /// (`None`: they begin the journal, which `opening` describes), then answer.
    Store {
        /// What the first entry says of the journal, where it is new here.
        opening: Option<Opening>,
        /// The end of the chain that grows.
        onto: Option<Place>,
        /// What is not held yet, checked.
        batch: Batch,
        /// What to answer once it is committed.
        reply: Reply,
    },
    /// Every entry is held already: write nothing, and answer.
    AlreadyHeld {
        /// What to answer.
        reply: Reply,
    },
    /// Another entry stands where these should go. Write them as a branch of the journal after
    /// `from`, raise an alarm, then answer.
    Keep {
        /// The last entry that both have.
        from: Place,
        /// The branch's first entries, checked.
        batch: Batch,
        /// What differs: the alarm's words.
        fork: Fork,
        /// What to answer once it is committed.
        reply: Reply,
    },
    /// What the push follows is not held: write nothing, and answer.
    Need {
        /// What to answer.
        reply: Reply,
    },
    /// Park the push with its bytes (once, however often it comes), raise an alarm, then answer.
    /// Nothing of it enters the journal.
    Park {
        /// Why.
        why: Quarantine,
        /// What is wrong with it, where it is not believed.
        refused: Option<Refused>,
        /// What to answer once it is committed.
        reply: Reply,
    },
    /// Keep nothing, and answer.
    Refuse {
        /// What to answer.
        reply: Reply,
    },
}

impl PushPlan {
    /// What to answer once the plan is committed.
    #[must_use]
    pub const fn reply(&self) -> &Reply {
        match self {
            Self::Store { reply, .. }
            | Self::AlreadyHeld { reply }
            | Self::Keep { reply, .. }
            | Self::Need { reply }
            | Self::Park { reply, .. }
            | Self::Refuse { reply } => reply,
        }
    }
}

/// Decides over a push.
///
/// What is held already is compared by hash, every entry of it. An entry is believed when chain and
/// seal are right; whoever carried it does not matter.
#[must_use]
pub fn answer_push(held: &Held, push: &Push) -> PushPlan {
    let Ok(reads) = push_reads(push) else {
        return PushPlan::Refuse { reply: Reply::Refused(Refusal::TooLarge) };
    };
    let mut hashes: Vec<EntryHash> = push.entries.iter().map(RawEntry::hash).collect();
    let Some(&last) = hashes.last() else {
        return PushPlan::Refuse { reply: Reply::Refused(Refusal::Unreadable) };
    };
    if push.base.is_some() && (held.base_tick.is_none() || held.key.is_none()) {
        return PushPlan::Need { reply: Reply::Need { have: held.tips.first().copied() } };
    }

    if mutant::is(Mutant::NoHashComparison) {
        for (seq, hash) in (reads.first.0..).zip(&mut hashes) {
            let there = held.ordinary.iter().find(|place| place.seq == Seq(seq));
            *hash = there.map_or(*hash, |place| place.hash);
        }
    }
    let already = overlap(held, &reads, &hashes);
    if already == hashes.len() {
        return PushPlan::AlreadyHeld { reply: held_reply(held, push, &reads, &hashes, last) };
    }
    match held.writer {
        Writer::Known => {}
        Writer::Revoked => return park(&reads, Quarantine::Revoked, None),
        Writer::Unknown => return park(&reads, Quarantine::UnknownKey, None),
    }
    let (opening, mut batch) = match believe(held, push) {
        Ok(believed) => believed,
        Err(refused) => return park(&reads, Quarantine::NotBelieved, Some(refused)),
    };
    if batch.tip().journal != push.journal || lacks_a_body(&batch) {
        return park(&reads, Quarantine::NotBelieved, None);
    }
    let tip = batch.tip();
    let onto = already
        .checked_sub(1)
        .and_then(|index| batch.entries.get(index))
        .map(|entry| Place { seq: entry.header.seq, hash: entry.hash })
        .or(push.base);
    batch.entries.drain(..already);

    match onto {
        Some(from) if !held.tips.contains(&from) => {
            let fork = fork_of(held, from, &batch);
            PushPlan::Keep { from, batch, fork, reply: Reply::Fork(fork) }
        }
        Some(_) | None => PushPlan::Store {
            opening: if onto.is_none() { opening } else { None },
            onto,
            batch,
            reply: Reply::Ack(Ack { tip }),
        },
    }
}

/// Checks chain and seal of the whole push.
fn believe(held: &Held, push: &Push) -> Result<(Option<Opening>, Batch), Refused> {
    match (push.base, held.base_tick, &held.key) {
        (Some(base), Some(tick), Some(key)) => {
            let base = base.in_journal(push.journal);
            check(base, tick, key, &push.entries, &push.seal).map(|batch| (None, batch))
        }
        (Some(_), _, _) | (None, _, _) => {
            check_first(&push.entries, &push.seal).map(|(opening, batch)| (Some(opening), batch))
        }
    }
}

/// How many of the push's first entries are held, each compared by its hash.
fn overlap(held: &Held, reads: &PushReads, hashes: &[EntryHash]) -> usize {
    let there: BTreeSet<Place> = held.ordinary.iter().chain(&held.branches).copied().collect();
    (reads.first.0..)
        .zip(hashes)
        .take_while(|&(seq, &hash)| there.contains(&Place { seq: Seq(seq), hash }))
        .count()
}

/// What to answer where all is held: that it is, or that it is a branch here.
fn held_reply(
    held: &Held,
    push: &Push,
    reads: &PushReads,
    hashes: &[EntryHash],
    last: EntryHash,
) -> Reply {
    let kept = Place { seq: reads.last, hash: last };
    let differs = (reads.first.0..).zip(hashes).find_map(|(seq, &sent)| {
        let ordinary = held.ordinary.iter().find(|place| place.seq == Seq(seq))?;
        (ordinary.hash != sent).then_some((ordinary, sent))
    });
    match differs {
        Some((place, sent)) => Reply::Fork(Fork { seq: place.seq, held: place.hash, sent, kept }),
        None => Reply::Ack(Ack { tip: kept.in_journal(push.journal) }),
    }
}

/// Only what nobody must keep may come without its body; a header without its ticket would be
/// acknowledged and never asked for again.
fn lacks_a_body(batch: &Batch) -> bool {
    batch.entries.iter().any(|entry| match entry.header.keep {
        Keep::Fiscal | Keep::Trace => entry.body.is_none(),
        Keep::Operation => false,
    })
}

fn fork_of(held: &Held, from: Place, batch: &Batch) -> Fork {
    let first = batch.entries.first().expect("what is all held already is no fork");
    let seq = from.seq.next();
    let other = held
        .ordinary
        .iter()
        .chain(&held.branches)
        .find(|place| place.seq == seq)
        .map_or(from.hash, |place| place.hash);
    Fork { seq, held: other, sent: first.hash, kept: Place::of(batch.tip()) }
}

fn park(reads: &PushReads, why: Quarantine, refused: Option<Refused>) -> PushPlan {
    let reply = Reply::Quarantined(Quarantined { seq: reads.first, why });
    PushPlan::Park { why, refused, reply }
}

/// What the host read of the chain that is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PullHeld {
    /// Where the chain ends on which [`Pull::tip`] stands; `None` where that entry is not held.
    pub tip: Option<Tip>,
    /// Whether [`Pull::after`] stands on that chain; `true` where it is `None`.
    pub after_on_chain: bool,
}

/// What to do with a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullPlan {
    /// Read what follows `after` on the chain that ends at `tip`, [`cut`] it, and answer
    /// [`Reply::Entries`].
    Read {
        /// Where the chain ends.
        tip: Tip,
        /// What the asker holds.
        after: Option<Place>,
        /// How many entries to read at most: the first that [`cut`] does not take may be one.
        limit: usize,
    },
    /// The asker's last entry is not on the chain, or the chain is not held.
    Rewind(Rewind),
}

/// Decides over a pull.
#[must_use]
pub fn answer_pull(held: PullHeld, pull: &Pull) -> PullPlan {
    match held.tip {
        Some(tip) if held.after_on_chain => {
            PullPlan::Read { tip, after: pull.after, limit: MAX_BATCH_ENTRIES }
        }
        tip @ (Some(_) | None) => PullPlan::Rewind(Rewind { tip }),
    }
}

/// The reply to a pull, of what [`cut`] took.
#[must_use]
pub fn pull_reply(tip: Tip, run: Option<Run>) -> Reply {
    let (entries, seal) = match run {
        Some(Run { entries, seal }) => (entries, Some(seal)),
        None => (Vec::new(), None),
    };
    Reply::Entries(Entries { entries, seal, tip })
}

/// Entries that follow one another, ending on a seal, as one message carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// At least one.
    pub entries: Vec<RawEntry>,
    /// The seal of the last one.
    pub seal: Signature,
}

/// Cuts entries that follow one another, each with its seal where it has one, to what one message
/// carries: not many more than `wish` entries, and ending on a seal. What comes after the last seal
/// is left out, for nothing unsealed is ever sent.
///
/// `None` where no seal comes before a limit is reached, which no journal of ours can have: both
/// limits hold between any two seals (`Pen::write`, [`push_reads`]).
#[must_use]
pub fn cut(
    rows: impl IntoIterator<Item = (RawEntry, Option<Signature>)>,
    wish: usize,
) -> Option<Run> {
    let mut entries = Vec::new();
    let mut bytes = 0_usize;
    let mut sealed: Option<(usize, Signature)> = None;
    for (entry, seal) in rows {
        bytes = bytes.saturating_add(entry.weight());
        let full = MAX_BATCH_BYTES < bytes || MAX_BATCH_ENTRIES <= entries.len();
        let may_cut = sealed.is_some() || mutant::is(Mutant::CutAnywhere);
        if full || (wish <= entries.len() && may_cut) {
            break;
        }
        entries.push(entry);
        if let Some(seal) = seal {
            sealed = Some((entries.len(), seal));
        }
    }
    let (count, seal) = sealed?;
    entries.truncate(count);
    Some(Run { entries, seal })
}

/// What a host says of cards when it is greeted.
///
/// A list goes on from a random place at each start (up to 2³² further), so that a disk that was set
/// back never gives new cards the places of old ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardsHeld {
    /// Where the host's own list ends.
    pub end: u64,
    /// How far the asker's list is merged, by [`Request::CardsPush`] and
    /// [`crate::link::Effect::StoreCards`] alike; noted in the transaction that merges. `None` where
    /// no note is taken: the asker then goes by its own, and a host that was set back stays behind.
    pub merged: Option<u64>,
}

impl From<u64> for CardsHeld {
    fn from(end: u64) -> Self {
        Self { end, merged: None }
    }
}

/// Answers a hello: `tips` of all the shop's journals that are held, `now_ms` what the clock says,
/// in milliseconds since 1970 UTC.
#[must_use]
pub fn answer_hello(
    hello: &Hello,
    tips: Vec<Tip>,
    cards: impl Into<CardsHeld>,
    now_ms: i64,
) -> Reply {
    let CardsHeld { end, merged } = cards.into();
    match PROTOCOL.common(hello.protocol) {
        Some(protocol) => Reply::Welcome(Welcome {
            protocol,
            tips,
            cards: end,
            time_ms: now_ms,
            flags: 0,
            cards_merged: merged,
        }),
        None => Reply::Upgrade { protocol: PROTOCOL },
    }
}

/// Whether a [`Listen`] is to be answered now: something is held that the asker did not know of.
#[must_use]
pub fn changed(listen: &Listen, tips: &[Tip], cards: u64) -> bool {
    let known: BTreeSet<&Tip> = listen.tips.iter().collect();
    listen.cards < cards || tips.iter().any(|tip| !known.contains(tip))
}

/// Answers a listen or a poke.
#[must_use]
pub const fn poke_reply(tips: Vec<Tip>, cards: u64) -> Reply {
    Reply::Poke(Poke { tips, cards })
}

/// Cuts cards, in the order of their places, to one page. `end` is where the list ends.
#[must_use]
pub fn cards_page(records: impl IntoIterator<Item = CardRecord>, end: u64) -> CardsPage {
    let mut page = CardsPage { records: Vec::new(), through: end, more: false, after: None };
    let mut bytes = 0_usize;
    for record in records {
        bytes = bytes.saturating_add(record.card.len());
        let full = MAX_CARDS <= page.records.len() || MAX_CARDS_BYTES < bytes;
        if full && let Some(last) = page.records.last() {
            page.through = last.position;
            page.more = true;
            break;
        }
        page.records.push(record);
    }
    page
}

/// How far a list is merged once `page` of it is, where it was merged up to `merged` before. Note it
/// in the same transaction, and answer a push with it ([`Reply::CardsAck`]).
///
/// A page that follows something not merged here (this disk was set back since) is merged, and does
/// not count: the sender goes back.
#[must_use]
pub fn cards_merged(merged: u64, page: &CardsPage) -> u64 {
    match page.after {
        Some(after) if merged < after && !mutant::is(Mutant::AdvanceOverAHole) => merged,
        Some(_) | None => page.through,
    }
}

/// Answers with a part of a blob: `bytes` are those from `offset` on, as many as the host likes.
#[must_use]
pub fn blob_part(sha256: journal::BlobHash, offset: u64, total: u64, mut bytes: Vec<u8>) -> Reply {
    bytes.truncate(MAX_BLOB_PART_BYTES);
    Reply::Blob(BlobPart { sha256, offset, total, bytes })
}
