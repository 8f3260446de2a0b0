//! The shortcut of whoever is far behind: what the shop is in the middle of first, the history after.
//!
//! One of the own links at a time asks for a snapshot, and the host says which. While the history comes
//! through the ordinary lanes, one at a time and as it always does, this follows the peer's chains
//! from the ends that the snapshot proved: what happens now is here within one pull, however much of
//! the past is still to come. Where an ordinary chain reaches such an end, it carries the rest itself.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use journal::{JournalId, Tip};

use super::lane::{Lanes, last_place};
use super::pace::Backoff;
use super::{Asker, EarlyEnd, Effect, Grant, REQUEST_TIMEOUT_MS, STOPPED_MS, Turn};
use crate::message::{Entries, Place, Pull, Push, Reply, Request, Snapshot, Trouble};

/// So many entries behind a peer, over all journals, and what is not finished is asked for first.
pub const LATE_ENTRIES: u64 = 1_000;
/// How long after another link was the one to ask the host is asked again, in milliseconds.
const AGAIN_MS: u64 = 2_000;
/// The most entries that are asked for at once of what happens now.
const PULL_LIMIT: u16 = 500;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Not far behind, as far as is known.
    #[default]
    Idle,
    /// The host says whether this link is the one that asks.
    Permission,
    /// A page is on its way.
    Fetching,
    /// The host stores it; then the next is asked for.
    Storing { next: Option<Vec<u8>> },
    /// All of it is here. What happens now is followed.
    Following,
    /// What follows the end of a journal is on its way …
    Pulling { journal: JournalId, after: Place },
    /// … and the host stores it.
    Keeping { journal: JournalId, last: Place },
    /// Nothing is done until then.
    Waiting { until_ms: u64, follows: bool },
    /// The peer does not know the message.
    Unable,
}

/// What one link does to be in the present before it has the past.
#[derive(Clone, Debug, Default)]
pub(super) struct Early {
    stage: Stage,
    backoff: Backoff,
    /// Of the journals of which there is more than the ordinary chains hold: where it ends.
    ends: BTreeMap<JournalId, Ends>,
    /// The journal that was followed last: the next comes after it.
    turn: Option<JournalId>,
    /// The journal that says who may write: nothing is asked for before it is here.
    first: Option<JournalId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ends {
    checkpoint: Place,
    end: Place,
}

type AllLanes = BTreeMap<JournalId, Lanes>;

impl Early {
    pub(super) const fn set_first(&mut self, journal: JournalId) {
        self.first = Some(journal);
    }

    pub(super) const fn first(&self) -> Option<JournalId> {
        self.first
    }

    /// How many journals may come down at once. The present goes before the past.
    pub(super) const fn max_down(&self, usual: usize) -> usize {
        match self.stage {
            Stage::Permission | Stage::Fetching | Stage::Storing { .. } => 0,
            Stage::Following
            | Stage::Pulling { .. }
            | Stage::Keeping { .. }
            | Stage::Waiting { follows: true, .. } => 1,
            Stage::Idle | Stage::Waiting { follows: false, .. } | Stage::Unable => usual,
        }
    }

    pub(super) const fn waits(&self) -> Option<u64> {
        match self.stage {
            Stage::Waiting { until_ms, .. } => Some(until_ms),
            Stage::Idle
            | Stage::Permission
            | Stage::Fetching
            | Stage::Storing { .. }
            | Stage::Following
            | Stage::Pulling { .. }
            | Stage::Keeping { .. }
            | Stage::Unable => None,
        }
    }

    /// The peer is not heard any more. What it sent so far is kept by the host.
    pub(super) fn forget_requests(&mut self) {
        if self.stage != Stage::Unable {
            self.stage = Stage::Idle;
        }
        self.ends.clear();
    }

    /// Starts what can be started.
    pub(super) fn start(&mut self, lanes: &AllLanes, turn: &mut Turn<'_>) {
        if let Stage::Waiting { until_ms, follows } = self.stage
            && until_ms <= turn.now_ms
        {
            self.stage = if follows { Stage::Following } else { Stage::Idle };
        }
        if self.stage == Stage::Following {
            self.follow(lanes, turn);
        }
        if self.stage == Stage::Idle && self.may_ask(lanes) {
            self.stage = Stage::Permission;
            let behind = behind(lanes);
            turn.host(Asker::Early, |ask| Effect::Late { ask, behind });
        }
    }

