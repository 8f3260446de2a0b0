//! One till, sold on, killed and started again, over and over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fiscal::Money;
use pos_api::{Answer, Command, PrinterSettings, Query, Reply, Role, SetUp, Tender};
use printer_sim::printer::{Fault, Printer};

use crate::{Asked, Books, Shown, Till, check};

/// A Friday evening: the programs' clock starts here at each start, so that it also goes back.
const CLOCK: &str = "2026-11-20T19:10:00+01:00";
/// The first manager's PIN.
const PIN: &str = "2580";
/// The columns of the printer's paper.
const COLUMNS: usize = 42;
/// How many answers a till gives at most between « Valider » and its end: three sales or so.
const ANSWERS: usize = 10;
/// How long what waits for the printer may take.
const BOUND: Duration = Duration::from_secs(60);

/// When and how a till is killed; all of it follows from the seed.
#[derive(Clone, Copy, Debug)]
pub struct Kill {
    /// How long after « Valider ».
    pub after: Duration,
    /// What « Valider » does.
    pub valider: Valider,
    /// How long the printer takes for each answer.
    pub printer_ms: u64,
}

/// What « Valider » does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valider {
    /// Takes the money: order, kitchen and ticket at once.
    Pay,
    /// Sends the order to the kitchen, to be paid later.
    Send,
}

impl Kill {
    /// The kill of this seed. Half of them come in the first 8 ms, where the commit is; the others up
    /// to 2 s, while receipts are printed and the next sales are made.
    #[must_use]
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let span_us = match dice.below(4) {
            0 | 1 => 8_000,
            2 => 250_000,
            _ => 2_000_000,
        };
        Self {
            after: Duration::from_micros(dice.below(span_us)),
            valider: if dice.below(3) == 0 { Valider::Send } else { Valider::Pay },
            printer_ms: [0, 0, 30, 120][usize::try_from(dice.below(4)).expect("below 4")],
        }
    }
}

