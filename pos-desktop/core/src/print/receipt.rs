//! What a ticket's paper carries, and in what order.
//!
//! The words on the paper are French, and follow rule RCP-02 of the file on the law: seller, ticket
//! number, till, moment, operator, kind of operation, order, lines with quantity, unit price and
//! discounts, total, VAT by rate, payments and change, number of lines, software, an extract of the
//! signature, and the copy's number on a copy. All of it is given: nothing is computed here, so that
//! a copy can only say what the sealed ticket says.

use super::document::{Align, Document, Item, Style};
use super::figures::{cents, quantity, rate};

/// All a ticket's paper says. Amounts are in cents and include VAT unless said otherwise; texts are
/// as the sealed ticket has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptContent {
    /// Who sells.
    pub seller: Seller,
    /// "P01-C1-2026-000001".
    pub ticket_number: String,
    /// "C1".
    pub till: String,
    /// The moment of the sale in the shop's own time: "17/07/2026 19:42:05".
    pub moment: String,
    /// Who took the money, by code and never by name.
    pub operator: String,
    /// "VENTE", "AVOIR", "CORRECTION DE PAIEMENT".
    pub operation: String,
    /// The ticket that this one takes back or corrects.
    pub original: Option<Original>,
    /// The order it pays, where there is one.
    pub order: Option<OrderReference>,
    /// What was sold. None on a correction of payments, which then shows no total either.
    pub lines: Vec<ReceiptLine>,
    /// Discounts on the whole ticket; their amounts are below zero.
    pub discounts: Vec<Amount>,
    /// What is to pay.
    pub total_cents: i64,
    /// VAT, by rate.
    pub vat: Vec<VatLine>,
    /// How it was paid.
    pub payments: Vec<Payment>,
    /// Handed back in cash; 0 where nothing was.
    pub change_cents: i64,
    /// "OC Pizza 1.0.0", with the version of its fiscal part.
    pub software: String,
    /// The four characters of the signature that are printed.
    pub signature_extract: String,
    /// Which copy this is; none on the original.
    pub copy: Option<CopyMark>,
    /// Where the customer finds this ticket on the web, printed as a QR code.
    pub link: Option<String>,
    /// A last line: "Merci et à bientôt".
    pub greeting: Option<String>,
}

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// What is over the door.
    pub shop: String,
    /// Name and form of the company: "OC PIZZA SAS".
    pub legal_entity: String,
    /// Street, then postcode and town.
    pub address: Vec<String>,
    /// Nine digits.
    pub siren: String,
    /// The register it is in: "Lyon".
    pub rcs: String,
    /// Fourteen digits.
    pub siret: String,
    /// "5610C".
    pub naf: String,
    /// "FR32123456789".
    pub vat_number: String,
}

/// The order a ticket pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderReference {
    /// As called out at the counter.
    pub number: String,
    /// "À EMPORTER", "LIVRAISON", "SUR PLACE".
    pub mode: String,
}

/// The ticket that a credit note or a correction is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its number.
    pub ticket_number: String,
    /// The business day it counted in: "17/07/2026".
    pub day: String,
    /// Why it is taken back or corrected, in the words of the list it was chosen from.
    pub reason: Option<String>,
}

/// One thing sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptLine {
    /// In thousandths: 2 pizzas are 2,000; below zero where they are given back.
    pub quantity_thousandths: i64,
    /// "Margherita 33 cm".
    pub label: String,
    /// What it was made with and without: "sans basilic".
    pub details: Vec<String>,
    /// The price of one.
    pub unit_cents: i64,
    /// Quantity times price, before the discounts.
    pub amount_cents: i64,
    /// Discounts on this line; their amounts are below zero.
    pub discounts: Vec<Amount>,
}

/// A reason and an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// "Remise fidélité 10 %".
    pub label: String,
    /// In cents.
    pub cents: i64,
}

/// VAT at one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VatLine {
    /// In hundredths of a percent: 5.5 % is 550.
    pub rate_basis_points: u16,
    /// Without VAT.
    pub net_cents: i64,
    /// The VAT.
    pub vat_cents: i64,
    /// With VAT.
    pub gross_cents: i64,
}

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// "Espèces", "Carte bancaire".
    pub means: String,
    /// What was handed over.
    pub tendered_cents: i64,
}

/// That this paper is not the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyMark {
    /// 1 for the first copy.
    pub number: u32,
    /// When it was made, in the shop's own time.
    pub moment: String,
}

/// The ticket's paper.
#[must_use]
pub fn document(content: &ReceiptContent) -> Document {
    let mut items = Vec::new();
    seller(&mut items, &content.seller);
    items.push(Item::Rule);
    heading(&mut items, content);
    items.push(Item::Rule);
    if !content.lines.is_empty() {
        content.lines.iter().for_each(|line| sold(&mut items, line));
        items.push(Item::Rule);
    }
    total(&mut items, content);
    items.push(Item::Rule);
    if !content.vat.is_empty() {
        vat(&mut items, &content.vat);
        items.push(Item::Rule);
    }
    footer(&mut items, content);
    items.push(Item::Feed { lines: 1 });
    items.push(Item::Cut);
    Document::new(items)
}

