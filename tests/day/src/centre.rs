//! A centre that takes one till in, publishes what the shop works with, and now and then holds what the
//! till wrote.

use anyhow::{Context as _, Result, bail, ensure};
use domain::event::Event;
use domain::publication::{self, Published, What, WorkstationListed, WorkstationRole};
use domain::shop::{DeliveryFee, Shop};
use fiscal::Money;
use friday::data;
use journal::{
    BlobHash, BootId, Draft, Entry, JournalId, Opening, Pen, PublicKey, Purpose, SigningKey, Tick,
    Tip,
};
use pos_core::Workstation;
use pos_core::replicate::{self, Peer};
use replication::{
    BlobPart, Enrol, EnrolReply, Enrolled, Hello, PROTOCOL, Place, Pull, Push, Replays, Reply,
    Request, RequestHash, open_request, seal_reply,
};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;

/// The shop that is played.
pub(crate) const SHOP: &str = "P01";
/// Where the centre would be: a name that leads nowhere (RFC 2606).
pub(crate) const URL: &str = "https://centre.oc-pizza.example";
/// What delivering costs, and from where on it is free, in cents.
const FEE: (i64, i64) = (250, 3_000);

/// The centre of one shop.
pub(crate) struct Centre {
    key: SigningKey,
    pen: Pen,
    now_ms: i64,
    pushes: Vec<Push>,
    blobs: Vec<Vec<u8>>,
    /// Where each journal of the till's ends here, with the last tick and whose it is.
    held: BTreeMap<JournalId, (Tip, Tick, PublicKey)>,
}

impl Centre {
    /// A centre that has published menu, staff and sheet of the shop. `secret` is a key for trials.
    pub(crate) fn new(secret: &[u8; 32], now_ms: i64) -> Result<Self> {
        let key = SigningKey::from_secret(secret).context("a key")?;
        let pen = Pen::new(key.clone(), BootId([1; 16]), None);
        let mut centre =
            Self { key, pen, now_ms, pushes: Vec::new(), blobs: Vec::new(), held: BTreeMap::new() };
        let opening = Opening {
            public_key: centre.key.public_key(),
            shop: SHOP.to_owned(),
            workstation: "centre".to_owned(),
            purpose: Purpose::Centre,
            continues: Vec::new(),
        };
        centre.write(vec![opening.to_draft()]);
        let menu = data::menu();
        centre.publish(What::Menu, menu.number, menu.sorted().encode());
        let staff = data::staff().remove(SHOP).context("the shop has staff")?;
        centre.publish(What::Staff, staff.number, staff.encode());
        let shop = data::shops().into_iter().find(|it| it.code == SHOP).context("the shop")?;
        let fee = DeliveryFee {
            amount: Money::from_cents(FEE.0),
            free_from: Some(Money::from_cents(FEE.1)),
        };
        let shop = Shop { delivery_fee: Some(fee), ..shop };
        centre.publish(What::Shop, shop.number, shop.encode());
        Ok(centre)
    }

    fn publish(&mut self, what: What, number: u32, bytes: Vec<u8>) {
        let sha256 = BlobHash::of(&bytes);
        self.blobs.push(bytes);
        self.say(publication::Event::Published(Published { what, sha256, number }));
    }

    fn say(&mut self, event: publication::Event) {
        let event = Event::Publication(event);
        self.write(vec![Draft {
            kind: event.kind(),
            kind_version: domain::event::KIND_VERSION,
            keep: event.keep(),
            subject: None,
            body: event.encode(),
        }]);
    }

    fn write(&mut self, drafts: Vec<Draft>) {
        let base = self.pen.tip().map(Place::of);
        let known = Tick(u64::try_from(self.pushes.len()).unwrap_or(u64::MAX));
        let (batch, pen) = self.pen.write(drafts, known, self.now_ms);
        self.pushes.push(Push {
            journal: batch.tip().journal,
            base,
            entries: batch.entries.iter().map(Entry::to_raw).collect(),
            seal: batch.seal,
        });
        self.pen = pen;
    }

