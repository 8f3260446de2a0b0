//! What was sold is taken back and how it was paid is corrected, by new tickets.

use crate::shop::Shop;
use domain::id::LineId;
use fiscal::Money;
use fiscal::event::EventCode;
use fiscal::ticket::{Means as Tendered, Operation};
use pos_api::{
    Approval, Code, Command, Correction, CreditLine, CreditReason, DayCommand, Means, OrderStage,
    PaymentReason, Reply, Tender,
};

const DAY_MS: i64 = 24 * 3_600_000;

fn of(means: Means, cents: i64) -> Tender {
    Tender::of(means, Money::from_cents(cents))
}

fn credit(ticket: &str, lines: Vec<CreditLine>, back: Vec<Tender>) -> Correction {
    Correction::CreditNote {
        ticket: ticket.into(),
        lines,
        back,
        reason: CreditReason::WrongItem,
        approval: None,
    }
}

fn allowed(correction: Correction, by: Option<Approval>) -> Correction {
    match correction {
        Correction::CreditNote { ticket, lines, back, reason, .. } => {
            Correction::CreditNote { ticket, lines, back, reason, approval: by }
        }
        Correction::Payment { ticket, payment, tenders, reason, .. } => {
            Correction::Payment { ticket, payment, tenders, reason, approval: by }
        }
        verified @ Correction::Verified { .. } => verified,
    }
}

fn correct(shop: &mut Shop, correction: Correction) -> Result<(String, i64), Code> {
    let reply = shop.try_run(Command::Correct(correction))?;
    let Reply::Corrected { ticket, total } = reply else { panic!("{reply:?}") };
    Ok((ticket, total.cents()))
}

fn paid(shop: &mut Shop, ticket: &str) -> Vec<(Tendered, i64)> {
    let document = shop.document(ticket);
    document.payments.iter().map(|it| (it.means, it.amount.cents())).collect()
}

fn line(shop: &mut Shop, ticket: &str, place: usize) -> LineId {
    LineId(shop.document(ticket).lines[place].line)
}

#[test]
fn a_whole_credit_note_is_the_opposite_of_its_ticket_and_reopens_nothing() {
    let mut shop = Shop::open();
    shop.type_in("REI; COC; VRG");
    let sold = shop.pay_for(None, vec![of(Means::Card, 1_000), of(Means::Cash, 640)]).unwrap();
    let (note, total) = correct(&mut shop, credit(&sold.ticket, vec![], vec![])).unwrap();
    assert_eq!(total, -1_640);
    let (before, after) = (shop.document(&sold.ticket), shop.document(&note));
    assert_eq!(after.operation, Operation::CreditNote);
    assert_eq!(after.seq, before.seq + 1, "one series");
    assert_eq!(after.original.as_ref().unwrap().ticket_no, sold.ticket);
    assert_eq!(after.reason.as_deref(), Some("PRODUIT_ERRONE"));
    for (sold, back) in before.vat.iter().zip(&after.vat) {
        assert_eq!((sold.ht, sold.vat, sold.ttc), (-back.ht, -back.vat, -back.ttc));
    }
    // The card first, and cash for the rest, as it was paid.
    assert_eq!(paid(&mut shop, &note), [(Tendered::Card, -1_000), (Tendered::Cash, -640)]);
    let voids = shop.events(EventCode::TicketVoid);
    assert_eq!(voids[0].text("credit_note"), Some(note.as_str()));

    let view = shop.ticket(&sold.ticket);
    assert_eq!(view.line.credited, Money::from_cents(1_640));
    assert_eq!(view.corrections[0].number, note);
    assert!(view.lines.iter().all(|it| it.left_m == 0));
    let cards = shop.orders();
    let card = cards.iter().find(|it| it.order == sold.order).unwrap();
    assert!(card.credited);
    assert_eq!((card.due, card.tickets.clone()), (Money::ZERO, vec![sold.ticket.clone()]));
    assert_eq!(
        shop.pay_for(Some(sold.order), vec![of(Means::Cash, 1_640)]),
        Err(Code::OrderClosed)
    );
    assert_eq!(
        correct(&mut shop, credit(&sold.ticket, vec![], vec![])),
        Err(Code::CreditAmount),
        "nothing is given back twice"
    );
    // It is not made any more: its order can be cancelled now.
    let reason = domain::order::Reason::ChangedMind;
    shop.run(Command::CancelOrder { order: sold.order, reason });
    let cards = shop.orders();
    let card = cards.iter().find(|it| it.order == sold.order).unwrap();
    assert_eq!(card.stage, OrderStage::Cancelled);
}

