//! The kitchen's view of an order: what to make, who makes it, what has changed since.
//!
//! A [`Docket`] is a fold of the order's facts and the kitchen's own. Of two people who claim a
//! line, the lower (tick, journal) has it until one has started it; then whoever started has it,
//! and of two who start at once, again the lower. Both screens fold the same and say so.

mod decide;
mod event;

pub use decide::{AcknowledgeRefused, ClaimRefused, ReadyRefused, StartRefused, UndoRefused};
pub use event::{Acknowledged, Claimed, Event, Ready, Seen, Started, Step, Undone};

use crate::id::{LineId, OperatorCode, OrderId, SizeCode};
use crate::order::{self, Fact, Line, Order, Stamp, in_order};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::ticket::Channel;
use fiscal::vat::Mode;
use serde::{Deserialize, Serialize};

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Nobody has begun.
    Waiting,
    /// Somebody is making it.
    Started,
    /// It is made.
    Ready,
}

/// Something about a line that somebody in the kitchen has to acknowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Alert {
    /// It came after another line of the order was started. Starting it is acknowledgement enough.
    Added,
    /// How or when the order leaves has changed since it was started.
    Changed,
    /// It is not wanted any more, and the kitchen had seen it.
    Cancelled,
}

/// A line in the kitchen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocketLine {
    /// What is to be made.
    pub line: Line,
    /// How far it is.
    pub state: State,
    /// Who makes it: who started it, else who claimed it.
    pub by: Option<OperatorCode>,
    /// Who else claimed or started it, to be told that it is taken.
    pub rivals: Vec<OperatorCode>,
    /// Whether the kitchen has seen it: said so, or did anything about it.
    pub seen: bool,
    /// When it was sent, by the sender's clock.
    pub sent_ms: i64,
    /// When it was started, by the kitchen's clock.
    pub started_ms: Option<i64>,
    /// When it was ready, by the kitchen's clock.
    pub ready_ms: Option<i64>,
    /// What has to be acknowledged.
    pub alert: Option<Alert>,
    /// The last step, which an undo takes back.
    pub last_step: Option<Step>,
}

/// An order in the kitchen: the lines that it was sent and that are still wanted, and those that
/// it has to be told are not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Docket {
    /// The order.
    pub order: OrderId,
    /// What people call it.
    pub label: String,
    /// How it came in.
    pub channel: Channel,
    /// How it leaves.
    pub mode: Mode,
    /// When it is promised, in milliseconds since 1970 UTC; `None` is as soon as possible.
    pub promise_ms: Option<i64>,
    /// When it was opened, by its till's clock.
    pub opened_ms: i64,
    /// The lines, in the order they were asked for.
    pub lines: Vec<DocketLine>,
}

impl Docket {
    /// What the kitchen has to know of an order; `None` while it was sent nothing that it has to
    /// know of, or while the entry that opened it has not arrived.
    ///
    /// `facts` are all that is known of the order, in any order.
    #[must_use]
    pub fn fold(id: OrderId, facts: impl IntoIterator<Item = (Stamp, Fact)>) -> Option<Self> {
        let facts = in_order(facts);
        let (order, _) = Order::fold(id, facts.iter().cloned());
        Self::of(&order, &facts)
    }

    fn of(order: &Order, facts: &[(Stamp, Fact)]) -> Option<Self> {
        let opening = order.opening()?;
        let mut histories = Histories::default();
        for (at, fact) in facts {
            match fact {
                Fact::Order(event) => histories.order(event),
                Fact::Kitchen(event) => histories.kitchen(*at, event),
                Fact::Settled(_) => {}
            }
        }
        let lines: Vec<_> = order
            .lines()
            .iter()
            .filter_map(|it| {
                let sent_ms = it.sent?.wall_ms;
                let history = histories.of_line.remove(&it.line.id).unwrap_or_default();
                history.view(it.line.clone(), sent_ms, order.is_live(it))
            })
            .collect();
        if lines.is_empty() {
            return None;
        }
        Some(Self {
            order: order.id(),
            label: opening.said.label.clone(),
            channel: opening.said.channel,
            mode: order.mode().unwrap_or(opening.said.mode),
            promise_ms: order.promise_ms(),
            opened_ms: opening.at.wall_ms,
            lines,
        })
    }

