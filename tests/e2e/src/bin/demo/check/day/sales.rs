//! A sale of every kind.

use anyhow::{Context, Result, ensure};
use e2e::{Expect, hook};
use fiscal::ticket::Means;
use printer_sim::decode::Item;

use super::super::report::Report;
use super::desk::{Desk, SOON, Sold};
use super::papers;

/// What the rest of the day comes back to.
pub(super) struct Day {
    /// In cash; its receipt was printed.
    pub(super) cash: Sold,
    /// By card.
    pub(super) card: Sold,
    /// By a card whose answer nobody saw.
    pub(super) unsure: Sold,
    /// With something taken off.
    pub(super) discounted: Sold,
}

/// What the sales put into the drawer, in cents.
pub(super) const CASH: i64 = 9_50 + 3_40 + 14_90 + 20_30;

/// What the sales come to, in cents.
pub(super) const TOTAL: i64 = 9_50 + 12_90 + 12_40 + 12_40 + 15_50 + 9_50 + 14_90 + 20_30 + 25_40;

pub(super) async fn all(desk: &Desk<'_>, report: &mut Report) -> Result<Day> {
    let cash = in_cash(desk, report).await?;
    let card = by_card(desk, report).await?;
    let unsure = unseen(desk, report).await?;
    by_voucher(desk, report).await?;
    by_cheque(desk, report).await?;
    staff_meal(desk, report).await?;
    delivered(desk, report).await?;
    let discounted = discounted(desk, report).await?;
    on_site(desk, report).await?;
    Ok(Day { cash, card, unsure, discounted })
}

/// A formule, paid with a note; the receipt is asked for.
async fn in_cash(desk: &Desk<'_>, report: &mut Report) -> Result<Sold> {
    desk.order("MAR P; COC", "9,50 €").await?;
    let deal = desk.sees("basket-deal", "Formule midi").await?;
    desk.picture("vente").await?;
    desk.pay_by("cash", "9,50 €").await?;
    desk.picture("especes").await?;
    desk.tap_for("quick-20", Expect::Says(&hook("change-due"), "10,50 €")).await?;
    let sold = desk.settled(9_50).await?;
    desk.picture("rendu").await?;
    desk.tap_for("receipt-print", Expect::There(&hook("receipt-queued"))).await?;
    desk.paper(&format!("VENTE n° {}", sold.number)).await?;
    desk.next().await?;
    report.step(&format!("« {deal} », paid 9,50 € with 20 €: 10,50 € back, and a receipt"), &[])?;
    Ok(sold)
}

