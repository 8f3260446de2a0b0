//! Who was vouched for in the shop, and who was named when this workstation itself was let in.

use super::StoreError;
use super::journals::{Stored, to_sql};
use super::settings::role_name;
use domain::mesh::Vouched;
use domain::publication::WorkstationRole;
use journal::PublicKey;
use pos_api::Role;
use rusqlite::{Transaction, named_params};

/// Takes note of an entry that vouches for somebody. Whether it counts is asked when members are read
/// ([`super::publications::members`]): that is a function of the set of entries.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn project(
    tx: &Transaction<'_>,
    at: &Stored,
    vouched: &Vouched,
) -> Result<(), StoreError> {
    if PublicKey::from_bytes(&vouched.public_key).is_err() {
        let (journal, seq) = (at.journal, at.header.seq);
        tracing::warn!(%journal, %seq, "somebody vouched for a key that is none: left out");
        return Ok(());
    }
    tx.execute(
        "INSERT INTO vouch (journal, seq, tick, public_key, label, role)
         VALUES (:journal, :seq, :tick, :public_key, :label, :role)
             ON CONFLICT (journal, seq) DO NOTHING",
        named_params! {
            ":journal": at.journal.as_bytes(),
            ":seq": to_sql(at.header.seq.0),
            ":tick": to_sql(at.header.tick.0),
            ":public_key": vouched.public_key,
            ":label": vouched.label,
            ":role": role_name(match vouched.role {
                WorkstationRole::Till => Role::Till,
                WorkstationRole::Kitchen => Role::Kitchen,
            }),
        },
    )?;
    Ok(())
}

/// Remembers whom the workstation that vouched for this one named.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn introduce(
    tx: &Transaction<'_>,
    key: &PublicKey,
    label: &str,
    role: Role,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO introduced (public_key, label, role) VALUES (:public_key, :label, :role)
             ON CONFLICT (public_key) DO NOTHING",
        named_params! {
            ":public_key": key.as_bytes(),
            ":label": label,
            ":role": role_name(role),
        },
    )?;
    Ok(())
}

/// Whether a member is one that the centre has listed itself.
///
/// # Errors
///
/// Whatever SQLite says.
pub(crate) fn is_listed(tx: &Transaction<'_>, key: &PublicKey) -> Result<bool, StoreError> {
    let listed = tx
        .prepare_cached("SELECT 1 FROM member WHERE public_key = :key AND revoked = 0")?
        .exists(named_params! { ":key": key.as_bytes() })?;
    Ok(listed)
}
