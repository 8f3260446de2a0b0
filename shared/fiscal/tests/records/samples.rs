//! A day in small: a sale, a can of it given back, its payment corrected, and a document of every
//! kind about it. The vectors hold the same.

use crate::sale::{cents, draft, issuer, key, paid, series};
use fiscal::archive::ArchiveDocument;
use fiscal::closing::{Closing, Drawer, OpenOrder, Period, Span, Tally};
use fiscal::copy::{Duplicate, Medium, Provisional, ProvisionalKind};
use fiscal::event::{Datum, EventCode, EventDocument, data};
use fiscal::invoice::{BuyerKind, InvoiceDocument, InvoiceKind};
use fiscal::record::{BrokenRecord, By, Document, Head, Record, RecordRefused, Series, SeriesKind};
use fiscal::ticket::{
    Base, Draft, Means, Operation, Original, Payment, PaymentState, Ticket, TicketSeries,
};
use journal::{JournalId, PublicKey};

/// The journal that [`series`] is of.
pub(crate) fn journal() -> JournalId {
    JournalId(core::array::from_fn(|it| 0xa7 ^ u8::try_from(it).unwrap()))
}

pub(crate) fn by() -> By {
    By { operator: "AB".to_owned(), moment: draft().moment }
}

pub(crate) fn about(ticket: &Ticket) -> Original {
    Original {
        ticket_no: ticket.number.clone(),
        content: Base::content_hash(&ticket.document),
        business_date: draft().business_date,
    }
}

/// A credit note of the second can.
pub(crate) fn credit_of_a_can(sale: &Ticket) -> Draft {
    let mut can = draft().lines.remove(1);
    (can.qty_m, can.ttc) = (1_000, cents(-200));
    Draft {
        operation: Operation::CreditNote,
        original: Some(about(sale)),
        reason: Some("ERREUR_ARTICLE".to_owned()),
        lines: vec![can],
        payments: vec![paid(Means::Cash, -200, 0)],
        ..draft()
    }
}

/// The card in the place of the cash.
pub(crate) fn correction(sale: &Ticket) -> Draft {
    let card = Payment {
        reference: Some("pi_7Q2".to_owned()),
        state: Some(PaymentState::ToVerify),
        ..paid(Means::Card, 1_650, 0)
    };
    Draft {
        operation: Operation::PaymentCorrection,
        original: Some(about(sale)),
        reason: Some("ERREUR_MOYEN".to_owned()),
        lines: Vec::new(),
        payments: vec![paid(Means::Cash, -1_650, 0), card],
        ..draft()
    }
}

/// The three tickets, and the series after them.
pub(crate) fn tickets() -> (Vec<Ticket>, TicketSeries) {
    let (sale, series) = series().issue(&draft(), &key()).unwrap();
    let (credit, series) = series.issue(&credit_of_a_can(&sale), &key()).unwrap();
    let (correction, series) = series.issue(&correction(&sale), &key()).unwrap();
    (vec![sale, credit, correction], series)
}

pub(crate) fn span() -> Span {
    Span { journal: "a7".repeat(32), from: 2, to: 9, hash: "5e".repeat(32) }
}

pub(crate) fn duplicate(head: Head) -> Duplicate {
    let sale = tickets().0.remove(0);
    Duplicate {
        head,
        original_type: "VENTE".to_owned(),
        original_till: "P01-C1".to_owned(),
        original_content: Base::content_hash(&sale.document),
        original: sale.number,
        copy: 1,
        medium: Medium::Paper,
    }
}

pub(crate) fn provisional(head: Head) -> Provisional {
    let Draft { mode, lines, order, .. } = draft();
    Provisional::of(head, ProvisionalKind::Provisional, issuer(), order, mode, &lines)
}

pub(crate) fn invoice(head: Head) -> InvoiceDocument {
    let sale = tickets().0.remove(0);
    let document = sale.read().unwrap();
    InvoiceDocument {
        head,
        kind: InvoiceKind::Invoice,
        issuer: issuer(),
        ticket_content: Base::content_hash(&sale.document),
        ticket: sale.number,
        original: None,
        mode: document.mode,
        business_date: document.business_date,
        buyer: BuyerKind::Business,
        vat: document.vat,
        total_ttc: document.total_ttc,
        file: "f1".repeat(32),
    }
}

