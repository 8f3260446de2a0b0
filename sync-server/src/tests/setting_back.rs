//! PostgreSQL restored to an hour ago: nothing is lost, and nothing is said twice.

use super::{
    CONNECTIONS, NOW_MS, Till, World, entries, figures, figures_from_entries, key, shop, tips,
};
use crate::admin;
use crate::anchor::Anchor;
use crate::app::{App, router};
use crate::centre::Centre;
use crate::exchange::merge_into_shop;
use crate::load::{Folder, load};
use crate::store::{self, Store};
use axum::body::{Body, to_bytes};
use axum::http::Request as HttpRequest;
use domain::card::{Card, Version};
use domain::id::{CustomerId, OperatorCode};
use domain::staff::{Operator, Role, StaffList};
use journal::{BootId, EntryHash, JournalId, Seq, Tick, Tip};
use replication::{CardRecord, CardsPage, Hello, PROTOCOL, Pull, Push, Refusal, Reply, Request};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use std::collections::BTreeMap;
use std::path::Path;
use tower::ServiceExt;

impl World {
    /// A copy of the database as it is now, to go back to.
    async fn backup(self) -> (Self, Backup) {
        self.app.store.close().await;
        self.owner.close().await;
        let name = self.options.get_database().unwrap().to_owned();
        // A name has 63 bytes, and sqlx's take all of them.
        let copy = format!("ago_{}", name.trim_start_matches("_sqlx_test_"));
        let mut conn = PgConnection::connect_with(&maintenance(&self.options)).await.unwrap();
        for sql in [
            format!("DROP DATABASE IF EXISTS \"{copy}\" WITH (FORCE)"),
            format!("CREATE DATABASE \"{copy}\" TEMPLATE \"{name}\""),
        ] {
            sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        }
        let backup = Backup { options: self.options.clone().database(&copy), copy };
        (self.on(self.options.clone()).await, backup)
    }

    /// The same server, on another database.
    async fn on(&self, options: PgConnectOptions) -> Self {
        let store = Store::with(PgPoolOptions::new().max_connections(CONNECTIONS), options.clone());
        let app = App::new(store, self.app.clock.clone(), Centre::new(key(200)).unwrap());
        let owner = PgPoolOptions::new().max_connections(2);
        let owner = owner.connect_with(options.clone()).await.unwrap();
        Self { app, owner, options }
    }

    /// The server after its database was restored from the backup.
    async fn restored(&self, backup: &Backup) -> Self {
        self.app.store.close().await;
        self.on(backup.options.clone()).await
    }

    async fn is_fenced(&self, shop: &str) -> bool {
        let ask = HttpRequest::get("/healthz").body(Body::empty()).unwrap();
        let response = router(self.app.clone()).oneshot(ask).await.unwrap();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let fenced = text.lines().find_map(|line| line.strip_prefix("fenced: ")).unwrap();
        fenced.split(' ').any(|it| it == shop)
    }

    async fn alarms(&self) -> i64 {
        self.count("SELECT count(*) FROM alarm WHERE what = 'set_back' AND shop = 'P01'").await
    }
}

/// A database as it was.
struct Backup {
    options: PgConnectOptions,
    copy: String,
}

impl Backup {
    /// Takes it away again, once the test has passed.
    async fn drop(self, world: &World) {
        world.app.store.close().await;
        world.owner.close().await;
        let mut conn = PgConnection::connect_with(&maintenance(&self.options)).await.unwrap();
        let sql = format!("DROP DATABASE \"{}\" WITH (FORCE)", self.copy);
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }
}

fn maintenance(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().database("postgres")
}

/// What the server would keep in its anchor file.
async fn anchored(app: &App, path: &Path) {
    let mut anchor = Anchor::open(path).unwrap();
    anchor.compare(app).await.unwrap();
    anchor.write().unwrap();
}