    /// The line of this id.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&DocketLine> {
        self.lines.iter().find(|it| it.line.id == id)
    }

    /// When it is wanted: as promised, or for one as soon as possible, `preparation_ms` after it
    /// was opened.
    #[must_use]
    pub fn wanted_ms(&self, preparation_ms: i64) -> i64 {
        self.promise_ms.unwrap_or(self.opened_ms.saturating_add(preparation_ms))
    }

    /// Whether the kitchen is to see it now: as soon as possible, begun already, or within
    /// `lead_ms` of its promise.
    #[must_use]
    pub fn is_due(&self, now_ms: i64, lead_ms: i64) -> bool {
        let begun = self.lines.iter().any(|it| it.state != State::Waiting || it.alert.is_some());
        begun || self.promise_ms.is_none_or(|at_ms| at_ms.saturating_sub(lead_ms) <= now_ms)
    }

    /// Whether there is nothing left to do: every line is ready, and nothing to acknowledge.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.lines.iter().all(|it| it.state == State::Ready && it.alert.is_none())
    }

    /// Whether the kitchen has seen all of it.
    #[must_use]
    pub fn is_seen(&self) -> bool {
        self.lines.iter().all(|it| it.seen)
    }
}

/// Puts dockets in the order to make them in: by the time they are wanted, then by label.
pub fn queue(dockets: &mut [Docket], preparation_ms: i64) {
    dockets.sort_by(|a, b| {
        let wanted = a.wanted_ms(preparation_ms).cmp(&b.wanted_ms(preparation_ms));
        wanted.then_with(|| a.label.cmp(&b.label)).then_with(|| a.order.cmp(&b.order))
    });
}

/// How many balls of dough are needed by size for what is wanted by `until_ms`, late ones too, and
/// not begun.
#[must_use]
pub fn dough_balls<'d>(
    dockets: impl IntoIterator<Item = &'d Docket>,
    until_ms: i64,
    preparation_ms: i64,
) -> BTreeMap<SizeCode, u32> {
    let mut balls: BTreeMap<SizeCode, u32> = BTreeMap::new();
    let wanted = dockets.into_iter().filter(|it| it.wanted_ms(preparation_ms) <= until_ms);
    let to_begin = wanted
        .flat_map(|it| &it.lines)
        .filter(|it| it.state == State::Waiting && it.alert != Some(Alert::Cancelled));
    for it in to_begin {
        if let Some(size) = &it.line.configured.size {
            let count = balls.entry(size.clone()).or_default();
            *count = count.saturating_add(it.line.quantity.into());
        }
    }
    balls
}

/// What the kitchen's facts say of each line.
#[derive(Default)]
struct Histories {
    of_line: BTreeMap<LineId, History>,
    mode: Option<Mode>,
    promise_ms: Option<i64>,
}

#[derive(Default)]
struct History {
    /// Steps not undone.
    steps: Vec<(Step, Stamp, Option<OperatorCode>)>,
    /// Who claimed or started it and did not take it back.
    takers: Vec<OperatorCode>,
    /// Whether anybody in the kitchen ever did anything about it, be it only to look.
    touched: bool,
    alert: Option<Alert>,
}

impl Histories {
    fn order(&mut self, event: &order::Event) {
        match event {
            order::Event::Opened(it) => self.mode = self.mode.or(Some(it.mode)),
            order::Event::SentToKitchen(it) => self.sent(&it.lines),
            order::Event::LineCancelled(it) => {
                self.line(it.line).alert = Some(Alert::Cancelled);
            }
            order::Event::Cancelled(_) => {
                self.of_line.values_mut().for_each(|it| it.alert = Some(Alert::Cancelled));
            }
            order::Event::ModeSet(it) => {
                if self.mode != Some(it.mode) {
                    self.changed();
                }
                self.mode = Some(it.mode);
            }
            order::Event::PromiseSet(it) => {
                if self.promise_ms != it.at_ms {
                    self.changed();
                }
                self.promise_ms = it.at_ms;
            }
            order::Event::LinesAdded(_)
            | order::Event::CustomerNamed(_)
            | order::Event::Held(_)
            | order::Event::Resumed(_)
            | order::Event::HandedOver(_)
            | order::Event::Discounted(_)
            | order::Event::FeeSet(_) => {}
        }
    }

