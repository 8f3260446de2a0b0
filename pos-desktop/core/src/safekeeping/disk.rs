//! What the disk says: how much is free, whether two folders are on one device; and files that are
//! brought to it as a whole.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What stays free for the counter, beside any copy, in bytes.
pub(super) const RESERVE: u64 = 256 * 1024 * 1024;

/// Bytes that a folder's disk has left; `None` where the system does not say.
#[cfg(target_os = "linux")]
pub(super) fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes that a folder's disk has left; `None` where the system does not say.
#[cfg(not(target_os = "linux"))]
pub(super) const fn free(_folder: &Path) -> Option<u64> {
    None
}

/// Whether so many bytes fit, with the reserve. A disk that says nothing says so when it is written.
pub(super) fn has_room(folder: &Path, bytes: u64) -> bool {
    free(folder).is_none_or(|free| bytes.saturating_add(RESERVE) <= free)
}

/// Whether two folders are on one device: what takes one away takes the other.
#[cfg(unix)]
pub(super) fn is_same_device(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(fs::metadata(one)?.dev() == fs::metadata(other)?.dev())
}

/// Whether two folders are on one drive or share: what takes one away takes the other.
#[cfg(not(unix))]
pub(super) fn is_same_device(one: &Path, other: &Path) -> io::Result<bool> {
    let drive = |path: &Path| {
        fs::canonicalize(path).map(|it| it.components().next().map(|it| it.as_os_str().to_owned()))
    };
    Ok(drive(one)? == drive(other)?)
}

/// Whether the disk was full.
pub(super) fn is_full(error: &io::Error) -> bool {
    [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded].contains(&error.kind())
}

/// What a file is called until it is whole.
pub(super) fn part(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Gives a file that is whole its name, once it is on the disk.
pub(super) fn put_in_place(part: &Path, path: &Path) -> io::Result<()> {
    File::options().read(true).write(true).open(part)?.sync_all()?;
    fs::rename(part, path)?;
    sync_folder(path)
}

/// Brings a name to the disk. Windows has no way to do that: NTFS journals names by itself.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Takes away what was not finished; there may be nothing.
pub(super) fn drop_part(part: &Path) {
    if let Err(error) = fs::remove_file(part)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(%error, path = %part.display(), "what was begun stays there");
    }
}
