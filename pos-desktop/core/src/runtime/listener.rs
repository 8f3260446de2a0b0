//! The answering half in the shop: other workstations connect here.

use super::transport::{read_frame, write_frame};
use super::{Inner, lock};
use crate::replicate::{self, Peer};
use crate::store::{Reader, StoreError};
use journal::SigningKey;
use replication::{
    Listen, Opened, Refusal, Replays, Reply, Request, RequestHash, Unopened, Unreadable,
    open_request, seal_reply,
};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The most connections at once: a shop has a handful of workstations, each with two.
const MAX_CONNECTIONS: usize = 32;
/// How long a peer may be silent on an open connection.
const IDLE: Duration = Duration::from_secs(60);
/// How long a peer that listens waits at most: its answers are also the sign that we live.
const LISTEN: Duration = Duration::from_secs(3);

/// Listens until the workstation ends. Answers where it listens.
///
/// # Errors
///
/// Where the address cannot be had.
pub(super) fn start(
    inner: &Arc<Inner>,
    address: SocketAddr,
    key: &SigningKey,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address)?;
    let listens = listener.local_addr()?;
    let inner = Arc::clone(inner);
    let key = key.clone();
    std::thread::spawn(move || accept(&inner, &listener, &key));
    Ok(listens)
}

fn accept(inner: &Arc<Inner>, listener: &TcpListener, key: &SigningKey) {
    let open = Arc::new(AtomicUsize::new(0));
    let replays = Arc::new(Mutex::new(Replays::default()));
    for stream in listener.incoming() {
        if inner.is_stopped() {
            return;
        }
        let Ok(stream) = stream else {
            continue;
        };
        if MAX_CONNECTIONS <= open.fetch_add(1, Ordering::SeqCst) {
            open.fetch_sub(1, Ordering::SeqCst);
            tracing::warn!("too many connections: one was closed");
            continue;
        }
        let (inner, open, replays, key) =
            (Arc::clone(inner), Arc::clone(&open), Arc::clone(&replays), key.clone());
        std::thread::spawn(move || {
            if let Err(error) = serve(&inner, stream, &replays, &key) {
                tracing::debug!(%error, "a connection ended");
            }
            open.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

fn serve(
    inner: &Arc<Inner>,
    mut stream: TcpStream,
    replays: &Mutex<Replays>,
    key: &SigningKey,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    let reader = inner.ask(false, |workstation| workstation.store().reader());
    let Some(Ok(mut reader)) = reader else {
        return Err(io::Error::other("the store cannot be read"));
    };
    while !inner.is_stopped() {
        let envelope = read_frame(&mut stream)?;
        let reply = answer(inner, &mut reader, replays, &envelope);
        let hash = RequestHash::of(&envelope);
        let sealed = seal_reply(key, hash, inner.clock.now_ms(), reply.encode())
            .map_err(io::Error::other)?;
        write_frame(&mut stream, &sealed)?;
    }
    Ok(())
}

/// Opens an envelope, and answers what it asks.
fn answer(
    inner: &Arc<Inner>,
    reader: &mut Reader,
    replays: &Mutex<Replays>,
    envelope: &[u8],
) -> Reply {
    let mut peer = None;
    let opened = open_request(
        envelope,
        |key| {
            let known: Result<_, StoreError> = reader.read(|tx| replicate::knows(tx, key));
            peer = known.ok().flatten();
            peer.is_some()
        },
        &mut lock(replays),
    );
    match (opened, peer) {
        (Ok(opened), Some(peer)) => heard(inner, reader, peer, &opened),
        (Ok(_), None) => Reply::Refused(Refusal::UnknownSender),
        (Err(unopened), _) => Reply::Refused(refusal(unopened)),
    }
}

fn heard(inner: &Arc<Inner>, reader: &mut Reader, peer: Peer, opened: &Opened) -> Reply {
    let now_ms = inner.clock.now_ms();
    inner.shared.change(|state| state.peers.entry(peer.key).or_default().answered(now_ms));
    let request = match Request::decode(&opened.body) {
        Ok(request) => request,
        Err(Unreadable::Unknown { number }) => return Reply::Unknown { number },
        Err(Unreadable::Broken) => return Reply::Refused(Refusal::Unreadable),
    };
    if let Request::Listen(listen) = &request {
        wait_for_news(inner, reader, listen);
    }
    inner
        .ask(false, move |workstation| workstation.answer(peer, request))
        .unwrap_or(Reply::Refused(Refusal::Failed))
}

/// Waits until something is here that the listener does not know of, or long enough.
fn wait_for_news(inner: &Arc<Inner>, reader: &mut Reader, listen: &Listen) {
    let patience = Duration::from_millis(u64::from(listen.wait_ms)).min(LISTEN);
    let mut seen = inner.changes.wait_after(0, Duration::ZERO);
    let until = super::steward::Deadline::after(patience);
    while !inner.is_stopped() {
        let news: Result<bool, StoreError> = reader.read(|tx| replicate::has_news(tx, listen));
        if !matches!(news, Ok(false)) || until.is_over() {
            return;
        }
        seen = inner.changes.wait_after(seen, until.left());
    }
}

const fn refusal(unopened: Unopened) -> Refusal {
    match unopened {
        Unopened::TooLarge { .. } => Refusal::TooLarge,
        Unopened::Unreadable | Unopened::WrongReply => Refusal::Unreadable,
        Unopened::UnknownSender { .. } => Refusal::UnknownSender,
        Unopened::BadSignature => Refusal::BadSignature,
        Unopened::Replayed { .. } => Refusal::Replayed,
    }
}
