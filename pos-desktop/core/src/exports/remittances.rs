//! What is handed in for money: meal vouchers counted by business day and issuer, and every cheque with
//! its reference, as CSV (`;`, UTF-8 with its mark, decimal comma, ISO dates). What was given back or
//! corrected is taken off on the day on which that was done.

use super::text::{amount, field};
use super::{ExportFile, NoExport, Source};
use fiscal::Money;
use fiscal::ticket::{Document, Means, Payment};
use fiscal::time::Date;
use std::collections::BTreeMap;

const COLUMNS: &str = "date;type;emetteur;nombre;montant;valeur_faciale;reference;ticket";

/// Vouchers of one day, kind and issuer.
#[derive(Clone, Copy, Debug, Default)]
struct Pile {
    /// Paper vouchers, or payments by card.
    count: i64,
    /// What they paid.
    paid: Money,
    /// What they are worth: with what the customer left.
    face: Money,
}

/// The file.
///
/// # Errors
///
/// [`NoExport::Nothing`] where nothing was closed.
pub fn file(source: &Source) -> Result<ExportFile, NoExport> {
    if source.closed.is_empty() {
        return Err(NoExport::Nothing);
    }
    let closed = source.in_order();
    let tickets = || closed.iter().flat_map(|(_, it)| &it.tickets);
    let mut known: BTreeMap<&str, &Document> =
        source.originals.iter().map(|(number, it)| (number.as_str(), it)).collect();
    known.extend(tickets().map(|it| (it.ticket_no.as_str(), it)));

    let mut piles: BTreeMap<(Date, &str, String), Pile> = BTreeMap::new();
    let mut rows: Vec<(Date, &str, Vec<String>)> = Vec::new();
    for ticket in tickets() {
        let about = ticket.original.as_ref().and_then(|it| known.get(it.ticket_no.as_str()));
        for payment in &ticket.payments {
            let undone = about.and_then(|it| undone(it, payment));
            let count = if payment.amount.is_negative() { -1 } else { 1 };
            match payment.means {
                Means::Cheque => rows.push((
                    ticket.business_date,
                    "CHEQUE",
                    cheque(ticket, payment, undone, count),
                )),
                Means::MealVoucher => {
                    let issuer = issuer(payment, undone);
                    let pile = piles
                        .entry((ticket.business_date, "TITRE_RESTAURANT", issuer))
                        .or_default();
                    pile.add(payment, undone, count * i64::from(payment.vouchers));
                }
                Means::MealVoucherCard => {
                    let issuer = issuer(payment, undone);
                    let key = (ticket.business_date, "CARTE_TITRE_RESTAURANT", issuer);
                    piles.entry(key).or_default().add(payment, undone, count);
                }
                Means::Cash | Means::Card | Means::Staff | Means::Receivable => {}
            }
        }
    }
    rows.extend(piles.into_iter().filter(|(_, it)| !it.is_nothing()).map(
        |((date, kind, issuer), it)| {
            let [paid, face] = [it.paid, it.face].map(amount);
            let (none, count) = (String::new, it.count.to_string());
            (date, kind, vec![issuer, count, paid, face, none(), none()])
        },
    ));
    rows.sort_by_key(|(date, kind, _)| (*date, *kind));

    let mut text = format!("\u{feff}{COLUMNS}\r\n");
    for (date, kind, fields) in rows {
        let fields: Vec<String> = fields.iter().map(|it| field(it, ';')).collect();
        text.push_str(&format!("{};{kind};{}\r\n", date.iso(), fields.join(";")));
    }
    let name = format!("remises_{}_{}_{}.csv", source.siret, source.from.iso(), source.to.iso());
    Ok(ExportFile { name, bytes: text.into_bytes() })
}

impl Pile {
    fn add(&mut self, payment: &Payment, undone: Option<&Payment>, count: i64) {
        let left = undone.map_or(payment.forfeited, |it| -it.forfeited);
        self.count += count;
        self.paid = self.paid.saturating_add(payment.amount);
        self.face = self.face.saturating_add(payment.amount).saturating_add(left);
    }

    fn is_nothing(&self) -> bool {
        self.count == 0 && self.paid == Money::ZERO && self.face == Money::ZERO
    }
}

/// The payment that this one takes away whole.
fn undone<'a>(about: &'a Document, payment: &Payment) -> Option<&'a Payment> {
    about.payments.iter().find(|it| {
        it.means == payment.means
            && Money::ZERO < it.amount
            && it.amount.saturating_add(payment.amount) == Money::ZERO
            && (payment.issuer.is_none() || payment.issuer == it.issuer)
            && (payment.reference.is_none() || payment.reference == it.reference)
    })
}

/// Who issued it, as it was keyed in when it was taken.
fn issuer(payment: &Payment, undone: Option<&Payment>) -> String {
    let issuer = payment.issuer.as_ref().or_else(|| undone.and_then(|it| it.issuer.as_ref()));
    issuer.map_or_else(String::new, |it| field(it, ';'))
}

fn cheque(
    ticket: &Document,
    payment: &Payment,
    undone: Option<&Payment>,
    count: i64,
) -> Vec<String> {
    let reference =
        payment.reference.as_ref().or_else(|| undone.and_then(|it| it.reference.as_ref()));
    let sum = amount(payment.amount);
    vec![
        String::new(),
        count.to_string(),
        sum.clone(),
        sum,
        reference.cloned().unwrap_or_default(),
        ticket.ticket_no.clone(),
    ]
}
