//! The answering half in the shop: other workstations connect here.

use super::caller::Here;
use super::lines::Line;
use super::steward::Began;
use super::tls::{self, Caller};
use super::transport::{read_frame, write_frame};
use super::{Inner, lock};
use crate::linked::Desk;
use crate::{answering, joining, replicate};
use journal::{PublicKey, SigningKey};
use replication::{Listen, Refusal, Replays, Reply, Request, RequestHash, frame, seal_reply};
use rustls::ServerConfig;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long after the system refused a connection the next is waited for.
const REFUSED_PAUSE: Duration = Duration::from_millis(200);
/// How long whoever proved a key that is none of the shop's may take for a frame, all of it, and its
/// answer: a handful of strangers must not keep the shop's own out.
const STRANGER_IDLE: Duration = Duration::from_secs(3);
/// The largest frame of such a stranger, in bytes. It can be one that was listed a moment ago.
const MAX_STRANGER_BYTES: usize = 64 * 1024;
/// How many connections may wait to be taken.
const BACKLOG: i32 = 128;
/// How long a peer may be silent on an open connection.
const IDLE: Duration = Duration::from_secs(60);
/// How long a peer that listens waits at most: its answers, and its next listen, are the sign that both
/// live. Whoever is silent for [`domain::mesh::roles::SILENT_MS`] loses its roles: that is four of them.
const LISTEN: Duration = Duration::from_secs(1);

/// Listens until it is dropped.
pub(super) struct Listening {
    /// Where, with the port that was taken.
    pub(super) address: SocketAddr,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Listening {
    /// Ends it, and lets go of the port. The workstation must be stopped by then.
    fn drop(&mut self) {
        let here = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::from(Ipv4Addr::LOCALHOST),
            IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::from(Ipv6Addr::LOCALHOST),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
        };
        // The thread waits for a connection: it gets one, and sees that it is to end.
        let knocked = TcpStream::connect_timeout(
            &SocketAddr::new(here, self.address.port()),
            Duration::from_secs(1),
        );
        if knocked.is_ok()
            && let Some(thread) = self.thread.take()
        {
            // A thread that panicked has said so.
            thread.join().ok();
        }
    }
}

/// Listens until the workstation ends.
///
/// # Errors
///
/// Where the address cannot be had.
pub(super) fn start(
    inner: &Arc<Inner>,
    address: SocketAddr,
    key: &SigningKey,
) -> io::Result<Listening> {
    let listener = bind(address)?;
    let address = listener.local_addr()?;
    let inner = Arc::clone(inner);
    let desk = Arc::new(Counter {
        config: tls::listening(key)?,
        key: key.clone(),
        replays: Mutex::new(Replays::default()),
        began: Began::now(),
    });
    let thread = std::thread::Builder::new()
        .name("listener".to_owned())
        .spawn(move || accept(&inner, &listener, &desk))?;
    Ok(Listening { address, thread: Some(thread) })
}

/// What every connection is answered with.
struct Counter {
    config: Arc<ServerConfig>,
    key: SigningKey,
    replays: Mutex<Replays>,
    began: Began,
}

