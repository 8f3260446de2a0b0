//! `storm --rounds N [--from K]`: shops of real programs under faults, counted after each round.
//! `storm --lan`: how long an order takes to the kitchen, and what is left of a till that is destroyed.
//! `storm --possible`: whether this machine lets us make the namespaces that both need.

#![expect(clippy::print_stdout, reason = "a run says what it found where programs say it")]

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;
use storm::storm::{Wanted, play};
use storm::{inside, lan};

const USAGE: &str = "\
storm --rounds N [--from K] [--worlds W] [--other FOLDER] [--quiet]
storm --lan [--orders N] [--at-any-speed]
storm --possible";

struct Arguments {
    lan: Option<lan::Wanted>,
    possible: bool,
    wanted: Wanted,
}

fn main() -> ExitCode {
    match run() {
        Ok(code) => code,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<ExitCode> {
    let arguments = arguments()?;
    if !inside::is_inside() {
        if !inside::is_possible() {
            println!("no storm here: this machine makes no network namespaces for us");
            return Ok(ExitCode::from(inside::LEFT_OUT));
        }
        if arguments.possible {
            return Ok(ExitCode::SUCCESS);
        }
        inside::enter()?;
    }
    storm::net::prepare()?;
    let sound = if let Some(wanted) = arguments.lan {
        let outcome = lan::play(&wanted)?;
        println!("{outcome}");
        wanted.at_any_speed || outcome.is_quick_enough()
    } else {
        let outcome = play(&arguments.wanted, |line| println!("{line}"))?;
        println!("{outcome}");
        outcome.is_sound()
    };
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn arguments() -> Result<Arguments> {
    let mut wanted = Wanted { rounds: 20, from: 1, worlds: 2, other: None, verbose: true };
    let mut lan = lan::Wanted { orders: 1_000, at_any_speed: false };
    let (mut is_lan, mut possible) = (false, false);
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let mut value = || given.next().with_context(|| format!("{name} needs a value\n{USAGE}"));
        match name.as_str() {
            "--rounds" => wanted.rounds = value()?.parse().context("--rounds")?,
            "--from" => wanted.from = value()?.parse().context("--from")?,
            "--worlds" => wanted.worlds = value()?.parse().context("--worlds")?,
            "--other" => wanted.other = Some(PathBuf::from(value()?)),
            "--quiet" => wanted.verbose = false,
            "--lan" => is_lan = true,
            "--orders" => lan.orders = value()?.parse().context("--orders")?,
            "--at-any-speed" => lan.at_any_speed = true,
            "--possible" => possible = true,
            other => bail!("{other}?\n{USAGE}"),
        }
    }
    Ok(Arguments { lan: is_lan.then_some(lan), possible, wanted })
}
