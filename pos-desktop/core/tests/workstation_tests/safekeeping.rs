//! Copies of the file, and the whole shop as one file.

use crate::shop::Shop;
use fiscal::time::Date;
use pos_api::{
    Answer, BackupTrouble, BackupsView, Code, Command, MeshAnswer, MeshCommand, MeshQuery, Query,
    Reply,
};
use pos_core::safekeeping::copies::{self, GoOn};
use pos_core::store::settings::{self, Kept};
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use verify::inspect::Inspection;
use verify::till::TillFile;

fn backups(shop: &mut Shop) -> BackupsView {
    let Answer::Mesh(MeshAnswer::Backups(backups)) = shop.ask(Query::Mesh(MeshQuery::Backups))
    else {
        panic!()
    };
    backups
}

fn back_up() -> Command {
    Command::Mesh(MeshCommand::BackUp)
}

fn set(folder: &Path) -> Command {
    Command::Mesh(MeshCommand::SetBackup { folder: folder.display().to_string() })
}

fn sell(shop: &mut Shop) {
    shop.type_in("REI");
    shop.pay(5_000).unwrap();
}

fn is_sound(path: &Path) -> bool {
    let mut inspection = Inspection::new();
    TillFile::open(path, &mut inspection).unwrap().inspect(&mut inspection).unwrap();
    let outcome = inspection.finish();
    assert!(outcome.is_sound(), "{outcome:?}");
    outcome.is_sound()
}

/// A folder on another disk than the data: memory.
fn another_disk() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap()
}

#[test]
fn a_copy_is_made_read_back_and_checked() {
    let mut shop = Shop::open();
    sell(&mut shop);
    assert_eq!(backups(&mut shop).last, None);
    let Reply::File { path, number } = shop.run(back_up()) else { panic!() };
    assert_eq!(number, "ESSAI-C1-20261120-191000-verifie.sqlite");
    let last = backups(&mut shop).last.unwrap();
    assert_eq!((last.time.as_str(), last.path.as_str()), ("2026-11-20 19:10", path.as_str()));
    assert!(last.verified && last.bytes == fs::metadata(&path).unwrap().len());
    assert!(is_sound(Path::new(&path)));
    // It is one file: nothing stands beside it, and nothing is left of the making.
    let beside = Path::new(&path).parent().unwrap();
    assert_eq!(fs::read_dir(beside).unwrap().count(), 1);
}

#[test]
fn the_counter_sells_while_a_copy_is_made_and_the_copy_is_of_one_moment() {
    let mut shop = Shop::open();
    sell(&mut shop);
    let tip = shop.till.tip().unwrap();
    let copying = copies::begin(&mut shop.till, Some(true)).unwrap();
    // What is sold between the reading's beginning and its end: the reading begins with the work, so
    // the copy may hold it or not, and is whole in either case.
    let go_on: GoOn = Arc::new(|| true);
    let worker = std::thread::spawn(move || copying.work(&go_on).unwrap().unwrap());
    for _ in 0..5 {
        sell(&mut shop);
    }
    let copied = worker.join().unwrap();
    let line = copied.last.unwrap();
    assert!(line.verified && is_sound(Path::new(&line.path)));
    assert!(tip.seq < shop.till.tip().unwrap().seq);
}

#[test]
fn a_second_place_is_another_disk() {
    let mut shop = Shop::open();
    let below = shop.folder.path().join("copies");
    assert_eq!(shop.try_run(set(&below)), Err(Code::Folder));
    fs::create_dir(&below).unwrap();
    shop.run(set(&below));
    assert_eq!(backups(&mut shop).trouble, Some(BackupTrouble::SameDisk));
    shop.run(back_up());
    assert_eq!(fs::read_dir(&below).unwrap().count(), 0);
    assert!(backups(&mut shop).last.unwrap().path.contains("till.copies"));

    let disk = another_disk();
    shop.run(set(disk.path()));
    assert_eq!(backups(&mut shop).trouble, None);
    let Reply::File { path, .. } = shop.run(back_up()) else { panic!() };
    assert!(Path::new(&path).starts_with(disk.path()) && is_sound(Path::new(&path)));

    // A key that is taken out: the copy beside is made all the same.
    let gone = disk.path().to_owned();
    drop(disk);
    shop.clock.advance_ms(60_000);
    let Reply::File { path, .. } = shop.run(back_up()) else { panic!() };
    assert!(!Path::new(&path).starts_with(&gone));
    assert_eq!(backups(&mut shop).trouble, Some(BackupTrouble::NoFolder));
    shop.run(set(Path::new("")));
    assert_eq!((backups(&mut shop).folder.as_str(), backups(&mut shop).trouble), ("", None));
}

