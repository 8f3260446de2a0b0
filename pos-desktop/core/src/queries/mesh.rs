//! The shop's workstations among themselves, for the screen.

mod workstations;

use super::{Desk, histories};
use crate::error::Error;
use crate::joining;
use crate::shared::State;
use crate::store::{StoreError, ended, publications, settings};
use pos_api::{
    BackupsView, DrillsView, FileState, JoiningView, MeshAnswer, MeshQuery, WorkstationsView,
};
use std::collections::BTreeSet;

pub(super) fn answer(
    desk: &Desk<'_>,
    state: &State,
    query: MeshQuery,
) -> Result<MeshAnswer, Error> {
    Ok(match query {
        MeshQuery::Workstations => MeshAnswer::Workstations(WorkstationsView {
            own: workstations::own(desk)?,
            arbiter: state.arbiter.clone(),
            catching_up: super::catching_up(desk.tx)?,
            others: workstations::others(desk, state)?,
        }),
        MeshQuery::Joining => MeshAnswer::Joining(joining(desk, state)?),
        MeshQuery::Histories => MeshAnswer::Histories(histories::all(desk)?),
        MeshQuery::Drills => MeshAnswer::Drills(DrillsView { left_s: None, reports: Vec::new() }),
        MeshQuery::Backups => MeshAnswer::Backups(BackupsView {
            folder: String::new(),
            last: None,
            trouble: None,
            file: FileState::Sound,
        }),
    })
}

fn joining(desk: &Desk<'_>, state: &State) -> Result<JoiningView, StoreError> {
    let own = settings::identity(desk.tx)?.map(|identity| identity.key.public_key());
    let mut taken = BTreeSet::new();
    for member in publications::members(desk.tx)? {
        if ended::of(desk.tx, &member.public_key)?.is_none() {
            taken.insert(member.label);
        }
    }
    Ok(joining::view(state, own.as_ref(), &taken))
}
