//! Steps in the kitchen.

use crate::error::Error;
use crate::store::orders;
use crate::workstation::{Turn, Workstation};
use domain::event::Event;
use domain::id::{LineId, OperatorCode, OrderId};
use domain::kitchen::{self, Docket, State};
use pos_api::{Code, KitchenStep, Reply};

/// How many steps can be undone, latest first.
const UNDO_DEPTH: usize = 50;

pub(super) fn step(
    workstation: &mut Workstation,
    order: OrderId,
    line: Option<LineId>,
    step: KitchenStep,
) -> Result<Reply, Error> {
    let by = who(workstation);
    let done = workstation.turn(|turn| {
        let docket = docket(turn, order)?;
        let mut events = Vec::new();
        let mut done = Vec::new();
        match (step, line) {
            (KitchenStep::Seen, _) => events = docket.see(),
            (_, Some(line)) => {
                events = decide(&docket, line, step, &by)?;
                done.push(line);
            }
            (_, None) => {
                for it in docket.lines.iter().filter(|it| concerns(step, it)) {
                    events.extend(decide(&docket, it.line.id, step, &by)?);
                    done.push(it.line.id);
                }
                if done.is_empty() {
                    return Err(Code::KitchenStep.into());
                }
            }
        }
        for event in events {
            turn.record(Some(order.into()), &Event::Kitchen(event));
        }
        Ok::<_, Error>(done)
    })?;
    match step {
        KitchenStep::Start | KitchenStep::Ready => {
            workstation.steps.extend(done.into_iter().map(|line| (order, line)));
            let surplus = workstation.steps.len().saturating_sub(UNDO_DEPTH);
            workstation.steps.drain(..surplus);
        }
        KitchenStep::Seen | KitchenStep::Acknowledge => {}
    }
    tell(workstation);
    Ok(Reply::Done)
}

/// Takes back the last step that was taken on this PC.
pub(super) fn undo(workstation: &mut Workstation) -> Result<Reply, Error> {
    let (order, line) = workstation.steps.last().copied().ok_or(Code::NothingToUndo)?;
    let undone = workstation.turn(|turn| {
        let events = docket(turn, order)?.undo(line).map_err(|refused| match refused {
            kitchen::UndoRefused::NoSuchLine | kitchen::UndoRefused::NothingToUndo => {
                Error::Refused(Code::NothingToUndo)
            }
        })?;
        for event in events {
            turn.record(Some(order.into()), &Event::Kitchen(event));
        }
        Ok::<_, Error>(Reply::Done)
    });
    // A step that can no longer be undone is not offered again; one that could not be written is.
    if !matches!(undone, Err(Error::Store(_))) {
        workstation.steps.pop();
    }
    tell(workstation);
    undone
}

fn tell(workstation: &Workstation) {
    let can_undo = !workstation.steps.is_empty();
    workstation.shared.change(|state| state.can_undo = can_undo);
}

/// Whoever is signed in; a kitchen PC that nobody signs in on goes by its label.
fn who(workstation: &Workstation) -> OperatorCode {
    let operator =
        workstation.shared.read(|state| state.operator.as_ref().map(|it| it.code.clone()));
    let label = || workstation.identity().map_or("", |identity| identity.label.as_str());
    operator.unwrap_or_else(|| OperatorCode::from(label()))
}

fn docket(turn: &Turn<'_>, order: OrderId) -> Result<Docket, Error> {
    if !orders::is_of_now(turn.tx, order)? {
        return Err(Code::NoSuchOrder.into());
    }
    orders::load(turn.tx, order)?.docket.ok_or(Error::Refused(Code::NoSuchOrder))
}

/// Whether a step on a whole order is one for this line.
fn concerns(step: KitchenStep, line: &kitchen::DocketLine) -> bool {
    let wanted = line.alert != Some(kitchen::Alert::Cancelled);
    match step {
        KitchenStep::Seen => !line.seen,
        KitchenStep::Start => wanted && line.state == State::Waiting,
        KitchenStep::Ready => wanted && line.state == State::Started,
        KitchenStep::Acknowledge => line.alert.is_some(),
    }
}

fn decide(
    docket: &Docket,
    line: LineId,
    step: KitchenStep,
    by: &OperatorCode,
) -> Result<Vec<kitchen::Event>, Error> {
    let refused = |why: String| Error::Order { why, code: Code::KitchenStep };
    match step {
        KitchenStep::Seen => Ok(docket.see()),
        KitchenStep::Start => {
            docket.start(line, by.clone()).map_err(|why| refused(why.to_string()))
        }
        KitchenStep::Ready => docket.ready(line).map_err(|why| refused(why.to_string())),
        KitchenStep::Acknowledge => {
            docket.acknowledge(line).map_err(|why| refused(why.to_string()))
        }
    }
}
