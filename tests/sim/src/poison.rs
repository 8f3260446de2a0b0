//! What nobody may believe: altered entries, half transactions, garbage, messages that are too large.

use crate::net::{Asked, Letter, NodeId};
use crate::pc::Pc;
use crate::world::{Event, World};
use journal::{BootId, Draft, Keep, Kind, Pen, RawEntry, SigningKey};
use pos_core::replicate;
use pos_core::store::{StoreError, journals};
use replication::link::{Ask, ReadOutcome};
use replication::{Place, Poke, Push, Request, RequestHash, Sender, seal_request};

/// More than any envelope may have.
const TOO_MUCH: usize = 10 * 1024 * 1024;

/// What nobody may believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Poison {
    /// No message, or none that is known.
    Malformed,
    /// Entries that are not those that were sealed.
    Altered,
    Oversized,
    BadSignature,
    /// Somebody whom nobody knows.
    Stranger,
}

impl Poison {
    const fn kind(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Altered => "altered",
            Self::Oversized => "oversized",
            Self::BadSignature => "bad signature",
            Self::Stranger => "stranger",
        }
    }
}

impl World {
    /// Sends something of the kind from one to the other; under the sender's own key, where it is no
    /// stranger.
    pub(crate) fn poison(&mut self, poison: Poison, by: NodeId, to: NodeId) {
        let (which, boot, place) =
            (self.disks.index(8), BootId(self.disks.bytes()), self.disks.number());
        let wall_ms = self.wall_ms();
        let Some(pc) = self.pc(by).filter(|pc| pc.is_up()) else {
            return;
        };
        let poke = || Request::Poke(Poke { tips: Vec::new(), cards: 0 }).encode();
        let body = match poison {
            Poison::Malformed if which < 4 => Some(vec![0xff; 64]),
            Poison::Malformed => Some(vec![0x82, 0x18, 0x63, 0x80]),
            Poison::Altered => match which {
                0 | 1 => altered(pc, place),
                2 | 3 => cut(pc),
                4 | 5 => forged(pc, |entry| entry, &stranger()),
                _ => forged(pc, |entry| RawEntry { body: Some(vec![0; 9]), ..entry }, &None),
            },
            Poison::Oversized => None,
            Poison::BadSignature | Poison::Stranger => Some(poke()),
        };
        let seat = pc.running.as_ref().and_then(|it| it.workstation.identity()).cloned();
        let key = match poison {
            Poison::Stranger => stranger(),
            Poison::Malformed | Poison::Altered | Poison::Oversized | Poison::BadSignature => {
                seat.map(|seat| seat.key)
            }
        };
        let mut bytes = match (body, key) {
            (Some(body), Some(key)) => {
                let sealed = seal_request(&mut Sender::new(key, boot), wall_ms, body);
                sealed.map_or_else(|_| vec![0; 10], |sealed| sealed.bytes)
            }
            (None, _) if poison == Poison::Oversized => vec![0; TOO_MUCH],
            // It has written nothing yet that could be altered.
            (None, _) | (_, None) => return,
        };
        if let (Poison::BadSignature, Some(last)) = (poison, bytes.last_mut()) {
            *last ^= 1;
        }
        self.fault(poison.kind());
        let hash = RequestHash::of(&bytes);
        // Nobody waits for the answer.
        let asked = Asked { by, of: to, life: u32::MAX, ask: Ask(0), hash, listens: false };
        let at = self.now + 5;
        self.at(at, Event::Deliver(Letter { asked, is_reply: false, bytes }));
    }
}

fn stranger() -> Option<SigningKey> {
    SigningKey::from_secret(&[9; 32]).ok()
}

/// The beginning of the own journal, as it was sealed.
fn push(pc: &mut Pc) -> Option<Push> {
    let running = pc.running.as_mut()?;
    let tip = running.workstation.tip()?;
    let read = running.workstation.store().read(|tx| replicate::read(tx, tip, None, 12));
    let read: Result<ReadOutcome, StoreError> = read;
    match read.ok()? {
        ReadOutcome::Run(run) => {
            Some(Push { journal: tip.journal, base: None, entries: run.entries, seal: run.seal })
        }
        ReadOutcome::Nothing | ReadOutcome::NotOnChain | ReadOutcome::Failed => None,
    }
}

/// One of its entries is another.
fn altered(pc: &mut Pc, place: u64) -> Option<Vec<u8>> {
    let mut push = push(pc)?;
    let count = u64::try_from(push.entries.len()).ok()?;
    let entry = push.entries.get_mut(usize::try_from(place % count).ok()?)?;
    let body = entry.body.as_mut()?;
    let last = body.last_mut()?;
    *last ^= 1;
    Some(Request::Push(push).encode())
}

/// The last entry of the transaction is missing.
fn cut(pc: &mut Pc) -> Option<Vec<u8>> {
    let mut push = push(pc)?;
    push.entries.pop();
    Some(Request::Push(push).encode())
}

/// What would follow its last entry, `made` into something else, and sealed by `key` or its own.
fn forged(
    pc: &mut Pc,
    made: impl FnOnce(RawEntry) -> RawEntry,
    key: &Option<SigningKey>,
) -> Option<Vec<u8>> {
    let running = pc.running.as_mut()?;
    let tip = running.workstation.tip()?;
    let own = running.workstation.identity()?.key.clone();
    let held = running.workstation.store().read(|tx| journals::find(tx, tip.journal)).ok()?;
    let tick = held.iter().find(|it| it.tip == tip)?.tick;
    let pen = Pen::new(key.clone().unwrap_or(own), running.workstation.boot(), Some(tip));
    let draft = Draft {
        kind: Kind(60_001),
        kind_version: 1,
        keep: Keep::Operation,
        subject: None,
        body: vec![7; 9],
    };
    let (batch, _) = pen.write(vec![draft], tick, 0);
    let entries = batch.entries.first().map(|entry| made(entry.to_raw())).into_iter().collect();
    let push = Push { journal: tip.journal, base: Some(Place::of(tip)), entries, seal: batch.seal };
    Some(Request::Push(push).encode())
}
