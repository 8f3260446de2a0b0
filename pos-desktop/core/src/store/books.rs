//! What exports, archives, checks and purges read of the journals, and how far they came.

use super::documents::Signed;
use super::journals::{Branch, from_sql, to_sql};
use super::{StoreError, journals};
use fiscal::closing::{Closing, Period, Span};
use fiscal::invoice::InvoiceDocument;
use fiscal::record::Record;
use fiscal::replay::Standing;
use fiscal::ticket::Document;
use fiscal::time::Date;
use journal::{EntryHash, Header, JournalId, Kind, PublicKey, Purpose, Seq, Tip};
use rusqlite::{OptionalExtension, Transaction, named_params};

/// An entry that holds a signed document: its journal, its branch as it is stored, its place.
type Place = (Vec<u8>, Vec<u8>, i64);

/// Hands the signed entries of a kind to `each`, of every history, in their order: those of real
/// journals, or of all. They are looked for among the entries: what folds hold can be thrown away.
fn each_of_kind(
    tx: &Transaction<'_>,
    kind: Kind,
    real: bool,
    mut each: impl FnMut(Place, Signed) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, branch, seq, body
           FROM journal
           JOIN chain USING (journal)
           JOIN entry USING (journal, branch)
           LEFT JOIN body USING (journal, branch, seq)
          WHERE (purpose = 0 OR NOT :real) AND kind = :kind AND kind BETWEEN 16 AND 22
          ORDER BY journal, length(branch), branch, seq",
    )?;
    let mut rows = statement.query(named_params! { ":real": real, ":kind": kind.0 })?;
    while let Some(row) = rows.next()? {
        let place = (row.get("journal")?, row.get("branch")?, row.get("seq")?);
        let body: Option<Vec<u8>> = row.get("body")?;
        let signed = body.and_then(|body| Signed::read(kind, &body));
        each(place, signed.ok_or(StoreError::Broken("signed document"))?)?;
    }
    Ok(())
}

/// The closings of days, and the supplementary ones, that real journals here have under a label of
/// these days.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back, or a day between two has none: nothing is
/// exported without it.
pub fn closings_between(
    tx: &Transaction<'_>,
    from: Date,
    to: Date,
) -> Result<Vec<Closing>, StoreError> {
    let (from, to) = (from.iso(), to.iso());
    let mut closings = Vec::new();
    let mut last: Option<(Vec<u8>, Vec<u8>, u64)> = None;
    each_of_kind(tx, fiscal::kind::CLOSING, true, |(journal, branch, _), signed| {
        let Signed::Closing(closing) = signed else {
            return Err(StoreError::Broken("closing"));
        };
        if closing.period == Period::Day {
            let before = last.take().filter(|it| it.0 == journal && it.1 == branch);
            // A second history's first day follows one of the history that it leaves.
            let due = before.map_or(branch.is_empty().then_some(1), |it| Some(it.2 + 1));
            if due.is_some_and(|due| closing.first_day != due) {
                return Err(StoreError::Broken("series of closings"));
            }
            last = Some((journal, branch, closing.last_day));
        }
        let is_of_days = matches!(closing.period, Period::Day | Period::Supplementary);
        if is_of_days && from <= closing.label && closing.label <= to {
            closings.push(*closing);
        }
        Ok(())
    })?;
    let order = |it: &Closing| (it.label.clone(), it.head.utc_ms, it.head.number.clone());
    closings.sort_by_cached_key(order);
    Ok(closings)
}

/// The invoices that real journals here made of tickets of these business days.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn invoices_between(
    tx: &Transaction<'_>,
    from: Date,
    to: Date,
) -> Result<Vec<InvoiceDocument>, StoreError> {
    let mut invoices = Vec::new();
    each_of_kind(tx, fiscal::kind::INVOICE, true, |_, signed| {
        let Signed::Invoice(invoice) = signed else {
            return Err(StoreError::Broken("invoice"));
        };
        if (from..=to).contains(&invoice.business_date) {
            invoices.push(*invoice);
        }
        Ok(())
    })?;
    invoices.sort_by_cached_key(|it| (it.business_date, it.head.number.clone()));
    Ok(invoices)
}

