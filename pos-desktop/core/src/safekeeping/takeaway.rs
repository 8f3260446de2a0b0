//! The whole shop as one file that a manager can take away: what this workstation holds, checked, and
//! without its key.

use super::{copies::GoOn, disk, words};
use crate::books::ARCHIVES;
use crate::error::Error;
use crate::store::{Reader, StoreError, safekeeping};
use crate::workstation::{BUILD, Workstation};
use pos_api::{Code, Reply};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use verify::fault::FileFault;
use verify::inspect::Inspection;
use verify::till::TillFile;

/// What the database is called in the file.
const DATABASE: &str = "caisse.sqlite";
/// The page that says what the file is.
const READ_ME: &str = "LISEZMOI.txt";

/// A file that is about to be made.
#[derive(Debug)]
pub(crate) struct Taking {
    reader: Reader,
    data: PathBuf,
    folder: PathBuf,
    name: String,
    read_me: String,
}

/// Sees to the file; `folder` is where it is wanted.
///
/// # Errors
///
/// [`Code::SetUpState`], [`Code::Folder`] where there is no such folder, [`Code::DiskFull`].
pub(crate) fn begin(workstation: &mut Workstation, folder: &Path) -> Result<Taking, Error> {
    let identity = workstation.identity().cloned().ok_or(Code::SetUpState)?;
    if !folder.is_dir() {
        return Err(Code::Folder.into());
    }
    let data = workstation.folder();
    let bytes = fs::metadata(workstation.store.path()).map_or(0, |it| it.len());
    // The copy beside the data, and what it is packed to.
    if !disk::has_room(&data, bytes) || !disk::has_room(folder, bytes) {
        return Err(Code::DiskFull.into());
    }
    let local = workstation.moment().local();
    let (day, hour, minute) = (local.date().iso(), local.hour, local.minute);
    let (shop, label) = (&identity.shop, &identity.label);
    let time = format!("{day} {hour:02}:{minute:02}");
    Ok(Taking {
        reader: workstation.store.reader()?,
        data,
        folder: folder.to_owned(),
        name: format!("ocpizza_{shop}_{label}_{day}_{hour:02}{minute:02}.zip"),
        read_me: words::read_me(shop, label, &time, BUILD),
    })
}

impl Taking {
    /// Makes it.
    ///
    /// # Errors
    ///
    /// [`Code::Storage`] where the copy cannot be read through, [`Code::Folder`], [`Code::DiskFull`];
    /// [`Error::Store`].
    pub(crate) fn work(mut self, go_on: &GoOn) -> Result<Reply, Error> {
        let copy = disk::part(&self.data.join(DATABASE));
        disk::drop_part(&copy);
        let packed = self.copy(&copy, go_on).and_then(|()| self.pack(&copy));
        disk::drop_part(&copy);
        let path = packed?;
        Ok(Reply::File { number: self.name, path: path.display().to_string() })
    }

    /// A copy that is sound and holds no key.
    fn copy(&mut self, copy: &Path, go_on: &GoOn) -> Result<(), Error> {
        self.reader.copy_to(copy, || go_on())?;
        safekeeping::take_key_out(copy)?;
        let asked = Arc::clone(go_on);
        if Reader::of_copy(copy)?.is_sound(true, move || asked())? != Some(true) {
            return Err(Error::Store(StoreError::Broken("copy")));
        }
        // What the entries say is the copy's to show and not to hide: whoever reads it checks it, too.
        let mut inspection = Inspection::new();
        let read = TillFile::open(copy, &mut inspection).and_then(|it| it.inspect(&mut inspection));
        if let Err(error) = read {
            return Err(Error::Fault(format!("the copy: {error}")));
        }
        let outcome = inspection.finish();
        let damaged = outcome.files.iter().any(|(_, it)| matches!(it, FileFault::Damaged(_)));
        if !outcome.is_sound() {
            tracing::error!(
                faults = outcome.files.len(),
                damaged,
                "the shop's file is not right in all it says"
            );
        }
        Ok(())
    }

    fn pack(&self, copy: &Path) -> Result<PathBuf, Error> {
        let read_me = disk::part(&self.data.join(READ_ME));
        let path = self.folder.join(&self.name);
        let part = disk::part(&path);
        let packed = self.pack_into(&part, copy, &read_me);
        disk::drop_part(&read_me);
        let placed = packed.and_then(|()| disk::put_in_place(&part, &path));
        if let Err(error) = placed {
            tracing::error!(%error, path = %path.display(), "the shop was not written as one file");
            disk::drop_part(&part);
            let code = if disk::is_full(&error) { Code::DiskFull } else { Code::Folder };
            return Err(code.into());
        }
        Ok(path)
    }

    fn pack_into(&self, part: &Path, copy: &Path, read_me: &Path) -> io::Result<()> {
        fs::write(read_me, &self.read_me)?;
        let mut files =
            vec![(READ_ME.to_owned(), read_me.to_owned()), (DATABASE.to_owned(), copy.to_owned())];
        let mut archives: Vec<PathBuf> = match fs::read_dir(self.data.join(ARCHIVES)) {
            Ok(found) => found.map(|it| it.map(|it| it.path())).collect::<io::Result<_>>()?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        archives.retain(|it| it.is_file());
        archives.sort();
        for archive in archives {
            let name = archive.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((format!("{ARCHIVES}/{name}"), archive));
        }
        let file = File::create(part)?;
        verify::archive::pack(file, &files).map_err(|error| match error {
            verify::archive::Unreadable::Io(error) => error,
            verify::archive::Unreadable::Zip(error) => io::Error::other(error),
            verify::archive::Unreadable::TooLarge => io::Error::from(io::ErrorKind::FileTooLarge),
        })
    }
}
