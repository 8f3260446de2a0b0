//! Printers by USB port, serial port and spooler: the same queue, states and causes as on the network.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pos_core::print::job::{JobKind, JobState};
use pos_core::print::link::Road;
use pos_core::print::status::Cause;
use pos_core::print::worker::Activity;
use printer_sim::decode::Item;
use printer_sim::paper::{marks, plain};
use printer_sim::printer::{Fault, Printer};

use crate::contents;
use crate::till::{SOON, Till, setup_by, work};
use pos_core::print::job::NewJob;
use pos_core::print::receipt::document;
use pos_core::print::store;

fn serial(printer: &Printer, baud: u32) -> Road {
    let device = printer.device().to_str().unwrap().to_owned();
    Road::Serial { device, baud }
}

fn usb(printer: &Printer) -> Road {
    Road::Usb(printer.device().to_owned())
}

/// A wire that carries answers back is as good as a network, on each of its roads.
fn wires() -> [fn(&Printer) -> Road; 2] {
    [|it| serial(it, 9_600), usb]
}

#[test]
fn the_longest_ticket_arrives_whole_by_wire() {
    for road in wires() {
        let printer = Printer::start_on_terminal().unwrap();
        let till = Till::in_memory();
        let document = document(&contents::worst());
        let job = NewJob {
            printer: "counter",
            kind: JobKind::Receipt,
            reference: "1",
            document: &document,
        };
        let id = till.with(|tx| store::enqueue(tx, &job, 1)).unwrap();
        let setup = setup_by(road(&printer));
        let bytes = pos_core::print::escpos_bytes::encode(&document, setup.paper).unwrap();
        let (_worker, reports) = work(setup, &till);
        reports.until(Activity::Printing);
        reports.until(Activity::Ready);
        assert_eq!(till.job(id).state, JobState::Sent);
        assert_eq!(printer.bytes(), bytes);
        assert!(8 <= printer.status_requests());
    }
}

#[test]
fn every_speed_is_set_on_a_serial_port() {
    for baud in [9_600, 19_200, 38_400, 57_600, 115_200] {
        let printer = Printer::start_on_terminal().unwrap();
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "reçu");
        let (_worker, reports) = work(setup_by(serial(&printer, baud)), &till);
        reports.until(Activity::Ready);
        assert_eq!(till.job(id).state, JobState::Sent, "{baud}");
        assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"], "{baud}");
    }
}

#[test]
fn a_job_waits_for_a_printer_on_a_wire_that_cannot_print() {
    for road in wires() {
        for (fault, cause) in [
            (Fault::NoPaper, Cause::NoPaper),
            (Fault::CoverOpen, Cause::CoverOpen),
            (Fault::Offline, Cause::Offline),
            (Fault::NeverAnswers, Cause::NoAnswer),
        ] {
            let printer = Printer::start_on_terminal().unwrap();
            printer.set(fault);
            let till = Till::in_memory();
            let id = till.enqueue(JobKind::Receipt, "reçu");
            let mut setup = setup_by(road(&printer));
            setup.patience.answer = Duration::from_millis(200);
            let (worker, reports) = work(setup, &till);
            reports.until(Activity::Stopped(cause));
            printer.set(Fault::None);
            worker.ring();
            reports.until(Activity::Ready);
            assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"], "{fault:?}");
            assert_eq!(till.job(id).state, JobState::Sent, "{fault:?}");
        }
    }
}

#[test]
fn a_printer_pulled_out_half_way_leaves_its_job_unsure() {
    for road in wires() {
        let printer = Printer::start_on_terminal().unwrap();
        printer.set(Fault::ClosesAfter(20));
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "un reçu qui se coupe");
        let (_worker, reports) = work(setup_by(road(&printer)), &till);
        reports.until(Activity::Stopped(Cause::Interrupted));
        let job = till.job(id);
        assert_eq!((job.state, job.last_cause), (JobState::Unsure, Some(Cause::Interrupted)));
    }
}

#[test]
fn a_device_that_is_not_there_is_unreachable() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("lp0");
    let device = nowhere.to_str().unwrap().to_owned();
    for road in [
        Road::Usb(nowhere.clone()),
        Road::Serial { device, baud: 9_600 },
        Road::Spooler { program: nowhere.clone(), queue: "tickets".to_owned() },
    ] {
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "reçu");
        let (worker, reports) = work(setup_by(road), &till);
        reports.until(Activity::Stopped(Cause::Unreachable));
        drop(worker);
        let job = till.job(id);
        assert_eq!((job.state, job.last_cause), (JobState::Waiting, Some(Cause::Unreachable)));
    }
}

