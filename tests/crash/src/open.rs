//! A workstation without a window, from inside.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use pos_core::anchor;
use pos_core::clock::{MachineClock, MachineEntropy};
use pos_core::runtime::{Finds, Handle, Start};

/// Starts the workstation that this program's arguments name: `--data FOLDER [--listen ADDRESS:PORT]`.
/// `OCPIZZA_CLOCK` starts its clock at another time (RFC 3339), as the window's does.
///
/// # Errors
///
/// The arguments make no sense, or its file cannot be used.
pub fn workstation() -> Result<Handle> {
    let (folder, listen) = arguments()?;
    let clock = match env::var("OCPIZZA_CLOCK") {
        Ok(start) => MachineClock::starting_at_iso(&start)
            .with_context(|| format!("OCPIZZA_CLOCK: {start} is no moment"))?,
        Err(_) => MachineClock::true_time(),
    };
    std::fs::create_dir_all(&folder)?;
    Ok(Handle::start(Start {
        anchor: Some(anchor::beside(&folder)),
        folder,
        clock: Arc::new(clock),
        entropy: Box::new(MachineEntropy),
        listen,
        finds: Finds::Typed,
        on_change: Box::new(|| {}),
    })?)
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
