use super::{
    ANSWER_MS, ASK_MS, Asked, GRANT_MS, Granted, Lease, Leave, Wish, answer, is_answered, leave,
    standing,
};
use crate::mesh::roles::Rank;
use crate::order::Stamp;
use crate::publication::WorkstationRole;
use alloc::vec::Vec;
use journal::{JournalId, PublicKey, Seq, SigningKey, Tick};
use proptest::prelude::*;

fn key(till: u8) -> PublicKey {
    SigningKey::from_secret(&[till; 32]).unwrap().public_key()
}

fn at(tick: u64, till: u8) -> Stamp {
    Stamp { tick: Tick(tick), journal: JournalId([till; 32]), seq: Seq(tick), wall_ms: 0 }
}

fn granted(term: u64, by: u8, tick: u64, to: u8) -> Granted {
    let label = alloc::format!("C{by}");
    Granted {
        term,
        by: Rank::listed(WorkstationRole::Till, label, key(by)),
        at: at(tick, by),
        journal: JournalId([to; 32]),
        to: Some(key(to)),
    }
}

fn asked(tick: u64, by: u8) -> Asked {
    Asked { at: at(tick, by), by: key(by) }
}

#[test]
fn a_grant_of_a_later_term_takes_the_place_of_one_that_was_written_after_it() {
    let grants = [granted(1, 1, 90, 2), granted(2, 3, 10, 3)];
    assert_eq!(standing(&grants), Some(&grants[1]));
}

#[test]
fn of_one_term_the_last_of_a_workstation_holds_and_of_two_workstations_the_first_in_the_list() {
    let grants = [granted(1, 1, 5, 2), granted(1, 1, 9, 3), granted(1, 2, 20, 2)];
    assert_eq!(standing(&grants), Some(&grants[1]));
    assert_eq!(standing(&[]), None);
}

#[test]
fn whoever_opened_an_order_needs_no_leave_unless_another_is_taking_the_money() {
    let wish = |lease| Wish { opened: true, is_arbiter: false, lease, asked_ms: None };
    assert_eq!(leave(&wish(Lease::Free)), Leave::Given);
    assert_eq!(leave(&wish(Lease::of_another(true, GRANT_MS - 1))), Leave::Elsewhere);
    assert_eq!(leave(&wish(Lease::of_another(true, GRANT_MS))), Leave::Given);
    assert_eq!(leave(&wish(Lease::of_another(false, 0))), Leave::Given, "it is dead");
}

#[test]
fn another_asks_once_waits_and_then_takes_the_role_itself() {
    let wish = |asked_ms| Wish { opened: false, is_arbiter: false, lease: Lease::Free, asked_ms };
    assert_eq!(leave(&wish(None)), Leave::Ask);
    assert_eq!(leave(&wish(Some(0))), Leave::Wait);
    assert_eq!(leave(&wish(Some(ANSWER_MS - 1))), Leave::Wait);
    assert_eq!(leave(&wish(Some(ANSWER_MS))), Leave::Take);
    assert_eq!(leave(&wish(Some(ASK_MS))), Leave::Ask, "that ask is forgotten");
    let arbiter = Wish { is_arbiter: true, ..wish(Some(ANSWER_MS)) };
    assert_eq!(leave(&arbiter), Leave::Grant);
    assert_eq!(leave(&Wish { lease: Lease::Own, ..wish(None) }), Leave::Given);
    assert_eq!(leave(&Wish { lease: Lease::Elsewhere, ..arbiter }), Leave::Elsewhere);
    assert_eq!(leave(&Wish { lease: Lease::Over, ..arbiter }), Leave::Grant);
}

#[test]
fn the_first_that_asked_is_answered_once() {
    let (one, other) = (asked(10, 2), asked(11, 3));
    let both = || [(&other, 0), (&one, 0)];
    assert_eq!(answer(Lease::Free, both(), &[]), Some(&one));
    let grants = [granted(1, 1, 12, 2)];
    assert!(is_answered(&one, &grants) && !is_answered(&other, &grants));
    assert_eq!(answer(Lease::Elsewhere, both(), &grants), None);
    assert_eq!(answer(Lease::Over, both(), &grants), Some(&other));
    let again = asked(13, 2);
    assert_eq!(answer(Lease::Over, [(&again, 0)], &grants), Some(&again), "it asked anew");
    assert_eq!(answer(Lease::Over, [(&again, ASK_MS)], &grants), None, "it has given up");
}

proptest! {
    #[test]
    fn whatever_arrives_when_the_same_grant_holds(
        rows in proptest::collection::vec((1..4_u64, 1..4_u8, 1..20_u64, 1..4_u8), 0..10),
        turned in 0..10_usize,
    ) {
        // A workstation writes one entry at one place.
        let mut grants: Vec<Granted> = Vec::new();
        for (term, by, tick, to) in rows {
            let grant = granted(term, by, tick, to);
            if grants.iter().all(|it| it.at != grant.at) {
                grants.push(grant);
            }
        }
        let first = standing(&grants).cloned();
        let highest = grants.iter().map(|it| it.term).max();
        prop_assert_eq!(first.as_ref().map(|it| it.term), highest);
        let at = turned.min(grants.len());
        grants.rotate_left(at);
        prop_assert_eq!(standing(&grants), first.as_ref());
        let twice: Vec<Granted> = grants.iter().chain(&grants).cloned().collect();
        prop_assert_eq!(standing(&twice), first.as_ref());
    }

    #[test]
    fn two_are_never_given_leave_by_one_that_knows_of_both(
        lives in proptest::bool::ANY, age_ms in 0..2 * GRANT_MS, asks in 0..2 * ASK_MS,
    ) {
        let lease = Lease::of_another(lives, age_ms);
        let one = asked(10, 2);
        let given = answer(lease, [(&one, asks)], &[granted(1, 1, 5, 3)]);
        if lives && age_ms < GRANT_MS {
            prop_assert_eq!(given, None);
        } else {
            prop_assert_eq!(given.is_some(), asks < ASK_MS);
        }
    }
}
