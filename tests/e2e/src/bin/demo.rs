//! A shop on one machine: a till, a kitchen, the centre and its database.
//!
//! Without arguments it opens the windows on this screen and leaves them to the person, until they
//! are closed. With `--check` it needs no screen: it plays the story, asserts every step from
//! outside, prints a line a step, and leaves pictures and data in `target/demo`.

use std::{
    env, fs,
    io::{Write, stdout},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use e2e::{Cluster, Database, Display, Process, Programs, Server, Setting, Window};
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};

/// When the programs' clocks start: a Friday, as the evening begins.
const EVENING: &str = "2026-11-20T19:10:00+01:00";

const TILL: (u32, u32) = (1366, 768);
const KITCHEN: (u32, u32) = (1920, 1080);

#[tokio::main]
async fn main() -> Result<()> {
    let folder = Programs::built()?.target().join("demo");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    let arguments = env::args().skip(1).collect::<Vec<_>>();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => show(&folder).await,
        ["--check"] => check(&folder).await,
        other => bail!("unknown: {}; only --check is known", other.join(" ")),
    }
}

/// The centre and its database. Fields are dropped in order: the server first.
struct Centre {
    server: Server,
    database: Database,
    _cluster: Cluster,
}

impl Centre {
    async fn start(programs: &Programs, folder: &Path) -> Result<Self> {
        let cluster = Cluster::start(&folder.join("postgres"))?;
        let database = cluster.database("ocpizza")?;
        let own = folder.join("server");
        let server = Server::start(&programs.server()?, &database, &own, Some(EVENING)).await?;
        Ok(Self { server, database, _cluster: cluster })
    }
}

/// Opens the shop on this screen, until both windows are closed.
async fn show(folder: &Path) -> Result<()> {
    let programs = Programs::built()?;
    let display = Display::of_this_machine()?;
    let centre = Centre::start(&programs, folder).await?;
    let window = programs.window()?;
    let open = |name: &str, size: (u32, u32), at: &str| {
        let data = folder.join(name);
        let mut command = std::process::Command::new(&window);
        command
            .arg("--data")
            .arg(data)
            .args(["--size", &format!("{}x{}", size.0, size.1), "--at", at])
            .env("OCPIZZA_CLOCK", EVENING)
            .env("DISPLAY", display.name());
        Process::start(name, &mut command, &folder.join(format!("{name}.window.log")))
    };
    let mut windows = [open("till", TILL, "0,0")?, open("kitchen", TILL, "60,60")?];
    say(&format!("the centre is at {}", centre.server.url()))?;
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

/// Plays the story without a screen.
async fn check(folder: &Path) -> Result<()> {
    let programs = Programs::built()?;
    let display = Display::start(KITCHEN)?;
    let centre = Centre::start(&programs, folder).await?;
    let tables = centre
        .database
        .value("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'")?;
    say(&format!("the centre answers at {}, on {tables} tables", centre.server.url()))?;

    let program = programs.window()?;
    let setting = |name, size| Setting {
        name,
        program: &program,
        folder,
        size,
        environment: &[("OCPIZZA_CLOCK", EVENING)],
        arguments: &[],
    };
    let till = Window::open(&display, &setting("till", TILL)).await?;
    let kitchen = Window::open(&display, &setting("kitchen", KITCHEN)).await?;
    for (name, window) in [("till", &till), ("kitchen", &kitchen)] {
        let first = "[data-test='screen-first-run']";
        let shown = window.shows(first, "", Duration::from_secs(1)).await?;
        window.picture(&picture(folder, name, 1)).await?;
        say(&format!("the {name} asks for its first run, after {:?}", shown.took))?;
    }
    till.close().await?;
    kitchen.close().await
}

/// Where a picture goes: `till-01.png`.
fn picture(folder: &Path, name: &str, step: u32) -> PathBuf {
    folder.join(format!("{name}-{step:02}.png"))
}

fn say(line: &str) -> Result<()> {
    writeln!(stdout(), "{line}")?;
    Ok(())
}
