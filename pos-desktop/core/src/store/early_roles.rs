//! What workstations settled among themselves, as far as it is known ahead of the history alone: a PC
//! that is far behind must know whom to ask, and that it was given leave.

use super::StoreError;
use super::early::{self, Settling};
use super::roles::GrantRow;
use domain::event::{Event, kind};
use domain::id::OrderId;
use domain::mesh::payment::Asked;
use domain::mesh::roles::MAX_TERM;
use domain::mesh::{self, Role};
use domain::order::Stamp;
use journal::PublicKey;
use rusqlite::Transaction;
use std::collections::BTreeSet;

/// Who took a role, in any term.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub(super) fn taken(tx: &Transaction<'_>, role: Role) -> Result<Vec<(u64, PublicKey)>, StoreError> {
    let took = |(it, event): (Settling, mesh::Event)| match event {
        mesh::Event::RoleTaken(taken) if taken.role == role && taken.term <= MAX_TERM => {
            Some((taken.term, it.key))
        }
        mesh::Event::RoleTaken(_)
        | mesh::Event::PaymentAsked(_)
        | mesh::Event::PaymentGranted(_)
        | mesh::Event::Vouched(_)
        | mesh::Event::Ended(_)
        | mesh::Event::DrillBegan(_)
        | mesh::Event::DrillEnded(_) => None,
    };
    Ok(settling(tx)?.into_iter().filter_map(took).collect())
}

/// Everybody who asked to take the money of an order, with the order.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub(super) fn asked(tx: &Transaction<'_>) -> Result<Vec<(OrderId, Asked)>, StoreError> {
    let ask = |(it, event): (Settling, mesh::Event)| match event {
        mesh::Event::PaymentAsked(asked) => {
            Some((asked.order, Asked { at: stamp(&it), by: it.key }))
        }
        mesh::Event::RoleTaken(_)
        | mesh::Event::PaymentGranted(_)
        | mesh::Event::Vouched(_)
        | mesh::Event::Ended(_)
        | mesh::Event::DrillBegan(_)
        | mesh::Event::DrillEnded(_) => None,
    };
    Ok(settling(tx)?.into_iter().filter_map(ask).collect())
}

/// Every leave to take the money of an order, with the order, whoever gave it.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub(super) fn granted(tx: &Transaction<'_>) -> Result<Vec<(OrderId, GrantRow)>, StoreError> {
    let mut rows = Vec::new();
    for (it, event) in settling(tx)? {
        match event {
            mesh::Event::PaymentGranted(granted) if granted.term <= MAX_TERM => {
                let row = GrantRow {
                    term: granted.term,
                    by: it.key,
                    at: stamp(&it),
                    journal: granted.to,
                    to: early::key_of(tx, granted.to)?,
                };
                rows.push((granted.order, row));
            }
            mesh::Event::PaymentGranted(_)
            | mesh::Event::RoleTaken(_)
            | mesh::Event::PaymentAsked(_)
            | mesh::Event::Vouched(_)
            | mesh::Event::Ended(_)
            | mesh::Event::DrillBegan(_)
            | mesh::Event::DrillEnded(_) => {}
        }
    }
    Ok(rows)
}

/// The orders that any of it is about.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub(super) fn orders(tx: &Transaction<'_>) -> Result<BTreeSet<OrderId>, StoreError> {
    let asked = asked(tx)?.into_iter().map(|(order, _)| order);
    Ok(asked.chain(granted(tx)?.into_iter().map(|(order, _)| order)).collect())
}

fn settling(tx: &Transaction<'_>) -> Result<Vec<(Settling, mesh::Event)>, StoreError> {
    let found = early::of_kinds(tx, kind::ROLE_TAKEN, kind::PAYMENT_GRANTED)?;
    let read = |it: Settling| match Event::decode(it.header.kind, it.header.kind_version, &it.body)
    {
        Ok(Some(Event::Mesh(event))) => Some((it, event)),
        Ok(
            Some(
                Event::Order(_)
                | Event::Kitchen(_)
                | Event::Publication(_)
                | Event::Staff(_)
                | Event::LeftSet(_),
            )
            | None,
        )
        | Err(_) => None,
    };
    Ok(found.into_iter().filter_map(read).collect())
}

/// As the tables of what is on its chain have it: the clock is a label, and no part of any order.
const fn stamp(it: &Settling) -> Stamp {
    Stamp { tick: it.header.tick, journal: it.journal, seq: it.header.seq, wall_ms: 0 }
}
