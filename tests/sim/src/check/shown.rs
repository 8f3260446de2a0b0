//! What is shown in the kitchen.

use super::on;
use crate::net::NodeId;
use crate::pc::Pc;
use crate::setting::Failure;
use crate::world::World;
use domain::id::OrderId;
use pos_api::{Answer, Query};
use pos_core::store::StoreError;
use std::collections::BTreeSet;

/// So long after it was sent an order is in the kitchen, in milliseconds.
pub(crate) const SEEN_MS: u64 = 1_000;
/// Whoever had trouble within so many milliseconds may still be finding the other.
const SETTLED_MS: u64 = 40_000;

/// An order that was sent to a kitchen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sending {
    pub(crate) by: NodeId,
    pub(crate) kitchen: NodeId,
    pub(crate) order: OrderId,
    /// When, in milliseconds since the run began.
    pub(crate) at: u64,
}

/// L2: the kitchen has an order a second after it was sent, where there is a way: whatever else is wrong
/// with the centre and with others.
pub(crate) fn seen(world: &mut World, sending: Sending) -> Result<(), Failure> {
    let Sending { by, kitchen, order, at } = sending;
    let ends = [by, kitchen];
    let is_well = |node: &NodeId| {
        world.pcs[*node].as_ref().is_some_and(|pc| pc.is_up() && pc.counts() && pc.ails.is_well())
            && world.troubled.get(node).is_none_or(|last| last + SETTLED_MS < at)
    };
    if !ends.iter().all(is_well) || !world.is_fine(by, kitchen) {
        return Ok(());
    }
    let Some(pc) = world.pc(kitchen) else { return Ok(()) };
    let Some(running) = &mut pc.running else { return Ok(()) };
    let found = running.workstation.store().read(|tx| {
        let count = "SELECT count(*) FROM shop_order WHERE order_id = ?1";
        Ok::<_, StoreError>(tx.query_row(count, [&order.0[..]], |row| row.get::<_, i64>(0))?)
    });
    match found {
        Ok(0) => Err(on("L2 kitchen sees", pc, format!("{order:?} of node {by} is not there"))),
        Ok(_) => Ok(()),
        Err(error) => Err(on("L2 kitchen sees", pc, error.to_string())),
    }
}

/// L3: each line is shown once.
pub(super) fn once(pc: &mut Pc) -> Result<(), Failure> {
    let Some(Answer::Kitchen(kitchen)) = pc.query(Query::Kitchen) else {
        return Err(on("L3 kitchen once", pc, "the kitchen's screen cannot be shown"));
    };
    let mut lines = BTreeSet::new();
    let mut orders = BTreeSet::new();
    for card in &kitchen.cards {
        if !orders.insert(card.order) {
            return Err(on("L3 kitchen once", pc, format!("{} is shown twice", card.label)));
        }
        for line in &card.lines {
            if !lines.insert((card.order, line.line)) {
                return Err(on("L3 kitchen once", pc, format!("a line of {} twice", card.label)));
            }
        }
    }
    Ok(())
}
