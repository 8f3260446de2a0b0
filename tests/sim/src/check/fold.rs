//! J7 and S2: the projections of each workstation are those of one that was given every entry once,
//! in order.

use super::{failed, on};
use crate::books::{Books, Journal, Row};
use crate::dice::{Dice, Stream};
use crate::mutant::without;
use crate::pc::Pc;
use crate::setting::Failure;
use crate::template::{self, CHECKER, FILE};
use crate::world::World;
use domain::id::OrderId;
use faulty_disk::Disk;
use journal::{EntryHash, JournalId, PublicKey, Tip};
use pos_core::Workstation;
use pos_core::clock::{SeededEntropy, StoppedClock};
use pos_core::replicate::Peer;
use pos_core::store::{StoreError, journals, orders};
use replication::{Push, Reply};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

/// What is projected from entries, and nothing else: names and columns. A branch is called after
/// what is seen second, which is another on every workstation: it is left out.
const TABLES: [(&str, &str); 8] = [
    ("shop_order", "order_id, open, opened_ms, changed_ms"),
    ("ticket", "number, journal, seq, order_id, business_date, total_cents"),
    ("publication", "what, hash, number, tick, journal, seq"),
    ("member", "public_key, journal, label, role, revoked"),
    (
        "fiscal_document",
        "number, journal, seq, kind, operation, original, order_label, business_date, utc_ms, \
         total_cents, to_verify_cents",
    ),
    ("business_day", "journal, number, seq, date, float_cents, opened_ms"),
    (
        "closing",
        "journal, seq, number, period, label, first_day, last_day, closed_ms, total_cents, \
         counted_cents, drawer_cents",
    ),
    ("closing_span", "journal, seq, of_journal, from_seq, to_seq, hash"),
];

type Tables = BTreeMap<&'static str, BTreeSet<String>>;

pub(super) fn is_of_the_set(world: &mut World) -> Result<(), Failure> {
    let revoked = world.revoked();
    for shop in 0..world.centre.halves.len() {
        let books = &world.centre.halves[shop].books;
        let on_now = world.setting.mutant;
        let (mut fresh, disk) = without(on_now, || fresh(world, shop, books))?;
        let orders = without(on_now, || orders(&mut fresh))
            .map_err(|error| failed("J7 fold", error.to_string()))?;
        let own = template::shop(shop).pcs[CHECKER].journal;
        let expected = tables(&disk, own);
        drop(fresh);
        let expected = expected.map_err(|error| failed("J7 fold", error.to_string()))?;
        for (name, rows) in &expected {
            let mut hash = sha2::Sha256::default();
            rows.iter().for_each(|row| sha2::Digest::update(&mut hash, row.as_bytes()));
            let hash: [u8; 32] = sha2::Digest::finalize(hash).into();
            let (now, hash) = (world.now, crate::trace::short(&hash));
            world.trace.say(now, format_args!("shop {shop} {name}: {} rows {hash}", rows.len()));
        }
        for pc in world.pcs.iter_mut().flatten().filter(|it| it.shop == shop && it.counts()) {
            // What somebody wrote whom the centre took out may be here and not there.
            if !same_of(pc, &world.centre.halves[shop].books, &revoked) {
                continue;
            }
            let found =
                tables(&pc.disk, own).map_err(|error| on("J7 fold", pc, error.to_string()))?;
            for (name, rows) in &expected {
                let other = &found[name];
                if rows != other {
                    let lacks: Vec<_> = rows.difference(other).take(2).collect();
                    let more: Vec<_> = other.difference(rows).take(2).collect();
                    let what = format!("{name} lacks {lacks:?}, and has {more:?}");
                    return Err(on("J7 fold", pc, what));
                }
            }
            let Some(running) = &mut pc.running else { continue };
            let found = self::orders(&mut running.workstation);
            let found = found.map_err(|error| on("J7 fold", pc, error.to_string()))?;
            if let Some((id, other)) = orders.iter().find(|(id, it)| found.get(*id) != Some(it)) {
                let what = format!("{id:?} is {:?} and not {other}", found.get(id));
                return Err(on("J7 fold", pc, what));
            }
        }
    }
    Ok(())
}

