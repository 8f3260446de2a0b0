//! Before the first sale.

use std::time::Duration;

use anyhow::Result;
use e2e::{Centre, Person, first_run as install, hook, sign_in as enter};

use crate::album::Album;

/// How many wrong PINs lock somebody out, and then some.
const WRONG: usize = 6;

/// The first run, a code that nobody gave out, and the screens after it.
pub(crate) async fn first_run(till: &Album, kitchen: &Album, centre: &Centre) -> Result<()> {
    till.take("first-run", "screen-first-run").await?;
    till.tap("first-run-centre-no").await?;
    till.take("first-run-alone", "first-run-pin").await?;
    till.tap("first-run-neighbour").await?;
    till.take("first-run-neighbour", "first-run-address").await?;
    till.tap("first-run-submit").await?;
    till.take("joining-looking", "joining-looking").await?;
    till.tap("joining-stop").await?;
    till.tap("first-run-centre-yes").await?;
    till.window.fill(&hook("first-run-server"), &centre.server.url()).await?;
    till.window.fill(&hook("first-run-code"), "ABCD-EFGH").await?;
    till.tap("first-run-submit").await?;
    till.take("first-run-refused", "refusal").await?;
    install(&till.window, centre, "till", "C1").await?;
    install(&kitchen.window, centre, "kitchen", "K1").await?;
    kitchen.take("empty", "kitchen-empty").await
}

/// The people, a wrong PIN, a locked-out person, and somebody who gets in.
pub(crate) async fn sign_in(till: &Album) -> Result<()> {
    till.window.shows(&hook("signin-operator-YZ"), "", Duration::from_secs(2)).await?;
    till.take("sign-in", "screen-sign-in").await?;
    till.tap("signin-operator-YZ").await?;
    for wrong in 0..WRONG {
        if !till.window.texts(&hook("signin-countdown")).await?.is_empty() {
            break;
        }
        for _digit in 0..4 {
            till.tap("pin-0").await?;
        }
        till.tap("pin-enter").await?;
        let said = "[data-test='signin-countdown'], [data-test='signin-error']:not(:empty)";
        till.window.shows(said, "", Duration::from_secs(1)).await?;
        if wrong == 0 {
            till.take("wrong-pin", "signin-error").await?;
        }
    }
    till.take("locked", "signin-countdown").await?;
    // The pad comes back for who is not locked out.
    till.window.lacks(&hook("signin-countdown"), Duration::from_secs(10)).await?;
    enter(&till.window, Person::LOUISE).await?;
    till.take("counter-empty", "screen-counter").await
}

/// The rooms of the management.
pub(crate) async fn rooms(till: &Album) -> Result<()> {
    till.tap("rail-day").await?;
    till.tap("day-tab-books").await?;
    till.take("books", "room-books").await?;
    for (room, name, shown) in [
        ("room-workstations", "workstations", "workstation"),
        ("room-histories", "histories", "histories-none"),
        ("room-copies", "copies", "copies-file"),
        ("room-drill", "drill", "drill-none"),
    ] {
        till.tap(room).await?;
        till.take(name, shown).await?;
    }
    till.tap("rail-sale").await
}

/// The settings; the kitchen's address.
pub(crate) async fn neighbours(till: &Album, kitchen: &Album) -> Result<()> {
    kitchen.tap("kitchen-settings").await?;
    kitchen.take("settings", "settings-listens").await?;
    let listens = hook("settings-listens");
    let there = kitchen.window.shows(&listens, ":", Duration::from_secs(1)).await?.seen;
    kitchen.tap("settings-close").await?;
    till.tap("rail-settings").await?;
    till.tap("settings-peer-add").await?;
    till.window.fill(&hook("settings-peer"), &there).await?;
    till.tap("settings-peers-save").await?;
    till.take("settings", "notice").await?;
    till.tap("rail-sale").await
}
