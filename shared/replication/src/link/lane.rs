//! One journal's two lanes: what the peer lacks of it goes up, what is lacking here comes down.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::mem;
use journal::mutant::{self, Mutant};
use journal::{EntryHash, JournalId, RawEntry, Seq, Tip};

use super::pace::{Backoff, Batches};
use super::search::{Search, Step};
use super::{Alarm, Asker, Effect, REQUEST_TIMEOUT_MS, ReadOutcome, STOPPED_MS, Turn};
use crate::message::{
    Entries, Fork, Hashes, Place, Probe, Pull, Push, Quarantine, Quarantined, Refusal, Reply,
    Request, Rewind, Trouble,
};

/// Which lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    Up,
    Down,
}

/// What a lane is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Nothing is done until then; `stopped` where an alarm was raised.
    Waiting { until_ms: u64, stopped: bool },
    /// Up: the host reads what follows `after`.
    Reading { tip: Tip, after: Option<Place> },
    /// Up: what was read is on its way.
    Pushing { journal: JournalId, base: Option<Place>, last: Place },
    /// Down: the host says whether the peer's end is held here.
    Finding { theirs: Place },
    /// Down: the peer is asked for what follows `after`.
    Pulling { theirs: Tip, after: Option<Place> },
    /// Down: the host decides over what came, and commits it.
    Appending { base: Option<Place>, last: Place, journal: JournalId },
    /// Either: the host says what stands at some places of my chain …
    SearchingHere(Search),
    /// … and the peer at the same places of its.
    SearchingThere(Search),
}

#[derive(Clone, Debug, Default)]
struct Lane {
    stage: Stage,
    backoff: Backoff,
    batches: Batches,
}

impl Lane {
    fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle | Stage::Waiting { .. })
    }

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
        self.batches.succeeded();
        self.stage = Stage::Idle;
    }
}

/// A journal, as both sides hold it.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    /// The ends of its chains here, the ordinary one's first.
    local: Vec<Place>,
    /// The ends of its chains there, as last heard, and what was acknowledged since.
    peer: Vec<Place>,
    /// Ends here that were found inside the peer's chains.
    peer_has: BTreeSet<EntryHash>,
    /// Ends there that were found inside the chains here.
    here: BTreeSet<EntryHash>,
    /// Ends there that were not.
    missing: BTreeSet<EntryHash>,
    /// Pairs (an end here, an end there) of which neither continues the other.
    apart: BTreeSet<(EntryHash, EntryHash)>,
    /// The last common entry of such a pair.
    common: BTreeMap<(EntryHash, EntryHash), Place>,
    up: Lane,
    down: Lane,
}

impl Lanes {
    pub(super) fn local(&self) -> &[Place] {
        &self.local
    }

    pub(super) fn peer(&self) -> &[Place] {
        &self.peer
    }

    pub(super) fn set_local(&mut self, tips: Vec<Place>) {
        if self.local != tips {
            self.local = tips;
            self.missing.clear();
        }
    }

    /// What the peer holds now. All that was found out by comparing is found out again: a peer that
    /// was restored from a backup holds less than it did.
    pub(super) fn set_peer(&mut self, tips: Vec<Place>) {
        if self.peer != tips {
            self.peer = tips;
            self.peer_has.clear();
            self.here.clear();
            self.missing.clear();
            self.apart.clear();
            self.common.clear();
        }
    }

    /// The last place here, on any chain; 0 where there is none.
    pub(super) fn held_through(&self) -> u64 {
        self.local.iter().map(|it| it.seq.0).max().unwrap_or(0)
    }

    /// The peer's furthest end.
    pub(super) fn peer_end(&self) -> Option<Place> {
        self.peer.iter().max().copied()
    }

    /// Whether something comes down, or is about to.
    pub(super) fn is_coming(&self) -> bool {
        !matches!(self.down.stage, Stage::Waiting { .. }) && self.is_behind(Way::Down)
    }

    pub(super) fn is_busy(&self, way: Way) -> bool {
        self.lane(way).is_busy()
    }

    pub(super) fn is_behind(&self, way: Way) -> bool {
        self.is_busy(way)
            || match way {
                Way::Up => self.next_up().is_some(),
                Way::Down => self.next_down().is_some(),
            }
    }

