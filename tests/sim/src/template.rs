//! Shops as they stand before the first service: workstations that the centre has taken in, each on
//! a disk that is migrated and set up. Made once in a process and copied for each seed.

use crate::books::{Books, rows};
use argon2::password_hash::{PasswordHasher as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::OperatorCode;
use domain::publication::{self, Published, What, WorkstationListed, WorkstationRole};
use domain::staff::{self, Operator, StaffList};
use faulty_disk::{Disk, Image};
use journal::{
    BlobHash, BootId, Draft, JournalId, Opening, Pen, PublicKey, Purpose, SigningKey, Tick,
};
use pos_api::Role;
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::Peer;
use pos_core::store::settings::{Centre, Identity};
use replication::{BlobPart, Place, Push, Reply};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// The most shops of a run.
pub(crate) const SHOPS: usize = 3;
/// Friday 2026-11-20, 10:00 in Lille: where every run begins (ms since 1970 UTC).
pub(crate) const BEGINS_MS: i64 = 1_795_165_200_000;
/// The workstations of every shop; those that a run does not use were never switched on.
/// [`SPARE`] stands in a cupboard, and the centre does not know it yet.
pub(crate) const PCS: [(&str, Role); 7] = [
    ("C1", Role::Till),
    ("C2", Role::Till),
    ("C3", Role::Till),
    ("K1", Role::Kitchen),
    ("K2", Role::Kitchen),
    ("C9", Role::Till),
    ("X9", Role::Till),
];
/// The place of the spare one in [`PCS`].
pub(crate) const SPARE: usize = 5;
/// The place of one that is no shop's: what is checked is compared with what it makes of it.
pub(crate) const CHECKER: usize = 6;
/// The file's name on every disk.
pub(crate) const FILE: &str = "ocpizza.db";

/// Who works in every shop: code, PIN, role.
pub(crate) const PEOPLE: [(&str, &str, staff::Role); 4] = [
    ("LB", "2580", staff::Role::Manager),
    ("MC", "3690", staff::Role::Counter),
    ("YZ", "4862", staff::Role::Counter),
    ("GR", "8264", staff::Role::Pizzaiolo),
];

/// A shop before its first service.
pub(crate) struct ShopTemplate {
    /// What the centre has of it.
    pub(crate) books: Books,
    pub(crate) blobs: BTreeMap<BlobHash, Arc<Vec<u8>>>,
    pub(crate) pcs: Vec<PcTemplate>,
}

/// A workstation before its first service.
pub(crate) struct PcTemplate {
    pub(crate) label: &'static str,
    pub(crate) role: Role,
    pub(crate) key: PublicKey,
    pub(crate) journal: JournalId,
    pub(crate) image: Image,
}

impl PcTemplate {
    /// What the centre says of it once it is taken in.
    pub(crate) fn listed(&self) -> publication::Event {
        publication::Event::WorkstationListed(WorkstationListed {
            journal: self.journal,
            public_key: self.key.as_bytes().to_vec(),
            role: match self.role {
                Role::Till => WorkstationRole::Till,
                Role::Kitchen => WorkstationRole::Kitchen,
            },
            label: self.label.to_owned(),
        })
    }
}

/// The centre's key.
pub(crate) fn centre_key() -> SigningKey {
    SigningKey::from_secret(&[7; 32]).expect("a number below the order of the curve is a key")
}

/// The shop of this place.
pub(crate) fn shop(place: usize) -> &'static ShopTemplate {
    static MADE: [OnceLock<ShopTemplate>; SHOPS] = [const { OnceLock::new() }; SHOPS];
    MADE[place].get_or_init(|| make(place))
}

/// The menu of every shop, a small one: `raise` is by how much everything is dearer, in cents.
pub(crate) fn menu(number: u32, raise: i64) -> Catalogue {
    let mut menu = friday::data::menu();
    menu.number = number;
    for product in &mut menu.products {
        if let domain::catalogue::Base::Sized { prices, .. } = &mut product.base {
            for price in prices.values_mut() {
                *price += fiscal::Money::from_cents(raise);
            }
        }
    }
    menu.sorted()
}

fn staff() -> StaffList {
    let params = Params::new(8, 1, 1, None).expect("the least that Argon2 takes");
    let quick = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt = SaltString::encode_b64(&[7; 16]).expect("16 bytes are a salt");
    let operators = PEOPLE.map(|(code, pin, role)| Operator {
        code: OperatorCode::from(code),
        name: format!("Personne {code}"),
        role,
        pin_hash: quick.hash_password(pin.as_bytes(), &salt).expect("a PIN has a hash").to_string(),
    });
    StaffList { number: 1, operators: operators.into() }
}

