//! What is taken off by hand: with reason and right, in the ticket and in the log of events.

use crate::shop::Shop;
use domain::id::{LineId, OrderId};
use domain::order::DiscountReason;
use fiscal::Money;
use fiscal::event::EventCode;
use pos_api::{BasketEdit, Code, Command, Discount, DiscountAmount, Reply};

fn off(line: Option<LineId>, amount: DiscountAmount) -> Discount {
    let reason = DiscountReason::CommercialGesture;
    Discount { order: None, line, amount, reason, approval: None }
}

const fn cents(cents: i64) -> DiscountAmount {
    DiscountAmount::Amount(Money::from_cents(cents))
}

fn give(shop: &mut Shop, discount: Discount) -> Result<Reply, Code> {
    shop.try_run(Command::Discount(discount))
}

fn first_line(shop: &mut Shop) -> LineId {
    shop.basket().lines[0].line
}

#[test]
fn the_counter_gives_a_fifth_and_a_manager_more() {
    let mut shop = Shop::open();
    shop.counter_signs_in();
    shop.type_in("REI G");
    let line = Some(first_line(&mut shop));
    for (amount, refused) in [
        (cents(-1), Some(Code::DiscountAmount)),
        (cents(1_351), Some(Code::DiscountAmount)),
        (DiscountAmount::Percent(0), Some(Code::DiscountAmount)),
        (DiscountAmount::Percent(101), Some(Code::DiscountAmount)),
        (DiscountAmount::Percent(21), Some(Code::NeedsManager)),
        (cents(1_350), Some(Code::NeedsManager)),
        (DiscountAmount::Percent(20), None),
    ] {
        assert_eq!(give(&mut shop, off(line, amount)).err(), refused, "{amount:?}");
    }
    assert_eq!(shop.basket().due, Money::from_cents(1_080));
    assert_eq!(give(&mut shop, off(Some(LineId([9; 8])), cents(1))), Err(Code::NoSuchLine));
    let free = Discount {
        reason: DiscountReason::Free,
        approval: Some(Shop::manager()),
        ..off(line, DiscountAmount::Percent(100))
    };
    give(&mut shop, free).unwrap();
    assert_eq!(shop.events(EventCode::ManagerOverride)[0].text("what"), Some("REMISE"));

    // What is free keeps its price, and its ticket is numbered and signed.
    let paid = shop.pay_for(None, vec![]).unwrap();
    assert_eq!(paid.total, Money::ZERO);
    let document = shop.document(&paid.ticket);
    let line = &document.lines[0];
    let [unit, discount, ttc] = [line.unit_ttc, line.discount, line.ttc].map(Money::cents);
    assert_eq!((unit, discount, ttc), (1_350, 1_350, 0));
    assert_eq!(line.discount_reason.as_deref(), Some("Offert"));
    let noted = shop.events(EventCode::FreeItem);
    assert_eq!(noted[0].number("amount"), Some(1_350));
    assert_eq!(noted[0].text("reason"), Some("OFFERT"));
}

#[test]
fn a_discount_on_everything_is_spread_over_the_lines_before_tax() {
    let mut shop = Shop::open();
    shop.type_in("REI; COC; VRG");
    give(&mut shop, off(None, DiscountAmount::Percent(10))).unwrap();
    let view = shop.basket();
    assert_eq!(view.discount_total, Money::from_cents(164));
    assert_eq!((view.total, view.due), (Money::from_cents(1_476), Money::from_cents(1_476)));
    let paid = shop.pay(1_476).unwrap();
    let document = shop.document(&paid.ticket);
    let off: Vec<_> = document.lines.iter().map(|it| it.discount.cents()).collect();
    assert_eq!(off, [109, 20, 35]);
    assert_eq!(document.lines[2].discount_reason.as_deref(), Some("Geste commercial"));
    let rates: Vec<_> = document.vat.iter().map(|it| it.ttc.cents()).collect();
    assert_eq!(rates, [180, 981, 315]);
    assert_eq!(shop.events(EventCode::DiscountManual).len(), 3);
}

#[test]
fn a_line_that_changes_loses_its_discount_and_a_second_of_it_is_another_line() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let line = first_line(&mut shop);
    give(&mut shop, off(Some(line), cents(200))).unwrap();
    shop.type_in("REI");
    assert_eq!(shop.basket().lines.len(), 2);
    assert_eq!(shop.basket().due, Money::from_cents(1_980));
    shop.run(Command::Basket(BasketEdit::SetQuantity { line, quantity: 2 }));
    assert_eq!(shop.basket().due, Money::from_cents(3_270));
    give(&mut shop, off(Some(line), cents(200))).unwrap();
    give(&mut shop, off(Some(line), cents(0))).unwrap();
    assert_eq!(shop.basket().discount_total, Money::ZERO);
    assert!(shop.events(EventCode::DiscountManual).is_empty(), "nothing was ordered");
}

#[test]
fn an_open_order_is_discounted_until_it_is_paid() {
    let mut shop = Shop::open();
    shop.type_in("REI; COC");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    let on = |order: OrderId, amount| Discount { order: Some(order), ..off(None, amount) };
    give(&mut shop, on(order, DiscountAmount::Percent(10))).unwrap();
    assert_eq!(shop.orders()[0].due, Money::from_cents(1_161));
    give(&mut shop, on(order, DiscountAmount::Percent(10))).unwrap();
    assert_eq!(shop.events(EventCode::DiscountManual).len(), 2, "the same again is nothing");
    let paid = shop.pay_for(Some(order), vec![pos_api::Tender::cash(Money::from_cents(1_161))]);
    assert_eq!(paid.unwrap().total, Money::from_cents(1_161));
    assert_eq!(give(&mut shop, on(order, cents(100))), Err(Code::EmptyBasket), "all is settled");
    assert_eq!(give(&mut shop, on(OrderId([9; 16]), cents(100))), Err(Code::NoSuchOrder));
}

#[test]
fn a_line_of_an_order_is_cancelled_with_its_trace() {
    let mut shop = Shop::open();
    shop.type_in("REI P; COC; TIR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    let lines: Vec<_> = shop.orders()[0].lines.iter().map(|it| it.line).collect();
    let reason = domain::order::Reason::RanOut;
    let cancel = |line| Command::CancelLine { order, line, reason };
    shop.run(cancel(lines[2]));
    assert_eq!(shop.events(EventCode::LineCancel).len(), 1, "though the kitchen has it not");
    shop.run(cancel(lines[0]));
    let traces = shop.events(EventCode::LineCancel);
    assert_eq!((traces.len(), traces[1].number("amount")), (2, Some(776)), "as in its formule");
    assert_eq!(shop.orders()[0].due, Money::from_cents(200), "which is none without it");
    assert_eq!(shop.try_run(cancel(lines[0])), Err(Code::OrderClosed));
    assert_eq!(shop.try_run(cancel(LineId([9; 8]))), Err(Code::NoSuchLine));
    shop.pay_for(Some(order), vec![pos_api::Tender::cash(Money::from_cents(200))]).unwrap();
    assert_eq!(shop.try_run(cancel(lines[1])), Err(Code::OrderClosed));
}

#[test]
fn formules_are_found_and_not_given() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let reason = DiscountReason::Formule { code: "MIDI".into(), name: "Formule midi".into() };
    let refused = give(&mut shop, Discount { reason, ..off(None, cents(100)) });
    assert_eq!(refused, Err(Code::DiscountAmount));
}
