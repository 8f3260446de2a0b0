//! What may be done with an order, and why not.
//!
//! Each decision returns the events that record it (none where nothing would change) or the first
//! refusal that holds, in the order its enum lists them.

use super::event::{
    Cancelled, CustomerNamed, Event, HandedOver, Held, Line, LineCancelled, LinesAdded, ModeSet,
    Opened, PromiseSet, Reason, Resumed, SentToKitchen,
};
use super::{Order, OrderLine};
use crate::id::{CustomerId, LineId};
use crate::refusal::refusal;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Mode;

refusal!(
    /// Why an order was not opened.
    OpenRefused {
        /// It is open already.
        #[error("the order is open already")]
        AlreadyOpen,
        /// People could not call it anything.
        #[error("an order needs a label")]
        NoLabel,
    }
);
refusal!(
    /// Why lines were not added.
    LinesRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
        /// There is nothing to add.
        #[error("no lines")]
        NoLines,
        /// The order would have more lines than [`Order::MAX_LINES`].
        #[error("too many lines")]
        TooManyLines,
        /// A line of none.
        #[error("line {0} is of none")]
        NoQuantity(LineId),
        /// A price below zero, or beyond [`Order::MAX_UNIT_PRICE`].
        #[error("line {0} has an impossible price")]
        ImpossiblePrice(LineId),
        /// There is a line of this id.
        #[error("line {0} is there already")]
        LineTwice(LineId),
        /// An order keeps the menu version of its first line.
        #[error("line {0} is from another menu")]
        OtherMenu(LineId),
    }
);
refusal!(
    /// Why a line was not cancelled.
    LineCancelRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order has no such line.
        #[error("there is no such line")]
        NoSuchLine,
        /// The line, or the whole order, was cancelled before.
        #[error("the line was cancelled before")]
        AlreadyCancelled,
        /// A ticket settles it: a credit note comes first.
        #[error("the line is settled")]
        Settled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
    }
);
refusal!(
    /// Why the mode was not set.
    ModeRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
        /// A ticket has fixed a VAT rate that depends on it.
        #[error("a line is settled")]
        Settled,
    }
);
refusal!(
    /// Why the promise was not set.
    PromiseRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
        /// Nobody can keep a promise for the past.
        #[error("that time has passed")]
        Past,
    }
);
refusal!(
    /// Why the customer was not named.
    CustomerRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
    }
);
refusal!(
    /// Why the order was not put aside.
    HoldRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
    }
);
refusal!(
    /// Why the order was not taken up again.
    ResumeRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
    }
);
refusal!(
    /// Why nothing was sent to the kitchen.
    SendRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// The order was put aside: it is resumed first.
        #[error("the order is held")]
        Held,
        /// Every wanted line that the kitchen makes has been sent.
        #[error("there is nothing to send")]
        NothingToSend,
    }
);
refusal!(
    /// Why the order was not cancelled.
    CancelRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// It was cancelled before.
        #[error("the order was cancelled before")]
        AlreadyCancelled,
        /// A ticket settles a line of it: a credit note comes first.
        #[error("a line is settled")]
        Settled,
        /// The order has left.
        #[error("the order was handed over")]
        HandedOver,
    }
);
refusal!(
    /// Why lines cannot be put on a ticket.
    SettleRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// There is nothing to settle.
        #[error("no lines")]
        NoLines,
        /// The order has no such line.
        #[error("there is no line {0}")]
        NoSuchLine(LineId),
        /// One line is named twice.
        #[error("line {0} is named twice")]
        LineTwice(LineId),
        /// The line was cancelled.
        #[error("line {0} was cancelled")]
        LineCancelled(LineId),
        /// A ticket settles it already, be it that it was given back since.
        #[error("line {0} is settled already")]
        AlreadySettled(LineId),
    }
);
refusal!(
    /// Why the order was not handed over.
    HandOverRefused {
        /// The entry that opened it has not arrived here.
        #[error("the order is not known here yet")]
        Unknown,
        /// The order was cancelled.
        #[error("the order was cancelled")]
        Cancelled,
        /// It has left before.
        #[error("the order was handed over before")]
        AlreadyHandedOver,
        /// There is nothing in it.
        #[error("the order is empty")]
        Empty,
        /// Only what a courier is paid for at the door leaves without a ticket. Zero for what is free,
        /// whose ticket says so.
        #[error("{0:?} is left to pay")]
        NotPaid(Money),
    }
);

impl Order {
    /// Opens the order.
    ///
    /// # Errors
    ///
    /// [`OpenRefused`].
    pub fn open(&self, opened: Opened) -> Result<Vec<Event>, OpenRefused> {
        if self.opening().is_some() {
            return Err(OpenRefused::AlreadyOpen);
        }
        if opened.label.trim().is_empty() {
            return Err(OpenRefused::NoLabel);
        }
        Ok([Event::Opened(opened)].into())
    }

