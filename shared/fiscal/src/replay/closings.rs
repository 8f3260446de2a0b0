//! Closings: each covers what follows the one before, and says what the documents say.

use super::fault::Fault;
use super::history::{History, prefix};
use super::papers::{Claim, Papers};
use super::standing::Sum;
use super::{Anchor, Findings};
use crate::closing::{Closing, Period, Span};
use core::mem;
use journal::{EntryHash, JournalId, Seq};

impl History {
    pub(super) fn closes(
        &mut self,
        closing: &Closing,
        findings: &mut Findings,
        papers: &mut Papers,
    ) {
        if !self.known {
            papers.anchors.extend(closing.seen.iter().filter_map(anchor));
        }
        match closing.period {
            Period::Day => self.day(closing, findings),
            Period::Month => self.month(closing, findings),
            Period::Year => self.year(closing, findings),
            Period::Supplementary => self.supplementary(closing, papers),
        }
        self.perpetual(closing, findings);
    }

    fn fault(&self, findings: &mut Findings, what: Fault) {
        self.report(findings, self.standing.seq, what);
    }

    fn day(&mut self, closing: &Closing, findings: &mut Findings) {
        self.summary.days = self.summary.days.saturating_add(1);
        let due = self.standing.days.saturating_add(1);
        if (closing.first_day, closing.last_day) != (due, due) && !self.standing.day.broken {
            self.fault(findings, Fault::ClosingDay);
        }
        let covers = closing.spans.first().filter(|_| closing.spans.len() == 1);
        if !covers.is_some_and(|it| self.covers(it)) {
            self.fault(findings, Fault::ClosingSpan);
        }
        let day = mem::take(&mut self.standing.day);
        self.compare(closing, &day, Fault::ClosingTally, findings);
        let float = self.standing.float.take();
        let began = closing.drawer.map(|it| it.float);
        if !day.broken && float.is_some() && began.is_some() && float != began {
            self.fault(findings, Fault::ClosingFloat);
        }
        self.standing.days = closing.last_day;
        if let Some(span) = covers {
            self.standing.closed_to = span.to.min(self.standing.seq.0);
            self.standing.month.close((closing.first_day, closing.last_day), span, &day);
        }
    }

    /// Whether a span is what follows the last day closed, up to before this closing.
    fn covers(&self, span: &Span) -> bool {
        let hash = EntryHash::from_hex(&span.hash);
        span.journal == self.journal.hex()
            && span.from == self.standing.closed_to.saturating_add(1)
            && span.to < self.standing.seq.0
            && span.from <= span.to
            && self.last_counted <= span.to
            && hash.is_some_and(|it| self.prefix_at(Seq(span.to)) == Some(prefix(it)))
    }

    fn month(&mut self, closing: &Closing, findings: &mut Findings) {
        self.summary.months = self.summary.months.saturating_add(1);
        let month = mem::take(&mut self.standing.month);
        self.sum(closing, &month, Fault::MonthSum, findings);
        if let (Some(days), Some(span)) = (month.days, &month.span) {
            self.standing.year.close(days, span, &month);
        }
    }

    fn year(&mut self, closing: &Closing, findings: &mut Findings) {
        self.summary.years = self.summary.years.saturating_add(1);
        let year = mem::take(&mut self.standing.year);
        self.sum(closing, &year, Fault::YearSum, findings);
    }

    fn sum(&self, closing: &Closing, sum: &Sum, what: Fault, findings: &mut Findings) {
        if !sum.broken {
            if sum.days != Some((closing.first_day, closing.last_day)) {
                self.fault(findings, Fault::ClosingDay);
            }
            if !closing.spans.iter().eq(sum.span.iter()) {
                self.fault(findings, Fault::ClosingSpan);
            }
        }
        self.compare(closing, sum, what, findings);
    }

    fn compare(&self, closing: &Closing, sum: &Sum, what: Fault, findings: &mut Findings) {
        if sum.broken {
            return;
        }
        if closing.tally != sum.tally {
            self.fault(findings, what);
        }
        if (&closing.first_ticket, &closing.last_ticket) != (&sum.first_ticket, &sum.last_ticket) {
            self.fault(findings, Fault::ClosingTickets);
        }
    }

    fn supplementary(&mut self, closing: &Closing, papers: &mut Papers) {
        self.summary.supplementary = self.summary.supplementary.saturating_add(1);
        if self.known {
            return;
        }
        papers.anchors.extend(closing.spans.iter().filter_map(anchor));
        papers.claim(Claim {
            at: (self.journal, self.standing.seq),
            spans: closing.spans.clone(),
            total: closing.tally.total,
            absolute: Some(closing.tally.absolute),
            what: Fault::SupplementarySum,
        });
    }

    /// A closing carries the perpetual totals that the last ticket carries.
    fn perpetual(&mut self, closing: &Closing, findings: &mut Findings) {
        let said = (closing.perpetual_algebraic, closing.perpetual_absolute);
        let tickets = &mut self.standing.tickets;
        if !tickets.totals_known {
            (tickets.perpetual_algebraic, tickets.perpetual_absolute) = said;
            tickets.totals_known = true;
            self.carried.get_or_insert(said);
        } else if (tickets.perpetual_algebraic, tickets.perpetual_absolute) != said {
            self.fault(findings, Fault::ClosingPerpetual);
        }
    }
}

fn anchor(span: &Span) -> Option<Anchor> {
    Some(Anchor {
        journal: JournalId::from_hex(&span.journal)?,
        seq: Seq(span.to),
        hash: EntryHash::from_hex(&span.hash)?,
    })
}
