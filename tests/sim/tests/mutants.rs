//! Programs that are wrong on purpose: a few that are caught quickly; `./dev sim --mutants` plays all.

use sim::{Caught, MUTANTS, Mutant, catch};

// One test: a mutant is on in a whole process.
#[test]
fn a_wrong_program_passes_where_nothing_goes_wrong_and_is_caught_where_something_does() {
    let quick = [
        Mutant::AckBeforeCommit,
        Mutant::SkipOverlap,
        Mutant::SynchronousNormal,
        Mutant::SendBeforeCommit,
        Mutant::ReuseANumber,
    ];
    for mutant in quick {
        let (_, within) = MUTANTS.into_iter().find(|(it, _)| *it == mutant).unwrap();
        let caught = catch(mutant, within);
        assert!(matches!(caught, Caught::By { .. }), "{mutant:?}: {caught:?}");
    }
}

#[test]
fn every_mutant_is_in_the_table_once() {
    let named: Vec<Mutant> = MUTANTS.iter().map(|(mutant, _)| *mutant).collect();
    assert_eq!(named, Mutant::ALL);
}
