//! Files that are whole or not there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file, whole and durable, in the place of one of its name: it is written beside, brought
/// to the disk, and then takes the name.
///
/// # Errors
///
/// Whatever the system says. A file of that name is then as it was.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("part");
    let mut file = File::create(&beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    // Windows has no way to bring a folder to the disk by itself: NTFS journals the name.
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}