#[test]
fn copies_are_a_manager_s() {
    let mut shop = Shop::open();
    shop.counter_signs_in();
    let folder = another_disk();
    let take = Command::Mesh(MeshCommand::TakeShop { folder: folder.path().display().to_string() });
    for command in [set(folder.path()), back_up(), take] {
        assert_eq!(shop.try_run(command), Err(Code::NotAllowed));
    }
}

#[test]
fn only_some_copies_stay_and_the_last_checked_one_is_among_them() {
    let mut shop = Shop::open();
    let disk = another_disk();
    shop.run(set(disk.path()));
    let go_on: GoOn = Arc::new(|| true);
    for hour in 0..30 {
        let copying = copies::begin(&mut shop.till, Some(hour == 0)).unwrap();
        copying.work(&go_on).unwrap().unwrap().tell(&shop.till);
        shop.clock.advance_ms(copies::EVERY_MS);
    }
    let names: Vec<String> = fs::read_dir(disk.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names.len(), 25, "{names:?}");
    assert!(names.contains(&"ESSAI-C1-20261120-191000-verifie.sqlite".to_owned()));
}

#[test]
fn the_first_copy_of_a_business_day_is_checked_entry_by_entry() {
    let mut shop = Shop::open();
    let go_on: GoOn = Arc::new(|| true);
    let mut verified = Vec::new();
    // 19:10, 20:10; 3:10 is the same business day, 4:10 is not.
    for hours in [0, 1, 7, 1] {
        shop.clock.advance_ms(hours * copies::EVERY_MS);
        let copied = copies::begin(&mut shop.till, None).unwrap().work(&go_on).unwrap().unwrap();
        verified.push(copied.last.unwrap().verified);
    }
    assert_eq!(verified, [true, false, false, true]);
}

#[test]
fn the_shop_is_taken_away_without_the_key() {
    let mut shop = Shop::open();
    sell(&mut shop);
    let folder = another_disk();
    let take = Command::Mesh(MeshCommand::TakeShop { folder: folder.path().display().to_string() });
    let Reply::File { path, number } = shop.run(take) else { panic!() };
    assert_eq!(number, "ocpizza_ESSAI_C1_2026-11-20_1910.zip");
    let bytes = fs::read(path).unwrap();
    let files = verify::archive::read(Cursor::new(bytes)).unwrap();
    assert!(files.contains_key("LISEZMOI.txt"));
    let database = &files["caisse.sqlite"];

    let identity = shop.till.store().read(settings::identity).unwrap().unwrap();
    let Kept::Plain { secret, .. } = identity.key else { panic!() };
    let json = serde_json::to_string(&secret).unwrap();
    let has = |part: &[u8]| database.windows(part.len()).any(|it| it == part);
    assert!(!has(&secret) && !has(json.as_bytes()), "the key is in it");
    let own = fs::read(shop.till.store().path()).unwrap();
    let log = fs::read(shop.folder.path().join("till.db-wal")).unwrap();
    let here = [own, log].concat();
    assert!(here.windows(32).any(|it| it == secret), "it is in the till's own");

    let out = folder.path().join("caisse.sqlite");
    fs::write(&out, database).unwrap();
    assert!(is_sound(&out));
    let nowhere = Command::Mesh(MeshCommand::TakeShop { folder: "/nowhere".into() });
    assert_eq!(shop.try_run(nowhere), Err(Code::Folder));
    assert_eq!(Date::parse(&number[17..27]).unwrap().iso(), "2026-11-20");
}
