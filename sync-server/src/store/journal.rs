//! Journals, their branches, entries and seals.

use journal::{
    Batch, EntryHash, JournalId, Keep, MAX_BATCH_BYTES, PublicKey, Purpose, RawEntry, Seq,
    Signature, Tick, Tip,
};
use sqlx::PgConnection;

/// A journal that is held here, its row locked.
#[derive(Clone, Debug)]
pub struct Held {
    /// What its seals are checked with.
    pub public_key: PublicKey,
    /// The workstation's label in its opening.
    pub workstation: String,
    /// What it is for.
    pub purpose: Purpose,
    /// Its branches, 0 first.
    pub branches: Vec<Branch>,
}

/// A branch of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its number; 0 is the one that was heard first.
    pub branch: i16,
    /// The one it left.
    pub parent: i16,
    /// The last place the two share.
    pub parent_seq: Seq,
    /// Where it ends.
    pub tip: Tip,
}

/// An entry's place, and which branch it was stored with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The branch.
    pub branch: i16,
    /// The place.
    pub seq: Seq,
    /// What stands there.
    pub hash: EntryHash,
    /// Its tick.
    pub tick: Tick,
}

/// A column that says what none of our programs wrote: the database was changed by hand.
#[derive(Debug, thiserror::Error)]
#[error("{0} in the database is not what was stored")]
struct Corrupt(&'static str);

fn corrupt(what: &'static str) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(Corrupt(what)))
}

pub(super) fn read_hash(bytes: &[u8]) -> sqlx::Result<EntryHash> {
    EntryHash::try_from(bytes).map_err(|_| corrupt("a hash"))
}

fn read_key(bytes: &[u8]) -> sqlx::Result<PublicKey> {
    PublicKey::from_bytes(bytes).map_err(|_| corrupt("a public key"))
}

pub(super) fn read_number(number: i64) -> sqlx::Result<u64> {
    u64::try_from(number).map_err(|_| corrupt("a number"))
}

/// A place as PostgreSQL counts: no journal has 2⁶³ entries, and beyond them nothing is stored.
pub(super) fn sql_seq(seq: Seq) -> i64 {
    i64::try_from(seq.0).unwrap_or(i64::MAX)
}

fn sql_count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

const fn purpose_str(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Live => "live",
        Purpose::Training => "training",
        Purpose::Centre => "centre",
    }
}

fn read_purpose(text: &str) -> sqlx::Result<Purpose> {
    [Purpose::Live, Purpose::Training, Purpose::Centre]
        .into_iter()
        .find(|it| purpose_str(*it) == text)
        .ok_or_else(|| corrupt("a purpose"))
}

const fn keep_number(keep: Keep) -> i16 {
    match keep {
        Keep::Fiscal => 0,
        Keep::Trace => 1,
        Keep::Operation => 2,
    }
}

/// Locks a journal until the transaction ends, and reads where it stands. `None` where nothing of
/// it is held.
///
/// # Errors
///
/// Where the database does not answer, or another transaction keeps the lock for too long.
pub async fn lock(
    conn: &mut PgConnection,
    shop: &str,
    id: JournalId,
) -> sqlx::Result<Option<Held>> {
    let Some(row) = sqlx::query!(
        "SELECT public_key, workstation, purpose
           FROM journal
          WHERE shop = $1 AND id = $2
            FOR UPDATE",
        shop,
        id.as_bytes(),
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    // A statement of its own: it must see what the one we waited for has committed.
    let branches = branches(conn, shop, id).await?;
    Ok(Some(Held {
        public_key: read_key(&row.public_key)?,
        workstation: row.workstation,
        purpose: read_purpose(&row.purpose)?,
        branches,
    }))
}

/// How many journals of a shop one key has opened.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn count_of_key(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"SELECT count(*) AS "count!" FROM journal WHERE shop = $1 AND public_key = $2"#,
        shop,
        key.as_bytes(),
    )
    .fetch_one(conn)
    .await
}

