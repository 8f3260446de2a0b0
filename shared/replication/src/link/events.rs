//! What goes into a link and what comes out of it.

use alloc::string::String;
use alloc::vec::Vec;
use journal::{BlobHash, BootId, EntryHash, JournalId, Seq, Tip};

use crate::answer::Run;
use crate::message::{
    BlobPart, CardsPage, Place, Poke, ProtocolRange, Push, Quarantine, Refusal, Reply, Request,
    SnapshotPage,
};

/// What an outcome answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask(pub u64);

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The peer can be reached, or may be: greet it now, and try again whatever waits for a better time.
    Connected,
    /// The peer cannot be reached any more; replies under way are lost.
    Disconnected,
    /// All the ends of a journal as they now stand on my disk, the ordinary chain's first.
    LocalTips {
        /// The journal.
        journal: JournalId,
        /// Its ends.
        tips: Vec<Place>,
    },
    /// My list of cards now ends here.
    LocalCards {
        /// Where.
        end: u64,
    },
    /// I should like this blob.
    Want(BlobHash),
    /// The peer told my answering half that something changed.
    Poked(Poke),
    /// The peer's answer to a [`Effect::Send`].
    Reply {
        /// To which.
        ask: Ask,
        /// The answer, signature and request checked; or there is none.
        reply: Result<Reply, NoReply>,
    },
    /// The outcome of [`Effect::Read`].
    Read {
        /// Of which.
        ask: Ask,
        /// What was read.
        outcome: ReadOutcome,
    },
    /// The outcome of [`Effect::Find`].
    Found {
        /// Of which.
        ask: Ask,
        /// Whether that very entry is held, on any chain.
        held: bool,
    },
    /// The outcome of [`Effect::Hashes`]: as many as were asked.
    Hashes {
        /// Of which.
        ask: Ask,
        /// In the order of the question.
        hashes: Vec<Option<EntryHash>>,
    },
    /// The outcome of [`Effect::Append`]: what my own answering half said to it, after its commit.
    /// (The new ends come as [`Input::LocalTips`], before or after.)
    Appended {
        /// Of which.
        ask: Ask,
        /// What it said; [`Reply::Refused`] with [`Refusal::Failed`] where the disk failed.
        reply: Reply,
    },
    /// The outcome of [`Effect::ReadCards`]; `None` where the disk failed.
    CardsRead {
        /// Of which.
        ask: Ask,
        /// The page.
        page: Option<CardsPage>,
    },
    /// The outcome of [`Effect::StoreCards`].
    CardsStored {
        /// Of which.
        ask: Ask,
        /// Whether it is on disk.
        stored: bool,
    },
    /// The outcome of [`Effect::StoreBlob`].
    BlobStored {
        /// Of which.
        ask: Ask,
        /// What it came to.
        outcome: BlobOutcome,
    },
    /// The outcome of [`Effect::Late`].
    Granted {
        /// Of which.
        ask: Ask,
        /// Whether this link is the one that asks.
        grant: Grant,
    },
    /// The outcome of [`Effect::StoreSnapshot`]; `None` where the disk failed.
    SnapshotStored {
        /// Of which.
        ask: Ask,
        /// Where what is held of the present ends, of journals whose ordinary chains end before.
        ends: Option<Vec<EarlyEnd>>,
    },
    /// The outcome of [`Effect::Follow`].
    Followed {
        /// Of which.
        ask: Ask,
        /// Whether it was believed and is on disk.
        kept: bool,
    },
    /// The time of an [`Effect::Timer`] has come. Coming early or twice does no harm.
    Timer,
}

/// Whether a link is the one of its host's that is in the present before it has the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    /// Another is, or none is to be.
    No,
    /// It is: it asks for a snapshot.
    Ask,
    /// It is, and a whole snapshot is here that ends there.
    Follow(Vec<EarlyEnd>),
}

/// Where what is held of a journal ahead of its ordinary chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EarlyEnd {
    /// The journal.
    pub journal: JournalId,
    /// The end that the snapshot proved: the ordinary chain is to reach it.
    pub checkpoint: Place,
    /// The last entry that was followed since; `checkpoint` where there was none.
    pub end: Place,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoReply {
    /// The peer could not be reached, or the connection broke.
    Unreachable,
    /// Something came that is not the peer's answer: not signed by it, not readable.
    NotBelieved,
}

/// What reading a chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadOutcome {
    /// What follows, cut by [`crate::answer::cut`].
    Run(Run),
    /// Nothing follows.
    Nothing,
    /// `after` is not on that chain.
    NotOnChain,
    /// The disk failed.
    Failed,
}

