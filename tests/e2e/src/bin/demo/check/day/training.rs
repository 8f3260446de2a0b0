//! Training: everything is FACTICE, and counts nowhere.

use anyhow::{Result, ensure};
use e2e::{Expect, hook};

use super::super::report::Report;
use super::desk::Desk;

pub(super) async fn all(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    let before = (desk.file()?.tickets()?.len(), drawer(desk).await?);
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
    let after = (desk.file()?.tickets()?.len(), drawer(desk).await?);
    ensure!(before == after, "training counts: {before:?}, then {after:?}");
    report.step(&format!("{number} is training's: on its paper too, and nowhere in the figures"), &[])
}

/// What the day says of the drawer and of the sales.
async fn drawer(desk: &Desk<'_>) -> Result<String> {
    desk.day("today").await?;
    let total = desk.sees("figures-total", "€").await?;
    Ok(format!("{total} · {}", desk.sees("figures-drawer", "€").await?))
}
