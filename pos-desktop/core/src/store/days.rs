//! Business days and closings, as their documents say.

use super::StoreError;
use super::documents::{Place, Signed};
use super::journals::{Branch, SHOWN, from_sql, to_sql};
use fiscal::Money;
use fiscal::closing::{Closing, Period};
use fiscal::event::{EventCode, EventDocument};
use fiscal::record::Record;
use fiscal::ticket::Ticket;
use fiscal::time::Date;
use journal::{JournalId, Kind, Seq};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// A business day that was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Its number in the journal: 1, 2, 3 …
    pub number: u64,
    /// Its label.
    pub date: Date,
    /// What was in the drawer when it began.
    pub float: Money,
    /// When it began, by the clock: ms since 1970 UTC.
    pub opened_ms: i64,
}

/// A closing, as lists have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its number.
    pub number: String,
    /// `J`, `M`, `A` or `S`.
    pub period: String,
    /// The period's name.
    pub label: String,
    /// The first business day it covers.
    pub first_day: u64,
    /// The last.
    pub last_day: u64,
    /// The entry it stands in.
    pub seq: Seq,
    /// Turnover, tax included.
    pub total: Money,
    /// What was counted in the drawer.
    pub counted: Option<Money>,
    /// What should have been in it.
    pub drawer: Option<Money>,
}

/// Takes note of the days and closings among signed documents.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn project(tx: &Transaction<'_>, at: Place, signed: &Signed) -> Result<(), StoreError> {
    match signed {
        Signed::Event(event) if event.code == EventCode::SessionOpen => opened(tx, at, event),
        Signed::Closing(closing) => closed(tx, at, closing),
        Signed::Event(_)
        | Signed::Ticket(_)
        | Signed::Duplicate(_)
        | Signed::Provisional(_)
        | Signed::Invoice(_)
        | Signed::Archive(_) => Ok(()),
    }
}

fn opened(tx: &Transaction<'_>, at: Place, event: &EventDocument) -> Result<(), StoreError> {
    let (Some(number), Some(date)) = (event.number("day"), event.text("date")) else {
        return Ok(());
    };
    tx.prepare_cached(
        "INSERT INTO business_day (journal, branch, number, seq, date, float_cents, opened_ms)
         VALUES (:journal, :branch, :number, :seq, :date, :float_cents, :opened_ms)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":journal": at.journal.as_bytes(),
        ":branch": at.branch.to_sql(),
        ":number": number,
        ":seq": to_sql(at.seq.0),
        ":date": date,
        ":float_cents": event.number("float").unwrap_or(0),
        ":opened_ms": event.head.utc_ms,
    })?;
    Ok(())
}

fn closed(tx: &Transaction<'_>, at: Place, closing: &Closing) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO closing (journal, branch, seq, number, period, label, first_day, last_day,
                              closed_ms, total_cents, counted_cents, drawer_cents)
         VALUES (:journal, :branch, :seq, :number, :period, :label, :first_day, :last_day,
                 :closed_ms, :total_cents, :counted_cents, :drawer_cents)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":journal": at.journal.as_bytes(),
        ":branch": at.branch.to_sql(),
        ":seq": to_sql(at.seq.0),
        ":number": closing.head.number,
        ":period": closing.period.code(),
        ":label": closing.label,
        ":first_day": to_sql(closing.first_day),
        ":last_day": to_sql(closing.last_day),
        ":closed_ms": closing.head.utc_ms,
        ":total_cents": closing.tally.total.cents(),
        ":counted_cents": closing.drawer.and_then(|it| it.counted).map(Money::cents),
        ":drawer_cents": closing.drawer.map(|it| it.theoretical.cents()),
    })?;
    let mut statement = tx.prepare_cached(
        "INSERT INTO closing_span (journal, branch, seq, of_journal, from_seq, to_seq, hash)
         VALUES (:journal, :branch, :seq, unhex(:of_journal), :from_seq, :to_seq, unhex(:hash))
             ON CONFLICT DO NOTHING",
    )?;
    for span in closing.spans.iter().filter(|span| is_hash(&span.journal) && is_hash(&span.hash)) {
        statement.execute(named_params! {
            ":journal": at.journal.as_bytes(),
            ":branch": at.branch.to_sql(),
            ":seq": to_sql(at.seq.0),
            ":of_journal": span.journal,
            ":from_seq": to_sql(span.from),
            ":to_seq": to_sql(span.to),
            ":hash": span.hash,
        })?;
    }
    Ok(())
}

