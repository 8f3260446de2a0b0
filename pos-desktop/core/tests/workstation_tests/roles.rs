//! Who answers for the shop, and who takes the money of an order that another till opened.

use crate::shop::{FRIDAY_19_10, start};
use domain::event::{Event, kind};
use domain::id::OrderId;
use domain::publication::{self, WorkstationListed, WorkstationRole};
use journal::{BootId, Draft, Entry, Kind, Opening, Pen, Purpose, SigningKey, Tick};
use pos_api::{
    Answer, Approval, Code, Command, MeshAnswer, MeshCommand, MeshQuery, OrderCard, PaidView,
    Query, Reply, Role, SetUp, Tender, TrainingCommand,
};
use pos_core::clock::StoppedClock;
use pos_core::queries::Window;
use pos_core::replicate::{self, Peer};
use pos_core::store::StoreError;
use pos_core::{Workstation, commands};
use replication::link::ReadOutcome;
use replication::{Place, Push};
use std::collections::BTreeSet;
use tempfile::TempDir;

/// Tills of one shop, whose entries go from one to another whenever time passes.
struct Tills {
    folder: TempDir,
    clock: StoppedClock,
    all: Vec<Workstation>,
    /// The clock that only goes forward, in ms.
    at_ms: u64,
    dead: BTreeSet<usize>,
    /// Those that are cut off from the rest, together.
    apart: BTreeSet<usize>,
    /// The centre carries entries between those that are apart.
    reach_centre: bool,
    centre: Push,
}

const STEP_MS: u64 = 250;

impl Tills {
    /// So many tills, C1 and on, that the shop lists and that have settled who the arbiter is: C1.
    fn open(count: usize) -> Self {
        let mut tills = Self::unsettled(count);
        tills.pass(6_000);
        assert_eq!(tills.arbiters(), vec!["C1"; count]);
        tills
    }

    fn unsettled(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = StoppedClock::at(FRIDAY_19_10);
        let all: Vec<Workstation> = (1..=count)
            .map(|number| {
                let path = folder.path().join(format!("C{number}.db"));
                let mut till = start(&path, &clock, u64::try_from(number).unwrap());
                let set_up = SetUp {
                    server: None,
                    code: String::new(),
                    role: Role::Till,
                    label: format!("C{number}"),
                    pin: "2580".into(),
                };
                commands::run(&mut till, Command::SetUp(set_up)).unwrap();
                till
            })
            .collect();
        let centre = list(&all);
        let mut tills = Self {
            folder,
            clock,
            all,
            at_ms: 0,
            dead: BTreeSet::new(),
            apart: BTreeSet::new(),
            reach_centre: false,
            centre,
        };
        for till in 0..count {
            tills.introduce(till);
        }
        tills
    }

    /// Tells a till who belongs to the shop, and signs its manager in.
    fn introduce(&mut self, till: usize) {
        let key = SigningKey::from_secret(&[9; 32]).unwrap().public_key();
        let reply = self.all[till].append_pulled(Peer { key, is_centre: true }, &self.centre);
        assert!(matches!(reply, replication::Reply::Ack(_)), "{reply:?}");
        self.sign_in(till);
    }

    fn sign_in(&mut self, till: usize) {
        self.run(till, Command::SignIn { operator: "RESP".into(), pin: "2580".into() }).unwrap();
    }

    fn run(&mut self, till: usize, command: Command) -> Result<Reply, Code> {
        commands::run(&mut self.all[till], command).map_err(|failure| failure.code)
    }

    fn live(&self, one: usize, other: usize) -> bool {
        one != other && !self.dead.contains(&one) && !self.dead.contains(&other)
    }

    fn hear_each_other(&self, one: usize, other: usize) -> bool {
        self.live(one, other) && self.apart.contains(&one) == self.apart.contains(&other)
    }

    /// Time passes: who can hears the others and gets their entries, and everybody looks after the roles.
    fn pass(&mut self, ms: u64) {
        for _ in 0..ms.div_ceil(STEP_MS) {
            self.at_ms += STEP_MS;
            for to in 0..self.all.len() {
                for from in 0..self.all.len() {
                    if self.hear_each_other(from, to) {
                        self.hear(from, to);
                        self.bring(from, to);
                    } else if self.reach_centre && self.live(from, to) {
                        self.bring(from, to);
                    }
                }
                if !self.dead.contains(&to) {
                    self.all[to].tend(self.at_ms).unwrap();
                }
            }
        }
    }

