//! What a workstation knows of what others hold: never more than they do, and enough to notice that it
//! was set back.

use super::{failed, on};
use crate::net::{CENTRE, NodeId};
use crate::pc::Pc;
use crate::setting::Failure;
use crate::world::World;
use journal::{JournalId, Seq, Tip};
use pos_core::store::{StoreError, journals};
use std::collections::BTreeMap;

/// L5: what a workstation counts as held by another is on that other's disk. One that was set back may
/// not have been heard since, unless all is well again (`is_healed`). Whoever was taken out of the shop is
/// told nothing more, and counts what is kept apart.
pub(crate) fn claims(world: &mut World, is_healed: bool) -> Result<(), Failure> {
    let mut ends: BTreeMap<Vec<u8>, Option<BTreeMap<JournalId, Seq>>> = BTreeMap::new();
    for pc in world.pcs.iter_mut().flatten() {
        let is_heard = is_healed && !pc.is_revoked;
        let is_unread = pc.was_set_back && !is_heard || pc.ails.lies;
        let held = if is_unread { None } else { ends_at(pc) };
        // Two with one key cannot be told apart.
        ends.entry(pc.key.as_bytes().to_vec()).and_modify(|it| *it = None).or_insert(held);
    }
    let centre = world.centre.public_key().as_bytes().to_vec();
    for node in world.nodes() {
        let World { pcs, centre: books, .. } = world;
        let is_read = |pc: &&mut Pc| pc.is_up() && !pc.is_revoked && !pc.disk.is_off();
        let Some(pc) = pcs[node].as_mut().filter(is_read) else {
            continue;
        };
        for (peer, journal, seq) in said_to_hold(pc) {
            let there = if peer == centre {
                let half = &books.halves[pc.shop].books;
                let ends = half.journals.get(&journal).map(|it| it.ends());
                let ends = ends.into_iter().flatten().map(|end| end.seq);
                // What is kept apart there is held, and stands in no chain.
                let is_told = !half.parked.contains(&journal);
                let is_told = is_told && (is_healed || !books.was_set_back);
                is_told.then(|| ends.max().unwrap_or_default())
            } else {
                let ends = ends.get(&peer).and_then(Option::as_ref);
                ends.map(|ends| ends.get(&journal).copied().unwrap_or_default())
            };
            if there.is_some_and(|there| there < seq) {
                let by = crate::trace::short(&peer);
                let what = format!("{journal} is said to be held by {by} to {seq}, not {there:?}");
                return Err(on("L5 two copies", pc, what));
            }
        }
    }
    Ok(())
}

/// How far each journal goes on its disk; `None` where that cannot be read now.
fn ends_at(pc: &mut Pc) -> Option<BTreeMap<JournalId, Seq>> {
    let running = pc.running.as_mut().filter(|_| !pc.disk.is_off())?;
    let held = running.workstation.store().read(journals::all).ok()?;
    let mut ends: BTreeMap<JournalId, Seq> = BTreeMap::new();
    for tip in held.into_iter().map(|it| it.tip) {
        let end = ends.entry(tip.journal).or_default();
        *end = tip.seq.max(*end);
    }
    Some(ends)
}

fn said_to_hold(pc: &mut Pc) -> Vec<(Vec<u8>, JournalId, Seq)> {
    let Some(running) = &mut pc.running else {
        return Vec::new();
    };
    let read = running.workstation.store().read(|tx| {
        let mut statement = tx.prepare_cached("SELECT peer, journal, seq FROM held_by")?;
        let rows = statement.query_map([], |row| {
            let seq = row.get::<_, i64>(2)?.unsigned_abs();
            Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?, seq))
        })?;
        Ok::<_, StoreError>(rows.collect::<Result<Vec<_>, _>>()?)
    });
    let rows = read.unwrap_or_default().into_iter();
    let journal = |bytes: Vec<u8>| JournalId::try_from(bytes.as_slice()).ok();
    rows.filter_map(|(peer, id, seq)| Some((peer, journal(id)?, Seq(seq)))).collect()
}

/// S10: one that was set back does not go on in a journal of which its anchor file (`marks`), or
/// anybody that could be `asked`, knows an entry that it lacks.
pub(crate) fn rollback_seen(
    world: &mut World,
    node: NodeId,
    marks: Vec<Tip>,
    reached: &[NodeId],
) -> Result<(), Failure> {
    let shop = world.pcs[node].as_ref().map_or(0, |pc| pc.shop);
    let mut known: Vec<(NodeId, Tip)> = marks.into_iter().map(|tip| (node, tip)).collect();
    for other in reached {
        if *other == CENTRE {
            let tips = world.centre.halves[shop].books.tips();
            known.extend(tips.into_iter().map(|tip| (CENTRE, tip)));
        } else if let Some(running) = world.pc(*other).and_then(|pc| pc.running.as_mut()) {
            let tips = running.workstation.store().read(journals::tips);
            known.extend(tips.unwrap_or_default().into_iter().map(|tip| (*other, tip)));
        }
    }
    let Some(pc) = world.pc(node) else {
        return Ok(());
    };
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let own = running.workstation.tip().map(|tip| tip.journal);
    for (by, tip) in known.into_iter().filter(|(_, it)| Some(it.journal) == own) {
        let held = running.workstation.store().read(|tx| journals::chain_of(tx, tip));
        if held.map_err(|error| failed("S10 rollback seen", error.to_string()))?.is_none() {
            let tip = super::level::told(&tip);
            let what = format!("goes on in {tip}'s journal, though node {by} knows that");
            return Err(on("S10 rollback seen", pc, what));
        }
    }
    Ok(())
}
