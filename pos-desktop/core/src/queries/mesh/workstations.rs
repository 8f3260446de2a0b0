//! The shop's other workstations: where they are, whether they answer, what they hold of ours.

use crate::queries::{SILENT_AFTER_MS, histories};
use crate::shared::State;
use crate::store::{StoreError, ended, publications, settings, vouches, witnesses};
use crate::views::Desk;
use pos_api::{Found, WorkstationLine};

/// This workstation's label; empty before it has one.
pub(super) fn own(desk: &Desk<'_>) -> Result<String, StoreError> {
    Ok(settings::identity(desk.tx)?.map(|identity| identity.label).unwrap_or_default())
}

/// The others, by label.
pub(super) fn others(desk: &Desk<'_>, state: &State) -> Result<Vec<WorkstationLine>, StoreError> {
    let Some(own) = settings::identity(desk.tx)?.map(|identity| identity.key.public_key()) else {
        return Ok(Vec::new());
    };
    let members = publications::members(desk.tx)?;
    let others = members.into_iter().filter(|member| member.public_key != own);
    others
        .map(|member| {
            let key = &member.public_key;
            let (address, found) =
                state.found.get(key).cloned().unwrap_or((String::new(), Found::Nowhere));
            let heard_ms = state.peers.get(key).and_then(|link| link.answered_ms);
            let silent_ms = heard_ms.map(|heard_ms| (desk.now_ms - heard_ms).max(0));
            let answers = silent_ms.is_some_and(|silent_ms| silent_ms < SILENT_AFTER_MS);
            let silent_s = silent_ms.filter(|_| !answers).map(|ms| ms.unsigned_abs() / 1_000);
            Ok(WorkstationLine {
                label: member.label,
                role: member.role,
                address,
                found,
                answers,
                silent_s,
                behind: witnesses::not_held_by(desk.tx, key)?,
                vouched: !vouches::is_listed(desk.tx, key)?,
                ended: ended::of(desk.tx, key)?.map(|it| histories::time(desk, it.wall_ms)),
            })
        })
        .collect()
}
