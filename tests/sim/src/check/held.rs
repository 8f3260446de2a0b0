//! What others hold of a workstation's journals: enough for it to notice that it was set back.

use super::{failed, on};
use crate::net::{CENTRE, NodeId};
use crate::setting::Failure;
use crate::world::World;
use journal::Tip;
use pos_core::store::journals;
use std::collections::BTreeSet;

/// S10: one that was set back does not go on in a journal of which its anchor file (`marks`), or
/// anybody that could be `asked`, knows an entry that it lacks.
pub(crate) fn rollback_seen(
    world: &mut World,
    node: NodeId,
    marks: Vec<Tip>,
    reached: &[NodeId],
) -> Result<(), Failure> {
    let shop = world.pcs[node].as_ref().map_or(0, |pc| pc.shop);
    let mut known = marks;
    for other in reached {
        if *other == CENTRE {
            known.extend(world.centre.halves[shop].books.tips());
        } else if let Some(running) = world.pc(*other).and_then(|pc| pc.running.as_mut()) {
            let held = running.workstation.store().read(journals::all);
            known.extend(held.unwrap_or_default().into_iter().map(|it| it.tip));
        }
    }
    let Some(pc) = world.pc(node) else {
        return Ok(());
    };
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let own = running.workstation.tip().map(|tip| tip.journal);
    let known: BTreeSet<Tip> = known.into_iter().filter(|it| Some(it.journal) == own).collect();
    for tip in known {
        let held = running.workstation.store().read(|tx| journals::chain_of(tx, tip));
        if held.map_err(|error| failed("S10 rollback seen", error.to_string()))?.is_none() {
            let what = format!("goes on in {} though {} is known", tip.journal, tip.seq);
            return Err(on("S10 rollback seen", pc, what));
        }
    }
    Ok(())
}
