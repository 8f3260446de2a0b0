//! The table `print_job`.
//!
//! Whoever composes owns the transaction: a receipt is asked for in the transaction of the request,
//! a kitchen slip in that of the order.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params};

use super::job::{Job, JobId, JobKind, JobState, NewJob, Outcome};
use super::status::Cause;

/// Puts a job at the end of its printer's queue. It is printed once the transaction is committed
/// and the worker is told ([`super::worker::Worker::ring`]).
///
/// # Errors
///
/// The database's.
pub fn enqueue(tx: &Connection, job: &NewJob<'_>, now_ms: i64) -> Result<JobId> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO print_job (printer, kind, reference, document, created_ms, updated_ms)
         VALUES (:printer, :kind, :reference, :document, :now_ms, :now_ms)",
    )?;
    let id = statement.insert(named_params! {
        ":printer": job.printer,
        ":kind": job.kind,
        ":reference": job.reference,
        ":document": job.document.to_stored(),
        ":now_ms": now_ms,
    })?;
    Ok(JobId(id))
}

/// The job to print next on `printer`.
///
/// # Errors
///
/// The database's.
pub fn next(tx: &Connection, printer: &str) -> Result<Option<Job>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, printer, kind, reference, document, state, attempts, last_cause,
                created_ms, updated_ms
           FROM print_job
          WHERE printer = :printer
            AND state = 'waiting'
            -- Said for the index: open jobs are few.
            AND state NOT IN ('sent', 'unconfirmed', 'dropped')
          ORDER BY id
          LIMIT 1",
    )?;
    statement.query_row(named_params! { ":printer": printer }, read).optional()
}

/// Says that the job's bytes are about to leave. Commit before the first does. False where it is
/// not waiting any more, or not for that printer: somebody dropped or rerouted it meanwhile.
///
/// # Errors
///
/// The database's.
pub fn begin(tx: &Connection, id: JobId, printer: &str, now_ms: i64) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'sending', attempts = attempts + 1, last_cause = NULL, updated_ms = :now_ms
          WHERE id = :id
            AND printer = :printer
            AND state = 'waiting'",
    )?;
    let changed = statement.execute(named_params! {
        ":id": id.0,
        ":printer": printer,
        ":now_ms": now_ms,
    })?;
    Ok(changed == 1)
}

/// Writes down what became of a job that was being sent. False where it was not.
///
/// # Errors
///
/// The database's.
pub fn finish(tx: &Connection, id: JobId, outcome: Outcome, now_ms: i64) -> Result<bool> {
    let (state, cause) = match outcome {
        Outcome::Sent => (JobState::Sent, None),
        Outcome::Unconfirmed => (JobState::Unconfirmed, None),
        Outcome::NothingSent(cause) => (JobState::Waiting, Some(cause)),
        Outcome::Unsure(cause) => (JobState::Unsure, Some(cause)),
    };
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = CASE WHEN kind = 'drawer' AND :state NOT IN ('sent', 'unconfirmed')
                             THEN 'dropped'
                             ELSE :state END,
                last_cause = :cause,
                updated_ms = :now_ms
          WHERE id = :id
            AND state = 'sending'",
    )?;
    let changed = statement.execute(named_params! {
        ":id": id.0,
        ":state": state,
        ":cause": cause,
        ":now_ms": now_ms,
    })?;
    Ok(changed == 1)
}

/// Writes down that the printer could not be given its next job: that one keeps the cause, and
/// drawers that would open too late are dropped.
///
/// # Errors
///
/// The database's.
pub fn hold_up(tx: &Connection, job: &Job, cause: Cause, now_ms: i64) -> Result<()> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET attempts = attempts + (id = :id),
                state = CASE WHEN kind = 'drawer' THEN 'dropped' ELSE state END,
                last_cause = :cause,
                updated_ms = :now_ms
          WHERE printer = :printer
            AND state = 'waiting'
            AND (id = :id OR kind = 'drawer')",
    )?;
    statement.execute(named_params! {
        ":id": job.id.0,
        ":printer": job.printer,
        ":cause": cause,
        ":now_ms": now_ms,
    })?;
    Ok(())
}

