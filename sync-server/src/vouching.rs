//! What workstations settled among themselves while the centre could not be asked, and the centre
//! follows: who was declared dead, and who was vouched for by a manager's PIN. A person at the centre may
//! revoke either way afterwards.

use crate::enrol::{is_label, role_str};
use crate::error::Error;
use crate::store::{self, Tx};
use domain::event::{self, Event};
use domain::mesh;
use domain::publication::WorkstationRole;
use journal::{Batch, PublicKey};
use replication::Role;

/// Follows what a batch says, whose writer has that key. Whatever arrives twice, or in another order,
/// comes to the same.
///
/// # Errors
///
/// Where the database refuses or does not answer.
pub async fn follow(
    tx: &mut Tx,
    shop: &str,
    writer: &PublicKey,
    batch: &Batch,
    now_ms: i64,
) -> Result<(), Error> {
    let mut is_settled = true;
    for entry in &batch.entries {
        let kind = entry.header.kind;
        let (event::kind::VOUCHED | event::kind::ENDED, Some(body)) = (kind, &entry.body) else {
            continue;
        };
        match Event::decode(kind, entry.header.kind_version, body) {
            Ok(Some(Event::Mesh(mesh::Event::Vouched(it)))) if is_label(&it.label) => {
                let Ok(key) = PublicKey::from_bytes(&it.public_key) else { continue };
                let role = match it.role {
                    WorkstationRole::Till => Role::Till,
                    WorkstationRole::Kitchen => Role::Kitchen,
                };
                store::vouch::note(tx, shop, key.as_bytes(), role_str(role), &it.label).await?;
                is_settled = false;
            }
            Ok(Some(Event::Mesh(mesh::Event::Ended(it)))) => {
                if it.public_key != writer.as_bytes() {
                    store::workstation::end(tx, shop, &it.public_key, now_ms).await?;
                    is_settled = false;
                }
            }
            Ok(_) | Err(_) => tracing::warn!(shop, seq = %entry.header.seq, "not followed"),
        }
    }
    if !is_settled {
        for label in store::vouch::settle(tx, shop, now_ms).await? {
            tracing::info!(shop, label, "a workstation was taken in that its shop vouched for");
        }
    }
    Ok(())
}
