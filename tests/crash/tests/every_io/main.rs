//! A service is cut at every index of its disk operations. Each time the power goes there, or the
//! program is killed there, and what is left is opened: it must open without a person, hold all that
//! was answered and nothing by halves, and sell on. And at every index one operation fails, or the disk
//! is full from there on: the program says so, loses nothing, and goes on without a restart.
//!
//! `./dev test` tries every 29th index, `OCPIZZA_EVERY_IO=all` (`./dev full`) every one.

#![expect(clippy::print_stdout, reason = "the closing line says what was tried")]

mod books;
mod script;
mod till;

use anyhow::{Context as _, Result, bail, ensure};
use books::{Contents, Figures};
use faulty_disk::{Disk, Operation};
use pos_api::Code;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use script::{SCRIPT, pay, type_in};
use std::sync::LazyLock;
use till::{Rest, Till, said};

/// The service without a fault.
struct Service {
    rest: Rest,
    /// How many operations there had been after each step.
    after: Vec<u64>,
    /// What the file held after each commit, and how many operations there had been.
    states: Vec<(u64, Contents)>,
    figures: Figures,
    /// How many operations there had been at its end.
    operations: u64,
}

impl Service {
    fn play() -> Result<Self> {
        let rest = Rest::set_up()?;
        let mut till = rest.copy()?;
        till.disk.keep_synced();
        let mut after = Vec::new();
        for step in SCRIPT {
            step.play(&mut till).map_err(said).context(step.name)?;
            after.push(till.disk.counts().total());
        }
        till.verify()?;
        till.forget();
        let mut states = vec![(0, Contents::read(&rest.copy()?.disk)?)];
        let operations = *after.last().context("there are steps")?;
        let mut last = Disk::new();
        for (count, image) in till.disk.synced() {
            if count <= operations {
                last = Disk::from(image);
                let contents = Contents::read(&last)?;
                if states.last().is_none_or(|(_, before)| *before != contents) {
                    states.push((count, contents));
                }
            }
        }
        Ok(Self { rest, after, states, figures: Figures::read(&last)?, operations })
    }

    /// The states that the file may be in when `done` steps were answered, and one more at most begun.
    fn allowed(&self, done: usize) -> &[(u64, Contents)] {
        let reached = |step: usize| {
            let by = self.after.get(step).copied().unwrap_or(self.operations);
            self.states.partition_point(|(count, _)| *count <= by) - 1
        };
        let from = done.checked_sub(1).map_or(0, reached);
        &self.states[from..=reached(done)]
    }

    /// Whether what the file holds is what it may hold.
    fn hold_against(&self, disk: &Disk, done: usize) -> Result<()> {
        let found = Contents::read(disk)?;
        let allowed = self.allowed(done);
        if allowed.iter().any(|(_, it)| *it == found) {
            return Ok(());
        }
        let said: Vec<_> = allowed.iter().map(|(_, it)| found.differ(it)).collect();
        bail!("after {done} steps the file is in none of {} states: {said:#?}", allowed.len());
    }
}

/// What is done at an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// The power goes.
    Power,
    /// The program is killed.
    Kill,
    /// One operation fails.
    Error,
    /// The disk is full, until somebody makes room.
    Full,
}

impl Fault {
    fn play(self, service: &Service, index: u64) -> Result<Operation> {
        match self {
            Self::Power | Self::Kill => {
                cut(service, service.rest.copy()?, index, self == Self::Power)
            }
            Self::Error | Self::Full => go_on(service, index, self == Self::Full),
        }
    }
}

/// Plays until the operation of this index, and opens what is left.
fn cut(service: &Service, mut till: Till, index: u64, power: bool) -> Result<Operation> {
    till.disk.cut_at(index);
    let done = SCRIPT.iter().take_while(|step| step.play(&mut till).is_ok()).count();
    let at = till.disk.last().context("there was an operation")?;
    let told = || format!("at {at}, in « {} »", SCRIPT.get(done).map_or("the end", |it| it.name));
    if power {
        till.disk.power_cut(&mut ChaCha8Rng::seed_from_u64(index));
    } else {
        till.disk.kill();
    }
    till.forget();
    service.hold_against(&till.disk, done).with_context(told)?;
    till.start().map_err(said).context("start again").with_context(told)?;
    sell_on(&mut till).with_context(told)?;
    Ok(at)
}

