//! The workstation's SQLite file: the only place with SQL.
//!
//! One connection writes, and one thread owns it; queries read through connections of their own.
//! Functions take the transaction first and whoever composes owns it: [`Store::write`].

pub mod alarms;
pub mod basket;
pub mod books;
pub mod cards;
pub mod days;
pub mod documents;
pub mod drills;
pub(crate) mod early;
mod early_roles;
pub(crate) mod ended;
pub(crate) mod histories;
pub mod invoices;
pub mod journals;
pub mod orders;
pub(crate) mod present;
pub mod publications;
pub(crate) mod roles;
pub mod safekeeping;
mod schema;
pub mod settings;
pub mod tickets;
pub(crate) mod vouches;
pub mod witnesses;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::path::{Path, PathBuf};

pub use schema::{APPLICATION_ID, VERSION};

/// What went wrong between the program and its file.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite says no.
    #[error("SQLite: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file was made by a newer version of the program.
    #[error("the file is of version {found}, this program knows {known}")]
    Newer {
        /// The file's.
        found: i64,
        /// This program's.
        known: i64,
    },
    /// The file is some other program's.
    #[error("the file is not one of this program's")]
    NotOurs,
    /// A migration that ran on the file is not the one this program has under its number.
    #[error("migration {number} of the file is not this program's")]
    OtherMigration {
        /// Which.
        number: i64,
    },
    /// SQLite is older than the first without the WAL-reset bug.
    #[error("SQLite {0} is too old: 3.51.3 is needed")]
    OldSqlite(&'static str),
    /// What is stored cannot be read back: the file is damaged.
    #[error("stored {0} cannot be read back")]
    Broken(&'static str),
    /// The disk, while a damaged file was set aside.
    #[error("the disk: {0}")]
    Disk(#[source] std::io::Error),
}

impl StoreError {
    /// Whether the disk is full.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                error.code == rusqlite::ErrorCode::DiskFull
            }
            Self::Disk(error) => error.kind() == std::io::ErrorKind::StorageFull,
            Self::Sqlite(_)
            | Self::Newer { .. }
            | Self::NotOurs
            | Self::OtherMigration { .. }
            | Self::OldSqlite(_)
            | Self::Broken(_) => false,
        }
    }
}

/// The writing side.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens or makes the file, and brings it to this program's version.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`], [`StoreError::NotOurs`], [`StoreError::OtherMigration`] leave the file
    /// as it was.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // SQLite before 3.51.3 can corrupt a WAL file (sqlite.org/wal.html#walresetbug).
        if rusqlite::version_number() < 3_051_003 {
            return Err(StoreError::OldSqlite(rusqlite::version()));
        }
        let connection = Connection::open(path)?;
        let mut store = Self { connection, path: path.to_owned() };
        // A file that turns out to be damaged is closed as it was found.
        store.settle(false)?;
        schema::set_up(&mut store.connection)?;
        store.settle(true)?;
        Ok(store)
    }

    /// The folder that the file is in: the till's own, where its other files stand.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or_else(|| Path::new("."))
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A connection that only reads, for queries.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn reader(&self) -> Result<Reader, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        schema::set_pragmas(&connection)?;
        Ok(Reader { connection })
    }

    /// Runs `work` in one transaction: all of it is durable when this returns `Ok`, none otherwise.
    ///
    /// # Errors
    ///
    /// What `work` says, or what SQLite says at begin or commit.
    pub fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let tx = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = work(&tx)?;
        tx.commit().map_err(StoreError::from)?;
        Ok(done)
    }

    /// Runs `work` in one snapshot, on the writing connection.
    ///
    /// # Errors
    ///
    /// What `work` says, or what SQLite says at begin.
    pub fn read<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        snapshot(&mut self.connection, work)
    }

    /// How many rows this connection has changed since it was opened.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.connection.total_changes()
    }

    /// Limits the file to the pages it has now and `further` more, as a disk that fills up does;
    /// `None` takes the limit away.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn limit_pages(&self, further: Option<u32>) -> Result<(), StoreError> {
        let pages: i64 = self.connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let most = further.map_or(i64::from(u32::MAX - 1), |further| pages + i64::from(further));
        self.connection.query_row(&format!("PRAGMA max_page_count = {most}"), [], |_| Ok(()))?;
        Ok(())
    }

    /// Whether what is deleted or replaced from now on is overwritten with zeros.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn overwrite_deleted(&self, overwrite: bool) -> Result<(), StoreError> {
        let pragma = format!("PRAGMA secure_delete = {}", u8::from(overwrite));
        self.connection.query_row(&pragma, [], |_| Ok(()))?;
        Ok(())
    }

    /// Writes the file anew without its free space, and empties the write-ahead log: nothing that was
    /// deleted can be read in either. It takes as long as copying the file, and its space once more.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn wipe(&self) -> Result<(), StoreError> {
        self.connection.execute_batch("VACUUM")?;
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Moves what the write-ahead log holds into the file, as far as readers allow.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
        Ok(())
    }
}

/// The reading side: sees whole transactions only, and never waits for the writer.
#[derive(Debug)]
pub struct Reader {
    connection: Connection,
}

impl Reader {
    /// Runs `work` in one snapshot.
    ///
    /// # Errors
    ///
    /// What `work` says, or what SQLite says at begin.
    pub fn read<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        snapshot(&mut self.connection, work)
    }
}

fn snapshot<T, E: From<StoreError>>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Deferred)
        .map_err(StoreError::from)?;
    work(&tx)
}
