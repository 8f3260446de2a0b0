//! What is pushed is stored once, whole, and in its place.

use super::{NOW_MS, Till, World, entries, figures, figures_from_entries, note, push_of, tips};
use crate::store;
use journal::{Pen, Seq};
use replication::{Place, Probe, Pull, Push, Reply, Request};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

#[sqlx::test(migrations = "../migrations/postgres")]
async fn entries_are_acknowledged_once_and_a_repeat_changes_nothing(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let pushes = [till.opens(), till.sells(&[990, 1_350]), till.notes(3)];
    for push in &pushes {
        till.delivers(&world.app, push).await;
    }
    let stored = (entries(&world).await, figures(&world).await);
    for push in &pushes {
        till.delivers(&world.app, push).await;
    }
    assert_eq!((entries(&world).await, figures(&world).await), stored);
    assert!(tips(&world, "P01").await.contains(&till.tip()));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn an_overlap_is_compared_and_only_its_end_is_stored(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    let first = till.sells(&[1_000]);
    let second = till.sells(&[2_000]);
    till.delivers(&world.app, &opening).await;
    till.delivers(&world.app, &first).await;
    let mut both = first.clone();
    both.entries.extend(second.entries.clone());
    both.seal = second.seal;
    till.delivers(&world.app, &both).await;
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 2, 3_000)]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_gap_is_answered_with_what_is_held(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    let held = Place::of(till.tip());
    let lost = till.notes(2);
    let later = till.notes(1);
    assert_eq!(till.push(&world.app, &later).await, Reply::Need { have: None });
    till.delivers(&world.app, &opening).await;
    assert_eq!(till.push(&world.app, &later).await, Reply::Need { have: Some(held) });
    till.delivers(&world.app, &lost).await;
    till.delivers(&world.app, &later).await;
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn both_branches_of_a_fork_are_kept_and_counted(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    let shared = till.sells(&[500]);
    let mut restored = till.clone();
    let sold = till.sells(&[1_000, 1_100]);
    for push in [&opening, &shared, &sold] {
        till.delivers(&world.app, push).await;
    }
    // The disk was restored: the same places, other sales.
    restored.sender = till.sender.clone();
    let other = restored.sells(&[7_000]);
    let forked = restored.push(&world.app, &other).await;
    let Reply::Fork(fork) = forked else { panic!("{forked:?}") };
    assert_eq!((fork.seq, fork.kept), (Seq(3), Place::of(restored.tip())));
    assert_eq!(restored.push(&world.app, &other).await, Reply::Fork(fork), "also when repeated");

    // Both go on.
    till.sender = restored.sender.clone();
    let more = till.sells(&[100]);
    till.delivers(&world.app, &more).await;
    restored.sender = till.sender.clone();
    let more = restored.sells(&[200]);
    restored.delivers(&world.app, &more).await;

    let sold = 500 + 1_000 + 1_100 + 7_000 + 100 + 200;
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 6, sold)]);
    assert_eq!(figures(&world).await, figures_from_entries(&world).await);
    assert_eq!(world.count("SELECT count(*) FROM alarm WHERE what = 'fork'").await, 1);
    let tips = tips(&world, "P01").await;
    assert!(tips.contains(&till.tip()) && tips.contains(&restored.tip()), "{tips:?}");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_chain_is_given_back_as_it_came_on_either_branch(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let pushes = [till.opens(), till.notes(3)];
    let mut restored = till.clone();
    let branches = [till.notes(2), { restored.write(vec![note(b"other"), note(b"disk")]) }];
    for push in pushes.iter().chain(&branches) {
        till.push(&world.app, push).await;
    }
    for (tip, end) in [(till.tip(), &branches[0]), (restored.tip(), &branches[1])] {
        let expected: Vec<_> =
            pushes.iter().chain([end]).flat_map(|push| push.entries.clone()).collect();
        let mut got = Vec::new();
        let mut after = None;
        while got.len() < expected.len() {
            let pull = Pull { tip, after, limit: 2 };
            let Reply::Entries(page) = till.send(&world.app, Request::Pull(pull)).await else {
                panic!("the chain is held")
            };
            assert_eq!(page.tip, tip);
            got.extend(page.entries);
            let last = got.last().unwrap();
            after = Some(Place { seq: Seq(got.len().try_into().unwrap()), hash: last.hash() });
        }
        assert_eq!(got, expected);
        let probe = Probe { tip, seqs: vec![Seq(1), Seq(5), Seq(9)] };
        let Reply::Hashes(hashes) = till.send(&world.app, Request::Probe(probe)).await else {
            panic!("the chain is held")
        };
        let hash = |place: usize| Some(expected[place].hash());
        assert_eq!(hashes.hashes, [hash(0), hash(4), None]);
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_pull_from_another_chain_is_sent_back(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let tip = till.tip();
    let elsewhere = Place { seq: Seq(1), hash: journal::EntryHash([9; 32]) };
    let pull = Pull { tip, after: Some(elsewhere), limit: 10 };
    let reply = till.send(&world.app, Request::Pull(pull)).await;
    assert!(matches!(reply, Reply::Rewind(rewind) if rewind.tip == Some(tip)), "{reply:?}");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn concurrent_pushes_of_one_journal_leave_one_chain(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let mut pushes = vec![till.opens()];
    for cents in 1..=6 {
        pushes.push(till.sells(&[cents * 100]));
    }
    let whole = joined(&pushes);
    // Four senders of the same till, each with everything, from the very beginning.
    let mut senders = tokio::task::JoinSet::new();
    for run in 0..4 {
        let (app, whole) = (world.app.clone(), whole.clone());
        let mut till = till.clone();
        till.sender = replication::Sender::new(till.key.clone(), journal::BootId([run; 16]));
        senders.spawn(async move { till.push(&app, &whole).await });
    }
    while let Some(reply) = senders.join_next().await {
        let reply = reply.unwrap();
        assert!(matches!(reply, Reply::Ack(_)), "{reply:?}");
    }
    let of_till = entries(&world).await.into_iter().filter(|it| it.0 == till.journal().0).count();
    assert_eq!(of_till, 7);
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 6, 2_100)]);
    let listed = world.count("SELECT count(*) FROM entry WHERE kind = 129").await;
    assert_eq!(listed, 1, "the workstation is listed once");
}