    /// Adds lines.
    ///
    /// # Errors
    ///
    /// [`LinesRefused`].
    pub fn add_lines(&self, lines: Vec<Line>) -> Result<Vec<Event>, LinesRefused> {
        if self.opening().is_none() {
            return Err(LinesRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(LinesRefused::Cancelled);
        }
        if self.handed_over().is_some() {
            return Err(LinesRefused::HandedOver);
        }
        if lines.is_empty() {
            return Err(LinesRefused::NoLines);
        }
        if lines.len().saturating_add(self.lines().len()) > Self::MAX_LINES {
            return Err(LinesRefused::TooManyLines);
        }
        if let Some(line) = lines.iter().find(|it| it.quantity == 0) {
            return Err(LinesRefused::NoQuantity(line.id));
        }
        let possible = Money::ZERO..=Self::MAX_UNIT_PRICE;
        if let Some(line) = lines.iter().find(|it| !possible.contains(&it.unit_price)) {
            return Err(LinesRefused::ImpossiblePrice(line.id));
        }
        let is_there = |id: LineId| id.is_fee() || self.line(id).is_some();
        let mut with_those_before =
            lines.iter().enumerate().map(|(at, it)| (it, lines.iter().take(at)));
        if let Some((line, _)) = with_those_before
            .find(|(it, before)| is_there(it.id) || before.clone().any(|other| other.id == it.id))
        {
            return Err(LinesRefused::LineTwice(line.id));
        }
        let menu = self.menu_number().or_else(|| lines.first().map(|it| it.menu_number));
        if let Some(line) = lines.iter().find(|it| Some(it.menu_number) != menu) {
            return Err(LinesRefused::OtherMenu(line.id));
        }
        Ok([Event::LinesAdded(LinesAdded { lines })].into())
    }

    /// Cancels a line.
    ///
    /// # Errors
    ///
    /// [`LineCancelRefused`].
    pub fn cancel_line(
        &self,
        line: LineId,
        reason: Reason,
    ) -> Result<Vec<Event>, LineCancelRefused> {
        if self.opening().is_none() {
            return Err(LineCancelRefused::Unknown);
        }
        let it = self.line(line).ok_or(LineCancelRefused::NoSuchLine)?;
        if !self.is_live(it) {
            return Err(LineCancelRefused::AlreadyCancelled);
        }
        if self.is_settled(it) {
            return Err(LineCancelRefused::Settled);
        }
        if self.handed_over().is_some() {
            return Err(LineCancelRefused::HandedOver);
        }
        Ok([Event::LineCancelled(LineCancelled { line, reason })].into())
    }

    /// Says how the order leaves the shop.
    ///
    /// # Errors
    ///
    /// [`ModeRefused`].
    pub fn set_mode(&self, mode: Mode) -> Result<Vec<Event>, ModeRefused> {
        if self.opening().is_none() {
            return Err(ModeRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(ModeRefused::Cancelled);
        }
        if self.handed_over().is_some() {
            return Err(ModeRefused::HandedOver);
        }
        if self.is_fee_settled() || self.live_lines().any(|it| self.is_settled(it)) {
            return Err(ModeRefused::Settled);
        }
        Ok(if_changed(self.mode() != Some(mode), Event::ModeSet(ModeSet { mode })))
    }

    /// Promises the order for a time, or (`None`) as soon as possible.
    ///
    /// # Errors
    ///
    /// [`PromiseRefused`].
    pub fn promise(&self, at_ms: Option<i64>, now_ms: i64) -> Result<Vec<Event>, PromiseRefused> {
        if self.opening().is_none() {
            return Err(PromiseRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(PromiseRefused::Cancelled);
        }
        if self.handed_over().is_some() {
            return Err(PromiseRefused::HandedOver);
        }
        if at_ms.is_some_and(|at_ms| at_ms < now_ms) {
            return Err(PromiseRefused::Past);
        }
        Ok(if_changed(self.promise_ms() != at_ms, Event::PromiseSet(PromiseSet { at_ms })))
    }

    /// Says whose the order is.
    ///
    /// # Errors
    ///
    /// [`CustomerRefused`].
    pub fn name_customer(
        &self,
        customer: Option<CustomerId>,
    ) -> Result<Vec<Event>, CustomerRefused> {
        if self.opening().is_none() {
            return Err(CustomerRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(CustomerRefused::Cancelled);
        }
        let named = Event::CustomerNamed(CustomerNamed { customer });
        Ok(if_changed(self.customer() != customer, named))
    }

    /// Puts the order aside.
    ///
    /// # Errors
    ///
    /// [`HoldRefused`].
    pub fn hold(&self) -> Result<Vec<Event>, HoldRefused> {
        if self.opening().is_none() {
            return Err(HoldRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(HoldRefused::Cancelled);
        }
        if self.handed_over().is_some() {
            return Err(HoldRefused::HandedOver);
        }
        Ok(if_changed(!self.is_held(), Event::Held(Held {})))
    }

    /// Takes the order up again.
    ///
    /// # Errors
    ///
    /// [`ResumeRefused`].
    pub fn resume(&self) -> Result<Vec<Event>, ResumeRefused> {
        if self.opening().is_none() {
            return Err(ResumeRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(ResumeRefused::Cancelled);
        }
        Ok(if_changed(self.is_held(), Event::Resumed(Resumed {})))
    }

    /// Sends to the kitchen every wanted line that it makes and has not been sent.
    ///
    /// # Errors
    ///
    /// [`SendRefused`].
    pub fn send_to_kitchen(&self) -> Result<Vec<Event>, SendRefused> {
        if self.opening().is_none() {
            return Err(SendRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(SendRefused::Cancelled);
        }
        if self.is_held() {
            return Err(SendRefused::Held);
        }
        let unsent = self.live_lines().filter(|it| it.sent.is_none() && it.line.made_in_kitchen);
        let lines: Vec<LineId> = unsent.map(|it| it.line.id).collect();
        if lines.is_empty() {
            return Err(SendRefused::NothingToSend);
        }
        Ok([Event::SentToKitchen(SentToKitchen { lines })].into())
    }

    /// Cancels the whole order.
    ///
    /// # Errors
    ///
    /// [`CancelRefused`].
    pub fn cancel(&self, reason: Reason) -> Result<Vec<Event>, CancelRefused> {
        if self.opening().is_none() {
            return Err(CancelRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(CancelRefused::AlreadyCancelled);
        }
        if self.is_fee_settled() || self.lines().iter().any(|it| self.is_settled(it)) {
            return Err(CancelRefused::Settled);
        }
        if self.handed_over().is_some() {
            return Err(CancelRefused::HandedOver);
        }
        Ok([Event::Cancelled(Cancelled { reason })].into())
    }

    /// The lines to put on one ticket, with their discounts. None of them where the fee alone is
    /// left to pay: its lines are [`fee_lines`](super::fee_lines)' and are not named here. The ticket
    /// itself is decided by `fiscal`.
    ///
    /// # Errors
    ///
    /// [`SettleRefused`].
    pub fn settle(&self, lines: &[LineId]) -> Result<Vec<&OrderLine>, SettleRefused> {
        if self.opening().is_none() {
            return Err(SettleRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(SettleRefused::Cancelled);
        }
        if lines.is_empty() && self.unsettled_fee() == Money::ZERO {
            return Err(SettleRefused::NoLines);
        }
        let mut found: Vec<&OrderLine> = Vec::with_capacity(lines.len());
        for id in lines {
            found.push(self.line(*id).ok_or(SettleRefused::NoSuchLine(*id))?);
        }
        for (at, id) in lines.iter().enumerate() {
            if lines.iter().take(at).any(|it| it == id) {
                return Err(SettleRefused::LineTwice(*id));
            }
        }
        if let Some(it) = found.iter().find(|it| it.cancelled.is_some()) {
            return Err(SettleRefused::LineCancelled(it.line.id));
        }
        if let Some(it) = found.iter().find(|it| self.was_settled(it.line.id)) {
            return Err(SettleRefused::AlreadySettled(it.line.id));
        }
        Ok(found)
    }

    /// Hands the order to the customer, or to the courier, who may be paid at the door.
    ///
    /// # Errors
    ///
    /// [`HandOverRefused`].
    pub fn hand_over(&self) -> Result<Vec<Event>, HandOverRefused> {
        if self.opening().is_none() {
            return Err(HandOverRefused::Unknown);
        }
        if self.cancelled().is_some() {
            return Err(HandOverRefused::Cancelled);
        }
        if self.handed_over().is_some() {
            return Err(HandOverRefused::AlreadyHandedOver);
        }
        if self.live_lines().next().is_none() {
            return Err(HandOverRefused::Empty);
        }
        let due = self.due();
        let paid_at_the_door = self.mode() == Some(Mode::Delivery) && due != Money::ZERO;
        if self.is_unsettled() && !paid_at_the_door {
            return Err(HandOverRefused::NotPaid(due));
        }
        Ok([Event::HandedOver(HandedOver {})].into())
    }

    fn is_settled(&self, line: &OrderLine) -> bool {
        self.settled_m(line.line.id) > 0
    }
}

fn if_changed(changed: bool, event: Event) -> Vec<Event> {
    if changed { [event].into() } else { Vec::new() }
}

#[cfg(test)]
mod tests;