/// Starts the server with its anchor file.
async fn starts(app: &App, path: &Path) {
    Anchor::open(path).unwrap().compare(app).await.unwrap();
}

fn folder(shop_number: u32, staff: u32) -> Folder {
    let operator = Operator {
        code: OperatorCode::from("LB"),
        name: "Louise".into(),
        role: Role::Manager,
        pin_hash: "$argon2id$…".into(),
    };
    let list = StaffList { number: staff, operators: vec![operator] };
    Folder {
        shops: vec![shop("P01", shop_number)],
        staff: BTreeMap::from([("P01".into(), list)]),
        ..Folder::default()
    }
}

impl Till {
    /// All that the server holds of the shop's other journals, as a workstation keeps it.
    async fn pulls_the_others(&mut self, world: &World) -> Vec<Push> {
        let mut pushes = Vec::new();
        for tip in tips(world, "P01").await {
            if tip.journal == self.journal() {
                continue;
            }
            let pull = Request::Pull(Pull { tip, after: None, limit: 500 });
            let Reply::Entries(page) = self.send(&world.app, pull).await else {
                panic!("it was pulled")
            };
            let seal = page.seal.unwrap();
            pushes.push(Push { journal: tip.journal, base: None, entries: page.entries, seal });
        }
        pushes
    }

    async fn greets(&mut self, app: &App, tips: &[Tip]) -> replication::Welcome {
        let hello = Request::Hello(Hello {
            protocol: PROTOCOL,
            journal: self.pen.tip().map(|tip| tip.journal),
            boot: self.pen.boot(),
            build: "test".into(),
            tips: tips.to_vec(),
            cards: 0,
        });
        let Reply::Welcome(welcome) = self.send(app, hello).await else { panic!("it is welcome") };
        welcome
    }
}

/// What was pulled of a workstation's journal.
fn pulled_of<'a>(pulled: &'a [Push], till: &Till) -> &'a Push {
    pulled.iter().find(|it| it.journal == till.journal()).unwrap()
}

fn end_of(push: &Push) -> Tip {
    let seq = Seq(u64::try_from(push.entries.len()).unwrap());
    Tip { journal: push.journal, seq, hash: push.entries.last().unwrap().hash() }
}

