//! A file that is damaged: it is set aside, never deleted and never written to again, and another takes
//! its place, made of the best copy, of what can still be read of the damaged one, and of what the
//! others hold.
//!
//! The new file is older than the damaged one was, as far as anybody knows: the boot fence takes back
//! what others hold of the own journals, or the workstation goes on in a new journal, and no number is
//! given twice (docs/SYNC.md, The boot fence).

use super::escrow::Escrow;
use super::{FOLDER, Place, copies, disk, tail, words};
use crate::clock::Zone;
use crate::commands::{PEERS, PRINTERS};
use crate::fence::Fence;
use crate::store::journals::{self, Branch, Held};
use crate::store::{Reader, StoreError, cards, safekeeping};
use crate::workstation::Workstation;
use domain::card::Card;
use fiscal::event::{EventCode, data};
use journal::{BlobHash, BootId, MAX_BATCH_ENTRIES, RawEntry, Seq};
use replication::answer::cut;
use replication::{MAX_CARDS, Place as At, Push, Reply};
use std::fs;
use std::path::{Path, PathBuf};

/// Entries that are read at once out of a damaged file: fewer where that many cannot be read.
const SLICES: [usize; 3] = [MAX_BATCH_ENTRIES + 1, 51, 6];

/// A file that stands in the place of a damaged one.
#[derive(Clone, Debug)]
pub(crate) struct Rebuilt {
    /// Where the damaged one is; `None` where there was none at all.
    aside: Option<PathBuf>,
    file: PathBuf,
    /// The run that found the damage, where it goes on.
    boot: Option<BootId>,
    /// The last entries of the run before.
    tail: Vec<Push>,
}

/// Whether the file is gone, or has nothing in it, though this workstation was set up.
pub(crate) fn is_gone(place: &Place) -> bool {
    let is_empty = fs::metadata(&place.file).map_or(true, |it| it.len() == 0);
    is_empty && Escrow::read(&place.escrow()).is_some()
}

/// Puts another file in the place of the damaged one. Where that cannot be done, because nothing is
/// left to make it of or the disk is full, the damaged one stays where it is.
///
/// # Errors
///
/// `why` itself, where there is nothing to make another of; whatever the disk says.
pub(crate) fn rebuild(
    place: &Place,
    now_ms: i64,
    boot: Option<BootId>,
    why: StoreError,
) -> Result<Rebuilt, StoreError> {
    let escrow = Escrow::read(&place.escrow());
    let key = escrow.as_ref().and_then(Escrow::public_key);
    let chosen = escrow.as_ref().map(|it| PathBuf::from(&it.folder));
    let folders: Vec<PathBuf> =
        [Some(place.beside.clone()), chosen].into_iter().flatten().collect();
    let copy = copies::best(&folders, key.as_ref());
    let new = Place { file: place.file.with_extension("new"), beside: place.beside.clone() };
    for left in new.logs().iter().chain([&new.file]) {
        disk::drop_part(left);
    }
    match (&copy, &escrow) {
        (Some(copy), _) => {
            fs::copy(copy, &new.file).map_err(StoreError::Disk)?;
            if let Some(escrow) = &escrow {
                escrow.bring_up_to_date(&new.file)?;
            }
        }
        (None, Some(escrow)) => escrow.make(&new.file)?,
        (None, None) => return Err(why),
    }
    let aside = set_aside(place, now_ms).map_err(StoreError::Disk)?;
    disk::put_in_place(&new.file, &place.file).map_err(StoreError::Disk)?;
    tracing::error!(
        error = %why,
        aside = aside.as_ref().map(|it| it.display().to_string()),
        copy = copy.as_ref().map(|it| it.display().to_string()),
        "the file was damaged: another stands in its place"
    );
    Ok(Rebuilt { aside, file: place.file.clone(), boot, tail: tail::read(place) })
}

/// Puts the damaged file and its logs into a folder of the moment's name; `None` where there is none.
fn set_aside(place: &Place, now_ms: i64) -> std::io::Result<Option<PathBuf>> {
    if !place.file.try_exists()? {
        return Ok(None);
    }
    let zone = Zone::named("Europe/Paris");
    let day = zone.moment(now_ms).local().date();
    let name = words::set_aside(day, &zone.hour_minute(now_ms));
    let mut folder = place.folder().join(&name);
    let mut number = 1;
    while folder.try_exists()? {
        number += 1;
        folder = place.folder().join(format!("{name}-{number}"));
    }
    fs::create_dir(&folder)?;
    // The logs first: a file alone is older than with its log, and never the other way round.
    for from in place.logs().iter().chain([&place.file]) {
        if from.try_exists()? {
            fs::rename(from, folder.join(from.file_name().unwrap_or_default()))?;
        }
    }
    disk::sync_folder(&folder.join("x"))?;
    disk::sync_folder(&folder)?;
    Ok(Some(folder))
}

impl Rebuilt {
    /// Takes over what the damaged file still says, and asks the anchor file how much is missing.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says of the new file.
    pub(crate) fn fence(&self, workstation: &mut Workstation) -> Result<Fence, StoreError> {
        if let Some(boot) = self.boot {
            workstation.go_on_as(boot)?;
        }
        let took_back = match &self.aside {
            Some(aside) => salvage(workstation, aside, &self.file).unwrap_or_else(|error| {
                tracing::warn!(%error, "nothing more is read out of the damaged file");
                false
            }),
            None => false,
        };
        Ok(workstation.fence()?.after_damage(self.clone(), took_back))
    }

