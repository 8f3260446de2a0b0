//! Every means of payment, by itself and with others.

use crate::shop::Shop;
use domain::id::OrderId;
use domain::shop::MealVoucherRules;
use fiscal::Money;
use fiscal::event::EventCode;
use fiscal::ticket::{Means as Tendered, PaymentState};
use fiscal::vat::Mode;
use pos_api::{BasketEdit, Code, Command, Correction, Means, PaymentReason, Reply, Tender};

const DAY_MS: i64 = 24 * 3_600_000;

fn of(means: Means, cents: i64) -> Tender {
    Tender::of(means, Money::from_cents(cents))
}

fn vouchers(cents: i64, count: u32) -> Tender {
    Tender { vouchers: count, issuer: "Edenred".into(), ..of(Means::MealVoucher, cents) }
}

fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}

/// What the ticket's payments are: means, amount, tendered, change, forfeited.
fn payments(shop: &mut Shop, ticket: &str) -> Vec<(Tendered, i64, i64, i64, i64)> {
    let document = shop.document(ticket);
    let cents = document.payments.iter().map(|it| {
        let [amount, tendered, change, forfeited] =
            [it.amount, it.tendered, it.change, it.forfeited].map(Money::cents);
        (it.means, amount, tendered, change, forfeited)
    });
    cents.collect()
}

#[test]
fn several_means_pay_one_ticket_in_any_order_and_cash_pays_what_is_left() {
    let mut shop = Shop::open();
    // 10,90 + 9,50 + 2,00
    shop.type_in("REI; MAR; COC");
    let tenders = vec![of(Means::Cash, 1_000), of(Means::Card, 500), vouchers(900, 1)];
    let paid = shop.pay_for(None, tenders).unwrap();
    assert_eq!((paid.total, paid.given, paid.change), (euros(2_240), euros(2_400), euros(160)));
    assert_eq!(
        payments(&mut shop, &paid.ticket),
        [
            (Tendered::Cash, 840, 1_000, 160, 0),
            (Tendered::Card, 500, 500, 0, 0),
            (Tendered::MealVoucher, 900, 900, 0, 0),
        ]
    );
}

#[test]
fn only_cash_gives_change_and_vouchers_leave_the_rest_when_it_is_said() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    for means in [Means::Card, Means::MealVoucherCard, Means::Cheque, Means::Staff] {
        let refused = shop.pay_for(None, vec![of(means, 1_100)]);
        assert_eq!(refused, Err(Code::NoChange { due: euros(1_090) }), "{means:?}");
    }
    assert_eq!(
        shop.pay_for(None, vec![vouchers(1_200, 2)]),
        Err(Code::NoChange { due: euros(1_090) })
    );
    let left = Tender { forfeit: true, ..vouchers(1_200, 2) };
    let paid = shop.pay_for(None, vec![left]).unwrap();
    assert_eq!(paid.change, Money::ZERO);
    assert_eq!(payments(&mut shop, &paid.ticket), [(Tendered::MealVoucher, 1_090, 1_200, 0, 110)]);
    let document = shop.document(&paid.ticket);
    assert_eq!(document.payments[0].vouchers, 2);
    assert_eq!(document.payments[0].issuer.as_deref(), Some("Edenred"));
}

#[test]
fn what_is_given_is_refused_for_these_reasons() {
    let mut shop = Shop::open();
    shop.change_sheet(|sheet| sheet.accepts_cheques = Some(false));
    shop.counter_signs_in();
    shop.type_in("REI");
    let reference = |text: &str| Tender { reference: text.into(), ..of(Means::Card, 1_090) };
    for (tender, code) in [
        (of(Means::Card, 0), Code::NotEnough { due: euros(1_090), given: Money::ZERO }),
        (of(Means::Card, 1_000), Code::NotEnough { due: euros(1_090), given: euros(1_000) }),
        (of(Means::Cheque, 1_090), Code::NoCheques),
        (of(Means::Staff, 1_090), Code::NeedsManager),
        (of(Means::Receivable, 1_090), Code::NeedsManager),
        (vouchers(1_090, 0), Code::Quantity),
        (reference("4970 1012-3456.7890"), Code::Reference),
        (reference(&"x".repeat(33)), Code::Reference),
        (Tender { issuer: "497010123456".into(), ..vouchers(1_090, 1) }, Code::Reference),
        // Only what is delivered is owed.
        (
            Tender { approval: Some(Shop::manager()), ..of(Means::Receivable, 1_090) },
            Code::NotPaid { due: euros(1_090) },
        ),
    ] {
        assert_eq!(shop.pay_for(None, vec![tender.clone()]), Err(code), "{tender:?}");
    }
    assert_eq!(shop.basket().lines.len(), 1, "nothing was changed");
    let paid = shop.pay_for(None, vec![reference("AUT 123456")]).unwrap();
    let document = shop.document(&paid.ticket);
    assert_eq!(document.payments[0].reference.as_deref(), Some("AUT 123456"));
    assert_eq!(document.seq, 1, "refusals took no number");
}

