//! One turn of a link: an input comes in, and what follows from it is worked out.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use journal::JournalId;

use super::feed::Feeds;
use super::lane::Lanes;
use super::pace::Jitter;
use super::snapshot::Early;
use super::{Alarm, Ask, Asker, Effect, Pending};
use crate::message::Request;

/// What one input leads to, while it is being worked out.
pub(super) struct Turn<'a> {
    pub(super) now_ms: u64,
    pub(super) effects: &'a mut Vec<Effect>,
    pub(super) pending: &'a mut BTreeMap<Ask, Pending>,
    pub(super) next_ask: &'a mut u64,
    pub(super) jitter: &'a mut Jitter,
}

impl Turn<'_> {
    pub(super) fn number(&mut self, asker: Asker, timeout_ms: Option<u64>) -> Ask {
        let ask = Ask(*self.next_ask);
        *self.next_ask = self.next_ask.wrapping_add(1);
        let deadline_ms = timeout_ms.map(|timeout| self.now_ms.saturating_add(timeout));
        self.pending.insert(ask, Pending { asker, sent_ms: self.now_ms, deadline_ms });
        ask
    }

    pub(super) fn send(&mut self, asker: Asker, timeout_ms: u64, request: Request) {
        let ask = self.number(asker, Some(timeout_ms));
        self.effects.push(Effect::Send { ask, request });
    }

    pub(super) fn host(&mut self, asker: Asker, effect: impl FnOnce(Ask) -> Effect) {
        let ask = self.number(asker, None);
        self.effects.push(effect(ask));
    }

    pub(super) fn alarm(&mut self, alarm: Alarm) {
        self.effects.push(Effect::Alarm(alarm));
    }
}

/// What of a link a [`Turn`] works on.
pub(super) struct Parts<'a> {
    pub(super) lanes: &'a mut BTreeMap<JournalId, Lanes>,
    pub(super) feeds: &'a mut Feeds,
    pub(super) early: &'a mut Early,
}
