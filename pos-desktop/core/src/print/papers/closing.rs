//! The X report, and the closings of a day, a month and a year.

use super::{bold_row, end};
use crate::print::document::{Document, Item, Style};
use crate::print::figures::cents;
use crate::print::receipt::{Amount, Seller, VatLine, seller, total_row, vat};

/// Which report it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosingKind {
    /// Where the day stands: closes nothing, and says so.
    X,
    /// The closing of a business day.
    Day,
    /// Of a month.
    Month,
    /// Of a business year.
    Year,
    /// Of what journals of this till that cannot close themselves left.
    Supplementary,
}

/// What a report says. Amounts are in cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosingPaper {
    /// Which.
    pub kind: ClosingKind,
    /// Its number; an X report has none.
    pub number: Option<String>,
    /// Whose.
    pub seller: Seller,
    /// "C1".
    pub till: String,
    /// Who asked for it, by code and never by name.
    pub operator: String,
    /// When it was made, in the shop's own time.
    pub moment: String,
    /// What it is of: "20/11/2026", "novembre 2026", "du 01/10/2025 au 30/09/2026".
    pub period: String,
    /// Its first and its last ticket; none where nothing was sold.
    pub tickets: Option<(String, String)>,
    /// Turnover by rate.
    pub vat: Vec<VatLine>,
    /// Turnover without VAT.
    pub net_cents: i64,
    /// Turnover with VAT.
    pub total_cents: i64,
    /// What was taken, by means.
    pub means: Vec<MeansLine>,
    /// The drawer. None on closings that count none.
    pub cash: Option<CashCount>,
    /// How many: "Tickets", "Avoirs", "Lignes annulées", "Duplicatas", "Ouvertures du tiroir".
    pub counts: Vec<Count>,
    /// Totals that are never put back to zero: "Grand total perpétuel", "…, valeur absolue".
    pub perpetual: Vec<Amount>,
    /// Orders that are neither paid nor cancelled.
    pub open_orders: OpenOrders,
    /// "OC Pizza 1.0.0", with the version of its fiscal part.
    pub software: String,
    /// The four characters of the signature that are printed; an X report is not signed.
    pub signature_extract: Option<String>,
}

/// One means of payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeansLine {
    /// "Espèces".
    pub means: String,
    /// How many payments.
    pub count: u64,
    /// What they came to, less what was given back.
    pub cents: i64,
}

/// What the drawer should hold and holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CashCount {
    /// What it began with.
    pub float_cents: i64,
    /// What went in and out beside sales, each with its sign and its reason.
    pub movements: Vec<Amount>,
    /// What it should hold.
    pub expected_cents: i64,
    /// What was counted; none on an X report, before anybody has.
    pub counted_cents: Option<i64>,
    /// Counted less expected.
    pub difference_cents: Option<i64>,
}

/// How many of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Of what.
    pub label: String,
    /// How many.
    pub count: u64,
}

/// Orders that are neither paid nor cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOrders {
    /// How many.
    pub count: u64,
    /// What they come to.
    pub cents: i64,
}

/// The paper.
#[must_use]
pub fn document(closing: &ClosingPaper) -> Document {
    let mut items = Vec::new();
    head(&mut items, closing);
    items.push(Item::Rule);
    items.push(Item::centred("Chiffre d’affaires", Style::BOLD));
    vat(&mut items, &closing.vat);
    items.push(Item::row("Total HT", format!("{} €", cents(closing.net_cents))));
    items.push(total_row("TOTAL TTC", closing.total_cents));
    items.push(Item::Rule);
    items.push(Item::centred("Encaissements", Style::BOLD));
    for line in &closing.means {
        items.push(Item::row(format!("{} ({})", line.means, line.count), cents(line.cents)));
    }
    if let Some(cash) = &closing.cash {
        items.push(Item::Rule);
        drawer(&mut items, cash);
    }
    items.push(Item::Rule);
    let counts = closing.counts.iter();
    items.extend(counts.map(|it| Item::row(&it.label, it.count.to_string())));
    let open = closing.open_orders;
    items.push(Item::row(format!("Commandes ouvertes ({})", open.count), cents(open.cents)));
    if !closing.perpetual.is_empty() {
        items.push(Item::Rule);
        let totals = closing.perpetual.iter();
        items.extend(totals.map(|it| bold_row(&it.label, cents(it.cents))));
    }
    items.push(Item::Rule);
    foot(&mut items, closing);
    end(&mut items);
    Document::new(items)
}

fn head(items: &mut Vec<Item>, closing: &ClosingPaper) {
    let title = match closing.kind {
        ClosingKind::X => "LECTURE X",
        ClosingKind::Day => "CLÔTURE Z",
        ClosingKind::Month => "CLÔTURE MENSUELLE",
        ClosingKind::Year => "CLÔTURE ANNUELLE",
        ClosingKind::Supplementary => "CLÔTURE COMPLÉMENTAIRE",
    };
    items.push(Item::centred(title, Style::BOLD_LARGE));
    seller(items, &closing.seller);
    items.push(Item::Rule);
    if let Some(number) = &closing.number {
        items.push(bold_row("Clôture n°", number));
    }
    items.push(bold_row("Période", &closing.period));
    items.push(Item::row(format!("Caisse {}", closing.till), &closing.moment));
    items.push(Item::text(format!("Opérateur {}", closing.operator)));
    if let Some((first, last)) = &closing.tickets {
        items.push(Item::row("Premier ticket", first));
        items.push(Item::row("Dernier ticket", last));
    }
}

fn drawer(items: &mut Vec<Item>, cash: &CashCount) {
    items.push(Item::centred("Tiroir-caisse", Style::BOLD));
    items.push(Item::row("Fond de caisse", cents(cash.float_cents)));
    items.extend(cash.movements.iter().map(|it| Item::row(&it.label, cents(it.cents))));
    items.push(Item::row("Attendu", cents(cash.expected_cents)));
    if let Some(counted) = cash.counted_cents {
        items.push(Item::row("Compté", cents(counted)));
    }
    if let Some(difference) = cash.difference_cents {
        items.push(bold_row("Écart", cents(difference)));
    }
}

fn foot(items: &mut Vec<Item>, closing: &ClosingPaper) {
    let seal = match &closing.signature_extract {
        Some(extract) => format!("{} - signature {extract}", closing.software),
        None => closing.software.clone(),
    };
    items.push(Item::centred(seal, Style::PLAIN));
    match closing.kind {
        ClosingKind::X => {
            items.push(Item::centred("Lecture seule – ne vaut pas clôture", Style::BOLD));
        }
        ClosingKind::Day | ClosingKind::Month | ClosingKind::Year | ClosingKind::Supplementary => {}
    }
}
