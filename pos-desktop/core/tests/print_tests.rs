//! Printing, from what is asked for to what the paper shows, on a printer without paper.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails there")]

#[path = "print_tests/contents.rs"]
mod contents;
#[path = "print_tests/oracle.rs"]
mod oracle;
#[path = "print_tests/papers.rs"]
mod papers;
#[path = "print_tests/queue.rs"]
mod queue;
#[path = "print_tests/receipts.rs"]
mod receipts;
#[cfg(target_os = "linux")]
#[path = "print_tests/roads.rs"]
mod roads;
#[path = "print_tests/running.rs"]
mod running;
#[path = "print_tests/till.rs"]
mod till;
#[path = "print_tests/upstream.rs"]
mod upstream;
#[path = "print_tests/worker.rs"]
mod worker;
