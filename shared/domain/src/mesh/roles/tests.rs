use super::{Holder, MAX_TERM, Other, Rank, SILENT_MS, STEP_MS, Step, step};
use crate::mesh::Role;
use crate::publication::WorkstationRole;
use alloc::vec::Vec;
use journal::{PublicKey, SigningKey};
use proptest::prelude::*;

fn key(secret: u8) -> PublicKey {
    SigningKey::from_secret(&[secret; 32]).unwrap().public_key()
}

/// C1, C2, C3 and K1, in the order of the shop's list.
fn shop() -> Vec<Rank> {
    use WorkstationRole::{Kitchen, Till};
    let listed = [(Kitchen, "K1", 1), (Till, "C3", 2), (Till, "C1", 3), (Till, "C2", 4)];
    let mut ranks: Vec<Rank> = listed
        .iter()
        .map(|(role, label, it)| Rank::listed(*role, (*label).into(), key(*it)))
        .collect();
    ranks.sort();
    ranks
}

/// The others of the shop, each silent for so many ms.
fn others(own: &Rank, silent: &[(&str, u64)]) -> Vec<Other> {
    let silent_ms = |rank: &Rank| {
        silent.iter().find(|(label, _)| *label == rank.label()).map_or(0, |(_, ms)| *ms)
    };
    let others = shop().into_iter().filter(|rank| rank != own);
    others.map(|rank| Other { silent_ms: silent_ms(&rank), rank }).collect()
}

#[test]
fn tills_go_before_kitchens_and_strangers_last() {
    let shop = shop();
    let labels: Vec<&str> = shop.iter().map(Rank::label).collect();
    assert_eq!(labels, ["C1", "C2", "C3", "K1"]);
    assert!(shop.iter().all(|it| *it < Rank::unlisted(key(9))));
}

#[test]
fn the_highest_term_holds_and_of_equal_ones_the_first_in_the_list() {
    let shop = shop();
    let taken = [(1, shop[0].clone()), (2, shop[2].clone()), (2, shop[1].clone())];
    let holder = Holder::fold(taken);
    assert_eq!(holder.rank(), Some(&shop[1]));
    assert_eq!((holder.term(), holder.next_term()), (2, 3));
    assert!(holder.is(shop[1].key()) && !holder.is(shop[2].key()));
}

#[test]
fn a_term_after_which_there_is_no_next_is_not_believed() {
    let shop = shop();
    let holder = Holder::fold([(1, shop[0].clone()), (u64::MAX, shop[1].clone())]);
    assert_eq!((holder.rank(), holder.term()), (Some(&shop[0]), 1));
    assert_eq!(Holder::fold([(MAX_TERM, shop[0].clone())]).next_term(), MAX_TERM + 1);
}

#[test]
fn nobody_takes_a_role_whose_holder_lives() {
    let shop = shop();
    let holder = Holder::fold([(4, shop[2].clone())]);
    let decided = step(Role::Arbiter, &shop[0], &holder, &others(&shop[0], &[]), (60_000, 0));
    assert_eq!(decided, Step::Wait { ms: SILENT_MS });
    let own = step(Role::Arbiter, &shop[2], &holder, &others(&shop[2], &[]), (60_000, 0));
    assert_eq!(own, Step::Holds);
}

#[test]
fn the_first_that_lives_takes_the_role_of_one_that_fell_silent_and_the_next_a_little_later() {
    let shop = shop();
    let holder = Holder::fold([(4, shop[0].clone())]);
    let silent = [("C1", SILENT_MS)];
    let at = |own: &Rank, silent: &[(&str, u64)]| {
        step(Role::Arbiter, own, &holder, &others(own, silent), (60_000, 0))
    };
    assert_eq!(at(&shop[1], &[("C1", SILENT_MS - 1)]), Step::Wait { ms: 1 });
    assert_eq!(at(&shop[1], &silent), Step::Take { term: 5 });
    assert_eq!(at(&shop[2], &silent), Step::Wait { ms: STEP_MS });
    assert_eq!(at(&shop[2], &[("C1", SILENT_MS + STEP_MS)]), Step::Take { term: 5 });
    assert_eq!(at(&shop[2], &[("C1", SILENT_MS), ("C2", 9_000)]), Step::Take { term: 5 });
    assert_eq!(at(&shop[3], &silent), Step::Leaves, "a till lives");
    let no_till = [("C1", 9_000), ("C2", 9_000), ("C3", 9_000)];
    assert_eq!(at(&shop[3], &no_till), Step::Take { term: 5 });
}

