//! A journal's two lanes, over one link that is played by hand: every answer and every outcome.

extern crate std;

use alloc::vec;
use alloc::vec::Vec;
use core::ops::RangeInclusive;
use journal::{EntryHash, Seq, Tip};

use super::Writer;
use super::asking::{Table, beginning, name, welcome, writer};
use crate::answer::Run;
use crate::link::{
    Alarm, Ask, Effect, HELLO_TIMEOUT_MS, Input, NoReply, POLL_MS, REQUEST_TIMEOUT_MS, ReadOutcome,
    STOPPED_MS, State,
};
use crate::{
    Ack, Entries, Fork, Hashes, Place, ProtocolRange, Pull, Quarantine, Quarantined, Refusal,
    Reply, Request, Rewind,
};

const SOON: RangeInclusive<u64> = 500..=1_050;
const STOPPED: RangeInclusive<u64> = STOPPED_MS..=STOPPED_MS / 2 * 3 + 50;

fn reads(it: &Effect) -> Option<(Ask, Option<Place>)> {
    if let Effect::Read { ask, after, .. } = it { Some((*ask, *after)) } else { None }
}

fn pulls(it: &Effect) -> Option<(Ask, Pull)> {
    if let Effect::Send { ask, request: Request::Pull(pull) } = it {
        Some((*ask, *pull))
    } else {
        None
    }
}

fn probes(it: &Effect) -> Option<(Ask, Vec<Seq>)> {
    if let Effect::Send { ask, request: Request::Probe(probe) } = it {
        Some((*ask, probe.seqs.clone()))
    } else {
        None
    }
}

fn appends(it: &Effect) -> Option<Ask> {
    if let Effect::Append { ask, .. } = it { Some(*ask) } else { None }
}

fn searches(it: &Effect) -> Option<(Ask, Vec<Seq>)> {
    if let Effect::Hashes { ask, seqs, .. } = it { Some((*ask, seqs.clone())) } else { None }
}

fn finds(it: &Effect) -> Option<Ask> {
    if let Effect::Find { ask, .. } = it { Some(*ask) } else { None }
}

fn end(writer: &Writer) -> Tip {
    writer.tip().in_journal(name(writer))
}

/// Everything after what the peer is known to hold is on its way.
fn pushing(writer: &Writer) -> (Table, Ask) {
    let mut table = Table::new();
    table.local(writer).up(vec![beginning(writer)]);
    let push = table.pushed(writer);
    (table, push)
}

/// All of it came, and the host is to decide over it.
fn appending(writer: &Writer) -> (Table, Ask) {
    let mut table = Table::new();
    table.up(vec![end(writer)]);
    let (ask, _) = table.find(pulls).expect("it is pulled");
    table.reply(ask, all_of(writer));
    let ask = table.find(appends).expect("the host is to append");
    (table, ask)
}

fn all_of(writer: &Writer) -> Reply {
    let push = writer.push(0..writer.batches.len());
    Reply::Entries(Entries { entries: push.entries, seal: Some(push.seal), tip: end(writer) })
}

/// Each answer to a push that is none of those hoped for: after how long the journal is read again,
/// from where, and what people are told.
#[test]
fn each_answer_to_a_push_leads_on() {
    let writer = writer(1);
    let (journal, after) = (name(&writer), Some(Place::of(beginning(&writer))));
    let refused = |why| vec![Alarm::Refused { journal: Some(journal), why }];
    let (seq, why) = (Seq(2), Quarantine::Revoked);
    let other = EntryHash([9; 32]);
    let fork = Fork { seq, held: other, sent: other, kept: Place { seq, hash: other } };
    let table = [
        (Reply::Busy { retry_ms: 4_000 }, 4_000..=6_050, after, vec![]),
        (Reply::Need { have: None }, SOON, None, vec![]),
        (Reply::Need { have: after }, SOON, after, vec![]),
        (Reply::Refused(Refusal::Failed), SOON, after, vec![]),
        (Reply::Refused(Refusal::Replayed), SOON, after, vec![]),
        (Reply::Fork(fork), SOON, after, vec![]),
        (Reply::Poke(crate::Poke { tips: vec![], cards: 0 }), SOON, after, vec![]),
        (Reply::Refused(Refusal::TooLarge), STOPPED, after, refused(Refusal::TooLarge)),
        (Reply::Refused(Refusal::NotAllowed), STOPPED, after, refused(Refusal::NotAllowed)),
        (Reply::Refused(Refusal::Unreadable), SOON, after, vec![]),
        (Reply::Unknown { number: 2 }, STOPPED, after, refused(Refusal::Unreadable)),
        (
            Reply::Quarantined(Quarantined { seq, why }),
            STOPPED,
            after,
            vec![Alarm::Quarantined { journal, seq, why }],
        ),
    ];
    for (reply, expected, from, told) in table {
        let (mut table, push) = pushing(&writer);
        table.reply(push, reply.clone());
        assert_eq!(table.alarm(), told.first().copied(), "{reply:?}");
        let there = if from.is_none() { vec![] } else { vec![beginning(&writer)] };
        let (waited, (_, after)) = table.until(&welcome(there), reads).unwrap();
        assert!(expected.contains(&waited), "{waited} ms after {reply:?}");
        assert_eq!(after, from, "{reply:?}");
    }
}

