//! A picture of the window in each size that it must look right in, in `target/shots`.

use std::{fs, time::Duration};

use anyhow::{Context, Result};
use e2e::{Display, Programs, Setting, Window};

const SIZES: [(u32, u32); 2] = [(1366, 768), (1920, 1080)];

#[tokio::main]
async fn main() -> Result<()> {
    let programs = Programs::built()?;
    let folder = programs.target().join("shots");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("create {}", folder.display()))?;
    for size in SIZES {
        let display = Display::start(size)?;
        let setting = Setting {
            name: "till",
            program: &programs.window()?,
            folder: &folder,
            size,
            environment: &[],
            arguments: &[],
        };
        let window = Window::open(&display, &setting).await?;
        window.shows("[data-test^='screen-']", "", Duration::from_secs(1)).await?;
        window.picture(&folder.join(format!("first-run-{}.png", size.0))).await?;
        window.close().await?;
    }
    Ok(())
}
