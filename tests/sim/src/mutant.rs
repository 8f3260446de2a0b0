//! Hosts that are wrong on purpose.

use journal::{Header, RawEntry, Refused};
use replication::answer::{Held, PushPlan, PushReads, answer_push};
use replication::{Ack, Place, Push, Reply};

use crate::books::{Books, Row, Write};

/// One wrong implementation. The shared crates are never the wrong ones: a mutant is a host that
/// does not do what they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// Answers a push before it is on disk.
    AckBeforeCommit,
    /// Takes whatever stands at a place for the entry that is sent for it.
    NoHashComparison,
    /// Takes what lies beyond the end of its own chain and never looks at the rest.
    SkipOverlap,
    /// Believes entries whose seal is not right.
    BelieveUnsealed,
    /// Says that it kept a branch, and does not.
    DropTheBranch,
    /// Counts an entry each time it arrives.
    CountTwice,
}

impl Mutant {
    /// All of them, each with the number of seeds within which it must be caught.
    pub const ALL: [(Self, u64); 6] = [
        (Self::AckBeforeCommit, 60),
        (Self::NoHashComparison, 60),
        (Self::SkipOverlap, 60),
        (Self::BelieveUnsealed, 80),
        (Self::DropTheBranch, 60),
        (Self::CountTwice, 40),
    ];
}

impl Mutant {
    /// What the mutant does with a push, where it is not what the answering half says.
    pub(crate) fn push(
        self,
        books: &Books,
        held: &Held,
        reads: &PushReads,
        push: &Push,
    ) -> Option<(Vec<Write>, Reply)> {
        match self {
            Self::NoHashComparison => by_place(held, push, true),
            Self::SkipOverlap => by_place(held, push, false),
            Self::BelieveUnsealed => {
                let unsealed = |plan| {
                    let refused = Some(Refused::Seal { seq: reads.last });
                    matches!(plan, PushPlan::Park { refused: it, .. } if it == refused)
                };
                let base = push.base.filter(|base| held.tips.contains(base))?;
                unsealed(answer_push(held, push)).then(|| grow(push, base, &push.entries))?
            }
            Self::DropTheBranch => match answer_push(held, push) {
                PushPlan::Keep { reply, .. } => Some((Vec::new(), reply)),
                PushPlan::Store { .. }
                | PushPlan::AlreadyHeld { .. }
                | PushPlan::Need { .. }
                | PushPlan::Park { .. }
                | PushPlan::Refuse { .. } => None,
            },
            Self::CountTwice => match answer_push(held, push) {
                PushPlan::AlreadyHeld { reply } => {
                    let path =
                        books.journals.get(&push.journal)?.path(push.entries.last()?.hash())?;
                    let from = path.len() - push.entries.len();
                    let rows = path[from..].iter().map(|row| (*row).clone()).collect();
                    Some((vec![Write::Count { rows }], reply))
                }
                PushPlan::Store { .. }
                | PushPlan::Keep { .. }
                | PushPlan::Need { .. }
                | PushPlan::Park { .. }
                | PushPlan::Refuse { .. } => None,
            },
            Self::AckBeforeCommit => None,
        }
    }
}

/// Compares numbers only: what is at or before the own end is there already, what is after goes on.
fn by_place(held: &Held, push: &Push, looks_at_base: bool) -> Option<(Vec<Write>, Reply)> {
    let end = *held.tips.first()?;
    if looks_at_base && push.base.is_some() && held.base_tick.is_none() {
        return None;
    }
    let first = push.base.map_or(1, |base| base.seq.0 + 1);
    if end.seq.0 + 1 < first {
        return None;
    }
    let known = usize::try_from(end.seq.0 + 1 - first).ok()?;
    let last = Header::decode(&push.entries.last()?.header)?.seq;
    let tip = Place { seq: last, hash: push.entries.last()?.hash() }.in_journal(push.journal);
    match push.entries.get(known..) {
        Some(new) if !new.is_empty() => grow(push, end, new),
        Some(_) | None => Some((Vec::new(), Reply::Ack(Ack { tip }))),
    }
}

fn grow(push: &Push, onto: Place, entries: &[RawEntry]) -> Option<(Vec<Write>, Reply)> {
    let mut rows = Vec::new();
    for raw in entries {
        let header = Header::decode(&raw.header)?;
        let (seq, tick, kind) = (header.seq, header.tick, header.kind);
        rows.push(Row { raw: raw.clone(), hash: raw.hash(), seq, tick, kind, seal: None });
    }
    let last = rows.last_mut()?;
    last.seal = Some(push.seal);
    let tip = last.place().in_journal(push.journal);
    let write = Write::Grow { journal: push.journal, onto, rows };
    Some((vec![write], Reply::Ack(Ack { tip })))
}
