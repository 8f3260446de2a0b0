//! The fiscal documents of a journal: each true in itself, and the next of its series.

use super::Findings;
use super::fault::Fault;
use super::history::History;
use super::papers::{About, Claim, Papers, Reference, rates};
use crate::Money;
use crate::archive::ArchiveDocument;
use crate::closing::Closing;
use crate::copy::{Duplicate, Provisional, ProvisionalKind};
use crate::event::{EventCode, EventDocument};
use crate::invoice::InvoiceDocument;
use crate::jcs::GREATEST;
use crate::record::{BrokenRecord, Document, Head, Record, Series, SeriesKind};
use crate::ticket::{self, Base, BrokenTicket, Operation, Ticket, TicketSeries, short_code};
use alloc::string::String;
use journal::{Header, Keep, Seq};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The most that all amounts of a journal may come to, without their signs, in cents: half of what
/// fits in 64 bits, so that no sum overflows.
const MOST: u64 = 1 << 62;

impl History {
    /// An entry of one of this crate's kinds.
    pub(super) fn fiscal(
        &mut self,
        header: &Header,
        body: &[u8],
        findings: &mut Findings,
        papers: &mut Papers,
    ) {
        let seq = self.standing.seq;
        let series = SeriesKind::of_kind(header.kind);
        let layout = if series.is_some() { Record::KIND_VERSION } else { Ticket::KIND_VERSION };
        if header.keep != Keep::Fiscal || header.kind_version != layout {
            self.report(findings, seq, Fault::NotFiscal);
            if header.kind_version != layout {
                self.standing.lose(series.is_none(), series);
                return;
            }
        }
        let Some(kind) = series else {
            self.ticket(body, findings, papers);
            return;
        };
        let read = match kind {
            SeriesKind::Duplicate => self.duplicate(body, findings, papers),
            SeriesKind::Provisional => self.provisional(body, findings),
            SeriesKind::Invoice => self.invoice(body, findings, papers),
            SeriesKind::Closing => self.closing_entry(body, findings, papers),
            SeriesKind::Event => self.event(body, findings),
            SeriesKind::Archive => self.archive(body, findings, papers),
        };
        match read {
            Ok(()) => self.summary.count(kind.tag()),
            Err(broken) => {
                self.report(findings, seq, Fault::Record(kind, broken));
                self.standing.lose(false, Some(kind));
            }
        }
    }

    fn ticket(&mut self, body: &[u8], findings: &mut Findings, papers: &mut Papers) {
        let seq = self.standing.seq;
        match self.true_ticket(body, findings) {
            Ok((ticket, document)) => {
                self.summary.count("TK1");
                self.sold(&ticket, &document, findings, papers);
            }
            Err(broken) => {
                self.report(findings, seq, Fault::Ticket(broken));
                self.standing.lose(true, None);
            }
        }
    }

    fn true_ticket(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
    ) -> Result<(Ticket, ticket::Document), BrokenTicket> {
        let ticket = Ticket::decode(body).ok_or(BrokenTicket::Unreadable)?;
        let base = Base::parse(&ticket.base)?;
        if let Some(key) = &self.key {
            ticket.check(key, base.previous.as_deref())?;
        }
        let document = ticket.read()?;
        let expected = self.expected(&base);
        match expected.after(&ticket) {
            Ok(_) => {}
            Err(_) => self.report(findings, self.standing.seq, Fault::TicketSeries),
        }
        if self.carried.is_none() {
            self.carried = before(&base);
        }
        let tickets = &mut self.standing.tickets;
        tickets.place.next = base.seq.saturating_add(1);
        tickets.place.previous = Some(ticket.signature.clone());
        tickets.place.known = true;
        tickets.till.clone_from(&base.till);
        tickets.perpetual_algebraic = base.perpetual_algebraic;
        tickets.perpetual_absolute = base.perpetual_absolute;
        tickets.totals_known = true;
        let totals = (self.standing.seq, base.perpetual_algebraic, base.perpetual_absolute);
        self.totals.push(totals);
        Ok((ticket, document))
    }

    /// The series that this ticket should be the next of; what is not known is taken from itself.
    fn expected(&self, base: &Base) -> TicketSeries {
        let tickets = &self.standing.tickets;
        let known = tickets.place.known;
        let totals = if tickets.totals_known {
            Some((tickets.perpetual_algebraic, tickets.perpetual_absolute))
        } else {
            before(base)
        };
        let (perpetual_algebraic, perpetual_absolute) = totals.unwrap_or_default();
        TicketSeries {
            till: self.till(&base.till),
            code: short_code(&self.journal),
            next: if known { tickets.place.next } else { base.seq },
            previous: if known { tickets.place.previous.clone() } else { base.previous.clone() },
            perpetual_algebraic,
            perpetual_absolute,
        }
    }