#[test]
fn what_goes_into_a_pipe_is_sent_and_not_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let printer = Printer::start_on_pipe(&folder.path().join("lp0")).unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (_worker, reports) = work(setup_by(usb(&printer)), &till);
    reports.until(Activity::Unheard);
    assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"\x1dVB\0")));
    assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"]);
    assert_eq!(printer.status_requests(), 0);
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Unconfirmed, None));
}

#[test]
fn a_pipe_nobody_reads_from_is_a_printer_that_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let mut printer = Printer::start_on_pipe(&folder.path().join("lp0")).unwrap();
    printer.stop();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (_worker, reports) = work(setup_by(usb(&printer)), &till);
    reports.until(Activity::Stopped(Cause::Unreachable));
    assert_eq!(till.job(id).state, JobState::Waiting);
}

#[test]
fn a_printer_said_to_be_silent_is_never_asked() {
    for road in wires() {
        let printer = Printer::start_on_terminal().unwrap();
        printer.set(Fault::NeverAnswers);
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "reçu");
        let drawer = till.enqueue(JobKind::Drawer, "tiroir");
        let mut setup = setup_by(road(&printer));
        setup.answers = false;
        let (_worker, reports) = work(setup, &till);
        reports.until(Activity::Unheard);
        assert_eq!(printer.status_requests(), 0);
        assert_eq!(till.job(id).state, JobState::Unconfirmed);
        assert_eq!(till.job(drawer).state, JobState::Unconfirmed, "it opened as far as is known");
        assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"\x1bp\0\x19\xfa")));
        assert!(printer.items().contains(&Item::Pulse { pin: 2, on_ms: 50, off_ms: 500 }));
    }
}

fn spooler(queue: &Path) -> Road {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/printer/fake/lp");
    Road::Spooler { program, queue: queue.to_str().unwrap().to_owned() }
}

#[test]
fn the_spooler_gets_the_bytes_and_nobody_says_they_are_on_paper() {
    let queue = tempfile::tempdir().unwrap();
    let till = Till::in_memory();
    let document = document(&contents::worst());
    let job =
        NewJob { printer: "counter", kind: JobKind::Receipt, reference: "1", document: &document };
    let id = till.with(|tx| store::enqueue(tx, &job, 1)).unwrap();
    let setup = setup_by(spooler(queue.path()));
    let bytes = pos_core::print::escpos_bytes::encode(&document, setup.paper).unwrap();
    let (_worker, reports) = work(setup, &till);
    reports.until(Activity::Unheard);
    assert_eq!(till.job(id).state, JobState::Unconfirmed);
    assert_eq!(std::fs::read(queue.path().join("paper")).unwrap(), bytes);
    let called = std::fs::read_to_string(queue.path().join("called")).unwrap();
    assert_eq!(called, format!("-d {} -o raw\n", queue.path().display()));
    let items = printer_sim::decode::decode(&bytes);
    assert!(plain(&marks(&items, 42)).contains("DUPLICATA n° 12"));
}

#[test]
fn a_job_the_spooler_refuses_waits() {
    let queue = tempfile::tempdir().unwrap();
    let refuses: PathBuf = queue.path().join("refuses");
    std::fs::write(&refuses, "").unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (worker, reports) = work(setup_by(spooler(queue.path())), &till);
    reports.until(Activity::Stopped(Cause::Unreachable));
    drop(worker);
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Waiting, Some(Cause::Unreachable)));

    std::fs::remove_file(refuses).unwrap();
    let (_worker, reports) = work(setup_by(spooler(queue.path())), &till);
    reports.until(Activity::Unheard);
    assert_eq!(till.job(id).state, JobState::Unconfirmed);
}

#[test]
fn a_spooler_that_hangs_is_stopped_and_its_job_unsure() {
    let queue = tempfile::tempdir().unwrap();
    let hangs = Printer::start_on_pipe(&queue.path().join("hangs")).unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let mut setup = setup_by(spooler(queue.path()));
    setup.patience.accept = Duration::from_millis(200);
    let (_worker, reports) = work(setup, &till);
    reports.until(Activity::Stopped(Cause::NoAnswer));
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Unsure, Some(Cause::NoAnswer)));
    assert_eq!(hangs.bytes(), b"");
}
