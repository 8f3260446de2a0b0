//! The printer, on a TCP port or on a device file.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
#[cfg(target_os = "linux")]
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::decode::{Item, decode};
#[cfg(target_os = "linux")]
use crate::device::{self, Cable};
use crate::paper;

/// What is wrong with the printer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The roll is at its end.
    NoPaper,
    /// The roll is nearly at its end; it still prints.
    PaperLow,
    /// The cover is open.
    CoverOpen,
    /// Offline, and no reason given.
    Offline,
    /// The blade is stuck.
    CutterJammed,
    /// Somebody holds the paper feed button.
    Feeding,
    /// Connections are taken and closed at once, as while another till is printing.
    Busy,
    /// Connections are taken, bytes too, and nothing is ever answered.
    NeverAnswers,
    /// Every answer comes after so long.
    Slow(Duration),
    /// The connection is closed once so many bytes to print have come over it.
    ClosesAfter(usize),
    /// The roll ends once so many bytes to print have come; what follows is not printed.
    PaperEndsAfter(usize),
}

/// The four answers to `DLE EOT 1` to `4`, in that order, as a TM-T88V gives them. Bits 1 and 4 are
/// always set and tell an answer from anything else.
fn answers(fault: Fault) -> [u8; 4] {
    const FINE: u8 = 0x12;
    const OFFLINE: u8 = FINE | 0x08;
    match fault {
        Fault::NoPaper => [OFFLINE, FINE | 0x20, FINE, FINE | 0x6C],
        Fault::PaperLow => [FINE, FINE, FINE, FINE | 0x0C],
        Fault::CoverOpen => [OFFLINE, FINE | 0x04, FINE, FINE],
        Fault::Offline => [OFFLINE, FINE, FINE, FINE],
        Fault::CutterJammed => [OFFLINE, FINE | 0x40, FINE | 0x08, FINE],
        Fault::Feeding => [OFFLINE | 0x40, FINE | 0x08, FINE, FINE],
        Fault::None
        | Fault::Busy
        | Fault::NeverAnswers
        | Fault::Slow(_)
        | Fault::ClosesAfter(_)
        | Fault::PaperEndsAfter(_) => [FINE; 4],
    }
}

/// A printer that is switched on. It is switched off when dropped.
#[derive(Debug)]
pub struct Printer {
    plug: Plug,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// How a printer is plugged in.
#[derive(Debug)]
enum Plug {
    Port(SocketAddr),
    #[cfg(target_os = "linux")]
    Device {
        path: PathBuf,
        cable: Cable,
    },
}

#[derive(Debug, Default)]
struct Shared {
    inside: Mutex<Inside>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Inside {
    fault: Fault,
    off: bool,
    printed: Vec<u8>,
    requests: usize,
    lines: Vec<Line>,
}

/// A connection being served.
#[derive(Debug)]
struct Line {
    stream: TcpStream,
    thread: JoinHandle<()>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().expect("no thread of the printer panics")
    }
}

impl Printer {
    /// Switches a printer on, on a free port of this machine.
    ///
    /// # Errors
    ///
    /// Where no port can be listened on.
    pub fn start() -> io::Result<Self> {
        Self::start_at(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Switches a printer on at `address`; port 0 is a free one.
    ///
    /// # Errors
    ///
    /// Where the address cannot be listened on.
    pub fn start_at(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let held = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("printer-sim".to_owned())
            .spawn(move || listen(&listener, &held))?;
        Ok(Self { plug: Plug::Port(address), shared, thread: Some(thread) })
    }

    /// Switches a printer on at the other end of a pseudo-terminal, which stands for a serial port or
    /// for the device of a USB printer. [`Fault::Busy`] is a network's and means nothing here.
    ///
    /// # Errors
    ///
    /// Where the machine has no pseudo-terminal to give.
    #[cfg(target_os = "linux")]
    pub fn start_on_terminal() -> io::Result<Self> {
        let (path, line, cable) = device::terminal()?;
        Self::start_on(path, line, cable)
    }

    /// Switches a printer on behind a named pipe, which is made: it takes, and never answers.
    ///
    /// # Errors
    ///
    /// Where the pipe cannot be made.
    #[cfg(target_os = "linux")]
    pub fn start_on_pipe(path: &Path) -> io::Result<Self> {
        let (line, cable) = device::pipe(path)?;
        Self::start_on(path.to_owned(), line, cable)
    }

    #[cfg(target_os = "linux")]
    fn start_on(path: PathBuf, line: device::Line, cable: Cable) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let held = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("printer-sim".to_owned())
            // Whatever ends it, the till sees it end.
            .spawn(move || drop(serve(line, &held)))?;
        Ok(Self { plug: Plug::Device { path, cable }, shared, thread: Some(thread) })
    }

    /// Where it listens.
    ///
    /// # Panics
    ///
    /// Where it is on a device.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        match &self.plug {
            Plug::Port(address) => *address,
            #[cfg(target_os = "linux")]
            Plug::Device { path, .. } => panic!("it is on {}", path.display()),
        }
    }

