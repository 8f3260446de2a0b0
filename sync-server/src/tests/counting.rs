//! The figures are what the entries say, however those came.

use super::{NOW_MS, World, figures, figures_from_entries, today};
use crate::store;
use journal::Purpose;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

const HOUR_MS: i64 = 3_600_000;

#[sqlx::test(migrations = "../migrations/postgres")]
async fn figures_equal_what_the_entries_add_up_to(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut tills = [
        world.till("P01", "C1", 1).await,
        world.till("P01", "C2", 2).await,
        world.till("P02", "C1", 3).await,
    ];
    for (turn, till) in (0_i64..).zip(&mut tills) {
        let mut pushes = vec![till.opens()];
        for sale in 0..20 {
            // Over two business days, one of them after midnight.
            let at_ms = NOW_MS + (sale - 5) * HOUR_MS;
            pushes.push(till.sells_at(at_ms, &[900 + 37 * sale + turn, 250]));
        }
        for push in pushes.iter().chain(&pushes[3..9]) {
            till.delivers(&world.app, push).await;
        }
    }
    let counted = figures(&world).await;
    assert_eq!(counted, figures_from_entries(&world).await);
    assert_eq!(counted.iter().map(|it| it.2).sum::<i64>(), 3 * 20 * 2);
    let by_hour = world.count("SELECT sum(ttc_cents)::bigint FROM rollup_hour").await;
    assert_eq!(by_hour, counted.iter().map(|it| it.3).sum::<i64>());
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_sale_counts_in_its_hour_and_its_business_day(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    // 19:10, and 01:10 the next morning.
    for at_ms in [NOW_MS, NOW_MS + 6 * HOUR_MS] {
        let sold = till.sells_at(at_ms, &[1_000]);
        till.delivers(&world.app, &sold).await;
    }
    let mut tx = world.app.store.centre().await.unwrap();
    let hours = store::figures::by_hour(&mut tx, today()).await.unwrap();
    let hours: Vec<_> = hours.iter().map(|it| (it.hour, it.tickets, it.ttc_cents)).collect();
    assert_eq!(hours, [(1, 1, 1_000), (19, 1, 1_000)]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn training_counts_nowhere(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let pushes = [till.opens_for(Purpose::Training), till.sells(&[990])];
    for push in &pushes {
        till.delivers(&world.app, push).await;
    }
    assert_eq!(figures(&world).await, []);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_ticket_that_cannot_be_read_is_stored_and_not_counted(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let unread = journal::Draft {
        kind: fiscal::kind::TICKET,
        kind_version: 1,
        keep: journal::Keep::Fiscal,
        subject: None,
        body: b"of a version to come".to_vec(),
    };
    let push = till.write(vec![unread]);
    till.delivers(&world.app, &push).await;
    let sold = till.sells(&[990]);
    till.delivers(&world.app, &sold).await;
    assert_eq!(figures(&world).await, [("P01".into(), "2026-11-20".into(), 1, 990)]);
}
