use super::{DiscountReason, DiscountRefused, spread, spread_percent};
use crate::id::LineId;
use crate::order::{
    BrokenHistory, Cancelled, Discounted, Event, Fact, HandedOver, LineCancelled, Order, Reason,
    SettledLine, Settlement,
};
use crate::samples::{ORDER, added, line_id, opened, stamp};
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use proptest::prelude::*;

/// An order of two pizzas at 10,00, and what happened to it then.
fn with(facts: &[Fact]) -> Order {
    let before = [Event::Opened(opened()).into(), added(&[1, 2]).into()];
    let stamped = before.into_iter().chain(facts.iter().cloned()).zip(1..);
    let (order, broken) = Order::fold(ORDER, stamped.map(|(fact, tick)| (stamp(tick), fact)));
    assert_eq!(broken, []);
    order
}

fn discounted(line: u8, cents: i64, reason: DiscountReason) -> Fact {
    let (line, amount) = (line_id(line), Money::from_cents(cents));
    Event::Discounted(Discounted { line, amount, reason }).into()
}

fn settled(lines: &[u8], cents: i64) -> Fact {
    let lines = lines.iter().map(|it| SettledLine { line: line_id(*it), qty_m: 1_000 }).collect();
    let (total, gives_back) = (Money::from_cents(cents), cents < 0);
    Fact::Settled(Settlement { lines, total, ticket: "A-1".into(), gives_back })
}

fn cents(order: &Order) -> (i64, i64) {
    (order.total().cents(), order.due().cents())
}

#[test]
fn a_discounted_line_keeps_its_price_and_costs_less() {
    let order = with(&[discounted(1, 231, DiscountReason::Complaint)]);
    let line = order.line(line_id(1)).unwrap();
    let it = (line.line.total().cents(), line.discount().cents(), line.net_total().cents());
    assert_eq!(it, (1_000, 231, 769));
    assert_eq!(cents(&order), (1_769, 1_769));
    let settled = order.settle(&[line_id(1)]).unwrap();
    assert_eq!(settled[0].net_total().cents(), 769);
}

#[test]
fn the_last_discount_holds_and_zero_takes_it_away() {
    let (coupon, gesture) = (DiscountReason::Coupon, DiscountReason::CommercialGesture);
    let mut facts = vec![discounted(1, 500, coupon.clone()), discounted(1, 200, gesture)];
    let order = with(&facts);
    let (_, discount) = order.line(line_id(1)).unwrap().discount.clone().unwrap();
    assert_eq!((discount.amount.cents(), discount.reason.code()), (200, "GESTE_COMMERCIAL"));
    facts.push(discounted(1, 0, coupon));
    assert_eq!(with(&facts).line(line_id(1)).unwrap().discount, None);
    assert_eq!(cents(&with(&facts)), (2_000, 2_000));
}

#[test]
fn a_free_order_is_still_to_be_settled() {
    let free = || DiscountReason::Free;
    let mut facts = vec![discounted(1, 1_000, free()), discounted(2, 1_000, free())];
    let order = with(&facts);
    assert_eq!((cents(&order), order.unsettled_lines().count()), ((0, 0), 2));
    facts.push(settled(&[1, 2], 0));
    assert_eq!(with(&facts).unsettled_lines().count(), 0);
}

#[test]
fn what_a_ticket_says_is_not_discounted_afterwards() {
    let mut facts = vec![settled(&[1], 1_000), discounted(1, 500, DiscountReason::Coupon)];
    assert_eq!(cents(&with(&facts)), (2_000, 1_000));
    facts.extend([settled(&[1], -1_000), discounted(1, 500, DiscountReason::Coupon)]);
    assert_eq!(cents(&with(&facts)), (2_000, 1_000));
}