/// Everything that a till must still do, and what it writes must be right.
fn sell_on(till: &mut Till) -> Result<()> {
    till.clock.advance_ms(60_000);
    till.recover_printing()?;
    till.sign_in().map_err(said).context("sign in")?;
    type_in(till, "MAR; COC").map_err(said).context("type in")?;
    let tender = pos_api::Tender::cash(fiscal::Money::from_cents(20_000));
    pay(till, None, vec![tender]).map_err(said).context("sell on")?;
    till.verify()?;
    let journals = Figures::read(&till.disk)?;
    ensure!(journals.has_one_journal(), "it went on in another journal: {journals:?}");
    Ok(())
}

/// Plays with a fault from the operation of this index on. A step that is not done is done again once
/// the fault is gone; the program is not started again for it.
fn go_on(service: &Service, index: u64, full: bool) -> Result<Operation> {
    let mut till = service.rest.copy()?;
    if full {
        till.disk.fill_at(index, 0);
    } else {
        till.disk.fail_at(index, None);
    }
    let mut at = None;
    for (done, step) in SCRIPT.iter().enumerate() {
        let Err(code) = step.play(&mut till) else { continue };
        let told = || format!("in « {} », which said {code:?}", step.name);
        let last = till.disk.last().context("there was an operation")?;
        ensure!(at.replace(last).is_none(), "a second refusal, {}", told());
        let expected = if full { Code::DiskFull } else { Code::Storage };
        ensure!(code == expected, told());
        service.hold_against(&till.disk, done).with_context(told)?;
        till.disk.fill(None);
        step.play(&mut till).map_err(said).context("again").with_context(told)?;
    }
    let told = || format!("at {at:?}");
    till.disk.fill(None);
    let figures = Figures::read(&till.disk)?;
    let differ = service.figures.differ(&figures);
    ensure!(differ.is_empty(), "{}: {differ:#?}", told());
    till.verify().with_context(told)?;
    at.or_else(|| till.disk.last()).context("there was an operation")
}

/// From one index to the next, in `./dev test`.
const STRIDE: usize = 29;

/// The service without a fault, played once.
fn service() -> &'static Service {
    static SERVICE: LazyLock<Service> =
        LazyLock::new(|| Service::play().expect("a service without a fault"));
    &SERVICE
}

/// Tries the fault at every index, or at every so-manieth.
fn at_every_operation(fault: Fault) {
    let stride = match std::env::var("OCPIZZA_EVERY_IO").as_deref() {
        Ok("all") => 1,
        Ok(stride) => stride.parse().expect("all, or a stride"),
        Err(_) => STRIDE,
    };
    let service = service();
    let (mut tried, mut wrong) = (0, 0);
    // Not the same places with every fault.
    let places = 0..service.operations;
    for index in places.skip(fault as usize % stride).step_by(stride) {
        tried += 1;
        if let Err(error) = fault.play(service, index) {
            wrong += 1;
            println!("{fault:?} at operation {index}: {error:#}");
        }
    }
    let (operations, steps, states) = (service.operations, SCRIPT.len(), service.states.len());
    println!(
        "{fault:?} at {tried} of {operations} operations in {steps} steps and {states} states: \
         {wrong} wrong"
    );
    assert_eq!(wrong, 0, "see above");
}

#[test]
fn when_the_power_goes_what_was_answered_is_there_and_nothing_by_halves() {
    at_every_operation(Fault::Power);
}

#[test]
fn a_killed_program_opens_on_what_was_answered_and_sells_on() {
    at_every_operation(Fault::Kill);
}

#[test]
fn an_operation_that_fails_costs_one_command_and_no_restart() {
    at_every_operation(Fault::Error);
}

#[test]
fn a_full_disk_is_said_and_costs_nothing_that_was_answered() {
    at_every_operation(Fault::Full);
}

#[test]
fn a_disk_that_lies_about_syncs_is_found_out() {
    let service = service();
    let lied = |index: &u64| {
        let till = service.rest.copy().expect("a copy");
        till.disk.lie(true);
        cut(service, till, *index, true).is_err()
    };
    let found = (100..service.operations).step_by(150).filter(lied).count();
    assert!(0 < found, "the checks see nothing");
}
