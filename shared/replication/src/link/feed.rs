//! What travels beside the journals: cards both ways, and blobs that were asked for.

use alloc::collections::BTreeMap;
use journal::BlobHash;
use journal::mutant::{self, Mutant};

use super::pace::Backoff;
use super::{Alarm, Asker, BlobOutcome, Effect, REQUEST_TIMEOUT_MS, STOPPED_MS, Turn};
use crate::message::{Blob, Cards, CardsPage, Refusal, Reply, Request, Trouble};

/// What one feed is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// A request or the host is under way; for cards, up to this place of the list.
    Busy { through: u64 },
    /// Nothing is done until then; `stopped` where an alarm was raised.
    Waiting { until_ms: u64, stopped: bool },
    /// The peer does not have it; asked again when something changes there.
    Absent,
}

#[derive(Clone, Debug, Default)]
struct Feed {
    stage: Stage,
    backoff: Backoff,
}

impl Feed {
    fn wait(&mut self, turn: &mut Turn<'_>) {
        let until_ms = turn.now_ms.saturating_add(self.backoff.failed(turn.jitter));
        self.stage = Stage::Waiting { until_ms, stopped: false };
    }

    fn stop(&mut self, turn: &mut Turn<'_>, alarm: Alarm) {
        turn.alarm(alarm);
        let until_ms = turn.now_ms.saturating_add(turn.jitter.around_long(STOPPED_MS));
        self.stage = Stage::Waiting { until_ms, stopped: true };
    }

    fn succeeded(&mut self) {
        self.backoff.succeeded();
        self.stage = Stage::Idle;
    }

    fn hurry(&mut self) {
        self.backoff.succeeded();
        if matches!(self.stage, Stage::Waiting { stopped: false, .. }) {
            self.stage = Stage::Idle;
        }
    }

    /// An answer that is not the one hoped for.
    fn refused(&mut self, reply: &Reply, turn: &mut Turn<'_>) {
        match reply.trouble() {
            Some(Trouble::Busy { retry_ms }) => {
                let until_ms = turn.now_ms.saturating_add(turn.jitter.around(retry_ms.into()));
                self.stage = Stage::Waiting { until_ms, stopped: false };
            }
            // It may have been damaged on its way: said a second time, it is meant.
            Some(Trouble::Never(_))
                if *reply == Reply::Refused(Refusal::Unreadable) && self.backoff.is_fresh() =>
            {
                self.wait(turn);
            }
            Some(Trouble::Never(why)) => self.stop(turn, Alarm::Refused { journal: None, why }),
            Some(Trouble::Later) | None => self.wait(turn),
        }
    }

    fn is_idle(&mut self, now_ms: u64) -> bool {
        if matches!(self.stage, Stage::Waiting { until_ms, .. } if until_ms <= now_ms) {
            self.stage = Stage::Idle;
        }
        self.stage == Stage::Idle
    }