    /// The till's name in this journal: that of its first document, which must fit its purpose.
    fn till(&self, claimed: &str) -> String {
        let known = &self.standing.tickets.till;
        if !known.is_empty() {
            return known.clone();
        }
        let is_training = claimed.starts_with(crate::TRAINING);
        let should_be = self.standing.purpose() == Some(journal::Purpose::Training);
        if is_training == should_be { String::from(claimed) } else { String::new() }
    }

    fn sold(
        &mut self,
        ticket: &Ticket,
        document: &ticket::Document,
        findings: &mut Findings,
        papers: &mut Papers,
    ) {
        let at = (self.journal, self.standing.seq);
        let payments = document.payments.iter().map(|it| it.amount);
        let lines = document.lines.iter().flat_map(|it| [it.discount, it.ttc]);
        let volume =
            payments.chain(lines).map(|it| it.cents().unsigned_abs()).fold(0, u64::saturating_add);
        if self.has_room(volume, findings) {
            self.standing.day.tally.ticket(document);
            self.summary.tally.ticket(document);
        }
        self.standing.day.sold(&ticket.number);
        self.last_counted = at.1.0;
        if self.known {
            return;
        }
        papers.ticket(document, Sha256::digest(ticket.document.as_bytes()).into());
        let about = match document.operation {
            Operation::Sale => None,
            Operation::CreditNote => Some(About::Credit {
                total: document.total_ttc,
                lines: document.lines.iter().map(|it| (it.line, it.ttc)).collect(),
            }),
            Operation::PaymentCorrection => Some(About::Correction),
        };
        if let (Some(about), Some(original)) = (about, &document.original) {
            let number = original.ticket_no.clone();
            papers.about(Reference { at, number, content: original.content.clone(), about });
        }
    }

    /// Whether so much more can be added without a sum overflowing.
    pub(super) fn has_room(&mut self, volume: u64, findings: &mut Findings) -> bool {
        let before = self.volume;
        self.volume = before.saturating_add(volume);
        if self.volume < MOST {
            return true;
        }
        if before < MOST {
            self.report(findings, self.standing.seq, Fault::Overflow);
        }
        for sum in [&mut self.standing.day, &mut self.standing.month, &mut self.standing.year] {
            sum.broken = true;
        }
        false
    }

    /// A record that is true in itself; its place in the series is compared, and moved on.
    pub(super) fn record<D: Document>(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
    ) -> Result<(Record, D), BrokenRecord> {
        let record = Record::decode(body).ok_or(BrokenRecord::Unreadable)?;
        within_reason(&record.document)?;
        let tag = D::SERIES.tag();
        let place = self.standing.series.get(tag).filter(|it| it.known).cloned();
        // The signature before is the last field, so it can be read without knowing the others.
        let carried = record.base.rsplit(',').next().filter(|it| !it.is_empty());
        let document: D = match &self.key {
            Some(key) => record.check(key, carried)?,
            None => record.read()?,
        };
        let head = document.head();
        let series = Series {
            kind: D::SERIES,
            till: self.till(&head.till),
            code: short_code(&self.journal),
            next: place.as_ref().map_or(head.seq, |it| it.next),
            previous: place.map_or_else(|| carried.map(String::from), |it| it.previous),
        };
        if series.after(&record, head).is_err() {
            self.report(findings, self.standing.seq, Fault::RecordSeries(D::SERIES));
        }
        self.moved(head, &record);
        Ok((record, document))
    }

    fn moved(&mut self, head: &Head, record: &Record) {
        let Some(kind) = SeriesKind::ALL.into_iter().find(|it| record.base.starts_with(it.tag()))
        else {
            return;
        };
        if self.standing.tickets.till.is_empty() {
            self.standing.tickets.till.clone_from(&head.till);
        }
        if let Some(place) = self.standing.series.get_mut(kind.tag()) {
            place.next = head.seq.saturating_add(1);
            place.previous = Some(record.signature.clone());
            place.known = true;
        }
    }

    fn duplicate(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
        papers: &mut Papers,
    ) -> Result<(), BrokenRecord> {
        let (_, copy) = self.record::<Duplicate>(body, findings)?;
        for tally in self.tallies() {
            tally.duplicates = tally.duplicates.saturating_add(1);
        }
        self.refers(papers, copy.original, copy.original_content, About::Copy(copy.copy));
        Ok(())
    }

