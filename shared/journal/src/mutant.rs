//! Programs that are wrong on purpose, each in one place, for the simulator: a check that lets one of
//! them pass checks nothing.
//!
//! Only with the feature `mutants`, which `tests/sim` alone enables, can one of them be switched on;
//! without it [`is`] is `false` when the program is compiled, and nothing is left of any.

macro_rules! mutants {
    ($($(#[doc = $doc:literal])* $name:ident,)*) => {
        /// One way to be wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum Mutant {
            $($(#[doc = $doc])* $name,)*
        }

        impl Mutant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// What is wrong, in a sentence.
            #[must_use]
            pub fn wrong(self) -> &'static str {
                match self {
                    $(Self::$name => concat!($($doc),*).trim(),)*
                }
            }
        }
    };
}

mutants! {
    /// The centre answers a push before it is on disk.
    AckBeforeCommit,
    /// Takes whatever stands at a place for the entry that is sent for it.
    NoHashComparison,
    /// The centre takes what lies beyond the end of its own chain and never looks at the rest.
    SkipOverlap,
    /// Believes entries whose seal is not right.
    BelieveUnsealed,
    /// Believes a header, whatever body comes with it.
    BelieveAnyBody,
    /// The centre says that it kept a branch, and does not.
    DropTheBranch,
    /// Looks at the first end of a journal, here and there, and at no other.
    OneEndEach,
    /// The centre counts an entry again that arrives again after a restart.
    CountTwice,
    /// The centre reads whatever journal is named, of whatever shop.
    NoTenant,
    /// Does not wait for the disk (`synchronous = NORMAL`).
    SynchronousNormal,
    /// Says on the screen and on paper that something is done before it is on disk.
    PrintBeforeCommit,
    /// Sends its own entries before they are on disk.
    SendBeforeCommit,
    /// Starts without asking anybody where its journals stand.
    SkipTheFence,
    /// Starts without looking at its anchor file.
    IgnoreTheAnchor,
    /// Goes on in a journal that has two histories.
    WriteOnInAFork,
    /// Tells nobody of a second history.
    SilentFork,
    /// Throws away what it does not believe.
    ForgetParked,
    /// Folds journal by journal, as they were read, and not in the order of ticks.
    FoldInArrivalOrder,
    /// Folds in the order that the clocks say.
    ClockDecidesOrder,
    /// Believes only those whose clock is like its own.
    ClockDecidesTrust,
    /// Dates a ticket by the clock, whatever day is open.
    ClockDecidesTheDay,
    /// The ticks of a workstation's entries do not follow those that it knows.
    TicksOfItsOwn,
    /// Whatever was said last of an order is its state.
    LastStatusWins,
    /// Of two versions of a card's field the one that comes last wins.
    CardsByArrival,
    /// Counts a page of cards as merged though something before it is lacking.
    AdvanceOverAHole,
    /// Never goes back in a list of cards, though the list was set back.
    NeverGoBack,
    /// Keeps an entry without its body where it does not know its kind.
    DropUnknownBodies,
    /// Uses the number of the last ticket again after a restart.
    ReuseANumber,
    /// Forgets at a restart what its tickets came to.
    ForgetPerpetual,
    /// A ticket of another till's settles nothing of an order.
    TicketSettlesNothing,
    /// Adds to an order from today's menu, under whichever it was opened.
    MixedMenus,
    /// Takes the first part of a blob for the whole.
    PartialPublication,
    /// The kitchen is shown an order for each history of its journal.
    KitchenTwice,
    /// Once it was told to wait for long enough, waits for ever.
    BackOffWithoutEnd,
    /// Takes a failure on the other side for its last word.
    FailureIsFinal,
    /// Waits for news and never asks by itself.
    PokeOnly,
    /// After a failure sends one entry at a time, seal or not.
    CutAnywhere,
    /// Takes a peer that has no time now for one that never will.
    BusyIsFinal,
    /// Sends nothing of any journal while one was refused.
    OneLaneBlocksAll,
    /// Counts as held by a peer what was sent to it, whatever it answers.
    WitnessedWhenSent,
    /// Takes what a workstation writes after it was revoked.
    AcceptRevoked,
    /// Of all who took a role the one that goes first holds it, whatever their terms.
    IgnoreTerms,
    /// Gives itself leave to take money in a term that another took.
    GrantUnheld,
}

#[cfg(feature = "mutants")]
mod switch {
    use super::Mutant;
    use core::sync::atomic::{AtomicU16, Ordering};

    /// Which is on: its number and one; 0 for none.
    static ON: AtomicU16 = AtomicU16::new(0);

    /// Switches one on for the whole process, or all off.
    pub fn set(mutant: Option<Mutant>) {
        ON.store(mutant.map_or(0, |mutant| (mutant as u16).saturating_add(1)), Ordering::Relaxed);
    }

    /// Whether this one is on.
    #[must_use]
    pub fn is(mutant: Mutant) -> bool {
        ON.load(Ordering::Relaxed) == (mutant as u16).saturating_add(1)
    }
}

#[cfg(not(feature = "mutants"))]
mod switch {
    use super::Mutant;

    /// Whether this one is on: never.
    #[must_use]
    pub const fn is(_: Mutant) -> bool {
        false
    }
}

pub use switch::is;
#[cfg(feature = "mutants")]
pub use switch::set;
