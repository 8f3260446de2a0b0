use super::{
    AcknowledgeRefused, Acknowledged, Alert, ClaimRefused, Claimed, Docket, Event, Ready,
    ReadyRefused, Seen, StartRefused, Started, State, Step, UndoRefused, Undone, dough_balls,
    queue,
};
use crate::id::{LineId, OrderId};
use crate::order::{self, Fact, ModeSet, PromiseSet, Reason, SentToKitchen, Stamp};
use crate::samples::{ORDER, added, line_id, opened, stamp, stamp_of};
use alloc::borrow::ToOwned as _;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::vat::Mode;
use proptest::prelude::*;

const MINUTE: i64 = 60_000;

/// Two pizzas sent to the kitchen, and then these, one tick after the other.
fn docket(facts: &[Fact]) -> Docket {
    let stamped = facts.iter().cloned().zip(10..).map(|(fact, tick)| (stamp(tick), fact));
    Docket::fold(ORDER, sent().into_iter().chain(stamped)).expect("there are lines to show")
}

fn sent() -> Vec<(Stamp, Fact)> {
    vec![
        (stamp(1), order::Event::Opened(opened()).into()),
        (stamp(2), added(&[1, 2]).into()),
        (stamp(3), send(&[1, 2])),
    ]
}

fn send(lines: &[u8]) -> Fact {
    order::Event::SentToKitchen(SentToKitchen { lines: ids(lines) }).into()
}

fn ids(lines: &[u8]) -> Vec<LineId> {
    lines.iter().map(|it| line_id(*it)).collect()
}

fn seen(lines: &[u8]) -> Fact {
    Event::Seen(Seen { lines: ids(lines) }).into()
}

fn claimed(line: u8, by: &str) -> Fact {
    Event::Claimed(Claimed { line: line_id(line), by: by.into() }).into()
}

fn started(line: u8, by: &str) -> Fact {
    Event::Started(Started { line: line_id(line), by: by.into() }).into()
}

fn ready(line: u8) -> Fact {
    Event::Ready(Ready { line: line_id(line) }).into()
}

fn undone(line: u8, step: Step) -> Fact {
    Event::Undone(Undone { line: line_id(line), step }).into()
}

fn acknowledged(line: u8) -> Fact {
    Event::Acknowledged(Acknowledged { line: line_id(line) }).into()
}

fn cancelled(line: u8) -> Fact {
    let (line, reason) = (line_id(line), Reason::ChangedMind);
    order::Event::LineCancelled(order::LineCancelled { line, reason }).into()
}

fn promised(at_ms: i64) -> Fact {
    order::Event::PromiseSet(PromiseSet { at_ms: Some(at_ms) }).into()
}

fn state(docket: &Docket, line: u8) -> (State, Option<&str>) {
    let it = docket.line(line_id(line)).unwrap();
    (it.state, it.by.as_ref().map(|it| it.as_str()))
}

#[test]
fn a_line_waits_is_started_and_is_ready() {
    assert_eq!(state(&docket(&[]), 1), (State::Waiting, None));
    let it = docket(&[claimed(1, "A"), started(1, "A"), ready(1)]);
    assert_eq!(state(&it, 1), (State::Ready, Some("A")));
    assert_eq!(state(&it, 2), (State::Waiting, None));
    assert_eq!(it.lines.iter().map(|it| it.seen).collect::<Vec<_>>(), [true, false]);
    let it = it.line(line_id(1)).unwrap();
    assert_eq!((it.sent_ms, it.started_ms, it.ready_ms), (3000, Some(11_000), Some(12_000)));
}

#[test]
fn of_two_claims_the_lower_holds_until_one_has_started() {
    let mut facts = sent();
    facts.push((stamp_of(2, 10), claimed(1, "B")));
    facts.push((stamp_of(1, 10), claimed(1, "A")));
    let it = Docket::fold(ORDER, facts.clone()).unwrap();
    assert_eq!(state(&it, 1), (State::Waiting, Some("A")));
    assert_eq!(it.lines[0].rivals, ["B".into()]);
    facts.push((stamp_of(2, 11), started(1, "B")));
    facts.push((stamp_of(3, 12), started(1, "C")));
    let it = Docket::fold(ORDER, facts).unwrap();
    assert_eq!(state(&it, 1), (State::Started, Some("B")));
    assert_eq!(it.lines[0].rivals, ["A".into(), "C".into()]);
}

