//! The anchor file as the one witness: what a till does that was set back, and what it costs a sale.

use crate::shop::FRIDAY_19_10;
use fiscal::Money;
use journal::{Opening, Seq, SigningKey, Started, Tip};
use pos_api::{Code, Command, Reply, Role, SetUp, Tender};
use pos_core::anchor::{Anchor, Found};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::{Holds, Peer, Signed};
use pos_core::store::alarms::{self, Alarm};
use pos_core::store::{StoreError, documents, journals, witnesses};
use pos_core::{Workstation, commands};
use replication::{Ack, RequestHash, open_reply, seal_reply};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

/// A till whose anchor file stands beside its data folder.
struct Till {
    disk: TempDir,
    seed: u64,
}

impl Till {
    fn new() -> Self {
        let till = Self { disk: tempfile::tempdir().unwrap(), seed: 1 };
        fs::create_dir(till.disk.path().join("data")).unwrap();
        let mut it = till.open();
        let set_up = SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        };
        commands::run(&mut it, Command::SetUp(set_up)).unwrap();
        till
    }

    fn file(&self) -> PathBuf {
        self.disk.path().join("data/ocpizza.db")
    }

    fn anchor(&self) -> PathBuf {
        self.disk.path().join("anchor")
    }

    fn open(&self) -> Workstation {
        let clock = Arc::new(StoppedClock::at(FRIDAY_19_10));
        let entropy = Box::new(SeededEntropy::new(self.seed));
        Workstation::open_anchored(&self.file(), &self.anchor(), clock, entropy).unwrap()
    }

    /// Another run, which sells so often; answers the tickets' numbers and where the journal stands.
    fn run(&mut self, sales: usize) -> (Vec<String>, Tip) {
        self.seed += 1;
        let mut till = self.open();
        let numbers = (0..sales).map(|_| sell(&mut till)).collect();
        (numbers, till.tip().unwrap())
    }

    fn copy(&self) -> Vec<u8> {
        fs::read(self.file()).unwrap()
    }

    fn restore(&self, copy: &[u8]) {
        fs::write(self.file(), copy).unwrap();
    }

    fn remember(&self) -> Remembered {
        let mut till = self.open();
        let (alarms, marks, event) = till
            .store()
            .read(|tx| {
                let event = documents::last_event(tx, ["RESTORE_DETECTED", "ANCHOR_MISMATCH"])?;
                Ok::<_, StoreError>((alarms::list(tx)?, witnesses::marks(tx)?, event))
            })
            .unwrap();
        Remembered { alarms, marks, event: event.map(|(symbol, _)| symbol) }
    }
}

struct Remembered {
    alarms: Vec<alarms::Raised>,
    marks: Vec<pos_core::anchor::Mark>,
    event: Option<String>,
}

fn sell(till: &mut Workstation) -> String {
    let pin = Command::SignIn { operator: "RESP".into(), pin: "2580".into() };
    commands::run(till, pin).unwrap();
    commands::run(till, Command::AddTyped { text: "MAR".into() }).unwrap();
    let tenders = vec![Tender::cash(Money::from_cents(5_000))];
    let Ok(Reply::Paid(paid)) = commands::run(till, Command::TakePayment { order: None, tenders })
    else {
        panic!()
    };
    paid.ticket
}