#[test]
fn vouchers_pay_what_is_eaten_up_to_the_day_s_cap() {
    let mut shop = Shop::open();
    // A glass of wine and a bag are not for vouchers.
    shop.type_in("REI; VRG; SAC");
    assert_eq!(
        shop.pay_for(None, vec![vouchers(1_100, 1), of(Means::Card, 590)]),
        Err(Code::VoucherNotEligible { eligible: euros(1_090) })
    );
    shop.pay_for(None, vec![vouchers(1_090, 1), of(Means::Card, 600)]).unwrap();
    // 30 € with 26 € of vouchers.
    shop.type_in("3 REI");
    assert_eq!(
        shop.pay_for(None, vec![vouchers(2_600, 4), of(Means::Cash, 700)]),
        Err(Code::VoucherOverCap { cap: euros(2_500), used: Money::ZERO })
    );
    shop.pay_for(None, vec![vouchers(2_500, 4), of(Means::Cash, 770)]).unwrap();
}

#[test]
fn the_cap_is_a_customer_s_over_all_tickets_of_the_day() {
    let mut shop = Shop::open();
    shop.type_in("2 REI");
    let customer = |phone: &str| BasketEdit::SetCustomer {
        name: "Nina".into(),
        phone: phone.into(),
        address: String::new(),
    };
    shop.run(Command::Basket(customer("0601020304")));
    let first = shop.pay_for(None, vec![vouchers(2_000, 2), of(Means::Cash, 180)]).unwrap();
    let pos_api::Answer::Customers(found) =
        shop.ask(pos_api::Query::Customers { text: "0601020304".into() })
    else {
        panic!()
    };
    let known = found[0].id.unwrap();
    shop.type_in("REI");
    shop.run(Command::Basket(BasketEdit::ChooseCustomer(known)));
    assert_eq!(
        shop.pay_for(None, vec![of(Means::MealVoucherCard, 600), of(Means::Cash, 490)]),
        Err(Code::VoucherOverCap { cap: euros(2_500), used: euros(2_000) })
    );
    shop.pay_for(None, vec![of(Means::MealVoucherCard, 500), of(Means::Cash, 590)]).unwrap();
    // What was given back can be used again.
    shop.run(Command::Correct(Correction::CreditNote {
        ticket: first.ticket,
        lines: Vec::new(),
        back: Vec::new(),
        reason: pos_api::CreditReason::Complaint,
        approval: None,
    }));
    shop.type_in("REI");
    shop.run(Command::Basket(BasketEdit::ChooseCustomer(known)));
    shop.pay_for(None, vec![of(Means::MealVoucherCard, 1_090)]).unwrap();
}

#[test]
fn sundays_need_a_reason_and_paper_ends_when_the_sheet_says() {
    let mut shop = Shop::open();
    shop.clock.advance_ms(2 * DAY_MS);
    shop.type_in("REI");
    assert_eq!(shop.pay_for(None, vec![vouchers(1_090, 1)]), Err(Code::VoucherDay));
    let allowed = Tender { approval: Some(Shop::manager()), ..vouchers(1_090, 1) };
    shop.pay_for(None, vec![allowed]).unwrap();
    assert_eq!(shop.events(EventCode::VoucherOverride).len(), 1);
    assert_eq!(shop.events(EventCode::ManagerOverride).len(), 1);
    shop.change_sheet(|sheet| {
        let rules = sheet.meal_voucher_rules();
        let paper_until = fiscal::time::Date::parse("2026-11-21");
        let rules = MealVoucherRules { paper_until, on_sundays_and_holidays: true, ..rules };
        sheet.meal_vouchers = Some(rules);
    });
    shop.type_in("REI");
    assert_eq!(shop.pay_for(None, vec![vouchers(1_090, 1)]), Err(Code::VoucherPaperEnded));
    shop.pay_for(None, vec![of(Means::MealVoucherCard, 1_090)]).unwrap();
}

