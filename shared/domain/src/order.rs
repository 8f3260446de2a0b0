//! An order: opened, filled, promised, sent to the kitchen, settled, handed over.
//!
//! Its state is a fold of everything that happened to it on any workstation. Nothing in it is a
//! flag that two tills could disagree on: what is due is computed from lines and settlements, a
//! line settled twice is a [`Order::possible_doubles`], a line settled and then cancelled
//! elsewhere is [`Order::to_credit`].

mod decide;
mod discount;
mod event;
mod fee;
mod settlement;

pub use decide::{
    CancelRefused, CustomerRefused, HandOverRefused, HoldRefused, LineCancelRefused, LinesRefused,
    ModeRefused, OpenRefused, PromiseRefused, ResumeRefused, SendRefused, SettleRefused,
};
pub use discount::{Discount, DiscountReason, DiscountRefused, spread, spread_percent};
pub use event::{
    Cancelled, CustomerNamed, Discounted, Event, FeeSet, HandedOver, Held, Line, LineCancelled,
    LinesAdded, ModeSet, Opened, PromiseSet, Reason, Resumed, SentToKitchen,
};
pub use fee::{FeePart, FeeRefused, fee_lines};
pub use settlement::{SettledLine, Settlement};

use crate::id::{CustomerId, LineId, OrderId};
use crate::kitchen;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::vat::Mode;
use journal::mutant::{self, Mutant};
use journal::{JournalId, Seq, Tick};
use minicbor::Encode;
use serde::{Deserialize, Serialize};

/// Where an entry stands, and what its writer's clock said. Stamps sort by (tick, journal, seq),
/// the order every fold reads in; the clock is a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Serialize, Deserialize)]
pub struct Stamp {
    /// Order without a clock.
    #[n(0)]
    pub tick: Tick,
    /// Whose journal.
    #[n(1)]
    pub journal: JournalId,
    /// The place in it.
    #[n(2)]
    pub seq: Seq,
    /// What the writer's clock said, in milliseconds since 1970 UTC.
    #[n(3)]
    pub wall_ms: i64,
}

/// Anything that entries about one order say, of whichever crate their kind is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// Something happened to the order.
    Order(Event),
    /// A ticket or a credit note named lines of it, or corrected a payment.
    Settled(Settlement),
    /// The kitchen did something.
    Kitchen(kitchen::Event),
}

/// Something that cannot have happened. From disk or from another workstation it is bad data;
/// right after deciding it, a bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum BrokenHistory {
    /// It stands before what was applied already. Fold the whole set again.
    #[error("applied out of order")]
    OutOfOrder,
    /// The order was opened before.
    #[error("opened twice")]
    OpenedTwice,
    /// The order has a line of this id.
    /// Ids of fees are taken from the start.
    #[error("line {0} was added twice")]
    LineTwice(LineId),
    /// The order would have more lines than [`Order::MAX_LINES`].
    #[error("too many lines")]
    TooManyLines,
    /// A quantity of zero, or a price beyond ±[`Order::MAX_UNIT_PRICE`].
    #[error("line {0} cannot be counted")]
    UncountableLine(LineId),
    /// Less than nothing was taken off a line, or more than it costs.
    #[error("line {0} cannot be discounted so")]
    ImpossibleDiscount(LineId),
    /// A fee below zero, or beyond [`Order::MAX_UNIT_PRICE`].
    #[error("no such fee can be asked for")]
    ImpossibleFee,
}

/// How an order began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Where, when, by which workstation.
    pub at: Stamp,
    /// What was said then. Its mode is the first one: see [`Order::mode`].
    pub said: Opened,
}

/// A line, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderLine {
    /// What was asked for.
    pub line: Line,
    /// When it was added.
    pub added: Stamp,
    /// When and why it was cancelled.
    pub cancelled: Option<(Stamp, Reason)>,
    /// When it was sent to the kitchen.
    pub sent: Option<Stamp>,
    /// What is taken off it, and when that was said.
    pub discount: Option<(Stamp, Discount)>,
}

