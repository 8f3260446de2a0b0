//! `cargo run -p sim -- --seeds N [--from S]`: plays seeds, and says in one line what came of them.

use anyhow::{Context, bail};
use sim::{Faults, Mutant, Setting, run};
use std::collections::BTreeMap;
use std::io::{Write, stdout};
use std::process::ExitCode;

fn main() -> anyhow::Result<ExitCode> {
    let (mut seeds, mut from, mut mutants) = (200_u64, 0_u64, false);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || -> anyhow::Result<u64> {
            args.next().context("a number is missing")?.parse().context("that is no number")
        };
        match arg.as_str() {
            "--seeds" => seeds = number()?,
            "--from" => from = number()?,
            "--mutants" => mutants = true,
            other => bail!("{other}: --seeds N [--from S], or --mutants"),
        }
    }
    let all_well = if mutants { play_mutants()? } else { play(from, seeds)? };
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Says whether every seed held.
fn play(from: u64, seeds: u64) -> anyhow::Result<bool> {
    let mut out = stdout().lock();
    let mut faults: BTreeMap<&'static str, u64> = BTreeMap::new();
    let (mut simulated_ms, mut entries, mut failures) = (0, 0, 0);
    for seed in from..from + seeds {
        let outcome = run(Setting { seed, faults: Faults::All, mutant: None });
        simulated_ms += outcome.simulated_ms;
        entries += outcome.entries;
        for (kind, count) in outcome.faults {
            *faults.entry(kind).or_default() += count;
        }
        if let Some(failure) = outcome.failure {
            failures += 1;
            writeln!(out, "seed {seed}: {}: {}", failure.checker, failure.what)?;
            writeln!(out, "  again: cargo run -p sim -- --seeds 1 --from {seed}")?;
            writeln!(out, "  once mended, add {seed} to tests/sim/regressions.txt")?;
        }
    }
    let faults: Vec<String> =
        faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let hours = simulated_ms / 3_600_000;
    let minutes = simulated_ms / 60_000 % 60;
    writeln!(
        out,
        "{seeds} seeds from {from}, {hours} h {minutes:02} simulated, {entries} entries, \
         faults: {}; {failures} failures",
        faults.join(", "),
    )?;
    Ok(failures == 0)
}

/// Says whether every mutant was caught in time.
fn play_mutants() -> anyhow::Result<bool> {
    let mut out = stdout().lock();
    let mut missed = 0;
    for (mutant, within) in Mutant::ALL {
        let setting = |seed| Setting { seed, faults: Faults::All, mutant: Some(mutant) };
        let caught = (0..within).find_map(|seed| Some((seed, run(setting(seed)).failure?)));
        match caught {
            Some((seed, failure)) => {
                writeln!(
                    out,
                    "{mutant:?}: caught by seed {seed} of {within}: {}",
                    failure.checker
                )?;
            }
            None => {
                missed += 1;
                writeln!(out, "{mutant:?}: not caught within {within} seeds")?;
            }
        }
    }
    Ok(missed == 0)
}
