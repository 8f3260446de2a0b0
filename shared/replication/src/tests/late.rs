//! One link whose peer holds far more than is here.

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use journal::{EntryHash, JournalId, RawEntry, Seq, Signature, Tip};

use super::asking::{Table, welcome};
use crate::link::{Ask, EarlyEnd, Effect, Grant, Input, LATE_ENTRIES, STOPPED_MS, State};
use crate::{Entries, Place, Pull, Refusal, Reply, Request, Rewind, SnapshotPage};

/// A place in a long journal, which nobody has to write for this.
pub(super) fn place(seq: u64) -> Place {
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&seq.to_be_bytes());
    Place { seq: Seq(seq), hash: EntryHash(hash) }
}

pub(super) fn journal(name: u8) -> JournalId {
    JournalId([name; 32])
}

pub(super) fn tip(name: u8, seq: u64) -> Tip {
    place(seq).in_journal(journal(name))
}

pub(super) fn entry(byte: u8) -> RawEntry {
    RawEntry { header: vec![byte], body: None }
}

fn page(next: Option<u8>) -> SnapshotPage {
    SnapshotPage { tips: vec![], entries: vec![], next: next.map(|it| vec![it]) }
}

pub(super) fn end(name: u8, checkpoint: u64, seq: u64) -> EarlyEnd {
    EarlyEnd { journal: journal(name), checkpoint: place(checkpoint), end: place(seq) }
}

impl Table {
    pub(super) fn late(&self) -> Option<(Ask, u64)> {
        self.find(
            |it| {
                if let Effect::Late { ask, behind } = it { Some((*ask, *behind)) } else { None }
            },
        )
    }

    /// The link is far behind, and is the one that asks.
    pub(super) fn asks(&mut self, tips: Vec<Tip>) -> &mut Self {
        self.up(tips);
        let (ask, _) = self.late().expect("it is far behind");
        self.feed(Input::Granted { ask, grant: Grant::Ask })
    }

    /// What was asked of a snapshot: from where on.
    pub(super) fn fetches(&self) -> Option<(Ask, Option<Vec<u8>>)> {
        self.find(|it| {
            if let Effect::Send { ask, request: Request::Snapshot(it) } = it {
                Some((*ask, it.after.clone()))
            } else {
                None
            }
        })
    }

    pub(super) fn pulls(&self) -> Vec<(Ask, Pull)> {
        let pull = |it: &Effect| {
            if let Effect::Send { ask, request: Request::Pull(pull) } = it {
                Some((*ask, *pull))
            } else {
                None
            }
        };
        self.effects.iter().filter_map(pull).collect()
    }

    pub(super) fn gives_up(&self) -> bool {
        self.effects.contains(&Effect::LateNoMore)
    }

    fn stores(&self) -> Ask {
        let it = |it: &Effect| {
            if let Effect::StoreSnapshot { ask, .. } = it { Some(*ask) } else { None }
        };
        self.find(it).expect("the page is stored")
    }

    /// All of a snapshot of one page came, and it ends there.
    pub(super) fn fetched(&mut self, ends: Vec<EarlyEnd>) -> &mut Self {
        let (ask, _) = self.fetches().expect("a snapshot is asked for");
        self.reply(ask, Reply::Snapshot(page(None)));
        let ask = self.stores();
        self.feed(Input::SnapshotStored { ask, ends: Some(ends) })
    }
}

#[test]
fn who_is_a_little_behind_asks_for_the_history_alone() {
    let mut table = Table::new();
    table.up(vec![tip(1, LATE_ENTRIES)]);
    assert_eq!(table.late(), None);
    assert_eq!(table.pulls().len(), 1);
    let mut table = Table::new();
    table.up(vec![tip(1, LATE_ENTRIES / 2 + 1), tip(2, LATE_ENTRIES / 2)]);
    assert!(table.late().is_some_and(|(_, behind)| behind == LATE_ENTRIES + 1));
}

#[test]
fn pages_come_one_after_another_and_before_the_history() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000), tip(2, 5_000)]);
    let (first, after) = table.fetches().unwrap();
    assert_eq!(after, None);
    table.reply(first, Reply::Snapshot(page(Some(3))));
    let stored = table.stores();
    assert_eq!(table.pulls(), vec![]);
    table.feed(Input::SnapshotStored { ask: stored, ends: Some(vec![end(1, 5_000, 5_000)]) });
    let (_, after) = table.fetches().unwrap();
    assert_eq!(after, Some(vec![3]));
    table.fetched(vec![end(1, 5_000, 5_000), end(2, 5_000, 5_000)]);
    assert_eq!(table.fetches(), None);
    let pulls = table.pulls();
    assert_eq!(pulls.len(), 1, "the history comes, one journal at a time: {pulls:?}");
    assert_eq!(pulls[0].1.after, None, "from its beginning");
}

#[test]
fn what_happens_now_is_pulled_from_the_end_that_was_proved() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]).fetched(vec![end(1, 5_000, 5_000)]);
    // The history is on its way, and something happens there.
    let pull = |from| Pull { tip: tip(1, 5_002), after: Some(place(from)), limit: 500 };
    table.poked(vec![tip(1, 5_002)]);
    let [(ask, asked)] = table.pulls()[..] else { panic!("{:?}", table.pulls()) };
    assert_eq!(asked, pull(5_000));
    let entries = vec![entry(1), entry(2)];
    let last = Place { seq: Seq(5_002), hash: entry(2).hash() };
    let seal = Some(Signature([0; 64]));
    let tip = last.in_journal(journal(1));
    table.reply(ask, Reply::Entries(Entries { entries, seal, tip }));
    let kept = table.find(|it| {
        if let Effect::Follow { ask, push } = it {
            Some((*ask, push.base, push.entries.len()))
        } else {
            None
        }
    });
    let (ask, base, count) = kept.expect("it is kept");
    assert_eq!((base, count), (Some(place(5_000)), 2));
    table.feed(Input::Followed { ask, kept: true });
    table.poked(vec![Tip { seq: Seq(5_003), ..tip }]);
    assert!(table.pulls().iter().any(|(_, pull)| pull.after == Some(last)), "on from there");
}

