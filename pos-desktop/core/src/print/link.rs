//! A connection to a printer, by whichever road. Every wait on it is bounded.
//!
//! A road that is a *wire* carries bytes both ways: the network, a USB port, a serial port. A printer
//! on it is asked how it is before a job and after it, unless the shop says that it never answers. The
//! system's spooler takes a job as a whole and says nothing of the printer.

#[cfg(target_os = "linux")]
mod device;
mod serial;
#[cfg(target_os = "linux")]
mod spooler;
mod tcp;

use std::io::{self, ErrorKind};
use std::path::PathBuf;
use std::time::Duration;

use super::status::{Cause, REQUESTS, Status, is_answer};

/// How a printer is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Road {
    /// On the network, by name or address and port. A name is looked up each time it is called.
    Network(String),
    /// By the device file of a USB printer, "/dev/usb/lp0", or a pipe in its place, which only takes.
    /// On Linux.
    Usb(PathBuf),
    /// On a serial port: 8 data bits, no parity, 1 stop bit; XON and XOFF are minded.
    Serial {
        /// "/dev/ttyS0", "COM3".
        device: String,
        /// Bits a second.
        baud: u32,
    },
    /// By a program that hands its standard input to the system's queue, unchanged. On Linux.
    Spooler {
        /// `lp`, as CUPS and every System V have it.
        program: PathBuf,
        /// The queue's name.
        queue: String,
    },
}

/// How long a printer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// To take a connection.
    pub connect: Duration,
    /// To answer one status request before a job.
    pub answer: Duration,
    /// To take some more of a job's bytes; a spooler, to take all of them.
    pub accept: Duration,
    /// To answer one status request after a job: a slow printer may still be printing it.
    pub after: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            answer: Duration::from_secs(3),
            accept: Duration::from_secs(10),
            after: Duration::from_secs(10),
        }
    }
}

/// How many bytes that are no answers are passed over before a printer counts as not answering:
/// a few automatic status messages of four bytes each.
const NOISE_LIMIT: usize = 32;

/// Bytes both ways. A wait that is over is [`ErrorKind::WouldBlock`] or [`ErrorKind::TimedOut`].
trait Wire: Send {
    /// Reads one byte, waiting for `patience` at most.
    fn read(&mut self, patience: Duration) -> io::Result<u8>;

    /// Sends some of `bytes`, waiting for `patience` at most until any are taken.
    fn write(&mut self, bytes: &[u8], patience: Duration) -> io::Result<usize>;

    /// Waits for `patience` at most until what was sent has left this machine, where letting go of
    /// the wire sooner would lose it.
    fn settle(&mut self, patience: Duration) -> io::Result<()>;

    /// Whether nothing can come back on it.
    fn is_one_way(&self) -> bool;
}

/// An open connection to a printer.
pub struct Link {
    line: Line,
    patience: Patience,
}

enum Line {
    Wire {
        wire: Box<dyn Wire>,
        /// The printer is asked how it is.
        answers: bool,
    },
    #[cfg(target_os = "linux")]
    Spooler(spooler::Spooler),
}

/// A job that stopped half-way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendStopped {
    /// How many of its bytes had left this machine: 0 is none at all.
    pub left: usize,
    /// What stopped it.
    pub cause: Cause,
}

/// Why an exchange ended.
enum Broken {
    /// Nothing came, or nothing was taken, in time.
    Silent,
    /// What came was no answer.
    Garbled,
    /// The connection is gone.
    HungUp,
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        // A timeout is the one or the other, by operating system.
        if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) {
            Self::Silent
        } else {
            Self::HungUp
        }
    }
}

impl Broken {
    fn while_sending(&self) -> Cause {
        match self {
            Self::HungUp => Cause::Interrupted,
            Self::Silent | Self::Garbled => Cause::NoAnswer,
        }
    }
}

