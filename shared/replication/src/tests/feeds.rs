//! Cards both ways and blobs, over one link that is played by hand.

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use journal::BlobHash;

use super::asking::Table;
use crate::link::{
    Alarm, Ask, BlobOutcome, Effect, Input, NoReply, REQUEST_TIMEOUT_MS, STOPPED_MS, State,
};
use crate::{BlobPart, CardRecord, Cards, CardsPage, Poke, Refusal, Reply, Request, Welcome};

const SHA256: BlobHash = BlobHash([5; 32]);

/// The peer's list ends at `cards`, and mine is merged there up to `cards_merged`.
fn welcome(cards: u64, cards_merged: Option<u64>) -> Reply {
    Reply::Welcome(Welcome { protocol: 1, tips: vec![], cards, time_ms: 0, flags: 0, cards_merged })
}

fn page(positions: RangeInclusive<u64>, through: u64, more: bool) -> CardsPage {
    let records = positions.map(|position| CardRecord { position, card: vec![1] }).collect();
    CardsPage { records, through, more, after: None }
}

fn nothing_up_to(through: u64) -> CardsPage {
    CardsPage { records: vec![], through, more: false, after: None }
}

fn card_ask(it: &Effect) -> Option<(Ask, u64)> {
    if let Effect::Send { ask, request: Request::Cards(Cards { after }) } = it {
        Some((*ask, *after))
    } else {
        None
    }
}

fn card_push(it: &Effect) -> Option<(Ask, CardsPage)> {
    if let Effect::Send { ask, request: Request::CardsPush(page) } = it {
        Some((*ask, page.clone()))
    } else {
        None
    }
}

fn card_read(it: &Effect) -> Option<(Ask, u64)> {
    if let Effect::ReadCards { ask, after } = it { Some((*ask, *after)) } else { None }
}

fn card_store(it: &Effect) -> Option<(Ask, CardsPage)> {
    if let Effect::StoreCards { ask, page } = it { Some((*ask, page.clone())) } else { None }
}

fn blob_ask(it: &Effect) -> Option<(Ask, u64)> {
    if let Effect::Send { ask, request: Request::Blob(blob) } = it {
        Some((*ask, blob.offset))
    } else {
        None
    }
}

fn blob_store(it: &Effect) -> Option<Ask> {
    if let Effect::StoreBlob { ask, .. } = it { Some(*ask) } else { None }
}

fn alarms(table: &Table) -> Vec<Alarm> {
    let alarm = |it: &Effect| if let Effect::Alarm(alarm) = it { Some(*alarm) } else { None };
    table.effects.iter().filter_map(alarm).collect()
}

impl Table {
    fn met(&mut self, welcome: Reply) -> &mut Self {
        self.feed(Input::Connected);
        let hello = self.sent(|it| matches!(it, Request::Hello(_)));
        self.reply(hello, welcome)
    }

    /// A page of mine is read from the disk and is on its way.
    fn pushes_cards(&mut self) -> Ask {
        let (ask, _) = self.find(card_read).expect("cards are read");
        self.feed(Input::CardsRead { ask, page: Some(page(1..=4, 4, false)) });
        self.find(card_push).expect("they are pushed").0
    }
}

#[test]
fn cards_come_page_after_page() {
    let mut table = Table::with_cards(2, 0);
    table.met(welcome(9, None));
    for (after, through, more) in [(2, 4, true), (4, 9, false)] {
        let (ask, from) = table.find(card_ask).expect("the rest is asked for");
        assert_eq!(from, after);
        table.reply(ask, Reply::Cards(page(after + 1..=through, through, more)));
        let (ask, stored) = table.find(card_store).expect("a page is merged");
        assert_eq!((stored.after, stored.through), (Some(after), through));
        assert!(matches!(table.link.state(), State::Working { .. }));
        table.feed(Input::CardsStored { ask, stored: true });
    }
    assert_eq!(table.link.state(), State::Level);
    // The list of a peer that said more than it has ends where it ends.
    table.feed(Input::Poked(Poke { tips: vec![], cards: 12 }));
    let (ask, _) = table.find(card_ask).unwrap();
    table.reply(ask, Reply::Cards(nothing_up_to(9)));
    assert_eq!(table.link.state(), State::Level);
}

#[test]
fn a_page_that_leads_nowhere_is_not_asked_for_at_once() {
    let mut table = Table::with_cards(2, 0);
    table.met(welcome(9, None));
    let (ask, _) = table.find(card_ask).unwrap();
    table.reply(ask, Reply::Cards(page(1..=2, 2, true)));
    assert_eq!(table.find(card_store), None);
    let (waited, (_, after)) = table.until(&welcome(9, None), card_ask).unwrap();
    assert!((500..=1_050).contains(&waited), "{waited} ms");
    assert_eq!(after, 2);
}

