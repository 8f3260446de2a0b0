use super::{
    CancelRefused, CustomerRefused, HandOverRefused, HoldRefused, LineCancelRefused, LinesRefused,
    ModeRefused, OpenRefused, PromiseRefused, ResumeRefused, SendRefused, SettleRefused,
};
use crate::id::{CustomerId, LineId};
use crate::order::{
    Cancelled, DiscountReason, Discounted, Event, Fact, HandedOver, Held, Line, LineCancelled,
    ModeSet, Opened, Order, Reason, SentToKitchen, SettledLine, Settlement,
};
use crate::samples::{ORDER, added, line, line_id, opened, stamp};
use alloc::vec;
use fiscal::Money;
use fiscal::vat::{Mode, Rate};

/// An order to which these things happened, one after the other.
fn order(facts: &[Fact]) -> Order {
    let stamped = facts.iter().cloned().zip(1..).map(|(fact, tick)| (stamp(tick), fact));
    let (order, broken) = Order::fold(ORDER, stamped);
    assert_eq!(broken, []);
    order
}

fn with(facts: &[Fact]) -> Order {
    let before = [open(), added(&[1, 2]).into()];
    order(&before.iter().chain(facts).cloned().collect::<vec::Vec<_>>())
}

fn open() -> Fact {
    Event::Opened(opened()).into()
}

fn unknown() -> Order {
    Order::unknown(ORDER)
}

fn empty() -> Order {
    order(&[open()])
}

fn cancelled() -> Fact {
    Event::Cancelled(Cancelled { reason: Reason::Gone }).into()
}

fn handed_over() -> Fact {
    Event::HandedOver(HandedOver {}).into()
}

fn held() -> Fact {
    Event::Held(Held {}).into()
}

fn settled(lines: &[u8]) -> Fact {
    let settled = lines.iter().map(|it| SettledLine { line: line_id(*it), qty_m: 1_000 });
    Fact::Settled(Settlement {
        lines: settled.collect(),
        total: Money::from_cents(1000),
        ticket: "A-1".into(),
        gives_back: false,
    })
}

/// All of it is given.
fn free(number: u8) -> Fact {
    let (amount, reason) = (line(number).total(), DiscountReason::Free);
    Event::Discounted(Discounted { line: line_id(number), amount, reason }).into()
}

fn line_cancelled(line: u8) -> Fact {
    let reason = Reason::Mistake;
    Event::LineCancelled(LineCancelled { line: line_id(line), reason }).into()
}

#[test]
fn opening() {
    let nameless = Opened { label: " ".into(), ..opened() };
    assert_eq!(empty().open(nameless.clone()), Err(OpenRefused::AlreadyOpen));
    assert_eq!(unknown().open(nameless), Err(OpenRefused::NoLabel));
    assert_eq!(unknown().open(opened()), Ok(vec![Event::Opened(opened())]));
}

#[test]
fn adding_lines() {
    use LinesRefused as R;
    let none = Line { quantity: 0, ..line(3) };
    let dear = Line { unit_price: Money::from_cents(-1), ..line(3) };
    let other = Line { menu_number: 8, ..line(3) };
    let fee = LineId::fee(Rate(1_000));
    for (order, lines, refusal) in [
        (unknown(), vec![], R::Unknown),
        (with(&[handed_over(), cancelled()]), vec![], R::Cancelled),
        (with(&[handed_over()]), vec![], R::HandedOver),
        (empty(), vec![], R::NoLines),
        (with(&[]), vec![none.clone(); 499], R::TooManyLines),
        (empty(), vec![dear.clone(), none], R::NoQuantity(line_id(3))),
        (with(&[]), vec![dear, line(1)], R::ImpossiblePrice(line_id(3))),
        (with(&[]), vec![other.clone(), line(2)], R::LineTwice(line_id(2))),
        (empty(), vec![line(4), line(4)], R::LineTwice(line_id(4))),
        (empty(), vec![Line { id: fee, ..line(4) }], R::LineTwice(fee)),
        (empty(), vec![line(4), other.clone()], R::OtherMenu(line_id(3))),
        (with(&[]), vec![other], R::OtherMenu(line_id(3))),
    ] {
        assert_eq!(order.add_lines(lines), Err(refusal));
    }
    assert_eq!(empty().add_lines(vec![line(1), line(2)]), Ok(vec![added(&[1, 2])]));
}

