//! A shop without a centre, with one till, on a Friday at 19:10.

use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::OrderId;
use domain::publication::{self, Published, What};
use domain::staff::Operator;
use fiscal::event::{EventCode, EventDocument};
use fiscal::record::Record;
use fiscal::ticket::Document;
use journal::{BlobHash, BootId, Draft, Opening, Pen, Purpose, SigningKey};
use pos_api::{
    Answer, Approval, BasketView, Code, Command, KitchenView, OrderCard, PaidView, Query, Reply,
    Role, SetUp, Tender, TicketView,
};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::queries::Window;
use pos_core::replicate::Peer;
use pos_core::store::{StoreError, journals, publications, tickets};
use pos_core::{Workstation, commands};
use replication::Push;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// 20 November 2026, 19:10 in Paris.
pub(crate) const FRIDAY_19_10: i64 = 1_795_198_200_000;

/// The menu that a shop without a centre starts with.
pub(crate) fn menu() -> Catalogue {
    serde_json::from_str(include_str!("../../starter/menu.json")).unwrap()
}

pub(crate) struct Shop {
    pub(crate) folder: TempDir,
    pub(crate) clock: StoppedClock,
    pub(crate) till: Workstation,
    pub(crate) window: Window,
    opened: u64,
    /// How many journals have published something.
    published: u8,
}

impl Shop {
    /// A PC on which nothing is set up yet.
    pub(crate) fn unset() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoppedClock::at(FRIDAY_19_10);
        let till = start(&folder.path().join("till.db"), &clock, 1);
        let window = Window::open(&till).unwrap();
        Self { folder, clock, till, window, opened: 1, published: 6 }
    }

    /// A till that is set up, with its manager signed in.
    pub(crate) fn open() -> Self {
        let mut shop = Self::unset();
        shop.set_up();
        shop
    }

    pub(crate) fn set_up(&mut self) {
        self.run(Command::SetUp(SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        }));
        self.sign_in();
    }

    pub(crate) fn sign_in(&mut self) {
        self.run(Command::SignIn { operator: "RESP".into(), pin: "2580".into() });
    }

    /// The program ends as if it were killed, and is started again on the same file.
    pub(crate) fn restart(&mut self) {
        self.restart_unsigned();
        self.sign_in();
    }

    /// The same, with nobody at it yet.
    pub(crate) fn restart_unsigned(&mut self) {
        self.opened += 1;
        self.till = start(&self.folder.path().join("till.db"), &self.clock, self.opened);
        self.window = Window::open(&self.till).unwrap();
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
        let tender = Tender::cash(fiscal::Money::from_cents(given));
        self.pay_for(None, vec![tender])
    }

    /// Pays an open order, or the basket.
    pub(crate) fn pay_for(
        &mut self,
        order: Option<OrderId>,
        tenders: Vec<Tender>,
    ) -> Result<PaidView, Code> {
        let reply = self.try_run(Command::TakePayment { order, tenders })?;
        let Reply::Paid(paid) = reply else { panic!("{reply:?}") };
        Ok(paid)
    }

    pub(crate) fn kitchen(&mut self) -> KitchenView {
        let Answer::Kitchen(kitchen) = self.ask(Query::Kitchen) else { panic!() };
        kitchen
    }

    pub(crate) fn orders(&mut self) -> Vec<OrderCard> {
        let Answer::Orders(orders) = self.ask(Query::Orders) else { panic!() };
        orders
    }

    pub(crate) fn basket(&mut self) -> BasketView {
        let Answer::Basket(basket) = self.ask(Query::Basket) else { panic!() };
        basket
    }

    /// Somebody at the counter signs in, who is no manager.
    pub(crate) fn counter_signs_in(&mut self) {
        let mut staff = self.till.store().read(publications::staff).unwrap().unwrap();
        let manager = staff.operators[0].clone();
        staff.number += 1;
        staff.operators.push(Operator {
            code: "LB".into(),
            name: "Lucie".into(),
            role: domain::staff::Role::Counter,
            ..manager
        });
        self.publish_bytes(What::Staff, staff.number, &staff.encode());
        self.run(Command::SignIn { operator: "LB".into(), pin: "2580".into() });
    }

    /// The manager who stands beside.
    pub(crate) fn manager() -> Approval {
        Approval { manager: "RESP".into(), pin: "2580".into() }
    }

    /// The shop's sheet is published anew.
    pub(crate) fn change_sheet(&mut self, change: impl FnOnce(&mut domain::shop::Shop)) {
        let mut sheet = self.till.store().read(publications::shop).unwrap().unwrap();
        change(&mut sheet);
        sheet.number += 1;
        self.publish_bytes(What::Shop, sheet.number, &sheet.encode());
    }

    /// Another journal publishes another menu.
    pub(crate) fn publish(&mut self, menu: Catalogue) {
        self.publish_bytes(What::Menu, menu.number, &menu.sorted().encode());
    }

    pub(crate) fn publish_bytes(&mut self, what: What, number: u32, bytes: &[u8]) {
        let sha256 = BlobHash::of(bytes);
        self.published += 1;
        let key = SigningKey::from_secret(&[self.published; 32]).unwrap();
        let opening = Opening {
            public_key: key.public_key(),
            shop: "P01".into(),
            workstation: "centre".into(),
            purpose: Purpose::Centre,
            continues: Vec::new(),
        };
        let published = Published { what, sha256, number };
        let event = Event::Publication(publication::Event::Published(published));
        let draft = Draft {
            kind: event.kind(),
            kind_version: domain::event::KIND_VERSION,
            keep: event.keep(),
            subject: None,
            body: event.encode(),
        };
        let pen = Pen::new(key.clone(), BootId([7; 16]), None);
        let known = self.till.store().read(journals::greatest_tick).unwrap();
        let (batch, _) = pen.write(vec![opening.to_draft(), draft], known, FRIDAY_19_10);
        let push = Push {
            journal: batch.tip().journal,
            base: None,
            entries: batch.entries.iter().map(journal::Entry::to_raw).collect(),
            seal: batch.seal,
        };
        let peer = Peer { key: key.public_key(), is_centre: true };
        let reply = self.till.append_pulled(peer, &push);
        assert!(matches!(reply, replication::Reply::Ack(_)), "{reply:?}");
        self.till.store().write(|tx| journals::put_blob(tx, sha256, bytes)).unwrap();
    }

    /// What a ticket says.
    pub(crate) fn document(&mut self, number: &str) -> Document {
        let found = self.till.store().read(|tx| tickets::find(tx, number)).unwrap();
        found.unwrap().1.read().unwrap()
    }

    /// A ticket on the screen of tickets.
    pub(crate) fn ticket(&mut self, number: &str) -> TicketView {
        let Answer::Ticket(view) = self.ask(Query::Ticket { number: number.into() }) else {
            panic!()
        };
        *view
    }

    /// The events of a code that were noted, oldest first.
    pub(crate) fn events(&mut self, code: EventCode) -> Vec<EventDocument> {
        let bodies: Vec<Vec<u8>> = self
            .till
            .store()
            .read(|tx| {
                let mut statement = tx.prepare(
                    "SELECT body FROM entry JOIN body USING (journal, branch, seq)
                      WHERE kind = 21 ORDER BY tick, seq",
                )?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        let events = bodies.iter().map(|body| Record::decode(body).unwrap().read().unwrap());
        events.filter(|it: &EventDocument| it.code == code).collect()
    }
}

pub(crate) fn start(path: &Path, clock: &StoppedClock, seed: u64) -> Workstation {
    Workstation::open(path, Arc::new(clock.clone()), Box::new(SeededEntropy::new(seed))).unwrap()
}
