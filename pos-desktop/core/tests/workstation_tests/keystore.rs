//! The key wrapped by a real token, SoftHSM2: what a copied file cannot do, and what a till does whose
//! token is gone. The module reads its folder from the environment, so that each scenario is a process
//! of its own.

use crate::shop::{FRIDAY_19_10, Shop};
use fiscal::event::EventCode;
use journal::PublicKey;
use pos_api::{Answer, Code, Command, Query};
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::runtime::{Finds, Handle, Start};
use pos_core::store::settings::{self, Kept};
use pos_core::store::{Store, StoreError};
use rusqlite::Connection;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command as Process;
use std::sync::Arc;

/// Where Debian, and most others, put the module.
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// What SoftHSM2 finds its folder by.
const CONFIGURATION: &str = "SOFTHSM2_CONF";
/// Says to a process that it is the one of the scenario.
const SCENARIO: &str = "OCPIZZA_KEYSTORE_SCENARIO";
const PIN: &str = "738201";

/// A token in a folder, as the scenario's process sees it.
struct Token {
    folder: PathBuf,
}

impl Token {
    /// Sets a till to this token.
    fn set(&self, data: &Path) {
        let pin_file = self.folder.join("pin").display().to_string();
        let setting =
            serde_json::json!({ "module": MODULE, "token": "ocpizza", "pin_file": pin_file });
        fs::write(data.join("keystore.json"), setting.to_string()).unwrap();
    }

    fn pin(&self, pin: &str) {
        fs::write(self.folder.join("pin"), format!("{pin}\n")).unwrap();
    }

    /// Takes it out of the PC.
    fn unplug(&self) {
        fs::rename(self.folder.join("tokens"), self.folder.join("drawer")).unwrap();
        fs::create_dir(self.folder.join("tokens")).unwrap();
    }

    fn plug_in(&self) {
        fs::remove_dir_all(self.folder.join("tokens")).unwrap();
        fs::rename(self.folder.join("drawer"), self.folder.join("tokens")).unwrap();
    }

