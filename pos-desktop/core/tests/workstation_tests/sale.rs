use crate::shop::Shop;
use domain::order::Reason;
use fiscal::Money;
use pos_api::{Answer, BasketEdit, Code, Command, KitchenStep, OrderStage, Query, Reply};

#[test]
fn a_pizza_is_sold_cooked_and_handed_over() {
    let mut shop = Shop::open();
    shop.type_in("REI G; MAR/4FR S -BAS +OEU; 19h30");
    let Answer::Basket(basket) = shop.ask(Query::Basket) else { panic!() };
    assert_eq!(basket.label, "C1-001");
    assert_eq!(basket.promise.as_deref(), Some("19:30"));
    let labels: Vec<_> = basket.lines.iter().map(|line| line.label.as_str()).collect();
    assert_eq!(labels, ["Reine grande", "½ Margherita ½ 4 fromages standard"]);
    assert_eq!(basket.lines[1].details, ["sans basilic", "+ œuf"]);

    let due = basket.total.cents();
    let paid = shop.pay(5_000).unwrap();
    assert_eq!(paid.total.cents(), due);
    assert_eq!(paid.change.cents(), 5_000 - due);

    let Answer::Kitchen(kitchen) = shop.ask(Query::Kitchen) else { panic!() };
    assert_eq!(kitchen.cards.len(), 1);
    assert_eq!(kitchen.cards[0].label, "C1-001");
    assert_eq!(kitchen.cards[0].minutes_left, 20);
    assert_eq!(kitchen.cards[0].lines[1].parts.len(), 2);

    let order = paid.order;
    for step in [KitchenStep::Seen, KitchenStep::Start, KitchenStep::Ready] {
        shop.run(Command::Kitchen { order, line: None, step });
    }
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    assert_eq!(orders[0].stage, OrderStage::Ready);
    assert!(orders[0].seen);
    assert_eq!(orders[0].due, Money::ZERO);
    shop.run(Command::HandOver { order });
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    assert_eq!(orders[0].stage, OrderStage::HandedOver);

    let Answer::Receipt(receipt) = shop.ask(Query::Receipt { ticket: paid.ticket }) else {
        panic!()
    };
    let paper = receipt.paper.join(" ");
    let paper = paper.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(paper.contains("½ Margherita ½ 4 fromages"), "{paper}");
}

#[test]
fn an_order_for_later_is_not_in_the_kitchen_before_its_lead_time() {
    let mut shop = Shop::open();
    shop.type_in("MAR; 21h30");
    shop.run(Command::SendToKitchen);
    let Answer::Kitchen(kitchen) = shop.ask(Query::Kitchen) else { panic!() };
    assert!(kitchen.cards.is_empty());
    assert_eq!(kitchen.upcoming, [("21:30".to_owned(), 1)]);
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    assert_eq!(orders[0].stage, OrderStage::Upcoming);

    shop.clock.advance_ms(2 * 3_600_000);
    let Answer::Kitchen(kitchen) = shop.ask(Query::Kitchen) else { panic!() };
    assert_eq!(kitchen.cards.len(), 1);
}

#[test]
fn what_was_answered_is_there_after_a_restart_and_no_number_is_used_again() {
    let mut shop = Shop::open();
    shop.type_in("2 MAR");
    let first = shop.pay(10_000).unwrap();
    shop.type_in("REI");
    shop.restart();
    let Answer::Basket(basket) = shop.ask(Query::Basket) else { panic!() };
    assert_eq!(basket.lines.len(), 1, "what was keyed in is not lost");
    let second = shop.pay(10_000).unwrap();
    assert_ne!(first.ticket, second.ticket);
    assert_ne!(first.label, second.label);
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    assert_eq!(orders.len(), 2);
}

