//! The shop on this screen.

mod evening;
mod installed;

use std::{fs, net::SocketAddr, path::Path, process::Command, time::Duration};

use anyhow::{Context, Result};
use e2e::{Centre, Display, EVENING, Person, Process, Programs, free_port};
use installed::Post;
use pos_api::Role;
use printer_sim::printer::Printer;
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

use crate::{TILL, say};

/// Characters on a line of 80 mm paper.
const COLUMNS: usize = 42;

/// Opens the shop on this screen, installed and with its evening begun, until both windows are
/// closed or Ctrl-C is pressed.
pub(crate) async fn show(programs: &Programs, folder: &Path) -> Result<()> {
    let display = Display::of_this_machine()?;
    say("the centre starts, and the shop is installed")?;
    let centre = Centre::start(programs, folder).await?;
    let printer = Printer::start().context("a printer")?;
    let [till, kitchen, other] = posts(folder)?;
    let printed_at = printer.address();
    let neighbours = [
        (&till, vec![kitchen.listen, other.listen]),
        (&kitchen, vec![till.listen, other.listen]),
        (&other, vec![kitchen.listen, till.listen]),
    ];
    for (post, peers) in neighbours {
        post.install(&centre, &peers, (post.role == Role::Till).then_some(printed_at))?;
    }

    let evening = evening::begin(&other)?;
    let mut windows = [
        open(programs, &display, folder, &till, "0,0")?,
        open(programs, &display, folder, &kitchen, "60,60")?,
    ];
    tell(&centre, folder)?;
    let mut terminated = signal(SignalKind::terminate())?;
    let ended = tokio::select! {
        all = closed(&mut windows) => all,
        pressed = ctrl_c() => Ok(pressed?),
        _ = terminated.recv() => Ok(()),
    };
    evening.end()?;
    fs::write(folder.join("printed.txt"), printer.sheets(COLUMNS).join("\n"))?;
    ended
}

/// The till and the kitchen that are shown, and the till that plays by itself.
fn posts(folder: &Path) -> Result<[Post; 3]> {
    let post = |name: &str, label, role| -> Result<Post> {
        let listen = SocketAddr::from(([127, 0, 0, 1], free_port()?));
        Ok(Post { folder: folder.join(name), label, role, listen })
    };
    Ok([
        post("till", "C1", Role::Till)?,
        post("kitchen", "K1", Role::Kitchen)?,
        post("other-till", "C2", Role::Till)?,
    ])
}

fn open(
    programs: &Programs,
    display: &Display,
    folder: &Path,
    post: &Post,
    at: &str,
) -> Result<Process> {
    let mut command = Command::new(programs.window()?);
    command
        .arg("--data")
        .arg(&post.folder)
        .args(["--size", &format!("{}x{}", TILL.0, TILL.1), "--at", at])
        .args(["--listen", &post.listen.to_string()])
        .env("OCPIZZA_CLOCK", EVENING)
        .env("DISPLAY", display.name());
    let log = folder.join(format!("{}.window.log", post.label));
    Process::start(post.label, &mut command, &log)
}

/// What a person needs to know.
fn tell(centre: &Centre, folder: &Path) -> Result<()> {
    let (manager, louise) = (centre.manager, Person::LOUISE);
    say(&format!("the till C1: touch {}, PIN {}", louise.code, louise.pin))?;
    say("the kitchen K1: nobody signs in; the keys 1 to 9 take an order's next step, 0 undoes")?;
    say("the till C2 has no window: it plays a Friday evening, from 19:10 on")?;
    say(&format!(
        "the managers' page: {} ; name {}, password {}",
        centre.server.url(),
        manager.name,
        manager.password
    ))?;
    say(&format!(
        "databases and logs: {} ; close both windows, or Ctrl-C, to end",
        folder.display()
    ))
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
