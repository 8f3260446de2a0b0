//! What is shown in the kitchen.

use super::on;
use crate::pc::Pc;
use crate::setting::Failure;
use pos_api::{Answer, Query};
use std::collections::BTreeSet;

/// L3: each line is shown once.
pub(super) fn once(pc: &mut Pc) -> Result<(), Failure> {
    let Some(Answer::Kitchen(kitchen)) = pc.query(Query::Kitchen) else {
        return Err(on("L3 kitchen once", pc, "the kitchen's screen cannot be shown"));
    };
    let mut lines = BTreeSet::new();
    let mut orders = BTreeSet::new();
    for card in &kitchen.cards {
        if !orders.insert(card.order) {
            return Err(on("L3 kitchen once", pc, format!("{} is shown twice", card.label)));
        }
        for line in &card.lines {
            if !lines.insert((card.order, line.line)) {
                return Err(on("L3 kitchen once", pc, format!("a line of {} twice", card.label)));
            }
        }
    }
    Ok(())
}
