//! What is known ahead of the history, without threads: whatever arrives when, screens show the same
//! orders as with all of the history, and in the end nothing of it is left.

use crate::centre::Centre;
use crate::folding::{Journal, evening, fold, give, projections};
use crate::pc::{FRIDAY_19_10, Pc};
use domain::id::OrderId;
use journal::{Header, PublicKey, RawEntry, Signature};
use pos_api::{Command, Role};
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::Peer;
use pos_core::store::orders;
use proptest::prelude::*;
use replication::link::EarlyEnd;
use replication::{Push, Refusal, Reply, Request, Snapshot, SnapshotPage};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;

fn stranger() -> PublicKey {
    journal::SigningKey::from_secret(&[7; 32]).unwrap().public_key()
}

/// Somebody whose word is taken for who belongs to the shop.
fn peer() -> Peer {
    Peer { key: stranger(), is_centre: true }
}

/// A replica without a seat of its own, on a file that can be opened again.
struct Replica {
    folder: TempDir,
    it: Workstation,
}

impl Replica {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let it = open(&folder.path().join("replica.db"));
        Self { folder, it }
    }

    fn again(self) -> Self {
        let Self { folder, it } = self;
        drop(it);
        let it = open(&folder.path().join("replica.db"));
        Self { folder, it }
    }

    fn count(&self, query: &str) -> i64 {
        let file = rusqlite::Connection::open(self.folder.path().join("replica.db")).unwrap();
        file.query_row(query, [], |row| row.get(0)).unwrap()
    }

    fn early(&self) -> i64 {
        self.count("SELECT count(*) FROM early_entry")
    }

    fn tips(&self) -> i64 {
        self.count("SELECT count(*) FROM early_tip")
    }

    fn parked(&self) -> i64 {
        self.count("SELECT count(*) FROM alarm WHERE kind = 'parked'")
    }

    /// The orders that are open, each as it is folded.
    fn board(&mut self) -> Vec<String> {
        let told = self.it.store().read(|tx| {
            orders::open(tx)?
                .into_iter()
                .map(|id| {
                    let loaded = orders::load(tx, id)?;
                    let tickets: BTreeSet<_> =
                        loaded.tickets.iter().map(|it| it.signature.clone()).collect();
                    let due = loaded.order.due();
                    Ok(format!("{:?} {:?} {due:?} {tickets:?}", loaded.order, loaded.docket))
                })
                .collect::<Result<Vec<_>, pos_core::store::StoreError>>()
        });
        let mut told = told.unwrap();
        told.sort();
        told
    }

    fn page(&mut self, after: Option<Vec<u8>>) -> SnapshotPage {
        let reply = self.it.answer(peer(), Request::Snapshot(Snapshot { after }));
        let Reply::Snapshot(page) = reply else { panic!("{reply:?}") };
        page
    }

    fn pages(&mut self) -> Vec<SnapshotPage> {
        let mut pages = vec![self.page(None)];
        while let Some(after) = pages.last().unwrap().next.clone() {
            pages.push(self.page(Some(after)));
        }
        pages
    }

    fn takes(&mut self, pages: &[SnapshotPage]) -> Vec<EarlyEnd> {
        let ends = pages.iter().map(|page| self.it.store_snapshot(peer(), page).unwrap());
        ends.last().unwrap()
    }
}

fn open(path: &Path) -> Workstation {
    let clock = Arc::new(StoppedClock::at(FRIDAY_19_10));
    Workstation::open(path, clock, Box::new(SeededEntropy::new(5))).unwrap()
}

fn an_evening() -> &'static (Vec<Journal>, Vec<String>) {
    static EVENING: OnceLock<(Vec<Journal>, Vec<String>)> = OnceLock::new();
    EVENING.get_or_init(|| {
        let journals = evening();
        let expected = fold(&journals, &[]);
        (journals, expected)
    })
}

