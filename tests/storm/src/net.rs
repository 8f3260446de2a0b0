//! Machines and their wires: a network namespace each, and one wire from it to the relay's side. Nothing
//! is forwarded between wires, and there is no other way out.

use anyhow::{Context, Result, anyhow, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd;
use std::process::{Command, Stdio};

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Its name: "0-P01-C1". Its namespace is called the same.
    pub name: String,
    world: u8,
    number: u8,
}

/// Which way packets go, as seen from a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To it.
    In,
    /// From it.
    Out,
}

/// Makes the place where namespaces have their names. Once, inside namespaces of our own.
///
/// # Errors
///
/// What `mount` says.
pub fn prepare() -> Result<()> {
    run("mount", &["-t", "tmpfs", "none", "/run"])?;
    run("ip", &["link", "set", "lo", "up"])
}

impl Host {
    /// Makes the machine of this number in this world, with its wire.
    ///
    /// # Errors
    ///
    /// What `ip` says.
    pub fn make(name: &str, world: u8, number: u8) -> Result<Self> {
        let host = Self { name: format!("{world}-{name}"), world, number };
        let (outer, space) = (host.wire(), host.name.as_str());
        run("ip", &["netns", "add", space])?;
        run("ip", &["link", "add", &outer, "type", "veth", "peer", "eth0", "netns", space])?;
        run("ip", &["addr", "add", &format!("{}/24", host.gate()), "dev", &outer])?;
        run("ip", &["link", "set", &outer, "up"])?;
        run("ip", &["-n", space, "addr", "add", &format!("{}/24", host.address()), "dev", "eth0"])?;
        run("ip", &["-n", space, "link", "set", "eth0", "up"])?;
        run("ip", &["-n", space, "link", "set", "lo", "up"])?;
        Ok(host)
    }

    /// Its own address.
    #[must_use]
    pub const fn address(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 100 + self.world, self.number, 2)
    }

    /// The relay's address at the other end of its wire.
    #[must_use]
    pub const fn gate(&self) -> Ipv4Addr {
        Ipv4Addr::new(10, 100 + self.world, self.number, 1)
    }

    /// Where it finds another machine: a door of the relay's, on its own wire.
    #[must_use]
    pub fn door_to(&self, other: &Self) -> SocketAddr {
        SocketAddr::from((self.gate(), 7_300 + u16::from(other.number)))
    }

    fn wire(&self) -> String {
        format!("w{}n{}", self.world, self.number)
    }

    /// A command that will run `program` on this machine.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net=/run/netns/{}", self.name)).arg(program);
        command
    }

    /// Does something on a thread that is on this machine: sockets that it opens stay there.
    ///
    /// # Errors
    ///
    /// Its namespace is gone, or what `work` says.
    pub fn there<T: Send>(&self, work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
        let space = File::open(format!("/run/netns/{}", self.name)).context("its namespace")?;
        std::thread::scope(|scope| {
            let there = scope.spawn(move || {
                move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network))
                    .context("enter its namespace")?;
                work()
            });
            there.join().map_err(|_| anyhow!("it panicked"))?
        })
    }

    /// Lets so many packets of a hundred be lost on the way; 100 is a one-way cut.
    ///
    /// # Errors
    ///
    /// What `iptables` says.
    pub fn lose(&self, way: Way, percent: u32) -> Result<()> {
        let (chain, side) = match way {
            Way::In => ("INPUT", "-i"),
            Way::Out => ("OUTPUT", "-o"),
        };
        let share = format!("{}.{:02}", percent / 100, percent % 100);
        let mut rule = vec!["-w", "-A", chain, side, "eth0"];
        if percent < 100 {
            rule.extend(["-m", "statistic", "--mode", "random", "--probability", &share]);
        }
        rule.extend(["-j", "DROP"]);
        done(self.command("iptables").args(rule))
    }

    /// Lets every packet through again.
    ///
    /// # Errors
    ///
    /// What `iptables` says.
    pub fn lose_nothing(&self) -> Result<()> {
        done(self.command("iptables").args(["-w", "-F"]))
    }

    /// Makes its wire one of 64 kbit/s, both ways.
    ///
    /// # Errors
    ///
    /// What `tc` says.
    pub fn trickle(&self) -> Result<()> {
        let slow = ["root", "tbf", "rate", "64kbit", "burst", "3200", "latency", "800ms"];
        done(Command::new("tc").args(["qdisc", "replace", "dev", &self.wire()]).args(slow))?;
        done(self.command("tc").args(["qdisc", "replace", "dev", "eth0"]).args(slow))
    }

    /// Makes its wire a fast one again.
    ///
    /// # Errors
    ///
    /// What `tc` says.
    pub fn flow(&self) -> Result<()> {
        done(Command::new("tc").args(["qdisc", "del", "dev", &self.wire(), "root"]))?;
        done(self.command("tc").args(["qdisc", "del", "dev", "eth0", "root"]))
    }

    /// Pulls its wire out.
    ///
    /// # Errors
    ///
    /// What `ip` says.
    pub fn unplug(&self) -> Result<()> {
        run("ip", &["link", "set", &self.wire(), "down"])
    }

    /// Takes the machine away. Its programs must have ended.
    ///
    /// # Errors
    ///
    /// What `ip` says.
    pub fn remove(&self) -> Result<()> {
        run("ip", &["link", "del", &self.wire()])?;
        run("ip", &["netns", "del", &self.name])
    }
}

fn run(program: &str, words: &[&str]) -> Result<()> {
    done(Command::new(program).args(words))
}

/// Runs a command to its end.
///
/// # Errors
///
/// What it says.
pub(crate) fn done(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {}", said.trim());
    Ok(())
}
