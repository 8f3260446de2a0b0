//! A sale with the worst that it may hold.

use std::time::Duration;

use anyhow::Result;
use e2e::{code, hook};

use crate::album::Album;

/// Twelve lines with the longest names, and the most to say of them.
const LINES: [&str; 12] = [
    "SJQ G -CIT +OEU",
    "SJQ/VAL S -CIT +OEU +BAS",
    "SOU S",
    "12 EVI",
    "MAR/4FR/TEX/VGN G",
    "SJQ P",
    "REI G",
    "2 PAI",
    "3 WIG",
    "PAN",
    "2 COC",
    "ROS",
];

/// The order line as it is typed, then a full basket.
pub(crate) async fn sale(till: &Album) -> Result<()> {
    till.window.keys("REI G; MAR/4FR S -BAS +OEU; 19h30").await?;
    till.window.shows(&hook("echo"), "pour 19:30", Duration::from_secs(1)).await?;
    till.take("typed", "echo-total").await?;
    till.window.keys(code::ESCAPE).await?;
    till.window.keys("REI G; MRA S -BAZ").await?;
    till.take("typed-unknown", "echo-suggestion").await?;
    till.window.keys(code::ESCAPE).await?;
    till.window.keys("choco").await?;
    till.take("search", "tile-MOU").await?;
    till.window.keys(code::ESCAPE).await?;
    for line in LINES {
        till.add(line).await?;
    }
    till.take("basket-12-lines", "basket-line").await
}

/// The panels in the middle.
pub(crate) async fn panels(till: &Album) -> Result<()> {
    till.tap("tile-MAR").await?;
    till.take("configurator", "configurator").await?;
    till.tap("config-divide-2").await?;
    till.take("configurator-choose", "config-product-4FR").await?;
    till.tap("config-product-4FR").await?;
    till.tap("config-chip-BAS").await?;
    till.tap("config-add-OEU").await?;
    till.take("configurator-halves", "config-chip-BAS").await?;
    till.tap("config-back").await?;
    till.tap("basket-promise").await?;
    till.take("promise", "promise-input").await?;
    till.tap("promise-back").await?;
    till.tap("basket-customer").await?;
    till.window.fill(&hook("customer-name"), "van").await?;
    till.take("customer", "customer-found").await?;
    till.tap("customer-back").await?;
    till.tap("cancel").await?;
    till.take("cancel", "cancel-clear").await?;
    till.tap("reason-back").await
}

/// Money, change, a receipt on the screen, and one that there is no printer for.
pub(crate) async fn payment(till: &Album) -> Result<()> {
    till.tap("pay").await?;
    till.take("payment", "payment").await?;
    for key in ["pad-1", "pad-0"] {
        till.tap(key).await?;
    }
    till.take("payment-short", "payment-change").await?;
    for key in ["pad-back", "pad-back", "pad-5", "pad-00"] {
        till.tap(key).await?;
    }
    till.take("payment-change", "payment-change").await?;
    till.tap("pay-confirm").await?;
    till.take("paid", "change-due").await?;
    till.tap("receipt-view").await?;
    till.take("receipt", "receipt-paper").await?;
    till.tap("receipt-print").await?;
    till.take("refused", "refusal").await?;
    till.tap("refusal-close").await?;
    till.tap("receipt-no").await
}
