//! How tickets hang on each other.

use crate::sale::{cents, draft, key, series};
use fiscal::Money;
use fiscal::ticket::{Base, BrokenTicket, LAST_NUMBER, Ticket, TicketRefused, TicketSeries};
use journal::JournalId;

fn three() -> (Vec<Ticket>, TicketSeries) {
    let mut series = series();
    let mut tickets = Vec::new();
    for _ in 0..3 {
        let (ticket, next) = series.issue(&draft(), &key()).unwrap();
        tickets.push(ticket);
        series = next;
    }
    (tickets, series)
}

#[test]
fn each_ticket_carries_the_signature_of_the_one_before() {
    let (tickets, end) = three();
    let key = key().public_key();
    let mut previous = None;
    let mut replayed = series();
    for ticket in &tickets {
        assert_eq!(ticket.check(&key, previous), Ok(()));
        replayed = replayed.after(ticket).unwrap();
        previous = Some(ticket.signature.as_str());
    }
    assert_eq!(replayed, end);
    assert_eq!((end.next, end.perpetual_algebraic), (4, cents(4_950)));
    assert_eq!(end.perpetual_absolute, cents(4_950));
}

#[test]
fn a_ticket_left_out_swapped_or_repeated_is_seen() {
    let (tickets, _) = three();
    let key = key().public_key();
    for order in [[0, 2].as_slice(), &[0, 2, 1], &[0, 0], &[1]] {
        let replayed = order.iter().try_fold(series(), |it, place| it.after(&tickets[*place]));
        assert_eq!(replayed, Err(BrokenTicket::OutOfSeries), "{order:?}");
    }
    let first = tickets[0].signature.as_str();
    assert_eq!(tickets[2].check(&key, Some(first)), Err(BrokenTicket::OtherPrevious));
    assert_eq!(tickets[0].check(&key, Some(first)), Err(BrokenTicket::OtherPrevious));
    assert_eq!(tickets[1].check(&key, None), Err(BrokenTicket::OtherPrevious));
}

#[test]
fn a_base_string_of_another_place_or_past_does_not_follow() {
    let (tickets, _) = three();
    let first = series().after(&tickets[0]).unwrap();
    for (from, to) in [(",2,0550", ",3,0550"), ("TK1,P01-C1,", "TK1,P01-C2,"), (",O,", ",O,x")] {
        let mut altered = tickets[1].clone();
        altered.base = altered.base.replacen(from, to, 1);
        assert_ne!(altered, tickets[1], "{from}");
        assert_eq!(first.after(&altered), Err(BrokenTicket::OutOfSeries), "{to}");
    }
    let renamed = Ticket { number: "P01-C1-MYKA-000003".to_owned(), ..tickets[1].clone() };
    assert_eq!(first.after(&renamed), Err(BrokenTicket::OutOfSeries));
}

#[test]
fn the_last_number_is_still_given() {
    let full = TicketSeries { next: LAST_NUMBER, ..series() };
    let (ticket, end) = full.issue(&draft(), &key()).unwrap();
    assert_eq!(ticket.number, "P01-C1-MYKA-999999");
    assert_eq!(end.issue(&draft(), &key()), Err(TicketRefused::NumberExhausted));
}

#[test]
fn another_tills_key_is_not_believed() {
    let (tickets, _) = three();
    let other = journal::SigningKey::from_secret(&[7; 32]).unwrap().public_key();
    assert_eq!(tickets[0].check(&other, None), Err(BrokenTicket::Signature));
}

#[test]
fn perpetual_totals_must_be_those_before_plus_the_ticket() {
    let (tickets, _) = three();
    let mut carried = series();
    carried.perpetual_algebraic = cents(1);
    carried.perpetual_absolute = cents(1);
    assert_eq!(carried.after(&tickets[0]), Err(BrokenTicket::OutOfSeries));
    carried.perpetual_algebraic = Money::from_cents(i64::MAX);
    assert_eq!(carried.after(&tickets[0]), Err(BrokenTicket::OutOfSeries));
}

#[test]
fn a_number_is_shop_till_code_of_the_journal_and_place() {
    let open = |first: u8| TicketSeries::open("P01", "C1", &JournalId([first; 32]));
    assert_eq!(open(0).number(), "P01-C1-0000-000001");
    assert_eq!(open(255).number(), "P01-C1-ZZZZ-000001");
    assert_eq!(open(0b0111_1011).number(), "P01-C1-FDXQ-000001");
    assert_ne!(open(16).code, open(17).code);
}

#[test]
fn the_extract_is_four_characters_of_the_signature() {
    let ticket = Ticket {
        number: String::new(),
        document: String::new(),
        base: String::new(),
        signature: "ab1cde2fghijk3lmnop".to_owned() + "4qrs",
    };
    assert_eq!(ticket.extract(), "12kp");
    assert_eq!(Ticket { signature: "é".to_owned(), ..ticket }.extract(), "");
}

#[test]
fn base_strings_are_read_in_one_spelling_only() {
    let good =
        "TK1,P01-C1,2,0550:400|1000:1250,1650,3300,3300,20261121190500,+0100,N1,VENTE,ab,O,sig";
    assert_eq!(Base::parse(good).unwrap().to_string(), good);
    for (from, to) in [
        ("TK1", "TK2"),
        (",2,", ",02,"),
        (",2,", ",+2,"),
        (",2,", ",-2,"),
        ("0550", "550"),
        ("1650,", "1650.0,"),
        ("|", ";"),
        (",O,", ",N,"),
        (",O,", ",X,"),
        (",O,sig", ",O"),
        (",O,sig", ",O,sig,"),
        ("3300", "99999999999999999999"),
    ] {
        assert!(Base::parse(&good.replacen(from, to, 1)).is_err(), "{from} as {to}");
    }
    assert!(Base::parse("").is_err());
}
