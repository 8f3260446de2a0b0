//! Where the programs under test are.

use std::{
    env,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

/// The programs under test, as they were built beside this one.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
    /// Where this program itself is, and others that are tools of it and not under test.
    own: PathBuf,
}

impl Programs {
    /// Those of this build: of the same profile, or of the one that `E2E_PROFILE` names (`release`).
    ///
    /// # Errors
    ///
    /// This program does not run out of a target folder.
    pub fn built() -> Result<Self> {
        let program = env::current_exe().context("find this program")?;
        let beside = program.parent().context("this program is in no folder")?;
        // A test lies in `deps`, one below.
        let folder = if beside.ends_with("deps") { beside.parent() } else { Some(beside) };
        let folder = folder.context("this program is not in a target folder")?;
        let own = folder.to_owned();
        let folder = match env::var_os("E2E_PROFILE") {
            Some(profile) => own.with_file_name(profile),
            None => own.clone(),
        };
        Ok(Self { folder, own })
    }

    /// The target folder, for what a run leaves behind.
    #[must_use]
    pub fn target(&self) -> &Path {
        self.folder.parent().expect("a profile's folder is in the target folder")
    }

    /// The workstation's window.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn window(&self) -> Result<PathBuf> {
        self.named("pos-desktop")
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn server(&self) -> Result<PathBuf> {
        self.named("sync-server")
    }

    /// The demo's data.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn friday(&self) -> Result<PathBuf> {
        in_folder(&self.own, "friday")
    }

    /// The inspector's program.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn verifier(&self) -> Result<PathBuf> {
        in_folder(&self.own, "ocpizza-verify")
    }

    /// A window with a page that does next to nothing.
    ///
    /// # Errors
    ///
    /// It is not built.
    pub fn empty_window(&self) -> Result<PathBuf> {
        self.named("empty-window")
    }

    fn named(&self, name: &str) -> Result<PathBuf> {
        in_folder(&self.folder, name)
    }
}

fn in_folder(folder: &Path, name: &str) -> Result<PathBuf> {
    let program = folder.join(name);
    ensure!(program.is_file(), "{} is not built: `./dev` builds it", program.display());
    Ok(program)
}

/// The root of the work tree.
pub(crate) fn work_tree() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
