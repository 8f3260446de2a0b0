use super::{SettledLine, Settlement};
use crate::order::{Event, Fact, HandedOver, LineCancelled, LinesAdded, Order, Reason};
use crate::samples::{ORDER, line, line_id, opened, stamp};
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;

/// An order of three pizzas in one line at 10,00 each and one of its own, and what happened then.
fn with(facts: &[Fact]) -> Order {
    let mut three = line(1);
    three.quantity = 3;
    let lines = vec![three, line(2)];
    let before = [Event::Opened(opened()).into(), Event::LinesAdded(LinesAdded { lines }).into()];
    let stamped = before.into_iter().chain(facts.iter().cloned()).zip(1..);
    let (order, broken) = Order::fold(ORDER, stamped.map(|(fact, tick)| (stamp(tick), fact)));
    assert_eq!(broken, []);
    order
}

fn ticket(lines: &[(u8, u32)], gives_back: bool) -> Fact {
    let settled = lines.iter().map(|it| SettledLine { line: line_id(it.0), qty_m: it.1 });
    let lines = settled.collect();
    Fact::Settled(Settlement { lines, total: Money::ZERO, ticket: "A-1".into(), gives_back })
}

fn sold() -> Fact {
    ticket(&[(1, 3_000), (2, 1_000)], false)
}

#[test]
fn what_was_given_back_is_not_due_again() {
    let gone = Event::HandedOver(HandedOver {}).into();
    let order = with(&[sold(), gone, ticket(&[(1, 1_000), (2, 1_000)], true)]);
    assert_eq!((order.due(), order.is_finished()), (Money::ZERO, true));
    assert_eq!((order.settled_m(line_id(1)), order.given_back_m(line_id(1))), (2_000, 1_000));
    assert_eq!((order.settled_m(line_id(2)), order.was_settled(line_id(2))), (0, true));
    assert!(order.settle(&[line_id(2)]).is_err());
}

#[test]
fn a_double_is_one_until_as_much_was_given_back() {
    let mut facts = vec![sold(), sold(), ticket(&[(1, 2_000), (2, 1_000)], true)];
    let doubles =
        |facts: &[Fact]| with(facts).possible_doubles().map(|it| it.line.id).collect::<Vec<_>>();
    assert_eq!(doubles(&facts), [line_id(1)]);
    facts.push(ticket(&[(1, 1_000)], true));
    assert_eq!(doubles(&facts), []);
}

#[test]
fn a_cancelled_line_is_to_credit_until_all_of_it_was() {
    let reason = Reason::RanOut;
    let cancelled = Event::LineCancelled(LineCancelled { line: line_id(1), reason }).into();
    let mut facts = vec![sold(), cancelled, ticket(&[(1, 2_000)], true)];
    assert_eq!(with(&facts).to_credit().count(), 1);
    facts.push(ticket(&[(1, 1_000)], true));
    assert_eq!(with(&facts).to_credit().count(), 0);
}

/// A free order is sold and given back at zero.
#[test]
fn a_total_of_zero_says_nothing_of_the_direction() {
    let order = with(&[sold(), sold(), ticket(&[(1, 3_000), (2, 1_000)], true)]);
    assert_eq!(order.possible_doubles().count(), 0);
}

#[test]
fn a_corrected_payment_settles_nothing() {
    let order = with(&[ticket(&[], false)]);
    assert_eq!((order.due().cents(), order.settlements().len()), (4_000, 1));
}
