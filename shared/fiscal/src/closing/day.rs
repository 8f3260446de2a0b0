//! What date a business day is called by, and when it is over.
//!
//! A day is a number; only its name comes from a clock, and a clock may be wrong by years. So a
//! clock that leapt names nothing by itself and closes nothing by itself: somebody has to say so.
//! What somebody said wrongly can be put right: numbers give days their order, and names need none.

use super::{month_label, year_label};
use crate::time::{Date, Moment};

/// How far the clock may have moved since the last entry to close a day by itself: a closed day and
/// a half.
const STEADY_MS: i64 = 36 * 3_600_000;

/// How far the clock may have moved since the last entry to name a day by itself: two weeks' closed
/// days and one more.
const RESTED_MS: i64 = 15 * 24 * 3_600_000;

/// How far the clock may have gone back since the last entry: what setting it right takes.
const BACK_MS: i64 = 2 * 60_000;

/// The clock, and what it is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// What it says.
    pub now: Moment,
    /// When it was last believed: at the last entry, or the last one before it leapt.
    pub last_entry: Option<Moment>,
    /// The hour, 0 to 23, at which one business day gives way to the next.
    pub cut_hour: u8,
    /// The first and the last date that it can be: a program is not used before it was made.
    pub plausible: (Date, Date),
}

/// The date that a business day is called by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLabel {
    /// The date.
    pub date: Date,
    /// Whether a person should confirm it; until then the day goes by this name, and sells.
    pub needs_person: bool,
    /// Whether the clock is believed to the day.
    pub believed: bool,
}

/// Who may call the day that begins by some date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// Whoever opens it.
    Anyone,
    /// A manager, and the event log says so.
    Manager,
    /// Nobody.
    Nobody,
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

/// How far a clock is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    /// It names days, and closes them.
    Steady,
    /// The shop was closed for some days, or the clock leapt by as many: it names days.
    Rested,
    /// It went back, it leapt by more than 15 days, or it says what cannot be.
    Doubted,
}

impl Clock {
    fn date(&self) -> Date {
        self.now.business_date(self.cut_hour)
    }

    fn can_be(&self, date: Date) -> bool {
        (self.plausible.0..=self.plausible.1).contains(&date)
    }

    fn trust(&self) -> Trust {
        let passed = self.last_entry.map_or(0, |last| self.now.utc_ms.saturating_sub(last.utc_ms));
        if !self.can_be(self.date()) || passed < BACK_MS.saturating_neg() || RESTED_MS < passed {
            Trust::Doubted
        } else if STEADY_MS < passed {
            Trust::Rested
        } else {
            Trust::Steady
        }
    }
}

/// Whether the clock went back by more than two minutes, or forward by more than 36 hours, since
/// `last`: the event log says so.
#[must_use]
pub fn leapt(last: Moment, now: Moment) -> bool {
    let passed = now.utc_ms.saturating_sub(last.utc_ms);
    !(BACK_MS.saturating_neg()..=STEADY_MS).contains(&passed)
}

/// The date of the day that begins now.
///
/// It is the clock's business date, if that is after the last closed day and the clock has not moved
/// by more than 15 days since the last entry; otherwise the day after the last closed one, as for a
/// sale made on the evening of the closing. The first day of all under a clock that says what cannot
/// be is called by the first date that can. A person confirms what a clock in doubt did not name,
/// and a name that is ahead of the clock by more than a day.
#[must_use]
pub fn day_label(last_closed: Option<Date>, clock: &Clock) -> DayLabel {
    let believed = clock.trust() != Trust::Doubted;
    let date = match last_closed {
        None if clock.can_be(clock.date()) => clock.date(),
        None => clock.plausible.0,
        Some(last) if believed && last < clock.date() => clock.date(),
        Some(last) => last.plus_days(1),
    };
    let needs_person = !believed || clock.date().plus_days(1) < date;
    DayLabel { date, needs_person, believed }
}

/// Who may call the day that begins now by `date`.
///
/// Whoever opens it may confirm what [`day_label`] proposes; after days of rest any date up to the
/// clock's next, and under a clock in doubt the clock's, after the last closed day. A manager may
/// call it by the clock's date or the next one, though days were called by later ones: so a name that
/// was given wrongly does not last. Where the clock itself is in doubt a manager may call it by any
/// date that can be.
#[must_use]
pub fn naming(last_closed: Option<Date>, clock: &Clock, date: Date) -> Naming {
    let today = clock.date();
    let tomorrow = today.plus_days(1);
    let follows = last_closed.is_none_or(|last| last < date);
    let is_now = date == today || date == tomorrow;
    if date == day_label(last_closed, clock).date {
        return Naming::Anyone;
    }
    match clock.trust() {
        Trust::Rested if follows && date <= tomorrow => Naming::Anyone,
        Trust::Steady | Trust::Rested if is_now => Naming::Manager,
        Trust::Steady | Trust::Rested => Naming::Nobody,
        Trust::Doubted if !clock.can_be(date) => Naming::Nobody,
        Trust::Doubted if follows && date == today => Naming::Anyone,
        Trust::Doubted => Naming::Manager,
    }
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
pub fn overdue(day: Date, clock: &Clock) -> Overdue {
    if clock.date() <= day {
        return Overdue::No;
    }
    match clock.trust() {
        Trust::Steady => Overdue::Proposed,
        Trust::Rested | Trust::Doubted => Overdue::NeedsPerson,
    }
}