    /// Another token of the same name and PIN.
    fn init(&self) {
        let done = Process::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", "ocpizza", "--so-pin", "10203040"])
            .args(["--pin", PIN])
            .env(CONFIGURATION, self.folder.join("softhsm2.conf"))
            .output()
            .expect("softhsm2 is installed: ./dev does that");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Runs `scenario` in a process of its own, with a token of its own; `name` is the test's.
fn with_token(name: &str, scenario: impl FnOnce(&Token)) {
    if let Some(folder) = env::var_os(SCENARIO) {
        return scenario(&Token { folder: folder.into() });
    }
    let folder = tempfile::tempdir().unwrap();
    let token = Token { folder: folder.path().to_owned() };
    let tokens = token.folder.join("tokens");
    fs::create_dir(&tokens).unwrap();
    let configuration = format!("directories.tokendir = {}\nlog.level = ERROR\n", tokens.display());
    fs::write(token.folder.join("softhsm2.conf"), configuration).unwrap();
    token.init();
    token.pin(PIN);
    let ran = Process::new(env::current_exe().unwrap())
        .args([&format!("keystore::{name}"), "--exact", "--nocapture"])
        .env(CONFIGURATION, token.folder.join("softhsm2.conf"))
        .env(SCENARIO, &token.folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let wrong = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success() && said.contains("1 passed"), "{said}\n{wrong}");
}

/// A till that was set up with its token in place.
fn wrapped(token: &Token) -> Shop {
    let mut shop = Shop::unset();
    token.set(shop.folder.path());
    shop.restart_unsigned();
    shop.set_up();
    shop
}

fn sell(shop: &mut Shop) -> String {
    shop.type_in("COC");
    shop.pay(2_000).unwrap().ticket
}

fn kept(shop: &mut Shop) -> Kept {
    let identity = shop.till.store().read(settings::identity).unwrap();
    identity.unwrap().key
}

fn plain_secret(shop: &mut Shop) -> [u8; 32] {
    match kept(shop) {
        Kept::Plain { secret, .. } => secret,
        Kept::Wrapped { .. } => panic!("the key is wrapped"),
    }
}

fn own_key(shop: &Shop) -> PublicKey {
    shop.till.public_key().unwrap()
}

/// Whether the till's files hold these bytes, or their JSON.
fn holds(folder: &Path, secret: &[u8; 32]) -> bool {
    let json = serde_json::to_string(secret).unwrap();
    let has = |bytes: &[u8], part: &[u8]| bytes.windows(part.len()).any(|it| it == part);
    ["till.db", "till.db-wal"].iter().any(|name| {
        let bytes = fs::read(folder.join(name)).unwrap_or_default();
        has(&bytes, secret) || has(&bytes, json.as_bytes())
    })
}

/// The till reads, and does nothing else.
fn is_locked(shop: &mut Shop) {
    let sign_in = Command::SignIn { operator: "RESP".into(), pin: "2580".into() };
    assert_eq!(shop.try_run(sign_in), Err(Code::KeyStore));
    assert_eq!(shop.try_run(Command::AddTyped { text: "COC".into() }), Err(Code::KeyStore));
    assert_eq!(shop.pay(2_000).unwrap_err(), Code::KeyStore);
    assert!(matches!(shop.ask(Query::Orders), Answer::Orders(_)));
    assert!(matches!(shop.ask(Query::Session), Answer::Session(_)));
    assert_eq!(shop.till.tip(), None);
    shop.till.stop().unwrap();
}

#[test]
fn a_first_run_wraps_the_key_at_once() {
    with_token("a_first_run_wraps_the_key_at_once", |token| {
        let mut shop = wrapped(token);
        let key = own_key(&shop);
        assert_eq!(kept(&mut shop).public_key(), key);
        assert!(matches!(kept(&mut shop), Kept::Wrapped { .. }));
        let made = shop.events(EventCode::KeyCreate);
        assert_eq!(made.len(), 1);
        assert_eq!(made[0].text("kept"), Some("pkcs11"));
        sell(&mut shop);
        shop.restart();
        sell(&mut shop);
        assert_eq!(own_key(&shop), key);
        assert!(shop.events(EventCode::ConfigChange).is_empty());
        assert!(shop.events(EventCode::KeyLost).is_empty());
    });
}

#[test]
fn a_file_on_a_pc_without_its_token_does_not_sign() {
    with_token("a_file_on_a_pc_without_its_token_does_not_sign", |token| {
        let mut shop = wrapped(token);
        sell(&mut shop);
        token.unplug();
        shop.restart_unsigned();
        is_locked(&mut shop);
        // Nor with a token of that PC's own, of the same name and PIN, with a key of its own.
        token.init();
        shop.restart_unsigned();
        is_locked(&mut shop);
        let mut other = Shop::unset();
        token.set(other.folder.path());
        other.restart_unsigned();
        other.set_up();
        shop.restart_unsigned();
        is_locked(&mut shop);
        // Nor without the setting.
        fs::remove_file(shop.folder.path().join("keystore.json")).unwrap();
        shop.restart_unsigned();
        is_locked(&mut shop);
    });
}

#[test]
fn a_wrong_pin_and_a_setting_that_is_none_open_nothing() {
    with_token("a_wrong_pin_and_a_setting_that_is_none_open_nothing", |token| {
        let mut shop = wrapped(token);
        token.pin("000000");
        shop.restart_unsigned();
        is_locked(&mut shop);
        token.pin(PIN);
        fs::write(shop.folder.path().join("keystore.json"), "{").unwrap();
        shop.restart_unsigned();
        is_locked(&mut shop);
        token.set(shop.folder.path());
        shop.restart();
        sell(&mut shop);
    });
}

#[test]
fn a_token_that_comes_back_goes_on_where_the_till_was() {
    with_token("a_token_that_comes_back_goes_on_where_the_till_was", |token| {
        let mut shop = wrapped(token);
        let first = sell(&mut shop);
        let tip = shop.till.tip().unwrap();
        token.unplug();
        for _ in 0..2 {
            shop.restart_unsigned();
            is_locked(&mut shop);
        }
        token.plug_in();
        shop.restart();
        let lost = shop.events(EventCode::KeyLost);
        assert_eq!(lost.len(), 1);
        assert_eq!(lost[0].text("kept"), Some("pkcs11"));
        assert_eq!(shop.till.tip().unwrap().journal, tip.journal);
        let second = sell(&mut shop);
        assert_eq!(number(&second), number(&first) + 1);
        shop.restart();
        assert_eq!(shop.events(EventCode::KeyLost).len(), 1);
    });
}

#[test]
fn wrapped_bytes_that_were_altered_are_refused() {
    with_token("wrapped_bytes_that_were_altered_are_refused", |token| {
        let mut shop = wrapped(token);
        let Kept::Wrapped { bytes, .. } = kept(&mut shop) else { panic!("it is plain") };
        // Of the IV, of the secret, of the tag.
        for at in [0, 12, 59] {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            put(&shop, "UPDATE wrapped_key SET bytes = ?1", &altered);
            shop.restart_unsigned();
            is_locked(&mut shop);
        }
        put(&shop, "UPDATE wrapped_key SET bytes = ?1", &bytes);
        // What is bound to the secret: another's public key.
        let other = journal::SigningKey::from_secret(&[7; 32]).unwrap().public_key();
        put(&shop, "UPDATE wrapped_key SET public_key = ?1", other.as_bytes());
        shop.restart_unsigned();
        is_locked(&mut shop);
    });
}

#[test]
fn a_plain_key_is_wrapped_at_the_next_start_and_its_bytes_are_gone() {
    with_token("a_plain_key_is_wrapped_at_the_next_start_and_its_bytes_are_gone", |token| {
        let mut shop = Shop::open();
        let first = sell(&mut shop);
        assert_eq!(shop.events(EventCode::KeyCreate)[0].text("kept"), Some("file"));
        let (key, tip, secret) =
            (own_key(&shop), shop.till.tip().unwrap(), plain_secret(&mut shop));
        assert!(holds(shop.folder.path(), &secret));

        token.set(shop.folder.path());
        // The last run's connections hold the file's log.
        let (folder, clock) = (shop.folder.path().join("till.db"), shop.clock.clone());
        drop(shop.window);
        drop(shop.till);
        let till = crate::shop::start(&folder, &clock, 9);
        shop.window = pos_core::queries::Window::open(&till).unwrap();
        shop.till = till;

        assert!(matches!(kept(&mut shop), Kept::Wrapped { .. }));
        assert!(!holds(shop.folder.path(), &secret));
        assert_eq!(own_key(&shop), key);
        shop.sign_in();
        assert_eq!(shop.till.tip().unwrap().journal, tip.journal);
        assert_eq!(number(&sell(&mut shop)), number(&first) + 1);
        let changed = shop.events(EventCode::ConfigChange);
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].text("after"), Some("pkcs11"));
        shop.restart();
        assert_eq!(shop.events(EventCode::ConfigChange).len(), 1);
        assert_eq!(shop.events(EventCode::KeyCreate).len(), 1);
    });
}

