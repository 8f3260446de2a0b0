//! What could not be believed, kept as it came.

use journal::PublicKey;
use sqlx::PgConnection;

/// Why something was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its sender, or the journal's owner, was revoked.
    Revoked,
    /// The checks refused it.
    Refused,
}

/// What one workstation may have set aside: 64 MiB, so that a stolen PC cannot fill the disk.
const MAX_BYTES: i64 = 64 * 1024 * 1024;

/// Sets a message aside, once however often it comes. Returns whether it is held: false where the
/// sender has too much set aside already.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn park(
    conn: &mut PgConnection,
    shop: &str,
    from: &PublicKey,
    reason: Reason,
    detail: &str,
    message: (&[u8; 32], &[u8]),
    now_ms: i64,
) -> sqlx::Result<bool> {
    let reason = match reason {
        Reason::Revoked => "revoked",
        Reason::Refused => "refused",
    };
    let (hash, bytes) = message;
    sqlx::query_scalar!(
        r#"WITH stored AS (
               INSERT INTO parked (shop, hash, public_key, reason, detail, bytes, received_ms)
               SELECT $1, $2, $3, $4, $5, $6::bytea, $7
                WHERE (SELECT coalesce(sum(length(bytes)), 0)
                         FROM parked
                        WHERE shop = $1 AND public_key = $3) + length($6::bytea) <= $8
                   ON CONFLICT (shop, hash) DO NOTHING
            RETURNING 1
           )
           SELECT EXISTS (SELECT FROM stored)
               OR EXISTS (SELECT FROM parked WHERE shop = $1 AND hash = $2) AS "held!""#,
        shop,
        hash,
        from.as_bytes(),
        reason,
        detail,
        bytes,
        now_ms,
        MAX_BYTES,
    )
    .fetch_one(conn)
    .await
}
