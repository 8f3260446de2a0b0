//! The figures of a period: a fold that adds, in any order.

use crate::sale::{cents, draft, key, line, series};
use crate::samples::{about, by, closing, correction, event, issue, open, tally, tickets};
use fiscal::Money;
use fiscal::closing::{Closing, Drawer, Period, Tally};
use fiscal::event::{Data, Datum, EventCode, EventDocument};
use fiscal::record::{BrokenRecord, RecordRefused, SeriesKind};
use fiscal::ticket::{
    Document, Draft, Means, Operation, Payment, Ticket, TicketSeries, credit_lines,
};
use fiscal::vat::{Class, Mode, Rate};
use proptest::prelude::*;

/// What somebody does on a day, in a few numbers.
#[derive(Clone, Debug)]
enum Deed {
    Sale { mode: Mode, parts: Vec<(usize, i64, u32, i64)>, means: usize },
    CreditOf(prop::sample::Index),
    CorrectionOf(prop::sample::Index),
    Event(usize, i64),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let mode = prop_oneof![Just(Mode::OnSite), Just(Mode::TakeAway), Just(Mode::Delivery)];
    let part = (0..3_usize, 1..3_000_i64, 1..4_u32, 0..=100_i64);
    let sale = (mode, prop::collection::vec(part, 1..4), 0..MEANS.len())
        .prop_map(|(mode, parts, means)| Deed::Sale { mode, parts, means });
    let deed = prop_oneof![
        4 => sale,
        1 => any::<prop::sample::Index>().prop_map(Deed::CreditOf),
        1 => any::<prop::sample::Index>().prop_map(Deed::CorrectionOf),
        1 => (0..EventCode::ALL.len(), 0..10_000_i64).prop_map(|(code, cents)| Deed::Event(code, cents)),
    ];
    prop::collection::vec(deed, 0..12)
}

const MEANS: [Means; 6] = [
    Means::Cash,
    Means::Card,
    Means::MealVoucher,
    Means::MealVoucherCard,
    Means::Cheque,
    Means::Receivable,
];

/// A payment of exactly so much, or none of nothing.
fn exactly(means: Means, due: Money) -> Vec<Payment> {
    let vouchers = if means == Means::MealVoucher { 2 } else { 0 };
    let payment = Payment { vouchers, ..Payment::exact(means, due) };
    if due == Money::ZERO { Vec::new() } else { vec![payment] }
}

/// The entries of a day: kinds and bodies, as a journal has them.
fn entries(deeds: &[Deed]) -> Vec<(journal::Kind, Vec<u8>)> {
    let mut till = Till { series: series(), sold: Vec::new(), entries: Vec::new() };
    let mut events = open(SeriesKind::Event);
    for deed in deeds {
        match deed {
            Deed::Sale { mode, parts, means } => till.sell(*mode, parts, MEANS[*means]),
            Deed::CreditOf(which) => till.take_back(which),
            Deed::CorrectionOf(which) => till.correct(which),
            Deed::Event(code, cents) => {
                let data: Data = [("amount".to_owned(), Datum::from(*cents))].into();
                let code = EventCode::ALL[*code];
                let made = events.issue(&by(), &key(), |head| EventDocument { head, code, data });
                let (record, next) = made.unwrap();
                till.entries.push((fiscal::kind::EVENT, record.encode()));
                events = next;
            }
        }
    }
    till.entries
}

struct Till {
    series: TicketSeries,
    sold: Vec<(Ticket, Document)>,
    entries: Vec<(journal::Kind, Vec<u8>)>,
}

impl Till {
    fn issue(&mut self, draft: &Draft) -> Ticket {
        let (ticket, next) = self.series.issue(draft, &key()).unwrap();
        self.series = next;
        self.entries.push((fiscal::kind::TICKET, ticket.encode()));
        ticket
    }