    fn provisional(&mut self, body: &[u8], findings: &mut Findings) -> Result<(), BrokenRecord> {
        let (_, paper) = self.record::<Provisional>(body, findings)?;
        for tally in self.tallies() {
            let count = match paper.kind {
                ProvisionalKind::Provisional => &mut tally.provisionals,
                ProvisionalKind::Note => &mut tally.notes,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    fn invoice(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
        papers: &mut Papers,
    ) -> Result<(), BrokenRecord> {
        let (record, invoice) = self.record::<InvoiceDocument>(body, findings)?;
        let volume = invoice.vat.iter().fold(0_u64, |sum, it| {
            sum.saturating_add(it.ttc.cents().unsigned_abs())
                .saturating_add(it.ht.cents().unsigned_abs())
                .saturating_add(it.vat.cents().unsigned_abs())
        });
        if self.has_room(volume, findings) {
            for tally in self.tallies() {
                tally.entry(crate::kind::INVOICE, body)?;
            }
        }
        self.counts();
        if !self.known {
            let content = Sha256::digest(record.document.as_bytes()).into();
            papers.other(&record.number, content, invoice.total_ttc);
        }
        let about = About::Invoice { total: invoice.total_ttc, vat: rates(&invoice.vat) };
        self.refers(papers, invoice.ticket, invoice.ticket_content, about);
        Ok(())
    }

    fn event(&mut self, body: &[u8], findings: &mut Findings) -> Result<(), BrokenRecord> {
        let (_, event) = self.record::<EventDocument>(body, findings)?;
        let amount = event.number("amount").unwrap_or(0).unsigned_abs();
        if self.has_room(amount, findings) {
            // Not every event is counted: that a supplementary closing was made just before is not.
            self.standing.day.tally.event(&event);
            self.summary.tally.event(&event);
        }
        if event.code == EventCode::SessionOpen {
            self.standing.float = event.number("float").map(Money::from_cents);
        }
        let counted = [
            EventCode::CashIn,
            EventCode::CashOut,
            EventCode::LineCancel,
            EventCode::OrderCancel,
            EventCode::DrawerOpenNoSale,
        ];
        if counted.contains(&event.code) {
            self.counts();
        }
        Ok(())
    }

    fn closing_entry(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
        papers: &mut Papers,
    ) -> Result<(), BrokenRecord> {
        let (record, closing) = self.record::<Closing>(body, findings)?;
        if !self.known {
            let content = Sha256::digest(record.document.as_bytes()).into();
            papers.other(&record.number, content, closing.tally.total);
        }
        self.closes(&closing, findings, papers);
        Ok(())
    }

    fn archive(
        &mut self,
        body: &[u8],
        findings: &mut Findings,
        papers: &mut Papers,
    ) -> Result<(), BrokenRecord> {
        let before = self.standing.series.get(SeriesKind::Archive.tag()).cloned();
        let (record, archive) = self.record::<ArchiveDocument>(body, findings)?;
        let other = before.filter(|it| it.known).is_some_and(|it| {
            archive.previous_archive.is_some() && it.previous != archive.previous_archive
        });
        if other {
            self.report(findings, self.standing.seq, Fault::ArchiveSum);
        }
        if !self.known {
            let content = Sha256::digest(record.document.as_bytes()).into();
            let at = (self.journal, self.standing.seq);
            papers.other(&record.number, content, archive.total_ttc);
            let (spans, total) = (archive.spans, archive.total_ttc);
            papers.claim(Claim { at, spans, total, absolute: None, what: Fault::ArchiveSum });
        }
        Ok(())
    }

    /// What is counted both in the open day and in the whole journal.
    fn tallies(&mut self) -> [&mut crate::closing::Tally; 2] {
        self.last_counted = self.standing.seq.0;
        [&mut self.standing.day.tally, &mut self.summary.tally]
    }

    fn counts(&mut self) {
        self.last_counted = self.standing.seq.0;
    }

    fn refers(&self, papers: &mut Papers, number: String, content: String, about: About) {
        if !self.known {
            let at: (_, Seq) = (self.journal, self.standing.seq);
            papers.about(Reference { at, number, content, about });
        }
    }
}

/// The totals before a ticket, by its own account.
fn before(base: &Base) -> Option<(Money, Money)> {
    let algebraic = base.perpetual_algebraic.checked_sub(base.total)?;
    let absolute = base.perpetual_absolute.checked_sub(base.total.checked_abs()?)?;
    Some((algebraic, absolute))
}

/// Whether the numbers of a document can be added without leaving 64 bits: no honest one comes near.
fn within_reason(document: &str) -> Result<(), BrokenRecord> {
    fn volume(value: &Value) -> u64 {
        match value {
            Value::Number(it) => {
                it.as_i64().map_or(u64::MAX, i64::unsigned_abs).min(GREATEST.unsigned_abs())
            }
            Value::Array(items) => items.iter().map(volume).fold(0, u64::saturating_add),
            Value::Object(members) => members.values().map(volume).fold(0, u64::saturating_add),
            Value::Null | Value::Bool(_) | Value::String(_) => 0,
        }
    }
    let value: Value = serde_json::from_str(document).map_err(|_| BrokenRecord::NotCanonical)?;
    if volume(&value) < MOST { Ok(()) } else { Err(BrokenRecord::Amounts) }
}
