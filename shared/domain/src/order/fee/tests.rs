use super::{FeePart, FeeRefused, fee_lines};
use crate::id::LineId;
use crate::order::{
    BrokenHistory, Cancelled, Event, Fact, FeeSet, HandedOver, ModeSet, Order, Reason, SettledLine,
    Settlement,
};
use crate::samples::{ORDER, added, line_id, opened, stamp};
use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::{Class, Mode, Rate};
use proptest::prelude::*;

/// An order of two pizzas at 10,00 to be delivered, and what happened to it then.
fn with(facts: &[Fact]) -> Order {
    let before = [Event::Opened(opened()).into(), added(&[1, 2]).into(), mode(Mode::Delivery)];
    let stamped = before.into_iter().chain(facts.iter().cloned()).zip(1..);
    let (order, broken) = Order::fold(ORDER, stamped.map(|(fact, tick)| (stamp(tick), fact)));
    assert_eq!(broken, []);
    order
}

fn mode(mode: Mode) -> Fact {
    Event::ModeSet(ModeSet { mode }).into()
}

fn fee(cents: i64) -> Fact {
    Event::FeeSet(FeeSet { amount: Money::from_cents(cents) }).into()
}

fn settled(lines: Vec<LineId>, cents: i64) -> Fact {
    let lines = lines.into_iter().map(|line| SettledLine { line, qty_m: 1_000 }).collect();
    let (total, gives_back) = (Money::from_cents(cents), cents < 0);
    Fact::Settled(Settlement { lines, total, ticket: "A-1".into(), gives_back })
}

fn the_fee() -> LineId {
    LineId::fee(Rate(1_000))
}

fn cancelled() -> Fact {
    Event::Cancelled(Cancelled { reason: Reason::Gone }).into()
}

#[test]
fn a_fee_is_due_until_a_ticket_names_it() {
    let mut facts = vec![fee(250)];
    let order = with(&facts);
    let it = (order.fee().cents(), order.goods_total().cents(), order.total().cents());
    assert_eq!((it, order.due().cents()), ((250, 2_000, 2_250), 2_250));
    facts.push(settled(vec![line_id(1), the_fee()], 1_250));
    let order = with(&facts);
    assert_eq!((order.unsettled_fee().cents(), order.due().cents()), (0, 1_000));
    // What the ticket says stays.
    facts.push(fee(900));
    assert_eq!(with(&facts).total().cents(), 2_250);
    facts.push(settled(vec![line_id(2)], 1_000));
    facts.push(Event::HandedOver(HandedOver {}).into());
    assert!(with(&facts).is_finished());
}

#[test]
fn a_fee_alone_can_be_settled() {
    let order = with(&[settled(vec![line_id(1), line_id(2)], 2_000), fee(250)]);
    assert_eq!((order.due().cents(), order.settle(&[])), (250, Ok(vec![])));
}

#[test]
fn what_is_not_delivered_bears_no_fee() {
    for after in [mode(Mode::TakeAway), cancelled()] {
        let order = with(&[fee(250), after]);
        assert_eq!((order.fee(), order.unsettled_fee()), (Money::ZERO, Money::ZERO));
        assert!(!order.is_fee_to_credit());
    }
}

#[test]
fn a_fee_paid_twice_or_for_nothing_is_noticed() {
    let paid = || settled(vec![line_id(1), the_fee()], 1_250);
    let twice = with(&[fee(250), paid(), paid()]);
    assert!(twice.is_fee_possible_double() && !twice.is_fee_to_credit());
    let mut facts = vec![fee(250), paid(), cancelled()];
    assert!(with(&facts).is_fee_to_credit() && !with(&facts).is_finished());
    facts.push(settled(vec![line_id(1), the_fee()], -1_250));
    assert!(!with(&facts).is_fee_to_credit() && with(&facts).is_finished());
}

