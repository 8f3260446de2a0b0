//! What people do about the shop's workstations.

use super::books::{self, Begun};
use crate::error::Error;
use crate::safekeeping::FOLDER;
use crate::store::settings;
use crate::workstation::Workstation;
use fiscal::event::{EventCode, data};
use pos_api::{Code, MeshCommand, Reply};
use std::path::Path;

pub(super) fn begin(workstation: &mut Workstation, command: MeshCommand) -> Result<Begun, Error> {
    match command {
        MeshCommand::AskToJoin { address, role, label } => {
            workstation.ask_to_join(&address, role, &label)?;
        }
        MeshCommand::StopAsking => workstation.stop_asking(),
        MeshCommand::Vouch { joiner, manager } => {
            workstation.vouch(&joiner, &manager)?;
        }
        MeshCommand::TurnAway { joiner } => {
            workstation.turn_away(&joiner)?;
        }
        MeshCommand::End { label, manager } => {
            workstation.end_workstation(&label, &manager)?;
        }
        MeshCommand::BeginDrill { minutes, manager } => {
            workstation.begin_drill(minutes, &manager)?;
        }
        MeshCommand::EndDrill => workstation.end_drill()?,
        MeshCommand::SetBackup { folder } => set_backup(workstation, folder.trim())?,
        MeshCommand::BackUp => return books::back_up(workstation),
        MeshCommand::TakeShop { folder } => return books::take_shop(workstation, &folder),
    }
    Ok(Begun::Done(Reply::Done))
}

/// Sets where copies go. A folder on the data's own disk is taken and said to be no second place: the
/// screen has the words, and the disk may be changed.
fn set_backup(workstation: &mut Workstation, folder: &str) -> Result<(), Error> {
    let operator = workstation.manager()?;
    let path = Path::new(folder);
    let is_folder = path.is_absolute() && path.is_dir();
    if !folder.is_empty() && !is_folder {
        return Err(Code::Folder.into());
    }
    workstation.turn(|turn| {
        let before: Option<String> = settings::get(turn.tx, FOLDER)?;
        settings::set(turn.tx, FOLDER, &folder)?;
        let members = data([
            ("what", "backup".into()),
            ("before", before.unwrap_or_default().into()),
            ("after", folder.into()),
        ]);
        turn.jet(operator.code.as_str(), EventCode::ConfigChange, members)
    })?;
    let data = workstation.folder();
    let trouble = crate::safekeeping::copies::trouble_with(path, &data);
    let trouble = trouble.filter(|_| !folder.is_empty());
    workstation.shared.change(|state| state.safe.trouble = trouble);
    Ok(())
}
