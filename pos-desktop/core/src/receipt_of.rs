//! From a signed ticket to what its paper carries. Everything is read from the sealed document and
//! nothing is computed, so that a copy says what the original said.

use crate::print::papers::note::{NoteKind, NotePaper};
use crate::print::receipt::{
    Amount, OrderReference, Original, Payment, ReceiptContent, ReceiptLine, Seller, VatLine,
};
use crate::store::StoreError;
use fiscal::Money;
use fiscal::copy::{Provisional, ProvisionalKind};
use fiscal::record::Record;
use fiscal::ticket::{Document, DocumentLine, DocumentRate, Issuer, Means, Operation, Ticket};
use fiscal::vat::Mode;
use pos_api::words;

/// What the paper of a ticket carries.
///
/// # Errors
///
/// [`StoreError::Broken`] where the signed document cannot be read.
pub(crate) fn ticket(ticket: &Ticket) -> Result<ReceiptContent, StoreError> {
    let document: Document = ticket.read().map_err(|_| StoreError::Broken("ticket"))?;
    let issuer = &document.issuer;
    Ok(ReceiptContent {
        seller: seller(issuer),
        ticket_number: document.ticket_no.clone(),
        till: document.till.clone(),
        moment: moment(&document.local),
        operator: document.operator.clone(),
        operation: operation(document.operation).to_owned(),
        order: Some(OrderReference {
            number: document.order.clone(),
            mode: mode(document.mode).to_owned(),
        }),
        original: document.original.as_ref().map(|original| Original {
            ticket_number: original.ticket_no.clone(),
            day: day(&original.business_date.iso()),
            reason: document.reason.as_deref().map(|it| words::correction(it).to_owned()),
        }),
        lines: document.lines.iter().map(|it| line(it, document.operation)).collect(),
        discounts: Vec::new(),
        total_cents: document.total_ttc.cents(),
        vat: document.vat.iter().map(vat).collect(),
        payments: document.payments.iter().flat_map(payments).collect(),
        change_cents: document.payments.iter().map(|payment| payment.change.cents()).sum(),
        software: software(issuer),
        signature_extract: ticket.extract(),
        copy: None,
        link: None,
        greeting: match document.operation {
            Operation::Sale => Some("Merci et à bientôt".to_owned()),
            Operation::CreditNote | Operation::PaymentCorrection => None,
        },
    })
}

/// What the paper of a provisional document or a note carries, with the customer's name where it may
/// stand there.
///
/// # Errors
///
/// [`StoreError::Broken`] where the signed document cannot be read.
pub(crate) fn note(record: &Record, customer: Option<String>) -> Result<NotePaper, StoreError> {
    let document: Provisional =
        record.read().map_err(|_| StoreError::Broken("provisional document"))?;
    Ok(NotePaper {
        kind: match document.kind {
            ProvisionalKind::Provisional => NoteKind::Provisional,
            ProvisionalKind::Note => NoteKind::Note,
        },
        number: Some(record.number.clone()),
        seller: seller(&document.issuer),
        moment: moment(&document.head.local),
        place: document.issuer.shop_name.clone(),
        customer,
        order: OrderReference { number: document.order, mode: mode(document.mode).to_owned() },
        till: document.head.till,
        operator: document.head.operator,
        lines: document.lines.iter().map(|it| line(it, Operation::Sale)).collect(),
        discounts: Vec::new(),
        vat: document.vat.iter().map(vat).collect(),
        net_cents: document.total_ht.cents(),
        total_cents: document.total_ttc.cents(),
        software: software(&document.issuer),
    })
}

pub(crate) fn seller(issuer: &Issuer) -> Seller {
    Seller {
        shop: issuer.shop_name.clone(),
        legal_entity: issuer.legal_entity.clone(),
        address: address(&issuer.address),
        siren: issuer.siren.clone(),
        rcs: issuer.rcs.trim_start_matches("RCS ").to_owned(),
        siret: issuer.siret.clone(),
        naf: issuer.naf.clone(),
        vat_number: issuer.vat_number.clone(),
    }
}

pub(crate) fn vat(rate: &DocumentRate) -> VatLine {
    VatLine {
        rate_basis_points: rate.vat_bp.basis_points(),
        net_cents: rate.ht.cents(),
        vat_cents: rate.vat.cents(),
        gross_cents: rate.ttc.cents(),
    }
}

pub(crate) fn software(issuer: &Issuer) -> String {
    format!("Logiciel {} - version fiscale {}", issuer.software, issuer.fiscal_version)
}

/// A payment, and below it what of paper vouchers stays with the shop.
fn payments(payment: &fiscal::ticket::Payment) -> Vec<Payment> {
    let mut words = means(payment.means).to_owned();
    if 0 < payment.vouchers {
        words = format!("{} x {words}", payment.vouchers);
    }
    if payment.state.is_some() {
        words.push_str(", à vérifier");
    }
    let mut rows = vec![Payment { means: words, tendered_cents: payment.tendered.cents() }];
    if payment.forfeited != Money::ZERO {
        let means = "dont non rendu sur titres".to_owned();
        rows.push(Payment { means, tendered_cents: payment.forfeited.cents() });
    }
    rows
}

/// A line; on a credit note its amounts are the opposite of what was sold.
fn line(line: &DocumentLine, operation: Operation) -> ReceiptLine {
    let discount = match operation {
        Operation::Sale | Operation::PaymentCorrection => line.discount,
        Operation::CreditNote => -line.discount,
    };
    let gross = line.ttc + discount;
    let discounts = line
        .discount_reason
        .iter()
        .map(|reason| Amount { label: reason.clone(), cents: -discount.cents() });
    ReceiptLine {
        quantity_thousandths: i64::from(line.qty_m),
        label: line.label.clone(),
        details: line.details.clone(),
        unit_cents: line.unit_ttc.cents(),
        amount_cents: gross.cents(),
        discounts: discounts.collect(),
    }
}

/// "214, rue Solférino, 59000 Lille" as an envelope has it: the town on a line of its own.
fn address(text: &str) -> Vec<String> {
    match text.rsplit_once(", ") {
        Some((street, town)) => vec![street.to_owned(), town.to_owned()],
        None => vec![text.to_owned()],
    }
}

/// "2026-11-20T19:12:05" as the French write it: "20/11/2026 19:12:05".
pub(crate) fn moment(iso: &str) -> String {
    let (date, time) = iso.split_once('T').unwrap_or((iso, ""));
    format!("{} {time}", day(date))
}

/// "2026-11-20" as the French write it: "20/11/2026".
pub(crate) fn day(iso: &str) -> String {
    let parts: Vec<&str> = iso.rsplit('-').collect();
    parts.join("/")
}

const fn operation(operation: Operation) -> &'static str {
    match operation {
        Operation::Sale => "VENTE",
        Operation::CreditNote => "AVOIR",
        Operation::PaymentCorrection => "CORRECTION DE PAIEMENT",
    }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::OnSite => "SUR PLACE",
        Mode::TakeAway => "À EMPORTER",
        Mode::Delivery => "LIVRAISON",
    }
}

pub(crate) const fn means(means: Means) -> &'static str {
    match means {
        Means::Cash => "Espèces",
        Means::Card => "Carte bancaire",
        Means::MealVoucher => "Titres-restaurant papier",
        Means::MealVoucherCard => "Carte titre-restaurant",
        Means::Cheque => "Chèque",
        Means::Staff => "Repas du personnel",
        Means::Receivable => "À payer (créance)",
    }
}