/// Writes down that a job can never be printed.
///
/// # Errors
///
/// The database's.
pub fn fail(tx: &Connection, id: JobId, now_ms: i64) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = CASE WHEN kind = 'drawer' THEN 'dropped' ELSE 'failed' END,
                last_cause = :cause,
                updated_ms = :now_ms
          WHERE id = :id
            AND state = 'waiting'",
    )?;
    let changed = statement.execute(named_params! {
        ":id": id.0,
        ":cause": Cause::Unreadable,
        ":now_ms": now_ms,
    })?;
    Ok(changed == 1)
}

/// How many receipts of a ticket were asked for, those given up apart.
///
/// # Errors
///
/// The database's.
pub fn receipts_of(tx: &Connection, reference: &str) -> Result<u32> {
    tx.prepare_cached(
        "SELECT count(*)
           FROM print_job
          WHERE kind = 'receipt' AND reference = :reference AND state NOT IN ('dropped', 'failed')",
    )?
    .query_row(named_params! { ":reference": reference }, |row| row.get(0))
}

/// At start, before any worker: what was being sent when the program ended may be on paper or not,
/// and a drawer is not opened any more. A customer's paper that waited is offered with them: the
/// customer may have gone, and nobody wants yesterday's papers in the morning. Returns how many jobs
/// a person is now to be asked about.
///
/// # Errors
///
/// The database's.
pub fn recover(tx: &Connection, now_ms: i64) -> Result<usize> {
    let mut late = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'dropped', last_cause = :cause, updated_ms = :now_ms
          WHERE kind = 'drawer'
            AND state IN ('waiting', 'sending')",
    )?;
    late.execute(named_params! { ":cause": Cause::Interrupted, ":now_ms": now_ms })?;

    let mut unsure = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'unsure', last_cause = :cause, updated_ms = :now_ms
          WHERE state NOT IN ('sent', 'unconfirmed', 'dropped')
            AND (state = 'sending'
                 OR (state = 'waiting' AND kind IN ('receipt', 'provisional', 'note')))",
    )?;
    unsure.execute(named_params! { ":cause": Cause::Interrupted, ":now_ms": now_ms })
}

/// A person wants the job printed, having looked or having mended what was wrong. False where it is
/// neither unsure,
/// unconfirmed nor failed.
///
/// # Errors
///
/// The database's.
pub fn print_again(tx: &Connection, id: JobId, now_ms: i64) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'waiting', updated_ms = :now_ms
          WHERE id = :id
            AND state IN ('unsure', 'unconfirmed', 'failed')
            AND kind <> 'drawer'",
    )?;
    Ok(statement.execute(named_params! { ":id": id.0, ":now_ms": now_ms })? == 1)
}

/// A person has the paper in hand. False where the job is neither unsure nor unconfirmed.
///
/// # Errors
///
/// The database's.
pub fn found_printed(tx: &Connection, id: JobId, now_ms: i64) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'sent', updated_ms = :now_ms
          WHERE id = :id
            AND state IN ('unsure', 'unconfirmed')",
    )?;
    Ok(statement.execute(named_params! { ":id": id.0, ":now_ms": now_ms })? == 1)
}

/// A person does not want the job any more. False where it is being sent, is sent, or is gone.
///
/// # Errors
///
/// The database's.
pub fn leave(tx: &Connection, id: JobId, now_ms: i64) -> Result<bool> {
    let mut statement = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'dropped', updated_ms = :now_ms
          WHERE id = :id
            AND state IN ('waiting', 'unsure', 'failed')",
    )?;
    Ok(statement.execute(named_params! { ":id": id.0, ":now_ms": now_ms })? == 1)
}

/// One job, whatever became of it.
///
/// # Errors
///
/// The database's.
pub fn load(tx: &Connection, id: JobId) -> Result<Option<Job>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, printer, kind, reference, document, state, attempts, last_cause,
                created_ms, updated_ms
           FROM print_job
          WHERE id = :id",
    )?;
    statement.query_row(named_params! { ":id": id.0 }, read).optional()
}

