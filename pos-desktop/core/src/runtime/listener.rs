//! The answering half in the shop: other workstations connect here.

use super::caller::Here;
use super::lines::Line;
use super::transport::{read_frame, write_frame};
use super::{Inner, lock};
use crate::linked::Desk;
use crate::{answering, replicate};
use journal::SigningKey;
use replication::{Listen, Refusal, Replays, Reply, Request, RequestHash, seal_reply};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// The most connections at once: a shop has a handful of workstations, each with two.
const MAX_CONNECTIONS: usize = 32;
/// How long after the system refused a connection the next is waited for.
const REFUSED_PAUSE: Duration = Duration::from_millis(200);
/// How long whoever has not said anything believable yet may be silent on an open connection: a
/// handful of strangers must not keep the shop's own out.
const STRANGER_IDLE: Duration = Duration::from_secs(3);
/// How long a peer may be silent on an open connection.
const IDLE: Duration = Duration::from_secs(60);
/// How long a peer that listens waits at most: its answers are also the sign that we live.
const LISTEN: Duration = Duration::from_secs(3);

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
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    let inner = Arc::clone(inner);
    let key = key.clone();
    let thread = std::thread::Builder::new()
        .name("listener".to_owned())
        .spawn(move || accept(&inner, &listener, &key))?;
    Ok(Listening { address, thread: Some(thread) })
}

fn accept(inner: &Arc<Inner>, listener: &TcpListener, key: &SigningKey) {
    let replays = Arc::new(Mutex::new(Replays::default()));
    for stream in listener.incoming() {
        if inner.is_stopped() {
            return;
        }
        let held = stream.and_then(|stream| Ok((inner.lines.hold(&stream)?, stream)));
        let Ok((line, stream)) = held else {
            // No handle is left, say: the next try would fail as fast as this one.
            let seen = inner.changes.wait_after(0, Duration::ZERO);
            inner.changes.wait_after(seen, REFUSED_PAUSE);
            continue;
        };
        if MAX_CONNECTIONS < inner.lines.count() {
            tracing::warn!("too many connections: one was closed");
            continue;
        }
        let (inner, replays, key) = (Arc::clone(inner), Arc::clone(&replays), key.clone());
        let serve = move || answer_on(&inner, &line, stream, &replays, &key);
        if let Err(error) = std::thread::Builder::new().name("peer".to_owned()).spawn(serve) {
            tracing::warn!(%error, "a connection was closed");
        }
    }
}

/// Answers on a connection until it ends, then lets go of it.
fn answer_on(
    inner: &Arc<Inner>,
    _line: &Line,
    stream: TcpStream,
    replays: &Mutex<Replays>,
    key: &SigningKey,
) {
    if let Err(error) = serve(inner, stream, replays, key) {
        tracing::debug!(%error, "a connection ended");
    }
}

fn serve(
    inner: &Arc<Inner>,
    mut stream: TcpStream,
    replays: &Mutex<Replays>,
    key: &SigningKey,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(STRANGER_IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    let reader = inner.ask(false, |workstation| workstation.store().reader());
    let Some(Ok(reader)) = reader else {
        return Err(io::Error::other("the store cannot be read"));
    };
    let mut desk = Here { inner: Arc::clone(inner), reader };
    while !inner.is_stopped() {
        let envelope = read_frame(&mut stream)?;
        let reply = answer(&mut desk, replays, &envelope);
        if !matches!(reply, Reply::Refused(_)) {
            stream.set_read_timeout(Some(IDLE))?;
        }
        let hash = RequestHash::of(&envelope);
        let sealed = seal_reply(key, hash, inner.clock.now_ms(), reply.encode())
            .map_err(io::Error::other)?;
        write_frame(&mut stream, &sealed)?;
    }
    Ok(())
}

/// Opens an envelope, and answers what it asks.
fn answer(desk: &mut Here, replays: &Mutex<Replays>, envelope: &[u8]) -> Reply {
    let opened = answering::open(desk, &mut lock(replays), envelope);
    let (peer, request) = match opened {
        Ok(opened) => opened,
        Err(reply) => return *reply,
    };
    if let Request::Listen(listen) = &request {
        wait_for_news(desk, listen);
    }
    desk.write(move |workstation| workstation.answer(peer, request))
        .unwrap_or(Reply::Refused(Refusal::Failed))
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