/// Every address of IPv6 means every address of IPv4, too, on every system; where a PC has no IPv6,
/// those alone.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let SocketAddr::V6(it) = address else {
        return TcpListener::bind(address);
    };
    if !it.ip().is_unspecified() {
        return TcpListener::bind(address);
    }
    let both = || {
        let socket = Socket::new(Domain::IPV6, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_only_v6(false)?;
        // On Windows it would let another program take the port.
        if cfg!(unix) {
            socket.set_reuse_address(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        Ok(TcpListener::from(socket))
    };
    both().or_else(|_: io::Error| TcpListener::bind((Ipv4Addr::UNSPECIFIED, address.port())))
}

fn accept(inner: &Arc<Inner>, listener: &TcpListener, counter: &Arc<Counter>) {
    for stream in listener.incoming() {
        if inner.is_stopped() {
            return;
        }
        let held = stream.and_then(|stream| Ok((inner.lan.lines.hold_stranger(&stream)?, stream)));
        let Ok((line, stream)) = held else {
            // No handle is left, say: the next try would fail as fast as this one.
            let seen = inner.changes.wait_after(0, Duration::ZERO);
            inner.changes.wait_after(seen, REFUSED_PAUSE);
            continue;
        };
        let (inner, counter) = (Arc::clone(inner), Arc::clone(counter));
        let serve = move || {
            if let Err(error) = serve(&inner, &line, stream, &counter) {
                tracing::debug!(%error, "a connection ended");
            }
        };
        if let Err(error) = std::thread::Builder::new().name("peer".to_owned()).spawn(serve) {
            tracing::warn!(%error, "a connection was closed");
        }
    }
}

/// Answers on a connection until it ends.
fn serve(inner: &Arc<Inner>, line: &Line, stream: TcpStream, counter: &Counter) -> io::Result<()> {
    let from = stream.peer_addr()?;
    let Caller { mut stream, key: caller, listens } =
        tls::answer(stream, Arc::clone(&counter.config))?;
    let is_member = || inner.lan.routes.is_member(&caller);
    if is_member() && listens != 0 {
        let mut there = SocketAddr::new(from.ip().to_canonical(), listens);
        if let (SocketAddr::V6(there), SocketAddr::V6(from)) = (&mut there, from) {
            there.set_scope_id(from.scope_id());
        }
        inner.lan.routes.called(caller, there.to_string());
        inner.changes.bump();
    }
    let reader = inner.ask(false, |workstation| workstation.store().reader());
    let Some(Ok(reader)) = reader else {
        return Err(io::Error::other("the store cannot be read"));
    };
    let mut desk = Here { inner: Arc::clone(inner), reader };
    while !inner.is_stopped() {
        // It may be listed, or revoked, from one frame to the next.
        let limit = if is_member() {
            line.is_own()?;
            stream.sock.wait_each(IDLE)?;
            frame::MAX_BYTES
        } else {
            stream.sock.wait_in_all(STRANGER_IDLE);
            MAX_STRANGER_BYTES
        };
        let envelope = read_frame(&mut stream, limit)?;
        let reply = answer(&mut desk, &caller, &counter.replays, &envelope);
        // Somebody who asks to be let in is nobody yet, or was let in a moment ago.
        let may_join =
            matches!(reply, Reply::Refused(Refusal::UnknownSender | Refusal::Unreadable));
        let joins = may_join
            .then(|| hear_joiner(&mut desk, &caller, counter.began.elapsed_ms(), &envelope))
            .flatten();
        let reply = joins.unwrap_or_else(|| reply.encode());
        let hash = RequestHash::of(&envelope);
        let sealed = seal_reply(&counter.key, hash, inner.clock.now_ms(), reply)
            .map_err(io::Error::other)?;
        write_frame(&mut stream, &sealed)?;
    }
    Ok(())
}

/// Opens an envelope, and answers what it asks. A connection speaks for the key that was proved on it,
/// and for no other.
fn answer(desk: &mut Here, caller: &PublicKey, replays: &Mutex<Replays>, envelope: &[u8]) -> Reply {
    let opened = answering::open(desk, &mut lock(replays), envelope);
    let (peer, request) = match opened {
        Ok(opened) => opened,
        Err(reply) => return *reply,
    };
    if peer.key != *caller {
        return Reply::Refused(Refusal::UnknownSender);
    }
    if let Request::Listen(listen) = &request {
        wait_for_news(desk, listen);
    }
    desk.write(move |workstation| workstation.answer(peer, request))
        .unwrap_or(Reply::Refused(Refusal::Failed))
}

/// What whoever asks to be let in is answered; `None` where it asks for something else.
fn hear_joiner(
    desk: &mut Here,
    caller: &PublicKey,
    at_ms: u64,
    envelope: &[u8],
) -> Option<Vec<u8>> {
    let (from, join) = joining::open(envelope).ok()?;
    if from != *caller {
        return None;
    }
    let reply = desk.write(move |workstation| workstation.hear_joiner(from, join, at_ms))?;
    desk.inner.changed();
    Some(reply.encode())
}

/// Waits until something is here that the listener does not know of, or long enough.
fn wait_for_news(desk: &mut Here, listen: &Listen) {
    let inner = Arc::clone(&desk.inner);
    let patience = Duration::from_millis(u64::from(listen.wait_ms)).min(LISTEN);
    let mut seen = inner.changes.wait_after(0, Duration::ZERO);
    let until = super::steward::Deadline::after(patience);
    while !inner.is_stopped() {
        let news = desk.read(|tx| replicate::has_news(tx, listen));
        if !matches!(news, Ok(false)) || until.is_over() {
            return;
        }
        seen = inner.changes.wait_after(seen, until.left());
    }
}
