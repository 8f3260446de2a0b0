use crate::books::closings;
use crate::shop::{Shop, menu};
use domain::catalogue::Base;
use domain::id::ProductCode;
use domain::order::DiscountReason;
use fiscal::Money;
use fiscal::closing::Period;
use fiscal::event::EventCode;
use fiscal::vat::Mode;
use pos_api::{
    Answer, BasketEdit, ClosingView, Code, Command, DayCommand, Discount, DiscountAmount,
    KitchenStep, OrderStage, PaperCommand, PrinterSettings, Query, Reply, Tender,
};
use pos_core::store::basket;

fn cash(cents: i64) -> Vec<Tender> {
    vec![Tender::cash(Money::from_cents(cents))]
}

#[test]
fn nothing_is_done_for_nobody() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.run(Command::SignOut);
    shop.restart_unsigned();
    assert_eq!(shop.pay(5_000), Err(Code::NotSignedIn));
    assert_eq!(shop.try_run(Command::SendToKitchen), Err(Code::NotSignedIn));
    shop.sign_in();
    assert!(shop.pay(5_000).is_ok(), "the basket was kept");
}

#[test]
fn a_held_order_that_is_paid_from_the_board_is_made() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    shop.pay_for(Some(order), cash(5_000)).unwrap();
    assert_eq!(shop.kitchen().cards.len(), 1);
    assert_eq!(shop.orders()[0].stage, OrderStage::Kitchen);
}

#[test]
fn leaving_a_resumed_order_alone_puts_it_back_as_it_was() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    shop.run(Command::Resume { order });
    shop.run(Command::Basket(BasketEdit::Clear));
    assert_eq!(shop.orders()[0].stage, OrderStage::Held);

    // One that was sent, with a drink that the kitchen has nothing to do with, is not held.
    shop.type_in("MAR; COC");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::Resume { order });
    shop.run(Command::Basket(BasketEdit::Clear));
    let card = shop.orders().into_iter().find(|card| card.order == order).unwrap();
    assert_eq!(card.stage, OrderStage::Kitchen);
}

#[test]
fn a_basket_whose_order_was_closed_meanwhile_can_be_left() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.pay_for(Some(order), cash(5_000)).unwrap();
    shop.run(Command::Resume { order });
    shop.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)));
    shop.type_in("REI");
    assert_eq!(shop.pay(10_000), Err(Code::OrderClosed), "its ticket fixed how it leaves");
    shop.run(Command::Basket(BasketEdit::SetMode(Mode::TakeAway)));
    let paid = shop.pay(10_000).unwrap();
    assert_eq!(paid.order, order, "what is added is paid by a ticket of its own");
    assert_eq!(shop.orders()[0].tickets.len(), 2);
    assert_eq!(shop.orders()[0].due, Money::ZERO);

    shop.run(Command::Kitchen { order, line: None, step: KitchenStep::Start });
    shop.run(Command::Kitchen { order, line: None, step: KitchenStep::Ready });
    shop.run(Command::Resume { order });
    shop.run(Command::HandOver { order });
    assert_eq!(shop.basket().order, None, "what is gone is in no basket");
}

#[test]
fn a_line_that_the_other_life_of_a_copied_till_sent_is_in_the_order_once() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::Resume { order });
    shop.type_in("REI");
    let shown = shop.basket().total;
    let copied = shop.till.store().read(basket::load).unwrap();
    shop.run(Command::SendToKitchen);

    // What the copied disk holds when it hears of what was sent.
    shop.till.store().write(|tx| basket::save(tx, &copied)).unwrap();
    assert_eq!(shop.basket().total, shown, "the line stands in the order, and there alone");
    shop.type_in("COC");
    let due = shop.basket().total;
    assert!(shown < due);
    let paid = shop.pay(due.cents()).unwrap();
    assert_eq!((paid.order, paid.total), (order, due));
}

#[test]
fn a_delivery_leaves_unpaid_and_is_paid_when_the_courier_is_back() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.run(Command::Basket(BasketEdit::SetMode(Mode::Delivery)));
    shop.run(Command::Basket(BasketEdit::SetCustomer {
        name: "Madame Vandenbroucke".into(),
        phone: "03 20 11 22 33".into(),
        address: "4 rue de Gand".into(),
    }));
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::HandOver { order });
    assert_eq!(shop.orders()[0].stage, OrderStage::HandedOver);
    assert!(Money::ZERO < shop.orders()[0].due);
    shop.clock.advance_ms(3_600_000);
    assert_eq!(shop.orders().len(), 1, "its money is still to come");
    shop.pay_for(Some(order), cash(5_000)).unwrap();
    assert_eq!(shop.pay_for(Some(order), cash(5_000)), Err(Code::OrderClosed));
    shop.clock.advance_ms(3_600_000);
    assert!(shop.orders().is_empty());
}

