//! A till that lives a random life: what it writes is what a real one would.

use crate::dice::Dice;
use crate::sale;
use fiscal::Money;
use fiscal::archive::{ArchiveDocument, Built};
use fiscal::closing::{Closing, Drawer, OpenOrder, Period, Span, Tally, month_label, year_label};
use fiscal::copy::{Duplicate, Medium, Provisional, ProvisionalKind};
use fiscal::event::{Data, EventCode, EventDocument, data};
use fiscal::invoice::{BuyerKind, InvoiceDocument, InvoiceKind};
use fiscal::record::{By, Document, Head, Record, Series, SeriesKind};
use fiscal::ticket::{
    self, Base, Draft as TicketDraft, Means, Operation, Original, Payment, Ticket, TicketSeries,
    credit_lines, creditable, totals,
};
use fiscal::time::{Date, Moment};
use journal::{
    BootId, Draft, JournalId, Keep, Kind, Opening, Pen, Purpose, RawEntry, Signature, SigningKey,
    Started, SubjectId, Tick, Tip,
};
use std::collections::BTreeMap;

/// An entry as a file has it.
pub type Stored = (RawEntry, Option<Signature>);

/// A journal as a file has it.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its name.
    pub journal: JournalId,
    /// Its entries with the seals that stand beside them.
    pub entries: Vec<Stored>,
}

/// Figures since the last closing of a kind.
#[derive(Clone, Debug, Default)]
struct Open {
    tally: Tally,
    days: Option<(u64, u64)>,
    span: Option<Span>,
    tickets: Option<(String, String)>,
}

/// A till, its journal, and what it has to remember. Its clone is what a copied disk is.
#[derive(Clone, Debug)]
pub struct Till {
    pub dice: Dice,
    key: SigningKey,
    pen: Pen,
    purpose: Purpose,
    tick: Tick,
    now_ms: i64,
    tickets: TicketSeries,
    series: BTreeMap<SeriesKind, Series>,
    drafts: Vec<Draft>,
    written: Vec<Stored>,
    day: Open,
    month: Open,
    year: Open,
    days: u64,
    closed_to: u64,
    float: Money,
    sold: Vec<(Ticket, ticket::Document)>,
    credits: Vec<ticket::Document>,
    copies: BTreeMap<String, u64>,
}

/// The evening of Friday 23 October 2026, two days before the clocks go back.
const BEGINNING_MS: i64 = 1_792_778_400_000;
/// When they go back, and forward again.
const WINTER_MS: i64 = 1_792_890_000_000;
const SUMMER_MS: i64 = 1_806_195_600_000;

impl Till {
    /// A till with its journal opened, going on from `continues`.
    #[must_use]
    pub fn open(mut dice: Dice, key: SigningKey, purpose: Purpose, before: Option<&Self>) -> Self {
        let pen = Pen::new(key.clone(), BootId(dice.bytes()), None);
        let opening = Opening {
            public_key: key.public_key(),
            shop: "P01".to_owned(),
            workstation: "C1".to_owned(),
            purpose,
            continues: before.and_then(Self::tip).into_iter().collect(),
        };
        let started = Started { build: "0.1.0".to_owned(), witnesses: Vec::new() };
        let tick = before.map_or(Tick(0), |it| it.tick);
        let now_ms = before.map_or(BEGINNING_MS, |it| it.now_ms);
        let drafts = vec![opening.to_draft(), started.to_draft()];
        let (batch, pen) = pen.write(drafts, tick, now_ms);
        let journal = batch.tip().journal;
        let name = fiscal::till_name(purpose, "P01", "C1");
        let open = |kind| (kind, Series::open(kind, &name, &journal));
        let carried = before.map(|it| &it.tickets);
        let mut till = Self {
            dice,
            key,
            pen,
            purpose,
            tick: batch.last_tick(),
            now_ms,
            tickets: TicketSeries {
                till: name.clone(),
                perpetual_algebraic: carried.map_or(Money::ZERO, |it| it.perpetual_algebraic),
                perpetual_absolute: carried.map_or(Money::ZERO, |it| it.perpetual_absolute),
                ..TicketSeries::open("P01", "C1", &journal)
            },
            series: SeriesKind::ALL.into_iter().map(open).collect(),
            drafts: Vec::new(),
            written: Vec::new(),
            day: Open::default(),
            month: Open::default(),
            year: Open::default(),
            days: 0,
            closed_to: 0,
            float: Money::ZERO,
            sold: Vec::new(),
            credits: Vec::new(),
            copies: BTreeMap::new(),
        };
        till.store(&batch);
        till
    }