#[test]
fn what_the_peer_cannot_read_twice_is_not_damaged_on_its_way() {
    let writer = writer(1);
    let (mut table, push) = pushing(&writer);
    table.reply(push, Reply::Refused(Refusal::Unreadable));
    let (_, (read, _)) = table.until(&welcome(vec![beginning(&writer)]), reads).unwrap();
    let push = table.answer_read(read, &writer);
    table.reply(push, Reply::Refused(Refusal::Unreadable));
    let why = Refusal::Unreadable;
    assert_eq!(table.alarm(), Some(Alarm::Refused { journal: Some(name(&writer)), why }));
}

#[test]
fn who_is_turned_away_asks_for_nothing_more() {
    for why in [Refusal::UnknownSender, Refusal::BadSignature, Refusal::Revoked] {
        let writer = writer(1);
        let (mut table, push) = pushing(&writer);
        table.reply(push, Reply::Refused(why));
        assert_eq!(table.alarm(), Some(Alarm::Refused { journal: None, why }));
        assert!(matches!(table.link.state(), State::Offline { .. }));
    }
}

#[test]
fn each_outcome_of_reading_leads_on() {
    let writer = writer(1);
    let meet = || {
        let mut table = Table::new();
        table.local(&writer).up(vec![beginning(&writer)]);
        let (ask, _) = table.find(reads).unwrap();
        (table, ask)
    };
    let empty = Run { entries: vec![], seal: writer.batches[0].seal };
    for outcome in [ReadOutcome::Failed, ReadOutcome::Run(empty)] {
        let (mut table, ask) = meet();
        table.feed(Input::Read { ask, outcome });
        let (waited, _) = table.until(&welcome(vec![beginning(&writer)]), reads).unwrap();
        assert!(SOON.contains(&waited), "{waited} ms");
    }
    // Nothing follows: the host was set back while it was asked.
    let (mut table, ask) = meet();
    table.feed(Input::Read { ask, outcome: ReadOutcome::Nothing });
    assert_eq!(table.link.state(), State::Level);
    // The peer's end is on another branch: where do the two part?
    let (longer, shorter) = (longer(), writer);
    let mut table = Table::new();
    table.local(&longer).up(vec![end(&shorter)]);
    let (ask, after) = table.find(reads).unwrap();
    assert_eq!(after, Some(shorter.tip()));
    table.feed(Input::Read { ask, outcome: ReadOutcome::NotOnChain });
    assert!(table.find(searches).is_some());
}

fn longer() -> Writer {
    let mut writer = writer(1);
    writer.note(&["later"]);
    writer
}

/// What the host says of what came, what people are told, and whether it is asked for again.
#[test]
fn each_outcome_of_appending_leads_on() {
    let writer = writer(1);
    let journal = name(&writer);
    let parked = |why| Some(Alarm::Parked { journal, seq: Seq(1), why });
    let (held, sent) = (EntryHash([1; 32]), EntryHash([2; 32]));
    let fork = Fork { seq: Seq(2), held, sent, kept: writer.tip() };
    let forked = Alarm::Fork { journal, seq: Seq(2), entries: [held, sent] };
    let why = Quarantine::UnknownKey;
    let table = [
        (Reply::Ack(Ack { tip: end(&writer) }), None, None),
        (Reply::Fork(fork), Some(forked), None),
        (Reply::Quarantined(Quarantined { seq: Seq(1), why }), parked(why), Some(STOPPED)),
        (Reply::Refused(Refusal::TooLarge), parked(Quarantine::NotBelieved), Some(STOPPED)),
        (Reply::Refused(Refusal::Failed), None, Some(SOON)),
        (Reply::Need { have: None }, None, Some(SOON)),
    ];
    for (reply, told, again) in table {
        let (mut table, ask) = appending(&writer);
        table.feed(Input::Appended { ask, reply: reply.clone() });
        assert_eq!(table.alarm(), told, "{reply:?}");
        match again {
            None => assert_eq!(table.link.state(), State::Level, "{reply:?}"),
            Some(expected) => {
                let (waited, _) = table.until(&welcome(vec![end(&writer)]), pulls).unwrap();
                assert!(expected.contains(&waited), "{waited} ms after {reply:?}");
            }
        }
    }
}