#[test]
fn what_is_not_believed_is_not_followed() {
    for answer in [
        Reply::Rewind(Rewind { tip: None }),
        Reply::Entries(Entries {
            entries: vec![entry(1)],
            seal: Some(Signature([0; 64])),
            tip: tip(1, 5_001),
        }),
    ] {
        let mut table = Table::new();
        table.asks(vec![tip(1, 5_000)]).fetched(vec![end(1, 5_000, 5_000)]);
        table.poked(vec![tip(1, 5_001)]);
        let (ask, _) = table.pulls()[0];
        table.reply(ask, answer);
        let follow =
            table.find(|it| if let Effect::Follow { ask, .. } = it { Some(*ask) } else { None });
        if let Some(ask) = follow {
            table.feed(Input::Followed { ask, kept: false });
        }
        table.wait(60_000).poked(vec![tip(1, 5_002)]);
        assert!(table.pulls().iter().all(|(_, pull)| pull.after.is_none()), "{:?}", table.pulls());
    }
}

#[test]
fn an_end_that_the_history_has_reached_is_the_histories_own() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]).fetched(vec![end(1, 5_000, 5_000)]);
    table.feed(Input::LocalTips { journal: journal(1), tips: vec![place(5_000)] });
    assert!(table.gives_up(), "another link may, if there is need");
    table.poked(vec![tip(1, 5_001)]);
    let follows = table.effects.iter().any(|it| matches!(it, Effect::Follow { .. }));
    assert!(!follows && table.late().is_none());
}

#[test]
fn one_of_several_links_asks_and_the_others_ask_again_whether_they_may() {
    let mut table = Table::new();
    table.up(vec![tip(1, 5_000)]);
    let (ask, _) = table.late().unwrap();
    table.feed(Input::Granted { ask, grant: Grant::No });
    assert_eq!(table.fetches(), None);
    table.wait(1_999);
    assert_eq!(table.late(), None);
    table.wait(1_001);
    let (ask, _) = table.late().expect("again");
    // The snapshot came by another link, which is gone: this one follows.
    table.feed(Input::Granted { ask, grant: Grant::Follow(vec![end(1, 4_990, 4_995)]) });
    assert_eq!(table.fetches(), None);
    assert!(table.pulls().iter().any(|(_, pull)| pull.after == Some(place(4_995))));
}

#[test]
fn an_old_snapshot_that_too_much_followed_is_asked_for_anew() {
    let mut table = Table::new();
    table.up(vec![tip(1, 9_000)]);
    let (ask, _) = table.late().unwrap();
    table.feed(Input::Granted { ask, grant: Grant::Follow(vec![end(1, 5_000, 5_000)]) });
    assert!(table.fetches().is_some());
}

#[test]
fn a_peer_that_cannot_is_gone_on_without() {
    let refusals = [Reply::Unknown { number: 9 }, Reply::Refused(Refusal::NotAllowed)];
    for refusal in refusals {
        let mut table = Table::new();
        table.asks(vec![tip(1, 5_000)]);
        let (ask, _) = table.fetches().unwrap();
        table.reply(ask, refusal);
        assert!(table.gives_up());
        assert_eq!(table.pulls().len(), 1, "the history comes");
        table.wait(STOPPED_MS * 2);
        assert_eq!(table.late(), None, "and it is not asked again");
    }
    // One that is behind itself, whose disk fails, or that is silent, is asked again.
    for answer in [Reply::Busy { retry_ms: 5_000 }, Reply::Refused(Refusal::Failed)] {
        let mut table = Table::new();
        table.asks(vec![tip(1, 5_000)]);
        let (ask, _) = table.fetches().unwrap();
        table.reply(ask, answer);
        assert!(table.gives_up());
        assert_eq!(table.pulls().len(), 1);
        let asked = (0..20).any(|_| table.wait(500).late().is_some());
        assert!(asked);
    }
}

#[test]
fn a_disk_that_fails_lets_another_link_try() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]);
    let (ask, _) = table.fetches().unwrap();
    table.reply(ask, Reply::Snapshot(page(None)));
    let ask = table.stores();
    table.feed(Input::SnapshotStored { ask, ends: None });
    assert!(table.gives_up());
}

#[test]
fn a_snapshot_that_breaks_off_is_asked_for_again() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]);
    table.feed(Input::Disconnected);
    assert!(matches!(table.link.state(), State::Offline { .. }));
    table.wait(60_000);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, welcome(vec![tip(1, 5_000)]));
    assert!(table.late().is_some());
}

#[test]
fn who_may_write_is_known_before_anything_is_believed() {
    let mut table = Table::new();
    table.link.come_first(journal(9));
    table.up(vec![tip(1, 5_000), tip(9, 40)]);
    assert_eq!(table.late(), None);
    let (ask, pull) = table.pulls()[0];
    assert_eq!(pull.tip.journal, journal(9), "before the others");
    table.feed(Input::LocalTips { journal: journal(9), tips: vec![place(40)] });
    table.reply(ask, Reply::Entries(Entries { entries: vec![], seal: None, tip: tip(9, 40) }));
    assert!(table.late().is_some());
}
