//! Checking the journals: everything that is stored is read again from its bytes and replayed
//! ([`fiscal::replay`]), with what others are known to hold.

use crate::error::Error;
use crate::store::books::{self, StandingOf};
use crate::store::journals::{self, Branch, Held};
use crate::store::{Reader, StoreError};
use crate::workstation::{Turn, Workstation};
use fiscal::event::{EventCode, data};
use fiscal::replay::{Anchor, Replay, Report, Standing};
use journal::{JournalId, RawEntry, Seq, Signature};
use rusqlite::Transaction;
use verify::fault::FileFault;
use verify::words;

/// Entries read in one snapshot: the writer's log can be moved into the file between two.
const SLICE: usize = 2_000;

/// How much is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every history of every journal here, from its first entry.
    All,
    /// The own journals, from where they stood at the last check that found nothing wrong: the last
    /// entries at a start, the day at its closing.
    Recent,
}

/// A stretch of a journal to check.
#[derive(Clone, Debug)]
struct Stretch {
    held: Held,
    before: Option<Standing>,
}

/// A check that is about to be made.
#[derive(Debug)]
pub struct Checking {
    reader: Reader,
    stretches: Vec<Stretch>,
    anchors: Vec<Anchor>,
}

/// A check that was made.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was found among the entries.
    pub report: Report,
    /// The tables that do not say what the entries do, and in how many rows.
    pub tables: Vec<(&'static str, u64)>,
}

/// Sees to what is to be checked.
///
/// # Errors
///
/// [`Error::Store`].
pub fn begin(workstation: &mut Workstation, scope: Scope) -> Result<Checking, Error> {
    let reader = workstation.store.reader()?;
    let (stretches, anchors) = workstation.store.read(|tx| {
        let stretches = match scope {
            Scope::All => {
                let all = journals::all(tx)?.into_iter();
                all.map(|held| Stretch { held, before: None }).collect()
            }
            Scope::Recent => recent(tx)?,
        };
        Ok::<_, StoreError>((stretches, anchors(tx)?))
    })?;
    Ok(Checking { reader, stretches, anchors })
}

fn recent(tx: &Transaction<'_>) -> Result<Vec<Stretch>, StoreError> {
    let mut stretches = Vec::new();
    for held in books::own_journals(tx)? {
        let before = books::standing(tx, held.tip.journal, StandingOf::Checked)?;
        if before.as_ref().is_none_or(|before| before.seq < held.tip.seq) {
            stretches.push(Stretch { held, before });
        }
    }
    Ok(stretches)
}

/// What others hold, and where archives ended.
fn anchors(tx: &Transaction<'_>) -> Result<Vec<Anchor>, StoreError> {
    let held = books::held_by_others(tx)?.into_iter();
    let mut anchors: Vec<Anchor> =
        held.map(|tip| Anchor { journal: tip.journal, seq: tip.seq, hash: tip.hash }).collect();
    for held in books::own_journals(tx)? {
        let standing = books::standing(tx, held.tip.journal, StandingOf::Archived)?;
        if let Some((seq, hash)) = standing.and_then(|it| Some((it.seq, it.hash?))) {
            anchors.push(Anchor { journal: held.tip.journal, seq, hash });
        }
    }
    Ok(anchors)
}

impl Checking {
    /// A check of all that a copy of the file holds.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn of(mut reader: Reader) -> Result<Self, StoreError> {
        let (stretches, anchors) = reader.read(|tx| {
            let all = journals::all(tx)?.into_iter();
            let stretches = all.map(|held| Stretch { held, before: None }).collect();
            Ok::<_, StoreError>((stretches, anchors(tx)?))
        })?;
        Ok(Self { reader, stretches, anchors })
    }

    /// How many entries there are to check.
    #[must_use]
    pub fn entries(&self) -> u64 {
        let left = |it: &Stretch| {
            let before = it.before.as_ref().map_or(0, |before| before.seq.0);
            it.held.tip.seq.0.saturating_sub(before)
        };
        self.stretches.iter().map(left).sum()
    }

    /// Checks, and says after each slice how many entries were read so far.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the file cannot be read; what is read and is not right is no error, but
    /// in the report.
    pub fn work(self, mut progress: impl FnMut(u64)) -> Result<Checked, StoreError> {
        let checked = self.work_while(|so_far| {
            progress(so_far);
            true
        })?;
        Ok(checked.expect("nobody stopped it"))
    }

    /// The same, as long as `go_on`, which is told how many entries were read, says so; `None` where
    /// it said no.
    ///
    /// # Errors
    ///
    /// As [`Self::work`].
    pub fn work_while(
        mut self,
        mut go_on: impl FnMut(u64) -> bool,
    ) -> Result<Option<Checked>, StoreError> {
        let mut replay = Replay::new();
        for anchor in &self.anchors {
            replay.anchor(*anchor);
        }
        let mut read = 0;
        for stretch in &self.stretches {
            let tip = stretch.held.tip;
            let after = stretch.before.as_ref().map_or(Seq(0), |before| before.seq);
            match &stretch.before {
                Some(standing) => replay.begin_after(tip.journal, standing.clone()),
                None => replay.begin(tip.journal),
            }
            let chain = (tip.journal, stretch.held.branch);
            let fed = feed(&mut self.reader, chain, (after, tip.seq), |slice, so_far| {
                for (raw, seal) in slice {
                    replay.entry(raw, seal.as_ref());
                }
                go_on(read + so_far)
            })?;
            let Some(fed) = fed else {
                return Ok(None);
            };
            read += fed;
        }
        let tables = match self.reader.read(books::tables_that_differ) {
            // The entry that cannot be read is among what the replay found.
            Err(StoreError::Broken(_)) => Vec::new(),
            tables => tables?,
        };
        Ok(Some(Checked { report: replay.finish(), tables }))
    }
}

