//! A till that sells for days while the centre is away, and how long the centre takes to catch up:
//! by the till's own link, over HTTP, into a real PostgreSQL.

use anyhow::{Context, Result, anyhow, ensure};
use fiscal::Money;
use fiscal::vat::Mode;
use friday::Baskets;
use pos_api::{Answer, BasketEdit, Command, Query, Role, SetUp, Tender};
use pos_core::anchor;
use pos_core::clock::{MachineEntropy, StoppedClock};
use pos_core::runtime::{Finds, Handle, Start};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command as Process;
use std::sync::Arc;
use std::time::Duration;

use crate::wait::now;
use crate::{Database, Person, Programs, SHOP, Server};

/// A Friday at 12:00 in Paris, with the days after it to come.
const NOON_MS: i64 = 1_795_172_400_000;
/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// How long, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Away {
    /// Business days.
    pub days: usize,
    /// Orders in all.
    pub orders: usize,
}

/// How the centre caught up, found equal with the till to the cent.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    /// From the moment the centre was started again until it held the till's last entry.
    pub took: Duration,
    /// How many entries that were.
    pub entries: u64,
}

/// Enrols a till, takes the centre away, sells, and brings the centre back.
///
/// # Errors
///
/// Something was refused, the centre has not caught up within `bound`, or it does not hold what the
/// till sold.
pub async fn catch_up(
    programs: &Programs,
    database: &Database,
    folder: &Path,
    away: Away,
    bound: Duration,
) -> Result<Level> {
    let server = folder.join("server");
    let mut server = Server::start(&programs.server()?, database, &server, None).await?;
    load(programs, &server, folder)?;
    let clock = StoppedClock::at(NOON_MS);
    let till = enrolled(&server, folder, &clock)?;
    let known = entries_at_the_centre(database)?;
    server.stop();

    let taken = sell(&till, &clock, away)?;
    let (place, hash) = till
        .with(|till| till.tip().map(|tip| (tip.seq.0, tip.hash.hex())))
        .flatten()
        .context("the till has written")?;
    server.resume().await?;
    let began = now();
    // Held, not last: a till at rest may still write something of its own after it.
    let held = format!(
        "SELECT count(*) FROM entry WHERE seq = {place} AND encode(hash, 'hex') = '{hash}'"
    );
    let mut seen = 0;
    while database.value(&held)? != "1" {
        ensure!(began.elapsed() < bound, "not level after {:?}", began.elapsed());
        seen = till.wait_for_change(seen, Duration::from_millis(50));
    }
    let took = began.elapsed();
    let counted = database.value("SELECT sum(tickets) || ' ' || sum(ttc_cents) FROM rollup_day")?;
    ensure!(counted == format!("{} {}", away.orders, taken.cents()), "the centre counts {counted}");
    let kept = database.value("SELECT count(*) FROM alarm")?;
    ensure!(kept == "0", "{kept} alarms");
    Ok(Level { took, entries: entries_at_the_centre(database)?.saturating_sub(known) })
}

fn entries_at_the_centre(database: &Database) -> Result<u64> {
    Ok(database.value("SELECT count(*) FROM entry")?.parse()?)
}

fn load(programs: &Programs, server: &Server, folder: &Path) -> Result<()> {
    let data = folder.join("data");
    let status = Process::new(programs.friday()?).arg("write").arg(&data).status()?;
    ensure!(status.success(), "the demo's data were not written");
    server.administer(&["load", data.to_str().context("the folder's name is not text")?], "")?;
    Ok(())
}

fn enrolled(server: &Server, folder: &Path, clock: &StoppedClock) -> Result<Handle> {
    let words = ["enrol-code", "--shop", SHOP, "--role", "till", "--label", "C1"];
    let code = server.administer(&words, "")?;
    let data = folder.join("till");
    std::fs::create_dir_all(&data)?;
    let till = Handle::start(Start {
        anchor: Some(anchor::beside(&data)),
        folder: data,
        clock: Arc::new(clock.clone()),
        entropy: Box::new(MachineEntropy),
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        finds: Finds::Typed,
        on_change: Box::new(|| {}),
    })?;
    let set_up = SetUp {
        server: Some(server.url()),
        code,
        role: Role::Till,
        label: "C1".to_owned(),
        pin: String::new(),
    };
    ask(&till, Command::SetUp(set_up))?;
    let mut seen = 0;
    for _ in 0..1_000 {
        let Answer::Session(session) = query(&till, Query::Session)? else {
            return Err(anyhow!("the till does not say who it is"));
        };
        if session.has_menu && !session.operators.is_empty() {
            return Ok(till);
        }
        seen = till.wait_for_change(seen, Duration::from_millis(100));
    }
    Err(anyhow!("the menu did not come"))
}

/// Sells day by day, and answers what was taken in all.
fn sell(till: &Handle, clock: &StoppedClock, away: Away) -> Result<Money> {
    let mut baskets = Baskets::new(7, friday::data::menu());
    let mut taken = Money::ZERO;
    for day in 0..away.days {
        clock.set(NOON_MS + DAY_MS * i64::try_from(day)?);
        let Person { code, pin } = Person::LOUISE;
        ask(till, Command::SignIn { operator: code.to_owned(), pin: pin.to_owned() })?;
        for _ in (away.orders * day / away.days)..(away.orders * (day + 1) / away.days) {
            let basket = baskets.draw_for(Mode::TakeAway);
            for (item, quantity) in basket.lines {
                ask(till, Command::Basket(BasketEdit::Add { item, quantity }))?;
            }
            let tender = Tender::cash(Money::from_cents(99_900));
            let paid = Command::TakePayment { order: None, tenders: vec![tender] };
            let pos_api::Reply::Paid(paid) = ask(till, paid)? else {
                return Err(anyhow!("it was not paid"));
            };
            taken += paid.total;
            clock.advance_ms(90_000);
        }
    }
    Ok(taken)
}

fn ask(till: &Handle, command: Command) -> Result<pos_api::Reply> {
    till.command(command).map_err(|failure| anyhow!("refused: {failure:?}"))
}

fn query(till: &Handle, query: Query) -> Result<Answer> {
    till.query(query).map_err(|failure| anyhow!("refused: {failure:?}"))
}
