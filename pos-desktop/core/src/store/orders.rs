//! Orders: folded from their entries each time they are read, so that what arrived late, twice or
//! out of order gives the same order as everywhere else.

use super::StoreError;
use super::journals::{self, Stored};
use domain::event::Event;
use domain::id::{CustomerId, OrderId};
use domain::kitchen::Docket;
use domain::order::{Fact, Order, Settlement, Stamp};
use fiscal::Money;
use fiscal::record::SeriesKind;
use fiscal::ticket::{Document, Means, Operation, Payment, Ticket};
use fiscal::time::Date;
use journal::mutant::{self, Mutant};
use rusqlite::{Transaction, named_params};

/// An order with what the kitchen did to it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The order.
    pub order: Order,
    /// What the kitchen makes of it.
    pub docket: Option<Docket>,
    /// The tickets, credit notes and corrections, as signed.
    pub tickets: Vec<Ticket>,
    /// What each of them says, in the same order.
    pub documents: Vec<Document>,
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

    /// What tickets of the order took in cash, payments that were corrected as they are now; cash
    /// that credit notes gave back counts for nothing. The ceiling on cash is for all of them.
    #[must_use]
    pub fn cash_taken(&self) -> Money {
        let took = |it: &&Document| match it.operation {
            Operation::Sale | Operation::PaymentCorrection => true,
            Operation::CreditNote => false,
        };
        let payments = self.documents.iter().filter(took).flat_map(|it| &it.payments);
        let cash = payments.filter(|it| it.means == Means::Cash);
        cash.fold(Money::ZERO, |sum, it| sum.saturating_add(it.amount)).max(Money::ZERO)
    }

    /// Whether everything that was paid was given back.
    #[must_use]
    pub fn is_credited(&self) -> bool {
        let sum = |operation: Operation| -> Money {
            let of = self.documents.iter().filter(|it| it.operation == operation);
            of.fold(Money::ZERO, |sum, it| sum.saturating_add(it.total_ttc))
        };
        let given_back = sum(Operation::CreditNote);
        given_back.is_negative()
            && self.order.due() == Money::ZERO
            && sum(Operation::Sale).saturating_add(given_back) == Money::ZERO
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
    let (mut tickets, mut documents) = (Vec::new(), Vec::new());
    let mut newer = false;
    for entry in &entries {
        let Some(body) = &entry.body else {
            continue;
        };
        let kind = entry.header.kind;
        if kind == fiscal::kind::TICKET {
            match Ticket::decode(body).and_then(|it| it.read().ok().map(|document| (it, document)))
            {
                Some((ticket, document)) => {
                    let elsewhere = entries.first().is_some_and(|it| it.journal != entry.journal);
                    if elsewhere && mutant::is(Mutant::TicketSettlesNothing) {
                        continue;
                    }
                    facts.push((stamp(entry), Fact::Settled(Settlement::from(&document))));
                    tickets.push(ticket);
                    documents.push(document);
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
            Ok(Some(
                Event::Publication(_) | Event::Staff(_) | Event::LeftSet(_) | Event::Mesh(_),
            )) => {}
            Ok(None) | Err(_) => newer = true,
        }
    }
    let (order, broken) = Order::fold(id, facts.iter().cloned());
    for (at, why) in broken {
        tracing::warn!(order = %id, journal = %at.journal, seq = %at.seq, %why, "left out of a fold");
    }
    let docket = Docket::fold(id, facts);
    let changed_ms = entries.iter().map(|entry| entry.header.wall_ms).max();
    Ok(Loaded { order, docket, tickets, documents, newer, changed_ms })
}

/// A ticket with the corrections of its payments, and those of them.
#[must_use]
pub fn with_corrections<'a>(
    document: &'a Document,
    documents: &'a [Document],
) -> Vec<&'a Document> {
    let mut family = vec![document];
    for it in documents.iter().filter(|it| it.operation == Operation::PaymentCorrection) {
        let about = it.original.as_ref().map(|it| &it.ticket_no);
        if about.is_some_and(|about| family.iter().any(|it| it.ticket_no == *about)) {
            family.push(it);
        }
    }
    family
}

/// Which of a document's payments a correction among `documents` took away, in their order: one that
/// stands there with the same means, amount, reference and state, on the other side.
#[must_use]
pub fn corrected(document: &Document, documents: &[Document]) -> Vec<bool> {
    let about = |it: &&Document| {
        it.operation == Operation::PaymentCorrection
            && it.original.as_ref().is_some_and(|it| it.ticket_no == document.ticket_no)
    };
    let taken = documents.iter().filter(about).flat_map(|it| &it.payments);
    let mut corrected = vec![false; document.payments.len()];
    for gone in taken.filter(|it| it.amount.is_negative()) {
        let is_it = |(place, it): (usize, &Payment)| {
            let same = (it.means, &it.reference, it.state, &it.issuer)
                == (gone.means, &gone.reference, gone.state, &gone.issuer);
            !corrected[place] && same && it.amount.saturating_add(gone.amount) == Money::ZERO
        };
        if let Some(place) = document.payments.iter().enumerate().position(is_it) {
            corrected[place] = true;
        }
    }
    corrected
}

