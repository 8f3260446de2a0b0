//! One transaction in the making: what is recorded, numbered and signed in it becomes durable
//! together.

use super::Seat;
use crate::clock::{self, Zone};
use crate::error::Error;
use crate::project;
use crate::store::days::{self, Day};
use crate::store::journals::{self, Branch};
use crate::store::{StoreError, tickets};
use domain::event::Event;
use domain::id::OrderId;
use domain::shop::Shop;
use fiscal::Money;
use fiscal::closing::{
    Clock, Closing, DayLabel, Naming, Overdue, Period, day_label, naming, overdue,
};
use fiscal::event::{Data, Datum, EventCode, EventDocument, data};
use fiscal::record::{By, Document, Head, Record};
use fiscal::ticket::Ticket;
use fiscal::time::{Date, Moment};
use journal::mutant::{self, Mutant};
use journal::{Draft, JournalId, Keep, Pen, SubjectId};
use rusqlite::Transaction;

/// One transaction in the making.
pub(crate) struct Turn<'a> {
    pub(crate) tx: &'a Transaction<'a>,
    pub(crate) seat: &'a Seat,
    pub(crate) now_ms: i64,
    pub(crate) zone: &'a Zone,
    drafts: Vec<Draft>,
    /// The business day that this very transaction began.
    began: Option<Day>,
    /// The closings that this very transaction made.
    closings: Vec<Closing>,
}

impl<'a> Turn<'a> {
    pub(super) const fn begin(
        tx: &'a Transaction<'a>,
        seat: &'a Seat,
        now_ms: i64,
        zone: &'a Zone,
    ) -> Self {
        Self { tx, seat, now_ms, zone, drafts: Vec::new(), began: None, closings: Vec::new() }
    }
}