#[test]
fn an_undo_takes_back_one_step_once() {
    let all = [claimed(1, "A"), started(1, "B"), ready(1)];
    let undo = |steps: &[Step]| {
        let undone = steps.iter().map(|step| undone(1, *step));
        let it = docket(&all.iter().cloned().chain(undone).collect::<Vec<_>>());
        let (state, by) = state(&it, 1);
        (state, by.map(|it| it.to_owned()))
    };
    let by = |it: &str| Some(it.to_owned());
    assert_eq!(undo(&[Step::Ready]), (State::Started, by("B")));
    // Two screens undo one slip.
    assert_eq!(undo(&[Step::Ready, Step::Ready]), (State::Started, by("B")));
    assert_eq!(undo(&[Step::Ready, Step::Start]), (State::Waiting, by("A")));
    assert_eq!(undo(&[Step::Ready, Step::Start, Step::Claim]), (State::Waiting, None));
    assert_eq!(undo(&[Step::Start]), (State::Ready, by("B")));
}

#[test]
fn a_cancellation_is_told_to_whoever_had_seen_the_line() {
    let lines = |facts: &[Fact]| {
        let it = docket(facts);
        it.lines.iter().map(|it| (it.line.id, it.alert)).collect::<Vec<_>>()
    };
    let second = (line_id(2), None);
    assert_eq!(lines(&[cancelled(1)]), [second]);
    let told = (line_id(1), Some(Alert::Cancelled));
    assert_eq!(lines(&[seen(&[1]), cancelled(1)]), [told, second]);
    // Seen on a screen that did not know of the cancellation yet.
    assert_eq!(lines(&[cancelled(1), seen(&[1])]), [told, second]);
    assert_eq!(lines(&[seen(&[1]), cancelled(1), acknowledged(1)]), [second]);
    let whole = order::Event::Cancelled(order::Cancelled { reason: Reason::Gone });
    let facts = sent().into_iter().chain([(stamp(9), whole.into())]);
    assert_eq!(Docket::fold(ORDER, facts), None);
}

#[test]
fn changes_after_the_start_wait_to_be_acknowledged() {
    let mode = || Fact::from(order::Event::ModeSet(ModeSet { mode: Mode::OnSite }));
    let alerts = |facts: &[Fact]| {
        let it = docket(facts);
        it.lines.iter().map(|it| it.alert).collect::<Vec<_>>()
    };
    assert_eq!(alerts(&[mode(), promised(5)]), [None, None]);
    let changed = [Some(Alert::Changed), None];
    assert_eq!(alerts(&[started(1, "A"), mode()]), changed);
    assert_eq!(alerts(&[started(1, "A"), promised(5)]), changed);
    assert_eq!(alerts(&[started(1, "A"), mode(), acknowledged(1)]), [None, None]);
    assert_eq!(alerts(&[started(1, "A"), mode(), acknowledged(1), mode()]), [None, None]);
    let more = [started(1, "A"), added(&[3]).into(), send(&[3])];
    assert_eq!(alerts(&more), [None, None, Some(Alert::Added)]);
    let begun = [started(1, "A"), added(&[3]).into(), send(&[3]), started(3, "A")];
    assert_eq!(alerts(&begun), [None, None, None]);
}

#[test]
fn nothing_is_shown_before_it_is_sent_or_known() {
    assert_eq!(Docket::fold(ORDER, sent().into_iter().take(2)), None);
    assert_eq!(Docket::fold(ORDER, sent().into_iter().skip(1)), None);
}

#[test]
fn an_order_for_later_is_due_lead_time_before_its_promise() {
    let later = docket(&[promised(60 * MINUTE)]);
    let due = |it: &Docket, minute: i64| it.is_due(minute * MINUTE, 20 * MINUTE);
    assert_eq!([due(&later, 39), due(&later, 40), due(&docket(&[]), 0)], [false, true, true]);
    // What was begun, or has to be acknowledged, does not go away.
    assert!(due(&docket(&[started(1, "A"), promised(60 * MINUTE)]), 0));
}

#[test]
fn the_queue_goes_by_promise_and_then_by_label() {
    let of = |id: u8, label: &str, promise_ms| Docket {
        order: OrderId([id; 16]),
        label: label.into(),
        promise_ms,
        ..docket(&[])
    };
    let mut dockets = [
        of(1, "C1-3", None),
        of(2, "C1-2", Some(31_000)),
        of(3, "C1-1", Some(31_000)),
        of(4, "C1-4", Some(30_000)),
    ];
    queue(&mut dockets, 30_000);
    let labels: Vec<_> = dockets.iter().map(|it| it.label.as_str()).collect();
    assert_eq!(labels, ["C1-4", "C1-1", "C1-2", "C1-3"]);
    let balls = |until_ms| dough_balls(&dockets, until_ms, 30_000).get("S").copied();
    assert_eq!([balls(29_000), balls(30_000), balls(31_000)], [None, Some(2), Some(8)]);
    let begun = docket(&[started(1, "A"), seen(&[2]), cancelled(2)]);
    assert!(dough_balls([&begun], i64::MAX, 0).is_empty());
}

