//! Before the first sale: the PCs are installed, told of each other, and somebody signs in.

use std::time::Duration;

use anyhow::{Result, ensure};
use e2e::{Display, Expect, Person, SHOP, Waited, Window, first_run, hook, sign_in as enter};

use super::report::{Report, took, within};
use super::shop::Shop;

/// How long an answer to a press may take to be painted.
pub(super) const ANSWER: Duration = Duration::from_millis(100);

/// How long the shop may take to be safe once its PCs know of each other.
const SAFE: Duration = Duration::from_secs(5);

/// How long a change of settings may take to be kept.
const KEPT: Duration = Duration::from_millis(500);

/// How long a PIN may take: Argon2id is slow on purpose.
const SIGNED_IN: Duration = Duration::from_millis(500);

/// Types the centre's address and a one-time code at each window.
pub(super) async fn install(shop: &Shop, report: &mut Report) -> Result<()> {
    for (window, role, label) in [(&shop.till, "till", "C1"), (&shop.kitchen, "kitchen", "K1")] {
        let Waited { took: taken, .. } = first_run(window, &shop.centre, role, label).await?;
        let row = format!(
            "SELECT role FROM workstation WHERE shop = '{SHOP}' AND label = '{label}' \
             AND revoked_ms IS NULL"
        );
        let known = shop.centre.database.value(&row)?;
        ensure!(known == role, "the centre knows {label} as {known}");
        let held = format!("{label} is installed by address and code, and the centre knows it");
        report.step(&held, &[took("first screen after", taken)])?;
    }
    shop.pictures("installed").await
}

/// Gives each PC the other's address and the till its printer, on their settings' screens, and waits
/// until the till says that all is safe.
pub(super) async fn settle(shop: &Shop, report: &mut Report) -> Result<()> {
    // The till's settings are behind the sign-in.
    enter(&shop.till, Person::LOUISE).await?;
    shop.till.press(&hook("rail-settings")).await?;
    shop.kitchen.press(&hook("kitchen-settings")).await?;
    let listens = hook("settings-listens");
    let address = async |window: &Window| -> Result<String> {
        Ok(window.shows(&listens, "127.0.0.1:", KEPT).await?.seen)
    };
    let (till, kitchen) = (address(&shop.till).await?, address(&shop.kitchen).await?);
    for (window, other) in [(&shop.till, &kitchen), (&shop.kitchen, &till)] {
        window.press(&hook("settings-peer-add")).await?;
        window.fill(&hook("settings-peer"), other).await?;
        window.press(&hook("settings-peers-save")).await?;
        window.shows(&hook("notice"), "Les autres postes sont enregistrés.", KEPT).await?;
    }
    shop.kitchen.press(&hook("settings-close")).await?;

    let printer = shop.printer.address().to_string();
    shop.till.fill(&hook("settings-printer-host"), &printer).await?;
    shop.till.press(&hook("settings-printer-save")).await?;
    shop.till.shows(&hook("notice"), "imprimante est réglée", KEPT).await?;
    shop.till.picture(&shop.folder.join("till-settings.png")).await?;

    let green = "[data-test='safety-line'][data-level='safe']";
    let safe = shop.till.shows(green, "K1 ✓ · ticket ✓", SAFE).await?;
    let held = format!("each PC was given the other's address; the till says « {} »", safe.seen);
    report.step(&held, &[took("after", safe.took)])?;
    shop.till.press(&hook("rail-lock")).await
}

/// Somebody signs in at the till, by touch.
pub(super) async fn sign_in(shop: &Shop, report: &mut Report) -> Result<()> {
    shop.till.shows(&hook("screen-sign-in"), "", KEPT).await?;
    let last = enter(&shop.till, Person::MATHILDE).await?;
    let who = shop.till.shows(&hook("operator"), "", KEPT).await?.seen;
    ensure!(who.contains("MC") || who.contains("Mathilde"), "{who} is signed in");
    report.step("Mathilde signs in by touch", &[within("PIN taken in", last, SIGNED_IN)])
}

/// A manager looks at the centre's page, in an ordinary browser.
pub(super) async fn managers_page(shop: &Shop, report: &mut Report) -> Result<Page> {
    let display = Display::start(crate::TILL)?;
    let url = shop.centre.server.url();
    let window = Window::browse(&display, &shop.folder, &url).await?;
    window.fill("#name", shop.centre.manager.name).await?;
    window.fill("#password", shop.centre.manager.password).await?;
    window.press("form button[type='submit']").await?;
    let live =
        window.shows("#link[data-state='live']", "En direct", Duration::from_secs(2)).await?;
    let none = window.text("[data-shop='all']").await?;
    ensure!(none.contains("Aucune vente aujourd’hui"), "the page says « {none} »");
    report.step(
        "the centre's page is live, and says that nothing is sold",
        &[took("after", live.took)],
    )?;
    Ok(Page { window, _display: display })
}

/// The managers' page, open in a browser.
pub(super) struct Page {
    window: Window,
    _display: Display,
}

impl Page {
    /// Has the page note when it first shows these sales of the shop, and of all together.
    pub(super) async fn watch(&self, name: &str, cents: i64) -> Result<()> {
        let figure =
            |shop| format!("[data-shop='{shop}'] [data-figure='ttc'][data-cents='{cents}']");
        let both = format!("body:has({}):has({})", figure(SHOP), figure("all"));
        self.window.watch(name, Expect::There(&both)).await
    }

    /// How long after a moment the page painted what it was told to watch for.
    pub(super) async fn sighted(
        &self,
        name: &str,
        since_ms: i64,
        expected: Duration,
    ) -> Result<Duration> {
        since(self.window.sighted(name, expected).await?, since_ms)
    }

    /// Whether the page says so many tickets, of the shop and together, and none elsewhere.
    pub(super) async fn has_tickets(&self, tickets: usize) -> Result<()> {
        for (shop, expected) in [(SHOP, tickets), ("all", tickets), ("P02", 0)] {
            let figure = format!("[data-shop='{shop}'] [data-figure='tickets']");
            let said = self.window.attribute(&figure, "data-count").await?;
            ensure!(said == expected.to_string(), "{shop} has {said} tickets, not {expected}");
        }
        Ok(())
    }

    pub(super) async fn picture(&self, file: &std::path::Path) -> Result<()> {
        self.window.picture(file).await
    }

    pub(super) async fn close(self) -> Result<()> {
        self.window.close().await
    }
}

/// From one moment to another, both by the machine's clock; nothing where the pages' whole
/// milliseconds put them the other way round.
pub(super) fn since(at_ms: i64, since_ms: i64) -> Result<Duration> {
    Ok(Duration::from_millis(u64::try_from((at_ms - since_ms).max(0))?))
}