    pub(super) fn stopped(&self) -> usize {
        self.waiting().filter(|(_, stopped)| *stopped).count()
    }

    /// When a lane that waits goes on.
    pub(super) fn waits(&self) -> impl Iterator<Item = u64> {
        self.waiting().map(|(until_ms, _)| until_ms)
    }

    /// Until when its lanes wait of which nobody was told.
    pub(super) fn silent(&self) -> impl Iterator<Item = u64> {
        self.waiting().filter(|(_, stopped)| !stopped).map(|(until_ms, _)| until_ms)
    }

    /// Until when each lane waits that does, and whether an alarm was raised.
    fn waiting(&self) -> impl Iterator<Item = (u64, bool)> {
        [&self.up, &self.down].into_iter().filter_map(|lane| match lane.stage {
            Stage::Waiting { until_ms, stopped } => Some((until_ms, stopped)),
            Stage::Idle
            | Stage::Reading { .. }
            | Stage::Pushing { .. }
            | Stage::Finding { .. }
            | Stage::Pulling { .. }
            | Stage::Appending { .. }
            | Stage::SearchingHere(_)
            | Stage::SearchingThere(_) => None,
        })
    }

    /// Ends the waits of which nobody was told: there is reason to try at once.
    pub(super) fn hurry(&mut self) {
        for lane in [&mut self.up, &mut self.down] {
            lane.backoff.succeeded();
            if matches!(lane.stage, Stage::Waiting { stopped: false, .. }) {
                lane.stage = Stage::Idle;
            }
        }
    }

    /// Ends the waits that are over.
    pub(super) fn wake(&mut self, now_ms: u64) {
        for lane in [&mut self.up, &mut self.down] {
            if matches!(lane.stage, Stage::Waiting { until_ms, .. } if until_ms <= now_ms) {
                lane.stage = Stage::Idle;
            }
        }
    }

    /// Nothing that is under way will be answered.
    pub(super) fn forget_requests(&mut self) {
        for lane in [&mut self.up, &mut self.down] {
            if lane.is_busy() {
                lane.stage = Stage::Idle;
            }
        }
    }

    /// Starts a lane that is idle and has something to do; says whether it did.
    pub(super) fn start(&mut self, journal: JournalId, way: Way, turn: &mut Turn<'_>) -> bool {
        if self.lane(way).stage != Stage::Idle {
            return false;
        }
        match way {
            Way::Up => self.start_up(journal, turn),
            Way::Down => self.start_down(journal, turn),
        }
    }

    fn lane(&self, way: Way) -> &Lane {
        match way {
            Way::Up => &self.up,
            Way::Down => &self.down,
        }
    }

    fn lane_mut(&mut self, way: Way) -> &mut Lane {
        match way {
            Way::Up => &mut self.up,
            Way::Down => &mut self.down,
        }
    }

    /// The first end here that the peer is not known to hold.
    fn next_up(&self) -> Option<Place> {
        let held = |tip: &&Place| !self.peer.contains(tip) && !self.peer_has.contains(&tip.hash);
        let ends = if mutant::is(Mutant::OneEndEach) { 1 } else { usize::MAX };
        self.local.iter().take(ends).find(held).copied()
    }

    /// The first end there that is not known to be held here.
    fn next_down(&self) -> Option<Place> {
        let held = |tip: &&Place| !self.local.contains(tip) && !self.here.contains(&tip.hash);
        let ends = if mutant::is(Mutant::OneEndEach) { 1 } else { usize::MAX };
        self.peer.iter().take(ends).find(held).copied()
    }

    fn start_up(&mut self, journal: JournalId, turn: &mut Turn<'_>) -> bool {
        let Some(mine) = self.next_up() else {
            return false;
        };
        let tip = mine.in_journal(journal);
        let agreed = self.common.iter().filter(|((end, _), _)| *end == mine.hash);
        let agreed = agreed.map(|(_, place)| *place).max();
        let earlier = self
            .peer
            .iter()
            .filter(|it| it.seq < mine.seq && !self.apart.contains(&(mine.hash, it.hash)))
            .max()
            .copied();
        let after = agreed.max(earlier);
        let (None, Some(theirs)) = (after, self.peer.iter().max().copied()) else {
            self.read_on(tip, after, turn);
            return true;
        };
        let down_will_tell = mine.seq < theirs.seq
            && self.local.first() == Some(&mine)
            && !self.local.contains(&theirs)
            && !self.here.contains(&theirs.hash)
            && !matches!(self.down.stage, Stage::Waiting { .. });
        if down_will_tell {
            return false;
        }
        self.search(Way::Up, Search::between(tip, theirs.in_journal(journal)), turn);
        true
    }

