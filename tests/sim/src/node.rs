//! A node: a workstation or the centre. What its host does around the state machines.

use journal::{
    BlobHash, BootId, Draft, JournalId, Opening, Pen, Purpose, Signature, SigningKey, Started,
};
use replication::answer::{
    CardsHeld, PullPlan, PushPlan, answer_hello, answer_pull, answer_push, blob_part, cards_merged,
    cards_page, changed, cut, poke_reply, pull_reply, push_reads,
};
use replication::link::{Alarm, Ask, BlobOutcome, Effect, Identity, Input, ReadOutcome, State};
use replication::{
    CardsPage, Hashes, Link, Listen, Place, Push, Refusal, Reply, Request, RequestHash, Rewind,
};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::mem;

use crate::disk::{Card, Disk, Row, Write, read_card};
use crate::mutant::Mutant;
use crate::net::{Letter, Post};

/// Everybody's blob: what the centre has and the others want.
pub(crate) const PHOTO: &[u8] = &[7; 3000];
/// How much of it is answered at once.
const PHOTO_PART: usize = 1024;

/// What a node wants the world to do.
#[derive(Debug)]
pub(crate) enum Out {
    Send {
        to: usize,
        letter: Letter,
    },
    Timer {
        peer: usize,
        at_ms: u64,
    },
    /// The transaction under way is on disk when this comes back.
    Commit,
    Expire {
        to: usize,
        ask: Ask,
        after_ms: u64,
    },
}

/// Where a reply goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    by: usize,
    life: u32,
    ask: Ask,
    hash: RequestHash,
}

/// Work that writes. One at a time, in order, as the writer of a real host.
#[derive(Debug)]
enum Job {
    Sale(Vec<Draft>),
    /// The own journal forked: go on in a new one.
    Abandon(JournalId),
    Push(Push, From),
    Cards(CardsPage, From),
    SetCard(u64, Card),
    Blob(BlobHash, usize, Ask),
    Note(Write),
}

/// For whom it is done.
#[derive(Clone, Copy, Debug)]
enum From {
    Asked(Asked),
    Link(usize, Ask),
}

/// What is done once a transaction is on disk.
#[derive(Debug)]
enum After {
    Nothing,
    Reply(Asked, Reply),
    Tell(usize, Input),
}

#[derive(Debug)]
struct Waiting {
    listen: Listen,
    asked: Asked,
}

/// Who a node is, for as long as the world lasts.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) index: usize,
    pub(crate) key: SigningKey,
    /// Whom it links to.
    pub(crate) links: Vec<usize>,
    pub(crate) signed: bool,
    pub(crate) mutant: Option<Mutant>,
}

#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) role: Role,
    pub(crate) disk: Disk,
    pub(crate) is_up: bool,
    pub(crate) life: u32,
    /// What it said it has on disk.
    pub(crate) acked: BTreeSet<(JournalId, Place)>,
    boot: BootId,
    wall_ms: i64,
    post: Post,
    links: BTreeMap<usize, Link>,
    jobs: VecDeque<Job>,
    writing: Option<(Vec<Write>, After)>,
    undo: Option<Disk>,
    waiting: Vec<Waiting>,
    /// Requests under way, with what their replies must answer.
    sent: BTreeMap<(usize, Ask), RequestHash>,
    blob_at: usize,
    out: Vec<Out>,
}

impl Node {
    pub(crate) fn new(role: Role, disk: Disk) -> Self {
        let boot = BootId([0; 16]);
        let post = Post::new(&role.key, boot, role.signed);
        Self {
            role,
            disk,
            is_up: false,
            life: 0,
            acked: BTreeSet::new(),
            boot,
            wall_ms: 0,
            post,
            links: BTreeMap::new(),
            jobs: VecDeque::new(),
            writing: None,
            undo: None,
            waiting: Vec::new(),
            sent: BTreeMap::new(),
            blob_at: 0,
            out: Vec::new(),
        }
    }

