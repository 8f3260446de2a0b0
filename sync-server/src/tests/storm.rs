//! Everybody comes back at once: nothing is lost, nobody starves, and somebody else still sells.

use super::{NOW_MS, Till, World, figures, figures_from_entries, post, shop};
use crate::load::{Folder, load};
use axum::http::StatusCode;
use replication::{Push, Reply, Request, open_reply, seal_request};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How large a storm is.
struct Storm {
    shops: usize,
    /// Pushes of each, and tickets in each push.
    pushes: usize,
    tickets: usize,
    /// Sales of the shop that was never away.
    sales: usize,
}

/// How it went.
struct Outcome {
    /// How often somebody was told to come again.
    busy: u64,
    /// When each shop had its last acknowledgement.
    level: Vec<Duration>,
    /// How long each live sale took to be acknowledged.
    sales: Vec<Duration>,
}

impl Outcome {
    fn slowest(&self) -> Duration {
        self.level.iter().max().copied().unwrap_or_default()
    }

    fn p99_sale(&self) -> Duration {
        let mut sales = self.sales.clone();
        sales.sort();
        sales[(sales.len() * 99).div_ceil(100) - 1]
    }
}

impl Till {
    /// Pushes until it is acknowledged, as a link does: told to wait, it waits.
    async fn insists(&mut self, world: &World, push: &Push) -> u64 {
        let mut busy = 0;
        loop {
            let body = Request::Push(push.clone()).encode();
            let sealed = seal_request(&mut self.sender, NOW_MS, body).unwrap();
            let (status, bytes) = post(&world.app, "/v1/replication", sealed.bytes).await;
            let retry_ms = if status == StatusCode::SERVICE_UNAVAILABLE {
                500
            } else {
                let opened = open_reply(&bytes, |_| true, sealed.hash).unwrap();
                let reply = Reply::decode(&opened.body).unwrap();
                if matches!(reply, Reply::Ack(_)) {
                    return busy;
                }
                let Reply::Busy { retry_ms } = reply else { panic!("{reply:?}") };
                retry_ms
            };
            busy += 1;
            tokio::time::sleep(Duration::from_millis(retry_ms.into())).await;
        }
    }
}

fn code(number: usize) -> String {
    format!("S{number:03}")
}

async fn blow(world: World, storm: &Storm) -> (World, Outcome) {
    let shops = (0..storm.shops).map(|it| shop(&code(it), 1)).collect();
    load(&world.app, &Folder { shops, ..Folder::default() }).await.unwrap();
    let mut tills = Vec::new();
    for number in 0..storm.shops {
        let secret = u8::try_from(number + 2).unwrap();
        let mut till = world.till(&code(number), "C1", secret).await;
        let mut pushes = vec![till.opens()];
        for _ in 0..storm.pushes {
            pushes.push(till.sells(&vec![1_000; storm.tickets]));
        }
        tills.push((till, pushes));
    }
    let mut live = world.till("P01", "C1", 1).await;
    let opened = live.opens();
    live.delivers(&world.app, &opened).await;

    let world = std::sync::Arc::new(world);
    let began = Instant::now();
    let mut away = JoinSet::new();
    for (mut till, pushes) in tills {
        let world = std::sync::Arc::clone(&world);
        away.spawn(async move {
            let mut busy = 0;
            for push in &pushes {
                busy += till.insists(&world, push).await;
            }
            (busy, began.elapsed())
        });
    }
    let mut sales = Vec::new();
    for _ in 0..storm.sales {
        let sold = live.sells(&[990]);
        let began = Instant::now();
        live.insists(&world, &sold).await;
        sales.push(began.elapsed());
    }
    let mut outcome = Outcome { busy: 0, level: Vec::new(), sales };
    while let Some(done) = away.join_next().await {
        let (busy, level) = done.unwrap();
        outcome.busy += busy;
        outcome.level.push(level);
    }
    let world = std::sync::Arc::into_inner(world).expect("everybody is home");
    (world, outcome)
}

async fn nothing_is_lost(world: &World, storm: &Storm) {
    let tickets = i64::try_from(storm.shops * storm.pushes * storm.tickets + storm.sales).unwrap();
    let stored = world.count("SELECT count(*) FROM entry WHERE kind = 16").await;
    assert_eq!(stored, tickets);
    let doubled = "SELECT count(*) - count(DISTINCT (shop, number)) FROM receipt";
    assert_eq!(world.count(doubled).await, 0);
    assert_eq!(figures(world).await, figures_from_entries(world).await);
    assert_eq!(world.count("SELECT count(*) FROM alarm").await, 0);
    let load = world.app.gate.load();
    assert_eq!((load.running, load.waiting), (0, 0));
}

/// `OCPIZZA_STORM=full` makes it fifty shops with a week each, and holds it to its bounds.
#[sqlx::test(migrations = "../migrations/postgres")]
async fn shops_that_come_back_at_once_lose_nothing_and_starve_nobody(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let is_full = std::env::var("OCPIZZA_STORM").is_ok_and(|it| it == "full");
    let storm = if is_full {
        Storm { shops: 50, pushes: 6, tickets: 100, sales: 100 }
    } else {
        Storm { shops: 12, pushes: 3, tickets: 20, sales: 10 }
    };
    let (world, outcome) = blow(world, &storm).await;
    nothing_is_lost(&world, &storm).await;
    assert_eq!(outcome.level.len(), storm.shops);
    if !is_full {
        return;
    }
    let said = format!(
        "{} shops, {} tickets: level after {:?}, {} times BUSY, a live sale p99 {:?}",
        storm.shops,
        storm.shops * storm.pushes * storm.tickets,
        outcome.slowest(),
        outcome.busy,
        outcome.p99_sale(),
    );
    assert!(0 < outcome.busy, "{said}");
    assert!(outcome.slowest() < Duration::from_secs(120), "{said}");
    assert!(outcome.p99_sale() < Duration::from_secs(2), "{said}");
    std::io::Write::write_all(&mut std::io::stderr(), format!("{said}\n").as_bytes()).unwrap();
}
