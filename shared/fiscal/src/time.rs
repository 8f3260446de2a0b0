//! Instants, the local time they had, and the business day they belong to.
//!
//! There is no time-zone database here: whoever reads the clock also says which offset was in
//! force, and both are kept, so a document shows for ever the time the customer saw.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a count of 64-bit milliseconds divided by a day leaves room for all sums below"
)]

use alloc::format;
use alloc::string::String;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The hour at which a business day ends, unless the shop says otherwise: a sale at 02:30 belongs
/// to the evening before.
pub const DEFAULT_CUT_HOUR: u8 = 4;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 86_400_000;

/// An instant and the local offset in force there and then.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00:00 UTC, leap seconds not counted.
    #[n(0)]
    pub utc_ms: i64,
    /// Minutes that local time is ahead of UTC: 60 in Paris in winter.
    #[n(1)]
    pub offset_min: i16,
}

/// What a clock on the wall shows, in the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// The year; 0 is 1 BC.
    pub year: i32,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 0–59.
    pub second: u8,
}

/// A day of the Gregorian calendar. Dates compare in the order of time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, minicbor::Encode, minicbor::Decode,
)]
pub struct Date {
    /// The year.
    #[n(0)]
    pub year: i32,
    /// 1–12.
    #[n(1)]
    pub month: u8,
    /// 1–31.
    #[n(2)]
    pub day: u8,
}

impl Moment {
    /// What the wall clock showed.
    #[must_use]
    pub fn local(self) -> Civil {
        let ms = self.local_ms();
        let date = date_of(ms.div_euclid(DAY_MS));
        let second = ms.rem_euclid(DAY_MS) / 1_000;
        Civil {
            year: date.year,
            month: date.month,
            day: date.day,
            hour: small(second / 3_600),
            minute: small(second / 60 % 60),
            second: small(second % 60),
        }
    }

    /// The local time as signed strings have it: `yyyyMMddHHmmss`.
    #[must_use]
    pub fn stamp(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.local();
        format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
    }

    /// The offset as signed strings have it: `+0100`.
    #[must_use]
    pub fn offset(self) -> String {
        let sign = if self.offset_min < 0 { '-' } else { '+' };
        let minutes = self.offset_min.unsigned_abs();
        format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
    }

    /// The business day: the local date, or the day before where the wall clock showed an hour
    /// before `cut_hour` ([`DEFAULT_CUT_HOUR`] in most shops).
    #[must_use]
    pub fn business_date(self, cut_hour: u8) -> Date {
        let day = self.local_ms().div_euclid(DAY_MS);
        date_of(if self.local().hour < cut_hour { day - 1 } else { day })
    }

    /// Local milliseconds since local 1970-01-01, at the ends of the range as near as 64 bits go.
    fn local_ms(self) -> i64 {
        self.utc_ms.saturating_add(i64::from(self.offset_min) * MINUTE_MS)
    }
}

impl Civil {
    /// The time as ISO 8601 has it, without an offset: `2026-11-21T19:05:00`.
    #[must_use]
    pub fn iso(self) -> String {
        let Self { year, month, day, hour, minute, second } = self;
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }

    /// The date alone.
    #[must_use]
    pub const fn date(self) -> Date {
        Date { year: self.year, month: self.month, day: self.day }
    }
}

impl Date {
    /// The date, where there is such a day.
    #[must_use]
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// Days since 1970-01-01, before which they are negative.
    #[must_use]
    pub fn days(self) -> i64 {
        // The year begins in March here, as in `date_of`.
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let month_from_march = (i64::from(self.month) + 9).rem_euclid(12);
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let year_of_era = year.rem_euclid(400);
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        year.div_euclid(400) * 146_097 + day_of_era - 719_468
    }

    /// The date so many days later; at the ends of 32-bit years the date itself.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        let last = i64::from(i32::MAX - 1) * 365;
        let later = self.days() + i64::from(days);
        if later.abs() < last { date_of(later) } else { self }
    }

    /// Whether it is a Sunday.
    #[must_use]
    pub fn is_sunday(self) -> bool {
        // 1970-01-04 was one.
        (self.days() - 3).rem_euclid(7) == 0
    }

    /// The date as ISO 8601 has it: `2026-11-21`.
    #[must_use]
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// Reads what [`Date::iso`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.rsplitn(3, '-');
        let day = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let date = Self::new(parts.next()?.parse().ok()?, month, day)?;
        (date.iso() == text).then_some(date)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("not a date"))
    }
}