/// The journals of a shop that one key seals.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn of_key(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
) -> sqlx::Result<Vec<JournalId>> {
    let ids = sqlx::query_scalar!(
        "SELECT id FROM journal WHERE shop = $1 AND public_key = $2 ORDER BY id",
        shop,
        key.as_bytes(),
    )
    .fetch_all(conn)
    .await?;
    ids.iter()
        .map(|id| JournalId::try_from(&id[..]).map_err(|_| corrupt("a journal's name")))
        .collect()
}

/// What the first entry of a journal says of it.
#[derive(Clone, Copy, Debug)]
pub struct Opened<'a> {
    /// Its name.
    pub id: JournalId,
    /// What its seals are checked with.
    pub public_key: &'a PublicKey,
    /// The workstation's label.
    pub workstation: &'a str,
    /// What it is for.
    pub purpose: Purpose,
}

/// Begins to hold a journal, locked, with no branch yet. Returns false where another transaction
/// was faster, which by now has committed.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn open(
    conn: &mut PgConnection,
    shop: &str,
    opened: Opened<'_>,
    now_ms: i64,
) -> sqlx::Result<bool> {
    let inserted = sqlx::query!(
        "INSERT INTO journal (shop, id, public_key, workstation, purpose, opened_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT DO NOTHING",
        shop,
        opened.id.as_bytes(),
        opened.public_key.as_bytes(),
        opened.workstation,
        purpose_str(opened.purpose),
        now_ms,
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(inserted == 1)
}

async fn branches(conn: &mut PgConnection, shop: &str, id: JournalId) -> sqlx::Result<Vec<Branch>> {
    let rows = sqlx::query!(
        "SELECT branch, parent, parent_seq, tip_seq, tip_hash
           FROM branch
          WHERE shop = $1 AND journal = $2
          ORDER BY branch",
        shop,
        id.as_bytes(),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Branch {
                branch: row.branch,
                parent: row.parent,
                parent_seq: Seq(read_number(row.parent_seq)?),
                tip: Tip {
                    journal: id,
                    seq: Seq(read_number(row.tip_seq)?),
                    hash: read_hash(&row.tip_hash)?,
                },
            })
        })
        .collect()
}

/// Every entry held from `first` to `last`, on whichever branch, in the order of places and then
/// branches.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn known(
    conn: &mut PgConnection,
    shop: &str,
    id: JournalId,
    first: Seq,
    last: Seq,
) -> sqlx::Result<Vec<Known>> {
    let rows = sqlx::query!(
        "SELECT entry.branch, entry.seq, entry.hash, entry.tick
           FROM branch
           JOIN entry USING (shop, journal, branch)
          WHERE shop = $1 AND journal = $2 AND entry.seq BETWEEN $3 AND $4
          ORDER BY entry.seq, entry.branch",
        shop,
        id.as_bytes(),
        sql_seq(first),
        sql_seq(last),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Known {
                branch: row.branch,
                seq: Seq(read_number(row.seq)?),
                hash: read_hash(&row.hash)?,
                tick: Tick(read_number(row.tick)?),
            })
        })
        .collect()
}

