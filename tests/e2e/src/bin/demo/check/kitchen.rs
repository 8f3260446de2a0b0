//! An order on its way through the kitchen, to the customer.

use std::time::Duration;

use anyhow::Result;
use e2e::{Expect, Press, hook};

use super::opening::{ANSWER, since};
use super::report::{Report, within};
use super::sales::{Sold, kitchen_card};
use super::shop::Shop;

/// How long a step in the kitchen may take to the counter's board.
const BOARD: Duration = Duration::from_secs(1);

/// « vu en cuisine », started by touch, made ready by its key, handed over at the counter.
pub(super) async fn make(shop: &Shop, sold: &Sold, report: &mut Report) -> Result<()> {
    let label = &sold.label;
    shop.till.press(&hook("rail-orders")).await?;
    let on_board = |column: &str| format!("[data-test='{column}'] [data-label='{label}']");
    let seen = format!("{} [data-test='card-seen']", on_board("column-kitchen"));
    let seen = shop.till.shows(&seen, "vu en cuisine", BOARD).await?;
    report.step(
        &format!("the counter says of {label}: {}", seen.seen),
        &[within("shown after", seen.took, BOARD)],
    )?;

    let card = kitchen_card(label);
    let step = format!("{card} [data-test='kitchen-step']");
    let started = format!("{card} [data-test='kitchen-line'][data-stage='started']");
    let started = shop.kitchen.answer(Press::On(&step), Expect::There(&started)).await?;
    report.step(
        &format!("the kitchen starts {label} by touch"),
        &[within("answered in", started.took, ANSWER)],
    )?;
    shop.kitchen.picture(&shop.folder.join("kitchen-started.png")).await?;

    let key = shop.kitchen.attribute(&card, "data-key").await?;
    let ready = on_board("column-ready");
    shop.till.watch("ready", Expect::There(&ready)).await?;
    let made = shop.kitchen.answer(Press::Keys(&key), Expect::Gone(&card)).await?;
    let told = since(shop.till.sighted("ready", BOARD).await?, made.at_ms)?;
    let measured =
        [within("answered in", made.took, ANSWER), within("on the board after", told, BOARD)];
    report.step(&format!("the kitchen makes {label} ready by the key {key}"), &measured)?;
    shop.till.picture(&shop.folder.join("till-board.png")).await?;

    let hand_over = format!("{ready} [data-test='card-hand-over']");
    let gone = on_board("column-handed-over");
    let gone = shop.till.answer(Press::On(&hand_over), Expect::There(&gone)).await?;
    report.step(&format!("{label} is handed over"), &[within("answered in", gone.took, ANSWER)])?;
    shop.till.press(&hook("rail-sale")).await
}
