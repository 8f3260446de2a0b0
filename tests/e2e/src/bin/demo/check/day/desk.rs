//! Hands at the till, which take pictures and look at what came of each sale.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use e2e::{Expect, File, Person, Press, code, hook, within};
use fiscal::ticket::Document;

use super::super::shop::{COLUMNS, Shop};

/// How long the window may take to show what came of a press.
pub(super) const SOON: Duration = Duration::from_secs(1);

/// How long a paper of one page may take.
const PRINTED: Duration = Duration::from_secs(2);

/// The counter, and what was counted so far.
pub(super) struct Desk<'a> {
    pub(super) shop: &'a Shop,
    pictures: PathBuf,
    tickets: Cell<usize>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(shop: &'a Shop, pictures: &Path) -> Self {
        Self { shop, pictures: pictures.to_owned(), tickets: Cell::new(0) }
    }

    /// Takes a picture of the till.
    pub(super) async fn picture(&self, name: &str) -> Result<()> {
        self.shop.till.picture(&self.pictures.join(format!("{name}.png"))).await
    }

    /// Touches what has that hook.
    pub(super) async fn tap(&self, name: &str) -> Result<()> {
        self.shop.till.press(&hook(name)).await
    }

    /// Touches what has that hook; the window must show what is expected, which it did not before.
    pub(super) async fn tap_for(&self, name: &str, expected: Expect<'_>) -> Result<()> {
        let answered = self.shop.till.answer(Press::On(&hook(name)), expected).await;
        answered.map(drop).with_context(|| format!("press {name}"))
    }

    /// Touches each in turn, as on a pad.
    pub(super) async fn tap_all(&self, names: &[&str]) -> Result<()> {
        for name in names {
            self.tap(name).await?;
        }
        Ok(())
    }

    /// Waits until what has that hook says so; answers all that it says.
    pub(super) async fn sees(&self, name: &str, part: &str) -> Result<String> {
        Ok(self.shop.till.shows(&hook(name), part, SOON).await?.seen)
    }

    /// Writes in the field that has that hook.
    pub(super) async fn fill(&self, name: &str, text: &str) -> Result<()> {
        self.shop.till.fill(&hook(name), text).await
    }

    /// Types an order line, adds it, and waits until the basket comes to `total`.
    pub(super) async fn order(&self, line: &str, total: &str) -> Result<()> {
        self.shop.till.keys(line).await?;
        self.sees("echo-total", "€").await?;
        self.shop.till.keys(code::ENTER).await?;
        self.sees("basket-total", total).await.map(drop)
    }

    /// Opens the payment of the basket by one means.
    pub(super) async fn pay_by(&self, means: &str, due: &str) -> Result<()> {
        self.tap_for("pay", Expect::Says(&hook("payment-due"), due)).await?;
        if means == "cash" {
            return Ok(());
        }
        let tab = format!("means-{means}");
        let open = format!("{}[aria-pressed='true']", hook(&tab));
        self.tap_for(&tab, Expect::There(&open)).await
    }

    /// The manager types a PIN, and what waited is done.
    pub(super) async fn approve(&self) -> Result<()> {
        let Person { code, pin } = Person::LOUISE;
        self.sees("approval", "Un responsable autorise").await?;
        self.tap(&format!("approval-manager-{code}")).await?;
        for digit in pin.chars() {
            self.tap(&format!("approval-{digit}")).await?;
        }
        self.tap_for("approval-allow", Expect::Gone(&hook("approval"))).await
    }

    /// What the till has just signed: the next ticket, of `cents`, which the window names.
    pub(super) async fn settled(&self, cents: i64) -> Result<Sold> {
        let shown = self.sees("paid-ticket", "-").await?;
        let sold = self.signed(cents)?;
        ensure!(sold.number == shown, "the till shows {shown}, and signed {}", sold.number);
        Ok(sold)
    }

    /// The ticket that the till has just signed: one more than there were, and of `cents`.
    pub(super) fn signed(&self, cents: i64) -> Result<Sold> {
        let tickets = self.file()?.tickets()?;
        self.tickets.set(self.tickets.get() + 1);
        let expected = self.tickets.get();
        ensure!(tickets.len() == expected, "{} tickets, not {expected}", tickets.len());
        let ticket = tickets.last().context("no ticket is signed")?;
        let document = ticket.read()?;
        let total = document.total_ttc.cents();
        ensure!(total == cents, "{} comes to {total}, not {cents}", ticket.number);
        Ok(Sold { number: ticket.number.clone(), document })
    }

    /// On to the next order.
    pub(super) async fn next(&self) -> Result<()> {
        self.tap_for("receipt-no", Expect::Gone(&hook("paid"))).await
    }

    /// Opens a tab of the day.
    pub(super) async fn day(&self, tab: &str) -> Result<()> {
        self.tap("rail-day").await?;
        self.tap(&format!("day-tab-{tab}")).await
    }

    /// Searches a ticket by its number, and looks at it.
    pub(super) async fn look_at(&self, number: &str) -> Result<()> {
        self.day("tickets").await?;
        self.fill("tickets-search", number.rsplit('-').next().unwrap_or(number)).await?;
        let lines = hook("ticket-line");
        let what = format!("{number} alone is found");
        let alone = within(&what, SOON, async || {
            let found = self.shop.till.texts(&lines).await?;
            Ok((found.len() == 1 && found.iter().all(|it| it.contains(number))).then_some(()))
        });
        alone.await?;
        self.shop.till.press(&lines).await?;
        self.sees("ticket-number", number).await.map(drop)
    }

    /// Waits for a paper that says `part`; answers all that it says.
    pub(super) async fn paper(&self, part: &str) -> Result<String> {
        let what = format!("a paper says « {part} »");
        let found = within(&what, PRINTED, async || {
            let sheets = self.shop.printer.sheets(COLUMNS);
            let whole = sheets.iter().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" "));
            Ok(whole.into_iter().find(|it| it.contains(part)))
        });
        Ok(found.await?.seen)
    }

    /// The till's database.
    pub(super) fn file(&self) -> Result<File> {
        self.shop.till_file()
    }

    /// How many entries of a kind the till wrote, training left out.
    pub(super) fn entries_of(&self, kind: i64) -> Result<i64> {
        self.file()?.count(&format!(
            "SELECT count(*)
               FROM entry JOIN journal USING (journal)
              WHERE own = 1 AND purpose = 0 AND kind = {kind}"
        ))
    }
}

/// A ticket that was signed.
pub(super) struct Sold {
    pub(super) number: String,
    pub(super) document: Document,
}

/// The file that a sentence like « F000001 : …/F000001.pdf » ends with.
pub(super) fn file_in(said: &str) -> Result<&Path> {
    let (_, path) = said.split_once(" : ").with_context(|| format!("no file in « {said} »"))?;
    let path = Path::new(path.trim());
    ensure!(path.is_file(), "{} was not written", path.display());
    Ok(path)
}
