//! What others said they hold, on their disks, of the journals here; and what is told to the anchor
//! file.

use super::journals::{Held, from_sql, to_sql};
use super::{StoreError, ended, tickets};
use crate::anchor::Mark;
use fiscal::Money;
use fiscal::closing::Closing;
use fiscal::record::{Record, Series, SeriesKind};
use fiscal::ticket::{Base, Ticket, TicketSeries};
use journal::mutant::{self, Mutant};
use journal::{EntryHash, JournalId, Kind, PublicKey, Purpose, Seq, Tip};
use rusqlite::{OptionalExtension, Transaction, named_params};
use std::collections::BTreeMap;

/// Remembers that `peer` said it holds a journal up to a place, on its disk. What was known already
/// writes nothing: peers say it every few seconds.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn held_by(
    tx: &Transaction<'_>,
    peer: &PublicKey,
    journal: JournalId,
    seq: Seq,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO held_by (peer, journal, seq)
         VALUES (:peer, :journal, :seq)
             ON CONFLICT (peer, journal)
             DO UPDATE SET seq = excluded.seq WHERE seq < excluded.seq",
    )?
    .execute(named_params! {
        ":peer": peer.as_bytes(),
        ":journal": journal.as_bytes(),
        ":seq": to_sql(seq.0),
    })?;
    Ok(())
}

/// Remembers that `peer` holds no more than `tips`, which are all that it holds: its disk may have been
/// set back, and what it held then is a second copy no more.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn holds_no_more(
    tx: &Transaction<'_>,
    peer: &PublicKey,
    tips: &[Tip],
) -> Result<(), StoreError> {
    let mut there: BTreeMap<JournalId, Seq> = BTreeMap::new();
    for tip in tips {
        let end = there.entry(tip.journal).or_default();
        *end = tip.seq.max(*end);
    }
    let mut statement = tx.prepare_cached("SELECT journal, seq FROM held_by WHERE peer = :peer")?;
    let rows = statement.query_map(named_params! { ":peer": peer.as_bytes() }, |row| {
        Ok((row.get::<_, [u8; 32]>("journal")?, Seq(from_sql(row.get("seq")?))))
    })?;
    for (journal, said) in rows.collect::<Result<Vec<_>, _>>()? {
        let end = there.get(&JournalId(journal)).copied().unwrap_or_default();
        if end < said {
            tx.prepare_cached(
                "UPDATE held_by SET seq = :seq WHERE peer = :peer AND journal = :journal",
            )?
            .execute(named_params! {
                ":seq": to_sql(end.0),
                ":peer": peer.as_bytes(),
                ":journal": journal,
            })?;
        }
    }
    Ok(())
}

/// How many entries are here alone, as far as anybody said: of the own journals, and of those whose
/// workstation was declared dead. What a dead or revoked workstation once held is no second copy.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn alone(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let dead: Vec<String> =
        ended::keys(tx)?.iter().map(|key| hex::encode(key.as_bytes())).collect();
    let dead = serde_json::to_string(&dead).expect("a list of strings is plain data");
    let alone = tx
        .prepare_cached(
            "WITH dead AS (
                 SELECT unhex(value) AS public_key FROM json_each(:dead)
             ), gone AS (
                 SELECT public_key FROM dead
                  UNION
                 SELECT public_key FROM member WHERE revoked = 1
             )
             SELECT coalesce(sum(tip_seq - held), 0)
               FROM (SELECT tip_seq,
                            (SELECT coalesce(max(min(held_by.seq, chain.tip_seq)), 0)
                               FROM held_by
                              WHERE held_by.journal = chain.journal
                                AND held_by.peer NOT IN (SELECT public_key FROM gone)) AS held
                       FROM chain JOIN journal USING (journal)
                      WHERE branch = x''
                        AND (own = 1 OR public_key IN (SELECT public_key FROM dead)))",
        )?
        .query_row(named_params! { ":dead": dead }, |row| row.get(0))?;
    Ok(from_sql(alone))
}

/// How many entries of the own journal `peer` has not said to hold.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn not_held_by(tx: &Transaction<'_>, peer: &PublicKey) -> Result<u64, StoreError> {
    let missing = tx
        .prepare_cached(
            "SELECT coalesce(sum(max(tip_seq - coalesce(held_by.seq, 0), 0)), 0)
               FROM chain JOIN journal USING (journal)
               LEFT JOIN held_by ON held_by.journal = chain.journal AND held_by.peer = :peer
              WHERE own = 1 AND branch = x''",
        )?
        .query_row(named_params! { ":peer": peer.as_bytes() }, |row| row.get(0))?;
    Ok(from_sql(missing))
}

