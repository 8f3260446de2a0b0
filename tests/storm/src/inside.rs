//! Namespaces of our own: user, network, mounts and processes. Whoever runs this may be anybody; what
//! is done to the network and to disks is done in there alone, and ends with it.

use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Set for the program that runs inside.
const MARK: &str = "OCPIZZA_STORM_INSIDE";
/// The exit code where no namespace can be had.
pub const LEFT_OUT: u8 = 3;

/// What makes the namespaces. Processes too: when the first of them ends, the kernel ends all others,
/// so that nothing is left behind however this ends.
const NAMESPACES: [&str; 8] = [
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];

/// Whether this program runs inside already.
#[must_use]
pub fn is_inside() -> bool {
    std::env::var_os(MARK).is_some()
}

/// Whether namespaces can be made here, wires and small disks in them.
#[must_use]
pub fn is_possible() -> bool {
    let tried = "mount -t tmpfs none /run && ip netns add a && ip link add v type veth peer name w \
                 && tc qdisc add dev v root tbf rate 64kbit burst 1600 latency 400ms \
                 && iptables -A INPUT -m statistic --mode random --probability 0.1 -j DROP \
                 && unshare --user --map-user=postgres --map-group=postgres true";
    let mut command = Command::new("unshare");
    command.args(NAMESPACES).args(["sh", "-c", tried]);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Starts this program again, inside, in the place of this one.
///
/// # Errors
///
/// It cannot be started; else it does not return.
pub fn enter() -> Result<()> {
    let program = std::env::current_exe().context("find this program")?;
    // The shell is the first process in there, and buries whoever loses his parent.
    let error = Command::new("unshare")
        .args(NAMESPACES)
        .args(["sh", "-c", "\"$@\"; exit $?", "sh"])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(MARK, "1")
        .exec();
    Err(error).context("start unshare")
}
