//! What goes wrong in a round, and when: all of it follows from the seed.

use crate::net::Way;
use friday::Dice;
use std::fmt;
use std::time::Duration;

/// The stream of draws that the plan is made of; people have others.
const STREAM: u64 = 0;
/// Faults begin in the first so many milliseconds of a round,
const BEGIN_MS: u32 = 450;
/// and last so long.
const LAST_MS: (u32, u32) = (80, 650);
/// How far a clock leaps.
const LEAPS: [&str; 8] = ["-10y", "+10y", "-40d", "+400d", "-26h", "+26h", "-3h", "+3h"];

/// A machine's place in its world's list.
pub type Place = usize;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Everything from and to a PC takes so many milliseconds, and up to so many more.
    Slow(Place, u32, u32),
    /// Nothing arrives from a PC or at it; later it goes on.
    Stall(Place),
    /// The same, and later what was open is cut.
    Hole(Place),
    /// Every connection of a PC's is cut.
    Reset(Place),
    /// A PC and the centre do not reach each other.
    NoCentre(Place),
    /// So many packets of a hundred from and to a PC are lost.
    Loss(Place, u32),
    /// Everything is lost one way, and passes the other.
    OneWay(Place, Way),
    /// A PC hangs on a line of 64 kbit/s.
    Trickle(Place),
    /// kill -9 of a workstation.
    Kill(Place),
    /// SIGSTOP of a workstation, SIGCONT later.
    Freeze(Place),
    /// A PC's disk is full.
    DiskFull(Place),
    /// A PC's clock leaps, and leaps back.
    Clock(Place, &'static str),
    /// kill -9 of a replica of the server.
    KillServer(usize),
    /// SIGSTOP of a replica, SIGCONT later.
    FreezeServer(usize),
    /// kill -9 of PostgreSQL.
    KillDatabase,
    /// PostgreSQL is killed, and its files are put back to what they were earlier.
    SetBackDatabase,
}

/// A fault, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What.
    pub fault: Fault,
    /// When, from the round's beginning.
    pub begins: Duration,
    /// For how long.
    pub lasts: Duration,
}

/// Everything that goes wrong in a round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it follows from.
    pub seed: u64,
    /// One to three faults, no two of them on one thing.
    pub faults: Vec<Planned>,
}

/// How a kind of fault is drawn, for a PC.
type Draw = fn(&mut Dice, Place) -> Fault;

/// Every kind of fault: its name, of a hundred how many are of it, and how it is drawn.
const KINDS: [(&str, u32, Draw); 16] = [
    ("slow", 7, |dice, pc| Fault::Slow(pc, dice.between(5, 60), dice.between(0, 60))),
    ("stall", 7, |_, pc| Fault::Stall(pc)),
    ("hole", 8, |_, pc| Fault::Hole(pc)),
    ("reset", 8, |_, pc| Fault::Reset(pc)),
    ("no centre", 6, |_, pc| Fault::NoCentre(pc)),
    ("loss", 8, |dice, pc| Fault::Loss(pc, dice.between(5, 30))),
    ("one way", 8, |dice, pc| Fault::OneWay(pc, *dice.pick(&[Way::In, Way::Out]))),
    ("64 kbit/s", 6, |_, pc| Fault::Trickle(pc)),
    ("kill -9", 10, |_, pc| Fault::Kill(pc)),
    ("SIGSTOP", 7, |_, pc| Fault::Freeze(pc)),
    ("disk full", 7, |_, pc| Fault::DiskFull(pc)),
    ("clock", 7, |dice, pc| Fault::Clock(pc, dice.pick::<&str>(&LEAPS))),
    ("server killed", 4, |dice, _| Fault::KillServer(*dice.pick(&[0, 1]))),
    ("server stopped", 2, |dice, _| Fault::FreezeServer(*dice.pick(&[0, 1]))),
    ("database killed", 3, |_, _| Fault::KillDatabase),
    ("database set back", 2, |_, _| Fault::SetBackDatabase),
];

/// The names of the kinds, as [`Fault::kind`] gives them.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, ..)| *name)
}

