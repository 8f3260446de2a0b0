//! A program started by a test, and ended by it.

use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use anyhow::{Context, Result};
use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    fd::OwnedFd,
    process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open},
};

/// How long a program may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// A program in a process group of its own: whatever it starts ends with it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    group: Pid,
    ended: bool,
}

impl Process {
    /// Starts `command`. What it says goes to `log`, never to a pipe that nobody reads.
    ///
    /// # Errors
    ///
    /// The program cannot be started, or the log not written.
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let log = File::options().create(true).append(true).open(log);
        let log = log.with_context(|| format!("the log of {name}"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Self::spawn(name, command)
    }

    /// Starts `command` with the streams it was given.
    pub(crate) fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.process_group(0).spawn().with_context(|| format!("start {name}"))?;
        let group = Pid::from_child(&child);
        Ok(Self { name: name.to_owned(), child, group, ended: false })
    }

    /// The process id, which is its group's too.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    ///
    /// The system does not say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        let status = self.child.try_wait().with_context(|| format!("ask after {}", self.name))?;
        self.ended |= status.is_some();
        Ok(status)
    }

    /// Stops it where it is: its sockets accept and never answer, as behind a dead link.
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn freeze(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on after [`freeze`](Self::freeze).
    ///
    /// # Errors
    ///
    /// It has ended.
    pub fn thaw(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Kills it and all it started, at once, as a power cut would.
    ///
    /// # Errors
    ///
    /// It has ended already.
    pub fn kill(mut self) -> Result<()> {
        let members = members(self.group);
        self.signal(Signal::KILL)?;
        self.child.wait().with_context(|| format!("wait for {}", self.name))?;
        self.ended = true;
        await_all(&members);
        Ok(())
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        kill_process_group(self.group, signal)
            .with_context(|| format!("signal {} ({})", self.name, self.id()))
    }
}

impl Drop for Process {
    /// Asks it to end, and kills what of its group is left when it has, or has not in time.
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let members = members(self.group);
        // Frozen, it would not hear.
        let _gone = self.signal(Signal::TERM).and_then(|()| self.signal(Signal::CONT));
        let group = self.group;
        let (ended, awaited) = mpsc::channel();
        let watch = thread::spawn(move || {
            let _late = awaited.recv_timeout(GRACE);
            kill_process_group(group, Signal::KILL)
        });
        let _status = self.child.wait();
        let _heard = ended.send(());
        let _none_left = watch.join();
        await_all(&members);
    }
}

/// The process group of a process.
pub(crate) fn group_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // pid (name) state parent group: the name may hold anything.
    stat.rsplit_once(") ")?.1.split(' ').nth(2)?.parse().ok()
}

/// Every process there is.
pub(crate) fn all() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// A hold on each process of a group, by which its end can be awaited.
fn members(group: Pid) -> Vec<OwnedFd> {
    let group = group.as_raw_nonzero().get().unsigned_abs();
    let ours = all().into_iter().filter(|&pid| group_of(pid) == Some(group));
    let pids = ours.filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    pids.filter_map(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()).collect()
}

/// Waits until each has ended: only then has it let go of its files, locks and ports.
fn await_all(members: &[OwnedFd]) {
    let patience = Timespec { tv_sec: GRACE.as_secs().cast_signed(), tv_nsec: 0 };
    for member in members {
        let _ended = poll(&mut [PollFd::new(member, PollFlags::IN)], Some(&patience));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Process {
        let mut shell = Command::new("sh");
        shell.args(["-c", script]).stdin(Stdio::null()).stdout(Stdio::piped());
        Process::spawn("a shell", &mut shell).unwrap()
    }

    /// Whether a process is there and not merely waiting to be reaped.
    fn lives(pid: u32) -> bool {
        fs::read_to_string(format!("/proc/{pid}/stat"))
            .is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|it| it.starts_with('Z')))
    }

    /// The number that the shell prints.
    fn printed(process: &mut Process) -> u32 {
        use std::io::BufRead;
        let mut line = String::new();
        let stdout = process.child().stdout.as_mut().unwrap();
        std::io::BufReader::new(stdout).read_line(&mut line).unwrap();
        line.trim().parse().unwrap()
    }

    #[test]
    fn what_a_program_started_ends_with_it() {
        let mut process = shell("tail -f /dev/null & echo $!; wait");
        let (own, other) = (process.id(), printed(&mut process));
        assert!(lives(own) && lives(other));
        drop(process);
        assert!(!lives(own) && !lives(other));
    }

    #[test]
    fn a_frozen_program_can_still_be_ended() {
        let mut process = shell("echo $$; exec tail -f /dev/null");
        let own = printed(&mut process);
        process.freeze().unwrap();
        drop(process);
        assert!(!lives(own));
    }
}
