//! The story of the demonstration, played and asserted without a screen.

mod day;
mod kitchen;
mod opening;
mod outage;
mod report;
mod sales;
mod shop;

use std::path::Path;

use anyhow::{Result, ensure};
pub(crate) use day::day;
use e2e::Programs;
use report::Report;
use shop::Shop;

/// How fast the steps must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Speed {
    /// Within their bounds.
    Bounded,
    /// Within ten times their bounds: what holds does not hang on the machine.
    TenTimes,
}

/// Plays it from the first run to the centre's return.
///
/// # Errors
///
/// A step did not hold, or took longer than it may.
pub(crate) async fn check(programs: &Programs, folder: &Path, speed: Speed) -> Result<()> {
    let mut report = Report::new(speed);
    let mut shop = Shop::open(programs, folder, &mut report).await?;
    let played = play(&mut shop, &mut report).await;
    if let Err(error) = played {
        shop.pictures("failed").await?;
        return Err(error);
    }
    shop.close().await?;
    let late = report.late();
    ensure!(late.is_empty(), "too slow: {}", late.join("; "));
    crate::say(&format!("every step held; what it left is in {}", folder.display()))
}

async fn play(shop: &mut Shop, report: &mut Report) -> Result<()> {
    opening::install(shop, report).await?;
    opening::settle(shop, report).await?;
    opening::sign_in(shop, report).await?;
    let page = opening::managers_page(shop, report).await?;

    let touched = sales::by_touch(shop, &page, report).await?;
    sales::receipt(shop, &touched, report).await?;
    sales::typed(shop, &page, report).await?;
    sales::drink(shop, &page, report).await?;
    sales::for_later(shop, report).await?;
    kitchen::make(shop, &touched, report).await?;
    shop.pictures("evening").await?;
    page.picture(&shop.folder.join("centre-evening.png")).await?;

    outage::sell_without_a_centre(shop, report).await?;
    outage::come_back(shop, report).await?;
    page.close().await
}