#[test]
fn cancelling_a_line() {
    use LineCancelRefused as R;
    for (order, id, refusal) in [
        (unknown(), 1, R::Unknown),
        (with(&[cancelled()]), 9, R::NoSuchLine),
        (with(&[settled(&[1]), line_cancelled(1)]), 1, R::AlreadyCancelled),
        (with(&[cancelled()]), 1, R::AlreadyCancelled),
        (with(&[settled(&[1]), handed_over()]), 1, R::Settled),
        (with(&[handed_over()]), 1, R::HandedOver),
    ] {
        assert_eq!(order.cancel_line(line_id(id), Reason::Mistake), Err(refusal));
    }
    let events = with(&[]).cancel_line(line_id(1), Reason::Mistake).unwrap();
    assert_eq!(events.into_iter().map(Fact::from).collect::<vec::Vec<_>>(), [line_cancelled(1)]);
}

#[test]
fn setting_the_mode() {
    use ModeRefused as R;
    for (order, refusal) in [
        (unknown(), R::Unknown),
        (with(&[handed_over(), cancelled()]), R::Cancelled),
        (with(&[settled(&[1]), handed_over()]), R::HandedOver),
        (with(&[settled(&[1])]), R::Settled),
    ] {
        assert_eq!(order.set_mode(Mode::OnSite), Err(refusal));
    }
    assert_eq!(with(&[]).set_mode(Mode::TakeAway), Ok(vec![]));
    let set = vec![Event::ModeSet(ModeSet { mode: Mode::OnSite })];
    assert_eq!(with(&[]).set_mode(Mode::OnSite), Ok(set));
}

#[test]
fn promising_a_time() {
    use PromiseRefused as R;
    for (order, refusal) in [
        (unknown(), R::Unknown),
        (with(&[handed_over(), cancelled()]), R::Cancelled),
        (with(&[handed_over()]), R::HandedOver),
        (with(&[]), R::Past),
    ] {
        assert_eq!(order.promise(Some(99), 100), Err(refusal));
    }
    assert_eq!(with(&[]).promise(Some(100), 100).unwrap().len(), 1);
    assert_eq!(with(&[]).promise(None, 100), Ok(vec![]));
}

#[test]
fn naming_the_customer() {
    let customer = Some(CustomerId([9; 16]));
    assert_eq!(unknown().name_customer(customer), Err(CustomerRefused::Unknown));
    assert_eq!(with(&[cancelled()]).name_customer(customer), Err(CustomerRefused::Cancelled));
    // Whose it was may be said when it has left.
    assert_eq!(with(&[handed_over()]).name_customer(customer).unwrap().len(), 1);
    assert_eq!(with(&[]).name_customer(None), Ok(vec![]));
}

#[test]
fn holding_and_resuming() {
    for (order, refusal) in [
        (unknown(), HoldRefused::Unknown),
        (with(&[handed_over(), cancelled()]), HoldRefused::Cancelled),
        (with(&[handed_over()]), HoldRefused::HandedOver),
    ] {
        assert_eq!(order.hold(), Err(refusal));
    }
    assert_eq!(unknown().resume(), Err(ResumeRefused::Unknown));
    assert_eq!(with(&[held(), cancelled()]).resume(), Err(ResumeRefused::Cancelled));
    assert_eq!((with(&[held()]).hold(), with(&[]).resume()), (Ok(vec![]), Ok(vec![])));
    assert_eq!(with(&[held()]).resume().unwrap().len(), 1);
    assert_eq!(with(&[]).hold().unwrap().len(), 1);
}