/// An entry of the centre's.
pub(crate) fn draft(event: publication::Event) -> Draft {
    let event = Event::Publication(event);
    Draft {
        kind: event.kind(),
        kind_version: domain::event::KIND_VERSION,
        keep: event.keep(),
        subject: None,
        body: event.encode(),
    }
}

/// Something that the centre publishes, and its bytes.
pub(crate) fn published(what: What, number: u32, bytes: &[u8]) -> publication::Event {
    publication::Event::Published(Published { what, sha256: BlobHash::of(bytes), number })
}

fn make(place: usize) -> ShopTemplate {
    let sheet = friday::data::shops().swap_remove(place);
    let key = centre_key();
    let opening = Opening {
        public_key: key.public_key(),
        shop: sheet.code.clone(),
        workstation: "centre".to_owned(),
        purpose: Purpose::Centre,
        continues: Vec::new(),
    };
    let pen = Pen::new(key.clone(), BootId([7; 16]), None);
    let (first, mut pen) = pen.write(vec![opening.to_draft()], Tick(0), BEGINS_MS);
    let mut tick = first.last_tick();
    let journal = first.tip().journal;
    let centre =
        Centre { url: "https://centre.invalid".to_owned(), key: key.public_key(), journal };

    let mut pcs: Vec<(Workstation, Disk, PcTemplate)> =
        (0..PCS.len()).map(|pc| enrol(&sheet.code, place, pc, &centre)).collect();
    let mut blobs = BTreeMap::new();
    let mut said = Vec::new();
    let bytes = [
        (What::Menu, 1, menu(1, 0).encode()),
        (What::Staff, 1, staff().encode()),
        (What::Shop, sheet.number, sheet.encode()),
    ];
    for (what, number, bytes) in bytes {
        said.push(draft(published(what, number, &bytes)));
        blobs.insert(BlobHash::of(&bytes), Arc::new(bytes));
    }
    said.extend(pcs[..SPARE].iter().map(|(_, _, pc)| draft(pc.listed())));
    let base = first.tip();
    let (second, next) = pen.write(said, tick, BEGINS_MS);
    pen = next;
    tick = second.last_tick();
    drop(pen);

    let mut books = Books::default();
    books.own = Some(journal);
    books.tick = tick;
    let mut all = rows(&first.entries, first.seal);
    all.extend(rows(&second.entries, second.seal));
    books.begin(journal, key.public_key(), all);
    let push = |base: Option<Place>, batch: &journal::Batch| Push {
        journal,
        base,
        entries: batch.entries.iter().map(journal::Entry::to_raw).collect(),
        seal: batch.seal,
    };
    let pushes = [push(None, &first), push(Some(Place::of(base)), &second)];
    for (workstation, _, _) in &mut pcs {
        tell(workstation, key.public_key(), &pushes, &blobs);
    }
    let pcs = pcs
        .into_iter()
        .map(|(workstation, disk, pc)| {
            drop(workstation);
            PcTemplate { image: disk.image(), ..pc }
        })
        .collect();
    ShopTemplate { books, blobs, pcs }
}

fn enrol(shop: &str, place: usize, pc: usize, centre: &Centre) -> (Workstation, Disk, PcTemplate) {
    let (label, role) = PCS[pc];
    let disk = Disk::new();
    let number = u8::try_from(place * PCS.len() + pc).expect("there are a handful");
    let secret = [number + 20; 32];
    let key = SigningKey::from_secret(&secret).expect("a number below the order is a key");
    let clock = Arc::new(StoppedClock::at(BEGINS_MS));
    let entropy = Box::new(SeededEntropy::new(u64::from(number)));
    let mut workstation =
        Workstation::open(&disk.path(FILE), clock, entropy).expect("an empty disk takes a file");
    let identity = Identity {
        key: key.clone(),
        shop: shop.to_owned(),
        label: label.to_owned(),
        role,
        centre: Some(centre.clone()),
    };
    workstation.join(identity, &secret).expect("a new workstation can be set up");
    let journal = workstation.tip().expect("it has begun its journal").journal;
    let image = Image::default();
    (workstation, disk, PcTemplate { label, role, key: key.public_key(), journal, image })
}

fn tell(
    workstation: &mut Workstation,
    centre: PublicKey,
    pushes: &[Push],
    blobs: &BTreeMap<BlobHash, Arc<Vec<u8>>>,
) {
    let peer = Peer { key: centre, is_centre: true };
    for push in pushes {
        let reply = workstation.append_pulled(peer, push);
        assert!(matches!(reply, Reply::Ack(_)), "{reply:?}");
    }
    for (sha256, bytes) in blobs {
        let bytes = bytes.as_ref().clone();
        let total = u64::try_from(bytes.len()).expect("a menu is small");
        let part = BlobPart { sha256: *sha256, offset: 0, total, bytes };
        workstation.store_blob(&mut BTreeMap::new(), &part).expect("there is room for a menu");
    }
}
