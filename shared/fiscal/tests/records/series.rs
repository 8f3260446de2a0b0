//! How records hang on each other, and what is not issued.

use crate::sale::{cents, draft, key};
use crate::samples::{by, check, duplicate, event, issue, open, provisional, two};
use fiscal::jcs::GREATEST;
use fiscal::record::{BrokenRecord, By, Head, RecordRefused, Series, SeriesKind};
use fiscal::ticket::{LAST_NUMBER, TicketSeries};
use fiscal::{Money, TRAINING, till_name};

fn head(kind: SeriesKind, record: &fiscal::record::Record) -> Head {
    let previous = record.base.rsplit_once(",O,").map(|(_, signature)| signature);
    check(kind, record, &key().public_key(), previous).unwrap()
}

#[test]
fn a_series_is_followed_record_by_record() {
    for kind in SeriesKind::ALL {
        let (records, end) = two(kind);
        let replayed = records
            .iter()
            .try_fold(open(kind), |series, record| series.after(record, &head(kind, record)));
        assert_eq!(replayed, Ok(end.clone()));
        assert_eq!((end.next, end.previous.as_ref()), (3, Some(&records[1].signature)));
    }
}

#[test]
fn a_record_left_out_repeated_or_of_another_till_does_not_follow() {
    for kind in SeriesKind::ALL {
        let (records, _) = two(kind);
        let broken = Err(BrokenRecord::OutOfSeries);
        let heads = records.iter().map(|it| head(kind, it)).collect::<Vec<_>>();
        assert_eq!(open(kind).after(&records[1], &heads[1]), broken);
        let first = open(kind).after(&records[0], &heads[0]).unwrap();
        assert_eq!(first.after(&records[0], &heads[0]), broken);
        let other = Series { till: "P01-C2".to_owned(), ..first.clone() };
        assert_eq!(other.after(&records[1], &heads[1]), broken);
        let other = Series { previous: Some("x".to_owned()), ..first.clone() };
        assert_eq!(other.after(&records[1], &heads[1]), broken);
        assert!(first.after(&records[1], &heads[1]).is_ok());
    }
}

#[test]
fn numbers_name_the_series_and_its_place() {
    for (kind, number) in [
        (SeriesKind::Duplicate, "P01-C1-MYKA-D000001"),
        (SeriesKind::Provisional, "P01-C1-MYKA-N000001"),
        (SeriesKind::Invoice, "P01-C1-MYKA-F000001"),
        (SeriesKind::Closing, "P01-C1-MYKA-Z000001"),
        (SeriesKind::Event, "P01-C1-MYKA-E000001"),
        (SeriesKind::Archive, "P01-C1-MYKA-A000001"),
    ] {
        assert_eq!(issue(kind, &open(kind)).unwrap().0.number, number);
        assert_eq!(SeriesKind::of_kind(kind.kind()), Some(kind));
    }
    assert_eq!(SeriesKind::of_kind(fiscal::kind::TICKET), None);
}

#[test]
fn what_is_done_in_training_says_so_in_its_number() {
    let name = till_name(journal::Purpose::Training, "P01", "C1");
    let series = Series::open(SeriesKind::Event, &name, &crate::samples::journal());
    assert_eq!(series.number(), format!("{TRAINING}-P01-C1-MYKA-E000001"));
    let tickets = TicketSeries::of_till(&name, &crate::samples::journal());
    let (ticket, _) = tickets.issue(&draft(), &key()).unwrap();
    assert_eq!(ticket.number, format!("{TRAINING}-P01-C1-MYKA-000001"));
    assert_eq!(ticket.check(&key().public_key(), None), Ok(()));
    assert_eq!(till_name(journal::Purpose::Live, "P01", "C1"), "P01-C1");
}

#[test]
fn the_last_number_is_still_given() {
    let full = Series { next: LAST_NUMBER, ..open(SeriesKind::Event) };
    let (record, end) = issue(SeriesKind::Event, &full).unwrap();
    assert_eq!(record.number, "P01-C1-MYKA-E999999");
    assert_eq!(issue(SeriesKind::Event, &end), Err(RecordRefused::NumberExhausted));
}

#[test]
fn a_comma_in_a_field_that_is_signed_is_refused() {
    let operator = By { operator: "A,B".to_owned(), ..by() };
    let refused = open(SeriesKind::Event).issue(&operator, &key(), event);
    assert_eq!(refused, Err(RecordRefused::CommaInField("A,B".to_owned())));

    let refused = open(SeriesKind::Duplicate).issue(&by(), &key(), |head| {
        let mut it = duplicate(head);
        it.original = "1,2".to_owned();
        it
    });
    assert_eq!(refused, Err(RecordRefused::CommaInField("1,2".to_owned())));

    let till = Series { till: "P01,C1".to_owned(), ..open(SeriesKind::Event) };
    let refused = issue(SeriesKind::Event, &till);
    assert_eq!(refused, Err(RecordRefused::CommaInField("P01,C1".to_owned())));
}

#[test]
fn amounts_that_do_not_add_up_or_that_json_cannot_hold_are_refused() {
    let refused = open(SeriesKind::Provisional).issue(&by(), &key(), |head| {
        let mut it = provisional(head);
        it.total_ht += cents(1);
        it
    });
    assert_eq!(refused, Err(RecordRefused::Amounts));

    for amount in [GREATEST + 1, i64::MIN] {
        let refused = open(SeriesKind::Event).issue(&by(), &key(), |head| {
            let mut it = event(head);
            it.data.insert("amount".to_owned(), amount.into());
            it
        });
        assert_eq!(refused, Err(RecordRefused::Amounts), "{amount}");
    }

    let refused = open(SeriesKind::Closing).issue(&by(), &key(), |head| {
        let mut it = crate::samples::closing(head);
        it.perpetual_absolute = Money::from_cents(i64::MAX);
        it
    });
    assert_eq!(refused, Err(RecordRefused::Amounts));
}

#[test]
fn a_record_longer_than_an_entry_is_refused() {
    let refused = open(SeriesKind::Event).issue(&by(), &key(), |head| {
        let mut it = event(head);
        it.data.insert("reason".to_owned(), "x".repeat(journal::MAX_BODY_BYTES).into());
        it
    });
    assert!(matches!(refused, Err(RecordRefused::TooLong { .. })), "{refused:?}");
}

#[test]
#[should_panic(expected = "in its own series")]
fn a_document_in_another_series_is_a_bug() {
    let issued = open(SeriesKind::Closing).issue(&by(), &key(), event);
    assert!(issued.is_err());
}
