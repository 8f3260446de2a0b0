//! What people do about the shop's workstations.

use crate::error::Error;
use crate::workstation::Workstation;
use pos_api::{Code, MeshCommand, Reply};

pub(super) fn run(workstation: &mut Workstation, command: MeshCommand) -> Result<Reply, Error> {
    match command {
        MeshCommand::AskToJoin { address, role, label } => {
            workstation.ask_to_join(&address, role, &label)?;
            Ok(Reply::Done)
        }
        MeshCommand::StopAsking => {
            workstation.stop_asking();
            Ok(Reply::Done)
        }
        MeshCommand::Vouch { joiner, manager } => {
            workstation.vouch(&joiner, &manager)?;
            Ok(Reply::Done)
        }
        MeshCommand::TurnAway { joiner } => {
            workstation.turn_away(&joiner)?;
            Ok(Reply::Done)
        }
        MeshCommand::End { label, manager } => {
            workstation.end_workstation(&label, &manager)?;
            Ok(Reply::Done)
        }
        // Drills.
        MeshCommand::BeginDrill { .. } | MeshCommand::EndDrill => Err(Code::DrillState.into()),
        // Copies.
        MeshCommand::SetBackup { .. } | MeshCommand::BackUp | MeshCommand::TakeShop { .. } => {
            Err(Code::Folder.into())
        }
    }
}
