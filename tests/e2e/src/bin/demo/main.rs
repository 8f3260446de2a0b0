//! A shop on one machine: a till, a kitchen, the centre and its database.
//!
//! Without arguments it opens the windows on this screen and leaves them to the person, until they
//! are closed. With `--check` it needs no screen: it plays the story, asserts every step from
//! outside, prints a line a step, and leaves pictures, printed bytes and databases in `target/demo`.
//! `--at-any-speed` lets every step take ten times its bound: for machines that have more to do.
//! With `--day` it plays a business day on the till instead, from the float to the inspector's program,
//! and leaves its pictures in `target/shots/day`.

mod check;
mod show;

use std::{
    env, fs,
    io::{Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context, Result, bail};
use e2e::Programs;

const TILL: (u32, u32) = (1366, 768);
const KITCHEN: (u32, u32) = (1920, 1080);

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where not even this can be said, the exit code says it.
            let _told = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let programs = Programs::built()?;
    let target = programs.target().to_owned();
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => show::show(&programs, &fresh(target.join("demo"))?).await,
        ["--check"] => {
            check::check(&programs, &fresh(target.join("demo"))?, check::Speed::Bounded).await
        }
        ["--check", "--at-any-speed"] => {
            check::check(&programs, &fresh(target.join("demo"))?, check::Speed::TenTimes).await
        }
        ["--day"] => {
            let (folder, pictures) = (target.join("demo-day"), target.join("shots/day"));
            check::day(&programs, &fresh(folder)?, &fresh(pictures)?).await
        }
        other => bail!(
            "unknown: {}; only --check is known, --at-any-speed after it, and --day",
            other.join(" ")
        ),
    }
}

/// An empty folder in place of whatever an earlier run left.
fn fresh(folder: PathBuf) -> Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    Ok(folder)
}

fn say(line: &str) -> Result<()> {
    writeln!(stdout(), "{line}")?;
    Ok(())
}