/// Hands a history's entries after a place, up to and with another, to `each`, slice by slice, with
/// how many there were so far; answers how many, or `None` where `each` wants no more.
pub(super) fn feed(
    reader: &mut Reader,
    (journal, branch): (JournalId, Branch),
    (after, through): (Seq, Seq),
    mut each: impl FnMut(&[(RawEntry, Option<Signature>)], u64) -> bool,
) -> Result<Option<u64>, StoreError> {
    let mut at = after;
    while at < through {
        let wish = usize::try_from(through.0 - at.0).unwrap_or(SLICE).min(SLICE);
        let slice = reader.read(|tx| journals::read_after(tx, journal, branch, at, wish))?;
        if slice.is_empty() {
            break;
        }
        at = Seq(at.0 + u64::try_from(slice.len()).unwrap_or(0));
        if !each(&slice, at.0 - after.0) {
            return Ok(None);
        }
    }
    Ok(Some(at.0 - after.0))
}

impl Checked {
    /// How many entries were read.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.report.journals.iter().map(|it| it.entries).sum()
    }

    /// How many things are wrong.
    #[must_use]
    pub fn faults(&self) -> u64 {
        let listed = self.report.findings.len().saturating_add(self.tables.len());
        u64::try_from(listed).unwrap_or(u64::MAX).saturating_add(self.report.more)
    }

    /// Whether nothing is.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.report.is_sound() && self.tables.is_empty()
    }

    /// The first of them: its code, and where it is.
    fn first(&self) -> Option<String> {
        let of_entries = self.report.findings.first().map(|first| {
            let place = first.seq.map_or_else(String::new, |seq| format!("/{}", seq.0));
            format!("{} {}{place}", first.what.code(), first.journal.hex())
        });
        let of_table = |(table, rows): &(&'static str, u64)| {
            format!("{} {table}", FileFault::Projection { table, rows: *rows }.code())
        };
        of_entries.or_else(|| self.tables.first().map(of_table))
    }

    /// What is wrong, a sentence each.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let of_tables = self.tables.iter().map(|(table, rows)| {
            words::file_fault(table, &FileFault::Projection { table, rows: *rows })
        });
        self.report.findings.iter().map(|it| words::finding(it, None)).chain(of_tables).collect()
    }
}

/// Records that a check was made, and where it ended if nothing was wrong.
///
/// # Errors
///
/// [`Error::Store`].
pub fn note(workstation: &mut Workstation, operator: &str, checked: &Checked) -> Result<(), Error> {
    workstation.turn(|turn| {
        in_the_log(turn, operator, checked)?;
        if !checked.is_sound() {
            return Ok(());
        }
        for summary in &checked.report.journals {
            let chains = journals::find(turn.tx, summary.journal)?;
            // A second history's end is not where the ordinary one stands.
            let is_alone = chains.len() == 1 && chains.iter().all(|it| it.own);
            if is_alone && summary.standing.seq != Seq(0) {
                let of = StandingOf::Checked;
                books::set_standing(turn.tx, summary.journal, of, &summary.standing)?;
            }
        }
        Ok(())
    })
}

fn in_the_log(turn: &mut Turn<'_>, operator: &str, checked: &Checked) -> Result<(), Error> {
    let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    let own = turn.journal();
    let of_own = checked.report.journals.iter().find(|it| it.journal == own);
    let (from, to) = of_own.map_or((0, 0), |it| (it.first.0, it.last.0));
    match checked.first() {
        None => {
            let members = data([
                ("from", number(from).into()),
                ("to", number(to).into()),
                ("entries", number(checked.entries()).into()),
            ]);
            turn.jet(operator, EventCode::IntegrityOk, members)
        }
        Some(first) => {
            let members =
                data([("first", first.into()), ("count", number(checked.faults()).into())]);
            turn.jet(operator, EventCode::IntegrityFail, members)
        }
    }
}
