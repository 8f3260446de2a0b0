//! Archives: what the own journals hold since the last archive, up to the last closing, as a file that
//! is written once and can be read with no program of ours (BOI-TVA-DECLA-30-10-30, 220 to 250).
//!
//! The current journal is archived up to the end of the transaction of its last closing, what was
//! written in training and before a fork up to its end. A kitchen PC closes nothing, and its journal
//! is archived as it stands. Every journal's part begins where its part of the archive before ended.

use super::check::feed;
use super::{ARCHIVES, files, timestamp};
use crate::error::Error;
use crate::store::alarms::{self, Alarm};
use crate::store::books::{self, StandingOf};
use crate::store::journals::{Branch, Held};
use crate::store::{Reader, StoreError, publications, tickets};
use crate::workstation::{BUILD, SOFTWARE, Workstation};
use fiscal::archive::format::{MANIFEST_FILE, TIMESTAMP_FILE};
use fiscal::archive::{About, ArchiveDocument, Builder, Built};
use fiscal::event::{EventCode, data};
use fiscal::record::SeriesKind;
use fiscal::replay::Standing;
use journal::{JournalId, Purpose, Seq, SigningKey};
use pos_api::{Code, Reply, Role};
use rusqlite::Transaction;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use verify::fault::FileFault;
use verify::inspect::Inspection;

/// A journal's part.
#[derive(Clone, Debug)]
struct Part {
    journal: JournalId,
    before: Option<Standing>,
    through: Seq,
}

impl Part {
    fn after(&self) -> Seq {
        self.before.as_ref().map_or(Seq(0), |before| before.seq)
    }
}

/// An archive that is about to be made.
#[derive(Debug)]
pub struct Making {
    reader: Reader,
    key: SigningKey,
    signer: JournalId,
    till: String,
    about: About,
    parts: Vec<Part>,
    folder: PathBuf,
    stamp: Option<timestamp::Authority>,
}

/// An archive whose file stands.
#[derive(Debug)]
pub struct Made {
    built: Built,
    signer: JournalId,
    period: String,
    previous: Option<String>,
    name: String,
    path: PathBuf,
    /// Whether the file, read again, is right in all it says.
    sound: bool,
}

impl Made {
    /// Whether the file, read again, is right in all it says.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.sound
    }
}

/// Sees to what is to be archived.
///
/// # Errors
///
/// [`Code::NothingThere`] where nothing was closed since the last archive.
pub fn begin(workstation: &mut Workstation) -> Result<Making, Error> {
    workstation.not_in_training()?;
    let identity = workstation.identity().cloned().ok_or(Code::SetUpState)?;
    let signer = workstation.tip().ok_or(Code::SetUpState)?.journal;
    let reader = workstation.store.reader()?;
    let created_ms = workstation.clock.now_ms();
    let today = workstation.moment().local().date().iso();
    let cut = workstation.internet_is_cut();
    let folder = workstation.folder().join(ARCHIVES);
    let till = fiscal::till_name(Purpose::Live, &identity.shop, &identity.label);
    workstation.store.read(|tx| {
        let shop = publications::shop(tx)?.ok_or(Code::NoMenu)?;
        let (parts, period) = parts(tx, signer, identity.role)?;
        if parts.is_empty() {
            return Err(Code::NothingThere.into());
        }
        let period = period
            .map_or_else(|| format!("{today}_{today}"), |(first, last)| format!("{first}_{last}"));
        let series = tickets::record_series(tx, SeriesKind::Archive, &till, signer)?;
        let about = About {
            issuer: shop.issuer(SOFTWARE, BUILD),
            period,
            created_ms,
            previous: series.previous,
        };
        let stamp = timestamp::authority(tx)?.filter(|_| !cut);
        let key = identity.key.clone();
        Ok(Making { reader, key, signer, till, about, parts, folder, stamp })
    })
}

/// The first and the last day of an archive: their dates.
type Days = Option<(String, String)>;

