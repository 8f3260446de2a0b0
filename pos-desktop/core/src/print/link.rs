//! A connection to a printer. Every wait on it is bounded.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::status::{Cause, REQUESTS, Status, is_answer};

/// How long a printer may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// To take a connection.
    pub connect: Duration,
    /// To answer one status request before a job.
    pub answer: Duration,
    /// To take some more of a job's bytes.
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

/// An open connection to a printer.
#[derive(Debug)]
pub struct Link {
    stream: TcpStream,
    patience: Patience,
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

impl Link {
    /// Connects.
    ///
    /// # Errors
    ///
    /// [`Cause::Unreachable`].
    pub fn open(address: SocketAddr, patience: Patience) -> Result<Self, Cause> {
        let stream = TcpStream::connect_timeout(&address, patience.connect)
            .map_err(|_| Cause::Unreachable)?;
        stream
            .set_nodelay(true)
            .and_then(|()| stream.set_write_timeout(Some(patience.accept)))
            .map_err(|_| Cause::Unreachable)?;
        Ok(Self { stream, patience })
    }

    /// Asks the printer how it is, before a job.
    ///
    /// # Errors
    ///
    /// [`Cause::NoAnswer`] where it says nothing in time, and [`Cause::Busy`] where it hangs up
    /// instead, as printers do that serve one connection at a time.
    pub fn status(&mut self) -> Result<Status, Cause> {
        self.ask(self.patience.answer).map_err(|broken| match broken {
            Broken::HungUp => Cause::Busy,
            Broken::Silent | Broken::Garbled => Cause::NoAnswer,
        })
    }

    /// Asks the printer how it is, after a job was sent to it.
    ///
    /// # Errors
    ///
    /// [`Cause::NoAnswer`] where it says nothing in time, [`Cause::Interrupted`] where the
    /// connection is gone: the job may be on paper or not.
    pub fn status_after(&mut self) -> Result<Status, Cause> {
        self.ask(self.patience.after).map_err(|broken| match broken {
            Broken::HungUp => Cause::Interrupted,
            Broken::Silent | Broken::Garbled => Cause::NoAnswer,
        })
    }

    /// Sends a job's bytes.
    ///
    /// # Errors
    ///
    /// [`SendStopped`], with how many had left.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), SendStopped> {
        let mut left = 0;
        while left < bytes.len() {
            match self.stream.write(&bytes[left..]) {
                Ok(0) => return Err(SendStopped { left, cause: Cause::Interrupted }),
                Ok(count) => left += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    let cause = match Broken::from(error) {
                        Broken::HungUp => Cause::Interrupted,
                        Broken::Silent | Broken::Garbled => Cause::NoAnswer,
                    };
                    return Err(SendStopped { left, cause });
                }
            }
        }
        Ok(())
    }

    /// The four requests one after the other, so that each answer is known to be its own.
    fn ask(&mut self, patience: Duration) -> Result<Status, Broken> {
        self.stream.set_read_timeout(Some(patience))?;
        let mut answers = [0; REQUESTS.len()];
        let mut noise = 0;
        for (request, answer) in REQUESTS.iter().zip(&mut answers) {
            self.stream.write_all(request)?;
            loop {
                let mut byte = [0];
                self.stream.read_exact(&mut byte)?;
                if is_answer(byte[0]) {
                    *answer = byte[0];
                    break;
                }
                noise += 1;
                if NOISE_LIMIT < noise {
                    return Err(Broken::Garbled);
                }
            }
        }
        Ok(Status::from_answers(answers).expect("only answers were taken"))
    }
}
