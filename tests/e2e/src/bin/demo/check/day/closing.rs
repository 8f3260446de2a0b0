//! The day is opened, read, and closed.

use anyhow::{Result, ensure};
use e2e::{Expect, Person, hook, sign_in};
use fiscal::Money;

use super::super::report::Report;
use super::desk::{Desk, SOON};
use super::{corrections, sales};

/// The kind of a closing, in docs/JOURNAL.md.
const CLOSING: i64 = 20;

const FLOAT: i64 = 15_000;

/// Put in, less what went to the bank.
const MOVED: i64 = 20_00 - 40_00;

/// What should be in the drawer at the end.
const EXPECTED: i64 = FLOAT + sales::CASH + corrections::CASH + MOVED;

/// What is counted: so many of each, by its cents.
const COUNTED: [(i64, i64); 8] =
    [(50_00, 3), (20_00, 1), (5_00, 1), (2_00, 1), (50, 1), (20, 1), (10, 1), (5, 1)];

/// Mathilde counts the float and opens the day.
pub(super) async fn open(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.day("today").await?;
    desk.sees("day-not-open", "La journée n’est pas ouverte").await?;
    desk.tap_all(&["pad-1", "pad-5"]).await?;
    desk.tap_for("pad-0", Expect::Says(&hook("day-float"), "150,00 €")).await?;
    desk.picture("ouverture").await?;
    desk.tap_for("day-open", Expect::Says(&hook("day-number"), "Journée n° 1")).await?;
    let day = desk.sees("day-date", "20 novembre 2026").await?;
    desk.tap("rail-sale").await?;
    report.step(&format!("« {day} » is opened with 150,00 €"), &[])
}

/// Cash in and out, and the reading, on paper too.
pub(super) async fn read_and_move(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.day("today").await?;
    desk.shop.printer.forget();
    desk.tap_for("day-cash", Expect::There(&hook("cash-move"))).await?;
    desk.tap_all(&["cash-in", "cash-reason-change", "pad-2"]).await?;
    desk.tap_for("pad-0", Expect::Says(&hook("cash-submit"), "Mettre 20,00 €")).await?;
    desk.tap_for("cash-submit", Expect::Gone(&hook("cash-move"))).await?;
    desk.paper("20,00").await?;

    desk.tap_for("day-cash", Expect::There(&hook("cash-move"))).await?;
    desk.tap_all(&["cash-out", "cash-reason-deposit", "pad-4"]).await?;
    desk.tap_for("pad-0", Expect::Says(&hook("cash-submit"), "Sortir 40,00 €")).await?;
    desk.picture("sortie-especes").await?;
    desk.tap_for("cash-submit", Expect::There(&hook("approval"))).await?;
    desk.approve().await?;
    desk.shop.till.lacks(&hook("cash-move"), SOON).await?;
    desk.paper("40,00").await?;
    report
        .step("20,00 € put in; 40,00 € taken out, allowed by the manager; a slip for each", &[])?;

    // Who counts is not told before what there should be.
    desk.sees("figures-means", "affiché après le comptage").await?;
    desk.shop.till.lacks(&hook("figures-drawer"), SOON).await?;
    desk.shop.printer.forget();
    desk.tap("day-x").await?;
    let total = french(sales::TOTAL - corrections::CREDITED);
    let paper = desk.paper("LECTURE X").await?;
    ensure!(paper.contains(&total), "the X does not say {total}: {paper}");
    desk.sees("figures-total", &total).await?;
    desk.picture("lecture-x").await?;
    report.step(&format!("the X says {total}, on the screen and on paper"), &[])
}

/// Louise counts 2,30 € too little and closes the day.
pub(super) async fn close(desk: &Desk<'_>, report: &mut Report) -> Result<()> {
    desk.tap("rail-lock").await?;
    desk.sees("screen-sign-in", "").await?;
    sign_in(&desk.shop.till, Person::LOUISE).await?;
    desk.day("today").await?;
    desk.sees("figures-drawer", &french(EXPECTED)).await?;
    desk.tap_for("day-close", Expect::There(&hook("day-count"))).await?;
    for (cents, pieces) in COUNTED {
        desk.fill(&format!("count-{cents}"), &pieces.to_string()).await?;
    }
    let counted: i64 = COUNTED.iter().map(|(cents, pieces)| cents * pieces).sum();
    desk.sees("count-total", &french(counted)).await?;
    desk.picture("comptage").await?;
    let missing = french(EXPECTED - counted);
    let said = format!("Il manque {missing}");
    let difference = hook("closing-difference");
    desk.tap_for("day-close-submit", Expect::Says(&difference, &said)).await?;
    let number = desk.sees("closing-number", "Z").await?;
    ensure!(desk.entries_of(CLOSING)? == 1, "the closing is not signed");
    desk.picture("cloture").await?;
    desk.shop.printer.forget();
    desk.tap("closing-print").await?;
    let paper = desk.paper("CLÔTURE Z").await?;
    for part in [&number, &french(EXPECTED), &french(counted)] {
        ensure!(paper.contains(part.trim_end_matches('€').trim()), "the Z lacks {part}: {paper}");
    }
    desk.tap_for("closing-done", Expect::There(&hook("day-not-open"))).await?;
    let held = format!("{number}: {} expected, {} counted", french(EXPECTED), french(counted));
    report.step(&held, &[])?;
    again(desk, &number, report).await
}

/// The closing is found again among those that were made.
async fn again(desk: &Desk<'_>, number: &str, report: &mut Report) -> Result<()> {
    desk.day("closings").await?;
    let line = format!("{}[data-number='{number}']", hook("closing-line"));
    let said = desk.shop.till.shows(&line, "Clôture du jour", SOON).await?.seen;
    desk.shop.till.press(&line).await?;
    desk.sees("closing-number", number).await?;
    let total = french(sales::TOTAL - corrections::CREDITED);
    desk.sees("figures", &format!("Grand total perpétuel {total}")).await?;
    desk.picture("clotures").await?;
    report.step(&format!("the closing is kept: « {said} »"), &[])
}

/// "180,15 €", as the window writes it, its spaces made ordinary.
fn french(cents: i64) -> String {
    format!("{} €", Money::from_cents(cents).french())
}
