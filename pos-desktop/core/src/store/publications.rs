//! What the centre published: menu, staff, shop sheet, and who may speak in this shop.

use super::StoreError;
use super::journals::{self, Stored, to_sql};
use domain::catalogue::Catalogue;
use domain::publication::{Event, Published, What, WorkstationRole};
use domain::shop::Shop;
use domain::staff::StaffList;
use journal::{BlobHash, PublicKey};
use pos_api::Role;
use rusqlite::{OptionalExtension, Transaction, named_params};

/// A workstation of the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// What its envelopes and seals are signed with.
    pub public_key: PublicKey,
    /// Its label.
    pub label: String,
    /// What it is for.
    pub role: Role,
}

const fn what_name(what: What) -> &'static str {
    match what {
        What::Menu => "menu",
        What::Staff => "staff",
        What::Shop => "shop",
    }
}

/// Takes note of what an entry published. A later publication, in the order every fold reads in,
/// replaces an earlier one, in whatever order the two arrived.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn project(tx: &Transaction<'_>, stored: &Stored, event: &Event) -> Result<(), StoreError> {
    match event {
        Event::Published(published) => publish(tx, stored, published),
        Event::WorkstationListed(listed) => {
            if PublicKey::from_bytes(&listed.public_key).is_err() {
                let (journal, seq) = (stored.journal, stored.header.seq);
                tracing::warn!(%journal, %seq, "a workstation whose key is none was left out");
                return Ok(());
            }
            let role = match listed.role {
                WorkstationRole::Till => "till",
                WorkstationRole::Kitchen => "kitchen",
            };
            tx.execute(
                "INSERT INTO member (public_key, journal, label, role, revoked)
                 VALUES (:public_key, :journal, :label, :role, 0)
                     ON CONFLICT (public_key)
                     DO UPDATE SET label = excluded.label, role = excluded.role,
                                   journal = excluded.journal",
                named_params! {
                    ":public_key": listed.public_key,
                    ":journal": listed.journal.as_bytes(),
                    ":label": listed.label,
                    ":role": role,
                },
            )?;
            Ok(())
        }
        Event::WorkstationRevoked(revoked) => {
            tx.execute(
                "UPDATE member SET revoked = 1 WHERE journal = :journal",
                named_params! { ":journal": revoked.journal.as_bytes() },
            )?;
            Ok(())
        }
    }
}

fn publish(tx: &Transaction<'_>, at: &Stored, published: &Published) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO publication (what, hash, number, tick, journal, seq)
         VALUES (:what, :hash, :number, :tick, :journal, :seq)
             ON CONFLICT (what, journal, seq) DO NOTHING",
        named_params! {
            ":what": what_name(published.what),
            ":hash": published.sha256.as_bytes(),
            ":number": published.number,
            ":tick": to_sql(at.header.tick.0),
            ":journal": at.journal.as_bytes(),
            ":seq": to_sql(at.header.seq.0),
        },
    )?;
    judge(tx, published.sha256)
}

/// Takes note of whether a published blob, where it is here, can be read by this program.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn judge(tx: &Transaction<'_>, hash: BlobHash) -> Result<(), StoreError> {
    let Some(bytes) = journals::blob(tx, hash)? else {
        return Ok(());
    };
    let mut statement =
        tx.prepare_cached("SELECT DISTINCT what FROM publication WHERE hash = :hash")?;
    let mut rows = statement.query(named_params! { ":hash": hash.as_bytes() })?;
    let mut is_readable = true;
    while let Some(row) = rows.next()? {
        is_readable &= match row.get::<_, String>("what")?.as_str() {
            "menu" => Catalogue::decode(&bytes).is_ok(),
            "staff" => StaffList::decode(&bytes).is_ok(),
            _ => Shop::decode(&bytes).is_ok(),
        };
    }
    if !is_readable {
        tracing::error!(blob = %hash, "what was published cannot be read: this program is too old");
        tx.execute(
            "INSERT INTO unreadable_blob (hash) VALUES (:hash) ON CONFLICT DO NOTHING",
            named_params! { ":hash": hash.as_bytes() },
        )?;
    }
    Ok(())
}

/// Judges every published blob anew: this program may read what an older one could not.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn judge_all(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let hashes = {
        let mut statement = tx.prepare_cached("SELECT hash FROM unreadable_blob")?;
        let hashes = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        hashes.collect::<Result<Vec<_>, _>>()?
    };
    tx.execute("DELETE FROM unreadable_blob", [])?;
    for hash in hashes {
        judge(tx, read_hash(&hash)?)?;
    }
    Ok(())
}

/// The newest publications whose blobs are not here yet.
///
/// # Errors
///
/// [`StoreError::Broken`] where a name cannot be read back.
pub fn wanted(tx: &Transaction<'_>) -> Result<Vec<BlobHash>, StoreError> {
    let mut statement = tx.prepare_cached(
        "WITH newest (what, hash) AS (
             SELECT what, (SELECT hash
                             FROM publication
                            WHERE publication.what = kind.what
                            ORDER BY tick DESC, journal DESC, seq DESC
                            LIMIT 1)
               FROM (SELECT 'menu' AS what UNION ALL SELECT 'shop' UNION ALL SELECT 'staff') AS kind
         )
         SELECT hash
           FROM newest
          WHERE hash NOT IN (SELECT hash FROM blob)
          ORDER BY what",
    )?;
    let mut rows = statement.query([])?;
    let mut wanted = Vec::new();
    while let Some(row) = rows.next()? {
        wanted.push(read_hash(&row.get::<_, Vec<u8>>("hash")?)?);
    }
    Ok(wanted)
}