#[test]
fn setting_the_fee() {
    use FeeRefused as R;
    let paid = || settled(vec![the_fee()], 250);
    for (order, amount, refusal) in [
        (Order::unknown(ORDER), -1, R::Unknown),
        (with(&[mode(Mode::TakeAway), cancelled()]), -1, R::Cancelled),
        (with(&[paid(), mode(Mode::OnSite)]), -1, R::NotDelivered),
        (with(&[fee(250), paid()]), -1, R::Settled),
        (with(&[]), -1, R::Impossible),
        (with(&[]), Order::MAX_UNIT_PRICE.cents() + 1, R::Impossible),
    ] {
        assert_eq!(order.set_fee(Money::from_cents(amount)), Err(refusal));
    }
    let set = |order: &Order, cents| order.set_fee(Money::from_cents(cents)).unwrap().len();
    let delivered = with(&[fee(250)]);
    assert_eq!((set(&with(&[]), 0), set(&delivered, 250), set(&delivered, 0)), (0, 0, 1));
}

#[test]
fn a_fee_that_cannot_be_is_left_out_and_said() {
    let (order, broken) = Order::fold(ORDER, [(stamp(1), fee(-1))]);
    assert_eq!(broken, [(stamp(1), BrokenHistory::ImpossibleFee)]);
    assert_eq!(order, Order::unknown(ORDER));
}

#[test]
fn a_ticket_settles_the_fee_under_ids_that_no_line_has() {
    assert_eq!(LineId::fee(Rate(550)).to_string(), "00006665653a0226");
    assert!(the_fee().is_fee() && !line_id(0).is_fee());
}

fn goods(goods: &[(Class, u16, i64)]) -> Vec<(Class, Rate, Money)> {
    goods.iter().map(|it| (it.0, Rate(it.1), Money::from_cents(it.2))).collect()
}

/// 2,50 over 25,00 of pizza at 10 %, 4,00 of cans and 2,00 of crisps at 5.5 %.
#[test]
fn a_fee_bears_the_rates_of_what_is_delivered() {
    let part = |class, rate, cents| FeePart {
        line: LineId::fee(Rate(rate)),
        class,
        rate: Rate(rate),
        amount: Money::from_cents(cents),
    };
    let mixed = goods(&[
        (Class::ImmediateFood, 1_000, 2_500),
        (Class::KeptFood, 550, 200),
        (Class::ClosedDrink, 550, 400),
    ]);
    let fee = Money::from_cents(250);
    assert_eq!(
        fee_lines(fee, &mixed),
        [part(Class::ClosedDrink, 550, 48), part(Class::ImmediateFood, 1_000, 202)]
    );
    // A can that is free weighs nothing; where all is free, rates are equal.
    let free = goods(&[(Class::ImmediateFood, 1_000, 1_000), (Class::ClosedDrink, 550, 0)]);
    assert_eq!(fee_lines(fee, &free), [part(Class::ImmediateFood, 1_000, 250)]);
    let free = goods(&[(Class::ImmediateFood, 1_000, 0), (Class::ClosedDrink, 550, 0)]);
    assert_eq!(fee_lines(fee, &free).len(), 2);
    assert_eq!((fee_lines(Money::ZERO, &mixed), fee_lines(Money::ZERO, &[])), (vec![], vec![]));
}

proptest! {
    #[test]
    fn the_parts_of_a_fee_add_up_to_it(
        fee in 0_i64..2_000,
        bought in proptest::collection::vec(
            (proptest::sample::select(&Class::ALL), 0_u16..3, 0_i64..5_000), 1..12),
    ) {
        let bought: Vec<_> = bought.into_iter().map(|it| (it.0, it.1 * 500, it.2)).collect();
        let parts = fee_lines(Money::from_cents(fee), &goods(&bought));
        prop_assert_eq!(parts.iter().map(|it| it.amount.cents()).sum::<i64>(), fee);
        prop_assert!(parts.is_sorted_by(|a, b| a.rate < b.rate));
        prop_assert!(parts.iter().all(|it| it.amount > Money::ZERO));
    }
}
