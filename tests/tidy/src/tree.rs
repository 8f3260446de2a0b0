//! The work tree: which files there are, and what is in them.

use anyhow::{Context as _, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand};
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

/// A file of the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// From the root, with slashes: `shared/journal/src/lib.rs`.
    pub path: String,
}

impl File {
    /// Its bytes.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        fs::read(root()?.join(&self.path)).with_context(|| format!("read {}", self.path))
    }

    /// Its text; `None` where it holds bytes that are no text.
    ///
    /// # Errors
    ///
    /// Where it cannot be read.
    pub fn text(&self) -> Result<Option<String>> {
        Ok(String::from_utf8(self.bytes()?).ok().filter(|text| !text.contains('\0')))
    }

    /// The last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether its path goes through a folder of this name, or it is the file `name.rs`.
    #[must_use]
    pub fn is_in(&self, name: &str) -> bool {
        let mut parts: Vec<&str> = self.path.split('/').collect();
        let file = parts.pop().unwrap_or_default();
        parts.contains(&name) || file.strip_suffix(".rs") == Some(name)
    }
}

/// The root of the work tree that the tests are run in, which may share its target folder with
/// another one.
///
/// # Errors
///
/// Outside cargo.
pub fn root() -> Result<PathBuf> {
    let own = env::var_os("CARGO_MANIFEST_DIR").context("run this through cargo")?;
    let own = PathBuf::from(own);
    let root = own.ancestors().nth(2).context("this crate is in tests/tidy")?;
    Ok(root.to_owned())
}

/// Every file that git tracks or would track, in the order of their paths.
///
/// # Errors
///
/// Where git cannot say.
pub fn files() -> Result<Vec<File>> {
    let root = root()?;
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(&root)
        .output()
        .context("run git")?;
    ensure!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let listed = String::from_utf8(listed.stdout).context("every path is UTF-8")?;
    let mut paths: Vec<&str> = listed.split_terminator('\0').collect();
    paths.sort_unstable();
    paths.dedup();
    // A file that was removed and not yet committed is still listed.
    let held = paths.into_iter().filter(|path| root.join(path).is_file());
    Ok(held.map(|path| File { path: path.to_owned() }).collect())
}

/// The files whose names end in `.extension`, below `folder` (empty: anywhere).
///
/// # Errors
///
/// Where git cannot say.
pub fn files_in(folder: &str, extension: &str) -> Result<Vec<File>> {
    let below = |file: &File| folder.is_empty() || file.path.starts_with(&format!("{folder}/"));
    let ending = format!(".{extension}");
    Ok(files()?.into_iter().filter(|it| below(it) && it.path.ends_with(&ending)).collect())
}

/// The text of the file at `path`.
///
/// # Errors
///
/// Where there is none, or it is no text.
pub fn text(path: &str) -> Result<String> {
    fs::read_to_string(root()?.join(path)).with_context(|| format!("read {path}"))
}

/// The workspace's crates as cargo reads their manifests.
///
/// # Errors
///
/// Where cargo cannot.
pub fn crates() -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()?).no_deps();
    command.exec().context("cargo metadata")
}

/// Every package that Cargo.lock names, on whatever machine it is used.
///
/// # Errors
///
/// Where cargo cannot say, or Cargo.lock is out of date.
pub fn locked() -> Result<Metadata> {
    let mut command = MetadataCommand::new();
    command.current_dir(root()?).other_options(vec!["--locked".to_owned()]);
    command.exec().context("cargo metadata --locked")
}
