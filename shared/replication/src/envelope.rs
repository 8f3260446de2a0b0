//! Envelopes: every request and every reply is signed by whoever sends it.
//!
//! An envelope is the array `[content bytes, signature]`; the signature covers a word that says
//! which of the two it is, and the content's bytes as they are. A request's counter rises within one
//! run of the sender's program, so an old request is told from a new one without a clock. Every
//! message may be received twice without harm all the same (docs/SYNC.md): the counters keep
//! strangers from wasting our time, not from changing our books.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use journal::{BootId, PublicKey, Signature, SigningKey};
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};

use crate::frame;
use crate::message::decode_all;

const VERSION: u8 = 1;
const REQUEST: &[u8] = b"ocpizza/request/1\0";
const REPLY: &[u8] = b"ocpizza/reply/1\0";

/// SHA-256 of a request's envelope: what its reply answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestHash(pub [u8; 32]);

impl RequestHash {
    /// Of these bytes, as they were sent or received.
    #[must_use]
    pub fn of(envelope: &[u8]) -> Self {
        Self(Sha256::digest(envelope).into())
    }
}

#[derive(Encode, Decode)]
struct Envelope {
    #[cbor(n(0), with = "minicbor::bytes")]
    content: Vec<u8>,
    #[n(1)]
    signature: Signature,
}

#[derive(Encode, Decode)]
struct RequestContent {
    #[n(0)]
    version: u8,
    #[n(1)]
    from: PublicKey,
    #[n(2)]
    boot: BootId,
    #[n(3)]
    counter: u64,
    #[n(4)]
    sent_ms: i64,
    #[cbor(n(5), with = "minicbor::bytes")]
    body: Vec<u8>,
}

#[derive(Encode, Decode)]
struct ReplyContent {
    #[n(0)]
    version: u8,
    #[n(1)]
    from: PublicKey,
    #[cbor(n(2), with = "minicbor::bytes")]
    in_reply_to: [u8; 32],
    #[n(3)]
    sent_ms: i64,
    #[cbor(n(4), with = "minicbor::bytes")]
    body: Vec<u8>,
}

/// Whoever seals requests in one run of a program.
#[derive(Clone, Debug)]
pub struct Sender {
    key: SigningKey,
    boot: BootId,
    counter: u64,
}

impl Sender {
    /// A sender that has sent nothing in this run.
    #[must_use]
    pub const fn new(key: SigningKey, boot: BootId) -> Self {
        Self { key, boot, counter: 0 }
    }

    /// The key that signs, for replies.
    #[must_use]
    pub const fn key(&self) -> &SigningKey {
        &self.key
    }
}

/// A request, ready to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The envelope.
    pub bytes: Vec<u8>,
    /// What its reply must answer.
    pub hash: RequestHash,
}

/// What an envelope held, signature and sender checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Who signed it.
    pub from: PublicKey,
    /// What the sender's clock said, in milliseconds since 1970 UTC: a label.
    pub sent_ms: i64,
    /// The message.
    pub body: Vec<u8>,
}

/// Why an envelope is not believed. Where several hold, the first is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unopened {
    /// It is larger than [`frame::MAX_BYTES`].
    #[error("an envelope of {bytes} bytes, more than {}", frame::MAX_BYTES)]
    TooLarge {
        /// Its size, in bytes.
        bytes: usize,
    },
    /// It is no envelope of this version.
    #[error("not an envelope")]
    Unreadable,
    /// Its sender is nobody known.
    #[error("the sender is not known")]
    UnknownSender {
        /// The key it names.
        from: PublicKey,
    },
    /// Its signature is not the sender's.
    #[error("the signature is not the sender's")]
    BadSignature,
    /// It was received before, or is too old to tell.
    #[error("request {counter} of that run was received before")]
    Replayed {
        /// Its counter.
        counter: u64,
    },
    /// It answers another request.
    #[error("it answers another request")]
    WrongReply,
}

/// Seals a request. `now_ms` is what the clock says, in milliseconds since 1970 UTC.
///
/// # Errors
///
/// [`Unopened::TooLarge`] where the other would not read it; the counter has moved on.
///
/// # Panics
///
/// After 2⁶⁴ − 1 requests of one run.
pub fn seal_request(sender: &mut Sender, now_ms: i64, body: Vec<u8>) -> Result<Sealed, Unopened> {
    sender.counter = sender.counter.checked_add(1).expect("no run sends 2^64 requests");
    let content = encode(&RequestContent {
        version: VERSION,
        from: sender.key.public_key(),
        boot: sender.boot,
        counter: sender.counter,
        sent_ms: now_ms,
        body,
    });
    let bytes = seal(&sender.key, REQUEST, content)?;
    let hash = RequestHash::of(&bytes);
    Ok(Sealed { bytes, hash })
}

