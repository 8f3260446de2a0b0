//! A centre that was set back: PostgreSQL restored to an hour ago, or a failover that lost its tail.
//!
//! What the shops wrote they push again, unasked. What the centre wrote itself it must take back
//! from them before it says anything new: which menu holds, who belongs to the shop, who no longer
//! does. It knows that it was set back by an end of its own journal that somebody names and that is
//! not held: its anchor file ([`crate::anchor`]) or a workstation's greeting. From then on nothing
//! is published to that shop, until the entries have come, or every workstation was heard and none
//! has them, or a person would not wait. In the last two cases the centre goes on in a new journal
//! that continues every end it knows of, so that no place is ever written twice.

use crate::app::App;
use crate::centre::{Centre, what_str};
use crate::error::Error;
use crate::exchange::Asker;
use crate::store::alarm::What;
use crate::store::fence::{Named, Open, Outcome};
use crate::store::publication::Version;
use crate::store::{self, Tx};
use domain::publication::{
    Event, Published, What as Sort, WorkstationListed, WorkstationRevoked, WorkstationRole,
};
use journal::{JournalId, Tick, Tip};
use sqlx::PgConnection;
use std::collections::BTreeSet;

/// How far the shop's change counter jumps, so that cards which changed since the restore never get
/// the places that others had before it: as far as a workstation's own list jumps at a start.
const JUMP: i64 = 1 << 32;

/// Who says what the anchor file says.
pub const ANCHOR: &str = "anchor";

/// Takes note of what a workstation that greets says of the centre's own journals, and ends the
/// fence where that was all that was waited for.
///
/// # Errors
///
/// [`Error`].
pub async fn greeted(app: &App, asker: &Asker, tips: &[Tip]) -> Result<(), Error> {
    let shop = asker.workstation.shop.as_str();
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.shop(shop).await?;
    let lacking = store::fence::unheld_of_centre(&mut tx, shop, tips).await?;
    let fenced = store::fence::is_open(&mut tx, shop).await?;
    if lacking.is_empty() && !fenced {
        return Ok(());
    }
    if lacking.is_empty() {
        store::workstation::greeted(&mut tx, shop, &asker.key, now_ms).await?;
    } else {
        let named: Vec<Named> =
            lacking.into_iter().map(|tip| Named { tip, tick: Tick(0) }).collect();
        raise(&mut tx, shop, &named, &asker.workstation.label, now_ms).await?;
    }
    tx.commit().await?;
    settle(app, shop, None).await
}

/// Fences a shop: these ends of the centre's own journals were named, and are not held or only came
/// from a shop just now.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn raise(
    conn: &mut PgConnection,
    shop: &str,
    named: &[Named],
    said_by: &str,
    now_ms: i64,
) -> sqlx::Result<()> {
    let was_open = store::fence::is_open(conn, shop).await?;
    let mut is_new = false;
    for it in named {
        is_new |= store::fence::raise(conn, shop, *it, said_by, now_ms).await?;
    }
    if is_new && !was_open {
        let token = named.first().map(|it| it.tip.hash.hex()).unwrap_or_default();
        set_back(conn, shop, &token, now_ms).await?;
        tracing::error!(shop, said_by, "the database was set back: nothing is published meanwhile");
    }
    Ok(())
}

/// Tells people that a shop's rows were set back, and leaves the places of its changes behind.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn set_back(
    conn: &mut PgConnection,
    shop: &str,
    token: &str,
    now_ms: i64,
) -> sqlx::Result<()> {
    store::alarm::raise(conn, shop, What::SetBack, crate::centre::LABEL, token, now_ms).await?;
    store::shop::next_positions(conn, shop, JUMP).await?;
    Ok(())
}

/// Folds what was taken back, and ends the fence of a shop where nothing is waited for any more, or
/// where a person would not wait (`by_hand`).
///
/// # Errors
///
/// [`Error`]; the next greeting tries again.
pub async fn settle(app: &App, shop: &str, by_hand: Option<Outcome>) -> Result<(), Error> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.centre().await?;
    store::centre::hold(&mut tx, shop).await?;
    let open = store::fence::open(&mut tx, shop).await?;
    if open.is_empty() {
        return Ok(());
    }
    let said = store::centre::said(&mut tx, shop).await?;
    fold(&mut tx, shop, &said, now_ms).await?;
    let Some(lost) = ends(&mut tx, shop, &open, by_hand).await? else {
        tx.commit().await?;
        return Ok(());
    };
    go_on(&app.centre, &mut tx, shop, lost, &said, now_ms).await?;
    tx.commit().await?;
    app.live.changed(shop);
    Ok(())
}

