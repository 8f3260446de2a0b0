//! Copies of the file: every hour in which something was written, beside the data folder and in the
//! folder that people chose; the first of each business day checked entry by entry.

use super::disk;
use super::{FOLDER, Place};
use crate::books::check::Checking;
use crate::clock::Zone;
use crate::error::Error;
use crate::store::{Reader, StoreError, publications, safekeeping, settings};
use crate::workstation::Workstation;
use fiscal::time::{Civil, DEFAULT_CUT_HOUR};
use journal::PublicKey;
use pos_api::{BackupLine, BackupTrouble, Code, Reply};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How often a copy is made, in ms.
pub const EVERY_MS: i64 = 3_600_000;

/// How a copy's name ends.
const SUFFIX: &str = ".sqlite";
/// What stands before that where every entry was checked.
const CHECKED: &str = "-verifie";
/// Letters of a name's moment, "20261120-191000".
const MOMENT: usize = 15;

/// Copies that stay: of each hour, and of each day with its entries checked. The last of those is never
/// among what goes.
#[derive(Clone, Copy, Debug)]
struct Stay {
    hourly: usize,
    checked: usize,
}

/// In the folder that people chose.
const CHOSEN: Stay = Stay { hourly: 24, checked: 14 };
/// Beside the data folder, on the disk that the counter fills.
const BESIDE: Stay = Stay { hourly: 3, checked: 2 };

/// Says whether to go on; asked now and then by what takes long.
pub type GoOn = Arc<dyn Fn() -> bool + Send + Sync>;

/// A copy that is about to be made.
#[derive(Debug)]
pub struct Copying {
    reader: Reader,
    place: Place,
    chosen: String,
    name: String,
    time: String,
    thoroughly: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// The copy, where one stands: the one in the chosen folder before the one beside.
    pub last: Option<BackupLine>,
    /// Why there is none where one should be.
    pub trouble: Option<BackupTrouble>,
    /// The copy cannot be read through: the file itself may be damaged.
    pub suspected: bool,
    /// How many entries there were.
    pub entries: i64,
}

