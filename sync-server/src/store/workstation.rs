//! Workstations: whose requests are believed.

use journal::PublicKey;
use sqlx::PgConnection;

/// A workstation, as the one that signed a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workstation {
    /// Its shop.
    pub shop: String,
    /// Its label in the shop.
    pub label: String,
    /// Whether it shows the kitchen what to make; otherwise it takes orders and money.
    pub is_kitchen: bool,
    /// When a request of its was last believed, by the server's clock, to some seconds.
    pub seen_ms: i64,
    /// Whether its right to take part was taken back.
    pub revoked: bool,
}

/// The workstation with this key, in whichever shop the scope admits.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn with_key(
    conn: &mut PgConnection,
    key: &PublicKey,
) -> sqlx::Result<Option<Workstation>> {
    sqlx::query_as!(
        Workstation,
        r#"SELECT shop, label, role = 'kitchen' AS "is_kitchen!", seen_ms,
                  revoked_ms IS NOT NULL AS "revoked!"
             FROM workstation
            WHERE public_key = $1"#,
        key.as_bytes(),
    )
    .fetch_optional(conn)
    .await
}

/// Whether a workstation that takes part has this label.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn label_in_use(conn: &mut PgConnection, shop: &str, label: &str) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT EXISTS (
               SELECT FROM workstation WHERE shop = $1 AND label = $2 AND revoked_ms IS NULL
           ) AS "in_use!""#,
        shop,
        label,
    )
    .fetch_one(conn)
    .await
}

/// Takes a workstation in. One that is in already keeps its place, under the new label.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn save(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
    role: &str,
    label: &str,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO workstation (shop, public_key, label, role, enrolled_ms, seen_ms)
         VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT (shop, public_key) DO UPDATE
            SET label = excluded.label,
                role = excluded.role,
                seen_ms = excluded.seen_ms",
        shop,
        key.as_bytes(),
        label,
        role,
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that a workstation was heard.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn seen(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workstation SET seen_ms = $3 WHERE shop = $1 AND public_key = $2",
        shop,
        key.as_bytes(),
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back the right to take part of whoever has this label. Returns their keys.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn revoke(
    conn: &mut PgConnection,
    shop: &str,
    label: &str,
    now_ms: i64,
) -> sqlx::Result<Vec<PublicKey>> {
    let keys = sqlx::query_scalar!(
        "UPDATE workstation
            SET revoked_ms = $3
          WHERE shop = $1 AND label = $2 AND revoked_ms IS NULL
      RETURNING public_key",
        shop,
        label,
        now_ms,
    )
    .fetch_all(conn)
    .await?;
    keys.iter()
        .map(|key| PublicKey::from_bytes(key).map_err(|it| sqlx::Error::Decode(Box::new(it))))
        .collect()
}
