//! The real programs, started, played and ended from outside: windows under Xvfb by WebDriver, the
//! server, and a PostgreSQL cluster of their own.
//!
//! Each guard ends exactly the processes it started, however the test ends. Nothing here sleeps for
//! a time: it waits for a state, within a bound.

mod black_hole;
mod centre;
mod cluster;
mod display;
mod file;
mod first_steps;
mod free_port;
mod hand;
mod process;
mod programs;
mod server;
mod wait;
mod week;
mod window;

pub use black_hole::BlackHole;
pub use centre::{Centre, EVENING, Manager, SHOP};
pub use cluster::{Cluster, Database};
pub use display::Display;
pub use file::{File, Held};
pub use first_steps::{Person, first_run, sign_in};
pub use free_port::free_port;
pub use hand::{Hand, code, hook};
pub use process::Process;
pub use programs::Programs;
pub use server::Server;
pub use wait::{Waited, now_ms, within};
pub use week::{Away, Level, catch_up};
pub use window::{Answered, Expect, Press, Setting, Window};