/// The tickets that a closing's span covers, in the order of their journal.
///
/// # Errors
///
/// [`StoreError::Broken`] where the span's last entry is not here, or one of them cannot be read.
pub fn tickets_of_span(tx: &Transaction<'_>, span: &Span) -> Result<Vec<Document>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("ticket");
    let (journal, hash) = JournalId::from_hex(&span.journal)
        .zip(EntryHash::from_hex(&span.hash))
        .ok_or(StoreError::Broken("closing"))?;
    let (branch, _) = journals::chain_of(tx, Tip { journal, seq: Seq(span.to), hash })?
        .ok_or(StoreError::Broken("end of a closing"))?;
    let mut statement = tx.prepare_cached(
        "SELECT body
           FROM entry LEFT JOIN body USING (journal, branch, seq)
          WHERE journal = :journal AND branch = :branch
            AND kind = :kind AND kind BETWEEN 16 AND 22
            AND seq BETWEEN :from AND :to
          ORDER BY seq",
    )?;
    let mut rows = statement.query(named_params! {
        ":journal": journal.as_bytes(),
        ":branch": branch.to_sql(),
        ":kind": fiscal::kind::TICKET.0,
        ":from": to_sql(span.from),
        ":to": to_sql(span.to),
    })?;
    let mut tickets = Vec::new();
    while let Some(row) = rows.next()? {
        let body: Vec<u8> = row.get::<_, Option<_>>("body")?.ok_or(BROKEN)?;
        match Signed::read(fiscal::kind::TICKET, &body) {
            Some(Signed::Ticket(ticket)) => tickets.push(*ticket),
            Some(_) | None => return Err(BROKEN),
        }
    }
    Ok(tickets)
}

/// The tables folded from signed entries that do not say what the entries do, and in how many rows.
///
/// # Errors
///
/// [`StoreError::Broken`] where a closing cannot be read back.
pub fn tables_that_differ(tx: &Transaction<'_>) -> Result<Vec<(&'static str, u64)>, StoreError> {
    let mut differ = Vec::new();
    for (table, entries, rows) in [
        (
            "fiscal_document",
            "SELECT journal, branch, seq, kind FROM entry WHERE kind BETWEEN 16 AND 22",
            "SELECT journal, branch, seq, kind FROM fiscal_document",
        ),
        (
            "ticket",
            "SELECT journal, branch, seq FROM entry WHERE kind = 16 AND subject IS NOT NULL",
            "SELECT journal, branch, seq FROM ticket",
        ),
        (
            "closing",
            "SELECT journal, branch, seq FROM entry WHERE kind = 20",
            "SELECT journal, branch, seq FROM closing",
        ),
    ] {
        let sql = format!(
            "SELECT (SELECT count(*) FROM ({entries} EXCEPT {rows}))
                  + (SELECT count(*) FROM ({rows} EXCEPT {entries}))"
        );
        differ.push((table, from_sql(tx.query_row(&sql, [], |row| row.get(0))?)));
    }
    differ.push(("closing_span", spans_that_differ(tx)?));
    differ.retain(|(_, rows)| *rows != 0);
    Ok(differ)
}

/// Spans that closings name and the table lacks, and rows that no closing names.
fn spans_that_differ(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT 1
           FROM closing_span
          WHERE journal = :journal AND branch = :branch AND seq = :seq
            AND of_journal = unhex(:of_journal) AND from_seq = :from_seq AND to_seq = :to_seq
            AND hash = unhex(:hash)",
    )?;
    let (mut named, mut found) = (0_u64, 0_u64);
    each_of_kind(tx, fiscal::kind::CLOSING, false, |(journal, branch, seq), signed| {
        let Signed::Closing(closing) = signed else {
            return Err(StoreError::Broken("closing"));
        };
        for span in &closing.spans {
            named += 1;
            found += u64::from(statement.exists(named_params! {
                ":journal": journal,
                ":branch": branch,
                ":seq": seq,
                ":of_journal": span.journal,
                ":from_seq": to_sql(span.from),
                ":to_seq": to_sql(span.to),
                ":hash": span.hash,
            })?);
        }
        Ok(())
    })?;
    let rows: i64 = tx.query_row("SELECT count(*) FROM closing_span", [], |row| row.get(0))?;
    Ok(named.saturating_sub(found) + from_sql(rows).saturating_sub(found))
}

/// An archive that this workstation made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archived {
    /// Its record.
    pub record: Record,
    /// What that says.
    pub document: fiscal::archive::ArchiveDocument,
}

