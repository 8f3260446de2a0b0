//! SQLite on the disk: it works, what was committed survives, and what the disk is told to lose is lost.

use faulty_disk::{Disk, Image, Op};
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use rusqlite::{Connection, ErrorCode, OpenFlags};

const FILE: &str = "ocpizza.db";

/// Opens the file as a till does.
fn open(disk: &Disk, synchronous: &str) -> Connection {
    let connection = Connection::open(disk.path(FILE)).expect("a file that opens");
    let mode: rusqlite::Result<String> =
        connection.query_row("PRAGMA journal_mode = WAL", [], |it| it.get(0));
    assert_eq!(mode.expect("a journal mode"), "wal");
    let made = connection.execute_batch(&format!(
        "PRAGMA synchronous = {synchronous};
         PRAGMA wal_autocheckpoint = 20;
         CREATE TABLE IF NOT EXISTS sale (number INTEGER PRIMARY KEY, what BLOB NOT NULL) STRICT;"
    ));
    made.expect("a file that can be written");
    connection
}

/// Commits one sale, of some pages.
fn sell(connection: &Connection, number: i64) -> rusqlite::Result<()> {
    let bytes = 500 + (number * 7919) % 9000;
    let sale = "INSERT INTO sale (number, what) VALUES (?, zeroblob(?))";
    connection.execute(sale, (number, bytes)).map(drop)
}

