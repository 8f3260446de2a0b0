//! Journals, entries, seals, branches and alarms.

use super::StoreError;
use journal::{
    Batch, EntryHash, Header, JournalId, Opening, PublicKey, Purpose, RawEntry, Seq, Signature,
    SubjectId, Tick, Tip,
};
use rusqlite::{OptionalExtension, Row, Transaction, named_params};

/// A chain of a journal as it stands here: the ordinary one, or a second history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Where it ends.
    pub tip: Tip,
    /// The tick of its last entry.
    pub tick: Tick,
    /// The branch; the ordinary chain has none.
    pub branch: Branch,
    /// What its seals are checked with.
    pub public_key: PublicKey,
    /// The label of the workstation that writes it.
    pub workstation: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Whether this workstation writes it.
    pub own: bool,
}

/// Which history of a journal: the ordinary one, or the one that begins with an entry of this hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Branch(pub Option<EntryHash>);

impl Branch {
    /// The first history that was seen.
    pub const ORDINARY: Self = Self(None);

    pub(super) fn to_sql(self) -> Vec<u8> {
        self.0.map_or_else(Vec::new, |hash| hash.0.to_vec())
    }

    pub(super) fn from_sql(bytes: &[u8]) -> Result<Self, StoreError> {
        if bytes.is_empty() {
            return Ok(Self::ORDINARY);
        }
        EntryHash::try_from(bytes).map(|hash| Self(Some(hash))).map_err(|_| BROKEN_CHAIN)
    }
}

const BROKEN_CHAIN: StoreError = StoreError::Broken("chain");

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
    tx.prepare_cached(
        "INSERT INTO journal (journal, public_key, shop, workstation, purpose, own)
         VALUES (:journal, :public_key, :shop, :workstation, :purpose, :own)",
    )?
    .execute(named_params! {
        ":journal": batch.tip().journal.as_bytes(),
        ":public_key": opening.public_key.as_bytes(),
        ":shop": opening.shop,
        ":workstation": opening.workstation,
        ":purpose": purpose_number(opening.purpose),
        ":own": own,
    })?;
    begin_chain(tx, batch, Branch::ORDINARY, Branch::ORDINARY, Seq(0))
}

/// Keeps a second history of a journal, which leaves `parent` after `from`.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn open_branch(
    tx: &Transaction<'_>,
    batch: &Batch,
    parent: Branch,
    from: Seq,
) -> Result<Branch, StoreError> {
    let first = batch.entries.first().expect("a batch has at least one entry");
    let branch = Branch(Some(first.hash));
    begin_chain(tx, batch, branch, parent, from)?;
    Ok(branch)
}

fn begin_chain(
    tx: &Transaction<'_>,
    batch: &Batch,
    branch: Branch,
    parent: Branch,
    from: Seq,
) -> Result<(), StoreError> {
    let tip = batch.tip();
    tx.prepare_cached(
        "INSERT INTO chain (journal, branch, parent, from_seq, tip_seq, tip_hash, tip_tick)
         VALUES (:journal, :branch, :parent, :from_seq, :tip_seq, :tip_hash, :tip_tick)",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":branch": branch.to_sql(),
        ":parent": parent.to_sql(),
        ":from_seq": to_sql(from.0),
        ":tip_seq": to_sql(tip.seq.0),
        ":tip_hash": tip.hash.as_bytes(),
        ":tip_tick": to_sql(batch.last_tick().0),
    })?;
    insert(tx, batch, branch)
}

/// Stores entries that follow the tip of one of the journal's chains.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn append(tx: &Transaction<'_>, batch: &Batch, branch: Branch) -> Result<(), StoreError> {
    insert(tx, batch, branch)?;
    let tip = batch.tip();
    tx.prepare_cached(
        "UPDATE chain
            SET tip_seq = :tip_seq, tip_hash = :tip_hash, tip_tick = :tip_tick
          WHERE journal = :journal AND branch = :branch",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":branch": branch.to_sql(),
        ":tip_seq": to_sql(tip.seq.0),
        ":tip_hash": tip.hash.as_bytes(),
        ":tip_tick": to_sql(batch.last_tick().0),
    })?;
    Ok(())
}

