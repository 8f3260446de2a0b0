//! One program per data folder.
//!
//! The folder's lock file is held for as long as the program lives: the system lets go of it however
//! the program ends, so there is never a stale lock. Beside it stands the loopback address where
//! the holder may be asked to show itself, which is what a second start does before it ends. Two
//! folders are two workstations and may run side by side, which is how the demonstration and the
//! tests hold a whole shop on one machine. Nothing here needs D-Bus.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

const LOCK: &str = "instance.lock";
const ADDRESS: &str = "instance.address";

const SHOW: &[u8; 5] = b"show\n";
const SHOWN: &[u8; 6] = b"shown\n";

/// How long either side waits for the other's word.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whose the folder is.
#[derive(Debug)]
pub(crate) enum Claim {
    /// Ours, from now until this program ends.
    Ours(Instance),
    /// Another program's, which was asked to show itself.
    Theirs(Claimed),
}

/// What the holder of a folder did when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claimed {
    /// It brought its window to the front.
    Shown,
    /// It did not answer: it is starting, ending, or stuck.
    Silent,
}

/// The hold on a folder.
#[derive(Debug)]
pub(crate) struct Instance {
    lock: File,
    listener: TcpListener,
}

impl Claim {
    /// Claims `folder`, or asks who holds it to show itself.
    ///
    /// # Errors
    ///
    /// The folder cannot be written, or there is no loopback.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let path = folder.join(LOCK);
        let lock = OpenOptions::new().create(true).append(true).open(&path);
        let lock = lock.with_context(|| format!("open {}", path.display()))?;
        let lock = match lock.try_lock() {
            Ok(()) => lock,
            Err(TryLockError::WouldBlock) => match ask(&folder.join(ADDRESS)) {
                Claimed::Shown => return Ok(Self::Theirs(Claimed::Shown)),
                // It may be on its way out: a program is often started again right after a crash.
                Claimed::Silent => match wait_for(lock) {
                    Some(lock) => lock,
                    None => return Ok(Self::Theirs(Claimed::Silent)),
                },
            },
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("lock {}", path.display()));
            }
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("listen on loopback")?;
        let address = folder.join(ADDRESS);
        fs::write(&address, listener.local_addr()?.to_string())
            .with_context(|| format!("write {}", address.display()))?;
        Ok(Self::Ours(Instance { lock, listener }))
    }
}

impl Instance {
    /// Calls `show` each time another start of the program asks for this one, for as long as the
    /// program lives.
    pub(crate) fn serve(self, show: impl Fn() + Send + 'static) -> Result<()> {
        let serve = move || {
            // Held by this thread, which never ends before the program does.
            let Self { lock: _lock, listener } = self;
            for stream in listener.incoming() {
                match stream.and_then(|stream| hear(&stream, &show)) {
                    Ok(()) => tracing::info!("another start asked for this window"),
                    Err(error) => tracing::warn!(%error, "somebody asked for something else"),
                }
            }
        };
        thread::Builder::new().name("instance".to_owned()).spawn(serve)?;
        Ok(())
    }
}

/// Hears one request, and answers it.
fn hear(mut stream: &TcpStream, show: impl Fn()) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut asked = [0; SHOW.len()];
    stream.read_exact(&mut asked)?;
    if asked != *SHOW {
        return Err(std::io::Error::other("not a request of ours"));
    }
    show();
    stream.write_all(SHOWN)
}

/// Asks the holder of a folder to show itself.
fn ask(address: &Path) -> Claimed {
    let answer = || -> Result<[u8; SHOWN.len()]> {
        let address = fs::read_to_string(address)?.parse::<SocketAddr>()?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(SHOW)?;
        let mut answer = [0; SHOWN.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    };
    match answer() {
        Ok(answer) if answer == *SHOWN => Claimed::Shown,
        Ok(_) | Err(_) => Claimed::Silent,
    }
}

/// Waits for the lock, as long as an ending program may take to let go of it.
fn wait_for(lock: File) -> Option<File> {
    let (locked, awaited) = mpsc::channel();
    thread::spawn(move || {
        if lock.lock().is_ok() {
            // Nobody listens any more where it took too long: the program is ending.
            let _late = locked.send(lock);
        }
    });
    awaited.recv_timeout(PATIENCE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_start_on_one_folder_shows_the_first_and_two_folders_are_two_workstations() {
        let (till, kitchen) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let Claim::Ours(first) = Claim::of(till.path()).unwrap() else { panic!("nobody had it") };
        let (shown, seen) = mpsc::channel();
        first.serve(move || shown.send(()).unwrap()).unwrap();

        let second = Claim::of(till.path()).unwrap();
        assert!(matches!(second, Claim::Theirs(Claimed::Shown)));
        seen.recv_timeout(PATIENCE).unwrap();
        assert!(matches!(Claim::of(kitchen.path()).unwrap(), Claim::Ours(_)));
    }

    #[test]
    fn a_folder_is_free_again_when_its_holder_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        drop(Claim::of(folder.path()).unwrap());
        assert!(matches!(Claim::of(folder.path()).unwrap(), Claim::Ours(_)));
    }

    #[test]
    fn a_holder_that_is_ending_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let held = Claim::of(folder.path()).unwrap();
        fs::remove_file(folder.path().join(ADDRESS)).unwrap();
        thread::scope(|scope| {
            let next = scope.spawn(|| Claim::of(folder.path()).unwrap());
            drop(held);
            assert!(matches!(next.join().unwrap(), Claim::Ours(_)));
        });
    }

    #[test]
    fn a_holder_that_does_not_answer_is_said_to_be_silent() {
        let folder = tempfile::tempdir().unwrap();
        let held = Claim::of(folder.path()).unwrap();
        fs::remove_file(folder.path().join(ADDRESS)).unwrap();
        assert!(matches!(Claim::of(folder.path()).unwrap(), Claim::Theirs(Claimed::Silent)));
        drop(held);
    }
}
