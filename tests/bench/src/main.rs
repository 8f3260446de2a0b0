//! Speed, as ratios in one run: each figure beside a bare one of the same kind, on the same disk, at
//! the same time. `--json` prints one object a line instead of the table.

mod ingest;
mod row;
mod sale;
mod week;
mod window;

use anyhow::Result;
use std::io::{Write, stdout};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|it| it == "--json");
    let mut rows = sale::measure()?;
    rows.extend(ingest::measure()?);
    rows.extend(week::measure()?);
    rows.extend(window::measure()?);
    let mut out = stdout().lock();
    if json {
        for row in &rows {
            writeln!(out, "{}", serde_json::to_string(row)?)?;
        }
        return Ok(());
    }
    writeln!(out, "{}", row::HEADING)?;
    for row in &rows {
        writeln!(out, "{row}")?;
    }
    writeln!(out)?;
    for row in &rows {
        writeln!(out, "{}: {}", row.name, row.limited_by)?;
    }
    Ok(())
}