/// The parts there are to archive, and the days that they close.
fn parts(
    tx: &Transaction<'_>,
    signer: JournalId,
    role: Role,
) -> Result<(Vec<Part>, Days), StoreError> {
    let mut parts = Vec::new();
    let mut period: Days = None;
    for held in books::own_journals(tx)? {
        let journal = held.tip.journal;
        let before = books::standing(tx, journal, StandingOf::Archived)?;
        let part = Part { journal, before, through: end(tx, &held, signer, role)? };
        if part.through <= part.after() {
            // The journal that writes goes first: without it there is nothing to archive.
            continue;
        }
        if held.purpose == Purpose::Live {
            let days = books::days_within(tx, journal, part.after(), part.through)?;
            period = match (period, days) {
                (Some((first, last)), Some((from, to))) => Some((first.min(from), last.max(to))),
                (one, other) => one.or(other),
            };
        }
        parts.push(part);
    }
    let closed = role == Role::Kitchen || parts.iter().any(|part| part.journal == signer);
    Ok(if closed { (parts, period) } else { (Vec::new(), None) })
}

/// Where a journal's part ends; 0 where nothing of it was closed.
fn end(
    tx: &Transaction<'_>,
    held: &Held,
    signer: JournalId,
    role: Role,
) -> Result<Seq, StoreError> {
    if held.tip.journal != signer || role == Role::Kitchen {
        return Ok(held.tip.seq);
    }
    match books::last_closings(tx, signer)?.0 {
        Some(closing) => Ok(books::sealed_at(tx, signer, closing)?.unwrap_or(Seq(0))),
        None => Ok(Seq(0)),
    }
}

impl Making {
    /// Builds the archive, writes its file and checks it as an inspector would.
    ///
    /// # Errors
    ///
    /// [`Code::Folder`], [`Code::DiskFull`], [`Error::Store`].
    pub fn work(self) -> Result<Made, Error> {
        Ok(self.work_while(|| true)?.expect("nobody stopped it"))
    }

    /// The same, as long as `go_on` says so; `None`, and no file, where it said no.
    ///
    /// # Errors
    ///
    /// As [`Self::work`].
    pub fn work_while(mut self, mut go_on: impl FnMut() -> bool) -> Result<Option<Made>, Error> {
        let period = self.about.period.clone();
        let previous = self.about.previous.clone();
        let mut builder = Builder::new(self.about);
        for part in &self.parts {
            builder.begin(part.journal, part.before.clone());
            let chain = (part.journal, Branch::ORDINARY);
            let fed = feed(&mut self.reader, chain, (part.after(), part.through), |slice, _| {
                for (raw, seal) in slice {
                    builder.entry(raw, seal.as_ref());
                }
                go_on()
            })?;
            if fed.is_none() {
                return Ok(None);
            }
        }
        let mut built = builder.finish(self.signer, &self.key);
        if let Some(authority) = &self.stamp
            && let Some(stamp) = built
                .files
                .iter()
                .find(|(name, _)| name == MANIFEST_FILE)
                .and_then(|(_, manifest)| timestamp::stamp(authority, manifest))
        {
            built.files.push((TIMESTAMP_FILE.to_owned(), stamp));
        }
        let mut bytes = Cursor::new(Vec::new());
        verify::archive::write(&mut bytes, &built.files)
            .map_err(|error| Error::Fault(format!("the archive: {error}")))?;
        // Named after its content too: an attempt that was never recorded is in nobody's way.
        let brief = built.manifest.get(..8).unwrap_or_default();
        let name = format!("archive_{}_{period}_{brief}.zip", self.till);
        let path = files::put_once(&self.folder, &name, &bytes.into_inner())?;
        let sound = is_sound(&path);
        let signer = self.signer;
        Ok(Some(Made { built, signer, period, previous, name, path, sound }))
    }
}

/// Whether a file says nothing wrong, read from the disk as an inspector does. Whether the time stamp's
/// authority is one that is trusted is for whoever inspects.
fn is_sound(path: &Path) -> bool {
    let mut inspection = Inspection::new();
    match verify::archives::inspect(&[path.to_owned()], &mut inspection) {
        Ok(()) => {
            let outcome = inspection.finish();
            outcome.report.is_sound()
                && outcome.files.iter().all(|(_, fault)| *fault == FileFault::TimeStamp)
        }
        Err(error) => {
            tracing::error!(%error, path = %path.display(), "an archive cannot be read back");
            false
        }
    }
}

