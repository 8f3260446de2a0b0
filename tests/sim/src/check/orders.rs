//! What entries say of orders and days, whoever wrote them and whatever any clock said.

use super::{failed, on};
use crate::books::Books;
use crate::pc::Pc;
use crate::setting::Failure;
use domain::event::{Event, kind};
use journal::{Header, PublicKey, SubjectId, Tick};
use pos_core::store::StoreError;
use std::collections::{BTreeMap, BTreeSet};

/// J7: nothing stands before what it follows from: an order is opened before anybody else does anything
/// about it.
pub(super) fn causes_first(books: &Books) -> Result<(), Failure> {
    let mut opened: BTreeMap<SubjectId, Tick> = BTreeMap::new();
    let mut first: BTreeMap<SubjectId, Tick> = BTreeMap::new();
    for row in books.journals.values().flat_map(|it| &it.chains).flat_map(|it| &it.rows) {
        let Some(header) = Header::decode(&row.raw.header) else { continue };
        let Some(subject) = header.subject else { continue };
        if header.kind == kind::OPENED {
            let tick = opened.entry(subject).or_insert(header.tick);
            *tick = header.tick.min(*tick);
        } else if let Some(body) = &row.raw.body
            && let Ok(Some(Event::Order(_) | Event::Kitchen(_))) =
                Event::decode(header.kind, header.kind_version, body)
        {
            let tick = first.entry(subject).or_insert(header.tick);
            *tick = header.tick.min(*tick);
        }
    }
    match first.iter().find(|(id, tick)| opened.get(id).is_some_and(|opened| *tick < opened)) {
        Some((id, tick)) => Err(failed(
            "J7 fold",
            format!("something happened to {id:?} at {tick:?}, before it was opened"),
        )),
        None => Ok(()),
    }
}

/// S11: a ticket bears the date of the day that was open when it was made, not the clock's.
/// Left out are those of `spoilt` disks: which of two histories a day belongs to is not in the row.
pub(super) fn dated_by_the_day(pc: &mut Pc, spoilt: &BTreeSet<PublicKey>) -> Result<(), Failure> {
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let read = running.workstation.store().read(|tx| {
        let mut statement = tx.prepare_cached(
            "SELECT number, business_date, journal.public_key,
                    (SELECT date
                       FROM business_day
                      WHERE business_day.journal = ticket.journal AND business_day.seq < ticket.seq
                      ORDER BY seq DESC
                      LIMIT 1) AS day
               FROM ticket
               JOIN journal USING (journal)
              WHERE business_date <> day",
        )?;
        let rows = statement.query_map([], |row| {
            let said = format!(
                "{} is of {}, the day {}",
                row.get::<_, String>("number")?,
                row.get::<_, String>("business_date")?,
                row.get::<_, String>("day")?
            );
            Ok((said, row.get::<_, Vec<u8>>("public_key")?))
        })?;
        let rows = rows.collect::<Result<Vec<_>, _>>()?.into_iter();
        let is_spoilt = |key: &[u8]| spoilt.iter().any(|it| it.as_bytes() == key);
        let sound = rows.filter(|(_, key)| !is_spoilt(key)).map(|(said, _)| said);
        Ok::<_, StoreError>(sound.collect::<Vec<_>>())
    });
    match read.map(|wrong| wrong.into_iter().next()) {
        Ok(None) => Ok(()),
        Ok(Some(wrong)) => Err(on("S11 clock-free", pc, wrong)),
        Err(error) => Err(on("S11 clock-free", pc, error.to_string())),
    }
}
