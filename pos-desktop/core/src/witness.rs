//! Asks others, before the first entry of a run, where the own journals stand, and takes back what the
//! file lacks of them (docs/SYNC.md, The boot fence). How others are reached is the caller's.

use crate::clock::{Clock, Entropy};
use crate::fence::{self, Heard, Word};
use crate::replicate::Peer;
use crate::store::StoreError;
use crate::store::journals::{self, Branch};
use crate::workstation::{BUILD, Build, Workstation};
use journal::{JournalId, MAX_BATCH_ENTRIES, Opening, Tip};
use replication::{
    Entries, Hello, OTHER_RUN, PROTOCOL, Place, Pull, Push, Reply, Request, Welcome,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A way to somebody who may know where the own journals stand.
pub trait Voice {
    /// Asks, and waits for the answer; `None` where none came that is believed.
    fn ask(&mut self, request: &Request) -> Option<(Peer, Reply)>;

    /// Whether it has taken long enough: what has not come back by now stays away.
    fn is_late(&self) -> bool;
}

/// Somebody who answered.
#[derive(Debug)]
pub struct Witness<V> {
    /// Who.
    pub peer: Peer,
    /// What was said.
    pub welcome: Welcome,
    /// The way there.
    pub voice: V,
}

impl<V: Voice> Witness<V> {
    /// Greets; `None` where nobody answers.
    pub fn greeted(mut voice: V, hello: &Request) -> Option<Self> {
        match voice.ask(hello)? {
            (peer, Reply::Welcome(welcome)) => Some(Self { peer, welcome, voice }),
            _ => None,
        }
    }
}

/// What is asked: where do my journals end at yours?
///
/// # Errors
///
/// Whatever SQLite says.
pub fn hello(workstation: &mut Workstation) -> Result<Request, StoreError> {
    let (boot, journal) = (workstation.boot(), workstation.tip().map(|tip| tip.journal));
    workstation.store().read(|tx| {
        let tips = journals::tips(tx)?;
        let cards = crate::store::cards::position(tx)?;
        let build = BUILD.to_owned();
        Ok(Request::Hello(Hello { protocol: PROTOCOL, journal, boot, build, tips, cards }))
    })
}

/// Opens a workstation and begins its run after what the anchor file says, and where that does not
/// say enough, after what `voices` say: the whole of the boot fence, one after the other.
///
/// # Errors
///
/// As [`Workstation::open`].
pub fn open<V: Voice>(
    path: &Path,
    anchor: Option<PathBuf>,
    clock: Arc<dyn Clock>,
    entropy: Box<dyn Entropy>,
    voices: impl FnOnce(&Workstation) -> Vec<V>,
) -> Result<Workstation, StoreError> {
    let mut workstation = Workstation::prepare(path, anchor, clock, entropy, Build::THIS)?;
    let fence = workstation.fence()?;
    let mut heard = Heard::default();
    if fence.asks_others() {
        let hello = hello(&mut workstation)?;
        let voices = voices(&workstation).into_iter();
        let witnesses = voices.filter_map(|voice| Witness::greeted(voice, &hello)).collect();
        heard = take_back(&mut workstation, witnesses)?;
    }
    workstation.pass(&fence, heard)?;
    workstation.mark_if_due();
    Ok(workstation)
}

/// What the witnesses say of own journals; takes back what is not here, unless another run of the
/// journal lives: then both are kept.
pub(crate) fn take_back<V: Voice>(
    workstation: &mut Workstation,
    mut witnesses: Vec<Witness<V>>,
) -> Result<Heard, StoreError> {
    let other_run = witnesses.iter().any(|it| it.welcome.flags & OTHER_RUN != 0);
    let mut heard = Heard::default();
    for witness in &mut witnesses {
        let name = hex::encode(witness.peer.key.as_bytes());
        for tip in witness.welcome.tips.clone() {
            let chains = workstation.store().read(|tx| journals::find(tx, tip.journal))?;
            let word = Word { witness: name.clone(), tip, totals: None };
            let is_own = match chains.first() {
                Some(held) => held.own,
                None => !other_run && is_ours(workstation, witness, tip),
            };
            if !is_own {
                continue;
            }
            let words = std::slice::from_ref(&word);
            let is_lost = workstation
                .store()
                .read(|tx| Ok::<_, StoreError>(!fence::lost(tx, words)?.is_empty()))?;
            if is_lost && !other_run {
                heard.took_back |= take_journal(workstation, witness, tip)?;
            }
            heard.words.push(word);
        }
    }
    Ok(heard)
}

/// Whether a journal that is not here at all was opened by this workstation's key.
fn is_ours<V: Voice>(workstation: &Workstation, witness: &mut Witness<V>, tip: Tip) -> bool {
    let pull = Request::Pull(Pull { tip, after: None, limit: 1 });
    let Some((_, Reply::Entries(Entries { entries, .. }))) = witness.voice.ask(&pull) else {
        return false;
    };
    let opening = entries.first().and_then(|entry| Opening::decode(entry.body.as_deref()?));
    opening.is_some_and(|it| Some(it.public_key) == workstation.public_key())
}

/// Takes back what is not here of one journal; answers whether anything came.
fn take_journal<V: Voice>(
    workstation: &mut Workstation,
    witness: &mut Witness<V>,
    tip: Tip,
) -> Result<bool, StoreError> {
    let mut took = false;
    while !witness.voice.is_late() {
        let after = end_here(workstation, tip.journal)?;
        let limit = u16::try_from(MAX_BATCH_ENTRIES).unwrap_or(u16::MAX);
        let pull = Request::Pull(Pull { tip, after, limit });
        let Some((peer, Reply::Entries(page))) = witness.voice.ask(&pull) else {
            return Ok(took);
        };
        let (Some(seal), false) = (page.seal, page.entries.is_empty()) else {
            return Ok(took);
        };
        let push = Push { journal: tip.journal, base: after, entries: page.entries, seal };
        let reply = workstation.take_back(peer, &push);
        if !matches!(reply, Reply::Ack(_)) {
            tracing::error!(?reply, journal = %tip.journal, "was not taken back");
            return Ok(took);
        }
        took = true;
    }
    Ok(took)
}

/// Where a journal's ordinary chain ends here.
fn end_here(
    workstation: &mut Workstation,
    journal: JournalId,
) -> Result<Option<Place>, StoreError> {
    let chains = workstation.store().read(|tx| journals::find(tx, journal))?;
    let ordinary = chains.into_iter().find(|held| held.branch == Branch::ORDINARY);
    Ok(ordinary.map(|held| Place::of(held.tip)))
}
