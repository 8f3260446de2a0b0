//! Archives as ZIP files: written the same way every time, and read without believing sizes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _, Seek, Write};
use std::path::PathBuf;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The most files that an archive has: one per journal, and about twenty others.
const MOST_FILES: usize = 10_000;
/// The most bytes that an archive unpacks to: 4 GiB. Ten years of a busy till are less than half.
const MOST_BYTES: u64 = 4 << 30;

/// Why a file is no archive that can be looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// The disk, or what stands for it.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// It is no ZIP.
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    /// It unpacks to more than any archive of ours.
    #[error("more files or bytes than an archive has")]
    TooLarge,
}

/// Writes an archive's files ([`fiscal::archive::Built::files`]), in this order and with the time
/// that ZIP begins with: the same files give the same bytes.
///
/// # Errors
///
/// Whatever the disk says.
pub fn write<W: Write + Seek>(to: W, files: &[(String, Vec<u8>)]) -> Result<(), Unreadable> {
    let mut zip = ZipWriter::new(to);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, bytes) in files {
        let large = u64::from(u32::MAX) <= bytes.len() as u64;
        zip.start_file(name.as_str(), options.large_file(large))?;
        zip.write_all(bytes)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

/// Packs files from the disk, in this order, each under a name: those that are large are never in
/// memory as a whole.
///
/// # Errors
///
/// Whatever the disk says.
pub fn pack<W: Write + Seek>(to: W, files: &[(String, PathBuf)]) -> Result<(), Unreadable> {
    let mut zip = ZipWriter::new(to);
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, path) in files {
        let mut file = File::open(path)?;
        let large = u64::from(u32::MAX) <= file.metadata()?.len();
        zip.start_file(name.as_str(), options.large_file(large))?;
        io::copy(&mut file, &mut zip)?;
    }
    zip.finish()?.flush()?;
    Ok(())
}

/// The files of an archive, by name. Two files of one name are none.
///
/// # Errors
///
/// [`Unreadable`] where it is no ZIP, or far larger than an archive.
pub fn read<R: io::Read + Seek>(from: R) -> Result<BTreeMap<String, Vec<u8>>, Unreadable> {
    let mut zip = ZipArchive::new(from)?;
    if MOST_FILES < zip.len() {
        return Err(Unreadable::TooLarge);
    }
    let mut left = MOST_BYTES;
    let mut files = BTreeMap::new();
    for place in 0..zip.len() {
        let file = zip.by_index(place)?;
        let name = file.name()?.into_owned();
        let mut bytes = Vec::new();
        let read = file.take(left.saturating_add(1)).read_to_end(&mut bytes)?;
        left = left.checked_sub(read as u64).ok_or(Unreadable::TooLarge)?;
        files.insert(name, bytes);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use std::io::Cursor;

    #[test]
    fn the_same_files_give_the_same_bytes_and_are_read_back() {
        let files = [("b.txt".to_owned(), b"two".to_vec()), ("a/b".to_owned(), Vec::new())];
        let archive = || {
            let mut bytes = Cursor::new(Vec::new());
            write(&mut bytes, &files).unwrap();
            bytes.into_inner()
        };
        assert_eq!(archive(), archive());
        let read = read(Cursor::new(archive())).unwrap();
        assert_eq!(read.into_iter().rev().collect::<Vec<_>>(), files);
    }

    #[test]
    fn bytes_that_are_no_archive_are_refused() {
        for bytes in [&b""[..], b"PK", &[0; 4096]] {
            assert!(read(Cursor::new(bytes)).is_err());
        }
    }
}
