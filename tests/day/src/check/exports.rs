//! Exports, read as an accountant's program would, against the documents.

use crate::leave;
use crate::raw::{CLOSING, INVOICE, Raw, TICKET, int, list, text};
use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Cents by day, `2026-11-30`.
type Days = BTreeMap<String, i64>;

/// Checks every export in the till's folder; answers how many files there are.
pub(super) fn check(folder: &Path, documents: &[Raw]) -> Result<usize> {
    let files = leave::files(folder)?;
    let named = |part: &str, end: &str| -> Result<PathBuf> {
        let is = |it: &&PathBuf| {
            let name = it.file_name().map(|it| it.to_string_lossy().into_owned());
            name.is_some_and(|it| it.contains(part) && it.ends_with(end))
        };
        files.iter().find(is).cloned().with_context(|| format!("no export {part}…{end}"))
    };
    let live = || documents.iter().filter(|it| !it.is_training());
    let mut days = Days::new();
    for closing in live().filter(|it| it.kind == CLOSING && it.text("/period") == "J") {
        *days.entry(closing.text("/label").to_owned()).or_default() += closing.int("/tally/total");
    }
    let tickets: Vec<&Raw> = live().filter(|it| it.kind == TICKET).collect();
    sales(&std::fs::read_to_string(named("ventes_", ".csv")?)?, &tickets).context("the sales")?;
    let fec = std::fs::read(named("FEC", ".txt")?)?;
    accounts(&fec, &days).context("the accounting entries")?;
    let reported = std::fs::read(named("ereporting_", ".json")?)?;
    let reported: Value = serde_json::from_slice(&reported)?;
    let invoices = live().filter(|it| it.kind == INVOICE);
    let to_companies: Vec<&Raw> = invoices.filter(|it| it.text("/buyer") == "ENTREPRISE").collect();
    reporting(&reported, &days, &to_companies).context("e-reporting")?;
    named("ereporting_", ".csv")?;
    Ok(4)
}

/// A line a ticket, each as it was signed.
fn sales(csv: &str, tickets: &[&Raw]) -> Result<()> {
    let mut lines = csv.trim_start_matches('\u{feff}').lines();
    let header: Vec<&str> = lines.next().context("a header")?.split(';').collect();
    let place = |name: &str| header.iter().position(|it| *it == name).context("a column");
    let (number, total, day) = (place("numero")?, place("total_ttc")?, place("date")?);
    let mut by_number: BTreeMap<&str, (i64, &str)> = BTreeMap::new();
    for line in lines {
        let fields: Vec<&str> = line.split(';').collect();
        let at = |place: usize| fields.get(place).copied().context("a field");
        by_number.insert(at(number)?, (cents(at(total)?)?, at(day)?));
    }
    ensure!(by_number.len() == tickets.len(), "{} lines", by_number.len());
    for ticket in tickets {
        let told = by_number.get(ticket.number.as_str()).context(ticket.number.clone())?;
        let signed = (ticket.int("/total_ttc"), ticket.text("/business_date"));
        ensure!(*told == signed, "{}: {told:?}, signed {signed:?}", ticket.number);
    }
    Ok(())
}

/// Each entry is balanced; turnover and tax of a day are the day's closing.
fn accounts(latin_9: &[u8], days: &Days) -> Result<()> {
    // Its figures and dates are ASCII: what else there is does not matter here.
    let text = String::from_utf8_lossy(latin_9);
    let (mut entries, mut sold) = (BTreeMap::<String, i64>::new(), Days::new());
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        ensure!(fields.len() == 18, "{} columns", fields.len());
        let (debit, credit) = (cents(fields[11])?, cents(fields[12])?);
        *entries.entry(fields[2].to_owned()).or_default() += debit - credit;
        let account = fields[4];
        if account.starts_with("70") || account.starts_with("4457") {
            let day = fields[3];
            ensure!(day.len() == 8, "a date");
            let day = format!("{}-{}-{}", &day[..4], &day[4..6], &day[6..]);
            *sold.entry(day).or_default() += credit - debit;
        }
    }
    ensure!(entries.values().all(|it| *it == 0), "unbalanced: {entries:?}");
    ensure!(sold == *days, "{sold:?}, closed {days:?}");
    Ok(())
}

/// Turnover by day is the closings', and what companies were invoiced is taken off.
fn reporting(told: &Value, days: &Days, invoices: &[&Raw]) -> Result<()> {
    let by_day = |origin: &str| -> Days {
        let mut sums = Days::new();
        for row in list(told, "/turnover").iter().filter(|it| text(it, "/origin") == origin) {
            ensure_day(&mut sums, row);
        }
        sums
    };
    let closed = by_day("CLOTURES");
    ensure!(closed == *days, "{closed:?}, closed {days:?}");
    let mut invoiced = Days::new();
    for it in invoices {
        *invoiced.entry(it.text("/business_date").to_owned()).or_default() -= it.int("/total_ttc");
    }
    let taken_off = by_day("FACTURES");
    ensure!(taken_off == invoiced, "{taken_off:?}, invoiced {invoiced:?}");
    Ok(())
}

fn ensure_day(sums: &mut Days, row: &Value) {
    *sums.entry(text(row, "/date").to_owned()).or_default() += int(row, "/ttc");
}

/// `-1234,56` in cents.
fn cents(text: &str) -> Result<i64> {
    let (euros, cents) = text.split_once(',').context("a decimal comma")?;
    ensure!(cents.len() == 2, "two decimals");
    Ok(format!("{euros}{cents}").parse()?)
}
