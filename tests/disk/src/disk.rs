//! A disk as tests hold it.

use crate::bytes::Bytes;
use crate::file::Losses;
use crate::state::{Counts, Op, Operation, State};
use rand_core::RngCore;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, Weak};

/// Where disks are, for SQLite.
const ROOT: &str = "/disk/";

static NEXT: AtomicU64 = AtomicU64::new(1);
static DISKS: Mutex<BTreeMap<u64, Weak<Shared>>> = Mutex::new(BTreeMap::new());

/// A disk in memory. A clone is the same disk; it is gone with the last clone and the last connection.
///
/// Each of its faults is described where it is asked for. Several disks are there at once, and each may
/// be used from any thread.
#[derive(Clone, Debug)]
pub struct Disk(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    number: u64,
    state: Mutex<State>,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds a disk")
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        disks().remove(&self.number);
    }
}

fn disks() -> MutexGuard<'static, BTreeMap<u64, Weak<Shared>>> {
    DISKS.lock().expect("nothing panics while it holds the list of disks")
}

impl Default for Disk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk {
    /// An empty disk.
    #[must_use]
    pub fn new() -> Self {
        Self::with(State::default())
    }

    fn with(state: State) -> Self {
        crate::install();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let disk = Arc::new(Shared { number, state: Mutex::new(state) });
        disks().insert(number, Arc::downgrade(&disk));
        Self(disk)
    }

    /// The disk that a path is on, and the file's name there.
    pub(crate) fn find(path: &str) -> Option<(Arc<Shared>, &str)> {
        let (number, name) = path.strip_prefix(ROOT)?.split_once('/')?;
        let disk = disks().get(&number.parse().ok()?).and_then(Weak::upgrade)?;
        Some((disk, name))
    }

    /// The path of a file on this disk. SQLite alone knows it.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{ROOT}{}/{name}", self.0.number))
    }

    /// The power goes and comes back. Of what was not synced, each change is kept, dropped or torn by
    /// sectors of 512 bytes, and each name that was made or deleted is there or not. Shared memory is
    /// gone, and every open file dead: whatever is asked of it fails. Says what was lost.
    pub fn power_cut(&self, rng: &mut (impl RngCore + ?Sized)) -> Losses {
        self.0.state().power_cut(rng)
    }

    /// The program is killed and the machine runs on: all that was written is there, synced or not.
    /// Open files are dead, as after [`Self::power_cut`]. After [`Self::cut_at`], it was killed there.
    pub fn kill(&self) {
        self.0.state().kill();
    }

    /// From now on syncs do nothing and say that they did; or are honest again.
    pub fn lie(&self, lies: bool) {
        self.0.state().is_lying = lies;
    }

    /// Files may grow by so many bytes in all, then the disk is full (`SQLITE_FULL`); `None` makes room.
    /// What is cut off or deleted can be written again.
    pub fn fill(&self, bytes_left: Option<usize>) {
        self.0.state().fill(bytes_left);
    }

    /// How many writes found the disk full.
    #[must_use]
    pub fn turned_away(&self) -> u64 {
        self.0.state().turned_away
    }

    /// The same from the `n`-th operation on, counted from zero.
    pub fn fill_at(&self, n: u64, bytes_left: usize) {
        self.0.state().full_after = Some((n, bytes_left));
    }

    /// Lets one operation fail with an I/O error that changes nothing: the `n`-th from now, counted from
    /// zero, of one kind or of any. Only one such error is awaited at a time. What a failed sync should
    /// have made durable is still in the cache, and durable after the next.
    pub fn fail_at(&self, n: u64, only: Option<Op>) {
        self.0.state().fail_after = Some((n, only));
    }

    /// Whether the error of [`Self::fail_at`] is still to come; none is any more.
    pub fn stop_failing(&self) -> bool {
        self.0.state().fail_after.take().is_some()
    }

    /// The power goes at the `n`-th operation from now, counted from zero. That one may have reached
    /// the cache; it fails, and so does all that is asked afterwards, until [`Self::power_cut`] says
    /// what is left, or [`Self::kill`].
    pub fn cut_at(&self, n: u64) {
        self.0.state().cut_after = Some(n);
    }

    /// The same at the `n`-th sync from now, before it is done: what a transaction wrote is on its way.
    pub fn cut_at_sync(&self, n: u64) {
        self.0.state().cut_at_sync = Some(n);
    }

    /// Whether the power went at the operation that [`Self::cut_at`] named, and is not back.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.0.state().is_off()
    }

    /// Flips a bit of a durable byte, and says in which file and where. `None` where nothing is durable.
    pub fn flip_bit(&self, rng: &mut (impl RngCore + ?Sized)) -> Option<(String, u64)> {
        self.0.state().flip_bit(rng)
    }

    /// What a program finds that copies all files at this instant, as [`Self::kill`] would leave them.
    #[must_use]
    pub fn image(&self) -> Image {
        self.0.state().image()
    }

    /// Keeps a copy of the disk after every sync from now on that was honest: [`Self::synced`].
    pub fn keep_synced(&self) {
        self.0.state().synced = Some(Vec::new());
    }

    /// The disk after each such sync, with how many operations there had been by then.
    #[must_use]
    pub fn synced(&self) -> Vec<(u64, Image)> {
        self.0.state().synced.clone().unwrap_or_default()
    }

    /// How many operations there were.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.0.state().counts
    }

    /// A hash of every operation so far: kind, file, place and length, not the bytes.
    #[must_use]
    pub fn trace(&self) -> u64 {
        self.0.state().trace.0
    }

    /// The last operation that was asked for.
    #[must_use]
    pub fn last(&self) -> Option<Operation> {
        self.0.state().last.clone()
    }
}

/// A copy of a disk's files. Copies share what is equal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    files: BTreeMap<Arc<str>, Bytes>,
}

impl Image {
    pub(crate) fn of(files: impl Iterator<Item = (Arc<str>, Bytes)>) -> Self {
        Self { files: files.collect() }
    }

    /// The names of the files.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(AsRef::as_ref)
    }

    /// A file's content.
    #[must_use]
    pub fn read(&self, name: &str) -> Option<Vec<u8>> {
        self.files.get(name).map(Bytes::to_vec)
    }
}

impl FromIterator<(String, Vec<u8>)> for Image {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(files: I) -> Self {
        let files = files.into_iter().map(|(name, data)| (name.into(), data.as_slice().into()));
        Self { files: files.collect() }
    }
}

/// A disk of its own, on which everything is durable.
impl From<&Image> for Disk {
    fn from(image: &Image) -> Self {
        let mut state = State::default();
        for (name, bytes) in &image.files {
            state.put(name, bytes.clone());
        }
        Self::with(state)
    }
}

impl From<Image> for Disk {
    fn from(image: Image) -> Self {
        Self::from(&image)
    }
}
