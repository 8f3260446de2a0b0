//! Orders taken and paid at the till.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use e2e::{Answered, Expect, Hand, code, hook, now_ms, within as wait};
use fiscal::ticket::Ticket;
use printer_sim::decode::Item;

use super::opening::{Page, since};
use super::report::{Report, took, within};
use super::shop::{COLUMNS, Shop};

/// How long an order may take from its confirmation to the kitchen's screen.
pub(super) const KITCHEN: Duration = Duration::from_secs(1);

/// How long a sale may take from its confirmation to the managers' page.
const PAGE: Duration = Duration::from_secs(2);

/// How long the drawer, or a receipt of one page, may take.
const PRINTED: Duration = Duration::from_secs(2);

/// The most touches for two pizzas, one of them in halves with a change each way, paid.
const TAPS: usize = 12;

/// The most touches for a drink, paid exactly.
const DRINK_TAPS: usize = 4;

/// The most keys for the same two pizzas, before the time.
const KEYS: usize = 30;

/// A large Reine at 13,50 €, and a half Margherita half 4 fromages at the dearer half's 11,90 €
/// without basil and with an egg at 1,00 €.
pub(super) const TWO_PIZZAS: i64 = 13_50 + 11_90 + 1_00;
const DRINK: i64 = 2_00;

/// An order, as it is called and as it was settled.
pub(super) struct Sold {
    pub(super) label: String,
    pub(super) ticket: String,
}

/// Two pizzas by touch, paid with 50 €.
pub(super) async fn by_touch(shop: &Shop, page: &Page, report: &mut Report) -> Result<Sold> {
    let label = watch_kitchen(shop).await?;
    page.watch("touched", TWO_PIZZAS).await?;
    let (total, ends) = (hook("basket-total"), hook("config-submit"));
    let mut hand = Hand::at(&shop.till);
    hand.tap("tile-REI-G", Expect::Says(&total, "13,50 €")).await?;
    hand.tap("tile-MAR", Expect::There(&hook("configurator"))).await?;
    hand.tap("config-divide-2", Expect::There(&hook("config-product-4FR"))).await?;
    hand.tap("config-product-4FR", Expect::There(&hook("config-chip-BAS"))).await?;
    let without = "[data-test='config-chip-BAS'][data-amount='without']";
    hand.tap("config-chip-BAS", Expect::There(without)).await?;
    hand.tap("config-add-OEU", Expect::Says(&ends, "12,90 €")).await?;
    shop.till.picture(&shop.folder.join("till-configurator.png")).await?;
    hand.tap("config-submit", Expect::Says(&total, "26,40 €")).await?;
    shop.till.picture(&shop.folder.join("till-basket.png")).await?;
    hand.tap("pay", Expect::Says(&hook("payment-due"), "26,40 €")).await?;
    shop.till.picture(&shop.folder.join("till-payment.png")).await?;
    let confirmed = hand.tap("quick-50", Expect::Says(&hook("change-due"), "23,60 €")).await?;
    shop.till.picture(&shop.folder.join("till-change.png")).await?;
    ensure!(hand.taps() <= TAPS, "{} touches, more than {TAPS}", hand.taps());

    let seen = seen_in_kitchen(shop, &label, confirmed).await?;
    let card = shop.kitchen.text(&kitchen_card(&label)).await?;
    for part in ["Reine", "Grande", "Margherita", "4 fromages", "sans basilic", "+ œuf1"] {
        ensure!(card.contains(part), "the kitchen's card does not say {part}: {card}");
    }
    let on_page = page.sighted("touched", confirmed.at_ms, PAGE).await?;
    page.has_tickets(1).await?;
    let ticket = settled(shop, 1, TWO_PIZZAS, 23_60).await?;
    let held = format!(
        "{label} by touch in {} touches, paid 26,40 € with 50 €: 23,60 € back",
        hand.taps()
    );
    let measured = [
        took("answered in", confirmed.took),
        within("in the kitchen after", seen, KITCHEN),
        within("on the centre's page after", on_page, PAGE),
    ];
    report.step(&held, &measured)?;
    Ok(Sold { label, ticket })
}

/// The receipt of the sale that the till has just shown: printed because it was asked for, and
/// saying what was signed.
pub(super) async fn receipt(shop: &Shop, sold: &Sold, report: &mut Report) -> Result<()> {
    let pulse = |item: &Item| matches!(item, Item::Pulse { pin: 2, on_ms: 50, off_ms: 500 });
    printed(shop, |items| items.iter().any(pulse)).await?;
    let silent = !shop.printer.items().iter().any(|it| matches!(it, Item::Text { .. }));
    ensure!(silent, "something was printed that nobody asked for");
    report.step("the drawer is open, and nothing is printed", &[])?;

    let mut hand = Hand::at(&shop.till);
    let asked = hand.tap("receipt-print", Expect::There(&hook("receipt-queued"))).await?;
    printed(shop, |items| items.iter().any(|it| matches!(it, Item::Cut { .. }))).await?;
    let came = since(now_ms(), asked.at_ms)?;
    let ticket = ticket(shop, &sold.ticket)?;
    let paper = shop.printer.sheets(COLUMNS).concat();
    compare(&paper, &ticket)?;
    hand.tap("receipt-no", Expect::Gone(&hook("paid"))).await?;
    let held = format!("the receipt {} was asked for, and says what is signed", sold.ticket);
    report.step(&held, &[within("cut after", came, PRINTED)])
}

