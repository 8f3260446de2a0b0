//! A one-time code lets one workstation in.

use super::{Till, World};
use crate::admin::{self, AdminError};
use crate::code::LIFE_MS;
use domain::event::kind;
use replication::{EnrolRefused, EnrolReply, Role};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::time::Duration;

fn refused(reply: &EnrolReply) -> Option<EnrolRefused> {
    match reply {
        EnrolReply::Enrolled(_) => None,
        EnrolReply::Refused(refused) => Some(*refused),
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_code_is_used_once_and_its_user_may_ask_again(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let code = admin::enrol_code(&world.app, "P01", Role::Till, "C1").await.unwrap().shown();
    let (first, second) = (Till::new("P01", "C1", 1), Till::new("P01", "C1", 2));
    let EnrolReply::Enrolled(enrolled) = first.enrol(&world.app, &code.to_lowercase()).await else {
        panic!("the code is good")
    };
    assert_eq!((enrolled.shop.as_str(), enrolled.label.as_str()), ("P01", "C1"));
    assert_eq!(refused(&second.enrol(&world.app, &code).await), Some(EnrolRefused::CodeUsed));
    assert_eq!(first.enrol(&world.app, &code).await, EnrolReply::Enrolled(enrolled));
    let kept =
        world.count("SELECT count(*) FROM enrolment_code WHERE length(code_hash) = 32").await;
    assert_eq!(kept, 1, "the code itself is kept nowhere");
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn of_two_that_type_a_code_at_once_one_is_let_in(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let code = admin::enrol_code(&world.app, "P01", Role::Till, "C1").await.unwrap().shown();
    let (one, two) = (Till::new("P01", "C1", 1), Till::new("P01", "C1", 2));
    let (one, two) = tokio::join!(one.enrol(&world.app, &code), two.enrol(&world.app, &code));
    let mut refusals = [refused(&one), refused(&two)];
    refusals.sort();
    assert_eq!(refusals, [None, Some(EnrolRefused::CodeUsed)]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_code_grows_old_and_is_for_its_role(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let till = Till::new("P01", "C1", 1);
    let kitchen = admin::enrol_code(&world.app, "P01", Role::Kitchen, "K1").await.unwrap();
    let reply = till.enrol(&world.app, &kitchen.shown()).await;
    assert_eq!(refused(&reply), Some(EnrolRefused::WrongRole));

    let code = admin::enrol_code(&world.app, "P01", Role::Till, "C1").await.unwrap();
    world.app.clock.advance(Duration::from_millis(LIFE_MS.unsigned_abs()));
    let reply = till.enrol(&world.app, &code.shown()).await;
    assert_eq!(refused(&reply), Some(EnrolRefused::CodeExpired));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn guessing_is_stopped_after_ten_wrong_codes(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let code = admin::enrol_code(&world.app, "P01", Role::Till, "C1").await.unwrap().shown();
    let till = Till::new("P01", "C1", 1);
    for _ in 0..10 {
        let reply = till.enrol(&world.app, "ACDE-FGHJ").await;
        assert_eq!(refused(&reply), Some(EnrolRefused::CodeUnknown));
    }
    let reply = till.enrol(&world.app, &code).await;
    assert_eq!(refused(&reply), Some(EnrolRefused::TooManyAttempts));
    world.app.clock.advance(Duration::from_secs(300));
    assert_eq!(refused(&till.enrol(&world.app, &code).await), None);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_label_is_one_workstations_until_it_is_revoked(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    let taken = admin::enrol_code(&world.app, "P01", Role::Till, "C1").await;
    assert!(matches!(taken, Err(AdminError::LabelTaken { .. })));
    admin::revoke(&world.app, "P01", "C1").await.unwrap();
    world.till("P01", "C1", 2).await;

    // The old key stays out, whatever code it brings.
    let code = admin::enrol_code(&world.app, "P01", Role::Till, "C3").await.unwrap();
    let reply = till.enrol(&world.app, &code.shown()).await;
    assert_eq!(refused(&reply), Some(EnrolRefused::KeyRevoked));
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn the_shop_is_told_who_writes_and_who_no_longer_does(
    pool: PgPoolOptions,
    options: PgConnectOptions,
) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let opening = till.opens();
    till.delivers(&world.app, &opening).await;
    admin::revoke(&world.app, "P01", "C1").await.unwrap();
    let kinds: Vec<i32> = sqlx::query_scalar(
        "SELECT kind
           FROM entry JOIN journal ON journal.shop = entry.shop AND journal.id = entry.journal
          WHERE purpose = 'centre' AND entry.shop = 'P01'
          ORDER BY seq",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap();
    let expected = [
        journal::kind::OPENED,
        kind::PUBLISHED,
        kind::WORKSTATION_LISTED,
        kind::WORKSTATION_REVOKED,
    ];
    assert_eq!(kinds, expected.map(|it| i32::from(it.0)));
}
