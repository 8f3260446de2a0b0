//! What this PC is, and what can be set on it.

use super::StoreError;
use super::journals::{from_sql, to_sql};
use fiscal::time::Date;
use journal::{JournalId, PublicKey, SigningKey};
use pos_api::Role;
use rusqlite::{OptionalExtension, Transaction, named_params};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const BROKEN: StoreError = StoreError::Broken("workstation");

/// The setting that holds the secret, where it is plain, from the first attempt at a first run on.
pub const KEY: &str = "key";
/// What stands in the place of a secret that is wrapped: no P-256 secret is zero.
pub const ZEROS: [u8; 32] = [0; 32];
/// The setting that says that plain bytes of a wrapped secret may still be in free space of the file.
const REMAINS: &str = "key_remains";

/// What the first run decided.
#[derive(Clone, Debug)]
pub struct Identity<K = SigningKey> {
    /// Signs requests, seals the journal, signs tickets. In the file it is [`Kept`].
    pub key: K,
    /// The shop's code.
    pub shop: String,
    /// This workstation's label in it.
    pub label: String,
    /// What it is for.
    pub role: Role,
    /// The centre; `None` where the shop has none.
    pub centre: Option<Centre>,
}

impl<K> Identity<K> {
    /// The same with another key: the one that was opened.
    pub fn with_key<T>(self, key: T) -> Identity<T> {
        let Self { key: _, shop, label, role, centre } = self;
        Identity { key, shop, label, role, centre }
    }
}

/// The key as it stands in the file.
#[derive(Clone, Debug)]
pub enum Kept {
    /// As it is.
    Plain {
        /// The secret.
        secret: [u8; 32],
        /// The key of it.
        key: SigningKey,
    },
    /// Wrapped by a token.
    Wrapped {
        /// Whose secret it is.
        public_key: PublicKey,
        /// What the token unwraps: see `keystore`.
        bytes: Vec<u8>,
    },
}

impl Kept {
    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Plain { key, .. } => key.public_key(),
            Self::Wrapped { public_key, .. } => *public_key,
        }
    }
}

/// The centre, as it made itself known at enrolment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Centre {
    /// Its address.
    pub url: String,
    /// What its replies are signed with.
    pub key: PublicKey,
    /// Its journal for this shop.
    pub journal: JournalId,
}

/// Reads what the first run decided; `None` before it.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn identity(tx: &Transaction<'_>) -> Result<Option<Identity<Kept>>, StoreError> {
    let mut statement =
        tx.prepare_cached("SELECT secret, shop, label, role FROM workstation WHERE one = 1")?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let secret: [u8; 32] = row.get("secret")?;
    let key = match wrapped_key(tx)? {
        Some(wrapped) => wrapped,
        None => plain(secret).ok_or(BROKEN)?,
    };
    Ok(Some(Identity {
        key,
        shop: row.get("shop")?,
        label: row.get("label")?,
        role: match row.get::<_, String>("role")?.as_str() {
            "till" => Role::Till,
            "kitchen" => Role::Kitchen,
            _ => return Err(BROKEN),
        },
        centre: centre(tx)?,
    }))
}

/// Reads the centre alone, which is asked for at each message: working out a public key takes longer
/// than all the rest. `None` before the first run, and where there is no centre.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn centre(tx: &Transaction<'_>) -> Result<Option<Centre>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT server, centre_key, centre_journal
           FROM workstation
          WHERE one = 1 AND server IS NOT NULL",
    )?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let key: Vec<u8> = row.get("centre_key")?;
    let journal: Vec<u8> = row.get("centre_journal")?;
    Ok(Some(Centre {
        url: row.get("server")?,
        key: PublicKey::from_bytes(&key).map_err(|_| BROKEN)?,
        journal: JournalId::try_from(journal.as_slice()).map_err(|_| BROKEN)?,
    }))
}

/// The key, whether the first run is done or was only begun; `None` before.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn kept_key(tx: &Transaction<'_>) -> Result<Option<Kept>, StoreError> {
    match wrapped_key(tx)? {
        Some(wrapped) => Ok(Some(wrapped)),
        None => Ok(get(tx, KEY)?.and_then(plain)),
    }
}