    fn hear(&self, from: usize, to: usize) {
        let key = self.all[from].public_key().unwrap();
        self.all[to].shared().change(|it| {
            it.peers.entry(key).or_default().answered(FRIDAY_19_10);
        });
    }

    fn bring(&mut self, from: usize, to: usize) {
        let key = self.all[from].public_key().unwrap();
        let tips = self.all[from].store().read(replicate::tips).unwrap();
        for (journal, places) in tips {
            loop {
                let held = self.all[to].store().read(replicate::tips).unwrap();
                let after = held.get(&journal).map(|it| it[0]);
                let tip = places[0].in_journal(journal);
                if after == Some(places[0]) || after.is_some_and(|it| places[0].seq <= it.seq) {
                    break;
                }
                let read = self.all[from].store().read(|tx| replicate::read(tx, tip, after, 500));
                let ReadOutcome::Run(run) = read.unwrap() else { panic!("{after:?} of {tip:?}") };
                let push = Push { journal, base: after, entries: run.entries, seal: run.seal };
                let reply = self.all[to].append_pulled(Peer { key, is_centre: false }, &push);
                assert!(matches!(reply, replication::Reply::Ack(_)), "{reply:?}");
            }
        }
    }

    /// An order that is open at a till, unpaid, and known to all that hear of it.
    fn order(&mut self, till: usize) -> OrderId {
        self.run(till, Command::AddTyped { text: "MAR".into() }).unwrap();
        let reply = self.run(till, Command::SendToKitchen).unwrap();
        let Reply::Order { order, .. } = reply else { panic!("{reply:?}") };
        self.pass(STEP_MS);
        order
    }

    fn pay(&mut self, till: usize, order: OrderId) -> Result<PaidView, Code> {
        let tenders = vec![Tender::cash(fiscal::Money::from_cents(5_000))];
        let reply = self.run(till, Command::TakePayment { order: Some(order), tenders })?;
        let Reply::Paid(paid) = reply else { panic!("{reply:?}") };
        Ok(paid)
    }

    /// Tries to pay as the screen does, until that is done; answers after how many ms.
    fn pay_within(&mut self, till: usize, order: OrderId, bound_ms: u64) -> u64 {
        let begun = self.at_ms;
        loop {
            match self.pay(till, order) {
                Ok(_) => return self.at_ms - begun,
                Err(code) => assert_eq!(code, Code::PaymentAsked),
            }
            assert!(self.at_ms - begun < bound_ms, "not within {bound_ms} ms");
            self.pass(STEP_MS);
        }
    }

    fn card(&mut self, till: usize, order: OrderId) -> OrderCard {
        let mut window = Window::open(&self.all[till]).unwrap();
        let Answer::Order(card) = window.ask(Query::Order { order }).unwrap() else { panic!() };
        *card
    }

    /// Who the arbiter is, as the screen of each that lives says.
    fn arbiters(&mut self) -> Vec<String> {
        let living = (0..self.all.len()).filter(|it| !self.dead.contains(it));
        let arbiter = |till: usize| {
            let mut window = Window::open(&self.all[till]).unwrap();
            let query = Query::Mesh(MeshQuery::Workstations);
            let Answer::Mesh(MeshAnswer::Workstations(view)) = window.ask(query).unwrap() else {
                panic!()
            };
            view.arbiter
        };
        living.map(arbiter).collect()
    }

    /// How many entries of a kind a till holds, of everybody's.
    fn count(&mut self, till: usize, kind: Kind) -> u32 {
        let count = |tx: &rusqlite::Transaction<'_>| {
            let sql = "SELECT count(*) FROM entry WHERE kind = ?1";
            Ok::<_, StoreError>(tx.query_row(sql, [kind.0], |row| row.get(0))?)
        };
        self.all[till].store().read(count).unwrap()
    }

    fn restart(&mut self, till: usize) {
        let path = self.folder.path().join(format!("C{}.db", till + 1));
        self.all[till] = start(&path, &self.clock, 90 + u64::try_from(till).unwrap());
        self.sign_in(till);
    }
}