/// Opens a request: `knows` says whether a key may speak here, `replays` remembers what was heard.
///
/// # Errors
///
/// [`Unopened`].
pub fn open_request(
    bytes: &[u8],
    knows: impl FnOnce(&PublicKey) -> bool,
    replays: &mut Replays,
) -> Result<Opened, Unopened> {
    let envelope = read(bytes)?;
    let content: RequestContent = read_content(&envelope)?;
    if content.version != VERSION {
        return Err(Unopened::Unreadable);
    }
    let from = content.from;
    if !knows(&from) {
        return Err(Unopened::UnknownSender { from });
    }
    if !verified(&from, REQUEST, &envelope) {
        return Err(Unopened::BadSignature);
    }
    if !replays.accept(from, content.boot, content.counter) {
        return Err(Unopened::Replayed { counter: content.counter });
    }
    Ok(Opened { from, sent_ms: content.sent_ms, body: content.body })
}

/// Seals the reply to a request. `now_ms` is what the clock says, in milliseconds since 1970 UTC.
///
/// # Errors
///
/// [`Unopened::TooLarge`] where the asker would not read it.
pub fn seal_reply(
    key: &SigningKey,
    in_reply_to: RequestHash,
    now_ms: i64,
    body: Vec<u8>,
) -> Result<Vec<u8>, Unopened> {
    let content = encode(&ReplyContent {
        version: VERSION,
        from: key.public_key(),
        in_reply_to: in_reply_to.0,
        sent_ms: now_ms,
        body,
    });
    seal(key, REPLY, content)
}

/// Opens a reply: `knows` says whether that key is the one that was asked.
///
/// # Errors
///
/// [`Unopened`]; never `Replayed`.
pub fn open_reply(
    bytes: &[u8],
    knows: impl FnOnce(&PublicKey) -> bool,
    in_reply_to: RequestHash,
) -> Result<Opened, Unopened> {
    let envelope = read(bytes)?;
    let content: ReplyContent = read_content(&envelope)?;
    if content.version != VERSION {
        return Err(Unopened::Unreadable);
    }
    let from = content.from;
    if !knows(&from) {
        return Err(Unopened::UnknownSender { from });
    }
    if !verified(&from, REPLY, &envelope) {
        return Err(Unopened::BadSignature);
    }
    if content.in_reply_to != in_reply_to.0 {
        return Err(Unopened::WrongReply);
    }
    Ok(Opened { from, sent_ms: content.sent_ms, body: content.body })
}

/// Which requests were heard, per sender and run. Held in memory: after a restart an old request is
/// heard again, and changes nothing.
#[derive(Clone, Debug, Default)]
pub struct Replays {
    senders: BTreeMap<PublicKey, Vec<Heard>>,
}

/// What was heard of one run: the highest counter, and which of the 128 up to it (bit 0: itself).
#[derive(Clone, Copy, Debug)]
struct Heard {
    boot: BootId,
    highest: u64,
    seen: u128,
}

impl Replays {
    /// Runs remembered per sender; the one that is heard longest ago is forgotten.
    const RUNS: usize = 8;

    fn accept(&mut self, from: PublicKey, boot: BootId, counter: u64) -> bool {
        let runs = self.senders.entry(from).or_default();
        let mut heard = match runs.iter().position(|heard| heard.boot == boot) {
            Some(index) => runs.remove(index),
            None => Heard { boot, highest: 0, seen: 0 },
        };
        let fresh = heard.accept(counter);
        runs.push(heard);
        if Self::RUNS < runs.len() {
            runs.remove(0);
        }
        fresh
    }
}

impl Heard {
    /// Requests overtake one another by less than 128; older ones are taken for repeated.
    fn accept(&mut self, counter: u64) -> bool {
        if let Some(ahead) = counter.checked_sub(self.highest).filter(|ahead| 0 < *ahead) {
            let shift = u32::try_from(ahead).unwrap_or(u32::MAX);
            self.seen = self.seen.checked_shl(shift).unwrap_or(0) | 1;
            self.highest = counter;
            return true;
        }
        let behind = u32::try_from(self.highest.saturating_sub(counter)).unwrap_or(u32::MAX);
        let Some(bit) = 1_u128.checked_shl(behind) else {
            return false;
        };
        let fresh = 0 < counter && self.seen & bit == 0;
        self.seen |= bit;
        fresh
    }
}

fn encode<C: Encode<()>>(content: &C) -> Vec<u8> {
    minicbor::to_vec(content).expect("memory takes any envelope")
}

fn signed_bytes(word: &[u8], content: &[u8]) -> Vec<u8> {
    [word, content].concat()
}

fn seal(key: &SigningKey, word: &[u8], content: Vec<u8>) -> Result<Vec<u8>, Unopened> {
    let signature = key.sign(&signed_bytes(word, &content));
    let bytes = encode(&Envelope { content, signature });
    if frame::MAX_BYTES < bytes.len() {
        return Err(Unopened::TooLarge { bytes: bytes.len() });
    }
    Ok(bytes)
}

fn read(bytes: &[u8]) -> Result<Envelope, Unopened> {
    if frame::MAX_BYTES < bytes.len() {
        return Err(Unopened::TooLarge { bytes: bytes.len() });
    }
    decode_all(bytes).map_err(|_| Unopened::Unreadable)
}

fn read_content<'b, C: Decode<'b, ()>>(envelope: &'b Envelope) -> Result<C, Unopened> {
    decode_all(&envelope.content).map_err(|_| Unopened::Unreadable)
}

fn verified(from: &PublicKey, word: &[u8], envelope: &Envelope) -> bool {
    from.verify(&signed_bytes(word, &envelope.content), &envelope.signature)
}
