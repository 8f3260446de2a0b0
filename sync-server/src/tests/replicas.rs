//! Two servers on one database: P3, any of them answers as the other would.

use super::{CONNECTIONS, NOW_MS, Till, World, entries, figures, figures_from_entries, key, post};
use crate::anchor::Anchor;
use crate::app::App;
use crate::centre::Centre;
use crate::feed;
use crate::store::Store;
use journal::BootId;
use replication::{
    Hello, Listen, OTHER_RUN, PROTOCOL, Reply, Request, Sender, open_reply, seal_request,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

impl World {
    /// Another server beside this one.
    fn beside(&self) -> App {
        let store =
            Store::with(PgPoolOptions::new().max_connections(CONNECTIONS), self.options.clone());
        App::new(store, self.app.clock.clone(), Centre::new(key(200)).unwrap())
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_till_that_speaks_to_both_in_turn_has_one_journal(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let beside = world.beside();
    let mut till = world.till("P01", "C1", 1).await;
    let opened = till.opens();
    let mut pushes = vec![opened];
    for cents in 1..=6 {
        pushes.push(till.sells(&[cents * 100]));
    }
    for (place, push) in pushes.iter().enumerate() {
        till.delivers([&world.app, &beside][place % 2], push).await;
    }
    let stored = (entries(&world).await, figures(&world).await);
    // Every one of them again, to the other one.
    for (place, push) in pushes.iter().enumerate() {
        till.delivers([&beside, &world.app][place % 2], push).await;
    }
    assert_eq!((entries(&world).await, figures(&world).await), stored);
    assert_eq!(figures(&world).await, figures_from_entries(&world).await);
    assert_eq!(world.count("SELECT count(*) FROM branch WHERE branch <> 0").await, 0);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_request_that_is_replayed_at_the_other_one_changes_nothing(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let beside = world.beside();
    let mut till = world.till("P01", "C1", 1).await;
    let opened = till.opens();
    let sealed = seal_request(&mut till.sender, NOW_MS, Request::Push(opened).encode()).unwrap();
    let mut stored = Vec::new();
    for app in [&world.app, &beside] {
        let (_, bytes) = post(app, "/v1/replication", sealed.bytes.clone()).await;
        let opened = open_reply(&bytes, |_| true, sealed.hash).unwrap();
        assert!(matches!(Reply::decode(&opened.body).unwrap(), Reply::Ack(_)));
        stored.push(entries(&world).await);
    }
    assert_eq!(stored[0], stored[1]);
}

/// What the flag says to a till that greets.
async fn greets(till: &mut Till, app: &App) -> u32 {
    let hello = Request::Hello(Hello {
        protocol: PROTOCOL,
        journal: Some(till.journal()),
        boot: till.pen.boot(),
        build: "test".into(),
        tips: Vec::new(),
        cards: 0,
    });
    let Reply::Welcome(welcome) = till.send(app, hello).await else { panic!("it is welcome") };
    welcome.flags & OTHER_RUN
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_second_run_is_told_whichever_server_it_greets(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let beside = world.beside();
    let mut till = world.till("P01", "C1", 1).await;
    let opened = till.opens();
    till.delivers(&world.app, &opened).await;
    let mut copied = till.clone();
    copied.pen = journal::Pen::new(copied.key.clone(), BootId([99; 16]), copied.pen.tip());
    copied.sender = Sender::new(copied.key.clone(), BootId([99; 16]));
    assert_eq!(greets(&mut till, &world.app).await, 0);
    assert_eq!(greets(&mut copied, &beside).await, OTHER_RUN);
    assert_eq!(greets(&mut till, &beside).await, OTHER_RUN);
    // A minute later the other one is not taken to be alive any more.
    world.app.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(greets(&mut copied, &world.app).await, 0);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn who_listens_at_one_hears_what_is_sold_at_the_other(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new(pool, options).await;
    let beside = world.beside();
    let anchor = Anchor::open(&folder.path().join("anchor")).unwrap();
    let watch = tokio::spawn(feed::watch(beside.clone(), anchor));
    let mut till = world.till("P01", "C1", 1).await;
    let mut listener = world.till("P01", "K1", 2).await;
    let opened = till.opens();
    till.delivers(&world.app, &opened).await;
    let tips = super::tips(&world, "P01").await;
    let listen = Request::Listen(Listen { tips, cards: 0, wait_ms: 20_000 });
    let app = beside.clone();
    let waiting = tokio::spawn(async move { listener.send(&app, listen).await });
    let sold = till.sells(&[990]);
    till.delivers(&world.app, &sold).await;
    let soon = tokio::time::timeout(std::time::Duration::from_secs(5), waiting);
    let Reply::Poke(poke) = soon.await.expect("within seconds").unwrap() else {
        panic!("a listen is answered")
    };
    assert!(poke.tips.contains(&till.tip()));
    beside.live.close();
    watch.await.unwrap();
}

/// A replica that was updated brought the database further: one that was not starts beside it, and so
/// does the former version where an update is taken back.
#[sqlx::test(migrations = "../migrations/postgres")]
async fn an_older_server_starts_on_what_a_newer_one_has_migrated(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let owner = pool.max_connections(1).connect_with(options.clone()).await.unwrap();
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'of a newer server', TRUE, '\\x00', 0)",
    )
    .execute(&owner)
    .await
    .unwrap();
    crate::store::migrate(options).await.unwrap();
}
