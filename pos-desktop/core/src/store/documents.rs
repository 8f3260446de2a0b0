//! Signed documents of every kind, to be found and counted without reading all of them.

use super::StoreError;
use super::journals::{Branch, SHOWN, from_sql, purpose_number, to_sql};
use fiscal::Money;
use fiscal::archive::ArchiveDocument;
use fiscal::closing::Closing;
use fiscal::copy::{Duplicate, Provisional};
use fiscal::event::EventDocument;
use fiscal::invoice::InvoiceDocument;
use fiscal::record::{Head, Record, SeriesKind};
use fiscal::ticket::{Operation, PaymentState, Ticket};
use fiscal::time::Date;
use journal::{JournalId, Kind, Purpose, Seq};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// Where a document stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The journal.
    pub journal: JournalId,
    /// The history of it.
    pub branch: Branch,
    /// The entry.
    pub seq: Seq,
}

/// What is known of a document without reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: String,
    /// The kind of entry that it is.
    pub kind: Kind,
    /// Which of its kind, as documents say it: `VENTE`, `AVOIR`, `CORRECTION_PAIEMENT` of tickets.
    pub operation: String,
    /// The number of the document that it is about.
    pub original: Option<String>,
    /// The order, as people name it.
    pub order: Option<String>,
    /// The business day of a ticket or an invoice.
    pub business_date: Option<Date>,
    /// When, by its writer's clock: ms since 1970 UTC.
    pub utc_ms: i64,
    /// Tax included; of an event, its amount.
    pub total: Money,
    /// Card payments on it whose outcome is to be verified.
    pub to_verify: Money,
    /// Whether it stands in a journal of this workstation's.
    pub own: bool,
}

/// Takes note of an entry that was stored, if it holds a signed document. One that this version
/// cannot read is in the journal and left out here, with a line in the log.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn project(
    tx: &Transaction<'_>,
    at: Place,
    kind: Kind,
    body: &[u8],
) -> Result<Option<Signed>, StoreError> {
    let is_signed = kind == fiscal::kind::TICKET || SeriesKind::of_kind(kind).is_some();
    if !is_signed {
        return Ok(None);
    }
    let Some(signed) = Signed::read(kind, body) else {
        tracing::warn!(journal = %at.journal, seq = %at.seq, "a signed document was left out");
        return Ok(None);
    };
    let line = signed.line();
    tx.prepare_cached(
        "INSERT INTO fiscal_document (number, journal, branch, seq, kind, operation, original,
                                      order_label, business_date, utc_ms, total_cents,
                                      to_verify_cents)
         VALUES (:number, :journal, :branch, :seq, :kind, :operation, :original,
                 :order_label, :business_date, :utc_ms, :total_cents, :to_verify_cents)
             ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! {
        ":number": line.number,
        ":journal": at.journal.as_bytes(),
        ":branch": at.branch.to_sql(),
        ":seq": to_sql(at.seq.0),
        ":kind": line.kind.0,
        ":operation": line.operation,
        ":original": line.original,
        ":order_label": line.order,
        ":business_date": line.business_date.map(Date::iso),
        ":utc_ms": line.utc_ms,
        ":total_cents": line.total.cents(),
        ":to_verify_cents": line.to_verify.cents(),
    })?;
    Ok(Some(signed))
}

/// A signed document that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signed {
    /// A sale, a credit note or a correction of a payment.
    Ticket(Box<fiscal::ticket::Document>),
    /// A copy.
    Duplicate(Box<Duplicate>),
    /// A paper before payment.
    Provisional(Box<Provisional>),
    /// An invoice.
    Invoice(Box<InvoiceDocument>),
    /// A closing.
    Closing(Box<Closing>),
    /// An event.
    Event(Box<EventDocument>),
    /// An archive.
    Archive(Box<ArchiveDocument>),
}

