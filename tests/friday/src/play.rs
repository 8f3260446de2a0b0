//! Playing an evening on workstations.

use crate::evening::{Evening, Station, Step};
use anyhow::{Context as _, Result, bail};
use pos_api::{Command, Failure, Reply as Done, Role, SetUp};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::{self, Peer};
use pos_core::{Workstation, commands};
use replication::{Pull, Push, Reply, Request};
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
    mut act: impl FnMut(&Step) -> Result<Done, Failure>,
) -> Played {
    let mut played = Played::default();
    while evening.next_ms().is_some_and(|at_ms| at_ms <= until_ms) {
        let Some(step) = evening.next_step() else {
            break;
        };
        played.steps += 1;
        match act(&step) {
            Ok(reply) => {
                played.tickets += u64::from(matches!(reply, Done::Paid(_)));
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
        // Without a centre a PC is set up as a till; what it is then used for is up to who plays.
        let workstation = |label: &str, seed| -> Result<Workstation> {
            let path = folder.join(format!("{label}.db"));
            let entropy = Box::new(SeededEntropy::new(seed));
            let mut it = Workstation::open(&path, Arc::new(clock.clone()), entropy)?;
            set_up(&mut it, label, Role::Till)?;
            Ok(it)
        };
        let till = workstation("C1", seed)?;
        let kitchen = workstation("K1", !seed)?;
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
    pub fn act(&mut self, step: &Step) -> Result<Done, Failure> {
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

fn run(workstation: &mut Workstation, command: Command) -> Result<Done> {
    commands::run(workstation, command)
        .map_err(|failure| anyhow::anyhow!("{:?}, see {}", failure.code, failure.reference))
}

/// Gives the reader whatever the writer has written since the last time.
fn tell(writer: &mut Workstation, reader: &mut Workstation) -> Result<()> {
    let tip = writer.tip().context("a workstation that is set up has a journal")?;
    let key = |it: &Workstation| it.public_key().context("a workstation that is set up has a key");
    // Nobody has listed either of them: each takes the other's word as it would the centre's.
    let from = Peer { key: key(writer)?, is_centre: true };
    let to = Peer { key: key(reader)?, is_centre: true };
    loop {
        let held = reader.store().read(replicate::tips)?;
        let after = held.get(&tip.journal).and_then(|chains| chains.first()).copied();
        if after.is_some_and(|it| it.seq == tip.seq) {
            return Ok(());
        }
        let pull = Pull { tip, after, limit: 1_000 };
        let Reply::Entries(news) = writer.answer(to, Request::Pull(pull)) else {
            bail!("the writer does not say what it wrote");
        };
        let seal = news.seal.context("what is written is sealed")?;
        let push = Push { journal: tip.journal, base: after, entries: news.entries, seal };
        let Reply::Ack(_) = reader.append_pulled(from, &push) else {
            bail!("the reader does not take what was written");
        };
    }
}
