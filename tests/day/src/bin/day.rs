//! `day FOLDER [--seed N]`: plays a whole day of a shop, leaves its files in FOLDER and checks them.

#![expect(clippy::print_stdout, reason = "the closing line says what was played")]

use anyhow::{Context as _, Result, bail};
use std::path::PathBuf;

/// The seed where none is said.
const SEED: u64 = 1;

fn main() -> Result<()> {
    let (mut folder, mut seed) = (None, SEED);
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--seed" => seed = given.next().context("--seed N")?.parse().context("--seed N")?,
            option if option.starts_with("--") => bail!("day FOLDER [--seed N]"),
            _ => folder = Some(PathBuf::from(argument)),
        }
    }
    let folder = folder.context("day FOLDER [--seed N]")?;
    let played = day::play(seed, &folder).with_context(|| format!("graine {seed}"))?;
    println!("{} (graine {seed}, {})", played.line(), folder.display());
    Ok(())
}
