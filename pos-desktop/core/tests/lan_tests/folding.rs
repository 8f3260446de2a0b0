//! Invariant J7: whatever arrives when, every projection comes out the same.

use crate::centre::Centre;
use crate::pc::{FRIDAY_19_10, Pc};
use domain::order::Reason;
use fiscal::vat::Mode;
use journal::{MAX_BATCH_ENTRIES, PublicKey, RawEntry, Seq};
use pos_api::{BasketEdit, Command, KitchenStep, Reply, Role};
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::Peer;
use pos_core::store::journals::{self, Branch};
use pos_core::store::orders;
use proptest::prelude::*;
use replication::{Place, Push};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// One journal as its writer sealed it, transaction by transaction.
pub(crate) type Journal = Vec<Push>;

/// The own journal of a workstation.
fn journal_of(pc: &Pc) -> Journal {
    pc.with(|it| {
        let tip = it.tip().unwrap();
        let rows = it.store().read(|tx| {
            journals::read_after(tx, tip.journal, Branch::ORDINARY, Seq(0), MAX_BATCH_ENTRIES)
        });
        let mut pushes = Vec::new();
        let mut open: Vec<RawEntry> = Vec::new();
        let mut base = None;
        for (seq, (entry, seal)) in (1..).zip(rows.unwrap()) {
            let here = Place { seq: Seq(seq), hash: entry.hash() };
            open.push(entry);
            if let Some(seal) = seal {
                let entries = std::mem::take(&mut open);
                pushes.push(Push { journal: tip.journal, base, entries, seal });
                base = Some(here);
            }
        }
        assert_eq!(base, Some(Place::of(tip)), "an evening fits in one message");
        pushes
    })
}

/// Gives `to` what `from` wrote.
fn tell(from: &Pc, to: &Pc) {
    let journal = journal_of(from);
    let key = from.with(|it| it.public_key().unwrap());
    to.with(move |it| give(it, key, &journal));
}

pub(crate) fn give(to: &mut Workstation, key: PublicKey, pushes: &[Push]) {
    for push in pushes {
        let reply = to.append_pulled(Peer { key, is_centre: true }, push);
        let taken = matches!(reply, replication::Reply::Ack(_) | replication::Reply::Fork(_));
        assert!(taken, "{reply:?}");
    }
}

fn order(reply: &Reply) -> domain::id::OrderId {
    let (Reply::Order { order, .. } | Reply::Paid(pos_api::PaidView { order, .. })) = reply else {
        panic!("{reply:?}")
    };
    *order
}

/// A busy half hour at two tills and in the kitchen, and the second life of one till's copied disk.
pub(crate) fn evening() -> Vec<Journal> {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let two = Pc::new(&mut centre, "C2", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    let all = [&one, &two, &kitchen];
    let meet = || {
        for from in all {
            all.iter().filter(|to| !std::ptr::eq(**to, from)).for_each(|to| tell(from, to));
        }
    };
    let step = |order, step| kitchen.run(Command::Kitchen { order, line: None, step });

    let mut open = Vec::new();
    for (index, text) in (0..).zip(["MAR", "REI G; COC", "MAR/4FR S -BAS; 20h", "2 4FR", "COC"]) {
        let till = if index % 2 == 0 { &one } else { &two };
        till.clock.advance_ms(60_000);
        till.run(Command::AddTyped { text: text.into() });
        let sent = if index == 3 { Command::Hold } else { Command::SendToKitchen };
        open.push(order(&till.run(sent)));
    }
    meet();
    step(open[0], KitchenStep::Seen);
    step(open[0], KitchenStep::Start);
    step(open[1], KitchenStep::Start);
    kitchen.run(Command::UndoKitchen);
    // Meanwhile, unknown to the kitchen and to one another:
    two.run(Command::CancelOrder { order: open[0], reason: Reason::ChangedMind });
    for till in [&one, &two] {
        till.pay(Some(open[1]), 9_000);
    }
    one.run(Command::Resume { order: open[3] });
    one.run(Command::AddTyped { text: "MAR".into() });
    one.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)));
    one.pay(None, 20_000);
    meet();
    step(open[3], KitchenStep::Start);
    step(open[3], KitchenStep::Ready);
    step(open[0], KitchenStep::Acknowledge);
    meet();
    one.run(Command::HandOver { order: open[3] });
    two.sell("COC");

    // The disk of C2 is copied, and both copies sell.
    let mut journals = vec![journal_of(&one), journal_of(&kitchen)];
    let disk = two.end();
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(disk.path()).unwrap() {
        let file = file.unwrap();
        // The copies that stand in a folder beside are nobody's disk here.
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    for (folder, seed, text) in [(disk, 31, "MAR"), (copy, 32, "REI G")] {
        let life = Pc::on(folder, seed);
        life.clock.advance_ms(600_000 + i64::try_from(seed).unwrap());
        life.pay(Some(open[2]), 9_000);
        life.sell(text);
        journals.push(journal_of(&life));
    }
    journals
}