impl Turn<'_> {
    /// Records that something happened, to `subject` if it is about something.
    pub(crate) fn record(&mut self, subject: Option<SubjectId>, event: &Event) {
        self.drafts.push(Draft {
            kind: event.kind(),
            kind_version: domain::event::KIND_VERSION,
            keep: event.keep(),
            subject,
            body: event.encode(),
        });
    }

    /// Records a signed ticket.
    pub(crate) fn record_ticket(&mut self, order: OrderId, ticket: &Ticket) {
        self.drafts.push(Draft {
            kind: fiscal::kind::TICKET,
            kind_version: Ticket::KIND_VERSION,
            keep: Keep::Fiscal,
            subject: Some(order.into()),
            body: ticket.encode(),
        });
    }

    /// Records what is already encoded.
    pub(super) fn push(&mut self, draft: Draft) {
        self.drafts.push(draft);
    }

    /// Numbers, signs and records a document of another series than the tickets', about `subject` if
    /// it is about something. `make` is given what every document says first.
    ///
    /// # Errors
    ///
    /// [`Error::Record`] where it is not true in itself; then nothing is numbered.
    pub(crate) fn issue<D: Document>(
        &mut self,
        operator: &str,
        subject: Option<SubjectId>,
        make: impl FnOnce(Head) -> D,
    ) -> Result<Record, Error> {
        let identity = &self.seat.identity;
        let journal = self.journal();
        let series = tickets::record_series(self.tx, D::SERIES, &self.till(), journal)?;
        let by = By { operator: operator.to_owned(), moment: self.moment() };
        let (record, next) = series.issue(&by, &identity.key, make)?;
        tickets::set_record_series(self.tx, journal, &next)?;
        self.drafts.push(Draft {
            kind: D::SERIES.kind(),
            kind_version: Record::KIND_VERSION,
            keep: Keep::Fiscal,
            subject,
            body: record.encode(),
        });
        Ok(record)
    }

    /// Notes an event (JET); `operator` is [`fiscal::record::AUTOMATIC`] where the program acts by
    /// itself.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn jet(&mut self, operator: &str, code: EventCode, data: Data) -> Result<(), Error> {
        self.issue(operator, None, |head| EventDocument { head, code, data })?;
        Ok(())
    }

    /// The date of the business day that is open; a sale opens one where none is, with what was left
    /// in the drawer. No sale is ever refused for its date.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn day(&mut self, shop: &Shop, operator: &str) -> Result<Date, Error> {
        if let Some(day) = self.open_day()? {
            if mutant::is(Mutant::ClockDecidesTheDay) {
                return Ok(self.business_date(shop));
            }
            return Ok(day.date);
        }
        let label = self.day_label(shop)?;
        let float = days::left_in_drawer(self.tx)?;
        Ok(self.open_a_day(shop, operator, label, float)?.date)
    }

    /// The business day that is open, if one is.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn open_day(&self) -> Result<Option<Day>, StoreError> {
        match self.began {
            Some(day) => Ok(Some(day)),
            None => days::open(self.tx, self.journal()),
        }
    }

    /// What a day that begins now is called, as long as no person says otherwise.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn day_label(&self, shop: &Shop) -> Result<DayLabel, StoreError> {
        Ok(day_label(days::last_own_date(self.tx)?, &self.clock(shop)?))
    }

    /// Who may call a day that begins now by `date`.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn naming(&self, shop: &Shop, date: Date) -> Result<Naming, StoreError> {
        Ok(naming(days::last_own_date(self.tx)?, &self.clock(shop)?, date))
    }

    /// The clock that days are named by.
    fn clock(&self, shop: &Shop) -> Result<Clock, StoreError> {
        Ok(Clock {
            now: self.moment(),
            last_entry: self.believed()?,
            cut_hour: shop.cut_hour,
            plausible: clock::PLAUSIBLE,
        })
    }

    /// Whether an open day should have been closed.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn overdue(&self, shop: &Shop, day: Day) -> Result<Overdue, StoreError> {
        Ok(overdue(day.date, &self.clock(shop)?))
    }

    /// Begins a business day, which none must be.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn open_a_day(
        &mut self,
        shop: &Shop,
        operator: &str,
        label: DayLabel,
        float: Money,
    ) -> Result<Day, Error> {
        let closed = days::last_closing(self.tx, self.journal(), Period::Day)?;
        let closed = closed.and_then(|closed| Date::parse(&closed.label));
        self.close_periods(shop, operator, closed, label.date)?;
        let last = days::last_opened(self.tx, self.journal())?;
        let number = last.map_or(1, |day| day.number + 1);
        let day = Day { number, date: label.date, float, opened_ms: self.now_ms };
        let members = data([
            ("day", Datum::Number(i64::try_from(number).unwrap_or(i64::MAX))),
            ("date", label.date.iso().into()),
            ("float", float.cents().into()),
        ]);
        self.jet(operator, EventCode::SessionOpen, members)?;
        self.began = Some(day);
        if label.believed {
            self.believe()?;
        }
        Ok(day)
    }

    /// The moment it is, with the shop's local offset.
    pub(crate) fn moment(&self) -> Moment {
        self.zone.moment(self.now_ms)
    }

    /// The business day that the clock says it is: for what is no ticket.
    pub(crate) fn business_date(&self, shop: &Shop) -> Date {
        self.moment().business_date(shop.cut_hour)
    }

    /// The journal that is written.
    pub(crate) fn journal(&self) -> JournalId {
        self.seat.pen.tip().expect("a workstation that takes turns has a journal").journal
    }

    /// What this workstation is called in its series.
    pub(crate) fn till(&self) -> String {
        let identity = &self.seat.identity;
        fiscal::till_name(self.seat.purpose, &identity.shop, &identity.label)
    }

    /// Sales less returns, and sales plus returns, since this till was first used.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn perpetual(&self) -> Result<(Money, Money), StoreError> {
        tickets::perpetual(self.tx, self.journal())
    }

    /// The closings that this transaction made so far.
    pub(crate) fn closings(&self) -> &[Closing] {
        &self.closings
    }

    pub(crate) fn note_closing(&mut self, closing: Closing) {
        self.closings.push(closing);
    }

    /// Writes, seals, stores and projects what was recorded; `None` where nothing was.
    pub(super) fn commit(self) -> Result<Option<Pen>, StoreError> {
        if self.drafts.is_empty() {
            return Ok(None);
        }
        let mut known = journals::greatest_tick(self.tx)?;
        if mutant::is(Mutant::TicksOfItsOwn) {
            let own = journals::find(self.tx, self.journal())?;
            known = own.iter().map(|held| held.tick).max().unwrap_or(known);
        }
        let (batch, pen) = self.seat.pen.write(self.drafts, known, self.now_ms);
        journals::append(self.tx, &batch, Branch::ORDINARY)?;
        project::batch(self.tx, &batch, Branch::ORDINARY)?;
        Ok(Some(pen))
    }
}
