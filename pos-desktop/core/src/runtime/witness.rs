//! Asks the centre and the shop's other workstations, before the first entry of a run, where the own
//! journals stand, and takes back what the file lacks of them.

use super::Inner;
use super::steward::Deadline;
use super::transport::{Address, Transport};
use crate::commands::PEERS;
use crate::fence::{self, Fence, Heard, Word};
use crate::replicate::{self, Peer};
use crate::store::journals::{self, Branch};
use crate::store::{StoreError, cards, settings};
use crate::workstation::{BUILD, Workstation};
use journal::{BootId, JournalId, MAX_BATCH_ENTRIES, Opening, Tip};
use pos_api::PeerAddress;
use replication::{
    Entries, Hello, OTHER_RUN, PROTOCOL, Place, Pull, Push, Reply, Request, Sender, Welcome,
    open_reply, seal_request,
};
use std::sync::mpsc;
use std::time::Duration;

/// How long selling waits for the first answers.
const ANSWER: Duration = Duration::from_secs(3);
/// How long it waits for entries that somebody gives back: a day's are some thousands.
const TAKING_BACK: Duration = Duration::from_secs(10);

/// Whom a workstation can ask.
pub(super) fn whom(workstation: &mut Workstation) -> Result<Vec<Address>, StoreError> {
    workstation.store().read(|tx| {
        let peers: Vec<PeerAddress> = settings::get(tx, PEERS)?.unwrap_or_default();
        let centre = settings::identity(tx)?.and_then(|identity| identity.centre);
        let centre = centre.into_iter().map(|centre| Address::Centre(centre.url));
        Ok(centre.chain(peers.into_iter().map(|peer| Address::Lan(peer.address))).collect())
    })
}

/// Asks all of them at once, and begins the run with what those said that answered in time.
pub(super) fn pass(
    inner: &Inner,
    workstation: &mut Workstation,
    fence: &Fence,
    whom: Vec<Address>,
) -> Result<(), StoreError> {
    let heard = match ask(inner, workstation, whom) {
        Ok(heard) => heard,
        Err(error) => {
            tracing::error!(%error, "no witness was asked");
            Heard::default()
        }
    };
    workstation.pass(fence, heard)
}

/// Somebody who answered.
struct Witness {
    peer: Peer,
    welcome: Welcome,
    line: Line,
}

/// A way to somebody, and what is sent over it.
struct Line {
    transport: Transport,
    sender: Sender,
    known: Vec<Peer>,
    now_ms: i64,
}

impl Line {
    /// Asks, and opens the answer; `None` where none came that is believed.
    fn ask(&mut self, request: &Request, patience: Duration) -> Option<(Peer, Reply)> {
        let sealed = seal_request(&mut self.sender, self.now_ms, request.encode()).ok()?;
        let bytes = self.transport.exchange(&sealed.bytes, patience).ok()?;
        let knows = |key: &_| self.known.iter().any(|peer| peer.key == *key);
        let opened = open_reply(&bytes, knows, sealed.hash).ok()?;
        let peer = self.known.iter().find(|peer| peer.key == opened.from)?;
        Some((*peer, Reply::decode(&opened.body).ok()?))
    }
}

fn ask(
    inner: &Inner,
    workstation: &mut Workstation,
    whom: Vec<Address>,
) -> Result<Heard, StoreError> {
    let Some(identity) = workstation.identity().cloned() else {
        return Ok(Heard::default());
    };
    let (boot, journal) = (workstation.boot(), workstation.tip().map(|tip| tip.journal));
    let (hello, known) = workstation.store().read(|tx| {
        let tips = journals::all(tx)?.into_iter().map(|held| held.tip).collect();
        let cards = cards::position(tx)?;
        let build = BUILD.to_owned();
        let hello = Hello { protocol: PROTOCOL, journal, boot, build, tips, cards };
        Ok::<_, StoreError>((Request::Hello(hello), replicate::peers(tx)?))
    })?;
    let (answers, answered) = mpsc::channel();
    let asked = whom.len();
    for address in whom {
        let sends = BootId(workstation.draw());
        let wanted = matches!(address, Address::Centre(_));
        let mut line = Line {
            transport: Transport::to(&address, &inner.lines),
            sender: Sender::new(identity.key.clone(), sends),
            known: known.iter().filter(|peer| peer.is_centre == wanted).copied().collect(),
            now_ms: inner.clock.now_ms(),
        };
        let (hello, answers) = (hello.clone(), answers.clone());
        std::thread::spawn(move || {
            let witness = match line.ask(&hello, ANSWER) {
                Some((peer, Reply::Welcome(welcome))) => Some(Witness { peer, welcome, line }),
                Some(_) | None => None,
            };
            // Whoever answers too late is heard by its link.
            answers.send(witness).ok();
        });
    }
    let until = Deadline::after(ANSWER);
    let heard = (0..asked).map_while(|_| answered.recv_timeout(until.left()).ok());
    let witnesses: Vec<Witness> = heard.flatten().collect();
    take_back(workstation, witnesses)
}

/// What the witnesses say of own journals; takes back what is not here, unless another run of the
/// journal lives: then both are kept.
fn take_back(
    workstation: &mut Workstation,
    mut witnesses: Vec<Witness>,
) -> Result<Heard, StoreError> {
    let other_run = witnesses.iter().any(|it| it.welcome.flags & OTHER_RUN != 0);
    let until = Deadline::after(TAKING_BACK);
    let mut heard = Heard::default();
    for witness in &mut witnesses {
        let name = hex(witness.peer.key.as_bytes());
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
                heard.took_back |= take_journal(workstation, witness, tip, until)?;
            }
            heard.words.push(word);
        }
    }
    Ok(heard)
}

/// Whether a journal that is not here at all was opened by this workstation's key.
fn is_ours(workstation: &Workstation, witness: &mut Witness, tip: Tip) -> bool {
    let pull = Request::Pull(Pull { tip, after: None, limit: 1 });
    let Some((_, Reply::Entries(Entries { entries, .. }))) = witness.line.ask(&pull, ANSWER) else {
        return false;
    };
    let opening = entries.first().and_then(|entry| Opening::decode(entry.body.as_deref()?));
    opening.is_some_and(|it| Some(it.public_key) == workstation.public_key())
}

/// Takes back what is not here of one journal; answers whether anything came.
fn take_journal(
    workstation: &mut Workstation,
    witness: &mut Witness,
    tip: Tip,
    until: Deadline,
) -> Result<bool, StoreError> {
    let mut took = false;
    while !until.is_over() {
        let after = end_here(workstation, tip.journal)?;
        let limit = u16::try_from(MAX_BATCH_ENTRIES).unwrap_or(u16::MAX);
        let pull = Request::Pull(Pull { tip, after, limit });
        let Some((peer, Reply::Entries(page))) = witness.line.ask(&pull, ANSWER) else {
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

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