/// What every screen is made of: the tables, and each order folded.
pub(crate) fn projections(folder: &Path, replica: &mut Workstation) -> Vec<String> {
    let file = rusqlite::Connection::open(folder.join("replica.db")).unwrap();
    let mut told = Vec::new();
    for query in [
        "SELECT hex(order_id), open, opened_ms, changed_ms FROM shop_order ORDER BY 1",
        "SELECT number, hex(journal), seq, hex(order_id), business_date, total_cents
           FROM ticket ORDER BY 1, 2, 3, 4",
        "SELECT kind, hex(journal), seq FROM alarm ORDER BY 1, 2, 3",
    ] {
        let mut statement = file.prepare(query).unwrap();
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| {
            (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect()
        });
        let rows: Vec<Vec<_>> = rows.unwrap().collect::<Result<_, _>>().unwrap();
        told.extend(rows.iter().map(|row| format!("{row:?}")));
    }
    let mut statement = file.prepare("SELECT order_id FROM shop_order ORDER BY 1").unwrap();
    let ids: Vec<[u8; 16]> =
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for id in ids {
        let loaded = replica.store().read(|tx| orders::load(tx, domain::id::OrderId(id))).unwrap();
        let tickets: BTreeSet<_> = loaded.tickets.iter().map(|it| it.signature.clone()).collect();
        told.push(format!("{:?} {:?} {tickets:?}", loaded.order, loaded.docket));
    }
    told
}

/// Delivers journals as `order` says: which journal, how many transactions in one message, and how
/// many of those before are sent once more. What is left comes at the end.
pub(crate) fn fold(journals: &[Journal], order: &[(usize, usize, usize)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(StoppedClock::at(FRIDAY_19_10));
    let path = folder.path().join("replica.db");
    let mut replica = Workstation::open(&path, clock, Box::new(SeededEntropy::new(5))).unwrap();
    let key = journal::SigningKey::from_secret(&[7; 32]).unwrap().public_key();
    let mut at = vec![0; journals.len()];
    let rest = (0..journals.len()).map(|which| (which, usize::MAX, 0));
    for (which, count, again) in order.iter().copied().chain(rest) {
        let which = which % journals.len();
        let pushes = &journals[which];
        let from = at[which] - again.min(at[which]);
        let to = at[which].saturating_add(count).min(pushes.len());
        if from < to {
            let entries = pushes[from..to].iter().flat_map(|it| it.entries.clone()).collect();
            let Push { journal, base, .. } = pushes[from];
            give(&mut replica, key, &[Push { journal, base, entries, seal: pushes[to - 1].seal }]);
            at[which] = to;
        }
    }
    projections(folder.path(), &mut replica)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_arrives_when_the_projections_are_the_same(
        order in prop::collection::vec((0_usize..4, 1_usize..6, 0_usize..4), 0..60),
    ) {
        static EVENING: OnceLock<(Vec<Journal>, Vec<String>)> = OnceLock::new();
        let (journals, expected) = EVENING.get_or_init(|| {
            let journals = evening();
            let expected = fold(&journals, &[]);
            (journals, expected)
        });
        prop_assert!(expected.len() > 15, "{expected:?}");
        prop_assert_eq!(&fold(journals, &order), expected);
    }
}