fn read_hash(bytes: &[u8]) -> Result<BlobHash, StoreError> {
    BlobHash::try_from(bytes).map_err(|_| StoreError::Broken("publication"))
}

/// The name and bytes of what holds now; `None` while no blob of it is here.
fn current(tx: &Transaction<'_>, what: What) -> Result<Option<(BlobHash, Vec<u8>)>, StoreError> {
    tx.prepare_cached(
        "SELECT hash, bytes
           FROM publication JOIN blob USING (hash)
          WHERE what = :what AND hash NOT IN (SELECT hash FROM unreadable_blob)
          ORDER BY tick DESC, journal DESC, seq DESC
          LIMIT 1",
    )?
    .query_row(named_params! { ":what": what_name(what) }, |row| {
        Ok((row.get::<_, Vec<u8>>("hash")?, row.get("bytes")?))
    })
    .optional()?
    .map(|(hash, bytes)| Ok((read_hash(&hash)?, bytes)))
    .transpose()
}

/// The name of the menu that holds now.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn menu_hash(tx: &Transaction<'_>) -> Result<Option<BlobHash>, StoreError> {
    hash(tx, What::Menu)
}

/// The name of the publication that holds now.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn hash(tx: &Transaction<'_>, what: What) -> Result<Option<BlobHash>, StoreError> {
    tx.prepare_cached(
        "SELECT hash
           FROM publication
          WHERE what = :what
            AND hash IN (SELECT hash FROM blob)
            AND hash NOT IN (SELECT hash FROM unreadable_blob)
          ORDER BY tick DESC, journal DESC, seq DESC
          LIMIT 1",
    )?
    .query_row(named_params! { ":what": what_name(what) }, |row| row.get::<_, Vec<u8>>("hash"))
    .optional()?
    .map(|hash| read_hash(&hash))
    .transpose()
}

/// The menu of a name.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn menu(tx: &Transaction<'_>, hash: BlobHash) -> Result<Option<Catalogue>, StoreError> {
    journals::blob(tx, hash)?
        .map(|bytes| Catalogue::decode(&bytes).map_err(|_| StoreError::Broken("menu")))
        .transpose()
}

/// Who may sign in.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn staff(tx: &Transaction<'_>) -> Result<Option<StaffList>, StoreError> {
    current(tx, What::Staff)?
        .map(|(_, bytes)| StaffList::decode(&bytes).map_err(|_| StoreError::Broken("staff list")))
        .transpose()
}

/// The shop's sheet.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub fn shop(tx: &Transaction<'_>) -> Result<Option<Shop>, StoreError> {
    current(tx, What::Shop)?
        .map(|(_, bytes)| Shop::decode(&bytes).map_err(|_| StoreError::Broken("shop")))
        .transpose()
}

/// Who may speak in this shop: those that the centre listed, and those that somebody vouched for while it
/// could not be asked. The centre's word counts alone where it has spoken; else that of one whom it
/// listed, or of whoever named the shop's workstations when this one was let in.
const MEMBERS: &str = "
    SELECT public_key, label, role FROM member WHERE revoked = 0
     UNION ALL
    SELECT public_key, max(label), max(role)
      FROM (SELECT vouch.public_key, vouch.label, vouch.role
              FROM vouch JOIN journal USING (journal)
             WHERE journal.public_key IN (SELECT public_key FROM member WHERE revoked = 0)
                OR journal.public_key IN (SELECT public_key FROM introduced
                                           WHERE public_key NOT IN
                                                 (SELECT public_key FROM member))
            UNION
            SELECT public_key, label, role FROM introduced)
     WHERE public_key NOT IN (SELECT public_key FROM member)
     GROUP BY public_key";

/// Whether a workstation may speak in this shop.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn is_member(tx: &Transaction<'_>, key: &PublicKey) -> Result<bool, StoreError> {
    let is_member = tx
        .prepare_cached(&format!(
            "SELECT EXISTS (SELECT 1 FROM ({MEMBERS}) WHERE public_key = :key)"
        ))?
        .query_row(named_params! { ":key": key.as_bytes() }, |row| row.get(0))?;
    Ok(is_member)
}

/// The workstations that may speak in this shop, by label.
///
/// # Errors
///
/// [`StoreError::Broken`] where one cannot be read back.
pub fn members(tx: &Transaction<'_>) -> Result<Vec<Member>, StoreError> {
    const BROKEN: StoreError = StoreError::Broken("member");
    let mut statement = tx.prepare_cached(&format!("{MEMBERS} ORDER BY label, public_key"))?;
    let mut rows = statement.query([])?;
    let mut members = Vec::new();
    while let Some(row) = rows.next()? {
        let key: Vec<u8> = row.get("public_key")?;
        members.push(Member {
            public_key: PublicKey::from_bytes(&key).map_err(|_| BROKEN)?,
            label: row.get("label")?,
            role: match row.get::<_, String>("role")?.as_str() {
                "till" => Role::Till,
                "kitchen" => Role::Kitchen,
                _ => return Err(BROKEN),
            },
        });
    }
    Ok(members)
}
