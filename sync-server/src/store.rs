//! PostgreSQL: the pool, and whose rows a transaction may touch. The SQL itself stands in the
//! modules below, one for each table or two; whoever composes them owns the transaction.

pub mod alarm;
pub mod card;
pub mod centre;
pub mod enrolment;
pub mod fence;
pub mod figures;
pub mod journal;
pub mod manager;
pub mod parked;
pub mod publication;
pub mod receipt;
pub mod run;
pub mod shop;
pub mod vouch;
pub mod workstation;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{PgPool, Postgres, Transaction};
use std::time::Duration;

/// A transaction of one scope.
pub type Tx = Transaction<'static, Postgres>;

/// How many connections: twice what one processor and one disk keep busy, and few enough that their
/// memory (about 10 MB each in PostgreSQL) fits beside everything else in 2 GiB.
const CONNECTIONS: u32 = 10;
/// How long a request waits for a connection before the sender is told to come again later.
const ACQUIRE: Duration = Duration::from_secs(2);
/// PostgreSQL's own limits, in milliseconds: no statement, lock or forgotten transaction holds a
/// connection for longer.
const LIMITS_MS: [(&str, &str); 3] = [
    ("statement_timeout", "10000"),
    ("lock_timeout", "3000"),
    ("idle_in_transaction_session_timeout", "15000"),
];

/// The database.
#[derive(Clone, Debug)]
pub struct Store {
    pool: PgPool,
}

impl Store {
    /// Prepares a pool; connections are made when they are needed.
    #[must_use]
    pub fn new(options: PgConnectOptions) -> Self {
        Self::with(PgPoolOptions::new().max_connections(CONNECTIONS), options)
    }

    /// Like [`Self::new`], with the pool's size and waits given.
    #[must_use]
    pub fn with(pool: PgPoolOptions, options: PgConnectOptions) -> Self {
        let pool = pool
            .acquire_timeout(ACQUIRE)
            .after_connect(|conn, _| {
                Box::pin(async move {
                    // From here on row-level security holds, whoever we connected as.
                    sqlx::query("SET ROLE ocpizza_server").execute(conn).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options.options(LIMITS_MS).application_name("sync-server"));
        Self { pool }
    }

    /// A transaction that sees one shop's rows and no other's.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn shop(&self, shop: &str) -> sqlx::Result<Tx> {
        self.scoped(shop).await
    }

    /// A transaction of the centre's own: it sees every shop.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn centre(&self) -> sqlx::Result<Tx> {
        self.scoped("*").await
    }

    async fn scoped(&self, scope: &str) -> sqlx::Result<Tx> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!("SELECT set_config('app.shop', $1, true)", scope).fetch_one(&mut *tx).await?;
        Ok(tx)
    }

    /// How many connections there are at most.
    #[must_use]
    pub fn connections(&self) -> u32 {
        self.pool.options().get_max_connections()
    }

    /// Waits for the transactions under way and closes the connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// Brings the database's schema up to this program's.
///
/// # Errors
///
/// Where the database does not answer, or a migration ran there that is another under its number here.
pub async fn migrate(options: PgConnectOptions) -> Result<(), sqlx::migrate::MigrateError> {
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    let mut migrator = sqlx::migrate!("../migrations/postgres");
    // A newer replica's migrations only add: an older one goes on beside it, or after it.
    migrator.set_ignore_missing(true);
    migrator.run(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Whether it is worth trying again later: the pool is exhausted, a lock or a statement took too
/// long, two transactions waited for one another, or PostgreSQL is starting or stopping.
#[must_use]
pub fn is_passing(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed) {
        return true;
    }
    let code = error.as_database_error().and_then(|it| it.code());
    // serialization_failure, deadlock_detected, lock_not_available, query_canceled, and the classes
    // 53 (insufficient resources), 57P (shutting down, starting up) and 08 (connection).
    code.is_some_and(|code| {
        matches!(&*code, "40001" | "40P01" | "55P03" | "57014")
            || ["53", "57P", "08"].iter().any(|class| code.starts_with(class))
    })
}