/// The archives that this workstation made, newest first: at most `limit`.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn archives(tx: &Transaction<'_>, limit: u32) -> Result<Vec<Archived>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("archive");
    let mut statement = tx.prepare_cached(
        "SELECT body
           FROM fiscal_document
           JOIN journal USING (journal)
           JOIN entry USING (journal, branch, seq)
           JOIN body USING (journal, branch, seq)
          WHERE own = 1 AND purpose <> 1 AND fiscal_document.kind = 22
          ORDER BY tick DESC
          LIMIT :limit",
    )?;
    let mut rows = statement.query(named_params! { ":limit": limit })?;
    let mut archives = Vec::new();
    while let Some(row) = rows.next()? {
        let record = Record::decode(&row.get::<_, Vec<u8>>("body")?).ok_or(BROKEN)?;
        let document = record.read().map_err(|_| BROKEN)?;
        archives.push(Archived { record, document });
    }
    Ok(archives)
}

/// What a standing is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StandingOf {
    /// The end of the last archive.
    Archived,
    /// The end of the last check that found nothing wrong.
    Checked,
}

impl StandingOf {
    const fn name(self) -> &'static str {
        match self {
            Self::Archived => "archived",
            Self::Checked => "checked",
        }
    }
}

/// Where a journal stood when it was last archived or checked.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn standing(
    tx: &Transaction<'_>,
    journal: JournalId,
    of: StandingOf,
) -> Result<Option<Standing>, StoreError> {
    let text: Option<String> = tx
        .prepare_cached("SELECT standing FROM standing WHERE journal = :journal AND what = :what")?
        .query_row(named_params! { ":journal": journal.as_bytes(), ":what": of.name() }, |row| {
            row.get(0)
        })
        .optional()?;
    let read =
        |text: String| serde_json::from_str(&text).map_err(|_| StoreError::Broken("standing"));
    text.map(read).transpose()
}

/// Remembers where a journal stands.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_standing(
    tx: &Transaction<'_>,
    journal: JournalId,
    of: StandingOf,
    standing: &Standing,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(standing).expect("memory takes any standing");
    tx.prepare_cached(
        "INSERT INTO standing (journal, what, seq, standing)
         VALUES (:journal, :what, :seq, :standing)
             ON CONFLICT (journal, what)
             DO UPDATE SET seq = excluded.seq, standing = excluded.standing",
    )?
    .execute(named_params! {
        ":journal": journal.as_bytes(),
        ":what": of.name(),
        ":seq": to_sql(standing.seq.0),
        ":standing": text,
    })?;
    Ok(())
}

/// The end of the transaction in which an entry of an ordinary chain was written: its seal.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn sealed_at(
    tx: &Transaction<'_>,
    journal: JournalId,
    seq: Seq,
) -> Result<Option<Seq>, StoreError> {
    let seal: Option<i64> = tx
        .prepare_cached(
            "SELECT min(seq) FROM seal WHERE journal = :journal AND branch = x'' AND :seq <= seq",
        )?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":seq": to_sql(seq.0) },
            |row| row.get(0),
        )?;
    Ok(seal.map(|it| Seq(from_sql(it))))
}

/// The last closing of any period in a journal, and the last of a month or a year: their entries.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn last_closings(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<(Option<Seq>, Option<Seq>), StoreError> {
    let (any, period): (Option<i64>, Option<i64>) = tx
        .prepare_cached(
            "SELECT max(seq) AS last, max(iif(period IN ('M', 'A'), seq, NULL)) AS last_period
               FROM closing
              WHERE journal = :journal AND branch = x''",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes() }, |row| {
            Ok((row.get("last")?, row.get("last_period")?))
        })?;
    let seq = |it: Option<i64>| it.map(|it| Seq(from_sql(it)));
    Ok((seq(any), seq(period)))
}

/// The labels of the first and the last day that a journal closed in a stretch of it.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn days_within(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: Seq,
    through: Seq,
) -> Result<Option<(String, String)>, StoreError> {
    let (first, last): (Option<String>, Option<String>) = tx
        .prepare_cached(
            "SELECT min(label) AS first, max(label) AS last
               FROM closing
              WHERE journal = :journal AND branch = x'' AND period IN ('J', 'S')
                AND :after < seq AND seq <= :through",
        )?
        .query_row(
            named_params! {
                ":journal": journal.as_bytes(),
                ":after": to_sql(after.0),
                ":through": to_sql(through.0),
            },
            |row| Ok((row.get("first")?, row.get("last")?)),
        )?;
    Ok(first.zip(last))
}

/// When the first closing of a journal after an entry was made: ms since 1970 UTC by the clock.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn first_closed_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: Seq,
) -> Result<Option<i64>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT min(closed_ms)
               FROM closing
              WHERE journal = :journal AND branch = x'' AND :after < seq",
        )?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":after": to_sql(after.0) },
            |row| row.get(0),
        )?)
}

