//! The public holidays of France (Code du travail L. 3133-1), by the calendar alone.
//!
//! Those of Alsace-Moselle and of the overseas departments are not among them.

use crate::time::Date;

/// Month and day of those that are the same every year.
const FIXED: [(u8, u8); 8] =
    [(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)];

/// Days after Easter Sunday: Easter Monday, Ascension, Whit Monday.
const AFTER_EASTER: [i32; 3] = [1, 39, 50];

/// Whether a day is a public holiday.
#[must_use]
pub fn is_public_holiday(date: Date) -> bool {
    let easter = easter(date.year);
    FIXED.contains(&(date.month, date.day))
        || AFTER_EASTER.iter().any(|days| easter.plus_days(*days) == date)
}

/// Easter Sunday of a year, in the Gregorian calendar: the Sunday after the full moon that follows
/// 21 March, by the rule of the calendar's reform (Meeus, Jones and Butcher wrote it so).
#[expect(
    clippy::arithmetic_side_effects,
    reason = "32-bit years in 64 bits leave room, and no divisor is 0"
)]
fn easter(year: i32) -> Date {
    let in_cycle = i64::from(year).rem_euclid(19);
    let century = i64::from(year).div_euclid(100);
    let in_century = i64::from(year).rem_euclid(100);

    // How far the moon and the leap days have drifted over the centuries.
    let moon = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * in_cycle + century - century.div_euclid(4) - moon + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * (in_century / 4) - epact - in_century % 4)
            .rem_euclid(7);
    let late = (in_cycle + 11 * epact + 22 * to_sunday).div_euclid(451);
    let march = epact + to_sunday - 7 * late + 22;

    let days = i32::try_from(march - 1).expect("Easter is at most 56 days after 1 March");
    Date { year, month: 3, day: 1 }.plus_days(days)
}

#[cfg(test)]
mod tests {
    use super::{easter, is_public_holiday};
    use crate::time::Date;
    use alloc::vec::Vec;

    #[test]
    fn easter_is_where_almanacs_have_it() {
        // The earliest and the latest there is, a century's turn, and years of this shop's life.
        for (year, month, day) in [
            (1818, 3, 22),
            (1943, 4, 25),
            (1954, 4, 18),
            (2000, 4, 23),
            (2024, 3, 31),
            (2026, 4, 5),
            (2027, 3, 28),
            (2038, 4, 25),
            (2100, 3, 28),
        ] {
            assert_eq!(easter(year), Date { year, month, day });
        }
    }

    #[test]
    fn a_year_has_the_eleven_holidays_of_the_code_du_travail() {
        let first = Date { year: 2026, month: 1, day: 1 };
        let found: Vec<_> = (0..365)
            .map(|days| first.plus_days(days))
            .filter(|it| is_public_holiday(*it))
            .map(|it| (it.month, it.day))
            .collect();
        let holidays = [
            (1, 1),
            (4, 6),
            (5, 1),
            (5, 8),
            (5, 14),
            (5, 25),
            (7, 14),
            (8, 15),
            (11, 1),
            (11, 11),
            (12, 25),
        ];
        assert_eq!(found, holidays);
    }

    #[test]
    fn any_year_has_an_easter_on_a_sunday() {
        for year in (-2_000_000_000..=2_000_000_000).step_by(9_999_991).chain(1_583..4_100) {
            assert!(easter(year).is_sunday(), "{year}");
        }
    }
}