/// Whether a workstation holds the same as the centre of what those wrote who were taken out.
fn same_of(pc: &mut Pc, books: &Books, revoked: &BTreeSet<PublicKey>) -> bool {
    let Some(running) = pc.running.as_mut().filter(|_| !revoked.is_empty()) else {
        return true;
    };
    let held = running.workstation.store().read(journals::all).unwrap_or_default();
    let here: BTreeSet<Tip> =
        held.iter().filter(|it| revoked.contains(&it.public_key)).map(|it| it.tip).collect();
    let out = books.journals.iter().filter(|(_, it)| revoked.contains(&it.key));
    let there = out.flat_map(|(id, it)| it.ends().into_iter().map(|end| end.in_journal(*id)));
    here == there.collect()
}

/// A workstation that never was at work, and is given everything once.
fn fresh(world: &World, shop: usize, books: &Books) -> Result<(Workstation, Disk), Failure> {
    let template = &template::shop(shop).pcs[CHECKER];
    let disk = Disk::from(&template.image);
    let clock = Arc::new(StoppedClock::at(world.wall_ms()));
    let mut dice = Dice::new(world.setting.seed, Stream::Centre);
    let entropy = Box::new(SeededEntropy::new(dice.number()));
    let opened = Workstation::open(&disk.path(FILE), clock, entropy);
    let mut workstation = opened.map_err(|error| failed("J7 fold", error.to_string()))?;
    let peer = Peer { key: world.centre.public_key(), is_centre: true };
    for (id, journal) in &books.journals {
        for push in pushes(*id, journal) {
            let reply = workstation.append_pulled(peer, &push);
            let is_taken = matches!(reply, Reply::Ack(_) | Reply::Fork(_));
            if !is_taken {
                return Err(failed("S2 effect once", format!("delivered in order: {reply:?}")));
            }
        }
    }
    Ok((workstation, disk))
}

/// The runs of a journal that nobody gave before: each chain's own entries, cut at their seals.
fn pushes(id: JournalId, journal: &Journal) -> Vec<Push> {
    let mut pushes = Vec::new();
    let mut given: BTreeSet<EntryHash> = BTreeSet::new();
    for end in journal.ends() {
        let mut base: Option<&Row> = None;
        let mut rows = Vec::new();
        for row in journal.path(end.hash).unwrap_or_default() {
            rows.push(row);
            let Some(seal) = row.seal else { continue };
            let rows = std::mem::take(&mut rows);
            if rows.iter().any(|row| given.insert(row.hash)) {
                pushes.push(Push {
                    journal: id,
                    base: base.map(Row::place),
                    entries: rows.iter().map(|row| row.raw.clone()).collect(),
                    seal,
                });
            }
            base = Some(row);
        }
    }
    pushes
}

/// The rows of each table, but those that are about `own`.
fn tables(disk: &Disk, own: JournalId) -> rusqlite::Result<Tables> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(disk.path(FILE), flags)?;
    let mut tables = Tables::new();
    for (name, columns) in TABLES {
        let mut statement = connection.prepare(&format!("SELECT {columns} FROM {name}"))?;
        let count = statement.column_count();
        let journal = columns.split(", ").position(|it| it == "journal");
        let mut rows = statement.query([])?;
        let mut told = BTreeSet::new();
        while let Some(row) = rows.next()? {
            if let Some(column) = journal
                && row.get_ref(column)?.as_blob() == Ok(own.0.as_slice())
            {
                continue;
            }
            let mut line = String::new();
            for column in 0..count {
                tell(&mut line, row.get_ref(column)?);
            }
            told.insert(line);
        }
        tables.insert(name, told);
    }
    Ok(tables)
}

fn tell(line: &mut String, value: ValueRef<'_>) {
    let written = match value {
        ValueRef::Null => write!(line, "- "),
        ValueRef::Integer(number) => write!(line, "{number} "),
        ValueRef::Real(number) => write!(line, "{number} "),
        ValueRef::Text(text) => write!(line, "{} ", String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => write!(line, "{} ", crate::trace::short(bytes)),
    };
    written.expect("a text takes any text");
}

/// Every order as it is folded, and what the kitchen makes of it.
fn orders(workstation: &mut Workstation) -> Result<BTreeMap<OrderId, String>, StoreError> {
    workstation.store().read(|tx| {
        let mut statement = tx.prepare_cached("SELECT order_id FROM shop_order")?;
        let ids = statement.query_map([], |row| row.get(0).map(OrderId))?;
        let mut told = BTreeMap::new();
        for id in ids.collect::<Result<Vec<_>, _>>()? {
            let loaded = orders::load(tx, id)?;
            told.insert(id, format!("{:?} {:?}", loaded.order, loaded.docket));
        }
        Ok(told)
    })
}
