//! Copies of a disk that were put aside, and what happens when one of them is put back.

use super::{Ails, Pc};
use crate::mutant::Mutant;
use faulty_disk::{Disk, Image};
use journal::Tip;
use journal::mutant::is;
use pos_core::anchor::{Anchor, Found};
use std::fs;

/// A disk and the anchor file beside it, as they were once.
pub(crate) struct Kept {
    image: Image,
    anchor: Option<Vec<u8>>,
}

impl Kept {
    pub(crate) fn of(pc: &Pc) -> Self {
        Self { image: pc.disk.image(), anchor: fs::read(&pc.anchor).ok() }
    }

    /// Puts the copy in the disk's place; what was promised since is gone with that.
    pub(crate) fn put_back(self, pc: &mut Pc, with_anchor: bool) {
        pc.kill();
        pc.disk = Disk::from(self.image);
        pc.turned_away = 0;
        pc.armed = None;
        pc.believed = None;
        pc.ails = Ails { old: pc.ails.old, ..Ails::default() };
        pc.promised.clear();
        pc.was_set_back = true;
        pc.cards.clear();
        pc.parked = false;
        pc.uncommitted = None;
        if with_anchor {
            match &self.anchor {
                Some(text) => fs::write(&pc.anchor, text).expect("there is room for a small file"),
                None => pc.lose_anchor(),
            }
        }
        // Set back twice with no start between, its anchor file may be older than this copy, and warns of
        // nothing.
        let is_second = pc.anchor_of_copy.is_some();
        pc.anchor_of_copy = Some(if is_second { fs::read(&pc.anchor).ok() } else { self.anchor });
    }
}

impl Pc {
    /// It died: where its program commits late, what was done last is not on its disk.
    pub(crate) fn lose_uncommitted(&mut self) {
        if let Some((kept, promised)) = self.uncommitted.take() {
            let printed = std::mem::take(&mut self.promised);
            kept.put_back(self, true);
            self.promised = if is(Mutant::PrintBeforeCommit) { printed } else { promised };
        }
    }

    /// What the anchor file says, where that is not what the copy says that the disk was set back to:
    /// the others must then be asked. `None` where they need not be.
    pub(crate) fn warned(&mut self) -> Option<Vec<Tip>> {
        let of_copy = self.anchor_of_copy.take()?;
        let now = fs::read(&self.anchor).ok();
        let marks = match Anchor::at(Some(self.anchor.clone())).read(&self.key) {
            Found::Marks(marks) => marks,
            Found::Nothing | Found::Unreadable => Vec::new(),
        };
        (now.is_none() || now != of_copy).then(|| marks.into_iter().map(|mark| mark.tip).collect())
    }

    /// The anchor file is gone.
    pub(crate) fn lose_anchor(&self) {
        // Where there was none, none is lost.
        fs::remove_file(&self.anchor).ok();
    }
}