#[test]
fn cash_stops_at_a_thousand_euros_for_the_whole_order_and_the_refusal_leaves_its_trace() {
    let mut shop = Shop::open();
    // 91 at 10,90 and 8,10 more make 1 000,00 exactly.
    shop.type_in("91 REI; KET; 38 DBB; 38 MAY");
    let due = shop.basket().due.cents();
    assert!(100_000 < due, "{due}");
    let refused = shop.pay(due);
    assert_eq!(refused, Err(Code::CashOverCeiling { ceiling: euros(100_000) }));
    let traces = shop.events(EventCode::CashLimitRefused);
    assert_eq!(traces.len(), 1);
    assert_eq!(traces[0].number("amount"), Some(due));
    let over = vec![of(Means::Cash, 100_001), of(Means::Card, due - 100_001)];
    assert!(matches!(shop.pay_for(None, over), Err(Code::CashOverCeiling { .. })));
    let paid =
        shop.pay_for(None, vec![of(Means::Cash, 100_000), of(Means::Card, due - 100_000)]).unwrap();
    // Splitting the order into tickets does not help.
    shop.run(Command::Resume { order: paid.order });
    shop.type_in("COC");
    assert!(matches!(shop.pay(200), Err(Code::CashOverCeiling { .. })));
    shop.pay_for(None, vec![of(Means::Card, 200)]).unwrap();
}

#[test]
fn a_card_whose_answer_was_not_seen_counts_and_is_verified_later() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let paid =
        shop.pay_for(None, vec![Tender { to_verify: true, ..of(Means::Card, 1_090) }]).unwrap();
    let document = shop.document(&paid.ticket);
    assert_eq!(document.payments[0].state, Some(PaymentState::ToVerify));
    assert!(shop.ticket(&paid.ticket).line.to_verify);
    let verified = Correction::Verified {
        ticket: paid.ticket.clone(),
        payment: 0,
        reference: "A00042".into(),
    };
    let Reply::Corrected { ticket, total } = shop.run(Command::Correct(verified.clone())) else {
        panic!()
    };
    assert_eq!(total, Money::ZERO);
    assert!(!shop.ticket(&paid.ticket).line.to_verify);
    let correction = shop.ticket(&ticket);
    assert_eq!(correction.payments[1].reference, "A00042");
    let unsure = correction.line.to_verify || correction.payments.iter().any(|it| it.to_verify);
    assert!(!unsure, "what verified it is to be verified");
    assert_eq!(shop.events(EventCode::PaymentCorrection).len(), 1);
    assert_eq!(shop.try_run(Command::Correct(verified)), Err(Code::NotThatPayment));
}