/// Addresses to another printer what is open for one that is dead or gone, but for a job that is
/// being sent. Drawers are dropped: the other printer's is another drawer. Returns how many jobs
/// have moved.
///
/// # Errors
///
/// The database's.
pub fn reroute(tx: &Connection, from: &str, to: &str, now_ms: i64) -> Result<usize> {
    let mut drawers = tx.prepare_cached(
        "UPDATE print_job
            SET state = 'dropped', updated_ms = :now_ms
          WHERE printer = :from
            AND kind = 'drawer'
            AND state = 'waiting'",
    )?;
    drawers.execute(named_params! { ":from": from, ":now_ms": now_ms })?;

    let mut papers = tx.prepare_cached(
        "UPDATE print_job
            SET printer = :to, updated_ms = :now_ms
          WHERE printer = :from
            AND state IN ('waiting', 'unsure', 'failed')
            AND state NOT IN ('sent', 'unconfirmed', 'dropped')",
    )?;
    papers.execute(named_params! { ":from": from, ":to": to, ":now_ms": now_ms })
}

/// How many jobs wait for a printer.
///
/// # Errors
///
/// The database's.
pub fn waiting(tx: &Connection, printer: &str) -> Result<u32> {
    tx.prepare_cached(
        "SELECT count(*)
           FROM print_job
          WHERE printer = :printer
            AND state = 'waiting'
            AND state NOT IN ('sent', 'unconfirmed', 'dropped')",
    )?
    .query_row(named_params! { ":printer": printer }, |row| row.get(0))
}

/// All jobs that are not on paper for certain and not dropped, oldest first: what the screen shows.
/// Of those that are unconfirmed, the ones since `unconfirmed_since_ms`.
///
/// # Errors
///
/// The database's.
pub fn open(tx: &Connection, unconfirmed_since_ms: i64) -> Result<Vec<Job>> {
    let mut statement = tx.prepare_cached(
        "SELECT id, printer, kind, reference, document, state, attempts, last_cause,
                created_ms, updated_ms
           FROM print_job
          WHERE state NOT IN ('sent', 'unconfirmed', 'dropped')
          UNION ALL
         SELECT id, printer, kind, reference, document, state, attempts, last_cause,
                created_ms, updated_ms
           FROM print_job
          WHERE state = 'unconfirmed'
            AND kind <> 'drawer'
            AND :since_ms <= updated_ms
          ORDER BY id",
    )?;
    statement.query_map(named_params! { ":since_ms": unconfirmed_since_ms }, read)?.collect()
}

fn read(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: JobId(row.get("id")?),
        printer: row.get("printer")?,
        kind: row.get("kind")?,
        reference: row.get("reference")?,
        document: row.get("document")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        last_cause: row.get("last_cause")?,
        created_ms: row.get("created_ms")?,
        updated_ms: row.get("updated_ms")?,
    })
}

/// How an enum is written in the table: one word a variant, all of them, which the table's CHECKs
/// list too.
macro_rules! words {
    ($enum:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        impl $enum {
            /// As it is written in the table.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl ToSql for $enum {
            fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.word()))
            }
        }

        impl FromSql for $enum {
            fn column_result(stored: ValueRef<'_>) -> FromSqlResult<Self> {
                match stored.as_str()? {
                    $($word => Ok($enum::$variant),)+
                    _ => Err(FromSqlError::InvalidType),
                }
            }
        }
    };
}

words!(JobKind {
    Receipt = "receipt",
    Kitchen = "kitchen",
    Provisional = "provisional",
    Note = "note",
    Closing = "closing",
    Cash = "cash",
    Label = "label",
    Notice = "notice",
    Test = "test",
    Drawer = "drawer",
});

words!(JobState {
    Waiting = "waiting",
    Sending = "sending",
    Sent = "sent",
    Unconfirmed = "unconfirmed",
    Failed = "failed",
    Unsure = "unsure",
    Dropped = "dropped",
});

words!(Cause {
    CoverOpen = "cover_open",
    NoPaper = "no_paper",
    Error = "error",
    Busy = "busy",
    Offline = "offline",
    Unreachable = "unreachable",
    NoAnswer = "no_answer",
    Interrupted = "interrupted",
    Unreadable = "unreadable",
    Unsupported = "unsupported",
});
