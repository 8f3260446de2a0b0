//! What an order comes to before it is paid: the provisional document, and the note that the law wants
//! handed over before a service of 25 € is paid (rule RCP-03; arrêté 83-50/A of 3 October 1983).

use super::{bold_row, end};
use crate::print::document::{Document, Item, Style};
use crate::print::figures::cents;
use crate::print::receipt::{
    Amount, OrderReference, ReceiptLine, Seller, VatLine, seller, sold, total_row, vat,
};

/// Which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoteKind {
    /// So that somebody can check what he ordered: no ticket, and says so.
    Provisional,
    /// The note of a service.
    Note,
}

/// What a note or a provisional document says. Amounts are in cents and include VAT unless said
/// otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotePaper {
    /// Which of the two.
    pub kind: NoteKind,
    /// Its own number: provisional documents are counted. None where it has none.
    pub number: Option<String>,
    /// Who provides.
    pub seller: Seller,
    /// Of the service, in the shop's own time: "17/07/2026 19:42".
    pub moment: String,
    /// Where the service is: "Table 4", "OC Pizza Croix-Rousse".
    pub place: String,
    /// The customer's name, unless there is an objection to having it there.
    pub customer: Option<String>,
    /// The order.
    pub order: OrderReference,
    /// "C1".
    pub till: String,
    /// Who made it, by code and never by name.
    pub operator: String,
    /// What was ordered.
    pub lines: Vec<ReceiptLine>,
    /// Discounts on the whole; their amounts are below zero.
    pub discounts: Vec<Amount>,
    /// VAT, by rate.
    pub vat: Vec<VatLine>,
    /// Total without VAT.
    pub net_cents: i64,
    /// Total with VAT: what is to pay.
    pub total_cents: i64,
    /// "OC Pizza 1.0.0", with the version of its fiscal part.
    pub software: String,
}

/// The paper.
#[must_use]
pub fn document(note: &NotePaper) -> Document {
    let mut items = Vec::new();
    head(&mut items, note.kind);
    seller(&mut items, &note.seller);
    items.push(Item::Rule);
    if let Some(number) = &note.number {
        items.push(Item::row("Document n°", number));
    }
    items.push(Item::row(format!("Caisse {}", note.till), &note.moment));
    items.push(Item::text(format!("Opérateur {}", note.operator)));
    items.push(bold_row(format!("Commande {}", note.order.number), &note.order.mode));
    items.push(Item::text(format!("Lieu de la prestation : {}", note.place)));
    if let Some(customer) = &note.customer {
        items.push(Item::text(format!("Client : {customer}")));
    }
    items.push(Item::Rule);
    note.lines.iter().for_each(|line| sold(&mut items, line));
    items.push(Item::Rule);
    items.extend(note.discounts.iter().map(|it| Item::row(&it.label, cents(it.cents))));
    items.push(Item::row("Total HT", format!("{} €", cents(note.net_cents))));
    items.push(total_row("TOTAL TTC", note.total_cents));
    items.push(Item::Rule);
    vat(&mut items, &note.vat);
    items.push(Item::Rule);
    items.push(Item::centred(&note.software, Style::PLAIN));
    if note.kind == NoteKind::Provisional {
        items.push(Item::centred(PROVISIONAL, Style::BOLD));
        items.push(Item::centred(NO_TICKET, Style::BOLD));
    }
    end(&mut items);
    Document::new(items)
}

const PROVISIONAL: &str = "DOCUMENT PROVISOIRE";
const NO_TICKET: &str = "ne vaut pas ticket";

fn head(items: &mut Vec<Item>, kind: NoteKind) {
    match kind {
        NoteKind::Provisional => {
            items.push(Item::centred(format!("{PROVISIONAL} – {NO_TICKET}"), Style::BOLD_TALL));
        }
        NoteKind::Note => items.push(Item::centred("NOTE", Style::BOLD_LARGE)),
    }
    items.push(Item::Rule);
}
