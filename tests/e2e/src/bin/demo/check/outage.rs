//! The centre is gone, then worse than gone, then back.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, ensure};
use e2e::{BlackHole, Expect, Hand, Held, SHOP, code, hook, within as wait};

use super::opening::ANSWER;
use super::report::{Report, took, within};
use super::sales::{KITCHEN, seen_in_kitchen, settled, watch_kitchen};
use super::shop::Shop;

/// How long the till may take to say that the centre is silent.
const NOTICED: Duration = Duration::from_secs(10);

/// How long the till may take to try the centre again.
const TRIED: Duration = Duration::from_secs(10);

/// How long the centre may take to have everything once it is back.
const CAUGHT_UP: Duration = Duration::from_secs(10);

/// A large Margherita.
const PIZZA: i64 = 12_50;

/// Sells while the server refuses connections, and again while it takes them and never answers.
pub(super) async fn sell_without_a_centre(shop: &mut Shop, report: &mut Report) -> Result<()> {
    shop.till.press(&hook("category-TOM")).await?;
    shop.centre.server.stop();
    sell_by_touch(shop, report).await?;
    let hole = BlackHole::open(shop.centre.server.address())?;
    let tried =
        wait("the till tries the centre", TRIED, async || Ok((0 < hole.taken()).then_some(())));
    report.step(
        "a black hole takes connections in the centre's place",
        &[took("tried after", tried.await?.took)],
    )?;
    // Green from here on would be a lie: two sales are not at the centre.
    let green = "[data-test='safety-line'][data-level='safe']";
    shop.till.watch("green", Expect::There(green)).await?;
    sell_by_keys(shop, report).await?;
    let said = wait("the till says that the centre is silent", NOTICED, async || {
        let line = shop.till.text(&hook("safety-line")).await?;
        let says = ["centre muet depuis", "Hors ligne depuis"].iter().any(|it| line.contains(it));
        ensure!(says, "it says « {line} »");
        Ok(Some(line))
    });
    let said = said.await?;
    ensure!(!shop.till.has_sighted("green").await?, "the safety line was green without a centre");
    report.step(&format!("the till says « {} »", said.seen), &[took("after", said.took)])?;
    shop.pictures("outage").await
}

async fn sell_by_touch(shop: &Shop, report: &mut Report) -> Result<()> {
    let label = watch_kitchen(shop).await?;
    let mut hand = Hand::at(&shop.till);
    hand.tap("tile-MAR-G", Expect::Says(&hook("basket-total"), "12,50 €")).await?;
    hand.tap("pay", Expect::Says(&hook("payment-due"), "12,50 €")).await?;
    let confirmed = hand.tap("quick-exact", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let seen = seen_in_kitchen(shop, &label, confirmed).await?;
    settled(shop, 4, PIZZA, 0).await?;
    hand.tap("receipt-no", Expect::Gone(&hook("paid"))).await?;
    told(&format!("server stopped: {label} is sold by touch"), &hand, seen, report)
}

async fn sell_by_keys(shop: &Shop, report: &mut Report) -> Result<()> {
    let label = watch_kitchen(shop).await?;
    let mut hand = Hand::at(&shop.till);
    hand.write("MAR G").await?;
    hand.key(code::ENTER, Expect::Says(&hook("basket-total"), "12,50 €")).await?;
    hand.key(code::F12, Expect::Says(&hook("payment-due"), "12,50 €")).await?;
    let confirmed = hand.key(code::ENTER, Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let seen = seen_in_kitchen(shop, &label, confirmed).await?;
    settled(shop, 5, PIZZA, 0).await?;
    hand.key(code::ENTER, Expect::Gone(&hook("paid"))).await?;
    told(&format!("black hole: {label} is sold by keys"), &hand, seen, report)
}

fn told(held: &str, hand: &Hand<'_>, seen: Duration, report: &mut Report) -> Result<()> {
    let (middle, slowest, what) = hand.waits()?;
    let inputs = hand.taps() + hand.keys();
    let held = format!("{held}, {inputs} inputs, the slowest of them {}", what.escape_debug());
    let measured = [
        took("p50", middle),
        within("max", slowest, ANSWER),
        within("in the kitchen after", seen, KITCHEN),
    ];
    report.step(&held, &measured)
}

/// Starts the server again: it gets what the till has, once each, and the line is green only then.
pub(super) async fn come_back(shop: &mut Shop, report: &mut Report) -> Result<()> {
    ensure!(!shop.till.has_sighted("green").await?, "the safety line was green without a centre");
    shop.centre.server.resume().await?;
    let green = wait("the safety line is green", CAUGHT_UP, async || {
        let level = shop.till.attribute(&hook("safety-line"), "data-level").await?;
        let (ours, theirs) = (shop.till_file()?.own_entries()?, at_centre(shop)?);
        // Looked at in this order: what the line says is no later than what the centre has.
        Ok((level == "safe").then_some((ours, theirs)))
    });
    let green = green.await?;
    let (ours, theirs) = green.seen;
    ensure!(ours == theirs, "green, and the centre has {} of {}", theirs.len(), ours.len());

    let tickets = shop.till_file()?.tickets()?;
    let row = shop
        .centre
        .database
        .rows(&format!("SELECT tickets, ttc_cents FROM rollup_day WHERE shop = '{SHOP}'"))?;
    let total: i64 = {
        let totals = tickets.iter().map(|it| Ok(it.read()?.total_ttc.cents()));
        totals.collect::<Result<Vec<_>>>()?.iter().sum()
    };
    let expected = [tickets.len().to_string(), total.to_string()].map(Some).to_vec();
    ensure!(row == [expected.clone()], "the centre counts {row:?}, not {expected:?}");
    let numbers: BTreeSet<_> = tickets.iter().map(|it| &it.number).collect();
    ensure!(numbers.len() == tickets.len(), "a ticket's number was used twice");
    let held = format!(
        "the centre is back and has all {} tickets and {} entries, once each; only then green",
        tickets.len(),
        ours.len()
    );
    report.step(&held, &[took("after", green.took)])?;
    shop.pictures("back").await
}

/// The till's entries as the centre stores them.
fn at_centre(shop: &Shop) -> Result<Vec<Held>> {
    let journal = shop.till_file()?.own_journal()?;
    let rows = shop.centre.database.rows(&format!(
        "SELECT seq, encode(hash, 'hex')
           FROM entry
          WHERE shop = '{SHOP}' AND journal = decode('{journal}', 'hex')
          ORDER BY seq"
    ))?;
    let held = rows.into_iter().map(|row| match <[_; 2]>::try_from(row) {
        Ok([Some(seq), Some(hash)]) => Ok((seq.parse()?, hash)),
        Ok(_) | Err(_) => Err(anyhow::anyhow!("a row is not a place and a hash")),
    });
    held.collect::<Result<_>>().context("the centre's entries")
}