impl Link {
    /// Connects. `answers` is false for a printer on a wire that is never to be asked how it is.
    ///
    /// # Errors
    ///
    /// [`Cause::Unreachable`]; [`Cause::Busy`] where another program holds the device;
    /// [`Cause::Unsupported`] where this system has no such road.
    pub fn open(road: &Road, answers: bool, patience: Patience) -> Result<Self, Cause> {
        let wire: Box<dyn Wire> = match road {
            Road::Network(host) => Box::new(tcp::Tcp::open(host, patience.connect)?),
            Road::Serial { device, baud } => Box::new(serial::Serial::open(device, *baud)?),
            #[cfg(target_os = "linux")]
            Road::Usb(path) => Box::new(device::Device::open(path)?),
            #[cfg(target_os = "linux")]
            Road::Spooler { program, queue } => {
                let line = Line::Spooler(spooler::Spooler::new(program, queue));
                return Ok(Self { line, patience });
            }
            #[cfg(not(target_os = "linux"))]
            Road::Usb(_) | Road::Spooler { .. } => return Err(Cause::Unsupported),
        };
        let answers = answers && !wire.is_one_way();
        Ok(Self { line: Line::Wire { wire, answers }, patience })
    }

    /// Asks the printer how it is, before a job. `None` where nothing on this road answers.
    ///
    /// # Errors
    ///
    /// [`Cause::NoAnswer`] where it says nothing in time, and [`Cause::Busy`] where it hangs up
    /// instead, as printers do that serve one connection at a time.
    pub fn status(&mut self) -> Result<Option<Status>, Cause> {
        self.ask(self.patience.answer).map_err(|broken| match broken {
            Broken::HungUp => Cause::Busy,
            Broken::Silent | Broken::Garbled => Cause::NoAnswer,
        })
    }

    /// Asks the printer how it is, after a job was sent to it. `None` where nothing on this road
    /// answers: the job has left, and that is all there is to know.
    ///
    /// # Errors
    ///
    /// [`Cause::NoAnswer`] where it says nothing in time, [`Cause::Interrupted`] where the
    /// connection is gone: the job may be on paper or not.
    pub fn status_after(&mut self) -> Result<Option<Status>, Cause> {
        self.ask(self.patience.after).map_err(|broken| broken.while_sending())
    }

    /// Sends a job's bytes.
    ///
    /// # Errors
    ///
    /// [`SendStopped`], with how many had left.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), SendStopped> {
        let accept = self.patience.accept;
        let wire = match &mut self.line {
            Line::Wire { wire, .. } => wire,
            #[cfg(target_os = "linux")]
            Line::Spooler(spooler) => return spooler.send(bytes, accept),
        };
        let mut left = 0;
        while left < bytes.len() {
            match wire.write(&bytes[left..], accept) {
                Ok(0) => return Err(SendStopped { left, cause: Cause::Interrupted }),
                Ok(count) => left += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(SendStopped { left, cause: Broken::from(error).while_sending() });
                }
            }
        }
        wire.settle(accept)
            .map_err(|error| SendStopped { left, cause: Broken::from(error).while_sending() })
    }

    /// The four requests one after the other, so that each answer is known to be its own.
    fn ask(&mut self, patience: Duration) -> Result<Option<Status>, Broken> {
        let wire = match &mut self.line {
            Line::Wire { wire, answers: true } => wire,
            Line::Wire { answers: false, .. } => return Ok(None),
            #[cfg(target_os = "linux")]
            Line::Spooler(_) => return Ok(None),
        };
        let mut answers = [0; REQUESTS.len()];
        let mut noise = 0;
        for (request, answer) in REQUESTS.iter().zip(&mut answers) {
            let mut left = 0;
            while left < request.len() {
                match wire.write(&request[left..], self.patience.accept)? {
                    0 => return Err(Broken::HungUp),
                    count => left += count,
                }
            }
            loop {
                let byte = wire.read(patience)?;
                if is_answer(byte) {
                    *answer = byte;
                    break;
                }
                noise += 1;
                if NOISE_LIMIT < noise {
                    return Err(Broken::Garbled);
                }
            }
        }
        Ok(Some(Status::from_answers(answers).expect("only answers were taken")))
    }
}
