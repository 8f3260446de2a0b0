//! Customers' cards: personal data, merged field by field, in no journal.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use super::settings;
use domain::card::Card;
use domain::id::CustomerId;
use journal::PublicKey;
use rusqlite::{OptionalExtension, Transaction, named_params};

/// The setting that says from where the list of cards goes on in this run.
const FROM: &str = "cards_from";

/// Has the list of cards go on, in this run, from a place that nobody can have seen: a disk that was
/// set back must not give new cards the places of those that it lost (`replication::answer::CardsHeld`).
///
/// # Errors
///
/// Whatever SQLite says.
pub fn begin_list(tx: &Transaction<'_>, chance: u32) -> Result<(), StoreError> {
    let end: u64 = settings::get(tx, FROM)?.unwrap_or(0);
    let end = end.max(position(tx)?);
    settings::set(tx, FROM, &end.saturating_add(chance.into()))
}

/// A card.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn find(tx: &Transaction<'_>, id: CustomerId) -> Result<Option<Card>, StoreError> {
    let bytes: Option<Vec<u8>> = tx
        .prepare_cached("SELECT card FROM card WHERE customer = :customer")?
        .query_row(named_params! { ":customer": id.0 }, |row| row.get(0))
        .optional()?;
    bytes.map(|bytes| Card::decode(&bytes).map_err(|_| StoreError::Broken("card"))).transpose()
}

/// Merges a card into the one that is here. Whether anything changed.
///
/// # Errors
///
/// [`StoreError::Broken`] where the one that is here cannot be read back.
pub fn merge(tx: &Transaction<'_>, card: Card) -> Result<bool, StoreError> {
    let before = find(tx, card.id)?;
    let mut after = before.clone().unwrap_or_else(|| Card::empty(card.id));
    after.merge(card);
    if before.as_ref() == Some(&after) {
        return Ok(false);
    }
    let keys = after.search_keys();
    let end = settings::get(tx, FROM)?.unwrap_or(0).max(position(tx)?);
    tx.prepare_cached(
        "INSERT INTO card (customer, card, phone, name, position)
         VALUES (:customer, :card, :phone, :name, :position)
             ON CONFLICT (customer)
             DO UPDATE SET card = excluded.card, phone = excluded.phone, name = excluded.name,
                           position = excluded.position",
    )?
    .execute(named_params! {
        ":customer": after.id.0,
        ":card": after.encode(),
        ":phone": keys.digits,
        ":name": keys.name,
        ":position": to_sql(end.saturating_add(1)),
    })?;
    Ok(true)
}

/// Cards whose telephone holds the digits of `text` or whose name holds its letters: at most 20.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn search(tx: &Transaction<'_>, text: &str) -> Result<Vec<Card>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT card, phone, name
           FROM card
          WHERE (:digits <> '' AND instr(phone, :digits) > 0)
             OR (:name <> '' AND instr(name, :name) > 0)
          ORDER BY name
          LIMIT 20",
    )?;
    let digits = domain::text::phone_digits(text);
    let letters = domain::text::fold(text.trim());
    let name = if digits.is_empty() { letters.as_str() } else { "" };
    let mut rows = statement.query(named_params! { ":digits": digits, ":name": name })?;
    let mut cards = Vec::new();
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get("card")?;
        cards.push(Card::decode(&bytes).map_err(|_| StoreError::Broken("card"))?);
    }
    Ok(cards)
}

/// The place of the last change of any card here.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn position(tx: &Transaction<'_>) -> Result<u64, StoreError> {
    let position = tx
        .prepare_cached("SELECT coalesce(max(position), 0) FROM card")?
        .query_row([], |row| row.get(0))?;
    Ok(from_sql(position))
}

/// Cards that changed after a place, in the order of their places: at most `limit`.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn after(
    tx: &Transaction<'_>,
    position: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT position, card
           FROM card
          WHERE :position < position
          ORDER BY position
          LIMIT :limit",
    )?;
    let rows = statement.query_map(
        named_params! {
            ":position": to_sql(position),
            ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
        },
        |row| Ok((from_sql(row.get(0)?), row.get(1)?)),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How far a peer's cards are merged here, and how far the peer has ours.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn feed(tx: &Transaction<'_>, peer: &PublicKey) -> Result<(u64, u64), StoreError> {
    let feed: Option<(i64, i64)> = tx
        .prepare_cached("SELECT merged, pushed FROM card_feed WHERE peer = :peer")?
        .query_row(named_params! { ":peer": peer.as_bytes() }, |row| {
            Ok((row.get("merged")?, row.get("pushed")?))
        })
        .optional()?;
    Ok(feed.map_or((0, 0), |(merged, pushed)| (from_sql(merged), from_sql(pushed))))
}

/// Remembers how far a peer's cards are merged here.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_merged(tx: &Transaction<'_>, peer: &PublicKey, through: u64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO card_feed (peer, merged)
         VALUES (:peer, :through)
             ON CONFLICT (peer) DO UPDATE SET merged = excluded.merged",
    )?
    .execute(named_params! { ":peer": peer.as_bytes(), ":through": to_sql(through) })?;
    Ok(())
}

/// Remembers how far a peer has the cards that are here.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_pushed(tx: &Transaction<'_>, peer: &PublicKey, through: u64) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO card_feed (peer, pushed)
         VALUES (:peer, :through)
             ON CONFLICT (peer) DO UPDATE SET pushed = excluded.pushed",
    )?
    .execute(named_params! { ":peer": peer.as_bytes(), ":through": to_sql(through) })?;
    Ok(())
}
