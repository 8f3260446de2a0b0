//! What a person must look at.

use sqlx::PgConnection;

/// What an alarm is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A journal has two entries at one place.
    Fork,
    /// Something was sent that could not be believed, and was set aside.
    Parked,
    /// A revoked workstation still sends.
    Revoked,
    /// The centre's database was set back: restored, or a failover lost its tail.
    SetBack,
}

impl What {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Parked => "parked",
            Self::Revoked => "revoked",
            Self::SetBack => "set_back",
        }
    }

    fn read(text: &str) -> Option<Self> {
        [Self::Fork, Self::Parked, Self::Revoked, Self::SetBack]
            .into_iter()
            .find(|it| it.as_str() == text)
    }
}

/// An alarm, as the managers' page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The shop.
    pub shop: String,
    /// What it is about.
    pub what: What,
    /// The workstation's label.
    pub about: String,
    /// When, by the server's clock.
    pub raised_ms: i64,
}

/// Raises an alarm, unless one for the same `token` was raised before. Returns whether it is new.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn raise(
    conn: &mut PgConnection,
    shop: &str,
    what: What,
    about: &str,
    token: &str,
    now_ms: i64,
) -> sqlx::Result<bool> {
    let raised = sqlx::query!(
        "INSERT INTO alarm (shop, what, about, token, raised_ms)
         VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT ON CONSTRAINT alarm_raised_once DO NOTHING",
        shop,
        what.as_str(),
        about,
        token,
        now_ms,
    )
    .execute(conn)
    .await?
    .rows_affected();
    Ok(0 < raised)
}

/// The latest alarms in scope since `since_ms`, newest first, at most 50.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn latest(conn: &mut PgConnection, since_ms: i64) -> sqlx::Result<Vec<Alarm>> {
    let rows = sqlx::query!(
        "SELECT shop, what, about, raised_ms
           FROM alarm
          WHERE $1 <= raised_ms
          ORDER BY raised_ms DESC, id DESC
          LIMIT 50",
        since_ms,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Alarm {
            shop: row.shop,
            what: What::read(&row.what).expect("the table's CHECK admits these alone"),
            about: row.about,
            raised_ms: row.raised_ms,
        })
        .collect())
}
