//! The centre: the real answering half around books in memory, with a committed part that survives
//! a crash and an uncommitted one that does not.

use crate::books::{Books, Row, Write, rows};
use crate::mutant::{self, Mutant};
use crate::net::Asked;
use crate::template::{self, PcTemplate, ShopTemplate};
use domain::card::Card;
use domain::publication::{self, What};
use journal::mutant::is;
use journal::{BlobHash, BootId, Draft, JournalId, Pen, PublicKey, Signature, SigningKey};
use replication::answer::{
    CardsHeld, PullPlan, PushPlan, Writer, answer_hello, answer_pull, answer_push, blob_part,
    cards_merged, cards_page, changed, cut, poke_reply, pull_reply, push_reads,
};
use replication::{
    CardsPage, Hashes, Listen, OTHER_RUN, Place, ProtocolRange, Pull, Push, Refusal, Replays,
    Reply, Request, Rewind, Unopened, Unreadable, open_request, seal_reply,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How much of a blob is answered at once: small, so that a menu takes more than one message.
const BLOB_PART: usize = 4 * 1024;
/// The number of [`Request::Snapshot`].
const SNAPSHOT: u32 = 9;
/// For how long it asks to be left alone at most while it has no time, in milliseconds.
const BUSY_MS: u32 = 3_000;
/// A run that greeted within so many milliseconds is taken for alive.
const ALIVE_MS: u64 = 60_000;

/// A protocol that nobody speaks here.
pub(crate) const FOREIGN: ProtocolRange = ProtocolRange { min: 7, max: 9 };

/// What the centre wants the world to do.
#[derive(Debug)]
pub(crate) enum Out {
    /// Send this reply.
    Reply(Asked, Vec<u8>),
    /// The transaction under way of this shop is on disk when this comes back.
    Commit { shop: usize },
    /// A listen has waited long enough after so many milliseconds.
    Expire { asked: Asked, after_ms: u64 },
    /// Somebody felt what is wrong with the centre.
    Fault(&'static str),
}

/// Work that writes. One at a time, in order, as under a journal's lock.
#[derive(Debug)]
enum Job {
    Push(Push, Asked),
    Cards(CardsPage, PublicKey, Asked),
    /// The first of what is still to be said.
    Say,
}

/// What is done once a transaction is on disk.
#[derive(Debug)]
enum After {
    Nothing,
    /// That much less is to be said.
    Said,
    Reply(Asked, Box<Reply>),
}

#[derive(Debug)]
struct Waiting {
    listen: Listen,
    asked: Asked,
}

/// Somebody the centre took in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) shop: usize,
    pub(crate) revoked: bool,
}

/// A shop's half.
#[derive(Debug)]
pub(crate) struct Half {
    pub(crate) books: Books,
    /// What somebody there wants to have written: whoever is not told that it is says it again.
    unsaid: VecDeque<Vec<Draft>>,
    jobs: VecDeque<Job>,
    writing: Option<(Vec<Write>, After)>,
    waiting: Vec<Waiting>,
}

/// The centre.
pub(crate) struct Centre {
    key: SigningKey,
    pub(crate) halves: Vec<Half>,
    /// Who may speak: kept apart from the books, as accounts are.
    pub(crate) taken: BTreeMap<PublicKey, Taken>,
    pub(crate) blobs: BTreeMap<BlobHash, Arc<Vec<u8>>>,
    pub(crate) is_up: bool,
    pub(crate) life: u32,
    /// What it said itself may be in the shops alone: it says nothing more in this run.
    pub(crate) was_set_back: bool,
    /// What it said it has on disk, by shop.
    pub(crate) acked: BTreeSet<(usize, JournalId, Place)>,
    /// Its database dies at the next commit: with it written, or not.
    pub(crate) dies_at_commit: Option<bool>,
    /// It has too much to do until then, in milliseconds since the run began.
    pub(crate) busy_until: u64,
    /// It speaks a protocol that no workstation does.
    pub(crate) is_foreign: bool,
    boot: BootId,
    replays: Replays,
    runs: BTreeMap<JournalId, (BootId, u64)>,
    out: Vec<Out>,
}

impl Centre {
    pub(crate) fn new(shops: &[&ShopTemplate]) -> Self {
        let mut taken = BTreeMap::new();
        let mut blobs = BTreeMap::new();
        let mut halves = Vec::new();
        for (shop, template) in shops.iter().enumerate() {
            for pc in &template.pcs[..template::SPARE] {
                taken.insert(pc.key, Taken { shop, revoked: false });
            }
            blobs.extend(template.blobs.iter().map(|(hash, bytes)| (*hash, Arc::clone(bytes))));
            halves.push(Half {
                books: template.books.clone(),
                jobs: VecDeque::new(),
                unsaid: VecDeque::new(),
                writing: None,
                waiting: Vec::new(),
            });
        }
        Self {
            key: template::centre_key(),
            halves,
            taken,
            blobs,
            is_up: false,
            life: 0,
            was_set_back: false,
            acked: BTreeSet::new(),
            dies_at_commit: None,
            busy_until: 0,
            is_foreign: false,
            boot: BootId([0; 16]),
            replays: Replays::default(),
            runs: BTreeMap::new(),
            out: Vec::new(),
        }
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.key.public_key()
    }

    /// Starts the program: nothing is known but what is on disk.
    pub(crate) fn start(&mut self, boot: BootId, chance: u64, wall_ms: i64) -> Vec<Out> {
        self.is_up = true;
        self.life += 1;
        self.boot = boot;
        self.replays = Replays::default();
        self.runs.clear();
        for half in &mut self.halves {
            half.books.begin_card_list(chance);
        }
        for shop in 0..self.halves.len() {
            for _ in 0..self.halves[shop].unsaid.len() {
                self.job(wall_ms, shop, Job::Say);
            }
        }
        std::mem::take(&mut self.out)
    }

    /// Whether all that somebody wanted it to write is written.
    pub(crate) fn has_said_all(&self) -> bool {
        self.halves.iter().all(|half| half.unsaid.is_empty())
    }

    /// Takes a workstation out of its shop; answers whether it was in one.
    pub(crate) fn take_out(&mut self, key: &PublicKey) -> bool {
        let taken = self.taken.get_mut(key);
        taken.is_some_and(|taken| !std::mem::replace(&mut taken.revoked, true))
    }

    /// Takes a workstation in.
    pub(crate) fn take_in(&mut self, shop: usize, pc: &PcTemplate) {
        self.taken.insert(pc.key, Taken { shop, revoked: false });
    }

    /// Nothing is wrong with it any more.
    pub(crate) const fn mend(&mut self) {
        self.dies_at_commit = None;
        self.busy_until = 0;
        self.is_foreign = false;
    }

    /// Its disks are replaced by older copies of themselves.
    pub(crate) fn set_back(&mut self, books: Vec<Books>) {
        for (half, books) in self.halves.iter_mut().zip(books) {
            half.books = books;
        }
        self.halves.iter_mut().for_each(|half| half.unsaid.clear());
        self.acked.clear();
        self.was_set_back = true;
    }

    /// Ends the program in the middle of whatever it was doing.
    pub(crate) fn crash(&mut self) {
        self.is_up = false;
        for half in &mut self.halves {
            half.jobs.clear();
            half.writing = None;
            half.waiting.clear();
        }
        self.out.clear();
    }

    /// Publishes something, as soon as it is up.
    pub(crate) fn publish(
        &mut self,
        wall_ms: i64,
        shop: usize,
        what: What,
        number: u32,
        bytes: Vec<u8>,
    ) -> Vec<Out> {
        let event = template::published(what, number, &bytes);
        self.blobs.insert(BlobHash::of(&bytes), Arc::new(bytes));
        self.say(wall_ms, shop, event)
    }

    /// Writes in its own journal of a shop, as soon as it is up.
    pub(crate) fn say(&mut self, wall_ms: i64, shop: usize, event: publication::Event) -> Vec<Out> {
        self.note(wall_ms, shop, vec![template::draft(event)])
    }

    /// The same, of entries of any kind.
    pub(crate) fn note(&mut self, wall_ms: i64, shop: usize, drafts: Vec<Draft>) -> Vec<Out> {
        self.halves[shop].unsaid.push_back(drafts);
        if self.is_up {
            self.job(wall_ms, shop, Job::Say);
        }
        std::mem::take(&mut self.out)
    }

    /// The transaction under way of a shop is on disk.
    pub(crate) fn committed(&mut self, wall_ms: i64, shop: usize) -> Vec<Out> {
        if let Some((writes, after)) = self.halves[shop].writing.take() {
            self.write(wall_ms, shop, writes);
            match after {
                After::Reply(asked, reply) => self.reply(wall_ms, asked, &reply),
                After::Said => drop(self.halves[shop].unsaid.pop_front()),
                After::Nothing => {}
            }
        }
        self.next_job(wall_ms, shop);
        std::mem::take(&mut self.out)
    }

    /// A listen has waited long enough.
    pub(crate) fn expire(&mut self, wall_ms: i64, asked: Asked) -> Vec<Out> {
        for shop in 0..self.halves.len() {
            let half = &mut self.halves[shop];
            if let Some(place) = half.waiting.iter().position(|it| it.asked == asked) {
                half.waiting.remove(place);
                let reply = poke_reply(half.books.tips(), half.books.cards_end);
                self.reply(wall_ms, asked, &reply);
            }
        }
        std::mem::take(&mut self.out)
    }

    /// An envelope came.
    pub(crate) fn receive(
        &mut self,
        now: u64,
        wall_ms: i64,
        bytes: &[u8],
        asked: Asked,
        is_foreign: bool,
    ) -> Vec<Out> {
        let mut from = None;
        let opened = open_request(
            bytes,
            |key| {
                from = self.taken.get(key).copied();
                from.is_some()
            },
            &mut self.replays,
        );
        match (opened, from) {
            (Ok(opened), Some(taken)) => match Request::decode(&opened.body) {
                Ok(Request::Hello(_)) if is_foreign => {
                    self.out.push(Out::Fault("upgrade"));
                    self.reply(wall_ms, asked, &Reply::Upgrade { protocol: FOREIGN });
                }
                Ok(request) => {
                    if let Some(reply) =
                        self.answer(now, wall_ms, request, (opened.from, taken), asked)
                    {
                        self.reply(wall_ms, asked, &reply);
                    }
                }
                Err(Unreadable::Unknown { number }) => {
                    self.reply(wall_ms, asked, &Reply::Unknown { number });
                }
                Err(Unreadable::Broken) => {
                    self.reply(wall_ms, asked, &Reply::Refused(Refusal::Unreadable));
                }
            },
            (Ok(_), None) => {
                self.reply(wall_ms, asked, &Reply::Refused(Refusal::UnknownSender));
            }
            (Err(unopened), _) => {
                self.reply(wall_ms, asked, &Reply::Refused(refusal(unopened)));
            }
        }
        std::mem::take(&mut self.out)
    }

    /// What is answered to a request that nobody looks into.
    fn turned_away(&mut self, now: u64, request: &Request, taken: Taken) -> Option<Reply> {
        if request.check_limits().is_err() {
            return Some(Reply::Refused(Refusal::TooLarge));
        }
        if taken.revoked && !matches!(request, Request::Push(_)) {
            return Some(Reply::Refused(Refusal::Revoked));
        }
        if now < self.busy_until {
            self.out.push(Out::Fault("busy"));
            let retry_ms =
                u32::try_from(self.busy_until - now).map_or(BUSY_MS, |ms| ms.min(BUSY_MS));
            return Some(Reply::Busy { retry_ms });
        }
        None
    }

    /// What is answered at once; `None` for what is answered later.
    pub(crate) fn answer(
        &mut self,
        now: u64,
        wall_ms: i64,
        request: Request,
        (key, taken): (PublicKey, Taken),
        asked: Asked,
    ) -> Option<Reply> {
        if let Some(refused) = self.turned_away(now, &request, taken) {
            return Some(refused);
        }
        let shop = taken.shop;
        let books = &self.halves[shop].books;
        let (mut tips, cards) = (books.tips(), books.cards_end);
        if is(Mutant::NoTenant) {
            tips = self.halves.iter().flat_map(|half| half.books.tips()).collect();
        }
        Some(match request {
            Request::Hello(hello) => {
                let merged = books.merged.get(&key).copied();
                let cards = CardsHeld { end: cards, merged: Some(merged.unwrap_or(0)) };
                let mut reply = answer_hello(&hello, tips, cards, wall_ms);
                let before = hello.journal.and_then(|it| self.runs.insert(it, (hello.boot, now)));
                let other = before.is_some_and(|(boot, at)| {
                    boot != hello.boot && now.saturating_sub(at) < ALIVE_MS
                });
                if let (Reply::Welcome(welcome), true) = (&mut reply, other) {
                    welcome.flags |= OTHER_RUN;
                }
                reply
            }
            Request::Probe(probe) => match books.hashes(probe.tip, &probe.seqs) {
                Some(hashes) => Reply::Hashes(Hashes { hashes }),
                None => Reply::Rewind(Rewind { tip: None }),
            },
            Request::Push(push) => {
                self.job(wall_ms, shop, Job::Push(push, asked));
                return None;
            }
            Request::Pull(pull) => match self.pulled(shop, &pull) {
                (books, PullPlan::Read { tip, after, .. }) => {
                    let rows = books.after(tip, after).unwrap_or_default();
                    pull_reply(tip, cut(sealed(&rows), pull.limit.into()))
                }
                (_, PullPlan::Rewind(rewind)) => Reply::Rewind(rewind),
            },
            Request::Cards(it) => Reply::Cards(cards_page(books.cards_after(it.after), cards)),
            Request::CardsPush(page) => {
                self.job(wall_ms, shop, Job::Cards(page, key, asked));
                return None;
            }
            Request::Blob(blob) => match self.blobs.get(&blob.sha256) {
                Some(bytes) => {
                    let from = usize::try_from(blob.offset).unwrap_or(bytes.len()).min(bytes.len());
                    let to = (from + BLOB_PART).min(bytes.len());
                    let total = bytes.len() as u64;
                    blob_part(blob.sha256, blob.offset, total, bytes[from..to].to_vec())
                }
                None => Reply::NoBlob { sha256: blob.sha256 },
            },
            Request::Poke(_) => poke_reply(tips, cards),
            // The centre hands on journals whole.
            Request::Snapshot(_) => Reply::Unknown { number: SNAPSHOT },
            Request::Listen(listen) => {
                if changed(&listen, &tips, cards) {
                    poke_reply(tips, cards)
                } else {
                    self.out.push(Out::Expire { asked, after_ms: listen.wait_ms.into() });
                    self.halves[shop].waiting.push(Waiting { listen, asked });
                    return None;
                }
            }
        })
    }

    /// The books that a pull is answered from, and how.
    fn pulled(&self, shop: usize, pull: &Pull) -> (&Books, PullPlan) {
        let named = |half: &&Half| half.books.journals.contains_key(&pull.tip.journal);
        let other = self.halves.iter().find(named).filter(|_| is(Mutant::NoTenant));
        let books = &other.unwrap_or(&self.halves[shop]).books;
        (books, answer_pull(books.pull_held(pull.tip, pull.after), pull))
    }

    fn reply(&mut self, wall_ms: i64, asked: Asked, reply: &Reply) {
        if let Reply::Ack(ack) = reply {
            let shop =
                self.halves.iter().position(|it| it.books.journals.contains_key(&ack.tip.journal));
            let shop = shop.unwrap_or(0);
            self.acked.insert((shop, ack.tip.journal, Place::of(ack.tip)));
        }
        let bytes =
            seal_reply(&self.key, asked.hash, wall_ms, reply.encode()).expect("a reply fits");
        self.out.push(Out::Reply(asked, bytes));
    }

    fn job(&mut self, wall_ms: i64, shop: usize, job: Job) {
        self.halves[shop].jobs.push_back(job);
        self.next_job(wall_ms, shop);
    }

    fn next_job(&mut self, wall_ms: i64, shop: usize) {
        while self.halves[shop].writing.is_none()
            && let Some(job) = self.halves[shop].jobs.pop_front()
        {
            let (writes, after) = self.decide(wall_ms, shop, job);
            if writes.is_empty() {
                if let After::Reply(asked, reply) = after {
                    self.reply(wall_ms, asked, &reply);
                }
                continue;
            }
            let after = match after {
                After::Reply(asked, reply) if is(Mutant::AckBeforeCommit) => {
                    self.reply(wall_ms, asked, &reply);
                    After::Nothing
                }
                after @ (After::Nothing | After::Said | After::Reply(..)) => after,
            };
            self.out.push(Out::Commit { shop });
            self.halves[shop].writing = Some((writes, after));
        }
    }

    fn write(&mut self, wall_ms: i64, shop: usize, writes: Vec<Write>) {
        let half = &mut self.halves[shop];
        for write in writes {
            half.books.write(write);
        }
        let (tips, cards) = (half.books.tips(), half.books.cards_end);
        let waiting = std::mem::take(&mut half.waiting);
        let (ready, still): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|it| changed(&it.listen, &tips, cards));
        half.waiting = still;
        for it in ready {
            self.reply(wall_ms, it.asked, &poke_reply(tips.clone(), cards));
        }
    }

    fn decide(&self, wall_ms: i64, shop: usize, job: Job) -> (Vec<Write>, After) {
        let books = &self.halves[shop].books;
        match job {
            Job::Push(push, asked) => {
                let (writes, reply) =
                    decide_push(books, self.life, &push, |key| self.writer(shop, key));
                (writes, After::Reply(asked, Box::new(reply)))
            }
            Job::Cards(page, key, asked) => {
                let merged = books.merged.get(&key).copied().unwrap_or(0);
                let through = cards_merged(merged, &page);
                let cards = page.records.iter().filter_map(|it| Card::decode(&it.card).ok());
                let mut writes: Vec<Write> =
                    cards.map(|card| Write::Card(Box::new(card))).collect();
                writes.push(Write::Merged { peer: key, through });
                (writes, After::Reply(asked, Box::new(Reply::CardsAck { through })))
            }
            Job::Say => {
                let (Some(tip), Some(drafts)) = (books.own_tip(), self.halves[shop].unsaid.front())
                else {
                    return (Vec::new(), After::Nothing);
                };
                let pen = Pen::new(self.key.clone(), self.boot, Some(tip));
                let (batch, _) = pen.write(drafts.clone(), books.tick, wall_ms);
                let rows = rows(&batch.entries, batch.seal);
                let grow = Write::Grow { journal: tip.journal, onto: Place::of(tip), rows };
                (vec![grow], After::Said)
            }
        }
    }

    /// Whether a key may write in a shop.
    fn writer(&self, shop: usize, key: &PublicKey) -> Writer {
        if *key == self.public_key() {
            return Writer::Known;
        }
        match self.taken.get(key) {
            Some(taken) if taken.shop != shop => Writer::Unknown,
            Some(taken) if taken.revoked && !is(Mutant::AcceptRevoked) => Writer::Revoked,
            Some(_) => Writer::Known,
            None => Writer::Unknown,
        }
    }
}

