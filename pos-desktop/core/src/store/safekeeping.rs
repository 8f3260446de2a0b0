//! Copies of the file: made while the counter sells, read through, emptied of the key; and what is read
//! back out of a file that is damaged.

use super::{Reader, Store, StoreError, schema, settings};
use journal::{BlobHash, JournalId, PublicKey};
use pos_api::Role;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, ffi, named_params};
use std::path::Path;

/// Pages that are copied before the disk is let go of for a moment: 1 MiB.
const STEP_PAGES: i32 = 256;
/// Instructions of SQLite's between two questions whether to go on.
const STEP_INSTRUCTIONS: i32 = 100_000;
/// Frames of the write-ahead log from which a commit moves them into the file.
const CHECKPOINT_FRAMES: i32 = 1_000;

impl StoreError {
    /// Whether the file is not what was written: SQLite cannot read a page, or we cannot read what is
    /// stored in one. A full disk, a missing permission or another's lock is no damage.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                let unread = [
                    ffi::SQLITE_IOERR_READ,
                    ffi::SQLITE_IOERR_SHORT_READ,
                    ffi::SQLITE_IOERR_CORRUPTFS,
                    ffi::SQLITE_IOERR_DATA,
                ];
                matches!(
                    error.code,
                    rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase
                ) || unread.contains(&error.extended_code)
            }
            Self::Broken(_) => true,
            Self::Sqlite(_)
            | Self::Newer { .. }
            | Self::NotOurs
            | Self::OtherMigration { .. }
            | Self::OldSqlite(_)
            | Self::Disk(_) => false,
        }
    }
}

impl Store {
    /// Whether what is committed may be moved from the write-ahead log into the file, now and then and
    /// when the file is closed. It may not while the file may be damaged: it stays as it was found.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn settle(&self, settle: bool) -> Result<(), StoreError> {
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !settle)?;
        let frames = if settle { CHECKPOINT_FRAMES } else { 0 };
        let pragma = format!("PRAGMA wal_autocheckpoint = {frames}");
        self.connection.query_row(&pragma, [], |_| Ok(()))?;
        Ok(())
    }
}

impl Reader {
    /// Opens a copy, or a file that nobody else has open.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says; nothing is made where there is no file.
    pub fn of_copy(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        schema::set_pragmas(&connection)?;
        Ok(Self { connection })
    }

    /// Opens the copy of a damaged file and of its write-ahead log, which are left as they are.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn of_damaged(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;")?;
        Ok(Self { connection })
    }

    /// Whether every page of the file can be read and holds what a page must: quickly, or thoroughly,
    /// indices against tables included. `None` where `go_on` said no meanwhile.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says, damage aside.
    pub fn is_sound(
        &self,
        thoroughly: bool,
        mut go_on: impl FnMut() -> bool + Send + 'static,
    ) -> Result<Option<bool>, StoreError> {
        self.connection.progress_handler(STEP_INSTRUCTIONS, Some(move || !go_on()))?;
        let pragma = if thoroughly { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
        let said = self.connection.query_row(pragma, [], |row| row.get::<_, String>(0));
        self.connection.progress_handler(0, None::<fn() -> bool>)?;
        let error = match said {
            Ok(said) => return Ok(Some(said == "ok")),
            Err(error) => error,
        };
        if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) {
            return Ok(None);
        }
        let error = StoreError::from(error);
        if error.is_damage() { Ok(Some(false)) } else { Err(error) }
    }

    /// Copies the file as it is at this moment into a new one, which needs no log beside it; `false`
    /// where `go_on`, asked after each MiB, said no.
    ///
    /// The reading transaction lasts as long as the copy: what the counter commits meanwhile stands in
    /// the write-ahead log and is not seen, so that the copy is of one moment and never begins anew.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says: a full disk, a damaged page.
    pub fn copy_to(
        &mut self,
        to: &Path,
        mut go_on: impl FnMut() -> bool,
    ) -> Result<bool, StoreError> {
        let is_whole = self.read(|tx| {
            // The moment is that of the first read.
            tx.query_row("SELECT count(*) FROM migration", [], |_| Ok(()))?;
            let mut copy = Connection::open(to)?;
            // Its owner brings it to the disk as a whole.
            copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")?;
            let backup = Backup::new(tx, &mut copy)?;
            while backup.step(STEP_PAGES)? != StepResult::Done {
                if !go_on() {
                    return Ok::<_, StoreError>(false);
                }
            }
            Ok(true)
        })?;
        if is_whole {
            let copy = Connection::open(to)?;
            copy.execute_batch("PRAGMA synchronous = OFF; PRAGMA journal_mode = DELETE;")?;
        }
        Ok(is_whole)
    }
}

