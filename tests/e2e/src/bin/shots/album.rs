//! A window, and the pictures taken of it.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Result;
use e2e::{Window, code, hook};

/// How long a screen may take to be there.
const SOON: Duration = Duration::from_secs(1);

/// A window whose pictures are numbered: `till-1366-03-basket-full.png`.
pub(crate) struct Album {
    pub(crate) window: Window,
    name: &'static str,
    folder: PathBuf,
    width: u32,
    taken: Cell<u32>,
}

impl Album {
    pub(crate) fn new(window: Window, name: &'static str, folder: &Path, width: u32) -> Self {
        Self { window, name, folder: folder.to_owned(), width, taken: Cell::new(0) }
    }

    /// Takes a picture once what has that hook is there.
    pub(crate) async fn take(&self, what: &str, shown: &str) -> Result<()> {
        self.window.shows(&hook(shown), "", SOON).await?;
        self.taken.set(self.taken.get() + 1);
        let number = self.taken.get();
        let file = format!("{}-{}-{number:02}-{what}.png", self.name, self.width);
        self.window.picture(&self.folder.join(file)).await
    }

    /// Touches what has that hook.
    pub(crate) async fn tap(&self, name: &str) -> Result<()> {
        self.window.press(&hook(name)).await
    }

    /// Types an order line, adds it, and waits until it is in the basket.
    pub(crate) async fn add(&self, line: &str) -> Result<()> {
        self.window.keys(line).await?;
        self.window.shows(&hook("echo-total"), "€", SOON).await?;
        self.window.keys(code::ENTER).await?;
        self.window.lacks(&hook("echo-total"), SOON).await.map(drop)
    }

    pub(crate) async fn close(self) -> Result<()> {
        self.window.close().await
    }
}