#[test]
fn sending_to_the_kitchen() {
    let sent = |lines: &[u8]| {
        let lines = lines.iter().map(|it| line_id(*it)).collect();
        Event::SentToKitchen(SentToKitchen { lines })
    };
    for (order, refusal) in [
        (unknown(), SendRefused::Unknown),
        (with(&[held(), cancelled()]), SendRefused::Cancelled),
        (order(&[open(), held()]), SendRefused::Held),
        (empty(), SendRefused::NothingToSend),
        (with(&[line_cancelled(2), sent(&[1]).into()]), SendRefused::NothingToSend),
    ] {
        assert_eq!(order.send_to_kitchen(), Err(refusal));
    }
    assert_eq!(with(&[]).send_to_kitchen(), Ok(vec![sent(&[1, 2])]));
    assert_eq!(with(&[sent(&[1]).into()]).send_to_kitchen(), Ok(vec![sent(&[2])]));
}

#[test]
fn cancelling_the_order() {
    use CancelRefused as R;
    for (order, refusal) in [
        (unknown(), R::Unknown),
        (with(&[settled(&[1]), cancelled()]), R::AlreadyCancelled),
        (with(&[settled(&[1]), handed_over()]), R::Settled),
        (with(&[handed_over()]), R::HandedOver),
    ] {
        assert_eq!(order.cancel(Reason::Gone), Err(refusal));
    }
    assert_eq!(with(&[]).cancel(Reason::Gone).unwrap().len(), 1);
}

#[test]
fn settling_lines() {
    use SettleRefused as R;
    for (order, lines, refusal) in [
        (unknown(), vec![], R::Unknown),
        (with(&[cancelled()]), vec![], R::Cancelled),
        (with(&[]), vec![], R::NoLines),
        (with(&[]), vec![1, 1, 9], R::NoSuchLine(line_id(9))),
        (with(&[line_cancelled(1)]), vec![1, 1], R::LineTwice(line_id(1))),
        (with(&[settled(&[1]), line_cancelled(1)]), vec![2, 1], R::LineCancelled(line_id(1))),
        (with(&[settled(&[1])]), vec![2, 1], R::AlreadySettled(line_id(1))),
    ] {
        let lines: vec::Vec<_> = lines.into_iter().map(line_id).collect();
        assert_eq!(order.settle(&lines), Err(refusal));
    }
    // What has left unpaid can still be paid.
    let order = with(&[settled(&[1]), handed_over()]);
    assert_eq!(order.settle(&[line_id(2)]).unwrap()[0].line, line(2));
}

#[test]
fn handing_over() {
    use HandOverRefused as R;
    for (order, refusal) in [
        (unknown(), R::Unknown),
        (with(&[handed_over(), cancelled()]), R::Cancelled),
        (with(&[handed_over()]), R::AlreadyHandedOver),
        (with(&[line_cancelled(1), line_cancelled(2)]), R::Empty),
        (with(&[settled(&[1])]), R::NotPaid(Money::from_cents(1000))),
    ] {
        assert_eq!(order.hand_over(), Err(refusal));
    }
    assert_eq!(with(&[settled(&[1, 2])]).hand_over().unwrap().len(), 1);
    let delivery = Event::ModeSet(ModeSet { mode: Mode::Delivery }).into();
    assert_eq!(with(core::slice::from_ref(&delivery)).hand_over().unwrap().len(), 1);

    // What is free leaves with its ticket, wherever it goes.
    let free = [free(1), free(2)];
    let nothing = Err(R::NotPaid(Money::ZERO));
    assert_eq!(with(&free).hand_over(), nothing);
    assert_eq!(with(&[&free[..], &[delivery]].concat()).hand_over(), nothing);
    assert_eq!(with(&[&free[..], &[settled(&[1, 2])]].concat()).hand_over().unwrap().len(), 1);
}
