//! Pictures of every screen and state, made by the real programs, in `target/shots`.

mod album;
mod counter;
mod kitchen;
mod start;

use std::{
    fs,
    io::{Write, stderr, stdout},
    path::Path,
    process::ExitCode,
};

use album::Album;
use anyhow::{Context, Result};
use e2e::{Centre, Display, EVENING, Programs, Setting, Window};

const SIZES: [(u32, u32); 2] = [(1366, 768), (1920, 1080)];

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
    let folder = programs.target().join("shots");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    for size in SIZES {
        shoot(&programs, &folder, size).await?;
    }
    writeln!(stdout(), "the pictures are in {}", folder.display())?;
    Ok(())
}

/// A shop on screens of one size, from its first run to a full evening without a centre.
async fn shoot(programs: &Programs, folder: &Path, size: (u32, u32)) -> Result<()> {
    let work = folder.join(format!("shop-{}", size.0));
    fs::create_dir_all(&work).with_context(|| format!("create {}", work.display()))?;
    let mut centre = Centre::start(programs, &work).await?;
    let displays = [Display::start(size)?, Display::start(size)?];
    let program = programs.window()?;
    let setting = |name| Setting {
        name,
        program: &program,
        folder: &work,
        size,
        environment: &[("OCPIZZA_CLOCK", EVENING)],
        arguments: &[],
    };
    let till = Window::open(&displays[0], &setting("till")).await?;
    let kitchen = Window::open(&displays[1], &setting("kitchen")).await?;
    let till = Album::new(till, "till", folder, size.0);
    let kitchen = Album::new(kitchen, "kitchen", folder, size.0);

    start::first_run(&till, &kitchen, &centre).await?;
    start::sign_in(&till).await?;
    start::neighbours(&till, &kitchen).await?;
    start::rooms(&till).await?;
    counter::sale(&till).await?;
    counter::panels(&till).await?;
    counter::payment(&till).await?;
    kitchen::evening(&till, &kitchen).await?;
    centre.server.stop();
    kitchen::outage(&till, &kitchen).await?;
    till.close().await?;
    kitchen.close().await
}
