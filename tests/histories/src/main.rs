//! `histories run [--histories N] [--flips N] [--from SEED] [--steps N] [--files N]`: lives, tampers,
//! checks; N of each sort of file go through `ocpizza-verify`, which must stand beside this program.
//! `histories cases N FOLDER`: writes archives, good and bad, with the verdicts that are due.

#![expect(clippy::print_stdout, reason = "what is printed is the result")]

use anyhow::{Context as _, Result, bail};
use histories::cases;
use histories::run::{Counts, seed};
use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::Instant;

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("run") => run(&arguments[1..]),
        Some("cases") => {
            let [_, many, folder] = arguments.as_slice() else { bail!("histories cases N FOLDER") };
            let cases = cases::archives(Path::new(folder), many.parse().context("N")?)?;
            println!("{} cases in {folder}", cases.len());
            Ok(ExitCode::SUCCESS)
        }
        _ => bail!("histories run …, or histories cases N FOLDER"),
    }
}

fn number(arguments: &[String], name: &str, otherwise: u64) -> Result<u64> {
    let Some(place) = arguments.iter().position(|it| it == name) else { return Ok(otherwise) };
    let value = arguments.get(place + 1).with_context(|| format!("{name} needs a number"))?;
    value.parse().with_context(|| format!("{name} needs a number"))
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let many = number(arguments, "--histories", 1_000)?;
    let flips = number(arguments, "--flips", 2)?;
    let from = number(arguments, "--from", 0)?;
    let steps = number(arguments, "--steps", 12)?;
    #[expect(clippy::disallowed_methods, reason = "a figure is measured")]
    let began = Instant::now();
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let parts: Vec<_> = (0_u64..)
        .take(threads)
        .map(|thread| {
            thread::spawn(move || {
                let mut counts = Counts::default();
                for it in (from + thread..from + many).step_by(threads) {
                    seed(it, 2 + it % steps, flips, &mut counts);
                }
                counts
            })
        })
        .collect();
    let mut counts = Counts::default();
    for part in parts {
        counts.add(part.join().ok().context("a thread fell")?);
    }
    let files = number(arguments, "--files", 0)?;
    let program = env::current_exe()?.with_file_name("ocpizza-verify");
    let folder = tempfile::tempdir()?;
    for (name, made) in [
        ("archives", cases::archives(&folder.path().join("archives"), files)?),
        ("tills", cases::tills(&folder.path().join("tills"), files)?),
    ] {
        counts.done.insert(name, made.len() as u64);
        counts.wrong.extend(cases::through(&program, &folder.path().join(name), &made)?);
    }
    for wrong in counts.wrong.iter().take(20) {
        println!("{wrong}");
    }
    let sound = counts.wrong.is_empty();
    let verdict = if sound { "verify: OK" } else { "verify: FAILED" };
    println!("{verdict}: {counts}, in {} s", began.elapsed().as_secs());
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