/// Pushes that follow one another, as one.
fn joined(pushes: &[Push]) -> Push {
    let mut whole = pushes[0].clone();
    for push in &pushes[1..] {
        whole.entries.extend(push.entries.clone());
        whole.seal = push.seal;
    }
    whole
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn nothing_acknowledged_is_lost_when_the_server_dies(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let acknowledged = entries(&world).await;

    // It dies between storing and committing: the transaction is dropped.
    let base = Some(Place::of(till.tip()));
    let pen = Pen::new(till.key.clone(), till.pen.boot(), till.pen.tip());
    let (batch, pen) = pen.write(vec![note(b"x")], till.tick, NOW_MS);
    let mut tx = world.app.store.shop("P01").await.unwrap();
    store::journal::lock(&mut tx, "P01", till.journal()).await.unwrap();
    store::journal::append(&mut tx, "P01", 0, &batch).await.unwrap();
    drop(tx);
    assert_eq!(entries(&world).await, acknowledged);

    // Started again, it takes what was never acknowledged.
    let app = world.restarted();
    till.pen = pen;
    till.delivers(&app, &push_of(base, &batch)).await;
    assert_eq!(entries(&world).await.len(), acknowledged.len() + 1);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn another_workstation_of_the_shop_brings_a_dead_ones_journal(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut dead = world.till("P01", "C1", 1).await;
    let pushes = [dead.opens(), dead.sells(&[1_200])];
    let mut other: Till = world.till("P01", "C2", 2).await;
    for push in &pushes {
        other.delivers(&world.app, push).await;
    }
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 1, 1_200)]);
}