/// A delivery that left unpaid.
fn delivered(shop: &mut Shop) -> OrderId {
    shop.type_in("REI");
    shop.run(Command::Basket(BasketEdit::SetMode(Mode::Delivery)));
    shop.run(Command::Basket(BasketEdit::SetCustomer {
        name: "Nina".into(),
        phone: "0601020304".into(),
        address: "3 rue du Four".into(),
    }));
    let Reply::Order { order, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    shop.run(Command::HandOver { order });
    order
}

#[test]
fn a_delivery_is_paid_on_return_by_what_the_courier_brings() {
    let mut shop = Shop::open();
    let order = delivered(&mut shop);
    // The fee of 2,50 is paid with it.
    let paid = shop.pay_for(Some(order), vec![of(Means::Cash, 1_500)]).unwrap();
    assert_eq!((paid.total, paid.change), (euros(1_340), euros(160)));
    let document = shop.document(&paid.ticket);
    assert_eq!(document.lines[1].sku, fiscal::ticket::DELIVERY_FEE);
    assert_eq!(shop.pay_for(Some(order), vec![of(Means::Cash, 1)]), Err(Code::OrderClosed));
}

#[test]
fn what_is_owed_is_a_payment_that_is_settled_later() {
    let mut shop = Shop::open();
    let order = delivered(&mut shop);
    shop.counter_signs_in();
    let owed = of(Means::Receivable, 1_340);
    assert_eq!(shop.pay_for(Some(order), vec![owed.clone()]), Err(Code::NeedsManager));
    let allowed = Tender { approval: Some(Shop::manager()), ..owed };
    let paid = shop.pay_for(Some(order), vec![allowed]).unwrap();
    let overrides = shop.events(EventCode::ManagerOverride);
    assert_eq!(overrides[0].text("what"), Some("CREANCE"));
    shop.clock.advance_ms(3 * DAY_MS);
    let settle = |tenders| {
        Command::Correct(Correction::Payment {
            ticket: paid.ticket.clone(),
            payment: 0,
            tenders,
            reason: PaymentReason::Settled,
            approval: None,
        })
    };
    let short = shop.try_run(settle(vec![of(Means::Cash, 1_000)]));
    assert_eq!(short, Err(Code::NotEnough { due: euros(1_340), given: euros(1_000) }));
    let Reply::Corrected { ticket, .. } = shop.run(settle(vec![of(Means::Cash, 2_000)])) else {
        panic!()
    };
    assert_eq!(
        payments(&mut shop, &ticket),
        [(Tendered::Receivable, -1_340, -1_340, 0, 0), (Tendered::Cash, 1_340, 2_000, 660, 0)]
    );
    assert_eq!(
        shop.try_run(settle(vec![of(Means::Cash, 1_340)])),
        Err(Code::NotThatPayment),
        "it is settled once"
    );
}

#[test]
fn the_drawer_opens_for_what_is_put_into_it() {
    let mut shop = Shop::open();
    let mut printer = pos_api::PrinterSettings::counter("127.0.0.1:9".into(), true);
    printer.papers.clear();
    shop.run(Command::SetPrinters(vec![printer]));
    for (means, opens) in [
        (Means::Cash, true),
        (Means::Card, false),
        (Means::Cheque, true),
        (Means::MealVoucherCard, false),
        (Means::Staff, false),
    ] {
        shop.type_in("REI");
        let before = pulses(&mut shop);
        shop.pay_for(None, vec![of(means, 1_090)]).unwrap();
        assert_eq!(pulses(&mut shop) - before, i64::from(opens), "{means:?}");
    }
}

fn pulses(shop: &mut Shop) -> i64 {
    let count = shop.till.store().read(|tx| {
        let sql = "SELECT count(*) FROM print_job WHERE kind = 'drawer'";
        Ok::<_, pos_core::store::StoreError>(tx.query_row(sql, [], |row| row.get(0))?)
    });
    count.unwrap()
}

#[test]
fn the_cap_holds_the_tickets_of_an_order_that_names_nobody() {
    let mut shop = Shop::open();
    shop.type_in("3 REI");
    let paid = shop.pay_for(None, vec![vouchers(2_000, 2), of(Means::Cash, 1_270)]).unwrap();
    shop.run(Command::Resume { order: paid.order });
    shop.type_in("REI");
    assert_eq!(
        shop.pay_for(None, vec![vouchers(1_090, 1)]),
        Err(Code::VoucherOverCap { cap: euros(2_500), used: euros(2_000) })
    );
    shop.pay_for(None, vec![vouchers(500, 1), of(Means::Cash, 590)]).unwrap();
}

#[test]
fn a_sunday_s_vouchers_need_a_reason_in_corrections_too() {
    let mut shop = Shop::open();
    shop.clock.advance_ms(2 * DAY_MS);
    shop.type_in("2 COC; REI");
    let cash = vec![of(Means::Cash, 1_090), of(Means::Card, 400)];
    let paid = shop.pay_for(None, cash).unwrap();
    let right = |tenders| {
        Command::Correct(Correction::Payment {
            ticket: paid.ticket.clone(),
            payment: 0,
            tenders,
            reason: PaymentReason::WrongMeans,
            approval: None,
        })
    };
    let approval = Some(Shop::manager());
    // Whoever allows another means has not seen what the voucher says.
    let beside = Tender { approval: approval.clone(), ..of(Means::Card, 90) };
    let refused = shop.try_run(right(vec![vouchers(1_000, 1), beside]));
    assert_eq!(refused, Err(Code::VoucherDay));
    assert!(shop.events(EventCode::VoucherOverride).is_empty());
    shop.run(right(vec![Tender { approval, ..vouchers(1_090, 1) }]));
    assert_eq!(shop.events(EventCode::VoucherOverride).len(), 1);
    let overrides = shop.events(EventCode::ManagerOverride);
    assert_eq!(overrides[0].text("what"), Some("TITRE_RESTAURANT_JOUR_TRAVAILLE"));
}