/// A shop with a till that is up to date, an hour before it all goes wrong.
async fn an_hour_ago(pool: PgPoolOptions, options: PgConnectOptions) -> (World, Till, Vec<Push>) {
    let world = World::new(pool, options).await;
    load(&world.app, &folder(1, 1)).await.unwrap();
    let mut till = world.till("P01", "C1", 1).await;
    let own = vec![till.opens(), till.sells(&[990, 1_350])];
    for push in &own {
        till.delivers(&world.app, push).await;
    }
    (world, till, own)
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_shop_gives_back_the_lost_hour(pool: PgPoolOptions, options: PgConnectOptions) {
    let file = tempfile::tempdir().unwrap();
    let anchor = file.path().join("sync-server.anchor");
    let (world, mut till, mut own) = an_hour_ago(pool, options).await;
    let mut out = world.till("P01", "C9", 9).await;
    let opened = out.opens();
    out.delivers(&world.app, &opened).await;
    let (world, backup) = world.backup().await;
    // The hour that is lost: sales, a staff list, a workstation in and another out.
    let mut kitchen = world.till("P01", "K1", 2).await;
    let opened = kitchen.opens();
    kitchen.delivers(&world.app, &opened).await;
    load(&world.app, &folder(1, 2)).await.unwrap();
    own.push(till.sells(&[2_000]));
    till.delivers(&world.app, &own[2]).await;
    admin::revoke(&world.app, "P01", "C9").await.unwrap();
    anchored(&world.app, &anchor).await;
    let others = till.pulls_the_others(&world).await;
    let before = (entries(&world).await, figures(&world).await);

    let world = world.restored(&backup).await;
    starts(&world.app, &anchor).await;
    assert!(world.is_fenced("P01").await && !world.is_fenced("P02").await);
    let held = load(&world.app, &folder(1, 3)).await.unwrap();
    assert_eq!(
        (held.published, held.held),
        (vec![], vec!["P01 shop 1".into(), "P01 staff 3".into()])
    );

    let named: Vec<Tip> = others.iter().map(end_of).chain([till.tip()]).collect();
    till.greets(&world.app, &named).await;
    assert!(world.is_fenced("P01").await, "the entries are on their way");
    for push in &own {
        till.delivers(&world.app, push).await;
    }
    // Of the new workstation nothing is known before the centre's own list is back.
    let reply = till.push(&world.app, pulled_of(&others, &kitchen)).await;
    assert!(matches!(reply, Reply::Busy { .. }), "{reply:?}");
    for push in others.iter().filter(|it| it.journal != kitchen.journal()) {
        till.delivers(&world.app, push).await;
    }
    till.delivers(&world.app, pulled_of(&others, &kitchen)).await;
    assert!(!world.is_fenced("P01").await);
    assert_eq!((entries(&world).await, figures(&world).await), before, "as if nothing had been");
    assert_eq!(figures(&world).await, figures_from_entries(&world).await);
    assert_eq!(world.alarms().await, 1);

    // What was said in the lost hour holds again: who is out stays out, and numbers rise.
    let refused = out.send(&world.app, Request::Cards(replication::Cards { after: 0 })).await;
    assert_eq!(refused, Reply::Refused(Refusal::Revoked));
    assert_eq!(admin::health(&world.app).await.unwrap().len(), 1, "the staff list's bytes");
    assert_eq!(load(&world.app, &folder(1, 2)).await.unwrap().published, [""; 0]);
    assert_eq!(admin::health(&world.app).await.unwrap(), ["ok"]);
    assert_eq!(load(&world.app, &folder(1, 3)).await.unwrap().published, ["P01 staff 3"]);
    assert_eq!(world.count("SELECT count(*) FROM branch WHERE branch <> 0").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM journal WHERE purpose = 'centre'").await, 2);
    backup.drop(&world).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn what_no_shop_heard_is_left_behind_in_a_journal_of_its_own(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let file = tempfile::tempdir().unwrap();
    let anchor = file.path().join("sync-server.anchor");
    let (world, mut till, _) = an_hour_ago(pool, options).await;
    let known = till.pulls_the_others(&world).await;
    let mut away = world.till("P01", "C2", 3).await;
    let opened = away.opens();
    away.delivers(&world.app, &opened).await;
    let (world, backup) = world.backup().await;
    load(&world.app, &folder(1, 2)).await.unwrap();
    anchored(&world.app, &anchor).await;
    let lost = away.pulls_the_others(&world).await;

    let world = world.restored(&backup).await;
    starts(&world.app, &anchor).await;
    let named: Vec<Tip> = known.iter().map(end_of).collect();
    till.greets(&world.app, &named).await;
    assert!(world.is_fenced("P01").await, "the other workstation was not heard yet");
    away.greets(&world.app, &named).await;
    assert!(!world.is_fenced("P01").await);
    assert_eq!(load(&world.app, &folder(1, 2)).await.unwrap().published, ["P01 staff 2"]);
    assert_eq!(
        world
            .count(
                "SELECT count(*) FROM centre_pen JOIN journal ON id = journal
                             WHERE purpose = 'centre' AND centre_pen.shop = 'P01'"
            )
            .await,
        1
    );

    // It had been heard after all, by somebody whose disk comes back: kept, and nothing forks.
    for push in lost.iter().filter(|push| push.journal != till.journal()) {
        let reply = away.push(&world.app, push).await;
        assert!(matches!(reply, Reply::Ack(_)), "{reply:?}");
    }
    assert!(!world.is_fenced("P01").await);
    assert_eq!(world.count("SELECT count(*) FROM branch WHERE branch <> 0").await, 0);
    assert_eq!(world.alarms().await, 1);
    let ended = "SELECT count(*) FROM fence WHERE outcome <> 'taken_back'";
    assert_eq!(world.count(ended).await, 0);
    backup.drop(&world).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn without_its_anchor_file_the_first_greeting_tells_and_both_histories_are_kept(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let (world, mut till, _) = an_hour_ago(pool, options).await;
    let (world, backup) = world.backup().await;
    load(&world.app, &folder(1, 2)).await.unwrap();
    let others = till.pulls_the_others(&world).await;

    let world = world.restored(&backup).await;
    // Nobody told it: it writes where it has written before.
    assert_eq!(load(&world.app, &folder(2, 1)).await.unwrap().published, ["P01 shop 2"]);
    let named: Vec<Tip> = others.iter().map(end_of).collect();
    till.greets(&world.app, &named).await;
    assert!(world.is_fenced("P01").await);
    for push in &others {
        let reply = till.push(&world.app, push).await;
        assert!(matches!(reply, Reply::Fork(_)), "{reply:?}");
    }
    assert!(!world.is_fenced("P01").await);
    assert_eq!(world.alarms().await, 1);
    assert_eq!(world.count("SELECT count(*) FROM alarm WHERE what = 'fork'").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM branch WHERE branch = 1").await, 1);
    // A new journal continues both ends and says again what holds; the next word is in it too.
    let said = "SELECT count(*) FROM entry JOIN centre_pen USING (shop, journal)
                 WHERE shop = 'P01' AND kind = 128";
    assert_eq!(world.count(said).await, 2, "the sheet and the staff list");
    assert_eq!(load(&world.app, &folder(2, 3)).await.unwrap().published, ["P01 staff 3"]);
    assert_eq!(world.count(said).await, 3);
    let continued = till.pulls_the_others(&world).await;
    let opening = continued.iter().find_map(|push| {
        let body = push.entries[0].body.as_ref()?;
        journal::Opening::decode(body).filter(|it| !it.continues.is_empty())
    });
    assert_eq!(opening.unwrap().continues.len(), 2);
    backup.drop(&world).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_database_older_than_the_shops_journal_takes_that_back_too(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opened = till.opens();
    till.delivers(&world.app, &opened).await;
    let others = till.pulls_the_others(&world).await;
    // The restored database knows the workstation, and nothing of any journal.
    for sql in [
        "DELETE FROM centre_pen",
        "DELETE FROM run",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
        "ALTER TABLE seal DISABLE TRIGGER ALL",
        "DELETE FROM entry",
        "DELETE FROM seal",
        "DELETE FROM branch",
        "DELETE FROM journal",
    ] {
        sqlx::query(sql).execute(&world.owner).await.unwrap();
    }
    // And the server, started again, has opened a journal since.
    let world = world.on(world.options.clone()).await;
    assert_eq!(load(&world.app, &folder(2, 1)).await.unwrap().published.len(), 2);
    for push in others.iter().chain([&opened]) {
        till.delivers(&world.app, push).await;
    }
    assert!(!world.is_fenced("P01").await);
    assert_eq!(world.alarms().await, 1);
    assert_eq!(load(&world.app, &folder(2, 2)).await.unwrap().published, ["P01 staff 2"]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_workstation_that_names_what_never_was_stops_nothing_for_good(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let (world, mut till, _) = an_hour_ago(pool, options).await;
    let tip = tips(&world, "P01").await.into_iter().find(|it| it.journal != till.journal());
    let tip = tip.unwrap();
    let invented = Tip { seq: Seq(tip.seq.0 + 1), hash: EntryHash([9; 32]), ..tip };
    till.greets(&world.app, &[invented]).await;
    assert!(world.is_fenced("P01").await);
    assert_eq!(load(&world.app, &folder(1, 2)).await.unwrap().held.len(), 2);
    // A workstation is taken in and told of all the same, once that is over.
    let mut other = world.till("P01", "C2", 2).await;
    let opened = other.opens();
    other.delivers(&world.app, &opened).await;
    let listed = "SELECT count(*) FROM entry WHERE kind = 129";
    assert_eq!(world.count(listed).await, 1);
    admin::go_on(&world.app, "P01").await.unwrap();
    assert_eq!(world.count(listed).await, 2);
    assert_eq!(load(&world.app, &folder(1, 2)).await.unwrap().published, ["P01 staff 2"]);
    till.greets(&world.app, &[invented]).await;
    assert!(!world.is_fenced("P01").await, "once is enough");
}

fn erased(id: u8) -> Card {
    Card::erased(CustomerId([id; 16]), Version { tick: Tick(9), author: JournalId([1; 32]) })
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_lost_erasure_is_asked_for_again_and_places_are_not_used_twice(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let file = tempfile::tempdir().unwrap();
    let anchor = file.path().join("sync-server.anchor");
    let (world, mut till, _) = an_hour_ago(pool, options).await;
    let page = |through, after| {
        let card = erased(u8::try_from(through).unwrap()).encode();
        let records = vec![CardRecord { position: through, card }];
        Request::CardsPush(CardsPage { records, through, more: false, after })
    };
    till.send(&world.app, page(1, Some(0))).await;
    let (world, backup) = world.backup().await;
    let reply = till.send(&world.app, page(2, Some(1))).await;
    assert_eq!(reply, Reply::CardsAck { through: 2 });
    assert_eq!(till.greets(&world.app, &[]).await.cards_merged, Some(2));
    let end = till.greets(&world.app, &[]).await.cards;
    anchored(&world.app, &anchor).await;

    let world = world.restored(&backup).await;
    starts(&world.app, &anchor).await;
    assert!(!world.is_fenced("P01").await, "nothing of the centre's own is missing");
    assert_eq!(world.alarms().await, 1);
    let mut tx = world.app.store.shop("P01").await.unwrap();
    let new = BTreeMap::from([([7; 16], erased(7))]);
    merge_into_shop(&mut tx, "P01", new).await.unwrap();
    tx.commit().await.unwrap();
    let welcome = till.greets(&world.app, &[]).await;
    assert_eq!(welcome.cards_merged, Some(1), "the till sends the second one again");
    assert!(end < welcome.cards, "and finds the new one after all it has seen");
    let reply = till.send(&world.app, page(3, Some(2))).await;
    assert_eq!(reply, Reply::CardsAck { through: 1 }, "what follows something lost does not count");
    backup.drop(&world).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_server_that_stays_up_notices_a_failover_that_lost_its_tail(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let file = tempfile::tempdir().unwrap();
    let (world, ..) = an_hour_ago(pool, options).await;
    let (world, backup) = world.backup().await;
    load(&world.app, &folder(1, 2)).await.unwrap();
    let mut anchor = Anchor::open(&file.path().join("anchor")).unwrap();
    anchor.compare(&world.app).await.unwrap();
    let world = world.restored(&backup).await;
    // The same watch, a second later, whose database is another one now.
    assert_eq!(anchor.compare(&world.app).await.unwrap(), ["P01"]);
    assert!(world.is_fenced("P01").await);
    backup.drop(&world).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn an_anchor_file_that_cannot_be_read_is_set_aside(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("sync-server.anchor");
    std::fs::write(&path, "{").unwrap();
    let (world, ..) = an_hour_ago(pool, options).await;
    starts(&world.app, &path).await;
    assert!(path.with_extension("unreadable").exists() && !path.exists());
    assert!(!world.is_fenced("P01").await);
    let mut tx = world.app.store.shop("P01").await.unwrap();
    let boot = BootId([1; 16]);
    let any = JournalId([5; 32]);
    assert!(!store::run::greets(&mut tx, "P01", any, boot, NOW_MS).await.unwrap());
}
