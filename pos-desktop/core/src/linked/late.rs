//! What a link does where its peer holds far more than is here: one of a workstation's links at a time
//! brings the present while the past comes.

use super::{Desk, Linked};
use crate::late;
use replication::link::{Ask, Grant, Input};
use replication::{Push, SnapshotPage};
use std::collections::VecDeque;

/// So often the centre's link is told to let another workstation of the shop be asked first.
const CENTRE_WAITS: u32 = 2;

impl Linked {
    pub(super) fn late(
        &mut self,
        desk: &mut impl Desk,
        ask: Ask,
        behind: u64,
        inputs: &mut VecDeque<Input>,
    ) {
        let grant = self.grant(desk);
        if grant != Grant::No {
            tracing::info!(behind, "far behind: works with what is not finished");
        }
        inputs.push_back(Input::Granted { ask, grant });
    }

    fn grant(&mut self, desk: &mut impl Desk) -> Grant {
        let Some(peer) = self.peer else {
            return Grant::No;
        };
        if self.is_centre && self.asked_late < CENTRE_WAITS {
            self.asked_late += 1;
            return Grant::No;
        }
        let key = peer.key;
        if !desk.shared().change(|state| *state.late.get_or_insert(key) == key) {
            return Grant::No;
        }
        match desk.read(late::resume) {
            Ok(ends) if ends.is_empty() => Grant::Ask,
            Ok(ends) => Grant::Follow(ends),
            Err(error) => {
                tracing::error!(%error, "what is known ahead of the history cannot be read");
                self.late_no_more(desk);
                Grant::No
            }
        }
    }

    /// Another link may.
    pub(super) fn late_no_more(&self, desk: &mut impl Desk) {
        if let Some(peer) = self.peer {
            desk.shared().change(|state| {
                state.late.take_if(|key| *key == peer.key);
            });
        }
    }

    pub(super) fn store_snapshot(
        &self,
        desk: &mut impl Desk,
        ask: Ask,
        page: SnapshotPage,
        inputs: &mut VecDeque<Input>,
    ) {
        let stored =
            self.with_peer(desk, move |workstation, peer| workstation.store_snapshot(peer, &page));
        let ends = stored.and_then(|stored| {
            let log = |error| tracing::error!(%error, "a snapshot was not kept");
            stored.map_err(log).ok()
        });
        inputs.push_back(Input::SnapshotStored { ask, ends });
    }

    pub(super) fn follow(
        &self,
        desk: &mut impl Desk,
        ask: Ask,
        push: Push,
        inputs: &mut VecDeque<Input>,
    ) {
        let kept = desk.write(move |workstation| workstation.follow_early(&push));
        let kept = kept.is_some_and(|kept| {
            let log = |error: &_| tracing::error!(%error, "what follows a snapshot was not kept");
            kept.inspect_err(log).unwrap_or(false)
        });
        inputs.push_back(Input::Followed { ask, kept });
    }

    /// The peer holds nothing that is not here.
    pub(super) fn caught_up(&self, desk: &mut impl Desk) {
        let done = self.with_peer(desk, |workstation, peer| workstation.caught_up(peer));
        if let Some(Err(error)) = done {
            tracing::error!(%error, "the end of catching up was not noted");
        }
    }

    /// The link is let go of.
    pub fn end(self, desk: &mut impl Desk) {
        self.late_no_more(desk);
    }
}