    /// The device file that it is on.
    ///
    /// # Panics
    ///
    /// Where it is on a port.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn device(&self) -> &Path {
        match &self.plug {
            Plug::Port(address) => panic!("it is on {address}"),
            Plug::Device { path, .. } => path,
        }
    }

    /// Breaks it, or with [`Fault::None`] mends it.
    pub fn set(&self, fault: Fault) {
        self.shared.lock().fault = fault;
        self.shared.changed.notify_all();
    }

    /// What is wrong with it now.
    #[must_use]
    pub fn fault(&self) -> Fault {
        self.shared.lock().fault
    }

    /// The bytes to print it has had, status requests left out, of all connections in turn.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.lock().printed.clone()
    }

    /// How many status requests it has had.
    #[must_use]
    pub fn status_requests(&self) -> usize {
        self.shared.lock().requests
    }

    /// What [`Self::bytes`] tell it.
    #[must_use]
    pub fn items(&self) -> Vec<Item> {
        decode(&self.bytes())
    }

    /// What came out: a text for each piece of paper cut off, and one for what is still in the
    /// printer, if anything is.
    #[must_use]
    pub fn sheets(&self, columns: usize) -> Vec<String> {
        let marks = paper::marks(&self.items(), columns);
        let is_cut = |mark: &paper::Mark| matches!(mark, paper::Mark::Cut { .. });
        marks.split_inclusive(is_cut).map(paper::plain).collect()
    }

    /// Throws the paper away.
    pub fn forget(&self) {
        self.shared.lock().printed.clear();
    }

    /// Waits until `done` says so of the bytes to print, for `bound` at most, and answers with what
    /// `done` said last.
    #[must_use]
    pub fn wait_until(&self, bound: Duration, mut done: impl FnMut(&[u8]) -> bool) -> bool {
        let inside = self.shared.lock();
        let (inside, _) = self
            .shared
            .changed
            .wait_timeout_while(inside, bound, |inside| !done(&inside.printed))
            .expect("no thread of the printer panics");
        done(&inside.printed)
    }

    /// Switches it off: nothing listens on its address from here on.
    pub fn stop(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.shared.lock().off = true;
        self.shared.changed.notify_all();
        match &mut self.plug {
            // Wakes the listener, which then sees that it is to end.
            Plug::Port(address) => drop(TcpStream::connect(*address)),
            #[cfg(target_os = "linux")]
            Plug::Device { cable, .. } => cable.unplug(),
        }
        thread.join().expect("the printer's thread does not panic");
        let lines = std::mem::take(&mut self.shared.lock().lines);
        for line in lines {
            // Closed by the other side already: as good.
            drop(line.stream.shutdown(Shutdown::Both));
            line.thread.join().expect("a connection's thread does not panic");
        }
    }
}

impl Drop for Printer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.lock().off {
            return;
        }
        let Ok(stream) = stream else { continue };
        let Ok(other_end) = stream.try_clone() else { continue };
        let held = Arc::clone(shared);
        let thread = std::thread::Builder::new()
            .name("printer-sim line".to_owned())
            // Whatever ends a connection, the till sees it end.
            .spawn(move || drop(serve(stream, &held)));
        let Ok(thread) = thread else { continue };
        let mut inside = shared.lock();
        inside.lines.retain(|line| !line.thread.is_finished());
        inside.lines.push(Line { stream: other_end, thread });
    }
}