#[test]
fn a_feed_that_is_refused_says_so_and_no_other_waits_for_a_minute() {
    let mut table = Table::with_cards(2, 0);
    table.met(welcome(9, None));
    assert_eq!(table.link.silent_until_ms(), None, "it listens");
    let (ask, _) = table.find(card_ask).unwrap();
    table.reply(ask, Reply::Refused(Refusal::NotAllowed));
    assert_eq!(alarms(&table), [Alarm::Refused { journal: None, why: Refusal::NotAllowed }]);
    assert_eq!(table.link.silent_until_ms(), None, "people are told");
    assert!(table.link.feeds_stopped());

    let mut table = Table::with_cards(2, 0);
    table.met(welcome(9, None));
    let (ask, _) = table.find(card_ask).unwrap();
    table.reply(ask, Reply::Refused(Refusal::Failed));
    let until = table.link.silent_until_ms().expect("it tries again");
    assert!((table.now..table.now + 60_000).contains(&until), "{until}");
    let listens = Table::new().link.silent_until_ms();
    assert_eq!(listens, None, "not connected yet");
}

#[test]
fn what_waits_for_a_better_time_tries_at_once_when_that_is_said_to_have_come() {
    let mut table = Table::with_cards(2, 0);
    table.met(welcome(9, None));
    let (ask, _) = table.find(card_ask).unwrap();
    table.reply(ask, Reply::Refused(Refusal::Failed));
    assert_eq!(table.find(card_ask), None);
    table.feed(Input::Connected);
    let (ask, _) = table.find(card_ask).expect("it tries now");
    // What is refused for good waits on: people were told.
    table.reply(ask, Reply::Refused(Refusal::NotAllowed));
    table.feed(Input::Connected);
    assert_eq!(table.find(card_ask), None);
}

#[test]
fn a_disk_that_fails_is_tried_again() {
    let mut table = Table::new();
    table.feed(Input::LocalCards { end: 4 }).met(welcome(9, None));
    let (asked, (read, _)) = (table.find(card_ask).unwrap(), table.find(card_read).unwrap());
    table.feed(Input::CardsRead { ask: read, page: None });
    let (waited, (read, after)) = table.until(&welcome(9, None), card_read).unwrap();
    assert!((500..=1_050).contains(&waited), "{waited} ms");
    assert_eq!(after, 0);
    table.reply(asked.0, Reply::Cards(page(1..=9, 9, false)));
    let (ask, _) = table.find(card_store).unwrap();
    table.feed(Input::CardsStored { ask, stored: false });
    let (_, (_, after)) = table.until(&welcome(9, None), card_ask).unwrap();
    assert_eq!(after, 0, "nothing of it counts");
    // Every card of mine from there on was taken back since.
    table.feed(Input::CardsRead { ask: read, page: Some(nothing_up_to(4)) });
    assert_eq!(table.find(card_push), None);
    assert_eq!(table.find(card_read), None);
}

#[test]
fn a_list_that_was_set_back_is_merged_from_its_beginning() {
    // Theirs, and mine.
    let mut table = Table::with_cards(9, 0);
    table.met(welcome(5, None));
    assert_eq!(table.find(card_ask).map(|it| it.1), Some(0));
    let mut table = Table::with_cards(0, 9);
    table.feed(Input::LocalCards { end: 5 }).met(welcome(0, None));
    assert_eq!(table.find(card_read).map(|it| it.1), Some(0));
    // The peer notes less than it acknowledged: it was set back. Or more: a copy of my disk went on with
    // my key.
    for (pushed, merged) in [(5, 3), (3, 5)] {
        let mut table = Table::with_cards(0, pushed);
        table.feed(Input::LocalCards { end: 9 }).met(welcome(0, Some(merged)));
        assert_eq!(table.find(card_read).map(|it| it.1), Some(0), "{pushed} {merged}");
    }
    // An acknowledgement that was lost on its way is none of these.
    let mut table = Table::new();
    table.feed(Input::LocalCards { end: 6 }).met(welcome(0, Some(0)));
    table.pushes_cards();
    table.feed(Input::Disconnected).met(welcome(0, Some(4)));
    assert_eq!(table.find(card_read).map(|it| it.1), Some(4));
    // What a listener hears of it is made sure of by a greeting.
    let mut table = Table::with_cards(9, 0);
    table.met(welcome(9, None));
    let listen = table.sent(|it| matches!(it, Request::Listen(_)));
    table.reply(listen, Reply::Poke(Poke { tips: vec![], cards: 5 }));
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, welcome(5, None));
    assert_eq!(table.find(card_ask).map(|it| it.1), Some(0));
}

