//! Credit notes and corrections of payments: what is issued, what is refused, and in which order.

use crate::sale::{cents, draft, key, line, paid, series};
use crate::samples::{about, correction, credit_of_a_can, tickets};
use fiscal::Money;
use fiscal::jcs::GREATEST;
use fiscal::ticket::{
    Base, BrokenTicket, Draft, Means, Operation, Payment, PaymentState, Ticket, TicketRefused,
    TicketSeries, credit_lines, totals,
};
use fiscal::vat::{Class, Rate};
use proptest::prelude::*;

fn sold() -> Ticket {
    tickets().0.remove(0)
}

type Change = fn(&mut Draft);

fn first_wins(draft: &Draft, refusals: &[(&str, Change, TicketRefused)]) {
    for (place, (what, change, refusal)) in refusals.iter().enumerate() {
        let refused = |changes: &[Change]| {
            let mut draft = draft.clone();
            for change in changes {
                change(&mut draft);
            }
            series().issue(&draft, &key()).unwrap_err()
        };
        assert_eq!(refused(&[*change]), *refusal, "{what}");
        for (other, later, _) in refusals.iter().skip(place + 1) {
            assert_eq!(refused(&[*later, *change]), *refusal, "{what}, and {other}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_credit_note_is_said_and_the_first_of_two_wins() {
    first_wins(
        &credit_of_a_can(&sold()),
        &[
            ("no original", |it| it.original = None, TicketRefused::WithoutOriginal),
            (
                "an empty reason",
                |it| it.reason = Some(String::new()),
                TicketRefused::WithoutOriginal,
            ),
            ("no reason", |it| it.reason = None, TicketRefused::WithoutOriginal),
            ("no lines", |it| it.lines.clear(), TicketRefused::NoLines),
            (
                "a number JSON cannot hold",
                |it| it.payments[0].tendered = cents(-GREATEST),
                TicketRefused::OutOfRange,
            ),
            (
                "an amount that is not taken back",
                |it| it.lines[0].ttc = cents(200),
                TicketRefused::LineAmountWrong { line: 0 },
            ),
            (
                "change",
                |it| it.payments[0].change = cents(1),
                TicketRefused::PaymentAmountWrong { payment: 0 },
            ),
            (
                "counted vouchers",
                |it| it.payments[0].vouchers = 1,
                TicketRefused::VouchersOnOther { payment: 0 },
            ),
            (
                "an unknown outcome of cash",
                |it| it.payments[0].state = Some(PaymentState::ToVerify),
                TicketRefused::StateOnOther { payment: 0 },
            ),
            (
                "a cent too much",
                |it| it.payments = vec![paid(Means::Cash, -201, 0)],
                TicketRefused::PaymentsDoNotCover { due: cents(-200), paid: cents(-201) },
            ),
            (
                "a card number",
                |it| it.payments[0].reference = Some("CB 4970 1012 3456 7890".to_owned()),
                TicketRefused::CardNumber { payment: 0 },
            ),
        ],
    );
}

#[test]
fn what_is_wrong_with_a_correction_is_said_and_the_first_of_two_wins() {
    first_wins(
        &correction(&sold()),
        &[
            ("no original", |it| it.original = None, TicketRefused::WithoutOriginal),
            ("lines", |it| it.lines = draft().lines, TicketRefused::CorrectionWithLines),
            (
                "a payment of nothing",
                |it| it.payments.insert(0, paid(Means::Cheque, 0, 0)),
                TicketRefused::PaymentAmountWrong { payment: 0 },
            ),
            (
                "a cent too little",
                |it| it.payments = vec![paid(Means::Cash, -1_650, 0), paid(Means::Card, 1_649, 0)],
                TicketRefused::PaymentsDoNotCover { due: Money::ZERO, paid: cents(-1) },
            ),
            (
                "change on a card",
                |it| {
                    it.payments = vec![paid(Means::Cash, -1_650, 0), paid(Means::Card, 2_000, 350)];
                },
                TicketRefused::ChangeWithoutCash { payment: 1 },
            ),
            ("no payments", |it| it.payments.clear(), TicketRefused::CorrectionOneSided),
            (
                "more cash than the law allows",
                |it| {
                    let taken = paid(Means::Receivable, -100_001, 0);
                    it.payments = vec![taken, paid(Means::Cash, 100_001, 0)];
                },
                TicketRefused::CashOverCeiling { cash: cents(100_001) },
            ),
        ],
    );
}

#[test]
fn a_sale_names_no_earlier_ticket() {
    let sold = sold();
    for change in [
        |it: &mut Draft, sold: &Ticket| it.original = Some(about(sold)),
        |it: &mut Draft, _: &Ticket| it.reason = Some("ERREUR".to_owned()),
    ] {
        let mut sale = draft();
        change(&mut sale, &sold);
        let refused = series().issue(&sale, &key());
        assert_eq!(refused, Err(TicketRefused::SaleWithOriginal));
    }
}

#[test]
fn nothing_is_taken_on_a_credit_note_and_nothing_given_back_by_a_sale() {
    let mut credit = credit_of_a_can(&sold());
    credit.payments = vec![paid(Means::Card, 100, 0), paid(Means::Cash, -300, 0)];
    let wrong = Err(TicketRefused::PaymentAmountWrong { payment: 0 });
    assert_eq!(series().issue(&credit, &key()), wrong);
    let mut sale = draft();
    sale.payments = vec![paid(Means::Card, -100, 0), paid(Means::Cash, 1_750, 0)];
    assert_eq!(series().issue(&sale, &key()), wrong);
}

#[test]
fn what_is_owed_is_paid_in_cash_with_change() {
    let mut sale = draft();
    sale.payments = vec![paid(Means::Receivable, 1_650, 0)];
    let (sold, next) = series().issue(&sale, &key()).unwrap();
    let mut settled = correction(&sold);
    settled.payments = vec![paid(Means::Receivable, -1_650, 0), paid(Means::Cash, 2_000, 350)];
    let (ticket, after) = next.issue(&settled, &key()).unwrap();
    assert_eq!(ticket.check(&key().public_key(), Some(&sold.signature)), Ok(()));
    assert_eq!(after.perpetual_absolute, next.perpetual_absolute);
}

#[test]
fn a_correction_changes_no_total_and_a_credit_note_both() {
    let (tickets, end) = tickets();
    let base = |place: usize| Base::parse(&tickets[place].base).unwrap();
    let perpetual = |it: &Base| (it.perpetual_algebraic, it.perpetual_absolute);
    assert_eq!(perpetual(&base(0)), (cents(1_650), cents(1_650)));
    assert_eq!(perpetual(&base(1)), (cents(1_450), cents(1_850)));
    assert_eq!(perpetual(&base(2)), (cents(1_450), cents(1_850)));
    assert_eq!((base(2).vat, base(2).total), (Vec::new(), Money::ZERO));
    let replayed = tickets.iter().try_fold(series(), |series, it| series.after(it));
    assert_eq!(replayed, Ok(end));
}

#[test]
fn vouchers_are_left_or_counted_on_paper_vouchers_only() {
    let pay = |payment: Payment| {
        let mut sale = draft();
        sale.payments = vec![payment];
        series().issue(&sale, &key()).map(|_| ())
    };
    // Two vouchers of 9 € for 16.50 €: the customer leaves 1.50 €.
    let vouchers = Payment {
        tendered: cents(1_800),
        vouchers: 2,
        forfeited: cents(150),
        ..paid(Means::MealVoucher, 1_650, 0)
    };
    assert_eq!(pay(vouchers.clone()), Ok(()));
    let other = Err(TicketRefused::VouchersOnOther { payment: 0 });
    for means in [Means::Cash, Means::Card, Means::MealVoucherCard, Means::Cheque] {
        assert_eq!(pay(Payment { means, ..vouchers.clone() }), other, "{means:?}");
    }
    for forfeited in [-150, 149, 151] {
        let wrong = Payment { forfeited: cents(forfeited), ..vouchers.clone() };
        let refused = Err(TicketRefused::PaymentAmountWrong { payment: 0 });
        assert_eq!(pay(wrong), refused, "{forfeited}");
    }
}

#[test]
fn only_a_cards_outcome_is_unknown_and_no_card_number_is_written() {
    let pay = |means, state, reference: Option<&str>| {
        let reference = reference.map(str::to_owned);
        let mut sale = draft();
        sale.payments = vec![Payment { state, reference, ..paid(means, 1_650, 0) }];
        series().issue(&sale, &key()).map(|_| ())
    };
    let unknown = Some(PaymentState::ToVerify);
    assert_eq!(pay(Means::Card, unknown, None), Ok(()));
    assert_eq!(pay(Means::MealVoucherCard, unknown, None), Ok(()));
    let other = Err(TicketRefused::StateOnOther { payment: 0 });
    for means in [Means::Cash, Means::MealVoucher, Means::Cheque, Means::Staff, Means::Receivable] {
        assert_eq!(pay(means, unknown, None), other, "{means:?}");
    }
    for reference in ["497010123456", "4970 1012 3456 7890", "x4970\u{a0}101234567890"] {
        let refused = Err(TicketRefused::CardNumber { payment: 0 });
        assert_eq!(pay(Means::Card, None, Some(reference)), refused, "{reference}");
    }
    for reference in ["49701012345", "pi_3N0x12", "123456-789012", ""] {
        assert_eq!(pay(Means::Card, None, Some(reference)), Ok(()), "{reference}");
    }
}

/// A menu at 15,90 of pizza 12,50 (10 %), can 2,50 (5.5 %) and beer 4,50 (20 %), the can free.
fn menu() -> Draft {
    let part = |id, label, unit: i64, ttc: i64, class, rate| {
        let mut line = line(id, label, unit, 1, class, rate);
        line.ttc = cents(ttc);
        line.discount = cents(unit - ttc);
        line.discount_reason = (unit != ttc).then(|| "MENU".to_owned());
        line
    };
    let mut sale = draft();
    sale.lines = vec![
        part(1, "Pizza", 1_250, 1_019, Class::ImmediateFood, 1_000),
        part(2, "Coca", 250, 204, Class::ClosedDrink, 550),
        part(3, "Bière", 450, 367, Class::Alcohol, 2_000),
        part(4, "Café", 150, 0, Class::OpenDrink, 1_000),
    ];
    sale.payments = vec![paid(Means::Card, 1_590, 0)];
    sale
}

#[test]
fn a_menu_at_three_rates_is_taken_back_as_its_exact_opposite() {
    let (sold, next) = series().issue(&menu(), &key()).unwrap();
    let original = sold.read().unwrap();
    let wanted: Vec<_> = original.lines.iter().rev().map(|it| (it.line, it.qty_m)).collect();
    let credit = Draft {
        operation: Operation::CreditNote,
        original: Some(about(&sold)),
        reason: Some("ERREUR".to_owned()),
        lines: credit_lines(&original, &[], &wanted).unwrap(),
        payments: vec![paid(Means::Card, -1_590, 0)],
        ..menu()
    };
    let (credited, end) = next.issue(&credit, &key()).unwrap();
    assert_eq!(credited.check(&key().public_key(), Some(&sold.signature)), Ok(()));
    let credit = credited.read().unwrap();

    assert_eq!(credit.vat.len(), 3);
    for (back, rate) in credit.vat.iter().zip(&original.vat) {
        assert_eq!(back.vat_bp, rate.vat_bp);
        assert_eq!((back.ht, back.vat, back.ttc), (-rate.ht, -rate.vat, -rate.ttc));
    }
    for (back, line) in credit.lines.iter().zip(&original.lines) {
        assert_eq!((back.line, back.qty_m, back.discount), (line.line, line.qty_m, line.discount));
        assert_eq!((back.ttc, back.net_ht, back.vat), (-line.ttc, -line.net_ht, -line.vat));
    }
    assert_eq!((credit.total_ht, credit.total_vat), (-original.total_ht, -original.total_vat));
    assert_eq!((end.perpetual_algebraic, end.perpetual_absolute), (Money::ZERO, cents(3_180)));
}

/// Signed again by whoever holds the key: a sale that was turned into something else is seen.
#[test]
fn a_ticket_whose_operation_was_changed_is_seen() {
    let (tickets, _) = tickets();
    for (place, from, to, broken) in [
        (0, "VENTE", "AVOIR", BrokenTicket::Amounts(TicketRefused::WithoutOriginal)),
        (1, "AVOIR", "VENTE", BrokenTicket::Amounts(TicketRefused::SaleWithOriginal)),
        (
            1,
            "AVOIR",
            "CORRECTION_PAIEMENT",
            BrokenTicket::Amounts(TicketRefused::CorrectionWithLines),
        ),
        (2, "CORRECTION_PAIEMENT", "AVOIR", BrokenTicket::Amounts(TicketRefused::NoLines)),
        (
            1,
            r#""amount":-200"#,
            r#""amount":-201"#,
            BrokenTicket::Amounts(TicketRefused::PaymentAmountWrong { payment: 0 }),
        ),
        (1, r#""net_ht":-190"#, r#""net_ht":-189"#, BrokenTicket::Totals),
    ] {
        let mut ticket = tickets[place].clone();
        assert!(ticket.document.contains(from), "{from} in {}", ticket.document);
        ticket.document = ticket.document.replacen(from, to, 1);
        let mut base = Base::parse(&ticket.base).unwrap();
        base.content = Base::content_hash(&ticket.document);
        base.operation = base.operation.replacen(from, to, 1);
        ticket.base = base.to_string();
        let previous = base.previous.as_deref();
        assert_eq!(ticket.check(&key().public_key(), previous), Err(broken), "{to}");
    }
}

#[test]
fn any_bit_of_any_operation_that_is_flipped_is_seen() {
    let (tickets, _) = tickets();
    for (place, ticket) in tickets.iter().enumerate() {
        let previous = place.checked_sub(1).map(|before| tickets[before].signature.as_str());
        let body = ticket.encode();
        for at in 0..body.len() {
            let mut altered = body.clone();
            altered[at] ^= 1 << (at % 8);
            let passes = Ticket::decode(&altered)
                .is_some_and(|it| it.check(&key().public_key(), previous).is_ok());
            assert!(!passes, "byte {at} of ticket {place}");
        }
    }
}

proptest! {
    /// Any basket: sold, taken back whole, the two add up to nothing in every figure.
    #[test]
    fn any_basket_taken_back_whole_leaves_nothing(
        parts in prop::collection::vec((0..4_usize, 1..6_000_i64, 1..5_000_u32, 0..=100_i64), 1..8),
    ) {
        let sold: Vec<_> = parts.into_iter().enumerate().map(|(id, (rate, unit, qty_m, percent))| {
            let id = u8::try_from(id).unwrap();
            let mut line = line(id, "Article", unit, 1, Class::ImmediateFood, 0);
            line.rate = [Rate(210), Rate(550), Rate(1_000), Rate(2_000)][rate];
            line.qty_m = qty_m;
            let gross = line.gross().unwrap();
            line.discount = cents(gross.cents() * percent / 100);
            line.discount_reason = (percent != 0).then(|| "MIDI".to_owned());
            line.ttc = gross - line.discount;
            line
        }).collect();
        let due: Money = sold.iter().map(|it| it.ttc).sum();
        let payments = |due: Money| {
            if due == Money::ZERO { Vec::new() } else { vec![paid(Means::Card, due.cents(), 0)] }
        };
        let sale = Draft { lines: sold.clone(), payments: payments(due), ..draft() };
        let (ticket, next) = series().issue(&sale, &key()).unwrap();
        let original = ticket.read().unwrap();
        let wanted: Vec<_> = sold.iter().map(|it| (it.line, it.qty_m)).collect();
        let back = credit_lines(&original, &[], &wanted).unwrap();
        let credit = Draft {
            operation: Operation::CreditNote,
            original: Some(about(&ticket)),
            reason: Some("ERREUR".to_owned()),
            payments: payments(-due),
            lines: back.clone(),
            ..draft()
        };
        let (credit, end) = next.issue(&credit, &key()).unwrap();
        prop_assert_eq!(credit.check(&key().public_key(), Some(&ticket.signature)), Ok(()));
        prop_assert_eq!(end.perpetual_algebraic, Money::ZERO);
        let (sums, opposite) = (totals(&sold), totals(&back));
        for (rate, back) in sums.rates.iter().zip(&opposite.rates) {
            prop_assert_eq!((back.ht, back.vat, back.ttc), (-rate.ht, -rate.vat, -rate.ttc));
        }
    }
}

#[test]
fn a_series_can_open_with_a_credit_note_of_another_journal() {
    let carried = TicketSeries {
        perpetual_algebraic: cents(1_650),
        perpetual_absolute: cents(1_650),
        ..series()
    };
    let (credit, end) = carried.issue(&credit_of_a_can(&sold()), &key()).unwrap();
    assert_eq!(credit.check(&key().public_key(), None), Ok(()));
    assert_eq!((end.perpetual_algebraic, end.perpetual_absolute), (cents(1_450), cents(1_850)));
}
