//! Checks that the screens are built, and declares the two commands that they may call.

use std::path::Path;

use anyhow::{Result, ensure};
use tauri_build::{AppManifest, Attributes};

const SCREENS: &str = "../ui/dist";

fn main() -> Result<()> {
    println!("cargo:rerun-if-changed={SCREENS}");
    ensure!(
        Path::new(SCREENS).join("index.html").is_file(),
        "the screens are not built yet: `cargo run -p pos-bundle` first",
    );
    let commands = AppManifest::new().commands(&["command", "query"]);
    tauri_build::try_build(Attributes::new().app_manifest(commands))
}
