//! How envelopes reach a peer: framed, in TLS on TCP in the shop, as HTTP bodies to the centre. One
//! envelope out, one back; whoever waits, waits here, never the counter.

use super::discovery::{Finds, Routes};
use super::lines::{Line, Lines};
use super::steward::Deadline;
use super::tls::{self, Calling};
use journal::{PublicKey, SigningKey};
use replication::frame;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// How long a connection may take to open.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);
/// For how long the addresses of a workstation are tried, one after another.
const TRYING: Duration = Duration::from_secs(6);

/// A way to a peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    /// A workstation of the shop, wherever it is reached.
    Member(PublicKey),
    /// Whichever workstation of the shop is there: "192.168.1.21:7300".
    At(String),
    /// The centre: `https://centre.oc-pizza.com`.
    Centre(String),
}

/// The shop's network, as the connections of this workstation share it.
#[derive(Debug)]
pub(super) struct Lan {
    /// What is open.
    pub(super) lines: Arc<Lines>,
    /// Who is one of the shop, and where.
    pub(super) routes: Arc<Routes>,
    /// The port where this workstation listens; 0 while it does not.
    pub(super) port: AtomicU16,
}

/// An open way to a peer, or one to be opened.
pub(super) enum Transport {
    Lan { to: Address, key: SigningKey, open: Option<Box<Open>>, lan: Arc<Lan> },
    Centre { url: String, agent: ureq::Agent },
}

/// A connection that is open, and who proved to be at its other end.
pub(super) struct Open {
    stream: Calling,
    key: PublicKey,
    _line: Line,
}

impl Transport {
    pub(super) fn to(address: &Address, key: &SigningKey, lan: &Arc<Lan>) -> Self {
        match address {
            Address::Member(_) | Address::At(_) => Self::Lan {
                to: address.clone(),
                key: key.clone(),
                open: None,
                lan: Arc::clone(lan),
            },
            Address::Centre(url) => Self::Centre {
                url: format!("{url}/v1/replication"),
                agent: ureq::Agent::config_builder().build().into(),
            },
        }
    }

    /// Sends an envelope and waits for the one that answers it.
    pub(super) fn exchange(&mut self, envelope: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
        match self {
            Self::Lan { to, key, open, lan } => {
                let reply = exchange_framed(lan, to, key, open, envelope, patience);
                if reply.is_err() {
                    *open = None;
                }
                reply
            }
            Self::Centre { url, agent } => agent
                .post(url.as_str())
                .config()
                .timeout_connect(Some(CONNECT_PATIENCE))
                .timeout_global(Some(patience))
                .http_status_as_error(false)
                .build()
                .content_type("application/cbor")
                .send(envelope)
                .and_then(|mut reply| {
                    let limit = u64::try_from(frame::MAX_BYTES).unwrap_or(u64::MAX);
                    reply.body_mut().with_config().limit(limit).read_to_vec()
                })
                .map_err(io::Error::other),
        }
    }
}

fn exchange_framed(
    lan: &Arc<Lan>,
    to: &Address,
    key: &SigningKey,
    kept: &mut Option<Box<Open>>,
    envelope: &[u8],
    patience: Duration,
) -> io::Result<Vec<u8>> {
    // Whoever is no longer one of the shop gets nothing more.
    if kept.as_ref().is_some_and(|open| !lan.routes.is_member(&open.key)) {
        *kept = None;
    }
    let open = match kept {
        Some(open) => open,
        None => kept.insert(Box::new(lan.open(to, key)?)),
    };
    open.stream.sock.wait_each(patience)?;
    write_frame(&mut open.stream, envelope)?;
    read_frame(&mut open.stream, frame::MAX_BYTES)
}

impl Lan {
    pub(super) fn new(finds: Finds) -> Self {
        let routes = Arc::new(Routes::new(finds));
        Self { lines: Arc::default(), routes, port: AtomicU16::new(0) }
    }

    fn open(&self, to: &Address, key: &SigningKey) -> io::Result<Open> {
        match to {
            Address::Member(member) => self.open_to(member, key),
            Address::At(address) => self.open_at(address, key),
            Address::Centre(_) => Err(io::Error::from(io::ErrorKind::Unsupported)),
        }
    }

    /// Opens a way to a workstation, at whichever of its addresses it answers.
    fn open_to(&self, member: &PublicKey, key: &SigningKey) -> io::Result<Open> {
        let until = Deadline::after(TRYING);
        let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for (address, _) in self.routes.ways_to(member) {
            match self.open_at(&address, key) {
                Ok(open) if open.key == *member => return Ok(open),
                // Another of the shop's has this address now. Nothing was sent to it.
                Ok(_) => failed = io::Error::from(io::ErrorKind::AddrInUse),
                Err(error) => failed = error,
            }
            if until.is_over() {
                break;
            }
        }
        Err(failed)
    }

    /// Opens a way to whichever workstation of the shop is at an address, and remembers which.
    pub(super) fn open_at(&self, address: &str, key: &SigningKey) -> io::Result<Open> {
        let opened = self.try_at(address, key);
        match &opened {
            Ok(open) => {
                let there = open.stream.sock.peer().ok().map(|it| it.to_string());
                self.routes.answered(address, there.as_deref(), open.key);
            }
            Err(error) => {
                tracing::debug!(%error, address, "nobody of the shop is there");
                self.routes.failed(address);
            }
        }
        opened
    }

    fn try_at(&self, address: &str, key: &SigningKey) -> io::Result<Open> {
        let stream = connect(address)?;
        let line = self.lines.hold(&stream)?;
        let routes = Arc::clone(&self.routes);
        let trusts = move |key: &PublicKey| routes.is_member(key);
        let (stream, key) = tls::call(stream, key, trusts, self.port.load(Ordering::Relaxed))?;
        Ok(Open { stream, key, _line: line })
    }
}

pub(super) fn connect(address: &str) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_PATIENCE) {
            Ok(stream) => return Ok(stream),
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

pub(super) fn write_frame(stream: &mut impl Write, envelope: &[u8]) -> io::Result<()> {
    let frame = frame::encode(envelope).map_err(io::Error::other)?;
    stream.write_all(&frame)?;
    stream.flush()
}

/// Reads a frame of `limit` bytes at most.
pub(super) fn read_frame(stream: &mut impl Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut prefix = [0; frame::PREFIX_BYTES];
    stream.read_exact(&mut prefix)?;
    let length = frame::length(prefix).map_err(io::Error::other)?;
    if limit < length {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame too long"));
    }
    let mut envelope = vec![0; length];
    stream.read_exact(&mut envelope)?;
    Ok(envelope)
}
