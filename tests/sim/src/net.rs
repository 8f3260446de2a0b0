//! Envelopes on their way.

use replication::RequestHash;
use replication::link::Ask;

/// Who is at the other end: 0 is the centre, the workstations follow.
pub(crate) type NodeId = usize;
/// The centre.
pub(crate) const CENTRE: NodeId = 0;

/// How long a connection waits for an answer before it is given up, in milliseconds, and for one to
/// a listen: as the runtime's threads.
pub(crate) const PATIENCE_MS: u64 = 16_000;
/// See [`PATIENCE_MS`].
pub(crate) const LISTEN_PATIENCE_MS: u64 = 32_000;

/// What a connection knows of a request: who asked, in which of its lives, over which link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) by: NodeId,
    pub(crate) of: NodeId,
    /// Which run of the asker's program: connections end with it.
    pub(crate) life: u32,
    pub(crate) ask: Ask,
    pub(crate) hash: RequestHash,
    pub(crate) listens: bool,
}

/// Bytes on their way.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) asked: Asked,
    pub(crate) is_reply: bool,
    pub(crate) bytes: Vec<u8>,
}

impl Letter {
    pub(crate) const fn from(&self) -> NodeId {
        if self.is_reply { self.asked.of } else { self.asked.by }
    }

    pub(crate) const fn to(&self) -> NodeId {
        if self.is_reply { self.asked.by } else { self.asked.of }
    }
}
