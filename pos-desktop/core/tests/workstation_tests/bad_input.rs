use crate::shop::{FRIDAY_19_10, Shop};
use pos_api::{Code, Command, Role, SetUp};
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::store::StoreError;
use std::sync::Arc;

#[test]
fn a_wrong_pin_is_counted_and_the_fifth_brings_a_pause() {
    let mut shop = Shop::open();
    let wrong = || Command::SignIn { operator: "RESP".into(), pin: "0000".into() };
    for tries_left in [4, 3, 2, 1] {
        assert_eq!(shop.try_run(wrong()), Err(Code::WrongPin { tries_left }));
    }
    assert_eq!(shop.try_run(wrong()), Err(Code::SignInLocked { seconds: 30 }));
    let right = || Command::SignIn { operator: "RESP".into(), pin: "2580".into() };
    assert_eq!(shop.try_run(right()), Err(Code::SignInLocked { seconds: 30 }));
    shop.clock.advance_ms(30_000);
    assert!(shop.try_run(right()).is_ok());
}

#[test]
fn words_that_are_not_understood_add_nothing() {
    let mut shop = Shop::open();
    let refused = shop.try_run(Command::AddTyped { text: "MAR; ZZZ".into() });
    assert!(matches!(refused, Err(Code::Typed { problems }) if problems.len() == 1));
}

#[test]
fn a_file_of_a_newer_version_is_left_as_it_is() {
    let shop = Shop::open();
    let path = shop.folder.path().join("newer.db");
    let file = rusqlite::Connection::open(&path).unwrap();
    file.execute_batch(
        "PRAGMA application_id = 1346984497; PRAGMA user_version = 9999; CREATE TABLE t (x);",
    )
    .unwrap();
    let clock = Arc::new(StoppedClock::at(FRIDAY_19_10));
    let refused = Workstation::open(&path, clock, Box::new(SeededEntropy::new(9)));
    assert!(matches!(refused, Err(StoreError::Newer { found: 9999, .. })));
    let tables: i64 =
        file.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1);
}

#[test]
fn a_clock_of_1970_sells() {
    let mut shop = Shop::open();
    shop.clock.set(0);
    shop.type_in("MAR");
    assert!(shop.pay(10_000).is_ok());
}

#[test]
fn a_full_disk_refuses_the_sale_and_the_next_one_goes_through() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.till.store().limit_pages(Some(0)).unwrap();
    let refused = shop.pay(10_000);
    assert_eq!(refused, Err(Code::DiskFull));
    shop.till.store().limit_pages(None).unwrap();
    assert!(shop.pay(10_000).is_ok(), "the basket was kept");
}

#[test]
fn somebody_unknown_is_told_what_a_wrong_pin_is_told() {
    let mut shop = Shop::open();
    let unknown = Command::SignIn { operator: "ZZ".into(), pin: "2580".into() };
    assert_eq!(shop.try_run(unknown), Err(Code::WrongPin { tries_left: 4 }));
}

#[test]
fn a_kitchen_is_not_set_up_without_a_centre() {
    let mut shop = Shop::unset();
    let refused = shop.try_run(Command::SetUp(SetUp {
        server: None,
        code: String::new(),
        role: Role::Kitchen,
        label: "K1".into(),
        pin: "2580".into(),
    }));
    assert_eq!(refused, Err(Code::SetUpInput));
}
