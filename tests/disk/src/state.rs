//! Everything on one disk, and what is going to go wrong with it.

use crate::bytes::Bytes;
use crate::disk::Image;
use crate::file::{File, Losses, below, coin};
use crate::locks::HandleId;
use rand_core::RngCore;
use sqlite_plugin::vars;
use sqlite_plugin::vfs::{SqliteErr, VfsResult};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// What SQLite does to a disk. Asking whether a file exists, how long it is, opening one that is
/// there, and locks are not counted: they are the operating system's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// Bytes are read.
    Read,
    /// Bytes are written.
    Write,
    /// A file is made durable.
    Sync,
    /// A file is cut short or made longer.
    Truncate,
    /// A file comes into being.
    Create,
    /// A file's name is removed.
    Delete,
}

impl Op {
    const fn error(self) -> SqliteErr {
        match self {
            Self::Read => vars::SQLITE_IOERR_READ,
            Self::Write => vars::SQLITE_IOERR_WRITE,
            Self::Sync => vars::SQLITE_IOERR_FSYNC,
            Self::Truncate => vars::SQLITE_IOERR_TRUNCATE,
            Self::Create => vars::SQLITE_CANTOPEN,
            Self::Delete => vars::SQLITE_IOERR_DELETE,
        }
    }
}

/// One thing that was done to a disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// What.
    pub op: Op,
    /// The file's name on its disk.
    pub file: Arc<str>,
    /// Where in the file, in bytes; the new length of a truncation.
    pub at: usize,
    /// How many bytes.
    pub len: usize,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {}+{}", self.op, self.file, self.at, self.len)
    }
}

/// How many operations a disk has been asked for, failed ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// [`Op::Read`].
    pub reads: u64,
    /// [`Op::Write`].
    pub writes: u64,
    /// [`Op::Sync`].
    pub syncs: u64,
    /// [`Op::Truncate`].
    pub truncates: u64,
    /// [`Op::Create`].
    pub creates: u64,
    /// [`Op::Delete`].
    pub deletes: u64,
}

impl Counts {
    /// Of all kinds.
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.reads + self.writes + self.syncs + self.truncates + self.creates + self.deletes
    }

    /// Of one kind.
    #[must_use]
    pub const fn of(&self, op: Op) -> u64 {
        match op {
            Op::Read => self.reads,
            Op::Write => self.writes,
            Op::Sync => self.syncs,
            Op::Truncate => self.truncates,
            Op::Create => self.creates,
            Op::Delete => self.deletes,
        }
    }

    const fn count(&mut self, op: Op) {
        let counter = match op {
            Op::Read => &mut self.reads,
            Op::Write => &mut self.writes,
            Op::Sync => &mut self.syncs,
            Op::Truncate => &mut self.truncates,
            Op::Create => &mut self.creates,
            Op::Delete => &mut self.deletes,
        };
        *counter += 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(u64);

/// Who opened a file, and which.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened {
    pub(crate) handle: HandleId,
    pub(crate) file: FileId,
    /// Which run of the machine: handles do not survive it.
    run: u64,
}

/// Whether an operation is the last before the power is gone.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Power {
    On,
    Goes,
}

