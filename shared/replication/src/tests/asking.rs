//! One link, played by hand. What many links do to one another is the simulator's.
#![expect(clippy::arithmetic_side_effects, reason = "small numbers of a test")]

extern crate std;

use alloc::borrow::ToOwned;
use alloc::vec;
use alloc::vec::Vec;
use journal::{BlobHash, BootId, JournalId, Seq, Tip};

use super::Writer;
use crate::answer::Run;
use crate::link::{
    Alarm, Ask, BlobOutcome, Effect, Identity, Input, NoReply, ReadOutcome, STOPPED_MS, State,
};
use crate::{
    Ack, BlobPart, Fork, Link, Place, Poke, Quarantine, Quarantined, Refusal, Reply, Request,
    Welcome,
};

pub(super) struct Table {
    pub(super) link: Link,
    pub(super) now: u64,
    pub(super) effects: Vec<Effect>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self::with_cards(0, 0)
    }

    /// A link that was told before its start how far the lists of cards had come.
    pub(super) fn with_cards(cards_merged: u64, cards_pushed: u64) -> Self {
        let me = Identity {
            journal: None,
            boot: BootId([1; 16]),
            build: "test".to_owned(),
            cards_merged,
            cards_pushed,
        };
        Self { link: Link::new(me, 7), now: 1_000, effects: vec![] }
    }

    /// Feeds it. The host finds whatever it is asked to find.
    pub(super) fn feed(&mut self, input: Input) -> &mut Self {
        self.effects = self.link.handle(self.now, input);
        let find = |it: &Effect| if let Effect::Find { ask, .. } = it { Some(*ask) } else { None };
        let finds: Vec<Ask> = self.effects.iter().filter_map(find).collect();
        for ask in finds {
            self.effects.extend(self.link.handle(self.now, Input::Found { ask, held: true }));
        }
        self
    }

    /// Feeds it, and nothing more.
    pub(super) fn feed_raw(&mut self, input: Input) -> &mut Self {
        self.effects = self.link.handle(self.now, input);
        self
    }

    pub(super) fn listens(&self) -> Ask {
        self.sent(|it| matches!(it, Request::Listen(_)))
    }

    pub(super) fn reply(&mut self, ask: Ask, reply: Reply) -> &mut Self {
        self.feed(Input::Reply { ask, reply: Ok(reply) })
    }

    pub(super) fn local(&mut self, writer: &Writer) -> &mut Self {
        let tips = vec![writer.tip()];
        self.feed(Input::LocalTips { journal: name(writer), tips })
    }

    /// Greeted, with these ends at the peer.
    pub(super) fn up(&mut self, tips: Vec<Tip>) -> &mut Self {
        self.feed(Input::Connected);
        let hello = self.sent(|it| matches!(it, Request::Hello(_)));
        self.reply(hello, welcome(tips))
    }

    pub(super) fn sent(&self, which: impl Fn(&Request) -> bool) -> Ask {
        self.find(|it| {
            if let Effect::Send { ask, request } = it {
                which(request).then_some(*ask)
            } else {
                None
            }
        })
        .expect("it was sent")
    }

    pub(super) fn find<T>(&self, pick: impl Fn(&Effect) -> Option<T>) -> Option<T> {
        self.effects.iter().find_map(pick)
    }

    pub(super) fn alarm(&self) -> Option<Alarm> {
        self.find(|it| if let Effect::Alarm(alarm) = it { Some(*alarm) } else { None })
    }

    pub(super) fn read(&self, journal: JournalId) -> Option<(Ask, Option<Place>)> {
        self.find(|it| {
            if let Effect::Read { ask, tip, after, .. } = it {
                (tip.journal == journal).then_some((*ask, *after))
            } else {
                None
            }
        })
    }

    /// The host reads what follows the opening, and it is sent.
    pub(super) fn pushed(&mut self, writer: &Writer) -> Ask {
        let (ask, _) = self.read(name(writer)).expect("it reads on");
        self.answer_read(ask, writer)
    }

    pub(super) fn answer_read(&mut self, ask: Ask, writer: &Writer) -> Ask {
        let push = writer.push(1..writer.batches.len());
        let run = Run { entries: push.entries, seal: push.seal };
        self.feed(Input::Read { ask, outcome: ReadOutcome::Run(run) });
        self.sent(|it| matches!(it, Request::Push(push) if push.journal == name(writer)))
    }

    /// The peer says that it holds this now.
    pub(super) fn poked(&mut self, tips: Vec<Tip>) -> &mut Self {
        self.feed(Input::Poked(Poke { tips, cards: 0 }))
    }

    pub(super) fn wait(&mut self, ms: u64) -> &mut Self {
        self.now += ms;
        self.feed(Input::Timer)
    }

    /// Waits while the peer greets back and listens, until there is what is looked for: how long that
    /// took, in milliseconds.
    pub(super) fn until<T>(
        &mut self,
        welcome: &Reply,
        pick: impl Fn(&Effect) -> Option<T>,
    ) -> Option<(u64, T)> {
        const STEP_MS: u64 = 50;
        for waited in 0..STOPPED_MS * 2 / STEP_MS {
            if let Some(found) = self.find(&pick) {
                return Some((waited * STEP_MS, found));
            }
            self.wait(STEP_MS);
            let mut effects = self.effects.clone();
            for effect in self.effects.clone() {
                if let Effect::Send { ask, request } = effect {
                    let reply = match request {
                        Request::Hello(_) => welcome.clone(),
                        Request::Listen(_) => Reply::Busy { retry_ms: 20_000 },
                        Request::Probe(_)
                        | Request::Push(_)
                        | Request::Pull(_)
                        | Request::Cards(_)
                        | Request::CardsPush(_)
                        | Request::Blob(_)
                        | Request::Poke(_)
                        | Request::Snapshot(_) => continue,
                    };
                    effects.extend(self.reply(ask, reply).effects.clone());
                }
            }
            self.effects = effects;
        }
        None
    }
}

