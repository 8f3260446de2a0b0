//! Whether a workstation may take the money of an order that another opened (docs/SYNC.md, "Roles").
//!
//! Whoever opened an order needs no leave. Anybody else asks, and the arbiter answers with a grant. A
//! grant ends with the payment, or when a later one takes its place; one that is older than
//! [`GRANT_MS`], or whose workstation is silent, keeps nobody else from asking. Ages are counted by
//! each workstation for itself from when it first saw the entry: clocks order nothing.

use super::roles::Rank;
use crate::order::Stamp;
use core::cmp::Reverse;
use journal::{JournalId, PublicKey, Tick};

/// For how long a grant keeps others from taking the money, in ms.
pub const GRANT_MS: u64 = 120_000;
/// For how long an ask stands, in ms: whoever asked has given up by then, and asks anew.
pub const ASK_MS: u64 = 10_000;
/// How long an ask may go unanswered, in ms, before whoever asked takes the role itself.
pub const ANSWER_MS: u64 = 5_000;

/// That a workstation asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Where that stands.
    pub at: Stamp,
    /// What whoever asked signs with.
    pub by: PublicKey,
}

/// A grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// In which term.
    pub term: u64,
    /// Who granted it.
    pub by: Rank,
    /// Where that stands.
    pub at: Stamp,
    /// The journal of whoever may take the money.
    pub journal: JournalId,
    /// What that workstation signs with; `None` where its journal is not here yet.
    pub to: Option<PublicKey>,
}

impl Granted {
    fn weight(&self) -> (u64, Reverse<&Rank>, Stamp) {
        (self.term, Reverse(&self.by), self.at)
    }
}

/// The grant that holds, of all that are known of one order: that of the highest term; of equal ones
/// that of the workstation that goes first; and of one workstation's the last. A grant of a stale term
/// does nothing where one of a later term is known.
#[must_use]
pub fn standing<'a>(granted: impl IntoIterator<Item = &'a Granted>) -> Option<&'a Granted> {
    granted.into_iter().max_by(|one, other| one.weight().cmp(&other.weight()))
}

/// Whether an ask was answered by a grant that was written with knowledge of it.
#[must_use]
pub fn is_answered(asked: &Asked, granted: &[Granted]) -> bool {
    let since = |tick: Tick| asked.at.tick < tick;
    granted.iter().any(|it| it.to == Some(asked.by) && since(it.at.tick))
}

/// To whom the money of an order is granted, as one workstation sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    /// To nobody.
    Free,
    /// To this workstation.
    Own,
    /// To another that lives, not long ago.
    Elsewhere,
    /// To another that is silent or dead, or that let [`GRANT_MS`] go by.
    Over,
}

impl Lease {
    /// Of a grant to another, seen first `age_ms` ago.
    #[must_use]
    pub const fn of_another(lives: bool, age_ms: u64) -> Self {
        if lives && age_ms < GRANT_MS { Self::Elsewhere } else { Self::Over }
    }
}

/// What taking the money of an order needs, at the workstation that would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Nothing.
    Given,
    /// A grant to itself, in the term in which it is the arbiter.
    Grant,
    /// The role first: nobody answered.
    Take,
    /// An ask.
    Ask,
    /// Patience: it has asked.
    Wait,
    /// The money is being taken elsewhere.
    Elsewhere,
}

/// What a workstation knows when it would take the money of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// It opened the order itself.
    pub opened: bool,
    /// It holds the role of arbiter.
    pub is_arbiter: bool,
    /// To whom the money is granted.
    pub lease: Lease,
    /// For how long its own ask has gone unanswered, in ms; `None` where it has not asked.
    pub asked_ms: Option<u64>,
}

/// Decides what taking the money needs.
#[must_use]
pub const fn leave(wish: &Wish) -> Leave {
    match (wish.lease, wish.opened, wish.is_arbiter, wish.asked_ms) {
        (Lease::Own, ..) => Leave::Given,
        (Lease::Elsewhere, ..) => Leave::Elsewhere,
        (Lease::Free | Lease::Over, true, ..) => Leave::Given,
        (Lease::Free | Lease::Over, false, true, _) => Leave::Grant,
        (Lease::Free | Lease::Over, false, false, Some(..ANSWER_MS)) => Leave::Wait,
        (Lease::Free | Lease::Over, false, false, Some(..ASK_MS)) => Leave::Take,
        (Lease::Free | Lease::Over, false, false, Some(_) | None) => Leave::Ask,
    }
}

/// Whom the arbiter gives leave: the first that asked, of those whose ask stands and is not answered.
/// `asked` are those with the age at which this workstation knows them, in ms.
#[must_use]
pub fn answer<'a>(
    lease: Lease,
    asked: impl IntoIterator<Item = (&'a Asked, u64)>,
    granted: &[Granted],
) -> Option<&'a Asked> {
    match lease {
        Lease::Elsewhere => None,
        Lease::Free | Lease::Own | Lease::Over => {
            let stands =
                |(it, age_ms): &(&Asked, u64)| *age_ms < ASK_MS && !is_answered(it, granted);
            let open = asked.into_iter().filter(stands).map(|(it, _)| it);
            open.min_by_key(|it| it.at)
        }
    }
}

#[cfg(test)]
mod tests;