fn plain(secret: [u8; 32]) -> Option<Kept> {
    let key = SigningKey::from_secret(&secret).ok()?;
    Some(Kept::Plain { secret, key })
}

fn wrapped_key(tx: &Transaction<'_>) -> Result<Option<Kept>, StoreError> {
    let row: Option<(Vec<u8>, Vec<u8>)> = tx
        .prepare_cached("SELECT public_key, bytes FROM wrapped_key WHERE one = 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((public_key, bytes)) = row else {
        return Ok(None);
    };
    let public_key =
        PublicKey::from_bytes(&public_key).map_err(|_| StoreError::Broken("wrapped_key"))?;
    Ok(Some(Kept::Wrapped { public_key, bytes }))
}

/// Puts the wrapped secret in the place of the plain one, wherever that stands. What free space of the
/// file still holds of it is for [`super::Store::wipe`].
///
/// # Errors
///
/// Whatever SQLite says; a second wrapped key is an error of the caller's.
pub fn set_wrapped_key(
    tx: &Transaction<'_>,
    public_key: &PublicKey,
    bytes: &[u8],
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO wrapped_key (one, public_key, bytes) VALUES (1, :public_key, :bytes)",
        named_params! { ":public_key": public_key.as_bytes(), ":bytes": bytes },
    )?;
    tx.execute("UPDATE workstation SET secret = :zeros", named_params! { ":zeros": ZEROS })?;
    clear(tx, KEY)?;
    set(tx, REMAINS, &true)
}

/// Whether [`super::Store::wipe`] is due.
///
/// # Errors
///
/// [`StoreError::Broken`] where the setting cannot be read back.
pub fn has_remains(tx: &Transaction<'_>) -> Result<bool, StoreError> {
    Ok(get(tx, REMAINS)?.unwrap_or(false))
}

/// Remembers that the file was wiped.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn clear_remains(tx: &Transaction<'_>) -> Result<(), StoreError> {
    clear(tx, REMAINS)
}

/// Remembers what the first run decided. `secret` is [`ZEROS`] where the key is wrapped.
///
/// # Errors
///
/// Whatever SQLite says; a second first run is an error of the caller's.
pub fn set_identity<K>(
    tx: &Transaction<'_>,
    identity: &Identity<K>,
    secret: &[u8; 32],
) -> Result<(), StoreError> {
    let centre = identity.centre.as_ref();
    tx.execute(
        "INSERT INTO workstation (one, secret, shop, label, role,
                                  server, centre_key, centre_journal)
         VALUES (1, :secret, :shop, :label, :role, :server, :centre_key, :centre_journal)",
        named_params! {
            ":secret": secret,
            ":shop": identity.shop,
            ":label": identity.label,
            ":role": role_name(identity.role),
            ":server": centre.map(|centre| &centre.url),
            ":centre_key": centre.map(|centre| centre.key.as_bytes()),
            ":centre_journal": centre.map(|centre| centre.journal.as_bytes()),
        },
    )?;
    Ok(())
}

/// The name of a role in the database.
pub(super) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Till => "till",
        Role::Kitchen => "kitchen",
    }
}

/// A setting; `None` where it was never set.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn get<T: DeserializeOwned>(tx: &Transaction<'_>, name: &str) -> Result<Option<T>, StoreError> {
    let value: Option<String> = tx
        .prepare_cached("SELECT value FROM setting WHERE name = :name")?
        .query_row(named_params! { ":name": name }, |row| row.get(0))
        .optional()?;
    value
        .map(|value| serde_json::from_str(&value).map_err(|_| StoreError::Broken("setting")))
        .transpose()
}

/// Sets a setting.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set<T: Serialize>(tx: &Transaction<'_>, name: &str, value: &T) -> Result<(), StoreError> {
    let value = serde_json::to_string(value).expect("a setting is plain data");
    tx.execute(
        "INSERT INTO setting (name, value)
         VALUES (:name, :value)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        named_params! { ":name": name, ":value": value },
    )?;
    Ok(())
}

