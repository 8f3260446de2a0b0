//! What date a business day is called by, and when it is over.
//!
//! A day is a number; only its name comes from a clock, and a clock may be wrong by years. So a
//! clock that leapt names nothing by itself and closes nothing by itself: somebody has to say so.

use super::{month_label, year_label};
use crate::time::{Date, Moment};

/// How far the clock may have moved since the last entry to be believed: a closed day and a half.
const BELIEVED_MS: i64 = 36 * 3_600_000;

/// How far the clock may have gone back since the last entry: what setting it right takes.
const BACK_MS: i64 = 2 * 60_000;

/// The date that a business day is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLabel {
    /// The date.
    pub date: Date,
    /// Whether a person should confirm it; until then the day goes by this name, and sells.
    pub needs_person: bool,
    /// Whether the clock went back by more than two minutes, or forward by more than 36 hours, since
    /// the last entry.
    pub clock_anomaly: bool,
}

/// What else is closed before a day is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// The month of the last closed day.
    pub month: bool,
    /// The fiscal year of the last closed day.
    pub year: bool,
}

/// Whether a business day should have been closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overdue {
    /// It goes on.
    No,
    /// Its cut-off has passed: the program proposes to close it, and closes it at its next start.
    Proposed,
    /// Its cut-off has passed by a clock that is not believed: only a person closes it.
    NeedsPerson,
}

/// The date of the day that begins `now`.
///
/// It is the clock's business date, if that is after the last closed day and the clock is believed;
/// otherwise the day after the last closed one, as for a sale made on the evening of the closing.
/// What a person `confirmed` counts in any case, unless it is not after the last closed day. A long
/// holiday looks as a clock that leapt does: somebody confirms the day when it is opened.
#[must_use]
pub fn day_label(
    last_closed: Option<Date>,
    last_entry: Option<Moment>,
    now: Moment,
    cut_hour: u8,
    confirmed: Option<Date>,
) -> DayLabel {
    let clock = now.business_date(cut_hour);
    let clock_anomaly = !believed(last_entry, now);
    let follows = |date: &Date| last_closed.is_none_or(|last| last < *date);
    if let Some(date) = confirmed.filter(follows) {
        return DayLabel { date, needs_person: false, clock_anomaly };
    }
    let date = match last_closed {
        None => clock,
        Some(last) if last < clock && !clock_anomaly => clock,
        Some(last) => last.plus_days(1),
    };
    let needs_person = clock_anomaly && last_closed.is_some();
    DayLabel { date, needs_person, clock_anomaly }
}

/// What closes before a day called `next` is opened, `last` being the last closed day: its month and
/// its fiscal year, which ends with the month `fiscal_year_end_month` (1–12), if `next` is in others.
#[must_use]
pub fn due(last: Option<Date>, next: Date, fiscal_year_end_month: u8) -> Due {
    let year = |date| year_label(date, fiscal_year_end_month);
    last.map_or_else(Due::default, |last| Due {
        month: month_label(last) != month_label(next),
        year: year(last) != year(next),
    })
}

/// Whether the open day that is called `day` should have been closed: the clock is in a later
/// business day. A clock that leapt closes nothing by itself.
#[must_use]
pub fn overdue(day: Date, now: Moment, cut_hour: u8, last_entry: Option<Moment>) -> Overdue {
    if now.business_date(cut_hour) <= day {
        Overdue::No
    } else if believed(last_entry, now) {
        Overdue::Proposed
    } else {
        Overdue::NeedsPerson
    }
}

fn believed(last_entry: Option<Moment>, now: Moment) -> bool {
    last_entry.is_none_or(|last| {
        let passed = now.utc_ms.saturating_sub(last.utc_ms);
        (BACK_MS.saturating_neg()..=BELIEVED_MS).contains(&passed)
    })
}
