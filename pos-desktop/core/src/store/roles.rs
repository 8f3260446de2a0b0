//! Who took a role, who asked for leave to take an order's money, and who was given it. Folds are
//! `domain::mesh`'s; here is what they are folds of.

use super::documents::Place;
use super::journals::{Branch, from_sql, to_sql};
use super::{StoreError, early_roles, orders as shop_orders};
use domain::event::Event;
use domain::id::OrderId;
use domain::mesh::payment::Asked;
use domain::mesh::roles::MAX_TERM;
use domain::mesh::{self, Role};
use domain::order::Stamp;
use journal::{Header, JournalId, PublicKey, Seq, Tick};
use rusqlite::{Row, Transaction, named_params};

const BROKEN: StoreError = StoreError::Broken("role");

/// Takes note of what an entry says of roles and payments; of the rest of what workstations settle
/// among themselves nothing is kept here. What is noted already changes nothing.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn project(
    tx: &Transaction<'_>,
    at: Place,
    tick: Tick,
    event: &mesh::Event,
) -> Result<(), StoreError> {
    match event {
        // After a term above that there would be no next: it is believed nowhere.
        mesh::Event::RoleTaken(taken) if MAX_TERM < taken.term => Ok(()),
        mesh::Event::RoleTaken(taken) => {
            tx.prepare_cached(
                "INSERT INTO role_taken (role, term, journal, branch, seq)
                 VALUES (:role, :term, :journal, :branch, :seq)
                     ON CONFLICT DO NOTHING",
            )?
            .execute(named_params! {
                ":role": role_number(taken.role),
                ":term": to_sql(taken.term),
                ":journal": at.journal.as_bytes(),
                ":branch": at.branch.to_sql(),
                ":seq": to_sql(at.seq.0),
            })?;
            Ok(())
        }
        mesh::Event::PaymentAsked(asked) => {
            tx.prepare_cached(
                "INSERT INTO payment_asked (order_id, journal, branch, seq, tick)
                 VALUES (:order_id, :journal, :branch, :seq, :tick)
                     ON CONFLICT DO NOTHING",
            )?
            .execute(named_params! {
                ":order_id": asked.order.0,
                ":journal": at.journal.as_bytes(),
                ":branch": at.branch.to_sql(),
                ":seq": to_sql(at.seq.0),
                ":tick": to_sql(tick.0),
            })?;
            Ok(())
        }
        mesh::Event::PaymentGranted(granted) if MAX_TERM < granted.term => Ok(()),
        mesh::Event::PaymentGranted(granted) => {
            tx.prepare_cached(
                "INSERT INTO payment_granted (order_id, journal, branch, seq, tick, term, to_journal)
                 VALUES (:order_id, :journal, :branch, :seq, :tick, :term, :to_journal)
                     ON CONFLICT DO NOTHING",
            )?
            .execute(named_params! {
                ":order_id": granted.order.0,
                ":journal": at.journal.as_bytes(),
                ":branch": at.branch.to_sql(),
                ":seq": to_sql(at.seq.0),
                ":tick": to_sql(tick.0),
                ":term": to_sql(granted.term),
                ":to_journal": granted.to.as_bytes(),
            })?;
            Ok(())
        }
        mesh::Event::Vouched(_)
        | mesh::Event::Ended(_)
        | mesh::Event::DrillBegan(_)
        | mesh::Event::DrillEnded(_) => Ok(()),
    }
}

