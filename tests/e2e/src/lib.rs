//! The real programs, started, played and ended from outside: windows under Xvfb by WebDriver, the
//! server, and a PostgreSQL cluster of their own.
//!
//! Each guard ends exactly the processes it started, however the test ends. Nothing here sleeps for
//! a time: it waits for a state, within a bound.

mod cluster;
mod display;
mod free_port;
mod process;
mod programs;
mod server;
mod wait;
mod window;

pub use cluster::{Cluster, Database};
pub use display::Display;
pub use free_port::free_port;
pub use process::Process;
pub use programs::Programs;
pub use server::Server;
pub use wait::{Waited, within};
pub use window::{Press, Setting, Window};
