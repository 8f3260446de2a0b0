//! Money, chains and signatures, as the inspector's replay reads them.

use super::failed;
use crate::books::{Books, total_of};
use crate::setting::Failure;
use crate::world::World;
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::order;
use fiscal::Money;
use fiscal::record::Record;
use fiscal::replay::{Fault, Replay};
use journal::{BlobHash, Header, JournalId, Seq, SubjectId};
use serde_json::Value;
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
    let spoilt = &world.ledger.spoilt;
    let is_spoilt =
        |id: &JournalId| books.journals.get(id).is_some_and(|it| spoilt.contains(&it.key));
    let revoked = world.revoked();
    let is_out =
        |id: &JournalId| books.journals.get(id).is_some_and(|it| revoked.contains(&it.key));
    let wrong = report.findings.iter().find(|it| {
        // What others knew of one that was taken out was not believed any more.
        let is_excused = if is_out(&it.journal) && matches!(it.what, Fault::CutOff { .. }) {
            true
        } else if is_spoilt(&it.journal) {
            of_two_histories(&it.what)
        } else {
            world.ledger.may_fork() && of_anothers_histories(&it.what)
        };
        !is_excused
    });
    match wrong {
        Some(finding) => {
            let (journal, seq) = (finding.journal, finding.seq);
            let said = seq.and_then(|seq| said(books, journal, seq)).unwrap_or_default();
            let code = finding.what.code();
            let what = format!("{code} {:?} at {seq:?} of {journal}: {said}", finding.what);
            Err(failed("J6 money", what))
        }
        None => Ok(()),
    }
}

/// The documents up to a place, to read: kinds, numbers, and what the last one covers.
fn said(books: &Books, journal: JournalId, seq: Seq) -> Option<String> {
    let chains = &books.journals.get(&journal)?.chains;
    let rows = chains.iter().flat_map(|it| &it.rows);
    let mut words = String::new();
    for row in rows.filter(|row| seq.0 < row.seq.0 + 6 && row.seq <= seq) {
        let document = row.raw.body.as_deref().and_then(Record::decode).map(|it| it.document);
        let value = document.and_then(|it| serde_json::from_str::<Value>(&it).ok());
        let field = |name| value.as_ref().map_or(&Value::Null, |it: &Value| &it[name]).to_string();
        let (number, code, spans) = (field("number"), field("event"), field("spans"));
        words += &format!("[{} kind {} {number} {code} {spans}] ", row.seq, row.kind.0);
    }
    Some(words)
}

/// Whether it is what the journals look like of a workstation whose disk was set back, copied, damaged,
/// or lied: they have two histories, or go on from an end that went with a disk.
const fn of_two_histories(fault: &Fault) -> bool {
    of_anothers_histories(fault)
        || matches!(
            fault,
            Fault::TwoEntries
                | Fault::SharedKey { .. }
                | Fault::CopyNumber { .. }
                | Fault::OtherContent { .. }
                // The journal that goes on names an end that went with a disk.
                | Fault::CutOff { .. }
                // The same, where a copied disk's other run wrote in that place.
                | Fault::AnchorDiffers { .. }
                // What a copied disk's other run sold is not known where the copy goes on.
                | Fault::Carried
        )
}

/// Whether it is what a sound journal looks like whose writer corrected a ticket of such a one: the
/// ticket went with its disk, or was given back in both histories.
const fn of_anothers_histories(fault: &Fault) -> bool {
    matches!(fault, Fault::CreditExceeds { .. } | Fault::NoOriginal { .. })
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
            let what = format!(
                "{} at {} of menu {}: {price:?}",
                line.name,
                line.unit_price.cents(),
                menu.number
            );
            return Err(failed("V1 whole version", what));
        }
    }
    Ok(())
}