    /// Where the journal ends.
    #[must_use]
    pub fn tip(&self) -> Option<Tip> {
        self.pen.tip()
    }

    /// What it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The journal as it stands.
    #[must_use]
    pub fn written(&self) -> Written {
        let journal = self.tip().expect("a till has opened its journal").journal;
        Written { journal, entries: self.written.clone() }
    }

    /// The journal's entries after a place.
    #[must_use]
    pub fn written_after(&self, place: usize) -> Written {
        let whole = self.written();
        Written { entries: whole.entries.get(place..).unwrap_or_default().to_vec(), ..whole }
    }

    fn store(&mut self, batch: &journal::Batch) {
        let last = batch.entries.len() - 1;
        for (place, entry) in batch.entries.iter().enumerate() {
            self.written.push((entry.to_raw(), (place == last).then_some(batch.seal)));
        }
        self.tick = batch.last_tick();
    }

    /// One transaction: everything drafted since the last.
    pub fn commit(&mut self) {
        if self.drafts.is_empty() {
            return;
        }
        let drafts = std::mem::take(&mut self.drafts);
        // Others' entries raise the tick as well.
        let known = Tick(self.tick.0 + self.dice.below(3));
        let (batch, pen) = self.pen.write(drafts, known, self.now_ms);
        self.pen = pen;
        self.store(&batch);
    }

    /// Another run of the program.
    pub fn restart(&mut self) {
        let boot = BootId(self.dice.bytes());
        self.pen = Pen::new(self.key.clone(), boot, self.tip());
        let started = Started { build: "0.1.1".to_owned(), witnesses: Vec::new() };
        self.drafts.push(started.to_draft());
        self.event(EventCode::AppStart, data([("unclean", 1.into())]));
        self.commit();
    }

    fn moment(&self) -> Moment {
        let summer = !(WINTER_MS..SUMMER_MS).contains(&self.now_ms);
        Moment { utc_ms: self.now_ms, offset_min: if summer { 120 } else { 60 } }
    }

    fn by(&self) -> By {
        By { operator: "LB".to_owned(), moment: self.moment() }
    }

    /// Time passes; now and then a clock is wrong.
    pub fn pass(&mut self) {
        let minutes = match self.dice.below(20) {
            0 => -90,
            1 => 60 * 24 * 40,
            2..6 => 300,
            _ => 7,
        };
        self.now_ms += minutes * 60_000;
    }

    fn fiscal(&mut self, kind: Kind, body: Vec<u8>) {
        self.day.tally.entry(kind, &body).expect("what was just signed can be read");
        let (kind_version, keep, subject) = (1, Keep::Fiscal, None);
        self.drafts.push(Draft { kind, kind_version, keep, subject, body });
    }

    fn record<D: Document>(&mut self, kind: SeriesKind, make: impl FnOnce(Head) -> D) -> Record {
        let by = self.by();
        let series = self.series.get(&kind).expect("every kind has a series");
        let (record, after) = series.issue(&by, &self.key, make).expect("the document adds up");
        self.series.insert(kind, after);
        self.fiscal(kind.kind(), record.encode());
        record
    }

    /// An event of the log.
    pub fn event(&mut self, code: EventCode, data: Data) {
        self.record(SeriesKind::Event, |head| EventDocument { head, code, data });
    }

    fn issue(&mut self, draft: &TicketDraft) -> (Ticket, ticket::Document) {
        let (ticket, series) = self.tickets.issue(draft, &self.key).expect("the draft adds up");
        self.tickets = series;
        self.fiscal(fiscal::kind::TICKET, ticket.encode());
        let number = ticket.number.clone();
        let first = self.day.tickets.take().map_or_else(|| number.clone(), |it| it.0);
        self.day.tickets = Some((first, number));
        let document = ticket.read().expect("what was just signed can be read");
        (ticket, document)
    }

