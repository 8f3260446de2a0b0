//! SQLite's side: finds the disk by path, and passes on what is asked.

use crate::bytes::Bytes;
use crate::disk::{Disk, Shared};
use crate::locks::Region;
use crate::state::Opened;
use sqlite_plugin::flags::{AccessFlags, LockLevel, OpenMode, OpenOpts, ShmLockMode};
use sqlite_plugin::vars;
use sqlite_plugin::vfs::{RegisterOpts, Vfs, VfsHandle, VfsResult, register_static};
use std::ffi::CString;
use std::ptr::NonNull;
use std::sync::{Arc, Once};

static INSTALLED: Once = Once::new();

/// Makes disks of this crate the only ones that SQLite knows by default in this process; a path that is
/// on none of them cannot be opened. Twice is once. Whoever makes a [`Disk`] has done it.
///
/// # Panics
///
/// SQLite refuses the registration: it is out of memory.
pub fn install() {
    INSTALLED.call_once(|| {
        // Naming rusqlite here is what links its SQLite, which the registration calls.
        assert!(3_051_003 <= rusqlite::version_number(), "the SQLite that rusqlite bundles");
        let name = CString::new("faulty-disk").expect("no zero in it");
        let options = RegisterOpts { make_default: true };
        register_static(name, Disks, options).expect("SQLite takes another disk");
    });
}

/// Every disk of the process.
struct Disks;

/// A file that SQLite has open.
enum Handle {
    /// On a disk.
    Kept(Kept),
    /// One without a name, for sorting and the like: it is on no disk and never fails.
    Nameless(Bytes),
}

struct Kept {
    disk: Arc<Shared>,
    opened: Opened,
    is_read_only: bool,
    /// Held for as long as SQLite has their addresses, whatever becomes of the disk.
    regions: Vec<Region>,
}

impl VfsHandle for Handle {
    fn readonly(&self) -> bool {
        match self {
            Self::Kept(kept) => kept.is_read_only,
            Self::Nameless(_) => false,
        }
    }

    fn in_memory(&self) -> bool {
        false
    }
}

impl Vfs for Disks {
    type Handle = Handle;

    fn open(&self, path: Option<&str>, opts: OpenOpts) -> VfsResult<Handle> {
        let Some(path) = path else {
            return Ok(Handle::Nameless(Bytes::default()));
        };
        let (disk, name) = Disk::find(path).ok_or(vars::SQLITE_CANTOPEN)?;
        let is_read_only = opts.mode().is_readonly();
        let create = match opts.mode() {
            OpenMode::ReadOnly => false,
            OpenMode::ReadWrite { create } => create != sqlite_plugin::flags::CreateMode::None,
        };
        let opened = disk.state().open(name, create)?;
        Ok(Handle::Kept(Kept { disk, opened, is_read_only, regions: Vec::new() }))
    }

    fn delete(&self, path: &str) -> VfsResult<()> {
        let (disk, name) = Disk::find(path).ok_or(vars::SQLITE_IOERR_DELETE_NOENT)?;
        disk.state().delete(name)
    }

    fn access(&self, path: &str, _: AccessFlags) -> VfsResult<bool> {
        Disk::find(path).map_or(Ok(false), |(disk, name)| disk.state().has(name))
    }

    fn file_size(&self, handle: &mut Handle) -> VfsResult<usize> {
        match handle {
            Handle::Kept(kept) => Ok(kept.disk.state().file(kept.opened)?.cache.len()),
            Handle::Nameless(bytes) => Ok(bytes.len()),
        }
    }

    fn truncate(&self, handle: &mut Handle, size: usize) -> VfsResult<()> {
        match handle {
            Handle::Kept(kept) => kept.disk.state().truncate(kept.opened, size),
            Handle::Nameless(bytes) => {
                bytes.resize(size);
                Ok(())
            }
        }
    }

    fn write(&self, handle: &mut Handle, offset: usize, data: &[u8]) -> VfsResult<usize> {
        match handle {
            Handle::Kept(kept) => kept.disk.state().write(kept.opened, offset, data)?,
            Handle::Nameless(bytes) => bytes.write(offset, data),
        }
        Ok(data.len())
    }

