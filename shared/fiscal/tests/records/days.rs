//! What a business day is called, and when months and years end, whatever the clock says.

use fiscal::closing::{
    Clock, DayLabel, Due, Naming, Overdue, day_label, due, leapt, month_label, naming, overdue,
    year_label,
};
use fiscal::time::{DEFAULT_CUT_HOUR, Date, Moment};
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const MINUTE: i64 = 60_000;
/// 2026-11-21T19:05:00+01:00.
const EVENING: i64 = 1_795_284_300_000;

fn date(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn at(utc_ms: i64) -> Moment {
    Moment { utc_ms, offset_min: 60 }
}

fn clock(now: i64, last_entry: Option<i64>) -> Clock {
    let plausible = (date("2026-01-01"), date("2031-12-31"));
    Clock { now: at(now), last_entry: last_entry.map(at), cut_hour: DEFAULT_CUT_HOUR, plausible }
}

#[test]
fn a_day_is_called_by_the_clock_where_it_is_believed() {
    for (last, since, now, called, believed) in [
        // An ordinary day; after one of rest; after two; at half past two at night.
        ("2026-11-20", 10 * HOUR, EVENING, "2026-11-21", true),
        ("2026-11-19", 36 * HOUR, EVENING, "2026-11-21", true),
        ("2026-11-18", 60 * HOUR, EVENING, "2026-11-21", true),
        ("2026-11-20", 20 * HOUR, EVENING + 7 * HOUR, "2026-11-21", true),
        // A sale on the evening of the closing.
        ("2026-11-21", MINUTE, EVENING, "2026-11-22", true),
        // The clock was set right by a minute; it went back by three; it leapt.
        ("2026-11-20", -MINUTE, EVENING, "2026-11-21", true),
        ("2026-11-20", -2 * MINUTE, EVENING, "2026-11-21", true),
        ("2026-11-20", -2 * MINUTE - 1, EVENING, "2026-11-21", false),
        ("2026-11-18", -3 * MINUTE, EVENING, "2026-11-19", false),
        ("2026-11-06", 15 * DAY, EVENING, "2026-11-21", true),
        ("2026-11-06", 15 * DAY + 1, EVENING, "2026-11-07", false),
        ("2026-11-20", -3_650 * DAY, EVENING, "2026-11-21", false),
        ("2016-11-20", 3_650 * DAY, EVENING, "2016-11-21", false),
        ("2028-02-28", -HOUR, EVENING, "2028-02-29", false),
        // Ten years that were gone through hour by hour are no less impossible.
        ("2026-11-20", HOUR, EVENING + 3_650 * DAY, "2026-11-21", false),
        ("2026-11-20", HOUR, EVENING - 3_650 * DAY, "2026-11-21", false),
    ] {
        let found = day_label(Some(date(last)), &clock(now, Some(now - since)));
        let needs_person = !believed;
        let expected = DayLabel { date: date(called), needs_person, believed };
        assert_eq!(found, expected, "{last:?} {since}");
    }
}

#[test]
fn a_first_day_is_never_called_by_a_date_that_cannot_be() {
    for (now, called, believed) in [
        (EVENING, "2026-11-21", true),
        (EVENING + 3_650 * DAY, "2026-01-01", false),
        (EVENING - 3_650 * DAY, "2026-01-01", false),
        (0, "2026-01-01", false),
    ] {
        let found = day_label(None, &clock(now, None));
        let needs_person = !believed;
        assert_eq!(found, DayLabel { date: date(called), needs_person, believed }, "{now}");
    }
}

#[test]
fn a_person_names_only_what_the_clock_leaves_open() {
    use Naming::{Anyone, Manager, Nobody};
    let steady = clock(EVENING, Some(EVENING - 10 * HOUR));
    let rested = clock(EVENING, Some(EVENING - 10 * DAY));
    let holiday = clock(EVENING, Some(EVENING - 40 * DAY));
    let (y2036, y2029) = (EVENING + 3_650 * DAY, EVENING + 1_000 * DAY);
    let impossible = clock(y2036, Some(EVENING));
    let leapt = clock(y2029, Some(EVENING));
    for (last, clock, day, who) in [
        ("2026-11-20", steady, "2026-11-21", Anyone),
        ("2026-11-20", steady, "2026-11-22", Manager),
        ("2026-11-20", steady, "2026-11-23", Nobody),
        ("2026-11-20", steady, "2026-11-20", Nobody),
        ("2026-11-20", steady, "2062-11-24", Nobody),
        ("2026-11-21", steady, "2026-11-21", Manager),
        // Names ran ahead: they go on, or a manager puts them right.
        ("2062-11-24", steady, "2062-11-25", Anyone),
        ("2062-11-24", steady, "2026-11-21", Manager),
        ("2062-11-24", steady, "2026-11-20", Nobody),
        ("2062-11-24", steady, "2062-11-26", Nobody),
        ("2026-11-11", rested, "2026-11-12", Anyone),
        ("2026-11-11", rested, "2026-11-22", Anyone),
        ("2026-11-11", rested, "2026-11-23", Nobody),
        ("2026-11-11", rested, "2026-11-11", Nobody),
        ("2026-11-30", rested, "2026-11-21", Manager),
        ("2026-10-12", holiday, "2026-11-21", Anyone),
        ("2026-10-12", holiday, "2026-10-13", Anyone),
        ("2026-10-12", holiday, "2026-11-19", Manager),
        ("2026-10-12", holiday, "2062-11-24", Nobody),
        ("2026-11-20", impossible, "2026-11-21", Anyone),
        ("2026-11-20", impossible, "2026-11-23", Manager),
        ("2026-11-20", impossible, "2036-11-18", Nobody),
        ("2026-11-20", leapt, "2029-08-17", Anyone),
        ("2029-08-17", leapt, "2026-11-21", Manager),
    ] {
        assert_eq!(naming(Some(date(last)), &clock, date(day)), who, "{last} {day}");
    }
    assert_eq!(naming(None, &steady, date("2026-11-20")), Nobody);
    assert_eq!(naming(None, &impossible, date("2026-11-20")), Manager);
    let ahead = day_label(Some(date("2062-11-24")), &steady);
    assert!(ahead.needs_person && ahead.believed, "the screen asks until it is put right");
}

#[test]
fn a_leap_is_worth_an_event() {
    for (passed, worth) in [
        (0, false),
        (36 * HOUR, false),
        (36 * HOUR + 1, true),
        (-2 * MINUTE, false),
        (-2 * MINUTE - 1, true),
    ] {
        assert_eq!(leapt(at(EVENING), at(EVENING + passed)), worth, "{passed}");
    }
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
        (EVENING + 3_650 * DAY, None, Overdue::NeedsPerson),
        (EVENING + 3_650 * 24 * HOUR, Some(EVENING), Overdue::NeedsPerson),
        (night, Some(night + HOUR), Overdue::NeedsPerson),
        (EVENING - 3_650 * 24 * HOUR, Some(EVENING), Overdue::No),
    ] {
        assert_eq!(overdue(today, &clock(now, last_entry)), found, "{now}");
    }
}

