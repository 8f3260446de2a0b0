//! A push: entries of a workstation's journal are checked, stored and counted, in one transaction.

use crate::app::App;
use crate::enrol::is_label;
use crate::error::Error;
use crate::exchange::Asker;
use crate::fence;
use crate::gate::Busy;
use crate::store::alarm::What;
use crate::store::fence::Named;
use crate::store::figures::Sale;
use crate::store::journal::{Branch, Known, Opened};
use crate::store::parked::Reason;
use crate::store::{self, Tx};
use crate::vouching;
use domain::publication::{self, WorkstationListed, WorkstationRole};
use fiscal::ticket::{Operation, Ticket};
use journal::{Batch, Entry, Opening, PublicKey, Purpose, Seq};
use replication::answer::{Held, PushPlan, PushReads, Writer, answer_push, push_reads};
use replication::{Place, Push, Quarantine, Quarantined, Refusal, Reply, RequestHash};
use sha2::{Digest, Sha256};

/// The greatest ticket that the figures believe: 10 million euros. A greater one is stored like any
/// other; counted, a few of them would leave 64 bits, and a shop's figures would stand still.
const GREATEST_TICKET_CENTS: i64 = 1_000_000_000;

/// The most branches of one journal. A restored disk makes one; whoever makes more than this is not
/// a till that was restored, and what it pushes is set aside.
const MOST_BRANCHES: usize = 1_000;

/// The most journals of one key in a shop. A till opens one at its enrolment, one for training, and
/// one each time that its disk was set back.
const MOST_JOURNALS: i64 = 500;

/// Stores what is pushed, and answers once it is on disk. `message` is the request as it was
/// signed, to be kept where its content is not believed.
///
/// # Errors
///
/// [`Error`]; nothing of the push is kept then, and the workstation still has it.
pub async fn push(app: &App, asker: &Asker, push: &Push, message: &[u8]) -> Result<Reply, Error> {
    let Ok(reads) = push_reads(push) else {
        return Ok(Reply::Refused(Refusal::TooLarge));
    };
    let ingest = Ingest { app, asker, push, reads, message };
    loop {
        let mut tx = app.store.shop(ingest.shop()).await?;
        match ingest.run(&mut tx).await? {
            Done::Stored(reply) => {
                tx.commit().await?;
                app.live.changed(ingest.shop());
                return Ok(reply);
            }
            Done::TakenBack(reply) => {
                tx.commit().await?;
                taken_back(app, ingest.shop()).await;
                app.live.changed(ingest.shop());
                return Ok(reply);
            }
            Done::Nothing(reply) => return Ok(reply),
            Done::Overtaken => {}
        }
    }
}

/// Makes use of entries of the centre's own that came from a shop. They are on disk, and
/// acknowledged whether this works or not: the next greeting tries again.
async fn taken_back(app: &App, shop: &str) {
    if let Err(error) = fence::settle(app, shop, None).await {
        tracing::warn!(%error, shop, "what was taken back is not made use of yet");
    }
}

/// One push, being stored.
struct Ingest<'a> {
    app: &'a App,
    asker: &'a Asker,
    push: &'a Push,
    reads: PushReads,
    message: &'a [u8],
}

/// What a transaction did.
enum Done {
    /// It stored something: commit, then answer.
    Stored(Reply),
    /// The same, of the centre's own: the database was set back since.
    TakenBack(Reply),
    /// It stored nothing.
    Nothing(Reply),
    /// Somebody pushed the beginning of the same journal at the same time, and was faster: do it
    /// again.
    Overtaken,
}

/// What was read of the journal, beside what the decision needs.
struct Read {
    held: Held,
    /// What it is for; of a new journal, what its opening says.
    purpose: Option<Purpose>,
    branches: Vec<Branch>,
    known: Vec<Known>,
    /// The label of the workstation that writes it.
    label: String,
}

