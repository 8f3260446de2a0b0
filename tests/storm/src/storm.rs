//! Many rounds: several worlds at once, each begun anew now and then.

use crate::plan::kinds;
use crate::programs::Programs;
use crate::round;
use crate::wait::Since;
use crate::world::{Ground, Totals, World};
use anyhow::{Context, Result, anyhow};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How many rounds a world lives.
const LIFE: u64 = 50;
/// How many shops a world has.
const SHOPS: usize = 2;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// How many rounds.
    pub rounds: u64,
    /// The first seed; the next round has the next.
    pub from: u64,
    /// How many worlds at once: what they wait for, they wait for together.
    pub worlds: u8,
    /// A folder with programs of another version, which then take part beside these.
    pub other: Option<PathBuf>,
    /// Says each round.
    pub verbose: bool,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    rounds: u64,
    faults: BTreeMap<&'static str, u64>,
    totals: Totals,
    levels: Vec<Duration>,
    refused: BTreeMap<String, u64>,
    failures: Vec<String>,
    took: Duration,
}

impl Outcome {
    /// Whether nothing was lost, doubled or wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.failures.is_empty()
    }

    fn hear(&mut self, played: &round::Played) {
        self.rounds += 1;
        self.levels.push(played.level);
        for it in &played.plan.faults {
            *self.faults.entry(it.fault.kind()).or_default() += 1;
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for kind in kinds() {
            writeln!(f, "{kind:<18} {:>6}", self.faults.get(kind).unwrap_or(&0))?;
        }
        let mut levels = self.levels.clone();
        levels.sort();
        let share =
            |of: usize| levels.get((levels.len() * of / 100).min(levels.len().saturating_sub(1)));
        let ms = |it: Option<&Duration>| it.map_or(0, Duration::as_millis);
        let refused: Vec<String> =
            self.refused.iter().map(|(why, count)| format!("{why} {count}")).collect();
        writeln!(f, "refused: {}", refused.join(", "))?;
        writeln!(
            f,
            "level after the last fault: median {} ms, p99 {} ms, longest {} ms",
            ms(share(50)),
            ms(share(99)),
            ms(levels.last())
        )?;
        let cents = self.totals.cents;
        write!(
            f,
            "{} rounds in {} s: {} faults, {} tickets, {}.{:02} EUR in the centre and in each shop; {}",
            self.rounds,
            self.took.as_secs(),
            self.faults.values().sum::<u64>(),
            self.totals.tickets,
            cents / 100,
            cents % 100,
            match self.failures.len() {
                0 => "nothing lost, nothing doubled".to_owned(),
                failures => format!("{failures} FAILED"),
            }
        )?;
        self.failures.iter().try_for_each(|it| write!(f, "\n{it}"))
    }
}

/// What all worlds of a run share.
struct Run {
    wanted: Wanted,
    ground: Arc<Ground>,
    given: AtomicU64,
    failed: AtomicBool,
    outcome: Mutex<Outcome>,
    say: fn(&str),
}

/// Plays so many rounds; `say` is told how it goes.
///
/// # Errors
///
/// A program is missing, or a world cannot be made.
pub fn play(wanted: &Wanted, say: fn(&str)) -> Result<Outcome> {
    let since = Since::now();
    let ground = Arc::new(Ground::prepare(Programs::beside(wanted.other.clone())?)?);
    let run = Run {
        wanted: wanted.clone(),
        ground,
        given: AtomicU64::new(0),
        failed: AtomicBool::new(false),
        outcome: Mutex::default(),
        say,
    };
    std::thread::scope(|scope| -> Result<()> {
        let run = &run;
        let worlds: Vec<_> =
            (0..wanted.worlds).map(|number| scope.spawn(move || run.lives(number))).collect();
        for world in worlds {
            world.join().map_err(|_| anyhow!("a world panicked"))??;
        }
        Ok(())
    })?;
    let mut outcome = run.outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
    outcome.took = since.elapsed();
    Ok(outcome)
}

impl Run {
    /// The next seed; none where all were given, or one has failed.
    fn next(&self) -> Option<u64> {
        if self.failed.load(Ordering::SeqCst) {
            return None;
        }
        let given = self.given.fetch_add(1, Ordering::SeqCst);
        (given < self.wanted.rounds).then_some(self.wanted.from + given)
    }

    /// One world after another, while there are rounds.
    fn lives(&self, number: u8) -> Result<()> {
        let mut next = self.next();
        while let Some(first) = next {
            let mut world = World::new(&self.ground, number, SHOPS).context("a new world")?;
            let mut totals = Totals::default();
            let mut seed = Some(first);
            let mut age = 0;
            while let Some(it) = seed {
                age += 1;
                match round::play(&mut world, it) {
                    Ok(played) => {
                        totals = played.totals;
                        self.tell(number, &played);
                    }
                    Err(error) => return self.fail(&world, it, &error),
                }
                seed = if age < LIFE { self.next() } else { None };
            }
            if let Err(error) = world.end() {
                return self.fail(&world, first, &error.context("at the world's end"));
            }
            self.outcome(|outcome| {
                outcome.totals.tickets += totals.tickets;
                outcome.totals.cents += totals.cents;
                for book in world.books.values() {
                    let book = book.lock().unwrap_or_else(PoisonError::into_inner);
                    for (why, count) in &book.refused {
                        *outcome.refused.entry(why.clone()).or_default() += count;
                    }
                }
            });
            world.remove()?;
            next = if age < LIFE { None } else { self.next() };
        }
        Ok(())
    }

    fn tell(&self, number: u8, played: &round::Played) {
        self.outcome(|outcome| outcome.hear(played));
        if self.wanted.verbose {
            (self.say)(&format!(
                "round {:>5}, world {number}: {:>5} tickets, level in {:>5} ms:{}",
                played.plan.seed,
                played.totals.tickets,
                played.level.as_millis(),
                played.plan
            ));
        }
    }

    fn fail(&self, world: &World, seed: u64, error: &anyhow::Error) -> Result<()> {
        self.failed.store(true, Ordering::SeqCst);
        let kept = world.keep(&format!("failed-{seed}"))?;
        let plan = crate::plan::Plan::of(seed, world.pcs.len());
        let text = format!(
            "round {seed} failed: {error:#}\n  went wrong:{plan}\n  files and logs: {}\n  \
             again: ./dev storm --rounds 1 --from {seed}",
            kept.display()
        );
        (self.say)(&text);
        self.outcome(|outcome| outcome.failures.push(text.clone()));
        Ok(())
    }

    fn outcome(&self, change: impl FnOnce(&mut Outcome)) {
        change(&mut self.outcome.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
