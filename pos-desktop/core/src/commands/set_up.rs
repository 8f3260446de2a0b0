//! The first run: which shop this PC belongs to, and what it is for.

use crate::error::Error;
use crate::store::journals;
use crate::store::settings::{self, Centre, Identity, Kept};
use crate::workstation::{BUILD, Turn, Workstation};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, SaltString};
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::OperatorCode;
use domain::publication::{self, Published, What};
use domain::shop::Shop;
use domain::staff::{self, Operator, StaffList};
use journal::{BlobHash, SigningKey};
use pos_api::{Code, Reply, Role, SetUp};
use replication::{Enrol, EnrolRefused, EnrolReply, Enrolled, Sender, open_reply, seal_request};
use std::time::Duration;

/// The menu and the sheet of a till without a centre: to try the program, under no company's name.
/// A shop's legal identity comes from its centre.
const STARTER_MENU: &str = include_str!("../../starter/menu.json");
const STARTER_SHOP: &str = include_str!("../../starter/shop.json");

/// How long the centre may take to answer.
const CENTRE_PATIENCE: Duration = Duration::from_secs(10);
/// The most that the centre answers, in bytes.
const MAX_REPLY_BYTES: u64 = 64 * 1024;

pub(super) fn run(workstation: &mut Workstation, answers: &SetUp) -> Result<Reply, Error> {
    check(answers)?;
    let (key, secret) = key(workstation)?;
    match &answers.server {
        Some(server) => {
            let url = server.trim().trim_end_matches('/').to_owned();
            let enrolled = enrol(workstation, &key, &url, answers)?;
            let centre = Centre { url, key: enrolled.centre_key, journal: enrolled.centre_journal };
            let identity = Identity {
                key,
                shop: enrolled.shop,
                label: enrolled.label,
                role: answers.role,
                centre: Some(centre),
            };
            workstation.enrol(identity, &secret, |_| Ok(()))?;
        }
        None => alone(workstation, key, &secret, answers)?,
    }
    Ok(Reply::Done)
}

fn check(answers: &SetUp) -> Result<(), Error> {
    let label = answers.label.as_bytes();
    let is_label = (1..=4).contains(&label.len()) && label.iter().all(u8::is_ascii_alphanumeric);
    let is_pin =
        (4..=8).contains(&answers.pin.len()) && answers.pin.bytes().all(|it| it.is_ascii_digit());
    let is_complete = match &answers.server {
        Some(server) => is_private(server.trim()) && !answers.code.trim().is_empty(),
        // A kitchen is told of its tills by the centre: alone, it would hear of no order.
        None => is_pin && answers.role == Role::Till,
    };
    if is_label && is_complete { Ok(()) } else { Err(Code::SetUpInput.into()) }
}

/// Whether nobody on the way can read the code or answer in the centre's name: TLS, or this machine.
fn is_private(server: &str) -> bool {
    let host = server.strip_prefix("http://").and_then(|it| it.split(['/', ':']).next());
    server.starts_with("https://") || matches!(host, Some("127.0.0.1" | "localhost"))
}

/// The key of this workstation, and what its file holds as the secret. It is kept from the first
/// attempt on: an answer of the centre that was lost is given again to the same key, and to no other.
pub(crate) fn key(workstation: &mut Workstation) -> Result<(SigningKey, [u8; 32]), Error> {
    let kept = match workstation.store.read(settings::kept_key)? {
        Some(kept) => kept,
        None => new_key(workstation)?,
    };
    let key = workstation.open_key(&kept)?;
    let stored = match kept {
        Kept::Plain { secret, .. } if !workstation.keystore.wraps() => secret,
        Kept::Plain { .. } | Kept::Wrapped { .. } => settings::ZEROS,
    };
    Ok((key, stored))
}

/// A P-256 key: of random 32-byte numbers, one in four billion is none. It is written here where the
/// file keeps it plain, and nowhere else.
fn new_key(workstation: &mut Workstation) -> Result<Kept, Error> {
    loop {
        let secret = workstation.draw();
        if let Ok(key) = SigningKey::from_secret(&secret) {
            if !workstation.keystore.wraps() {
                workstation.store.write(|tx| settings::set(tx, settings::KEY, &secret))?;
            }
            return Ok(Kept::Plain { secret, key });
        }
    }
}