/// Numbers that follow from a seed (SplitMix64, public domain by S. Vigna).
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut drawn = self.0;
        drawn = (drawn ^ (drawn >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        drawn = (drawn ^ (drawn >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (drawn ^ (drawn >> 31)) % count
    }
}

/// A till, its printer, and what it has shown so far.
#[derive(Debug)]
pub struct Play {
    program: PathBuf,
    folder: PathBuf,
    printer: Printer,
    /// What was shown as done, over all runs.
    pub shown: Shown,
    /// How often a ticket's number stands on one receipt.
    on_one_receipt: usize,
    /// How many kills came before the answer to « Valider ».
    pub unanswered: u64,
    /// Jobs that were offered after a start, for nobody knew whether they were printed.
    pub offered: BTreeSet<i64>,
}

impl Play {
    /// Sets a new till up in `folder`, sells once, and prints that receipt.
    ///
    /// # Errors
    ///
    /// Where anything of it is refused.
    pub fn new(program: &Path, folder: &Path) -> Result<Self> {
        let printer = Printer::start()?;
        let mut play = Self {
            program: program.to_owned(),
            folder: folder.to_owned(),
            printer,
            shown: Shown::default(),
            on_one_receipt: 0,
            unanswered: 0,
            offered: BTreeSet::new(),
        };
        let mut till = play.start()?;
        till.run(Command::SetUp(SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".to_owned(),
            pin: PIN.to_owned(),
        }))?;
        let host = play.printer.address().to_string();
        let printer = PrinterSettings::counter(host, true);
        till.run(Command::SetPrinters(vec![printer]))?;
        sign_in(&mut till)?;
        let Reply::Paid(paid) = play.sell(&mut till)? else {
            anyhow::bail!("a payment answers otherwise");
        };
        let receipt = till.run(Command::PrintReceipt { ticket: paid.ticket.clone() })?;
        play.shown.hear(&receipt, Some(&paid.ticket));
        play.shown.asked.push(paid.ticket.clone());
        let printed = play.printer.wait_until(BOUND, |bytes| cuts(bytes) == 1);
        ensure!(printed, "nothing is printed");
        let paper = play.printer.sheets(COLUMNS).concat();
        play.on_one_receipt = paper.matches(&paid.ticket).count();
        ensure!(0 < play.on_one_receipt, "the receipt does not say its number");
        drop(till);
        Ok(play)
    }

    /// Starts the till, keys an order in, presses « Valider », sells on, kills it at its instant,
    /// starts it again, and looks for what was shown.
    ///
    /// # Errors
    ///
    /// What is missing, torn, doubled or numbered twice.
    pub fn kill(&mut self, kill: Kill) -> Result<Books> {
        let fault = match kill.printer_ms {
            0 => Fault::None,
            ms => Fault::Slow(Duration::from_millis(ms)),
        };
        self.printer.set(fault);
        let mut till = self.start()?;
        sign_in(&mut till)?;
        till.run(Command::AddTyped { text: "REI G; 2 MAR".to_owned() })?;

        let lost = self.sell_until(&mut till, kill)?;
        let asked = self.shown.asked.last().cloned();
        for reply in till.kill()? {
            let reply = reply.map_err(|failure| anyhow::anyhow!("refused: {failure:?}"))?;
            self.shown.hear(&reply, asked.as_deref());
        }
        self.unanswered += u64::from(lost);

        let mut till = self.start()?;
        let books = check(&self.folder, &self.shown).context("after the start")?;
        self.look(&mut till, &books)?;
        drop(till);
        Ok(books)
    }

    /// Presses « Valider » and goes on selling until the instant has come; whether « Valider » was
    /// not answered by then.
    fn sell_until(&mut self, till: &mut Till, kill: Kill) -> Result<bool> {
        let pressed = now();
        let mut next = match kill.valider {
            Valider::Pay => payment(),
            Valider::Send => Command::SendToKitchen,
        };
        let mut answered = 0;
        loop {
            let receipt = if let Command::PrintReceipt { ticket } = &next {
                Some(ticket.clone())
            } else {
                None
            };
            self.shown.asked.extend(receipt.clone());
            till.ask(&Asked::Command(next))?;
            let left = kill.after.saturating_sub(now().duration_since(pressed));
            let Some(reply) = till.hear(left)? else {
                return Ok(answered == 0);
            };
            answered += 1;
            let reply = reply.map_err(|failure| anyhow::anyhow!("refused: {failure:?}"))?;
            self.shown.hear(&reply, receipt.as_deref());
            if answered == ANSWERS {
                let left = kill.after.saturating_sub(now().duration_since(pressed));
                ensure!(till.hear(left)?.is_none(), "answered unasked");
                return Ok(false);
            }
            next = match reply {
                Reply::Paid(paid) => Command::PrintReceipt { ticket: paid.ticket },
                Reply::Order { order, .. } => {
                    Command::TakePayment { order: Some(order), tenders: tenders() }
                }
                Reply::Queued { .. } => Command::AddTyped { text: "MAR/4FR S -BAS".to_owned() },
                Reply::Basket(_) => payment(),
                Reply::Done
                | Reply::Session(_)
                | Reply::Corrected { .. }
                | Reply::Closing(_)
                | Reply::File { .. }
                | Reply::Link { .. }
                | Reply::Verified { .. }
                | Reply::Purged { .. } => Command::SendToKitchen,
            };
        }
    }

    /// What the till shows after the start: the receipts that nobody knows of, and the orders.
    fn look(&mut self, till: &mut Till, books: &Books) -> Result<()> {
        let Answer::PrintJobs(jobs) = till.query(Query::PrintJobs)? else {
            anyhow::bail!("print jobs are answered otherwise");
        };
        self.offered.extend(jobs.iter().filter(|job| job.unsure).map(|job| job.job));
        let latest = self.shown.orders.iter().rev().take(ANSWERS);
        for (id, _) in latest.filter(|(id, _)| books.orders.contains_key(id)) {
            let Answer::Order(_) = till.query(Query::Order { order: *id })? else {
                anyhow::bail!("an order is answered otherwise");
            };
        }
        Ok(())
    }

    /// Lets the printer finish, and counts what it printed: no receipt more often than it was asked
    /// for. Answers how many pieces of paper there are.
    ///
    /// # Errors
    ///
    /// A receipt was printed that nobody asked for, or that waits for ever.
    pub fn end(&mut self) -> Result<usize> {
        self.printer.set(Fault::None);
        let mut till = self.start()?;
        let begun = now();
        loop {
            let Answer::PrintJobs(jobs) = till.query(Query::PrintJobs)? else {
                anyhow::bail!("print jobs are answered otherwise");
            };
            if jobs.iter().all(|job| job.unsure) {
                break;
            }
            ensure!(now().duration_since(begun) < BOUND, "a receipt waits: {jobs:?}");
            // Nothing to be heard: it is a wait of a moment, that an end would cut short.
            ensure!(till.hear(Duration::from_millis(50))?.is_none(), "answered unasked");
        }
        drop(till);
        check(&self.folder, &self.shown).context("at the end")?;
        let paper = self.printer.sheets(COLUMNS).concat();
        let mut asked: BTreeMap<&str, usize> = BTreeMap::new();
        for ticket in &self.shown.asked {
            *asked.entry(ticket).or_default() += 1;
        }
        for (ticket, asked) in asked {
            let times = paper.matches(ticket).count();
            ensure!(
                times <= asked * self.on_one_receipt,
                "the receipt of {ticket} was asked for {asked} times and printed more often"
            );
        }
        Ok(cuts(&self.printer.bytes()))
    }

    fn start(&self) -> Result<Till> {
        Till::start(&self.program, &self.folder, CLOCK)
    }

    fn sell(&mut self, till: &mut Till) -> Result<Reply> {
        till.run(Command::AddTyped { text: "MAR".to_owned() })?;
        let reply = till.run(payment())?;
        self.shown.hear(&reply, None);
        Ok(reply)
    }
}

fn sign_in(till: &mut Till) -> Result<()> {
    let Answer::Session(session) = till.query(Query::Session)? else {
        anyhow::bail!("the session is answered otherwise");
    };
    let operator = session.operators.first().context("a shop has a manager")?.code.clone();
    till.run(Command::SignIn { operator, pin: PIN.to_owned() })?;
    Ok(())
}

fn payment() -> Command {
    Command::TakePayment { order: None, tenders: tenders() }
}

fn tenders() -> Vec<Tender> {
    vec![Tender::cash(Money::from_cents(20_000))]
}

/// How often paper was cut.
fn cuts(bytes: &[u8]) -> usize {
    let items = printer_sim::decode::decode(bytes);
    items.iter().filter(|item| matches!(item, printer_sim::decode::Item::Cut { .. })).count()
}

#[expect(clippy::disallowed_methods, reason = "the instant of a kill is measured")]
fn now() -> Instant {
    Instant::now()
}