/// Takes note of what an older program kept without reading it.
///
/// # Errors
///
/// [`StoreError::Broken`] where an entry cannot be read back.
pub(crate) fn catch_up(tx: &Transaction<'_>) -> Result<(), StoreError> {
    let mut statement = tx.prepare(
        "SELECT journal, branch, seq, header, body
           FROM entry
           JOIN body USING (journal, branch, seq)
          WHERE kind BETWEEN 224 AND 226
            AND NOT EXISTS (SELECT 1
                              FROM role_taken
                             WHERE (role_taken.journal, role_taken.branch, role_taken.seq)
                                 = (entry.journal, entry.branch, entry.seq))
            AND NOT EXISTS (SELECT 1
                              FROM payment_asked AS it
                             WHERE (it.journal, it.branch, it.seq)
                                 = (entry.journal, entry.branch, entry.seq))
            AND NOT EXISTS (SELECT 1
                              FROM payment_granted AS it
                             WHERE (it.journal, it.branch, it.seq)
                                 = (entry.journal, entry.branch, entry.seq))",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let header: Vec<u8> = row.get("header")?;
        let header = Header::decode(&header).ok_or(StoreError::Broken("entry"))?;
        let body: Vec<u8> = row.get("body")?;
        let at = Place {
            journal: journal_in(row, "journal")?,
            branch: Branch::from_sql(&row.get::<_, Vec<u8>>("branch")?)?,
            seq: Seq(from_sql(row.get("seq")?)),
        };
        if let Ok(Some(Event::Mesh(event))) = Event::decode(header.kind, header.kind_version, &body)
        {
            project(tx, at, header.tick, &event)?;
        }
    }
    Ok(())
}

/// Who took a role in the highest term that is known of it. Several did where they did not know of
/// each other.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub(crate) fn taken(tx: &Transaction<'_>, role: Role) -> Result<Vec<(u64, PublicKey)>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT DISTINCT term, public_key
           FROM role_taken JOIN journal USING (journal)
          WHERE role = :role AND purpose = 0
            AND term = (SELECT term
                          FROM role_taken JOIN journal USING (journal)
                         WHERE role = :role AND purpose = 0
                         ORDER BY term DESC
                         LIMIT 1)",
    )?;
    let mut rows = statement.query(named_params! { ":role": role_number(role) })?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        taken.push((from_sql(row.get("term")?), key_in(row, "public_key")?));
    }
    taken.extend(early_roles::taken(tx, role)?);
    let highest = taken.iter().map(|(term, _)| *term).max();
    taken.retain(|(term, _)| Some(*term) == highest);
    Ok(taken)
}

/// The open orders whose money somebody asked to take, or may take.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn orders(tx: &Transaction<'_>) -> Result<Vec<OrderId>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT order_id
           FROM shop_order
          WHERE open = 1
            AND (EXISTS (SELECT 1 FROM payment_asked AS it WHERE it.order_id = shop_order.order_id)
              OR EXISTS (SELECT 1 FROM payment_granted AS it
                          WHERE it.order_id = shop_order.order_id))
          ORDER BY order_id",
    )?;
    let mut rows = statement.query([])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(OrderId(row.get("order_id")?));
    }
    for order in early_roles::orders(tx)? {
        if !orders.contains(&order) && shop_orders::is_open(tx, order)? {
            orders.push(order);
        }
    }
    orders.sort_unstable();
    Ok(orders)
}

/// Everybody who asked to take the money of an order.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub(crate) fn asked(tx: &Transaction<'_>, order: OrderId) -> Result<Vec<Asked>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT tick, journal, seq, public_key
           FROM payment_asked JOIN journal USING (journal)
          WHERE order_id = :order_id AND purpose = 0
          ORDER BY tick, journal, seq, branch",
    )?;
    let mut rows = statement.query(named_params! { ":order_id": order.0 })?;
    let mut asked = Vec::new();
    while let Some(row) = rows.next()? {
        asked.push(Asked { at: stamp_in(row)?, by: key_in(row, "public_key")? });
    }
    let early = early_roles::asked(tx)?.into_iter().filter(|(about, _)| *about == order);
    asked.extend(early.map(|(_, asked)| asked));
    asked.sort_by_key(|asked| asked.at);
    Ok(asked)
}

