//! Messages to bytes and back, and what no message may exceed.

use alloc::vec::Vec;
use journal::{MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, MAX_BODY_BYTES, RawEntry};
use minicbor::{Decode, Decoder};

use super::{
    CardsPage, MAX_BLOB_PART_BYTES, MAX_CARDS, MAX_CARDS_BYTES, MAX_CURSOR_BYTES, MAX_PROBES,
    MAX_SEALED_TIPS, MAX_TIPS, Push, Refusal, Reply, Request, SnapshotPage,
};

/// Bytes that are no message of this program's protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A message of a newer program: answer [`Reply::Unknown`].
    #[error("message {number} is not known here")]
    Unknown {
        /// Its number.
        number: u32,
    },
    /// Not a message at all.
    #[error("not a message")]
    Broken,
}

/// A message over one of the limits of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {got}, more than {limit}")]
pub struct OverLimit {
    /// What there is too much of.
    pub what: &'static str,
    /// How much there is.
    pub got: usize,
    /// How much there may be.
    pub limit: usize,
}

impl Request {
    const NUMBERS: u32 = 10;

    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any message")
    }

    /// Reads a request out of an opened envelope.
    ///
    /// # Errors
    ///
    /// [`Unreadable::Unknown`] where it is to be answered with [`Reply::Unknown`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(bytes, Self::NUMBERS)
    }

    /// Checks the limits of this module.
    ///
    /// # Errors
    ///
    /// [`OverLimit`]: answer [`Refusal::TooLarge`].
    pub fn check_limits(&self) -> Result<(), OverLimit> {
        match self {
            Self::Hello(hello) => at_most("tips", hello.tips.len(), MAX_TIPS),
            Self::Probe(probe) => at_most("places", probe.seqs.len(), MAX_PROBES),
            Self::Push(push) => Self::check_push(push),
            Self::CardsPush(page) => page.check_limits(),
            Self::Poke(poke) => at_most("tips", poke.tips.len(), MAX_TIPS),
            Self::Listen(listen) => at_most("tips", listen.tips.len(), MAX_TIPS),
            Self::Snapshot(asked) => check_cursor(asked.after.as_deref()),
            Self::Pull(_) | Self::Cards(_) | Self::Blob(_) => Ok(()),
        }
    }

    pub(crate) fn check_push(push: &Push) -> Result<(), OverLimit> {
        check_entries(&push.entries)
    }
}

impl Reply {
    const NUMBERS: u32 = 18;

    /// The bytes to put in an envelope.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any message")
    }

    /// Reads a reply out of an opened envelope.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: the asker treats it as no answer.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(bytes, Self::NUMBERS)
    }

    /// Checks the limits of this module.
    ///
    /// # Errors
    ///
    /// [`OverLimit`]: the asker treats it as no answer.
    pub fn check_limits(&self) -> Result<(), OverLimit> {
        match self {
            Self::Welcome(welcome) => at_most("tips", welcome.tips.len(), MAX_TIPS),
            Self::Hashes(hashes) => at_most("places", hashes.hashes.len(), MAX_PROBES),
            Self::Entries(entries) => check_entries(&entries.entries),
            Self::Cards(page) => page.check_limits(),
            Self::Blob(part) => at_most("bytes of a blob", part.bytes.len(), MAX_BLOB_PART_BYTES),
            Self::Poke(poke) => at_most("tips", poke.tips.len(), MAX_TIPS),
            Self::Snapshot(page) => page.check_limits(),
            Self::Ack(_)
            | Self::Need { .. }
            | Self::Fork(_)
            | Self::Busy { .. }
            | Self::Quarantined(_)
            | Self::Upgrade { .. }
            | Self::Rewind(_)
            | Self::CardsAck { .. }
            | Self::NoBlob { .. }
            | Self::Unknown { .. }
            | Self::Refused(_) => Ok(()),
        }
    }
}

