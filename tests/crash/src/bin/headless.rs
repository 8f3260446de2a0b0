//! `headless --data FOLDER [--listen ADDRESS:PORT]`: a workstation without a window.
//!
//! It reads one JSON object a line, `{"command": …}` or `{"query": …}` as `pos-api` writes them, and
//! answers each with one line, `{"ok": …}` or `{"failure": …}`, in their order. It ends with its
//! standard input. `OCPIZZA_CLOCK` starts its clock at another time (RFC 3339), as the window's does.

use std::io::{BufRead, Write};

use anyhow::{Context, Result};
use crash::{Answered, Asked};
use pos_api::Failure;
use serde::Serialize;

fn main() -> Result<()> {
    let workstation = crash::workstation()?;
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        match serde_json::from_str(&line?).context("a line that is no request")? {
            Asked::Command(command) => answer(&mut out, workstation.command(command))?,
            Asked::Query(query) => answer(&mut out, workstation.query(query))?,
        }
    }
    Ok(())
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