    /// Takes in the next workstation that asks, at the address it answers.
    pub(crate) fn take_in(&self) -> Result<(String, JoinHandle<Result<()>>)> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let journal = self.pen.tip().context("the centre has a journal")?.journal;
        let (key, time_ms) = (self.key.clone(), self.now_ms);
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept()?;
            let request = read_body(&mut stream)?;
            let opened = open_request(&request, |_| true, &mut Replays::default())?;
            let asked = Enrol::decode(&opened.body)?;
            let reply = EnrolReply::Enrolled(Enrolled {
                shop: SHOP.to_owned(),
                label: asked.label,
                centre_key: key.public_key(),
                centre_journal: journal,
                time_ms,
            });
            let hash = RequestHash::of(&request);
            let reply = seal_reply(&key, hash, time_ms, reply.encode())?;
            let length = reply.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            stream.write_all(&reply)?;
            Ok(())
        });
        Ok((url, thread))
    }

    /// Lists a till that was taken in, and gives it all that was said.
    pub(crate) fn tell(&mut self, till: &mut Workstation) -> Result<()> {
        let identity = till.identity().context("a till that was taken in")?;
        let listed = WorkstationListed {
            public_key: identity.key.public_key().as_bytes().to_vec(),
            role: WorkstationRole::Till,
            label: identity.label.clone(),
            journal: till.tip().context("a till has a journal")?.journal,
        };
        self.say(publication::Event::WorkstationListed(listed));
        let peer = Peer { key: self.key.public_key(), is_centre: true };
        for push in &self.pushes {
            let reply = till.append_pulled(peer, push);
            ensure!(matches!(reply, Reply::Ack(_)), "the till does not take what was published");
        }
        for bytes in &self.blobs {
            let total = u64::try_from(bytes.len())?;
            let (sha256, bytes) = (BlobHash::of(bytes), bytes.clone());
            till.store_blob(&mut BTreeMap::new(), &BlobPart { sha256, offset: 0, total, bytes })?;
        }
        till.refresh()?;
        Ok(())
    }

    /// Pulls what the till wrote since the last time, believes only what follows and is sealed, and says
    /// what is held.
    pub(crate) fn hold(&mut self, till: &mut Workstation) -> Result<()> {
        let peer = Peer { key: self.key.public_key(), is_centre: true };
        let own = self.pen.tip().context("the centre has a journal")?.journal;
        let places = till.store().read(replicate::tips)?;
        for (journal, places) in places.iter().filter(|(journal, _)| **journal != own) {
            let last = places.first().context("a journal ends somewhere")?;
            while self.held.get(journal).is_none_or(|(tip, ..)| tip.seq < last.seq) {
                let tip = Tip { journal: *journal, seq: last.seq, hash: last.hash };
                let after = self.held.get(journal).map(|(tip, ..)| Place::of(*tip));
                let pull = Pull { tip, after, limit: 500 };
                let Reply::Entries(news) = till.answer(peer, Request::Pull(pull)) else {
                    bail!("the till does not say what it wrote");
                };
                let seal = news.seal.context("what is written is sealed")?;
                let held = match self.held.get(journal) {
                    None => {
                        let (opening, batch) = journal::check_first(&news.entries, &seal)?;
                        (batch.tip(), batch.last_tick(), opening.public_key)
                    }
                    Some((tip, tick, key)) => {
                        let batch = journal::check(*tip, *tick, key, &news.entries, &seal)?;
                        (batch.tip(), batch.last_tick(), *key)
                    }
                };
                self.held.insert(*journal, held);
            }
        }
        let tips = self.held.values().map(|(tip, ..)| *tip).collect();
        let hello = Hello {
            protocol: PROTOCOL,
            journal: Some(own),
            boot: BootId([1; 16]),
            build: String::new(),
            tips,
            cards: 0,
        };
        let Reply::Welcome(_) = till.answer(peer, Request::Hello(hello)) else {
            bail!("the till does not greet its centre");
        };
        Ok(())
    }

    /// What it knows of the till's journals, as the inspector's program reads anchors.
    pub(crate) fn anchors(&self) -> String {
        let line = |(tip, ..): &(Tip, Tick, PublicKey)| {
            format!("{}:{}:{}\n", tip.journal.hex(), tip.seq.0, tip.hash.hex())
        };
        self.held.values().map(line).collect()
    }
}

/// The body of an HTTP request that says its length.
fn read_body(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.extend(byte);
    }
    let head = String::from_utf8(head)?.to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.context("a length")?.trim().parse()?];
    stream.read_exact(&mut body)?;
    Ok(body)
}
