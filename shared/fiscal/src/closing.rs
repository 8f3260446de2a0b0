//! Closings (« clôtures »): the totals of a day, a month, a year, computed and recorded for good
//! (BOI-TVA-DECLA-30-10-30 § 170), with the perpetual totals.
//!
//! A business day is a number: it begins with its first event or sale and ends with its closing; its
//! date is a label. A month is the days closed since the month before, a year the months; so sums
//! hold whatever a clock said. A closing covers its own journal. What is found later of a journal
//! that could not close itself goes into a supplementary closing of the finder's.

mod day;
mod tally;

pub use day::{Clock, DayLabel, Due, Naming, Overdue, day_label, due, leapt, naming, overdue};
pub use tally::{Counted, MeansTotal, ModeRate, Tally};

use crate::Money;
use crate::record::{Document, Head, SeriesKind};
use crate::ticket::{Issuer, Means, breakdown};
use crate::time::Date;
use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Period {
    /// A business day (« Z »).
    #[serde(rename = "J")]
    Day,
    /// The days since the last month.
    #[serde(rename = "M")]
    Month,
    /// The months since the last year.
    #[serde(rename = "A")]
    Year,
    /// Entries of a journal that cannot close itself any more, found after their day was closed.
    #[serde(rename = "S")]
    Supplementary,
}

impl Period {
    /// The name in base strings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "J",
            Self::Month => "M",
            Self::Year => "A",
            Self::Supplementary => "S",
        }
    }

    /// Whether a period of this kind can be called so.
    fn names(self, label: &str) -> bool {
        let day = match self {
            Self::Day | Self::Supplementary => label.to_owned(),
            Self::Month => alloc::format!("{label}-01"),
            Self::Year => alloc::format!("{label}-01-01"),
        };
        Date::parse(&day).is_some()
    }
}

/// Entries of one journal, one after the other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// The journal, 64 hexadecimal digits.
    pub journal: String,
    /// The first entry's place.
    pub from: u64,
    /// The last entry's place.
    pub to: u64,
    /// The last entry's hash, 64 hexadecimal digits.
    pub hash: String,
}

impl Span {
    fn is_right(&self) -> bool {
        let hex = |text: &str| {
            text.len() == 64 && text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
        };
        (1..=self.to).contains(&self.from) && hex(&self.journal) && hex(&self.hash)
    }
}

/// An order that was open when its day was closed: it is carried to the next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrder {
    /// The order, as people name it.
    pub order: String,
    /// What is due of it.
    pub due: Money,
}

/// The drawer over a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawer {
    /// What was in it when the day began.
    pub float: Money,
    /// Cash taken less change and cash given back.
    pub sales: Money,
    /// Put in otherwise.
    pub cash_in: Money,
    /// Taken out otherwise, as a positive amount.
    pub cash_out: Money,
    /// What should be in it: float + sales + in − out.
    pub theoretical: Money,
    /// What was counted; absent where nobody counted (a forgotten day closed by the program).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub counted: Option<Money>,
    /// Counted less theoretical.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub difference: Option<Money>,
}

impl Drawer {
    /// The drawer of a day with this float and these figures.
    #[must_use]
    pub fn of(float: Money, tally: &Tally, counted: Option<Money>) -> Self {
        let sales = tally.means(Means::Cash);
        let (cash_in, cash_out) = (tally.cash_in.amount, tally.cash_out.amount);
        let theoretical =
            float.saturating_add(sales).saturating_add(cash_in).saturating_sub(cash_out);
        let difference = counted.map(|counted| counted.saturating_sub(theoretical));
        Self { float, sales, cash_in, cash_out, theoretical, counted, difference }
    }

    fn adds_up(&self, tally: &Tally) -> bool {
        *self == Self::of(self.float, tally, self.counted)
    }
}

/// A closing:
/// `CL1,till,seq,J|M|A|S,label,vat,total,gt_alg,gt_abs,yyyyMMddHHmmss,±hhmm,content,N|O,previous`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// What every document says.
    #[serde(flatten)]
    pub head: Head,
    /// What is closed.
    pub period: Period,
    /// The period's name: `2026-11-21`, `2026-11`, `2026` (the calendar year in which it ends); of a
    /// supplementary closing, the day that was open when it was made.
    pub label: String,
    /// The number of the first business day it covers: 1, 2, 3 … of this journal.
    pub first_day: u64,
    /// The number of the last.
    pub last_day: u64,
    /// Who sells.
    pub issuer: Issuer,
    /// The entries it covers; of a month and a year, those of its days, as one span.
    pub spans: Vec<Span>,
    /// Where every other journal of the shop was known to end.
    pub seen: Vec<Span>,
    /// The number of the first ticket in it, if there is one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub first_ticket: Option<String>,
    /// The number of the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_ticket: Option<String>,
    /// The figures.
    pub tally: Tally,
    /// The drawer, of a day.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub drawer: Option<Drawer>,
    /// Orders carried to the next day, of a day.
    pub open_orders: Vec<OpenOrder>,
    /// Sales less returns since the till was first used: the series' at the last entry covered. A
    /// supplementary closing has those of its own journal, to which what it covers does not belong.
    pub perpetual_algebraic: Money,
    /// Sales plus returns since the till was first used.
    pub perpetual_absolute: Money,
}

impl Document for Closing {
    const SCHEMA: &'static str = "CLOTURE-1";
    const SERIES: SeriesKind = SeriesKind::Closing;

    fn head(&self) -> &Head {
        &self.head
    }

    fn signed_fields(&self) -> Vec<String> {
        let moment = self.head.moment();
        vec![
            self.period.code().to_owned(),
            self.label.clone(),
            breakdown(&self.tally.vat),
            self.tally.total.cents().to_string(),
            self.perpetual_algebraic.cents().to_string(),
            self.perpetual_absolute.cents().to_string(),
            moment.stamp(),
            moment.offset(),
        ]
    }

    fn adds_up(&self) -> bool {
        let is_day = self.period == Period::Day;
        self.period.names(&self.label)
            && self.tally.adds_up()
            && self.drawer.is_some() == is_day
            && self.drawer.is_none_or(|drawer| drawer.adds_up(&self.tally))
            && (is_day || self.open_orders.is_empty())
            && (1..=self.last_day).contains(&self.first_day)
            && (!is_day || self.first_day == self.last_day)
            && self.spans.iter().chain(&self.seen).all(Span::is_right)
            && self.first_ticket.is_some() == self.last_ticket.is_some()
            && self.perpetual_algebraic <= self.perpetual_absolute
            && (self.period == Period::Supplementary
                || self.tally.absolute <= self.perpetual_absolute)
    }
}

/// The name of the month of a day: `2026-11`.
#[must_use]
pub fn month_label(date: Date) -> String {
    alloc::format!("{:04}-{:02}", date.year, date.month)
}

/// The name of the fiscal year that a day is in: the calendar year in which that year ends, its last
/// month being `end_month` (1–12).
#[must_use]
pub fn year_label(date: Date, end_month: u8) -> String {
    let next = i32::from(end_month < date.month);
    alloc::format!("{:04}", date.year.saturating_add(next))
}
