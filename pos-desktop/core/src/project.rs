//! From stored entries to the tables that screens read: the same for our own and for others'.

use crate::clock::Zone;
use crate::store::StoreError;
use crate::store::documents::{self, Place};
use crate::store::journals::{self, Branch, Held, Stored};
use crate::store::{days, early, ended, orders, publications, roles, settings, tickets, vouches};
use domain::event::Event;
use domain::id::OrderId;
use domain::{mesh, order};
use fiscal::ticket::Ticket;
use journal::{Batch, Entry, Purpose};
use rusqlite::Transaction;
use std::collections::BTreeSet;

/// Brings every projection up to date with entries that were just stored, in the same transaction.
///
/// An entry that cannot be read stays in the journal and is left out of the fold, with a line in
/// the log: one bad entry stops nothing else.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn batch(tx: &Transaction<'_>, batch: &Batch, branch: Branch) -> Result<(), StoreError> {
    let tip = batch.tip();
    let first = batch.entries.first().map_or(tip.seq, |entry| entry.header.seq);
    early::arrived(tx, tip.journal, first, tip.seq)?;
    let mut touched = BTreeSet::new();
    for entry in &batch.entries {
        if let Some(order) = one(tx, entry, branch)? {
            touched.insert(order);
        }
    }
    for order in touched {
        orders::project(tx, order)?;
    }
    Ok(())
}

/// Menu, prices, staff and who belongs to the shop are the centre's to say, where there is one: no
/// workstation takes them from another. A centre that was set back goes on in a new journal, which
/// its key seals and nobody else's can.
fn may_publish(tx: &Transaction<'_>, stored: &Stored) -> Result<bool, StoreError> {
    let Some(centre) = settings::centre(tx)? else {
        return Ok(true);
    };
    if centre.journal == stored.journal {
        return Ok(true);
    }
    let chains = journals::find(tx, stored.journal)?;
    let is_its = |it: &Held| it.purpose == Purpose::Centre && it.public_key == centre.key;
    Ok(chains.first().is_some_and(is_its))
}

/// Projects one entry; answers the order it is about.
fn one(tx: &Transaction<'_>, entry: &Entry, branch: Branch) -> Result<Option<OrderId>, StoreError> {
    let Some(body) = &entry.body else {
        return Ok(None);
    };
    let order = entry.header.subject.map(OrderId::from);
    let kind = entry.header.kind;
    if kind == fiscal::kind::TICKET
        && let (Some(order), Some(ticket)) = (order, Ticket::decode(body))
    {
        tickets::project(tx, entry.journal(), branch, entry.header.seq, order, &ticket)?;
    }
    let at = Place { journal: entry.journal(), branch, seq: entry.header.seq };
    if let Some(signed) = documents::project(tx, at, kind, body)? {
        days::project(tx, at, &signed)?;
        return Ok(order);
    }
    match Event::decode(kind, entry.header.kind_version, body) {
        Ok(Some(Event::Order(order::Event::Opened(opened)))) => {
            keep_number(tx, entry, &opened.label)?;
            Ok(order)
        }
        Ok(Some(Event::Order(_) | Event::Kitchen(_))) | Ok(None) => Ok(order),
        Ok(Some(Event::Publication(event))) => {
            let stored =
                Stored { journal: entry.journal(), header: entry.header.clone(), body: None };
            if may_publish(tx, &stored)? {
                publications::project(tx, &stored, &event)?;
            } else {
                tracing::error!(journal = %stored.journal, seq = %stored.header.seq,
                    "published by another than the centre: left out");
            }
            Ok(None)
        }
        Ok(Some(Event::Mesh(event))) => {
            roles::project(tx, at, entry.header.tick, &event)?;
            mesh(tx, entry, &event)?;
            Ok(None)
        }
        Ok(Some(Event::Staff(_) | Event::LeftSet(_))) => Ok(None),
        Err(broken) => {
            let (journal, seq) = (entry.journal(), entry.header.seq);
            tracing::warn!(%journal, %seq, %broken, "left out of every fold");
            Ok(order)
        }
    }
}

/// Keeps the number of an order from being given again, where another workstation opened it under the
/// label that this one has now: the one that this one replaces.
fn keep_number(tx: &Transaction<'_>, entry: &Entry, label: &str) -> Result<(), StoreError> {
    let Some((prefix, number)) = label.rsplit_once('-') else {
        return Ok(());
    };
    let (Some(own), Ok(number)) = (settings::label(tx)?, number.parse::<u64>()) else {
        return Ok(());
    };
    if own != prefix || journals::find(tx, entry.journal())?.iter().any(|held| held.own) {
        return Ok(());
    }
    // The shop's sheet may still be on its way: then the day is the usual one.
    let shop = publications::shop(tx)?;
    let zone = shop.as_ref().map_or("Europe/Paris", |shop| &shop.timezone);
    let cut_hour = shop.as_ref().map_or(fiscal::time::DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
    let day = Zone::named(zone).moment(entry.header.wall_ms).business_date(cut_hour);
    settings::raise_order_number(tx, day, number.saturating_add(1))
}

/// Projects what workstations settled among themselves.
fn mesh(tx: &Transaction<'_>, entry: &Entry, event: &mesh::Event) -> Result<(), StoreError> {
    let at = Stored { journal: entry.journal(), header: entry.header.clone(), body: None };
    match event {
        mesh::Event::Vouched(vouched) => vouches::project(tx, &at, vouched),
        mesh::Event::Ended(ended) => ended::project(tx, &at, ended),
        mesh::Event::RoleTaken(_)
        | mesh::Event::PaymentAsked(_)
        | mesh::Event::PaymentGranted(_)
        | mesh::Event::DrillBegan(_)
        | mesh::Event::DrillEnded(_) => Ok(()),
    }
}