/// What a centre says of the tills.
fn list(tills: &[Workstation]) -> Push {
    let key = SigningKey::from_secret(&[9; 32]).unwrap();
    let opening = Opening {
        public_key: key.public_key(),
        shop: "P01".into(),
        workstation: "centre".into(),
        purpose: Purpose::Centre,
        continues: Vec::new(),
    };
    let listed = tills.iter().map(|till| {
        let identity = till.identity().unwrap();
        let event = Event::Publication(publication::Event::WorkstationListed(WorkstationListed {
            journal: till.tip().unwrap().journal,
            public_key: identity.key.public_key().as_bytes().to_vec(),
            role: WorkstationRole::Till,
            label: identity.label.clone(),
        }));
        Draft {
            kind: event.kind(),
            kind_version: domain::event::KIND_VERSION,
            keep: event.keep(),
            subject: None,
            body: event.encode(),
        }
    });
    let drafts = std::iter::once(opening.to_draft()).chain(listed).collect();
    let (batch, _) = Pen::new(key, BootId([7; 16]), None).write(drafts, Tick(0), FRIDAY_19_10);
    Push {
        journal: batch.tip().journal,
        base: None::<Place>,
        entries: batch.entries.iter().map(Entry::to_raw).collect(),
        seal: batch.seal,
    }
}

#[test]
fn a_till_pays_another_s_order_once_the_arbiter_has_given_it_leave() {
    let mut tills = Tills::open(3);
    let order = tills.order(1);
    assert_eq!(tills.pay(2, order).unwrap_err(), Code::PaymentAsked);
    assert_eq!(tills.pay(2, order).unwrap_err(), Code::PaymentAsked, "it asks once");
    assert_eq!(tills.card(2, order).tickets, [] as [String; 0], "nothing else was recorded");
    assert!(tills.pay_within(2, order, 5_000) <= 1_000);
    tills.pass(2_000);
    for till in 0..3 {
        let card = tills.card(till, order);
        assert_eq!((card.tickets.len(), card.possible_double), (1, false));
        let settled = [kind::PAYMENT_ASKED, kind::PAYMENT_GRANTED].map(|it| tills.count(till, it));
        assert_eq!(settled, [1, 1]);
    }
    assert_eq!(tills.pay(0, order).unwrap_err(), Code::OrderClosed);
}

#[test]
fn the_opener_needs_no_leave_and_the_arbiter_gives_itself_its_own() {
    let mut tills = Tills::open(2);
    let order = tills.order(1);
    tills.pay(1, order).unwrap();
    assert_eq!(tills.count(1, kind::PAYMENT_GRANTED), 0);
    let order = tills.order(1);
    tills.pay(0, order).unwrap();
    let settled = [kind::PAYMENT_ASKED, kind::PAYMENT_GRANTED].map(|it| tills.count(0, it));
    assert_eq!(settled, [0, 1]);
}

#[test]
fn one_role_one_term_and_no_more_entries_while_nothing_happens() {
    let mut tills = Tills::open(3);
    tills.pass(60_000);
    assert_eq!(tills.arbiters(), ["C1"; 3]);
    assert_eq!(tills.count(2, kind::ROLE_TAKEN), 1);
}

#[test]
fn two_that_hear_each_other_over_the_centre_alone_do_not_fight_for_the_role() {
    let mut tills = Tills::open(2);
    tills.apart.insert(1);
    tills.reach_centre = true;
    tills.pass(600_000);
    let taken = tills.count(1, kind::ROLE_TAKEN);
    assert!((3..24).contains(&taken), "{taken} terms in ten minutes");
    let order = tills.order(0);
    tills.pay_within(1, order, 5_000);
    tills.apart.clear();
    tills.pass(1_000);
    let last = tills.arbiters();
    assert_eq!(last[0], last[1]);
    assert!(!last[0].is_empty());
    let holder = usize::from(last[0] == "C2");
    tills.dead.insert(holder);
    tills.pass(5_000);
    assert_eq!(tills.arbiters(), [["C2"], ["C1"]][holder], "as soon as ever");
}