/// An order, as far as is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    id: OrderId,
    opening: Option<Opening>,
    mode: Option<Mode>,
    promise_ms: Option<i64>,
    customer: Option<CustomerId>,
    lines: Vec<OrderLine>,
    /// As last said. See [`Order::fee`].
    fee: Money,
    settlements: Vec<(Stamp, Settlement)>,
    held: bool,
    cancelled: Option<(Stamp, Reason)>,
    handed_over: Option<Stamp>,
    last: Option<Stamp>,
}

impl Order {
    /// The greatest price of one, in either direction: a million euros.
    pub const MAX_UNIT_PRICE: Money = Money::from_cents(100_000_000);

    /// The most lines an order ever has, cancelled ones too: with it and the greatest price, no sum
    /// of an order leaves 64 bits of cents.
    pub const MAX_LINES: usize = 500;

    /// An order of which nothing is known yet.
    #[must_use]
    pub const fn unknown(id: OrderId) -> Self {
        Self {
            id,
            opening: None,
            mode: None,
            promise_ms: None,
            customer: None,
            lines: Vec::new(),
            fee: Money::ZERO,
            settlements: Vec::new(),
            held: false,
            cancelled: None,
            handed_over: None,
            last: None,
        }
    }

    /// The order that a set of facts comes to, in whatever order they are given, and those among
    /// them that cannot have happened: they are left out, so that one bad entry stops nothing else.
    #[must_use]
    pub fn fold(
        id: OrderId,
        facts: impl IntoIterator<Item = (Stamp, Fact)>,
    ) -> (Self, Vec<(Stamp, BrokenHistory)>) {
        let mut order = Self::unknown(id);
        let mut broken = Vec::new();
        for (stamp, fact) in in_order(facts) {
            if let Err(why) = order.apply(stamp, &fact) {
                broken.push((stamp, why));
            }
        }
        (order, broken)
    }

    /// Records that `fact` happened, after everything applied so far.
    ///
    /// What arrives late stands before what was applied: [`Order::fold`] the set again.
    ///
    /// # Errors
    ///
    /// [`BrokenHistory`] where it cannot have happened. The order is then as it was.
    pub fn apply(&mut self, at: Stamp, fact: &Fact) -> Result<(), BrokenHistory> {
        let may_be_any =
            mutant::is(Mutant::FoldInArrivalOrder) || mutant::is(Mutant::ClockDecidesOrder);
        if !may_be_any && self.last.is_some_and(|last| at < last) {
            return Err(BrokenHistory::OutOfOrder);
        }
        match fact {
            Fact::Order(event) => self.apply_event(at, event)?,
            Fact::Settled(settlement) => self.settlements.push((at, settlement.clone())),
            // The kitchen's steps change nothing of the order: see kitchen::Docket.
            Fact::Kitchen(_) => {}
        }
        self.last = Some(at);
        Ok(())
    }

    fn apply_event(&mut self, at: Stamp, event: &Event) -> Result<(), BrokenHistory> {
        if mutant::is(Mutant::LastStatusWins) {
            self.cancelled = None;
        }
        match event {
            Event::Opened(said) => {
                if self.opening.is_some() {
                    return Err(BrokenHistory::OpenedTwice);
                }
                self.mode = self.mode.or(Some(said.mode));
                self.opening = Some(Opening { at, said: said.clone() });
            }
            Event::LinesAdded(LinesAdded { lines }) => self.add(at, lines)?,
            Event::LineCancelled(LineCancelled { line, reason }) => {
                if let Some(it) = self.line_mut(*line) {
                    it.cancelled = it.cancelled.or(Some((at, *reason)));
                }
            }
            Event::ModeSet(ModeSet { mode }) => self.mode = Some(*mode),
            Event::PromiseSet(PromiseSet { at_ms }) => self.promise_ms = *at_ms,
            Event::CustomerNamed(CustomerNamed { customer }) => self.customer = *customer,
            Event::Held(Held {}) => self.held = true,
            Event::Resumed(Resumed {}) => self.held = false,
            Event::SentToKitchen(SentToKitchen { lines }) => {
                for line in lines {
                    if let Some(it) = self.line_mut(*line) {
                        it.sent = it.sent.or(Some(at));
                    }
                }
            }
            Event::Cancelled(Cancelled { reason }) => {
                self.cancelled = self.cancelled.or(Some((at, *reason)));
            }
            Event::HandedOver(HandedOver {}) => {
                self.handed_over = self.handed_over.or(Some(at));
            }
            Event::Discounted(discounted) => self.take_off(at, discounted)?,
            Event::FeeSet(FeeSet { amount }) => self.ask_fee(*amount)?,
        }
        Ok(())
    }

