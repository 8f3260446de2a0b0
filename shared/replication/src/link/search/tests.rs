//! The last common entry is found wherever it is, in the rounds that were promised.
#![expect(clippy::arithmetic_side_effects, reason = "places in a journal of a test")]

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use journal::{EntryHash, JournalId, Seq, Tip};
use proptest::prelude::*;

use super::{Search, Step};
use crate::message::{MAX_PROBES, Place};

const JOURNAL: JournalId = JournalId([1; 32]);

/// A chain that nobody has to write: up to `common` it is everybody's, from there on `who`'s.
#[derive(Clone, Copy, Debug)]
struct Chain {
    who: u8,
    common: u64,
    length: u64,
}

impl Chain {
    fn at(self, seq: Seq) -> Option<EntryHash> {
        let mut hash = [if seq.0 <= self.common { 0 } else { self.who }; 32];
        hash[24..].copy_from_slice(&seq.0.to_be_bytes());
        let hash = if seq == Seq::FIRST { EntryHash(JOURNAL.0) } else { EntryHash(hash) };
        (Seq::FIRST..=Seq(self.length)).contains(&seq).then_some(hash)
    }

    fn tip(self) -> Tip {
        let hash = self.at(Seq(self.length)).unwrap();
        Tip { journal: JOURNAL, seq: Seq(self.length), hash }
    }

    fn answer(self, seqs: &[Seq]) -> Vec<Option<EntryHash>> {
        seqs.iter().map(|seq| self.at(*seq)).collect()
    }
}

/// Searches to the end: what was found, and in how many rounds.
fn play(mine: Chain, theirs: Chain) -> (Place, u32) {
    let mut step = Search::between(mine.tip(), theirs.tip());
    for round in 0..=20 {
        let mut search = match step {
            Step::Common { mine: one, theirs: other, last } => {
                assert_eq!((one, other), (mine.tip(), theirs.tip()));
                return (last, round);
            }
            Step::Again(search) => search,
        };
        let seqs = search.seqs().to_vec();
        assert!((1..=MAX_PROBES).contains(&seqs.len()) && seqs.is_sorted(), "{seqs:?}");
        search.set_local(mine.answer(&seqs));
        step = search.compare(&theirs.answer(&seqs)).expect("both answered what was asked");
    }
    panic!("it never ends");
}

/// 64 places a round: what is open is a 64th of it afterwards.
fn rounds(shorter: u64) -> u32 {
    let mut open = shorter - 1;
    let mut rounds = 0;
    while 0 < open {
        open /= 64;
        rounds += 1;
    }
    rounds
}

proptest! {
    #[test]
    fn the_last_common_entry_is_found_wherever_it_is(
        common in 1_u64..2_000_000,
        mine in 0_u64..2_000_000,
        theirs in 0_u64..2_000_000,
    ) {
        let chain = |who, more| Chain { who, common, length: common + more };
        let (mine, theirs) = (chain(1, mine), chain(2, theirs));
        let (last, took) = play(mine, theirs);
        prop_assert_eq!(last, Place { seq: Seq(common), hash: mine.at(Seq(common)).unwrap() });
        let shorter = mine.length.min(theirs.length);
        prop_assert!(took <= rounds(shorter), "{} rounds for {}", took, shorter);
    }

    /// Short chains, every kind of end: one continues the other, or they differ at once.
    #[test]
    fn short_chains_are_no_exception(common in 1_u64..130, mine in 0_u64..3, theirs in 0_u64..3) {
        let chain = |who, more| Chain { who, common, length: common + more };
        prop_assert_eq!(play(chain(1, mine), chain(2, theirs)).0.seq, Seq(common));
    }
}

#[test]
fn a_million_entries_take_four_rounds() {
    for common in [1, 2, 64, 65, 499_999, 999_999] {
        let chain = |who| Chain { who, common, length: 1_000_000 };
        let (last, rounds) = play(chain(1), chain(2));
        assert_eq!(last.seq, Seq(common));
        assert!(rounds <= 4, "{rounds} rounds");
    }
}

#[test]
fn the_longest_journal_that_can_be_is_searched_too() {
    let chain = |who| Chain { who, common: 7, length: u64::MAX };
    assert_eq!(play(chain(1), chain(2)).0.seq, Seq(7));
}

#[test]
fn an_answer_to_something_else_is_none() {
    let chain = |who| Chain { who, common: 3, length: 10 };
    let (mine, theirs) = (chain(1), chain(2));
    let Step::Again(asked) = Search::between(mine.tip(), theirs.tip()) else {
        panic!("nine places are open");
    };
    let right = theirs.answer(asked.seqs());
    let mut heard = asked.clone();
    assert_eq!(heard.clone().compare(&right), None, "the host has not answered");
    heard.set_local(mine.answer(asked.seqs()));
    assert_eq!(heard.clone().compare(&right[1..]), None);
    assert_eq!(heard.clone().compare(&[]), None);
    assert!(heard.compare(&right).is_some());
    let mut short = asked.clone();
    short.set_local(vec![]);
    assert_eq!(short.compare(&right), None);
}

#[test]
fn a_peer_that_holds_nothing_there_has_the_beginning_in_common() {
    let chain = |who| Chain { who, common: 10, length: 10 };
    let Step::Again(mut search) = Search::between(chain(1).tip(), chain(2).tip()) else {
        panic!("nine places are open");
    };
    let nothing = vec![None; search.seqs().len()];
    search.set_local(chain(1).answer(search.seqs()));
    let Some(Step::Common { last, .. }) = search.compare(&nothing) else {
        panic!("nothing is left to ask");
    };
    assert_eq!(last, Place { seq: Seq::FIRST, hash: EntryHash(JOURNAL.0) });
}
