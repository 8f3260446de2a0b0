use super::{
    BrokenHistory, Cancelled, CustomerNamed, DiscountReason, Discounted, Event, Fact, FeeSet,
    HandedOver, Held, LineCancelled, ModeSet, Order, PromiseSet, Reason, Resumed, SentToKitchen,
    SettledLine, Settlement, Stamp,
};
use crate::id::{CustomerId, LineId};
use crate::samples::{ORDER, added, line, line_id, opened, stamp, stamp_of};
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::{Mode, Rate};
use proptest::prelude::*;

fn fold(facts: &[(Stamp, Fact)]) -> Order {
    let (order, broken) = Order::fold(ORDER, facts.iter().cloned());
    assert_eq!(broken, []);
    order
}

fn settled(lines: &[u8], cents: i64, ticket: &str) -> Fact {
    let settled = lines.iter().map(|it| SettledLine { line: line_id(*it), qty_m: 1_000 });
    Fact::Settled(Settlement {
        lines: settled.collect(),
        total: Money::from_cents(cents),
        ticket: ticket.into(),
        gives_back: cents < 0,
    })
}

fn cancel(line: u8) -> Fact {
    let reason = Reason::ChangedMind;
    Event::LineCancelled(LineCancelled { line: line_id(line), reason }).into()
}

fn ids<'o>(lines: impl Iterator<Item = &'o super::OrderLine>) -> Vec<LineId> {
    lines.map(|it| it.line.id).collect()
}

/// An order of two pizzas, each event one tick after the other.
fn two_pizzas() -> Vec<(Stamp, Fact)> {
    vec![
        (stamp(1), Event::Opened(opened()).into()),
        (stamp(2), added(&[1, 2]).into()),
        (stamp(3), Event::SentToKitchen(SentToKitchen { lines: vec![line_id(1)] }).into()),
    ]
}

#[test]
fn what_is_due_is_what_no_ticket_settles() {
    let mut facts = two_pizzas();
    assert_eq!((fold(&facts).total().cents(), fold(&facts).due().cents()), (2000, 2000));
    facts.push((stamp(4), settled(&[1], 1000, "A-1")));
    assert_eq!(fold(&facts).due().cents(), 1000);
    facts.push((stamp(5), cancel(2)));
    let order = fold(&facts);
    assert_eq!((order.total().cents(), order.due().cents()), (1000, 0));
    assert!(!order.is_finished());
    facts.push((stamp(6), Event::HandedOver(HandedOver {}).into()));
    assert!(fold(&facts).is_finished());
}

#[test]
fn a_line_settled_on_two_tills_is_a_possible_double() {
    let mut facts = two_pizzas();
    facts.push((stamp_of(1, 4), settled(&[1, 2], 2000, "A-1")));
    facts.push((stamp_of(2, 4), settled(&[2], 1000, "B-1")));
    let order = fold(&facts);
    assert_eq!(ids(order.possible_doubles()), [line_id(2)]);
    assert_eq!(order.due(), Money::ZERO);
    facts.push((stamp(5), settled(&[2], -1000, "A-2")));
    assert_eq!(ids(fold(&facts).possible_doubles()), []);
}

#[test]
fn a_line_settled_here_and_cancelled_there_is_to_be_credited() {
    let mut facts = two_pizzas();
    facts.push((stamp_of(1, 4), settled(&[1], 1000, "A-1")));
    let cancelled = Event::Cancelled(Cancelled { reason: Reason::Gone });
    facts.push((stamp_of(2, 4), cancelled.into()));
    let order = fold(&facts);
    assert_eq!(ids(order.to_credit()), [line_id(1)]);
    assert_eq!((order.due(), order.is_finished()), (Money::ZERO, false));
    facts.push((stamp(5), settled(&[1], -1000, "A-2")));
    assert!(fold(&facts).is_finished());
}

#[test]
fn facts_wait_for_the_order_to_be_known() {
    let facts = two_pizzas();
    let order = fold(&facts[1..]);
    assert_eq!((order.label(), order.mode(), order.lines().len()), (None, None, 2));
    assert_eq!(fold(&facts).label(), Some("C1-042"));
    let ahead = [(stamp(9), cancel(1))];
    assert_eq!(fold(&ahead).lines(), []);
}

#[test]
fn of_two_who_say_otherwise_the_later_in_order_holds() {
    let mut facts = two_pizzas();
    let mode = |mode| Fact::from(Event::ModeSet(ModeSet { mode }));
    facts.push((stamp_of(2, 4), mode(Mode::Delivery)));
    facts.push((stamp_of(1, 4), mode(Mode::OnSite)));
    assert_eq!(fold(&facts).mode(), Some(Mode::Delivery));
}