    /// Starts the program: nothing is known but what is on disk.
    pub(crate) fn start(&mut self, now: u64, boot: BootId, wall_ms: i64, seed: u64) -> Vec<Out> {
        self.is_up = true;
        self.life += 1;
        self.boot = boot;
        self.wall_ms = wall_ms;
        self.post = Post::new(&self.role.key, boot, self.role.signed);
        self.disk.begin_card_list(seed);
        for peer in self.role.links.clone() {
            let me = Identity {
                journal: self.disk.own,
                boot,
                build: "sim".to_owned(),
                cards_merged: self.disk.merged.get(&peer).copied().unwrap_or(0),
                cards_pushed: 0,
            };
            self.links.insert(peer, Link::new(me, seed ^ peer as u64));
            self.tell(now, peer, Input::LocalCards { end: self.disk.cards_end });
            for (journal, held) in self.disk.journals.clone() {
                self.tell(now, peer, Input::LocalTips { journal, tips: held.ends() });
            }
            if !self.disk.blobs.contains(&BlobHash::of(PHOTO)) {
                self.tell(now, peer, Input::Want(BlobHash::of(PHOTO)));
            }
            self.tell(now, peer, Input::Connected);
        }
        let started = Started { build: "sim".to_owned(), witnesses: Vec::new() };
        self.sell(now, vec![started.to_draft()])
    }

    /// Ends the program in the middle of whatever it was doing.
    pub(crate) fn crash(&mut self) {
        self.is_up = false;
        self.jobs.clear();
        self.writing = None;
        self.links.clear();
        self.waiting.clear();
        self.sent.clear();
        self.blob_at = 0;
        self.out.clear();
        if let Some(before) = self.undo.take() {
            self.disk = before;
        }
    }

    /// Somebody does something: entries of one transaction.
    pub(crate) fn sell(&mut self, now: u64, drafts: Vec<Draft>) -> Vec<Out> {
        self.job(now, Job::Sale(drafts));
        mem::take(&mut self.out)
    }

    /// Somebody changes a card.
    pub(crate) fn set_card(&mut self, now: u64, id: u64, card: Card) -> Vec<Out> {
        self.job(now, Job::SetCard(id, card));
        mem::take(&mut self.out)
    }

    pub(crate) fn timer(&mut self, now: u64, peer: usize) -> Vec<Out> {
        self.tell(now, peer, Input::Timer);
        mem::take(&mut self.out)
    }

    /// The network is back: try now.
    pub(crate) fn connected(&mut self, now: u64) -> Vec<Out> {
        for peer in self.role.links.clone() {
            self.tell(now, peer, Input::Connected);
        }
        mem::take(&mut self.out)
    }

    /// The transaction under way is on disk.
    pub(crate) fn committed(&mut self, now: u64) -> Vec<Out> {
        if let Some((writes, after)) = self.writing.take() {
            self.undo = None;
            self.write(now, writes);
            self.after(now, after);
        }
        self.next_job(now);
        mem::take(&mut self.out)
    }

    /// A listen has waited long enough.
    pub(crate) fn expire(&mut self, to: usize, ask: Ask) -> Vec<Out> {
        let over = |it: &Waiting| it.asked.by == to && it.asked.ask == ask;
        if let Some(index) = self.waiting.iter().position(over) {
            let waiting = self.waiting.remove(index);
            let reply = poke_reply(self.disk.tips(), self.disk.cards_end);
            self.reply(waiting.asked, &reply);
        }
        mem::take(&mut self.out)
    }

    pub(crate) fn receive(&mut self, now: u64, letter: &Letter, keys: &[SigningKey]) -> Vec<Out> {
        let key = keys[letter.from].public_key();
        if letter.is_reply {
            let asked = self.sent.get(&(letter.from, letter.ask)).copied();
            let reply = asked.and_then(|hash| self.post.open_reply(&letter.bytes, &key, hash));
            if letter.life == self.life
                && let Some(reply) = reply
            {
                self.sent.remove(&(letter.from, letter.ask));
                self.tell(now, letter.from, Input::Reply { ask: letter.ask, reply: Ok(reply) });
            }
        } else {
            let hash = if self.role.signed { RequestHash::of(&letter.bytes) } else { letter.hash };
            let asked = Asked { by: letter.from, life: letter.life, ask: letter.ask, hash };
            match self.post.open(&letter.bytes, &key) {
                Some(Ok(request)) => self.answer(now, request, asked),
                Some(Err(reply)) => self.reply(asked, &reply),
                None => {}
            }
        }
        mem::take(&mut self.out)
    }

    /// What the links are doing.
    pub(crate) fn states(&self) -> impl Iterator<Item = State> {
        self.links.values().map(Link::state)
    }

