//! Customers' cards, and the feed of their changes.

use replication::CardRecord;
use sqlx::PgConnection;

/// A card, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardRow {
    /// The customer.
    pub id: Vec<u8>,
    /// The card, as it is replicated.
    pub bytes: Vec<u8>,
}

/// The cards of these customers that are held, locked until the transaction ends. Cards that are
/// not held yet are locked by the caller's lock on the shop.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn lock(
    conn: &mut PgConnection,
    shop: &str,
    ids: &[Vec<u8>],
) -> sqlx::Result<Vec<CardRow>> {
    sqlx::query_as!(
        CardRow,
        "SELECT id, bytes
           FROM card
          WHERE shop = $1 AND id = ANY ($2)
          ORDER BY id
            FOR UPDATE",
        shop,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Stores cards, new or changed, with the positions `last - rows.len() + 1` to `last` of the shop's
/// feed.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn save(
    conn: &mut PgConnection,
    shop: &str,
    rows: &[CardRow],
    last: i64,
) -> sqlx::Result<()> {
    let ids: Vec<&[u8]> = rows.iter().map(|row| &row.id[..]).collect();
    let bytes: Vec<&[u8]> = rows.iter().map(|row| &row.bytes[..]).collect();
    sqlx::query!(
        "INSERT INTO card (shop, id, bytes, position)
         SELECT $1, id, bytes, $4::bigint - cardinality($2::bytea[]) + place
           FROM unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS it (id, bytes, place)
             ON CONFLICT (shop, id) DO UPDATE
            SET bytes = excluded.bytes,
                position = excluded.position",
        shop,
        &ids as &[&[u8]],
        &bytes as &[&[u8]],
        last,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Where the shop's list of cards ends: the position of the last change, 0 where there is no card.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn end(conn: &mut PgConnection, shop: &str) -> sqlx::Result<u64> {
    let end = sqlx::query_scalar!("SELECT max(position) FROM card WHERE shop = $1", shop)
        .fetch_one(conn)
        .await?;
    Ok(end.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
}

/// The cards that changed after a position, in the order of their changes, at most `limit`.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn after(
    conn: &mut PgConnection,
    shop: &str,
    after: u64,
    limit: usize,
) -> sqlx::Result<Vec<CardRecord>> {
    let rows = sqlx::query!(
        "SELECT position, bytes
           FROM card
          WHERE shop = $1 AND $2 < position
          ORDER BY position
          LIMIT $3",
        shop,
        i64::try_from(after).unwrap_or(i64::MAX),
        i64::try_from(limit).unwrap_or(i64::MAX),
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let position =
                u64::try_from(row.position).map_err(|it| sqlx::Error::Decode(Box::new(it)))?;
            Ok(CardRecord { position, card: row.bytes })
        })
        .collect()
}
