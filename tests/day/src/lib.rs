//! A whole day of a shop at one till, and the day before, and a week of its past: played without a
//! window, through the commands that a screen sends, left as files, and checked.
//!
//! Everything follows from the seed, keys included: what is left is for trials and for nobody's books.
#![warn(missing_docs)]

mod centre;
mod check;
mod leave;
mod raw;
mod script;
mod till;
mod when;

use anyhow::{Context as _, Result};
use std::path::Path;

/// What was played and found right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Played {
    /// Commands that were done.
    pub done: u64,
    /// Commands that were refused, as they had to be.
    pub refused: u64,
    /// Papers that were printed, the drawer's pulses not counted.
    pub papers: usize,
    /// What was compared with what the documents say.
    pub checked: check::Checked,
}

impl Played {
    /// What happened, on one line, for a person.
    #[must_use]
    pub fn line(&self) -> String {
        let check::Checked { tickets, closings, archives, exports, total, .. } = self.checked;
        format!(
            "{} commandes faites, {} refusées comme il se doit ; {tickets} tickets, {closings} clôtures, \
             {} papiers, {archives} archive(s), {exports} fichiers d'export ; tickets = clôtures = exports \
             = {} € ; CONFORME",
            self.done,
            self.refused,
            self.papers,
            total.french(),
        )
    }
}

/// Plays the day of this seed, leaves its files in `folder`, which is emptied first, and checks them.
///
/// # Errors
///
/// What was refused and should not have been, or the other way about; what does not add up.
pub fn play(seed: u64, folder: &Path) -> Result<Played> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    let of_till = folder.join(leave::TILL);
    std::fs::create_dir_all(&of_till)?;
    let mut till = till::Till::set_up(&of_till, seed).context("the till is set up")?;
    let story = script::play(&mut till)?;
    let ended = till.moment();
    let (printed, done, refused) = (std::mem::take(&mut till.printed), till.done, till.refused);
    let anchors = till.end()?;
    std::fs::write(folder.join(leave::ANCHORS), anchors)?;
    leave::copy(folder)?;
    let papers = leave::papers(folder, &printed)?;
    let documents = raw::documents(&folder.join(leave::COPY))?;
    let checked = check::check(folder, &documents)?;
    leave::verdicts(folder, ended)?;
    leave::listing(folder, seed, &documents)?;
    leave::closings(folder, &documents)?;
    leave::readme(folder, seed, &story)?;
    Ok(Played { done, refused, papers, checked })
}
