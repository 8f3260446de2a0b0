//! One-time codes that let a workstation in.

use journal::PublicKey;
use sqlx::PgConnection;

/// A code that was given out.
#[derive(Clone, Debug)]
pub struct Code {
    /// For which shop.
    pub shop: String,
    /// For which role: "till" or "kitchen".
    pub role: String,
    /// The label that the workstation gets.
    pub label: String,
    /// Until when, by the server's clock.
    pub expires_ms: i64,
    /// The key that used it.
    pub used_by: Option<Vec<u8>>,
}

/// Stores a new code, by its hash.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn save(
    conn: &mut PgConnection,
    code_hash: &[u8],
    code: &Code,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO enrolment_code (code_hash, shop, role, label, created_ms, expires_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        code_hash,
        code.shop,
        code.role,
        code.label,
        now_ms,
        code.expires_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The code with this hash, locked: of two that type it at once, the second sees it used.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn lock(conn: &mut PgConnection, code_hash: &[u8]) -> sqlx::Result<Option<Code>> {
    sqlx::query_as!(
        Code,
        "SELECT shop, role, label, expires_ms, used_by
           FROM enrolment_code
          WHERE code_hash = $1
            FOR UPDATE",
        code_hash,
    )
    .fetch_optional(conn)
    .await
}

/// Marks a code as used.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn spend(
    conn: &mut PgConnection,
    code_hash: &[u8],
    key: &PublicKey,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "UPDATE enrolment_code
            SET used_ms = $3,
                used_by = $2
          WHERE code_hash = $1",
        code_hash,
        key.as_bytes(),
        now_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}