/// Says how waiting came out, and which ends are held by nobody; `None` while something is still
/// waited for.
async fn ends(
    tx: &mut Tx,
    shop: &str,
    open: &[Open],
    by_hand: Option<Outcome>,
) -> sqlx::Result<Option<Vec<Tip>>> {
    let (held, missing): (Vec<&Open>, Vec<&Open>) = open.iter().partition(|it| it.held);
    for it in held {
        store::fence::end(tx, shop, it.named.tip, Outcome::TakenBack).await?;
    }
    let since_ms = missing.iter().map(|it| it.since_ms).max();
    let outcome = match (by_hand, since_ms) {
        (_, None) => return Ok(Some(Vec::new())),
        (Some(outcome), Some(_)) => outcome,
        (None, Some(since_ms)) => {
            if !store::workstation::all_greeted(tx, shop, since_ms).await? {
                return Ok(None);
            }
            Outcome::Unknown
        }
    };
    for it in &missing {
        store::fence::end(tx, shop, it.named.tip, outcome).await?;
    }
    Ok(Some(missing.iter().map(|it| it.named.tip).collect()))
}

/// Brings the tables in line with what the centre's journals say: they are the record, and part of
/// them has just come back from a shop.
async fn fold(tx: &mut Tx, shop: &str, said: &[Event], now_ms: i64) -> sqlx::Result<()> {
    for event in said {
        match event {
            Event::Published(Published { what, sha256, number }) => {
                let version = Version { number: *number, sha256: *sha256 };
                store::publication::take_back(tx, shop, what_str(*what), version).await?;
            }
            Event::WorkstationListed(listed) => {
                let role = match listed.role {
                    WorkstationRole::Till => "till",
                    WorkstationRole::Kitchen => "kitchen",
                };
                let key = &listed.public_key;
                store::workstation::take_back(tx, shop, key, role, &listed.label, now_ms).await?;
            }
            Event::WorkstationRevoked(WorkstationRevoked { journal }) => {
                let key = said.iter().find_map(|it| listed_key(it, *journal));
                if let Some(key) = key {
                    store::workstation::revoke_key(tx, shop, key, now_ms).await?;
                }
            }
        }
    }
    store::publication::give_held(tx, shop).await
}

/// The key that an event lists a journal under, where it does.
#[must_use]
pub fn listed_key(event: &Event, journal: JournalId) -> Option<&[u8]> {
    match event {
        Event::WorkstationListed(it) if it.journal == journal => Some(&it.public_key),
        Event::WorkstationListed(_) | Event::Published(_) | Event::WorkstationRevoked(_) => None,
    }
}

/// Ends the fence: the centre writes again, in a new journal where the old one's end is not known or
/// there are two, and says what it could not say meanwhile.
async fn go_on(
    centre: &Centre,
    tx: &mut Tx,
    shop: &str,
    lost: Vec<Tip>,
    said: &[Event],
    now_ms: i64,
) -> sqlx::Result<()> {
    let tips = store::centre::tips(tx, shop).await?;
    let pen = store::centre::pen(tx, shop).await?;
    let is_forked = pen.is_some_and(|pen| 1 < tips.iter().filter(|it| it.journal == pen).count());
    let mut events = Vec::new();
    if is_forked || !lost.is_empty() {
        let continues = tips.into_iter().chain(lost).collect();
        centre.open(tx, shop, continues, now_ms).await?;
        // Said again, after everything else: what holds, wherever the ends had come apart.
        for what in [Sort::Shop, Sort::Menu, Sort::Staff] {
            if let Some(it) = store::publication::latest(tx, shop, what_str(what)).await? {
                let published = Published { what, sha256: it.sha256, number: it.number };
                events.push(Event::Published(published));
            }
        }
    } else if let (None, Some(latest)) = (pen, tips.last()) {
        store::centre::set_pen(tx, shop, latest.journal).await?;
    }
    events.extend(unsaid(tx, shop, said).await?);
    centre.write(tx, shop, events, now_ms).await?;
    tracing::info!(shop, "the centre goes on: the shop was heard");
    Ok(())
}

/// What the tables say of workstations and the journals do not: it was written while the centre was
/// fenced.
async fn unsaid(tx: &mut Tx, shop: &str, said: &[Event]) -> sqlx::Result<Vec<Event>> {
    let (mut listed, mut revoked) = (BTreeSet::new(), BTreeSet::new());
    for event in said {
        match event {
            Event::WorkstationListed(it) => drop(listed.insert(it.journal)),
            Event::WorkstationRevoked(it) => drop(revoked.insert(it.journal)),
            Event::Published(_) => {}
        }
    }
    let mut events = Vec::new();
    for it in store::centre::of_workstations(tx, shop).await? {
        if !listed.contains(&it.journal) {
            events.push(Event::WorkstationListed(WorkstationListed {
                journal: it.journal,
                public_key: it.public_key.as_bytes().to_vec(),
                role: if it.is_kitchen { WorkstationRole::Kitchen } else { WorkstationRole::Till },
                label: it.label,
            }));
        }
        if it.revoked && !revoked.contains(&it.journal) {
            events.push(Event::WorkstationRevoked(WorkstationRevoked { journal: it.journal }));
        }
    }
    Ok(events)
}