#[test]
fn when_the_arbiter_dies_another_answers_within_five_seconds() {
    let mut tills = Tills::open(3);
    let order = tills.order(0);
    tills.dead.insert(0);
    let took_ms = tills.pay_within(2, order, 5_000);
    assert!(3_000 <= took_ms, "after {took_ms} ms: it might live");
    assert_eq!(tills.arbiters(), ["C2"; 2]);
    assert_eq!(tills.count(2, kind::ROLE_TAKEN), 2);
}

#[test]
fn the_last_till_takes_the_role_and_the_money_of_an_order_of_a_dead_one() {
    let mut tills = Tills::open(2);
    let order = tills.order(0);
    tills.dead.insert(0);
    tills.pass(5_000);
    assert_eq!(tills.arbiters(), ["C2"]);
    tills.pay(1, order).unwrap();
}

#[test]
fn the_last_till_asks_nobody_once_the_other_was_declared_dead() {
    let mut tills = Tills::open(2);
    let order = tills.order(0);
    let key = tills.all[0].public_key().unwrap();
    tills.dead.insert(0);
    tills.pass(5_000);
    tills.all[1].shared().change(|it| it.peers.entry(key).or_default().silent(FRIDAY_19_10));
    tills.clock.advance_ms(60_000);
    let manager = Approval { manager: "RESP".into(), pin: "2580".into() };
    tills.run(1, Command::Mesh(MeshCommand::End { label: "C1".into(), manager })).unwrap();
    tills.pay(1, order).unwrap();
    assert_eq!(tills.count(1, kind::PAYMENT_GRANTED), 0);
}

#[test]
fn both_halves_of_a_shop_go_on_and_what_was_paid_twice_is_seen_by_both() {
    let mut tills = Tills::open(3);
    let (order, own) = (tills.order(1), tills.order(0));
    tills.apart = BTreeSet::from([0]);
    tills.pass(6_000);
    assert_eq!(tills.arbiters(), ["C1", "C2", "C2"]);
    assert_eq!(tills.pay_within(0, order, 1_000), 0, "it is the arbiter of its half");
    assert!(tills.pay_within(2, order, 5_000) <= 1_000);
    assert!(tills.pay_within(2, own, 5_000) <= 1_000);
    tills.apart.clear();
    tills.pass(1_000);
    assert_eq!(tills.arbiters(), ["C2"; 3], "the later term holds");
    for till in 0..3 {
        let card = tills.card(till, order);
        assert_eq!((card.tickets.len(), card.possible_double), (2, true), "till {till}");
        let card = tills.card(till, own);
        assert_eq!((card.tickets.len(), card.possible_double), (1, false), "till {till}");
    }
    // The old arbiter asks the new one now.
    let order = tills.order(2);
    assert_eq!(tills.pay(0, order).unwrap_err(), Code::PaymentAsked);
    assert!(tills.pay_within(0, order, 5_000) <= 1_000);
}

#[test]
fn whoever_has_leave_keeps_the_others_out_until_it_is_silent_or_two_minutes_are_over() {
    let mut tills = Tills::open(3);
    for dies in [true, false] {
        let order = tills.order(1);
        assert_eq!(tills.pay(2, order).unwrap_err(), Code::PaymentAsked);
        tills.pass(1_000);
        // It was given leave and has not used it.
        let elsewhere = Code::PaymentElsewhere { label: "C3".into() };
        assert_eq!(tills.pay(0, order).unwrap_err(), elsewhere);
        assert_eq!(tills.pay(1, order).unwrap_err(), elsewhere, "not the opener either");
        if dies {
            tills.dead.insert(2);
            tills.pass(5_000);
            tills.pay(0, order).unwrap();
            tills.dead.clear();
            tills.pass(1_000);
        } else {
            tills.pass(110_000);
            assert_eq!(tills.pay(1, order).unwrap_err(), elsewhere);
            tills.pass(15_000);
            tills.pay(1, order).unwrap();
        }
    }
}

#[test]
fn an_arbiter_that_lives_and_does_not_answer_loses_the_role() {
    let mut tills = Tills::open(2);
    let order = tills.order(0);
    let supervisor = Approval { manager: "RESP".into(), pin: "2580".into() };
    tills.run(0, Command::Training(TrainingCommand::Start { supervisor })).unwrap();
    let took_ms = tills.pay_within(1, order, 8_000);
    assert!((4_500..=6_000).contains(&took_ms), "{took_ms} ms");
    tills.pass(STEP_MS);
    assert_eq!(tills.arbiters()[1], "C2");
}