/// Stores a checked batch at the end of a branch, which the caller has found to be its place, with
/// the journal locked.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn append(
    conn: &mut PgConnection,
    shop: &str,
    branch: i16,
    batch: &Batch,
) -> sqlx::Result<()> {
    let tip = batch.tip();
    insert_bodies(conn, shop, batch).await?;
    insert_entries(conn, shop, branch, batch).await?;
    sqlx::query!(
        "INSERT INTO seal (shop, journal, branch, seq, signature)
         VALUES ($1, $2, $3, $4, $5)",
        shop,
        tip.journal.as_bytes(),
        branch,
        sql_seq(tip.seq),
        batch.seal.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// In the order of their hashes: two transactions that store the same bodies wait for one another,
/// and in any other order could do so in a circle.
async fn insert_bodies(conn: &mut PgConnection, shop: &str, batch: &Batch) -> sqlx::Result<()> {
    let mut bodies: Vec<(&[u8], &[u8])> = batch
        .entries
        .iter()
        .filter_map(|entry| Some((&entry.header.body_hash[..], entry.body.as_deref()?)))
        .collect();
    bodies.sort_unstable();
    bodies.dedup();
    let (hashes, bytes): (Vec<&[u8]>, Vec<&[u8]>) = bodies.into_iter().unzip();
    sqlx::query!(
        "INSERT INTO body (shop, hash, bytes)
         SELECT $1, hash, bytes
           FROM unnest($2::bytea[], $3::bytea[]) AS it (hash, bytes)
             ON CONFLICT (shop, hash) DO NOTHING",
        shop,
        &hashes as &[&[u8]],
        &bytes as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An entry's columns, each as one array.
#[derive(Default)]
struct Columns<'a> {
    seq: Vec<i64>,
    hash: Vec<&'a [u8]>,
    header: Vec<&'a [u8]>,
    kind: Vec<i32>,
    keep: Vec<i16>,
    subject: Vec<Option<&'a [u8]>>,
    tick: Vec<i64>,
    wall_ms: Vec<i64>,
    body_hash: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(batch: &'a Batch) -> Self {
        let mut columns = Self::default();
        for entry in &batch.entries {
            let header = &entry.header;
            columns.seq.push(sql_seq(header.seq));
            columns.hash.push(entry.hash.as_bytes());
            columns.header.push(&entry.header_bytes);
            columns.kind.push(i32::from(header.kind.0));
            columns.keep.push(keep_number(header.keep));
            columns.subject.push(header.subject.as_ref().map(|it| it.as_bytes()));
            columns.tick.push(i64::try_from(header.tick.0).unwrap_or(i64::MAX));
            columns.wall_ms.push(header.wall_ms);
            columns.body_hash.push(&header.body_hash);
        }
        columns
    }
}

async fn insert_entries(
    conn: &mut PgConnection,
    shop: &str,
    branch: i16,
    batch: &Batch,
) -> sqlx::Result<()> {
    let columns = Columns::of(batch);
    let id = batch.tip().journal;
    sqlx::query!(
        "INSERT INTO entry (shop, journal, branch, seq, hash, header, kind, keep, subject, tick,
                            wall_ms, body_hash)
         SELECT $1, $2, $3, it.*
           FROM unnest($4::bigint[], $5::bytea[], $6::bytea[], $7::integer[], $8::smallint[],
                       $9::bytea[], $10::bigint[], $11::bigint[], $12::bytea[]) AS it",
        shop,
        id.as_bytes(),
        branch,
        &columns.seq,
        &columns.hash as &[&[u8]],
        &columns.header as &[&[u8]],
        &columns.kind,
        &columns.keep,
        &columns.subject as &[Option<&[u8]>],
        &columns.tick,
        &columns.wall_ms,
        &columns.body_hash as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says that a branch now ends at `branch.tip`, whether it is new or grew.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn set_tip(
    conn: &mut PgConnection,
    shop: &str,
    branch: Branch,
    tick: Tick,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO branch (shop, journal, branch, parent, parent_seq, tip_seq, tip_hash, tip_tick)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
             ON CONFLICT (shop, journal, branch) DO UPDATE
            SET tip_seq = excluded.tip_seq,
                tip_hash = excluded.tip_hash,
                tip_tick = excluded.tip_tick",
        shop,
        branch.tip.journal.as_bytes(),
        branch.branch,
        branch.parent,
        sql_seq(branch.parent_seq),
        sql_seq(branch.tip.seq),
        branch.tip.hash.as_bytes(),
        i64::try_from(tick.0).unwrap_or(i64::MAX),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Where every journal of a shop ends, once per branch.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn tips(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Vec<Tip>> {
    let rows = sqlx::query!(
        "SELECT journal, tip_seq, tip_hash
           FROM branch
          WHERE shop = $1
          ORDER BY journal, branch",
        shop,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Tip {
                journal: JournalId::try_from(&row.journal[..])
                    .map_err(|_| corrupt("a journal's name"))?,
                seq: Seq(read_number(row.tip_seq)?),
                hash: read_hash(&row.tip_hash)?,
            })
        })
        .collect()
}

/// The greatest tick of any journal of a shop, those included that the centre knows of and lacks.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn greatest_tick(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Tick> {
    let tick = sqlx::query_scalar!(
        "SELECT greatest((SELECT max(tip_tick) FROM branch WHERE shop = $1),
                         (SELECT max(tick) FROM fence WHERE shop = $1))",
        shop,
    )
    .fetch_one(conn)
    .await?;
    Ok(Tick(read_number(tick.unwrap_or(0))?))
}

/// The branch whose chain `tip` was named from: the one that it ends, or else the first that holds
/// it. `None` where it is not held.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn branch_with(
    conn: &mut PgConnection,
    shop: &str,
    tip: Tip,
) -> sqlx::Result<Option<Branch>> {
    let branches = branches(conn, shop, tip.journal).await?;
    if let Some(branch) = branches.iter().find(|it| it.tip == tip) {
        return Ok(Some(*branch));
    }
    let known = known(conn, shop, tip.journal, tip.seq, tip.seq).await?;
    let holds = known.iter().find(|it| it.hash == tip.hash).map(|it| it.branch);
    Ok(holds.and_then(|holds| branches.into_iter().find(|it| it.branch == holds)))
}

/// The hashes at some places of a branch's chain: as many as asked, `None` where it has no such
/// place.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn hashes(
    conn: &mut PgConnection,
    shop: &str,
    id: JournalId,
    branch: i16,
    seqs: &[Seq],
) -> sqlx::Result<Vec<Option<EntryHash>>> {
    let seqs: Vec<i64> = seqs.iter().map(|seq| sql_seq(*seq)).collect();
    let rows = sqlx::query!(
        r#"SELECT entry.hash AS "hash?"
             FROM unnest($4::bigint[]) WITH ORDINALITY AS asked (seq, place)
             LEFT JOIN (chain($1, $2, $3) AS part
                        JOIN entry ON entry.shop = $1 AND entry.journal = $2
                                  AND entry.branch = part.branch
                                  AND part.low < entry.seq AND entry.seq <= part.high)
               ON entry.seq = asked.seq
            ORDER BY asked.place"#,
        shop,
        id.as_bytes(),
        branch,
        &seqs,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| row.hash.map(|it| read_hash(&it)).transpose()).collect()
}

