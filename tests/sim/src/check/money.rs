//! Money, chains and signatures, as the inspector's replay reads them.

use super::failed;
use crate::books::{Books, total_of};
use crate::setting::Failure;
use crate::world::World;
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::order;
use fiscal::Money;
use fiscal::replay::{Fault, Replay};
use journal::{BlobHash, Header, SubjectId};
use std::collections::BTreeMap;

/// J2, J6: every hash, seal and signature, every document's sums, every closing and the perpetual
/// totals are right, read anew from the bytes.
pub(super) fn sound(world: &World, shop: usize) -> Result<(), Failure> {
    let books = &world.centre.halves[shop].books;
    let mut replay = Replay::new();
    for (id, journal) in &books.journals {
        for end in journal.ends() {
            let path = journal.path(end.hash).unwrap_or_default();
            replay.begin(*id);
            for row in path {
                replay.entry(&row.raw, row.seal.as_ref());
            }
        }
    }
    let report = replay.finish();
    let wrong = report.findings.iter().find(|it| !is_excused(&it.what, world.ledger.may_fork));
    match wrong {
        Some(finding) => {
            let (journal, seq) = (finding.journal, finding.seq);
            let what = format!("{} {:?} at {seq:?} of {journal}", finding.what.code(), finding.what);
            Err(failed("J6 money", what))
        }
        None => Ok(()),
    }
}

/// Whether it is what two histories of one journal look like.
const fn is_excused(fault: &Fault, may_fork: bool) -> bool {
    may_fork
        && matches!(
            fault,
            Fault::TwoEntries
                | Fault::SharedKey { .. }
                | Fault::CopyNumber { .. }
                | Fault::CreditExceeds { .. }
                | Fault::NoOriginal { .. }
                | Fault::OtherContent { .. }
        )
}

/// J6: what the centre added up as it arrived is the sum of the tickets that it holds.
pub(super) fn adds_up(books: &Books) -> Result<(), Failure> {
    let rows = books.journals.values().flat_map(|it| &it.chains).flat_map(|it| &it.rows);
    let sum: Money = rows.map(total_of).sum();
    if sum == books.rollup {
        return Ok(());
    }
    let what = format!("tickets come to {}, the rollup to {}", sum.cents(), books.rollup.cents());
    Err(failed("J6 money", what))
}

/// V1: every line's price is that of the menu version that its order was opened under.
pub(super) fn whole_version(world: &World, shop: usize) -> Result<(), Failure> {
    let books = &world.centre.halves[shop].books;
    let mut opened: BTreeMap<SubjectId, BlobHash> = BTreeMap::new();
    let mut lines = Vec::new();
    let rows = books.journals.values().flat_map(|it| &it.chains).flat_map(|it| &it.rows);
    for row in rows {
        let (Some(header), Some(body)) = (Header::decode(&row.raw.header), &row.raw.body) else {
            continue;
        };
        let (Some(subject), Ok(Some(Event::Order(event)))) =
            (header.subject, Event::decode(header.kind, header.kind_version, body))
        else {
            continue;
        };
        if let order::Event::Opened(it) = &event {
            opened.insert(subject, it.menu);
        }
        if let order::Event::LinesAdded(added) = event {
            lines.extend(added.lines.into_iter().map(|line| (subject, line)));
        }
    }
    let mut menus: BTreeMap<BlobHash, Catalogue> = BTreeMap::new();
    for (subject, line) in lines {
        let Some(menu) = opened.get(&subject) else {
            continue;
        };
        if !menus.contains_key(menu) {
            let bytes = world.centre.blobs.get(menu);
            let read = bytes.and_then(|bytes| Catalogue::decode(bytes).ok());
            let read = read.ok_or_else(|| failed("V1 whole version", "a menu nobody published"))?;
            menus.insert(*menu, read);
        }
        let menu = &menus[menu];
        let made = line.configured.make(menu);
        let price = made.map(|made| made.sum.price);
        if price != Ok(line.unit_price) || line.menu_number != menu.number {
            let what = format!("{} at {} of menu {}: {price:?}", line.name, line.unit_price.cents(), menu.number);
            return Err(failed("V1 whole version", what));
        }
    }
    Ok(())
}
