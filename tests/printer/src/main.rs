//! `printer-sim ADDRESS [COLUMNS]`: a printer whose paper is standard output.
//!
//! Says where it listens, then each piece of paper as it is cut off, until standard input ends.

use std::io::{Read, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use printer_sim::printer::Printer;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:9100".to_owned());
    let address: SocketAddr = address.parse().map_err(std::io::Error::other)?;
    let columns = match arguments.next() {
        Some(columns) => columns.parse().map_err(std::io::Error::other)?,
        None => 42,
    };

    let printer = Printer::start_at(address)?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", printer.address())?;
    out.flush()?;

    let ended = Arc::new(AtomicBool::new(false));
    let end = Arc::clone(&ended);
    std::thread::spawn(move || {
        // However it ends, it has ended.
        drop(std::io::stdin().read_to_end(&mut Vec::new()));
        end.store(true, Ordering::Relaxed);
    });

    let mut known = 0;
    let mut shown = 0;
    while !ended.load(Ordering::Relaxed) {
        // Looks up now and then, for standard input may have ended meanwhile.
        if !printer.wait_until(Duration::from_millis(500), |bytes| bytes.len() != known) {
            continue;
        }
        known = printer.bytes().len();
        let sheets = printer.sheets(columns);
        for sheet in sheets[shown..].iter().filter(|sheet| sheet.ends_with("cut]\n")) {
            writeln!(out, "{sheet}")?;
            shown += 1;
        }
        out.flush()?;
    }
    Ok(())
}
