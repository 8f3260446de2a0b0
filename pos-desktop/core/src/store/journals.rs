//! Journals, entries, seals, branches and alarms.

use super::StoreError;
use journal::{
    Batch, EntryHash, Header, JournalId, Kind, Opening, PublicKey, Purpose, RawEntry, Seq,
    Signature, SubjectId, Tick, Tip,
};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// A journal as it stands here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where it ends.
    pub tip: Tip,
    /// The tick of its last entry.
    pub tick: Tick,
    /// What its seals are checked with.
    pub public_key: PublicKey,
    /// The label of the workstation that writes it.
    pub workstation: String,
    /// Whether this workstation writes it.
    pub own: bool,
}

/// An entry as it is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its journal.
    pub journal: JournalId,
    /// What its header says.
    pub header: Header,
    /// Its body; `None` once purged.
    pub body: Option<Vec<u8>>,
}

/// Something that somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// A journal has two histories.
    Fork,
    /// Entries were not believed.
    Refused,
    /// An entry was put aside.
    Parked,
}

impl Alarm {
    const fn name(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Refused => "refused",
            Self::Parked => "parked",
        }
    }
}

/// Stores a journal's beginning.
///
/// # Errors
///
/// Whatever SQLite says; a journal that is here already is an error of the caller's.
pub fn open(
    tx: &Transaction<'_>,
    opening: &Opening,
    batch: &Batch,
    own: bool,
) -> Result<(), StoreError> {
    let tip = batch.tip();
    tx.prepare_cached(
        "INSERT INTO journal (journal, public_key, shop, workstation, purpose, own,
                              tip_seq, tip_hash, tip_tick)
         VALUES (:journal, :public_key, :shop, :workstation, :purpose, :own,
                 :tip_seq, :tip_hash, :tip_tick)",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":public_key": opening.public_key.as_bytes(),
        ":shop": opening.shop,
        ":workstation": opening.workstation,
        ":purpose": purpose_number(opening.purpose),
        ":own": own,
        ":tip_seq": to_sql(tip.seq.0),
        ":tip_hash": tip.hash.as_bytes(),
        ":tip_tick": to_sql(batch.last_tick().0),
    })?;
    insert(tx, batch)
}

/// Stores entries that follow the journal's tip.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn append(tx: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    insert(tx, batch)?;
    let tip = batch.tip();
    tx.prepare_cached(
        "UPDATE journal
            SET tip_seq = :tip_seq, tip_hash = :tip_hash, tip_tick = :tip_tick
          WHERE journal = :journal",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":tip_seq": to_sql(tip.seq.0),
        ":tip_hash": tip.hash.as_bytes(),
        ":tip_tick": to_sql(batch.last_tick().0),
    })?;
    Ok(())
}

fn insert(tx: &Transaction<'_>, batch: &Batch) -> Result<(), StoreError> {
    let mut entry_statement = tx.prepare_cached(
        "INSERT INTO entry (journal, seq, hash, header, kind, subject, tick, keep)
         VALUES (:journal, :seq, :hash, :header, :kind, :subject, :tick, :keep)",
    )?;
    let mut body_statement = tx.prepare_cached(
        "INSERT INTO body (journal, seq, body) VALUES (:journal, :seq, :body)",
    )?;
    for entry in &batch.entries {
        let journal = entry.journal();
        let seq = to_sql(entry.header.seq.0);
        entry_statement.execute(named_params! {
            ":journal": journal.as_bytes(),
            ":seq": seq,
            ":hash": entry.hash.as_bytes(),
            ":header": entry.header_bytes,
            ":kind": entry.header.kind.0,
            ":subject": entry.header.subject.as_ref().map(SubjectId::as_bytes),
            ":tick": to_sql(entry.header.tick.0),
            ":keep": keep_number(entry.header.keep),
        })?;
        if let Some(body) = &entry.body {
            body_statement.execute(named_params! {
                ":journal": journal.as_bytes(),
                ":seq": seq,
                ":body": body,
            })?;
        }
    }
    let tip = batch.tip();
    tx.prepare_cached(
        "INSERT INTO seal (journal, seq, signature) VALUES (:journal, :seq, :signature)",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":seq": to_sql(tip.seq.0),
        ":signature": batch.seal.as_bytes(),
    })?;
    Ok(())
}

/// Every journal of the shop that is here.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn all(tx: &Transaction<'_>) -> Result<Vec<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, tip_seq, tip_hash, tip_tick, public_key, workstation, own
           FROM journal
          ORDER BY journal",
    )?;
    let mut rows = statement.query([])?;
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        held.push(read_held(row)?);
    }
    Ok(held)
}