fn insert(tx: &Transaction<'_>, batch: &Batch, branch: Branch) -> Result<(), StoreError> {
    let mut entry_statement = tx.prepare_cached(
        "INSERT INTO entry (journal, branch, seq, hash, header, kind, subject, tick, keep)
         VALUES (:journal, :branch, :seq, :hash, :header, :kind, :subject, :tick, :keep)",
    )?;
    let mut body_statement = tx.prepare_cached(
        "INSERT INTO body (journal, branch, seq, body)
         VALUES (:journal, :branch, :seq, :body)",
    )?;
    let branch = branch.to_sql();
    for entry in &batch.entries {
        let journal = entry.journal();
        let seq = to_sql(entry.header.seq.0);
        entry_statement.execute(named_params! {
            ":journal": journal.as_bytes(),
            ":branch": branch,
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
                ":branch": branch,
                ":seq": seq,
                ":body": body,
            })?;
        }
    }
    let tip = batch.tip();
    tx.prepare_cached(
        "INSERT INTO seal (journal, branch, seq, signature)
         VALUES (:journal, :branch, :seq, :signature)",
    )?
    .execute(named_params! {
        ":journal": tip.journal.as_bytes(),
        ":branch": branch,
        ":seq": to_sql(tip.seq.0),
        ":signature": batch.seal.as_bytes(),
    })?;
    Ok(())
}

/// Every chain of every journal of the shop that is here, each journal's ordinary one first.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn all(tx: &Transaction<'_>) -> Result<Vec<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, branch, tip_seq, tip_hash, tip_tick, public_key, workstation, purpose, own
           FROM chain JOIN journal USING (journal)
          ORDER BY journal, length(branch), branch",
    )?;
    read_all(statement.query([])?)
}

/// Where every chain here ends, in the same order. Links ask at each message: no key is read for it.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn tips(tx: &Transaction<'_>) -> Result<Vec<Tip>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, tip_seq, tip_hash FROM chain ORDER BY journal, length(branch), branch",
    )?;
    let mut rows = statement.query([])?;
    let mut tips = Vec::new();
    while let Some(row) = rows.next()? {
        tips.push(read_tip(row)?);
    }
    Ok(tips)
}

fn read_tip(row: &Row<'_>) -> Result<Tip, StoreError> {
    let bytes = |name: &str| row.get::<_, Vec<u8>>(name);
    Ok(Tip {
        journal: read_journal(&bytes("journal")?)?,
        seq: Seq(from_sql(row.get("tip_seq")?)),
        hash: EntryHash::try_from(bytes("tip_hash")?.as_slice()).map_err(|_| BROKEN_CHAIN)?,
    })
}

/// The chains of one journal, the ordinary one first; empty where it is not here.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn find(tx: &Transaction<'_>, journal: JournalId) -> Result<Vec<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, branch, tip_seq, tip_hash, tip_tick, public_key, workstation, purpose, own
           FROM chain JOIN journal USING (journal)
          WHERE journal = :journal
          ORDER BY length(branch), branch",
    )?;
    read_all(statement.query(named_params! { ":journal": journal.as_bytes() })?)
}

/// What is shown now among rows joined with `journal`: real journals, or in training that of the
/// workstation's training alone. Others' training is shown nowhere.
pub(super) const SHOWN: &str = "((purpose = 1) = EXISTS (SELECT 1 FROM setting
                                        WHERE name = 'training' AND value <> 'null')
             AND (purpose <> 1 OR own = 1))";

