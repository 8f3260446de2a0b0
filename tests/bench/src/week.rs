//! A week without the internet: how long until the centre holds all of it, once it is back.

use crate::row::Row;
use crate::sale::target_folder;
use anyhow::{Result, ensure};
use e2e::{Away, Cluster, Programs, catch_up};
use std::time::Duration;

/// Seven days and 3,000 orders.
const WEEK: Away = Away { days: 7, orders: 3_000 };
/// How long they may take.
const BOUND: Duration = Duration::from_secs(120);

pub(crate) fn measure() -> Result<Vec<Row>> {
    let folder = tempfile::tempdir_in(target_folder()?)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let cluster = Cluster::start(&folder.path().join("postgres"))?;
    let database = cluster.database("centre")?;
    let programs = Programs::built()?;
    let level =
        runtime.block_on(catch_up(&programs, &database, folder.path(), WEEK, BOUND * 10))?;
    ensure!(level.took <= BOUND, "a week took {:?}", level.took);
    let (took, bound) = (level.took.as_secs_f64(), BOUND.as_secs_f64());
    Ok(vec![Row {
        name: "7 days and 3,000 orders arrive",
        value: took,
        unit: "s",
        against: "what is allowed",
        against_value: bound,
        ratio: took / bound,
        goal: "<= 1",
        limited_by: format!(
            "{} entries, and up to 20 s until the till asks again; then one push of 500 at a time",
            level.entries
        ),
    }])
}
