//! P1: no request of one shop reads or writes another's, even with the application's filter removed.

use super::World;
use crate::store;
use domain::card::Card;
use domain::id::CustomerId;
use journal::{BlobHash, Seq};
use replication::{
    Blob, CardRecord, Cards, CardsPage, Listen, Probe, Pull, Refusal, Reply, Request,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

/// Every table that holds something of a shop.
const TABLES: [&str; 18] = [
    "SELECT count(*) FROM shop WHERE code <> 'P02'",
    "SELECT count(*) FROM shop_feed WHERE shop <> 'P02'",
    "SELECT count(*) FROM workstation WHERE shop <> 'P02'",
    "SELECT count(*) FROM enrolment_code WHERE shop <> 'P02'",
    "SELECT count(*) FROM journal WHERE shop <> 'P02'",
    "SELECT count(*) FROM branch WHERE shop <> 'P02'",
    "SELECT count(*) FROM entry WHERE shop <> 'P02'",
    "SELECT count(*) FROM body WHERE shop <> 'P02'",
    "SELECT count(*) FROM seal WHERE shop <> 'P02'",
    "SELECT count(*) FROM parked WHERE shop <> 'P02'",
    "SELECT count(*) FROM alarm WHERE shop <> 'P02'",
    "SELECT count(*) FROM blob_of_shop WHERE shop <> 'P02'",
    "SELECT count(*) FROM publication WHERE shop <> 'P02'",
    "SELECT count(*) FROM card WHERE shop <> 'P02'",
    "SELECT count(*) FROM rollup_day WHERE shop <> 'P02'",
    "SELECT count(*) FROM centre_pen WHERE shop <> 'P02'",
    "SELECT count(*) FROM fence WHERE shop <> 'P02'",
    "SELECT count(*) FROM run WHERE shop <> 'P02'",
];

/// Puts something of P01 in every table.
async fn fill(world: &World) -> super::Till {
    let mut till = world.till("P01", "C1", 1).await;
    let pushes = [till.opens(), till.sells(&[990])];
    for push in &pushes {
        till.delivers(&world.app, push).await;
    }
    let mut bad = till.notes(1);
    bad.seal.0[0] ^= 1;
    till.push(&world.app, &bad).await;
    let tip = till.tip();
    let lost = journal::Tip { seq: Seq(9), ..tip };
    let mut tx = world.app.store.shop("P01").await.unwrap();
    let named = [store::fence::Named { tip: lost, tick: journal::Tick(0) }];
    crate::fence::raise(&mut tx, "P01", &named, "C1", super::NOW_MS).await.unwrap();
    let boot = till.pen.boot();
    store::run::greets(&mut tx, "P01", tip.journal, boot, super::NOW_MS).await.unwrap();
    tx.commit().await.unwrap();
    let card = Card::empty(CustomerId([1; 16])).encode();
    let records = vec![CardRecord { position: 1, card }];
    let page = CardsPage { records, through: 1, more: false, after: None };
    let reply = till.send(&world.app, Request::CardsPush(page)).await;
    assert_eq!(reply, Reply::CardsAck { through: 1 });
    till
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_transaction_of_one_shop_sees_no_other_without_any_filter(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    fill(&world).await;
    for sql in TABLES {
        let all = world.count(sql).await;
        assert!(0 < all, "there is something to be hidden: {sql}");
        let mut tx = world.app.store.shop("P02").await.unwrap();
        let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 0, "{sql}");
    }
    for sql in ["SELECT count(*) FROM manager", "SELECT count(*) FROM session"] {
        let mut tx = world.app.store.shop("P02").await.unwrap();
        let seen: i64 = sqlx::query_scalar(sql).fetch_one(&mut *tx).await.unwrap();
        assert_eq!(seen, 0, "{sql}");
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_transaction_of_one_shop_writes_in_no_other(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    fill(&world).await;
    let refused = [
        "INSERT INTO body (shop, hash, bytes) VALUES ('P01', sha256('x'), 'x')",
        "INSERT INTO card (shop, id, bytes, position)
         VALUES ('P01', decode(repeat('00', 16), 'hex'), 'x', 999)",
        "INSERT INTO blob (sha256, bytes) VALUES (sha256('x'), 'x')",
    ];
    for sql in refused {
        let mut tx = world.app.store.shop("P02").await.unwrap();
        let error = sqlx::query(sql).execute(&mut *tx).await.unwrap_err();
        assert!(error.to_string().contains("row-level security"), "{sql}: {error}");
    }
    for sql in [
        "UPDATE shop_feed SET head = 0 WHERE shop = 'P01'",
        "UPDATE workstation SET revoked_ms = 1",
        "UPDATE card SET bytes = ''",
    ] {
        let mut tx = world.app.store.shop("P02").await.unwrap();
        let done = sqlx::query(sql).execute(&mut *tx).await.unwrap();
        assert_eq!(done.rows_affected(), 0, "{sql}");
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_connection_that_says_no_shop_sees_nothing(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    fill(&world).await;
    let mut tx = world.app.store.shop("").await.unwrap();
    let seen: i64 =
        sqlx::query_scalar("SELECT count(*) FROM entry").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(seen, 0);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_workstation_is_answered_with_its_own_shops_things_alone(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let theirs = fill(&world).await;
    let mut till = world.till("P02", "C1", 5).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;

    let listen = Listen { tips: Vec::new(), cards: 99, wait_ms: 0 };
    let Reply::Poke(poke) = till.send(&world.app, Request::Listen(listen)).await else {
        panic!("a listen is answered")
    };
    assert!(poke.tips.iter().all(|it| it.journal != theirs.journal()));
    assert_eq!(poke.cards, 0);

    let pull = Pull { tip: theirs.tip(), after: None, limit: 100 };
    let reply = till.send(&world.app, Request::Pull(pull)).await;
    assert!(matches!(reply, Reply::Rewind(it) if it.tip.is_none()), "{reply:?}");
    let probe = Probe { tip: theirs.tip(), seqs: vec![Seq(1)] };
    let reply = till.send(&world.app, Request::Probe(probe)).await;
    assert!(matches!(reply, Reply::Rewind(it) if it.tip.is_none()), "{reply:?}");

    let Reply::Cards(page) = till.send(&world.app, Request::Cards(Cards { after: 0 })).await else {
        panic!("cards are answered")
    };
    assert_eq!(page.records, []);

    let mut tx = world.app.store.shop("P01").await.unwrap();
    let sheet = store::publication::latest(&mut tx, "P01", "shop").await.unwrap().unwrap();
    drop(tx);
    let blob = Blob { sha256: sheet.sha256, offset: 0 };
    let reply = till.send(&world.app, Request::Blob(blob)).await;
    assert_eq!(reply, Reply::NoBlob { sha256: sheet.sha256 });

    // What they push under our name is no entry of ours.
    let mut theirs = theirs;
    let sold = theirs.sells(&[100]);
    assert_eq!(till.push(&world.app, &sold).await, Reply::Need { have: None });
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_blob_comes_in_parts_to_whom_it_was_given(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let bytes = super::shop("P01", 1).encode();
    let sha256 = BlobHash::of(&bytes);
    let mut got = Vec::new();
    for offset in [0, 7] {
        let blob = Request::Blob(Blob { sha256, offset });
        let Reply::Blob(part) = till.send(&world.app, blob).await else { panic!("it was given") };
        assert_eq!((part.total, part.offset), (bytes.len() as u64, offset));
        got.truncate(offset.try_into().unwrap());
        got.extend(part.bytes);
    }
    assert_eq!(got, bytes);
    let broken = Request::CardsPush(CardsPage {
        records: vec![CardRecord { position: 1, card: vec![0xff] }],
        through: 1,
        more: false,
        after: None,
    });
    assert_eq!(till.send(&world.app, broken).await, Reply::Refused(Refusal::Unreadable));
}