#[test]
fn a_discount_that_cannot_be_is_left_out_and_said() {
    for amount in [-1, 1_001] {
        let facts = [
            (stamp(1), Event::Opened(opened()).into()),
            (stamp(2), added(&[1]).into()),
            (stamp(3), discounted(1, amount, DiscountReason::Free)),
        ];
        let (order, broken) = Order::fold(ORDER, facts);
        assert_eq!(broken, [(stamp(3), BrokenHistory::ImpossibleDiscount(line_id(1)))]);
        assert_eq!(order.due().cents(), 1_000);
    }
}

#[test]
fn discounting() {
    use DiscountRefused as R;
    let reason = Reason::Mistake;
    let line_cancelled = Event::LineCancelled(LineCancelled { line: line_id(1), reason });
    let cancelled = || Fact::from(Event::Cancelled(Cancelled { reason }));
    for (order, id, amount, refusal) in [
        (Order::unknown(ORDER), 9, -1, R::Unknown),
        (with(&[cancelled()]), 9, -1, R::NoSuchLine),
        (with(&[settled(&[1], 1_000), line_cancelled.into()]), 1, -1, R::Cancelled),
        (with(&[cancelled()]), 1, -1, R::Cancelled),
        (with(&[settled(&[1], 1_000)]), 1, -1, R::Settled),
        (with(&[]), 1, -1, R::Negative),
        (with(&[]), 1, 1_001, R::AboveTotal(Money::from_cents(1_000))),
    ] {
        let amount = Money::from_cents(amount);
        assert_eq!(order.discount(line_id(id), amount, DiscountReason::Free), Err(refusal));
    }
    let take = |order: &Order, cents| {
        let events = order.discount(line_id(1), Money::from_cents(cents), DiscountReason::Free);
        events.unwrap().into_iter().map(Fact::from).collect::<Vec<_>>()
    };
    let gone = with(&[Event::HandedOver(HandedOver {}).into()]);
    assert_eq!(take(&gone, 1_000), [discounted(1, 1_000, DiscountReason::Free)]);
    assert_eq!(take(&with(&[]), 0), []);
    let before = with(&[discounted(1, 300, DiscountReason::Free)]);
    assert_eq!(take(&before, 300), []);
    assert_eq!(take(&before, 0), [discounted(1, 0, DiscountReason::Free)]);
    let other = before.discount(line_id(1), Money::from_cents(300), DiscountReason::Coupon);
    assert_eq!(other.unwrap().len(), 1);
}

fn lines(cents: &[i64]) -> Vec<(LineId, Money)> {
    (1..).map(line_id).zip(cents.iter().map(|it| Money::from_cents(*it))).collect()
}

#[test]
fn ten_per_cent_is_rounded_once() {
    for (percent, prices, parts) in [
        (10, vec![1_250, 250, 455], vec![125, 25, 46]),
        (50, vec![1], vec![1]),
        (100, vec![1_250, 0, 3], vec![1_250, 0, 3]),
        (200, vec![1_000], vec![1_000]),
        (0, vec![1_000], vec![0]),
        (10, vec![0, 0], vec![0, 0]),
        (10, vec![], vec![]),
        (10, vec![1_000, -500], vec![100, 0]),
    ] {
        assert_eq!(spread_percent(percent, &lines(&prices)), lines(&parts), "{percent} {prices:?}");
    }
}

proptest! {
    #[test]
    fn what_is_spread_adds_up_and_no_line_gives_more_than_it_costs(
        prices in proptest::collection::vec(0_i64..5_000, 1..12), part in 0_i64..=100,
    ) {
        let lines = lines(&prices);
        let amount = Money::from_cents(prices.iter().sum::<i64>() * part / 100);
        let parts = spread(amount, &lines);
        prop_assert_eq!(parts.iter().map(|it| it.1).sum::<Money>(), amount);
        for ((line, price), (id, part)) in lines.iter().zip(&parts) {
            prop_assert!(line == id && Money::ZERO <= *part && part <= price);
        }
    }
}