    /// The first thing of a business day.
    fn begin_day(&mut self) {
        if self.day.days.is_none() {
            self.day.days = Some((self.days + 1, self.days + 1));
            let float = self.float.cents();
            let day = i64::try_from(self.days + 1).expect("few days");
            self.event(
                EventCode::SessionOpen,
                data([("day", day.into()), ("float", float.into())]),
            );
        }
    }

    /// A sale, with an order's entries before it and the kitchen's after.
    pub fn sell(&mut self) {
        self.begin_day();
        self.domain(64, Keep::Trace);
        let moment = self.moment();
        let draft = sale::sale(&mut self.dice, moment, "LB");
        let sold = self.issue(&draft);
        self.sold.push(sold);
        self.domain(96, Keep::Operation);
        self.commit();
    }

    /// An entry of the domain's, or of a newer program's.
    pub fn domain(&mut self, kind: u16, keep: Keep) {
        let body = self.dice.bytes::<12>().to_vec();
        let subject = Some(SubjectId(self.dice.bytes()));
        self.drafts.push(Draft { kind: Kind(kind), kind_version: 1, keep, subject, body });
    }

    fn about(&mut self, operation: Operation) -> Option<(TicketDraft, usize)> {
        let sales = self.sold.len();
        if sales == 0 {
            return None;
        }
        let place = self.dice.place(sales);
        let (ticket, document) = &self.sold[place];
        let original = Original {
            ticket_no: ticket.number.clone(),
            content: Base::content_hash(&ticket.document),
            business_date: document.business_date,
        };
        let mode = document.mode;
        let moment = self.moment();
        let draft = sale::sale(&mut self.dice, moment, "MG");
        Some((
            TicketDraft {
                operation,
                original: Some(original),
                reason: Some("ERREUR".to_owned()),
                mode,
                lines: Vec::new(),
                payments: Vec::new(),
                ..draft
            },
            place,
        ))
    }

    /// Part of an earlier sale is given back.
    pub fn give_back(&mut self) {
        let Some((mut draft, place)) = self.about(Operation::CreditNote) else { return };
        let document = &self.sold[place].1;
        let left = creditable(document, &self.credits);
        let wanted: Vec<_> = left
            .iter()
            .filter(|it| it.qty_m != 0)
            .take(1 + self.dice.place(2))
            .map(|it| (it.line, it.qty_m))
            .collect();
        let Ok(lines) = credit_lines(document, &self.credits, &wanted) else { return };
        let due: Money = lines.iter().map(|it| it.ttc).sum();
        draft.lines = lines;
        if due != Money::ZERO {
            draft.payments = vec![Payment::exact(Means::Card, due)];
        }
        self.begin_day();
        let (_, document) = self.issue(&draft);
        self.credits.push(document);
        self.commit();
    }

    /// A payment had been recorded with the wrong means.
    pub fn correct(&mut self) {
        let Some((mut draft, place)) = self.about(Operation::PaymentCorrection) else { return };
        let total = self.sold[place].1.total_ttc;
        if total == Money::ZERO {
            return;
        }
        draft.payments = vec![
            Payment::exact(Means::Card, Money::ZERO - total),
            Payment::exact(Means::Cheque, total),
        ];
        self.begin_day();
        self.issue(&draft);
        self.commit();
    }

    /// A copy of an earlier ticket.
    pub fn copy(&mut self) {
        if self.sold.is_empty() {
            return;
        }
        let (ticket, _) = self.sold[self.dice.place(self.sold.len())].clone();
        let copy = self.copies.entry(ticket.number.clone()).or_default();
        *copy += 1;
        let copy = *copy;
        self.record(SeriesKind::Duplicate, |head| Duplicate {
            original_type: "VENTE".to_owned(),
            original_till: head.till.clone(),
            original_content: Base::content_hash(&ticket.document),
            original: ticket.number,
            copy,
            medium: Medium::Paper,
            head,
        });
        self.commit();
    }