/// What storing a part of a blob came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlobOutcome {
    /// It is on disk; the next part begins here.
    More {
        /// From which byte on.
        offset: u64,
    },
    /// All of it is on disk, and its hash is right.
    Whole,
    /// All came, and its hash is wrong: what there was is deleted.
    Corrupt,
    /// The disk failed.
    Failed,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Send this and feed the answer back.
    Send {
        /// Its number.
        ask: Ask,
        /// What to send.
        request: Request,
    },
    /// Read what follows `after` on the chain that ends at `tip`, as for an answer to a pull.
    Read {
        /// Its number.
        ask: Ask,
        /// The chain.
        tip: Tip,
        /// The last entry not wanted.
        after: Option<Place>,
        /// How many entries to cut it to.
        wish: u16,
    },
    /// Say whether this very entry is held.
    Find {
        /// Its number.
        ask: Ask,
        /// The entry.
        at: Tip,
    },
    /// Say which hashes stand at these places of the chain that ends at `tip`.
    Hashes {
        /// Its number.
        ask: Ask,
        /// The chain.
        tip: Tip,
        /// The places.
        seqs: Vec<Seq>,
    },
    /// Treat these entries as a push from the peer: decide by [`crate::answer::answer_push`], commit
    /// (a branch is kept, what is not believed is parked), and say what was answered.
    Append {
        /// Its number.
        ask: Ask,
        /// The entries.
        push: Push,
    },
    /// Read a page of my cards that follow this place of my list.
    ReadCards {
        /// Its number.
        ask: Ask,
        /// The last place not wanted.
        after: u64,
    },
    /// Merge these cards of the peer, and note in the same transaction that its list is merged up to
    /// `page.through`: a link begins there after a restart.
    StoreCards {
        /// Its number.
        ask: Ask,
        /// The cards.
        page: CardsPage,
    },
    /// The peer has my cards up to here. Noting it saves sending them again after a restart, where
    /// the peer takes no note itself ([`crate::answer::CardsHeld::merged`]).
    CardsPushed {
        /// Where.
        through: u64,
    },
    /// Store this part of a blob; check the hash when it is whole.
    StoreBlob {
        /// Its number.
        ask: Ask,
        /// The part.
        part: BlobPart,
    },
    /// The peer holds far more than is here. Say whether this link asks it for a snapshot: one of the
    /// host's links does at a time, one to another workstation rather than one to the centre.
    Late {
        /// Its number.
        ask: Ask,
        /// How many entries are lacking.
        behind: u64,
    },
    /// The link that was granted to ask does so no more. So does one that goes offline, unsaid.
    LateNoMore,
    /// Check each entry of a snapshot by itself and keep what is right, apart from the journals. A page
    /// with tips is the first of a new snapshot.
    StoreSnapshot {
        /// Its number.
        ask: Ask,
        /// The page.
        page: SnapshotPage,
    },
    /// Check these entries from an end that a snapshot proved, and keep them, apart from the journals.
    Follow {
        /// Its number.
        ask: Ask,
        /// The entries; the base is the end.
        push: Push,
    },
    /// Feed [`Input::Timer`] at this time; an earlier order is void.
    Timer {
        /// When, on the clock of `now_ms`.
        at_ms: u64,
    },
    /// Somebody must know.
    Alarm(Alarm),
    /// What the link is doing now, for the screen.
    State(State),
}

/// What somebody must know. The same alarm may be raised again; the host tells it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alarm {
    /// One journal has two entries at one place. Both branches are kept. If it is mine, write no
    /// more in it: go on in a new journal that continues every tip.
    Fork {
        /// The journal.
        journal: JournalId,
        /// The first place that differs.
        seq: Seq,
        /// The two entries there, the lesser hash first.
        entries: [EntryHash; 2],
    },
    /// The peer keeps what I send of this journal apart.
    Quarantined {
        /// The journal.
        journal: JournalId,
        /// From which entry on.
        seq: Seq,
        /// Why.
        why: Quarantine,
    },
    /// What the peer sent of this journal is parked here.
    Parked {
        /// The journal.
        journal: JournalId,
        /// From which entry on.
        seq: Seq,
        /// Why.
        why: Quarantine,
    },
    /// The peer refuses this journal, or everything where there is none.
    Refused {
        /// The journal.
        journal: Option<JournalId>,
        /// Why.
        why: Refusal,
    },
    /// The peer speaks no protocol of mine.
    MustUpgrade {
        /// What it speaks.
        protocol: ProtocolRange,
    },
    /// The peer's bytes of this blob are not it.
    CorruptBlob {
        /// Which.
        sha256: BlobHash,
    },
}

/// What a link is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The peer does not answer.
    Offline {
        /// When it is tried again, on the clock of `now_ms`.
        retry_at_ms: u64,
    },
    /// Waiting for the answer to a hello.
    Greeting,
    /// Entries, cards or blobs are on their way.
    Working {
        /// Journals that the peer lacks something of.
        up: usize,
        /// Journals of which something is lacking here.
        down: usize,
        /// Lanes that wait after a refusal: alarms were raised.
        stopped: usize,
    },
    /// Neither lacks anything that the other is known to have.
    Level,
}

/// Who I am, and what a restart must not forget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The journal I write in.
    pub journal: Option<JournalId>,
    /// This run.
    pub boot: BootId,
    /// The program's build, for people.
    pub build: String,
    /// How far this peer's list of cards is merged here ([`Effect::StoreCards`]).
    pub cards_merged: u64,
    /// How far this peer has my list of cards ([`Effect::CardsPushed`]).
    pub cards_pushed: u64,
}
