//! The network: envelopes that are lost, doubled, late or overtaken.

use journal::{BootId, PublicKey, SigningKey};
use replication::link::Ask;
use replication::{
    Replays, Reply, Request, RequestHash, Sender, Unreadable, open_reply, open_request, seal_reply,
    seal_request,
};

/// Bytes on their way. The numbers are what a connection would know.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) from: usize,
    /// Which run of the sender's program, and of the asker's for a reply: connections end with it.
    pub(crate) life: u32,
    pub(crate) ask: Ask,
    pub(crate) bytes: Vec<u8>,
    pub(crate) hash: RequestHash,
    pub(crate) is_reply: bool,
}

/// One node's envelopes. Signing is slow, so most seeds send bare messages.
#[derive(Debug)]
pub(crate) struct Post {
    sender: Option<Sender>,
    replays: Replays,
}

impl Post {
    pub(crate) fn new(key: &SigningKey, boot: BootId, signed: bool) -> Self {
        let sender = signed.then(|| Sender::new(key.clone(), boot));
        Self { sender, replays: Replays::default() }
    }

    pub(crate) fn seal(&mut self, wall_ms: i64, request: &Request) -> (Vec<u8>, RequestHash) {
        let body = request.encode();
        match &mut self.sender {
            Some(sender) => {
                let sealed = seal_request(sender, wall_ms, body).expect("a request fits");
                (sealed.bytes, sealed.hash)
            }
            None => {
                let hash = RequestHash([0; 32]);
                (body, hash)
            }
        }
    }

    /// The request in it, or the reply that it deserves; `None` where it deserves none.
    pub(crate) fn open(
        &mut self,
        bytes: &[u8],
        from: &PublicKey,
    ) -> Option<Result<Request, Reply>> {
        let body = if self.sender.is_some() {
            open_request(bytes, |key| key == from, &mut self.replays).ok()?.body
        } else {
            bytes.to_vec()
        };
        Some(match Request::decode(&body) {
            Ok(request) => Ok(request),
            Err(Unreadable::Unknown { number }) => Err(Reply::Unknown { number }),
            Err(Unreadable::Broken) => Err(Reply::Refused(replication::Refusal::Unreadable)),
        })
    }

    pub(crate) fn seal_reply(&self, wall_ms: i64, to: RequestHash, reply: &Reply) -> Vec<u8> {
        match &self.sender {
            Some(sender) => {
                seal_reply(sender.key(), to, wall_ms, reply.encode()).expect("a reply fits")
            }
            None => reply.encode(),
        }
    }

    pub(crate) fn open_reply(
        &self,
        bytes: &[u8],
        from: &PublicKey,
        to: RequestHash,
    ) -> Option<Reply> {
        if self.sender.is_some() {
            let opened = open_reply(bytes, |key| key == from, to).ok()?;
            Reply::decode(&opened.body).ok()
        } else {
            Reply::decode(bytes).ok()
        }
    }
}
