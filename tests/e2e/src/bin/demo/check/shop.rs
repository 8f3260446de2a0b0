//! The shop that the story is played in.

use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use e2e::{Centre, Display, EVENING, File, Programs, Setting, Window, hook, within};
use printer_sim::printer::Printer;

use super::report::{Report, took};
use crate::{KITCHEN, TILL};

/// A till, a kitchen, a printer and the centre. Each window has a screen of its own, as PCs do.
/// Fields are dropped in order: the windows first.
pub(super) struct Shop {
    pub(super) till: Window,
    pub(super) kitchen: Window,
    pub(super) printer: Printer,
    pub(super) centre: Centre,
    /// Where the run leaves what it made.
    pub(super) folder: PathBuf,
    /// What orders were called so far.
    labels: RefCell<BTreeSet<String>>,
    _displays: [Display; 2],
}

impl Shop {
    /// Starts all of it.
    pub(super) async fn open(
        programs: &Programs,
        folder: &Path,
        report: &mut Report,
    ) -> Result<Self> {
        let centre = Centre::start(programs, folder).await?;
        let count = |table: &str| centre.database.value(&format!("SELECT count(*) FROM {table}"));
        let data = format!("{} shops, {} customers", count("shop")?, count("card")?);
        report.step(&format!("the centre answers at {}: {data}", centre.server.url()), &[])?;

        let printer = Printer::start().context("a printer")?;
        let program = programs.window()?;
        let setting = |name, size| Setting {
            name,
            program: &program,
            folder,
            size,
            environment: &[("OCPIZZA_CLOCK", EVENING)],
            arguments: &[],
        };
        let displays = [Display::start(TILL)?, Display::start(KITCHEN)?];
        let till = Window::open(&displays[0], &setting("till", TILL)).await?;
        let kitchen = Window::open(&displays[1], &setting("kitchen", KITCHEN)).await?;
        for (name, window) in [("the till", &till), ("the kitchen", &kitchen)] {
            let first = hook("screen-first-run");
            let shown = window.shows(&first, "Installer ce poste", Duration::from_secs(1)).await?;
            report.step(&format!("{name} asks what it is"), &[took("shown after", shown.took)])?;
        }
        let folder = folder.to_owned();
        let labels = RefCell::default();
        Ok(Self { till, kitchen, printer, centre, folder, labels, _displays: displays })
    }

    /// What the till will call its next order, once it shows another label than it did.
    pub(super) async fn next_label(&self) -> Result<String> {
        let label = within("the next order has a label", Duration::from_millis(100), async || {
            let label = self.till.text(&hook("basket-label")).await?;
            Ok(self.labels.borrow_mut().insert(label.clone()).then_some(label))
        });
        Ok(label.await?.seen)
    }

    /// The till's database, to read from.
    pub(super) fn till_file(&self) -> Result<File> {
        File::of(self.till.data())
    }

    /// Pictures of both windows, named after the moment.
    pub(super) async fn pictures(&self, moment: &str) -> Result<()> {
        self.till.picture(&self.folder.join(format!("till-{moment}.png"))).await?;
        self.kitchen.picture(&self.folder.join(format!("kitchen-{moment}.png"))).await
    }

    /// Leaves what was printed, and ends everything.
    pub(super) async fn close(self) -> Result<()> {
        let paper = self.printer.sheets(COLUMNS).join("\n");
        fs::write(self.folder.join("printed.bin"), self.printer.bytes())?;
        fs::write(self.folder.join("printed.txt"), paper)?;
        self.till.close().await?;
        self.kitchen.close().await
    }
}

/// Characters on a line of 80 mm paper.
pub(super) const COLUMNS: usize = 42;
