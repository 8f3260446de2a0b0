//! Every refusal, in its order, and the edges beside it.

use crate::sale::{cents, draft, key, line, paid, series};
use fiscal::Money;
use fiscal::jcs::GREATEST;
use fiscal::ticket::{Draft, LAST_NUMBER, Means, TicketRefused, TicketSeries};
use fiscal::vat::Class;

type Change = fn(&mut Draft, &mut TicketSeries);

/// What makes a good draft bad, and what is said of it; in the order of precedence.
const REFUSALS: &[(&str, Change, TicketRefused)] = &[
    ("nothing", |it, _| it.lines.clear(), TicketRefused::NoLines),
    (
        "an order line twice",
        |it, _| it.lines[1].line = it.lines[0].line,
        TicketRefused::LineTwice { line: 1 },
    ),
    (
        "a number JSON cannot hold",
        |it, _| it.payments[0].tendered = cents(GREATEST),
        TicketRefused::OutOfRange,
    ),
    (
        "a line that is not its price",
        |it, _| it.lines[1].ttc = cents(399),
        TicketRefused::LineAmountWrong { line: 1 },
    ),
    (
        "a discount without a reason",
        |it, _| {
            it.lines[0].discount = cents(100);
            it.lines[0].ttc = cents(1_150);
        },
        TicketRefused::DiscountWithoutReason { line: 0 },
    ),
    (
        "change that does not fit",
        |it, _| it.payments[0].change = cents(351),
        TicketRefused::PaymentAmountWrong { payment: 0 },
    ),
    (
        "a cent too little",
        |it, _| it.payments = vec![paid(Means::Cash, 1_649, 0)],
        TicketRefused::PaymentsDoNotCover { due: cents(1_650), paid: cents(1_649) },
    ),
    (
        "change on a card",
        |it, _| it.payments = vec![paid(Means::Card, 2_000, 350)],
        TicketRefused::ChangeWithoutCash { payment: 0 },
    ),
    (
        "an instant JSON cannot hold",
        |it, _| it.moment.utc_ms = GREATEST + 1,
        TicketRefused::OutOfRange,
    ),
    (
        "more cash than the law allows",
        |it, _| it.cash_taken_before = cents(98_351),
        TicketRefused::CashOverCeiling { cash: cents(100_001) },
    ),
    (
        "a series at its end",
        |_, series| series.next = LAST_NUMBER + 1,
        TicketRefused::NumberExhausted,
    ),
    (
        "a till with a comma",
        |_, series| series.till = "P01,C1".to_owned(),
        TicketRefused::CommaInField { field: "till" },
    ),
];

#[test]
fn each_refusal_is_returned_and_the_first_of_two_wins() {
    for (place, (what, change, refusal)) in REFUSALS.iter().enumerate() {
        let refused = |changes: &[Change]| {
            let (mut draft, mut series) = (draft(), series());
            for change in changes {
                change(&mut draft, &mut series);
            }
            series.issue(&draft, &key()).unwrap_err()
        };
        assert_eq!(refused(&[*change]), *refusal, "{what}");
        for (other, later, _) in REFUSALS.iter().skip(place + 1) {
            assert_eq!(refused(&[*later, *change]), *refusal, "{what}, and {other}");
        }
    }
}

#[test]
fn a_ticket_longer_than_an_entry_is_refused() {
    let mut sale = draft();
    sale.lines[0].details = vec!["x".repeat(journal::MAX_BODY_BYTES)];
    let refused = series().issue(&sale, &key());
    assert!(matches!(refused, Err(TicketRefused::TooLong { .. })), "{refused:?}");
}

#[test]
fn lines_of_every_wrong_shape_are_refused() {
    let changes: [Change; 6] = [
        |it, _| it.lines[0].qty_m = 0,
        |it, _| it.lines[0].unit_ttc = cents(-1_250),
        |it, _| it.lines[0].discount = cents(-1),
        |it, _| it.lines[0].discount = cents(1_251),
        |it, _| it.lines[0].ttc = cents(-1_250),
        |it, _| it.lines[0].qty_m = 999,
    ];
    for (place, change) in changes.into_iter().enumerate() {
        let (mut draft, mut series) = (draft(), series());
        change(&mut draft, &mut series);
        let refused = series.issue(&draft, &key());
        assert_eq!(refused, Err(TicketRefused::LineAmountWrong { line: 0 }), "change {place}");
    }
}

#[test]
fn a_weight_is_rounded_to_the_cent_half_away_from_zero() {
    for (unit, qty_m, gross) in [
        (1_250, 1_000, Some(1_250)),
        (5, 500, Some(3)),
        (5, 499, Some(2)),
        (-5, 500, Some(-3)),
        (i64::MAX, 1_001, None),
    ] {
        let mut weighed = line(1, "Jambon", unit, 1, Class::KeptFood, 550);
        weighed.qty_m = qty_m;
        assert_eq!(weighed.gross(), gross.map(cents), "{unit} x {qty_m}");
    }
}

#[test]
fn payments_of_every_wrong_shape_are_refused() {
    for (tendered, change, amount) in
        [(0, 0, 0), (-1_650, 0, -1_650), (1_600, -50, 1_650), (1_650, 0, 1_649)]
    {
        let mut sale = draft();
        let mut payment = paid(Means::Cash, tendered, change);
        payment.amount = cents(amount);
        sale.payments = vec![payment];
        let refused = series().issue(&sale, &key());
        assert_eq!(refused, Err(TicketRefused::PaymentAmountWrong { payment: 0 }), "{tendered}");
    }
}

#[test]
fn a_thousand_euros_of_cash_is_taken_and_a_cent_more_is_not() {
    let sale = |cash: i64, card: i64| {
        let mut sale = draft();
        sale.lines = vec![line(1, "Buffet", cash + card, 1, Class::ImmediateFood, 1_000)];
        sale.payments = vec![paid(Means::Cash, cash + 500, 500)];
        if card != 0 {
            sale.payments.push(paid(Means::Card, card, 0));
        }
        series().issue(&sale, &key()).map(|_| ())
    };
    assert_eq!(sale(100_000, 0), Ok(()));
    assert_eq!(sale(100_000, 50_000), Ok(()));
    assert_eq!(sale(100_001, 0), Err(TicketRefused::CashOverCeiling { cash: cents(100_001) }));
}

#[test]
fn a_card_is_taken_for_what_cash_of_the_order_may_no_longer_pay() {
    let mut sale = draft();
    sale.cash_taken_before = cents(100_000);
    sale.payments = vec![paid(Means::Card, 1_650, 0)];
    assert!(series().issue(&sale, &key()).is_ok());
}

#[test]
fn a_free_sale_is_numbered_and_signed_all_the_same() {
    let mut sale = draft();
    for line in &mut sale.lines {
        line.discount = line.ttc;
        line.ttc = Money::ZERO;
        line.discount_reason = Some("geste commercial".to_owned());
    }
    sale.payments.clear();
    let (ticket, after) = series().issue(&sale, &key()).unwrap();
    assert_eq!(ticket.check(&key().public_key(), None), Ok(()));
    assert_eq!((after.next, after.perpetual_absolute), (2, Money::ZERO));
}