/// Whether a document written by another names a hash: 64 hexadecimal digits.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The business day of a journal that is open, if one is.
///
/// # Errors
///
/// [`StoreError::Broken`] where its date cannot be read back.
pub fn open(tx: &Transaction<'_>, journal: JournalId) -> Result<Option<Day>, StoreError> {
    let last = last_opened(tx, journal)?;
    let closed = last_closing(tx, journal, Period::Day)?.map_or(0, |closing| closing.last_day);
    Ok(last.filter(|day| closed < day.number))
}

/// The business day of a journal that was begun last.
///
/// # Errors
///
/// [`StoreError::Broken`] where its date cannot be read back.
pub fn last_opened(tx: &Transaction<'_>, journal: JournalId) -> Result<Option<Day>, StoreError> {
    tx.prepare_cached(
        "SELECT number, date, float_cents, opened_ms
           FROM business_day
          WHERE journal = :journal AND branch = x''
          ORDER BY number DESC
          LIMIT 1",
    )?
    .query_row(named_params! { ":journal": journal.as_bytes() }, |row| {
        Ok((
            row.get("number")?,
            row.get::<_, String>("date")?,
            row.get("float_cents")?,
            row.get("opened_ms")?,
        ))
    })
    .optional()?
    .map(|(number, date, float, opened_ms)| {
        Ok(Day {
            number: from_sql(number),
            date: Date::parse(&date).ok_or(StoreError::Broken("business day"))?,
            float: Money::from_cents(float),
            opened_ms,
        })
    })
    .transpose()
}

const COLUMNS: &str =
    "number, period, label, first_day, last_day, seq, total_cents, counted_cents, drawer_cents";

fn read(row: &Row<'_>) -> rusqlite::Result<Closed> {
    Ok(Closed {
        number: row.get("number")?,
        period: row.get("period")?,
        label: row.get("label")?,
        first_day: from_sql(row.get("first_day")?),
        last_day: from_sql(row.get("last_day")?),
        seq: Seq(from_sql(row.get("seq")?)),
        total: Money::from_cents(row.get("total_cents")?),
        counted: row.get::<_, Option<i64>>("counted_cents")?.map(Money::from_cents),
        drawer: row.get::<_, Option<i64>>("drawer_cents")?.map(Money::from_cents),
    })
}

/// The last closing of a period in a journal.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn last_closing(
    tx: &Transaction<'_>,
    journal: JournalId,
    period: Period,
) -> Result<Option<Closed>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS}
               FROM closing
              WHERE journal = :journal AND branch = x'' AND period = :period
              ORDER BY seq DESC
              LIMIT 1"
        ))?
        .query_row(named_params! { ":journal": journal.as_bytes(), ":period": period.code() }, read)
        .optional()?)
}

/// The last day that any journal of this workstation closed, in the order of its journals.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn last_own_day(tx: &Transaction<'_>) -> Result<Option<Closed>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS}
               FROM closing
               JOIN journal USING (journal)
               JOIN entry USING (journal, branch, seq)
              WHERE own = 1 AND period = 'J' AND {SHOWN}
              ORDER BY tick DESC
              LIMIT 1"
        ))?
        .query_row([], read)
        .optional()?)
}

/// Closings of this workstation's journals, newest first: at most `limit`.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn own_closings(tx: &Transaction<'_>, limit: u32) -> Result<Vec<Closed>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS}
           FROM closing
           JOIN journal USING (journal)
           JOIN entry USING (journal, branch, seq)
          WHERE own = 1 AND {SHOWN}
          ORDER BY tick DESC
          LIMIT :limit"
    ))?;
    let rows = statement.query_map(named_params! { ":limit": limit }, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A journal's closings of a period after an entry, oldest first.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn closings_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    period: Period,
    after: Seq,
) -> Result<Vec<Closing>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT body
           FROM closing JOIN body USING (journal, branch, seq)
          WHERE journal = :journal AND branch = x'' AND period = :period AND :after < seq
          ORDER BY seq",
    )?;
    let mut rows = statement.query(named_params! {
        ":journal": journal.as_bytes(),
        ":period": period.code(),
        ":after": to_sql(after.0),
    })?;
    let mut closings = Vec::new();
    while let Some(row) = rows.next()? {
        closings.push(read_closing(&row.get::<_, Vec<u8>>("body")?)?);
    }
    Ok(closings)
}

