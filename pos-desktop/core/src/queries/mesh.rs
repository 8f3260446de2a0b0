//! The shop's workstations among themselves, for the screen.

mod workstations;

use super::{Desk, drill_left_s, histories};
use crate::error::Error;
use crate::joining;
use crate::safekeeping::FOLDER;
use crate::shared::State;
use crate::store::drills::{self, Report};
use crate::store::{StoreError, ended, publications, settings};
use pos_api::{
    BackupsView, DrillView, DrillsView, JoiningView, MeshAnswer, MeshQuery, WorkstationsView,
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
        MeshQuery::Drills => MeshAnswer::Drills(DrillsView {
            left_s: drill_left_s(state),
            reports: drills::list(desk.tx)?.into_iter().map(|it| report(desk, it)).collect(),
        }),
        MeshQuery::Backups => MeshAnswer::Backups(BackupsView {
            folder: settings::get(desk.tx, FOLDER)?.unwrap_or_default(),
            last: state.safe.last.clone(),
            trouble: state.safe.trouble,
            file: state.safe.file,
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

fn report(desk: &Desk<'_>, report: Report) -> DrillView {
    let day = desk.zone.moment(report.began_ms).local().date().iso();
    DrillView {
        time: format!("{day} {}", desk.zone.hour_minute(report.began_ms)),
        seconds: report.seconds,
        manager: report.manager,
        tickets: report.tickets,
        total: report.total,
        kitchen_seen: report.kitchen_seen,
        kitchen_sent: report.kitchen_sent,
        waiting: report.waiting,
        level_after_s: report.level_after_s,
    }
}