#[test]
fn my_cards_count_as_far_as_the_peer_says() {
    let mut table = Table::new();
    table.feed(Input::LocalCards { end: 4 }).met(welcome(0, None));
    let push = table.pushes_cards();
    table.reply(push, Reply::CardsAck { through: 4 });
    assert!(table.effects.contains(&Effect::CardsPushed { through: 4 }));
    assert_eq!(table.link.state(), State::Level);

    // It was set back meanwhile: it merged this page and lacks what was before.
    let mut table = Table::with_cards(0, 2);
    table.feed(Input::LocalCards { end: 4 }).met(welcome(0, None));
    let push = table.pushes_cards();
    table.reply(push, Reply::CardsAck { through: 1 });
    assert!(!table.effects.iter().any(|it| matches!(it, Effect::CardsPushed { .. })));
    let (_, (_, after)) = table.until(&welcome(0, None), card_read).unwrap();
    assert_eq!(after, 1);
}

/// Every answer that is not the one hoped for, and how long it is waited then, in milliseconds.
fn troubles() -> [(Reply, RangeInclusive<u64>); 7] {
    let soon = 500..=1_050;
    let stopped = STOPPED_MS..=STOPPED_MS / 2 * 3 + 50;
    [
        (Reply::Busy { retry_ms: 4_000 }, 4_000..=6_050),
        (Reply::Refused(Refusal::Failed), soon.clone()),
        (Reply::Refused(Refusal::Replayed), soon.clone()),
        (Reply::Refused(Refusal::NotAllowed), stopped.clone()),
        (Reply::Refused(Refusal::TooLarge), stopped.clone()),
        (Reply::Unknown { number: 4 }, stopped),
        // An answer to something else.
        (Reply::Need { have: None }, soon),
    ]
}

#[test]
fn each_refusal_is_waited_out_by_its_own_feed() {
    for (reply, expected) in troubles() {
        let meet = || {
            let mut table = Table::new();
            table.feed(Input::LocalCards { end: 4 }).feed(Input::Want(SHA256));
            table.met(welcome(9, None));
            table
        };
        let again = welcome(9, None);

        let mut table = meet();
        let (ask, _) = table.find(card_ask).unwrap();
        table.reply(ask, reply.clone());
        let waited = table.until(&again, card_ask).unwrap().0;
        assert!(expected.contains(&waited), "cards: {waited} ms after {reply:?}");

        let mut table = meet();
        let push = table.pushes_cards();
        table.reply(push, reply.clone());
        let waited = table.until(&again, card_read).unwrap().0;
        assert!(expected.contains(&waited), "cards pushed: {waited} ms after {reply:?}");

        let mut table = meet();
        let (ask, _) = table.find(blob_ask).unwrap();
        table.reply(ask, reply.clone());
        let waited = table.until(&again, blob_ask).unwrap().0;
        assert!(expected.contains(&waited), "blob: {waited} ms after {reply:?}");
    }
}

#[test]
fn one_answer_that_never_comes_is_waited_out_alone() {
    let mut table = Table::new();
    table.feed(Input::LocalCards { end: 4 }).feed(Input::Want(SHA256)).met(welcome(9, None));
    let (listen, (asked, _), (blob, _)) = (
        table.sent(|it| matches!(it, Request::Listen(_))),
        table.find(card_ask).unwrap(),
        table.find(blob_ask).unwrap(),
    );
    let push = table.pushes_cards();
    // Something is heard, and all the rest is not.
    table.wait(REQUEST_TIMEOUT_MS - 1);
    table.reply(listen, Reply::Poke(Poke { tips: vec![], cards: 9 })).wait(1);
    assert!(matches!(table.link.state(), State::Working { .. }), "the link stays");
    for pick in [card_ask, card_read, blob_ask] {
        assert_eq!(table.find(pick), None, "not at once");
    }
    // Late answers are nobody's.
    table.reply(asked, Reply::Cards(page(1..=9, 9, false)));
    assert_eq!(table.find(card_store), None);
    table.reply(push, Reply::CardsAck { through: 4 }).reply(blob, Reply::NoBlob { sha256: SHA256 });
    assert!(table.until(&welcome(9, None), card_ask).is_some());

    // Nonsense is no answer either.
    let mut table = Table::new();
    table.met(welcome(9, None));
    let (ask, _) = table.find(card_ask).unwrap();
    table.feed(Input::Reply { ask, reply: Err(NoReply::NotBelieved) });
    assert!(matches!(table.link.state(), State::Working { .. }));
    assert!(table.until(&welcome(9, None), card_ask).is_some());
}