impl Fault {
    /// What it is called.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Slow(..) => "slow",
            Self::Stall(_) => "stall",
            Self::Hole(_) => "hole",
            Self::Reset(_) => "reset",
            Self::NoCentre(_) => "no centre",
            Self::Loss(..) => "loss",
            Self::OneWay(..) => "one way",
            Self::Trickle(_) => "64 kbit/s",
            Self::Kill(_) => "kill -9",
            Self::Freeze(_) => "SIGSTOP",
            Self::DiskFull(_) => "disk full",
            Self::Clock(..) => "clock",
            Self::KillServer(_) => "server killed",
            Self::FreezeServer(_) => "server stopped",
            Self::KillDatabase => "database killed",
            Self::SetBackDatabase => "database set back",
        }
    }

    fn draw(dice: &mut Dice, places: u32) -> Self {
        let (.., draw) = KINDS[dice.weighted(KINDS.iter().map(|(_, weight, _)| *weight))];
        let place = usize::try_from(dice.below(places)).expect("32 bits fit");
        draw(dice, place)
    }

    /// What it happens to: a PC, a replica, the database.
    const fn subject(self) -> (u8, usize) {
        match self {
            Self::Slow(place, ..)
            | Self::Stall(place)
            | Self::Hole(place)
            | Self::Reset(place)
            | Self::NoCentre(place)
            | Self::Loss(place, _)
            | Self::OneWay(place, _)
            | Self::Trickle(place)
            | Self::Kill(place)
            | Self::Freeze(place)
            | Self::DiskFull(place)
            | Self::Clock(place, _) => (0, place),
            Self::KillServer(replica) | Self::FreezeServer(replica) => (1, replica),
            Self::KillDatabase | Self::SetBackDatabase => (2, 0),
        }
    }
}

impl Plan {
    /// The plan of this seed, for a world of so many PCs.
    #[must_use]
    pub fn of(seed: u64, places: usize) -> Self {
        let places = u32::try_from(places).expect("a world is small");
        let mut dice = Dice::new(seed, STREAM);
        let count = dice.between(1, 3);
        let mut faults: Vec<Planned> = Vec::new();
        for _ in 0..count {
            let fault = Fault::draw(&mut dice, places);
            let begins = Duration::from_millis(dice.below(BEGIN_MS).into());
            let lasts = Duration::from_millis(dice.between(LAST_MS.0, LAST_MS.1).into());
            if faults.iter().all(|it| it.fault.subject() != fault.subject()) {
                faults.push(Planned { fault, begins, lasts });
            }
        }
        Self { seed, faults }
    }

    /// What happens, in order: which fault, and whether it begins or ends.
    #[must_use]
    pub fn timeline(&self) -> Vec<(Duration, Fault, bool)> {
        let begins = self.faults.iter().map(|it| (it.begins, it.fault, true));
        let ends = self.faults.iter().map(|it| (it.begins + it.lasts, it.fault, false));
        let mut all: Vec<_> = begins.chain(ends).collect();
        all.sort_by_key(|(at, _, begins)| (*at, !begins));
        all
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for it in &self.faults {
            let until = it.begins + it.lasts;
            write!(f, " {:?} {}–{} ms;", it.fault, it.begins.as_millis(), until.as_millis())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_seed_is_one_plan() {
        assert_eq!(Plan::of(7, 6), Plan::of(7, 6));
        assert_ne!(Plan::of(7, 6), Plan::of(8, 6));
    }

    #[test]
    fn every_kind_comes_up_and_has_the_name_it_was_drawn_by() {
        let plans = (0..1_000).map(|seed| Plan::of(seed, 6));
        let drawn: BTreeSet<_> =
            plans.flat_map(|plan| plan.faults).map(|it| it.fault.kind()).collect();
        assert_eq!(drawn, kinds().collect());
    }

    #[test]
    fn what_begins_ends_later() {
        for seed in 0..100 {
            let plan = Plan::of(seed, 6);
            let timeline = plan.timeline();
            assert!(timeline.is_sorted_by_key(|(at, ..)| *at));
            for it in &plan.faults {
                let find = |begins| {
                    timeline.iter().position(|at| at.1 == it.fault && at.2 == begins).unwrap()
                };
                assert!(find(true) < find(false));
            }
        }
    }
}