    fn read_on(&mut self, tip: Tip, after: Option<Place>, turn: &mut Turn<'_>) {
        let wish = self.up.batches.wish();
        self.up.stage = Stage::Reading { tip, after };
        turn.host(Asker::Lane(tip.journal, Way::Up), |ask| Effect::Read { ask, tip, after, wish });
    }

    fn start_down(&mut self, journal: JournalId, turn: &mut Turn<'_>) -> bool {
        let Some(theirs) = self.next_down() else {
            return false;
        };
        let asker = Asker::Lane(journal, Way::Down);
        let at = theirs.in_journal(journal);
        let may_be_held = self.local.iter().any(|it| theirs.seq <= it.seq);
        if may_be_held && !self.missing.contains(&theirs.hash) {
            self.down.stage = Stage::Finding { theirs };
            turn.host(asker, |ask| Effect::Find { ask, at });
            return true;
        }
        let before = self
            .local
            .iter()
            .filter(|it| it.seq < theirs.seq && !self.apart.contains(&(it.hash, theirs.hash)))
            .max()
            .copied();
        let agreed = self.common.iter().filter(|((_, end), _)| *end == theirs.hash);
        let after = before.max(agreed.map(|(_, place)| *place).max());
        match self.local.first() {
            Some(mine) if after.is_none() => {
                self.search(Way::Down, Search::between(mine.in_journal(journal), at), turn);
            }
            Some(_) | None => {
                let limit = self.down.batches.wish();
                self.down.stage = Stage::Pulling { theirs: at, after };
                let request = Request::Pull(Pull { tip: at, after, limit });
                turn.send(asker, REQUEST_TIMEOUT_MS, request);
            }
        }
        true
    }

    /// Goes on with a search, or makes use of what it found.
    fn search(&mut self, way: Way, step: Step, turn: &mut Turn<'_>) {
        match step {
            Step::Again(search) => {
                let (tip, seqs) = (search.mine, search.seqs().to_vec());
                self.lane_mut(way).stage = Stage::SearchingHere(search);
                turn.host(Asker::Lane(tip.journal, way), |ask| Effect::Hashes { ask, tip, seqs });
            }
            Step::Common { mine, theirs, last } => {
                if last.hash == mine.hash {
                    self.peer_has.insert(mine.hash);
                } else if last.hash == theirs.hash {
                    self.here.insert(theirs.hash);
                } else {
                    self.apart.insert((mine.hash, theirs.hash));
                }
                self.common.insert((mine.hash, theirs.hash), last);
                self.lane_mut(way).stage = Stage::Idle;
            }
        }
    }

    /// The host read on (up).
    pub(super) fn read(&mut self, way: Way, outcome: ReadOutcome, turn: &mut Turn<'_>) {
        let Stage::Reading { tip, after } = self.lane(way).stage else {
            return;
        };
        match outcome {
            ReadOutcome::Run(run) => {
                let Some(last) = last_place(after, &run.entries) else {
                    return self.up.wait(turn);
                };
                let journal = tip.journal;
                self.up.stage = Stage::Pushing { journal, base: after, last };
                let push = Push { journal, base: after, entries: run.entries, seal: run.seal };
                turn.send(Asker::Lane(journal, way), REQUEST_TIMEOUT_MS, Request::Push(push));
            }
            ReadOutcome::Nothing => {
                self.peer_has.insert(tip.hash);
                self.up.stage = Stage::Idle;
            }
            ReadOutcome::NotOnChain => {
                if let Some(after) = after {
                    self.apart.insert((tip.hash, after.hash));
                    self.common.retain(|_, place| *place != after);
                }
                self.up.stage = Stage::Idle;
            }
            ReadOutcome::Failed => self.up.wait(turn),
        }
    }