/// One that holds all of the evening but the last transactions of each journal.
fn giver(short: usize) -> Replica {
    let mut giver = Replica::new();
    for journal in &an_evening().0 {
        let held = journal.len().saturating_sub(short).max(1);
        give(&mut giver.it, stranger(), &journal[..held]);
    }
    giver
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_board_from_a_snapshot_is_that_of_the_history_and_the_end_is_the_same(
        before in prop::collection::vec((0_usize..4, 1_usize..8), 0..6),
        short in 0_usize..12,
        after in prop::collection::vec((0_usize..4, 1_usize..6, any::<bool>()), 0..60),
    ) {
        let (journals, expected) = an_evening();
        let mut giver = giver(short);
        let mut late = Replica::new();
        let mut at = vec![0; journals.len()];
        let deliver = |late: &mut Replica, at: &mut Vec<usize>, which: usize, count: usize| {
            let which = which % journals.len();
            let to = at[which].saturating_add(count).min(journals[which].len());
            give(&mut late.it, stranger(), &journals[which][at[which]..to]);
            at[which] = to;
        };
        for (which, count) in before {
            // No further than the giver, who would be asked for nothing then.
            let most = journals[which % journals.len()].len().saturating_sub(short).max(1);
            let room = most.saturating_sub(at[which % journals.len()]);
            deliver(&mut late, &mut at, which, count.min(room));
        }
        late.takes(&giver.pages());
        prop_assert_eq!(late.board(), giver.board());
        for (which, count, reopen) in after {
            deliver(&mut late, &mut at, which, count);
            if reopen && count == 1 {
                late = late.again();
            }
        }
        for which in 0..journals.len() {
            deliver(&mut late, &mut at, which, usize::MAX);
        }
        prop_assert_eq!((late.early(), late.tips(), late.parked()), (0, 0, 0));
        let Replica { folder, mut it } = late;
        prop_assert_eq!(&projections(folder.path(), &mut it), expected);
    }
}

#[test]
fn what_follows_a_snapshot_is_checked_from_the_end_that_it_proved() {
    let (journals, _) = an_evening();
    let mut giver = giver(4);
    let mut late = Replica::new();
    let ends = late.takes(&giver.pages());
    let mut followed = 0;
    for end in ends {
        let journal = journals.iter().find(|it| it[0].journal == end.journal).unwrap();
        let next = |it: &&Push| it.base == Some(end.end);
        let Some(push) = journal.iter().find(next) else { continue };
        let forged = Push { seal: Signature([1; 64]), ..push.clone() };
        let elsewhere = Push { base: journal[0].base, ..push.clone() };
        for wrong in [forged, elsewhere] {
            assert!(!late.it.follow_early(&wrong).unwrap());
        }
        assert!(late.it.follow_early(push).unwrap());
        assert!(!late.it.follow_early(push).unwrap(), "it ends elsewhere now");
        give(&mut giver.it, stranger(), std::slice::from_ref(push));
        followed += 1;
    }
    assert!(0 < followed);
    assert_eq!(late.board(), giver.board());
}

/// The same entry at the same place by somebody who may not write there: about an order of nobody's.
fn forged(entry: &RawEntry) -> (OrderId, RawEntry) {
    let order = OrderId([0xee; 16]);
    let mut header = Header::decode(&entry.header).unwrap();
    header.subject = Some(order.into());
    (order, RawEntry { header: header.encode(), body: entry.body.clone() })
}

#[test]
fn a_forged_entry_is_shown_until_its_journal_turns_out_not_to_hold_it() {
    let (journals, expected) = an_evening();
    let mut giver = giver(0);
    let mut pages = giver.pages();
    let opens = |it: &&RawEntry| {
        Header::decode(&it.header).is_some_and(|it| it.kind == domain::event::kind::OPENED)
    };
    let (order, entry) = forged(pages[0].entries.iter().find(opens).unwrap());
    pages[0].entries.push(entry);
    let mut late = Replica::new();
    late.takes(&pages);
    let shown = |late: &mut Replica| late.it.store().read(|tx| orders::load(tx, order)).unwrap();
    assert!(shown(&mut late).order.opening().is_some(), "whoever sent it belongs to the shop");
    late = late.again();
    for journal in journals {
        give(&mut late.it, stranger(), journal);
    }
    assert!(shown(&mut late).order.opening().is_none());
    assert_eq!((late.early(), late.tips(), late.parked()), (0, 0, 1));
    let Replica { folder, mut it } = late;
    let told = projections(folder.path(), &mut it);
    assert!(expected.iter().all(|it| told.contains(it)), "and nothing else is different");
}