    fn add(&mut self, at: Stamp, lines: &[Line]) -> Result<(), BrokenHistory> {
        if lines.len().saturating_add(self.lines.len()) > Self::MAX_LINES {
            return Err(BrokenHistory::TooManyLines);
        }
        for (index, line) in lines.iter().enumerate() {
            let earlier = lines.iter().take(index);
            let taken = line.id.is_fee() || self.line(line.id).is_some();
            if taken || earlier.map(|it| it.id).any(|id| id == line.id) {
                return Err(BrokenHistory::LineTwice(line.id));
            }
            let bound = Self::MAX_UNIT_PRICE.cents().unsigned_abs();
            if line.quantity == 0 || line.unit_price.cents().unsigned_abs() > bound {
                return Err(BrokenHistory::UncountableLine(line.id));
            }
        }
        let added = lines.iter().cloned();
        self.lines.extend(added.map(|line| OrderLine {
            line,
            added: at,
            cancelled: None,
            sent: None,
            discount: None,
        }));
        Ok(())
    }

    /// What a ticket says stays: a discount that comes after it changes nothing.
    fn take_off(&mut self, at: Stamp, discounted: &Discounted) -> Result<(), BrokenHistory> {
        let Discounted { line, amount, reason } = discounted;
        let settled = self.was_settled(*line);
        let costs = self.line(*line).map(|it| it.line.total());
        if amount.is_negative() || costs.is_some_and(|costs| *amount > costs.max(Money::ZERO)) {
            return Err(BrokenHistory::ImpossibleDiscount(*line));
        }
        if let Some(it) = self.line_mut(*line).filter(|_| !settled) {
            let discount = Discount { amount: *amount, reason: reason.clone() };
            it.discount = Some((at, discount)).filter(|_| *amount != Money::ZERO);
        }
        Ok(())
    }

    /// What a ticket says stays here too.
    fn ask_fee(&mut self, amount: Money) -> Result<(), BrokenHistory> {
        if !(Money::ZERO..=Self::MAX_UNIT_PRICE).contains(&amount) {
            return Err(BrokenHistory::ImpossibleFee);
        }
        if !self.was_fee_settled() {
            self.fee = amount;
        }
        Ok(())
    }

    fn line_mut(&mut self, id: LineId) -> Option<&mut OrderLine> {
        self.lines.iter_mut().find(|it| it.line.id == id)
    }

    /// Its identity.
    #[must_use]
    pub const fn id(&self) -> OrderId {
        self.id
    }

    /// How it began; `None` while the entry that opened it has not arrived.
    #[must_use]
    pub const fn opening(&self) -> Option<&Opening> {
        self.opening.as_ref()
    }

    /// What people call it; `None` while that is not known yet.
    #[must_use]
    pub fn label(&self) -> Option<&str> {
        self.opening.as_ref().map(|it| it.said.label.as_str())
    }

    /// How it leaves the shop, as last said; `None` while nothing was.
    #[must_use]
    pub const fn mode(&self) -> Option<Mode> {
        self.mode
    }

    /// When it is promised, in milliseconds since 1970 UTC; `None` is as soon as possible.
    #[must_use]
    pub const fn promise_ms(&self) -> Option<i64> {
        self.promise_ms
    }

    /// Whose it is.
    #[must_use]
    pub const fn customer(&self) -> Option<CustomerId> {
        self.customer
    }

    /// Every line ever added, cancelled ones too.
    #[must_use]
    pub fn lines(&self) -> &[OrderLine] {
        &self.lines
    }

    /// The line of this id.
    #[must_use]
    pub fn line(&self, id: LineId) -> Option<&OrderLine> {
        self.lines.iter().find(|it| it.line.id == id)
    }

