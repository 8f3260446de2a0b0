//! Closings: what a day, a month or a year came to, counted from what is stored and signed.
//!
//! A closing covers the own journal from where the last one ended to the tip before its own
//! transaction. Whatever is open, unsent or unverified is listed in it, and never keeps a day from
//! being closed.

use crate::error::Error;
use crate::store::days::{self, Day};
use crate::store::journals::{self, Branch, Held};
use crate::store::{StoreError, ended, orders};
use crate::workstation::{BUILD, SOFTWARE, Turn};
use domain::shop::Shop;
use fiscal::Money;
use fiscal::closing::{
    Closing, Drawer, OpenOrder, Period, Span, Tally, due, month_label, year_label,
};
use fiscal::event::{EventCode, data};
use fiscal::record::Head;
use fiscal::ticket::Issuer;
use fiscal::time::Date;
use journal::{JournalId, Kind, Purpose, Seq};
use rusqlite::Transaction;

/// The figures of a stretch of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// What its documents come to.
    pub(crate) tally: Tally,
    /// The first ticket's number, if there is one.
    pub(crate) first_ticket: Option<String>,
    /// The last ticket's.
    pub(crate) last_ticket: Option<String>,
}

impl Figures {
    /// Adds an entry. One that cannot be read is damage, which the check of the journal reports: it
    /// keeps no day from being closed.
    fn add(&mut self, kind: Kind, number: String, body: &[u8]) {
        if let Err(broken) = self.tally.entry(kind, body) {
            tracing::error!(%number, %broken, "left out of a closing");
            return;
        }
        if kind == fiscal::kind::TICKET {
            self.first_ticket.get_or_insert_with(|| number.clone());
            self.last_ticket = Some(number);
        }
    }

    fn add_closing(&mut self, closing: &Closing) {
        self.add_figures(Self {
            tally: closing.tally.clone(),
            first_ticket: closing.first_ticket.clone(),
            last_ticket: closing.last_ticket.clone(),
        });
    }

    fn add_figures(&mut self, more: Self) {
        self.tally.merge(&more.tally);
        self.first_ticket = self.first_ticket.take().or(more.first_ticket);
        self.last_ticket = more.last_ticket.or(self.last_ticket.take());
    }
}

/// What has been signed in a journal since its last day was closed.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn since_last_day(
    tx: &Transaction<'_>,
    journal: JournalId,
) -> Result<Figures, StoreError> {
    let from = first_open(tx, journal)?;
    let mut figures = Figures::default();
    let last = Seq(i64::MAX.unsigned_abs());
    days::documents(tx, journal, Branch::ORDINARY, from, last, |kind, number, body| {
        figures.add(kind, number, body);
    })?;
    Ok(figures)
}

/// The first entry of a journal that no day's closing covers.
fn first_open(tx: &Transaction<'_>, journal: JournalId) -> Result<Seq, StoreError> {
    Ok(days::closed_to(tx, journal)?.next())
}

/// Orders of this workstation's that nothing finished, and what is due of each: those with anything on no
/// ticket yet, be it free, and those whose every line was cancelled.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub(crate) fn open_orders(
    tx: &Transaction<'_>,
) -> Result<Vec<(domain::id::OrderId, OpenOrder)>, StoreError> {
    let own: Vec<JournalId> =
        journals::all(tx)?.into_iter().filter(|it| it.own).map(|it| it.tip.journal).collect();
    let mut open = Vec::new();
    for id in orders::open(tx)? {
        let order = orders::load(tx, id)?.order;
        let is_own = order.opening().is_some_and(|opening| own.contains(&opening.at.journal));
        let is_emptied = order.live_lines().next().is_none();
        if is_own && order.cancelled().is_none() && (order.is_unsettled() || is_emptied) {
            let label = order.label().unwrap_or_default().to_owned();
            open.push((id, OpenOrder { order: label, due: order.due() }));
        }
    }
    Ok(open)
}

/// How a day is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// By a person, in time.
    InTime,
    /// By a person, after its end.
    Late,
    /// By the program, because it was forgotten.
    Automatic,
}