    /// The host looked for the peer's end (down).
    pub(super) fn found(&mut self, way: Way, held: bool) {
        if let Stage::Finding { theirs } = self.lane(way).stage {
            let known = if held { &mut self.here } else { &mut self.missing };
            known.insert(theirs.hash);
            self.lane_mut(way).stage = Stage::Idle;
        }
    }

    /// The host read hashes of my chain (either).
    pub(super) fn hashes(&mut self, way: Way, hashes: Vec<Option<EntryHash>>, turn: &mut Turn<'_>) {
        let lane = self.lane_mut(way);
        let Stage::SearchingHere(search) = &mut lane.stage else {
            return;
        };
        let (tip, seqs) = (search.theirs, search.seqs().to_vec());
        search.set_local(hashes);
        lane.stage = Stage::SearchingThere(search.clone());
        let request = Request::Probe(Probe { tip, seqs });
        turn.send(Asker::Lane(tip.journal, way), REQUEST_TIMEOUT_MS, request);
    }

    /// The host decided over what came, and committed it (down).
    pub(super) fn appended(&mut self, way: Way, reply: &Reply, turn: &mut Turn<'_>) {
        let Stage::Appending { base, last, journal } = self.lane(way).stage else {
            return;
        };
        if let Reply::Ack(_) = reply {
            self.grow_local(base, last);
            self.down.succeeded();
        } else if let Reply::Fork(fork) = reply {
            turn.alarm(fork_alarm(journal, fork));
            if !self.local.contains(&last) {
                self.local.push(last);
            }
            self.down.succeeded();
        } else if let Reply::Quarantined(Quarantined { seq, why }) = *reply {
            self.down.stop(turn, Alarm::Parked { journal, seq, why });
        } else if let Reply::Refused(Refusal::TooLarge) = reply {
            let seq = base.map_or(Seq::FIRST, |base| base.seq.next());
            let why = Quarantine::NotBelieved;
            self.down.stop(turn, Alarm::Parked { journal, seq, why });
        } else {
            self.down.wait(turn);
        }
    }

    /// What the host is about to say of the ends itself; it may say it later than the outcome.
    fn grow_local(&mut self, base: Option<Place>, last: Place) {
        if self.local.contains(&last) {
            return;
        }
        match self.local.iter_mut().find(|it| Some(**it) == base) {
            Some(end) => *end = last,
            None => self.local.push(last),
        }
    }

    /// The peer answered.
    pub(super) fn replied(
        &mut self,
        journal: JournalId,
        way: Way,
        reply: Reply,
        turn: &mut Turn<'_>,
    ) {
        let lane = self.lane_mut(way);
        let stage = mem::take(&mut lane.stage);
        match reply.trouble() {
            Some(Trouble::Busy { .. }) if mutant::is(Mutant::BusyIsFinal) => {
                lane.stage = Stage::Waiting { until_ms: u64::MAX, stopped: false };
            }
            Some(Trouble::Busy { retry_ms }) => {
                let until_ms = turn.now_ms.saturating_add(turn.jitter.around(retry_ms.into()));
                lane.stage = Stage::Waiting { until_ms, stopped: false };
            }
            Some(Trouble::Later) if mutant::is(Mutant::FailureIsFinal) => {
                lane.stage = Stage::Waiting { until_ms: u64::MAX, stopped: false };
            }
            Some(Trouble::Later) => lane.wait(turn),
            // It may have been damaged on its way: said a second time, it is meant.
            Some(Trouble::Never(_))
                if reply == Reply::Refused(Refusal::Unreadable) && lane.backoff.is_fresh() =>
            {
                lane.wait(turn);
            }
            Some(Trouble::Never(why)) => {
                lane.stop(turn, Alarm::Refused { journal: Some(journal), why });
            }
            None => self.answered(way, stage, reply, turn),
        }
    }

    /// The peer answered what it was asked, or something that is no answer to it.
    fn answered(&mut self, way: Way, stage: Stage, reply: Reply, turn: &mut Turn<'_>) {
        match (stage, reply) {
            (Stage::Pushing { journal, base, last }, reply) => {
                self.pushed(journal, base, last, &reply, turn);
            }
            (Stage::Pulling { theirs, after }, Reply::Entries(entries)) => {
                self.pulled(theirs, after, entries, turn);
            }
            (Stage::Pulling { theirs, after }, Reply::Rewind(Rewind { tip })) => {
                self.rewound(theirs, after, tip, turn);
            }
            (Stage::SearchingThere(search), Reply::Hashes(Hashes { hashes })) => {
                match search.compare(&hashes) {
                    Some(step) => self.search(way, step, turn),
                    None => self.lane_mut(way).wait(turn),
                }
            }
            (Stage::SearchingThere(search), Reply::Rewind(_)) => {
                self.peer.retain(|it| it.hash != search.theirs.hash);
            }
            (_, _) => self.lane_mut(way).wait(turn),
        }
    }

