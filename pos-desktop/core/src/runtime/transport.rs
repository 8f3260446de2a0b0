//! How envelopes reach a peer: framed on TCP in the shop, as HTTP bodies to the centre. One envelope
//! out, one back; whoever waits, waits here, never the counter.

use super::lines::{Line, Lines};
use replication::frame;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

/// How long a connection may take to open.
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// A way to a peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    /// A workstation of the shop: "192.168.1.21:7300".
    Lan(String),
    /// The centre: `https://centre.oc-pizza.com`.
    Centre(String),
}

/// An open way to a peer, or one to be opened.
pub(super) enum Transport {
    Lan { address: String, stream: Option<(TcpStream, Line)>, lines: Arc<Lines> },
    Centre { url: String, agent: ureq::Agent },
}

impl Transport {
    pub(super) fn to(address: &Address, lines: &Arc<Lines>) -> Self {
        match address {
            Address::Lan(address) => {
                Self::Lan { address: address.clone(), stream: None, lines: Arc::clone(lines) }
            }
            Address::Centre(url) => Self::Centre {
                url: format!("{url}/v1/replication"),
                agent: ureq::Agent::config_builder().build().into(),
            },
        }
    }

    /// Sends an envelope and waits for the one that answers it.
    pub(super) fn exchange(&mut self, envelope: &[u8], patience: Duration) -> io::Result<Vec<u8>> {
        match self {
            Self::Lan { address, stream, lines } => {
                let reply = exchange_framed(address, lines, stream, envelope, patience);
                if reply.is_err() {
                    *stream = None;
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
    address: &str,
    lines: &Arc<Lines>,
    kept: &mut Option<(TcpStream, Line)>,
    envelope: &[u8],
    patience: Duration,
) -> io::Result<Vec<u8>> {
    let (stream, _) = match kept {
        Some(kept) => kept,
        None => {
            let stream = connect(address)?;
            let line = lines.hold(&stream)?;
            kept.insert((stream, line))
        }
    };
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    write_frame(stream, envelope)?;
    read_frame(stream)
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, CONNECT_PATIENCE) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => failed = error,
        }
    }
    Err(failed)
}

pub(super) fn write_frame(stream: &mut TcpStream, envelope: &[u8]) -> io::Result<()> {
    let frame = frame::encode(envelope).map_err(io::Error::other)?;
    stream.write_all(&frame)
}

pub(super) fn read_frame(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut prefix = [0; frame::PREFIX_BYTES];
    stream.read_exact(&mut prefix)?;
    let length = frame::length(prefix).map_err(io::Error::other)?;
    let mut envelope = vec![0; length];
    stream.read_exact(&mut envelope)?;
    Ok(envelope)
}
