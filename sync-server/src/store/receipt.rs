//! Signed tickets by their number.

use sqlx::PgConnection;

/// Remembers where tickets are: their numbers, and the hashes of their bodies, in one order.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn add(
    conn: &mut PgConnection,
    shop: &str,
    numbers: &[String],
    bodies: &[&[u8]],
) -> sqlx::Result<()> {
    if numbers.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO receipt (shop, number, body)
         SELECT $1, number, body
           FROM unnest($2::text[], $3::bytea[]) AS it (number, body)
             ON CONFLICT DO NOTHING",
        shop,
        numbers,
        bodies as &[&[u8]],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The bodies of the tickets of a number: one, but where a journal has two histories.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn bodies(
    conn: &mut PgConnection,
    shop: &str,
    number: &str,
) -> sqlx::Result<Vec<Vec<u8>>> {
    sqlx::query_scalar!(
        "SELECT body.bytes
           FROM receipt
           JOIN body ON body.shop = receipt.shop AND body.hash = receipt.body
          WHERE receipt.shop = $1 AND receipt.number = $2
          ORDER BY body.hash",
        shop,
        number,
    )
    .fetch_all(conn)
    .await
}
