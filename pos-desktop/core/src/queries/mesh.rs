//! The shop's workstations among themselves, for the screen.

use super::Desk;
use crate::error::Error;
use crate::shared::State;
use pos_api::{
    BackupsView, DrillsView, FileState, JoiningView, MeshAnswer, MeshQuery, WorkstationsView,
};

pub(super) fn answer(
    _desk: &Desk<'_>,
    _state: &State,
    query: MeshQuery,
) -> Result<MeshAnswer, Error> {
    Ok(match query {
        MeshQuery::Workstations => MeshAnswer::Workstations(WorkstationsView {
            own: String::new(),
            arbiter: String::new(),
            catching_up: None,
            others: Vec::new(),
        }),
        MeshQuery::Joining => MeshAnswer::Joining(JoiningView { joiners: Vec::new(), own: None }),
        MeshQuery::Histories => MeshAnswer::Histories(Vec::new()),
        MeshQuery::Drills => MeshAnswer::Drills(DrillsView { left_s: None, reports: Vec::new() }),
        MeshQuery::Backups => MeshAnswer::Backups(BackupsView {
            folder: String::new(),
            last: None,
            trouble: None,
            file: FileState::Sound,
        }),
    })
}
