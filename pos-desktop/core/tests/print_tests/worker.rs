//! The worker against a printer that breaks.

use std::sync::mpsc::channel;
use std::time::Duration;

use pos_core::print::job::{JobKind, JobState};
use pos_core::print::status::Cause;
use pos_core::print::store;
use pos_core::print::worker::{Activity, PrinterState, Worker};
use printer_sim::decode::Item;
use printer_sim::printer::{Fault, Printer};

use crate::contents;
use crate::till::{Reports, SOON, Till, setup, work};
use pos_core::print::document::Document;
use pos_core::print::job::NewJob;
use pos_core::print::receipt::document;

#[test]
fn jobs_come_out_in_order_and_the_printer_is_ready_again() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let ids = ["un", "deux", "trois"].map(|it| till.enqueue(JobKind::Receipt, it));
    let (_worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Printing);
    reports.until(Activity::Ready);
    assert_eq!(
        printer.sheets(42),
        ["un\n[partial cut]\n", "deux\n[partial cut]\n", "trois\n[partial cut]\n"]
    );
    for id in ids {
        let job = till.job(id);
        assert_eq!((job.state, job.attempts, job.last_cause), (JobState::Sent, 1, None));
        assert_eq!((job.created_ms, job.updated_ms), (1_000, 2_000));
    }
}

#[test]
fn a_job_put_in_the_queue_later_is_printed_when_the_bell_rings() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let mut setup = setup(printer.address());
    setup.retry.look = SOON * 100;
    let (worker, reports) = work(setup, &till);
    reports.until(Activity::Ready);
    till.enqueue(JobKind::Receipt, "plus tard");
    worker.ring();
    assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"plus tard\n\x1dVB\0")));
    reports.until(Activity::Ready);
}

#[test]
fn the_longest_ticket_arrives_whole() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let document = document(&contents::worst());
    let job =
        NewJob { printer: "counter", kind: JobKind::Receipt, reference: "1", document: &document };
    let id = till.with(|tx| store::enqueue(tx, &job, 1)).unwrap();
    let setup = setup(printer.address());
    let bytes = pos_core::print::escpos_bytes::encode(&document, setup.paper).unwrap();
    let (_worker, reports) = work(setup, &till);
    reports.until(Activity::Ready);
    assert_eq!(till.job(id).state, JobState::Sent);
    assert_eq!(printer.bytes(), bytes);
}

/// While the printer is so, nothing leaves; once it is well, the job does, once.
fn waits_for(fault: Fault, cause: Cause) {
    let printer = Printer::start().unwrap();
    printer.set(fault);
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let drawer = till.enqueue(JobKind::Drawer, "tiroir");
    let mut setup = setup(printer.address());
    setup.patience.answer = Duration::from_millis(200);
    let (worker, reports) = work(setup, &till);
    reports.until(Activity::Stopped(cause));
    // The next report comes after the first attempt is written down.
    printer.set(Fault::None);
    worker.ring();
    reports.until(Activity::Ready);

    assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"], "{fault:?}");
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Sent, None), "{fault:?}");
    assert!(2 <= job.attempts, "{fault:?}");
    let drawer = till.job(drawer);
    assert_eq!((drawer.state, drawer.last_cause), (JobState::Dropped, Some(cause)), "{fault:?}");
    assert_eq!(till.failures(), [], "a paper that waits has not failed: {fault:?}");
}

#[test]
fn a_job_waits_for_a_printer_that_cannot_print() {
    waits_for(Fault::NoPaper, Cause::NoPaper);
    waits_for(Fault::CoverOpen, Cause::CoverOpen);
    waits_for(Fault::Offline, Cause::Offline);
    waits_for(Fault::CutterJammed, Cause::Error);
    waits_for(Fault::Feeding, Cause::Busy);
    waits_for(Fault::Busy, Cause::Busy);
    waits_for(Fault::NeverAnswers, Cause::NoAnswer);
}

#[test]
fn a_job_waits_for_a_printer_to_be_switched_on() {
    let mut off = Printer::start().unwrap();
    let address = off.address();
    off.stop();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (_worker, reports) = work(setup(address), &till);
    reports.until(Activity::Stopped(Cause::Unreachable));

    let on = Printer::start_at(address).unwrap();
    reports.until(Activity::Ready);
    assert_eq!(on.sheets(42), ["reçu\n[partial cut]\n"]);
    assert_eq!(till.job(id).state, JobState::Sent);
}

#[test]
fn a_worker_begins_nothing_once_its_printer_is_set_otherwise() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let (tell, found) = channel();
    till.set_otherwise(Some(tell));
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (worker, reports) = work(setup(printer.address()), &till);
    found.recv_timeout(SOON).unwrap();
    let job = till.job(id);
    assert_eq!((job.state, job.attempts), (JobState::Waiting, 0), "it is the next worker's");

    till.set_otherwise(None);
    worker.ring();
    reports.until(Activity::Ready);
    assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"]);
}