/// Where every own journal ends, with what its tickets have come to: what the anchor file holds.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn marks(tx: &Transaction<'_>) -> Result<Vec<Mark>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("chain");
    let mut statement = tx.prepare_cached(
        "SELECT chain.journal, tip_seq, tip_hash,
                coalesce(perpetual, 0) AS perpetual,
                coalesce(perpetual_absolute, 0) AS perpetual_absolute
           FROM chain
           JOIN journal USING (journal)
           LEFT JOIN series ON series.journal = chain.journal AND series = 'TK1'
          WHERE own = 1 AND branch = x''
          ORDER BY chain.journal",
    )?;
    let mut rows = statement.query([])?;
    let mut marks = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = |name: &str| row.get::<_, Vec<u8>>(name);
        marks.push(Mark {
            tip: Tip {
                journal: JournalId::try_from(bytes("journal")?.as_slice()).map_err(|_| BROKEN)?,
                seq: Seq(from_sql(row.get("tip_seq")?)),
                hash: EntryHash::try_from(bytes("tip_hash")?.as_slice()).map_err(|_| BROKEN)?,
            },
            perpetual_algebraic: Money::from_cents(row.get("perpetual")?),
            perpetual_absolute: Money::from_cents(row.get("perpetual_absolute")?),
        });
    }
    Ok(marks)
}

/// Takes a journal for this workstation's own: its entries were had back from another.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn claim(tx: &Transaction<'_>, journal: JournalId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE journal SET own = 1 WHERE journal = :journal",
        named_params! { ":journal": journal.as_bytes() },
    )?;
    Ok(())
}

/// Brings the series of an own journal, whose entries were had back from another, to its last
/// documents: no number is used again. `till` is what it is called in its series.
///
/// # Errors
///
/// [`StoreError::Broken`] where the last ticket cannot be read.
pub fn follow_series(
    tx: &Transaction<'_>,
    till: &str,
    journal: JournalId,
) -> Result<(), StoreError> {
    let series = match after_last_ticket(tx, till, journal)? {
        Some(series) => series,
        None => {
            let (perpetual_algebraic, perpetual_absolute) = tickets::perpetual_totals(tx)?;
            let empty = TicketSeries::of_till(till, &journal);
            TicketSeries { perpetual_algebraic, perpetual_absolute, ..empty }
        }
    };
    tickets::set_series(tx, journal, &series)?;
    for kind in SeriesKind::ALL {
        if let Some(series) = after_last_record(tx, kind, till, journal)? {
            tickets::set_record_series(tx, journal, &series)?;
        }
    }
    Ok(())
}

/// Brings the series of a journal that this workstation writes to its last documents, where they are
/// not there; answers the first that was not. `till` is what it is called in its series.
///
/// # Errors
///
/// [`StoreError::Broken`] where a last document cannot be read.
pub fn mend_series(
    tx: &Transaction<'_>,
    till: &str,
    held: &Held,
) -> Result<Option<&'static str>, StoreError> {
    let journal = held.tip.journal;
    let mut mended = None;
    let stored = tickets::series(tx, till, journal)?;
    let right = match after_last_ticket(tx, till, journal)? {
        Some(series) => series,
        None => before_first_ticket(tx, till, held, &stored)?,
    };
    if stored != right {
        tickets::set_series(tx, journal, &right)?;
        mended = Some("TK1");
    }
    for kind in SeriesKind::ALL {
        let stored = tickets::record_series(tx, kind, till, journal)?;
        let right = after_last_record(tx, kind, till, journal)?;
        let right = right.unwrap_or_else(|| Series::open(kind, till, &journal));
        if stored != right {
            tickets::set_record_series(tx, journal, &right)?;
            mended = mended.or(Some(kind.tag()));
        }
    }
    Ok(mended)
}

/// What a journal's first ticket hangs on. A witness may have known of more than is here when the
/// journal was begun, and never of less.
fn before_first_ticket(
    tx: &Transaction<'_>,
    till: &str,
    held: &Held,
    stored: &TicketSeries,
) -> Result<TicketSeries, StoreError> {
    let empty = TicketSeries::of_till(till, &held.tip.journal);
    let (algebraic, absolute) = match held.purpose {
        Purpose::Live => tickets::perpetual_totals(tx)?,
        Purpose::Training | Purpose::Centre => return Ok(empty),
    };
    if let Some((perpetual_algebraic, perpetual_absolute)) = of_last_closing(tx, held.tip.journal)?
    {
        return Ok(TicketSeries { perpetual_algebraic, perpetual_absolute, ..empty });
    }
    let taken_over = (stored.perpetual_algebraic, stored.perpetual_absolute);
    let (perpetual_algebraic, perpetual_absolute) =
        if absolute <= taken_over.1 { taken_over } else { (algebraic, absolute) };
    Ok(TicketSeries { perpetual_algebraic, perpetual_absolute, ..empty })
}

