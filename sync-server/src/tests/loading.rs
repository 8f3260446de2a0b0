//! Loading a folder, as often as one likes.

use super::{World, shop};
use crate::load::{Folder, LoadError, Loaded, load};
use domain::card::{Card, Field, Version};
use domain::id::{CustomerId, OperatorCode};
use domain::staff::{Operator, Role, StaffList};
use journal::{JournalId, Tick};
use replication::{Blob, Cards, Reply, Request};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use std::collections::BTreeMap;
use std::fs;

fn staff(number: u32) -> StaffList {
    let operator = Operator {
        code: OperatorCode::from("LB"),
        name: "Louise".into(),
        role: Role::Manager,
        pin_hash: "$argon2id$…".into(),
    };
    StaffList { number, operators: vec![operator] }
}

fn folder(number: u32) -> Folder {
    let version = Version { tick: Tick(1), author: JournalId([1; 32]) };
    let name = Some(Field { value: "Alice".into(), version });
    let card = Card { name, ..Card::empty(CustomerId([1; 16])) };
    Folder {
        shops: vec![shop("P01", number), shop("P03", number)],
        menu: None,
        staff: BTreeMap::from([("P01".into(), staff(number))]),
        customers: BTreeMap::from([("P01".into(), vec![card])]),
    }
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn loading_twice_changes_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let loaded = load(&world.app, &folder(1)).await.unwrap();
    let published = vec!["P03 shop 1".into(), "P01 staff 1".into()];
    assert_eq!(loaded, Loaded { published, held: Vec::new(), cards: 1 });
    let before = super::entries(&world).await;
    assert_eq!(load(&world.app, &folder(1)).await.unwrap(), Loaded::default());
    assert_eq!(super::entries(&world).await, before);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn what_is_loaded_reaches_the_shop(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    load(&world.app, &folder(1)).await.unwrap();
    let mut till = world.till("P01", "C1", 1).await;
    let bytes = staff(1).encode();
    let blob = Request::Blob(Blob { sha256: journal::BlobHash::of(&bytes), offset: 0 });
    let Reply::Blob(part) = till.send(&world.app, blob).await else { panic!("it was given") };
    assert_eq!(part.bytes, bytes);
    let Reply::Cards(page) = till.send(&world.app, Request::Cards(Cards { after: 0 })).await else {
        panic!("cards are answered")
    };
    assert_eq!(page.records.len(), 1);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn a_change_needs_a_greater_number(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    load(&world.app, &folder(1)).await.unwrap();
    let mut changed = folder(1);
    changed.shops[0].lead_minutes = 30;
    let refused = load(&world.app, &changed).await;
    assert!(matches!(refused, Err(LoadError::NumberNotRisen { latest: 1, .. })), "{refused:?}");
    changed.shops[0].number = 2;
    assert_eq!(load(&world.app, &changed).await.unwrap().published, ["P01 shop 2"]);
}

#[sqlx::test(migrations = "../migrations/postgres")]
async fn staff_of_no_shop_load_nothing(pool: PgPoolOptions, options: PgConnectOptions) {
    let world = World::new(pool, options).await;
    let mut folder = folder(1);
    folder.staff.insert("P99".into(), staff(1));
    let refused = load(&world.app, &folder).await;
    assert!(matches!(refused, Err(LoadError::NoShop { file: "staff.json", .. })), "{refused:?}");
    assert_eq!(world.count("SELECT count(*) FROM shop WHERE code = 'P03'").await, 0);
}

#[test]
fn a_folder_says_which_file_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("staff.json"), "[").unwrap();
    let refused = Folder::read(folder.path());
    assert!(matches!(&refused, Err(LoadError::Json { path, .. }) if path.ends_with("staff.json")));
    fs::write(folder.path().join("staff.json"), "{}").unwrap();
    assert!(Folder::read(folder.path()).is_ok(), "what is not there is left as it is");
}