/// A card; the customer wants the QR code and an invoice.
async fn by_card(desk: &Desk<'_>, report: &mut Report) -> Result<Sold> {
    desk.order("REI S; COC", "12,90 €").await?;
    desk.pay_by("card", "12,90 €").await?;
    desk.sees("terminal-amount", "12,90 €").await?;
    desk.fill("payment-reference", "A82113").await?;
    desk.picture("carte").await?;
    desk.tap_for("pay-confirm", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let sold = desk.settled(12_90).await?;
    let payment = sold.document.payments.first().context("a payment")?;
    ensure!(payment.means == Means::Card, "{:?}", payment.means);
    report.step("a card, accepted by the terminal: 12,90 €", &[])?;
    papers::qr(desk, report).await?;
    papers::invoice(desk, &sold, report).await?;
    desk.next().await?;
    Ok(sold)
}

/// A card whose answer nobody saw.
async fn unseen(desk: &Desk<'_>, report: &mut Report) -> Result<Sold> {
    desk.order("NAP S; EAU", "12,40 €").await?;
    desk.pay_by("card", "12,40 €").await?;
    desk.tap_for("card-unsure", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let sold = desk.settled(12_40).await?;
    desk.next().await?;
    report.step("a card without an answer is noted, and to be verified: 12,40 €", &[])?;
    Ok(sold)
}

/// A paper voucher, and the rest in cash.
async fn by_voucher(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.order("REI S; EAU", "12,40 €").await?;
    desk.pay_by("voucher", "12,40 €").await?;
    desk.tap_for("pad-9", Expect::Says(&hook("voucher-face"), "9 €")).await?;
    desk.tap("issuer-edenred").await?;
    desk.picture("titres").await?;
    desk.tap_for("pay-add", Expect::Says(&hook("payment-due"), "3,40 €")).await?;
    desk.tap("means-cash").await?;
    desk.picture("titres-puis-especes").await?;
    desk.tap_for("quick-exact", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let sold = desk.settled(12_40).await?;
    let means: Vec<_> = sold.document.payments.iter().map(|it| it.means).collect();
    ensure!(means == [Means::MealVoucher, Means::Cash], "{means:?}");
    desk.next().await?;
    report.step("a voucher of 9 €, and 3,40 € in cash", &[])
}

async fn by_cheque(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.order("4FR G", "15,50 €").await?;
    desk.pay_by("cheque", "15,50 €").await?;
    desk.fill("payment-reference", "0001234").await?;
    desk.tap_for("pay-confirm", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    desk.settled(15_50).await?;
    desk.next().await?;
    report.step("a cheque of 15,50 €", &[])
}

/// A meal of the staff, which a manager allows.
async fn staff_meal(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.order("MAR S", "9,50 €").await?;
    desk.pay_by("staff", "9,50 €").await?;
    desk.tap_for("pay-confirm", Expect::There(&hook("approval"))).await?;
    desk.picture("responsable").await?;
    desk.approve().await?;
    desk.settled(9_50).await?;
    desk.next().await?;
    report.step("a meal of the staff of 9,50 €, allowed by the manager's PIN", &[])
}

/// A delivery with its fee, which the courier's cash pays on return.
async fn delivered(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.order("REI S; EAU", "12,40 €").await?;
    desk.tap("basket-mode-delivery").await?;
    desk.tap("basket-customer").await?;
    desk.fill("customer-name", "van").await?;
    desk.picture("client").await?;
    desk.tap_for("customer-found", Expect::Gone(&hook("customer-name"))).await?;
    desk.sees("basket-fee", "2,50 €").await?;
    desk.sees("basket-total", "14,90 €").await?;
    desk.picture("livraison").await?;
    let label = desk.sees("basket-label", "C1").await?;
    desk.tap_for("kitchen", Expect::Says(&hook("notice"), &label)).await?;

    desk.tap("rail-orders").await?;
    let card = format!("[data-test='order-card'][data-label='{label}']");
    let due = format!("{card} [data-test='card-due']");
    desk.shop.till.shows(&due, "14,90 €", SOON).await?;
    desk.picture("commandes").await?;
    desk.shop.till.press(&format!("{card} [data-test='card-pay']")).await?;
    desk.sees("payment-due", "14,90 €").await?;
    desk.tap_for("quick-20", Expect::Says(&hook("change-due"), "5,10 €")).await?;
    let sold = desk.settled(14_90).await?;
    let fee: i64 = {
        let fees = sold.document.lines.iter().filter(|it| it.label.contains("ivraison"));
        fees.map(|it| it.ttc.cents()).sum()
    };
    ensure!(fee == 2_50, "the ticket says a fee of {fee}");
    desk.next().await?;
    report.step(&format!("{label} is delivered with a fee of 2,50 €, and paid on return"), &[])
}

/// More off than the counter may give alone.
async fn discounted(desk: &Desk<'_>, report: &mut Report) -> Result<Sold> {
    desk.order("4FR G; REI G", "29,00 €").await?;
    desk.tap_for("discount-open", Expect::There(&hook("discount"))).await?;
    desk.tap_all(&["discount-whole", "discount-reason-complaint", "pad-3"]).await?;
    desk.tap_for("pad-0", Expect::Says(&hook("discount-typed"), "30 %")).await?;
    desk.picture("remise").await?;
    desk.tap_for("discount-submit", Expect::There(&hook("approval"))).await?;
    desk.approve().await?;
    desk.sees("basket-total", "20,30 €").await?;
    desk.sees("basket-saved", "8,70 €").await?;
    desk.picture("remise-faite").await?;
    desk.pay_by("cash", "20,30 €").await?;
    desk.tap_for("quick-exact", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let sold = desk.settled(20_30).await?;
    desk.next().await?;
    report.step("30 % off 29,00 €, allowed by the manager: 20,30 € in cash", &[])?;
    Ok(sold)
}

/// Eaten here, by two cards; the note that the law wants is printed.
async fn on_site(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.tap("basket-mode-on-site").await?;
    desk.order("REI G; 4FR S", "25,40 €").await?;
    desk.pay_by("voucher-card", "25,40 €").await?;
    desk.tap("issuer-swile").await?;
    desk.tap("pad-2").await?;
    desk.tap_for("pad-0", Expect::Says(&hook("terminal-amount"), "20,00 €")).await?;
    desk.tap_for("pay-add", Expect::There(&hook("given-tender"))).await?;
    desk.tap("means-card").await?;
    desk.sees("terminal-amount", "5,40 €").await?;
    desk.tap_for("pay-confirm", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    desk.settled(25_40).await?;
    desk.sees("note-due", "remettez la note").await?;
    desk.picture("note").await?;
    desk.shop.printer.forget();
    desk.tap_for("note-print", Expect::Says(&hook("notice"), "La note part")).await?;
    desk.paper("NOTE").await?;
    let pulses = desk.shop.printer.items().iter().any(|it| matches!(it, Item::Pulse { .. }));
    ensure!(!pulses, "a note opens the drawer");
    desk.next().await?;
    report.step("eaten here, by voucher card and card: 25,40 €, and its note", &[])
}
