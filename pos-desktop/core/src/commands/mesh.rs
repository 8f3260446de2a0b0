//! What people do about the shop's workstations.

use crate::error::Error;
use crate::workstation::Workstation;
use pos_api::{Code, MeshCommand, Reply};

pub(super) fn run(_workstation: &mut Workstation, command: MeshCommand) -> Result<Reply, Error> {
    match command {
        // Joining and vouching.
        MeshCommand::AskToJoin { .. } | MeshCommand::StopAsking => Err(Code::Unexpected.into()),
        MeshCommand::Vouch { .. } | MeshCommand::TurnAway { .. } => Err(Code::NoSuchJoiner.into()),
        // A dead workstation.
        MeshCommand::End { .. } => Err(Code::NoSuchWorkstation.into()),
        // Drills.
        MeshCommand::BeginDrill { .. } | MeshCommand::EndDrill => Err(Code::DrillState.into()),
        // Copies.
        MeshCommand::SetBackup { .. } | MeshCommand::BackUp | MeshCommand::TakeShop { .. } => {
            Err(Code::Folder.into())
        }
    }
}