/// What was paid with meal vouchers on a business day, on any till, of an order and of the other orders
/// of its customer, if it names one: their whole face value, less what was given back.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub fn vouchers_used(
    tx: &Transaction<'_>,
    order: OrderId,
    customer: Option<CustomerId>,
    date: Date,
) -> Result<Money, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT DISTINCT subject
           FROM fiscal_document
           JOIN entry USING (journal, branch, seq)
           JOIN body USING (journal, branch, seq)
          WHERE business_date = :date AND fiscal_document.kind = :ticket
            AND subject IS NOT NULL AND instr(body, :named) <> 0
          UNION
         SELECT subject
           FROM early_entry
          WHERE kind = :ticket AND subject IS NOT NULL AND instr(body, :named) <> 0",
    )?;
    let mut rows = statement.query(named_params! {
        ":date": date.iso(),
        ":ticket": fiscal::kind::TICKET.0,
        ":named": VOUCHERS_ARE_NAMED.as_bytes(),
    })?;
    let mut used = Money::ZERO;
    while let Some(row) = rows.next()? {
        let id = OrderId(row.get("subject")?);
        // What was practised counts nowhere.
        if id != order && (customer.is_none() || !is_of_now(tx, id)?) {
            continue;
        }
        let loaded = load(tx, id)?;
        if id == order || loaded.order.customer() == customer {
            let of_day = loaded.documents.iter().filter(|it| it.business_date == date);
            used = of_day.flat_map(|it| &it.payments).fold(used, |sum, it| match it.means {
                Means::MealVoucher | Means::MealVoucherCard => {
                    sum.saturating_add(it.amount).saturating_add(it.forfeited)
                }
                Means::Cash | Means::Card | Means::Cheque | Means::Staff | Means::Receivable => sum,
            });
        }
    }
    Ok(used.max(Money::ZERO))
}

/// What every document with a payment by vouchers, of paper or a card, holds.
const VOUCHERS_ARE_NAMED: &str = "TITRE_RESTAURANT";

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

/// The orders of now: real ones, or in training those of the workstation's training alone. An order
/// of somebody else's training is shown nowhere, so that no kitchen makes it.
const OF_NOW: &str = "(EXISTS (SELECT 1 FROM entry JOIN journal USING (journal)
                                WHERE subject = order_id AND purpose = 1)
              = EXISTS (SELECT 1 FROM setting WHERE name = 'training' AND value <> 'null')
              AND NOT EXISTS (SELECT 1 FROM entry JOIN journal USING (journal)
                               WHERE subject = order_id AND purpose = 1 AND own = 0))";

/// Whether an order is one of now: nothing is done in training to a real one, nor the other way.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn is_of_now(tx: &Transaction<'_>, id: OrderId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached(&format!(
            "SELECT 1 FROM shop_order WHERE order_id = :order_id AND {OF_NOW}"
        ))?
        .exists(named_params! { ":order_id": id.0 })?)
}

/// The orders that are open, oldest first.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn open(tx: &Transaction<'_>) -> Result<Vec<OrderId>, StoreError> {
    ids(tx
        .prepare_cached(&format!(
            "SELECT order_id FROM shop_order WHERE open = 1 AND {OF_NOW} ORDER BY opened_ms"
        ))?
        .query([])?)
}

/// The orders that were finished since a moment (ms since 1970 UTC), latest first, at most 60.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn finished_since(tx: &Transaction<'_>, since_ms: i64) -> Result<Vec<OrderId>, StoreError> {
    ids(tx
        .prepare_cached(&format!(
            "SELECT order_id
               FROM shop_order
              WHERE open = 0 AND :since_ms <= changed_ms AND {OF_NOW}
              ORDER BY changed_ms DESC
              LIMIT 60"
        ))?
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

/// Whether something is left to do with an order.
///
/// # Errors
///
/// Whatever SQLite says.
pub(super) fn is_open(tx: &Transaction<'_>, id: OrderId) -> Result<bool, StoreError> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM shop_order WHERE order_id = :order_id AND open = 1")?
        .exists(named_params! { ":order_id": id.0 })?)
}

fn ids(mut rows: rusqlite::Rows<'_>) -> Result<Vec<OrderId>, StoreError> {
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.push(OrderId(row.get("order_id")?));
    }
    Ok(ids)
}
