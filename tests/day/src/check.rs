//! Whether tickets, closings, archives and exports say the same. Everything is summed again from the
//! documents' own bytes: nothing of the till's arithmetic is used.

mod exports;

use crate::leave;
use crate::raw::{self, CLOSING, EVENT, INVOICE, Raw, TICKET, int, list, text};
use anyhow::{Context as _, Result, ensure};
use fiscal::Money;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Tickets, credit notes and corrections, but training's.
    pub tickets: usize,
    /// Closings of days, months and years.
    pub closings: usize,
    /// Archives.
    pub archives: usize,
    /// Files of exports.
    pub exports: usize,
    /// What all tickets come to.
    pub total: Money,
}

/// Amounts by a name.
pub(crate) type Sums = BTreeMap<String, i64>;

/// Checks everything.
pub(crate) fn check(folder: &Path, documents: &[Raw]) -> Result<Checked> {
    each_series(documents)?;
    for ticket in documents.iter().filter(|it| it.kind == TICKET) {
        adds_up(ticket).with_context(|| ticket.number.clone())?;
    }
    perpetual(documents)?;
    let closings: Vec<&Raw> = documents.iter().filter(|it| it.kind == CLOSING).collect();
    for closing in &closings {
        closes(closing, documents).with_context(|| closing.number.clone())?;
    }
    let live = || documents.iter().filter(|it| !it.is_training());
    let tickets: Vec<&Raw> = live().filter(|it| it.kind == TICKET).collect();
    let total: i64 = tickets.iter().map(|it| it.int("/total_ttc")).sum();
    let days = closings.iter().filter(|it| it.text("/period") == "J" && !it.is_training());
    let closed: i64 = days.map(|it| it.int("/tally/total")).sum();
    ensure!(total == closed, "tickets come to {total}, their closings to {closed}");
    of_november(&closings)?;
    let archives = archived(folder, documents)?;
    let exports = exports::check(&folder.join(leave::TILL), documents)?;
    let total = Money::from_cents(total);
    Ok(Checked { tickets: tickets.len(), closings: closings.len(), archives, exports, total })
}

/// Each series has places 1, 2, 3 …
fn each_series(documents: &[Raw]) -> Result<()> {
    let mut last: BTreeMap<(&str, i64), i64> = BTreeMap::new();
    for it in documents {
        let place = last.entry((&it.journal, it.kind)).or_insert(0);
        *place += 1;
        ensure!(it.int("/seq") == *place, "{} is at {place} of its series", it.number);
    }
    Ok(())
}

/// Lines, rates and payments of a ticket come to its total, and its tax is what the rates say.
fn adds_up(ticket: &Raw) -> Result<()> {
    let total = ticket.int("/total_ttc");
    let sum =
        |of: &str, member: &str| -> i64 { ticket.list(of).iter().map(|it| int(it, member)).sum() };
    ensure!(sum("/payments", "/amount") == total, "payments");
    ensure!(sum("/vat", "/ttc") == total && sum("/lines", "/ttc") == total, "lines or rates");
    ensure!(sum("/vat", "/ht") + sum("/vat", "/vat") == total, "tax");
    let mut by_rate: BTreeMap<i64, i64> = BTreeMap::new();
    for line in ticket.list("/lines") {
        *by_rate.entry(int(line, "/vat_bp")).or_default() += int(line, "/ttc");
    }
    for row in ticket.list("/vat") {
        let (rate, ttc) = (int(row, "/vat_bp"), int(row, "/ttc"));
        ensure!(by_rate.get(&rate) == Some(&ttc), "lines at {rate}");
        let exact = (2 * ttc.abs() * rate + 10_000 + rate) / (2 * (10_000 + rate));
        let given_back = ticket.text("/type") == "AVOIR";
        // A part of a line taken back may differ by a cent from what the whole would give.
        let bound = i64::from(given_back);
        ensure!((int(row, "/vat").abs() - exact).abs() <= bound, "tax at {rate}");
    }
    Ok(())
}

/// The perpetual totals that each ticket signs are the sums of all before it and its own.
fn perpetual(documents: &[Raw]) -> Result<()> {
    let mut sums: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for ticket in documents.iter().filter(|it| it.kind == TICKET) {
        let sum = sums.entry(&ticket.journal).or_default();
        sum.0 += ticket.int("/total_ttc");
        sum.1 += ticket.int("/total_ttc").abs();
        let mut fields = ticket.base.split(',').skip(5).map(str::parse);
        let (algebraic, absolute) = (fields.next(), fields.next());
        ensure!(
            algebraic == Some(Ok(sum.0)) && absolute == Some(Ok(sum.1)),
            "{} signs other perpetual totals than {sum:?}",
            ticket.number
        );
    }
    Ok(())
}