/// What follows `after` on a branch's chain, each entry with its seal where it has one: at most
/// `limit` entries and, but for the first, [`MAX_BATCH_BYTES`].
///
/// # Errors
///
/// Where the database does not answer.
pub async fn following(
    conn: &mut PgConnection,
    shop: &str,
    id: JournalId,
    branch: i16,
    after: Seq,
    limit: usize,
) -> sqlx::Result<Vec<(RawEntry, Option<Signature>)>> {
    // Weighed by length before any body is read: a page's worth of bodies could be 128 MiB.
    let rows = sqlx::query!(
        r#"WITH follows AS (
               SELECT entry.branch, entry.seq, entry.header, entry.body_hash,
                      sum(length(entry.header) + coalesce(length(body.bytes), 0))
                          OVER (ORDER BY entry.seq) AS weight
                 FROM chain($1, $2, $3) AS part
                 JOIN entry ON entry.shop = $1 AND entry.journal = $2
                           AND entry.branch = part.branch
                           AND part.low < entry.seq AND entry.seq <= part.high
                 LEFT JOIN body ON body.shop = $1 AND body.hash = entry.body_hash
                WHERE $4 < entry.seq AND entry.seq <= $4 + $5
           )
           SELECT header, body.bytes AS "body?", signature AS "signature?"
             FROM follows
             LEFT JOIN body ON body.shop = $1 AND body.hash = follows.body_hash
             LEFT JOIN seal ON seal.shop = $1 AND seal.journal = $2
                           AND seal.branch = follows.branch AND seal.seq = follows.seq
            WHERE weight <= $6 OR follows.seq = $4 + 1
            ORDER BY follows.seq"#,
        shop,
        id.as_bytes(),
        branch,
        sql_seq(after),
        sql_count(limit),
        sql_count(MAX_BATCH_BYTES),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let seal = row
                .signature
                .map(|it| Signature::from_bytes(&it).ok_or_else(|| corrupt("a seal")))
                .transpose()?;
            Ok((RawEntry { header: row.header, body: row.body }, seal))
        })
        .collect()
}