    fn forget_requests(&mut self) {
        if matches!(self.stage, Stage::Busy { .. }) {
            self.stage = Stage::Idle;
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Wanted {
    offset: u64,
    feed: Feed,
}

/// The cards and the blobs of one link.
#[derive(Clone, Debug)]
pub(super) struct Feeds {
    local_cards: u64,
    peer_cards: u64,
    merged: u64,
    pushed: u64,
    /// Up to where the last page went of which no acknowledgement came.
    sent: Option<u64>,
    down: Feed,
    up: Feed,
    blobs: BTreeMap<BlobHash, Wanted>,
}

impl Feeds {
    pub(super) fn new(merged: u64, pushed: u64) -> Self {
        Self {
            local_cards: 0,
            peer_cards: 0,
            merged,
            pushed,
            sent: None,
            down: Feed::default(),
            up: Feed::default(),
            blobs: BTreeMap::new(),
        }
    }

    pub(super) const fn local_cards(&self) -> u64 {
        self.local_cards
    }

    pub(super) const fn peer_cards(&self) -> u64 {
        self.peer_cards
    }

    pub(super) const fn set_local_cards(&mut self, end: u64) {
        self.local_cards = end;
    }

    /// Where the peer's list ends, from a hint, which may be older than what is known.
    pub(super) fn hint_peer_cards(&mut self, end: u64) {
        self.peer_cards = self.peer_cards.max(end);
    }

    /// Whether the peer's list ends before what is merged of it: an old hint, or a list set back.
    pub(super) const fn is_set_back(&self, end: u64) -> bool {
        end < self.merged
    }

    /// Where the lists stand as the two sides begin to talk. What ends before the place noted was
    /// set back, and all of it is merged again, which does no harm.
    pub(super) fn greet(&mut self, end: u64, merged_there: Option<u64>) {
        self.peer_cards = end;
        if self.peer_cards < self.merged && !mutant::is(Mutant::NeverGoBack) {
            self.merged = 0;
        }
        // A note that is neither what was acknowledged here nor what was sent last is of the list of a
        // copied disk, or of before the peer was set back, or both: all is pushed again.
        if let Some(merged) = merged_there {
            let is_known = merged == self.pushed || Some(merged) == self.sent;
            self.pushed = if is_known { merged } else { 0 };
        }
        if self.local_cards < self.pushed {
            self.pushed = 0;
        }
    }

    pub(super) fn want(&mut self, sha256: BlobHash) {
        self.blobs.entry(sha256).or_default();
    }

    pub(super) fn blobs_may_be_there_now(&mut self) {
        for wanted in self.blobs.values_mut() {
            if wanted.feed.stage == Stage::Absent {
                wanted.feed.stage = Stage::Idle;
            }
        }
    }

    pub(super) fn is_level(&self) -> bool {
        self.merged >= self.peer_cards
            && self.pushed >= self.local_cards
            && self.blobs.values().all(|wanted| wanted.feed.stage == Stage::Absent)
    }

    /// When a feed that waits goes on.
    pub(super) fn waits(&self) -> impl Iterator<Item = u64> {
        self.waiting().map(|(until_ms, _)| until_ms)
    }

    /// Whether one waits after a refusal.
    pub(super) fn are_stopped(&self) -> bool {
        self.waiting().any(|(_, stopped)| stopped)
    }

    /// Until when a feed waits of which nobody was told.
    pub(super) fn silent(&self) -> impl Iterator<Item = u64> {
        self.waiting().filter(|(_, stopped)| !stopped).map(|(until_ms, _)| until_ms)
    }

    /// Until when each feed waits that does, and whether an alarm was raised.
    fn waiting(&self) -> impl Iterator<Item = (u64, bool)> {
        let blobs = self.blobs.values().map(|wanted| &wanted.feed);
        [&self.up, &self.down].into_iter().chain(blobs).filter_map(|feed| match feed.stage {
            Stage::Waiting { until_ms, stopped } => Some((until_ms, stopped)),
            Stage::Idle | Stage::Busy { .. } | Stage::Absent => None,
        })
    }

    /// Ends the waits of which nobody was told: there is reason to try at once.
    pub(super) fn hurry(&mut self) {
        let blobs = self.blobs.values_mut().map(|wanted| &mut wanted.feed);
        [&mut self.up, &mut self.down].into_iter().chain(blobs).for_each(Feed::hurry);
    }

    pub(super) fn forget_requests(&mut self) {
        self.up.forget_requests();
        self.down.forget_requests();
        for wanted in self.blobs.values_mut() {
            wanted.feed.forget_requests();
        }
    }

    /// Starts what can be started: cards each way, and one blob at a time.
    pub(super) fn start(&mut self, turn: &mut Turn<'_>) {
        if self.down.is_idle(turn.now_ms) && self.merged < self.peer_cards {
            self.down.stage = Stage::Busy { through: self.merged };
            let request = Request::Cards(Cards { after: self.merged });
            turn.send(Asker::CardsDown, REQUEST_TIMEOUT_MS, request);
        }
        if self.up.is_idle(turn.now_ms) && self.pushed < self.local_cards {
            self.up.stage = Stage::Busy { through: self.pushed };
            let after = self.pushed;
            turn.host(Asker::CardsUp, |ask| Effect::ReadCards { ask, after });
        }
        let busy = |wanted: &Wanted| matches!(wanted.feed.stage, Stage::Busy { .. });
        if !self.blobs.values().any(busy) {
            let next = self.blobs.iter_mut().find_map(|(sha256, wanted)| {
                wanted.feed.is_idle(turn.now_ms).then_some((*sha256, wanted))
            });
            if let Some((sha256, wanted)) = next {
                let offset = wanted.offset;
                wanted.feed.stage = Stage::Busy { through: offset };
                let request = Request::Blob(Blob { sha256, offset });
                turn.send(Asker::Blob(sha256), REQUEST_TIMEOUT_MS, request);
            }
        }
        for wanted in self.blobs.values_mut() {
            let _over = wanted.feed.is_idle(turn.now_ms);
        }
    }

    pub(super) fn cards_answered(&mut self, reply: Reply, turn: &mut Turn<'_>) {
        let Reply::Cards(page) = reply else {
            return self.down.refused(&reply, turn);
        };
        if page.through <= self.merged {
            if page.more {
                return self.down.wait(turn);
            }
            self.peer_cards = self.merged;
            return self.down.succeeded();
        }
        if !page.more {
            self.peer_cards = page.through;
        }
        self.down.stage = Stage::Busy { through: page.through };
        let page = CardsPage { after: Some(self.merged), ..page };
        turn.host(Asker::CardsDown, |ask| Effect::StoreCards { ask, page });
    }

    pub(super) fn cards_stored(&mut self, stored: bool, turn: &mut Turn<'_>) {
        match self.down.stage {
            Stage::Busy { through } if stored => {
                self.merged = through;
                self.down.succeeded();
            }
            Stage::Busy { .. } => self.down.wait(turn),
            Stage::Idle | Stage::Waiting { .. } | Stage::Absent => {}
        }
    }

    pub(super) fn cards_read(&mut self, page: Option<CardsPage>, turn: &mut Turn<'_>) {
        let Some(page) = page else {
            return self.up.wait(turn);
        };
        if page.records.is_empty() {
            self.pushed = self.local_cards.max(page.through);
            return self.up.succeeded();
        }
        self.up.stage = Stage::Busy { through: page.through };
        self.sent = Some(page.through);
        let page = CardsPage { after: Some(self.pushed), ..page };
        turn.send(Asker::CardsUp, REQUEST_TIMEOUT_MS, Request::CardsPush(page));
    }

    pub(super) fn cards_pushed(&mut self, reply: &Reply, turn: &mut Turn<'_>) {
        let (Stage::Busy { through }, Reply::CardsAck { through: merged }) = (self.up.stage, reply)
        else {
            return self.up.refused(reply, turn);
        };
        self.pushed = through.min(*merged);
        self.sent = None;
        if *merged == through {
            self.up.succeeded();
            turn.effects.push(Effect::CardsPushed { through });
        } else {
            self.up.wait(turn);
        }
    }

    pub(super) fn blob_answered(&mut self, sha256: BlobHash, reply: Reply, turn: &mut Turn<'_>) {
        let Some(wanted) = self.blobs.get_mut(&sha256) else {
            return;
        };
        if let Reply::Blob(part) = reply {
            let goes_on = !part.bytes.is_empty() || part.total == part.offset;
            if part.sha256 == sha256 && part.offset == wanted.offset && goes_on {
                turn.host(Asker::Blob(sha256), |ask| Effect::StoreBlob { ask, part });
            } else {
                wanted.feed.wait(turn);
            }
        } else if let Reply::NoBlob { .. } = reply {
            wanted.feed.stage = Stage::Absent;
        } else {
            wanted.feed.refused(&reply, turn);
        }
    }

    pub(super) fn blob_stored(
        &mut self,
        sha256: BlobHash,
        outcome: BlobOutcome,
        turn: &mut Turn<'_>,
    ) {
        let Some(wanted) = self.blobs.get_mut(&sha256) else {
            return;
        };
        match outcome {
            BlobOutcome::More { offset } => {
                wanted.offset = offset;
                wanted.feed.succeeded();
            }
            BlobOutcome::Whole => {
                self.blobs.remove(&sha256);
            }
            BlobOutcome::Corrupt => {
                wanted.offset = 0;
                wanted.feed.stop(turn, Alarm::CorruptBlob { sha256 });
            }
            BlobOutcome::Failed => wanted.feed.wait(turn),
        }
    }

    /// No answer in time, or none to be believed.
    pub(super) fn failed(&mut self, asker: Asker, turn: &mut Turn<'_>) {
        match asker {
            Asker::CardsDown => self.down.wait(turn),
            Asker::CardsUp => self.up.wait(turn),
            Asker::Blob(sha256) => {
                if let Some(wanted) = self.blobs.get_mut(&sha256) {
                    wanted.feed.wait(turn);
                }
            }
            Asker::Hello | Asker::Listen | Asker::Lane(..) | Asker::Early => {}
        }
    }
}