/// The journal this workstation writes now: the one it opened last for what it does, real sales or
/// training.
///
/// # Errors
///
/// [`StoreError::Broken`] where the row cannot be read back.
pub fn own(tx: &Transaction<'_>) -> Result<Option<Held>, StoreError> {
    let mut statement = tx.prepare_cached(&format!(
        "SELECT journal, branch, tip_seq, tip_hash, tip_tick, public_key, workstation, purpose, own
           FROM chain JOIN journal USING (journal)
          WHERE own = 1 AND branch = x'' AND {SHOWN}
          ORDER BY (SELECT tick
                      FROM entry
                     WHERE entry.journal = chain.journal AND entry.branch = x'' AND seq = 1) DESC
          LIMIT 1"
    ))?;
    Ok(read_all(statement.query([])?)?.into_iter().next())
}

/// The journal that this workstation's training is written in, if there was any.
///
/// # Errors
///
/// [`StoreError::Broken`] where the row cannot be read back.
pub fn training(tx: &Transaction<'_>) -> Result<Option<Held>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, branch, tip_seq, tip_hash, tip_tick, public_key, workstation, purpose, own
           FROM chain JOIN journal USING (journal)
          WHERE own = 1 AND branch = x'' AND purpose = 1
          ORDER BY (SELECT tick
                      FROM entry
                     WHERE entry.journal = chain.journal AND entry.branch = x'' AND seq = 1) DESC
          LIMIT 1",
    )?;
    Ok(read_all(statement.query([])?)?.into_iter().next())
}

fn read_all(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Held>, StoreError> {
    let mut held = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = |name: &str| row.get::<_, Vec<u8>>(name);
        held.push(Held {
            tip: read_tip(row)?,
            tick: Tick(from_sql(row.get("tip_tick")?)),
            branch: Branch::from_sql(&bytes("branch")?)?,
            public_key: PublicKey::from_bytes(&bytes("public_key")?).map_err(|_| BROKEN_CHAIN)?,
            workstation: row.get("workstation")?,
            purpose: read_purpose(row.get("purpose")?)?,
            own: row.get("own")?,
        });
    }
    Ok(held)
}

fn read_journal(bytes: &[u8]) -> Result<JournalId, StoreError> {
    JournalId::try_from(bytes).map_err(|_| BROKEN_CHAIN)
}

/// The greatest tick stored, of any journal, ahead of its chain or on it.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn greatest_tick(tx: &Transaction<'_>) -> Result<Tick, StoreError> {
    let tick = tx
        .prepare_cached(
            "SELECT max(coalesce((SELECT max(tip_tick) FROM chain), 0),
                        coalesce((SELECT max(tick) FROM early_entry), 0))",
        )?
        .query_row([], |row| row.get(0))?;
    Ok(Tick(from_sql(tick)))
}

/// What the clock said at the last entry of a journal's ordinary chain (ms since 1970 UTC).
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn wall_ms(tx: &Transaction<'_>, journal: JournalId) -> Result<Option<i64>, StoreError> {
    let header: Option<Vec<u8>> = tx
        .prepare_cached(
            "SELECT header
               FROM chain JOIN entry USING (journal, branch)
              WHERE journal = :journal AND branch = x'' AND seq = tip_seq",
        )?
        .query_row(named_params! { ":journal": journal.as_bytes() }, |row| row.get(0))
        .optional()?;
    let header = header.map(|it| Header::decode(&it).ok_or(StoreError::Broken("entry")));
    Ok(header.transpose()?.map(|it| it.wall_ms))
}

/// The chain on which an entry stands, and its tick; `None` where that very entry is not here.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn chain_of(tx: &Transaction<'_>, at: Tip) -> Result<Option<(Branch, Tick)>, StoreError> {
    let found: Option<(Vec<u8>, i64)> = tx
        .prepare_cached(
            "SELECT branch, tick
               FROM entry
              WHERE journal = :journal AND seq = :seq AND hash = :hash",
        )?
        .query_row(
            named_params! {
                ":journal": at.journal.as_bytes(),
                ":seq": to_sql(at.seq.0),
                ":hash": at.hash.as_bytes(),
            },
            |row| Ok((row.get("branch")?, row.get("tick")?)),
        )
        .optional()?;
    found.map(|(branch, tick)| Ok((Branch::from_sql(&branch)?, Tick(from_sql(tick))))).transpose()
}

