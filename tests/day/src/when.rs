//! The days that are played, in a shop whose clocks show Paris time.

use friday::play::SIX_MS;

/// A day: days from Friday 2026-11-20, and whether its clocks show summer time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day(i64, bool);

/// The first day, long ago: a Friday.
pub(crate) const AUGUST_21: Day = Day(-91, true);
/// A Sunday that nobody closes.
pub(crate) const FORGOTTEN: Day = Day(2, false);
/// The Monday after it.
pub(crate) const MONDAY_BEFORE: Day = Day(3, false);
/// The day before: a Sunday.
pub(crate) const DAY_BEFORE: Day = Day(9, false);
/// The day: Monday 2026-11-30, the last of its month.
pub(crate) const THE_DAY: Day = Day(10, false);
/// The day after.
pub(crate) const DAY_AFTER: Day = Day(11, false);

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A local time of a day, in ms since 1970 UTC.
pub(crate) const fn ms(Day(days, summer): Day, hour: i64, minute: i64) -> i64 {
    let midnight = SIX_MS - 18 * HOUR_MS + days * 24 * HOUR_MS;
    let shift = if summer { HOUR_MS } else { 0 };
    midnight - shift + hour * HOUR_MS + minute * MINUTE_MS
}
