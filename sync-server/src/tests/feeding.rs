//! S4: a reader that saw n of a shop's feed can see all before n.

use super::World;
use crate::exchange::merge_into_shop;
use domain::card::{Card, Field, Version};
use domain::id::CustomerId;
use journal::{JournalId, Tick};
use replication::{CardRecord, Cards, CardsPage, Listen, Reply, Request};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::collections::{BTreeMap, BTreeSet};

fn named(id: u8, name: &str, tick: u64) -> Card {
    let version = Version { tick: Tick(tick), author: JournalId([1; 32]) };
    Card { name: Some(Field { value: name.into(), version }), ..Card::empty(CustomerId([id; 16])) }
}

fn page(cards: &[Card]) -> Request {
    let records: Vec<CardRecord> = (1..)
        .zip(cards)
        .map(|(position, card)| CardRecord { position, card: card.encode() })
        .collect();
    Request::CardsPush(CardsPage { through: cards.len() as u64, records, more: false, after: None })
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_change_under_way_hides_no_later_one(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    // The first has its place in the feed, and has not committed.
    let mut first = world.app.store.shop("P01").await.unwrap();
    let cards = BTreeMap::from([([1; 16], named(1, "Alice", 1))]);
    merge_into_shop(&mut first, "P01", cards).await.unwrap();

    // The second waits for it, and so cannot be seen before it.
    let app = world.app.clone();
    let second = tokio::spawn(async move {
        let mut tx = app.store.shop("P01").await.unwrap();
        let cards = BTreeMap::from([([2; 16], named(2, "Bob", 1))]);
        merge_into_shop(&mut tx, "P01", cards).await.unwrap();
        tx.commit().await.unwrap();
    });
    let waits = "SELECT count(*) FROM pg_stat_activity
                  WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while world.count(waits).await == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.count("SELECT count(*) FROM card").await, 0);
    first.commit().await.unwrap();
    second.await.unwrap();
    let order: Vec<Vec<u8>> = sqlx::query_scalar("SELECT id FROM card ORDER BY position")
        .fetch_all(&world.owner)
        .await
        .unwrap();
    assert_eq!(order, [[1; 16], [2; 16]]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn who_follows_the_feed_of_cards_misses_none(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let mut till = world.till("P01", &format!("C{writer}"), writer + 1).await;
        let app = world.app.clone();
        writers.spawn(async move {
            for id in 0..10 {
                let card = named(writer * 10 + id, "Quelqu’un", 1);
                till.send(&app, page(&[card])).await;
            }
        });
    }
    let mut reader = world.till("P01", "C9", 99).await;
    let mut seen = BTreeSet::new();
    let mut after = 0;
    let mut done = false;
    loop {
        let Reply::Cards(page) = reader.send(&world.app, Request::Cards(Cards { after })).await
        else {
            panic!("cards are answered")
        };
        for record in &page.records {
            assert!(after < record.position);
            seen.insert(Card::decode(&record.card).unwrap().id);
        }
        after = page.through;
        if done && page.records.is_empty() {
            break;
        }
        done = writers.is_empty();
        if !done {
            writers.join_next().await.unwrap().unwrap();
        }
    }
    assert_eq!(seen.len(), 40);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn cards_are_merged_and_an_erased_one_stays_erased(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    for cards in [
        vec![named(1, "Alice", 5), named(2, "Bob", 1)],
        vec![named(1, "Alix", 4)],
        vec![Card::erased(
            CustomerId([2; 16]),
            Version { tick: Tick(2), author: JournalId([1; 32]) },
        )],
        vec![named(2, "Bob", 9)],
    ] {
        let reply = till.send(&world.app, page(&cards)).await;
        assert_eq!(reply, Reply::CardsAck { through: cards.len() as u64 });
    }
    let Reply::Cards(page) = till.send(&world.app, Request::Cards(Cards { after: 0 })).await else {
        panic!("cards are answered")
    };
    let cards: Vec<Card> = page.records.iter().map(|it| Card::decode(&it.card).unwrap()).collect();
    assert_eq!(cards[0], named(1, "Alice", 5), "the older name did not win, and changed nothing");
    assert!(cards[1].erased.is_some() && cards[1].name.is_none());
    let kept = world
        .count("SELECT count(*) FROM card WHERE position(convert_to('Bob', 'UTF8') IN bytes) > 0");
    assert_eq!(kept.await, 0, "nothing of the erased card is left");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_listener_is_told_when_another_till_sells(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let mut listener = world.till("P01", "K1", 2).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let known = super::tips(&world, "P01").await;
    let listen = Request::Listen(Listen { tips: known, cards: 0, wait_ms: 20_000 });
    let app = world.app.clone();
    let waiting = tokio::spawn(async move { listener.send(&app, listen).await });
    let sold = till.sells(&[990]);
    till.delivers(&world.app, &sold).await;
    let Reply::Poke(poke) = waiting.await.unwrap() else { panic!("a listen is answered") };
    assert!(poke.tips.contains(&till.tip()));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_listener_goes_home_when_the_server_stops(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut listener = world.till("P01", "K1", 2).await;
    let known = super::tips(&world, "P01").await;
    let listen = Request::Listen(Listen { tips: known, cards: 0, wait_ms: 20_000 });
    world.app.live.close();
    let reply = listener.send(&world.app, listen).await;
    assert!(matches!(reply, Reply::Poke(_)), "{reply:?}");
}
