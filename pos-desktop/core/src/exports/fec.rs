//! Accounting entries of the sales, in the layout of the « fichier des écritures comptables » (LPF
//! art. L. 47 A and A. 47 A-1): one entry a closing, so one a day and till. It is an extract, to be
//! taken over into the accounts, which the till does not keep.
//!
//! Fields are separated by tabs, lines end with CR LF, and the text is ISO 8859-15, which the article
//! names and UTF-8 it does not. Entries are numbered from 1 within the file.

use super::accounts::{Account, Plan};
use super::text::{amount, compact, field, latin_9};
use super::{Closed, ExportFile, NoExport, Source};
use fiscal::Money;
use fiscal::closing::Closing;
use fiscal::ticket::DELIVERY_FEE;
use fiscal::time::Date;
use fiscal::vat::{Mode, Rate};
use std::collections::BTreeMap;

/// The columns, in the order of the article.
const COLUMNS: [&str; 18] = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
];

/// Amounts by account: above 0 debit, below 0 credit. Debits come first, each by account.
#[derive(Debug, Default)]
struct Entry {
    debits: BTreeMap<Account, Money>,
    credits: BTreeMap<Account, Money>,
}

impl Entry {
    /// Puts an amount on the debit side; one below 0 goes to the other side.
    fn debit(&mut self, account: Account, money: Money) {
        let (side, size) = if money.is_negative() {
            (&mut self.credits, Money::ZERO.saturating_sub(money))
        } else {
            (&mut self.debits, money)
        };
        if size != Money::ZERO {
            let sum = side.entry(account).or_insert(Money::ZERO);
            *sum = sum.saturating_add(size);
        }
    }

    fn credit(&mut self, account: Account, money: Money) {
        self.debit(account, Money::ZERO.saturating_sub(money));
    }

    fn is_balanced(&self) -> bool {
        let sum = |side: &BTreeMap<Account, Money>| {
            side.values().try_fold(Money::ZERO, |sum, it| sum.checked_add(*it))
        };
        sum(&self.debits).is_some() && sum(&self.debits) == sum(&self.credits)
    }
}

/// The file: `SIRENFECAAAAMMJJ.txt`, named after the last day.
///
/// # Errors
///
/// [`NoExport::Nothing`], or [`NoExport::Unbalanced`] for a closing that is not sound.
pub fn file(source: &Source, plan: &Plan) -> Result<ExportFile, NoExport> {
    let mut text = COLUMNS.join("\t");
    text.push_str("\r\n");
    let mut number = 0_u64;
    for (day, closed) in source.in_order() {
        let entry = entry(closed, plan);
        if !entry.is_balanced() {
            return Err(NoExport::Unbalanced(closed.closing.head.number.clone()));
        }
        if entry.debits.is_empty() {
            continue;
        }
        number += 1;
        let sides = entry.debits.iter().map(|(account, money)| (account, *money, Money::ZERO));
        let credits = entry.credits.iter().map(|(account, money)| (account, Money::ZERO, *money));
        for (account, debit, credit) in sides.chain(credits) {
            text.push_str(&line(number, day, &closed.closing, plan, account, (debit, credit)));
        }
    }
    if number == 0 {
        return Err(NoExport::Nothing);
    }
    let name = format!("{}FEC{}.txt", source.siren, compact(source.to));
    Ok(ExportFile { name, bytes: latin_9(&text) })
}

/// A closing's entry.
fn entry(closed: &Closed, plan: &Plan) -> Entry {
    let tally = &closed.closing.tally;
    let mut entry = Entry::default();
    let fees = fees(closed);
    for of in &tally.by_mode {
        let rate = of.rate.vat_bp;
        let fee = fees.get(&(of.mode, rate)).copied().unwrap_or(Money::ZERO);
        entry.credit(plan.turnover(of.mode).at(rate), of.rate.ht.saturating_sub(fee));
        entry.credit(plan.delivery_fee.at(rate), fee);
        entry.credit(plan.vat.at(rate), of.rate.vat);
    }
    for paid in &tally.means {
        entry.debit(plan.means(paid.means).clone(), paid.amount);
    }
    entry.debit(plan.cash.clone(), tally.cash_in.amount);
    entry.credit(plan.cash_in.clone(), tally.cash_in.amount);
    entry.debit(plan.cash_out.clone(), tally.cash_out.amount);
    entry.credit(plan.cash.clone(), tally.cash_out.amount);
    let difference = closed.closing.drawer.and_then(|it| it.difference).unwrap_or(Money::ZERO);
    let account = if difference.is_negative() { &plan.short } else { &plan.over };
    entry.debit(plan.cash.clone(), difference);
    entry.credit(account.clone(), difference);
    entry
}

/// The fees for delivering, tax excluded, which are part of the turnover by mode and rate.
fn fees(closed: &Closed) -> BTreeMap<(Mode, Rate), Money> {
    let mut fees = BTreeMap::new();
    for ticket in &closed.tickets {
        for line in ticket.lines.iter().filter(|it| it.sku == DELIVERY_FEE) {
            let sum = fees.entry((ticket.mode, line.vat_bp)).or_insert(Money::ZERO);
            *sum = sum.saturating_add(line.net_ht);
        }
    }
    fees
}

fn line(
    number: u64,
    day: Date,
    closing: &Closing,
    plan: &Plan,
    account: &Account,
    (debit, credit): (Money, Money),
) -> String {
    let signed = closing.head.moment().local().date().max(day);
    let fields = [
        plan.journal.number.clone(),
        plan.journal.label.clone(),
        number.to_string(),
        compact(day),
        account.number.clone(),
        account.label.clone(),
        String::new(),
        String::new(),
        closing.head.number.clone(),
        compact(day),
        format!("Z {}", closing.head.number),
        amount(debit),
        amount(credit),
        String::new(),
        String::new(),
        compact(signed),
        String::new(),
        String::new(),
    ];
    let fields = fields.map(|it| field(&it, '\t'));
    format!("{}\r\n", fields.join("\t"))
}
