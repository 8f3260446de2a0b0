//! Programs that are wrong on purpose, and within how many seeds each must be caught.
//!
//! What is wrong is said at [`Mutant`], and stands where a program would really be wrong: in the shared
//! crates, in pos-core, and in the centre and the workstations' disks of this simulator.

use crate::books::{Row, Write};
use crate::setting::{Failure, Faults, Setting};
use crate::world::run;
use journal::mutant;
pub use journal::mutant::Mutant;
use journal::{Header, RawEntry};
use replication::answer::Held;
use replication::{Ack, Place, Push, Reply};

/// Every mutant, with the number of seeds within which it must be caught.
pub const MUTANTS: [(Mutant, u64); 43] = [
    (Mutant::AckBeforeCommit, 6),
    (Mutant::NoHashComparison, 12),
    (Mutant::SkipOverlap, 3),
    (Mutant::BelieveUnsealed, 60),
    (Mutant::BelieveAnyBody, 27),
    (Mutant::DropTheBranch, 12),
    (Mutant::OneEndEach, 168),
    (Mutant::CountTwice, 3),
    (Mutant::NoTenant, 6),
    (Mutant::SynchronousNormal, 9),
    (Mutant::PrintBeforeCommit, 3),
    (Mutant::SendBeforeCommit, 6),
    (Mutant::SkipTheFence, 3),
    (Mutant::IgnoreTheAnchor, 27),
    (Mutant::WriteOnInAFork, 6),
    (Mutant::SilentFork, 12),
    (Mutant::ForgetParked, 60),
    (Mutant::FoldInArrivalOrder, 6),
    (Mutant::ClockDecidesOrder, 6),
    (Mutant::ClockDecidesTrust, 6),
    (Mutant::ClockDecidesTheDay, 42),
    (Mutant::TicksOfItsOwn, 6),
    (Mutant::LastStatusWins, 24),
    (Mutant::CardsByArrival, 6),
    (Mutant::AdvanceOverAHole, 60),
    (Mutant::NeverGoBack, 60),
    (Mutant::DropUnknownBodies, 24),
    (Mutant::ReuseANumber, 6),
    (Mutant::ForgetPerpetual, 3),
    (Mutant::TicketSettlesNothing, 6),
    (Mutant::MixedMenus, 45),
    (Mutant::PartialPublication, 6),
    (Mutant::KitchenTwice, 12),
    (Mutant::BackOffWithoutEnd, 3),
    (Mutant::FailureIsFinal, 3),
    (Mutant::PokeOnly, 3),
    (Mutant::CutAnywhere, 21),
    (Mutant::BusyIsFinal, 6),
    (Mutant::OneLaneBlocksAll, 3),
    (Mutant::WitnessedWhenSent, 3),
    (Mutant::AcceptRevoked, 3),
    (Mutant::IgnoreTerms, 3),
    (Mutant::GrantUnheld, 6),
];

/// What came of looking for one.
#[derive(Clone, Debug)]
pub enum Caught {
    /// It was found out.
    By {
        /// It passes this seed where nothing goes wrong.
        calm: u64,
        /// In this seed.
        seed: u64,
        /// By what did not hold.
        failure: Failure,
    },
    /// It is wrong even where nothing goes wrong: any test would find it.
    Calm(Failure),
    /// It was not found out within the number of seeds.
    Never,
}

/// Seeds without faults of which a mutant must pass one.
const CALM_SEEDS: u64 = 12;

/// Plays a mutant until it is caught. One is on in a whole process: nothing else may be played meanwhile.
#[must_use]
pub fn catch(mutant: Mutant, within: u64) -> Caught {
    let play =
        |seed, faults| run(Setting { faults, mutant: Some(mutant), ..Setting::of(seed) }).failure;
    let mut first = None;
    let calm = (0..CALM_SEEDS).find(|seed| match play(*seed, Faults::None) {
        Some(failure) => {
            first.get_or_insert(failure);
            false
        }
        None => true,
    });
    let calm = match (calm, first) {
        (Some(calm), _) => calm,
        (None, Some(failure)) => return Caught::Calm(failure),
        (None, None) => return Caught::Never,
    };
    let caught = (0..within).find_map(|seed| Some((seed, play(seed, Faults::All)?)));
    caught.map_or(Caught::Never, |(seed, failure)| Caught::By { calm, seed, failure })
}

/// Does what a right program does, whichever mutant is on: what is compared with is never wrong.
pub(crate) fn without<T>(on: Option<Mutant>, work: impl FnOnce() -> T) -> T {
    mutant::set(None);
    let done = work();
    mutant::set(on);
    done
}

/// Compares numbers only: what is at or before the own end is there already, what is after goes on.
pub(crate) fn by_place(held: &Held, push: &Push) -> Option<(Vec<Write>, Reply)> {
    let end = *held.tips.first()?;
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