proptest! {
    /// Ten years either way, and beyond: days are called one after the other, what names days without
    /// a person moves by no more than 15 days, and what closes them by no more than 36 hours.
    #[test]
    fn whatever_the_clock_says_days_follow_each_other(
        steps in prop::collection::vec((any::<i64>(), -480..480_i64, any::<bool>()), 1..40),
    ) {
        let mut last: Option<Date> = None;
        let mut entry: Option<i64> = None;
        for (leap, hours, leaps) in steps {
            let before = entry.unwrap_or(EVENING);
            let ms = if leaps { leap } else { before.saturating_add(hours * HOUR) };
            let now = ms.clamp(-(1 << 52), 1 << 52);
            let clock = clock(now, entry);
            let found = day_label(last, &clock);
            prop_assert!(clock.plausible.0 <= found.date);
            prop_assert!(found.believed || found.needs_person);
            prop_assert_eq!(naming(last, &clock, found.date), Naming::Anyone);
            if let (Some(last), Some(entry)) = (last, entry) {
                prop_assert!(last < found.date);
                let days = found.date.days() - last.days();
                let is_the_clock = found.date == clock.now.business_date(DEFAULT_CUT_HOUR);
                prop_assert!(days == 1 || (is_the_clock && now - entry <= 15 * DAY));
                prop_assert!(found.believed || days == 1);
                let closes = overdue(last, &clock);
                prop_assert!(closes != Overdue::Proposed || now - entry <= 36 * HOUR);
            }
            (last, entry) = (Some(found.date), Some(now));
        }
    }
}