    /// A note before payment.
    pub fn note(&mut self) {
        self.begin_day();
        let moment = self.moment();
        let draft = sale::sale(&mut self.dice, moment, "LB");
        let mode = draft.mode;
        // Lines as a document has them, by way of a ticket that is never issued.
        let (ticket, _) = self.tickets.issue(&draft, &self.key).expect("the draft adds up");
        let document = ticket.read().expect("what was just signed can be read");
        let total = totals(&draft.lines);
        let kind = if self.dice.percent(50) {
            ProvisionalKind::Note
        } else {
            ProvisionalKind::Provisional
        };
        self.record(SeriesKind::Provisional, |head| Provisional {
            head,
            kind,
            issuer: sale::issuer(),
            order: draft.order,
            mode,
            lines: document.lines,
            vat: document.vat,
            total_ht: total.ht(),
            total_ttc: total.total,
        });
        self.commit();
    }

    /// An invoice of an earlier ticket.
    pub fn invoice(&mut self) {
        if self.sold.is_empty() {
            return;
        }
        let (ticket, document) = self.sold[self.dice.place(self.sold.len())].clone();
        let file = fiscal::archive::format::sha256(&self.dice.bytes::<8>());
        self.record(SeriesKind::Invoice, |head| InvoiceDocument {
            head,
            kind: InvoiceKind::Invoice,
            issuer: sale::issuer(),
            ticket: ticket.number,
            ticket_content: Base::content_hash(&ticket.document),
            original: None,
            mode: document.mode,
            business_date: document.business_date,
            buyer: BuyerKind::Business,
            vat: document.vat,
            total_ttc: document.total_ttc,
            file,
        });
        self.commit();
    }

    /// Something else happens.
    pub fn happen(&mut self) {
        let amount = i64::try_from(self.dice.below(5_000)).expect("small");
        let (code, data) = match self.dice.below(6) {
            0 => {
                (EventCode::CashIn, data([("amount", amount.into()), ("reason", "MONNAIE".into())]))
            }
            1 => {
                (EventCode::CashOut, data([("amount", amount.into()), ("reason", "ACHAT".into())]))
            }
            2 => (EventCode::DrawerOpenNoSale, data([("reason", "MONNAIE".into())])),
            3 => (EventCode::OrderCancel, data([("amount", amount.into()), ("order", "7".into())])),
            4 => (EventCode::ClockAnomaly, data([("before", 1.into()), ("after", 2.into())])),
            _ => (EventCode::Login, data([("method", "PIN".into())])),
        };
        if self.dice.percent(50) {
            self.begin_day();
        }
        self.event(code, data);
        self.domain(60_000, Keep::Operation);
        self.commit();
    }

    /// An archive was made: its record's signature, which the next archive names.
    pub fn archived(&mut self, built: &Built) -> String {
        let previous = self.series.get(&SeriesKind::Archive).and_then(|it| it.previous.clone());
        let record = self.record(SeriesKind::Archive, |head| ArchiveDocument {
            head,
            period: "2026-10-23_2026-11-30".to_owned(),
            spans: built.spans.clone(),
            vat: built.vat.clone(),
            total_ttc: built.total_ttc,
            file: "a.zip".to_owned(),
            manifest: built.manifest.clone(),
            previous_archive: previous,
        });
        self.commit();
        record.signature
    }

    /// The day is closed, and sometimes the month and the year with it.
    pub fn close(&mut self) {
        self.begin_day();
        self.commit();
        let tip = self.tip().expect("a till has opened its journal");
        let span = Span {
            journal: tip.journal.hex(),
            from: self.closed_to + 1,
            to: tip.seq.0,
            hash: tip.hash.hex(),
        };
        let date = self.moment().business_date(4);
        let mut day = std::mem::take(&mut self.day);
        day.span = Some(span);
        self.days += 1;
        self.closed_to = tip.seq.0;
        let counted = self.dice.percent(80).then(|| {
            let drift = Money::from_cents(i64::try_from(self.dice.below(300)).expect("small"));
            self.float + day.tally.means(Means::Cash) + drift
        });
        let drawer = Drawer::of(self.float, &day.tally, counted);
        self.float = counted.unwrap_or(drawer.theoretical);
        self.closing(Period::Day, date.iso(), &day, Some(drawer));
        self.month.add(&day);
        if self.dice.percent(30) {
            let month = std::mem::take(&mut self.month);
            self.closing(Period::Month, month_label(date), &month, None);
            self.year.add(&month);
            if self.dice.percent(30) {
                let year = std::mem::take(&mut self.year);
                self.closing(Period::Year, year_label(date, 12), &year, None);
            }
        }
        self.event(EventCode::CloseDay, data([("closing", "Z".into())]));
        self.commit();
        self.day.days = None;
    }

