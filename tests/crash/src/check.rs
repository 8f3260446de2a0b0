//! What a till's file holds, checked from its bytes, against what the till had shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use domain::event::Event;
use domain::id::OrderId;
use domain::order::{Order, Settlement, Stamp};
use fiscal::Money;
use fiscal::ticket::{Ticket, TicketSeries};
use journal::{Batch, Entry, MAX_BATCH_ENTRIES, PublicKey, RawEntry, Seq, Signature};
use pos_core::print::job::{JobId, JobState};
use pos_core::store::journals::{self, Branch, Held};
use pos_core::store::{Store, settings, tickets};
use pos_core::{print, runtime};

use crate::Shown;

/// What the file holds.
#[derive(Clone, Debug, Default)]
pub struct Books {
    /// Every order of the till's own journal.
    pub orders: BTreeMap<OrderId, Order>,
    /// The number of every ticket, in the order of the series.
    pub tickets: Vec<String>,
    /// What all tickets come to.
    pub perpetual: Money,
    /// How many entries the journal has.
    pub entries: u64,
}

/// Opens the file in `folder` of a till that runs or was killed, and holds it against what the till
/// had shown as done.
///
/// The chain is recomputed from the stored bytes and every seal checked (J2, J3); every ticket is
/// checked and follows the one before, number, signature and perpetual totals (J6); no order number is
/// used twice; a transaction is there whole or not at all (J5).
///
/// # Errors
///
/// What is missing, torn, doubled or numbered twice.
pub fn check(folder: &Path, shown: &Shown) -> Result<Books> {
    let mut store = Store::open(&folder.join(runtime::FILE))?;
    let books = store.read(|tx| {
        let held = journals::own(tx)?.context("a till that is set up has a journal")?;
        let batches = sealed_batches(tx, &held)?;
        let identity = settings::identity(tx)?.context("a till that is set up is somebody")?;
        let journal = held.tip.journal;
        let empty = TicketSeries::open(&identity.shop, &identity.label, &journal);
        let (books, series) = read(&batches, &held.public_key, empty)?;
        let till = fiscal::till_name(journal::Purpose::Live, &identity.shop, &identity.label);
        let stored = tickets::series(tx, &till, journal)?;
        ensure!(stored == series, "the next ticket hangs on {stored:?}, the last was {series:?}");
        for (job, ticket) in &shown.queued {
            let job = print::store::load(tx, JobId(*job)).context("the print queue")?;
            let job = job.with_context(|| format!("the receipt of {ticket} left the queue"))?;
            ensure!(job.reference == *ticket, "the receipt of {ticket} is {}'s", job.reference);
            ensure!(
                job.state != JobState::Failed && job.state != JobState::Dropped,
                "the receipt of {ticket} is {:?}",
                job.state
            );
        }
        Ok::<_, anyhow::Error>(books)
    })?;
    hold_against(&books, shown)?;
    Ok(books)
}

/// The journal from its first byte on, transaction by transaction.
fn sealed_batches(tx: &rusqlite::Transaction<'_>, held: &Held) -> Result<Vec<Batch>> {
    let mut batches: Vec<Batch> = Vec::new();
    let mut open: Vec<RawEntry> = Vec::new();
    let mut after = Seq(0);
    loop {
        let journal = held.tip.journal;
        let rows = journals::read_after(tx, journal, Branch::ORDINARY, after, MAX_BATCH_ENTRIES)?;
        let Some(count) = u64::try_from(rows.len()).ok().filter(|count| 0 < *count) else {
            break;
        };
        after = Seq(after.0 + count);
        for (entry, seal) in rows {
            open.push(entry);
            if let Some(seal) = seal {
                let batch = believe(batches.last(), &held.public_key, &open, &seal)?;
                batches.push(batch);
                open.clear();
            }
        }
    }
    ensure!(open.is_empty(), "{} entries after the last seal", open.len());
    let tip = batches.last().map(Batch::tip);
    ensure!(tip == Some(held.tip), "the journal ends at {tip:?} and not at {:?}", held.tip);
    Ok(batches)
}