/// Which entries stand from `first` to `last`, on every chain of a journal.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn places(
    tx: &Transaction<'_>,
    journal: JournalId,
    first: Seq,
    last: Seq,
) -> Result<Vec<(Branch, Seq, EntryHash)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT branch, seq, hash
           FROM entry
          WHERE journal = :journal AND seq BETWEEN :first AND :last
          ORDER BY length(branch), branch, seq",
    )?;
    let mut rows = statement.query(named_params! {
        ":journal": journal.as_bytes(),
        ":first": to_sql(first.0),
        ":last": to_sql(last.0),
    })?;
    let mut places = Vec::new();
    while let Some(row) = rows.next()? {
        let hash: Vec<u8> = row.get("hash")?;
        places.push((
            Branch::from_sql(&row.get::<_, Vec<u8>>("branch")?)?,
            Seq(from_sql(row.get("seq")?)),
            EntryHash::try_from(hash.as_slice()).map_err(|_| BROKEN_CHAIN)?,
        ));
    }
    Ok(places)
}

/// A stretch of one chain: the entries after `after`, up to and with `through`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stretch {
    branch: Branch,
    after: Seq,
    through: Seq,
}

/// The stretches that make up the history ending with `branch`'s entry at `through`, from the
/// journal's beginning on.
fn history(
    tx: &Transaction<'_>,
    journal: JournalId,
    mut branch: Branch,
    mut through: Seq,
) -> Result<Vec<Stretch>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT parent, from_seq FROM chain WHERE journal = :journal AND branch = :branch",
    )?;
    let mut stretches = Vec::new();
    loop {
        let (parent, from): (Vec<u8>, i64) = statement.query_row(
            named_params! { ":journal": journal.as_bytes(), ":branch": branch.to_sql() },
            |row| Ok((row.get("parent")?, row.get("from_seq")?)),
        )?;
        let after = Seq(from_sql(from));
        stretches.insert(0, Stretch { branch, after, through });
        if branch == Branch::ORDINARY {
            return Ok(stretches);
        }
        (branch, through) = (Branch::from_sql(&parent)?, after);
    }
}

/// The hash that stands at a place of the history ending with `branch`'s entry at `through`.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn hash_in_history(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
    through: Seq,
    seq: Seq,
) -> Result<Option<EntryHash>, StoreError> {
    let history = history(tx, journal, branch, through)?;
    let Some(stretch) = history.iter().find(|it| it.after < seq && seq <= it.through) else {
        return Ok(None);
    };
    let hash: Option<Vec<u8>> = tx
        .prepare_cached(
            "SELECT hash
               FROM entry
              WHERE journal = :journal AND branch = :branch AND seq = :seq",
        )?
        .query_row(
            named_params! {
                ":journal": journal.as_bytes(),
                ":branch": stretch.branch.to_sql(),
                ":seq": to_sql(seq.0),
            },
            |row| row.get(0),
        )
        .optional()?;
    hash.map(|hash| EntryHash::try_from(hash.as_slice())).transpose().map_err(|_| BROKEN_CHAIN)
}