    fn kitchen(&mut self, at: Stamp, event: &Event) {
        match event {
            Event::Seen(Seen { lines }) => {
                for line in lines {
                    self.line(*line).touched = true;
                }
            }
            Event::Claimed(Claimed { line, by }) => {
                self.line(*line).step(Step::Claim, at, Some(by));
            }
            Event::Started(Started { line, by }) => {
                self.line(*line).step(Step::Start, at, Some(by));
            }
            Event::Ready(Ready { line }) => self.line(*line).step(Step::Ready, at, None),
            Event::Undone(Undone { line, step }) => self.line(*line).undo(*step),
            Event::Acknowledged(Acknowledged { line }) => {
                let it = self.line(*line);
                (it.alert, it.touched) = (None, true);
            }
        }
    }

    fn line(&mut self, id: LineId) -> &mut History {
        self.of_line.entry(id).or_default()
    }

    fn sent(&mut self, lines: &[LineId]) {
        let begun = self.of_line.values().any(|it| it.state() != State::Waiting);
        for line in lines {
            let it = self.line(*line);
            if begun && it.state() == State::Waiting {
                it.alert = it.alert.or(Some(Alert::Added));
            }
        }
    }

    fn changed(&mut self) {
        for it in self.of_line.values_mut().filter(|it| it.state() != State::Waiting) {
            it.alert = it.alert.max(Some(Alert::Changed));
        }
    }
}

impl History {
    fn last(&self) -> Option<Step> {
        self.steps.last().map(|(step, ..)| *step)
    }

    fn state(&self) -> State {
        match self.last() {
            None | Some(Step::Claim) => State::Waiting,
            Some(Step::Start) => State::Started,
            Some(Step::Ready) => State::Ready,
        }
    }

    /// Takes a step, where the line is not that far already: read in order, the first one wins.
    fn step(&mut self, step: Step, at: Stamp, by: Option<&OperatorCode>) {
        self.touched = true;
        if let Some(by) = by
            && !self.takers.contains(by)
        {
            self.takers.push(by.clone());
        }
        if self.last() < Some(step) {
            self.steps.push((step, at, by.cloned()));
            self.alert = self.alert.filter(|it| *it != Alert::Added);
        }
    }

    fn undo(&mut self, step: Step) {
        self.touched = true;
        if self.last() != Some(step) {
            return;
        }
        if let Some((_, _, Some(by))) = self.steps.pop()
            && !self.steps.iter().any(|(_, _, other)| other.as_ref() == Some(&by))
        {
            self.takers.retain(|it| *it != by);
        }
    }

    fn at(&self, step: Step) -> Option<i64> {
        self.steps.iter().find(|(it, ..)| *it == step).map(|(_, at, _)| at.wall_ms)
    }

    /// The line as shown; `None` where it is not wanted and nobody has to be told.
    fn view(self, line: Line, sent_ms: i64, wanted: bool) -> Option<DocketLine> {
        let alert = match (wanted, self.alert) {
            (true, alert) => alert,
            (false, Some(Alert::Cancelled)) if self.touched => Some(Alert::Cancelled),
            (false, _) => return None,
        };
        let by = self.steps.iter().rev().find_map(|(_, _, by)| by.clone());
        let rivals = self.takers.iter().filter(|it| Some(*it) != by.as_ref()).cloned().collect();
        Some(DocketLine {
            state: self.state(),
            rivals,
            seen: self.touched,
            sent_ms,
            started_ms: self.at(Step::Start),
            ready_ms: self.at(Step::Ready),
            alert,
            last_step: self.last(),
            by,
            line,
        })
    }
}

#[cfg(test)]
mod tests;