/// The date of the day so many days after 1970-01-01.
///
/// The year is taken to begin in March, so that the leap day is its last: then the month follows
/// from the day by one division. 400 years are 146,097 days.
fn date_of(days: i64) -> Date {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    Date {
        year: i32::try_from(year).expect("64 bits of milliseconds are 292 million years"),
        month: small(month),
        day: small(day),
    }
}

fn small(number: i64) -> u8 {
    u8::try_from(number).expect("a month, a day, an hour, a minute and a second are below 100")
}

#[cfg(test)]
mod tests {
    use super::{DEFAULT_CUT_HOUR, Date, Moment};

    fn moment(utc_ms: i64, offset_min: i16) -> Moment {
        Moment { utc_ms, offset_min }
    }

    #[test]
    fn a_moment_shows_the_time_on_the_wall() {
        // date -u -d @SECONDS for each.
        for (seconds, offset_min, stamp, offset) in [
            (0, 0, "19700101000000", "+0000"),
            (-1, 0, "19691231235959", "+0000"),
            (1_795_284_300, 60, "20261121190500", "+0100"),
            (951_782_400, 0, "20000229000000", "+0000"),
            (4_107_542_400, 0, "21000301000000", "+0000"),
            (1_795_284_300, -210, "20261121143500", "-0330"),
            (-62_167_219_200, 0, "00000101000000", "+0000"),
        ] {
            let moment = moment(seconds * 1_000, offset_min);
            assert_eq!((moment.stamp().as_str(), moment.offset().as_str()), (stamp, offset));
        }
    }

    #[test]
    fn a_sale_after_midnight_belongs_to_the_evening_before() {
        let midnight = 1_795_302_000_000; // 2026-11-22T00:00:00+01:00
        let hour = 3_600_000;
        for (ms, date) in [
            (midnight - 1, "2026-11-21"),
            (midnight, "2026-11-21"),
            (midnight + 4 * hour - 1, "2026-11-21"),
            (midnight + 4 * hour, "2026-11-22"),
        ] {
            assert_eq!(moment(ms, 60).business_date(DEFAULT_CUT_HOUR).iso(), date);
        }
        assert_eq!(moment(midnight, 60).business_date(0).iso(), "2026-11-22");
    }

    #[test]
    fn the_ends_of_the_range_do_not_panic() {
        for ms in [i64::MIN, i64::MAX] {
            for offset in [i16::MIN, i16::MAX] {
                let moment = moment(ms, offset);
                assert!(!moment.stamp().is_empty() && !moment.offset().is_empty());
                let date = moment.business_date(4);
                assert_eq!(Date::parse(&date.iso()), Some(date));
            }
        }
    }

    #[test]
    fn every_day_of_800_years_follows_the_one_before() {
        let mut before = Date { year: 1599, month: 12, day: 31 };
        for days in -135_140..157_054 {
            let date = super::date_of(days);
            let Date { year, month, day } = before;
            let next = Date::new(year, month, day + 1)
                .or_else(|| Date::new(year, month + 1, 1))
                .or_else(|| Date::new(year + 1, 1, 1));
            assert_eq!(Some(date), next);
            assert_eq!((date.days(), before.plus_days(1)), (days, date));
            before = date;
        }
        assert_eq!(before.iso(), "2399-12-31");
    }

    #[test]
    fn sundays_are_those_of_the_calendar_on_the_wall() {
        // cal 11 2026, cal 2 2028, cal 12 1969.
        for (text, sunday) in [
            ("2026-11-21", false),
            ("2026-11-22", true),
            ("2026-11-23", false),
            ("2028-02-27", true),
            ("1969-12-28", true),
        ] {
            assert_eq!(Date::parse(text).unwrap().is_sunday(), sunday, "{text}");
        }
    }

    #[test]
    fn the_ends_of_the_years_do_not_panic() {
        for year in [i32::MIN, i32::MAX] {
            let end = Date { year, month: 12, day: 31 };
            assert_eq!((end.plus_days(1), end.plus_days(-1)), (end, end));
        }
    }

    #[test]
    fn only_dates_that_exist_are_read() {
        for text in
            ["2026-02-29", "2026-13-01", "2026-1-1", "2026-11-21 ", "26-11-21", "", "+2026-11-21"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert_eq!(Date::parse("2028-02-29"), Date::new(2028, 2, 29));
    }
}
