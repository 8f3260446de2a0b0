//! The till that is played: a workstation on its file, its clock, its printer, and who is at it.

use crate::centre::{Centre, SHOP, URL};
use crate::{raw, when};
use anyhow::{Context as _, Result, anyhow, bail, ensure};
use domain::id::OrderId;
use fiscal::Money;
use friday::Dice;
use pos_api::{
    Answer, Approval, BasketView, Code, Command, PaidView, PrinterRoad, PrinterSettings, Query,
    Reply, Role, SetUp, Tender,
};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::print::document::Document;
use pos_core::print::job::{JobKind, Outcome};
use pos_core::print::layout::Paper;
use pos_core::print::{escpos_bytes, store as queue};
use pos_core::queries::Window;
use pos_core::{Workstation, commands, runtime};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The till's label.
pub(crate) const LABEL: &str = "C1";
/// Its only printer.
const PRINTER: &str = "comptoir";

/// Something that came out of the printer.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    /// What it is, as files are called.
    pub(crate) name: &'static str,
    /// The number of the ticket, order or closing; may be empty.
    pub(crate) reference: String,
    /// What was sent to the printer.
    pub(crate) bytes: Vec<u8>,
}

/// A till without its window.
pub(crate) struct Till {
    folder: PathBuf,
    clock: StoppedClock,
    seed: u64,
    runs: u64,
    pub(crate) dice: Dice,
    centre: Centre,
    workstation: Workstation,
    window: Window,
    /// What was printed, in order.
    pub(crate) printed: Vec<Printed>,
    /// How many commands were done.
    pub(crate) done: u64,
    /// How many were refused, as they had to be.
    pub(crate) refused: u64,
}

impl Till {
    /// Sets a new till up in `folder`, as an administrator does: taken in by the centre, with menu,
    /// staff and printer.
    pub(crate) fn set_up(folder: &Path, seed: u64) -> Result<Self> {
        let clock = StoppedClock::at(when::ms(when::AUGUST_21, 9, 0));
        let mut dice = Dice::new(seed, 0xDA);
        let mut centre = Centre::new(&dice.bytes(), when::ms(when::AUGUST_21, 8, 0))?;
        let file = folder.join(runtime::FILE);
        let mut workstation = open(&file, &clock, seed, 0)?;
        let (url, thread) = centre.take_in()?;
        let answers = SetUp {
            server: Some(url),
            code: "ESSAI-ESSAI".to_owned(),
            role: Role::Till,
            label: LABEL.to_owned(),
            pin: String::new(),
        };
        commands::run(&mut workstation, Command::SetUp(answers)).map_err(|it| said(&it.code))?;
        thread.join().map_err(|_| anyhow!("the centre failed"))??;
        centre.tell(&mut workstation)?;
        workstation.stop()?;
        drop(workstation);
        name_centre(&file)?;

        let workstation = open(&file, &clock, seed, 1)?;
        let window = Window::open(&workstation)?;
        let mut till = Self {
            folder: folder.to_owned(),
            clock,
            seed,
            runs: 1,
            dice,
            centre,
            workstation,
            window,
            printed: Vec::new(),
            done: 0,
            refused: 0,
        };
        let road = PrinterRoad::Usb { device: "/dev/usb/lp0".to_owned() };
        let counter = PrinterSettings { road, ..PrinterSettings::counter(String::new(), true) };
        till.run(Command::SetPrinters(vec![counter]))?;
        Ok(till)
    }

