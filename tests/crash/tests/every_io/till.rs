//! A till on a disk that fails, driven as the window drives it.

use anyhow::{Context as _, Result, ensure};
use domain::id::OrderId;
use faulty_disk::{Disk, Image};
use pos_api::{Answer, Code, Command, PrinterSettings, Query, Reply, Role, SetUp};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::print::job::{JobId, Outcome};
use pos_core::print::store as queue;
use pos_core::queries::Window;
use pos_core::store::StoreError;
use pos_core::{Workstation, commands, runtime};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// 20 November 2026, 19:10 in Paris.
pub(crate) const FRIDAY_19_10: i64 = 1_795_198_200_000;
/// The first manager.
pub(crate) const MANAGER: (&str, &str) = ("RESP", "2580");
/// The only printer.
const PRINTER: &str = "comptoir";

/// Why a step was not done: what the screen is told.
pub(crate) type Said<T = ()> = Result<T, Code>;

/// A till after its first run, switched off: its disk, and the anchor file, which is not on it.
#[derive(Clone)]
pub(crate) struct Rest {
    disk: Image,
    anchor: Vec<u8>,
}

impl Rest {
    /// Sets a till up, without a centre.
    pub(crate) fn set_up() -> Result<Self> {
        let disk = Disk::new();
        let mut till = Till::on(disk.clone(), &[], 1)?;
        till.start().map_err(said)?;
        let (label, pin) = ("C1".to_owned(), MANAGER.1.to_owned());
        let set_up = SetUp { server: None, code: String::new(), role: Role::Till, label, pin };
        till.run(Command::SetUp(set_up)).map_err(said)?;
        till.sign_in().map_err(said)?;
        let printer = PrinterSettings::counter("127.0.0.1".to_owned(), true);
        till.run(Command::SetPrinters(vec![printer])).map_err(said)?;
        till.stop().map_err(said)?;
        let anchor = till.anchor()?;
        drop(till);
        Ok(Self { disk: disk.image(), anchor })
    }

    /// A copy of it, to be started.
    pub(crate) fn copy(&self) -> Result<Till> {
        Till::on(Disk::from(&self.disk), &self.anchor, 2)
    }
}

/// A till, running or not.
pub(crate) struct Till {
    pub(crate) disk: Disk,
    pub(crate) clock: StoppedClock,
    folder: TempDir,
    runs: u64,
    running: Option<(Workstation, Window)>,
    /// Orders, in the order they were opened.
    pub(crate) orders: Vec<OrderId>,
    /// Numbers of tickets, in order.
    pub(crate) tickets: Vec<String>,
    /// The print job in the printer.
    printing: Option<JobId>,
}