/// Records an archive whose file stands, and what checking it found. One that is not right in all it
/// says is an alarm, and the next begins where it began.
///
/// # Errors
///
/// [`Error::Store`].
pub fn note(workstation: &mut Workstation, operator: &str, made: Made) -> Result<Reply, Error> {
    let Made { built, signer, period, previous, name, path, sound } = made;
    let number = workstation.turn(|turn| {
        // Another one was made, or the workstation went on in another journal, meanwhile.
        let series =
            tickets::record_series(turn.tx, SeriesKind::Archive, &turn.till(), turn.journal())?;
        if turn.journal() != signer || series.previous != previous {
            return Err(Error::Fault("the books moved on while they were archived".to_owned()));
        }
        let is_year = period.get(..4) != period.get(11..15) || period.ends_with("-12-31");
        let manifest = built.manifest.clone();
        let record = turn.issue(operator, None, |head| ArchiveDocument {
            head,
            period,
            spans: built.spans,
            vat: built.vat,
            total_ttc: built.total_ttc,
            file: name,
            manifest: built.manifest,
            previous_archive: previous,
        })?;
        if sound {
            for (journal, standing) in &built.standings {
                books::set_standing(turn.tx, *journal, StandingOf::Archived, standing)?;
            }
        } else {
            // What it should hold is archived again by the next one, and nothing of it is purged.
            let (journal, seq) =
                (turn.journal(), turn.seat.pen.tip().map_or(Seq::FIRST, |tip| tip.seq));
            let detail = format!("the archive {} is not right in all it says", record.number);
            alarms::raise(turn.tx, Alarm::Broken, journal, seq, &detail, turn.now_ms)?;
        }
        let code = if is_year { EventCode::ArchiveYear } else { EventCode::ArchivePeriod };
        let archive = || record.number.clone().into();
        turn.jet(operator, code, data([("archive", archive()), ("manifest", manifest.into())]))?;
        let result = if sound { "OK" } else { "KO" };
        let members = data([("archive", archive()), ("result", result.into())]);
        turn.jet(operator, EventCode::ArchiveVerify, members)?;
        Ok::<_, Error>(record.number)
    })?;
    Ok(Reply::File { number, path: path.display().to_string() })
}

/// Copies an archive out, and records that.
///
/// # Errors
///
/// [`Code::NothingThere`] where there is no such archive, [`Code::Folder`].
pub fn copy(
    workstation: &mut Workstation,
    operator: &str,
    number: &str,
    folder: &Path,
) -> Result<PathBuf, Error> {
    let archives = workstation.store.read(|tx| books::archives(tx, u32::MAX))?;
    let archive = archives.into_iter().find(|it| it.record.number == number);
    let name = archive.ok_or(Code::NothingThere)?.document.file;
    let from = workstation.folder().join(ARCHIVES).join(&name);
    let bytes = std::fs::read(from).map_err(|_| Error::Refused(Code::NothingThere))?;
    let path = files::put_once(folder, &name, &bytes)?;
    workstation.turn(|turn| {
        turn.jet(operator, EventCode::ArchiveDownload, data([("archive", number.into())]))
    })?;
    Ok(path)
}

/// After how long without an archive one is made, in ms: eleven months, as the law wants one a year.
const LONGEST_MS: i64 = 335 * 24 * 3_600_000;

/// Whether an archive is due: a month or a year was closed and is in none, or what is in none is
/// nearly a year old.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn is_due(workstation: &mut Workstation) -> Result<bool, StoreError> {
    let Some(tip) = workstation.tip() else {
        return Ok(false);
    };
    let now_ms = workstation.clock.now_ms();
    workstation.store.read(|tx| {
        let archived = books::standing(tx, tip.journal, StandingOf::Archived)?;
        let after = archived.map_or(Seq(0), |it| it.seq);
        let (_, period) = books::last_closings(tx, tip.journal)?;
        let oldest_ms = books::first_closed_after(tx, tip.journal, after)?;
        Ok(period.is_some_and(|seq| after < seq)
            || oldest_ms.is_some_and(|ms| LONGEST_MS < now_ms.saturating_sub(ms)))
    })
}