pub(super) fn welcome(tips: Vec<Tip>) -> Reply {
    Reply::Welcome(Welcome {
        protocol: 1,
        tips,
        cards: 0,
        time_ms: 0,
        flags: 0,
        cards_merged: None,
    })
}

pub(super) fn name(writer: &Writer) -> JournalId {
    writer.batches[0].tip().journal
}

pub(super) fn writer(secret: u8) -> Writer {
    let mut writer = Writer::new(secret);
    writer.note(&["a", "b"]);
    writer
}

/// Where a writer's journal ends after its opening: all that the peer has of it.
pub(super) fn beginning(writer: &Writer) -> Tip {
    writer.batches[0].tip()
}

#[test]
fn what_the_peer_lacks_is_pushed_and_then_all_is_level() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    assert_eq!(table.read(name(&writer)).unwrap().1, Some(Place::of(beginning(&writer))));
    let push = table.pushed(&writer);
    assert_eq!(table.link.peer_holds(name(&writer)), [Place::of(beginning(&writer))]);
    table.reply(push, Reply::Ack(Ack { tip: writer.tip().in_journal(name(&writer)) }));
    assert_eq!(table.link.peer_holds(name(&writer)), [writer.tip()]);
    assert_eq!(table.link.state(), State::Level);
}

#[test]
fn an_ack_of_something_else_is_no_ack() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    let push = table.pushed(&writer);
    table.reply(push, Reply::Ack(Ack { tip: beginning(&writer) }));
    assert_eq!(table.link.peer_holds(name(&writer)), [Place::of(beginning(&writer))]);
}

#[test]
fn a_quarantined_journal_stops_alone() {
    let (one, other) = (writer(1), writer(2));
    let mut table = Table::new();
    table.local(&one).local(&other).up(vec![beginning(&one), beginning(&other)]);
    let (other_read, _) = table.read(name(&other)).unwrap();
    let push = table.pushed(&one);
    let why = Quarantine::NotBelieved;
    table.reply(push, Reply::Quarantined(Quarantined { seq: Seq(2), why }));
    assert_eq!(table.alarm(), Some(Alarm::Quarantined { journal: name(&one), seq: Seq(2), why }));
    let push = table.answer_read(other_read, &other);
    table.reply(push, Reply::Ack(Ack { tip: other.tip().in_journal(name(&other)) }));
    assert_eq!(table.link.peer_holds(name(&other)), [other.tip()]);
    assert_eq!(table.link.state(), State::Working { up: 1, down: 0, stopped: 1 });
    assert_eq!(table.link.stopped().collect::<Vec<_>>(), [name(&one)]);
    assert_eq!(table.read(name(&one)), None);
    table.wait(STOPPED_MS * 2);
    assert!(table.read(name(&one)).is_some(), "it is offered again, for causes that mend");
}

