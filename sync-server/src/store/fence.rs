//! Ends of the centre's own journals that somebody named and that are not held: the database was
//! set back.

use super::journal::{read_hash, read_number, sql_seq};
use journal::{JournalId, Seq, Tick, Tip};
use sqlx::PgConnection;

/// An end that was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Named {
    /// Where.
    pub tip: Tip,
    /// Its tick, 0 where it is not known.
    pub tick: Tick,
}

/// How a fence ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The entries came from a shop.
    TakenBack,
    /// Every workstation was heard, and none has them.
    Unknown,
    /// A person would not wait.
    ByHand,
}

impl Outcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::TakenBack => "taken_back",
            Self::Unknown => "unknown",
            Self::ByHand => "by_hand",
        }
    }
}

/// An end that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Open {
    /// Which.
    pub named: Named,
    /// Since when, by the server's clock.
    pub since_ms: i64,
    /// Whether its entry is held by now.
    pub held: bool,
}

/// The tips as arrays of columns.
struct Columns<'a> {
    journal: Vec<&'a [u8]>,
    seq: Vec<i64>,
    hash: Vec<&'a [u8]>,
}

impl<'a> Columns<'a> {
    fn of(tips: impl Iterator<Item = &'a Tip>) -> Self {
        let mut it = Self { journal: Vec::new(), seq: Vec::new(), hash: Vec::new() };
        for tip in tips {
            it.journal.push(tip.journal.as_bytes());
            it.seq.push(sql_seq(tip.seq));
            it.hash.push(tip.hash.as_bytes());
        }
        it
    }
}

/// Which of these ends are in a journal of the centre's and not held: what no workstation can know
/// unless the database was set back since.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn unheld_of_centre(
    conn: &mut PgConnection,
    shop: &str,
    tips: &[Tip],
) -> sqlx::Result<Vec<Tip>> {
    let columns = Columns::of(tips.iter());
    let rows = sqlx::query!(
        r#"SELECT named.journal AS "journal!", named.seq AS "seq!", named.hash AS "hash!"
             FROM unnest($2::bytea[], $3::bigint[], $4::bytea[]) AS named (journal, seq, hash)
             JOIN journal
               ON journal.shop = $1 AND journal.id = named.journal AND journal.purpose = 'centre'
            WHERE NOT EXISTS (
                  SELECT FROM branch
                    JOIN entry USING (shop, journal, branch)
                   WHERE branch.shop = $1 AND branch.journal = named.journal
                     AND entry.seq = named.seq AND entry.hash = named.hash)"#,
        shop,
        &columns.journal as &[&[u8]],
        &columns.seq,
        &columns.hash as &[&[u8]],
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| read_tip(&row.journal, row.seq, &row.hash)).collect()
}

/// Which of these ends, whatever journal they are in, are not held.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn unheld(conn: &mut PgConnection, shop: &str, tips: &[Tip]) -> sqlx::Result<Vec<Tip>> {
    let columns = Columns::of(tips.iter());
    let rows = sqlx::query!(
        r#"SELECT named.journal AS "journal!", named.seq AS "seq!", named.hash AS "hash!"
             FROM unnest($2::bytea[], $3::bigint[], $4::bytea[]) AS named (journal, seq, hash)
            WHERE NOT EXISTS (
                  SELECT FROM branch
                    JOIN entry USING (shop, journal, branch)
                   WHERE branch.shop = $1 AND branch.journal = named.journal
                     AND entry.seq = named.seq AND entry.hash = named.hash)"#,
        shop,
        &columns.journal as &[&[u8]],
        &columns.seq,
        &columns.hash as &[&[u8]],
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(|row| read_tip(&row.journal, row.seq, &row.hash)).collect()
}

pub(super) fn read_tip(journal: &[u8], seq: i64, hash: &[u8]) -> sqlx::Result<Tip> {
    let journal = JournalId(read_hash(journal)?.0);
    Ok(Tip { journal, seq: Seq(read_number(seq)?), hash: read_hash(hash)? })
}

/// Begins to wait for an end. Returns whether it is new; what ended once is not waited for again.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn raise(
    conn: &mut PgConnection,
    shop: &str,
    named: Named,
    said_by: &str,
    now_ms: i64,
) -> sqlx::Result<bool> {
    let raised = sqlx::query!(
        "INSERT INTO fence (shop, journal, seq, hash, tick, said_by, since_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT DO NOTHING",
        shop,
        named.tip.journal.as_bytes(),
        sql_seq(named.tip.seq),
        named.tip.hash.as_bytes(),
        i64::try_from(named.tick.0).unwrap_or(i64::MAX),
        said_by,
        now_ms,
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(0 < raised)
}

/// Waits anew for an end that was given up: its entries have turned up after all.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn reopen(conn: &mut PgConnection, shop: &str, tip: Tip) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE fence
            SET outcome = NULL
          WHERE shop = $1 AND journal = $2 AND hash = $3 AND outcome <> 'taken_back'",
        shop,
        tip.journal.as_bytes(),
        tip.hash.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether anything of a shop is waited for.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn is_open(conn: &mut PgConnection, shop: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM fence WHERE shop = $1 AND outcome IS NULL) AS "open!""#,
        shop,
    )
    .fetch_one(conn)
    .await
}

/// The ends of a shop that are waited for.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn open(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Vec<Open>> {
    let rows = sqlx::query!(
        r#"SELECT journal, seq, hash, tick, since_ms,
                  EXISTS (SELECT FROM branch
                            JOIN entry USING (shop, journal, branch)
                           WHERE branch.shop = fence.shop AND branch.journal = fence.journal
                             AND entry.seq = fence.seq AND entry.hash = fence.hash) AS "held!"
             FROM fence
            WHERE shop = $1 AND outcome IS NULL
            ORDER BY journal, hash"#,
        shop,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let tip = read_tip(&row.journal, row.seq, &row.hash)?;
            let named = Named { tip, tick: Tick(read_number(row.tick)?) };
            Ok(Open { named, since_ms: row.since_ms, held: row.held })
        })
        .collect()
}

/// Says how waiting for an end came out.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn end(
    conn: &mut PgConnection,
    shop: &str,
    tip: Tip,
    outcome: Outcome,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE fence SET outcome = $4 WHERE shop = $1 AND journal = $2 AND hash = $3",
        shop,
        tip.journal.as_bytes(),
        tip.hash.as_bytes(),
        outcome.as_str(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The shops in scope where something is waited for, and since when.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn shops(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, i64)>> {
    let rows = sqlx::query!(
        r#"SELECT shop, min(since_ms) AS "since_ms!"
             FROM fence
            WHERE outcome IS NULL
            GROUP BY shop
            ORDER BY shop"#
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.shop, row.since_ms)).collect())
}

/// What the anchor file must name of the shops in scope: the ends of the centre's own journals, and
/// what is waited for, with their ticks.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn anchored(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, Named)>> {
    let rows = sqlx::query!(
        r#"SELECT branch.shop AS "shop!", journal AS "journal!", tip_seq AS "seq!",
                  tip_hash AS "hash!", tip_tick AS "tick!"
             FROM branch
             JOIN journal ON journal.shop = branch.shop AND journal.id = branch.journal
            WHERE purpose = 'centre'
            UNION
           SELECT shop, journal, seq, hash, tick
             FROM fence
            WHERE outcome IS NULL
            ORDER BY 1, 2, 3, 4"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let tip = read_tip(&row.journal, row.seq, &row.hash)?;
            Ok((row.shop, Named { tip, tick: Tick(read_number(row.tick)?) }))
        })
        .collect()
}
