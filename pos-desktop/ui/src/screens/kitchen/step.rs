//! What the next press does.

use pos_api::{Command, KitchenCard, KitchenLine, KitchenStep, LineStage};

/// The step that comes next for a line; `None` when it is made.
pub(super) fn of_line(line: &KitchenLine) -> Option<KitchenStep> {
    if line.attention.is_some() {
        return Some(KitchenStep::Acknowledge);
    }
    match line.stage {
        LineStage::Waiting => Some(KitchenStep::Start),
        LineStage::Started => Some(KitchenStep::Ready),
        LineStage::Ready => None,
    }
}

/// The step that comes next for a card: what must be acknowledged first, then what nobody has
/// begun, then what is being made.
pub(super) fn next(card: &KitchenCard) -> Option<KitchenStep> {
    let steps = || card.lines.iter().filter_map(of_line);
    let first = |step| steps().find(|it| *it == step);
    first(KitchenStep::Acknowledge)
        .or_else(|| first(KitchenStep::Start))
        .or_else(|| first(KitchenStep::Ready))
}

/// The commands of a card's next step: one for the order where all its lines take that step, else
/// one a line.
pub(super) fn of_card(card: &KitchenCard) -> Vec<Command> {
    let Some(step) = next(card) else { return Vec::new() };
    let order = card.order;
    let (taking, others): (Vec<_>, Vec<_>) =
        card.lines.iter().partition(|line| of_line(line) == Some(step));
    if others.is_empty() {
        return vec![Command::Kitchen { order, line: None, step }];
    }
    let one = |line: &KitchenLine| Command::Kitchen { order, line: Some(line.line), step };
    taking.into_iter().map(one).collect()
}

/// A step as styles name it.
pub(super) const fn name(step: KitchenStep) -> &'static str {
    match step {
        KitchenStep::Acknowledge | KitchenStep::Seen => "acknowledge",
        KitchenStep::Start => "start",
        KitchenStep::Ready => "ready",
    }
}

#[cfg(test)]
mod tests {
    use super::{next, of_card};
    use domain::{
        catalogue::Allergens,
        id::{LineId, OrderId},
    };
    use fiscal::vat::Mode;
    use pos_api::{Attention, Command, KitchenCard, KitchenLine, KitchenStep, LineStage};

    fn line(id: u8, stage: LineStage) -> KitchenLine {
        KitchenLine {
            line: LineId([id; 8]),
            quantity: 1,
            size: "Grande".to_owned(),
            parts: Vec::new(),
            changes: Vec::new(),
            stage,
            by: String::new(),
            attention: None,
            allergens: Allergens::NONE,
        }
    }

    fn card(lines: Vec<KitchenLine>) -> KitchenCard {
        KitchenCard {
            order: OrderId([7; 16]),
            label: "C1-042".to_owned(),
            mode: Mode::TakeAway,
            promise: "19:30".to_owned(),
            minutes_left: 12,
            lines,
            seen: true,
        }
    }

    #[test]
    fn a_card_is_started_then_ready() {
        let waiting = card(vec![line(1, LineStage::Waiting), line(2, LineStage::Waiting)]);
        let order = waiting.order;
        let step = KitchenStep::Start;
        assert_eq!(of_card(&waiting), [Command::Kitchen { order, line: None, step }]);
        assert_eq!(next(&card(vec![line(1, LineStage::Started)])), Some(KitchenStep::Ready));
        assert_eq!(next(&card(vec![line(1, LineStage::Ready)])), None);
    }

    #[test]
    fn only_the_lines_concerned_take_the_step() {
        let mixed = card(vec![line(1, LineStage::Ready), line(2, LineStage::Started)]);
        let (order, step) = (mixed.order, KitchenStep::Ready);
        let second = Some(LineId([2; 8]));
        assert_eq!(of_card(&mixed), [Command::Kitchen { order, line: second, step }]);
    }

    #[test]
    fn what_must_be_noticed_comes_first() {
        let cancelled =
            KitchenLine { attention: Some(Attention::Cancelled), ..line(2, LineStage::Started) };
        let card = card(vec![line(1, LineStage::Waiting), cancelled]);
        assert_eq!(next(&card), Some(KitchenStep::Acknowledge));
    }
}
