//! `POST /v1/replication`: one signed request of a workstation, one signed reply.

use crate::app::App;
use crate::error::Error;
use crate::gate::{Busy, Place, Size};
use crate::store::{self, workstation::Workstation};
use crate::{fence, ingest};
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::card::Card;
use journal::{PublicKey, Seq};
use replication::answer::{
    CardsHeld, PullHeld, PullPlan, answer_hello, answer_pull, blob_part, cards_merged, cards_page,
    changed, cut, poke_reply, pull_reply,
};
use replication::{
    CardsPage, Hashes, Hello, Listen, MAX_BLOB_PART_BYTES, MAX_CARDS, MAX_LISTEN_MS, OTHER_RUN,
    Opened, Probe, Pull, Refusal, Replays, Reply, Request, RequestHash, Rewind, Unopened,
    Unreadable, open_request, seal_reply,
};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

/// A request's time is written down when the last one is so old, in milliseconds: a workstation
/// asks several times a second on a Friday.
const SEEN_EVERY_MS: i64 = 5_000;

/// Whoever signed a request, checked.
#[derive(Clone, Debug)]
pub struct Asker {
    /// Its key.
    pub key: PublicKey,
    /// What is known of it.
    pub workstation: Workstation,
}

/// Answers a request in its envelope. What went wrong is said in a signed reply too, so that a
/// workstation believes it.
///
/// # Errors
///
/// [`Error`] where not even the envelope arrived whole.
pub async fn exchange(
    State(app): State<App>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Error> {
    let body = read_body(body)?;
    let request = RequestHash::of(&body);
    let reply = match answer(&app, &body).await {
        Ok(reply) => reply,
        Err(error) => error.into_reply(|| app.gate.busy(request)),
    };
    let now_ms = app.clock.now_ms();
    let bytes = seal_reply(app.centre.key(), request, now_ms, reply.encode())?;
    Ok(cbor(bytes))
}

/// An envelope, as it goes out.
#[must_use]
pub fn cbor(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/cbor")], bytes).into_response()
}

/// The bytes of a request.
///
/// # Errors
///
/// [`Error::TooLarge`] or [`Error::Unreadable`].
pub fn read_body(body: Result<Bytes, BytesRejection>) -> Result<Bytes, Error> {
    body.map_err(|rejection| {
        if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Error::TooLarge
        } else {
            Error::Unreadable
        }
    })
}

/// Whose key an envelope names; nothing is checked yet.
///
/// # Errors
///
/// Why it is no envelope.
pub fn named_sender(envelope: &[u8]) -> Result<PublicKey, Refusal> {
    // Asked for a sender whom nobody knows, the envelope says who it is, and goes no further.
    match open_request(envelope, |_| false, &mut Replays::default()) {
        Err(Unopened::UnknownSender { from }) => Ok(from),
        Err(unopened) => Err(refusal(unopened)),
        Ok(opened) => Ok(opened.from),
    }
}

/// What an envelope that cannot be opened is answered with.
#[must_use]
pub const fn refusal(unopened: Unopened) -> Refusal {
    match unopened {
        Unopened::TooLarge { .. } => Refusal::TooLarge,
        Unopened::Unreadable | Unopened::WrongReply => Refusal::Unreadable,
        Unopened::UnknownSender { .. } => Refusal::UnknownSender,
        Unopened::BadSignature => Refusal::BadSignature,
        Unopened::Replayed { .. } => Refusal::Replayed,
    }
}

async fn answer(app: &App, envelope: &[u8]) -> Result<Reply, Error> {
    let (asker, opened) = match authenticate(app, envelope).await? {
        Ok(authentic) => authentic,
        Err(refusal) => {
            tracing::info!(%refusal, "a request was refused");
            return Ok(Reply::Refused(refusal));
        }
    };
    let request = match Request::decode(&opened.body) {
        Ok(request) => request,
        Err(Unreadable::Unknown { number }) => return Ok(Reply::Unknown { number }),
        Err(Unreadable::Broken) => return Ok(Reply::Refused(Refusal::Unreadable)),
    };
    if let Err(over) = request.check_limits() {
        tracing::info!(shop = asker.workstation.shop, label = asker.workstation.label, %over,
            "a request was refused");
        return Ok(Reply::Refused(Refusal::TooLarge));
    }
    let shop = asker.workstation.shop.as_str();
    if asker.workstation.revoked && !matches!(request, Request::Push(_)) {
        return Ok(Reply::Refused(Refusal::Revoked));
    }
    match request {
        Request::Hello(hello) => {
            fence::greeted(app, &asker, &hello.tips).await?;
            greet(app, &asker, &hello).await
        }
        Request::Probe(probe) => hashes(app, shop, &probe).await,
        Request::Push(push) => match enter(app, shop, envelope).await {
            Ok(_place) => ingest::push(app, &asker, &push, &opened.body).await,
            Err(Busy { retry_ms }) => Ok(Reply::Busy { retry_ms }),
        },
        Request::Pull(pull) => entries(app, shop, &pull).await,
        Request::Cards(cards) => cards_after(app, shop, cards.after).await,
        Request::CardsPush(page) => match enter(app, shop, envelope).await {
            Ok(_place) => take_cards(app, &asker, &page).await,
            Err(Busy { retry_ms }) => Ok(Reply::Busy { retry_ms }),
        },
        Request::Blob(blob) => blob_from(app, shop, blob).await,
        Request::Poke(_) => {
            let (tips, cards) = held(app, shop).await?;
            Ok(poke_reply(tips, cards))
        }
        Request::Listen(listen) => wait_for_news(app, shop, &listen).await,
        // The centre takes no snapshots: a workstation of the shop gives one sooner.
        Request::Snapshot(_) => Ok(Reply::Unknown { number: 9 }),
    }
}