    fn read(&self, handle: &mut Handle, offset: usize, data: &mut [u8]) -> VfsResult<usize> {
        match handle {
            Handle::Kept(kept) => kept.disk.state().read(kept.opened, offset, data),
            Handle::Nameless(bytes) => Ok(bytes.read(offset, data)),
        }
    }

    fn lock(&self, handle: &mut Handle, level: LockLevel) -> VfsResult<()> {
        match handle {
            Handle::Kept(kept) => {
                let mut state = kept.disk.state();
                state.file(kept.opened)?.locks.lock(kept.opened.handle, level)
            }
            Handle::Nameless(_) => Ok(()),
        }
    }

    fn unlock(&self, handle: &mut Handle, level: LockLevel) -> VfsResult<()> {
        // A dead handle holds nothing: giving it up succeeds.
        if let Handle::Kept(kept) = handle
            && let Ok(file) = kept.disk.state().file(kept.opened)
        {
            file.locks.unlock(kept.opened.handle, level);
        }
        Ok(())
    }

    fn check_reserved_lock(&self, handle: &mut Handle) -> VfsResult<bool> {
        match handle {
            Handle::Kept(kept) => Ok(kept.disk.state().file(kept.opened)?.locks.is_reserved()),
            Handle::Nameless(_) => Ok(false),
        }
    }

    fn sync(&self, handle: &mut Handle) -> VfsResult<()> {
        match handle {
            Handle::Kept(kept) => kept.disk.state().sync(kept.opened),
            Handle::Nameless(_) => Ok(()),
        }
    }

    fn close(&self, handle: Handle) -> VfsResult<()> {
        if let Handle::Kept(kept) = handle {
            kept.disk.state().close(kept.opened);
        }
        Ok(())
    }

    /// What SQLite's own disks say: bytes beside those that are written are safe, and nothing else. A
    /// disk that promises order or whole writes is synced less.
    fn device_characteristics(&self, _: &mut Handle) -> VfsResult<i32> {
        Ok(vars::SQLITE_IOCAP_POWERSAFE_OVERWRITE)
    }

    fn shm_map(
        &self,
        handle: &mut Handle,
        region_idx: usize,
        region_size: usize,
        extend: bool,
    ) -> VfsResult<Option<NonNull<u8>>> {
        let Handle::Kept(kept) = handle else {
            return Err(vars::SQLITE_IOERR_SHMMAP);
        };
        let region = {
            let mut state = kept.disk.state();
            let shm = &mut state.file(kept.opened)?.shm;
            shm.map(kept.opened.handle, region_idx, region_size, extend)
        };
        let Some(region) = region else {
            return Ok(None);
        };
        let address = NonNull::from(&*region).cast();
        if !kept.regions.iter().any(|it| Arc::ptr_eq(it, &region)) {
            kept.regions.push(region);
        }
        Ok(Some(address))
    }

    fn shm_lock(
        &self,
        handle: &mut Handle,
        offset: u32,
        count: u32,
        mode: ShmLockMode,
    ) -> VfsResult<()> {
        let Handle::Kept(kept) = handle else {
            return Err(vars::SQLITE_IOERR_SHMLOCK);
        };
        let mut state = kept.disk.state();
        match (state.file(kept.opened), mode) {
            (Ok(file), _) => file.shm.lock(kept.opened.handle, offset..offset + count, mode),
            (Err(_), ShmLockMode::UnlockShared | ShmLockMode::UnlockExclusive) => Ok(()),
            (Err(error), ShmLockMode::LockShared | ShmLockMode::LockExclusive) => Err(error),
        }
    }

    fn shm_unmap(&self, handle: &mut Handle, _: bool) -> VfsResult<()> {
        if let Handle::Kept(kept) = handle {
            if let Ok(file) = kept.disk.state().file(kept.opened) {
                file.shm.unmap(kept.opened.handle);
            }
            kept.regions.clear();
        }
        Ok(())
    }
}
