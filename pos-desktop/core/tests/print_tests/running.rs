//! A workstation at work with several printers.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use fiscal::event::EventCode;
use journal::Seq;
use pos_api::{
    Answer, Command, PaperKind, PrinterCause, PrinterRoad, PrinterSettings, PrinterView, Query,
    Role, SetUp,
};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::runtime::{Finds, Handle, Start};
use pos_core::store::documents::Signed;
use pos_core::store::journals::Branch;
use pos_core::store::{StoreError, days};
use printer_sim::printer::{Fault, Printer};
use tempfile::TempDir;

use crate::till::SOON;

/// 20 November 2026, 19:10 in Paris.
const FRIDAY_19_10: i64 = 1_795_198_200_000;

struct Pc {
    handle: Handle,
    changes: Receiver<()>,
    _folder: TempDir,
}

impl Pc {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (change, changes) = channel();
        let handle = Handle::start(Start {
            folder: folder.path().to_owned(),
            anchor: None,
            clock: Arc::new(StoppedClock::at(FRIDAY_19_10)),
            entropy: Box::new(SeededEntropy::new(1)),
            listen: "127.0.0.1:0".parse().unwrap(),
            finds: Finds::Typed,
            on_change: Box::new(move || {
                // The test may have seen enough, and gone.
                change.send(()).ok();
            }),
        })
        .unwrap();
        let set_up = SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        };
        let pc = Self { handle, changes, _folder: folder };
        pc.run(Command::SetUp(set_up));
        pc
    }

    fn run(&self, command: Command) {
        self.handle.command(command).unwrap();
    }

    fn states(&self) -> Vec<PrinterView> {
        let Answer::Printers(lines) = self.handle.query(Query::Printers).unwrap() else { panic!() };
        lines.into_iter().map(|line| line.state).collect()
    }

    /// The papers that the journal says could not be printed, and why.
    fn failures(&self) -> Vec<(String, String)> {
        let noted = self.handle.with(|it| {
            let mut noted = Vec::new();
            let own = it.tip().unwrap();
            it.store().read(|tx| {
                let (first, last) = (Seq::FIRST, own.seq);
                days::documents(tx, own.journal, Branch::ORDINARY, first, last, |kind, _, body| {
                    noted.extend(failure(&Signed::read(kind, body).unwrap()));
                })
            })?;
            Ok::<_, StoreError>(noted)
        });
        noted.unwrap().unwrap()
    }

    /// Waits until the printers are so.
    fn until(&self, are_so: impl Fn(&Self) -> bool) {
        while !are_so(self) {
            self.changes.recv_timeout(SOON).expect("the printers get there");
        }
    }

    /// The one that needs somebody most.
    fn worst_off(&self) -> PrinterView {
        let Answer::Safety(safety) = self.handle.query(Query::Safety).unwrap() else { panic!() };
        safety.printer
    }
}

fn failure(document: &Signed) -> Option<(String, String)> {
    let Signed::Event(event) = document else { return None };
    let text = |name: &str| event.text(name).unwrap().to_owned();
    (event.code == EventCode::PrintFail).then(|| (text("paper"), text("cause")))
}

fn at(name: &str, host: String, papers: &[PaperKind]) -> PrinterSettings {
    PrinterSettings {
        name: name.to_owned(),
        road: PrinterRoad::Network { host },
        wide: true,
        answers: true,
        drawer: false,
        papers: papers.to_vec(),
    }
}

#[test]
fn a_paper_for_a_dead_printer_is_rerouted_to_one_that_lives() {
    let mut dead = Printer::start().unwrap();
    dead.stop();
    let alive = Printer::start().unwrap();
    let pc = Pc::open();
    pc.run(Command::SetPrinters(vec![
        at("comptoir", dead.address().to_string(), &[PaperKind::Receipt]),
        at("cuisine", alive.address().to_string(), &[PaperKind::Kitchen]),
    ]));
    pc.run(Command::PrintNotice);
    let stopped = PrinterView::Stopped(PrinterCause::Unreachable);
    pc.until(|pc| pc.states() == [stopped.clone(), PrinterView::Ready]);
    assert_eq!(pc.worst_off(), stopped);
    assert_eq!(alive.bytes(), b"");

    pc.run(Command::Reroute { from: "comptoir".into(), to: "cuisine".into() });
    assert!(alive.wait_until(SOON, |bytes| bytes.ends_with(b"\x1dVB\0")));
    let sheets = alive.sheets(42);
    assert_eq!(sheets.len(), 1);
    assert!(sheets[0].contains("Code de l’environnement"), "{}", sheets[0]);
}

#[test]
fn a_printer_that_is_set_otherwise_is_called_anew_and_one_taken_away_is_forgotten() {
    let (first, second) = (Printer::start().unwrap(), Printer::start().unwrap());
    let pc = Pc::open();
    let set = |printer: &Printer| {
        Command::SetPrinters(vec![at("comptoir", printer.address().to_string(), &[])])
    };
    let test = || Command::TestPrinter { printer: "comptoir".into() };
    for printer in [&first, &second] {
        pc.run(set(printer));
        pc.run(test());
        assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"\x1dVB\0")));
        let sheets = printer.sheets(42);
        assert_eq!(sheets.len(), 1);
        assert!(sheets[0].contains("comptoir, 20/11/2026 19:10"), "{}", sheets[0]);
    }
    pc.run(Command::SetPrinters(Vec::new()));
    pc.until(|pc| pc.worst_off() == PrinterView::None);
}

#[test]
fn a_paper_that_is_cut_off_is_noted_once_in_the_journal() {
    let printer = Printer::start().unwrap();
    printer.set(Fault::ClosesAfter(20));
    let pc = Pc::open();
    pc.run(Command::SetPrinters(vec![at(
        "comptoir",
        printer.address().to_string(),
        &[PaperKind::Receipt],
    )]));
    pc.run(Command::PrintNotice);
    pc.until(|pc| pc.failures() == [("notice".to_owned(), "interrupted".to_owned())]);

    // It is not tried again by itself; another one, once the printer is well, is no failure.
    printer.set(Fault::None);
    printer.forget();
    pc.run(Command::PrintNotice);
    assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"\x1dVB\0")));
    pc.until(|pc| pc.states() == [PrinterView::Ready]);
    assert_eq!(pc.failures().len(), 1);
}