/// A place among those who write, in turn.
async fn enter(app: &App, shop: &str, envelope: &[u8]) -> Result<Place, Busy> {
    app.gate.enter(shop, Size::of(envelope.len()), RequestHash::of(envelope)).await
}

/// Welcomes a workstation with what is held, and tells it of another run of its journal.
async fn greet(app: &App, asker: &Asker, hello: &Hello) -> Result<Reply, Error> {
    let shop = asker.workstation.shop.as_str();
    let now_ms = app.clock.now_ms();
    let mut tx = app.store.shop(shop).await?;
    let tips = store::journal::tips(&mut tx, shop).await?;
    let end = store::card::end(&mut tx, shop).await?;
    let merged = store::workstation::cards_through(&mut tx, shop, &asker.key).await?;
    let other = match hello.journal {
        Some(journal) => store::run::greets(&mut tx, shop, journal, hello.boot, now_ms).await?,
        None => false,
    };
    tx.commit().await?;
    let mut reply = answer_hello(hello, tips, CardsHeld { end, merged: Some(merged) }, now_ms);
    if let (Reply::Welcome(welcome), true) = (&mut reply, other) {
        welcome.flags |= OTHER_RUN;
    }
    Ok(reply)
}

/// Finds out who signed a request, and opens it.
async fn authenticate(
    app: &App,
    envelope: &[u8],
) -> Result<Result<(Asker, Opened), Refusal>, Error> {
    let key = match named_sender(envelope) {
        Ok(key) => key,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut tx = app.store.centre().await?;
    let Some(workstation) = store::workstation::with_key(&mut tx, &key).await? else {
        return Ok(Err(Refusal::UnknownSender));
    };
    let opened = {
        let mut replays = app.replays.lock().unwrap_or_else(PoisonError::into_inner);
        open_request(envelope, |it| *it == key, &mut replays)
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(unopened) => return Ok(Err(refusal(unopened))),
    };
    let now_ms = app.clock.now_ms();
    if !workstation.revoked && SEEN_EVERY_MS <= now_ms - workstation.seen_ms {
        store::workstation::seen(&mut tx, &workstation.shop, &key, now_ms).await?;
        tx.commit().await?;
    }
    Ok(Ok((Asker { key, workstation }, opened)))
}

async fn held(app: &App, shop: &str) -> Result<(Vec<journal::Tip>, u64), Error> {
    let mut tx = app.store.shop(shop).await?;
    let tips = store::journal::tips(&mut tx, shop).await?;
    let cards = store::card::end(&mut tx, shop).await?;
    Ok((tips, cards))
}

async fn hashes(app: &App, shop: &str, probe: &Probe) -> Result<Reply, Error> {
    let mut tx = app.store.shop(shop).await?;
    let Some(branch) = store::journal::branch_with(&mut tx, shop, probe.tip).await? else {
        return Ok(Reply::Rewind(Rewind { tip: None }));
    };
    let id = probe.tip.journal;
    let hashes = store::journal::hashes(&mut tx, shop, id, branch.branch, &probe.seqs).await?;
    Ok(Reply::Hashes(Hashes { hashes }))
}

async fn entries(app: &App, shop: &str, pull: &Pull) -> Result<Reply, Error> {
    let id = pull.tip.journal;
    let mut tx = app.store.shop(shop).await?;
    let branch = store::journal::branch_with(&mut tx, shop, pull.tip).await?;
    let after_on_chain = match (branch, pull.after) {
        (Some(branch), Some(after)) => {
            let there =
                store::journal::hashes(&mut tx, shop, id, branch.branch, &[after.seq]).await?;
            there.first() == Some(&Some(after.hash))
        }
        (Some(_), None) | (None, _) => true,
    };
    let plan = answer_pull(PullHeld { tip: branch.map(|it| it.tip), after_on_chain }, pull);
    match (plan, branch) {
        (PullPlan::Read { tip, after, limit }, Some(branch)) => {
            let after = after.map_or(Seq(0), |after| after.seq);
            let rows =
                store::journal::following(&mut tx, shop, id, branch.branch, after, limit).await?;
            Ok(pull_reply(tip, cut(rows, usize::from(pull.limit))))
        }
        (PullPlan::Read { .. }, None) => Ok(Reply::Rewind(Rewind { tip: None })),
        (PullPlan::Rewind(rewind), _) => Ok(Reply::Rewind(rewind)),
    }
}

async fn cards_after(app: &App, shop: &str, after: u64) -> Result<Reply, Error> {
    let mut tx = app.store.shop(shop).await?;
    // The end first: a card that changes meanwhile comes after it, and is asked for again.
    let end = store::card::end(&mut tx, shop).await?;
    let records = store::card::after(&mut tx, shop, after, MAX_CARDS.saturating_add(1)).await?;
    let end = records.last().map_or(end, |last| end.max(last.position));
    Ok(Reply::Cards(cards_page(records, end)))
}

/// Merges the cards of a page into those held.
async fn take_cards(app: &App, asker: &Asker, page: &CardsPage) -> Result<Reply, Error> {
    let shop = asker.workstation.shop.as_str();
    let mut cards: BTreeMap<[u8; 16], Card> = BTreeMap::new();
    for record in &page.records {
        let Ok(card) = Card::decode(&record.card) else {
            return Ok(Reply::Refused(Refusal::Unreadable));
        };
        merge(&mut cards, card);
    }
    let mut tx = app.store.shop(shop).await?;
    let changed = merge_into_shop(&mut tx, shop, cards).await?;
    // Two pages of one workstation take turns at the shop's feed, so neither's note is lost.
    let merged = store::workstation::cards_through(&mut tx, shop, &asker.key).await?;
    let through = cards_merged(merged, page);
    store::workstation::set_cards_through(&mut tx, shop, &asker.key, through).await?;
    tx.commit().await?;
    if changed != 0 {
        app.live.changed(shop);
    }
    Ok(Reply::CardsAck { through })
}

fn merge(cards: &mut BTreeMap<[u8; 16], Card>, card: Card) {
    match cards.get_mut(&card.id.0) {
        Some(held) => held.merge(card),
        None => {
            // Merged into an empty one, an erased card loses what it should not carry.
            let mut held = Card::empty(card.id);
            let id = card.id.0;
            held.merge(card);
            cards.insert(id, held);
        }
    }
}

/// Merges cards into those of a shop, and returns how many changed.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn merge_into_shop(
    conn: &mut sqlx::PgConnection,
    shop: &str,
    mut cards: BTreeMap<[u8; 16], Card>,
) -> sqlx::Result<usize> {
    // Locks the shop's feed first: two that add one card at once take turns, and see one another.
    store::shop::next_positions(conn, shop, 0).await?;
    let ids: Vec<Vec<u8>> = cards.keys().map(|id| id.to_vec()).collect();
    for row in store::card::lock(conn, shop, &ids).await? {
        let mut card = Card::decode(&row.bytes).map_err(|it| sqlx::Error::Decode(it.into()))?;
        if let Some(sent) = cards.remove(&card.id.0) {
            let id = card.id.0;
            card.merge(sent);
            if card.encode() != row.bytes {
                cards.insert(id, card);
            }
        }
    }
    let rows: Vec<store::card::CardRow> = cards
        .into_values()
        .map(|card| store::card::CardRow { id: card.id.0.to_vec(), bytes: card.encode() })
        .collect();
    if !rows.is_empty() {
        let count = i64::try_from(rows.len()).expect("a page has a few hundred cards");
        let last = store::shop::next_positions(conn, shop, count).await?;
        store::card::save(conn, shop, &rows, last).await?;
    }
    Ok(rows.len())
}

