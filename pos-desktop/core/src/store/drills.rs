//! The reports of outages that were made on purpose.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use domain::event::kind;
use fiscal::Money;
use journal::JournalId;
use rusqlite::{Transaction, named_params};

/// What came of a drill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// When it began, in ms since 1970 UTC by this workstation's clock.
    pub began_ms: i64,
    /// When it ended, by the same clock.
    pub ended_ms: i64,
    /// How long it lasted, in whole seconds.
    pub seconds: u32,
    /// The code of the manager who began it.
    pub manager: String,
    /// Tickets that this workstation signed meanwhile.
    pub tickets: u32,
    /// What they come to, less what was given back.
    pub total: Money,
    /// Of the orders sent to the kitchen meanwhile, those that somebody there saw.
    pub kitchen_seen: u32,
    /// Orders sent to the kitchen meanwhile.
    pub kitchen_sent: u32,
    /// Entries that the centre did not have at the end.
    pub waiting: u64,
    /// Seconds after the end until it had them all; `None` while it has not.
    pub level_after_s: Option<u32>,
}

/// The tickets in a journal after an entry: how many, and what they come to.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn tickets_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: u64,
) -> Result<(u32, Money), StoreError> {
    let (count, cents): (u32, i64) = tx
        .prepare_cached(
            "SELECT count(*), coalesce(sum(total_cents), 0)
               FROM entry
               JOIN fiscal_document USING (journal, branch, seq)
              WHERE entry.journal = :journal AND entry.branch = x'' AND :after < entry.seq
                AND entry.kind = :ticket",
        )?
        .query_row(
            named_params! {
                ":journal": journal.as_bytes(),
                ":after": to_sql(after),
                ":ticket": fiscal::kind::TICKET.0,
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    Ok((count, Money::from_cents(cents)))
}

/// The orders that a journal sent to the kitchen after an entry: how many, and how many of those
/// somebody there saw.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn kitchen_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: u64,
) -> Result<(u32, u32), StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT count(*), coalesce(sum(was_seen), 0)
               FROM (SELECT EXISTS (SELECT 1
                                      FROM entry AS seen
                                     WHERE seen.subject = sent.subject AND seen.kind = :seen)
                            AS was_seen
                       FROM entry AS sent
                      WHERE journal = :journal AND branch = x'' AND :after < seq
                        AND kind = :sent AND subject IS NOT NULL
                      GROUP BY subject)",
        )?
        .query_row(
            named_params! {
                ":journal": journal.as_bytes(),
                ":after": to_sql(after),
                ":sent": kind::SENT_TO_KITCHEN.0,
                ":seen": kind::SEEN.0,
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?)
}

/// Keeps a report.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn keep(tx: &Transaction<'_>, report: &Report) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO drill (began_ms, ended_ms, seconds, manager, tickets, total_cents,
                            kitchen_seen, kitchen_sent, waiting, level_after_s)
         VALUES (:began_ms, :ended_ms, :seconds, :manager, :tickets, :total_cents,
                 :kitchen_seen, :kitchen_sent, :waiting, :level_after_s)",
        named_params! {
            ":began_ms": report.began_ms,
            ":ended_ms": report.ended_ms,
            ":seconds": report.seconds,
            ":manager": report.manager,
            ":tickets": report.tickets,
            ":total_cents": report.total.cents(),
            ":kitchen_seen": report.kitchen_seen,
            ":kitchen_sent": report.kitchen_sent,
            ":waiting": to_sql(report.waiting),
            ":level_after_s": report.level_after_s,
        },
    )?;
    Ok(())
}

/// The reports, newest first: at most 20.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn list(tx: &Transaction<'_>) -> Result<Vec<Report>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT began_ms, ended_ms, seconds, manager, tickets, total_cents,
                kitchen_seen, kitchen_sent, waiting, level_after_s
           FROM drill
          ORDER BY drill DESC
          LIMIT 20",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Report {
            began_ms: row.get("began_ms")?,
            ended_ms: row.get("ended_ms")?,
            seconds: row.get("seconds")?,
            manager: row.get("manager")?,
            tickets: row.get("tickets")?,
            total: Money::from_cents(row.get("total_cents")?),
            kitchen_seen: row.get("kitchen_seen")?,
            kitchen_sent: row.get("kitchen_sent")?,
            waiting: from_sql(row.get("waiting")?),
            level_after_s: row.get("level_after_s")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The drills after which the centre has not had everything yet, and when each ended (ms since 1970
/// UTC).
///
/// # Errors
///
/// Whatever SQLite says.
pub fn not_level(tx: &Transaction<'_>) -> Result<Vec<(i64, i64)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT drill, ended_ms FROM drill WHERE level_after_s IS NULL ORDER BY drill",
    )?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes after how many seconds the centre had everything.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_level(tx: &Transaction<'_>, drill: i64, seconds: u32) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE drill SET level_after_s = :seconds WHERE drill = :drill",
        named_params! { ":seconds": seconds, ":drill": drill },
    )?;
    Ok(())
}
