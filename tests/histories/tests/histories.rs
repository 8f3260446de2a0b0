//! Random histories and what is done to them.

use fiscal::replay::Replay;
use histories::till::history;

#[test]
fn an_honest_history_raises_no_alarm() {
    for seed in 0..60 {
        let mut replay = Replay::new();
        for journal in history(seed, 40) {
            replay.begin(journal.journal);
            for (raw, seal) in &journal.entries {
                replay.entry(raw, seal.as_ref());
            }
        }
        let report = replay.finish();
        assert!(report.is_sound(), "seed {seed}: {:#?}", report.findings);
    }
}

#[test]
fn everything_that_is_done_to_a_history_is_found() {
    let mut counts = histories::run::Counts::default();
    for seed in 0..56 {
        histories::run::seed(seed, 2 + seed % 12, 10, &mut counts);
    }
    assert!(counts.wrong.is_empty(), "{:#?}", counts.wrong);
}
