//! A PC that is not set up asks a workstation of the shop to let it in: the thread that carries what
//! [`crate::joining`] says.

use super::Inner;
use super::steward::LOOK;
use super::tls::{self, Calling};
use super::transport::{connect, read_frame, write_frame};
use crate::joining::Wish;
use journal::{BootId, PublicKey, SigningKey};
use pos_api::OwnJoining;
use replication::join::{AskToJoin, Heard, Join, JoinRefused, JoinReply, Joined, Nonce, code};
use replication::{Sender, open_reply, seal_request};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

/// How often it is asked what was decided: whoever asks less often is taken for gone.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// How often it waits so long before it asks with another nonce: whoever makes it do so, hoping for digits
/// that suit, gets six of a million a minute.
const RESTS: u32 = 10;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The largest answer, in bytes.
const MAX_REPLY_BYTES: usize = 64 * 1024;

pub(super) fn run(inner: &Arc<Inner>) {
    let mut asking: Option<Asking> = None;
    let mut seen = 0;
    let mut rests: u32 = 0;
    while !inner.is_stopped() {
        let wish = inner.shared.read(|state| state.wish.clone());
        let Some(wish) = wish.filter(|wish| wish.stands != OwnJoining::TurnedAway) else {
            asking = None;
            seen = inner.changes.wait_after(seen, LOOK);
            continue;
        };
        let same = asking.take().filter(|it| it.is_for(&wish));
        if rests == 0 {
            asking = same.or_else(|| Asking::begin(inner, wish));
        }
        rests = rests.saturating_sub(1);
        if let Some(it) = &mut asking
            && it.step(inner).is_err()
        {
            it.open = None;
            if it.is_spent {
                asking = None;
                rests = RESTS;
            }
        }
        // What changes meanwhile is what this thread itself shows.
        inner.changes.wait_after(u64::MAX, ASK_AGAIN);
    }
}

/// One asking, with one nonce.
struct Asking {
    wish: Wish,
    key: SigningKey,
    nonce: Nonce,
    asked: AskToJoin,
    sender: Sender,
    open: Option<Open>,
    /// Whom the nonce was shown to, and what that one's was before. Nobody else hears the same: who knows
    /// ours first can choose the digits.
    told: Option<(PublicKey, Nonce)>,
    /// Whoever it was shown to answers no more, or otherwise: it is of no use any more.
    is_spent: bool,
}

/// A connection to whoever is asked.
struct Open {
    stream: Calling,
    key: PublicKey,
    address: String,
    /// Whose screen shows which digits, once it has answered.
    shown: Option<(String, String)>,
}

impl Asking {
    fn begin(inner: &Arc<Inner>, wish: Wish) -> Option<Self> {
        let drawn = inner.ask(false, |it| Ok((it.joining_key()?, BootId(it.draw()))));
        let drawn: Result<_, crate::Error> = drawn?;
        match drawn {
            Ok(((key, nonce, asked), boot)) => {
                let sender = Sender::new(key.clone(), boot);
                Some(Self {
                    wish,
                    key,
                    nonce,
                    asked,
                    sender,
                    open: None,
                    told: None,
                    is_spent: false,
                })
            }
            Err(error) => {
                tracing::error!(%error, "this PC has no key to ask with");
                None
            }
        }
    }

    fn is_for(&self, wish: &Wish) -> bool {
        (&self.wish.address, self.wish.role, &self.wish.label)
            == (&wish.address, wish.role, &wish.label)
    }

    /// Asks once more, and does what is answered.
    fn step(&mut self, inner: &Arc<Inner>) -> io::Result<()> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.find(inner)?,
        };
        let reply = self.exchange(inner, &mut open, &Join::Reveal(self.nonce))?;
        match reply {
            JoinReply::Joined(joined) => self.joined(inner, joined, &open.address),
            JoinReply::Refused(JoinRefused::TurnedAway) => show(inner, OwnJoining::TurnedAway),
            JoinReply::Refused(refused) => {
                show(inner, OwnJoining::Looking);
                return Err(io::Error::other(refused));
            }
            JoinReply::Waits | JoinReply::Heard(_) => {
                if let Some((by, code)) = open.shown.clone() {
                    show(inner, OwnJoining::Asked { by, code });
                }
                self.open = Some(open);
            }
        }
        Ok(())
    }

    /// Opens a way to somebody who hears it out: at the address that was typed, or where somebody
    /// announces itself.
    fn find(&mut self, inner: &Arc<Inner>) -> io::Result<Open> {
        let addresses = if self.wish.address.is_empty() {
            inner.lan.routes.announced_anywhere()
        } else {
            vec![self.wish.address.clone()]
        };
        let mut failed = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match self.ask_at(inner, address) {
                Ok(open) => return Ok(open),
                Err(error) => failed = error,
            }
        }
        tracing::debug!(%failed, "nobody was found who vouches");
        self.is_spent = self.told.is_some();
        show(inner, OwnJoining::Looking);
        Err(failed)
    }

    fn ask_at(&mut self, inner: &Arc<Inner>, address: String) -> io::Result<Open> {
        let stream: TcpStream = connect(&address)?;
        // Whose key it is, people find out: the digits are made of it.
        let (stream, key) = tls::call(stream, &self.key, |_| true, 0)?;
        let mut open = Open { stream, key, address, shown: None };
        let asked = Join::Ask(self.asked.clone());
        match self.exchange(inner, &mut open, &asked)? {
            JoinReply::Heard(Heard { label, nonce }) => {
                // From here on the nonce is shown, to this one alone.
                if *self.told.get_or_insert((key, nonce)) != (key, nonce) {
                    return Err(io::Error::from(io::ErrorKind::InvalidData));
                }
                let digits = code(&self.key.public_key(), &key, self.nonce, nonce);
                open.shown = Some((label, digits));
                Ok(open)
            }
            JoinReply::Refused(refused) => Err(io::Error::other(refused)),
            JoinReply::Waits | JoinReply::Joined(_) => {
                Err(io::Error::from(io::ErrorKind::InvalidData))
            }
        }
    }

    fn exchange(
        &mut self,
        inner: &Arc<Inner>,
        open: &mut Open,
        join: &Join,
    ) -> io::Result<JoinReply> {
        let now_ms = inner.clock.now_ms();
        let sealed = seal_request(&mut self.sender, now_ms, join.encode());
        let sealed = sealed.map_err(io::Error::other)?;
        open.stream.sock.wait_each(PATIENCE)?;
        write_frame(&mut open.stream, &sealed.bytes)?;
        let reply = read_frame(&mut open.stream, MAX_REPLY_BYTES)?;
        let opened = open_reply(&reply, |key| *key == open.key, sealed.hash);
        let body = opened.map_err(io::Error::other)?.body;
        JoinReply::decode(&body).map_err(io::Error::other)
    }

    /// It is let in: it has an identity from now on.
    fn joined(&self, inner: &Arc<Inner>, joined: Joined, address: &str) {
        let (role, address) = (self.wish.role, address.to_owned());
        let done = inner.ask(false, move |it| it.joined(joined, role, &address));
        if let Some(Err(error)) = done {
            tracing::error!(%error, "this PC was let in, and is not set up");
        }
        inner.changed();
    }
}

/// Shows how far the asking is, unless people asked for something else meanwhile.
fn show(inner: &Inner, stands: OwnJoining) {
    let changed = inner.shared.change(|state| match &mut state.wish {
        Some(wish) if wish.stands != stands => {
            wish.stands = stands;
            true
        }
        Some(_) | None => false,
    });
    if changed {
        inner.changed();
    }
}
