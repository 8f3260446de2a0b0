//! A screen that nobody looks at.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use anyhow::{Context, Result};

use crate::Process;

/// A screen: the machine's own, or a virtual one of the test.
#[derive(Debug)]
pub struct Display {
    name: String,
    _server: Option<Process>,
}

impl Display {
    /// Starts an X server without a screen, on a display number that it finds free itself.
    ///
    /// # Errors
    ///
    /// Xvfb is not installed, or finds no number.
    pub fn start((width, height): (u32, u32)) -> Result<Self> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0"])
            .arg(format!("{width}x{height}x24"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut server = Process::spawn("Xvfb", &mut xvfb)?;
        let said = server.child().stdout.take().expect("its output is piped");
        let mut number = String::new();
        BufReader::new(said).read_line(&mut number).context("Xvfb says no display number")?;
        let number: u32 = number.trim().parse().context("Xvfb found no free display")?;
        Ok(Self { name: format!(":{number}"), _server: Some(server) })
    }

    /// The screen that the person sits at.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn of_this_machine() -> Result<Self> {
        let name = std::env::var("DISPLAY").context("there is no screen: DISPLAY is not set")?;
        Ok(Self { name, _server: None })
    }

    /// The display's name, `:99`, as programs expect it in `DISPLAY`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}
