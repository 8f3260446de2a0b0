//! What a shop settled while the centre could not be asked: a dead till, and the PC in its place.

use super::{Till, World, figures};
use domain::event::Event;
use domain::mesh::{self, Ended, Vouched};
use domain::publication::WorkstationRole;
use fiscal::Money;
use journal::Draft;
use replication::Reply;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

fn says(event: mesh::Event) -> Draft {
    Event::Mesh(event).to_draft(None)
}

fn vouches(new: &Till) -> Draft {
    says(mesh::Event::Vouched(Vouched {
        public_key: new.key.public_key().as_bytes().to_vec(),
        role: WorkstationRole::Till,
        label: new.label.clone(),
        manager: "LB".into(),
    }))
}

fn ends(dead: &Till) -> Draft {
    says(mesh::Event::Ended(Ended {
        public_key: dead.key.public_key().as_bytes().to_vec(),
        label: dead.label.clone(),
        tips: vec![dead.tip()],
        perpetual_algebraic: Money::from_cents(0),
        perpetual_absolute: Money::from_cents(0),
        manager: "LB".into(),
    }))
}

async fn is_busy(till: &mut Till, world: &World, push: &replication::Push) -> bool {
    matches!(till.push(&world.app, push).await, Reply::Busy { .. })
}

/// The new one's journal comes first, and is asked for again; then whoever vouched for it; then the
/// dead one's label is free. In this order or another, it comes to the same.
#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_dead_till_s_place_is_taken(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut dead = world.till("P01", "C1", 1).await;
    let opening = dead.opens();
    dead.delivers(&world.app, &opening).await;
    let mut other = world.till("P01", "C2", 2).await;
    let opening = other.opens();
    other.delivers(&world.app, &opening).await;

    let mut new = Till::new("P01", "C1", 3);
    let first = new.opens();
    assert!(is_busy(&mut other, &world, &first).await, "nobody has vouched for it yet");
    let vouched = other.write(vec![vouches(&new)]);
    other.delivers(&world.app, &vouched).await;
    assert!(is_busy(&mut other, &world, &first).await, "its label is another's");
    let ended = other.write(vec![ends(&dead)]);
    other.delivers(&world.app, &ended).await;
    other.delivers(&world.app, &first).await;
    let sold = new.sells(&[900]);
    new.delivers(&world.app, &sold).await;

    // The dead one's disk comes back: what it sold is merged and counted.
    let late = dead.sells(&[1_100]);
    dead.delivers(&world.app, &late).await;
    assert_eq!(figures(&world).await.iter().map(|it| it.3).sum::<i64>(), 2_000);
    let living = "SELECT count(*) FROM workstation WHERE label = 'C1' AND ended_ms IS NULL";
    assert_eq!(world.count(living).await, 1);
    assert_eq!(world.count("SELECT count(*) FROM alarm").await, 0);
}

/// Nobody declares himself dead, and what another shop's workstation says counts in its own alone.
#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_shop_settles_for_itself_alone(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut till = world.till("P01", "C1", 1).await;
    let mut far = world.till("P02", "C1", 2).await;
    for till in [&mut till, &mut far] {
        let opening = till.opens();
        till.delivers(&world.app, &opening).await;
    }
    let far_says = far.write(vec![ends(&till), vouches(&Till::new("P01", "C9", 9))]);
    far.delivers(&world.app, &far_says).await;
    let of_itself = ends(&till);
    let says = till.write(vec![of_itself]);
    till.delivers(&world.app, &says).await;
    let ended = "SELECT count(*) FROM workstation WHERE ended_ms IS NOT NULL";
    assert_eq!(world.count(ended).await, 0);
    let taken_in = "SELECT count(*) FROM workstation WHERE label = 'C9' AND shop = 'P01'";
    assert_eq!(world.count(taken_in).await, 0);
}