impl Signed {
    /// Reads the body of an entry; `None` where it is no document of its kind.
    #[must_use]
    pub fn read(kind: Kind, body: &[u8]) -> Option<Self> {
        if kind == fiscal::kind::TICKET {
            let document = Ticket::decode(body)?.read().ok()?;
            return Some(Self::Ticket(Box::new(document)));
        }
        let series = SeriesKind::of_kind(kind)?;
        let record = Record::decode(body)?;
        match series {
            SeriesKind::Duplicate => record.read().ok().map(|it| Self::Duplicate(Box::new(it))),
            SeriesKind::Provisional => record.read().ok().map(|it| Self::Provisional(Box::new(it))),
            SeriesKind::Invoice => record.read().ok().map(|it| Self::Invoice(Box::new(it))),
            SeriesKind::Closing => record.read().ok().map(|it| Self::Closing(Box::new(it))),
            SeriesKind::Event => record.read().ok().map(|it| Self::Event(Box::new(it))),
            SeriesKind::Archive => record.read().ok().map(|it| Self::Archive(Box::new(it))),
        }
    }

    fn line(&self) -> Line {
        match self {
            Self::Ticket(it) => ticket_line(it),
            Self::Duplicate(it) => Line {
                original: Some(it.original.clone()),
                ..line(&it.head, fiscal::kind::DUPLICATE, &it.original_type)
            },
            Self::Provisional(it) => Line {
                order: Some(it.order.clone()),
                total: it.total_ttc,
                ..line(&it.head, fiscal::kind::PROVISIONAL, it.kind.code())
            },
            Self::Invoice(it) => Line {
                original: Some(it.ticket.clone()),
                business_date: Some(it.business_date),
                total: it.total_ttc,
                ..line(&it.head, fiscal::kind::INVOICE, it.kind.code())
            },
            Self::Closing(it) => Line {
                total: it.tally.total,
                ..line(&it.head, fiscal::kind::CLOSING, it.period.code())
            },
            Self::Event(it) => Line {
                original: it.text("ticket").map(str::to_owned),
                total: Money::from_cents(it.number("amount").unwrap_or(0)),
                ..line(&it.head, fiscal::kind::EVENT, it.code.symbol())
            },
            Self::Archive(it) => {
                Line { total: it.total_ttc, ..line(&it.head, fiscal::kind::ARCHIVE, &it.period) }
            }
        }
    }
}

fn line(head: &Head, kind: Kind, operation: &str) -> Line {
    Line {
        number: head.number.clone(),
        kind,
        operation: operation.to_owned(),
        original: None,
        order: None,
        business_date: None,
        utc_ms: head.utc_ms,
        total: Money::ZERO,
        to_verify: Money::ZERO,
        own: false,
    }
}

fn ticket_line(document: &fiscal::ticket::Document) -> Line {
    let to_verify = document.payments.iter().filter(|it| it.state == Some(PaymentState::ToVerify));
    Line {
        number: document.ticket_no.clone(),
        kind: fiscal::kind::TICKET,
        operation: document.operation.code().to_owned(),
        original: document.original.as_ref().map(|it| it.ticket_no.clone()),
        order: Some(document.order.clone()),
        business_date: Some(document.business_date),
        utc_ms: document.utc_ms,
        total: document.total_ttc,
        to_verify: to_verify.map(|it| it.amount).sum(),
        own: false,
    }
}

const COLUMNS: &str = "number, kind, operation, original, order_label, business_date, utc_ms,
                       total_cents, to_verify_cents, own";

fn read(row: &Row<'_>) -> rusqlite::Result<Line> {
    let date: Option<String> = row.get("business_date")?;
    Ok(Line {
        number: row.get("number")?,
        kind: Kind(row.get("kind")?),
        operation: row.get("operation")?,
        original: row.get("original")?,
        order: row.get("order_label")?,
        business_date: date.as_deref().and_then(Date::parse),
        utc_ms: row.get("utc_ms")?,
        total: Money::from_cents(row.get("total_cents")?),
        to_verify: Money::from_cents(row.get("to_verify_cents")?),
        own: row.get("own")?,
    })
}

