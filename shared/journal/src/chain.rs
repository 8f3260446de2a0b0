//! Writing to a journal, and checking what others wrote to theirs.

use crate::entry::{
    Draft, Entry, Header, MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, MAX_BODY_BYTES, RawEntry,
};
use crate::id::{BootId, EntryHash, JournalId, Seq, Tick};
use crate::key::{PublicKey, Signature, SigningKey};
use crate::mutant::{self, Mutant};
use crate::opening::{Opening, kind};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// Where a journal ends, as somebody knows it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    minicbor::Encode,
    minicbor::Decode,
    serde::Serialize,
    serde::Deserialize,
)]
#[cbor(array)]
pub struct Tip {
    /// The journal.
    #[n(0)]
    pub journal: JournalId,
    /// The last entry's place.
    #[n(1)]
    pub seq: Seq,
    /// The last entry's hash.
    #[n(2)]
    pub hash: EntryHash,
}

/// Entries of one journal that follow one another, ending on a seal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// At least one entry.
    pub entries: Vec<Entry>,
    /// The journal key's signature of the last entry's header.
    pub seal: Signature,
}

impl Batch {
    /// Where the journal ends once this is stored.
    ///
    /// # Panics
    ///
    /// Never: a batch has at least one entry.
    #[must_use]
    pub fn tip(&self) -> Tip {
        let last = self.entries.last().expect("a batch has at least one entry");
        Tip { journal: last.journal(), seq: last.header.seq, hash: last.hash }
    }

    /// The greatest tick in it.
    #[must_use]
    pub fn last_tick(&self) -> Tick {
        self.entries.iter().map(|entry| entry.header.tick).max().unwrap_or_default()
    }
}

/// The one that writes in a journal: its key, this run, and where it stands.
#[derive(Clone, Debug)]
pub struct Pen {
    key: SigningKey,
    boot: BootId,
    tip: Option<Tip>,
}

impl Pen {
    /// Takes up a journal where it stands; `None` where its first entry is still to be written.
    #[must_use]
    pub const fn new(key: SigningKey, boot: BootId, tip: Option<Tip>) -> Self {
        Self { key, boot, tip }
    }

    /// Where the journal stands.
    #[must_use]
    pub const fn tip(&self) -> Option<Tip> {
        self.tip
    }

    /// The key that seals, and signs fiscal documents.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }

    /// This run.
    #[must_use]
    pub const fn boot(&self) -> BootId {
        self.boot
    }

    /// What the entries of one transaction are, and the pen as it stands once they are stored.
    ///
    /// `known` is the greatest tick stored, of any journal; `wall_ms` what the clock says.
    ///
    /// # Panics
    ///
    /// Where `drafts` is empty, a body is larger than [`MAX_BODY_BYTES`], or all of it is more than
    /// [`MAX_BATCH_ENTRIES`] or [`MAX_BATCH_BYTES`]: whoever decides limits what can be decided.
    #[must_use]
    pub fn write(&self, drafts: Vec<Draft>, known: Tick, wall_ms: i64) -> (Batch, Self) {
        assert!(!drafts.is_empty(), "a transaction that says nothing writes nothing");
        let mut tip = self.tip;
        let mut tick = known;
        let mut entries = Vec::with_capacity(drafts.len());
        for draft in drafts {
            assert!(draft.body.len() <= MAX_BODY_BYTES, "what is decided fits in an entry");
            tick = tick.next();
            let header = Header {
                version: Header::VERSION,
                journal: tip.map(|tip| tip.journal),
                seq: tip.map_or(Seq::FIRST, |tip| tip.seq.next()),
                prev: tip.map(|tip| tip.hash),
                boot: self.boot,
                kind: draft.kind,
                kind_version: draft.kind_version,
                keep: draft.keep,
                subject: draft.subject,
                tick,
                wall_ms,
                body_hash: Sha256::digest(&draft.body).into(),
                body_len: u32::try_from(draft.body.len()).expect("a body is at most 256 KiB"),
            };
            let entry = Entry::new(header, draft.body);
            tip = Some(Tip { journal: entry.journal(), seq: entry.header.seq, hash: entry.hash });
            entries.push(entry);
        }
        let weight: usize = entries.iter().map(Entry::weight).sum();
        assert!(
            entries.len() <= MAX_BATCH_ENTRIES && weight <= MAX_BATCH_BYTES,
            "what is sealed at once fits in one message"
        );
        let last = entries.last().expect("there was at least one draft");
        let seal = self.key.sign(&last.header_bytes);
        (Batch { entries, seal }, Self { tip, ..self.clone() })
    }
}

/// Bytes that are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// The header is not what any program of ours would have written.
    #[error("the header cannot be read")]
    Header,
    /// The body is larger than any entry's.
    #[error("the body has {len} bytes, more than {MAX_BODY_BYTES}")]
    TooLarge {
        /// Its length, in bytes.
        len: usize,
    },
    /// The body is not the one that the header names.
    #[error("the body is not the one the header names")]
    Body,
}