/// The same two pizzas in codes, for 19h30, paid with 30 €, without the mouse.
pub(super) async fn typed(shop: &Shop, page: &Page, report: &mut Report) -> Result<()> {
    let label = watch_kitchen(shop).await?;
    page.watch("typed", 2 * TWO_PIZZAS).await?;
    let mut hand = Hand::at(&shop.till);
    hand.write("REI G; MAR/4FR S -BAS +OEU; ").await?;
    let keys = hand.keys();
    ensure!(keys <= KEYS, "{keys} keys, more than {KEYS}");
    hand.write("19h30").await?;
    shop.till.shows(&hook("echo"), "pour 19:30", Duration::from_millis(100)).await?;
    shop.till.shows(&hook("echo-total"), "26,40 €", Duration::from_millis(100)).await?;
    shop.till.picture(&shop.folder.join("till-typed.png")).await?;
    hand.key(code::ENTER, Expect::Says(&hook("basket-total"), "26,40 €")).await?;
    shop.till.shows(&hook("basket-promise"), "Pour 19:30", Duration::from_millis(100)).await?;
    hand.key(code::F12, Expect::Says(&hook("payment-due"), "26,40 €")).await?;
    hand.key("3", Expect::Says(&hook("payment-given"), "3 €")).await?;
    hand.key("0", Expect::Says(&hook("payment-change"), "À rendre : 3,60 €")).await?;
    let confirmed = hand.key(code::ENTER, Expect::Says(&hook("change-due"), "3,60 €")).await?;

    let seen = seen_in_kitchen(shop, &label, confirmed).await?;
    let on_page = page.sighted("typed", confirmed.at_ms, PAGE).await?;
    page.has_tickets(2).await?;
    settled(shop, 2, TWO_PIZZAS, 3_60).await?;
    hand.key(code::ENTER, Expect::Gone(&hook("paid"))).await?;
    let held = format!(
        "{label} typed in {keys} keys and the time, for 19:30, paid 26,40 € with 30 €: 3,60 € back"
    );
    let measured = [
        took("answered in", confirmed.took),
        within("in the kitchen after", seen, KITCHEN),
        within("on the centre's page after", on_page, PAGE),
    ];
    report.step(&held, &measured)
}

/// A drink, paid exactly; nobody wants a receipt, and none comes.
pub(super) async fn drink(shop: &Shop, page: &Page, report: &mut Report) -> Result<()> {
    shop.next_label().await?;
    page.watch("drink", 2 * TWO_PIZZAS + DRINK).await?;
    shop.printer.forget();
    let mut hand = Hand::at(&shop.till);
    hand.tap("category-BOI", Expect::There(&hook("tile-COC"))).await?;
    hand.tap("tile-COC", Expect::Says(&hook("basket-total"), "2,00 €")).await?;
    hand.tap("pay", Expect::Says(&hook("payment-due"), "2,00 €")).await?;
    let confirmed = hand.tap("quick-exact", Expect::Says(&hook("change-due"), "0,00 €")).await?;
    let taps = hand.taps();
    ensure!(taps <= DRINK_TAPS, "{taps} touches, more than {DRINK_TAPS}");
    let on_page = page.sighted("drink", confirmed.at_ms, PAGE).await?;
    page.has_tickets(3).await?;
    settled(shop, 3, DRINK, 0).await?;
    hand.tap("receipt-no", Expect::Gone(&hook("paid"))).await?;
    let silent = !shop.printer.items().iter().any(|it| matches!(it, Item::Text { .. }));
    ensure!(silent, "a receipt was printed that nobody asked for");
    let held = format!("a drink paid exactly in {taps} touches, and nothing is printed");
    let measured =
        [took("answered in", confirmed.took), within("on the centre's page after", on_page, PAGE)];
    report.step(&held, &measured)
}

