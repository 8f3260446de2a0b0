//! Training: everything goes on, in a journal that counts nowhere.

use crate::error::Error;
use crate::workstation::Workstation;
use pos_api::{Reply, TrainingCommand};

pub(super) fn run(
    workstation: &mut Workstation,
    command: &TrainingCommand,
) -> Result<Reply, Error> {
    let operator = workstation.seller()?;
    match command {
        TrainingCommand::Start { supervisor } => {
            let supervisor = workstation.approve(supervisor)?;
            workstation.start_training(operator.code.as_str(), &supervisor)?;
        }
        TrainingCommand::End => workstation.end_training(operator.code.as_str())?,
    }
    Ok(Reply::Done)
}