#[test]
fn each_refusal_of_the_kitchen() {
    let a = || "A".into();
    let gone = docket(&[seen(&[1]), cancelled(1)]);
    let made = docket(&[claimed(1, "B"), started(1, "B"), ready(1)]);
    let changed = docket(&[started(1, "B"), promised(9)]);
    let (first, absent) = (line_id(1), line_id(9));
    for (it, line, refusal) in [
        (&gone, absent, ClaimRefused::NoSuchLine),
        (&gone, first, ClaimRefused::Cancelled),
        (&made, first, ClaimRefused::AlreadyStarted),
        (&docket(&[claimed(1, "B")]), first, ClaimRefused::AlreadyClaimed),
    ] {
        assert_eq!(it.claim(line, a()), Err(refusal));
    }
    for (it, line, refusal) in [
        (&gone, absent, StartRefused::NoSuchLine),
        (&gone, first, StartRefused::Cancelled),
        (&made, first, StartRefused::AlreadyStarted),
    ] {
        assert_eq!(it.start(line, a()), Err(refusal));
    }
    for (it, line, refusal) in [
        (&gone, absent, ReadyRefused::NoSuchLine),
        (&gone, first, ReadyRefused::Cancelled),
        (&changed, first, ReadyRefused::Changed),
        (&docket(&[]), first, ReadyRefused::NotStarted),
        (&made, first, ReadyRefused::AlreadyReady),
    ] {
        assert_eq!(it.ready(line), Err(refusal));
    }
    assert_eq!(made.undo(absent), Err(UndoRefused::NoSuchLine));
    assert_eq!(docket(&[]).undo(first), Err(UndoRefused::NothingToUndo));
    assert_eq!(made.acknowledge(absent), Err(AcknowledgeRefused::NoSuchLine));
    assert_eq!(made.acknowledge(first), Err(AcknowledgeRefused::NothingToAcknowledge));
    assert_eq!(docket(&[seen(&[1, 2])]).see(), []);
}

#[test]
fn what_is_decided_happens() {
    let mut facts: Vec<Fact> = Vec::new();
    let mut then = |events: Vec<Event>| {
        facts.extend(events.into_iter().map(Fact::from));
        docket(&facts)
    };
    let it = then(docket(&[]).see());
    assert!(it.is_seen() && !it.is_done());
    let it = then(it.claim(line_id(1), "A".into()).unwrap());
    // Somebody else may begin it all the same.
    let it = then(it.start(line_id(1), "B".into()).unwrap());
    let it = then(it.ready(line_id(1)).unwrap());
    let it = then(it.undo(line_id(1)).unwrap());
    assert_eq!(state(&it, 1), (State::Started, Some("B")));
    let it = then(it.ready(line_id(1)).unwrap());
    let it = then(it.start(line_id(2), "B".into()).unwrap());
    let it = then(it.ready(line_id(2)).unwrap());
    assert!(it.is_done());
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let line = 1_u8..4;
    let by = || proptest::sample::select(&["A", "B", "C"]);
    let step = proptest::sample::select(&[Step::Claim, Step::Start, Step::Ready]);
    prop_oneof![
        line.clone().prop_map(|it| seen(&[it])),
        (line.clone(), by()).prop_map(|(it, by)| claimed(it, by)),
        (line.clone(), by()).prop_map(|(it, by)| started(it, by)),
        line.clone().prop_map(ready),
        (line.clone(), step).prop_map(|(it, step)| undone(it, step)),
        line.clone().prop_map(acknowledged),
        line.clone().prop_map(cancelled),
        line.prop_map(|it| send(&[it])),
        (0_i64..4).prop_map(promised),
        Just(added(&[3]).into()),
    ]
}

proptest! {
    #[test]
    fn every_screen_shows_the_same_whatever_arrived_first(
        (facts, shuffled) in proptest::collection::vec((1_u8..4, 4_u64..12, any_fact()), 0..24)
            .prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
    ) {
        let stamped = |facts: Vec<(u8, u64, Fact)>| {
            let facts = facts.into_iter().map(|(journal, tick, it)| (stamp_of(journal, tick), it));
            Docket::fold(ORDER, facts.chain(sent()))
        };
        prop_assert_eq!(stamped(facts), stamped(shuffled));
    }
}
