//! A full kitchen, the counter's board, and both without a centre.

use std::time::Duration;

use anyhow::Result;
use e2e::{code, hook};

use crate::album::Album;

/// More orders than a screen of cards holds.
const ORDERS: [&str; 9] = [
    "REI G; MAR/4FR S -BAS +OEU; 19h30",
    "4FR G; 2 COC",
    "SJQ/VAL G -CIT +OEU; TEX P; VGN S; MAR G; REI P",
    "MAR S ++MOZ ~BAS",
    "3 REI P",
    "MAR/4FR/TEX/VGN G",
    "SOU S; WIG",
    "VAL S; 19h50",
    "2 MAR G; 21h30",
];

/// How long an order may take to the kitchen.
const THERE: Duration = Duration::from_secs(1);

/// Sends orders until the kitchen is full, and makes some.
pub(crate) async fn evening(till: &Album, kitchen: &Album) -> Result<()> {
    for line in ORDERS {
        till.add(line).await?;
        let label = till.window.text(&hook("basket-label")).await?;
        till.window.keys(code::F10).await?;
        till.window.shows(&hook("notice"), &label, THERE).await?;
    }
    till.take("sent", "notice").await?;
    kitchen.window.shows(&hook("kitchen-upcoming"), "21:30", THERE).await?;
    kitchen.take("full", "kitchen-card").await?;
    for key in ["1", "2", "3"] {
        kitchen.window.keys(key).await?;
    }
    let started = "[data-test='kitchen-line'][data-stage='started']";
    kitchen.window.shows(started, "", THERE).await?;
    kitchen.window.keys("2").await?;
    kitchen.take("started", "kitchen-card").await?;
    till.window.keys("REI G").await?;
    till.window.keys(code::ENTER).await?;
    till.window.shows(&hook("basket-total"), "13,50 €", THERE).await?;
    till.window.keys(code::F9).await?;
    till.window.shows(&hook("notice"), "", THERE).await?;
    till.tap("rail-orders").await?;
    till.take("orders", "order-card").await
}

/// The centre does not answer.
pub(crate) async fn outage(till: &Album, kitchen: &Album) -> Result<()> {
    let care = "[data-test='safety-line']:not([data-level='safe'])";
    till.window.shows(care, "depuis", Duration::from_secs(5)).await?;
    till.tap("safety-line").await?;
    till.take("offline-orders", "safety-details").await?;
    till.tap("safety-close").await?;
    till.tap("rail-sale").await?;
    till.take("offline", "screen-counter").await?;
    kitchen.take("offline", "safety-line").await
}
