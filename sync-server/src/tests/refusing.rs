//! Bad input gets a clear refusal, and loses nothing.

use super::{NOW_MS, Till, World, entries, note, post, raw};
use crate::admin;
use axum::http::StatusCode;
use journal::{MAX_BATCH_ENTRIES, MAX_BODY_BYTES, Tick};
use replication::{
    Hello, PROTOCOL, ProtocolRange, Quarantine, Refusal, Reply, Request, seal_request,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn quarantined(reply: &Reply, why: Quarantine) -> bool {
    matches!(reply, Reply::Quarantined(it) if it.why == why)
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_stranger_is_told_to_enrol(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut stranger = Till::new("P01", "C1", 9);
    let opening = stranger.opens();
    let reply = stranger.push(&world.app, &opening).await;
    assert_eq!(reply, Reply::Refused(Refusal::UnknownSender));
    assert_eq!(world.count("SELECT count(*) FROM parked").await, 0);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_request_under_anothers_name_is_refused(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    let sealed = seal_request(&mut till.sender, NOW_MS, Request::Push(opening).encode()).unwrap();
    // The last byte is the signature's.
    let mut forged = sealed.bytes.clone();
    *forged.last_mut().unwrap() ^= 1;
    let before = entries(&world).await;
    let (status, bytes) = post(&world.app, "/v1/replication", forged.clone()).await;
    let hash = replication::RequestHash::of(&forged);
    let opened = replication::open_reply(&bytes, |_| true, hash).unwrap();
    let reply = Reply::decode(&opened.body).unwrap();
    assert_eq!((status, reply), (StatusCode::OK, Reply::Refused(Refusal::BadSignature)));
    assert_eq!(entries(&world).await, before);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_request_heard_twice_is_answered_once(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let mut again = till.clone();
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    // The same counter once more.
    assert_eq!(again.push(&world.app, &opening).await, Reply::Refused(Refusal::Replayed));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn an_altered_entry_is_set_aside_with_its_bytes(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let sold = till.sells(&[990]);
    let before = entries(&world).await;

    let mut altered = sold.clone();
    altered.entries[0].body.as_mut().unwrap()[20] ^= 1;
    let mut cut = sold.clone();
    cut.entries[0].header.pop();
    let mut unsealed = sold.clone();
    unsealed.seal.0[0] ^= 1;
    for bad in [&altered, &cut, &unsealed] {
        let reply = till.push(&world.app, bad).await;
        assert!(quarantined(&reply, Quarantine::NotBelieved), "{reply:?}");
    }
    till.push(&world.app, &altered).await;
    assert_eq!(world.count("SELECT count(*) FROM parked").await, 3, "once each");
    assert_eq!(world.count("SELECT count(*) FROM alarm WHERE what = 'parked'").await, 1);
    assert_eq!(entries(&world).await, before);
    // It stops nothing: the true one is taken.
    till.delivers(&world.app, &sold).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn ten_megabytes_are_refused_and_nothing_is_kept(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;

    let (status, body) = post(&world.app, "/v1/replication", vec![0; 10 * 1024 * 1024]).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(body, br#"{"code":"too_large"}"#);

    // One that fits in an envelope and is no entry all the same; and one entry too many.
    let mut big = till.notes(1);
    big.entries[0].body = Some(vec![0; MAX_BODY_BYTES + 1]);
    let mut many = big.clone();
    many.entries = vec![raw(&opening)[0].clone(); MAX_BATCH_ENTRIES + 1];
    for bad in [&big, &many] {
        assert_eq!(till.push(&world.app, bad).await, Reply::Refused(Refusal::TooLarge));
    }
    assert_eq!(world.count("SELECT count(*) FROM parked").await, 0);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_body_for_which_there_is_no_memory_is_not_read(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let others = world.app.bodies.available_permits().try_into().unwrap();
    let others = world.app.bodies.acquire_many(others).await.unwrap();
    let large = vec![0; 100 * 1024];
    let (status, _) = post(&world.app, "/v1/replication", large.clone()).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    // A sale is small, and so is a listen.
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    drop(others);
    let (status, _) = post(&world.app, "/v1/replication", large).await;
    assert_eq!(status, StatusCode::OK);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_key_that_opens_journals_without_end_is_set_aside(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    sqlx::query(
        "INSERT INTO journal (shop, id, public_key, workstation, purpose, opened_ms)
         SELECT 'P01', sha256(number::text::bytea), $1, 'C1', 'live', 0
           FROM generate_series(1, 500) AS number",
    )
    .bind(till.key.public_key().as_bytes().to_vec())
    .execute(&world.owner)
    .await
    .unwrap();
    let opening = till.opens();
    let reply = till.push(&world.app, &opening).await;
    assert!(quarantined(&reply, Quarantine::NotBelieved), "{reply:?}");
    assert_eq!(world.count("SELECT count(*) FROM alarm WHERE what = 'parked'").await, 1);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn what_a_revoked_workstation_sends_is_set_aside(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    admin::revoke(&world.app, "P01", "C1").await.unwrap();
    let before = entries(&world).await;

    let sold = till.sells(&[990]);
    let reply = till.push(&world.app, &sold).await;
    assert!(quarantined(&reply, Quarantine::Revoked), "{reply:?}");
    let hello = Request::Hello(hello(PROTOCOL));
    assert_eq!(till.send(&world.app, hello).await, Reply::Refused(Refusal::Revoked));

    // Nor by another hand.
    let mut other = world.till("P01", "C2", 2).await;
    let reply = other.push(&world.app, &sold).await;
    assert!(quarantined(&reply, Quarantine::Revoked), "{reply:?}");
    assert_eq!(entries(&world).await.len(), before.len());
    assert_eq!(world.count("SELECT count(*) FROM rollup_day").await, 0);
    assert_eq!(world.count("SELECT count(*) FROM alarm WHERE what = 'revoked'").await, 1);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_journal_of_a_key_that_never_enrolled_is_not_kept(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let mut stranger = Till::new("P01", "C9", 9);
    let opening = stranger.opens();
    // Its shop may have vouched for it, and that be on its way: nothing is kept.
    let reply = till.push(&world.app, &opening).await;
    assert!(matches!(reply, Reply::Busy { .. }), "{reply:?}");
    assert_eq!(world.count("SELECT count(*) FROM journal WHERE purpose = 'live'").await, 0);

    // Nor may a workstation open a journal in the centre's name, or in another shop's.
    let mut usurper = Till::new("P01", "CENTRE", 1);
    let centre = usurper.opens_for(journal::Purpose::Centre);
    let mut elsewhere = Till::new("P02", "C1", 1);
    for opening in [centre, elsewhere.opens()] {
        let reply = till.push(&world.app, &opening).await;
        assert!(quarantined(&reply, Quarantine::UnknownKey), "{reply:?}");
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn clocks_that_are_wrong_refuse_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    for at_ms in [0, 4_102_444_800_000] {
        let sold = till.sells_at(at_ms, &[100]);
        till.delivers(&world.app, &sold).await;
    }
    assert_eq!(super::figures(&world).await, super::figures_from_entries(&world).await);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_tick_that_jumps_too_far_is_set_aside(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    till.tick = Tick(1 << 40);
    let push = till.write(vec![note(b"from the far future")]);
    let reply = till.push(&world.app, &push).await;
    assert!(quarantined(&reply, Quarantine::NotBelieved), "{reply:?}");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_program_of_other_protocols_is_told_which_are_spoken(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let newer = Request::Hello(hello(ProtocolRange { min: 900, max: 901 }));
    let reply = till.send(&world.app, newer).await;
    assert_eq!(reply, Reply::Upgrade { protocol: PROTOCOL });
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_second_run_of_a_journal_is_told_of_the_first(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let mut flags = Vec::new();
    for boot in [1, 1, 2] {
        let greeting = Hello {
            journal: Some(till.journal()),
            boot: journal::BootId([boot; 16]),
            ..hello(PROTOCOL)
        };
        let Reply::Welcome(welcome) = till.send(&world.app, Request::Hello(greeting)).await else {
            panic!("not welcome");
        };
        flags.push(welcome.flags);
    }
    assert_eq!(flags, [0, 0, replication::OTHER_RUN]);
}

fn hello(protocol: ProtocolRange) -> Hello {
    Hello {
        protocol,
        journal: None,
        boot: journal::BootId([1; 16]),
        build: "test".into(),
        tips: Vec::new(),
        cards: 0,
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_server_with_no_connection_left_says_when_to_come_again(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    let mut taken = Vec::new();
    for _ in 0..super::CONNECTIONS {
        taken.push(world.app.store.shop("P02").await.unwrap());
    }
    let reply = till.push(&world.app, &opening).await;
    assert!(matches!(reply, Reply::Busy { .. }), "{reply:?}");
    drop(taken);
    till.delivers(&world.app, &opening).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_database_that_is_gone_is_not_an_error_of_the_till(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    world.app.store.close().await;
    let reply = till.push(&world.app, &opening).await;
    assert!(matches!(reply, Reply::Busy { .. }), "{reply:?}");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_journal_under_a_label_that_is_none_is_set_aside(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    for label in ["C\0", "", "<b>C1</b>"] {
        till.label = label.into();
        let mut other = till.clone();
        let opening = other.opens();
        let reply = till.push(&world.app, &opening).await;
        assert!(quarantined(&reply, Quarantine::UnknownKey), "{label:?}: {reply:?}");
    }
}
