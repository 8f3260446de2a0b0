//! Sales by day and by hour.

use fiscal::time::Date;
use sqlx::PgConnection;

/// One ticket, as far as the figures go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The business day it counts in.
    pub day: Date,
    /// The hour that the clock on the wall showed, 0–23.
    pub hour: u8,
    /// Tax included, in cents.
    pub ttc_cents: i64,
    /// When, in milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Whether it is a sale: credit notes and corrections change sums, and are no ticket sold.
    pub is_sale: bool,
}

/// A shop's figures of one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// The shop.
    pub shop: String,
    /// How many tickets.
    pub tickets: i64,
    /// Their total, tax included, in cents.
    pub ttc_cents: i64,
    /// The last one's own time.
    pub last_sale_ms: i64,
}

/// A shop's figures of one hour of a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hour {
    /// The shop.
    pub shop: String,
    /// 0–23, on the wall.
    pub hour: i16,
    /// How many tickets.
    pub tickets: i64,
    /// Their total, tax included, in cents.
    pub ttc_cents: i64,
}

/// Adds newly stored sales to the figures. The caller holds the shop's feed, so that two
/// transactions never meet in these rows.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn add(conn: &mut PgConnection, shop: &str, sales: &[Sale]) -> sqlx::Result<()> {
    if sales.is_empty() {
        return Ok(());
    }
    let days: Vec<String> = sales.iter().map(|sale| sale.day.iso()).collect();
    let hours: Vec<i16> = sales.iter().map(|sale| i16::from(sale.hour)).collect();
    let cents: Vec<i64> = sales.iter().map(|sale| sale.ttc_cents).collect();
    let at: Vec<i64> = sales.iter().map(|sale| sale.at_ms).collect();
    let sold: Vec<bool> = sales.iter().map(|sale| sale.is_sale).collect();
    sqlx::query!(
        "WITH sale AS MATERIALIZED (
             SELECT day::date, hour, cents, at_ms, sold
               FROM unnest($2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::boolean[])
                    AS it (day, hour, cents, at_ms, sold)
         ), of_hour AS (
             INSERT INTO rollup_hour (shop, day, hour, tickets, ttc_cents)
             SELECT $1, day, hour, count(*) FILTER (WHERE sold), sum(cents)
               FROM sale
              GROUP BY day, hour
                 ON CONFLICT (shop, day, hour) DO UPDATE
                SET tickets = rollup_hour.tickets + excluded.tickets,
                    ttc_cents = rollup_hour.ttc_cents + excluded.ttc_cents
         )
         INSERT INTO rollup_day (shop, day, tickets, ttc_cents, last_sale_ms)
         SELECT $1, day, count(*) FILTER (WHERE sold), sum(cents), max(at_ms)
           FROM sale
          GROUP BY day
             ON CONFLICT (shop, day) DO UPDATE
            SET tickets = rollup_day.tickets + excluded.tickets,
                ttc_cents = rollup_day.ttc_cents + excluded.ttc_cents,
                last_sale_ms = greatest(rollup_day.last_sale_ms, excluded.last_sale_ms)",
        shop,
        &days,
        &hours,
        &cents,
        &at,
        &sold,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every shop's figures of a day, for those that sold.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn of_day(conn: &mut PgConnection, day: Date) -> sqlx::Result<Vec<Day>> {
    sqlx::query_as!(
        Day,
        "SELECT shop, tickets, ttc_cents, last_sale_ms
           FROM rollup_day
          WHERE day = $1::text::date
          ORDER BY shop",
        day.iso(),
    )
    .fetch_all(conn)
    .await
}

/// Every shop's figures of a day by hour, for the hours that sold.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn by_hour(conn: &mut PgConnection, day: Date) -> sqlx::Result<Vec<Hour>> {
    sqlx::query_as!(
        Hour,
        "SELECT shop, hour, tickets, ttc_cents
           FROM rollup_hour
          WHERE day = $1::text::date
          ORDER BY shop, hour",
        day.iso(),
    )
    .fetch_all(conn)
    .await
}

/// A workstation, and when it was last heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The shop.
    pub shop: String,
    /// Its label.
    pub label: String,
    /// What it is for: "till" or "kitchen".
    pub role: String,
    /// When, by the server's clock, to some seconds.
    pub seen_ms: i64,
}

/// Every workstation that takes part, and when it was last heard.
///
/// # Errors
///
/// Where the database does not answer.
pub async fn workstations(conn: &mut PgConnection) -> sqlx::Result<Vec<Seen>> {
    sqlx::query_as!(
        Seen,
        "SELECT shop, label, role, seen_ms
           FROM workstation
          WHERE revoked_ms IS NULL AND ended_ms IS NULL
          ORDER BY shop, label",
    )
    .fetch_all(conn)
    .await
}
