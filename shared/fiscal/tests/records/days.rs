//! What a business day is called, and when months and years end, whatever the clock says.

use fiscal::closing::{DayLabel, Due, Overdue, day_label, due, month_label, overdue, year_label};
use fiscal::time::{DEFAULT_CUT_HOUR, Date, Moment};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// 2026-11-21T19:05:00+01:00.
const EVENING: i64 = 1_795_284_300_000;

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn at(utc_ms: i64) -> Moment {
    Moment { utc_ms, offset_min: 60 }
}

fn label(last: Option<&str>, since_ms: i64, now: i64, confirmed: Option<&str>) -> DayLabel {
    let last_entry = last.map(|_| at(now - since_ms));
    day_label(last.map(date), last_entry, at(now), DEFAULT_CUT_HOUR, confirmed.map(date))
}

#[test]
fn a_day_is_called_by_the_clock_where_it_is_believed() {
    for (last, since, now, called, anomaly) in [
        // The first day of all; an ordinary one; after a day of rest; at half past two at night.
        (None, 0, EVENING, "2026-11-21", false),
        (Some("2026-11-20"), 10 * HOUR, EVENING, "2026-11-21", false),
        (Some("2026-11-19"), 36 * HOUR, EVENING, "2026-11-21", false),
        (Some("2026-11-20"), 20 * HOUR, EVENING + 7 * HOUR, "2026-11-21", false),
        // A sale on the evening of the closing.
        (Some("2026-11-21"), MINUTE, EVENING, "2026-11-22", false),
        // The clock was set right by a minute; it went back by three; it leapt.
        (Some("2026-11-20"), -MINUTE, EVENING, "2026-11-21", false),
        (Some("2026-11-20"), -2 * MINUTE, EVENING, "2026-11-21", false),
        (Some("2026-11-20"), -2 * MINUTE - 1, EVENING, "2026-11-21", true),
        (Some("2026-11-18"), -3 * MINUTE, EVENING, "2026-11-19", true),
        (Some("2026-11-18"), 36 * HOUR + 1, EVENING, "2026-11-19", true),
        (Some("2026-11-20"), -10 * 365 * 24 * HOUR, EVENING, "2026-11-21", true),
        (Some("2016-11-20"), 10 * 365 * 24 * HOUR, EVENING, "2016-11-21", true),
        (Some("2028-02-28"), -HOUR, EVENING, "2028-02-29", true),
    ] {
        let found = label(last, since, now, None);
        let expected =
            DayLabel { date: date(called), needs_person: anomaly, clock_anomaly: anomaly };
        assert_eq!(found, expected, "{last:?} {since}");
    }
}

#[test]
fn a_person_names_the_day_and_never_one_that_was_closed() {
    let holiday = 10 * 24 * HOUR;
    let named = label(Some("2026-11-11"), holiday, EVENING, Some("2026-11-21"));
    assert_eq!((named.date, named.needs_person), (date("2026-11-21"), false));
    assert!(named.clock_anomaly, "it is still worth an event");
    let unnamed = label(Some("2026-11-11"), holiday, EVENING, None);
    assert_eq!((unnamed.date, unnamed.needs_person), (date("2026-11-12"), true));
    let closed = label(Some("2026-11-11"), holiday, EVENING, Some("2026-11-11"));
    assert_eq!(closed, unnamed);
    let first = label(None, 0, EVENING, Some("2026-11-20"));
    assert_eq!(first.date, date("2026-11-20"));
}

#[test]
fn a_month_and_a_year_close_when_the_next_day_is_in_another() {
    for (last, next, end_month, month, year) in [
        ("2026-11-21", "2026-11-22", 12, false, false),
        ("2026-11-30", "2026-12-01", 12, true, false),
        ("2026-12-31", "2027-01-01", 12, true, true),
        ("2026-06-30", "2026-07-01", 6, true, true),
        ("2026-12-31", "2027-01-02", 6, true, false),
        ("2028-02-29", "2028-03-01", 2, true, true),
        ("2028-02-28", "2028-02-29", 2, false, false),
        ("2026-11-21", "2027-11-21", 12, true, true),
    ] {
        let found = due(Some(date(last)), date(next), end_month);
        assert_eq!(found, Due { month, year }, "{last} {next} {end_month}");
    }
    assert_eq!(due(None, date("2026-11-21"), 12), Due { month: false, year: false });
}

#[test]
fn months_and_years_are_called_by_the_year_they_end_in() {
    assert_eq!(month_label(date("2028-02-29")), "2028-02");
    for (day, end_month, label) in [
        ("2026-01-01", 12, "2026"),
        ("2026-12-31", 12, "2026"),
        ("2026-06-30", 6, "2026"),
        ("2026-07-01", 6, "2027"),
        ("2028-02-29", 2, "2028"),
        ("2028-03-01", 2, "2029"),
    ] {
        assert_eq!(year_label(date(day), end_month), label, "{day} {end_month}");
    }
}

#[test]
fn a_day_past_its_cut_off_is_proposed_and_a_clock_that_leapt_closes_nothing() {
    let today = date("2026-11-21");
    let night = EVENING + 9 * HOUR; // 04:05
    for (now, last_entry, found) in [
        (EVENING, Some(EVENING - HOUR), Overdue::No),
        (EVENING + 8 * HOUR, Some(EVENING), Overdue::No),
        (night, Some(EVENING), Overdue::Proposed),
        (night, None, Overdue::Proposed),
        (EVENING + 36 * HOUR, Some(EVENING), Overdue::Proposed),
        (EVENING + 36 * HOUR + 1, Some(EVENING), Overdue::NeedsPerson),
        (EVENING + 3_650 * 24 * HOUR, Some(EVENING), Overdue::NeedsPerson),
        (night, Some(night + HOUR), Overdue::NeedsPerson),
        (EVENING - 3_650 * 24 * HOUR, Some(EVENING), Overdue::No),
    ] {
        assert_eq!(overdue(today, at(now), DEFAULT_CUT_HOUR, last_entry.map(at)), found, "{now}");
    }
}

proptest! {
    /// Ten years either way, and beyond: days are called one after the other, and what is closed
    /// without a person is never more than the days that 36 hours can hold.
    #[test]
    fn whatever_the_clock_says_days_follow_each_other(
        steps in prop::collection::vec((any::<i64>(), -48..48_i64, any::<bool>()), 1..40),
    ) {
        let mut last: Option<Date> = None;
        let mut entry: Option<Moment> = None;
        for (leap, hours, leaps) in steps {
            let before = entry.map_or(EVENING, |it| it.utc_ms);
            let ms = if leaps { leap } else { before.saturating_add(hours * HOUR) };
            let now = at(ms.clamp(-(1 << 52), 1 << 52));
            let found = day_label(last, entry, now, DEFAULT_CUT_HOUR, None);
            if let (Some(last), Some(entry)) = (last, entry) {
                prop_assert!(last < found.date);
                let days = found.date.days() - last.days();
                let clock = now.business_date(DEFAULT_CUT_HOUR);
                prop_assert!(days == 1 || (found.date == clock && now.utc_ms - entry.utc_ms <= 36 * HOUR));
                if found.clock_anomaly {
                    prop_assert!(found.needs_person && days == 1);
                    let closes = overdue(last, now, DEFAULT_CUT_HOUR, Some(entry));
                    prop_assert!(closes != Overdue::Proposed);
                }
            }
            (last, entry) = (Some(found.date), Some(now));
        }
    }
}
