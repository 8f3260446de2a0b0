//! Training: everything is FACTICE, and counts nowhere.

use anyhow::{Result, ensure};
use e2e::{Expect, hook};

use super::super::report::Report;
use super::desk::Desk;

pub(super) async fn all(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.day("today").await?;
    let figures = desk.sees("figures", "€").await?;
    let tickets = desk.file()?.tickets()?.len();
    desk.day("books").await?;
    desk.tap_for("training-start", Expect::There(&hook("approval"))).await?;
    desk.approve().await?;
    desk.sees("training-band", "FACTICE").await?;
    desk.tap("rail-sale").await?;
    desk.order("REI G", "13,50 €").await?;
    desk.picture("formation").await?;
    desk.pay_by("cash", "13,50 €").await?;
    desk.tap_for("quick-20", Expect::Says(&hook("change-due"), "6,50 €")).await?;
    let number = desk.sees("paid-ticket", "FACTICE").await?;
    desk.shop.printer.forget();
    desk.tap_for("receipt-print", Expect::There(&hook("receipt-queued"))).await?;
    desk.paper("FACTICE – SIMULATION").await?;
    desk.next().await?;

    desk.day("books").await?;
    desk.tap_for("training-end", Expect::Gone(&hook("training-band"))).await?;
    desk.day("today").await?;
    desk.sees("figures", &figures).await?;
    ensure!(desk.file()?.tickets()?.len() == tickets, "training signs real tickets");
    report
        .step(&format!("{number} is training's: on its paper too, and nowhere in the figures"), &[])
}
