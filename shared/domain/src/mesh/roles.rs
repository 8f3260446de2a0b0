//! Who answers for a role (docs/SYNC.md, "Roles"): a fold of [`RoleTaken`], and when to take one.
//!
//! [`RoleTaken`]: super::RoleTaken

use super::Role;
use crate::publication::WorkstationRole;
use alloc::string::String;
use core::cmp::Reverse;
use journal::PublicKey;
use journal::mutant::{self, Mutant};

/// For how long whoever answers for a role may be silent before another takes it, in ms since anything
/// was last heard of it. With the steps below, another answers within 5 s (docs/SYNC.md, Roles).
pub const SILENT_MS: u64 = 4_000;
/// How much longer each workstation waits than the one before it in the shop's list, in ms: longer than
/// an entry takes across the shop, so that one of them takes the role and not all.
pub const STEP_MS: u64 = 250;
/// The highest term that is believed: no shop comes near it, and there is always a next one.
pub const MAX_TERM: u64 = 1 << 48;

/// A workstation's place in the shop's list, and who it is. The lesser goes first: those that the shop
/// lists before those that it does not (any more), tills before kitchens, then by label, then by key.
/// It is the same on every workstation that has the same entries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    unlisted: bool,
    role: Option<WorkstationRole>,
    label: String,
    key: PublicKey,
}

impl Rank {
    /// Of a workstation that belongs to the shop.
    #[must_use]
    pub const fn listed(role: WorkstationRole, label: String, key: PublicKey) -> Self {
        Self { unlisted: false, role: Some(role), label, key }
    }

    /// Of one that does not, or not any more.
    #[must_use]
    pub const fn unlisted(key: PublicKey) -> Self {
        Self { unlisted: true, role: None, label: String::new(), key }
    }

    /// What it signs with.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// What people call it: "C1"; empty where the shop does not list it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Whether it takes orders and money.
    #[must_use]
    pub fn is_till(&self) -> bool {
        self.role == Some(WorkstationRole::Till)
    }
}

/// Who took a role, as far as that is known: the highest term holds, and of equal ones the workstation
/// that goes first. Taking note of the same twice, or in another order, changes nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder(Option<(u64, Reverse<Rank>)>);

impl Holder {
    /// The fold of everything that is known.
    #[must_use]
    pub fn fold(taken: impl IntoIterator<Item = (u64, Rank)>) -> Self {
        let mut holder = Self::default();
        for (term, by) in taken {
            holder.note(term, by);
        }
        holder
    }

    /// Takes note of a term. One above [`MAX_TERM`] is left out: after it there would be no next.
    pub fn note(&mut self, term: u64, by: Rank) {
        if term <= MAX_TERM {
            let term = if mutant::is(Mutant::IgnoreTerms) { 1 } else { term };
            let noted = Some((term, Reverse(by)));
            self.0 = self.0.take().max(noted);
        }
    }

    /// Whoever holds the role; `None` where nobody ever took it.
    #[must_use]
    pub fn rank(&self) -> Option<&Rank> {
        self.0.as_ref().map(|(_, Reverse(rank))| rank)
    }

    /// The highest term that is known; 0 where there is none.
    #[must_use]
    pub fn term(&self) -> u64 {
        self.0.as_ref().map_or(0, |(term, _)| *term)
    }

    /// The term that a workstation takes the role in.
    #[must_use]
    pub fn next_term(&self) -> u64 {
        self.term().saturating_add(1)
    }

    /// Whether a workstation holds it.
    #[must_use]
    pub fn is(&self, key: &PublicKey) -> bool {
        self.rank().is_some_and(|rank| rank.key() == key)
    }
}

/// Another workstation, as one sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Other {
    /// Who.
    pub rank: Rank,
    /// For how long nothing was heard of it, in ms; what was heard before this workstation began to
    /// listen counts for nothing.
    pub silent_ms: u64,
}

impl Other {
    /// Whether it was heard of lately.
    #[must_use]
    pub const fn lives(&self) -> bool {
        self.silent_ms < SILENT_MS
    }
}

/// What a workstation does about a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It takes the role.
    Take {
        /// In this term.
        term: u64,
    },
    /// It takes the role if it hears nothing for so many ms more.
    Wait {
        /// At least 1.
        ms: u64,
    },
    /// It holds it already.
    Holds,
    /// The role is not for it, as others are alive.
    Leaves,
}

/// What a workstation does about a role that it could take: the first of those that live takes it as soon
/// as its holder was silent for [`SILENT_MS`], each further one [`STEP_MS`] later. Tills answer for
/// payments; a kitchen does where no till lives.
///
/// `listening_ms` is for how long this workstation has listened: nobody, or one that the shop does not
/// list any more, is as silent as that. `times` is how often it took the role from this very holder and
/// has heard no word of it since: one that takes it back lives where only its entries come from, and is
/// given twice as long each time. Else two that hear each other over the centre alone would take the role
/// from one another as fast as entries travel.
#[must_use]
pub fn step(
    role: Role,
    own: &Rank,
    holder: &Holder,
    others: &[Other],
    (listening_ms, times): (u64, u32),
) -> Step {
    if holder.is(own.key()) {
        return Step::Holds;
    }
    let may = |rank: &Rank| match role {
        Role::Arbiter => own.is_till() <= rank.is_till(),
        Role::SharedPrinter => true,
    };
    let living = others.iter().filter(|other| other.lives() && may(&other.rank));
    if role == Role::Arbiter && !own.is_till() && living.clone().any(|it| it.rank.is_till()) {
        return Step::Leaves;
    }
    let goes_before = |it: &&Other| it.rank < *own && !holder.is(it.rank.key());
    let before = living.filter(goes_before).count();
    let held_by =
        holder.rank().and_then(|held| others.iter().find(|it| it.rank.key() == held.key()));
    let silent_ms = held_by.map_or(listening_ms, |it| it.silent_ms);
    let steps = u64::try_from(before).unwrap_or(u64::MAX);
    let due_ms = SILENT_MS.saturating_mul(2_u64.saturating_pow(times));
    let due_ms = due_ms.saturating_add(STEP_MS.saturating_mul(steps));
    match due_ms.saturating_sub(silent_ms) {
        0 => Step::Take { term: holder.next_term() },
        ms => Step::Wait { ms },
    }
}

#[cfg(test)]
mod tests;