    fn may_ask(&self, lanes: &AllLanes) -> bool {
        let first = self.first.and_then(|journal| lanes.get(&journal));
        LATE_ENTRIES < behind(lanes) && !first.is_some_and(Lanes::is_coming)
    }

    /// The host said whether this link asks.
    pub(super) fn granted(&mut self, grant: Grant, lanes: &AllLanes, turn: &mut Turn<'_>) {
        if self.stage != Stage::Permission {
            return;
        }
        match grant {
            Grant::No => self.wait_for(AGAIN_MS, turn),
            Grant::Ask => self.fetch(None, turn),
            Grant::Follow(ends) => {
                self.set_ends(&ends);
                // Where too much happened since, a new snapshot is shorter than what happened.
                let beyond = |(journal, at): (&JournalId, &Ends)| {
                    let there = lanes.get(journal).and_then(Lanes::peer_end);
                    there.map_or(0, |there| there.seq.0.saturating_sub(at.end.seq.0))
                };
                let beyond = self.ends.iter().map(beyond).fold(0, u64::saturating_add);
                if self.ends.is_empty() || LATE_ENTRIES < beyond {
                    self.fetch(None, turn);
                } else {
                    self.stage = Stage::Following;
                }
            }
        }
    }

    fn set_ends(&mut self, ends: &[EarlyEnd]) {
        let ends = ends.iter();
        self.ends =
            ends.map(|it| (it.journal, Ends { checkpoint: it.checkpoint, end: it.end })).collect();
    }

    fn fetch(&mut self, after: Option<Vec<u8>>, turn: &mut Turn<'_>) {
        self.stage = Stage::Fetching;
        turn.send(Asker::Early, REQUEST_TIMEOUT_MS, Request::Snapshot(Snapshot { after }));
    }

    /// A page is stored, or not.
    pub(super) fn stored(&mut self, ends: Option<&[EarlyEnd]>, turn: &mut Turn<'_>) {
        let Stage::Storing { next } = core::mem::take(&mut self.stage) else {
            return;
        };
        match (ends, next) {
            (None, _) => self.give_up(turn),
            (Some(_), next @ Some(_)) => self.fetch(next, turn),
            (Some(ends), None) => {
                self.backoff.succeeded();
                self.set_ends(ends);
                self.stage = Stage::Following;
            }
        }
    }

    /// Pulls what the peer is known to hold after one of the ends.
    fn follow(&mut self, lanes: &AllLanes, turn: &mut Turn<'_>) {
        let held = |journal: &JournalId| lanes.get(journal).map_or(0, Lanes::held_through);
        self.ends.retain(|journal, at| held(journal) < at.checkpoint.seq.0);
        if self.ends.is_empty() {
            turn.effects.push(Effect::LateNoMore);
            if behind(lanes) <= LATE_ENTRIES {
                self.stage = Stage::Idle;
            } else {
                // What is still lacking is nothing that a snapshot helps with.
                self.wait_for(STOPPED_MS, turn);
            }
            return;
        }
        let mut journals: Vec<JournalId> = self.ends.keys().copied().collect();
        journals.sort_by_key(|journal| (Some(*journal) <= self.turn, *journal));
        for journal in journals {
            let (Some(at), Some(there)) =
                (self.ends.get(&journal), lanes.get(&journal).and_then(Lanes::peer_end))
            else {
                continue;
            };
            if at.end.seq < there.seq {
                let (tip, after) = (there.in_journal(journal), at.end);
                self.turn = Some(journal);
                self.stage = Stage::Pulling { journal, after };
                let pull = Pull { tip, after: Some(after), limit: PULL_LIMIT };
                turn.send(Asker::Early, REQUEST_TIMEOUT_MS, Request::Pull(pull));
                return;
            }
        }
    }