/// A grant as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct GrantRow {
    pub(crate) term: u64,
    pub(crate) by: PublicKey,
    pub(crate) at: Stamp,
    pub(crate) journal: JournalId,
    /// What the writer of that journal signs with; `None` where it is not here yet.
    pub(crate) to: Option<PublicKey>,
}

/// Every leave to take the money of an order, by whoever took the role in that very term.
///
/// # Errors
///
/// [`StoreError::Broken`] where a row cannot be read back.
pub(crate) fn granted(tx: &Transaction<'_>, order: OrderId) -> Result<Vec<GrantRow>, StoreError> {
    let mut statement = tx.prepare_cached(
        "SELECT payment_granted.tick, payment_granted.journal, payment_granted.seq,
                payment_granted.term, writer.public_key AS by_key, to_journal,
                receiver.public_key AS to_key
           FROM payment_granted
           JOIN journal AS writer USING (journal)
           LEFT JOIN journal AS receiver ON receiver.journal = to_journal
          WHERE order_id = :order_id AND writer.purpose = 0
          ORDER BY payment_granted.tick, payment_granted.journal, payment_granted.seq",
    )?;
    let mut rows = statement.query(named_params! { ":order_id": order.0 })?;
    let mut granted = Vec::new();
    while let Some(row) = rows.next()? {
        let to: Option<Vec<u8>> = row.get("to_key")?;
        granted.push(GrantRow {
            term: from_sql(row.get("term")?),
            by: key_in(row, "by_key")?,
            at: stamp_in(row)?,
            journal: journal_in(row, "to_journal")?,
            to: to.map(|to| PublicKey::from_bytes(&to)).transpose().map_err(|_| BROKEN)?,
        });
    }
    let early = early_roles::granted(tx)?.into_iter().filter(|(about, _)| *about == order);
    granted.extend(early.map(|(_, granted)| granted));
    granted.sort_by_key(|granted| granted.at);
    let mut by_arbiters = Vec::with_capacity(granted.len());
    for granted in granted {
        if took(tx, granted.term, &granted.by)? {
            by_arbiters.push(granted);
        }
    }
    Ok(by_arbiters)
}

/// Whether a workstation took the arbiter's role in a term.
fn took(tx: &Transaction<'_>, term: u64, key: &PublicKey) -> Result<bool, StoreError> {
    let noted = tx
        .prepare_cached(
            "SELECT 1
               FROM role_taken JOIN journal USING (journal)
              WHERE role = 0 AND term = :term AND purpose = 0 AND public_key = :public_key",
        )?
        .exists(named_params! { ":term": to_sql(term), ":public_key": key.as_bytes() })?;
    Ok(noted || early_roles::taken(tx, Role::Arbiter)?.contains(&(term, *key)))
}

const fn role_number(role: Role) -> i64 {
    match role {
        Role::Arbiter => 0,
        Role::SharedPrinter => 1,
    }
}

fn stamp_in(row: &Row<'_>) -> Result<Stamp, StoreError> {
    Ok(Stamp {
        tick: Tick(from_sql(row.get("tick")?)),
        journal: journal_in(row, "journal")?,
        seq: Seq(from_sql(row.get("seq")?)),
        // A label, and no part of any order.
        wall_ms: 0,
    })
}

fn journal_in(row: &Row<'_>, column: &str) -> Result<JournalId, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    JournalId::try_from(bytes.as_slice()).map_err(|_| BROKEN)
}

fn key_in(row: &Row<'_>, column: &str) -> Result<PublicKey, StoreError> {
    let bytes: Vec<u8> = row.get(column)?;
    PublicKey::from_bytes(&bytes).map_err(|_| BROKEN)
}

#[cfg(test)]
mod tests {
    use domain::event::kind;

    #[test]
    fn the_migration_names_the_kinds_by_their_numbers() {
        let kinds = [kind::ROLE_TAKEN.0, kind::PAYMENT_ASKED.0, kind::PAYMENT_GRANTED.0];
        assert_eq!(kinds, [224, 225, 226]);
    }
}