#[test]
fn a_branch_that_cannot_be_told_from_its_base_is_parked_where_it_begins() {
    let mut mine = Writer::new(1);
    let journal = name(&mine);
    let mut theirs = mine.set_back(1);
    theirs.note(&["x", "y"]);
    mine.note(&["a"]);
    let mut table = Table::new();
    table.local(&mine.set_back(1)).up(vec![end(&theirs)]);
    let (ask, pull) = table.find(pulls).unwrap();
    assert_eq!(pull.after, Some(mine.set_back(1).tip()));
    let push = theirs.push(1..2);
    let seal = Some(push.seal);
    table.reply(ask, Reply::Entries(Entries { entries: push.entries, seal, tip: end(&theirs) }));
    let ask = table.find(appends).unwrap();
    table.feed(Input::Appended { ask, reply: Reply::Refused(Refusal::TooLarge) });
    let why = Quarantine::NotBelieved;
    assert_eq!(table.alarm(), Some(Alarm::Parked { journal, seq: Seq(2), why }));
}

#[test]
fn a_chain_that_grew_meanwhile_is_pulled_on() {
    let mut theirs = writer(1);
    let mut table = Table::new();
    table.up(vec![end(&theirs)]);
    let (ask, _) = table.find(pulls).unwrap();
    let push = theirs.push(0..2);
    let last = theirs.tip();
    theirs.note(&["later"]);
    let seal = Some(push.seal);
    table.reply(ask, Reply::Entries(Entries { entries: push.entries, seal, tip: end(&theirs) }));
    let ask = table.find(appends).unwrap();
    table.feed(Input::Appended {
        ask,
        reply: Reply::Ack(Ack { tip: last.in_journal(name(&theirs)) }),
    });
    let (ask, pull) = table.find(pulls).expect("on from there");
    assert_eq!((pull.tip, pull.after), (end(&theirs), Some(last)));
    // Nothing followed after all.
    let nothing = Entries { entries: vec![], seal: None, tip: end(&theirs) };
    table.reply(ask, Reply::Entries(nothing));
    assert_eq!(table.link.state(), State::Level);
}

#[test]
fn a_peer_that_holds_the_chain_no_more_is_not_asked_for_it() {
    let theirs = longer();
    let other = end(&writer(2));
    let mut table = Table::new();
    table.local(&theirs.set_back(2)).up(vec![end(&theirs)]);
    for tip in [None, Some(other)] {
        let (ask, _) = table.find(pulls).unwrap();
        table.reply(ask, Reply::Rewind(Rewind { tip }));
        assert_eq!(table.find(pulls), None);
        // Until it says so again.
        table.poked(vec![end(&theirs)]);
    }
    let (ask, _) = table.find(pulls).unwrap();
    table.reply(ask, Reply::Rewind(Rewind { tip: Some(end(&theirs)) }));
    assert!(table.find(searches).is_some(), "my end is not on that chain: where do they part?");
}

/// Where my chain and the peer's part, up to the question what stands at those places. Down, where
/// the host said that the peer's end is not held; up before that.
fn searching(table: &mut Table, mine: &Writer, theirs: &Writer, down: bool) -> (Ask, Vec<Seq>) {
    table.local(mine).feed(Input::Connected);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.feed_raw(Input::Reply { ask: hello, reply: Ok(welcome(vec![end(theirs)])) });
    if down {
        let ask = table.find(finds).expect("is it held?");
        table.feed_raw(Input::Found { ask, held: false });
    }
    let (ask, seqs) = table.find(searches).expect("it is searched");
    let hashes = hashes(mine, &seqs);
    table.feed_raw(Input::Hashes { ask, hashes });
    table.find(probes).expect("the peer is asked too")
}

fn hashes(writer: &Writer, seqs: &[Seq]) -> Vec<Option<EntryHash>> {
    let entries = writer.entries();
    let at = |seq: &Seq| entries.iter().find(|it| it.header.seq == *seq).map(|it| it.hash);
    seqs.iter().map(at).collect()
}

