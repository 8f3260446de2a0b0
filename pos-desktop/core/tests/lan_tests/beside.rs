//! What managers do with the books goes on beside the counter.

use crate::centre::Centre;
use crate::pc::{BOUND, Pc};
use fiscal::Money;
use pos_api::{BooksCommand, Code, Command, DayCommand, Reply, Role};
use pos_core::runtime::Handle;
use std::sync::mpsc;
use std::thread;

/// A gate in the middle of long work: it says that it is reached, and lets nobody through before it
/// is opened.
struct Gate {
    reached: mpsc::Receiver<()>,
    open: mpsc::Sender<()>,
}

/// Has `command` done on another thread, up to a gate at its first step.
fn begin(
    handle: &Handle,
    command: BooksCommand,
) -> (Gate, thread::JoinHandle<Result<Reply, Code>>) {
    let (reach, reached) = mpsc::channel();
    let (open, opened) = mpsc::channel();
    let handle = handle.clone();
    let worker = thread::spawn(move || {
        let mut is_first = true;
        let done = handle.command_stepwise(Command::Books(command), || {
            if std::mem::take(&mut is_first) {
                reach.send(()).unwrap();
                opened.recv_timeout(BOUND).expect("the counter is not held up");
            }
        });
        done.map_err(|failure| failure.code)
    });
    (Gate { reached, open }, worker)
}

/// A till with a day behind it that is closed.
fn till() -> (Centre, Pc) {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    for _ in 0..40 {
        till.sell("MAR; REI G");
    }
    let close = DayCommand::Close { counted: Some(Money::ZERO), confirmed: true };
    till.run(Command::Day(close));
    (centre, till)
}

#[test]
fn a_sale_is_taken_while_everything_is_verified() {
    let (_centre, till) = till();
    let (gate, verifying) = begin(&till.handle, BooksCommand::Verify);
    gate.reached.recv_timeout(BOUND).unwrap();
    // The check is in the middle of its work, and goes on only after the sale.
    let before = till.with(|it| it.tip().unwrap().seq);
    let paid = till.sell("MAR");
    assert!(paid.ticket.ends_with("-000041"), "{}", paid.ticket);
    gate.open.send(()).unwrap();
    let Reply::Verified { entries, findings } = verifying.join().unwrap().unwrap() else {
        panic!()
    };
    assert_eq!(findings, [] as [String; 0]);
    assert!(before.0 <= entries, "{entries} entries up to {}", before.0);
}

#[test]
fn a_sale_is_taken_while_an_archive_is_made_and_a_second_one_waits_for_the_first() {
    let (_centre, till) = till();
    let archive = || BooksCommand::Archive { folder: None };
    let (gate, archiving) = begin(&till.handle, archive());
    gate.reached.recv_timeout(BOUND).unwrap();
    till.sell("MAR");
    let (_, second) = begin(&till.handle, archive());
    gate.open.send(()).unwrap();
    let Reply::File { number, .. } = archiving.join().unwrap().unwrap() else { panic!() };
    assert!(number.ends_with("-A000001"), "{number}");
    assert_eq!(second.join().unwrap(), Err(Code::NothingThere));
}
