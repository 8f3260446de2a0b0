//! What of a ticket can still be given back: never more than was sold, and to the cent.

use crate::sale::{cents, draft, key, line, paid, series};
use crate::samples::{about, tickets};
use fiscal::Money;
use fiscal::ticket::{
    CreditRefused, Document, Draft, Line, Means, Operation, ROUNDING, Ticket, TicketSeries,
    credit_lines, creditable,
};
use fiscal::vat::Class;
use proptest::prelude::*;

const FIRST: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 1];
const SECOND: [u8; 8] = [0, 0, 0, 0, 0, 0, 0, 2];

/// A sale of these lines, paid by card.
fn sell(lines: Vec<Line>) -> (Ticket, TicketSeries) {
    let due: Money = lines.iter().map(|it| it.ttc).sum();
    let payments =
        if due == Money::ZERO { Vec::new() } else { vec![paid(Means::Card, due.cents(), 0)] };
    series().issue(&Draft { lines, payments, ..draft() }, &key()).unwrap()
}

/// The credit note of these lines, issued and read.
fn credit(sale: &Ticket, series: &TicketSeries, lines: Vec<Line>) -> (Document, TicketSeries) {
    let due: Money = lines.iter().map(|it| it.ttc).sum();
    let payments =
        if due == Money::ZERO { Vec::new() } else { vec![paid(Means::Card, due.cents(), 0)] };
    let note = Draft {
        operation: Operation::CreditNote,
        original: Some(about(sale)),
        reason: Some("ERREUR".to_owned()),
        lines,
        payments,
        ..draft()
    };
    let (ticket, next) = series.issue(&note, &key()).unwrap();
    assert_eq!(ticket.check(&key().public_key(), series.previous.as_deref()), Ok(()));
    (ticket.read().unwrap(), next)
}

fn discounted(unit: i64, qty_m: u32, discount: i64) -> Line {
    let mut line = line(1, "Pizza", unit, 1, Class::ImmediateFood, 1_000);
    line.qty_m = qty_m;
    line.discount = cents(discount);
    line.discount_reason = (discount != 0).then(|| "MIDI".to_owned());
    line.ttc = line.gross().unwrap() - line.discount;
    line
}

#[test]
fn a_discount_is_given_back_in_proportion_and_the_last_part_has_the_rest() {
    // Three at 10 € less 1 € in all.
    let (sale, mut series) = sell(vec![discounted(1_000, 3_000, 100)]);
    let original = sale.read().unwrap();
    let mut earlier = Vec::new();
    for (ttc, discount, left) in [(967, 33, 1_933), (967, 33, 966), (966, 34, 0)] {
        let lines = credit_lines(&original, &earlier, &[(FIRST, 1_000)]).unwrap();
        assert_eq!((lines[0].ttc, lines[0].discount), (cents(-ttc), cents(discount)));
        assert_eq!(lines[0].discount_reason.as_deref(), Some("MIDI"));
        let (note, next) = credit(&sale, &series, lines);
        (series, earlier) = (next, [earlier, vec![note]].concat());
        assert_eq!(creditable(&original, &earlier)[0].ttc, cents(left));
    }
    assert_eq!(creditable(&original, &earlier)[0].qty_m, 0);
    assert_eq!(
        credit_lines(&original, &earlier, &[(FIRST, 1)]),
        Err(CreditRefused::TooMuch { line: FIRST, left_m: 0 }),
    );
}

#[test]
fn what_cannot_be_given_back_is_refused_and_the_first_reason_wins() {
    let (tickets, _) = tickets();
    let read: Vec<_> = tickets.iter().map(|it| it.read().unwrap()).collect();
    let ask = |wanted: &[([u8; 8], u32)]| credit_lines(&read[0], &read[1..], wanted).unwrap_err();
    assert_eq!(ask(&[]), CreditRefused::Nothing);
    assert_eq!(ask(&[(FIRST, 1_000), ([9; 8], 0)]), CreditRefused::Nothing);
    assert_eq!(ask(&[([9; 8], 1_000)]), CreditRefused::UnknownLine { line: [9; 8] });
    assert_eq!(ask(&[(FIRST, 1), (FIRST, 1)]), CreditRefused::LineTwice { line: FIRST });
    // One of the two cans was given back before.
    let too_much = CreditRefused::TooMuch { line: SECOND, left_m: 1_000 };
    assert_eq!(ask(&[(SECOND, 1_001)]), too_much);
    assert!(credit_lines(&read[0], &read[1..], &[(SECOND, 1_000)]).is_ok());
    for other in &read[1..] {
        assert_eq!(credit_lines(other, &[], &[(FIRST, 1)]), Err(CreditRefused::NotASale));
        assert_eq!(creditable(other, &[]), []);
    }
}