fn two_branches() -> (Writer, Writer) {
    let mut mine = writer(1);
    let mut theirs = mine.set_back(2);
    mine.note(&["mine", "too"]);
    theirs.note(&["theirs", "too"]);
    (mine, theirs)
}

#[test]
fn a_search_ends_at_the_last_common_entry() {
    let (mine, theirs) = two_branches();
    for down in [true, false] {
        let mut table = Table::new();
        let (ask, seqs) = searching(&mut table, &mine, &theirs, down);
        let hashes = hashes(&theirs, &seqs);
        table.feed_raw(Input::Reply { ask, reply: Ok(Reply::Hashes(Hashes { hashes })) });
        let common = Some(mine.set_back(2).tip());
        let (up, pulled) = (table.find(reads), table.find(pulls));
        if down {
            assert_eq!(pulled.map(|it| it.1.after), Some(common), "their branch comes down");
        } else {
            assert_eq!(up.map(|it| it.1), Some(common), "my branch goes up");
        }
    }
}

/// It says that an entry is on its chain, and then that it is not, again and again.
#[test]
fn a_peer_that_contradicts_itself_is_asked_ever_more_slowly() {
    let (mine, theirs) = two_branches();
    let mut table = Table::new();
    let (ask, seqs) = searching(&mut table, &mine, &theirs, true);
    let hashes = |seqs: &[Seq]| Reply::Hashes(Hashes { hashes: hashes(&theirs, seqs) });
    table.feed_raw(Input::Reply { ask, reply: Ok(hashes(&seqs)) });
    let mut longest = 0;
    for _ in 0..12 {
        let (ask, _) = table.find(pulls).expect("from the last common entry on");
        let rewind = Reply::Rewind(Rewind { tip: Some(end(&theirs)) });
        table.feed_raw(Input::Reply { ask, reply: Ok(rewind) });
        let (waited, (ask, seqs)) =
            table.until(&welcome(vec![end(&theirs)]), searches).expect("it is asked again");
        assert!((500..=20_050).contains(&waited), "{waited} ms");
        longest = longest.max(waited);
        let mine = self::hashes(&mine, &seqs);
        table.feed_raw(Input::Hashes { ask, hashes: mine });
        let (ask, seqs) = table.find(probes).unwrap();
        table.feed_raw(Input::Reply { ask, reply: Ok(hashes(&seqs)) });
    }
    assert!(5_000 <= longest, "{longest} ms at most");
}

#[test]
fn each_answer_to_a_search_leads_on() {
    let (mine, theirs) = two_branches();
    let journal = name(&mine);
    let refused = Alarm::Refused { journal: Some(journal), why: Refusal::Unreadable };
    let table = [
        (Reply::Hashes(Hashes { hashes: vec![None] }), SOON, None),
        (Reply::Need { have: None }, SOON, None),
        (Reply::Busy { retry_ms: 4_000 }, 4_000..=6_050, None),
        (Reply::Refused(Refusal::Failed), SOON, None),
        (Reply::Unknown { number: 1 }, STOPPED, Some(refused)),
    ];
    for (reply, expected, told) in table {
        let mut table = Table::new();
        let (ask, _) = searching(&mut table, &mine, &theirs, true);
        table.feed_raw(Input::Reply { ask, reply: Ok(reply.clone()) });
        assert_eq!(table.alarm(), told, "{reply:?}");
        let (waited, _) = table.until(&welcome(vec![end(&theirs)]), searches).unwrap();
        assert!(expected.contains(&waited), "{waited} ms after {reply:?}");
    }
    // It holds that chain no more.
    let mut table = Table::new();
    let (ask, _) = searching(&mut table, &mine, &theirs, true);
    table.feed_raw(Input::Reply { ask, reply: Ok(Reply::Rewind(Rewind { tip: None })) });
    assert_eq!(table.link.peer_holds(journal), []);
}

/// It came by another link while it was asked about.
#[test]
fn a_search_may_find_that_the_peers_end_is_held_here() {
    let mut mine = writer(1);
    let theirs = mine.set_back(2);
    mine.note(&["later"]);
    let mut table = Table::new();
    table.feed(Input::LocalTips { journal: name(&mine), tips: vec![mine.tip()] });
    table.feed(Input::Connected);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.feed_raw(Input::Reply { ask: hello, reply: Ok(welcome(vec![end(&theirs)])) });
    let (find, (read, _)) = (table.find(finds).unwrap(), table.find(reads).unwrap());
    table.feed_raw(Input::Read { ask: read, outcome: ReadOutcome::Failed });
    table.feed_raw(Input::Found { ask: find, held: false });
    let (ask, seqs) = table.find(searches).expect("where do they part?");
    table.feed_raw(Input::Hashes { ask, hashes: hashes(&mine, &seqs) });
    let (ask, seqs) = table.find(probes).unwrap();
    let hashes = hashes(&theirs, &seqs);
    table.feed_raw(Input::Reply { ask, reply: Ok(Reply::Hashes(Hashes { hashes })) });
    assert_eq!(table.find(pulls), None, "nothing is lacking");
    assert!(matches!(table.link.state(), State::Working { down: 0, .. }));
}