/// A closing's figures are those of the documents in its span.
fn closes(closing: &Raw, documents: &[Raw]) -> Result<()> {
    let span = closing.list("/spans").first().context("a span")?;
    let (from, to) = (int(span, "/from"), int(span, "/to"));
    let in_span = |it: &&Raw| it.journal == closing.journal && (from..=to).contains(&it.seq);
    let of = |kind: i64| documents.iter().filter(in_span).filter(move |it| it.kind == kind);
    let tally = closing.says.get("tally").context("figures")?;

    let sum = |of: &dyn Fn(&&Raw) -> bool| -> (i64, i64) {
        let tickets = documents.iter().filter(in_span).filter(|it| it.kind == TICKET && of(it));
        tickets.fold((0, 0), |(count, sum), it| (count + 1, sum + it.int("/total_ttc")))
    };
    let counted = |name: &str| {
        (int(tally, &format!("/{name}/count")), int(tally, &format!("/{name}/amount")))
    };
    for (name, kind) in [("sales", "VENTE"), ("credit_notes", "AVOIR")] {
        let found = sum(&|it| it.text("/type") == kind);
        ensure!(found == counted(name), "{name}: {found:?}");
    }
    ensure!(sum(&|_| true).1 == int(tally, "/total"), "total");
    let corrections = sum(&|it| it.text("/type") == "CORRECTION_PAIEMENT").0;
    ensure!(corrections == int(tally, "/corrections"), "corrections");
    let invoices = i64::try_from(of(INVOICE).count())?;
    ensure!(invoices == int(tally, "/invoices"), "invoices");

    let (mut means, mut rates) = (Sums::new(), Sums::new());
    for ticket in of(TICKET) {
        for payment in ticket.list("/payments") {
            *means.entry(text(payment, "/means").to_owned()).or_default() +=
                int(payment, "/amount");
        }
        for row in ticket.list("/vat") {
            for member in ["ht", "vat", "ttc"] {
                let name = format!("{} {member}", int(row, "/vat_bp"));
                *rates.entry(name).or_default() += int(row, &format!("/{member}"));
            }
        }
    }
    let told = told(tally);
    means.retain(|_, amount| *amount != 0);
    rates.retain(|_, amount| *amount != 0);
    ensure!((&means, &rates) == (&told.0, &told.1), "{means:?} {rates:?}, told {told:?}");

    let moved = |code: &str| -> (i64, i64) {
        let events = of(EVENT).filter(|it| it.text("/code") == code);
        events.fold((0, 0), |(count, sum), it| (count + 1, sum + it.int("/data/amount")))
    };
    let names = [
        ("cash_in", "CASH_IN"),
        ("cash_out", "CASH_OUT"),
        ("cancelled_orders", "ORDER_CANCEL"),
        ("cancelled_lines", "LINE_CANCEL"),
    ];
    for (name, code) in names {
        ensure!(moved(code) == counted(name), "{name}: {:?}", moved(code));
    }
    if closing.text("/period") == "J" {
        let cash = means.get("ESPECES").copied().unwrap_or(0);
        drawer(closing, cash + moved("CASH_IN").1 - moved("CASH_OUT").1)?;
    }
    Ok(())
}

/// What a closing says by means and by rate.
fn told(tally: &Value) -> (Sums, Sums) {
    let means = list(tally, "/means").iter();
    let means = means.map(|it| (text(it, "/means").to_owned(), int(it, "/amount")));
    let rates = list(tally, "/vat").iter().flat_map(|row| {
        ["ht", "vat", "ttc"].map(|member| {
            (format!("{} {member}", int(row, "/vat_bp")), int(row, &format!("/{member}")))
        })
    });
    let some = |it: &(String, i64)| it.1 != 0;
    (means.filter(some).collect(), rates.filter(some).collect())
}

/// What should be in the drawer is the float and what was put in since.
fn drawer(closing: &Raw, moved: i64) -> Result<()> {
    let theoretical = closing.int("/drawer/float") + moved;
    ensure!(closing.int("/drawer/theoretical") == theoretical, "drawer: {theoretical}");
    if let Some(counted) = closing.says.pointer("/drawer/counted").and_then(Value::as_i64) {
        let difference = counted - theoretical;
        ensure!(closing.int("/drawer/difference") == difference, "difference: {difference}");
    }
    Ok(())
}

/// November is the sum of its days.
fn of_november(closings: &[&Raw]) -> Result<()> {
    let sum: i64 = closings
        .iter()
        .filter(|it| it.text("/period") == "J" && it.text("/label").starts_with("2026-11-"))
        .filter(|it| !it.is_training())
        .map(|it| it.int("/tally/total"))
        .sum();
    let month = closings
        .iter()
        .find(|it| it.text("/period") == "M" && it.text("/label") == "2026-11")
        .context("November was not closed")?;
    ensure!(month.int("/tally/total") == sum, "November is not the sum of its days");
    Ok(())
}

/// Each archive's turnover is that of the tickets in its spans, and its file has the hash it names.
fn archived(folder: &Path, documents: &[Raw]) -> Result<usize> {
    let archives = documents.iter().filter(|it| it.kind == raw::ARCHIVE);
    let mut count = 0;
    for archive in archives {
        let spans = archive.list("/spans");
        let is_in = |it: &&Raw| {
            spans.iter().any(|span| {
                text(span, "/journal") == it.journal
                    && (int(span, "/from")..=int(span, "/to")).contains(&it.seq)
            })
        };
        let tickets = documents.iter().filter(|it| it.kind == TICKET && !it.is_training());
        let sum: i64 = tickets.filter(is_in).map(|it| it.int("/total_ttc")).sum();
        ensure!(archive.int("/total_ttc") == sum, "{}: {sum}", archive.number);
        let name = archive.text("/file");
        ensure!(
            leave::files(&folder.join(leave::TILL))?.iter().any(|it| it.ends_with(name)),
            "{name} is not there"
        );
        count += 1;
    }
    ensure!(0 < count, "nothing was archived");
    Ok(count)
}