/// Decides over a push as the answering half says.
fn decide_push(
    books: &Books,
    life: u32,
    push: &Push,
    writer: impl FnOnce(&PublicKey) -> Writer,
) -> (Vec<Write>, Reply) {
    let Ok(reads) = push_reads(push) else {
        return (Vec::new(), Reply::Refused(Refusal::TooLarge));
    };
    let known = books.journals.get(&push.journal).map(|it| it.key);
    let key = known.or_else(|| reads.opening.as_ref().map(|it| it.public_key));
    let writer = key.as_ref().map_or(Writer::Unknown, writer);
    let held = books.held(push.journal, &reads, writer);
    if is(Mutant::SkipOverlap)
        && let Some(wrong) = mutant::by_place(&held, push)
    {
        return wrong;
    }
    let journal = push.journal;
    match answer_push(&held, push) {
        PushPlan::Store { opening, onto, batch, reply } => {
            let rows = rows(&batch.entries, batch.seal);
            let write = match (opening, onto) {
                (Some(opening), _) => Write::Begin { journal, key: opening.public_key, rows },
                (None, Some(onto)) => Write::Grow { journal, onto, rows },
                (None, None) => unreachable!("what begins a journal has an opening"),
            };
            (vec![write], reply)
        }
        PushPlan::Keep { reply, .. } if is(Mutant::DropTheBranch) => (Vec::new(), reply),
        PushPlan::Keep { from, batch, reply, .. } => {
            let rows = rows(&batch.entries, batch.seal);
            (vec![Write::Branch { journal, from, rows }], reply)
        }
        PushPlan::Park { reply, .. } => (vec![Write::Park { journal }], reply),
        PushPlan::AlreadyHeld { reply } if is(Mutant::CountTwice) && 1 < life => {
            (vec![Write::Count { rows: books.pushed(push) }], reply)
        }
        PushPlan::AlreadyHeld { reply } | PushPlan::Need { reply } | PushPlan::Refuse { reply } => {
            (Vec::new(), reply)
        }
    }
}

fn sealed(rows: &[&Row]) -> impl Iterator<Item = (journal::RawEntry, Option<Signature>)> {
    rows.iter().map(|row| (row.raw.clone(), row.seal))
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
