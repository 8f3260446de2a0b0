//! The shop on this screen.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use e2e::{Centre, Display, EVENING, Process, Programs};
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

use crate::{TILL, say};

/// Opens the shop on this screen, until both windows are closed.
pub(crate) async fn show(programs: &Programs, folder: &Path) -> Result<()> {
    let display = Display::of_this_machine()?;
    let centre = Centre::start(programs, folder).await?;
    let window = programs.window()?;
    let open = |name: &str, size: (u32, u32), at: &str| {
        let data = folder.join(name);
        let mut command = Command::new(&window);
        command
            .arg("--data")
            .arg(data)
            .args(["--size", &format!("{}x{}", size.0, size.1), "--at", at])
            .args(["--listen", "127.0.0.1:0"])
            .env("OCPIZZA_CLOCK", EVENING)
            .env("DISPLAY", display.name());
        Process::start(name, &mut command, &folder.join(format!("{name}.window.log")))
            .with_context(|| format!("open the {name}"))
    };
    let mut windows = [open("till", TILL, "0,0")?, open("kitchen", TILL, "60,60")?];
    let manager = centre.manager;
    say(&format!("the centre is at {}: {} / {}", centre.server.url(), manager.name, manager.password))?;
    say(&format!("the till's code: {}", centre.enrol_code("till", "C1")?))?;
    say(&format!("the kitchen's code: {}", centre.enrol_code("kitchen", "K1")?))?;
    say("close both windows to end")?;
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::select! {
        all = closed(&mut windows) => all,
        pressed = ctrl_c() => Ok(pressed?),
        _ = terminated.recv() => Ok(()),
    }
}

/// Waits until every window is closed.
async fn closed(windows: &mut [Process]) -> Result<()> {
    let mut period = tokio::time::interval(Duration::from_millis(200));
    loop {
        period.tick().await;
        let mut open = false;
        for window in &mut *windows {
            open |= window.ended()?.is_none();
        }
        if !open {
            return Ok(());
        }
    }
}