/// Forgets a setting.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn clear(tx: &Transaction<'_>, name: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM setting WHERE name = :name", named_params! { ":name": name })?;
    Ok(())
}

/// This workstation's label; `None` before the first run is done.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn label(tx: &Transaction<'_>) -> Result<Option<String>, StoreError> {
    Ok(tx
        .prepare_cached("SELECT label FROM workstation WHERE one = 1")?
        .query_row([], |row| row.get(0))
        .optional()?)
}

/// The number that the next order of a business day would get.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn next_order_number(tx: &Transaction<'_>, day: Date) -> Result<u64, StoreError> {
    let next: Option<i64> = tx
        .prepare_cached("SELECT next FROM order_number WHERE business_date = :day")?
        .query_row(named_params! { ":day": day.iso() }, |row| row.get(0))
        .optional()?;
    Ok(next.map_or(1, from_sql))
}

/// Takes the next number of a business day: nobody gets it again.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn take_order_number(tx: &Transaction<'_>, day: Date) -> Result<u64, StoreError> {
    let number = tx
        .prepare_cached(
            "INSERT INTO order_number (business_date, next)
             VALUES (:day, 2)
                 ON CONFLICT (business_date) DO UPDATE SET next = next + 1
             RETURNING next - 1",
        )?
        .query_row(named_params! { ":day": day.iso() }, |row| row.get(0))?;
    Ok(from_sql(number))
}

/// Makes the next number of a business day `next` at least.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn raise_order_number(tx: &Transaction<'_>, day: Date, next: u64) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO order_number (business_date, next)
         VALUES (:day, :next)
             ON CONFLICT (business_date) DO UPDATE SET next = max(next, excluded.next)",
        named_params! { ":day": day.iso(), ":next": to_sql(next) },
    )?;
    Ok(())
}

/// Wrong PINs of somebody since the last right one, and until when no other is taken (ms since
/// 1970 UTC).
///
/// # Errors
///
/// Whatever SQLite says.
pub fn wrong_pins(tx: &Transaction<'_>, operator: &str) -> Result<(u32, i64), StoreError> {
    Ok(tx
        .prepare_cached("SELECT tries, locked_until_ms FROM wrong_pin WHERE operator = :operator")?
        .query_row(named_params! { ":operator": operator }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, 0)))
}

/// Remembers another wrong PIN.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn set_wrong_pins(
    tx: &Transaction<'_>,
    operator: &str,
    tries: u32,
    locked_until_ms: i64,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO wrong_pin (operator, tries, locked_until_ms)
         VALUES (:operator, :tries, :locked_until_ms)
             ON CONFLICT (operator)
             DO UPDATE SET tries = excluded.tries, locked_until_ms = excluded.locked_until_ms",
        named_params! {
            ":operator": operator,
            ":tries": to_sql(u64::from(tries)),
            ":locked_until_ms": locked_until_ms,
        },
    )?;
    Ok(())
}

/// Forgets somebody's wrong PINs.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn clear_wrong_pins(tx: &Transaction<'_>, operator: &str) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM wrong_pin WHERE operator = :operator",
        named_params! { ":operator": operator },
    )?;
    Ok(())
}

/// The setting that holds a [`Training`] while training is on.
pub const TRAINING: &str = "training";

/// Training that is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Training {
    /// The code of the manager under whose responsibility it is.
    pub supervisor: String,
    /// That manager's name.
    pub name: String,
}

/// Whether training is on, and under whom.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn training(tx: &Transaction<'_>) -> Result<Option<Training>, StoreError> {
    Ok(get::<Option<Training>>(tx, TRAINING)?.flatten())
}

/// What the labels of this workstation's orders begin with: those of training are marked.
///
/// # Errors
///
/// [`StoreError::Broken`] where the setting cannot be read back.
pub fn order_prefix(tx: &Transaction<'_>, label: &str) -> Result<String, StoreError> {
    Ok(match training(tx)? {
        Some(_) => format!("F-{label}"),
        None => label.to_owned(),
    })
}
