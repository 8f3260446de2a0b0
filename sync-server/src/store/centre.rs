//! The centre's own journals: which one it writes in, and what its entries say.

use super::journal::read_hash;
use domain::event::Event;
use domain::publication;
use journal::{JournalId, Kind, PublicKey, Tip};
use sqlx::PgConnection;

/// A workstation's journal, as the centre lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfWorkstation {
    /// The journal.
    pub journal: JournalId,
    /// Its workstation's key.
    pub public_key: PublicKey,
    /// Its label.
    pub label: String,
    /// Whether it belongs to a kitchen.
    pub is_kitchen: bool,
    /// Whether the workstation's right to take part was taken back.
    pub revoked: bool,
}

/// Holds the centre's hand in a shop until the transaction ends: two that publish at once take turns.
///
/// # Errors
///
/// Where the database does not answer, or another transaction keeps the lock for too long.
pub async fn hold(conn: &mut PgConnection, shop: &str) -> sqlx::Result<()> {
    sqlx::query!("SELECT code FROM shop WHERE code = $1 FOR NO KEY UPDATE", shop)
        .fetch_optional(conn)
        .await?;
    Ok(())
}

/// The journal that the centre writes in, if it has been opened.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn pen(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Option<JournalId>> {
    let id = sqlx::query_scalar!("SELECT journal FROM centre_pen WHERE shop = $1", shop)
        .fetch_optional(conn)
        .await?;
    id.map(|id| Ok(JournalId(read_hash(&id)?.0))).transpose()
}

/// Says which journal the centre writes in from now on.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn set_pen(conn: &mut PgConnection, shop: &str, id: JournalId) -> sqlx::Result<()> {
    sqlx::query!(
        "INSERT INTO centre_pen (shop, journal)
         VALUES ($1, $2)
             ON CONFLICT (shop) DO UPDATE
            SET journal = excluded.journal",
        shop,
        id.as_bytes(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Where the centre's own journals of a shop end, once per branch, the latest last.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn tips(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Vec<Tip>> {
    let rows = sqlx::query!(
        "SELECT journal, tip_seq, tip_hash
           FROM branch
           JOIN journal ON journal.shop = branch.shop AND journal.id = branch.journal
          WHERE branch.shop = $1 AND purpose = 'centre'
          ORDER BY tip_tick, tip_hash",
        shop,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| super::fence::read_tip(&row.journal, row.tip_seq, &row.tip_hash))
        .collect()
}

/// Everything that the centre said in its journals of a shop, every branch of them, in the order in
/// which workstations fold it.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn said(conn: &mut PgConnection, shop: &str) -> sqlx::Result<Vec<publication::Event>> {
    let rows = sqlx::query!(
        "SELECT entry.header, entry.kind, body.bytes
           FROM journal
           JOIN entry ON entry.shop = journal.shop AND entry.journal = journal.id
           JOIN body ON body.shop = entry.shop AND body.hash = entry.body_hash
          WHERE journal.shop = $1 AND purpose = 'centre'
          ORDER BY entry.tick, entry.journal, entry.seq, entry.branch",
        shop,
    )
    .fetch_all(conn)
    .await?;
    let read = rows.into_iter().filter_map(|row| {
        let kind = Kind(u16::try_from(row.kind).ok()?);
        let version = journal::Header::decode(&row.header)?.kind_version;
        match Event::decode(kind, version, &row.bytes) {
            Ok(Some(Event::Publication(event))) => Some(event),
            // Its opening, and what a newer program wrote.
            Ok(_) | Err(_) => None,
        }
    });
    Ok(read.collect())
}

/// The journals of a shop's workstations, as the centre would list them.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn of_workstations(
    conn: &mut PgConnection,
    shop: &str,
) -> sqlx::Result<Vec<OfWorkstation>> {
    let rows = sqlx::query!(
        r#"SELECT journal.id, journal.public_key, label, role = 'kitchen' AS "is_kitchen!",
                  revoked_ms IS NOT NULL AS "revoked!"
             FROM journal
             JOIN workstation USING (shop, public_key)
            WHERE shop = $1 AND purpose <> 'centre'
            ORDER BY opened_ms, id"#,
        shop,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OfWorkstation {
                journal: JournalId(read_hash(&row.id)?.0),
                public_key: PublicKey::from_bytes(&row.public_key)
                    .map_err(|it| sqlx::Error::Decode(Box::new(it)))?,
                label: row.label,
                is_kitchen: row.is_kitchen,
                revoked: row.revoked,
            })
        })
        .collect()
}