/// The totals that a journal's last closing says; `None` where it holds none. What turns up later of the
/// journals before it moves them no more: they are signed.
fn of_last_closing(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Option<(Money, Money)>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("closing");
    let Some(body) = last_of_kind(tx, journal, fiscal::kind::CLOSING)? else {
        return Ok(None);
    };
    let record = Record::decode(&body).ok_or(BROKEN)?;
    let closing: Closing = record.read().map_err(|_| BROKEN)?;
    Ok(Some((closing.perpetual_algebraic, closing.perpetual_absolute)))
}

/// What the next ticket hangs on by a journal's last one; `None` where it holds none.
fn after_last_ticket(
    tx: &Transaction<'_>,
    till: &str,
    journal: JournalId,
) -> Result<Option<TicketSeries>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("ticket");
    let Some(body) = last_of_kind(tx, journal, fiscal::kind::TICKET)? else {
        return Ok(None);
    };
    let ticket = Ticket::decode(&body).ok_or(BROKEN)?;
    let mut base = Base::parse(&ticket.base).map_err(|_| BROKEN)?;
    if mutant::is(Mutant::ForgetPerpetual) {
        (base.perpetual_algebraic, base.perpetual_absolute) = (Money::ZERO, Money::ZERO);
    }
    let further = if mutant::is(Mutant::ReuseANumber) { 0 } else { 1 };
    Ok(Some(TicketSeries {
        next: base.seq.saturating_add(further),
        previous: Some(ticket.signature),
        perpetual_algebraic: base.perpetual_algebraic,
        perpetual_absolute: base.perpetual_absolute,
        ..TicketSeries::of_till(till, &journal)
    }))
}

/// What the next document of a series hangs on by a journal's last one; `None` where it holds none.
fn after_last_record(
    tx: &Transaction<'_>,
    kind: SeriesKind,
    till: &str,
    journal: JournalId,
) -> Result<Option<Series>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("record");
    let Some(body) = last_of_kind(tx, journal, kind.kind())? else {
        return Ok(None);
    };
    let record = Record::decode(&body).ok_or(BROKEN)?;
    let place = record.number.rsplit_once(kind.letter()).and_then(|it| it.1.parse().ok());
    let last: u64 = place.ok_or(BROKEN)?;
    Ok(Some(Series {
        next: last.saturating_add(1),
        previous: Some(record.signature),
        ..Series::open(kind, till, &journal)
    }))
}

/// The body of a journal's last entry of a signed kind, on its ordinary chain.
fn last_of_kind(
    tx: &Transaction<'_>,
    journal: JournalId,
    kind: Kind,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT body
               FROM entry
               JOIN body USING (journal, branch, seq)
              WHERE journal = :journal AND branch = x'' AND kind = :kind AND kind BETWEEN 16 AND 22
              ORDER BY seq DESC
              LIMIT 1",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes(), ":kind": kind.0 }, |row| {
            row.get(0)
        })
        .optional()?)
}

/// What the centre signed of a journal: its reply's envelope, as it came, and the entry that it says
/// is on its disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attestation {
    /// The entry.
    pub tip: Tip,
    /// The envelope's bytes (docs/SYNC.md).
    pub envelope: Vec<u8>,
    /// When it was heard, in ms since 1970 UTC by this workstation's clock.
    pub heard_ms: i64,
}

/// Keeps what the centre signed, where it reaches further than what is kept.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn attest(tx: &Transaction<'_>, attestation: &Attestation) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO attestation (journal, seq, hash, envelope, heard_ms)
         VALUES (:journal, :seq, :hash, :envelope, :heard_ms)
             ON CONFLICT (journal)
             DO UPDATE SET seq = excluded.seq, hash = excluded.hash,
                           envelope = excluded.envelope, heard_ms = excluded.heard_ms
                     WHERE seq < excluded.seq",
    )?
    .execute(named_params! {
        ":journal": attestation.tip.journal.as_bytes(),
        ":seq": to_sql(attestation.tip.seq.0),
        ":hash": attestation.tip.hash.as_bytes(),
        ":envelope": attestation.envelope,
        ":heard_ms": attestation.heard_ms,
    })?;
    Ok(())
}

/// The furthest that the centre signed of each journal.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn attestations(tx: &Transaction<'_>) -> Result<Vec<Attestation>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("attestation");
    let mut statement = tx.prepare_cached(
        "SELECT journal, seq, hash, envelope, heard_ms FROM attestation ORDER BY journal",
    )?;
    let mut rows = statement.query([])?;
    let mut attestations = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = |name: &str| row.get::<_, Vec<u8>>(name);
        attestations.push(Attestation {
            tip: Tip {
                journal: JournalId::try_from(bytes("journal")?.as_slice()).map_err(|_| BROKEN)?,
                seq: Seq(from_sql(row.get("seq")?)),
                hash: EntryHash::try_from(bytes("hash")?.as_slice()).map_err(|_| BROKEN)?,
            },
            envelope: bytes("envelope")?,
            heard_ms: row.get("heard_ms")?,
        });
    }
    Ok(attestations)
}
