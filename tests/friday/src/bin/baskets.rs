//! Draws baskets, sells each, and has the VAT of every ticket found again by an independent
//! program: `baskets [--count N] [--seed S] [--json]`, 10,000 and 1 without.
//!
//! Exits with 1 at the first ticket that does not add up or that the two programs disagree on, or
//! where too few baskets were of the kinds that are hard.
#![expect(clippy::print_stdout, reason = "what it counts is what it is for")]

use anyhow::{Context as _, Result, bail, ensure};
use domain::shop::Shop;
use fiscal::ticket::{LAST_NUMBER, TicketSeries, totals};
use fiscal::vat::Table;
use friday::{Baskets, Dice, data, sale};
use journal::{JournalId, SigningKey};
use std::io::{BufWriter, Write};
use std::process::{Child, ChildStdin, Command, Stdio};

/// One ticket in so many is also numbered, signed and checked: signing takes longer than all else.
const SIGNED_EVERY: u64 = 100;

/// The least of each kind, in per cent of all baskets.
const LEAST: Shares = Shares { two_rates: 30, parts: 20, options: 20 };

#[derive(Clone, Copy, Default)]
struct Shares {
    two_rates: u64,
    parts: u64,
    options: u64,
}

struct Asked {
    count: u64,
    seed: u64,
    json: bool,
}

fn main() -> Result<()> {
    let asked = asked(std::env::args().skip(1))?;
    let mut oracle = Oracle::start()?;
    let shares = sell(&asked, &mut oracle)?;
    let agreed = oracle.finish()?;
    ensure!(agreed == format!("{} baskets agree", asked.count), "the oracle says: {agreed}");
    report(&asked, shares);
    for (kind, found, least) in [
        ("two rates", shares.two_rates, LEAST.two_rates),
        ("halves, thirds or quarters", shares.parts, LEAST.parts),
        ("changes or options", shares.options, LEAST.options),
    ] {
        ensure!(
            found * 100 >= asked.count * least,
            "{found} of {} baskets have {kind}: less than {least} %",
            asked.count
        );
    }
    Ok(())
}

fn asked(mut words: impl Iterator<Item = String>) -> Result<Asked> {
    let mut asked = Asked { count: 10_000, seed: 1, json: false };
    while let Some(word) = words.next() {
        let mut number = || -> Result<u64> {
            let text = words.next().with_context(|| format!("{word} needs a number"))?;
            text.parse().with_context(|| format!("{word} {text}: not a number"))
        };
        match word.as_str() {
            "--count" => asked.count = number()?,
            "--seed" => asked.seed = number()?,
            "--json" => asked.json = true,
            _ => bail!("baskets [--count N] [--seed S] [--json]"),
        }
    }
    Ok(asked)
}

/// Draws and sells so many baskets, and counts the kinds.
fn sell(asked: &Asked, oracle: &mut Oracle) -> Result<Shares> {
    let shops = data::shops();
    let table = Table::metropolitan_2026();
    let mut dice = Dice::new(asked.seed, u64::MAX);
    let mut baskets = Baskets::new(asked.seed, data::menu());
    let mut series = Series::open(&shops[0])?;
    let mut shares = Shares::default();
    for place in 0..asked.count {
        let basket = baskets.draw();
        let said = || format!("basket {place} of seed {}: {basket:?}", asked.seed);
        let shop = dice.pick(&shops);
        let sold =
            sale::sale(&basket, baskets.menu(), shop, &table, &mut dice).with_context(said)?;
        let sums = totals(&sold.lines);
        let of_sum = sale::sum(&basket, baskets.menu()).with_context(said)?;
        if let Some(fault) = sale::fault(&sold, &sums, &of_sum) {
            bail!("{fault}\n{}", said());
        }
        if place % SIGNED_EVERY == 0 {
            series.issue(&sold).with_context(said)?;
        }
        shares.two_rates += u64::from(sums.rates.len() >= 2);
        shares.parts += u64::from(basket.has_parts());
        shares.options += u64::from(basket.has_options());
        oracle.tell(&sale::told(&sold, &sums))?;
    }
    Ok(shares)
}

fn report(asked: &Asked, shares: Shares) {
    let Asked { count, seed, .. } = asked;
    let Shares { two_rates, parts, options } = shares;
    if asked.json {
        println!(
            "{{\"name\":\"baskets\",\"count\":{count},\"seed\":{seed},\"two_rates\":{two_rates},\
             \"parts\":{parts},\"options\":{options}}}"
        );
    } else {
        println!(
            "{count} baskets of seed {seed} add up, and an independent program finds the same VAT: \
             {two_rates} with two rates, {parts} with halves, thirds or quarters, {options} with \
             changes or options"
        );
    }
}

/// A series of tickets, signed with a key that is for this run only.
struct Series {
    series: TicketSeries,
    key: SigningKey,
}

impl Series {
    fn open(shop: &Shop) -> Result<Self> {
        let key = SigningKey::from_secret(&[0x42; 32]).context("a test key")?;
        Ok(Self { series: TicketSeries::open(&shop.code, "C1", &JournalId([7; 32])), key })
    }

    fn issue(&mut self, sold: &fiscal::ticket::Draft) -> Result<()> {
        let (ticket, next) = self.series.issue(sold, &self.key)?;
        ticket.check(&self.key.public_key(), self.series.previous.as_deref())?;
        ensure!(self.series.after(&ticket)? == next, "the series read back is another");
        self.series = next;
        if self.series.next > LAST_NUMBER {
            self.series.next = 1;
        }
        Ok(())
    }
}

/// The independent program, at the other end of a pipe.
struct Oracle {
    child: Child,
    pipe: BufWriter<ChildStdin>,
}

impl Oracle {
    fn start() -> Result<Self> {
        let program =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/fiscal/tests/oracle/vat.py");
        let mut child = Command::new("python3")
            .arg(program)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .context("python3")?;
        let pipe = BufWriter::new(child.stdin.take().expect("it was asked for"));
        Ok(Self { child, pipe })
    }

    /// Where the program has stopped reading, it has found something, and says so itself.
    fn tell(&mut self, sale: &str) -> Result<()> {
        writeln!(self.pipe, "{sale}").context("the oracle has stopped: see above")
    }

    fn finish(self) -> Result<String> {
        let Self { child, pipe } = self;
        drop(pipe.into_inner().context("the oracle has stopped: see above")?);
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "the oracle disagrees: see above");
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}