/// One journal.
///
/// # Errors
///
/// [`StoreError::Broken`] where the row cannot be read back.
pub fn find(tx: &Transaction<'_>, journal: JournalId) -> Result<Option<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, tip_seq, tip_hash, tip_tick, public_key, workstation, own
           FROM journal
          WHERE journal = :journal",
    )?;
    let mut rows = statement.query(named_params! { ":journal": journal.as_bytes() })?;
    rows.next()?.map(read_held).transpose()
}

/// The journal this workstation writes now: the one it opened last.
///
/// # Errors
///
/// [`StoreError::Broken`] where the row cannot be read back.
pub fn own(tx: &Transaction<'_>) -> Result<Option<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, tip_seq, tip_hash, tip_tick, public_key, workstation, own
           FROM journal
          WHERE own = 1
          ORDER BY tip_tick DESC
          LIMIT 1",
    )?;
    let mut rows = statement.query([])?;
    rows.next()?.map(read_held).transpose()
}

fn read_held(row: &Row<'_>) -> Result<Held, StoreError> {
    let broken = |_| StoreError::Broken("journal");
    let bytes = |name: &str| row.get::<_, Vec<u8>>(name);
    Ok(Held {
        tip: Tip {
            journal: JournalId::try_from(bytes("journal")?.as_slice()).map_err(broken)?,
            seq: Seq(from_sql(row.get("tip_seq")?)),
            hash: EntryHash::try_from(bytes("tip_hash")?.as_slice()).map_err(broken)?,
        },
        tick: Tick(from_sql(row.get("tip_tick")?)),
        public_key: PublicKey::from_bytes(&bytes("public_key")?)
            .map_err(|_| StoreError::Broken("journal"))?,
        workstation: row.get("workstation")?,
        own: row.get("own")?,
    })
}

/// The greatest tick stored, of any journal.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn greatest_tick(tx: &Transaction<'_>) -> Result<Tick, StoreError> {
    let tick = tx
        .prepare_cached("SELECT coalesce(max(tip_tick), 0) FROM journal")?
        .query_row([], |row| row.get(0))?;
    Ok(Tick(from_sql(tick)))
}

/// The hash of the entry at a place.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn hash_at(
    tx: &Transaction<'_>,
    journal: JournalId,
    seq: Seq,
) -> Result<Option<EntryHash>, StoreError> {
    let hash: Option<Vec<u8>> = tx
        .prepare_cached("SELECT hash FROM entry WHERE journal = :journal AND seq = :seq")?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":seq": to_sql(seq.0) },
            |row| row.get(0),
        )
        .optional()?;
    hash.map(|hash| EntryHash::try_from(hash.as_slice()))
        .transpose()
        .map_err(|_| StoreError::Broken("entry"))
}

/// The tick of the entry at a place.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn tick_at(
    tx: &Transaction<'_>,
    journal: JournalId,
    seq: Seq,
) -> Result<Option<Tick>, StoreError> {
    let tick: Option<i64> = tx
        .prepare_cached("SELECT tick FROM entry WHERE journal = :journal AND seq = :seq")?
        .query_row(
            named_params! { ":journal": journal.as_bytes(), ":seq": to_sql(seq.0) },
            |row| row.get(0),
        )
        .optional()?;
    Ok(tick.map(|tick| Tick(from_sql(tick))))
}

/// Entries after a place, ending on a seal: at most `limit` and about `max_bytes`, but at least up
/// to the first seal. `None` where nothing follows.
///
/// # Errors
///
/// [`StoreError::Broken`] where a seal cannot be read back.
pub fn read_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    after: Seq,
    limit: usize,
    max_bytes: usize,
) -> Result<Option<(Vec<RawEntry>, Signature)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT header, body, signature
           FROM entry
           LEFT JOIN body USING (journal, seq)
           LEFT JOIN seal USING (journal, seq)
          WHERE journal = :journal AND :after < seq
          ORDER BY seq",
    )?;
    let mut rows = statement
        .query(named_params! { ":journal": journal.as_bytes(), ":after": to_sql(after.0) })?;
    let mut entries = Vec::new();
    let mut sealed = None;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let entry = RawEntry { header: row.get("header")?, body: row.get("body")? };
        bytes += entry.header.len() + entry.body.as_ref().map_or(0, Vec::len);
        if sealed.is_some() && (limit <= entries.len() || max_bytes < bytes) {
            break;
        }
        entries.push(entry);
        if let Some(signature) = row.get::<_, Option<Vec<u8>>>("signature")? {
            let signature =
                Signature::from_bytes(&signature).ok_or(StoreError::Broken("seal"))?;
            sealed = Some((entries.len(), signature));
        }
    }
    Ok(sealed.map(|(length, signature)| {
        entries.truncate(length);
        (entries, signature)
    }))
}

/// Every entry about `subject`, in the order in which folds read them.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn about(tx: &Transaction<'_>, subject: SubjectId) -> Result<Vec<Stored>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, header, body
           FROM entry
           LEFT JOIN body USING (journal, seq)
          WHERE subject = :subject
          ORDER BY tick, journal, seq",
    )?;
    let mut rows = statement.query(named_params! { ":subject": subject.as_bytes() })?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read_stored(row)?);
    }
    Ok(entries)
}

