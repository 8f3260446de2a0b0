//! A business day on the till's window: float, sales of every kind, what is corrected, X and Z, training,
//! archive and checks. Every step is asserted from outside: on the window, on paper, in files and in the
//! till's own database.

mod books;
mod closing;
mod corrections;
mod desk;
mod papers;
mod sales;
mod training;

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use e2e::{Programs, SHOP};
use serde_json::{Value, json};

use super::Speed;
use super::opening;
use super::report::Report;
use super::shop::Shop;
use desk::Desk;

/// Plays the day; its pictures go into `pictures`.
///
/// # Errors
///
/// A step did not hold.
pub(crate) async fn day(programs: &Programs, folder: &Path, pictures: &Path) -> Result<()> {
    let mut report = Report::new(Speed::TenTimes);
    let shop = Shop::open(programs, folder, &mut report).await?;
    let played = play(&shop, pictures, &mut report).await;
    if let Err(error) = played {
        shop.pictures("failed").await?;
        return Err(error);
    }
    let data = shop.till.data().to_owned();
    shop.close().await?;
    books::verified_from_outside(programs, &data, &mut report)?;
    let late = report.late();
    ensure!(late.is_empty(), "too slow: {}", late.join("; "));
    crate::say(&format!("every step held; the pictures are in {}", pictures.display()))
}

async fn play(shop: &Shop, pictures: &Path, report: &mut Report) -> Result<()> {
    ask_for_delivering(shop)?;
    opening::install(shop, report).await?;
    opening::settle(shop, report).await?;
    opening::sign_in(shop, report).await?;
    let desk = Desk::new(shop, pictures);

    closing::open(&desk, report).await?;
    let sold = sales::all(&desk, report).await?;
    papers::reprint(&desk, &sold, report).await?;
    corrections::all(&desk, &sold, report).await?;
    closing::read_and_move(&desk, report).await?;
    training::all(&desk, report).await?;
    closing::close(&desk, report).await?;
    books::all(&desk, report).await
}

/// The centre publishes the shop's sheet once more, with a fee for delivering.
fn ask_for_delivering(shop: &Shop) -> Result<()> {
    let data = shop.folder.join("data");
    let file = data.join("shops.json");
    let mut sheets: Value = serde_json::from_slice(&fs::read(&file)?)?;
    let sheets_of_all = sheets.as_array_mut().context("the sheets are a list")?;
    let own = sheets_of_all.iter_mut().find(|it| it["code"] == SHOP);
    let own = own.with_context(|| format!("no sheet of {SHOP}"))?;
    own["delivery_fee"] = json!({ "amount": 2_50, "free_from": 30_00 });
    own["number"] = json!(2);
    fs::write(&file, serde_json::to_vec(&sheets)?)?;
    let data = data.to_str().context("the folder's name is text")?;
    shop.centre.server.administer(&["load", data], "").map(drop)
}