    fn sell(&mut self, mode: Mode, parts: &[(usize, i64, u32, i64)], means: Means) {
        let lines: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(id, (rate, unit, qty, percent))| {
                let id = u8::try_from(id).unwrap();
                let mut it = line(id, "Article", *unit, *qty, Class::ImmediateFood, 0);
                it.rate = [Rate(550), Rate(1_000), Rate(2_000)][*rate];
                it.discount = cents(it.ttc.cents() * percent / 100);
                it.discount_reason = (*percent != 0).then(|| "MIDI".to_owned());
                it.ttc -= it.discount;
                it
            })
            .collect();
        let due = lines.iter().map(|it| it.ttc).sum();
        let sale = Draft { mode, lines, payments: exactly(means, due), ..draft() };
        let ticket = self.issue(&sale);
        let document = ticket.read().unwrap();
        self.sold.push((ticket, document));
    }

    /// Takes a whole ticket back, as it was paid.
    fn take_back(&mut self, which: &prop::sample::Index) {
        if self.sold.is_empty() {
            return;
        }
        let (ticket, document) = self.sold.remove(which.index(self.sold.len()));
        let wanted: Vec<_> = document.lines.iter().map(|it| (it.line, it.qty_m)).collect();
        let means = document.payments.first().map_or(Means::Cash, |it| it.means);
        let credit = Draft {
            operation: Operation::CreditNote,
            original: Some(about(&ticket)),
            reason: Some("ERREUR".to_owned()),
            mode: document.mode,
            lines: credit_lines(&document, &[], &wanted).unwrap(),
            payments: exactly(means, -document.total_ttc),
            ..draft()
        };
        self.issue(&credit);
    }

    fn correct(&mut self, which: &prop::sample::Index) {
        let paid = self.sold.iter().filter(|it| it.1.total_ttc != Money::ZERO);
        let paid: Vec<_> = paid.cloned().collect();
        if paid.is_empty() {
            return;
        }
        let (ticket, document) = &paid[which.index(paid.len())];
        let means = document.payments[0].means;
        let payments =
            [exactly(means, -document.total_ttc), exactly(Means::Staff, document.total_ttc)];
        self.issue(&Draft { payments: payments.concat(), ..correction(ticket) });
    }
}