    /// The till's file.
    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join(runtime::FILE)
    }

    /// Winds the clock to a local time of a day; hours from 24 on are those after its midnight.
    pub(crate) fn at(&mut self, day: when::Day, hour: i64, minute: i64) {
        let seconds = i64::from(self.dice.between(0, 59));
        self.clock.set(when::ms(day, hour, minute) + seconds * 1_000);
    }

    /// The moment that the clock shows.
    pub(crate) fn moment(&self) -> fiscal::time::Moment {
        self.workstation.moment()
    }

    /// Ends the program, in order, and starts it again at a local time.
    pub(crate) fn restart(&mut self, day: when::Day, hour: i64, minute: i64) -> Result<()> {
        self.workstation.stop()?;
        self.start(day, hour, minute)
    }

    /// The machine was switched off; the program is started again at a local time.
    pub(crate) fn start(&mut self, day: when::Day, hour: i64, minute: i64) -> Result<()> {
        self.at(day, hour, minute);
        self.runs += 1;
        self.workstation = open(&self.file(), &self.clock, self.seed, self.runs)?;
        self.window = Window::open(&self.workstation)?;
        Ok(())
    }

    /// The centre is there for a moment, and holds what was written.
    pub(crate) fn reach_centre(&mut self) -> Result<()> {
        self.centre.hold(&mut self.workstation)
    }

    /// Ends the program for good; the file is whole and has nothing beside it. Answers what the centre
    /// knows of its end.
    pub(crate) fn end(mut self) -> Result<String> {
        self.workstation.stop()?;
        self.reach_centre()?;
        self.workstation.store().checkpoint()?;
        // Whoever only reads cannot tidy up after the last: the writer closes the file.
        let Self { window, workstation, centre, .. } = self;
        drop(window);
        drop(workstation);
        Ok(centre.anchors())
    }

    /// Does something that must be done.
    pub(crate) fn run(&mut self, command: Command) -> Result<Reply> {
        let what = format!("{command:?}");
        let reply = commands::run(&mut self.workstation, command);
        self.done += 1;
        self.drain()?;
        reply
            .map_err(|failure| said(&failure.code))
            .with_context(|| format!("{} {}", self.workstation.moment().local().iso(), what))
    }

    /// Asks for something that must be refused, with this code and no trace but an event.
    pub(crate) fn refused(&mut self, command: Command, is: fn(&Code) -> bool) -> Result<()> {
        let what = format!("{command:?}");
        let (entries, basket) = (raw::entries_but_events(&self.file())?, self.basket()?);
        match commands::run(&mut self.workstation, command) {
            Ok(reply) => bail!("{what} was done: {reply:?}"),
            Err(failure) => ensure!(is(&failure.code), "{what}: {:?}", failure.code),
        }
        let after = raw::entries_but_events(&self.file())?;
        ensure!(entries == after, "{what} was refused and left {} entries", after - entries);
        ensure!(basket == self.basket()?, "{what} was refused and changed the basket");
        self.refused += 1;
        self.drain()
    }

    /// Asks a question.
    pub(crate) fn ask(&mut self, query: Query) -> Result<Answer> {
        self.window.ask(query).map_err(|failure| said(&failure.code))
    }

    /// The basket as it is shown.
    pub(crate) fn basket(&mut self) -> Result<BasketView> {
        let Answer::Basket(basket) = self.ask(Query::Basket)? else {
            bail!("a basket answers otherwise");
        };
        Ok(basket)
    }

    /// Signs somebody in.
    pub(crate) fn sign_in(&mut self, operator: &str) -> Result<()> {
        let Approval { manager: operator, pin } = approval(operator)?;
        self.run(Command::SignIn { operator, pin }).map(drop)
    }

    /// Types an order line into the basket.
    pub(crate) fn type_in(&mut self, text: &str) -> Result<BasketView> {
        let Reply::Basket(basket) = self.run(Command::AddTyped { text: text.to_owned() })? else {
            bail!("what is typed in answers otherwise");
        };
        Ok(basket)
    }

    /// Takes payment of the basket, or of an open order.
    pub(crate) fn pay(&mut self, order: Option<OrderId>, tenders: Vec<Tender>) -> Result<PaidView> {
        let Reply::Paid(paid) = self.run(Command::TakePayment { order, tenders })? else {
            bail!("a payment answers otherwise");
        };
        Ok(paid)
    }

    /// Opens an order with what is in the basket, unpaid; answers what is due.
    pub(crate) fn send(&mut self) -> Result<(OrderId, Money)> {
        let due = self.basket()?.due;
        let Reply::Order { order, .. } = self.run(Command::SendToKitchen)? else {
            bail!("sending answers otherwise");
        };
        Ok((order, due))
    }

    /// Does something that answers with a file or a link.
    pub(crate) fn file_of(&mut self, command: Command) -> Result<(String, PathBuf)> {
        let Reply::File { number, path } = self.run(command)? else {
            bail!("a file answers otherwise");
        };
        Ok((number, path.into()))
    }

    /// Takes what waits for the printer, as the printer's thread does, and lets it be printed.
    fn drain(&mut self) -> Result<()> {
        let now_ms = self.workstation.moment().utc_ms;
        loop {
            let job = self
                .workstation
                .store()
                .write(|tx| Ok::<_, anyhow::Error>(queue::next(tx, PRINTER)?))?;
            let Some(job) = job else {
                return Ok(());
            };
            let document = Document::from_stored(&job.document)?;
            let bytes = escpos_bytes::encode(&document, Paper::default())?;
            self.workstation.store().write(|tx| {
                ensure!(queue::begin(tx, job.id, PRINTER, now_ms)?, "nobody else prints");
                ensure!(queue::finish(tx, job.id, Outcome::Sent, now_ms)?, "nobody else prints");
                Ok(())
            })?;
            self.printed.push(Printed { name: name(job.kind), reference: job.reference, bytes });
        }
    }
}

/// A paper's name, as files are called.
const fn name(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Receipt => "ticket",
        JobKind::Kitchen => "cuisine",
        JobKind::Provisional => "provisoire",
        JobKind::Note => "note",
        JobKind::Closing => "cloture",
        JobKind::Cash => "mouvement",
        JobKind::Label => "etiquette",
        JobKind::Notice => "affiche",
        JobKind::Test => "essai",
        JobKind::Drawer => "tiroir",
    }
}

/// Somebody of the shop's staff, with the PIN that the demonstration's data has.
pub(crate) fn approval(operator: &str) -> Result<Approval> {
    let people = friday::data::people().remove(SHOP).context("the shop has people")?;
    let it =
        people.into_iter().find(|it| it.code == operator).context("somebody who works here")?;
    Ok(Approval { manager: it.code, pin: it.pin })
}

fn open(file: &Path, clock: &StoppedClock, seed: u64, run: u64) -> Result<Workstation> {
    // Each run draws other bytes, and all follow from the seed: keys for trials and nothing else.
    let entropy = SeededEntropy::new(seed.wrapping_mul(1_000).wrapping_add(run));
    Ok(Workstation::open(file, Arc::new(clock.clone()), Box::new(entropy))?)
}

/// Puts a lasting address in the place of the one at which the centre answered this time, so that
/// one seed gives one file.
fn name_centre(file: &Path) -> Result<()> {
    let connection = rusqlite::Connection::open(file)?;
    connection.execute("UPDATE workstation SET server = ?1", [URL])?;
    connection.execute_batch("VACUUM")?;
    Ok(())
}

fn said(code: &Code) -> anyhow::Error {
    anyhow!("{code:?}")
}