#[test]
fn an_ask_that_nobody_waits_for_any_more_is_not_answered() {
    let mut tills = Tills::open(3);
    let order = tills.order(1);
    tills.apart = BTreeSet::from([2]);
    assert_eq!(tills.pay(2, order).unwrap_err(), Code::PaymentAsked);
    tills.pass(3_000);
    // The arbiter is started anew, and finds the ask of before.
    tills.apart.clear();
    tills.bring(2, 0);
    tills.restart(0);
    tills.pass(3_000);
    assert_eq!(tills.count(0, kind::PAYMENT_GRANTED), 0);
    tills.pass(8_000);
    assert!(tills.pay_within(2, order, 8_000) <= 1_000, "it asks anew");
    assert_eq!(tills.count(2, kind::PAYMENT_ASKED), 2);
}

#[test]
fn a_resumed_order_of_another_till_needs_leave_as_well() {
    let mut tills = Tills::open(2);
    let order = tills.order(0);
    tills.run(1, Command::Resume { order }).unwrap();
    tills.run(1, Command::AddTyped { text: "REI".into() }).unwrap();
    let tenders = vec![Tender::cash(fiscal::Money::from_cents(5_000))];
    let pay = Command::TakePayment { order: None, tenders };
    assert_eq!(tills.run(1, pay.clone()).unwrap_err(), Code::PaymentAsked);
    tills.pass(1_000);
    let Reply::Paid(paid) = tills.run(1, pay).unwrap() else { panic!() };
    assert_eq!(paid.order, order);
}

#[test]
fn a_pc_that_slept_takes_nothing_before_it_has_listened() {
    let mut tills = Tills::open(2);
    // Nobody tends the second till for a minute, and then it wakes up.
    tills.at_ms += 60_000;
    let at_ms = tills.at_ms;
    tills.all[1].tend(at_ms).unwrap();
    tills.all[1].tend(at_ms + 3_000).unwrap();
    assert_eq!(tills.count(1, kind::ROLE_TAKEN), 1);
    tills.pass(10_000);
    assert_eq!(tills.count(1, kind::ROLE_TAKEN), 1);
}

#[test]
fn training_settles_nothing() {
    let mut tills = Tills::unsettled(2);
    let supervisor = Approval { manager: "RESP".into(), pin: "2580".into() };
    for till in 0..2 {
        let supervisor = supervisor.clone();
        tills.run(till, Command::Training(TrainingCommand::Start { supervisor })).unwrap();
    }
    tills.pass(10_000);
    let order = tills.order(0);
    tills.pay(0, order).unwrap();
    for kind in [kind::ROLE_TAKEN, kind::PAYMENT_ASKED, kind::PAYMENT_GRANTED] {
        assert_eq!(tills.count(0, kind), 0);
    }
}

#[test]
fn a_shop_of_one_till_settles_nothing() {
    let mut tills = Tills::unsettled(1);
    tills.pass(20_000);
    let order = tills.order(0);
    tills.pay(0, order).unwrap();
    assert_eq!(tills.count(0, kind::ROLE_TAKEN), 0);
    assert_eq!(tills.all[0].tend(60_000).unwrap(), None);
}

#[test]
fn what_an_older_program_kept_without_reading_it_is_noted_at_the_next_start() {
    let mut tills = Tills::open(2);
    let order = tills.order(0);
    assert_eq!(tills.pay(1, order).unwrap_err(), Code::PaymentAsked);
    tills.pass(1_000);
    let forget = |tx: &rusqlite::Transaction<'_>| {
        let tables = ["role_taken", "payment_asked", "payment_granted"];
        tables.iter().try_for_each(|it| tx.execute_batch(&format!("DELETE FROM {it}")))?;
        Ok::<_, StoreError>(())
    };
    tills.all[1].store().write(forget).unwrap();
    tills.restart(1);
    tills.pass(STEP_MS);
    assert_eq!(tills.arbiters(), ["C1"; 2]);
    tills.pay(1, order).unwrap();
}