fn fold(entries: &[(journal::Kind, Vec<u8>)]) -> Tally {
    entries.iter().fold(Tally::default(), |mut tally, (kind, body)| {
        tally.entry(*kind, body).unwrap();
        tally
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_figures_of_parts_add_up_to_those_of_the_whole_in_any_order(
        deeds in deeds(),
        cut in any::<prop::sample::Index>(),
        seed in any::<u64>(),
    ) {
        let entries = entries(&deeds);
        let whole = fold(&entries);
        let at = cut.index(entries.len() + 1);
        let (one, other) = (fold(&entries[..at]), fold(&entries[at..]));
        let mut merged = one.clone();
        merged.merge(&other);
        prop_assert_eq!(&merged, &whole);
        let mut reversed = other;
        reversed.merge(&one);
        prop_assert_eq!(&reversed, &whole);

        // In an order that the seed draws.
        let mut shuffled = entries.clone();
        shuffled.sort_by_key(|(_, body)| body.iter().fold(seed, |sum, byte| {
            sum.rotate_left(5).wrapping_mul(31) ^ u64::from(*byte)
        }));
        prop_assert_eq!(&fold(&shuffled), &whole);
    }

    #[test]
    fn the_figures_of_any_day_agree_with_one_another(deeds in deeds()) {
        let entries = entries(&deeds);
        let tally = fold(&entries);
        prop_assert!(tally.adds_up());

        let documents: Vec<Document> = entries
            .iter()
            .filter(|it| it.0 == fiscal::kind::TICKET)
            .map(|it| Ticket::decode(&it.1).unwrap().read().unwrap())
            .collect();
        let sum = |of: fn(&Document) -> Money| documents.iter().map(of).sum::<Money>();
        prop_assert_eq!(tally.total, sum(|it| it.total_ttc));
        prop_assert_eq!(tally.vat.iter().map(|it| it.vat).sum::<Money>(), sum(|it| it.total_vat));
        prop_assert_eq!(tally.vat.iter().map(|it| it.ht).sum::<Money>(), sum(|it| it.total_ht));
        let by_mode = tally.by_mode.iter().map(|it| it.rate.ttc).sum::<Money>();
        let by_means = tally.means.iter().map(|it| it.amount).sum::<Money>();
        prop_assert_eq!((by_mode, by_means), (tally.total, tally.total));

        // A closing holds them, and its drawer.
        let drawer = Drawer::of(cents(10_000), &tally, Some(cents(9_000)));
        let cash = tally.means(Means::Cash) + tally.cash_in.amount - tally.cash_out.amount;
        prop_assert_eq!(drawer.theoretical, cents(10_000) + cash);
        prop_assert_eq!(drawer.difference, Some(cents(9_000) - drawer.theoretical));
        let (absolute, total) = (tally.absolute, tally.total);
        let issued = open(SeriesKind::Closing).issue(&by(), &key(), |head| Closing {
            drawer: Some(drawer),
            tally,
            perpetual_algebraic: total,
            perpetual_absolute: absolute,
            ..closing(head)
        });
        prop_assert!(issued.is_ok());
    }
}

#[test]
fn the_sample_days_figures_are_what_happened() {
    let tally = tally();
    assert_eq!((tally.sales.count, tally.sales.amount), (1, cents(1_650)));
    assert_eq!((tally.credit_notes.count, tally.credit_notes.amount), (1, cents(-200)));
    assert_eq!((tally.corrections, tally.total, tally.absolute), (1, cents(1_450), cents(1_850)));
    assert_eq!(tally.means(Means::Cash), cents(-200));
    assert_eq!(tally.means(Means::Card), cents(1_650));
    assert_eq!(tally.means[1].to_verify, cents(1_650));
    assert_eq!((tally.duplicates, tally.provisionals, tally.invoices), (1, 1, 1));
    assert_eq!(tally.cash_in.amount, cents(5_000));
}

#[test]
fn vouchers_given_back_are_counted_off() {
    let mut tally = Tally::default();
    let mut document = tickets().0[0].read().unwrap();
    document.payments = exactly(Means::MealVoucher, cents(1_650));
    tally.ticket(&document);
    assert_eq!(tally.means[0].vouchers, 2);
    document.payments = exactly(Means::MealVoucher, cents(-1_650));
    tally.ticket(&document);
    assert_eq!((tally.means[0].vouchers, tally.means[0].count), (0, 2));
}

#[test]
fn a_month_is_the_sum_of_its_days_and_has_no_drawer() {
    let day = tally();
    let mut month = day.clone();
    month.merge(&day);
    let make = |drawer: Option<Drawer>, label: &str| {
        open(SeriesKind::Closing).issue(&by(), &key(), |head| Closing {
            period: Period::Month,
            label: label.to_owned(),
            first_day: 1,
            last_day: 2,
            tally: month.clone(),
            drawer,
            open_orders: Vec::new(),
            perpetual_absolute: cents(3_700),
            ..closing(head)
        })
    };
    assert!(make(None, "2026-11").is_ok());
    let wrong = Err(RecordRefused::Amounts);
    assert_eq!(make(None, "2026-13"), wrong);
    assert_eq!(make(None, "2026-11-21"), wrong);
    assert_eq!(make(Some(Drawer::of(Money::ZERO, &month, None)), "2026-11"), wrong);
}

#[test]
fn what_is_not_fiscal_adds_nothing_and_what_is_broken_is_said() {
    let mut tally = Tally::default();
    assert_eq!(tally.entry(journal::Kind(64), b"anything"), Ok(()));
    for kind in [SeriesKind::Closing, SeriesKind::Archive] {
        let (record, _) = issue(kind, &open(kind)).unwrap();
        assert_eq!(tally.entry(kind.kind(), &record.encode()), Ok(()));
    }
    assert_eq!(tally, Tally::default());
    let broken = Err(BrokenRecord::Unreadable);
    assert_eq!(tally.entry(fiscal::kind::TICKET, b"x"), broken);
    let (record, _) = issue(SeriesKind::Event, &open(SeriesKind::Event)).unwrap();
    assert_eq!(tally.entry(fiscal::kind::INVOICE, &record.encode()), broken);
}

#[test]
fn each_event_that_counts_is_counted_in_its_place() {
    let of = |code| {
        let mut tally = Tally::default();
        let made = open(SeriesKind::Event)
            .issue(&by(), &key(), |head| EventDocument { code, ..event(head) });
        tally.entry(fiscal::kind::EVENT, &made.unwrap().0.encode()).unwrap();
        tally
    };
    let amount = cents(5_000);
    assert_eq!(of(EventCode::CashIn).cash_in.amount, amount);
    assert_eq!(of(EventCode::CashOut).cash_out.amount, amount);
    assert_eq!(of(EventCode::LineCancel).cancelled_lines.amount, amount);
    assert_eq!(of(EventCode::OrderCancel).cancelled_orders.amount, amount);
    assert_eq!(of(EventCode::DrawerOpenNoSale).drawer_openings, 1);
    assert_eq!(of(EventCode::Login), Tally::default());
}