#[test]
fn a_fork_is_told_and_what_was_kept_counts_as_a_second_copy() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    let push = table.pushed(&writer);
    let (held, sent) = (journal::EntryHash([9; 32]), writer.batches[1].entries[0].hash);
    table.reply(push, Reply::Fork(Fork { seq: Seq(2), held, sent, kept: writer.tip() }));
    let mut entries = [held, sent];
    entries.sort();
    assert_eq!(table.alarm(), Some(Alarm::Fork { journal: name(&writer), seq: Seq(2), entries }));
    assert!(table.link.peer_holds(name(&writer)).contains(&writer.tip()));
    assert_eq!(table.link.state(), State::Level, "nothing more goes up");
}

#[test]
fn what_is_lacking_here_is_pulled_and_handed_to_the_host() {
    let theirs = writer(1);
    let end = theirs.tip().in_journal(name(&theirs));
    let mut table = Table::new();
    table.up(vec![end]);
    let pull = table.sent(|it| matches!(it, Request::Pull(pull) if pull.after.is_none()));
    let push = theirs.push(0..2);
    let (entries, seal) = (push.entries.clone(), Some(push.seal));
    table.reply(pull, Reply::Entries(crate::Entries { entries, seal, tip: end }));
    let append = |it: &Effect| {
        if let Effect::Append { ask, push } = it { Some((*ask, push.clone())) } else { None }
    };
    let (ask, appended) = table.find(append).expect("the host is to append");
    assert_eq!(appended, push);
    table.local(&theirs).feed(Input::Appended { ask, reply: Reply::Ack(Ack { tip: end }) });
    assert_eq!(table.link.state(), State::Level);
    table.sent(|it| matches!(it, Request::Hello(hello) if hello.tips == [end]));
}

#[test]
fn what_the_host_does_not_believe_is_told() {
    let theirs = writer(1);
    let end = theirs.tip().in_journal(name(&theirs));
    let mut table = Table::new();
    table.up(vec![end]);
    let pull = table.sent(|it| matches!(it, Request::Pull(_)));
    let push = theirs.push(0..2);
    let (entries, seal) = (push.entries, Some(push.seal));
    table.reply(pull, Reply::Entries(crate::Entries { entries, seal, tip: end }));
    let ask = table.find(|it| if let Effect::Append { ask, .. } = it { Some(*ask) } else { None });
    let why = Quarantine::NotBelieved;
    let reply = Reply::Quarantined(Quarantined { seq: Seq(1), why });
    table.feed(Input::Appended { ask: ask.unwrap(), reply });
    let journal = name(&theirs);
    assert_eq!(table.alarm(), Some(Alarm::Parked { journal, seq: Seq(1), why }));
}

#[test]
fn a_silent_peer_is_tried_again_with_a_growing_wait() {
    let mut table = Table::new();
    table.feed(Input::Connected);
    let mut longest = 0;
    for _ in 0..12 {
        let at =
            table.find(|it| if let Effect::Timer { at_ms } = it { Some(*at_ms) } else { None });
        let wait = at.expect("every wait has a timer") - table.now;
        longest = longest.max(wait);
        assert!(wait <= 20_000, "waits {wait} ms");
        table.wait(wait);
    }
    assert!(10_000 <= longest);
}

#[test]
fn a_line_that_one_push_fills_gets_half_of_it_the_next_time() {
    let writer = writer(1);
    let wish = |table: &Table| {
        table.find(|it| if let Effect::Read { wish, .. } = it { Some(*wish) } else { None })
    };
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    for expected in [500, 250, 125] {
        assert_eq!(wish(&table), Some(expected));
        table.now += 1;
        table.pushed(&writer);
        // Nothing at all is heard while the push fills the line.
        table.wait(crate::link::REQUEST_TIMEOUT_MS + 1);
        assert!(matches!(table.link.state(), State::Offline { .. }));
        table.up(vec![beginning(&writer)]);
    }
}

#[test]
fn a_peer_that_is_busy_is_asked_again_when_it_said() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    let push = table.pushed(&writer);
    table.reply(push, Reply::Busy { retry_ms: 4_000 });
    let until = table.link.silent_until_ms().expect("it waits, and nobody is told");
    assert!((4_000..=6_000).contains(&(until - table.now)), "{until}");
    table.wait(3_999);
    assert_eq!(table.read(name(&writer)), None, "not before");
    table.wait(2_001);
    assert!(table.read(name(&writer)).is_some(), "and no later than half as much again");
}