    fn answer(&mut self, now: u64, request: Request, asked: Asked) {
        if request.check_limits().is_err() {
            return self.reply(asked, &Reply::Refused(Refusal::TooLarge));
        }
        let (tips, cards) = (self.disk.tips(), self.disk.cards_end);
        let reply = match request {
            Request::Hello(hello) => {
                let merged = self.disk.merged.get(&asked.by).copied();
                let cards = CardsHeld { end: cards, merged: Some(merged.unwrap_or(0)) };
                answer_hello(&hello, tips, cards, self.wall_ms)
            }
            Request::Probe(probe) => match self.disk.hashes(probe.tip, &probe.seqs) {
                Some(hashes) => Reply::Hashes(Hashes { hashes }),
                None => Reply::Rewind(Rewind { tip: None }),
            },
            Request::Push(push) => return self.job(now, Job::Push(push, From::Asked(asked))),
            Request::Pull(pull) => {
                match answer_pull(self.disk.pull_held(pull.tip, pull.after), &pull) {
                    PullPlan::Read { tip, after, .. } => {
                        let rows = self.disk.after(tip, after).unwrap_or_default();
                        pull_reply(tip, cut(sealed(&rows), pull.limit.into()))
                    }
                    PullPlan::Rewind(rewind) => Reply::Rewind(rewind),
                }
            }
            Request::Cards(it) => Reply::Cards(cards_page(self.disk.cards_after(it.after), cards)),
            Request::CardsPush(page) => {
                return self.job(now, Job::Cards(page, From::Asked(asked)));
            }
            Request::Blob(blob) if self.disk.blobs.contains(&blob.sha256) => {
                let from = usize::try_from(blob.offset).unwrap_or(PHOTO.len()).min(PHOTO.len());
                let to = (from + PHOTO_PART).min(PHOTO.len());
                let total = PHOTO.len() as u64;
                blob_part(blob.sha256, blob.offset, total, PHOTO[from..to].to_vec())
            }
            Request::Blob(blob) => Reply::NoBlob { sha256: blob.sha256 },
            Request::Poke(poke) => {
                self.tell(now, asked.by, Input::Poked(poke));
                poke_reply(tips, cards)
            }
            Request::Listen(listen) => {
                if changed(&listen, &tips, cards) {
                    poke_reply(tips, cards)
                } else {
                    let (ask, after_ms) = (asked.ask, listen.wait_ms.into());
                    self.out.push(Out::Expire { to: asked.by, ask, after_ms });
                    return self.waiting.push(Waiting { listen, asked });
                }
            }
        };
        self.reply(asked, &reply);
    }

    fn reply(&mut self, to: Asked, reply: &Reply) {
        if let Reply::Ack(ack) = reply {
            self.acked.insert((ack.tip.journal, Place::of(ack.tip)));
        }
        let bytes = self.post.seal_reply(self.wall_ms, to.hash, reply);
        let (ask, hash, life) = (to.ask, to.hash, to.life);
        let letter = Letter { from: self.role.index, life, ask, bytes, hash, is_reply: true };
        self.out.push(Out::Send { to: to.by, letter });
    }

    /// Feeds a link, and does what follows; reads are answered at once.
    fn tell(&mut self, now: u64, peer: usize, input: Input) {
        let mut inputs = VecDeque::from([input]);
        while let Some(input) = inputs.pop_front() {
            let Some(link) = self.links.get_mut(&peer) else {
                return;
            };
            for effect in link.handle(now, input) {
                if let Some(outcome) = self.perform(now, peer, effect) {
                    inputs.push_back(outcome);
                }
            }
        }
    }

    fn perform(&mut self, now: u64, peer: usize, effect: Effect) -> Option<Input> {
        match effect {
            Effect::Send { ask, request } => {
                let (bytes, hash) = self.post.seal(self.wall_ms, &request);
                self.sent.insert((peer, ask), hash);
                let (from, life) = (self.role.index, self.life);
                let letter = Letter { from, life, ask, bytes, hash, is_reply: false };
                self.out.push(Out::Send { to: peer, letter });
                None
            }
            Effect::Read { ask, tip, after, wish } => {
                let outcome = match self.disk.after(tip, after) {
                    None => ReadOutcome::NotOnChain,
                    Some(rows) => match cut(sealed(&rows), wish.into()) {
                        Some(run) => ReadOutcome::Run(run),
                        None => ReadOutcome::Nothing,
                    },
                };
                Some(Input::Read { ask, outcome })
            }
            Effect::Find { ask, at } => {
                Some(Input::Found { ask, held: self.disk.holds(at.journal, at.hash) })
            }
            Effect::Hashes { ask, tip, seqs } => Some(Input::Hashes {
                ask,
                hashes: self.disk.hashes(tip, &seqs).unwrap_or_default(),
            }),
            Effect::Append { ask, push } => {
                self.job(now, Job::Push(push, From::Link(peer, ask)));
                None
            }
            Effect::ReadCards { ask, after } => {
                let page = cards_page(self.disk.cards_after(after), self.disk.cards_end);
                Some(Input::CardsRead { ask, page: Some(page) })
            }
            Effect::StoreCards { ask, page } => {
                self.job(now, Job::Cards(page, From::Link(peer, ask)));
                None
            }
            Effect::StoreBlob { ask, part } => self.store_part(now, peer, ask, &part),
            Effect::Timer { at_ms } => {
                self.out.push(Out::Timer { peer, at_ms });
                None
            }
            Effect::Alarm(alarm) => {
                self.alarm(now, alarm);
                None
            }
            Effect::CardsPushed { .. } | Effect::State(_) => None,
        }
    }

