//! What is put right after payment: a card that was verified, a wrong means, a dish taken back.

use anyhow::{Result, ensure};
use e2e::{Expect, hook};
use fiscal::ticket::{Means, Operation};

use super::super::report::Report;
use super::desk::{Desk, SOON};
use super::sales::Day;

/// What the corrections put into the drawer, in cents: a card that was cash, less a pizza taken back.
pub(super) const CASH: i64 = 12_90 - 10_85;

/// What the credit note takes off the day's sales, in cents.
pub(super) const CREDITED: i64 = 10_85;

pub(super) async fn all(desk: &Desk<'_>, sold: &Day, report: &mut Report) -> Result<()> {
    verified(desk, sold, report).await?;
    was_cash(desk, sold, report).await?;
    taken_back(desk, sold, report).await
}

/// The terminal's list has the card that nobody saw the answer of.
async fn verified(desk: &Desk<'_>, sold: &Day, report: &mut Report) -> Result<()> {
    desk.day("today").await?;
    desk.sees("day-to-verify", "12,40 €").await?;
    desk.picture("carte-a-verifier").await?;
    desk.tap("day-verify-look").await?;
    desk.sees("ticket-number", &sold.unsure.number).await?;
    desk.tap("payment-verify").await?;
    desk.fill("verify-reference", "A82114").await?;
    desk.picture("carte-verifiee").await?;
    let unsure = "[data-test='ticket-payment'][data-unsure='true']";
    desk.tap_for("verify-submit", Expect::Says(&hook("notice"), "Le paiement est vérifié")).await?;
    desk.shop.till.lacks(unsure, SOON).await?;
    ensure!(desk.signed(0)?.document.operation == Operation::PaymentCorrection, "not a correction");
    report.step("the card without an answer is on the terminal's list: verified", &[])
}

/// What was recorded as a card was cash.
async fn was_cash(desk: &Desk<'_>, sold: &Day, report: &mut Report) -> Result<()> {
    desk.look_at(&sold.card.number).await?;
    desk.tap_for("payment-correct", Expect::There(&hook("correct"))).await?;
    desk.tap("correct-by-cash").await?;
    desk.picture("correction").await?;
    let said = "La correction est enregistrée";
    desk.tap_for("correct-submit", Expect::Says(&hook("notice"), said)).await?;
    desk.sees("ticket-since", "Correction de paiement").await?;
    let document = desk.signed(0)?.document;
    ensure!(document.operation == Operation::PaymentCorrection, "{:?}", document.operation);
    let means: Vec<_> = document.payments.iter().map(|it| it.means).collect();
    ensure!(means == [Means::Card, Means::Cash], "{means:?}");
    report.step("a payment by card was cash: corrected by its opposite", &[])
}

/// One of two pizzas is taken back.
async fn taken_back(desk: &Desk<'_>, sold: &Day, report: &mut Report) -> Result<()> {
    desk.look_at(&sold.discounted.number).await?;
    desk.tap_for("ticket-credit", Expect::There(&hook("credit"))).await?;
    desk.tap_for("credit-more-0", Expect::Says(&hook("credit-submit"), "10,85 €")).await?;
    desk.tap("credit-reason-wrong-item").await?;
    desk.picture("avoir").await?;
    desk.tap_for("credit-submit", Expect::Says(&hook("notice"), "rendez 10,85 €")).await?;
    desk.sees("ticket-since", "Avoir").await?;
    let note = desk.signed(-CREDITED)?;
    ensure!(note.document.operation == Operation::CreditNote, "{:?}", note.document.operation);
    report.step(&format!("a pizza is taken back: {}, 10,85 € given back", note.number), &[])
}
