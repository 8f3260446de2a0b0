//! One link whose peer holds far more than is here, when what it asks for is answered otherwise.

extern crate std;

use alloc::vec;
use journal::{Seq, Signature};

use super::asking::Table;
use super::late::{end, entry, journal, place, tip};
use crate::link::{Alarm, Effect, Grant, Input, LATE_ENTRIES, NoReply, REQUEST_TIMEOUT_MS, State};
use crate::{Entries, Place, Refusal, Reply, Request, Rewind};

/// The snapshot is here, and what happens now was asked for.
fn following() -> Table {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]).fetched(vec![end(1, 5_000, 5_000)]);
    table.poked(vec![tip(1, 5_001)]);
    assert_eq!(table.pulls().len(), 1, "{:?}", table.pulls());
    table
}

fn pulls_on(it: &Effect) -> Option<Place> {
    if let Effect::Send { request: Request::Pull(pull), .. } = it { pull.after } else { None }
}

#[test]
fn what_happens_now_is_asked_for_again_after_each_answer_that_is_none() {
    let nothing = Entries { entries: vec![], seal: None, tip: tip(1, 5_001) };
    let unsealed = Entries { entries: vec![entry(1)], ..nothing.clone() };
    let answers = [
        Ok(Reply::Busy { retry_ms: 1_000 }),
        Ok(Reply::Refused(Refusal::Failed)),
        Ok(Reply::Need { have: None }),
        Ok(Reply::Entries(nothing)),
        Ok(Reply::Entries(unsealed)),
        Err(NoReply::NotBelieved),
    ];
    for reply in answers {
        let mut table = following();
        let (ask, _) = table.pulls()[0];
        table.feed(Input::Reply { ask, reply: reply.clone() });
        assert!(!table.gives_up(), "{reply:?}");
        let again = super::asking::welcome(vec![tip(1, 5_001)]);
        let (waited, after) = table.until(&again, pulls_on).unwrap();
        assert_eq!(after, place(5_000), "{reply:?}");
        assert!(waited <= 20_000, "{waited} ms after {reply:?}");
    }
}

#[test]
fn a_snapshot_whose_answer_is_none_is_left_to_another_link() {
    let answers = [
        Ok(Reply::Need { have: None }),
        Ok(Reply::Rewind(Rewind { tip: None })),
        Err(NoReply::NotBelieved),
    ];
    for reply in answers {
        let mut table = Table::new();
        table.asks(vec![tip(1, 5_000)]);
        let (ask, _) = table.fetches().unwrap();
        table.feed(Input::Reply { ask, reply: reply.clone() });
        assert!(table.gives_up(), "{reply:?}");
        assert_eq!(table.pulls().len(), 1, "the history comes");
        let asked = (0..20).any(|_| table.wait(500).late().is_some());
        assert!(asked, "again, after {reply:?}");
    }
}

/// A page that does not come while other things do.
#[test]
fn a_page_that_is_late_is_left_to_another_link() {
    let mut table = Table::new();
    table.up(vec![tip(1, 5_000)]);
    let (listen, (ask, _)) = (table.listens(), table.late().unwrap());
    table.feed(Input::Granted { ask, grant: Grant::Ask });
    table.wait(REQUEST_TIMEOUT_MS - 1);
    table.reply(listen, Reply::Poke(crate::Poke { tips: vec![tip(1, 5_000)], cards: 0 })).wait(1);
    assert!(table.gives_up());
    assert!(matches!(table.link.state(), State::Working { .. }), "the link stays");
    assert!(!table.effects.iter().any(|it| matches!(it, Effect::Alarm(Alarm::Refused { .. }))));
}

#[test]
fn a_journal_that_the_peer_holds_no_more_is_not_followed() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000)]).fetched(vec![end(1, 5_000, 5_000), end(2, 70, 70)]);
    table.poked(vec![tip(2, LATE_ENTRIES)]);
    let followed = table.effects.iter().find_map(pulls_on);
    assert_eq!(followed, Some(place(70)), "{:?}", table.pulls());
}

#[test]
fn journals_are_followed_in_turn() {
    let mut table = Table::new();
    table.asks(vec![tip(1, 5_000), tip(2, 5_000)]);
    table.fetched(vec![end(1, 5_000, 5_000), end(2, 5_000, 5_000)]);
    table.poked(vec![tip(1, 5_009), tip(2, 5_009)]);
    let mut turns = vec![];
    for _ in 0..4 {
        let asked = table.pulls().into_iter().find(|(_, pull)| pull.after.is_some());
        let (ask, pull) = asked.expect("something is followed");
        turns.push(pull.tip.journal);
        let tip = pull.tip;
        let seal = Some(Signature([0; 64]));
        table.reply(ask, Reply::Entries(Entries { entries: vec![entry(1)], seal, tip }));
        let ask = |it: &Effect| if let Effect::Follow { ask, .. } = it { Some(*ask) } else { None };
        let ask = table.find(ask).expect("it is kept");
        table.feed(Input::Followed { ask, kept: true });
    }
    assert_eq!(turns, [journal(1), journal(2), journal(1), journal(2)]);
}

#[test]
fn an_end_knows_its_journal() {
    let it = end(1, 5_000, 5_002);
    assert_eq!(it.tip(), tip(1, 5_002));
    assert_eq!(it.checkpoint.seq, Seq(5_000));
}