/// One entry.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn entry(
    tx: &Transaction<'_>,
    journal: JournalId,
    seq: Seq,
) -> Result<Option<Stored>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, header, body
           FROM entry
           LEFT JOIN body USING (journal, seq)
          WHERE journal = :journal AND seq = :seq",
    )?;
    let mut rows = statement
        .query(named_params! { ":journal": journal.as_bytes(), ":seq": to_sql(seq.0) })?;
    rows.next()?.map(read_stored).transpose()
}

fn read_stored(row: &Row<'_>) -> Result<Stored, StoreError> {
    let journal: Vec<u8> = row.get("journal")?;
    let header: Vec<u8> = row.get("header")?;
    Ok(Stored {
        journal: JournalId::try_from(journal.as_slice())
            .map_err(|_| StoreError::Broken("entry"))?,
        header: Header::decode(&header).ok_or(StoreError::Broken("entry"))?,
        body: row.get("body")?,
    })
}

/// Keeps a second history beside the first.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn keep_branch(
    tx: &Transaction<'_>,
    journal: JournalId,
    batch: &Batch,
) -> Result<(), StoreError> {
    let mut statement = tx.prepare_cached(
        "INSERT INTO branch_entry (journal, seq, hash, header, body, signature)
         VALUES (:journal, :seq, :hash, :header, :body, :signature)
             ON CONFLICT DO NOTHING",
    )?;
    let last = batch.tip().seq;
    for entry in &batch.entries {
        let sealed = (entry.header.seq == last).then(|| batch.seal.as_bytes());
        statement.execute(named_params! {
            ":journal": journal.as_bytes(),
            ":seq": to_sql(entry.header.seq.0),
            ":hash": entry.hash.as_bytes(),
            ":header": entry.header_bytes,
            ":body": entry.body,
            ":signature": sealed,
        })?;
    }
    Ok(())
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

/// How many journals have two histories, as far as is known here.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn forks(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let forks = tx
        .prepare_cached("SELECT count(DISTINCT journal) FROM alarm WHERE kind = 'fork'")?
        .query_row([], |row| row.get(0))?;
    Ok(from_sql(forks))
}

/// Remembers that `peer` said it holds a journal up to a place, on its disk.
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
             ON CONFLICT (peer, journal) DO UPDATE SET seq = max(seq, excluded.seq)",
    )?
    .execute(named_params! {
        ":peer": peer.as_bytes(),
        ":journal": journal.as_bytes(),
        ":seq": to_sql(seq.0),
    })?;
    Ok(())
}

/// How many entries of the own journal nobody else has said to hold.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn alone(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let alone = tx
        .prepare_cached(
            "SELECT coalesce(sum(tip_seq - held), 0)
               FROM (SELECT tip_seq,
                            (SELECT coalesce(max(min(held_by.seq, journal.tip_seq)), 0)
                               FROM held_by
                              WHERE held_by.journal = journal.journal) AS held
                       FROM journal
                      WHERE own = 1)",
        )?
        .query_row([], |row| row.get(0))?;
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
               FROM journal
               LEFT JOIN held_by ON held_by.journal = journal.journal AND held_by.peer = :peer
              WHERE own = 1",
        )?
        .query_row(named_params! { ":peer": peer.as_bytes() }, |row| row.get(0))?;
    Ok(from_sql(missing))
}

/// Stores a blob under its name.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn put_blob(
    tx: &Transaction<'_>,
    hash: journal::BlobHash,
    bytes: &[u8],
) -> Result<(), StoreError> {
    tx.prepare_cached("INSERT INTO blob (hash, bytes) VALUES (:hash, :bytes) ON CONFLICT DO NOTHING")?
        .execute(named_params! { ":hash": hash.as_bytes(), ":bytes": bytes })?;
    Ok(())
}

/// A blob's bytes.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn blob(
    tx: &Transaction<'_>,
    hash: journal::BlobHash,
) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT bytes FROM blob WHERE hash = :hash")?
        .query_row(named_params! { ":hash": hash.as_bytes() }, |row| row.get(0))
        .optional()?)
}

/// The kind of an entry, for those that are handled one by one.
#[must_use]
pub fn kind_of(stored: &Stored) -> Kind {
    stored.header.kind
}

const fn purpose_number(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Live => 0,
        Purpose::Training => 1,
        Purpose::Centre => 2,
    }
}

const fn keep_number(keep: journal::Keep) -> i64 {
    match keep {
        journal::Keep::Fiscal => 0,
        journal::Keep::Trace => 1,
        journal::Keep::Operation => 2,
    }
}

/// SQLite's integers are signed; no count here comes near 2⁶³.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).expect("counts and ticks stay below 2^63")
}

pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