#[test]
fn one_that_takes_the_role_back_unheard_is_given_twice_as_long_each_time() {
    let shop = shop();
    let holder = Holder::fold([(4, shop[0].clone())]);
    let after = |silent_ms, times| {
        let seen = others(&shop[1], &[("C1", silent_ms)]);
        step(Role::Arbiter, &shop[1], &holder, &seen, (u64::MAX, times))
    };
    assert_eq!(after(SILENT_MS, 1), Step::Wait { ms: SILENT_MS });
    assert_eq!(after(2 * SILENT_MS, 1), Step::Take { term: 5 });
    assert_eq!(after(2 * SILENT_MS, 3), Step::Wait { ms: 6 * SILENT_MS });
    assert_eq!(after(0, u32::MAX), Step::Wait { ms: u64::MAX });
    let gone = Holder::fold([(7, Rank::unlisted(key(9)))]);
    let seen = others(&shop[0], &[]);
    let decided = step(Role::Arbiter, &shop[0], &gone, &seen, (SILENT_MS, 1));
    assert_eq!(decided, Step::Wait { ms: SILENT_MS }, "it may still run");
}

#[test]
fn a_role_that_nobody_has_is_taken_by_the_first_once_it_has_listened() {
    let shop = shop();
    let at = |own: &Rank, holder: &Holder, listening_ms| {
        step(Role::Arbiter, own, holder, &others(own, &[]), (listening_ms, 0))
    };
    let nobody = Holder::default();
    assert_eq!(at(&shop[0], &nobody, 0), Step::Wait { ms: SILENT_MS });
    assert_eq!(at(&shop[0], &nobody, SILENT_MS), Step::Take { term: 1 });
    assert_eq!(at(&shop[1], &nobody, SILENT_MS), Step::Wait { ms: STEP_MS });
    let gone = Holder::fold([(7, Rank::unlisted(key(9)))]);
    assert_eq!(at(&shop[0], &gone, SILENT_MS), Step::Take { term: 8 });
}

#[test]
fn a_kitchen_drives_the_shared_printer_as_well_as_a_till() {
    let shop = shop();
    let silent = [("C1", 9_000), ("C2", 9_000), ("C3", SILENT_MS)];
    let holder = Holder::fold([(1, shop[2].clone())]);
    let decided =
        step(Role::SharedPrinter, &shop[3], &holder, &others(&shop[3], &silent), (60_000, 0));
    assert_eq!(decided, Step::Take { term: 2 });
}

proptest! {
    #[test]
    fn whatever_arrives_when_and_how_often_the_same_one_holds(
        taken in proptest::collection::vec((0..6_u64, 0..4_usize), 0..12),
        again in proptest::collection::vec(0..12_usize, 0..12),
    ) {
        let shop = shop();
        let note = |(term, by): &(u64, usize)| (*term, shop[*by].clone());
        let all = Holder::fold(taken.iter().map(note));
        let mut other_way: Vec<_> = taken.iter().rev().map(note).collect();
        other_way.extend(again.iter().filter_map(|it| taken.get(*it)).map(note));
        prop_assert_eq!(&Holder::fold(other_way), &all);
        if let Some(rank) = all.rank() {
            let holds = |(term, by): &(u64, usize)| {
                *term < all.term() || (*term == all.term() && *rank <= shop[*by])
            };
            prop_assert!(taken.iter().all(holds));
        }
    }

    #[test]
    fn terms_rise_whatever_was_missed(
        steps in proptest::collection::vec((0..4_usize, proptest::bool::ANY), 1..30),
    ) {
        // Each takes the role knowing all that was taken, or nothing but its own terms.
        let shop = shop();
        let mut taken: Vec<(u64, Rank)> = Vec::new();
        for (by, knows_all) in steps {
            let known = taken.iter().filter(|(_, it)| knows_all || *it == shop[by]).cloned();
            let known = Holder::fold(known);
            let term = known.next_term();
            prop_assert!(taken.iter().filter(|(_, it)| *it == shop[by]).all(|(it, _)| *it < term));
            taken.push((term, shop[by].clone()));
            if knows_all {
                prop_assert!(Holder::fold(taken.clone()).is(shop[by].key()));
            }
        }
    }

    #[test]
    fn those_that_live_and_see_the_same_take_a_role_one_step_after_another(
        silent in proptest::collection::vec(0..9_000_u64, 4),
        held in 0..4_usize,
    ) {
        let shop = shop();
        let holder = Holder::fold([(1, shop[held].clone())]);
        let labelled: Vec<(&str, u64)> =
            shop.iter().map(Rank::label).zip(silent.iter().copied()).collect();
        let lives = |it: usize| silent[it] < SILENT_MS;
        let takers = (0..4).filter(|it| lives(*it)).filter(|it| {
            let seen = others(&shop[*it], &labelled);
            let decided = step(Role::Arbiter, &shop[*it], &holder, &seen, (60_000, 0));
            matches!(decided, Step::Take { .. })
        });
        let takers: Vec<usize> = takers.collect();
        prop_assert!(lives(held) <= takers.is_empty(), "{:?}", takers);
        if let Some(first) = takers.first() {
            // Those before it in the list are silent, or have waited their step by now.
            let waited = |count: usize| SILENT_MS + STEP_MS * u64::try_from(count).unwrap();
            prop_assert!((0..*first).all(|it| !lives(it)));
            prop_assert!(waited(takers.len() - 1) <= silent[held]);
        }
    }
}
