//! Managers and their sessions.

use sqlx::PgConnection;

/// Stores a manager, or a new password, which signs them out everywhere.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn save(
    conn: &mut PgConnection,
    name: &str,
    password_hash: &str,
    now_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO manager (name, password_hash, created_ms)
         VALUES ($1, $2, $3)
             ON CONFLICT (name) DO UPDATE
            SET password_hash = excluded.password_hash",
        name,
        password_hash,
        now_ms,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("DELETE FROM session WHERE manager = $1", name).execute(conn).await?;
    Ok(())
}

/// A manager's password, hashed; `None` where there is no such manager.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn password_hash(conn: &mut PgConnection, name: &str) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!("SELECT password_hash FROM manager WHERE name = $1", name)
        .fetch_optional(conn)
        .await
}

/// Opens a session, and forgets those that have expired.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn open_session(
    conn: &mut PgConnection,
    token_hash: &[u8],
    manager: &str,
    now_ms: i64,
    expires_ms: i64,
) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM session WHERE expires_ms <= $1", now_ms).execute(&mut *conn).await?;
    sqlx::query!(
        "INSERT INTO session (token_hash, manager, expires_ms) VALUES ($1, $2, $3)",
        token_hash,
        manager,
        expires_ms,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who has this session; `None` where nobody has, or has no longer.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn of_session(
    conn: &mut PgConnection,
    token_hash: &[u8],
    now_ms: i64,
) -> sqlx::Result<Option<String>> {
    sqlx::query_scalar!(
        "SELECT manager FROM session WHERE token_hash = $1 AND $2 < expires_ms",
        token_hash,
        now_ms,
    )
    .fetch_optional(conn)
    .await
}

/// Ends a session.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn close_session(conn: &mut PgConnection, token_hash: &[u8]) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM session WHERE token_hash = $1", token_hash).execute(conn).await?;
    Ok(())
}
