//! The sales journal: a line a ticket, credit note or correction, as CSV (`;`, UTF-8 with its mark,
//! decimal comma, ISO dates). Its columns of rates are the rates that the period has.

use super::text::{amount, field, rate};
use super::{ExportFile, NoExport, Source};
use fiscal::Money;
use fiscal::ticket::{Channel, Document, DocumentRate, Means};
use fiscal::vat::{Mode, Rate};
use std::collections::BTreeSet;

/// The means, in the order of the columns.
const MEANS: [(Means, &str); 7] = [
    (Means::Cash, "especes"),
    (Means::Card, "carte"),
    (Means::MealVoucher, "titre_restaurant"),
    (Means::MealVoucherCard, "carte_titre_restaurant"),
    (Means::Cheque, "cheque"),
    (Means::Receivable, "creance"),
    (Means::Staff, "repas_du_personnel"),
];

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
    let rates: BTreeSet<Rate> = tickets().flat_map(|it| &it.vat).map(|it| it.vat_bp).collect();

    let mut columns: Vec<String> =
        ["date", "heure", "numero", "type", "ticket_origine", "cloture", "caisse", "commande"]
            .into_iter()
            .chain(["mode", "canal", "operateur"])
            .map(str::to_owned)
            .collect();
    for of in &rates {
        columns.extend(["ht", "tva"].map(|it| format!("{it}_{}", rate(*of))));
    }
    columns.extend(["total_ht", "total_tva", "total_ttc"].map(str::to_owned));
    columns.extend(MEANS.map(|(_, name)| name.to_owned()));
    let mut text = format!("\u{feff}{}\r\n", columns.join(";"));
    for (_, it) in &closed {
        for ticket in &it.tickets {
            let fields = line(ticket, &it.closing.head.number, &rates);
            let fields: Vec<String> = fields.iter().map(|it| field(it, ';')).collect();
            text.push_str(&fields.join(";"));
            text.push_str("\r\n");
        }
    }
    let name = format!("ventes_{}_{}_{}.csv", source.siret, source.from.iso(), source.to.iso());
    Ok(ExportFile { name, bytes: text.into_bytes() })
}

fn line(ticket: &Document, closing: &str, rates: &BTreeSet<Rate>) -> Vec<String> {
    let time = ticket.local.split_once('T').map_or("", |(_, time)| time);
    let original = ticket.original.as_ref().map_or("", |it| &it.ticket_no);
    let mut fields: Vec<String> = vec![
        ticket.business_date.iso(),
        time.to_owned(),
        ticket.ticket_no.clone(),
        ticket.operation.code().to_owned(),
        original.to_owned(),
        closing.to_owned(),
        ticket.till.clone(),
        ticket.order.clone(),
        mode(ticket.mode).to_owned(),
        channel(ticket.channel).to_owned(),
        ticket.operator.clone(),
    ];
    for rate in rates {
        let of: Option<&DocumentRate> = ticket.vat.iter().find(|it| it.vat_bp == *rate);
        fields.push(of.map_or_else(String::new, |it| amount(it.ht)));
        fields.push(of.map_or_else(String::new, |it| amount(it.vat)));
    }
    fields.extend([ticket.total_ht, ticket.total_vat, ticket.total_ttc].map(amount));
    for (means, _) in MEANS {
        let paid = ticket.payments.iter().filter(|it| it.means == means);
        let paid = paid.fold(Money::ZERO, |sum, it| sum.saturating_add(it.amount));
        fields.push(if paid == Money::ZERO { String::new() } else { amount(paid) });
    }
    fields
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::OnSite => "SUR_PLACE",
        Mode::TakeAway => "EMPORTER",
        Mode::Delivery => "LIVRAISON",
    }
}

const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => "COMPTOIR",
        Channel::Phone => "TELEPHONE",
        Channel::Web => "WEB",
        Channel::Platform => "PLATEFORME",
    }
}