/// Asks the centre to take this workstation in.
fn enrol(
    workstation: &Workstation,
    key: &SigningKey,
    url: &str,
    answers: &SetUp,
) -> Result<Enrolled, Error> {
    let request = Enrol {
        code: answers.code.trim().to_owned(),
        public_key: key.public_key(),
        role: match answers.role {
            Role::Till => replication::Role::Till,
            Role::Kitchen => replication::Role::Kitchen,
        },
        label: answers.label.clone(),
        build: BUILD.to_owned(),
    };
    let mut sender = Sender::new(key.clone(), workstation.boot());
    let sealed = seal_request(&mut sender, workstation.clock.now_ms(), request.encode())
        .map_err(|error| Error::Fault(error.to_string()))?;
    let unreachable = |error: ureq::Error| Error::Centre(error.to_string());
    let agent: ureq::Agent =
        ureq::Agent::config_builder().timeout_global(Some(CENTRE_PATIENCE)).build().into();
    let reply = agent
        .post(format!("{url}/v1/enrol"))
        .content_type("application/cbor")
        .send(sealed.bytes)
        .map_err(unreachable)?
        .body_mut()
        .with_config()
        .limit(MAX_REPLY_BYTES)
        .read_to_vec()
        .map_err(unreachable)?;
    // Whose key it is, is what the reply itself says: the code was given by a person who trusts it.
    let opened = open_reply(&reply, |_| true, sealed.hash)
        .map_err(|error| Error::Centre(error.to_string()))?;
    let reply = EnrolReply::decode(&opened.body)
        .map_err(|_| Error::Centre("the answer cannot be read".to_owned()))?;
    match reply {
        EnrolReply::Enrolled(enrolled) if enrolled.centre_key == opened.from => Ok(enrolled),
        EnrolReply::Enrolled(_) => {
            Err(Error::Centre("the answer is signed by another key".to_owned()))
        }
        EnrolReply::Refused(refused) => Err(refusal(refused).into()),
    }
}

const fn refusal(refused: EnrolRefused) -> Code {
    match refused {
        EnrolRefused::TooManyAttempts => Code::SignInLocked { seconds: 60 },
        EnrolRefused::CodeUnknown | EnrolRefused::KeyRevoked => Code::EnrolmentCodeUnknown,
        EnrolRefused::CodeUsed => Code::EnrolmentCodeUsed,
        EnrolRefused::CodeExpired => Code::EnrolmentCodeExpired,
        EnrolRefused::WrongRole | EnrolRefused::Label => Code::EnrolmentCodeOfAnother,
    }
}

/// A shop without a centre publishes its own menu, staff and sheet, in its own journal.
fn alone(
    workstation: &mut Workstation,
    key: SigningKey,
    secret: &[u8; 32],
    answers: &SetUp,
) -> Result<(), Error> {
    let salt: [u8; 16] = workstation.draw();
    let manager = manager(&answers.pin, &salt)?;
    let menu: Catalogue = starter(STARTER_MENU)?;
    let shop: Shop = starter(STARTER_SHOP)?;
    let identity = Identity {
        key,
        shop: shop.code.clone(),
        label: answers.label.clone(),
        role: answers.role,
        centre: None,
    };
    let staff = StaffList { number: 1, operators: vec![manager] };
    workstation.enrol(identity, secret, |turn| {
        publish(turn, What::Menu, menu.number, &menu.clone().sorted().encode())?;
        publish(turn, What::Staff, staff.number, &staff.encode())?;
        publish(turn, What::Shop, shop.number, &shop.encode())
    })
}

fn starter<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Fault(format!("the starter: {error}")))
}

fn publish(turn: &mut Turn<'_>, what: What, number: u32, bytes: &[u8]) -> Result<(), Error> {
    let sha256 = BlobHash::of(bytes);
    journals::put_blob(turn.tx, sha256, bytes)?;
    let event = publication::Event::Published(Published { what, sha256, number });
    turn.record(None, &Event::Publication(event));
    Ok(())
}

/// The first manager, whose PIN was chosen at the first run.
fn manager(pin: &str, salt: &[u8]) -> Result<Operator, Error> {
    let fault = |error: argon2::password_hash::Error| Error::Fault(error.to_string());
    let salt = SaltString::encode_b64(salt).map_err(fault)?;
    let pin_hash = Argon2::default().hash_password(pin.as_bytes(), &salt).map_err(fault)?;
    Ok(Operator {
        code: OperatorCode::from("RESP"),
        name: "Responsable".to_owned(),
        role: staff::Role::Manager,
        pin_hash: pin_hash.to_string(),
    })
}