#[test]
fn an_order_that_costs_nothing_has_its_ticket_all_the_same() {
    let mut shop = Shop::open();
    let mut menu = menu();
    menu.number += 1;
    let free = menu.products.iter_mut().find(|it| it.code == ProductCode::from("COC")).unwrap();
    let Base::Simple { price, .. } = &mut free.base else { panic!() };
    *price = Money::ZERO;
    shop.publish(menu);
    shop.type_in("COC");
    assert_eq!(shop.basket().total, Money::ZERO);
    let paid = shop.pay_for(None, Vec::new()).unwrap();
    assert_eq!(paid.total, Money::ZERO);
    assert_eq!(shop.orders()[0].stage, OrderStage::HandedOver);
}

/// Everything in the order is given.
fn give_all(shop: &mut Shop, order: domain::id::OrderId) {
    shop.run(Command::Discount(Discount {
        order: Some(order),
        line: None,
        amount: DiscountAmount::Percent(100),
        reason: DiscountReason::Free,
        approval: None,
    }));
}

fn close(shop: &mut Shop) -> ClosingView {
    let close = DayCommand::Close { counted: None, confirmed: false };
    let Reply::Closing(closing) = shop.run(Command::Day(close)) else { panic!() };
    *closing
}

#[test]
fn what_is_given_away_is_on_the_z_until_it_leaves_with_its_ticket() {
    let mut shop = Shop::open();
    shop.type_in("COC");
    shop.pay(200).unwrap();
    shop.type_in("REI; COC");
    let Reply::Order { order, label } = shop.run(Command::SendToKitchen) else { panic!() };
    give_all(&mut shop, order);
    assert_eq!(shop.orders()[0].due, Money::ZERO);
    let open = close(&mut shop).open_orders;
    assert_eq!(open, [(label, Money::ZERO)]);

    shop.run(Command::HandOver { order });
    let card = shop.orders().into_iter().find(|it| it.order == order).unwrap();
    assert_eq!((card.stage, card.tickets.len()), (OrderStage::HandedOver, 1));
    let ticket = shop.document(&card.tickets[0]);
    assert_eq!((ticket.seq, ticket.total_ttc, ticket.lines.len()), (2, Money::ZERO, 2));
    assert_eq!(shop.try_run(Command::HandOver { order }), Err(Code::OrderClosed));
    assert!(close(&mut shop).open_orders.is_empty());

    // Drinks leave with theirs as they are paid, and once.
    shop.type_in("COC");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    give_all(&mut shop, order);
    shop.run(Command::HandOver { order });
    let card = shop.orders().into_iter().find(|it| it.order == order).unwrap();
    assert_eq!((card.stage, card.tickets.len()), (OrderStage::HandedOver, 1));
}

#[test]
fn drinks_that_were_shown_and_taken_off_are_in_the_event_log_and_on_the_z() {
    let mut shop = Shop::open();
    shop.run(Command::SetPrinters(vec![PrinterSettings::counter("127.0.0.1:9".into(), false)]));
    shop.type_in("COC");
    shop.pay(200).unwrap();
    shop.type_in("2 COC; VRG");
    shop.run(Command::Basket(BasketEdit::SetMode(Mode::OnSite)));
    let Reply::Order { order, label } = shop.run(Command::Hold) else { panic!() };
    let card = shop.orders().into_iter().find(|it| it.order == order).unwrap();
    let shown = card.due;
    shop.run(Command::Paper(PaperCommand::Provisional { order, note: false }));
    let lines: Vec<_> = card.lines.iter().map(|it| it.line).collect();
    let reason = domain::order::Reason::Mistake;
    for line in lines {
        shop.run(Command::CancelLine { order, line, reason });
    }
    let traces = shop.events(EventCode::LineCancel);
    let gone = traces.iter().filter_map(|it| it.number("amount")).sum::<i64>();
    assert_eq!((traces.len(), gone), (2, shown.cents()));
    let z = close(&mut shop);
    assert_eq!(z.open_orders, [(label, Money::ZERO)], "it was emptied, and nobody cancelled it");
    let signed = closings(&mut shop, Period::Day).remove(0);
    let cancelled = signed.tally.cancelled_lines;
    assert_eq!((cancelled.count, cancelled.amount), (2, shown));

    shop.run(Command::CancelOrder { order, reason });
    shop.type_in("COC");
    shop.pay(200).unwrap();
    assert!(close(&mut shop).open_orders.is_empty());
}

#[test]
fn a_new_menu_changes_the_basket_s_prices_and_no_order_s() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    let before = shop.orders()[0].total;
    shop.type_in("MAR");

    let mut dearer = menu();
    dearer.number += 1;
    for product in &mut dearer.products {
        if let Base::Sized { prices, .. } = &mut product.base {
            prices.values_mut().for_each(|price| *price += Money::from_cents(100));
        }
    }
    shop.publish(dearer);
    let now = shop.basket().total;
    assert_eq!(now, before + Money::from_cents(100));
    let paid = shop.pay(now.cents()).unwrap();
    assert_eq!((paid.total, paid.change), (now, Money::ZERO));

    shop.run(Command::Resume { order });
    let Answer::Echo(echo) = shop.ask(Query::Echo { text: "MAR".into(), cursor: None }) else {
        panic!()
    };
    assert_eq!(echo.total, before, "the live echo says what the order will cost");
    shop.type_in("MAR");
    let paid = shop.pay(10_000).unwrap();
    assert_eq!(paid.total, before + before, "an order keeps the menu of its first line");
}
