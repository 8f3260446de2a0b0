//! What connections to one file hold against each other: SQLite's five levels, and the eight locks of
//! a write-ahead log's shared memory, with that memory.

use sqlite_plugin::flags::{LockLevel, ShmLockMode};
use sqlite_plugin::vars;
use sqlite_plugin::vfs::VfsResult;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// An open file, of all that were ever opened on its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct HandleId(pub(crate) u64);

/// Who holds which level (sqlite.org/lockingv3.html).
#[derive(Debug, Default)]
pub(crate) struct FileLocks {
    shared: BTreeSet<HandleId>,
    reserved: Option<HandleId>,
    pending: Option<HandleId>,
    exclusive: Option<HandleId>,
}

impl FileLocks {
    /// Raises `handle` to `level`.
    ///
    /// # Errors
    ///
    /// `SQLITE_BUSY`, where another holds what excludes it.
    pub(crate) fn lock(&mut self, handle: HandleId, level: LockLevel) -> VfsResult<()> {
        let another = |holder: Option<HandleId>| holder.is_some_and(|it| it != handle);
        let free = match level {
            LockLevel::Unlocked => true,
            LockLevel::Shared => !another(self.pending) && !another(self.exclusive),
            LockLevel::Reserved | LockLevel::Pending => !another(self.reserved),
            LockLevel::Exclusive => !another(self.reserved) && !another(self.pending),
        };
        if !free {
            return Err(vars::SQLITE_BUSY);
        }
        match level {
            LockLevel::Unlocked => {}
            LockLevel::Shared => {
                self.shared.insert(handle);
            }
            LockLevel::Reserved => self.reserved = Some(handle),
            LockLevel::Pending => self.pending = Some(handle),
            LockLevel::Exclusive => {
                // No new reader from here on, whether the present ones have left or not.
                self.pending = Some(handle);
                if self.shared.iter().any(|it| *it != handle) {
                    return Err(vars::SQLITE_BUSY);
                }
                self.exclusive = Some(handle);
            }
        }
        Ok(())
    }

    /// Lowers `handle` to `level`, which is shared or nothing.
    pub(crate) fn unlock(&mut self, handle: HandleId, level: LockLevel) {
        for holder in [&mut self.reserved, &mut self.pending, &mut self.exclusive] {
            holder.take_if(|it| *it == handle);
        }
        if level == LockLevel::Unlocked {
            self.shared.remove(&handle);
        }
    }

    /// Whether anybody means to write.
    pub(crate) const fn is_reserved(&self) -> bool {
        self.reserved.is_some() || self.pending.is_some() || self.exclusive.is_some()
    }
}

/// A piece of shared memory. SQLite reads and writes it by address, from any thread: atomics are what
/// Rust lets others write behind a shared reference. Here it is never touched after it was made.
pub(crate) type Region = Arc<[AtomicU64]>;

/// The shared memory beside one database file. It is gone with the last who uses it.
#[derive(Debug, Default)]
pub(crate) struct Shm {
    regions: Vec<Region>,
    users: BTreeSet<HandleId>,
    shared: BTreeMap<u32, BTreeSet<HandleId>>,
    exclusive: BTreeMap<u32, HandleId>,
}

impl Shm {
    /// The region of this number, made where it is not there and `extend` says so; `size` in bytes.
    pub(crate) fn map(
        &mut self,
        handle: HandleId,
        number: usize,
        size: usize,
        extend: bool,
    ) -> Option<Region> {
        self.users.insert(handle);
        while extend && self.regions.len() <= number {
            let words = size.div_ceil(size_of::<AtomicU64>());
            self.regions.push((0..words).map(|_| AtomicU64::new(0)).collect());
        }
        self.regions.get(number).cloned()
    }

    /// Takes or gives back the locks of `numbers`.
    ///
    /// # Errors
    ///
    /// `SQLITE_BUSY`, where another holds one of them; none is taken then.
    pub(crate) fn lock(
        &mut self,
        handle: HandleId,
        numbers: std::ops::Range<u32>,
        mode: ShmLockMode,
    ) -> VfsResult<()> {
        let others = |holders: Option<&BTreeSet<HandleId>>| {
            holders.is_some_and(|them| them.iter().any(|it| *it != handle))
        };
        for number in numbers.clone() {
            let written = self.exclusive.get(&number).is_some_and(|it| *it != handle);
            let busy = match mode {
                ShmLockMode::LockShared => written,
                ShmLockMode::LockExclusive => written || others(self.shared.get(&number)),
                ShmLockMode::UnlockShared | ShmLockMode::UnlockExclusive => false,
            };
            if busy {
                return Err(vars::SQLITE_BUSY);
            }
        }
        for number in numbers {
            match mode {
                ShmLockMode::LockShared => {
                    self.shared.entry(number).or_default().insert(handle);
                }
                ShmLockMode::LockExclusive => {
                    self.exclusive.insert(number, handle);
                }
                ShmLockMode::UnlockShared => {
                    self.shared.entry(number).or_default().remove(&handle);
                }
                ShmLockMode::UnlockExclusive => {
                    self.exclusive.remove(&number);
                }
            }
        }
        Ok(())
    }

    /// `handle` uses it no more.
    pub(crate) fn unmap(&mut self, handle: HandleId) {
        self.users.remove(&handle);
        for holders in self.shared.values_mut() {
            holders.remove(&handle);
        }
        self.exclusive.retain(|_, holder| *holder != handle);
        if self.users.is_empty() {
            self.regions.clear();
        }
    }
}
