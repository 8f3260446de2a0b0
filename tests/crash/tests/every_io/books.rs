//! What a till's file holds, read by SQL and beside the program.

use anyhow::{Result, ensure};
use faulty_disk::Disk;
use pos_core::runtime;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::BTreeMap;

/// Every row of every table. The ids and signatures of a service are the same each time, so that two
/// files in which the same happened are equal, and not only alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contents(BTreeMap<String, Vec<Vec<Value>>>);

impl Contents {
    /// Reads the file, which must be whole.
    pub(crate) fn read(disk: &Disk) -> Result<Self> {
        let connection = Connection::open(disk.path(runtime::FILE))?;
        let said: String = connection.query_row("PRAGMA integrity_check", [], |it| it.get(0))?;
        ensure!(said == "ok", "{said}");
        let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name";
        let mut statement = connection.prepare(tables)?;
        let names: Vec<String> =
            statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
        names
            .into_iter()
            .map(|name| {
                let rows = rows(&connection, &format!("SELECT * FROM \"{name}\""))?;
                Ok((name, rows))
            })
            .collect::<Result<_>>()
            .map(Self)
    }

    /// The tables that are not alike, with how many rows each has.
    pub(crate) fn differ(&self, other: &Self) -> Vec<String> {
        self.0
            .iter()
            .filter(|(name, rows)| other.0.get(*name) != Some(rows))
            .map(|(name, rows)| {
                let others = other.0.get(name).map_or(0, Vec::len);
                let first = rows.iter().find(|row| !other.0[name].contains(row));
                format!("{name}: {} and {others} rows, {first:.200?}", rows.len())
            })
            .collect()
    }
}

/// What people count with: the same after a service in which some things had to be done twice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figures(BTreeMap<&'static str, Vec<Vec<Value>>>);

/// What is figured, without the ids that are drawn anew when a thing is done again.
const FIGURES: [(&str, &str); 7] = [
    ("tickets", "SELECT number, total_cents FROM ticket ORDER BY number"),
    (
        "closings",
        "SELECT number, label, first_day, last_day, total_cents, counted_cents, drawer_cents
           FROM closing ORDER BY number",
    ),
    ("days", "SELECT number, date, float_cents FROM business_day ORDER BY number"),
    ("papers", "SELECT kind, reference, state FROM print_job ORDER BY id"),
    ("orders", "SELECT open, count(*) FROM shop_order GROUP BY open"),
    ("numbers", "SELECT * FROM order_number ORDER BY 1"),
    ("journals", "SELECT own, count(*) FROM journal JOIN chain USING (journal) GROUP BY own"),
];

impl Figures {
    /// Reads them from a file.
    pub(crate) fn read(disk: &Disk) -> Result<Self> {
        let connection = Connection::open(disk.path(runtime::FILE))?;
        let all = FIGURES.iter().map(|(name, select)| Ok((*name, rows(&connection, select)?)));
        all.collect::<Result<_>>().map(Self)
    }

    /// Whether nothing went on in a second journal.
    pub(crate) fn has_one_journal(&self) -> bool {
        self.0["journals"] == [[Value::Integer(1), Value::Integer(1)]]
    }

    /// What is not the same.
    pub(crate) fn differ(&self, other: &Self) -> Vec<String> {
        let pairs = self.0.iter().zip(other.0.values());
        let unlike = pairs.filter(|((_, rows), others)| rows != others);
        unlike
            .map(|((name, rows), others)| format!("{name}: {rows:.400?} not {others:.400?}"))
            .collect()
    }
}

fn rows(connection: &Connection, select: &str) -> Result<Vec<Vec<Value>>> {
    let mut statement = connection.prepare(select)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|it| row.get(it)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}
