//! L5: what somebody else said it holds is there when a disk has burnt.

use super::failed;
use crate::net::{CENTRE, NodeId};
use crate::setting::Failure;
use crate::world::World;
use journal::{EntryHash, JournalId, PublicKey, Seq, Tip};
use pos_core::store::StoreError;
use rusqlite::{Connection, OpenFlags};

/// An entry of a disk that burnt, and who had said to hold it.
#[derive(Clone, Debug)]
pub(crate) struct Witnessed {
    shop: usize,
    /// Whose disk it was.
    burnt: PublicKey,
    label: String,
    tip: Tip,
    by: PublicKey,
}

/// How far the own journals of a disk that burns now are held by others, as its safety line counts.
pub(crate) fn remember_witnessed(world: &mut World, node: NodeId) {
    let Some(pc) = world.pc(node) else { return };
    let (shop, burnt, label) = (pc.shop, pc.key, pc.label.clone());
    let Ok(found) = read(&pc.disk.path(crate::template::FILE)) else {
        // The disk cannot be read any more.
        return;
    };
    let found = found.into_iter().map(|(tip, by)| {
        let label = label.clone();
        Witnessed { shop, burnt, label, tip, by }
    });
    world.ledger.witnessed.extend(found);
}

fn read(path: &std::path::Path) -> Result<Vec<(Tip, PublicKey)>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("held_by");
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let mut statement = connection.prepare(
        "SELECT held_by.peer, entry.journal, entry.seq, entry.hash
           FROM held_by
           JOIN journal USING (journal)
           JOIN chain ON chain.journal = held_by.journal AND chain.branch = x''
           JOIN entry ON entry.journal = held_by.journal AND entry.branch = x''
                     AND entry.seq = min(held_by.seq, chain.tip_seq)
          WHERE journal.own = 1",
    )?;
    let mut rows = statement.query([])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes = |column: usize| row.get::<_, Vec<u8>>(column);
        let by = PublicKey::from_bytes(&bytes(0)?).map_err(|_| BROKEN)?;
        let seq: i64 = row.get(2)?;
        let tip = Tip {
            journal: JournalId::try_from(bytes(1)?.as_slice()).map_err(|_| BROKEN)?,
            seq: Seq(seq.unsigned_abs()),
            hash: EntryHash::try_from(bytes(3)?.as_slice()).map_err(|_| BROKEN)?,
        };
        found.push((tip, by));
    }
    Ok(found)
}

/// L5: one disk that burnt took nothing with it that another had said to hold. Left out is what only
/// those had said whose own disk was lost or set back, and what was written by somebody who was
/// taken out of the shop.
pub(super) fn survive(world: &World) -> Result<(), Failure> {
    let centre = world.centre.public_key();
    let is_sound = |key: &PublicKey| {
        if *key == centre {
            return !world.ledger.centre_was_set_back;
        }
        let mut its = world.pcs.iter().flatten().filter(|pc| pc.key == *key).peekable();
        its.peek().is_some() && its.all(|pc| pc.counts()) && !world.ledger.spoilt.contains(key)
    };
    let revoked = world.revoked();
    for it in &world.ledger.witnessed {
        let is_out = revoked.contains(&it.burnt) || world.ledger.spoilt.contains(&it.burnt);
        let books = &world.centre.halves[it.shop].books;
        if is_out || !is_sound(&it.by) || books.holds(it.tip) {
            continue;
        }
        let who = if it.by == centre { CENTRE } else { node_of(world, &it.by) };
        let what = format!(
            "{} burnt: node {who} had said that it holds {}, and nobody does",
            it.label,
            super::level::told(&it.tip)
        );
        return Err(failed("L5 two copies", what));
    }
    Ok(())
}

fn node_of(world: &World, key: &PublicKey) -> NodeId {
    world.pcs.iter().flatten().find(|pc| pc.key == *key).map_or(0, |pc| pc.node)
}