/// What a till and a printer speak over.
pub(crate) trait Stream: Read + Write {
    /// Ends it, as a printer does that serves somebody else.
    fn hang_up(&mut self) -> io::Result<()>;

    /// Whether another till may be talking to the printer.
    const IS_SHARED: bool;
}

impl Stream for TcpStream {
    fn hang_up(&mut self) -> io::Result<()> {
        self.shutdown(Shutdown::Both)
    }

    const IS_SHARED: bool = true;
}

/// One connection: what is asked for in real time is answered at once, the rest is printed.
fn serve<S: Stream>(mut stream: S, shared: &Shared) -> io::Result<()> {
    let mut request = Request::default();
    let mut chunk = [0; 512];
    let mut over_this_line = 0;
    loop {
        if S::IS_SHARED && shared.lock().fault == Fault::Busy {
            return stream.hang_up();
        }
        let count = stream.read(&mut chunk)?;
        if count == 0 {
            return Ok(());
        }
        for &byte in &chunk[..count] {
            match request.take(byte) {
                Taken::Held => {}
                Taken::Status(n) => answer(&mut stream, shared, n)?,
                Taken::Print(bytes) => {
                    for &byte in &bytes {
                        over_this_line += 1;
                        if !print(shared, byte, over_this_line) {
                            return stream.hang_up();
                        }
                    }
                }
            }
        }
    }
}

/// Whether the connection goes on after this byte.
fn print(shared: &Shared, byte: u8, over_this_line: usize) -> bool {
    let mut inside = shared.lock();
    if let Fault::PaperEndsAfter(count) = inside.fault
        && count < over_this_line
    {
        inside.fault = Fault::NoPaper;
    }
    if inside.fault != Fault::NoPaper {
        inside.printed.push(byte);
    }
    shared.changed.notify_all();
    !matches!(inside.fault, Fault::ClosesAfter(count) if count <= over_this_line)
}

fn answer(stream: &mut impl Write, shared: &Shared, n: u8) -> io::Result<()> {
    let mut inside = shared.lock();
    inside.requests += 1;
    if let Fault::Slow(delay) = inside.fault {
        let slow = |inside: &mut Inside| !inside.off && matches!(inside.fault, Fault::Slow(_));
        inside = shared
            .changed
            .wait_timeout_while(inside, delay, slow)
            .expect("no thread of the printer panics")
            .0;
    }
    if inside.fault == Fault::NeverAnswers {
        return Ok(());
    }
    let answer = answers(inside.fault)[usize::from(n - 1)];
    drop(inside);
    stream.write_all(&[answer])
}

/// The three bytes of a real-time request, looked for in whatever is coming in.
#[derive(Default)]
struct Request {
    held: Vec<u8>,
}

enum Taken {
    /// The byte may belong to a request.
    Held,
    /// `DLE EOT n`, n from 1 to 4.
    Status(u8),
    /// These were none.
    Print(Vec<u8>),
}

impl Request {
    fn take(&mut self, byte: u8) -> Taken {
        self.held.push(byte);
        match self.held[..] {
            [0x10] | [0x10, 0x04] => Taken::Held,
            [0x10, 0x04, n @ 1..=4] => {
                self.held.clear();
                Taken::Status(n)
            }
            _ => Taken::Print(std::mem::take(&mut self.held)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(10);

    #[test]
    fn it_keeps_what_is_to_be_printed_and_answers_in_real_time() {
        let printer = Printer::start().unwrap();
        printer.set(Fault::CoverOpen);
        let mut stream = TcpStream::connect(printer.address()).unwrap();
        stream.write_all(b"ab\x10\x04\x02cd\n\x1dV\x00e\n").unwrap();
        let mut answer = [0];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [0x16]);
        assert!(printer.wait_until(SOON, |bytes| bytes.ends_with(b"e\n")));
        assert_eq!(printer.sheets(42), ["abcd\n[cut]\n", "e\n"]);
        assert_eq!(printer.status_requests(), 1);
    }

    #[test]
    fn nobody_listens_once_it_is_off() {
        let mut printer = Printer::start().unwrap();
        let address = printer.address();
        let held_open = TcpStream::connect(address).unwrap();
        printer.stop();
        assert!(TcpStream::connect(address).is_err());
        drop(held_open);
    }
}
