use crate::shop::Shop;
use domain::order::Reason;
use pos_api::{Attention, Code, Command, KitchenStep, LineStage, OrderStage, Reply};

fn step(order: domain::id::OrderId, step: KitchenStep) -> Command {
    Command::Kitchen { order, line: None, step }
}

#[test]
fn an_order_cancelled_after_the_start_stays_until_the_kitchen_has_noticed() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(step(order, KitchenStep::Start));
    shop.run(Command::CancelOrder { order, reason: Reason::ChangedMind });
    let cards = shop.kitchen().cards;
    assert_eq!(cards.len(), 1);
    assert_eq!(cards[0].lines[0].attention, Some(Attention::Cancelled));

    shop.clock.advance_ms(15 * 60_000);
    assert!(shop.orders().is_empty(), "the counter's board is done with it");
    assert_eq!(shop.kitchen().cards.len(), 1);
    shop.run(step(order, KitchenStep::Acknowledge));
    assert!(shop.kitchen().cards.is_empty());
}

#[test]
fn an_order_cancelled_before_anybody_saw_it_is_gone_at_once() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::CancelOrder { order, reason: Reason::ChangedMind });
    assert!(shop.kitchen().cards.is_empty());
    assert_eq!(shop.orders()[0].stage, OrderStage::Cancelled);
}

#[test]
fn a_step_is_undone_once_and_none_after_a_restart() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let paid = shop.pay(5_000).unwrap();
    shop.run(step(paid.order, KitchenStep::Start));
    assert!(shop.kitchen().can_undo);
    shop.run(Command::UndoKitchen);
    assert_eq!(shop.kitchen().cards[0].lines[0].stage, LineStage::Waiting);
    assert_eq!(shop.try_run(Command::UndoKitchen), Err(Code::NothingToUndo));

    shop.run(step(paid.order, KitchenStep::Start));
    shop.restart();
    assert!(!shop.kitchen().can_undo);
    assert_eq!(shop.try_run(Command::UndoKitchen), Err(Code::NothingToUndo));
    assert_eq!(shop.kitchen().cards[0].lines[0].stage, LineStage::Started);
}

#[test]
fn an_undo_that_the_disk_refused_is_still_offered() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    let paid = shop.pay(5_000).unwrap();
    shop.run(step(paid.order, KitchenStep::Start));
    shop.till.store().limit_pages(Some(0)).unwrap();
    let mut refused = shop.try_run(step(paid.order, KitchenStep::Ready));
    while refused.is_ok() {
        // A page had room left.
        let undo = shop.try_run(Command::UndoKitchen);
        if undo.is_err() {
            shop.till.store().limit_pages(None).unwrap();
            shop.run(Command::UndoKitchen);
            shop.till.store().limit_pages(Some(0)).unwrap();
        }
        refused = shop.try_run(step(paid.order, KitchenStep::Ready));
    }
    assert_eq!(refused, Err(Code::DiskFull));
    let undo = shop.try_run(Command::UndoKitchen);
    assert!(matches!(undo, Ok(_) | Err(Code::DiskFull)), "{undo:?}");
    shop.till.store().limit_pages(None).unwrap();
    if undo.is_err() {
        shop.run(Command::UndoKitchen);
    }
    assert_eq!(shop.kitchen().cards[0].lines[0].stage, LineStage::Waiting);
}
