//! A PC that is installed before anybody looks at it.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, anyhow, ensure};
use e2e::{Centre, EVENING};
use pos_api::{Answer, Command, Failure, PeerAddress, PrinterSettings, Query, Reply, Role, SetUp};
use pos_core::anchor;
use pos_core::{
    clock::{MachineClock, MachineEntropy},
    runtime::{Finds, Handle, Start},
};

/// How long menu and staff may take to come from the centre.
const ARRIVED: Duration = Duration::from_secs(20);

/// A PC of the shop.
pub(super) struct Post {
    pub(super) folder: PathBuf,
    pub(super) label: &'static str,
    pub(super) role: Role,
    pub(super) listen: SocketAddr,
}

impl Post {
    /// Does what a person would do at its first run and in its settings, and ends it again.
    pub(super) fn install(
        &self,
        centre: &Centre,
        peers: &[SocketAddr],
        printer: Option<SocketAddr>,
    ) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("create {}", self.folder.display()))?;
        let role = match self.role {
            Role::Till => "till",
            Role::Kitchen => "kitchen",
        };
        let answers = SetUp {
            server: Some(centre.server.url()),
            code: centre.enrol_code(role, self.label)?,
            role: self.role,
            label: self.label.to_owned(),
            pin: String::new(),
        };
        let handle = self.start()?;
        done(&handle, Command::SetUp(answers))?;
        let peers = peers.iter().map(|it| PeerAddress { address: it.to_string() }).collect();
        done(&handle, Command::SetPeers(peers))?;
        let printers = printer.map(|it| PrinterSettings::counter(it.to_string(), true));
        done(&handle, Command::SetPrinters(printers.into_iter().collect()))?;
        await_staff(&handle)
    }

    /// Starts the workstation without a window.
    pub(super) fn start(&self) -> Result<Handle> {
        let clock = MachineClock::starting_at_iso(EVENING).context("the evening's clock")?;
        let start = Start {
            folder: self.folder.clone(),
            anchor: Some(anchor::beside(&self.folder)),
            clock: Arc::new(clock),
            entropy: Box::new(MachineEntropy),
            listen: self.listen,
            finds: Finds::Typed,
            on_change: Box::new(|| {}),
        };
        Handle::start(start).with_context(|| format!("start {}", self.label))
    }
}

/// Does it, or says what was refused.
pub(super) fn done(handle: &Handle, command: Command) -> Result<Reply> {
    handle.command(command).map_err(|failure| refused(&failure))
}

fn refused(failure: &Failure) -> anyhow::Error {
    anyhow!("refused: {:?}, see {} in the log", failure.code, failure.reference)
}

/// Waits until somebody could sign in and sell.
fn await_staff(handle: &Handle) -> Result<()> {
    let mut seen = 0;
    let mut tries = 0;
    loop {
        let answer = handle.query(Query::Session).map_err(|failure| refused(&failure))?;
        if let Answer::Session(session) = answer
            && session.has_menu
            && !session.operators.is_empty()
        {
            return Ok(());
        }
        tries += 1;
        ensure!(tries < 100, "no menu and no staff came from the centre");
        seen = handle.wait_for_change(seen, ARRIVED / 100);
    }
}