impl Power {
    /// What the operation answers, once it was done or left in the cache.
    const fn answer(self, op: Op) -> VfsResult<()> {
        match self {
            Self::On => Ok(()),
            Self::Goes => Err(op.error()),
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct State {
    files: BTreeMap<FileId, File>,
    /// The folder, as programs see it.
    names: BTreeMap<Arc<str>, FileId>,
    /// The folder, as a power cut leaves it at least.
    durable_names: BTreeMap<Arc<str>, FileId>,
    next: u64,
    run: u64,
    is_off: bool,
    /// Operations that are still done before the power goes.
    pub(crate) cut_after: Option<u64>,
    /// Syncs that are still done before the power goes at one.
    pub(crate) cut_at_sync: Option<u64>,
    /// Operations, of one kind or of all, that still succeed before one does not.
    pub(crate) fail_after: Option<(u64, Option<Op>)>,
    /// Operations that are still done before the disk is full, and the bytes left then.
    pub(crate) full_after: Option<(u64, usize)>,
    pub(crate) is_lying: bool,
    /// How many bytes all files may have together.
    capacity: Option<usize>,
    /// How many writes found the disk full.
    pub(crate) turned_away: u64,
    pub(crate) counts: Counts,
    pub(crate) trace: Trace,
    pub(crate) last: Option<Operation>,
    /// Where every honest sync is kept: how many operations there had been, and the disk then.
    pub(crate) synced: Option<Vec<(u64, Image)>>,
}

impl State {
    pub(crate) fn put(&mut self, name: &str, bytes: Bytes) {
        let id = self.new_file(File::at_rest(bytes));
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name), id);
        self.durable_names.insert(name, id);
    }

    fn new_file(&mut self, file: File) -> FileId {
        self.next += 1;
        let id = FileId(self.next);
        self.files.insert(id, file);
        id
    }

    pub(crate) fn image(&self) -> Image {
        Image::of(self.folder().map(|(name, file)| (Arc::clone(name), file.cache.clone())))
    }

    /// Files by name, as programs see them.
    pub(crate) fn folder(&self) -> impl Iterator<Item = (&Arc<str>, &File)> {
        self.names.iter().map(|(name, id)| (name, self.of(*id)))
    }

    fn of(&self, id: FileId) -> &File {
        self.files.get(&id).expect("a file with a name or a handle is kept")
    }

    /// The file behind a handle.
    ///
    /// # Errors
    ///
    /// `SQLITE_IOERR`, where the handle is dead or the power is off.
    pub(crate) fn file(&mut self, opened: Opened) -> VfsResult<&mut File> {
        if self.is_off || opened.run != self.run {
            return Err(vars::SQLITE_IOERR);
        }
        Ok(self.files.get_mut(&opened.file).expect("a file with a live handle is kept"))
    }

    pub(crate) fn has(&self, name: &str) -> VfsResult<bool> {
        if self.is_off {
            return Err(vars::SQLITE_IOERR_ACCESS);
        }
        Ok(self.names.contains_key(name))
    }

    /// Opens a file, and makes it where `create` says so.
    pub(crate) fn open(&mut self, name: &str, create: bool) -> VfsResult<Opened> {
        if self.is_off {
            return Err(vars::SQLITE_CANTOPEN);
        }
        let file = match self.names.get(name) {
            Some(id) => *id,
            None if create => {
                let power = self.begin(Op::Create, name.into(), 0, 0)?;
                let id = self.new_file(File::default());
                self.names.insert(name.into(), id);
                power.answer(Op::Create)?;
                id
            }
            None => return Err(vars::SQLITE_CANTOPEN),
        };
        self.next += 1;
        let opened = Opened { handle: HandleId(self.next), file, run: self.run };
        self.file(opened)?.opened += 1;
        Ok(opened)
    }

    pub(crate) fn close(&mut self, opened: Opened) {
        if opened.run != self.run {
            return;
        }
        if let Some(file) = self.files.get_mut(&opened.file) {
            file.opened -= 1;
            file.locks.unlock(opened.handle, sqlite_plugin::flags::LockLevel::Unlocked);
            file.shm.unmap(opened.handle);
        }
        self.forget_unreachable();
    }

    pub(crate) fn read(&mut self, opened: Opened, at: usize, into: &mut [u8]) -> VfsResult<usize> {
        self.begin_on(opened, Op::Read, at, into.len())?.answer(Op::Read)?;
        Ok(self.of(opened.file).cache.read(at, into))
    }

    pub(crate) fn write(&mut self, opened: Opened, at: usize, data: &[u8]) -> VfsResult<()> {
        let power = self.begin_on(opened, Op::Write, at, data.len())?;
        let used = self.used();
        let known = self.of(opened.file).cache.len();
        let grows = (at + data.len()).saturating_sub(known);
        if 0 < grows && self.capacity.is_some_and(|capacity| capacity < used + grows) {
            self.turned_away += 1;
            return Err(vars::SQLITE_FULL);
        }
        self.change(opened.file).write(at, data);
        power.answer(Op::Write)
    }

    pub(crate) fn truncate(&mut self, opened: Opened, len: usize) -> VfsResult<()> {
        let power = self.begin_on(opened, Op::Truncate, len, 0)?;
        self.change(opened.file).truncate(len);
        power.answer(Op::Truncate)
    }

    /// Makes a file durable. Where it is new, the whole folder is synced with it, deletions included:
    /// SQLite's own disks do that for logs and journals, file systems with a journal for any file.
    pub(crate) fn sync(&mut self, opened: Opened) -> VfsResult<()> {
        self.begin_on(opened, Op::Sync, 0, 0)?.answer(Op::Sync)?;
        if !self.is_lying {
            self.change(opened.file).sync();
            if !self.durable_names.values().any(|id| *id == opened.file) {
                self.durable_names.clone_from(&self.names);
                self.forget_unreachable();
            }
            if self.synced.is_some() {
                let after = (self.counts.total(), self.image());
                self.synced.get_or_insert_default().push(after);
            }
        }
        Ok(())
    }

    /// Removes a name. Whoever has the file open keeps it.
    pub(crate) fn delete(&mut self, name: &str) -> VfsResult<()> {
        if self.is_off {
            return Err(Op::Delete.error());
        }
        if !self.names.contains_key(name) {
            return Err(vars::SQLITE_IOERR_DELETE_NOENT);
        }
        let power = self.begin(Op::Delete, name.into(), 0, 0)?;
        self.names.remove(name);
        self.forget_unreachable();
        power.answer(Op::Delete)
    }

    fn change(&mut self, id: FileId) -> &mut File {
        self.files.get_mut(&id).expect("a file with a live handle is kept")
    }

    fn begin_on(&mut self, opened: Opened, op: Op, at: usize, len: usize) -> VfsResult<Power> {
        self.file(opened).map_err(|_| op.error())?;
        let name = self.names.iter().find(|(_, id)| **id == opened.file);
        let name = name.map_or_else(|| "(deleted)".into(), |(name, _)| Arc::clone(name));
        self.begin(op, name, at, len)
    }

    /// Counts an operation, and decides what becomes of it.
    fn begin(&mut self, op: Op, file: Arc<str>, at: usize, len: usize) -> VfsResult<Power> {
        self.counts.count(op);
        let operation = Operation { op, file, at, len };
        self.trace.add(&operation);
        self.last = Some(operation);
        if let Some((left, only)) = &mut self.fail_after
            && only.is_none_or(|only| only == op)
        {
            if *left == 0 {
                self.fail_after = None;
                return Err(op.error());
            }
            *left -= 1;
        }
        match &mut self.full_after {
            Some((0, left)) => {
                let left = *left;
                self.fill(Some(left));
            }
            Some((after, _)) => *after -= 1,
            None => {}
        }
        if op == Op::Sync
            && let Some(left) = self.cut_at_sync.take()
        {
            if left == 0 {
                self.cut_after = Some(0);
            } else {
                self.cut_at_sync = Some(left - 1);
            }
        }
        match &mut self.cut_after {
            Some(0) => {
                self.cut_after = None;
                self.is_off = true;
                Ok(Power::Goes)
            }
            Some(left) => {
                *left -= 1;
                Ok(Power::On)
            }
            None => Ok(Power::On),
        }
    }

    /// Bytes in all files, as programs see them.
    fn used(&self) -> usize {
        self.files.values().map(|file| file.cache.len()).sum()
    }

    pub(crate) fn fill(&mut self, left: Option<usize>) {
        self.full_after = None;
        self.capacity = left.map(|left| self.used() + left);
    }

    pub(crate) const fn is_off(&self) -> bool {
        self.is_off
    }

    /// Everybody who had a file open is gone, and the machine runs.
    pub(crate) fn kill(&mut self) {
        self.run += 1;
        self.is_off = false;
        self.cut_after = None;
        self.cut_at_sync = None;
        self.fail_after = None;
        self.full_after = None;
        self.files.values_mut().for_each(File::forget_handles);
        self.forget_unreachable();
    }

    /// The power goes and comes back.
    pub(crate) fn power_cut(&mut self, rng: &mut (impl RngCore + ?Sized)) -> Losses {
        let all: BTreeSet<Arc<str>> =
            self.names.keys().chain(self.durable_names.keys()).cloned().collect();
        for name in all {
            let seen = self.names.get(&name).copied();
            if seen != self.durable_names.get(&name).copied() && coin(rng, 128) {
                match seen {
                    Some(id) => drop(self.durable_names.insert(name, id)),
                    None => drop(self.durable_names.remove(&name)),
                }
            }
        }
        self.names.clone_from(&self.durable_names);
        self.kill();
        self.files.values_mut().map(|file| file.settle(rng)).fold(Losses::default(), |all, it| {
            Losses { dropped: all.dropped + it.dropped, torn: all.torn + it.torn }
        })
    }

    /// Flips a bit of what is durable in the files that programs see, where anything is.
    pub(crate) fn flip_bit(&mut self, rng: &mut (impl RngCore + ?Sized)) -> Option<(String, u64)> {
        let all: usize = self.folder().map(|(_, file)| file.durable.len()).sum();
        if all == 0 {
            return None;
        }
        let mut place = below(rng, all);
        let bit = rng.next_u32();
        for (name, id) in &self.names {
            let file = self.files.get_mut(id).expect("a file with a name is kept");
            if place < file.durable.len() {
                file.durable.flip(place, bit);
                file.cache.flip(place, bit);
                let place = u64::try_from(place).expect("what is in memory is counted in 64 bits");
                return Some((name.as_ref().to_owned(), place));
            }
            place -= file.durable.len();
        }
        None
    }

    fn forget_unreachable(&mut self) {
        let Self { files, names, durable_names, .. } = self;
        let named: BTreeSet<FileId> =
            names.values().chain(durable_names.values()).copied().collect();
        files.retain(|id, file| 0 < file.opened || named.contains(id));
    }
}

/// A hash of every operation so far (FNV-1a, 64 bits).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Trace(pub(crate) u64);

impl Default for Trace {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Trace {
    fn add(&mut self, operation: &Operation) {
        let Operation { op, file, at, len } = operation;
        let numbers = [at, len].into_iter().flat_map(|it| it.to_le_bytes());
        for byte in std::iter::once(*op as u8).chain(file.bytes()).chain(numbers) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