/// The fault strikes while the job is being sent: it is for a person, and goes out once more only
/// when told to.
fn is_unsure_after(fault: Fault, cause: Cause) {
    let printer = Printer::start().unwrap();
    printer.set(fault);
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "un reçu qui se coupe");
    let (worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Stopped(cause));
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Unsure, Some(cause)), "{fault:?}");

    printer.set(Fault::None);
    printer.forget();
    let next = till.enqueue(JobKind::Receipt, "le suivant");
    worker.ring();
    reports.until(Activity::Printing);
    reports.until(Activity::Ready);
    assert_eq!(
        printer.sheets(42),
        ["le suivant\n[partial cut]\n"],
        "not again by itself: {fault:?}"
    );
    assert_eq!(till.job(next).state, JobState::Sent);

    assert!(till.with(|tx| store::print_again(tx, id, 9)).unwrap());
    worker.ring();
    reports.until(Activity::Printing);
    reports.until(Activity::Ready);
    let sheets = printer.sheets(42);
    assert_eq!(sheets.last().unwrap(), "un reçu qui se coupe\n[partial cut]\n", "{fault:?}");
    assert_eq!((till.job(id).state, till.job(id).attempts), (JobState::Sent, 2), "{fault:?}");
    assert_eq!(till.failures(), [(JobKind::Receipt, cause)], "{fault:?}");
}

#[test]
fn a_job_cut_off_half_way_is_offered_and_not_printed_again_by_itself() {
    is_unsure_after(Fault::ClosesAfter(20), Cause::Interrupted);
    is_unsure_after(Fault::PaperEndsAfter(20), Cause::NoPaper);
}

#[test]
fn a_slow_printer_is_waited_for() {
    let printer = Printer::start().unwrap();
    printer.set(Fault::Slow(Duration::from_millis(40)));
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "lent");
    let (_worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Ready);
    assert_eq!(till.job(id).state, JobState::Sent);
}

#[test]
fn a_printer_that_falls_silent_after_a_job_leaves_it_unsure() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let mut setup = setup(printer.address());
    setup.patience.after = Duration::from_millis(100);
    let (report, reports) = Reports::channel();
    let printer = std::sync::Arc::new(printer);
    let falls_silent = std::sync::Arc::clone(&printer);
    let report = move |state: &PrinterState| {
        if state.activity == Activity::Printing {
            falls_silent.set(Fault::NeverAnswers);
        }
        report(state);
    };
    let _worker = Worker::start(setup, till.clone(), || 2_000, report).unwrap();
    reports.until(Activity::Stopped(Cause::NoAnswer));
    let job = till.job(id);
    assert_eq!((job.state, job.last_cause), (JobState::Unsure, Some(Cause::NoAnswer)));
}

#[test]
fn an_empty_roll_is_seen_with_nothing_to_print() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let (_worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Ready);
    printer.set(Fault::PaperLow);
    assert!(reports.until(Activity::Ready).paper_low);
    printer.set(Fault::NoPaper);
    reports.until(Activity::Stopped(Cause::NoPaper));
    assert_eq!(printer.bytes(), b"");
}

#[test]
fn the_drawer_opens() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Drawer, "P01-C1-2026-000001");
    let (_worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Ready);
    assert_eq!(till.job(id).state, JobState::Sent);
    assert_eq!(printer.items(), [Item::Reset, Item::Pulse { pin: 2, on_ms: 50, off_ms: 500 }]);
}

#[test]
fn a_job_that_cannot_be_read_does_not_stop_the_queue() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let newer = till.enqueue(JobKind::Receipt, "d'une version à venir");
    till.with(|tx| {
        tx.execute("UPDATE print_job SET document = '{\"renderer\":999,\"items\":[]}'", [])
    })
    .unwrap();
    let too_large =
        Document::new(vec![pos_core::print::document::Item::Qr { data: "x".repeat(999) }]);
    let job =
        NewJob { printer: "counter", kind: JobKind::Test, reference: "", document: &too_large };
    let too_large = till.with(|tx| store::enqueue(tx, &job, 1)).unwrap();
    till.enqueue(JobKind::Receipt, "suivant");
    let (_worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Ready);
    for id in [newer, too_large] {
        let job = till.job(id);
        assert_eq!((job.state, job.last_cause), (JobState::Failed, Some(Cause::Unreadable)));
    }
    assert_eq!(printer.sheets(42), ["suivant\n[partial cut]\n"]);
    let kinds = [JobKind::Receipt, JobKind::Test];
    assert_eq!(till.failures(), kinds.map(|kind| (kind, Cause::Unreadable)));
}

#[test]
fn nothing_is_sent_that_cannot_be_written_down_first() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    till.close(true);
    let (worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::QueueClosed);
    assert_eq!(printer.bytes(), b"");
    till.close(false);
    worker.ring();
    reports.until(Activity::Ready);
    assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"]);
    assert_eq!(till.job(id).state, JobState::Sent);
}

#[test]
fn a_job_whose_end_cannot_be_written_down_is_printed_once() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (report, reports) = Reports::channel();
    let full = till.clone();
    let disk_fills_up = move |state: &PrinterState| {
        full.close(state.activity == Activity::Printing);
        report(state);
    };
    let setup = setup(printer.address());
    let worker = Worker::start(setup, till.clone(), || 2_000, disk_fills_up).unwrap();
    reports.until(Activity::QueueClosed);
    assert_eq!(till.job(id).state, JobState::Sending);
    worker.ring();
    reports.until(Activity::Ready);
    assert_eq!(till.job(id).state, JobState::Sent);
    assert_eq!(printer.sheets(42), ["reçu\n[partial cut]\n"]);
}

#[test]
fn a_worker_told_to_stop_finishes_its_job() {
    let printer = Printer::start().unwrap();
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "reçu");
    let (worker, reports) = work(setup(printer.address()), &till);
    reports.until(Activity::Printing);
    drop(worker);
    assert_eq!(till.job(id).state, JobState::Sent);
}
