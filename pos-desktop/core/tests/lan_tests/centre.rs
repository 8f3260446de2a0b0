//! A centre that takes workstations in and says who belongs to the shop, and is off the rest of the
//! time: everything else goes from workstation to workstation.

use crate::pc::{FRIDAY_19_10, Pc};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, SaltString};
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::OperatorCode;
use domain::publication::{self, Published, What, WorkstationListed, WorkstationRole};
use domain::shop::Shop;
use domain::staff::{self, Operator, StaffList};
use journal::{BlobHash, BootId, Draft, Opening, Pen, Purpose, SigningKey, Tick};
use pos_api::Role;
use pos_core::replicate::Peer;
use replication::{
    BlobPart, Enrol, EnrolReply, Enrolled, Place, Push, Replays, RequestHash, open_request,
    seal_reply,
};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::OnceLock;
use std::thread::JoinHandle;

const MENU: &str = include_str!("../../starter/menu.json");
const SHOP: &str = include_str!("../../starter/shop.json");

/// Who may sign in, at every workstation: "LB", whose PIN is 2580.
fn staff() -> StaffList {
    static PIN_HASH: OnceLock<String> = OnceLock::new();
    let pin_hash = PIN_HASH.get_or_init(|| {
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        Argon2::default().hash_password(b"2580", &salt).unwrap().to_string()
    });
    let manager = Operator {
        code: OperatorCode::from("LB"),
        name: "Louise Bernard".into(),
        role: staff::Role::Manager,
        pin_hash: pin_hash.clone(),
    };
    StaffList { number: 1, operators: vec![manager] }
}

pub(crate) struct Centre {
    key: SigningKey,
    pen: Pen,
    tick: Tick,
    pushes: Vec<Push>,
    blobs: Vec<Vec<u8>>,
}

impl Centre {
    /// A centre that has published the menu, the staff and the sheet of P01.
    pub(crate) fn new() -> Self {
        let key = SigningKey::from_secret(&[7; 32]).unwrap();
        let pen = Pen::new(key.clone(), BootId([7; 16]), None);
        let mut centre = Self { key, pen, tick: Tick(0), pushes: Vec::new(), blobs: Vec::new() };
        let opening = Opening {
            public_key: centre.key.public_key(),
            shop: "P01".into(),
            workstation: "centre".into(),
            purpose: Purpose::Centre,
            continues: Vec::new(),
        };
        centre.write(vec![opening.to_draft()]);
        let menu: Catalogue = serde_json::from_str(MENU).unwrap();
        centre.publish_menu(menu);
        centre.publish(What::Staff, staff().number, staff().encode());
        let shop = Shop { code: "P01".into(), ..serde_json::from_str(SHOP).unwrap() };
        centre.publish(What::Shop, shop.number, shop.encode());
        centre
    }

    pub(crate) fn publish_menu(&mut self, menu: Catalogue) {
        let number = menu.number;
        self.publish(What::Menu, number, menu.sorted().encode());
    }

    /// Publishes the menu under the number after its own.
    pub(crate) fn publish_next_menu(&mut self) {
        let menu: Catalogue = serde_json::from_str(MENU).unwrap();
        self.publish_menu(Catalogue { number: menu.number + 1, ..menu });
    }

    /// Goes on in a new journal that continues the old one, as a centre that was set back.
    pub(crate) fn goes_on(&mut self) {
        let opening = Opening {
            public_key: self.key.public_key(),
            shop: "P01".into(),
            workstation: "centre".into(),
            purpose: Purpose::Centre,
            continues: self.pen.tip().into_iter().collect(),
        };
        self.pen = Pen::new(self.key.clone(), BootId([8; 16]), None);
        self.write(vec![opening.to_draft()]);
    }

    /// From now on somebody else speaks in its name.
    pub(crate) fn is_another(&mut self) {
        self.key = SigningKey::from_secret(&[9; 32]).unwrap();
    }

    fn publish(&mut self, what: What, number: u32, bytes: Vec<u8>) {
        let sha256 = BlobHash::of(&bytes);
        self.blobs.push(bytes);
        self.say(publication::Event::Published(Published { what, sha256, number }));
    }

    /// Says that a workstation belongs to the shop.
    pub(crate) fn list(&mut self, pc: &Pc) {
        let (journal, key, label, role) = pc.with(|it| {
            let identity = it.identity().unwrap();
            let key = identity.key.public_key();
            (it.tip().unwrap().journal, key, identity.label.clone(), identity.role)
        });
        let role = match role {
            Role::Till => WorkstationRole::Till,
            Role::Kitchen => WorkstationRole::Kitchen,
        };
        let public_key = key.as_bytes().to_vec();
        self.say(publication::Event::WorkstationListed(WorkstationListed {
            journal,
            public_key,
            role,
            label,
        }));
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
        let (batch, pen) = self.pen.write(drafts, self.tick, FRIDAY_19_10);
        self.tick = batch.last_tick();
        self.pushes.push(Push {
            journal: batch.tip().journal,
            base,
            entries: batch.entries.iter().map(journal::Entry::to_raw).collect(),
            seal: batch.seal,
        });
        self.pen = pen;
    }

    /// Gives a workstation all that was said so far.
    pub(crate) fn tell(&self, pc: &Pc) {
        let peer = Peer { key: self.key.public_key(), is_centre: true };
        let (pushes, blobs) = (self.pushes.clone(), self.blobs.clone());
        pc.with(move |it| {
            for push in &pushes {
                let reply = it.append_pulled(peer, push);
                assert!(matches!(reply, replication::Reply::Ack(_)), "{reply:?}");
            }
            for bytes in blobs {
                let total = u64::try_from(bytes.len()).unwrap();
                let part = BlobPart { sha256: BlobHash::of(&bytes), offset: 0, total, bytes };
                it.store_blob(&mut BTreeMap::new(), &part).unwrap();
            }
        });
    }

    /// Takes in the next workstation that asks, at the address it answers, and is off again.
    pub(crate) fn take_in(&self) -> (String, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (key, journal) = (self.key.clone(), self.pen.tip().unwrap().journal);
        let thread = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let request = read_body(&mut stream);
            let opened = open_request(&request, |_| true, &mut Replays::default()).unwrap();
            let asked = Enrol::decode(&opened.body).unwrap();
            let reply = EnrolReply::Enrolled(Enrolled {
                shop: "P01".into(),
                label: asked.label,
                centre_key: key.public_key(),
                centre_journal: journal,
                time_ms: FRIDAY_19_10,
            });
            let hash = RequestHash::of(&request);
            let reply = seal_reply(&key, hash, FRIDAY_19_10, reply.encode()).unwrap();
            let length = reply.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&reply).unwrap();
        });
        (url, thread)
    }
}

/// The body of an HTTP request that says its length.
fn read_body(stream: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    let mut body = vec![0; length.trim().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    body
}