impl Turn<'_> {
    /// Closes the business day that is open, with the month and the year that end with it.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn close_day(
        &mut self,
        shop: &Shop,
        operator: &str,
        day: Day,
        counted: Option<Money>,
        how: How,
    ) -> Result<Closing, Error> {
        self.close_strays(shop, operator)?;
        let journal = self.journal();
        let figures = since_last_day(self.tx, journal)?;
        let span = self.own_span(first_open(self.tx, journal)?);
        let drawer = Drawer::of(day.float, &figures.tally, counted);
        let open_orders = open_orders(self.tx)?.into_iter().map(|(_, order)| order).collect();
        let told = Told {
            period: Period::Day,
            label: day.date.iso(),
            days: (day.number, day.number),
            spans: vec![span],
            figures,
            drawer: Some(drawer),
            open_orders,
        };
        let closing = self.close(shop, operator, told)?;
        let number = closing.head.number.clone();
        if let (Some(counted), Some(difference)) = (drawer.counted, drawer.difference) {
            let members = data([
                ("counted", counted.cents().into()),
                ("theoretical", drawer.theoretical.cents().into()),
                ("difference", difference.cents().into()),
            ]);
            self.jet(operator, EventCode::DrawerCount, members)?;
        }
        match how {
            How::InTime => {}
            How::Late => {
                self.jet(operator, EventCode::CloseLate, data([("closing", number.into())]))?;
            }
            How::Automatic => {
                self.jet(operator, EventCode::CloseAuto, data([("closing", number.into())]))?;
            }
        }
        self.close_periods(shop, operator, Some(day.date), day.date.plus_days(1))?;
        Ok(closing)
    }

    /// Closes the month and the year of the day that was closed last, where `next` is in others.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn close_periods(
        &mut self,
        shop: &Shop,
        operator: &str,
        last: Option<Date>,
        next: Date,
    ) -> Result<(), Error> {
        let end_month = shop.fiscal_year_end_month();
        let due = due(last, next, end_month);
        let Some(last) = last else {
            return Ok(());
        };
        if due.month {
            self.close_sum(shop, operator, Period::Month, Period::Day, month_label(last))?;
        }
        if due.year {
            let label = year_label(last, end_month);
            self.close_sum(shop, operator, Period::Year, Period::Month, label)?;
        }
        Ok(())
    }

    /// Closes a period that is the sum of the closings of another since its own last one; none
    /// where there is nothing to sum.
    fn close_sum(
        &mut self,
        shop: &Shop,
        operator: &str,
        period: Period,
        of: Period,
        label: String,
    ) -> Result<(), Error> {
        let parts = self.closings_since(of, period)?;
        let (Some(first), Some(last)) = (parts.first(), parts.last()) else {
            return Ok(());
        };
        let from = first.spans.first().map_or(0, |span| span.from);
        let spans = last.spans.iter().map(|span| Span { from, ..span.clone() }).collect();
        let mut figures = Figures::default();
        for part in &parts {
            figures.add_closing(part);
        }
        let days = (first.first_day, last.last_day);
        let told =
            Told { period, label, days, spans, figures, drawer: None, open_orders: Vec::new() };
        self.close(shop, operator, told)?;
        Ok(())
    }

    /// The closings of a period since the last one of `since`, those of this transaction too.
    fn closings_since(&self, of: Period, since: Period) -> Result<Vec<Closing>, StoreError> {
        let journal = self.journal();
        let after = days::last_closing(self.tx, journal, since)?.map_or(Seq(0), |it| it.seq);
        let mut closings = days::closings_after(self.tx, journal, of, after)?;
        closings.extend(self.closings().iter().filter(|it| it.period == of).cloned());
        Ok(closings)
    }

    /// Closes what no closing covers of journals that cannot close themselves: those and histories of
    /// this workstation's that it does not write any more, and those of workstations that it declared
    /// dead.
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    pub(crate) fn close_strays(&mut self, shop: &Shop, operator: &str) -> Result<(), Error> {
        let mut figures = Figures::default();
        let mut spans = Vec::new();
        for held in self.strays()? {
            let from = days::covered_to(self.tx, held.tip.journal, held.branch)?.next();
            let mut stray = Figures::default();
            days::documents(
                self.tx,
                held.tip.journal,
                held.branch,
                from,
                held.tip.seq,
                |kind, number, body| stray.add(kind, number, body),
            )?;
            if stray != Figures::default() {
                figures.add_figures(stray);
                spans.push(span(&held, from));
            }
        }
        if spans.is_empty() {
            return Ok(());
        }
        // The day that is open; before the first, or between two, the one that comes next.
        let (day, date) = match self.open_day()? {
            Some(day) => (day.number, day.date),
            None => {
                let last = days::last_opened(self.tx, self.journal())?;
                let label = self.day_label(shop)?;
                (last.map_or(0, |day| day.number) + 1, label.date)
            }
        };
        let told = Told {
            period: Period::Supplementary,
            label: date.iso(),
            days: (day, day),
            spans,
            figures,
            drawer: None,
            open_orders: Vec::new(),
        };
        self.close(shop, operator, told)?;
        Ok(())
    }

    /// The chains of this workstation's journals of this purpose but the one it writes; and in real
    /// sales those of workstations that it declared dead.
    fn strays(&self) -> Result<Vec<Held>, StoreError> {
        let writes = self.journal();
        let own = self.seat.identity.key.public_key();
        let mut strays = Vec::new();
        for held in journals::all(self.tx)? {
            let is_left = held.purpose == Purpose::Live && !held.own;
            let is_stray = if is_left {
                self.seat.purpose == Purpose::Live
                    && ended::is_left_to(self.tx, &own, &held.public_key)?
            } else {
                held.own
                    && held.purpose == self.seat.purpose
                    && (held.tip.journal != writes || held.branch != Branch::ORDINARY)
            };
            if is_stray {
                strays.push(held);
            }
        }
        Ok(strays)
    }

    fn own_span(&self, from: Seq) -> Span {
        let tip = self.seat.pen.tip().expect("a workstation that takes turns has a journal");
        Span { journal: tip.journal.hex(), from: from.0, to: tip.seq.0, hash: tip.hash.hex() }
    }

    /// Where every journal of others ends, as far as is known here.
    fn seen(&self) -> Result<Vec<Span>, StoreError> {
        let others = journals::all(self.tx)?.into_iter().filter(|held| !held.own);
        Ok(others.map(|held| span(&held, Seq::FIRST)).collect())
    }

    fn close(&mut self, shop: &Shop, operator: &str, told: Told) -> Result<Closing, Error> {
        let (perpetual_algebraic, perpetual_absolute) = self.perpetual()?;
        let seen = self.seen()?;
        let issuer = shop.issuer(SOFTWARE, BUILD);
        let perpetual = (perpetual_algebraic, perpetual_absolute);
        let period = told.period;
        let record =
            self.issue(operator, None, |head| told.closing(head, issuer, seen, perpetual))?;
        let closing: Closing = record.read().map_err(|_| StoreError::Broken("closing"))?;
        self.note_closing(closing.clone());
        let members = data([
            ("closing", record.number.into()),
            ("perpetual", perpetual_algebraic.cents().into()),
        ]);
        let code = match period {
            Period::Day | Period::Supplementary => EventCode::CloseDay,
            Period::Month => EventCode::CloseMonth,
            Period::Year => EventCode::CloseYear,
        };
        self.jet(operator, code, members)?;
        Ok(closing)
    }
}

/// What a closing says beside what every one does.
struct Told {
    period: Period,
    label: String,
    days: (u64, u64),
    spans: Vec<Span>,
    figures: Figures,
    drawer: Option<Drawer>,
    open_orders: Vec<OpenOrder>,
}

impl Told {
    fn closing(
        self,
        head: Head,
        issuer: Issuer,
        seen: Vec<Span>,
        perpetual: (Money, Money),
    ) -> Closing {
        Closing {
            head,
            period: self.period,
            label: self.label,
            first_day: self.days.0,
            last_day: self.days.1,
            issuer,
            spans: self.spans,
            seen,
            first_ticket: self.figures.first_ticket,
            last_ticket: self.figures.last_ticket,
            tally: self.figures.tally,
            drawer: self.drawer,
            open_orders: self.open_orders,
            perpetual_algebraic: perpetual.0,
            perpetual_absolute: perpetual.1,
        }
    }
}

fn span(held: &Held, from: Seq) -> Span {
    Span {
        journal: held.tip.journal.hex(),
        from: from.0,
        to: held.tip.seq.0,
        hash: held.tip.hash.hex(),
    }
}