#[test]
fn a_peer_without_a_protocol_in_common_is_told_to_people() {
    let protocol = ProtocolRange { min: 7, max: 9 };
    let mut table = Table::new();
    table.feed(Input::Connected);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, Reply::Upgrade { protocol });
    assert_eq!(table.alarm(), Some(Alarm::MustUpgrade { protocol }));
    assert!(matches!(table.link.state(), State::Offline { .. }));
    // It is tried again: somebody may have upgraded it.
    let hello = |it: &Effect| {
        if let Effect::Send { ask, request: Request::Hello(_) } = it { Some(*ask) } else { None }
    };
    let (_, ask) = table.until(&welcome(vec![]), hello).unwrap();
    table.reply(ask, welcome(vec![]));
    assert_eq!(table.link.state(), State::Level);
}

#[test]
fn a_listener_whose_answer_fails_listens_again_in_five_seconds() {
    let failed = [Ok(Reply::Refused(Refusal::Failed)), Err(NoReply::NotBelieved)];
    for reply in failed {
        let mut table = Table::new();
        table.up(vec![]);
        let ask = table.sent(|it| matches!(it, Request::Listen(_)));
        table.feed(Input::Reply { ask, reply });
        assert_eq!(table.link.state(), State::Level);
        let listens = |it: &Effect| {
            if let Effect::Send { request: Request::Listen(_), .. } = it { Some(()) } else { None }
        };
        table.wait(POLL_MS - 1);
        assert_eq!(table.find(listens), None);
        table.wait(1);
        assert_eq!(table.find(listens), Some(()));
    }
}

#[test]
fn a_greeting_that_nobody_understands_is_none() {
    for reply in [Ok(Reply::Need { have: None }), Err(NoReply::NotBelieved)] {
        let mut table = Table::new();
        table.feed(Input::Connected);
        let ask = table.sent(|it| matches!(it, Request::Hello(_)));
        table.feed(Input::Reply { ask, reply });
        assert!(matches!(table.link.state(), State::Offline { .. }));
    }
    let mut table = Table::new();
    table.feed(Input::Connected);
    let ask = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(ask, Reply::Busy { retry_ms: 4_000 });
    let now = table.now;
    let State::Offline { retry_at_ms } = table.link.state() else {
        panic!("{:?}", table.link.state());
    };
    assert!((4_000..=6_000).contains(&(retry_at_ms - now)), "when it said, or a little later");
}

/// Several requests are late at once, and nothing was heard: the link is given up once.
#[test]
fn a_silence_of_everything_gives_up_the_link() {
    let (one, other) = (writer(1), writer(2));
    let mut table = Table::new();
    table.local(&one).local(&other).up(vec![beginning(&one), beginning(&other)]);
    let (second, _) = table.read(name(&other)).unwrap();
    table.now += 1;
    table.pushed(&one);
    table.answer_read(second, &other);
    table.wait(REQUEST_TIMEOUT_MS.max(HELLO_TIMEOUT_MS));
    let State::Offline { retry_at_ms } = table.link.state() else {
        panic!("{:?}", table.link.state());
    };
    assert!((500..=1_000).contains(&(retry_at_ms - table.now)), "one failure, not two");
}

/// An answer that is over a limit is none, whoever signed it.
#[test]
fn an_answer_over_a_limit_is_no_answer() {
    let theirs = writer(1);
    let mut table = Table::new();
    table.up(vec![end(&theirs)]);
    let (ask, _) = table.find(pulls).unwrap();
    let entries = vec![theirs.entries()[0].to_raw(); 501];
    let seal = Some(theirs.batches[0].seal);
    table.reply(ask, Reply::Entries(Entries { entries, seal, tip: end(&theirs) }));
    assert_eq!(table.find(appends), None);
    let (waited, _) = table.until(&welcome(vec![end(&theirs)]), pulls).unwrap();
    assert!(SOON.contains(&waited), "{waited} ms");
}
