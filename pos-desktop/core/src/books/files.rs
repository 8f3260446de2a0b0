//! Files for people: whole or not there at all, durable when a function returns, and refused in words
//! that a screen has.

use crate::error::Error;
use pos_api::Code;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes a file into a folder, which is made where it is missing; one of that name is replaced.
///
/// # Errors
///
/// [`Code::Folder`], [`Code::DiskFull`].
pub(crate) fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    write(folder, name, bytes).map_err(|error| refused(folder, &error))
}

/// Writes a file that is never changed again: one of that name is never replaced, and it is marked
/// as not to be written.
///
/// # Errors
///
/// [`Code::Folder`], [`Code::DiskFull`]; also where there is one of that name.
pub(crate) fn put_once(folder: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf, Error> {
    let path = folder.join(name);
    if path.try_exists().unwrap_or(true) {
        let there = io::Error::from(io::ErrorKind::AlreadyExists);
        return Err(refused(&path, &there));
    }
    let written = write(folder, name, bytes).and_then(|path| {
        let mut permissions = fs::metadata(&path)?.permissions();
        permissions.set_readonly(true);
        // A stick may not know the mark: the archive's hashes do not depend on it.
        if let Err(error) = fs::set_permissions(&path, permissions) {
            tracing::warn!(%error, path = %path.display(), "not marked as read-only");
        }
        Ok(path)
    });
    written.map_err(|error| refused(folder, &error))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    let path = folder.join(name);
    crate::files::write(&path, bytes)?;
    Ok(path)
}

fn refused(path: &Path, error: &io::Error) -> Error {
    tracing::error!(%error, path = %path.display(), "a file was not written");
    let is_full =
        [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind());
    let code = if is_full { Code::DiskFull } else { Code::Folder };
    code.into()
}

#[cfg(test)]
mod tests {
    use super::{put, put_once};

    #[test]
    fn what_is_written_once_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("archives");
        let path = put_once(&below, "a.zip", b"one").unwrap();
        assert!(put_once(&below, "a.zip", b"two").is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert!(std::fs::metadata(&path).unwrap().permissions().readonly());

        put(&below, "b.csv", b"one").unwrap();
        put(&below, "b.csv", b"two").unwrap();
        assert_eq!(std::fs::read(below.join("b.csv")).unwrap(), b"two");
        assert_eq!(std::fs::read_dir(&below).unwrap().count(), 2);
    }

    #[test]
    fn a_folder_that_is_a_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, b"").unwrap();
        assert!(put(&file, "a", b"").is_err());
    }
}