/// The journals that this workstation writes or wrote, in the order in which they were opened.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn own_journals(tx: &Transaction<'_>) -> Result<Vec<journals::Held>, StoreError> {
    let mut own: Vec<_> = journals::all(tx)?
        .into_iter()
        .filter(|held| held.own && held.branch == Branch::ORDINARY)
        .collect();
    let mut statement = tx.prepare_cached(
        "SELECT tick FROM entry WHERE journal = :journal AND branch = x'' AND seq = 1",
    )?;
    let mut opened = std::collections::BTreeMap::new();
    for held in &own {
        let tick: i64 = statement
            .query_row(named_params! { ":journal": held.tip.journal.as_bytes() }, |row| {
                row.get(0)
            })?;
        opened.insert(held.tip.journal, tick);
    }
    own.sort_by_key(|held| opened.get(&held.tip.journal).copied());
    Ok(own)
}

/// What others said they hold of the journals here: the farthest place of each.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn held_by_others(tx: &Transaction<'_>) -> Result<Vec<Tip>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("witness");
    let mut statement = tx.prepare_cached(
        "SELECT held_by.journal, max(held_by.seq) AS seq, entry.hash
           FROM held_by
           LEFT JOIN entry ON entry.journal = held_by.journal AND entry.branch = x''
                          AND entry.seq = held_by.seq
          GROUP BY held_by.journal",
    )?;
    let mut rows = statement.query([])?;
    let mut tips = Vec::new();
    while let Some(row) = rows.next()? {
        let journal: Vec<u8> = row.get("journal")?;
        let hash: Option<Vec<u8>> = row.get("hash")?;
        // Where the entry is not here any more, no entry has the hash that is looked for.
        let hash = hash.unwrap_or_else(|| vec![0; 32]);
        tips.push(Tip {
            journal: JournalId::try_from(journal.as_slice()).map_err(|_| BROKEN)?,
            seq: Seq(from_sql(row.get("seq")?)),
            hash: EntryHash::try_from(hash.as_slice()).map_err(|_| BROKEN)?,
        });
    }
    Ok(tips)
}

/// Bodies of an own journal that may go: steps in the kitchen and the like (keep `operation`), up to
/// and with `through`, of orders that are done with; with what the clock said at each (ms since 1970
/// UTC). In their order, after a place, at most `limit`.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub fn purgeable(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: Seq,
    through: Seq,
    limit: u32,
) -> Result<Vec<(Seq, i64)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT seq, header
           FROM entry JOIN body USING (journal, branch, seq)
          WHERE journal = :journal AND branch = x'' AND keep = 2
            AND :after < seq AND seq <= :through
            AND (subject IS NULL
                 OR NOT EXISTS (SELECT 1 FROM shop_order
                                 WHERE order_id = subject AND open = 1))
          ORDER BY seq
          LIMIT :limit",
    )?;
    let mut rows = statement.query(named_params! {
        ":journal": journal.as_bytes(),
        ":after": to_sql(after.0),
        ":through": to_sql(through.0),
        ":limit": limit,
    })?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let header: Vec<u8> = row.get("header")?;
        let header = Header::decode(&header).ok_or(StoreError::Broken("entry"))?;
        found.push((header.seq, header.wall_ms));
    }
    Ok(found)
}

/// Deletes a body. The database refuses where it must be kept.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn purge(tx: &Transaction<'_>, journal: JournalId, seq: Seq) -> Result<(), StoreError> {
    tx.prepare_cached("DELETE FROM body WHERE journal = :journal AND branch = x'' AND seq = :seq")?
        .execute(named_params! { ":journal": journal.as_bytes(), ":seq": to_sql(seq.0) })?;
    Ok(())
}

/// How far a peer said it holds a journal.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn held_by(
    tx: &Transaction<'_>,
    peer: &PublicKey,
    journal: JournalId,
) -> Result<Seq, StoreError> {
    let seq: Option<i64> = tx
        .prepare_cached("SELECT seq FROM held_by WHERE peer = :peer AND journal = :journal")?
        .query_row(
            named_params! { ":peer": peer.as_bytes(), ":journal": journal.as_bytes() },
            |row| row.get(0),
        )
        .optional()?;
    Ok(Seq(seq.map_or(0, from_sql)))
}

/// Whether a chain is one of real sales.
#[must_use]
pub fn is_live(held: &journals::Held) -> bool {
    match held.purpose {
        Purpose::Live => true,
        Purpose::Training | Purpose::Centre => false,
    }
}