    fn store_part(
        &mut self,
        now: u64,
        peer: usize,
        ask: Ask,
        part: &replication::BlobPart,
    ) -> Option<Input> {
        let end = usize::try_from(part.offset).unwrap_or(0) + part.bytes.len();
        self.blob_at = end;
        if end < PHOTO.len() {
            let outcome = BlobOutcome::More { offset: end as u64 };
            return Some(Input::BlobStored { ask, outcome });
        }
        self.job(now, Job::Blob(part.sha256, peer, ask));
        None
    }

    fn alarm(&mut self, now: u64, alarm: Alarm) {
        if let Alarm::Fork { journal, .. } = alarm {
            self.job(now, Job::Note(Write::Alarm { journal }));
            self.job(now, Job::Abandon(journal));
        }
    }

    fn job(&mut self, now: u64, job: Job) {
        self.jobs.push_back(job);
        self.next_job(now);
    }

    fn next_job(&mut self, now: u64) {
        while self.writing.is_none()
            && let Some(job) = self.jobs.pop_front()
        {
            let is_sale = matches!(job, Job::Sale(_));
            let (writes, after) = self.decide(job);
            if writes.is_empty() {
                self.after(now, after);
                continue;
            }
            let after = match (self.role.mutant, after) {
                (Some(Mutant::AckBeforeCommit), After::Reply(asked, reply)) => {
                    self.reply(asked, &reply);
                    After::Nothing
                }
                (_, after) => after,
            };
            self.out.push(Out::Commit);
            if is_sale && self.role.mutant == Some(Mutant::SendBeforeCommit) {
                self.undo = Some(self.disk.clone());
                self.writing = Some((Vec::new(), after));
                self.write(now, writes);
            } else {
                self.writing = Some((writes, after));
            }
        }
    }

