//! A sale made durable (entries, seal, signed ticket, projections), against one bare SQLite commit of
//! the same bytes, on the same disk, with the same settings. The two are run in turn.

use crate::row::{Row, median, ms, on_processor, timed};
use anyhow::{Context, Result, bail};
use fiscal::Money;
use pos_api::{Command, Role, SetUp, Tender};
use pos_core::clock::{MachineClock, MachineEntropy};
use pos_core::{Workstation, commands};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

/// Sales that are counted.
const SALES: usize = 300;
/// Sales before those, not counted.
const WARM_UP: usize = 30;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(target_folder()?)?;
    let mut till = open_till(&folder.path().join("till.db"))?;
    let bare = open_bare(&folder.path().join("bare.db"))?;
    let mut sales = Vec::new();
    let mut commits = Vec::new();
    let mut ratios = Vec::new();
    let mut processor = 0.0;
    for turn in 0..WARM_UP + SALES {
        run(&mut till, Command::AddTyped { text: "REI G; MAR/4FR S -BAS +OEU; COC".to_owned() })?;
        let before = bytes(&mut till)?;
        let busy = on_processor();
        let tender = Tender::cash(Money::from_cents(10_000));
        let pay = Command::TakePayment { order: None, tenders: vec![tender] };
        let (paid, sale) = timed(|| run(&mut till, pay));
        paid?;
        let busy = on_processor() - busy;
        let written = bytes(&mut till)? - before;
        let blob = vec![0xA5_u8; usize::try_from(written)?];
        let (committed, commit) =
            timed(|| bare.execute("INSERT INTO bytes (bytes) VALUES (?1)", [&blob]));
        committed?;
        if turn < WARM_UP {
            continue;
        }
        sales.push(ms(sale));
        commits.push(ms(commit));
        ratios.push(ms(sale) / ms(commit));
        processor += ms(busy);
    }
    let (sale, commit) = (median(&mut sales), median(&mut commits));
    let share = processor / sales.iter().sum::<f64>() * 100.0;
    Ok(vec![Row {
        name: "a sale made durable",
        value: sale,
        unit: "ms",
        against: "bare SQLite commit",
        against_value: commit,
        ratio: median(&mut ratios),
        goal: if commit < 1.0 { "<= bare + 0.5 ms" } else { "<= 2" },
        limited_by: format!(
            "{share:.0} % of the sale is processor (two signatures, folds, CBOR), the rest waits for the disk"
        ),
    }])
}

/// The disk that the till's file lies on: the work tree's, not a memory file system.
pub(crate) fn target_folder() -> Result<std::path::PathBuf> {
    let program = std::env::current_exe()?;
    let folder = program.parent().and_then(Path::parent).context("not in a target folder")?;
    Ok(folder.to_owned())
}

pub(crate) fn open_till(path: &Path) -> Result<Workstation> {
    let clock = Arc::new(MachineClock::true_time());
    let mut till = Workstation::open(path, clock, Box::new(MachineEntropy))?;
    run(
        &mut till,
        Command::SetUp(SetUp {
            server: None,
            code: String::new(),
            role: Role::Till,
            label: "C1".to_owned(),
            pin: "2580".to_owned(),
        }),
    )?;
    run(&mut till, Command::SignIn { operator: "RESP".to_owned(), pin: "2580".to_owned() })?;
    Ok(till)
}

pub(crate) fn run(till: &mut Workstation, command: Command) -> Result<pos_api::Reply> {
    match commands::run(till, command) {
        Ok(reply) => Ok(reply),
        Err(failure) => bail!("refused: {failure:?}"),
    }
}

/// Bytes of entries, bodies and seals so far.
fn bytes(till: &mut Workstation) -> Result<u64> {
    let bytes = till.store().read(|tx| {
        Ok::<_, pos_core::store::StoreError>(tx.query_row(
            "SELECT (SELECT sum(length(header)) FROM entry) + (SELECT sum(length(body)) FROM body)
                  + (SELECT sum(length(signature)) FROM seal)",
            [],
            |row| row.get::<_, i64>(0),
        )?)
    })?;
    Ok(u64::try_from(bytes)?)
}

fn open_bare(path: &Path) -> Result<Connection> {
    let bare = Connection::open(path)?;
    bare.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA wal_autocheckpoint = 1000;
         CREATE TABLE bytes (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
    )?;
    Ok(bare)
}
