//! `headless --data FOLDER [--listen ADDRESS:PORT]`: a workstation without a window.
//!
//! It reads one JSON object a line, `{"command": …}` or `{"query": …}` as `pos-api` writes them, and
//! answers each with one line, `{"ok": …}` or `{"failure": …}`, in their order. It ends with its
//! standard input. `OCPIZZA_CLOCK` starts its clock at another time (RFC 3339), as the window's does.

use std::env;
use std::io::{BufRead, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use crash::{Answered, Asked};
use pos_api::Failure;
use pos_core::anchor;
use pos_core::clock::{MachineClock, MachineEntropy};
use pos_core::runtime::{Handle, Start};
use serde::Serialize;

fn main() -> Result<()> {
    let (folder, listen) = arguments()?;
    let clock = match env::var("OCPIZZA_CLOCK") {
        Ok(start) => MachineClock::starting_at_iso(&start)
            .with_context(|| format!("OCPIZZA_CLOCK: {start} is no moment"))?,
        Err(_) => MachineClock::true_time(),
    };
    std::fs::create_dir_all(&folder)?;
    let workstation = Handle::start(Start {
        anchor: Some(anchor::beside(&folder)),
        folder,
        clock: Arc::new(clock),
        entropy: Box::new(MachineEntropy),
        listen,
        finds: pos_core::runtime::Finds::Typed,
        on_change: Box::new(|| {}),
    })?;

    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line?).context("a line that is no request")? {
            Asked::Command(command) => answer(&mut out, workstation.command(command))?,
            Asked::Query(query) => answer(&mut out, workstation.query(query))?,
        }
    }
    Ok(())
}

fn arguments() -> Result<(PathBuf, SocketAddr)> {
    let mut folder = None;
    let mut listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let mut given = env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().with_context(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--data" => folder = Some(PathBuf::from(value)),
            "--listen" => listen = value.parse().with_context(|| format!("{value}: no address"))?,
            other => bail!("unknown argument {other}"),
        }
    }
    Ok((folder.context("--data FOLDER is missing")?, listen))
}

/// Writes one line, whole, at once: whoever reads it may end this program the moment after.
fn answer<T: Serialize>(out: &mut impl Write, answered: Result<T, Failure>) -> Result<()> {
    let answered = match answered {
        Ok(done) => Answered::Ok(done),
        Err(failure) => Answered::Failure(failure),
    };
    let mut line = serde_json::to_vec(&answered)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()?;
    Ok(())
}
