//! The half of replication that answers, as far as the envelope goes: who asks, and what. What is asked
//! is then answered by [`Workstation::answer`](crate::Workstation::answer).

use crate::linked::Desk;
use crate::replicate::{self, Peer};
use replication::{Opened, Refusal, Replays, Reply, Request, Unopened, Unreadable, open_request};

/// Opens an envelope: who asks, and what. A [`Request::Listen`] is to be answered when there is news
/// ([`replicate::has_news`]) or when it has waited long enough, anything else at once.
///
/// # Errors
///
/// The reply that says why it is not answered.
pub fn open(
    desk: &mut impl Desk,
    replays: &mut Replays,
    envelope: &[u8],
) -> Result<(Peer, Request), Box<Reply>> {
    let mut peer = None;
    let opened = open_request(
        envelope,
        |key| {
            peer = desk.read(|tx| replicate::knows(tx, key)).ok().flatten();
            peer.is_some()
        },
        replays,
    );
    match (opened, peer) {
        (Ok(opened), Some(peer)) => Ok((peer, heard(desk, peer, &opened)?)),
        (Ok(_), None) => Err(Box::new(Reply::Refused(Refusal::UnknownSender))),
        (Err(unopened), _) => Err(Box::new(Reply::Refused(refusal(unopened)))),
    }
}

fn heard(desk: &mut impl Desk, peer: Peer, opened: &Opened) -> Result<Request, Box<Reply>> {
    let now_ms = desk.now_ms();
    desk.shared().change(|state| state.peers.entry(peer.key).or_default().answered(now_ms));
    match Request::decode(&opened.body) {
        Ok(request) if request.check_limits().is_ok() => Ok(request),
        Ok(_) => Err(Box::new(Reply::Refused(Refusal::TooLarge))),
        Err(Unreadable::Unknown { number }) => Err(Box::new(Reply::Unknown { number })),
        Err(Unreadable::Broken) => Err(Box::new(Reply::Refused(Refusal::Unreadable))),
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