impl Ingest<'_> {
    fn shop(&self) -> &str {
        &self.asker.workstation.shop
    }

    /// Does everything but commit.
    async fn run(&self, tx: &mut Tx) -> Result<Done, Error> {
        if self.asker.workstation.revoked {
            let why = Quarantine::Revoked;
            let reply = Reply::Quarantined(Quarantined { seq: self.reads.first, why });
            return self.park(tx, why, "the sender is revoked", reply).await;
        }
        let read = self.read(tx).await?;
        match answer_push(&read.held, self.push) {
            PushPlan::Store { opening, onto, batch, reply } => {
                if let Some(opening) = &opening
                    && MOST_JOURNALS <= self.journals_of(tx, opening).await?
                {
                    return self.one_too_many(tx, "one journal too many").await;
                }
                if let Some(opening) = &opening
                    && !self.open(tx, opening).await?
                {
                    return Ok(Done::Overtaken);
                }
                let branch = match onto {
                    Some(onto) => *read
                        .branches
                        .iter()
                        .find(|it| Place::of(it.tip) == onto)
                        .expect("what is pushed onto was read as an end of a chain"),
                    None => first_branch(&batch),
                };
                self.append(tx, &read, branch, &batch).await?;
                self.stored(tx, &read, &batch, reply).await
            }
            PushPlan::Keep { from, batch, fork, reply } => {
                if MOST_BRANCHES <= read.branches.len() {
                    return self.one_too_many(tx, "one fork too many").await;
                }
                let branch = next_branch(&read, from, &batch);
                self.append(tx, &read, branch, &batch).await?;
                if read.purpose != Some(Purpose::Centre) {
                    self.raise(tx, What::Fork, &read.label, &fork.sent.hex()).await?;
                }
                tracing::error!(shop = self.shop(), label = read.label, seq = %fork.seq,
                    "a journal forked: both branches are kept");
                self.stored(tx, &read, &batch, reply).await
            }
            PushPlan::Park { why: Quarantine::UnknownKey, .. }
                if store::fence::is_open(tx, self.shop()).await? =>
            {
                // Who writes it may be listed in what the centre is about to take back.
                let Busy { retry_ms } = self.app.gate.busy(RequestHash::of(self.message));
                Ok(Done::Nothing(Reply::Busy { retry_ms }))
            }
            PushPlan::Park { why: Quarantine::UnknownKey, .. } if self.may_be_vouched_for() => {
                // What the shop settled meanwhile may be on its way in another journal.
                let Busy { retry_ms } = self.app.gate.busy(RequestHash::of(self.message));
                Ok(Done::Nothing(Reply::Busy { retry_ms }))
            }
            PushPlan::Park { why, refused, reply } => {
                let detail = refused.map(|it| it.to_string()).unwrap_or_default();
                self.park(tx, why, &detail, reply).await
            }
            PushPlan::AlreadyHeld { reply }
            | PushPlan::Need { reply }
            | PushPlan::Refuse { reply } => Ok(Done::Nothing(reply)),
        }
    }

    /// What comes of a batch that was stored. One of the centre's own that was not held says that the
    /// database was set back: nobody else seals with its key.
    async fn stored(
        &self,
        tx: &mut Tx,
        read: &Read,
        batch: &Batch,
        reply: Reply,
    ) -> Result<Done, Error> {
        if read.purpose != Some(Purpose::Centre) {
            return Ok(Done::Stored(reply));
        }
        let named = Named { tip: batch.tip(), tick: batch.last_tick() };
        store::fence::reopen(tx, self.shop(), named.tip).await?;
        let now_ms = self.app.clock.now_ms();
        fence::raise(tx, self.shop(), &[named], &self.asker.workstation.label, now_ms).await?;
        Ok(Done::TakenBack(reply))
    }

    async fn journals_of(&self, tx: &mut Tx, opening: &Opening) -> Result<i64, Error> {
        let key = &opening.public_key;
        Ok(store::journal::count_of_key(tx, self.shop(), key).await?)
    }

    /// Sets aside what no till that was restored would send.
    async fn one_too_many(&self, tx: &mut Tx, detail: &str) -> Result<Done, Error> {
        let why = Quarantine::NotBelieved;
        let reply = Reply::Quarantined(Quarantined { seq: self.reads.first, why });
        self.park(tx, why, detail, reply).await
    }

    async fn read(&self, tx: &mut Tx) -> Result<Read, Error> {
        let (shop, id) = (self.shop(), self.push.journal);
        let Some(held) = store::journal::lock(tx, shop, id).await? else {
            let opening = self.reads.opening.as_ref();
            let writer = match opening {
                Some(opening) => self.writer_of_new(tx, opening).await?,
                // It begins no journal. The checks say so better than that nobody writes it.
                None => Writer::Known,
            };
            return Ok(Read {
                held: Held {
                    key: None,
                    writer,
                    base_tick: None,
                    ordinary: Vec::new(),
                    branches: Vec::new(),
                    tips: Vec::new(),
                },
                purpose: opening.map(|it| it.purpose),
                branches: Vec::new(),
                known: Vec::new(),
                label: opening.map(|it| it.workstation.clone()).unwrap_or_default(),
            });
        };
        let from = self.reads.base.map_or(self.reads.first, |base| base.seq);
        let known = store::journal::known(tx, shop, id, from, self.reads.last).await?;
        let place = |it: &Known| Place { seq: it.seq, hash: it.hash };
        let is_base = |it: &&Known| Some(place(it)) == self.reads.base;
        let in_push = known.iter().filter(|it| self.reads.first <= it.seq);
        let (ordinary, branches) = in_push.partition::<Vec<&Known>, _>(|it| it.branch == 0);
        Ok(Read {
            held: Held {
                key: Some(held.public_key),
                writer: self.writer(tx, &held.public_key, held.purpose).await?,
                base_tick: known.iter().find(is_base).map(|it| it.tick),
                ordinary: ordinary.into_iter().map(place).collect(),
                branches: branches.into_iter().map(place).collect(),
                tips: held.branches.iter().map(|it| Place::of(it.tip)).collect(),
            },
            purpose: Some(held.purpose),
            branches: held.branches,
            known,
            label: held.workstation,
        })
    }

    /// What the journal's seals are checked with.
    fn writer_key<'a>(&'a self, read: &'a Read) -> Option<&'a PublicKey> {
        let opened = || self.reads.opening.as_ref().map(|opening| &opening.public_key);
        read.held.key.as_ref().or_else(opened)
    }

    /// Whether a journal is handed over that a new workstation of this shop may have begun.
    fn may_be_vouched_for(&self) -> bool {
        self.reads.opening.as_ref().is_some_and(|opening| {
            opening.purpose != Purpose::Centre
                && opening.shop == self.shop()
                && is_label(&opening.workstation)
        })
    }

    /// Whether whoever a new journal names may write in this shop.
    async fn writer_of_new(&self, tx: &mut Tx, opening: &Opening) -> Result<Writer, Error> {
        let labelled = opening.purpose == Purpose::Centre || is_label(&opening.workstation);
        if opening.shop != self.shop() || !labelled {
            return Ok(Writer::Unknown);
        }
        self.writer(tx, &opening.public_key, opening.purpose).await
    }

    async fn writer(
        &self,
        tx: &mut Tx,
        key: &PublicKey,
        purpose: Purpose,
    ) -> Result<Writer, Error> {
        match purpose {
            Purpose::Centre => {
                let ours = self.app.centre.key().public_key();
                Ok(if ours == *key { Writer::Known } else { Writer::Unknown })
            }
            Purpose::Live | Purpose::Training => {
                Ok(match store::workstation::with_key(tx, key).await? {
                    Some(it) if it.revoked => Writer::Revoked,
                    Some(_) => Writer::Known,
                    None => Writer::Unknown,
                })
            }
        }
    }

    /// Begins to hold a journal, and tells the shop who writes it. Returns false where somebody
    /// else was faster.
    async fn open(&self, tx: &mut Tx, opening: &Opening) -> Result<bool, Error> {
        let now_ms = self.app.clock.now_ms();
        let opened = Opened {
            id: self.push.journal,
            public_key: &opening.public_key,
            workstation: &opening.workstation,
            purpose: opening.purpose,
        };
        if !store::journal::open(tx, self.shop(), opened, now_ms).await? {
            return Ok(false);
        }
        // Taken back from a shop, the listing may be here before the journal is.
        let said = store::centre::said(tx, self.shop()).await?;
        let is_listed = said.iter().any(|it| fence::listed_key(it, self.push.journal).is_some());
        if let Some(it) = store::workstation::with_key(tx, &opening.public_key).await?
            && !is_listed
        {
            let listed = publication::Event::WorkstationListed(WorkstationListed {
                journal: self.push.journal,
                public_key: opening.public_key.as_bytes().to_vec(),
                role: if it.is_kitchen { WorkstationRole::Kitchen } else { WorkstationRole::Till },
                label: it.label,
            });
            self.app.centre.write(tx, self.shop(), vec![listed], now_ms).await?;
        }
        Ok(true)
    }

    /// Stores a batch at the end of a branch, and counts its tickets.
    async fn append(
        &self,
        tx: &mut Tx,
        read: &Read,
        branch: Branch,
        batch: &Batch,
    ) -> Result<(), Error> {
        let shop = self.shop();
        store::journal::append(tx, shop, branch.branch, batch).await?;
        store::shop::next_positions(tx, shop, 1).await?;
        let sales = match read.purpose {
            Some(Purpose::Live) => sales(batch),
            Some(Purpose::Training | Purpose::Centre) | None => Vec::new(),
        };
        store::figures::add(tx, shop, &sales).await?;
        if let (Some(Purpose::Live), Some(writer)) = (read.purpose, self.writer_key(read)) {
            vouching::follow(tx, shop, writer, batch, self.app.clock.now_ms()).await?;
        }
        let (numbers, bodies) = numbers(batch);
        store::receipt::add(tx, shop, &numbers, &bodies).await?;
        let tick = batch.last_tick();
        store::journal::set_tip(tx, shop, Branch { tip: batch.tip(), ..branch }, tick).await?;
        Ok(())
    }

    /// Sets the push aside with its bytes.
    async fn park(
        &self,
        tx: &mut Tx,
        why: Quarantine,
        detail: &str,
        reply: Reply,
    ) -> Result<Done, Error> {
        let (reason, what) = match why {
            Quarantine::Revoked => (Reason::Revoked, What::Revoked),
            Quarantine::NotBelieved | Quarantine::UnknownKey => (Reason::Refused, What::Parked),
        };
        let hash: [u8; 32] = Sha256::digest(self.message).into();
        let now_ms = self.app.clock.now_ms();
        let message = (&hash, self.message);
        let key = &self.asker.key;
        if !store::parked::park(tx, self.shop(), key, reason, detail, message, now_ms).await? {
            return Ok(Done::Nothing(Reply::Refused(Refusal::NotAllowed)));
        }
        let label = &self.asker.workstation.label;
        self.raise(tx, what, label, &self.push.journal.hex()).await?;
        tracing::warn!(shop = self.shop(), label, ?why, detail, "a push was set aside");
        Ok(Done::Stored(reply))
    }

    async fn raise(&self, tx: &mut Tx, what: What, label: &str, token: &str) -> Result<(), Error> {
        let now_ms = self.app.clock.now_ms();
        store::alarm::raise(tx, self.shop(), what, label, token, now_ms).await?;
        Ok(())
    }
}