#[test]
fn credit_notes_of_other_tickets_take_nothing_from_this_one() {
    let (tickets, _) = tickets();
    let mut credit = tickets[1].read().unwrap();
    credit.original.as_mut().unwrap().ticket_no = "P01-C2-MYKA-000001".to_owned();
    let left = creditable(&tickets[0].read().unwrap(), &[credit]);
    assert_eq!(left.iter().map(|it| it.qty_m).collect::<Vec<_>>(), [1_000, 2_000]);
}

#[test]
fn the_cents_of_a_weight_are_split_or_the_rest_is_given_back_at_once() {
    // 0.05 € for two halves: three cents and two, the second marked as rounded.
    let (sale, series) = sell(vec![discounted(5, 1_000, 0)]);
    let original = sale.read().unwrap();
    let half = credit_lines(&original, &[], &[(FIRST, 500)]).unwrap();
    assert_eq!((half[0].ttc, half[0].discount_reason.as_deref()), (cents(-3), None));
    let (note, _) = credit(&sale, &series, half);
    let rest = credit_lines(&original, &[note], &[(FIRST, 500)]).unwrap();
    assert_eq!((rest[0].ttc, rest[0].discount_reason.as_deref()), (cents(-2), Some(ROUNDING)));

    // One cent of two parts that are each worth nothing.
    let (sale, _) = sell(vec![discounted(1, 800, 0)]);
    let original = sale.read().unwrap();
    let split = credit_lines(&original, &[], &[(FIRST, 400)]);
    assert_eq!(split, Err(CreditRefused::Indivisible { line: FIRST }));
    assert!(credit_lines(&original, &[], &[(FIRST, 800)]).is_ok());
}

proptest! {
    /// However a line is given back part by part, the parts add up to it exactly.
    #[test]
    fn the_parts_of_a_line_add_up_to_it(
        unit in 0..6_000_i64,
        pieces in 1..9_u32,
        weighed in prop::option::of(1..9_000_u32),
        percent in 0..=100_i64,
        parts in prop::collection::vec(1..4_000_u32, 0..8),
    ) {
        let mut sold = discounted(unit, weighed.unwrap_or(pieces * 1_000), 0);
        let gross = sold.gross().unwrap();
        sold = discounted(unit, sold.qty_m, gross.cents() * percent / 100);
        let (sale, mut series) = sell(vec![sold.clone()]);
        let original = sale.read().unwrap();
        let mut earlier = Vec::new();
        let whole = parts.into_iter().map(|it| if weighed.is_some() { it } else { (it / 1_000) * 1_000 });
        for asked in whole.map(Some).chain([None]) {
            let left = creditable(&original, &earlier)[0].qty_m;
            let asked = asked.map_or(left, |it| it.min(left));
            if asked == 0 {
                continue;
            }
            match credit_lines(&original, &earlier, &[(FIRST, asked)]) {
                Ok(lines) => {
                    let (note, next) = credit(&sale, &series, lines);
                    (series, earlier) = (next, [earlier, vec![note]].concat());
                }
                Err(refused) => {
                    // Never whole pieces, never the whole of what is left.
                    prop_assert_eq!(refused, CreditRefused::Indivisible { line: FIRST });
                    prop_assert!(weighed.is_some() && asked != left);
                }
            }
        }
        let given = |of: fn(&Document) -> Money| earlier.iter().map(of).sum::<Money>();
        prop_assert_eq!(given(|it| it.total_ttc), -sold.ttc);
        prop_assert_eq!(earlier.iter().map(|it| it.lines[0].qty_m).sum::<u32>(), sold.qty_m);
        prop_assert_eq!(series.perpetual_algebraic, Money::ZERO);
    }
}
