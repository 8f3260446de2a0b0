//! What a till's own journals hold, read back from their bytes and by nothing that wrote them.

use crate::shop::Shop;
use fiscal::closing::{Closing, Period};
use fiscal::event::{EventCode, EventDocument};
use fiscal::replay::{Replay, Report};
use fiscal::ticket::Document;
use journal::{JournalId, Seq};
use pos_core::Workstation;
use pos_core::store::days;
use pos_core::store::documents::Signed;
use pos_core::store::journals::{self, Held};

/// Every signed document of the till's journals, in the order of each.
pub(crate) fn signed(till: &mut Workstation) -> Vec<(JournalId, Signed)> {
    let mut found = Vec::new();
    till.store()
        .read(|tx| {
            for held in own(tx)? {
                let journal = held.tip.journal;
                let (first, last) = (Seq::FIRST, held.tip.seq);
                days::documents(tx, journal, held.branch, first, last, |kind, _, body| {
                    found.push((journal, Signed::read(kind, body).unwrap()));
                })?;
            }
            Ok::<_, pos_core::store::StoreError>(())
        })
        .unwrap();
    found
}

fn own(tx: &rusqlite::Transaction<'_>) -> Result<Vec<Held>, pos_core::store::StoreError> {
    Ok(journals::all(tx)?.into_iter().filter(|held| held.own).collect())
}

pub(crate) fn events(shop: &mut Shop) -> Vec<EventDocument> {
    let events = signed(&mut shop.till).into_iter().filter_map(|(_, it)| {
        let Signed::Event(event) = it else { return None };
        Some(*event)
    });
    events.collect()
}

pub(crate) fn codes(shop: &mut Shop) -> Vec<EventCode> {
    events(shop).iter().map(|event| event.code).collect()
}

/// The last event of a code.
pub(crate) fn event(shop: &mut Shop, code: EventCode) -> EventDocument {
    let found = events(shop).into_iter().rfind(|event| event.code == code);
    found.unwrap_or_else(|| panic!("no {}", code.symbol()))
}

pub(crate) fn closings(shop: &mut Shop, period: Period) -> Vec<Closing> {
    let closings = signed(&mut shop.till).into_iter().filter_map(|(_, it)| {
        let Signed::Closing(closing) = it else { return None };
        (closing.period == period).then_some(*closing)
    });
    closings.collect()
}

pub(crate) fn tickets(shop: &mut Shop) -> Vec<Document> {
    let tickets = signed(&mut shop.till).into_iter().filter_map(|(_, it)| {
        let Signed::Ticket(ticket) = it else { return None };
        Some(*ticket)
    });
    tickets.collect()
}

/// What the replay of all the till's journals finds.
pub(crate) fn replay(till: &mut Workstation) -> Report {
    let mut replay = Replay::new();
    till.store()
        .read(|tx| {
            for held in journals::all(tx)? {
                replay.begin(held.tip.journal);
                let through = usize::try_from(held.tip.seq.0).unwrap();
                let entries =
                    journals::read_after(tx, held.tip.journal, held.branch, Seq(0), through)?;
                for (entry, seal) in entries {
                    replay.entry(&entry, seal.as_ref());
                }
            }
            Ok::<_, pos_core::store::StoreError>(())
        })
        .unwrap();
    replay.finish()
}