    fn closing(&mut self, period: Period, label: String, of: &Open, drawer: Option<Drawer>) {
        let (first_day, last_day) = of.days.expect("a period has a day");
        let open_orders = match period {
            Period::Day if self.dice.percent(20) => {
                vec![OpenOrder { order: "C1-007".to_owned(), due: Money::from_cents(1_250) }]
            }
            Period::Day | Period::Month | Period::Year | Period::Supplementary => Vec::new(),
        };
        let (algebraic, absolute) =
            (self.tickets.perpetual_algebraic, self.tickets.perpetual_absolute);
        self.record(SeriesKind::Closing, |head| Closing {
            head,
            period,
            label,
            first_day,
            last_day,
            issuer: sale::issuer(),
            spans: of.span.iter().cloned().collect(),
            seen: Vec::new(),
            first_ticket: of.tickets.as_ref().map(|it| it.0.clone()),
            last_ticket: of.tickets.as_ref().map(|it| it.1.clone()),
            tally: of.tally.clone(),
            drawer,
            open_orders,
            perpetual_algebraic: algebraic,
            perpetual_absolute: absolute,
        });
    }

    /// So many random things.
    pub fn live(&mut self, steps: u64) {
        for _ in 0..steps {
            self.pass();
            match self.dice.below(20) {
                0..9 => self.sell(),
                9..11 => self.give_back(),
                11 => self.correct(),
                12..14 => self.copy(),
                14 => self.note(),
                15 => self.invoice(),
                16 => self.happen(),
                17 => self.restart(),
                _ => self.close(),
            }
        }
    }

    /// The day on which it is now.
    #[must_use]
    pub fn date(&self) -> Date {
        self.moment().business_date(4)
    }
}

impl Open {
    fn add(&mut self, other: &Self) {
        self.tally.merge(&other.tally);
        let (first, last) = other.days.expect("a closed period has a day");
        self.days = Some((self.days.map_or(first, |it| it.0), last));
        let span = other.span.clone().expect("a closed period has a span");
        let from = self.span.as_ref().map_or(span.from, |it| it.from);
        self.span = Some(Span { from, ..span });
        if let Some((first, last)) = &other.tickets {
            let first = self.tickets.take().map_or_else(|| first.clone(), |it| it.0);
            self.tickets = Some((first, last.clone()));
        }
    }
}

/// The key of a seed's till.
#[must_use]
pub fn key(seed: u64) -> SigningKey {
    let mut dice = Dice::new(seed);
    loop {
        if let Ok(key) = SigningKey::from_secret(&dice.bytes()) {
            return key;
        }
    }
}

/// A shop's worth of journals by one key: training beside the real one, and now and then a second
/// journal that goes on from the first.
#[must_use]
pub fn history(seed: u64, steps: u64) -> Vec<Written> {
    let key = key(seed);
    let mut dice = Dice::new(seed);
    let fork = dice.percent(15);
    let training = dice.percent(10);
    let purge = dice.percent(30);
    let mut till = Till::open(Dice::new(seed ^ 1), key.clone(), Purpose::Live, None);
    till.live(steps);
    let mut journals = vec![till.written()];
    if fork {
        let mut next = Till::open(Dice::new(seed ^ 2), key.clone(), Purpose::Live, Some(&till));
        next.live(steps / 2);
        journals.push(next.written());
    }
    if training {
        let mut school = Till::open(Dice::new(seed ^ 3), key, Purpose::Training, None);
        school.live(3);
        journals.push(school.written());
    }
    if purge {
        journals.iter_mut().for_each(purged);
    }
    journals
}

/// Bodies that need not be kept are deleted.
fn purged(journal: &mut Written) {
    for (raw, _) in &mut journal.entries {
        let header = journal::Header::decode(&raw.header).expect("what was written can be read");
        if header.keep == Keep::Operation {
            raw.body = None;
        }
    }
}