/// Tickets, credit notes and corrections of business days, of every workstation, of training or
/// not: newest first, at most `limit`. `text` is some of the number's or the order's letters and digits.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn tickets(
    tx: &Transaction<'_>,
    (from, to): (Date, Date),
    text: &str,
    purpose: Purpose,
    limit: u32,
) -> Result<Vec<Line>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS}
           FROM fiscal_document JOIN journal USING (journal)
          WHERE business_date BETWEEN :from AND :to AND kind = 16 AND purpose = :purpose
            AND (instr(number, upper(:text)) <> 0 OR instr(order_label, upper(:text)) <> 0)
          ORDER BY utc_ms DESC, number DESC
          LIMIT :limit"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":from": from.iso(),
            ":to": to.iso(),
            ":text": text,
            ":purpose": purpose_number(purpose),
            ":limit": limit,
        },
        read,
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The document of a number; the first where two histories hold one.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn find(tx: &Transaction<'_>, number: &str) -> Result<Option<Line>, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT {COLUMNS}
               FROM fiscal_document JOIN journal USING (journal)
              WHERE number = :number
              ORDER BY journal, length(branch), branch, seq
              LIMIT 1"
        ))?
        .query_row(named_params! { ":number": number }, read)
        .optional()?)
}

/// What was signed of a number: the kind of entry and its body.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn body(tx: &Transaction<'_>, number: &str) -> Result<Option<(Kind, Vec<u8>)>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT kind, body
               FROM fiscal_document JOIN body USING (journal, branch, seq)
              WHERE number = :number
              ORDER BY journal, length(branch), branch, seq
              LIMIT 1",
        )?
        .query_row(named_params! { ":number": number }, |row| {
            Ok((Kind(row.get("kind")?), row.get("body")?))
        })
        .optional()?)
}

/// Documents that are about the one of this number, oldest first: credit notes, corrections,
/// duplicates, invoices, events.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn about(tx: &Transaction<'_>, number: &str) -> Result<Vec<Line>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS}
           FROM fiscal_document JOIN journal USING (journal)
          WHERE original = :number
          ORDER BY utc_ms, number"
    ))?;
    let rows = statement.query_map(named_params! { ":number": number }, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many documents of a kind are about the one of this number: copies of a ticket, for one.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn count_about(tx: &Transaction<'_>, number: &str, kind: Kind) -> Result<u64, StoreError> {
    let count = tx
        .prepare_cached(
            "SELECT count(*) FROM fiscal_document WHERE original = :number AND kind = :kind",
        )?
        .query_row(named_params! { ":number": number, ":kind": kind.0 }, |row| row.get(0))?;
    Ok(from_sql(count))
}

/// This workstation's sales with a card payment whose outcome nobody has verified yet, oldest
/// first.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn to_verify(tx: &Transaction<'_>) -> Result<Vec<Line>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT {COLUMNS}
           FROM fiscal_document AS sale JOIN journal USING (journal)
          WHERE to_verify_cents <> 0 AND operation = :sale AND own = 1 AND {SHOWN}
            AND (SELECT coalesce(sum(to_verify_cents), 0)
                   FROM fiscal_document AS later
                  WHERE later.original = sale.number AND later.kind = 16)
                + sale.to_verify_cents <> 0
          ORDER BY utc_ms, number"
    ))?;
    let rows = statement.query_map(named_params! { ":sale": Operation::Sale.code() }, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Which of these events this workstation noted last, in the order of its journals; `None` where
/// none.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn last_event(
    tx: &Transaction<'_>,
    symbols: [&str; 2],
) -> Result<Option<(String, EventDocument)>, StoreError> {
    let found: Option<(String, Vec<u8>)> = tx
        .prepare_cached(
            "SELECT operation, body
               FROM fiscal_document
               JOIN journal USING (journal)
               JOIN entry USING (journal, branch, seq)
               JOIN body USING (journal, branch, seq)
              WHERE fiscal_document.kind = 21 AND operation IN (:one, :other) AND own = 1
              ORDER BY tick DESC, seq DESC
              LIMIT 1",
        )?
        .query_row(named_params! { ":one": symbols[0], ":other": symbols[1] }, |row| {
            Ok((row.get("operation")?, row.get("body")?))
        })
        .optional()?;
    Ok(found.and_then(|(symbol, body)| match Signed::read(fiscal::kind::EVENT, &body) {
        Some(Signed::Event(event)) => Some((symbol, *event)),
        Some(_) | None => None,
    }))
}
