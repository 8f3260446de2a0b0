//! Which run of each journal's program greeted last.

use journal::{BootId, JournalId};
use sqlx::PgConnection;

/// For how long a run that greeted is taken to be alive, in milliseconds.
pub const ALIVE_MS: i64 = 60_000;

/// Takes note that a run greets, and says whether another one of the same journal did so within the
/// last minute, to this server or to another beside it. A journal that is not held here yet has no
/// second run.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn greets(
    conn: &mut PgConnection,
    shop: &str,
    journal: JournalId,
    boot: BootId,
    now_ms: i64,
) -> sqlx::Result<bool> {
    // The row first, so that two who greet at once take turns and each sees the other.
    sqlx::query!(
        "INSERT INTO run (shop, journal, boot, at_ms)
         SELECT shop, id, $3, $4 FROM journal WHERE shop = $1 AND id = $2
             ON CONFLICT DO NOTHING",
        shop,
        journal.as_bytes(),
        &boot.0,
        now_ms,
    )
    .execute(&mut *conn)
    .await?;
    let before = sqlx::query!(
        "SELECT boot, at_ms FROM run WHERE shop = $1 AND journal = $2 FOR UPDATE",
        shop,
        journal.as_bytes(),
    )
    .fetch_optional(&mut *conn)
    .await?;
    sqlx::query!(
        "UPDATE run SET boot = $3, at_ms = $4 WHERE shop = $1 AND journal = $2",
        shop,
        journal.as_bytes(),
        &boot.0,
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(before.is_some_and(|it| {
        it.boot != boot.0 && (0..ALIVE_MS).contains(&now_ms.saturating_sub(it.at_ms))
    }))
}