#[test]
fn what_cannot_have_happened_is_left_out_and_said() {
    let mut facts = two_pizzas();
    facts.push((stamp(4), Event::Opened(opened()).into()));
    facts.push((stamp(5), added(&[2]).into()));
    let mut nothing = line(3);
    nothing.quantity = 0;
    let lines = super::LinesAdded { lines: vec![nothing] };
    facts.push((stamp(6), Event::LinesAdded(lines).into()));
    let (order, broken) = Order::fold(ORDER, facts.iter().cloned());
    assert_eq!(
        broken,
        [
            (stamp(4), BrokenHistory::OpenedTwice),
            (stamp(5), BrokenHistory::LineTwice(line_id(2))),
            (stamp(6), BrokenHistory::UncountableLine(line_id(3))),
        ]
    );
    assert_eq!(order.lines(), fold(&two_pizzas()).lines());
}

#[test]
fn what_arrives_late_is_not_applied_behind() {
    let mut order = fold(&two_pizzas());
    let before = order.clone();
    assert_eq!(order.apply(stamp(1), &cancel(1)), Err(BrokenHistory::OutOfOrder));
    assert_eq!(order, before);
}

#[test]
fn an_order_survives_json() {
    let order = fold(&two_pizzas());
    let json = serde_json::to_vec(&order).unwrap();
    assert_eq!(serde_json::from_slice::<Order>(&json).unwrap(), order);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let id = 1_u8..6;
    prop_oneof![
        Just(Event::Opened(opened()).into()),
        proptest::collection::vec(id.clone(), 1..3).prop_map(|ids| added(&ids).into()),
        id.clone().prop_map(cancel),
        proptest::sample::select(&[Mode::OnSite, Mode::TakeAway, Mode::Delivery])
            .prop_map(|mode| Event::ModeSet(ModeSet { mode }).into()),
        proptest::option::of(0_i64..9)
            .prop_map(|at_ms| Event::PromiseSet(PromiseSet { at_ms }).into()),
        proptest::option::of(Just(CustomerId([3; 16])))
            .prop_map(|customer| Event::CustomerNamed(CustomerNamed { customer }).into()),
        Just(Event::Held(Held {}).into()),
        Just(Event::Resumed(Resumed {}).into()),
        proptest::collection::vec(id.clone(), 1..4).prop_map(|ids| {
            let lines = ids.into_iter().map(line_id).collect();
            Event::SentToKitchen(SentToKitchen { lines }).into()
        }),
        Just(Event::Cancelled(Cancelled { reason: Reason::Gone }).into()),
        Just(Event::HandedOver(HandedOver {}).into()),
        (id.clone(), -100_i64..1_200).prop_map(|(id, cents)| {
            let (line, amount) = (line_id(id), Money::from_cents(cents));
            let reason = DiscountReason::Complaint;
            Event::Discounted(Discounted { line, amount, reason }).into()
        }),
        (-10_i64..300)
            .prop_map(|cents| Event::FeeSet(FeeSet { amount: Money::from_cents(cents) }).into()),
        (0_u32..2_000, any::<bool>()).prop_map(|(qty_m, gives_back)| {
            let lines = [line_id(1), LineId::fee(Rate(1_000))];
            Fact::Settled(Settlement {
                lines: lines.map(|line| SettledLine { line, qty_m }).into(),
                total: Money::from_cents(1_250),
                ticket: "A-1".into(),
                gives_back,
            })
        }),
        (id, -1_i64..2).prop_map(|(id, sign)| settled(&[id], sign * 1000, "A-1")),
    ]
}

/// Facts of three workstations, their stamps drawn so closely that many collide.
fn history() -> impl Strategy<Value = Vec<(Stamp, Fact)>> {
    let one = (1_u8..4, 1_u64..12, any_fact());
    proptest::collection::vec(one, 0..24).prop_map(|facts| {
        let stamped = facts.into_iter();
        stamped.map(|(journal, tick, fact)| (stamp_of(journal, tick), fact)).collect()
    })
}

proptest! {
    #[test]
    fn any_order_of_arrival_and_any_repetition_give_the_same_order(
        (facts, shuffled) in history().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        again in 0_usize..24,
    ) {
        let repeated = shuffled.iter().chain(facts.iter().take(again)).cloned();
        prop_assert_eq!(Order::fold(ORDER, facts.iter().cloned()), Order::fold(ORDER, repeated));
    }

    #[test]
    fn applying_in_order_is_folding(facts in history()) {
        let mut sorted = super::in_order(facts);
        let (folded, _) = Order::fold(ORDER, sorted.iter().cloned());
        let mut order = Order::unknown(ORDER);
        for (at, fact) in sorted.drain(..) {
            // What cannot have happened leaves the order as it was.
            let before = order.clone();
            if order.apply(at, &fact).is_err() {
                prop_assert_eq!(&order, &before);
            }
        }
        prop_assert_eq!(order, folded);
    }

    #[test]
    fn what_is_due_is_never_below_nothing_nor_above_the_total(facts in history()) {
        let (order, _) = Order::fold(ORDER, facts);
        prop_assert!(Money::ZERO <= order.due() && order.due() <= order.total());
    }
}