    /// Whether the line is wanted: neither it nor the order is cancelled.
    #[must_use]
    pub const fn is_live(&self, line: &OrderLine) -> bool {
        self.cancelled.is_none() && line.cancelled.is_none()
    }

    /// The lines that are wanted.
    pub fn live_lines(&self) -> impl Iterator<Item = &OrderLine> {
        self.lines.iter().filter(|it| self.is_live(it))
    }

    /// What the wanted lines cost after discounts, VAT included, without the fee.
    #[must_use]
    pub fn goods_total(&self) -> Money {
        self.live_lines().map(OrderLine::net_total).sum()
    }

    /// What the order costs: the wanted lines after discounts and the fee, VAT included.
    #[must_use]
    pub fn total(&self) -> Money {
        [self.goods_total(), self.fee()].into_iter().sum()
    }

    /// What is left to pay: the wanted lines after discounts, and the fee, that no ticket ever settled.
    #[must_use]
    pub fn due(&self) -> Money {
        let lines = self.unsettled_lines().map(OrderLine::net_total);
        lines.chain([self.unsettled_fee()]).sum()
    }

    /// Whether anything of it is on no ticket yet, be it free.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.unsettled_lines().next().is_some() || self.unsettled_fee() != Money::ZERO
    }

    /// Whether it was put aside.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        self.held
    }

    /// When and why it was cancelled.
    #[must_use]
    pub const fn cancelled(&self) -> Option<(Stamp, Reason)> {
        self.cancelled
    }

    /// When it was handed over.
    #[must_use]
    pub const fn handed_over(&self) -> Option<Stamp> {
        self.handed_over
    }

    /// Whether anything is left to do with it: it has gone or was cancelled, and money is right.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        let gone = self.cancelled.is_some() || self.handed_over.is_some();
        gone && self.due() == Money::ZERO
            && self.possible_doubles().next().is_none()
            && self.to_credit().next().is_none()
            && !self.is_fee_possible_double()
            && !self.is_fee_to_credit()
    }

    /// The menu number of its first line, which all its lines keep.
    #[must_use]
    pub fn menu_number(&self) -> Option<u32> {
        self.lines.first().map(|it| it.line.menu_number)
    }
}

/// Facts in the order every fold reads them, each once. Two branches of one journal may hold
/// different facts at one place: both happened, and their bytes say which is read first.
pub(crate) fn in_order(facts: impl IntoIterator<Item = (Stamp, Fact)>) -> Vec<(Stamp, Fact)> {
    let mut facts: Vec<_> = facts.into_iter().collect();
    facts.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.bytes().cmp(&other.bytes())));
    facts.dedup();
    if mutant::is(Mutant::FoldInArrivalOrder) {
        facts.sort_by_key(|(at, _)| (at.journal, at.seq));
    }
    if mutant::is(Mutant::ClockDecidesOrder) {
        facts.sort_by_key(|(at, _)| at.wall_ms);
    }
    facts
}

impl Fact {
    fn bytes(&self) -> (u16, Vec<u8>) {
        match self {
            Self::Order(event) => {
                let event = crate::event::Event::Order(event.clone());
                (event.kind().0, event.encode())
            }
            Self::Settled(settlement) => {
                let bytes = minicbor::to_vec(settlement).expect("memory takes any settlement");
                (fiscal::kind::TICKET.0, bytes)
            }
            Self::Kitchen(event) => {
                let event = crate::event::Event::Kitchen(event.clone());
                (event.kind().0, event.encode())
            }
        }
    }
}

impl From<&journal::Entry> for Stamp {
    fn from(entry: &journal::Entry) -> Self {
        let journal::Header { tick, seq, wall_ms, .. } = entry.header;
        Self { tick, journal: entry.journal(), seq, wall_ms }
    }
}

impl From<Event> for Fact {
    fn from(event: Event) -> Self {
        Self::Order(event)
    }
}

impl From<Settlement> for Fact {
    fn from(settlement: Settlement) -> Self {
        Self::Settled(settlement)
    }
}

impl From<kitchen::Event> for Fact {
    fn from(event: kitchen::Event) -> Self {
        Self::Kitchen(event)
    }
}

#[cfg(test)]
mod tests;
