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
               SELECT FROM workstation
                WHERE shop = $1 AND label = $2 AND revoked_ms IS NULL AND ended_ms IS NULL
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
          WHERE shop = $1 AND label = $2 AND revoked_ms IS NULL AND ended_ms IS NULL
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

/// Takes a workstation in again that the centre's own journal lists, where it is not held; one that
/// is keeps its label.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn take_back(
    conn: &mut PgConnection,
    shop: &str,
    key: &[u8],
    role: &str,
    label: &str,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO workstation (shop, public_key, label, role, enrolled_ms, seen_ms)
         VALUES ($1, $2, $3, $4, $5, $5)
             ON CONFLICT DO NOTHING",
        shop,
        key,
        label,
        role,
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A workstation was declared dead by another of its shop: its label is free.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn end(conn: &mut PgConnection, shop: &str, key: &[u8], now_ms: i64) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workstation
            SET ended_ms = $3
          WHERE shop = $1 AND public_key = $2 AND ended_ms IS NULL",
        shop,
        key,
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back the right to take part of whoever has this key.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn revoke_key(
    conn: &mut PgConnection,
    shop: &str,
    key: &[u8],
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workstation
            SET revoked_ms = $3
          WHERE shop = $1 AND public_key = $2 AND revoked_ms IS NULL",
        shop,
        key,
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Remembers that a workstation greeted while the centre was fenced, and named nothing of the
/// centre's that the centre lacks.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn greeted(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workstation SET greeted_ms = $3 WHERE shop = $1 AND public_key = $2",
        shop,
        key.as_bytes(),
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether every workstation of a shop that takes part has so greeted since then.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn all_greeted(conn: &mut PgConnection, shop: &str, since_ms: i64) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"SELECT NOT EXISTS (
               SELECT FROM workstation
                WHERE shop = $1 AND revoked_ms IS NULL AND ended_ms IS NULL
                  AND greeted_ms < $2
           ) AS "all!""#,
        shop,
        since_ms,
    )
    .fetch_one(conn)
    .await
}

/// How far a workstation's list of cards is merged here.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn cards_through(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
) -> sqlx::Result<u64> {
    let through = sqlx::query_scalar!(
        "SELECT cards_through FROM workstation WHERE shop = $1 AND public_key = $2",
        shop,
        key.as_bytes(),
    )
    .fetch_optional(conn)
    .await?;
    Ok(through.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
}

/// Takes note of how far a workstation's list of cards is merged, in the transaction that merges.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn set_cards_through(
    conn: &mut PgConnection,
    shop: &str,
    key: &PublicKey,
    through: u64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE workstation SET cards_through = $3 WHERE shop = $1 AND public_key = $2",
        shop,
        key.as_bytes(),
        i64::try_from(through).unwrap_or(i64::MAX),
    )
    .execute(conn)
    .await?;
    Ok(())
}