async fn blob_from(app: &App, shop: &str, blob: replication::Blob) -> Result<Reply, Error> {
    let mut tx = app.store.shop(shop).await?;
    let most = MAX_BLOB_PART_BYTES;
    let part = store::publication::part(&mut tx, shop, blob.sha256, blob.offset, most).await?;
    Ok(match part {
        Some(part) => blob_part(blob.sha256, blob.offset, part.total, part.bytes),
        None => Reply::NoBlob { sha256: blob.sha256 },
    })
}

/// Waits until more is held than the asker knew of, or it has waited long enough. No connection to
/// the database is kept meanwhile.
async fn wait_for_news(app: &App, shop: &str, listen: &Listen) -> Result<Reply, Error> {
    let wait = Duration::from_millis(u64::from(listen.wait_ms.min(MAX_LISTEN_MS)));
    let deadline = tokio::time::sleep(wait);
    tokio::pin!(deadline);
    let mut news = app.live.of_shop(shop);
    loop {
        news.mark_unchanged();
        let (tips, cards) = held(app, shop).await?;
        if changed(listen, &tips, cards) {
            return Ok(poke_reply(tips, cards));
        }
        tokio::select! {
            _ = news.changed() => {}
            () = &mut deadline => return Ok(poke_reply(tips, cards)),
            () = app.live.closed() => return Ok(poke_reply(tips, cards)),
        }
    }
}