/// Why entries are not believed. Where several hold, the first entry's first in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// There is no entry in it.
    #[error("no entries")]
    Empty,
    /// One of them is no entry.
    #[error("entry {index} (from 0): {broken}")]
    Broken {
        /// Which, counted from 0.
        index: usize,
        /// What is wrong with it.
        broken: Broken,
    },
    /// It stands in another journal.
    #[error("entry {seq} is of another journal")]
    OtherJournal {
        /// The place it claims.
        seq: Seq,
    },
    /// It does not follow the one before it: a place left out, or another hash.
    #[error("entry {seq} does not follow {expected}")]
    NotNext {
        /// The place it claims.
        seq: Seq,
        /// The place that was due.
        expected: Seq,
    },
    /// Its tick does not rise, or rises further than anybody's could have.
    #[error("entry {seq} has a tick that cannot be")]
    Tick {
        /// Its place.
        seq: Seq,
    },
    /// The first entry is not an [`Opening`].
    #[error("the first entry does not open a journal")]
    NotOpened,
    /// The last entry's seal is not the journal key's.
    #[error("the seal of entry {seq} is not the journal's")]
    Seal {
        /// The last entry's place.
        seq: Seq,
    },
}

/// Reads one entry and checks that header and body belong together. Chain and seal are for whoever
/// knows what stands before it: [`check`], or a replay of a whole journal.
///
/// # Errors
///
/// [`Broken`]: the body's length first, then the header, then the body.
pub fn read(raw: &RawEntry) -> Result<Entry, Broken> {
    if let Some(body) = &raw.body
        && MAX_BODY_BYTES < body.len()
    {
        return Err(Broken::TooLarge { len: body.len() });
    }
    let header = Header::decode(&raw.header).ok_or(Broken::Header)?;
    if !mutant::is(Mutant::BelieveAnyBody)
        && let Some(body) = &raw.body
        && (Sha256::digest(body).as_slice() != header.body_hash
            || u32::try_from(body.len()) != Ok(header.body_len))
    {
        return Err(Broken::Body);
    }
    let hash = raw.hash();
    Ok(Entry { header, header_bytes: raw.header.clone(), hash, body: raw.body.clone() })
}

/// Checks that `entries` follow `base` in its journal and end on the journal key's seal.
///
/// `base_tick` is the tick of the entry at `base`.
///
/// # Errors
///
/// [`Refused`], naming the first entry that is wrong.
pub fn check(
    base: Tip,
    base_tick: Tick,
    key: &PublicKey,
    entries: &[RawEntry],
    seal: &Signature,
) -> Result<Batch, Refused> {
    let first =
        Expected { journal: Some(base.journal), seq: base.seq.next(), prev: Some(base.hash) };
    let entries = follow(first, base_tick, entries)?;
    sealed(key, entries, seal)
}

/// Checks the beginning of a journal: an [`Opening`], what follows it, and the seal by the key that
/// the opening names. Whether that key is anybody's who may write is the caller's to know.
///
/// # Errors
///
/// [`Refused`], naming the first entry that is wrong.
pub fn check_first(entries: &[RawEntry], seal: &Signature) -> Result<(Opening, Batch), Refused> {
    let first = Expected { journal: None, seq: Seq::FIRST, prev: None };
    let entries = follow(first, Tick::default(), entries)?;
    let opening = entries
        .first()
        .filter(|entry| entry.header.kind == kind::OPENED)
        .and_then(|entry| Opening::decode(entry.body.as_deref()?))
        .ok_or(Refused::NotOpened)?;
    let batch = sealed(&opening.public_key, entries, seal)?;
    Ok((opening, batch))
}

/// What the next entry's header must say.
struct Expected {
    journal: Option<JournalId>,
    seq: Seq,
    prev: Option<EntryHash>,
}

fn follow(
    mut expected: Expected,
    mut tick: Tick,
    entries: &[RawEntry],
) -> Result<Vec<Entry>, Refused> {
    let mut read_so_far = Vec::with_capacity(entries.len());
    for (index, raw) in entries.iter().enumerate() {
        let entry = read(raw).map_err(|broken| Refused::Broken { index, broken })?;
        let seq = entry.header.seq;
        if entry.header.journal != expected.journal {
            return Err(Refused::OtherJournal { seq });
        }
        if seq != expected.seq || entry.header.prev != expected.prev {
            return Err(Refused::NotNext { seq, expected: expected.seq });
        }
        let rise = entry.header.tick.0.checked_sub(tick.0);
        if !rise.is_some_and(|rise| (1..=Tick::MAX_JUMP).contains(&rise)) {
            return Err(Refused::Tick { seq });
        }
        tick = entry.header.tick;
        expected =
            Expected { journal: Some(entry.journal()), seq: seq.next(), prev: Some(entry.hash) };
        read_so_far.push(entry);
    }
    Ok(read_so_far)
}

fn sealed(key: &PublicKey, entries: Vec<Entry>, seal: &Signature) -> Result<Batch, Refused> {
    let last = entries.last().ok_or(Refused::Empty)?;
    if !mutant::is(Mutant::BelieveUnsealed) && !key.verify(&last.header_bytes, seal) {
        return Err(Refused::Seal { seq: last.header.seq });
    }
    Ok(Batch { entries, seal: *seal })
}