fn read_closing(body: &[u8]) -> Result<Closing, StoreError> {
    match Signed::read(fiscal::kind::CLOSING, body) {
        Some(Signed::Closing(closing)) => Ok(*closing),
        Some(_) | None => Err(StoreError::Broken("closing")),
    }
}

/// A closing of this workstation's, by its number, as it was signed.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn find(tx: &Transaction<'_>, number: &str) -> Result<Option<(Record, Closing)>, StoreError> {
    let body: Option<Vec<u8>> = tx
        .prepare_cached(
            "SELECT body
               FROM closing
               JOIN journal USING (journal)
               JOIN body USING (journal, branch, seq)
              WHERE number = :number AND own = 1
              ORDER BY journal, length(branch), branch
              LIMIT 1",
        )?
        .query_row(named_params! { ":number": number }, |row| row.get(0))
        .optional()?;
    let Some(body) = body else {
        return Ok(None);
    };
    let record = Record::decode(&body).ok_or(StoreError::Broken("closing"))?;
    Ok(Some((record, read_closing(&body)?)))
}

/// The last entry of a journal's ordinary chain that a day's closing in it covers; 0 where none.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn closed_to(tx: &Transaction<'_>, journal: JournalId) -> Result<Seq, StoreError> {
    let to: i64 = tx
        .prepare_cached(
            "SELECT coalesce(max(to_seq), 0)
               FROM closing JOIN closing_span USING (journal, branch, seq)
              WHERE journal = :journal AND branch = x'' AND period = 'J'
                AND of_journal = journal",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes() }, |row| row.get(0))?;
    Ok(Seq(from_sql(to)))
}

/// The last entry of a chain that a closing of this workstation's covers: a day's of the journal's
/// own, or a supplementary one. Where none does, the place at which the chain leaves its parent: what
/// is before is the parent's.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn covered_to(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
) -> Result<Seq, StoreError> {
    let to: i64 = tx
        .prepare_cached(
            "SELECT max(from_seq,
                        (SELECT coalesce(max(span.to_seq), 0)
                           FROM closing_span AS span
                           JOIN closing USING (journal, branch, seq)
                           JOIN entry ON entry.journal = span.of_journal
                                     AND entry.seq = span.to_seq
                                     AND entry.hash = span.hash
                          WHERE span.of_journal = chain.journal
                            AND entry.branch = chain.branch
                            AND closing.period IN ('J', 'S')))
               FROM chain
              WHERE journal = :journal AND branch = :branch",
        )?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":branch": branch.to_sql() },
            |row| row.get(0),
        )?;
    Ok(Seq(from_sql(to)))
}

/// Hands the signed documents of a stretch of a chain to `each`, in their order: the kind of entry,
/// the number, the body.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn documents(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
    from: Seq,
    to: Seq,
    mut each: impl FnMut(Kind, String, &[u8]),
) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT kind, body
           FROM entry JOIN body USING (journal, branch, seq)
          WHERE journal = :journal AND branch = :branch
            AND seq BETWEEN :from AND :to
            AND kind BETWEEN 16 AND 22
          ORDER BY seq",
    )?;
    let mut rows = statement.query(named_params! {
        ":journal": journal.as_bytes(),
        ":branch": branch.to_sql(),
        ":from": to_sql(from.0),
        ":to": to_sql(to.0),
    })?;
    while let Some(row) = rows.next()? {
        let kind = Kind(row.get("kind")?);
        let body = row.get_ref("body")?.as_blob().map_err(|_| StoreError::Broken("body"))?;
        let number = if kind == fiscal::kind::TICKET {
            Ticket::decode(body).map(|it| it.number)
        } else {
            Record::decode(body).map(|it| it.number)
        };
        each(kind, number.unwrap_or_default(), body);
    }
    Ok(())
}

/// The date of the last day that any journal of this workstation closed; of supplementary closings
/// too, which stand for days of journals that could not close themselves.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn last_own_date(tx: &Transaction<'_>) -> Result<Option<Date>, StoreError> {
    Ok(last_own_day(tx)?.and_then(|closed| Date::parse(&closed.label)))
}

/// What was left in the drawer by the last closing: what was counted, or should have been there
/// where nobody counted.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn left_in_drawer(tx: &Transaction<'_>) -> Result<Money, StoreError> {
    let last = last_own_day(tx)?;
    Ok(last.and_then(|closed| closed.counted.or(closed.drawer)).unwrap_or(Money::ZERO))
}
