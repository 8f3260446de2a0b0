//! Orders: folded from their entries each time they are read, so that what arrived late, twice or
//! out of order gives the same order as everywhere else.

use super::StoreError;
use super::journals::{self, Stored};
use domain::event::Event;
use domain::id::OrderId;
use domain::kitchen::Docket;
use domain::order::{Fact, Order, Settlement, Stamp};
use fiscal::record::SeriesKind;
use fiscal::ticket::Ticket;
use rusqlite::{Transaction, named_params};

/// An order with what the kitchen did to it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// What the kitchen makes of it.
    pub docket: Option<Docket>,
    /// The tickets, as signed.
    pub tickets: Vec<Ticket>,
    /// It holds entries that this version does not understand: no money is taken for it.
    pub newer: bool,
    /// The latest that a clock said when something happened to it, in ms since 1970 UTC; `None` where
    /// nothing did. Two histories of one journal may hold two entries at one place: the latest is the
    /// same whichever came first.
    pub changed_ms: Option<i64>,
}

impl Loaded {
    /// Whether it belongs on the board or in the kitchen: something is left to do with it, be it only
    /// that the kitchen has yet to notice that what it had begun is not wanted any more.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let unnoticed = self.order.cancelled().is_some()
            && self.docket.as_ref().is_some_and(|docket| !docket.is_done());
        !self.order.is_finished() || unnoticed
    }
}

/// Folds one order. An order nobody opened here is one of which nothing is known.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub fn load(tx: &Transaction<'_>, id: OrderId) -> Result<Loaded, StoreError> {
    let entries = journals::about(tx, id.into())?;
    let mut facts = Vec::with_capacity(entries.len());
    let mut tickets = Vec::new();
    let mut newer = false;
    for entry in &entries {
        let Some(body) = &entry.body else {
            continue;
        };
        let kind = entry.header.kind;
        if kind == fiscal::kind::TICKET {
            match Ticket::decode(body).and_then(|it| settlement(&it).map(|settled| (it, settled))) {
                Some((ticket, settlement)) => {
                    facts.push((stamp(entry), Fact::Settled(settlement)));
                    tickets.push(ticket);
                }
                // Something was sold that this version cannot read.
                None => newer = true,
            }
            continue;
        }
        // What was printed of it or noted about it changes nothing of the order.
        if SeriesKind::of_kind(kind).is_some() {
            continue;
        }
        match Event::decode(kind, entry.header.kind_version, body) {
            Ok(Some(Event::Order(event))) => facts.push((stamp(entry), Fact::Order(event))),
            Ok(Some(Event::Kitchen(event))) => facts.push((stamp(entry), Fact::Kitchen(event))),
            Ok(Some(Event::Publication(_) | Event::Staff(_) | Event::LeftSet(_))) => {}
            Ok(None) | Err(_) => newer = true,
        }
    }
    let (order, broken) = Order::fold(id, facts.iter().cloned());
    for (at, why) in broken {
        tracing::warn!(order = %id, journal = %at.journal, seq = %at.seq, %why, "left out of a fold");
    }
    let docket = Docket::fold(id, facts);
    let changed_ms = entries.iter().map(|entry| entry.header.wall_ms).max();
    Ok(Loaded { order, docket, tickets, newer, changed_ms })
}

/// What a ticket settles of its order; `None` where its document cannot be read.
fn settlement(ticket: &Ticket) -> Option<Settlement> {
    ticket.read().ok().as_ref().map(Settlement::from)
}

fn stamp(entry: &Stored) -> Stamp {
    Stamp {
        tick: entry.header.tick,
        journal: entry.journal,
        seq: entry.header.seq,
        wall_ms: entry.header.wall_ms,
    }
}

/// Brings an order's row up to date with its entries. Nothing in it depends on when they arrived.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub fn project(tx: &Transaction<'_>, id: OrderId) -> Result<(), StoreError> {
    let loaded = load(tx, id)?;
    let changed_ms = loaded.changed_ms.unwrap_or(0);
    let opened_ms = loaded.order.opening().map_or(changed_ms, |opening| opening.at.wall_ms);
    tx.prepare_cached(
        "INSERT INTO shop_order (order_id, open, opened_ms, changed_ms)
         VALUES (:order_id, :open, :opened_ms, :changed_ms)
             ON CONFLICT (order_id)
             DO UPDATE SET open = excluded.open, opened_ms = excluded.opened_ms,
                           changed_ms = excluded.changed_ms",
    )?
    .execute(named_params! {
        ":order_id": id.0,
        ":open": loaded.is_open(),
        ":opened_ms": opened_ms,
        ":changed_ms": changed_ms,
    })?;
    Ok(())
}

/// The orders that are open, oldest first.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn open(tx: &Transaction<'_>) -> Result<Vec<OrderId>, StoreError> {
    ids(tx
        .prepare_cached("SELECT order_id FROM shop_order WHERE open = 1 ORDER BY opened_ms")?
        .query([])?)
}

/// The orders that were finished since a moment (ms since 1970 UTC), latest first, at most 60.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn finished_since(tx: &Transaction<'_>, since_ms: i64) -> Result<Vec<OrderId>, StoreError> {
    ids(tx
        .prepare_cached(
            "SELECT order_id
           FROM shop_order
          WHERE open = 0 AND :since_ms <= changed_ms
          ORDER BY changed_ms DESC
          LIMIT 60",
        )?
        .query(named_params! { ":since_ms": since_ms })?)
}

/// Whether anything is known of an order.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn exists(tx: &Transaction<'_>, id: OrderId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM shop_order WHERE order_id = :order_id")?
        .exists(named_params! { ":order_id": id.0 })?)
}

fn ids(mut rows: rusqlite::Rows<'_>) -> Result<Vec<OrderId>, StoreError> {
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(OrderId(row.get("order_id")?));
    }
    Ok(ids)
}