    /// What was pulled is stored, or it was not believed, or the disk failed.
    pub(super) fn kept(&mut self, kept: bool, turn: &mut Turn<'_>) {
        let Stage::Keeping { journal, last } = self.stage else {
            return;
        };
        if kept {
            self.backoff.succeeded();
            if let Some(at) = self.ends.get_mut(&journal) {
                at.end = last;
            }
            self.stage = Stage::Following;
        } else {
            self.ends.remove(&journal);
            self.wait(true, turn);
        }
    }

    /// The peer answered.
    pub(super) fn replied(&mut self, reply: Reply, turn: &mut Turn<'_>) {
        let trouble = reply.trouble();
        match (core::mem::take(&mut self.stage), reply) {
            (Stage::Fetching, Reply::Snapshot(page)) => {
                self.stage = Stage::Storing { next: page.next.clone() };
                turn.host(Asker::Early, |ask| Effect::StoreSnapshot { ask, page });
            }
            (Stage::Pulling { journal, after }, Reply::Entries(entries)) => {
                self.pulled(journal, after, entries, turn);
            }
            (Stage::Pulling { journal, .. }, Reply::Rewind(_)) => {
                // Another history than the one that was proved. The ordinary lane finds out.
                self.ends.remove(&journal);
                self.stage = Stage::Following;
            }
            (Stage::Fetching, _) if matches!(trouble, Some(Trouble::Never(_))) => {
                self.stage = Stage::Unable;
                turn.effects.push(Effect::LateNoMore);
            }
            (Stage::Fetching, _) => match trouble {
                Some(Trouble::Busy { retry_ms }) => {
                    self.wait_for(retry_ms.into(), turn);
                    turn.effects.push(Effect::LateNoMore);
                }
                Some(Trouble::Later | Trouble::Never(_)) | None => self.give_up(turn),
            },
            (stage, _) => self.wait(matches!(stage, Stage::Pulling { .. }), turn),
        }
    }

    fn pulled(&mut self, journal: JournalId, after: Place, answer: Entries, turn: &mut Turn<'_>) {
        let (Some(last), Some(seal)) = (last_place(Some(after), &answer.entries), answer.seal)
        else {
            return self.wait(true, turn);
        };
        self.stage = Stage::Keeping { journal, last };
        let push = Push { journal, base: Some(after), entries: answer.entries, seal };
        turn.host(Asker::Early, |ask| Effect::Follow { ask, push });
    }

    /// No answer in time, or none to be believed.
    pub(super) fn failed(&mut self, turn: &mut Turn<'_>) {
        match core::mem::take(&mut self.stage) {
            Stage::Pulling { .. } => self.wait(true, turn),
            Stage::Idle
            | Stage::Permission
            | Stage::Fetching
            | Stage::Storing { .. }
            | Stage::Following
            | Stage::Keeping { .. }
            | Stage::Waiting { .. }
            | Stage::Unable => self.give_up(turn),
        }
    }

    /// Lets another link try.
    fn give_up(&mut self, turn: &mut Turn<'_>) {
        self.wait(false, turn);
        turn.effects.push(Effect::LateNoMore);
    }

    fn wait(&mut self, follows: bool, turn: &mut Turn<'_>) {
        let until_ms = turn.now_ms.saturating_add(self.backoff.failed(turn.jitter));
        self.stage = Stage::Waiting { until_ms, follows };
    }

    fn wait_for(&mut self, ms: u64, turn: &mut Turn<'_>) {
        let until_ms = turn.now_ms.saturating_add(turn.jitter.around_long(ms));
        self.stage = Stage::Waiting { until_ms, follows: false };
    }
}

/// How many entries the peer holds that are not here, over all journals.
fn behind(lanes: &AllLanes) -> u64 {
    let lacking = |lanes: &Lanes| {
        let there = lanes.peer_end().map_or(0, |end| end.seq.0);
        there.saturating_sub(lanes.held_through())
    };
    lanes.values().map(lacking).fold(0, u64::saturating_add)
}

impl EarlyEnd {
    /// The end, with the journal's name.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.end.in_journal(self.journal)
    }
}