#[test]
fn a_first_run_without_the_token_that_is_set_makes_no_key() {
    with_token("a_first_run_without_the_token_that_is_set_makes_no_key", |token| {
        let mut shop = Shop::unset();
        token.set(shop.folder.path());
        token.unplug();
        shop.restart_unsigned();
        let set_up = pos_api::SetUp {
            server: None,
            code: String::new(),
            role: pos_api::Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        };
        assert_eq!(shop.try_run(Command::SetUp(set_up)), Err(Code::KeyStore));
        assert!(shop.till.store().read(settings::kept_key).unwrap().is_none());
        token.plug_in();
        shop.set_up();
        sell(&mut shop);
    });
}

#[test]
fn a_locked_till_at_work_answers_questions_and_speaks_to_nobody() {
    with_token("a_locked_till_at_work_answers_questions_and_speaks_to_nobody", |token| {
        let data = tempfile::tempdir().unwrap();
        token.set(data.path());
        let set_up = pos_api::SetUp {
            server: None,
            code: String::new(),
            role: pos_api::Role::Till,
            label: "C1".into(),
            pin: "2580".into(),
        };
        at_work(data.path(), 1).command(Command::SetUp(set_up)).unwrap();
        token.unplug();
        let till = at_work(data.path(), 2);
        let sign_in = Command::SignIn { operator: "RESP".into(), pin: "2580".into() };
        assert_eq!(till.command(sign_in).unwrap_err().code, Code::KeyStore);
        assert!(matches!(till.query(Query::Session), Ok(Answer::Session(_))));
        drop(till);
        let mut store = Store::open(&data.path().join(pos_core::runtime::FILE)).unwrap();
        let known = store.read(|tx| Ok::<_, StoreError>(settings::identity(tx)?.is_some()));
        assert!(known.unwrap());
    });
}

fn at_work(data: &Path, seed: u64) -> Handle {
    Handle::start(Start {
        folder: data.to_owned(),
        anchor: None,
        clock: Arc::new(StoppedClock::at(FRIDAY_19_10)),
        entropy: Box::new(SeededEntropy::new(seed)),
        listen: "127.0.0.1:0".parse().unwrap(),
        finds: Finds::Typed,
        on_change: Box::new(|| {}),
    })
    .unwrap()
}

/// Changes a till's file behind its back.
fn put(shop: &Shop, statement: &str, bytes: &[u8]) {
    let file = Connection::open(shop.folder.path().join("till.db")).unwrap();
    file.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    assert_eq!(file.execute(statement, [bytes]).unwrap(), 1);
}

/// The number at the end of a ticket's.
fn number(ticket: &str) -> u64 {
    ticket.rsplit('-').next().unwrap().parse().unwrap()
}
