//! A shop without a centre, with one till, on a Friday at 19:10.

use pos_api::{Answer, Code, Command, Means, PaidView, Query, Reply, Role, SetUp, Tender};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::queries::Window;
use pos_core::{Workstation, commands};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// 20 November 2026, 19:10 in Paris.
pub(crate) const FRIDAY_19_10: i64 = 1_795_198_200_000;

pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) clock: StoppedClock,
    pub(crate) till: Workstation,
    pub(crate) window: Window,
    opened: u64,
}

impl Shop {
    /// A PC on which nothing is set up yet.
    pub(crate) fn unset() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoppedClock::at(FRIDAY_19_10);
        let till = start(&folder.path().join("till.db"), &clock, 1);
        let window = Window::open(&till).unwrap();
        Self { folder, clock, till, window, opened: 1 }
    }

    /// A till that is set up, with its manager signed in.
    pub(crate) fn open() -> Self {
        let mut shop = Self::unset();
        shop.run(Command::SetUp(SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        }));
        shop.sign_in();
        shop
    }

    pub(crate) fn sign_in(&mut self) {
        self.run(Command::SignIn { operator: "RESP".into(), pin: "2580".into() });
    }

    /// The program ends as if it were killed, and is started again on the same file.
    pub(crate) fn restart(&mut self) {
        self.opened += 1;
        self.till = start(&self.folder.path().join("till.db"), &self.clock, self.opened);
        self.window = Window::open(&self.till).unwrap();
        self.sign_in();
    }

    pub(crate) fn try_run(&mut self, command: Command) -> Result<Reply, Code> {
        commands::run(&mut self.till, command).map_err(|failure| failure.code)
    }

    pub(crate) fn run(&mut self, command: Command) -> Reply {
        self.try_run(command).unwrap()
    }

    pub(crate) fn ask(&mut self, query: Query) -> Answer {
        self.window.ask(query).unwrap()
    }

    pub(crate) fn type_in(&mut self, text: &str) -> Reply {
        self.run(Command::AddTyped { text: text.into() })
    }

    /// Pays the basket with `given` cents in cash.
    pub(crate) fn pay(&mut self, given: i64) -> Result<PaidView, Code> {
        let tender = Tender { means: Means::Cash, given: fiscal::Money::from_cents(given) };
        let reply = self.try_run(Command::TakePayment { order: None, tenders: vec![tender] })?;
        let Reply::Paid(paid) = reply else { panic!("{reply:?}") };
        Ok(paid)
    }
}

fn start(path: &Path, clock: &StoppedClock, seed: u64) -> Workstation {
    Workstation::open(path, Arc::new(clock.clone()), Box::new(SeededEntropy::new(seed))).unwrap()
}