fn believe(
    before: Option<&Batch>,
    key: &PublicKey,
    entries: &[RawEntry],
    seal: &Signature,
) -> Result<Batch> {
    match before {
        None => Ok(journal::check_first(entries, seal)?.1),
        Some(before) => Ok(journal::check(before.tip(), before.last_tick(), key, entries, seal)?),
    }
}

/// Folds the journal: orders, and the series of its tickets.
fn read(
    batches: &[Batch],
    key: &PublicKey,
    mut series: TicketSeries,
) -> Result<(Books, TicketSeries)> {
    let mut facts: BTreeMap<OrderId, Vec<(Stamp, domain::order::Fact)>> = BTreeMap::new();
    let mut books = Books::default();
    for entry in batches.iter().flat_map(|batch| &batch.entries) {
        books.entries += 1;
        let (Some(body), Some(subject)) = (&entry.body, entry.header.subject) else {
            continue;
        };
        let fact = if entry.header.kind == fiscal::kind::TICKET {
            let ticket = Ticket::decode(body).context("a ticket that cannot be read")?;
            ticket.check(key, series.previous.as_deref())?;
            series = series.after(&ticket)?;
            books.tickets.push(ticket.number.clone());
            Settlement::from(&ticket.read()?).into()
        } else {
            match Event::decode(entry.header.kind, entry.header.kind_version, body)? {
                Some(Event::Order(event)) => event.into(),
                Some(Event::Kitchen(event)) => event.into(),
                Some(
                    Event::Publication(_) | Event::Staff(_) | Event::LeftSet(_) | Event::Mesh(_),
                )
                | None => {
                    continue;
                }
            }
        };
        facts.entry(OrderId::from(subject)).or_default().push((Stamp::from(entry), fact));
    }
    for (id, facts) in facts {
        let (order, broken) = Order::fold(id, facts);
        ensure!(broken.is_empty(), "order {id} cannot have happened: {broken:?}");
        books.orders.insert(id, order);
    }
    books.perpetual = series.perpetual_algebraic;
    each_transaction_is_whole(batches, &books)?;
    Ok((books, series))
}

/// What belongs together is in one transaction, or not there at all.
fn each_transaction_is_whole(batches: &[Batch], books: &Books) -> Result<()> {
    let mut labels = BTreeSet::new();
    for (id, order) in &books.orders {
        let label = order.label().with_context(|| format!("order {id} was never opened"))?;
        ensure!(labels.insert(label.to_owned()), "two orders are called {label}");
        ensure!(!order.lines().is_empty(), "{label} has no lines");
        let is_sent = |it: &domain::order::OrderLine| !it.line.made_in_kitchen || it.sent.is_some();
        let sent = order.lines().iter().all(is_sent);
        ensure!(sent || order.is_held() || order.cancelled().is_some(), "{label} is nowhere");
        ensure!(order.possible_doubles().next().is_none(), "{label} is paid twice");
        ensure!(
            order.settlements().len() <= 1
                && (order.settlements().is_empty() || order.due() == Money::ZERO),
            "{label} is paid in part"
        );
    }
    for batch in batches {
        let orders: BTreeSet<_> = batch.entries.iter().filter_map(subject).collect();
        ensure!(orders.len() <= 1, "one transaction is about {} orders", orders.len());
    }
    Ok(())
}

fn subject(entry: &Entry) -> Option<OrderId> {
    entry.header.subject.map(OrderId::from)
}

/// Whether all that was shown is there, once.
fn hold_against(books: &Books, shown: &Shown) -> Result<()> {
    for (id, label) in &shown.orders {
        let Some(order) = books.orders.get(id) else {
            bail!("{label} was shown and is not there");
        };
        ensure!(order.label() == Some(label), "{label} is now {:?}", order.label());
    }
    for paid in &shown.tickets {
        let count = books.tickets.iter().filter(|number| **number == paid.ticket).count();
        ensure!(count == 1, "ticket {} was shown and is there {count} times", paid.ticket);
        let order = books.orders.get(&paid.order).context("the order of a ticket")?;
        let of_ticket = order.settlements().iter().find(|(_, it)| it.ticket == paid.ticket);
        let (_, settled) = of_ticket.with_context(|| format!("{} settles another", paid.ticket))?;
        ensure!(settled.total == paid.total, "{} is {:?}", paid.ticket, settled.total);
    }
    Ok(())
}
