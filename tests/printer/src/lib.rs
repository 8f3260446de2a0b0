//! A receipt printer without paper.
//!
//! [`printer::Printer`] listens on a TCP port as a TM-T88V does, or is on a device file, keeps the bytes it is sent, answers
//! real-time status requests and can be given a [`printer::Fault`]. [`decode`] turns bytes into what a
//! printer understands by them and [`paper`] into what would be on the paper. It shares no code with the
//! till, so that an error in the till's encoding is not repeated here.

pub mod code_page;
pub mod decode;
#[cfg(target_os = "linux")]
mod device;
pub mod paper;
pub mod printer;