#[test]
fn parts_are_taken_back_until_nothing_is_left() {
    let mut shop = Shop::open();
    shop.type_in("3 REI; COC");
    let sold = shop.pay(3_470).unwrap();
    let pizza = line(&mut shop, &sold.ticket, 0);
    let part = |qty_m| credit(&sold.ticket, vec![CreditLine { line: pizza, qty_m }], vec![]);
    assert_eq!(correct(&mut shop, part(0)), Err(Code::CreditAmount));
    assert_eq!(correct(&mut shop, part(4_000)), Err(Code::CreditAmount));
    let (_, total) = correct(&mut shop, part(1_000)).unwrap();
    assert_eq!(total, -1_090);
    assert_eq!(shop.ticket(&sold.ticket).lines[0].left_m, 2_000);
    assert_eq!(correct(&mut shop, part(3_000)), Err(Code::CreditAmount));
    let (_, total) = correct(&mut shop, credit(&sold.ticket, vec![], vec![])).unwrap();
    assert_eq!(total, -2_380);
    assert_eq!(shop.events(EventCode::RefundLine).len(), 3);
    let unknown = CreditLine { line: LineId([9; 8]), qty_m: 1_000 };
    let refused = correct(&mut shop, credit(&sold.ticket, vec![unknown], vec![]));
    assert_eq!(refused, Err(Code::NoSuchLine));
}

#[test]
fn money_goes_back_as_it_may() {
    let mut shop = Shop::open();
    shop.type_in("2 REI");
    let voucher = Tender { vouchers: 1, ..of(Means::MealVoucher, 1_180) };
    let sold = shop.pay_for(None, vec![voucher, of(Means::Cash, 1_000)]).unwrap();
    let back = |tenders| credit(&sold.ticket, vec![], tenders);
    // Vouchers never come back as money.
    assert_eq!(correct(&mut shop, back(vec![of(Means::Cash, 2_180)])), Err(Code::NotThatPayment));
    let card = vec![of(Means::Card, 1_500), of(Means::MealVoucher, 680)];
    assert_eq!(correct(&mut shop, back(card)), Err(Code::NotThatPayment));
    let little = correct(&mut shop, back(vec![of(Means::Cash, 1_000)]));
    assert!(matches!(little, Err(Code::NotEnough { .. })));
    let much = correct(&mut shop, back(vec![of(Means::Cash, 3_000)]));
    assert!(matches!(much, Err(Code::NoChange { .. })));
    // Money as any money, vouchers as vouchers.
    let voucher = Tender { vouchers: 1, ..of(Means::MealVoucher, 1_180) };
    let (note, _) = correct(&mut shop, back(vec![of(Means::Card, 1_000), voucher])).unwrap();
    assert_eq!(paid(&mut shop, &note), [(Tendered::Card, -1_000), (Tendered::MealVoucher, -1_180)]);
}

#[test]
fn no_more_cash_goes_back_than_is_in_the_drawer() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let sold = shop.pay_for(None, vec![of(Means::Card, 1_090)]).unwrap();
    let cash = credit(&sold.ticket, vec![], vec![of(Means::Cash, 1_090)]);
    assert_eq!(
        correct(&mut shop, cash.clone()),
        Err(Code::DrawerShort { theoretical: Money::ZERO })
    );
    let alerts = shop.events(EventCode::NegativeCashAlert);
    assert_eq!(alerts[0].number("amount"), Some(1_090));
    assert_eq!(shop.ticket(&sold.ticket).line.credited, Money::ZERO, "nothing was recorded");
    shop.type_in("REI");
    shop.pay(1_090).unwrap();
    correct(&mut shop, cash).unwrap();
}

#[test]
fn the_counter_takes_back_little_and_today_s_and_a_manager_the_rest() {
    let mut shop = Shop::open();
    shop.counter_signs_in();
    shop.type_in("3 REI");
    let dear = shop.pay(3_270).unwrap();
    shop.type_in("REI");
    let old = shop.pay(1_090).unwrap();
    let whole = credit(&dear.ticket, vec![], vec![]);
    assert_eq!(correct(&mut shop, whole.clone()), Err(Code::NeedsManager));
    correct(&mut shop, allowed(whole, Some(Shop::manager()))).unwrap();
    assert_eq!(shop.events(EventCode::ManagerOverride)[0].text("what"), Some("AVOIR"));
    let wrong = Approval { manager: "RESP".into(), pin: "0000".into() };
    let whole = credit(&old.ticket, vec![], vec![]);
    let refused = correct(&mut shop, allowed(whole.clone(), Some(wrong)));
    assert!(matches!(refused, Err(Code::WrongPin { .. })), "{refused:?}");

    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
    shop.clock.advance_ms(DAY_MS);
    shop.type_in("REI");
    shop.pay(1_090).unwrap();
    assert_eq!(correct(&mut shop, whole.clone()), Err(Code::NeedsManager));
    let (note, _) = correct(&mut shop, allowed(whole, Some(Shop::manager()))).unwrap();
    let note = shop.document(&note);
    assert_ne!(note.business_date, note.original.unwrap().business_date, "of any age");
}

