//! Asks the centre and the shop's other workstations at a start, all at once, each on a thread.

use super::Inner;
use super::discovery::{self, Finds, members};
use super::steward::Deadline;
use super::transport::{Address, Transport};
use crate::commands::PEERS;
use crate::fence::{Fence, Heard};
use crate::replicate::{self, Peer};
use crate::store::{StoreError, settings};
use crate::witness::{self, Voice, Witness};
use crate::workstation::Workstation;
use journal::BootId;
use pos_api::PeerAddress;
use replication::{Reply, Request, Sender, open_reply, seal_request};
use std::collections::BTreeSet;
use std::sync::mpsc;
use std::time::Duration;

/// How long selling waits for the first answers.
const ANSWER: Duration = Duration::from_secs(3);
/// How long it waits for entries that somebody gives back: a day's are some thousands.
const TAKING_BACK: Duration = Duration::from_secs(10);

/// Whom a workstation can ask.
pub(super) fn whom(
    workstation: &mut Workstation,
    finds: Finds,
) -> Result<Vec<Address>, StoreError> {
    workstation.store().read(|tx| {
        let peers: Vec<PeerAddress> = settings::get(tx, PEERS)?.unwrap_or_default();
        let centre = settings::centre(tx)?;
        let centre = centre.into_iter().map(|centre| Address::Centre(centre.url));
        let known = if finds == Finds::Typed { Vec::new() } else { discovery::known(tx)? };
        let lan: BTreeSet<String> = known.into_iter().map(|known| known.address).collect();
        let lan = lan.into_iter().chain(peers.into_iter().map(|peer| peer.address));
        Ok(centre.chain(lan.map(Address::At)).collect())
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

/// A way to somebody, and what is sent over it.
struct Line {
    transport: Transport,
    until: Deadline,
    sender: Sender,
    known: Vec<Peer>,
    now_ms: i64,
}

impl Voice for Line {
    fn ask(&mut self, request: &Request) -> Option<(Peer, Reply)> {
        let sealed = seal_request(&mut self.sender, self.now_ms, request.encode()).ok()?;
        let bytes = self.transport.exchange(&sealed.bytes, ANSWER).ok()?;
        let knows = |key: &_| self.known.iter().any(|peer| peer.key == *key);
        let opened = open_reply(&bytes, knows, sealed.hash).ok()?;
        let peer = self.known.iter().find(|peer| peer.key == opened.from)?;
        Some((*peer, Reply::decode(&opened.body).ok()?))
    }

    fn is_late(&self) -> bool {
        self.until.is_over()
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
    let hello = witness::hello(workstation)?;
    let known = workstation.store().read(replicate::peers)?;
    inner.lan.routes.set_members(members(&known));
    let (answers, answered) = mpsc::channel();
    let asked = whom.len();
    for address in whom {
        let sends = BootId(workstation.draw());
        let wanted = matches!(address, Address::Centre(_));
        let line = Line {
            until: Deadline::after(ANSWER + TAKING_BACK),
            transport: Transport::to(&address, &identity.key, &inner.lan),
            sender: Sender::new(identity.key.clone(), sends),
            known: known.iter().filter(|peer| peer.is_centre == wanted).copied().collect(),
            now_ms: inner.clock.now_ms(),
        };
        let (hello, answers) = (hello.clone(), answers.clone());
        std::thread::spawn(move || {
            let witness = Witness::greeted(line, &hello);
            // Whoever answers too late is heard by its link.
            answers.send(witness).ok();
        });
    }
    let until = Deadline::after(ANSWER);
    let heard = (0..asked).map_while(|_| answered.recv_timeout(until.left()).ok());
    let witnesses: Vec<Witness<Line>> = heard.flatten().collect();
    witness::take_back(workstation, witnesses)
}
