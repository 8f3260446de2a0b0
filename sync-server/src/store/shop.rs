//! Shops, and the counter that puts their changes in order.

use sqlx::PgConnection;

/// A shop, as the centre names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopRow {
    /// "P01".
    pub code: String,
    /// What managers call it.
    pub name: String,
}

/// Stores a shop, or its new name. Returns whether anything changed.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn save(
    conn: &mut PgConnection,
    code: &str,
    name: &str,
    now_ms: i64,
) -> sqlx::Result<bool> {
    let changed = sqlx::query!(
        "INSERT INTO shop (code, name, created_ms)
         VALUES ($1, $2, $3)
             ON CONFLICT (code) DO UPDATE
            SET name = excluded.name
          WHERE shop.name <> excluded.name",
        code,
        name,
        now_ms,
    )
    .execute(&mut *conn)
    .await?
    .rows_affected();
    sqlx::query!("INSERT INTO shop_feed (shop) VALUES ($1) ON CONFLICT DO NOTHING", code)
        .execute(conn)
        .await?;
    Ok(0 < changed)
}

/// All the shops in scope, by code.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn all(conn: &mut PgConnection) -> sqlx::Result<Vec<ShopRow>> {
    sqlx::query_as!(ShopRow, "SELECT code, name FROM shop ORDER BY code").fetch_all(conn).await
}

/// Takes the next `count` numbers of the shop's change counter, and returns the last of them. With
/// them it takes the shop's place in the order of commits: the others wait until this one is over,
/// so it is the last thing but one that a transaction does.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn next_positions(conn: &mut PgConnection, shop: &str, count: i64) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        "UPDATE shop_feed SET head = head + $2 WHERE shop = $1 RETURNING head",
        shop,
        count,
    )
    .fetch_one(conn)
    .await
}

/// Where the change counters in scope stand, by shop.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn heads(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, i64)>> {
    let rows =
        sqlx::query!("SELECT shop, head FROM shop_feed ORDER BY shop").fetch_all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.shop, row.head)).collect())
}