#[test]
fn a_payment_is_corrected_by_its_opposite_and_what_it_was() {
    let mut shop = Shop::open();
    shop.type_in("2 REI");
    let sold = shop.pay_for(None, vec![of(Means::Card, 1_180), of(Means::Cash, 1_000)]).unwrap();
    let wrong = |payment, tenders, reason| Correction::Payment {
        ticket: sold.ticket.clone(),
        payment,
        tenders,
        reason,
        approval: None,
    };
    for (correction, code) in [
        (wrong(2, vec![of(Means::Cash, 1_180)], PaymentReason::WrongMeans), Code::NotThatPayment),
        (wrong(1, vec![of(Means::Card, 1_000)], PaymentReason::Declined), Code::NotThatPayment),
        (wrong(0, vec![of(Means::Cash, 1_180)], PaymentReason::Settled), Code::NotThatPayment),
        (
            wrong(0, vec![of(Means::Card, 1_200)], PaymentReason::WrongMeans),
            Code::NoChange { due: Money::from_cents(1_180) },
        ),
        (
            wrong(0, vec![], PaymentReason::WrongMeans),
            Code::NotEnough { due: Money::from_cents(1_180), given: Money::ZERO },
        ),
    ] {
        assert_eq!(correct(&mut shop, correction.clone()), Err(code), "{correction:?}");
    }
    let voucher = Tender { vouchers: 1, ..of(Means::MealVoucher, 680) };
    let right = vec![voucher, of(Means::Cash, 500)];
    let (number, total) = correct(&mut shop, wrong(0, right, PaymentReason::WrongMeans)).unwrap();
    assert_eq!(total, 0);
    assert_eq!(
        paid(&mut shop, &number),
        [(Tendered::Card, -1_180), (Tendered::MealVoucher, 680), (Tendered::Cash, 500)]
    );
    let document = shop.document(&number);
    assert_eq!((document.operation, document.lines.len()), (Operation::PaymentCorrection, 0));
    let views = shop.ticket(&sold.ticket).payments;
    assert_eq!(views.iter().map(|it| it.corrected).collect::<Vec<_>>(), [true, false]);
    let events = shop.events(EventCode::PaymentCorrection);
    assert_eq!(events[0].text("after"), Some("TITRE_RESTAURANT+ESPECES"));
    let again = wrong(0, vec![of(Means::Cash, 1_180)], PaymentReason::WrongMeans);
    assert_eq!(correct(&mut shop, again), Err(Code::NotThatPayment), "it is corrected once");
    // What is given back afterwards follows what was really paid.
    let (note, _) = correct(&mut shop, credit(&sold.ticket, vec![], vec![])).unwrap();
    assert_eq!(paid(&mut shop, &note), [(Tendered::Cash, -1_500), (Tendered::MealVoucher, -680)]);
}

#[test]
fn a_correction_can_be_corrected() {
    let mut shop = Shop::open();
    shop.type_in("REI");
    let sold = shop.pay(1_090).unwrap();
    let to = |ticket: &str, payment, means| Correction::Payment {
        ticket: ticket.into(),
        payment,
        tenders: vec![of(means, 1_090)],
        reason: PaymentReason::WrongMeans,
        approval: None,
    };
    let (first, _) = correct(&mut shop, to(&sold.ticket, 0, Means::Card)).unwrap();
    let (second, _) = correct(&mut shop, to(&first, 1, Means::Cheque)).unwrap();
    assert_eq!(paid(&mut shop, &second), [(Tendered::Card, -1_090), (Tendered::Cheque, 1_090)]);
    let (note, _) = correct(&mut shop, credit(&sold.ticket, vec![], vec![])).unwrap();
    assert_eq!(paid(&mut shop, &note), [(Tendered::Cheque, -1_090)]);
}

#[test]
fn only_this_workstation_s_sales_are_corrected() {
    let mut shop = Shop::open();
    assert_eq!(
        correct(&mut shop, credit("P01-C9-XXXX-000001", vec![], vec![])),
        Err(Code::NoSuchTicket)
    );
    shop.type_in("REI");
    let sold = shop.pay(1_090).unwrap();
    let (note, _) = correct(&mut shop, credit(&sold.ticket, vec![], vec![])).unwrap();
    assert_eq!(correct(&mut shop, credit(&note, vec![], vec![])), Err(Code::NotOwnTicket));
}

#[test]
fn the_counter_s_limit_holds_all_that_is_taken_back_of_a_ticket() {
    let mut shop = Shop::open();
    shop.counter_signs_in();
    shop.type_in("3 REI");
    let sold = shop.pay_for(None, vec![of(Means::Card, 3_270)]).unwrap();
    let pizza = line(&mut shop, &sold.ticket, 0);
    let one = || {
        let lines = vec![CreditLine { line: pizza, qty_m: 1_000 }];
        credit(&sold.ticket, lines, vec![of(Means::Card, 1_090)])
    };
    correct(&mut shop, one()).unwrap();
    correct(&mut shop, one()).unwrap();
    assert_eq!(correct(&mut shop, one()), Err(Code::NeedsManager), "32,70 in three times");
    correct(&mut shop, allowed(one(), Some(Shop::manager()))).unwrap();
}