/// What is wrong where a reply does not answer what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Ask again in so many milliseconds.
    Busy { retry_ms: u32 },
    /// Ask again, later each time.
    Later,
    /// Asking again is no use until somebody has looked.
    Never(Refusal),
}

impl Reply {
    pub(crate) const fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Busy { retry_ms } => Some(Trouble::Busy { retry_ms: *retry_ms }),
            Self::Refused(Refusal::Failed | Refusal::Replayed) => Some(Trouble::Later),
            Self::Refused(why) => Some(Trouble::Never(*why)),
            Self::Unknown { .. } | Self::Upgrade { .. } => {
                Some(Trouble::Never(Refusal::Unreadable))
            }
            Self::Welcome(_)
            | Self::Hashes(_)
            | Self::Ack(_)
            | Self::Need { .. }
            | Self::Fork(_)
            | Self::Quarantined(_)
            | Self::Entries(_)
            | Self::Rewind(_)
            | Self::Cards(_)
            | Self::CardsAck { .. }
            | Self::Blob(_)
            | Self::NoBlob { .. }
            | Self::Poke(_)
            | Self::Snapshot(_) => None,
        }
    }
}

impl CardsPage {
    fn check_limits(&self) -> Result<(), OverLimit> {
        at_most("cards", self.records.len(), MAX_CARDS)?;
        let bytes = self.records.iter().map(|record| record.card.len()).sum();
        at_most("bytes of cards", bytes, MAX_CARDS_BYTES)
    }
}

impl SnapshotPage {
    /// Its entries are of the size of a push's, and its tips a part of that.
    fn check_limits(&self) -> Result<(), OverLimit> {
        check_cursor(self.next.as_deref())?;
        at_most("sealed tips", self.tips.len(), MAX_SEALED_TIPS)?;
        let weight =
            |tip: &super::SealedTip| tip.opening.weight().saturating_add(tip.last.weight());
        let bytes = self.tips.iter().map(weight).fold(0, usize::saturating_add);
        at_most("bytes of sealed tips", bytes, MAX_BATCH_BYTES / 2)?;
        check_entries(&self.entries)
    }
}

fn check_cursor(cursor: Option<&[u8]>) -> Result<(), OverLimit> {
    at_most("bytes of a cursor", cursor.map_or(0, <[u8]>::len), MAX_CURSOR_BYTES)
}

fn check_entries(entries: &[RawEntry]) -> Result<(), OverLimit> {
    at_most("entries", entries.len(), MAX_BATCH_ENTRIES)?;
    for body in entries.iter().filter_map(|entry| entry.body.as_ref()) {
        at_most("bytes of a body", body.len(), MAX_BODY_BYTES)?;
    }
    at_most("bytes of entries", entries.iter().map(RawEntry::weight).sum(), MAX_BATCH_BYTES)
}

fn at_most(what: &'static str, got: usize, limit: usize) -> Result<(), OverLimit> {
    if limit < got { Err(OverLimit { what, got, limit }) } else { Ok(()) }
}

/// Reads `[number, [fields …]]`, telling a number of `known` or more from broken bytes.
fn decode<'b, M: Decode<'b, ()>>(bytes: &'b [u8], known: u32) -> Result<M, Unreadable> {
    let mut decoder = Decoder::new(bytes);
    let Ok(Some(2)) = decoder.array() else {
        return Err(Unreadable::Broken);
    };
    let number = decoder.u32().map_err(|_| Unreadable::Broken)?;
    if known <= number {
        return Err(Unreadable::Unknown { number });
    }
    decode_all(bytes)
}

/// Reads what these bytes are, all of them.
pub(crate) fn decode_all<'b, M: Decode<'b, ()>>(bytes: &'b [u8]) -> Result<M, Unreadable> {
    let mut decoder = Decoder::new(bytes);
    let message = decoder.decode().map_err(|_| Unreadable::Broken)?;
    if decoder.position() == bytes.len() { Ok(message) } else { Err(Unreadable::Broken) }
}