/// The sales that are there: 1 to this one. A file that is not whole, or has gaps, panics.
fn sales(connection: &Connection) -> i64 {
    let check: String = connection
        .query_row("PRAGMA integrity_check", [], |it| it.get(0))
        .expect("a file that can be read");
    assert_eq!(check, "ok");
    let all = "SELECT count(*), coalesce(max(number), 0) FROM sale";
    let (count, last): (i64, i64) = connection
        .query_row(all, [], |it| Ok((it.get(0)?, it.get(1)?)))
        .expect("a file that can be read");
    assert_eq!(count, last, "a later sale is there without an earlier one");
    last
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

#[test]
fn a_reader_beside_the_writer_sees_whole_transactions() {
    let disk = Disk::new();
    let mut writer = open(&disk, "FULL");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(disk.path(FILE), flags).unwrap();
    let before = disk.counts();
    sell(&writer, 1).unwrap();
    assert_eq!(disk.counts().syncs, before.syncs + 1, "one commit is one sync");
    let tx = writer.transaction().unwrap();
    tx.execute("INSERT INTO sale (number, what) VALUES (2, x'00')", []).unwrap();
    assert_eq!(sales(&reader), 1, "it is not committed");
    tx.commit().unwrap();
    assert_eq!(sales(&reader), 2);
    for number in 3..200 {
        sell(&writer, number).unwrap();
        assert_eq!(sales(&reader), number);
    }
    reader.execute("DELETE FROM sale", []).unwrap_err();
    assert_eq!(disk.image().names().collect::<Vec<_>>(), [FILE, "ocpizza.db-wal"]);
    drop(reader);
    drop(writer);
    assert_eq!(disk.image().names().collect::<Vec<_>>(), [FILE], "the last one tidies up");
}

#[test]
fn two_writers_wait_for_each_other() {
    let disk = Disk::new();
    let one = open(&disk, "FULL");
    let two = open(&disk, "FULL");
    two.busy_timeout(std::time::Duration::ZERO).unwrap();
    one.execute_batch("BEGIN IMMEDIATE").unwrap();
    let busy = two.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(busy.sqlite_error_code(), Some(ErrorCode::DatabaseBusy));
    one.execute_batch("COMMIT").unwrap();
    sell(&two, 1).unwrap();
    assert_eq!(sales(&one), 1);
}

#[test]
fn a_path_on_no_disk_cannot_be_opened() {
    faulty_disk::install();
    for path in ["/tmp/somewhere.db", "/disk/0/there-is-none.db", "/disk/x/ocpizza.db"] {
        let refused = Connection::open(path).unwrap_err();
        assert_eq!(refused.sqlite_error_code(), Some(ErrorCode::CannotOpen), "{path}");
    }
    Connection::open_in_memory().unwrap().execute_batch("CREATE TABLE a (b) STRICT").unwrap_err();
    Connection::open_in_memory().unwrap().execute_batch("CREATE TABLE a (b INT) STRICT").unwrap();
}

/// Sells until the power goes at a drawn operation; how many were answered, and how many are there.
fn cut_while_selling(seed: u64, synchronous: &str, lies: bool) -> (i64, i64) {
    let disk = Disk::new();
    let connection = open(&disk, "FULL");
    connection.execute_batch(&format!("PRAGMA synchronous = {synchronous}")).expect("a level");
    disk.lie(lies);
    disk.cut_at(seed % 400);
    let answered = (1..).take_while(|number| sell(&connection, *number).is_ok()).count();
    disk.power_cut(&mut rng(seed));
    let dead =
        connection.execute_batch("CREATE TABLE late (a INT) STRICT").expect_err("it is dead");
    assert!(dead.sqlite_error_code().is_some(), "{dead}");
    drop(connection);
    disk.lie(false);
    let there = sales(&open(&disk, "FULL"));
    (answered.try_into().expect("a few"), there)
}

#[test]
fn after_a_power_cut_everything_committed_is_there_and_at_most_the_one_in_flight_beside() {
    let mut in_flight = 0;
    for seed in 0..1_000 {
        let (answered, there) = cut_while_selling(seed, "FULL", false);
        assert!(
            there == answered || there == answered + 1,
            "seed {seed}: {answered} were answered, {there} are there"
        );
        in_flight += u64::from(there != answered);
    }
    assert!(20 < in_flight && in_flight < 980, "both must happen: {in_flight}");
}

/// How many of 200 power cuts lose what was answered. What is lost may be the whole file.
fn losses(synchronous: &str, lies: bool) -> usize {
    let lost = |seed: &u64| {
        let said = std::panic::catch_unwind(|| cut_while_selling(*seed, synchronous, lies));
        !matches!(said, Ok((answered, there)) if answered <= there)
    };
    (0..200).filter(lost).count()
}

#[test]
fn without_syncs_some_power_cuts_lose_what_was_answered() {
    let off = losses("OFF", false);
    assert!(50 < off, "{off} of 200");
}

#[test]
fn a_lying_disk_loses_what_was_answered() {
    let lied = losses("FULL", true);
    assert!(50 < lied, "{lied} of 200");
}

#[test]
fn a_killed_program_loses_nothing_even_without_syncs() {
    for seed in 0..100 {
        let disk = Disk::new();
        let connection = open(&disk, "OFF");
        disk.cut_at(seed * 3);
        let answered = (1..).take_while(|number| sell(&connection, *number).is_ok()).count();
        disk.kill();
        drop(connection);
        let there = sales(&open(&disk, "FULL"));
        let answered = i64::try_from(answered).unwrap();
        assert!(there == answered || there == answered + 1, "{seed}: {answered}, {there}");
    }
}

/// The trace of a life with two power cuts, and the file that is left.
fn life(seed: u64) -> (u64, Vec<u8>) {
    let disk = Disk::new();
    let mut rng = rng(seed);
    for run in 0..2 {
        let connection = open(&disk, "FULL");
        let from = sales(&connection) + 1;
        disk.cut_at(150 + run);
        (from..).take_while(|number| sell(&connection, *number).is_ok()).for_each(drop);
        disk.power_cut(&mut rng);
    }
    drop(open(&disk, "FULL"));
    (disk.trace(), disk.image().read(FILE).expect("its file"))
}

#[test]
fn the_same_seed_gives_the_same_operations_and_the_same_bytes() {
    let traces: std::collections::BTreeSet<_> = (0..20)
        .map(|seed| {
            let first = life(seed);
            assert!(first == life(seed), "seed {seed}");
            first
        })
        .collect();
    assert!(1 < traces.len(), "another seed, another life");
}

#[test]
fn a_full_disk_refuses_and_leaves_the_file_whole() {
    let disk = Disk::new();
    let connection = open(&disk, "FULL");
    sell(&connection, 1).unwrap();
    for left in (0..30_000).step_by(700) {
        let before = sales(&connection);
        disk.fill(Some(left));
        let full = loop {
            match sell(&connection, sales(&connection) + 1) {
                Ok(()) => {}
                Err(error) => break error,
            }
        };
        assert_eq!(full.sqlite_error_code(), Some(ErrorCode::DiskFull));
        let held = sales(&connection);
        assert!(before <= held, "{left}");
        disk.fill(None);
        sell(&connection, held + 1).unwrap();
    }
}

#[test]
fn an_io_error_is_one_refusal_and_no_loss() {
    for n in 0..150 {
        for only in [None, Some(Op::Write), Some(Op::Sync), Some(Op::Read)] {
            let disk = Disk::new();
            let connection = open(&disk, "FULL");
            disk.fail_at(n, only);
            let mut held = 0;
            let mut refused = 0;
            for _ in 0..40 {
                match sell(&connection, held + 1) {
                    Ok(()) => held += 1,
                    Err(_) => refused += 1,
                }
                let there = sales_or(&connection).unwrap_or(held);
                assert!(there == held || there == held + 1, "{n} {only:?}: {there}, {held}");
                held = there;
            }
            assert!(refused <= 1, "{n} {only:?}");
            disk.stop_failing();
            assert_eq!(sales(&connection), held);
        }
    }
}

/// As [`sales`], where the disk lets it be read.
fn sales_or(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT count(*) FROM sale", [], |it| it.get(0))
}

#[test]
fn a_flipped_bit_is_in_the_file_at_rest() {
    let disk = Disk::new();
    drop(open(&disk, "FULL"));
    let before = disk.image();
    let (file, at) = disk.flip_bit(&mut rng(7)).unwrap();
    assert_eq!(file, FILE);
    let (before, after) = (before.read(FILE).unwrap(), disk.image().read(FILE).unwrap());
    let differ: Vec<usize> = (0..before.len()).filter(|it| before[*it] != after[*it]).collect();
    assert_eq!(differ, [usize::try_from(at).unwrap()]);
    assert_eq!(Disk::new().flip_bit(&mut rng(7)), None);
}

#[test]
fn a_copy_of_a_disk_lives_its_own_life() {
    let disk = Disk::new();
    let connection = open(&disk, "FULL");
    sell(&connection, 1).unwrap();
    let copy = Disk::from(disk.image());
    sell(&connection, 2).unwrap();
    assert_eq!(sales(&open(&copy, "FULL")), 1);
    assert_eq!(sales(&connection), 2);
    let mut files = Vec::new();
    for name in copy.image().names() {
        files.push((name.to_owned(), copy.image().read(name).unwrap()));
    }
    assert_eq!(files.into_iter().collect::<Image>(), copy.image());
}

#[test]
fn a_cut_says_where_it_was() {
    let disk = Disk::new();
    let connection = open(&disk, "FULL");
    disk.cut_at(1);
    sell(&connection, 1).unwrap_err();
    let last = disk.last().unwrap();
    assert_eq!((last.op, last.file.as_ref()), (Op::Write, "ocpizza.db-wal"), "{last}");
    assert_eq!(disk.counts().of(Op::Write), disk.counts().writes);
}