/// Takes the key out of a copy, and out of its free pages: plain or wrapped, it is nobody else's.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn take_key_out(copy: &Path) -> Result<(), StoreError> {
    let mut connection = Connection::open(copy)?;
    connection.execute_batch("PRAGMA secure_delete = ON; PRAGMA journal_mode = DELETE;")?;
    let tx = connection.transaction()?;
    tx.execute(
        "UPDATE workstation SET secret = :zeros",
        named_params! { ":zeros": settings::ZEROS },
    )?;
    tx.execute("DELETE FROM wrapped_key", [])?;
    settings::clear(&tx, settings::KEY)?;
    tx.commit()?;
    connection.execute_batch("VACUUM")?;
    Ok(())
}

/// Lets a workstation of the shop speak here until the centre's own list has arrived.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn remember_member(
    tx: &Transaction<'_>,
    key: &PublicKey,
    journal: JournalId,
    label: &str,
    role: Role,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO member (public_key, journal, label, role, revoked)
         VALUES (:public_key, :journal, :label, :role, 0)
             ON CONFLICT (public_key) DO NOTHING",
        named_params! {
            ":public_key": key.as_bytes(),
            ":journal": journal.as_bytes(),
            ":label": label,
            ":role": settings::role_name(role),
        },
    )?;
    Ok(())
}

/// The workstations that may speak in this shop, each with its journal.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn members(
    tx: &Transaction<'_>,
) -> Result<Vec<(PublicKey, JournalId, String, Role)>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("member");
    let mut statement = tx.prepare_cached(
        "SELECT public_key, journal, label, role
           FROM member
          WHERE revoked = 0 AND role IN ('till', 'kitchen')
          ORDER BY label, public_key",
    )?;
    let mut rows = statement.query([])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get("public_key")?;
        let journal: Vec<u8> = row.get("journal")?;
        let role: String = row.get("role")?;
        members.push((
            PublicKey::from_bytes(&key).map_err(|_| BROKEN)?,
            JournalId::try_from(journal.as_slice()).map_err(|_| BROKEN)?,
            row.get("label")?,
            if role == settings::role_name(Role::Till) { Role::Till } else { Role::Kitchen },
        ));
    }
    Ok(members)
}

/// A setting's JSON, as it stands; `None` where it was never set.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn raw_setting(tx: &Transaction<'_>, name: &str) -> Result<Option<String>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT value FROM setting WHERE name = :name")?
        .query_row(named_params! { ":name": name }, |row| row.get(0))
        .optional()?)
}

/// Sets a setting that was never set, to JSON that was read elsewhere.
///
/// # Errors
///
/// Whatever SQLite says; also where it is no JSON.
pub fn set_if_missing(tx: &Transaction<'_>, name: &str, value: &str) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO setting (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING",
        named_params! { ":name": name, ":value": value },
    )?;
    Ok(())
}

/// Blobs in the order of their hashes, after one: at most 8 at a time.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub fn blobs_after(
    tx: &Transaction<'_>,
    after: Option<BlobHash>,
) -> Result<Vec<(BlobHash, Vec<u8>)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT hash, bytes FROM blob WHERE :after IS NULL OR :after < hash ORDER BY hash LIMIT 8",
    )?;
    let after = after.map(|it| it.as_bytes().to_vec());
    let mut rows = statement.query(named_params! { ":after": after })?;
    let mut blobs = Vec::new();
    while let Some(row) = rows.next()? {
        let hash: Vec<u8> = row.get("hash")?;
        let hash = BlobHash::try_from(hash.as_slice()).map_err(|_| StoreError::Broken("blob"))?;
        blobs.push((hash, row.get("bytes")?));
    }
    Ok(blobs)
}

/// How many entries there are, over all histories: what says whether anything came since.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn entries(tx: &Transaction<'_>) -> Result<i64, StoreError> {
    Ok(tx
        .prepare_cached("SELECT coalesce(sum(tip_seq - from_seq), 0) FROM chain")?
        .query_row([], |row| row.get(0))?)
}