pub(crate) fn event(head: Head) -> EventDocument {
    let data = data([("amount", Datum::from(5_000)), ("reason", Datum::from("MONNAIE"))]);
    EventDocument { head, code: EventCode::CashIn, data }
}

/// The figures of the day: the first record of each kind beside the tickets.
pub(crate) fn tally() -> Tally {
    let mut tally = Tally::default();
    for ticket in tickets().0 {
        tally.entry(fiscal::kind::TICKET, &ticket.encode()).unwrap();
    }
    let kinds = [SeriesKind::Duplicate, SeriesKind::Provisional, SeriesKind::Invoice];
    for kind in kinds.into_iter().chain([SeriesKind::Event]) {
        let (record, _) = issue(kind, &open(kind)).unwrap();
        tally.entry(kind.kind(), &record.encode()).unwrap();
    }
    tally
}

pub(crate) fn closing(head: Head) -> Closing {
    let tally = tally();
    let (tickets, series) = tickets();
    Closing {
        head,
        period: Period::Day,
        label: "2026-11-21".to_owned(),
        first_day: 1,
        last_day: 1,
        issuer: issuer(),
        spans: vec![span()],
        seen: Vec::new(),
        first_ticket: Some(tickets[0].number.clone()),
        last_ticket: Some(tickets[2].number.clone()),
        drawer: Some(Drawer::of(cents(10_000), &tally, Some(cents(14_790)))),
        tally,
        open_orders: vec![OpenOrder { order: "43".to_owned(), due: cents(1_250) }],
        perpetual_algebraic: series.perpetual_algebraic,
        perpetual_absolute: series.perpetual_absolute,
    }
}

pub(crate) fn archive(head: Head) -> ArchiveDocument {
    let tally = tally();
    ArchiveDocument {
        head,
        period: "2026-11-01_2026-11-30".to_owned(),
        spans: vec![span()],
        vat: tally.vat,
        total_ttc: tally.total,
        file: "archive-P01-2026-11.zip".to_owned(),
        manifest: "3a".repeat(32),
        previous_archive: None,
    }
}

pub(crate) fn open(kind: SeriesKind) -> Series {
    Series::open(kind, "P01-C1", &journal())
}

/// The sample of a kind, as the next of a series.
pub(crate) fn issue(kind: SeriesKind, series: &Series) -> Result<(Record, Series), RecordRefused> {
    let (by, key) = (by(), key());
    match kind {
        SeriesKind::Duplicate => series.issue(&by, &key, duplicate),
        SeriesKind::Provisional => series.issue(&by, &key, provisional),
        SeriesKind::Invoice => series.issue(&by, &key, invoice),
        SeriesKind::Closing => series.issue(&by, &key, closing),
        SeriesKind::Event => series.issue(&by, &key, event),
        SeriesKind::Archive => series.issue(&by, &key, archive),
    }
}

/// Two samples of a kind, one after the other.
pub(crate) fn two(kind: SeriesKind) -> (Vec<Record>, Series) {
    let (first, series) = issue(kind, &open(kind)).unwrap();
    let (second, series) = issue(kind, &series).unwrap();
    (vec![first, second], series)
}

/// What every kind's check and head come to.
pub(crate) fn check(
    kind: SeriesKind,
    record: &Record,
    key: &PublicKey,
    previous: Option<&str>,
) -> Result<Head, BrokenRecord> {
    fn head<D: Document>(
        record: &Record,
        key: &PublicKey,
        previous: Option<&str>,
    ) -> Result<Head, BrokenRecord> {
        record.check::<D>(key, previous).map(|it| it.head().clone())
    }
    match kind {
        SeriesKind::Duplicate => head::<Duplicate>(record, key, previous),
        SeriesKind::Provisional => head::<Provisional>(record, key, previous),
        SeriesKind::Invoice => head::<InvoiceDocument>(record, key, previous),
        SeriesKind::Closing => head::<Closing>(record, key, previous),
        SeriesKind::Event => head::<EventDocument>(record, key, previous),
        SeriesKind::Archive => head::<ArchiveDocument>(record, key, previous),
    }
}
