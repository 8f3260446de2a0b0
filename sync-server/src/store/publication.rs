//! Blobs, and which of them a shop was given.

use journal::BlobHash;
use sqlx::PgConnection;

/// A version of something published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Its number, as it says itself.
    pub number: u32,
    /// Its blob.
    pub sha256: BlobHash,
}

/// A part of a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many bytes the blob has.
    pub total: u64,
    /// The bytes from the offset asked for.
    pub bytes: Vec<u8>,
}

fn corrupt(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// Stores a blob, once, and gives it to a shop.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn give(
    conn: &mut PgConnection,
    shop: &str,
    sha256: BlobHash,
    bytes: &[u8],
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO blob (sha256, bytes) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        sha256.as_bytes(),
        bytes,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "INSERT INTO blob_of_shop (shop, sha256) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        shop,
        sha256.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A part of a blob that the shop was given; `None` where it was not, or there is none.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn part(
    conn: &mut PgConnection,
    shop: &str,
    sha256: BlobHash,
    offset: u64,
    most: usize,
) -> sqlx::Result<Option<Part>> {
    // substring counts from 1, in 32 bits; no blob is that long.
    let from = i32::try_from(offset.saturating_add(1)).unwrap_or(i32::MAX);
    let most = i32::try_from(most).unwrap_or(i32::MAX);
    let row = sqlx::query!(
        r#"SELECT length(blob.bytes) AS "total!",
                  substring(blob.bytes FROM $3 FOR $4) AS "bytes!"
             FROM blob_of_shop
             JOIN blob USING (sha256)
            WHERE shop = $1 AND sha256 = $2"#,
        shop,
        sha256.as_bytes(),
        from,
        most,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok(Part { total: u64::try_from(row.total).map_err(corrupt)?, bytes: row.bytes }))
        .transpose()
}

/// The latest version of something published to a shop.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn latest(
    conn: &mut PgConnection,
    shop: &str,
    what: &str,
) -> sqlx::Result<Option<Version>> {
    let row = sqlx::query!(
        "SELECT number, sha256 FROM publication WHERE shop = $1 AND what = $2",
        shop,
        what,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| {
        Ok(Version {
            number: u32::try_from(row.number).map_err(corrupt)?,
            sha256: BlobHash::try_from(&row.sha256[..]).map_err(corrupt)?,
        })
    })
    .transpose()
}

/// Says which version is the latest.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn set_latest(
    conn: &mut PgConnection,
    shop: &str,
    what: &str,
    version: Version,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO publication (shop, what, number, sha256)
         VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, what) DO UPDATE
            SET number = excluded.number,
                sha256 = excluded.sha256",
        shop,
        what,
        i64::from(version.number),
        version.sha256.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says which version is the latest, as the centre's own journal has it, unless a later one is known.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn take_back(
    conn: &mut PgConnection,
    shop: &str,
    what: &str,
    version: Version,
) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO publication (shop, what, number, sha256)
         VALUES ($1, $2, $3, $4)
             ON CONFLICT (shop, what) DO UPDATE
            SET number = excluded.number,
                sha256 = excluded.sha256
          WHERE publication.number < excluded.number",
        shop,
        what,
        i64::from(version.number),
        version.sha256.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives a shop the blobs of its latest publications, as far as any shop had them.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn give_held(conn: &mut PgConnection, shop: &str) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO blob_of_shop (shop, sha256)
         SELECT shop, sha256
           FROM publication
           JOIN blob USING (sha256)
          WHERE shop = $1
             ON CONFLICT DO NOTHING",
        shop,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What holds in a shop by the centre's journal and whose bytes are not here: the same file must be
/// loaded again.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn without_bytes(conn: &mut PgConnection) -> sqlx::Result<Vec<(String, String, i64)>> {
    let rows = sqlx::query!(
        "SELECT shop, what, number
           FROM publication
          WHERE NOT EXISTS (SELECT FROM blob WHERE blob.sha256 = publication.sha256)
          ORDER BY shop, what",
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.shop, row.what, row.number)).collect())
}
