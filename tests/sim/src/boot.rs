//! The boot fence: a workstation that starts asks the others where its journals stand.

use crate::centre::{Centre, Taken};
use crate::net::{Asked, CENTRE, NodeId};
use crate::pc::Pc;
use journal::PublicKey;
use pos_core::replicate::{self, Peer};
use pos_core::witness::Voice;
use replication::link::Ask;
use replication::{Reply, Request, RequestHash};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// How often a voice is asked before it has taken too long.
const MOST: u32 = 40;

/// Everybody but the one that starts.
pub(crate) struct Others<'a> {
    pub(crate) pcs: &'a mut [Option<Pc>],
    pub(crate) centre: &'a mut Centre,
    pub(crate) now: u64,
    pub(crate) centre_ms: i64,
    /// Who was asked.
    pub(crate) asked: BTreeSet<NodeId>,
    /// Who was asked, and had no time, or no word for whoever asked.
    pub(crate) turned_away: BTreeSet<NodeId>,
}

/// A way to one of them.
pub(crate) struct Way<'a, 'b> {
    pub(crate) others: &'a RefCell<Others<'b>>,
    pub(crate) to: NodeId,
    pub(crate) key: PublicKey,
    pub(crate) times: u32,
}

impl Voice for Way<'_, '_> {
    fn ask(&mut self, request: &Request) -> Option<(Peer, Reply)> {
        self.times += 1;
        let mut others = self.others.borrow_mut();
        others.asked.insert(self.to);
        let answer = if self.to == CENTRE {
            others.centre(self.key, request)
        } else {
            others.pc(self.to, self.key, request)
        };
        let greets = matches!(request, Request::Hello(_));
        if greets && !matches!(answer, Some((_, Reply::Welcome(_)))) {
            others.turned_away.insert(self.to);
        }
        answer
    }

    fn is_late(&self) -> bool {
        MOST < self.times
    }
}

impl Others<'_> {
    fn centre(&mut self, key: PublicKey, request: &Request) -> Option<(Peer, Reply)> {
        let taken: Taken = *self.centre.taken.get(&key)?;
        // What a boot asks is answered at once: nothing is pushed, nobody waits.
        let nobody = Asked {
            by: CENTRE,
            of: CENTRE,
            life: 0,
            ask: Ask(0),
            hash: RequestHash([0; 32]),
            listens: false,
        };
        let (now, now_ms) = (self.now, self.centre_ms);
        let reply = self.centre.answer(now, now_ms, request.clone(), (key, taken), nobody)?;
        Some((Peer { key: self.centre.public_key(), is_centre: true }, reply))
    }

    fn pc(&mut self, to: NodeId, key: PublicKey, request: &Request) -> Option<(Peer, Reply)> {
        let pc = self.pcs[to].as_mut()?;
        let from = pc.key;
        let running = pc.running.as_mut()?;
        let known = running.workstation.store().read(|tx| replicate::knows(tx, &key));
        let reply = match known.ok()? {
            Some(peer) => running.workstation.answer(peer, request.clone()),
            None => Reply::Refused(replication::Refusal::UnknownSender),
        };
        Some((Peer { key: from, is_centre: false }, reply))
    }
}
