//! A PC of the shop.

use crate::centre::Centre;
use domain::id::OrderId;
use pos_api::{
    Answer, Code, Command, KitchenView, MeshAnswer, MeshQuery, OrderCard, PaidView, PeerAddress,
    Query, Reply, Role, SafetyView, SetUp, Tender, WorkstationLine,
};
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::runtime::{Finds, Handle, Start};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// 20 November 2026, 19:10 in Paris.
pub(crate) const FRIDAY_19_10: i64 = 1_795_198_200_000;
/// What anything may take on a loaded machine.
pub(crate) const BOUND: Duration = Duration::from_secs(60);

/// A free port of this machine.
const ANYWHERE: &str = "127.0.0.1:0";

pub(crate) struct Pc {
    pub(crate) handle: Handle,
    pub(crate) folder: TempDir,
    pub(crate) clock: StoppedClock,
    pub(crate) address: String,
}

impl Pc {
    /// A PC that the centre has taken in; it knows of the others what the centre has said so far.
    pub(crate) fn new(centre: &mut Centre, label: &str, role: Role) -> Self {
        Self::finding(centre, label, role, Finds::Typed)
    }

    /// The same, and it finds the others like that.
    pub(crate) fn finding(centre: &mut Centre, label: &str, role: Role, finds: Finds) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoppedClock::at(FRIDAY_19_10);
        let seed = label.bytes().fold(0, |seed, byte| seed * 256 + u64::from(byte));
        let handle = start(folder.path(), &clock, seed, finds, ANYWHERE);
        let (server, taken_in) = centre.take_in();
        let set_up = SetUp {
            server: Some(server),
            code: "1".into(),
            role,
            label: label.into(),
            pin: String::new(),
        };
        handle.command(Command::SetUp(set_up)).unwrap();
        taken_in.join().unwrap();
        let mut pc = Self { handle, folder, clock, address: String::new() };
        pc.find_address();
        centre.list(&pc);
        centre.tell(&pc);
        pc.sign_in();
        pc
    }

    /// A PC on which nothing is set up yet.
    pub(crate) fn bare(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoppedClock::at(FRIDAY_19_10);
        let handle = start(folder.path(), &clock, seed, Finds::Typed, ANYWHERE);
        Self { handle, folder, clock, address: String::new() }
    }

    /// The program is started (again) on a folder; its threads run.
    pub(crate) fn on(folder: TempDir, seed: u64) -> Self {
        Self::at(folder, seed, Finds::Typed, ANYWHERE)
    }

    /// The same; it finds the others like that, and listens there.
    pub(crate) fn at(folder: TempDir, seed: u64, finds: Finds, address: &str) -> Self {
        Self::begun(folder, StoppedClock::at(FRIDAY_19_10), seed, finds, address)
    }

    /// The same at that moment, in ms since 1970 UTC.
    pub(crate) fn on_at(folder: TempDir, seed: u64, now_ms: i64) -> Self {
        Self::begun(folder, StoppedClock::at(now_ms), seed, Finds::Typed, ANYWHERE)
    }

    fn begun(folder: TempDir, clock: StoppedClock, seed: u64, finds: Finds, address: &str) -> Self {
        let handle = start(folder.path(), &clock, seed, finds, address);
        let mut pc = Self { handle, folder, clock, address: String::new() };
        pc.find_address();
        pc.sign_in();
        pc
    }

    /// The program ends; the disk stays.
    pub(crate) fn end(self) -> TempDir {
        let Self { handle, folder, clock: _, address: _ } = self;
        drop(handle);
        folder
    }

    pub(crate) fn find_address(&mut self) {
        self.address = self.within(BOUND, |pc| {
            let listens = pc.with(|it| it.shared().read(|state| state.listens.clone()));
            (!listens.is_empty()).then_some(listens)
        });
    }

    pub(crate) fn sign_in(&self) {
        self.run(Command::SignIn { operator: "LB".into(), pin: "2580".into() });
    }

    pub(crate) fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workstation) -> T + Send + 'static,
    ) -> T {
        self.handle.with(work).unwrap()
    }

    pub(crate) fn dial(&self, others: &[&Self]) {
        self.dial_at(&others.iter().map(|it| it.address.as_str()).collect::<Vec<_>>());
    }

    pub(crate) fn dial_at(&self, addresses: &[&str]) {
        let peers = addresses.iter().map(|it| PeerAddress { address: (*it).to_owned() });
        self.run(Command::SetPeers(peers.collect()));
    }

    pub(crate) fn try_run(&self, command: Command) -> Result<Reply, Code> {
        self.handle.command(command).map_err(|failure| failure.code)
    }

    pub(crate) fn run(&self, command: Command) -> Reply {
        self.try_run(command).unwrap()
    }

    pub(crate) fn ask(&self, query: Query) -> Answer {
        self.handle.query(query).unwrap()
    }

    pub(crate) fn kitchen(&self) -> KitchenView {
        let Answer::Kitchen(kitchen) = self.ask(Query::Kitchen) else { panic!() };
        kitchen
    }

    pub(crate) fn orders(&self) -> Vec<OrderCard> {
        let Answer::Orders(orders) = self.ask(Query::Orders) else { panic!() };
        orders
    }

    pub(crate) fn safety(&self) -> SafetyView {
        let Answer::Safety(safety) = self.ask(Query::Safety) else { panic!() };
        safety
    }

    /// What it knows of another.
    pub(crate) fn line_of(&self, label: &str) -> WorkstationLine {
        let Answer::Mesh(MeshAnswer::Workstations(view)) =
            self.ask(Query::Mesh(MeshQuery::Workstations))
        else {
            panic!()
        };
        view.others.into_iter().find(|it| it.label == label).unwrap()
    }

    /// Sells what is typed, paid in cash.
    pub(crate) fn sell(&self, text: &str) -> PaidView {
        self.run(Command::AddTyped { text: text.into() });
        let Reply::Paid(paid) =
            self.run(Command::TakePayment { order: None, tenders: cash(50_000) })
        else {
            panic!()
        };
        paid
    }

    /// Pays an order, or the basket, in cash, as the screen does: where another till opened the order,
    /// leave is asked for and waited for.
    #[track_caller]
    pub(crate) fn pay(&self, order: Option<OrderId>, cents: i64) -> Reply {
        self.within(BOUND, |pc| {
            match pc.try_run(Command::TakePayment { order, tenders: cash(cents) }) {
                Err(Code::PaymentAsked) => None,
                paid => Some(paid.unwrap()),
            }
        })
    }

    /// Waits until `look` finds something, for `bound` at most.
    #[track_caller]
    pub(crate) fn within<T>(&self, bound: Duration, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let begun = now();
        let mut seen = 0;
        loop {
            if let Some(found) = look(self) {
                return found;
            }
            assert!(begun.elapsed() < bound, "not within {bound:?}");
            seen = self.handle.wait_for_change(seen, Duration::from_millis(100));
        }
    }

    /// Waits until the kitchen's screen shows an order of this label; answers how long that took.
    #[track_caller]
    pub(crate) fn shows(&self, label: &str) -> Duration {
        let begun = now();
        self.within(BOUND, |pc| {
            pc.kitchen().cards.iter().any(|card| card.label == label).then_some(())
        });
        begun.elapsed()
    }
}

pub(crate) fn cash(cents: i64) -> Vec<Tender> {
    vec![Tender::cash(fiscal::Money::from_cents(cents))]
}

pub(crate) fn start(
    folder: &Path,
    clock: &StoppedClock,
    seed: u64,
    finds: Finds,
    address: &str,
) -> Handle {
    Handle::start(Start {
        folder: folder.to_owned(),
        anchor: Some(folder.join("anchor")),
        clock: Arc::new(clock.clone()),
        entropy: Box::new(SeededEntropy::new(seed)),
        listen: address.parse().unwrap(),
        finds,
        on_change: Box::new(|| {}),
    })
    .unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a wait is bounded, and a latency measured")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
