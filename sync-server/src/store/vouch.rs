//! Workstations that others of their shop vouched for while the centre could not be asked.

use sqlx::PgConnection;

/// Takes note that a workstation of the shop vouched for a key; the first word about it counts.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn note(
    conn: &mut PgConnection,
    shop: &str,
    key: &[u8],
    role: &str,
    label: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO vouch (shop, public_key, label, role) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        shop,
        key,
        label,
        role,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes in whoever was vouched for, is nobody yet, and has a label that is free. Returns their
/// labels.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn settle(conn: &mut PgConnection, shop: &str, now_ms: i64) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        "INSERT INTO workstation (shop, public_key, label, role, enrolled_ms, seen_ms)
         SELECT DISTINCT ON (label) shop, public_key, label, role, $2, $2
           FROM vouch
          WHERE shop = $1
            AND NOT EXISTS (SELECT FROM workstation
                             WHERE workstation.public_key = vouch.public_key)
            AND NOT EXISTS (SELECT FROM workstation
                             WHERE workstation.shop = vouch.shop
                               AND workstation.label = vouch.label
                               AND revoked_ms IS NULL AND ended_ms IS NULL)
          ORDER BY label, public_key
             ON CONFLICT DO NOTHING
      RETURNING label",
        shop,
        now_ms,
    )
    .fetch_all(conn)
    .await
}