#[test]
fn a_busy_peer_still_listens_and_what_is_under_way_goes_on() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    let listen = |table: &Table| table.sent(|it| matches!(it, Request::Listen(_)));
    let listening = {
        let (read, _) = table.read(name(&writer)).unwrap();
        let listening = listen(&table);
        table.answer_read(read, &writer);
        listening
    };
    table.reply(listening, Reply::Busy { retry_ms: 1_000 });
    table.wait(1_501);
    let listening = listen(&table);
    table.reply(listening, Reply::Busy { retry_ms: 20_000 });
    // The greeting of every half minute is put off, and the push under way is not forgotten.
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    table.wait(crate::link::GREET_MS);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, Reply::Busy { retry_ms: 1_000 });
    assert!(matches!(table.link.state(), State::Working { .. }));
    table.wait(1_501);
    table.sent(|it| matches!(it, Request::Hello(_)));
}

#[test]
fn a_broken_connection_forgets_what_was_under_way() {
    let writer = writer(1);
    let mut table = Table::new();
    table.local(&writer).up(vec![beginning(&writer)]);
    let push = table.pushed(&writer);
    table.feed(Input::Reply { ask: push, reply: Err(NoReply::Unreachable) });
    assert!(matches!(table.link.state(), State::Offline { .. }));
    let late = Reply::Ack(Ack { tip: writer.tip().in_journal(name(&writer)) });
    table.reply(push, late);
    assert_eq!(table.link.peer_holds(name(&writer)), [Place::of(beginning(&writer))]);
    table.up(vec![beginning(&writer)]);
    assert!(table.read(name(&writer)).is_some());
}

#[test]
fn a_peer_that_knows_no_listen_is_greeted_instead() {
    let mut table = Table::new();
    table.up(vec![]);
    let listen = table.sent(|it| matches!(it, Request::Listen(_)));
    table.reply(listen, Reply::Unknown { number: 8 });
    assert_eq!(table.link.silent_until_ms(), Some(table.now + crate::link::POLL_MS));
    table.wait(crate::link::POLL_MS);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, welcome(vec![]));
    assert_eq!(table.link.state(), State::Level);
    assert!(
        !table
            .effects
            .iter()
            .any(|it| { matches!(it, Effect::Send { request: Request::Listen(_), .. }) })
    );
    // It may be another program after half a minute, or connected anew.
    table.wait(crate::link::GREET_MS);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, welcome(vec![]));
    let listen = table.listens();
    table.reply(listen, Reply::Unknown { number: 8 });
    table.feed(Input::Disconnected).up(vec![]);
    table.listens();
}

#[test]
fn a_peer_that_could_not_read_one_listen_is_listened_to_again() {
    let mut table = Table::new();
    table.up(vec![]);
    let listen = table.listens();
    table.reply(listen, Reply::Refused(Refusal::Unreadable));
    table.wait(crate::link::POLL_MS);
    table.listens();
}

#[test]
fn who_is_turned_away_says_so_and_tries_again() {
    let mut table = Table::new();
    table.feed(Input::Connected);
    let hello = table.sent(|it| matches!(it, Request::Hello(_)));
    table.reply(hello, Reply::Refused(Refusal::Revoked));
    assert_eq!(table.alarm(), Some(Alarm::Refused { journal: None, why: Refusal::Revoked }));
    assert!(matches!(table.link.state(), State::Offline { .. }));
}

#[test]
fn a_blob_comes_in_parts_and_a_wrong_one_is_told() {
    let sha256 = BlobHash([5; 32]);
    let mut table = Table::new();
    table.feed(Input::Want(sha256)).up(vec![]);
    let mut outcomes = [BlobOutcome::More { offset: 2 }, BlobOutcome::Corrupt].into_iter();
    for offset in [0, 2] {
        let is_it = |it: &Request| matches!(it, Request::Blob(blob) if blob.offset == offset);
        let ask = table.sent(is_it);
        let part = BlobPart { sha256, offset, total: 4, bytes: vec![0; 2] };
        table.reply(ask, Reply::Blob(part));
        let ask =
            table.find(|it| if let Effect::StoreBlob { ask, .. } = it { Some(*ask) } else { None });
        let outcome = outcomes.next().unwrap();
        table.feed(Input::BlobStored { ask: ask.unwrap(), outcome });
    }
    assert_eq!(table.alarm(), Some(Alarm::CorruptBlob { sha256 }));
}