#[test]
fn outcomes_of_before_a_break_are_nobodys() {
    let mut table = Table::new();
    table.feed(Input::LocalCards { end: 4 }).feed(Input::Want(SHA256)).met(welcome(9, None));
    let (read, _) = table.find(card_read).unwrap();
    let (ask, _) = table.find(card_ask).unwrap();
    let (blob, _) = table.find(blob_ask).unwrap();
    table.reply(ask, Reply::Cards(page(1..=9, 9, false)));
    let (store, _) = table.find(card_store).unwrap();
    let part = BlobPart { sha256: SHA256, offset: 0, total: 4, bytes: vec![0; 2] };
    table.reply(blob, Reply::Blob(part));
    let stored = table.find(blob_store).unwrap();
    table.feed(Input::Disconnected);
    table.feed(Input::CardsRead { ask: read, page: Some(page(1..=4, 4, false)) });
    table.feed(Input::CardsStored { ask: store, stored: true });
    table.feed(Input::BlobStored { ask: stored, outcome: BlobOutcome::More { offset: 2 } });
    table.met(welcome(9, None));
    // All of it is asked again; merging cards twice does no harm, and the host knows what it has.
    assert_eq!(table.find(card_ask).map(|it| it.1), Some(0));
    assert_eq!(table.find(card_read).map(|it| it.1), Some(0));
    assert_eq!(table.find(blob_ask).map(|it| it.1), Some(0));
}

#[test]
fn a_part_that_is_not_the_one_asked_for_is_not_stored() {
    let part = |sha256, offset, total, len| BlobPart { sha256, offset, total, bytes: vec![0; len] };
    let table = [
        (part(BlobHash([6; 32]), 0, 4, 2), false),
        (part(SHA256, 2, 4, 2), false),
        (part(SHA256, 0, 4, 0), false),
        (part(SHA256, 0, 4, 2), true),
        // A blob of no bytes at all.
        (part(SHA256, 0, 0, 0), true),
    ];
    for (part, goes_on) in table {
        let mut table = Table::new();
        table.feed(Input::Want(SHA256)).met(welcome(0, None));
        let (ask, _) = table.find(blob_ask).unwrap();
        table.reply(ask, Reply::Blob(part.clone()));
        assert_eq!(table.find(blob_store).is_some(), goes_on, "{part:?}");
        if !goes_on {
            let waited = table.until(&welcome(0, None), blob_ask).unwrap().0;
            assert!((500..=1_050).contains(&waited), "{waited} ms");
        }
    }
}

#[test]
fn what_became_of_a_part_decides_what_is_asked_next() {
    let soon = 500..=1_050;
    let stopped = STOPPED_MS..=STOPPED_MS / 2 * 3 + 50;
    let corrupt = Alarm::CorruptBlob { sha256: SHA256 };
    let table = [
        (BlobOutcome::More { offset: 2 }, Some((2, 0..=0)), vec![]),
        (BlobOutcome::Failed, Some((0, soon)), vec![]),
        (BlobOutcome::Corrupt, Some((0, stopped)), vec![corrupt]),
        (BlobOutcome::Whole, None, vec![]),
    ];
    for (outcome, expected, told) in table {
        let mut table = Table::new();
        table.feed(Input::Want(SHA256)).met(welcome(0, None));
        let (ask, _) = table.find(blob_ask).unwrap();
        let part = BlobPart { sha256: SHA256, offset: 0, total: 4, bytes: vec![0; 2] };
        table.reply(ask, Reply::Blob(part));
        let ask = table.find(blob_store).unwrap();
        table.feed(Input::BlobStored { ask, outcome });
        assert_eq!(alarms(&table), told);
        let again = table.until(&welcome(0, None), blob_ask);
        assert_eq!(again.map(|(_, (_, offset))| offset), expected.as_ref().map(|it| it.0));
        if let (Some((waited, _)), Some((_, expected))) = (again, expected) {
            assert!(expected.contains(&waited), "{waited} ms after {outcome:?}");
        }
    }
}

#[test]
fn blobs_come_one_at_a_time_and_one_that_is_absent_holds_up_no_other() {
    let other = BlobHash([6; 32]);
    let mut table = Table::new();
    table.feed(Input::Want(SHA256)).feed(Input::Want(other)).met(welcome(0, None));
    let asked = table.effects.iter().filter_map(blob_ask).count();
    assert_eq!(asked, 1);
    let (ask, _) = table.find(blob_ask).unwrap();
    table.reply(ask, Reply::NoBlob { sha256: SHA256 });
    let (ask, _) = table.find(blob_ask).expect("the next");
    table.reply(ask, Reply::NoBlob { sha256: other });
    assert_eq!(table.find(blob_ask), None);
    assert_eq!(table.link.state(), State::Level, "nothing is to be had");
    table.feed(Input::Poked(Poke { tips: vec![], cards: 0 }));
    assert!(table.find(blob_ask).is_some(), "something changed there");
}
