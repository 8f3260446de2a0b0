//! Playing an evening on workstations.

use crate::evening::{Evening, Station, Step};
use anyhow::{Context as _, Result};
use journal::{Batch, JournalId, Opening, Seq, Tip};
use pos_api::{Command, Failure, Reply, Role, SetUp};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::store::journals;
use pos_core::{Workstation, commands};
use std::path::Path;
use std::sync::Arc;

/// Friday 2026-11-20 at 18:00 in Lille, in milliseconds since 1970 UTC.
pub const SIX_MS: i64 = 1_795_194_000_000;

/// The PIN of the manager of a pair's workstations.
const PIN: &str = "2580";

/// What came of an evening, or of a part of one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Played {
    /// How many steps were done.
    pub steps: u64,
    /// How many tickets were signed.
    pub tickets: u64,
    /// What was refused, and why. An evening in a shop where all is well has nothing refused.
    pub refused: Vec<(Step, Failure)>,
}

/// Plays an evening up to `until_ms`, in milliseconds since 18:00, or to its end: `act` does each
/// step somewhere. The evening may be played on from there.
pub fn play(
    evening: &mut Evening,
    until_ms: u64,
    mut act: impl FnMut(&Step) -> Result<Reply, Failure>,
) -> Played {
    let mut played = Played::default();
    while evening.next_ms().is_some_and(|at_ms| at_ms <= until_ms) {
        let Some(step) = evening.next_step() else {
            break;
        };
        played.steps += 1;
        match act(&step) {
            Ok(reply) => {
                played.tickets += u64::from(matches!(reply, Reply::Paid(_)));
                evening.hear(&reply);
            }
            Err(failure) => {
                evening.refused();
                played.refused.push((step, failure));
            }
        }
    }
    played
}

/// A till and a kitchen of a shop without a centre, in one process, and the clock of both. What
/// one writes the other reads after every step, as over a LAN that never fails.
pub struct Pair {
    /// The till.
    pub till: Workstation,
    /// The kitchen.
    pub kitchen: Workstation,
    clock: StoppedClock,
}

impl Pair {
    /// Two new workstations with their files in `folder`, set up, with somebody signed in at both.
    ///
    /// # Errors
    ///
    /// Where a file cannot be used, or setting up was refused.
    pub fn open(folder: &Path, seed: u64) -> Result<Self> {
        let clock = StoppedClock::at(SIX_MS);
        let workstation = |label: &str, role, seed| -> Result<Workstation> {
            let path = folder.join(format!("{label}.db"));
            let entropy = Box::new(SeededEntropy::new(seed));
            let mut it = Workstation::open(&path, Arc::new(clock.clone()), entropy)?;
            set_up(&mut it, label, role)?;
            Ok(it)
        };
        let till = workstation("C1", Role::Till, seed)?;
        let kitchen = workstation("K1", Role::Kitchen, !seed)?;
        let mut pair = Self { till, kitchen, clock };
        pair.exchange()?;
        Ok(pair)
    }

    /// Does one step of an evening at its time.
    ///
    /// # Errors
    ///
    /// [`Failure`], as the workstation says it.
    ///
    /// # Panics
    ///
    /// Where what one workstation wrote cannot be read by the other.
    pub fn act(&mut self, step: &Step) -> Result<Reply, Failure> {
        let at_ms = i64::try_from(step.at_ms).expect("an evening is short");
        self.clock.set(SIX_MS + at_ms);
        let workstation = match step.at {
            Station::Till => &mut self.till,
            Station::Kitchen => &mut self.kitchen,
        };
        let done = commands::run(workstation, step.command.clone());
        self.exchange().expect("each reads what the other wrote");
        done
    }

    fn exchange(&mut self) -> Result<()> {
        tell(&mut self.till, &mut self.kitchen)?;
        tell(&mut self.kitchen, &mut self.till)
    }
}

fn set_up(workstation: &mut Workstation, label: &str, role: Role) -> Result<()> {
    let answers = SetUp {
        server: None,
        code: String::new(),
        role,
        label: label.to_owned(),
        pin: PIN.to_owned(),
    };
    run(workstation, Command::SetUp(answers))?;
    let staff = workstation.store().read(pos_core::store::publications::staff)?;
    let staff = staff.context("a shop without a centre has a first manager")?;
    let operator = staff.operators.first().context("a shop has a manager")?.code.to_string();
    run(workstation, Command::SignIn { operator, pin: PIN.to_owned() })?;
    Ok(())
}

fn run(workstation: &mut Workstation, command: Command) -> Result<Reply> {
    commands::run(workstation, command)
        .map_err(|failure| anyhow::anyhow!("{:?}, see {}", failure.code, failure.reference))
}

/// Gives the reader whatever the writer has written since the last time.
fn tell(writer: &mut Workstation, reader: &mut Workstation) -> Result<()> {
    let tip = writer.tip().context("a workstation that is set up has a journal")?;
    while let Some(news) = after(writer, reader, tip.journal)? {
        match news {
            News::First(opening, batch) => reader.receive_first(&opening, &batch)?,
            News::Next(batch) => reader.receive(&batch)?,
        }
    }
    Ok(())
}

enum News {
    First(Opening, Batch),
    Next(Batch),
}

/// What follows in the writer's journal on what the reader holds of it, checked.
fn after(
    writer: &mut Workstation,
    reader: &mut Workstation,
    journal: JournalId,
) -> Result<Option<News>> {
    let held = reader.store().read(|tx| journals::find(tx, journal))?;
    let from = held.as_ref().map_or(Seq(0), |it| it.tip.seq);
    if writer.tip().is_some_and(|tip: Tip| tip.seq == from) {
        return Ok(None);
    }
    let limits = (journal::MAX_BATCH_ENTRIES, journal::MAX_BATCH_BYTES);
    let read =
        writer.store().read(|tx| journals::read_after(tx, journal, from, limits.0, limits.1))?;
    let Some((entries, seal)) = read else {
        return Ok(None);
    };
    Ok(Some(match held {
        None => {
            let (opening, batch) = journal::check_first(&entries, &seal)?;
            News::First(opening, batch)
        }
        Some(held) => {
            let (key, tick) = (&held.public_key, held.tick);
            News::Next(journal::check(held.tip, tick, key, &entries, &seal)?)
        }
    }))
}