fn entries(till: &mut Workstation, tip: Tip) -> Vec<(journal::Kind, Vec<u8>)> {
    let read = till.store().read(|tx| {
        journals::read_after(tx, tip.journal, journals::Branch::ORDINARY, Seq(0), 1_000)
    });
    let rows: Vec<_> = read.unwrap();
    rows.into_iter()
        .map(|(raw, _)| {
            let entry = journal::read(&raw).unwrap();
            (entry.header.kind, raw.body.unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_till_that_was_set_back_goes_on_in_a_new_journal_before_it_sells() {
    let mut till = Till::new();
    let (before, _) = till.run(2);
    let copy = till.copy();
    let (lost, known) = till.run(5);
    let totals = till.remember().marks[0];
    let known_now = totals.tip;
    assert!(known.seq < known_now.seq);

    till.restore(&copy);
    let (after, tip) = till.run(3);
    assert_ne!(tip.journal, known.journal);
    let mut numbers: Vec<_> = before.iter().chain(&lost).chain(&after).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 10, "{numbers:?}");

    let mut it = till.open();
    let written = entries(&mut it, tip);
    let opening = Opening::decode(&written[0].1).unwrap();
    assert!(opening.continues.contains(&known_now), "{opening:?}");
    assert_eq!(opening.continues.len(), 2, "the end that is here, and the one that is known");
    let first_sale = written.iter().position(|(kind, _)| *kind == fiscal::kind::TICKET).unwrap();
    let events = &written[..first_sale];
    assert!(
        events.iter().any(|(_, body)| String::from_utf8_lossy(body).contains("RESTORE_DETECTED"))
    );
    drop(it);

    let after = till.remember();
    assert_eq!(after.event.as_deref(), Some("RESTORE_DETECTED"));
    assert_eq!(after.alarms.len(), 1);
    assert_eq!(after.alarms[0].kind, Alarm::Restored);
    let mark = after.marks.iter().find(|mark| mark.tip.journal == tip.journal).unwrap();
    let margherita = totals.perpetual_algebraic.cents() / 7;
    assert_eq!(mark.perpetual_algebraic.cents(), 10 * margherita, "no total falls");
}

#[test]
fn a_till_whose_anchor_is_behind_or_level_goes_on_in_its_journal() {
    let mut till = Till::new();
    let (_, first) = till.run(1);
    let anchor = fs::read(till.anchor()).unwrap();
    let (_, second) = till.run(2);
    fs::write(till.anchor(), anchor).unwrap();
    let (_, third) = till.run(1);
    assert_eq!([first.journal; 2], [second.journal, third.journal]);
    let remembered = till.remember();
    assert!(remembered.alarms.is_empty());

    let mut it = till.open();
    let started = entries(&mut it, third);
    let last = started.iter().rfind(|(kind, _)| *kind == journal::kind::STARTED).unwrap();
    let started = Started::decode(&last.1).unwrap();
    assert_eq!(started.witnesses, [remembered.marks[0].tip], "what the anchor said");
}

#[test]
fn an_anchor_that_is_gone_or_altered_is_told_and_stops_nothing() {
    let mut till = Till::new();
    let (_, first) = till.run(1);
    fs::remove_file(till.anchor()).unwrap();
    let (_, second) = till.run(1);
    assert_eq!(first.journal, second.journal);
    let raised = till.remember();
    assert_eq!(raised.alarms.len(), 1);
    assert_eq!(raised.alarms[0].kind, Alarm::Anchor);
    assert_eq!(raised.event.as_deref(), Some("ANCHOR_MISMATCH"));

    let text = fs::read_to_string(till.anchor()).unwrap();
    let key = till.open().public_key().unwrap();
    let anchor = Anchor::at(Some(till.anchor()));
    for altered in [
        text.replacen("# perpetual", "# perpetual ", 1),
        text[..text.len() / 2].to_owned(),
        String::new(),
        text.replace(':', ";"),
    ] {
        fs::write(till.anchor(), altered).unwrap();
        assert_eq!(anchor.read(&key), Found::Unreadable);
    }
    let (_, third) = till.run(1);
    assert_eq!(first.journal, third.journal);
    assert_eq!(till.remember().alarms.len(), 2);
}

#[test]
fn a_manager_takes_note_of_a_restored_file_once() {
    let mut till = Till::new();
    let copy = till.copy();
    till.run(1);
    till.restore(&copy);
    till.run(0);
    let raised = till.remember().alarms;
    let mut it = till.open();
    let forks = |it: &mut Workstation| it.store().read(alarms::forks).unwrap();
    assert_eq!(forks(&mut it), 1);
    it.acknowledge(raised[0].alarm, "LB").unwrap();
    assert_eq!(forks(&mut it), 0);
    let again = it.acknowledge(raised[0].alarm, "LB").unwrap_err();
    assert_eq!(again.code(), Code::NoSuchAlarm);
    let noted = it.store().read(alarms::list).unwrap();
    assert_eq!(noted[0].acknowledged, Some(("LB".to_owned(), FRIDAY_19_10)));
    let event = it.store().read(|tx| documents::last_event(tx, ["RESTORE_ACKNOWLEDGED"; 2]));
    assert!(event.unwrap().is_some());
}

#[test]
fn what_the_centre_signed_is_kept_as_it_came_the_furthest_of_each_journal() {
    let mut till = Till::new();
    let (_, first) = till.run(1);
    let (_, second) = till.run(1);
    let mut it = till.open();
    let key = SigningKey::from_secret(&[7; 32]).unwrap();
    let centre = Peer { key: key.public_key(), is_centre: true };
    for tip in [first, second, first] {
        let reply = replication::Reply::Ack(Ack { tip });
        let asked = RequestHash::of(b"asked");
        let envelope = seal_reply(&key, asked, FRIDAY_19_10, reply.encode()).unwrap();
        let signed = Signed::of(&reply, envelope);
        it.note_peer_holds(centre, &Holds { tips: vec![tip], is_all: false }, signed).unwrap();
    }
    let kept = it.store().read(witnesses::attestations).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].tip, second);
    let opened = open_reply(&kept[0].envelope, |it| *it == centre.key, RequestHash::of(b"asked"));
    let said = replication::Reply::decode(&opened.unwrap().body).unwrap();
    assert_eq!(said, replication::Reply::Ack(Ack { tip: second }));
}

#[test]
fn an_anchor_file_is_readable_by_lines_and_no_unfinished_one_is_left() {
    let mut till = Till::new();
    let (_, tip) = till.run(1);
    let text = fs::read_to_string(till.anchor()).unwrap();
    let line = format!("{}:{}:{}", tip.journal.hex(), tip.seq.0, tip.hash.hex());
    assert!(text.lines().any(|it| it == line), "{text}");
    let others = text.lines().filter(|it| !it.starts_with('#')).count();
    assert_eq!(others, 1);
    let mut left: Vec<_> =
        fs::read_dir(till.disk.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["anchor", "data"]);
    assert_eq!(
        pos_core::anchor::beside(Path::new("/var/lib/ocpizza")),
        Path::new("/var/lib/ocpizza.anchor")
    );
}