    fn write(&mut self, now: u64, writes: Vec<Write>) {
        let cards_before = self.disk.cards_end;
        let mut moved = BTreeSet::new();
        for write in writes {
            moved.extend(self.disk.write(write, self.role.mutant));
        }
        for peer in self.role.links.clone() {
            for journal in &moved {
                let tips = self.disk.journals[journal].ends();
                self.tell(now, peer, Input::LocalTips { journal: *journal, tips });
            }
            if cards_before != self.disk.cards_end {
                self.tell(now, peer, Input::LocalCards { end: self.disk.cards_end });
            }
        }
        let (tips, cards) = (self.disk.tips(), self.disk.cards_end);
        let waiting = mem::take(&mut self.waiting);
        let (ready, still): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|it| changed(&it.listen, &tips, cards));
        self.waiting = still;
        for it in ready {
            self.reply(it.asked, &poke_reply(tips.clone(), cards));
        }
    }

    fn after(&mut self, now: u64, after: After) {
        match after {
            After::Nothing => {}
            After::Reply(asked, reply) => self.reply(asked, &reply),
            After::Tell(peer, input) => self.tell(now, peer, input),
        }
    }

    fn decide(&self, job: Job) -> (Vec<Write>, After) {
        match job {
            Job::Sale(drafts) => (self.decide_sale(drafts), After::Nothing),
            Job::Abandon(journal) if self.disk.own == Some(journal) => {
                (self.open(Vec::new()), After::Nothing)
            }
            Job::Abandon(_) => (Vec::new(), After::Nothing),
            Job::Push(push, from) => {
                let (writes, reply) = decide_push(&self.disk, self.role.mutant, &push);
                let after = match from {
                    From::Asked(asked) => After::Reply(asked, reply),
                    From::Link(peer, ask) => After::Tell(peer, Input::Appended { ask, reply }),
                };
                (writes, after)
            }
            Job::Cards(page, from) => {
                let peer = match from {
                    From::Asked(asked) => asked.by,
                    From::Link(peer, _) => peer,
                };
                let merged = self.disk.merged.get(&peer).copied().unwrap_or(0);
                let through = cards_merged(merged, &page);
                let cards = page.records.iter().filter_map(|record| read_card(&record.card));
                let mut writes: Vec<Write> =
                    cards.map(|(id, card)| Write::Card { id, card }).collect();
                writes.push(Write::Merged { peer, through });
                let after = match from {
                    From::Asked(asked) => After::Reply(asked, Reply::CardsAck { through }),
                    From::Link(peer, ask) => {
                        After::Tell(peer, Input::CardsStored { ask, stored: true })
                    }
                };
                (writes, after)
            }
            Job::SetCard(id, card) => (vec![Write::Card { id, card }], After::Nothing),
            Job::Blob(hash, peer, ask) => {
                let outcome = BlobOutcome::Whole;
                let after = After::Tell(peer, Input::BlobStored { ask, outcome });
                (vec![Write::Blob(hash)], after)
            }
            Job::Note(write) => (vec![write], After::Nothing),
        }
    }

    /// Entries in the own journal, or in a new one where it forked.
    fn decide_sale(&self, drafts: Vec<Draft>) -> Vec<Write> {
        let own = self.disk.own.and_then(|own| Some((own, self.disk.journals.get(&own)?)));
        match own {
            Some((journal, held)) if held.chains.len() == 1 => {
                let onto = held.chains[0].end();
                let pen =
                    Pen::new(self.role.key.clone(), self.boot, Some(onto.in_journal(journal)));
                let (batch, _) = pen.write(drafts, self.disk.tick, self.wall_ms);
                vec![Write::Grow { journal, onto, rows: rows(&batch.entries, batch.seal) }]
            }
            Some(_) | None => self.open(drafts),
        }
    }

    /// A new journal that continues the old one's every end.
    fn open(&self, drafts: Vec<Draft>) -> Vec<Write> {
        let own = self.disk.own.and_then(|own| Some((own, self.disk.journals.get(&own)?)));
        let continues = own.map_or_else(Vec::new, |(journal, held)| {
            held.ends().iter().map(|end| end.in_journal(journal)).collect()
        });
        let key = self.role.key.public_key();
        let opening = Opening {
            public_key: key,
            shop: "P01".to_owned(),
            workstation: format!("C{}", self.role.index),
            purpose: if self.role.index == 0 { Purpose::Centre } else { Purpose::Live },
            continues,
        };
        let pen = Pen::new(self.role.key.clone(), self.boot, None);
        let drafts = std::iter::once(opening.to_draft()).chain(drafts).collect();
        let (batch, _) = pen.write(drafts, self.disk.tick, self.wall_ms);
        let journal = batch.tip().journal;
        let rows = rows(&batch.entries, batch.seal);
        vec![Write::Begin { journal, key, rows }, Write::Own(journal)]
    }
}

/// Decides over a push as the answering half says, or as the mutant does.
pub(crate) fn decide_push(disk: &Disk, mutant: Option<Mutant>, push: &Push) -> (Vec<Write>, Reply) {
    let Ok(reads) = push_reads(push) else {
        return (Vec::new(), Reply::Refused(Refusal::TooLarge));
    };
    let held = disk.held(push.journal, &reads);
    if let Some(wrong) = mutant.and_then(|mutant| mutant.push(disk, &held, &reads, push)) {
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
        PushPlan::Keep { from, batch, reply, .. } => {
            let rows = rows(&batch.entries, batch.seal);
            (vec![Write::Branch { journal, from, rows }], reply)
        }
        PushPlan::Park { reply, .. } => (vec![Write::Park { journal }], reply),
        PushPlan::AlreadyHeld { reply } | PushPlan::Need { reply } | PushPlan::Refuse { reply } => {
            (Vec::new(), reply)
        }
    }
}

pub(crate) fn rows(entries: &[journal::Entry], seal: Signature) -> Vec<Row> {
    let last = entries.len().saturating_sub(1);
    let row = |(index, entry)| Row::of(entry, (index == last).then_some(seal));
    entries.iter().enumerate().map(row).collect()
}

fn sealed(rows: &[&Row]) -> impl Iterator<Item = (journal::RawEntry, Option<Signature>)> {
    rows.iter().map(|row| (row.raw.clone(), row.seal))
}