#[test]
fn what_no_end_of_a_chain_covers_is_not_kept() {
    let mut giver = giver(0);
    let mut page = giver.page(None);
    let (tips, entries) = (page.tips.clone(), page.entries.clone());
    // An end whose seal is another's, one whose journal is another's, and entries of neither.
    page.tips[0].seal = tips[1].seal;
    page.tips[1].opening = tips[2].opening.clone();
    page.tips.truncate(2);
    page.next = None;
    let mut late = Replica::new();
    assert_eq!(late.takes(&[page]), []);
    assert_eq!((late.early(), late.tips()), (0, 0));

    // An entry after the end, one of a journal that nobody named, and bytes that are none.
    let last = tips.iter().find(|it| it.opening != it.last).unwrap().clone();
    let mut beyond = Header::decode(&last.last.header).unwrap();
    beyond.seq = beyond.seq.next();
    let body = entries[0].body.clone();
    let wrong = [
        RawEntry { header: beyond.encode(), body: None },
        RawEntry { header: vec![1], body: body.clone() },
        RawEntry { header: entries[0].header.clone(), body: Some(vec![1]) },
        RawEntry { header: entries[0].header.clone(), body: None },
    ];
    let page = SnapshotPage { tips: vec![last], entries: wrong.to_vec(), next: None };
    assert_eq!(late.takes(&[page]).len(), 1);
    assert_eq!(late.early(), 0);
}

#[test]
fn whoever_is_behind_itself_gives_no_snapshot_and_nobody_gives_one_from_nowhere() {
    let mut giver = giver(0);
    let mut late = Replica::new();
    late.takes(&giver.pages());
    let reply = late.it.answer(peer(), Request::Snapshot(Snapshot { after: None }));
    assert!(matches!(reply, Reply::Busy { .. }), "{reply:?}");
    let nowhere = Request::Snapshot(Snapshot { after: Some(vec![1, 2, 3]) });
    assert_eq!(giver.it.answer(peer(), nowhere), Reply::Refused(Refusal::Unreadable));
}

#[test]
fn a_level_peer_ends_it_even_where_an_end_is_never_reached() {
    // One life of each: how far the two lives of one go, and so whether one passes the other, is not
    // settled.
    let journals = &an_evening().0[..3];
    let mut giver = Replica::new();
    journals.iter().for_each(|journal| give(&mut giver.it, stranger(), journal));
    let mut late = Replica::new();
    late.takes(&giver.pages());
    for journal in journals {
        give(&mut late.it, stranger(), &journal[..journal.len() - 1]);
    }
    let other = Peer {
        key: journal::SigningKey::from_secret(&[9; 32]).unwrap().public_key(),
        is_centre: true,
    };
    late.it.caught_up(other).unwrap();
    assert!(0 < late.tips(), "the one that gave the snapshot may still be asked");
    late.it.caught_up(peer()).unwrap();
    assert_eq!((late.tips(), late.parked()), (0, 0), "what no chain has passed is kept");
}

#[test]
fn a_shop_with_much_open_is_told_page_by_page() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    for _ in 0..200 {
        till.run(Command::AddTyped { text: "MAR".into() });
        till.run(Command::SendToKitchen);
    }
    let pages = till.with(|it| {
        let mut pages: Vec<SnapshotPage> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.next.clone());
            let Reply::Snapshot(page) = it.answer(peer(), Request::Snapshot(Snapshot { after }))
            else {
                panic!()
            };
            let next = page.next.is_some();
            pages.push(page);
            if !next {
                return pages;
            }
        }
    });
    assert!(1 < pages.len(), "{}", pages.len());
    assert!(pages.iter().all(|page| Reply::Snapshot(page.clone()).check_limits().is_ok()));
    assert!(pages[1..].iter().all(|page| page.tips.is_empty()));
    let mut late = Replica::new();
    // The same page twice, and a break in the middle, change nothing.
    late.takes(&pages[..1]);
    late = late.again();
    late.takes(&pages);
    late.takes(&pages[1..]);
    assert_eq!(late.board().len(), 200);
}