pub(super) fn seller(items: &mut Vec<Item>, seller: &Seller) {
    items.push(Item::centred(&seller.shop, Style::BOLD_LARGE));
    items.push(Item::centred(&seller.legal_entity, Style::PLAIN));
    items.extend(seller.address.iter().map(|line| Item::centred(line, Style::PLAIN)));
    let legal = [
        format!("SIREN {} - RCS\u{a0}{}", seller.siren, seller.rcs),
        format!("SIRET {} - NAF\u{a0}{}", seller.siret, seller.naf),
        format!("TVA {}", seller.vat_number),
    ];
    items.extend(legal.into_iter().map(|line| Item::centred(line, Style::PLAIN)));
}

fn heading(items: &mut Vec<Item>, content: &ReceiptContent) {
    if let Some(copy) = &content.copy {
        let mark = format!("DUPLICATA n° {}", copy.number);
        items.push(Item::centred(mark, Style::BOLD_TALL));
        items.push(Item::centred(format!("édité le {}", copy.moment), Style::PLAIN));
    }
    items.push(Item::row(format!("{} n°", content.operation), &content.ticket_number));
    if let Some(original) = &content.original {
        items.push(Item::row("Sur le ticket n°", &original.ticket_number));
        items.push(Item::row("du", &original.day));
        if let Some(reason) = &original.reason {
            items.push(Item::text(format!("Motif : {reason}")));
        }
    }
    items.push(Item::row(format!("Caisse {}", content.till), &content.moment));
    items.push(Item::text(format!("Opérateur {}", content.operator)));
    if let Some(order) = &content.order {
        items.push(Item::Row {
            label: format!("Commande {}", order.number),
            amount: order.mode.clone(),
            style: Style::BOLD,
            indent: 0,
            hang: 2,
        });
    }
}

pub(super) fn sold(items: &mut Vec<Item>, line: &ReceiptLine) {
    let quantity = quantity(line.quantity_thousandths);
    let label = format!("{quantity} x {}", line.label);
    // What goes on below stands under the label, not under the quantity.
    let hang = u8::try_from(quantity.chars().count() + 3).unwrap_or(u8::MAX);
    let under =
        |text: String| Item::Text { text, align: Align::Left, style: Style::PLAIN, indent: hang };

    let amount = cents(line.amount_cents);
    items.push(Item::Row { label, amount, style: Style::PLAIN, indent: 0, hang });
    items.extend(line.details.iter().map(|detail| under(detail.clone())));
    items.push(under(format!("{} l'unité", cents(line.unit_cents))));
    for discount in &line.discounts {
        items.push(Item::Row {
            label: discount.label.clone(),
            amount: cents(discount.cents),
            style: Style::PLAIN,
            indent: hang,
            hang,
        });
    }
}

fn total(items: &mut Vec<Item>, content: &ReceiptContent) {
    items.extend(content.discounts.iter().map(|it| Item::row(&it.label, cents(it.cents))));
    if !content.lines.is_empty() {
        items.push(total_row("TOTAL TTC", content.total_cents));
    }
    for payment in &content.payments {
        items.push(Item::row(&payment.means, cents(payment.tendered_cents)));
    }
    if content.change_cents != 0 {
        items.push(Item::row("Rendu", cents(content.change_cents)));
    }
    if !content.lines.is_empty() {
        items.push(Item::row("Nombre de lignes", content.lines.len().to_string()));
    }
}

/// The amount that is looked for first.
pub(super) fn total_row(label: &str, total_cents: i64) -> Item {
    Item::Row {
        label: label.to_owned(),
        amount: format!("{} €", cents(total_cents)),
        style: Style::BOLD_TALL,
        indent: 0,
        hang: 2,
    }
}

pub(super) fn vat(items: &mut Vec<Item>, vat: &[VatLine]) {
    let cells = |cells: [&str; 4]| Item::Cells { cells: cells.map(str::to_owned).to_vec() };
    items.push(cells(["TVA", "HT", "TVA", "TTC"]));
    for line in vat {
        let (net, vat, gross) =
            (cents(line.net_cents), cents(line.vat_cents), cents(line.gross_cents));
        items.push(cells([&rate(line.rate_basis_points), &net, &vat, &gross]));
    }
}

fn footer(items: &mut Vec<Item>, content: &ReceiptContent) {
    if let Some(link) = &content.link {
        items.push(Item::Qr { data: link.clone() });
    }
    if let Some(greeting) = &content.greeting {
        items.push(Item::centred(greeting, Style::PLAIN));
    }
    let seal = format!("{} - signature {}", content.software, content.signature_extract);
    items.push(Item::centred(seal, Style::PLAIN));
}

/// A paper that shows whether a printer is set up well: its characters, its width, its blade.
#[must_use]
pub fn test_document(shop: &str, moment: &str) -> Document {
    Document::new(vec![
        Item::centred(shop, Style::BOLD_LARGE),
        Item::centred("Essai d'impression", Style::BOLD),
        Item::centred(moment, Style::PLAIN),
        Item::Rule,
        Item::text("Lettres : à â ç é è ê ë î ï ô œ ù û ü ÿ"),
        Item::text("Capitales : À Â Ç É È Ê Ë Î Ï Ô Œ Ù Û Ü Ÿ"),
        Item::text("Signes : € ° « » ' - – … × ½ @ # [ ] { } \\ | ~"),
        Item::row("Bord droit", "1 234,50"),
        Item::Rule,
        Item::Feed { lines: 1 },
        Item::Cut,
    ])
}
