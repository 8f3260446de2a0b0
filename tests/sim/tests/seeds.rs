//! The seeds that every change must hold.

use sim::{Outcome, Setting, run};
use std::collections::BTreeSet;

fn play(seed: u64) -> Outcome {
    run(Setting::of(seed))
}

fn must_hold(seeds: impl Iterator<Item = u64>) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::new();
    for seed in seeds {
        let Outcome { failure, faults, .. } = play(seed);
        assert_eq!(failure, None, "./dev sim --seeds 1 --from {seed}");
        kinds.extend(faults.into_keys());
    }
    kinds
}

/// As many as hold every kind of fault several times, in minutes.
const SEEDS: u64 = 200;

// Two halves, so that they run beside one another.

#[test]
fn nothing_is_lost_in_even_seeds_and_every_fault_happens() {
    let happened = must_hold((0..SEEDS).step_by(2));
    let missing: Vec<_> = sim::KINDS.iter().filter(|kind| !happened.contains(*kind)).collect();
    assert!(missing.is_empty(), "so many seeds, and nothing was ever {missing:?}");
}

#[test]
fn nothing_is_lost_in_odd_seeds() {
    must_hold((1..SEEDS).step_by(2));
}

#[test]
fn seeds_that_failed_once_hold() {
    let lines = include_str!("../regressions.txt").lines();
    let seeds = lines.filter_map(|line| line.split('#').next()?.trim().parse().ok());
    must_hold(seeds);
}

#[test]
fn the_same_seed_twice_is_the_same_run() {
    for seed in 0..6 {
        let (once, again) = (play(seed), play(seed));
        assert_eq!(once.trace, again.trace, "seed {seed}");
        assert_eq!(once.entries, again.entries, "seed {seed}");
        assert_eq!(once.faults, again.faults, "seed {seed}");
    }
}

#[test]
fn another_seed_is_another_run() {
    assert_ne!(play(1).trace, play(2).trace);
}
