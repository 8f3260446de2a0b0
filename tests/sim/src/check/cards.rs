//! Customers' cards, which are in no journal: what is noted of them is true, and nothing on them grows
//! older.

use super::{failed, on};
use crate::mutant::without;
use crate::net::NodeId;
use crate::pc::Pc;
use crate::setting::Failure;
use crate::world::World;
use domain::card::Card;
use domain::id::CustomerId;
use journal::PublicKey;
use pos_core::store;
use std::collections::BTreeMap;

/// The cards of somebody's list by their places in it.
type List = Vec<(u64, Card)>;

/// S2: in the shop of this workstation, whoever has noted that another's list is merged up to a place
/// has what stands in it up to there; and no field of any card becomes older than it was.
pub(crate) fn cards(world: &mut World, node: NodeId) -> Result<(), Failure> {
    let mutant = world.setting.mutant;
    let Some(shop) = world.pcs[node].as_ref().map(|pc| pc.shop) else {
        return Ok(());
    };
    let mut keys: BTreeMap<PublicKey, usize> = BTreeMap::new();
    for pc in world.pcs.iter().flatten() {
        *keys.entry(pc.key).or_default() += 1;
    }
    let mut lists: Vec<(PublicKey, List)> = Vec::new();
    for pc in world.pcs.iter_mut().flatten().filter(|pc| pc.shop == shop && pc.is_up()) {
        let Some(list) = list_of(pc) else { continue };
        let held: BTreeMap<CustomerId, Card> =
            list.iter().map(|(_, card)| (card.id, card.clone())).collect();
        let older = without(mutant, || pc.cards.values().find(|it| !has(&held, it)).cloned());
        if let Some(card) = older {
            return Err(on("S2 effect once", pc, format!("a card is older than it was: {card:?}")));
        }
        pc.cards = held;
        // What others noted of a list may be of another of its lives, or of a copy's.
        if !pc.was_set_back && !pc.ails.lies && keys[&pc.key] == 1 {
            lists.push((pc.key, list));
        }
    }
    for pc in world.pcs.iter_mut().flatten().filter(|pc| pc.shop == shop && pc.is_up()) {
        let own = pc.key;
        for (key, list) in lists.iter().filter(|(key, _)| *key != own) {
            let Some(merged) = merged_of(pc, key) else { continue };
            let lacks = without(mutant, || lacks(&pc.cards, list, merged));
            if let Some((place, card)) = lacks {
                let by = crate::trace::short(key.as_bytes());
                let what =
                    format!("merged {by}'s cards to {merged}, and lacks {card:?} at {place}");
                return Err(on("S2 effect once", pc, what));
            }
        }
    }
    let books = &world.centre.halves[shop].books;
    for (key, list) in &lists {
        let merged = books.merged.get(key).copied().unwrap_or(0);
        if let Some((place, card)) = without(mutant, || lacks(&books.cards, list, merged)) {
            let by = crate::trace::short(key.as_bytes());
            let what =
                format!("the centre merged {by}'s to {merged}, and lacks {card:?} at {place}");
            return Err(failed("S2 effect once", what));
        }
    }
    Ok(())
}

/// What stands in a list up to a place and is not held, or is held older.
fn lacks(held: &BTreeMap<CustomerId, Card>, list: &List, merged: u64) -> Option<(u64, Card)> {
    list.iter().find(|(place, card)| *place <= merged && !has(held, card)).cloned()
}

/// Whether a card is held, with everything that stands on it, or what came later.
fn has(held: &BTreeMap<CustomerId, Card>, card: &Card) -> bool {
    held.get(&card.id).is_some_and(|here| {
        let mut both = here.clone();
        both.merge(card.clone());
        both == *here
    })
}

fn list_of(pc: &mut Pc) -> Option<List> {
    let running = pc.running.as_mut().filter(|_| !pc.disk.is_off())?;
    let read = running.workstation.store().read(|tx| store::cards::after(tx, 0, 10_000));
    let cards = read.ok()?.into_iter();
    cards.map(|(place, card)| Some((place, Card::decode(&card).ok()?))).collect()
}

fn merged_of(pc: &mut Pc, key: &PublicKey) -> Option<u64> {
    let running = pc.running.as_mut().filter(|_| !pc.disk.is_off())?;
    let read = running.workstation.store().read(|tx| store::cards::feed(tx, key));
    read.map(|(merged, _)| merged).ok()
}
