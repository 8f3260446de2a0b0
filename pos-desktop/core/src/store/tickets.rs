//! Signed tickets, and what the next one hangs on.

use super::StoreError;
use super::journals::{Branch, from_sql, to_sql};
use domain::id::OrderId;
use fiscal::Money;
use fiscal::record::{Series, SeriesKind};
use fiscal::ticket::{Ticket, TicketSeries};
use journal::{JournalId, PublicKey, Seq};
use rusqlite::{OptionalExtension, Transaction, named_params};

const SERIES: &str = "TK1";

/// What the next ticket of this workstation's journal hangs on; `till` is its name in it
/// ([`fiscal::till_name`]).
///
/// # Errors
///
/// Whatever SQLite says.
pub fn series(
    tx: &Transaction<'_>,
    till: &str,
    journal: JournalId,
) -> Result<TicketSeries, StoreError> {
    let empty = TicketSeries::of_till(till, &journal);
    let series = tx
        .prepare_cached(
            "SELECT next, previous_signature, perpetual, perpetual_absolute
               FROM series
              WHERE journal = :journal AND series = :series",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes(), ":series": SERIES }, |row| {
            Ok(TicketSeries {
                next: from_sql(row.get("next")?),
                previous: row.get("previous_signature")?,
                perpetual_algebraic: Money::from_cents(row.get("perpetual")?),
                perpetual_absolute: Money::from_cents(row.get("perpetual_absolute")?),
                ..empty.clone()
            })
        })
        .optional()?;
    Ok(series.unwrap_or(empty))
}

/// Moves a series on.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_series(
    tx: &Transaction<'_>,
    journal: JournalId,
    series: &TicketSeries,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO series (journal, series, next, previous_signature,
                             perpetual, perpetual_absolute)
         VALUES (:journal, :series, :next, :previous, :perpetual, :perpetual_absolute)
             ON CONFLICT (journal, series)
             DO UPDATE SET next = excluded.next,
                           previous_signature = excluded.previous_signature,
                           perpetual = excluded.perpetual,
                           perpetual_absolute = excluded.perpetual_absolute",
    )?
    .execute(named_params! {
        ":journal": journal.as_bytes(),
        ":series": SERIES,
        ":next": to_sql(series.next),
        ":previous": series.previous,
        ":perpetual": series.perpetual_algebraic.cents(),
        ":perpetual_absolute": series.perpetual_absolute.cents(),
    })?;
    Ok(())
}

/// What the tickets of a journal and of those it continues come to: sales less returns, and sales
/// plus returns.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn perpetual(tx: &Transaction<'_>, journal: JournalId) -> Result<(Money, Money), StoreError> {
    // Names have no part in the totals.
    let series = series(tx, "", journal)?;
    Ok((series.perpetual_algebraic, series.perpetual_absolute))
}

/// What the next document of another series of this workstation's journal hangs on; `till` is its
/// name in it ([`fiscal::till_name`]).
///
/// # Errors
///
/// Whatever SQLite says.
pub fn record_series(
    tx: &Transaction<'_>,
    kind: SeriesKind,
    till: &str,
    journal: JournalId,
) -> Result<Series, StoreError> {
    let empty = Series::open(kind, till, &journal);
    let series = tx
        .prepare_cached(
            "SELECT next, previous_signature
               FROM series
              WHERE journal = :journal AND series = :series",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes(), ":series": kind.tag() }, |row| {
            Ok(Series {
                next: from_sql(row.get("next")?),
                previous: row.get("previous_signature")?,
                ..empty.clone()
            })
        })
        .optional()?;
    Ok(series.unwrap_or(empty))
}

/// Moves another series than the tickets' on.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_record_series(
    tx: &Transaction<'_>,
    journal: JournalId,
    series: &Series,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO series (journal, series, next, previous_signature,
                             perpetual, perpetual_absolute)
         VALUES (:journal, :series, :next, :previous, 0, 0)
             ON CONFLICT (journal, series)
             DO UPDATE SET next = excluded.next,
                           previous_signature = excluded.previous_signature",
    )?
    .execute(named_params! {
        ":journal": journal.as_bytes(),
        ":series": series.kind.tag(),
        ":next": to_sql(series.next),
        ":previous": series.previous,
    })?;
    Ok(())
}

/// What all real tickets of this workstation's journals, on every history of them, come to: sales less
/// returns, and sales plus returns.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn perpetual_totals(tx: &Transaction<'_>) -> Result<(Money, Money), StoreError> {
    let (algebraic, absolute) = tx
        .prepare_cached(
            "SELECT coalesce(sum(total_cents), 0), coalesce(sum(abs(total_cents)), 0)
               FROM ticket JOIN journal USING (journal)
              WHERE own = 1 AND purpose = 0",
        )?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((Money::from_cents(algebraic), Money::from_cents(absolute)))
}

/// What the tickets of a workstation's journals have come to, as far as they are here: sales less
/// returns, and sales plus returns.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn totals_of(tx: &Transaction<'_>, key: &PublicKey) -> Result<(Money, Money), StoreError> {
    let (algebraic, absolute) = tx
        .prepare_cached(
            "SELECT coalesce(sum(total_cents), 0), coalesce(sum(abs(total_cents)), 0)
               FROM ticket JOIN journal USING (journal)
              WHERE public_key = :key AND purpose = 0",
        )?
        .query_row(named_params! { ":key": key.as_bytes() }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    Ok((Money::from_cents(algebraic), Money::from_cents(absolute)))
}

/// Notes a ticket that was stored, to be found by its number. One that this version cannot read is
/// in the journal and left out here, with a line in the log.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn project(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
    seq: Seq,
    order: OrderId,
    ticket: &Ticket,
) -> Result<(), StoreError> {
    let document = match ticket.read() {
        Ok(document) => document,
        Err(broken) => {
            tracing::warn!(%journal, %seq, %broken, "a ticket was left out");
            return Ok(());
        }
    };
    tx.prepare_cached(
        "INSERT INTO ticket (number, journal, branch, seq, order_id, business_date, total_cents)
         VALUES (:number, :journal, :branch, :seq, :order_id, :business_date, :total_cents)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":number": ticket.number,
        ":journal": journal.as_bytes(),
        ":branch": branch.to_sql(),
        ":seq": to_sql(seq.0),
        ":order_id": order.0,
        ":business_date": document.business_date.iso(),
        ":total_cents": document.total_ttc.cents(),
    })?;
    Ok(())
}

/// The ticket of a number, as signed.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn find(tx: &Transaction<'_>, number: &str) -> Result<Option<(OrderId, Ticket)>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("ticket");
    let found: Option<(OrderId, Vec<u8>)> = tx
        .prepare_cached(
            "SELECT order_id, body
               FROM ticket JOIN body USING (journal, branch, seq)
              WHERE number = :number
              ORDER BY journal, length(branch), branch
              LIMIT 1",
        )?
        .query_row(named_params! { ":number": number }, |row| {
            Ok((OrderId(row.get("order_id")?), row.get("body")?))
        })
        .optional()?;
    let Some((order, body)) = found else {
        return Ok(None);
    };
    Ok(Some((order, Ticket::decode(&body).ok_or(BROKEN)?)))
}