    fn pushed(
        &mut self,
        journal: JournalId,
        base: Option<Place>,
        last: Place,
        reply: &Reply,
        turn: &mut Turn<'_>,
    ) {
        if let Reply::Ack(ack) = reply
            && Place::of(ack.tip) == last
        {
            self.peer.retain(|it| Some(*it) != base && *it != last);
            self.peer.push(last);
            self.up.succeeded();
        } else if let Reply::Fork(fork) = reply
            && fork.kept == last
        {
            turn.alarm(fork_alarm(journal, fork));
            self.peer.retain(|it| *it != last);
            self.peer.push(last);
            self.up.succeeded();
        } else if let Reply::Need { have } = *reply {
            self.set_peer(have.into_iter().collect());
            self.up.wait(turn);
        } else if let Reply::Quarantined(Quarantined { seq, why }) = *reply {
            self.up.stop(turn, Alarm::Quarantined { journal, seq, why });
        } else {
            self.up.wait(turn);
        }
    }

    fn pulled(&mut self, theirs: Tip, after: Option<Place>, answer: Entries, turn: &mut Turn<'_>) {
        let journal = theirs.journal;
        if let Some(after) = after {
            self.peer_has.insert(after.hash);
        }
        let (Some(last), Some(seal)) = (last_place(after, &answer.entries), answer.seal) else {
            self.here.insert(theirs.hash);
            return;
        };
        if let Some(end) = self.peer.iter_mut().find(|it| it.hash == theirs.hash)
            && answer.tip.journal == journal
            && end.seq < answer.tip.seq
        {
            *end = Place::of(answer.tip);
        }
        self.down.stage = Stage::Appending { base: after, last, journal };
        let push = Push { journal, base: after, entries: answer.entries, seal };
        turn.host(Asker::Lane(journal, Way::Down), |ask| Effect::Append { ask, push });
    }

    fn rewound(
        &mut self,
        theirs: Tip,
        after: Option<Place>,
        tip: Option<Tip>,
        turn: &mut Turn<'_>,
    ) {
        let Some(tip) = tip.filter(|tip| tip.journal == theirs.journal && after.is_some()) else {
            self.peer.retain(|it| it.hash != theirs.hash);
            return;
        };
        if let Some(end) = self.peer.iter_mut().find(|it| it.hash == theirs.hash) {
            *end = Place::of(tip);
        }
        if let Some(after) = after {
            self.apart.insert((after.hash, tip.hash));
            let known = self.common.len();
            self.common.retain(|_, place| *place != after);
            if self.common.len() < known {
                // It said itself that this entry is on its chain: whoever contradicts itself is asked
                // ever more slowly, for the search would find the same again.
                self.down.wait(turn);
            }
        }
    }

    /// What was under way took too long, or broke off: less is sent at once.
    pub(super) fn slower(&mut self, way: Way) {
        self.lane_mut(way).batches.failed();
    }

    /// No answer in time, or none to be believed: the lane waits, and sends less at once.
    pub(super) fn failed(&mut self, way: Way, turn: &mut Turn<'_>) {
        let lane = self.lane_mut(way);
        lane.batches.failed();
        lane.wait(turn);
    }
}

/// Where a run ends that follows `after`.
pub(super) fn last_place(after: Option<Place>, entries: &[RawEntry]) -> Option<Place> {
    let hash = entries.last()?.hash();
    let count = u64::try_from(entries.len()).ok()?;
    Some(Place { seq: Seq(after.map_or(0, |after| after.seq.0).checked_add(count)?), hash })
}

fn fork_alarm(journal: JournalId, fork: &Fork) -> Alarm {
    let mut entries = [fork.held, fork.sent];
    entries.sort_unstable();
    Alarm::Fork { journal, seq: fork.seq, entries }
}
