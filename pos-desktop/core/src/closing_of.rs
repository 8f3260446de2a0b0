//! From a signed closing, or from the figures so far, to what their paper carries.

use crate::closings::Figures;
use crate::print::papers::closing::{
    CashCount, ClosingKind, ClosingPaper, Count, MeansLine, OpenOrders,
};
use crate::print::receipt::Amount;
use crate::receipt_of::{day, means, moment, seller, software, vat};
use crate::store::days::Day;
use fiscal::closing::{Closing, Drawer, OpenOrder, Period, Tally};
use fiscal::record::Record;
use fiscal::ticket::Issuer;
use fiscal::time::Moment;

/// What the paper of a closing carries: what was signed, and nothing that is computed anew.
pub(crate) fn paper(record: &Record, closing: &Closing) -> ClosingPaper {
    let kind = match closing.period {
        Period::Day => ClosingKind::Day,
        Period::Month => ClosingKind::Month,
        Period::Year => ClosingKind::Year,
        Period::Supplementary => ClosingKind::Supplementary,
    };
    ClosingPaper {
        kind,
        number: Some(closing.head.number.clone()),
        operator: closing.head.operator.clone(),
        moment: moment(&closing.head.local),
        period: period(closing),
        tickets: closing.first_ticket.clone().zip(closing.last_ticket.clone()),
        cash: closing.drawer.map(|drawer| cash(&drawer)),
        perpetual: vec![
            amount("Grand total perpétuel", closing.perpetual_algebraic.cents()),
            amount("Grand total perpétuel absolu", closing.perpetual_absolute.cents()),
        ],
        open_orders: open_orders(&closing.open_orders),
        signature_extract: Some(record.extract()),
        ..figures(&closing.issuer, &closing.head.till, &closing.tally)
    }
}

/// What the paper of a lecture X carries: the day so far, at a moment.
pub(crate) fn so_far(x: &SoFar<'_>) -> ClosingPaper {
    let Figures { tally, first_ticket, last_ticket } = x.figures.clone();
    ClosingPaper {
        operator: x.operator.to_owned(),
        moment: moment(&x.moment.local().iso()),
        period: day(&x.day.date.iso()),
        tickets: first_ticket.zip(last_ticket),
        cash: (!x.blind).then(|| cash(&Drawer::of(x.day.float, &tally, None))),
        open_orders: open_orders(&x.open_orders),
        ..figures(&x.issuer, x.till, &tally)
    }
}

/// The day so far.
pub(crate) struct SoFar<'a> {
    pub(crate) day: Day,
    pub(crate) figures: Figures,
    pub(crate) open_orders: Vec<OpenOrder>,
    pub(crate) issuer: Issuer,
    pub(crate) till: &'a str,
    pub(crate) operator: &'a str,
    pub(crate) moment: Moment,
    /// The drawer is counted without being told what should be in it.
    pub(crate) blind: bool,
}

fn figures(issuer: &Issuer, till: &str, tally: &Tally) -> ClosingPaper {
    ClosingPaper {
        kind: ClosingKind::X,
        number: None,
        seller: seller(issuer),
        till: till.to_owned(),
        operator: String::new(),
        moment: String::new(),
        period: String::new(),
        tickets: None,
        vat: tally.vat.iter().map(vat).collect(),
        net_cents: tally.vat.iter().map(|it| it.ht.cents()).sum(),
        total_cents: tally.total.cents(),
        means: means_of(tally),
        cash: None,
        counts: counts(tally),
        perpetual: Vec::new(),
        open_orders: OpenOrders { count: 0, cents: 0 },
        software: software(issuer),
        signature_extract: None,
    }
}

fn period(closing: &Closing) -> String {
    match closing.period {
        Period::Day | Period::Supplementary => day(&closing.label),
        Period::Month | Period::Year => {
            format!("{} (jours {} à {})", closing.label, closing.first_day, closing.last_day)
        }
    }
}

fn means_of(tally: &Tally) -> Vec<MeansLine> {
    let lines = tally.means.iter();
    lines
        .map(|it| MeansLine {
            means: means(it.means).to_owned(),
            count: it.count,
            cents: it.amount.cents(),
        })
        .collect()
}

fn cash(drawer: &Drawer) -> CashCount {
    CashCount {
        float_cents: drawer.float.cents(),
        movements: vec![
            amount("Ventes en espèces", drawer.sales.cents()),
            amount("Entrées", drawer.cash_in.cents()),
            amount("Sorties", -drawer.cash_out.cents()),
        ],
        expected_cents: drawer.theoretical.cents(),
        counted_cents: drawer.counted.map(fiscal::Money::cents),
        difference_cents: drawer.difference.map(fiscal::Money::cents),
    }
}

fn counts(tally: &Tally) -> Vec<Count> {
    let counts = [
        ("Ventes", tally.sales.count),
        ("Avoirs", tally.credit_notes.count),
        ("Corrections de paiement", tally.corrections),
        ("Remises", tally.discounts.count),
        ("Lignes annulées", tally.cancelled_lines.count),
        ("Commandes annulées", tally.cancelled_orders.count),
        ("Duplicatas", tally.duplicates),
        ("Documents provisoires", tally.provisionals),
        ("Notes", tally.notes),
        ("Factures", tally.invoices),
        ("Ouvertures du tiroir", tally.drawer_openings),
    ];
    counts.map(|(label, count)| Count { label: label.to_owned(), count }).into()
}

fn open_orders(open: &[OpenOrder]) -> OpenOrders {
    OpenOrders { count: open.len() as u64, cents: open.iter().map(|it| it.due.cents()).sum() }
}

fn amount(label: &str, cents: i64) -> Amount {
    Amount { label: label.to_owned(), cents }
}
