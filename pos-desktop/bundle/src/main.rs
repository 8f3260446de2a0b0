//! Turns `pos-ui` into the files that the window embeds: `pos-desktop/ui/dist`.
//!
//! `cargo run -p pos-bundle` builds for development, `-- --release` for a shop. It does what a
//! bundler of the JavaScript world would: build the wasm, run wasm-bindgen on it, and lay the
//! page, the glue and everything in `ui/static` side by side.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

fn main() -> Result<()> {
    let mut profile = Profile::Development;
    for argument in env::args().skip(1) {
        match argument.as_str() {
            "--release" => profile = Profile::Shop,
            other => bail!("unknown argument {other}: only --release is known"),
        }
    }
    // Where it is run and not where it was built: two work trees may share a target folder.
    let own = env::var_os("CARGO_MANIFEST_DIR").context("run this through `cargo run`")?;
    bundle(&Path::new(&own).with_file_name("ui"), profile)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    Development,
    /// The `wasm` profile of the workspace: small, and not stripped, which wasm-bindgen needs.
    Shop,
}

impl Profile {
    /// The profile's name for `cargo --profile`, and that of its folder under the target.
    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Development => ("dev", "debug"),
            Self::Shop => ("wasm", "wasm"),
        }
    }
}

/// Builds into `ui/dist`, which only ever holds one whole bundle: it is laid out beside, then
/// renamed.
fn bundle(ui: &Path, profile: Profile) -> Result<()> {
    let wasm = build(profile)?;
    let fresh = ui.join("dist.new");
    let dist = ui.join("dist");

    remove(&fresh)?;
    fs::create_dir(&fresh).with_context(|| format!("create {}", fresh.display()))?;
    bind(&wasm, &fresh, profile)?;
    copy(&ui.join("index.html"), &fresh.join("index.html"))?;
    copy_folder(&ui.join("static"), &fresh)?;

    if same(&fresh, &dist)? {
        // Left alone, so that cargo does not embed the same bytes again.
        return remove(&fresh);
    }
    remove(&dist)?;
    fs::rename(&fresh, &dist).with_context(|| format!("rename to {}", dist.display()))
}

/// Builds the wasm and says where it is.
fn build(profile: Profile) -> Result<PathBuf> {
    let (name, folder) = profile.names();
    let target = target_folder()?;
    // Through the proxy, so that the toolchain is that of rust-toolchain.toml.
    let status = Command::new("cargo")
        .args(["build", "--package", "pos-ui", "--bin", "pos-ui"])
        .args(["--target", TARGET, "--profile", name, "--target-dir"])
        .arg(&target)
        .status()
        .context("run cargo")?;
    ensure!(status.success(), "pos-ui does not build");
    Ok(target.join(TARGET).join(folder).join("pos-ui.wasm"))
}

/// The target folder of the build that this program comes from.
fn target_folder() -> Result<PathBuf> {
    let program = env::current_exe().context("find this program")?;
    let target = program.ancestors().nth(2).context("this program is not in a target folder")?;
    Ok(target.to_owned())
}

fn bind(wasm: &Path, into: &Path, profile: Profile) -> Result<()> {
    let debug = profile == Profile::Development;
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(false)
        .debug(debug)
        .remove_name_section(!debug)
        .remove_producers_section(true)
        .generate(into)
        .context("wasm-bindgen")
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).with_context(|| format!("copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Copies everything in a folder, folders included, beside what is already in `to`.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for name in names(from)? {
        let (from, to) = (from.join(&name), to.join(&name));
        if from.is_dir() {
            fs::create_dir(&to).with_context(|| format!("create {}", to.display()))?;
            copy_folder(&from, &to)?;
        } else {
            copy(&from, &to)?;
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("remove {}", folder.display()))?;
    }
    Ok(())
}

/// Whether two folders hold the same files with the same bytes.
fn same(one: &Path, other: &Path) -> Result<bool> {
    if !other.is_dir() {
        return Ok(false);
    }
    let held = names(one)?;
    if held != names(other)? {
        return Ok(false);
    }
    for name in held {
        let (one, other) = (one.join(&name), other.join(&name));
        let equal = match (one.is_dir(), other.is_dir()) {
            (true, true) => same(&one, &other)?,
            (false, false) => fs::read(&one)? == fs::read(&other)?,
            (true, false) | (false, true) => false,
        };
        if !equal {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The names in a folder, sorted.
fn names(folder: &Path) -> Result<Vec<std::ffi::OsString>> {
    let mut names = fs::read_dir(folder)
        .with_context(|| format!("list {}", folder.display()))?
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