/// A pizza for half past nine: the kitchen knows of it, and does not show it yet.
pub(super) async fn for_later(shop: &Shop, report: &mut Report) -> Result<()> {
    let label = watch_kitchen(shop).await?;
    shop.kitchen.watch("later", Expect::Says(&hook("kitchen-upcoming"), "21:30")).await?;
    let mut hand = Hand::at(&shop.till);
    hand.write("MAR G; 21h30").await?;
    hand.key(code::ENTER, Expect::Says(&hook("basket-total"), "12,50 €")).await?;
    let sent = hand.key(code::F10, Expect::Says(&hook("notice"), &label)).await?;
    let known = since(shop.kitchen.sighted("later", KITCHEN).await?, sent.at_ms)?;
    ensure!(!shop.kitchen.has_sighted(&label).await?, "the kitchen shows {label} already");
    let rail = hook("rail-orders");
    shop.till.press(&rail).await?;
    let upcoming = format!("[data-test='column-upcoming'] [data-label='{label}']");
    shop.till.shows(&upcoming, "21:30", KITCHEN).await?;
    shop.till.press(&hook("rail-sale")).await?;
    let held = format!("{label} for 21:30 is to come, and not among the kitchen's cards");
    report.step(&held, &[within("known there after", known, KITCHEN)])
}

/// The order that the till will open next; the kitchen's page notes when it shows it.
pub(super) async fn watch_kitchen(shop: &Shop) -> Result<String> {
    let label = shop.next_label().await?;
    shop.kitchen.watch(&label, Expect::There(&kitchen_card(&label))).await?;
    Ok(label)
}

/// How long after its confirmation the kitchen painted the order.
pub(super) async fn seen_in_kitchen(
    shop: &Shop,
    label: &str,
    confirmed: Answered,
) -> Result<Duration> {
    since(shop.kitchen.sighted(label, KITCHEN).await?, confirmed.at_ms)
}

/// The order's card in the kitchen.
pub(super) fn kitchen_card(label: &str) -> String {
    format!("[data-test='kitchen-card'][data-label='{label}']")
}

/// The till's last ticket, by number, if it is the `count`th and says these amounts. All of them are
/// checked against the journal's key on the way.
pub(super) async fn settled(shop: &Shop, count: usize, cents: i64, change: i64) -> Result<String> {
    let tickets = shop.till_file()?.tickets()?;
    ensure!(tickets.len() == count, "{} tickets are signed, not {count}", tickets.len());
    let last = tickets.last().context("no ticket is signed")?;
    let document = last.read()?;
    let given: i64 = document.payments.iter().map(|it| it.change.cents()).sum();
    let said = (document.total_ttc.cents(), given);
    ensure!(said == (cents, change), "{} says {said:?}, not {cents} and {change}", last.number);
    let shown = shop.till.text(&hook("paid-ticket")).await?;
    ensure!(shown == last.number, "the till shows {shown}, and signed {}", last.number);
    Ok(shown)
}

fn ticket(shop: &Shop, number: &str) -> Result<Ticket> {
    let tickets = shop.till_file()?.tickets()?;
    tickets.into_iter().find(|it| it.number == number).with_context(|| format!("no {number}"))
}

/// Waits until the printer was told something.
async fn printed(shop: &Shop, mut done: impl FnMut(&[Item]) -> bool) -> Result<()> {
    let told =
        wait(
            "the printer is told",
            PRINTED,
            async || Ok(done(&shop.printer.items()).then_some(())),
        );
    told.await.map(drop)
}

/// Whether the paper says what the ticket does: number, lines, totals, payment, change, VAT.
fn compare(paper: &str, ticket: &Ticket) -> Result<()> {
    let document = ticket.read()?;
    let said = spaced(paper);
    let mut expected = vec![
        format!("VENTE n° {}", ticket.number),
        format!("Commande {}", document.order),
        format!("TOTAL TTC {} €", document.total_ttc.french()),
        format!("Nombre de lignes {}", document.line_count),
        format!("signature {}", ticket.extract()),
        document.issuer.siret.clone(),
        document.issuer.vat_number.clone(),
    ];
    for line in &document.lines {
        let amount = line.ttc.french();
        let sold = format!("{} x {}", line.qty_m / 1000, line.label);
        // The label goes on below the amount where it is long.
        let said = paper.lines().filter_map(|it| it.strip_suffix(&amount));
        let found =
            said.into_iter().any(|it| sold.starts_with(it.trim_end()) && !it.starts_with(' '));
        ensure!(found, "the receipt does not say « {sold} {amount} »:\n{paper}");
        expected.extend(line.label.split_whitespace().map(str::to_owned));
        expected.extend(line.details.iter().cloned());
    }
    for rate in &document.vat {
        let amounts = [rate.ht, rate.vat, rate.ttc].map(|it| it.french());
        expected.push(amounts.join(" "));
    }
    for payment in &document.payments {
        expected.push(format!("Espèces {}", payment.tendered.french()));
        expected.push(format!("Rendu {}", payment.change.french()));
    }
    for part in expected {
        let part = spaced(&part);
        ensure!(said.contains(&part), "the receipt does not say « {part} »:\n{paper}");
    }
    Ok(())
}

/// A text with spaces of every width, and ends of lines, made one space.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