    /// Takes over the last entries of the run before, once what they follow is here; answers whether any
    /// came.
    pub(crate) fn follow_up(&self, workstation: &mut Workstation) -> Result<bool, StoreError> {
        let mut took = false;
        for push in &self.tail {
            let last = push.entries.last().map(RawEntry::hash);
            let base = push.base.map(|it| it.in_journal(push.journal));
            let (follows, is_here) = workstation.store.read(|tx| {
                let chains = journals::find(tx, push.journal)?;
                let is_here = chains.iter().any(|it| Some(it.tip.hash) == last);
                let follows = match base {
                    Some(base) => journals::chain_of(tx, base)?.is_some(),
                    None => chains.is_empty(),
                };
                Ok::<_, StoreError>((follows, is_here))
            })?;
            took |= follows && !is_here && matches!(workstation.salvage(push), Reply::Ack(_));
        }
        Ok(took)
    }

    /// Notes in the log of events that the file was damaged.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn note(&self, workstation: &mut Workstation) -> Result<(), StoreError> {
        let members = data([("first", "file".into()), ("count", 1_i64.into())]);
        workstation.note(EventCode::IntegrityFail, members)
    }
}

/// Reads out of a damaged file what the new one lacks; answers whether entries of an own journal were
/// among it. What cannot be read is left out: others may hold it.
fn salvage(workstation: &mut Workstation, aside: &Path, file: &Path) -> Result<bool, StoreError> {
    let reading = aside.join("lecture");
    let name = file.file_name().unwrap_or_default();
    let mut log = name.to_owned();
    log.push("-wal");
    fs::create_dir_all(&reading).map_err(StoreError::Disk)?;
    fs::copy(aside.join(name), reading.join(name)).map_err(StoreError::Disk)?;
    if aside.join(&log).is_file() {
        fs::copy(aside.join(&log), reading.join(&log)).map_err(StoreError::Disk)?;
    }
    let took = Reader::of_damaged(&reading.join(name))
        .and_then(|mut damaged| read_out(workstation, &mut damaged));
    if let Err(error) = fs::remove_dir_all(&reading) {
        tracing::warn!(%error, "what was read of the damaged file stays in two places");
    }
    took
}

fn read_out(workstation: &mut Workstation, damaged: &mut Reader) -> Result<bool, StoreError> {
    let chains = damaged.read(journals::all)?;
    let own = workstation.public_key();
    let mut took_back = false;
    for held in chains.iter().filter(|it| it.branch == Branch::ORDINARY) {
        let took = read_chain(workstation, damaged, held)?;
        took_back |= took && Some(held.public_key) == own;
    }
    if let Err(error) = blobs(workstation, damaged) {
        tracing::warn!(%error, "not every blob of the damaged file could be read");
    }
    if let Err(error) = customers(workstation, damaged) {
        tracing::warn!(%error, "not every card of the damaged file could be read");
    }
    for name in [PRINTERS, PEERS, FOLDER] {
        let value = damaged.read(|tx| safekeeping::raw_setting(tx, name));
        if let Ok(Some(value)) = value {
            workstation.store.write(|tx| safekeeping::set_if_missing(tx, name, &value))?;
        }
    }
    Ok(took_back)
}

/// Takes over a journal from where it ends here, as far as it can be read; answers whether any came.
fn read_chain(
    workstation: &mut Workstation,
    damaged: &mut Reader,
    held: &Held,
) -> Result<bool, StoreError> {
    let journal = held.tip.journal;
    let mut took = false;
    loop {
        let here = workstation.store.read(|tx| journals::find(tx, journal))?;
        let here = here.into_iter().find(|it| it.branch == Branch::ORDINARY).map(|it| it.tip);
        let after = here.map_or(Seq(0), |tip| tip.seq);
        let run = SLICES.into_iter().find_map(|limit| {
            let rows = damaged
                .read(|tx| journals::read_after(tx, journal, Branch::ORDINARY, after, limit))
                .ok()?;
            cut(rows, limit)
        });
        let Some(run) = run.filter(|run| !run.entries.is_empty()) else {
            return Ok(took);
        };
        let push = Push { journal, base: here.map(At::of), entries: run.entries, seal: run.seal };
        let reply = workstation.salvage(&push);
        if !matches!(reply, Reply::Ack(_)) {
            tracing::warn!(?reply, %journal, "what the damaged file says is not believed");
            return Ok(took);
        }
        took = true;
    }
}

fn blobs(workstation: &mut Workstation, damaged: &mut Reader) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let blobs = damaged.read(|tx| safekeeping::blobs_after(tx, after))?;
        let Some((last, _)) = blobs.last() else {
            return Ok(());
        };
        after = Some(*last);
        workstation.store.write(|tx| {
            for (hash, bytes) in blobs.iter().filter(|(hash, bytes)| BlobHash::of(bytes) == *hash) {
                journals::put_blob(tx, *hash, bytes)?;
            }
            Ok::<_, StoreError>(())
        })?;
    }
}

fn customers(workstation: &mut Workstation, damaged: &mut Reader) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let page = damaged.read(|tx| cards::after(tx, after, MAX_CARDS))?;
        let Some((last, _)) = page.last() else {
            return Ok(());
        };
        after = *last;
        workstation.store.write(|tx| {
            for card in page.iter().filter_map(|(_, card)| Card::decode(card).ok()) {
                cards::merge(tx, card)?;
            }
            Ok::<_, StoreError>(())
        })?;
    }
}