fn first_branch(batch: &Batch) -> Branch {
    Branch { branch: 0, parent: 0, parent_seq: Seq(0), tip: batch.tip() }
}

/// A new branch that leaves the journal after `from`.
fn next_branch(read: &Read, from: Place, batch: &Batch) -> Branch {
    let last = read.branches.iter().map(|it| it.branch).max().unwrap_or(0);
    let parent = read
        .known
        .iter()
        .find(|it| (it.seq, it.hash) == (from.seq, from.hash))
        .map_or(0, |it| it.branch);
    Branch {
        branch: last.checked_add(1).expect("there are at most MOST_BRANCHES"),
        parent,
        parent_seq: from.seq,
        tip: batch.tip(),
    }
}

/// The tickets of a batch, as far as the figures go. One that cannot be read is stored like any
/// other entry, and counted nowhere until a program reads it.
fn sales(batch: &Batch) -> Vec<Sale> {
    let tickets = batch.entries.iter().filter(|entry| entry.header.kind == fiscal::kind::TICKET);
    tickets
        .filter_map(|entry| {
            let sale = sale(entry);
            if sale.is_none() {
                tracing::error!(hash = %entry.hash, "a ticket cannot be read, and is not counted");
            }
            sale
        })
        .collect()
}

/// The numbers of a batch's tickets and the hashes of their bodies: where receipts' links lead.
fn numbers(batch: &Batch) -> (Vec<String>, Vec<&[u8]>) {
    let tickets = batch.entries.iter().filter(|entry| entry.header.kind == fiscal::kind::TICKET);
    tickets
        .filter_map(|entry| {
            let ticket = Ticket::decode(entry.body.as_deref()?)?;
            Some((ticket.number, &entry.header.body_hash[..]))
        })
        .unzip()
}

/// What the figures need of a ticket's entry.
#[must_use]
pub fn sale(entry: &Entry) -> Option<Sale> {
    let document = Ticket::decode(entry.body.as_deref()?)?.read().ok()?;
    let ttc_cents = document.total_ttc.cents();
    let day = document.business_date;
    let believed = (-GREATEST_TICKET_CENTS..=GREATEST_TICKET_CENTS).contains(&ttc_cents)
        && (1..=9_999).contains(&day.year);
    let hour = document.moment().local().hour;
    let is_sale = document.operation == Operation::Sale;
    believed.then_some(Sale { day, hour, ttc_cents, at_ms: document.utc_ms, is_sale })
}