#[test]
fn a_held_order_is_resumed_filled_and_paid() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    let Answer::Kitchen(kitchen) = shop.ask(Query::Kitchen) else { panic!() };
    assert!(kitchen.cards.is_empty(), "what is held is not cooked");
    shop.run(Command::Resume { order });
    shop.type_in("REI G");
    let paid = shop.pay(10_000).unwrap();
    assert_eq!(paid.order, order);
    let Answer::Kitchen(kitchen) = shop.ask(Query::Kitchen) else { panic!() };
    assert_eq!(kitchen.cards[0].lines.len(), 2);
}

#[test]
fn payment_refusals_change_nothing() {
    let mut shop = Shop::open();
    assert_eq!(shop.pay(1_000), Err(Code::EmptyBasket));
    shop.type_in("REI G");
    assert!(matches!(shop.pay(100), Err(Code::NotEnough { .. })));
    let Answer::Basket(basket) = shop.ask(Query::Basket) else { panic!() };
    assert_eq!((basket.lines.len(), basket.label.as_str()), (1, "C1-001"));
    shop.run(Command::Basket(BasketEdit::SetMode(fiscal::vat::Mode::Delivery)));
    assert_eq!(shop.pay(10_000), Err(Code::DeliveryNeedsCustomer));
}

#[test]
fn an_order_cancelled_unpaid_leaves_its_trace_and_a_paid_one_is_not_cancelled() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::CancelOrder { order, reason: Reason::ChangedMind });
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    assert_eq!(orders[0].stage, OrderStage::Cancelled);
    shop.type_in("MAR");
    let paid = shop.pay(10_000).unwrap();
    let refused =
        shop.try_run(Command::CancelOrder { order: paid.order, reason: Reason::ChangedMind });
    assert_eq!(refused, Err(Code::OrderClosed));
}

/// Code de l'environnement art. L. 541-15-10 IV.
#[test]
fn nothing_is_printed_for_a_customer_who_asked_for_nothing() {
    let mut shop = Shop::open();
    let printer = pos_api::PrinterSettings::counter("127.0.0.1:9".into(), true);
    shop.run(Command::SetPrinters(vec![printer]));
    shop.type_in("MAR");
    shop.pay(10_000).unwrap();
    let kinds = shop.till.store().read(|tx| {
        let mut statement = tx.prepare("SELECT kind FROM print_job ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
        Ok::<_, pos_core::store::StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
    });
    assert_eq!(kinds.unwrap(), ["drawer"], "the drawer's pulse, and no paper");
}

#[test]
fn a_receipt_asked_for_again_says_which_copy_it_is() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let ticket = shop.pay(10_000).unwrap().ticket;
    let ask = || Command::PrintReceipt { ticket: ticket.clone() };
    assert_eq!(shop.try_run(ask()), Err(Code::NoPrinter));
    let printer = pos_api::PrinterSettings::counter("127.0.0.1:9".into(), false);
    shop.run(Command::SetPrinters(vec![printer]));
    for marked in [None, Some("DUPLICATA n° 1"), Some("DUPLICATA n° 2")] {
        let Reply::Queued { job } = shop.run(ask()) else { panic!() };
        let job = shop
            .till
            .store()
            .read(|tx| {
                pos_core::print::store::load(tx, pos_core::print::job::JobId(job))
                    .map_err(pos_core::store::StoreError::from)
            })
            .unwrap()
            .unwrap();
        match marked {
            None => assert!(!job.document.contains("DUPLICATA")),
            Some(mark) => assert!(job.document.contains(mark), "{}", job.document),
        }
    }
}

#[test]
fn what_was_keyed_in_before_an_order_is_resumed_is_put_aside() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::Hold) else { panic!() };
    shop.type_in("REI G");
    shop.run(Command::Resume { order });
    let Answer::Orders(orders) = shop.ask(Query::Orders) else { panic!() };
    let held: Vec<_> =
        orders.iter().map(|card| (card.stage, card.lines[0].label.as_str())).collect();
    assert!(held.contains(&(OrderStage::Held, "Reine grande")), "{held:?}");
}
