//! `./dev sim`: plays seeds on two threads, and says in one line what came of them.

use anyhow::{Context, bail};
use sim::{Caught, Faults, KINDS, MUTANTS, Mutant, Outcome, Setting, run};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::{Write, stdout};
use std::process::{Command, ExitCode};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

const USAGE: &str = "--seeds N [--from S] [--minutes M] [--jobs J] [--once] [--calm], \
                     --trace S, --mutants, or --mutant NAME";
/// Where seeds that failed are kept, to be played by every later test.
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/regressions.txt");

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is played.
#[derive(Clone, Copy, Debug)]
struct Wish {
    from: u64,
    seeds: u64,
    /// No seed is begun after so long.
    for_at_most: Option<Duration>,
    jobs: u64,
    /// Each seed once only: its trace is compared with nothing.
    once: bool,
    faults: Faults,
}

fn main() -> anyhow::Result<ExitCode> {
    let mut wish = Wish {
        from: 0,
        seeds: u64::MAX,
        for_at_most: None,
        jobs: 2,
        once: false,
        faults: Faults::All,
    };
    let (mut mutants, mut mutant, mut trace) = (false, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = || -> anyhow::Result<u64> {
            args.next().context("a number is missing")?.parse().context("that is no number")
        };
        match arg.as_str() {
            "--seeds" => wish.seeds = number()?,
            "--from" => wish.from = number()?,
            "--minutes" => wish.for_at_most = Some(Duration::from_secs(60 * number()?)),
            "--jobs" => wish.jobs = number()?.max(1),
            "--once" => wish.once = true,
            "--calm" => wish.faults = Faults::None,
            "--trace" => trace = Some(number()?),
            "--mutants" => mutants = true,
            "--mutant" => mutant = args.next(),
            other => bail!("{other}: {USAGE}"),
        }
    }
    if wish.seeds == u64::MAX && wish.for_at_most.is_none() {
        wish.seeds = 200;
    }
    std::panic::set_hook(Box::new(|_| {}));
    let all_well = match (trace, mutants) {
        _ if mutant.is_some() => play_mutant(&mutant.unwrap_or_default())?,
        (Some(seed), _) => print_trace(seed, wish.faults)?,
        (None, true) => play_mutants(wish.jobs)?,
        (None, false) => play(wish)?,
    };
    Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One seed, line by line.
fn print_trace(seed: u64, faults: Faults) -> anyhow::Result<bool> {
    let outcome = run(Setting { faults, keeps_trace: true, ..Setting::of(seed) });
    let mut out = stdout().lock();
    for line in &outcome.lines {
        writeln!(out, "{line}")?;
    }
    match &outcome.failure {
        Some(failure) => writeln!(out, "{}: {}", failure.checker, failure.what)?,
        None => writeln!(out, "all holds")?,
    }
    Ok(outcome.failure.is_none())
}

/// What came of many seeds.
#[derive(Debug, Default)]
struct Sum {
    seeds: u64,
    large: u64,
    served_ms: u64,
    entries: usize,
    commands: u64,
    failures: u64,
    /// How many were another run when they were played again.
    differ: u64,
    faults: BTreeMap<&'static str, u64>,
}

impl Sum {
    fn add(&mut self, outcome: &Outcome) {
        let (shops, services) = outcome.size;
        self.seeds += 1;
        self.large += u64::from(2 <= shops && 2 <= services);
        self.served_ms += outcome.served_ms * shops as u64;
        self.entries += outcome.entries;
        self.commands += outcome.commands;
        for (kind, count) in &outcome.faults {
            *self.faults.entry(kind).or_default() += count;
        }
    }
}

/// What so many minutes must come to, at least: that a short run is all right says little.
const LONG_MINUTES: u64 = 20;
const MOST_SEEDS: u64 = 2_000;
const MOST_LARGE: u64 = 200;
const MOST_OF_A_KIND: u64 = 500;

/// What a run of twenty minutes or more lacks to say that nothing is ever lost; nothing in a shorter one.
fn lacks(wish: &Wish, sum: &Sum) -> Vec<String> {
    let is_long = wish.for_at_most.is_some_and(|it| Duration::from_secs(60 * LONG_MINUTES) <= it);
    if !is_long || wish.faults == Faults::None {
        return Vec::new();
    }
    let of = |kind: &str| sum.faults.get(kind).copied().unwrap_or(0);
    let goals = [("seeds", sum.seeds, MOST_SEEDS), ("large ones", sum.large, MOST_LARGE)];
    let kinds = KINDS.iter().map(|kind| (*kind, of(kind), MOST_OF_A_KIND));
    let mut lacks: Vec<String> = goals
        .into_iter()
        .chain(kinds)
        .filter(|(_, found, goal)| found < goal)
        .map(|(what, found, goal)| format!("{what} {found} of {goal}"))
        .collect();
    if wish.once {
        lacks.push("each seed a second time".to_owned());
    }
    lacks
}

/// Says whether every seed held.
fn play(wish: Wish) -> anyhow::Result<bool> {
    let began = now();
    let next = AtomicU64::new(wish.from);
    let last = wish.from.saturating_add(wish.seeds);
    let (tell, told) = mpsc::channel();
    let mut sum = Sum::default();
    std::thread::scope(|scope| -> anyhow::Result<()> {
        for _ in 0..wish.jobs {
            let (tell, next) = (tell.clone(), &next);
            scope.spawn(move || {
                while wish.for_at_most.is_none_or(|most| began.elapsed() < most) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if last <= seed {
                        return;
                    }
                    let setting = Setting { faults: wish.faults, ..Setting::of(seed) };
                    let outcome = run(setting);
                    let again = (!wish.once).then(|| run(setting).trace);
                    if tell.send((seed, outcome, again)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        for (seed, outcome, again) in told {
            sum.add(&outcome);
            let differs = again.is_some_and(|trace| trace != outcome.trace);
            sum.differ += u64::from(differs);
            let what = match outcome.failure {
                Some(failure) => Some(format!("{}: {}", failure.checker, failure.what)),
                None if differs => Some("another trace when it was played again".to_owned()),
                None => None,
            };
            if let Some(what) = what {
                sum.failures += 1;
                failed(seed, &what)?;
            }
        }
        Ok(())
    })?;
    let faults: Vec<String> =
        sum.faults.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    let minutes = sum.served_ms / 60_000;
    let lacks = lacks(&wish, &sum);
    let verdict =
        if lacks.is_empty() { String::new() } else { format!("; lacking: {}", lacks.join(", ")) };
    let again = if wish.once { "once".to_owned() } else { format!("twice, {} differ", sum.differ) };
    writeln!(
        stdout().lock(),
        "{} seeds from {}, each {again} ({} of 2 shops × 2 services or more), {} h {:02} of service, \
         {} commands, {} entries, {} s; faults: {}; {} failures{verdict}",
        sum.seeds,
        wish.from,
        sum.large,
        minutes / 60,
        minutes % 60,
        sum.commands,
        sum.entries,
        began.elapsed().as_secs(),
        faults.join(", "),
        sum.failures,
    )?;
    Ok(sum.failures == 0 && lacks.is_empty())
}

/// Says how a seed is played again, and keeps it.
fn failed(seed: u64, what: &str) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "seed {seed}: {what}")?;
    writeln!(
        out,
        "  again: ./dev sim --seeds 1 --from {seed}; line by line: ./dev sim --trace {seed}"
    )?;
    let known = std::fs::read_to_string(REGRESSIONS).unwrap_or_default();
    let is_known = known.lines().any(|line| line.split('#').next() == Some(&format!("{seed} ")));
    if !is_known && std::env::var_os("SIM_KEEP").is_some() {
        let mut file = OpenOptions::new().append(true).create(true).open(REGRESSIONS)?;
        let short: String = what.chars().take(80).collect();
        writeln!(file, "{seed} # {short}")?;
    }
    Ok(())
}

/// Has every mutant played by a process of its own, `jobs` at a time, for one is on in a whole process;
/// says whether each passes where nothing goes wrong, and was caught in time.
fn play_mutants(jobs: u64) -> anyhow::Result<bool> {
    let program = std::env::current_exe()?;
    let next = AtomicUsize::new(0);
    let (tell, told) = mpsc::channel();
    let mut missed = 0;
    std::thread::scope(|scope| -> anyhow::Result<()> {
        for _ in 0..jobs {
            let (tell, next, program) = (tell.clone(), &next, &program);
            scope.spawn(move || {
                while let Some((mutant, _)) = MUTANTS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let played =
                        Command::new(program).args(["--mutant", &format!("{mutant:?}")]).output();
                    if tell.send(played).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        let mut out = stdout().lock();
        let (name, wrong) = ("mutant", "what is wrong");
        writeln!(out, "{name:<24} calm within seed  {:<18} {wrong}", "caught by")?;
        for played in told {
            let played = played?;
            out.write_all(&played.stdout)?;
            missed += usize::from(!played.status.success());
        }
        writeln!(out, "{} mutants, {missed} of them not caught", MUTANTS.len())?;
        Ok(())
    })?;
    Ok(missed == 0)
}

/// One line of the table: a seed without faults that it passes, the seed in which it was caught, and by
/// which check.
fn play_mutant(name: &str) -> anyhow::Result<bool> {
    let named = |(mutant, _): &&(Mutant, u64)| format!("{mutant:?}") == name;
    let &(mutant, within) = MUTANTS.iter().find(named).context("no such mutant")?;
    let mut out = stdout().lock();
    let wrong = mutant.wrong();
    match sim::catch(mutant, within) {
        Caught::By { calm, seed, failure } => {
            let by = failure.checker;
            writeln!(out, "{name:<24} {calm:>4} {within:>6} {seed:>4}  {by:<18} {wrong}")?;
            if std::env::var_os("SIM_TELL").is_some() {
                writeln!(out, "  {}", failure.what)?;
            }
            Ok(true)
        }
        Caught::Calm(failure) => {
            let (by, what) = (failure.checker, failure.what);
            writeln!(out, "{name:<24}   no {within:>6}    -  {by:<18} {wrong} {what}")?;
            Ok(false)
        }
        Caught::Never => {
            writeln!(out, "{name:<24}  yes {within:>6}    -  {:<18} {wrong}", "nothing")?;
            Ok(false)
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "how long is played is a person's wish")]
fn now() -> Instant {
    Instant::now()
}
