//! Formules are found in the basket with each change, and frozen in the order; the fee for delivering
//! is said before the order is placed.

use crate::shop::Shop;
use domain::order::DiscountReason;
use fiscal::Money;
use fiscal::vat::Mode;
use pos_api::{BasketEdit, Command, Discount, DiscountAmount, Reply, Tender};

fn mode(shop: &mut Shop, mode: Mode) {
    shop.run(Command::Basket(BasketEdit::SetMode(mode)));
}

fn customer(shop: &mut Shop) {
    shop.run(Command::Basket(BasketEdit::SetCustomer {
        name: "Nina".into(),
        phone: "0601020304".into(),
        address: "3 rue du Four".into(),
    }));
}

fn due(shop: &mut Shop) -> i64 {
    shop.basket().due.cents()
}

#[test]
fn a_formule_comes_and_goes_with_what_is_ordered() {
    let mut shop = Shop::open();
    shop.type_in("REI P");
    assert_eq!(due(&mut shop), 890);
    shop.type_in("COC");
    let view = shop.basket();
    assert_eq!((view.total.cents(), view.discount_total.cents()), (950, 140));
    let deal = &view.deals[0];
    assert_eq!((deal.name.as_str(), deal.saving.cents()), ("Formule midi", 140));
    assert_eq!(deal.lines.len(), 2);
    assert_eq!(view.lines[0].discount_reason.as_deref(), Some("Formule midi"));
    // It is not offered for deliveries.
    mode(&mut shop, Mode::Delivery);
    assert!(shop.basket().deals.is_empty());
    mode(&mut shop, Mode::TakeAway);
    let paid = shop.pay(950).unwrap();
    let document = shop.document(&paid.ticket);
    let lines: Vec<_> =
        document.lines.iter().map(|it| (it.unit_ttc.cents(), it.ttc.cents())).collect();
    assert_eq!(lines, [(890, 776), (200, 174)], "full prices and shares by separate prices");
    assert_eq!(document.lines[1].discount_reason.as_deref(), Some("Formule midi"));
}

#[test]
fn a_formule_spans_what_is_added_to_an_open_order_until_it_is_paid() {
    let mut shop = Shop::open();
    shop.type_in("REI P");
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::Resume { order });
    shop.type_in("COC");
    assert_eq!(due(&mut shop), 950);
    shop.run(Command::SendToKitchen);
    assert_eq!(shop.orders()[0].due.cents(), 950);
    // Eaten on site it is one too; delivered it is none, and the order follows.
    shop.run(Command::Resume { order });
    mode(&mut shop, Mode::Delivery);
    customer(&mut shop);
    assert_eq!(due(&mut shop), 1_090 + 250);
    shop.run(Command::SendToKitchen);
    assert_eq!(shop.orders()[0].due.cents(), 1_340);
    shop.pay_for(Some(order), vec![Tender::cash(Money::from_cents(1_340))]).unwrap();
    // What is paid is in no formule with what comes later.
    shop.run(Command::Resume { order });
    shop.type_in("COC");
    assert_eq!(due(&mut shop), 200);
}

#[test]
fn what_is_discounted_by_hand_is_in_no_formule() {
    let mut shop = Shop::open();
    shop.type_in("REI P; COC");
    let line = shop.basket().lines[0].line;
    let by_hand = |cents| {
        Command::Discount(Discount {
            order: None,
            line: Some(line),
            amount: DiscountAmount::Amount(Money::from_cents(cents)),
            reason: DiscountReason::Complaint,
            approval: None,
        })
    };
    shop.run(by_hand(100));
    assert_eq!(due(&mut shop), 990);
    assert!(shop.basket().deals.is_empty());
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    assert_eq!(shop.orders()[0].due.cents(), 990);
    let Command::Discount(away) = by_hand(0) else { panic!() };
    shop.run(Command::Discount(Discount { order: Some(order), ..away }));
    assert_eq!(shop.orders()[0].due.cents(), 950, "it is in one again");
}

#[test]
fn the_fee_is_said_before_and_bears_the_rates_of_what_is_delivered() {
    let mut shop = Shop::open();
    shop.type_in("REI; COC");
    assert_eq!(shop.basket().fee, Money::ZERO);
    mode(&mut shop, Mode::Delivery);
    customer(&mut shop);
    let view = shop.basket();
    assert_eq!((view.fee.cents(), view.total.cents()), (250, 1_540));
    let paid = shop.pay(1_540).unwrap();
    let document = shop.document(&paid.ticket);
    let fees: Vec<_> = document
        .lines
        .iter()
        .filter(|it| it.sku == fiscal::ticket::DELIVERY_FEE)
        .map(|it| (it.vat_bp.basis_points(), it.ttc.cents()))
        .collect();
    assert_eq!(fees, [(550, 39), (1_000, 211)]);
    // It is asked once.
    shop.run(Command::Resume { order: paid.order });
    shop.type_in("COC");
    assert_eq!(due(&mut shop), 200);
    assert_eq!(shop.pay(200).unwrap().total.cents(), 200);
}

#[test]
fn nothing_is_asked_from_the_amount_on_that_the_sheet_names() {
    let mut shop = Shop::open();
    shop.change_sheet(|sheet| {
        let amount = Money::from_cents(250);
        let free_from = Some(Money::from_cents(2_000));
        sheet.delivery_fee = Some(domain::shop::DeliveryFee { amount, free_from });
    });
    shop.type_in("REI");
    mode(&mut shop, Mode::Delivery);
    customer(&mut shop);
    assert_eq!(due(&mut shop), 1_340);
    shop.type_in("REI");
    assert_eq!(due(&mut shop), 2_180);
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    let off = Discount {
        order: Some(order),
        line: None,
        amount: DiscountAmount::Percent(10),
        reason: DiscountReason::Coupon,
        approval: None,
    };
    shop.run(Command::Discount(off));
    assert_eq!(shop.orders()[0].due.cents(), 1_962 + 250, "what is left is below");
}