/// Entries with their seals where they have one, after a place of the history that ends with
/// `branch`'s last entry: at most `limit`.
///
/// # Errors
///
/// [`StoreError::Broken`] where a seal cannot be read back.
pub fn read_after(
    tx: &Transaction<'_>,
    journal: JournalId,
    branch: Branch,
    after: Seq,
    limit: usize,
) -> Result<Vec<(RawEntry, Option<Signature>)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT header, body, signature
           FROM entry
           LEFT JOIN body USING (journal, branch, seq)
           LEFT JOIN seal USING (journal, branch, seq)
          WHERE journal = :journal AND branch = :branch AND :after < seq AND seq <= :through
          ORDER BY seq
          LIMIT :limit",
    )?;
    let mut entries = Vec::new();
    for stretch in history(tx, journal, branch, Seq(i64::MAX.unsigned_abs()))? {
        if stretch.through <= after {
            continue;
        }
        let mut rows = statement.query(named_params! {
            ":journal": journal.as_bytes(),
            ":branch": stretch.branch.to_sql(),
            ":after": to_sql(after.max(stretch.after).0),
            ":through": to_sql(stretch.through.0),
            ":limit": i64::try_from(limit.saturating_sub(entries.len())).unwrap_or(i64::MAX),
        })?;
        while let Some(row) = rows.next()? {
            let entry = RawEntry { header: row.get("header")?, body: row.get("body")? };
            let signature: Option<Vec<u8>> = row.get("signature")?;
            let seal = signature
                .map(|signature| {
                    Signature::from_bytes(&signature).ok_or(StoreError::Broken("seal"))
                })
                .transpose()?;
            entries.push((entry, seal));
        }
    }
    Ok(entries)
}

/// Every entry about `subject`, ahead of its chain or on it, in the order in which folds read them.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn about(tx: &Transaction<'_>, subject: SubjectId) -> Result<Vec<Stored>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT journal, header, body, tick, seq, branch
           FROM entry
           LEFT JOIN body USING (journal, branch, seq)
          WHERE subject = :subject
          UNION ALL
         SELECT journal, header, body, tick, seq, x''
           FROM early_entry
          WHERE subject = :subject
          ORDER BY tick, journal, seq, branch",
    )?;
    let mut rows = statement.query(named_params! { ":subject": subject.as_bytes() })?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(read_stored(row)?);
    }
    Ok(entries)
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

/// Bodies of the own journals' entries of a kind, latest first, with what their writer's clock said
/// (ms since 1970 UTC): at most `limit`.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn own_of_kind(
    tx: &Transaction<'_>,
    kind: journal::Kind,
    limit: u32,
) -> Result<Vec<(i64, Vec<u8>)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT header, body
           FROM entry
           JOIN body USING (journal, branch, seq)
           JOIN journal USING (journal)
          WHERE own = 1 AND kind = :kind
          ORDER BY tick DESC
          LIMIT :limit",
    )?;
    let mut rows = statement.query(named_params! { ":kind": kind.0, ":limit": limit })?;
    let mut bodies = Vec::new();
    while let Some(row) = rows.next()? {
        let header: Vec<u8> = row.get("header")?;
        let header = Header::decode(&header).ok_or(StoreError::Broken("entry"))?;
        bodies.push((header.wall_ms, row.get("body")?));
    }
    Ok(bodies)
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
    tx.prepare_cached(
        "INSERT INTO blob (hash, bytes) VALUES (:hash, :bytes) ON CONFLICT DO NOTHING",
    )?
    .execute(named_params! { ":hash": hash.as_bytes(), ":bytes": bytes })?;
    Ok(())
}

/// A blob's bytes.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn blob(tx: &Transaction<'_>, hash: journal::BlobHash) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT bytes FROM blob WHERE hash = :hash")?
        .query_row(named_params! { ":hash": hash.as_bytes() }, |row| row.get(0))
        .optional()?)
}

pub(super) const fn purpose_number(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Live => 0,
        Purpose::Training => 1,
        Purpose::Centre => 2,
    }
}

const fn read_purpose(number: i64) -> Result<Purpose, StoreError> {
    match number {
        0 => Ok(Purpose::Live),
        1 => Ok(Purpose::Training),
        2 => Ok(Purpose::Centre),
        _ => Err(BROKEN_CHAIN),
    }
}

const fn keep_number(keep: journal::Keep) -> i64 {
    match keep {
        journal::Keep::Fiscal => 0,
        journal::Keep::Trace => 1,
        journal::Keep::Operation => 2,
    }
}

/// SQLite's integers are signed. Nothing stored here comes near 2⁶³; what others ask for may be
/// beyond it, and is found nowhere.
pub(super) fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