/// Sees to a copy. `thoroughly` has every entry checked; `None` has it if none of this business day was.
///
/// # Errors
///
/// [`Code::SetUpState`] before the first run is done; whatever SQLite says.
pub fn begin(workstation: &mut Workstation, thoroughly: Option<bool>) -> Result<Copying, Error> {
    let identity = workstation.identity().cloned().ok_or(Code::SetUpState)?;
    let place = workstation.place();
    let local = workstation.moment().local();
    let (chosen, cut_hour) = workstation.store.read(|tx| {
        let chosen: Option<String> = settings::get(tx, FOLDER)?;
        let cut_hour = publications::shop(tx)?.map_or(DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
        Ok::<_, StoreError>((chosen.unwrap_or_default(), cut_hour))
    })?;
    let begins = format!("{}-{}-", identity.shop, identity.label);
    let date = local.date();
    let (hour, minute) = (local.hour, local.minute);
    let moment = moment(local);
    let thoroughly = thoroughly.unwrap_or_else(|| {
        let day = workstation.moment().business_date(cut_hour).iso().replace('-', "");
        let since = format!("{day}-{cut_hour:02}0000");
        // One of later than now is of a clock that was wrong.
        let of_today = |it: &Found| it.checked && since <= it.moment && it.moment <= moment;
        !list(&place.beside).iter().any(of_today)
    });
    Ok(Copying {
        reader: workstation.store.reader()?,
        place,
        chosen,
        name: format!("{begins}{moment}"),
        time: format!("{} {hour:02}:{minute:02}", date.iso()),
        thoroughly,
    })
}

/// A try that failed, and whether what was copied cannot be read through.
enum Failed {
    Trouble(BackupTrouble),
    Damaged,
    Stopped,
}

impl Copying {
    /// Makes it; `None` where `go_on` said no.
    ///
    /// # Errors
    ///
    /// [`Error::Store`] where the file cannot be read for a reason that is neither damage nor a full
    /// disk.
    pub fn work(mut self, go_on: &GoOn) -> Result<Option<Copied>, Error> {
        let entries = match self.reader.read(safekeeping::entries) {
            Ok(entries) => entries,
            Err(error) if error.is_damage() => return Ok(Some(Copied::of_damaged())),
            Err(error) => return Err(error.into()),
        };
        let mut copied = Copied { last: None, trouble: None, suspected: false, entries };
        let path = match self.beside(go_on)? {
            Ok(path) => path,
            Err(Failed::Stopped) => return Ok(None),
            Err(Failed::Damaged) => return Ok(Some(Copied { entries, ..Copied::of_damaged() })),
            Err(Failed::Trouble(trouble)) => {
                tracing::error!(?trouble, "no copy of the file was made");
                return Ok(Some(Copied { trouble: Some(trouble), ..copied }));
            }
        };
        let best =
            if self.chosen.is_empty() { Ok(path.clone()) } else { self.chosen(&path, go_on) };
        copied.last = Some(self.line(best.as_ref().unwrap_or(&path)));
        match best {
            Ok(_) => tracing::info!(path = %path.display(), "a copy of the file was made"),
            Err(Failed::Stopped) => return Ok(None),
            Err(Failed::Damaged) => copied.trouble = Some(BackupTrouble::Unreadable),
            Err(Failed::Trouble(trouble)) => copied.trouble = Some(trouble),
        }
        if let Some(trouble) = copied.trouble {
            tracing::error!(?trouble, folder = self.chosen, "no copy in the chosen folder");
        }
        Ok(Some(copied))
    }

    /// Makes the copy beside the data folder.
    fn beside(&mut self, go_on: &GoOn) -> Result<Result<PathBuf, Failed>, Error> {
        let folder = self.place.beside.clone();
        if let Err(error) = fs::create_dir_all(&folder) {
            return Ok(Err(failed(&error)));
        }
        let bytes = size(&self.place.file) + size(&self.place.logs()[0]);
        if !disk::has_room(&folder, bytes) {
            return Ok(Err(Failed::Trouble(BackupTrouble::Full)));
        }
        let part = disk::part(&folder.join(&self.name));
        disk::drop_part(&part);
        let made = self.make(&part, go_on);
        if !matches!(made, Ok(Ok(_))) {
            disk::drop_part(&part);
        }
        match made {
            Ok(Ok(checked)) => {
                self.thoroughly = checked;
                let path = folder.join(self.file_name());
                let put = disk::put_in_place(&part, &path).map_err(|error| failed(&error));
                rotate(&folder, &self.name, BESIDE);
                Ok(put.map(|()| path))
            }
            Ok(Err(failed)) => Ok(Err(failed)),
            Err(Error::Store(error)) if error.is_disk_full() => {
                Ok(Err(Failed::Trouble(BackupTrouble::Full)))
            }
            Err(Error::Store(error)) if error.is_damage() => Ok(Err(Failed::Damaged)),
            Err(error) => Err(error),
        }
    }

    /// Copies and reads back; answers whether every entry was checked, and is right.
    fn make(&mut self, part: &Path, go_on: &GoOn) -> Result<Result<bool, Failed>, Error> {
        if !self.reader.copy_to(part, || go_on())? {
            return Ok(Err(Failed::Stopped));
        }
        let copy = Reader::of_copy(part)?;
        match read_through(&copy, self.thoroughly, go_on)? {
            None => return Ok(Err(Failed::Stopped)),
            Some(false) => return Ok(Err(Failed::Damaged)),
            Some(true) => {}
        }
        if !self.thoroughly {
            return Ok(Ok(false));
        }
        let checked = Checking::of(copy)?.work_while(|_| go_on())?;
        let Some(checked) = checked else {
            return Ok(Err(Failed::Stopped));
        };
        if !checked.is_sound() {
            tracing::error!(faults = checked.faults(), "entries of a copy are not right");
        }
        Ok(Ok(checked.is_sound()))
    }

    /// Brings the copy to the chosen folder, and reads it back there.
    fn chosen(&self, from: &Path, go_on: &GoOn) -> Result<PathBuf, Failed> {
        let folder = Path::new(&self.chosen);
        if let Some(trouble) = trouble_with(folder, self.place.folder()) {
            return Err(Failed::Trouble(trouble));
        }
        if !disk::has_room(folder, size(from)) {
            return Err(Failed::Trouble(BackupTrouble::Full));
        }
        let path = folder.join(self.file_name());
        let part = disk::part(&path);
        let brought = fs::copy(from, &part).map_err(|error| failed(&error)).and_then(|_| {
            let sound = Reader::of_copy(&part).and_then(|it| read_through(&it, false, go_on));
            match sound {
                Ok(Some(true)) => disk::put_in_place(&part, &path).map_err(|error| failed(&error)),
                Ok(Some(false)) => Err(Failed::Trouble(BackupTrouble::Unreadable)),
                Ok(None) => Err(Failed::Stopped),
                Err(error) => {
                    tracing::error!(%error, "a copy cannot be read back");
                    Err(Failed::Trouble(BackupTrouble::Unreadable))
                }
            }
        });
        if brought.is_err() {
            disk::drop_part(&part);
        }
        rotate(folder, &self.name, CHOSEN);
        brought.map(|()| path)
    }

    fn file_name(&self) -> String {
        let checked = if self.thoroughly { CHECKED } else { "" };
        format!("{}{checked}{SUFFIX}", self.name)
    }

    fn line(&self, path: &Path) -> BackupLine {
        BackupLine {
            time: self.time.clone(),
            path: path.display().to_string(),
            bytes: size(path),
            verified: self.thoroughly,
        }
    }
}

impl Copied {
    const fn of_damaged() -> Self {
        let trouble = Some(BackupTrouble::Unreadable);
        Self { last: None, trouble, suspected: true, entries: 0 }
    }

    /// Tells the run what came of it: a copy that was made before stays the last.
    pub fn tell(&self, workstation: &Workstation) {
        workstation.shared.change(|state| {
            if self.last.is_some() {
                state.safe.last.clone_from(&self.last);
            }
            state.safe.trouble = self.trouble;
            state.safe.suspected |= self.suspected;
        });
    }

    /// What a person who asked for a copy is told.
    ///
    /// # Errors
    ///
    /// [`Code::DiskFull`], [`Code::Folder`], [`Code::Storage`] where no copy was made.
    pub fn reply(self) -> Result<Reply, Error> {
        match (self.last, self.trouble) {
            (Some(line), _) => {
                let name = Path::new(&line.path).file_name().unwrap_or_default();
                Ok(Reply::File { number: name.to_string_lossy().into_owned(), path: line.path })
            }
            (None, Some(BackupTrouble::Full)) => Err(Code::DiskFull.into()),
            (None, Some(BackupTrouble::Unreadable)) => Err(Code::Storage.into()),
            (None, Some(BackupTrouble::NoFolder | BackupTrouble::SameDisk) | None) => {
                Err(Code::Folder.into())
            }
        }
    }
}

fn read_through(copy: &Reader, thoroughly: bool, go_on: &GoOn) -> Result<Option<bool>, StoreError> {
    let go_on = Arc::clone(go_on);
    copy.is_sound(thoroughly, move || go_on())
}

fn failed(error: &io::Error) -> Failed {
    tracing::error!(%error, "a copy of the file was not written");
    let full = disk::is_full(error);
    Failed::Trouble(if full { BackupTrouble::Full } else { BackupTrouble::NoFolder })
}

/// Why no copy can be made in a folder, as far as that is seen without writing.
pub(crate) fn trouble_with(folder: &Path, data: &Path) -> Option<BackupTrouble> {
    if !folder.is_dir() {
        return Some(BackupTrouble::NoFolder);
    }
    match disk::is_same_device(folder, data) {
        Ok(true) => Some(BackupTrouble::SameDisk),
        Ok(false) => None,
        Err(_) => Some(BackupTrouble::NoFolder),
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).map_or(0, |it| it.len())
}

/// A copy that stands in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    begins: String,
    moment: String,
    checked: bool,
}