impl Till {
    fn on(disk: Disk, anchor: &[u8], runs: u64) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        if !anchor.is_empty() {
            fs::write(folder.path().join("anchor"), anchor)?;
        }
        Ok(Self {
            disk,
            clock: StoppedClock::at(FRIDAY_19_10),
            folder,
            runs,
            running: None,
            orders: Vec::new(),
            tickets: Vec::new(),
            printing: None,
        })
    }

    /// Where its file is.
    pub(crate) fn file(&self) -> PathBuf {
        self.disk.path(runtime::FILE)
    }

    fn anchor(&self) -> Result<Vec<u8>> {
        fs::read(self.folder.path().join("anchor")).context("the anchor file")
    }

    /// Starts the program, as after switching the PC on.
    pub(crate) fn start(&mut self) -> Said {
        self.running = None;
        self.runs += 1;
        let clock = Arc::new(self.clock.clone());
        let entropy = Box::new(SeededEntropy::new(self.runs));
        let anchor = self.folder.path().join("anchor");
        let workstation = Workstation::open_anchored(&self.file(), &anchor, clock, entropy);
        let workstation = workstation.map_err(Self::code)?;
        let window = Window::open(&workstation).map_err(Self::code)?;
        self.running = Some((workstation, window));
        Ok(())
    }

    /// The PC is off, however it came to that.
    pub(crate) fn forget(&mut self) {
        self.running = None;
    }

    fn code(error: StoreError) -> Code {
        pos_core::Error::from(error).code()
    }

    fn workstation(&mut self) -> &mut Workstation {
        &mut self.running.as_mut().expect("the program was started").0
    }

    /// Does something.
    pub(crate) fn run(&mut self, command: Command) -> Said<Reply> {
        let reply = commands::run(self.workstation(), command).map_err(|it| it.code)?;
        match &reply {
            Reply::Order { order, .. } => self.orders.push(*order),
            Reply::Paid(paid) => self.tickets.push(paid.ticket.clone()),
            Reply::Corrected { ticket, .. } => self.tickets.push(ticket.clone()),
            Reply::Done
            | Reply::Session(_)
            | Reply::Basket(_)
            | Reply::Queued { .. }
            | Reply::Closing(_)
            | Reply::File { .. }
            | Reply::Link { .. }
            | Reply::Verified { .. }
            | Reply::Purged { .. } => {}
        }
        Ok(reply)
    }

    /// Asks something.
    pub(crate) fn ask(&mut self, query: Query) -> Said<Answer> {
        let (_, window) = self.running.as_mut().expect("the program was started");
        window.ask(query).map_err(|it| it.code)
    }

    /// The manager signs in.
    pub(crate) fn sign_in(&mut self) -> Said<Reply> {
        let (operator, pin) = (MANAGER.0.to_owned(), MANAGER.1.to_owned());
        self.run(Command::SignIn { operator, pin })
    }

    /// The program ends in order.
    pub(crate) fn stop(&mut self) -> Said {
        self.workstation().stop().map_err(Self::code)
    }

    /// What the program does by itself now and then.
    pub(crate) fn checkpoint(&mut self) -> Said {
        self.workstation().store().checkpoint().map_err(Self::code)
    }

    /// The printer's thread takes the next job.
    pub(crate) fn begin_printing(&mut self) -> Said {
        let now_ms = self.workstation().moment().utc_ms;
        let begun = self.workstation().store().write(|tx| {
            let job = queue::next(tx, PRINTER)?;
            let job = job.map(|job| queue::begin(tx, job.id, PRINTER, now_ms).map(|_| job.id));
            Ok::<_, StoreError>(job.transpose()?)
        });
        self.printing = begun.map_err(Self::code)?;
        Ok(())
    }

    /// The printer says that it is on paper.
    pub(crate) fn end_printing(&mut self) -> Said {
        let now_ms = self.workstation().moment().utc_ms;
        let job = self.printing.expect("a job is in the printer");
        let store = self.workstation().store();
        let ended = store
            .write(|tx| Ok::<_, StoreError>(queue::finish(tx, job, Outcome::Sent, now_ms)?))
            .map_err(Self::code)?;
        assert!(ended, "nobody else prints");
        Ok(())
    }

    /// After a start, the printer's thread looks what was in the printer.
    pub(crate) fn recover_printing(&mut self) -> Result<usize> {
        let now_ms = self.workstation().moment().utc_ms;
        let store = self.workstation().store();
        Ok(store.write(|tx| Ok::<_, StoreError>(queue::recover(tx, now_ms)?))?)
    }

    /// Everything is checked as a manager checks it; nothing may be found.
    pub(crate) fn verify(&mut self) -> Result<()> {
        let reply = self.run(Command::Books(pos_api::BooksCommand::Verify)).map_err(said)?;
        let Reply::Verified { entries, findings } = reply else {
            anyhow::bail!("a check answers {reply:?}");
        };
        ensure!(findings.is_empty(), "among {entries} entries: {findings:?}");
        Ok(())
    }
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
pub(crate) fn said(code: Code) -> anyhow::Error {
    anyhow::anyhow!("{code:?}")
}
