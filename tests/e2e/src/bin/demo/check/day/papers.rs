//! What the customer takes away beside the receipt.

use std::fs;

use anyhow::{Result, ensure};
use e2e::{Expect, hook};

use super::super::report::Report;
use super::desk::{Desk, Sold, file_in};
use super::sales::Day;

/// Kinds of entries that papers leave, in docs/JOURNAL.md.
const DUPLICATE: i64 = 17;
const INVOICE: i64 = 19;

/// The QR code of the ticket that was just paid.
pub(super) async fn qr(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.tap_for("receipt-qr", Expect::There(&hook("qr"))).await?;
    let link = desk.shop.till.attribute(&hook("qr"), "data-text").await?;
    ensure!(link.starts_with("http"), "the QR code says {link}");
    desk.picture("qr").await?;
    desk.tap_for("share-close", Expect::Gone(&hook("share"))).await?;
    report.step("the ticket as a QR code", &[])
}

/// An invoice for a company of the ticket that was just paid.
pub(super) async fn invoice(desk: &Desk<'_>, sold: &Sold, report: &mut Report) -> Result<()> {
    desk.tap_for("receipt-invoice", Expect::There(&hook("invoice"))).await?;
    for (field, text) in [
        ("invoice-name", "Imprimerie du Beffroi SARL"),
        ("invoice-address", "12, rue des Archives"),
        ("invoice-town", "59000 Lille"),
        ("invoice-siren", "732829320"),
        ("invoice-vat", "FR44732829320"),
    ] {
        desk.fill(field, text).await?;
    }
    desk.picture("facture").await?;
    desk.tap_for("invoice-submit", Expect::There(&hook("invoice-file"))).await?;
    let said = desk.sees("invoice-file", ".pdf").await?;
    let file = file_in(&said)?;
    let pdf = fs::read(file)?;
    ensure!(pdf.starts_with(b"%PDF"), "{} is no PDF", file.display());
    ensure!(desk.entries_of(INVOICE)? == 1, "the invoice is not signed");
    desk.tap_for("invoice-close", Expect::Gone(&hook("invoice"))).await?;
    let held = format!("the invoice of {}: {} bytes of PDF", sold.number, pdf.len());
    report.step(&held, &[])
}

/// The receipt of the first sale again: a copy, which says so.
pub(super) async fn reprint(desk: &Desk<'_>, sold: &Day, report: &mut Report) -> Result<()> {
    let number = &sold.cash.number;
    desk.look_at(number).await?;
    desk.shop.printer.forget();
    desk.tap_for("ticket-reprint", Expect::Says(&hook("ticket-duplicates"), "1 duplicata")).await?;
    let copy = desk.paper("DUPLICATA n° 1").await?;
    ensure!(copy.contains(number), "the copy is of another ticket: {copy}");
    ensure!(desk.entries_of(DUPLICATE)? == 1, "the copy is not signed");
    desk.picture("duplicata").await?;
    report.step(&format!("{number} printed again: DUPLICATA n° 1"), &[])
}
