//! What somebody has to look at: second histories, and what came and was not believed.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use journal::mutant::{self, Mutant};
use journal::{JournalId, Seq};
use rusqlite::{Row, Transaction, named_params};

/// Something that somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A journal has two histories.
    Fork,
    /// The file is older than a witness, whose entries could not be had back.
    Restored,
    /// The anchor file is gone, cannot be read, or knows another history.
    Anchor,
    /// A signed document is not what was signed.
    Broken,
    /// The clock went back, or leapt.
    Clock,
    /// Another refused our entries.
    Refused,
    /// An entry was put aside.
    Parked,
}

/// An alarm that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Its number.
    pub alarm: i64,
    /// What it is.
    pub kind: Alarm,
    /// The journal that it is about, where it is about one.
    pub journal: Option<JournalId>,
    /// Where in it.
    pub seq: Option<Seq>,
    /// For the log and the support, in English.
    pub detail: String,
    /// When, in ms since 1970 UTC.
    pub raised_ms: i64,
    /// The operator who took note, and when (ms since 1970 UTC).
    pub acknowledged: Option<(String, i64)>,
}

impl Alarm {
    const fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Restored => "restored",
            Self::Anchor => "anchor",
            Self::Broken => "broken",
            Self::Clock => "clock",
            Self::Refused => "refused",
            Self::Parked => "parked",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        const ALL: [Alarm; 7] = [
            Alarm::Fork,
            Alarm::Restored,
            Alarm::Anchor,
            Alarm::Broken,
            Alarm::Clock,
            Alarm::Refused,
            Alarm::Parked,
        ];
        ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Raises an alarm, once per place.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn raise(
    tx: &Transaction<'_>,
    alarm: Alarm,
    journal: JournalId,
    seq: Seq,
    detail: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    if alarm == Alarm::Fork && mutant::is(Mutant::SilentFork) {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO alarm (kind, journal, seq, detail, raised_ms)
         VALUES (:kind, :journal, :seq, :detail, :raised_ms)
             ON CONFLICT (kind, journal, seq) DO NOTHING",
    )?
    .execute(named_params! {
        ":kind": alarm.name(),
        ":journal": journal.as_bytes(),
        ":seq": to_sql(seq.0),
        ":detail": detail,
        ":raised_ms": now_ms,
    })?;
    Ok(())
}

/// Whether a journal is known to have two histories.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn is_forked(tx: &Transaction<'_>, journal: JournalId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM alarm WHERE kind = 'fork' AND journal = :journal")?
        .exists(named_params! { ":journal": journal.as_bytes() })?)
}

/// How many journals have two histories, or lost entries to a restored file, of which nobody has
/// taken note: what the safety line says.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn forks(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let forks = tx
        .prepare_cached(
            "SELECT count(DISTINCT journal)
               FROM alarm
              WHERE kind IN ('fork', 'restored', 'anchor') AND acknowledged_ms IS NULL",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(from_sql(forks))
}

/// Every alarm, those of which nobody took note first, then the latest first.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn list(tx: &Transaction<'_>) -> Result<Vec<Raised>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT alarm, kind, journal, seq, detail, raised_ms, acknowledged_by, acknowledged_ms
           FROM alarm
          ORDER BY acknowledged_ms IS NOT NULL, alarm DESC",
    )?;
    let mut rows = statement.query([])?;
    let mut raised = Vec::new();
    while let Some(row) = rows.next()? {
        raised.push(read(row)?);
    }
    Ok(raised)
}

fn read(row: &Row<'_>) -> Result<Raised, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("alarm");
    let journal: Option<Vec<u8>> = row.get("journal")?;
    let journal = journal.map(|it| JournalId::try_from(it.as_slice())).transpose();
    let by: Option<String> = row.get("acknowledged_by")?;
    let at: Option<i64> = row.get("acknowledged_ms")?;
    Ok(Raised {
        alarm: row.get("alarm")?,
        kind: Alarm::from_name(&row.get::<_, String>("kind")?).ok_or(BROKEN)?,
        journal: journal.map_err(|_| BROKEN)?,
        seq: row.get::<_, Option<i64>>("seq")?.map(|seq| Seq(from_sql(seq))),
        detail: row.get("detail")?,
        raised_ms: row.get("raised_ms")?,
        acknowledged: by.zip(at),
    })
}

/// Somebody takes note of an alarm; answers it as it was, or `None` where there is no such alarm or
/// somebody took note before.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn acknowledge(
    tx: &Transaction<'_>,
    alarm: i64,
    operator: &str,
    now_ms: i64,
) -> Result<Option<Raised>, StoreError> {
    let mut statement = tx.prepare_cached(
        "UPDATE alarm
            SET acknowledged_by = :operator, acknowledged_ms = :now_ms
          WHERE alarm = :alarm AND acknowledged_ms IS NULL
      RETURNING alarm, kind, journal, seq, detail, raised_ms, acknowledged_by, acknowledged_ms",
    )?;
    let mut rows = statement.query(named_params! {
        ":operator": operator,
        ":now_ms": now_ms,
        ":alarm": alarm,
    })?;
    rows.next()?.map(read).transpose()
}

/// Puts bytes aside that were not believed, once.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn park(
    tx: &Transaction<'_>,
    journal: JournalId,
    bytes: &[u8],
    why: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    if mutant::is(Mutant::ForgetParked) {
        return Ok(());
    }
    tx.prepare_cached(
        "INSERT INTO parked (hash, journal, bytes, why, parked_ms)
         VALUES (:hash, :journal, :bytes, :why, :parked_ms)
             ON CONFLICT (hash) DO NOTHING",
    )?
    .execute(named_params! {
        ":hash": journal::BlobHash::of(bytes).as_bytes(),
        ":journal": journal.as_bytes(),
        ":bytes": bytes,
        ":why": why,
        ":parked_ms": now_ms,
    })?;
    Ok(())
}