/// The copies in a folder, newest first by their names; none where it cannot be read.
pub(crate) fn list(folder: &Path) -> Vec<Found> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<Found> = entries.filter_map(|it| found(it.path())).collect();
    found.sort_by(|a, b| b.moment.cmp(&a.moment).then_with(|| a.path.cmp(&b.path)));
    found
}

fn found(path: PathBuf) -> Option<Found> {
    let name = path.file_name()?.to_str()?.strip_suffix(SUFFIX)?;
    let (name, checked) = match name.strip_suffix(CHECKED) {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (begins, moment) = name.split_at_checked(name.len().checked_sub(MOMENT)?)?;
    let is_moment = moment.bytes().enumerate().all(|(place, it)| match place {
        8 => it == b'-',
        _ => it.is_ascii_digit(),
    });
    let (begins, moment) = (begins.to_owned(), moment.to_owned());
    is_moment.then_some(Found { path, begins, moment, checked })
}

/// Whether a copy of less than an hour ago stands beside the data folder: by an earlier run.
pub(crate) fn is_recent(
    reader: &mut Reader,
    place: &Place,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let shop = reader.read(publications::shop)?;
    let zone = Zone::named(shop.as_ref().map_or("Europe/Paris", |shop| &shop.timezone));
    let since = moment(zone.moment(now_ms.saturating_sub(EVERY_MS)).local());
    let now = moment(zone.moment(now_ms).local());
    Ok(list(&place.beside).iter().any(|it| since < it.moment && it.moment <= now))
}

/// A moment as names hold it.
fn moment(local: Civil) -> String {
    let date = local.date().iso().replace('-', "");
    format!("{date}-{:02}{:02}{:02}", local.hour, local.minute, local.second)
}

/// The newest copy of a folder, as it is shown.
pub(crate) fn newest(folder: &Path) -> Option<BackupLine> {
    let found = list(folder).into_iter().next()?;
    let part = |from: usize, to: usize| found.moment.get(from..to);
    Some(BackupLine {
        time: format!(
            "{}-{}-{} {}:{}",
            part(0, 4)?,
            part(4, 6)?,
            part(6, 8)?,
            part(9, 11)?,
            part(11, 13)?
        ),
        path: found.path.display().to_string(),
        bytes: size(&found.path),
        verified: found.checked,
    })
}

/// Takes away the oldest of a workstation's copies that are more than stay, after the one called `last` was
/// made. Those of later than that are of a clock that was wrong, now or then: they go first, else each copy
/// would go as soon as it is made.
fn rotate(folder: &Path, last: &str, stay: Stay) {
    let (begins, now) = last.split_at(last.len().saturating_sub(MOMENT));
    let (mut hourly, mut checked) = (0, 0);
    let mut copies = list(folder);
    copies.retain(|it| it.begins == begins);
    copies.sort_by_key(|it| now < it.moment.as_str());
    for found in copies {
        let (count, most) =
            if found.checked { (&mut checked, stay.checked) } else { (&mut hourly, stay.hourly) };
        *count += 1;
        if most < *count
            && let Err(error) = fs::remove_file(&found.path)
        {
            tracing::warn!(%error, path = %found.path.display(), "an old copy stays");
        }
    }
}

/// The best copy of a workstation's file in some folders: the one with the most entries that can be
/// read through.
pub(crate) fn best(folders: &[PathBuf], key: Option<&PublicKey>) -> Option<PathBuf> {
    let mut candidates: Vec<(i64, String, PathBuf)> = Vec::new();
    for found in folders.iter().flat_map(|folder| list(folder)) {
        match entries_of(&found.path, key) {
            Ok(Some(entries)) => candidates.push((entries, found.moment, found.path)),
            Ok(None) => {}
            Err(error) => {
                tracing::warn!(%error, path = %found.path.display(), "a copy cannot be read");
            }
        }
    }
    candidates.sort();
    candidates.into_iter().rev().map(|(_, _, path)| path).find(|path| {
        let sound = Reader::of_copy(path).and_then(|it| it.is_sound(false, || true));
        matches!(sound, Ok(Some(true)))
    })
}

/// How many entries a copy has, where it is this workstation's.
fn entries_of(path: &Path, key: Option<&PublicKey>) -> Result<Option<i64>, StoreError> {
    Reader::of_copy(path)?.read(|tx| {
        let Some(identity) = settings::identity(tx)? else {
            return Ok(None);
        };
        let is_ours = key.is_none_or(|key| *key == identity.key.public_key());
        if is_ours { safekeeping::entries(tx).map(Some) } else { Ok(None) }
    })
}

#[cfg(test)]
mod tests {
    use super::{BESIDE, found, list, newest, rotate};
    use std::fs;

    #[test]
    fn names_are_read_back_and_others_are_left_alone() {
        for other in ["notes.txt", "P01-C1-20261120-1910.sqlite", "x.sqlite", ".sqlite"] {
            assert_eq!(found(other.into()), None, "{other}");
        }
        let checked = found("P01-C1-20261120-191000-verifie.sqlite".into()).unwrap();
        assert_eq!((checked.begins.as_str(), checked.checked), ("P01-C1-", true));
        assert_eq!(checked.moment, "20261120-191000");
    }

    #[test]
    fn the_oldest_go_and_those_of_others_and_the_last_checked_one_stay() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str| fs::write(folder.path().join(name), b"x").unwrap();
        put("P01-C1-20261101-040000-verifie.sqlite");
        put("P01-C2-20261101-040000.sqlite");
        put("other.txt");
        for hour in 10..20 {
            put(&format!("P01-C1-20261120-{hour}0000.sqlite"));
        }
        rotate(folder.path(), "P01-C1-20261120-190000", BESIDE);
        let names: Vec<String> = list(folder.path())
            .iter()
            .map(|it| it.path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(
            names,
            [
                "P01-C1-20261120-190000.sqlite",
                "P01-C1-20261120-180000.sqlite",
                "P01-C1-20261120-170000.sqlite",
                "P01-C1-20261101-040000-verifie.sqlite",
                "P01-C2-20261101-040000.sqlite",
            ]
        );
        assert_eq!(newest(folder.path()).unwrap().time, "2026-11-20 19:00");
    }

    #[test]
    fn a_copy_stays_though_others_are_of_a_clock_that_was_ahead() {
        let folder = tempfile::tempdir().unwrap();
        for year in [2036, 2037, 2038] {
            fs::write(folder.path().join(format!("P01-C1-{year}0101-120000.sqlite")), b"x")
                .unwrap();
        }
        for hour in 10..14 {
            let name = format!("P01-C1-20261120-{hour}0000");
            let path = folder.path().join(format!("{name}.sqlite"));
            fs::write(&path, b"x").unwrap();
            rotate(folder.path(), &name, BESIDE);
            assert!(path.exists(), "{name}");
        }
        assert_eq!(newest(folder.path()).unwrap().time, "2026-11-20 13:00");
        assert_eq!(list(folder.path()).len(), 3);
    }
}
