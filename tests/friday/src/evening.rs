//! A Friday evening at one till and its kitchen: who comes when, and what they want.
//!
//! An evening is a conversation: [`Evening::next_step`] says what a person would do next, whoever
//! drives it does that on a real workstation, and tells the evening what came of it with
//! [`Evening::hear`] or [`Evening::refused`]. So it works with the ids and the amounts that the
//! workstations gave, and demo, tests, bench and simulator can all drive it.

mod arrivals;
mod errand;

use crate::baskets::Baskets;
use crate::dice::Dice;
use crate::sale::tenders;
use arrivals::arrivals;
use domain::card::Card;
use domain::catalogue::Catalogue;
use domain::id::OrderId;
use domain::order::Reason;
use errand::{Errand, Order, Outcome, Session, Wish};
use fiscal::vat::Mode;
use pos_api::{BasketEdit, Command, KitchenStep, Reply};
use std::collections::{BTreeMap, VecDeque};

/// 18:00, from which all times are counted, in minutes of the day.
pub const OPENS_MIN: u64 = 18 * 60;
/// When the last order is taken: 22:30, in milliseconds since 18:00.
pub const LAST_ORDER_MS: u64 = 4 * 3_600_000 + 1_800_000;

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;

/// Where something is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Station {
    /// At the till.
    Till,
    /// In the kitchen.
    Kitchen,
}

/// Something that a person does.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When, in milliseconds since 18:00. Never before the step that came before.
    pub at_ms: u64,
    /// Where.
    pub at: Station,
    /// What.
    pub command: Command,
}

/// A seeded evening.
#[derive(Clone, Debug)]
pub struct Evening {
    dice: Dice,
    baskets: Baskets,
    /// How many times as busy as a shop is: also how much faster the staff is at the till.
    rate_x: u32,
    /// The shop's place in the list of shops, for addresses.
    shop: usize,
    known: Vec<Card>,
    arrivals: VecDeque<u64>,
    /// What will be done at the till, by time and then in the order it was thought of.
    till: BTreeMap<(u64, u64), Errand>,
    kitchen: BTreeMap<(u64, u64), (OrderId, KitchenStep)>,
    thought_of: u64,
    session: Option<Session>,
    now_ms: u64,
    till_free_ms: u64,
    unheard: Option<Station>,
    /// Something was refused: the till's basket may hold a part of it.
    untidy: bool,
}

impl Evening {
    /// The evening of this seed with this menu, `rate_x` times as busy as a shop is: ×1 is 90
    /// orders an hour from 19:30 to 20:30, and fewer before and after.
    ///
    /// Somebody must be signed in at both workstations, whose clocks show 18:00 local time when the
    /// evening's is 0.
    ///
    /// # Panics
    ///
    /// Where `rate_x` is not 1 to 400.
    #[must_use]
    pub fn new(seed: u64, menu: Catalogue, rate_x: u32) -> Self {
        assert!((1..=400).contains(&rate_x), "1 to 400 times as busy");
        Self {
            dice: Dice::new(seed, 1),
            baskets: Baskets::from(Dice::new(seed, 2), menu),
            rate_x,
            shop: 0,
            known: Vec::new(),
            arrivals: arrivals(&mut Dice::new(seed, 3), rate_x),
            till: BTreeMap::new(),
            kitchen: BTreeMap::new(),
            thought_of: 0,
            session: None,
            now_ms: 0,
            till_free_ms: 0,
            unheard: None,
            untidy: false,
        }
    }

    /// The same evening from this time on, in milliseconds since 18:00: who came before is not
    /// there.
    #[must_use]
    pub fn starting_at(mut self, ms: u64) -> Self {
        self.arrivals.retain(|at| ms <= *at);
        self.now_ms = ms;
        self.till_free_ms = ms;
        self
    }

    /// The same evening in the shop of this place in the list of shops, at whose till these
    /// customers' cards have arrived: many who call are among them.
    #[must_use]
    pub fn of_shop(mut self, shop: usize, known: Vec<Card>) -> Self {
        self.shop = shop;
        self.known = known;
        self
    }

    /// What is done next; `None` when the shop is empty and shut.
    ///
    /// # Panics
    ///
    /// Where nobody said what came of the step before.
    pub fn next_step(&mut self) -> Option<Step> {
        assert!(self.unheard.is_none(), "the evening waits to hear what came of its last step");
        let step = match (self.till_ms(), self.kitchen_ms()) {
            (None, None) => return None,
            (Some(till), kitchen) if kitchen.is_none_or(|it| till <= it) => self.at_till(till),
            _ => self.in_kitchen(),
        };
        self.unheard = Some(step.at);
        Some(step)
    }

    /// When the next step is, in milliseconds since 18:00; `None` when there is none.
    #[must_use]
    pub fn next_ms(&self) -> Option<u64> {
        let first = [self.till_ms(), self.kitchen_ms()].into_iter().flatten().min()?;
        Some(first.max(self.now_ms))
    }

    /// The last step was done, and this was answered.
    pub fn hear(&mut self, reply: &Reply) {
        let Some(Station::Till) = self.unheard.take() else {
            return;
        };
        let Some(session) = &mut self.session else {
            return;
        };
        match reply {
            Reply::Basket(basket) => session.basket = Some(basket.clone()),
            Reply::Order { order, .. } => session.order = Some(*order),
            Reply::Paid(paid) => session.order = Some(paid.order),
            Reply::Done
            | Reply::Session(_)
            | Reply::Queued { .. }
            | Reply::Corrected { .. }
            | Reply::Closing(_)
            | Reply::File { .. }
            | Reply::Link { .. }
            | Reply::Verified { .. }
            | Reply::Purged { .. } => {}
        }
        if session.acts.is_empty() {
            self.leave_till();
        } else {
            let pause = self.pause(1_200, 4_000);
            self.till_free_ms = self.now_ms + pause;
            if let Some(session) = &mut self.session {
                session.next_ms = self.till_free_ms;
            }
        }
    }

    /// The last step was refused: whoever took it gives the customer up.
    pub fn refused(&mut self) {
        if self.unheard.take() == Some(Station::Till) {
            self.session = None;
            self.untidy = true;
            self.till_free_ms = self.now_ms + self.pause(1_000, 5_000);
        }
    }

    fn kitchen_ms(&self) -> Option<u64> {
        self.kitchen.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    fn till_ms(&self) -> Option<u64> {
        if let Some(session) = &self.session {
            return Some(session.next_ms);
        }
        let follow_up = self.till.first_key_value().map(|((at_ms, _), _)| *at_ms);
        let arrival = self.arrivals.front().copied();
        let first = [follow_up, arrival].into_iter().flatten().min()?;
        Some(first.max(self.till_free_ms))
    }

    fn at_till(&mut self, at_ms: u64) -> Step {
        self.now_ms = self.now_ms.max(at_ms);
        if self.session.is_none() {
            let session = self.begin();
            self.session = Some(session);
        }
        let session = self.session.as_mut().expect("it was just begun");
        let act = session.acts.pop_front().expect("a session ends with its last act");
        let command = self.command(act);
        Step { at_ms: self.now_ms, at: Station::Till, command }
    }

    fn in_kitchen(&mut self) -> Step {
        let ((at_ms, _), (order, step)) = self.kitchen.pop_first().expect("it was looked at");
        self.now_ms = self.now_ms.max(at_ms);
        let command = Command::Kitchen { order, line: None, step };
        Step { at_ms: self.now_ms, at: Station::Kitchen, command }
    }

    /// The next thing to do at the till: those who wait go before those who come.
    fn begin(&mut self) -> Session {
        let follow_up = self.till.first_key_value().map(|((at_ms, _), _)| *at_ms);
        let arrival = self.arrivals.front().copied();
        let waits = follow_up.is_some_and(|it| arrival.is_none_or(|arrival| it <= arrival));
        let mut session = if waits {
            let (_, errand) = self.till.pop_first().expect("it was looked at");
            errand.session()
        } else {
            self.arrivals.pop_front();
            self.somebody().session(&mut self.dice)
        };
        if std::mem::take(&mut self.untidy) {
            session.acts.push_front(Act::Do(Command::Basket(BasketEdit::Clear)));
        }
        session
    }

    fn somebody(&mut self) -> Wish {
        let known = (self.known.as_slice(), self.shop);
        Wish::draw(&mut self.dice, &mut self.baskets, known, self.now_ms)
    }

    fn command(&mut self, act: Act) -> Command {
        let session = self.session.as_ref().expect("an act is of a session");
        match act {
            Act::Do(command) => command,
            Act::Correct => {
                let lines = session.basket.as_ref().map(|it| it.lines.as_slice());
                match lines.and_then(<[_]>::last) {
                    Some(last) => Command::Basket(BasketEdit::SetQuantity {
                        line: last.line,
                        quantity: last.quantity + 1,
                    }),
                    // Nothing was said of the basket: then nothing is corrected.
                    None => Command::Basket(BasketEdit::SetMode(session.mode)),
                }
            }
            Act::Pay { order } => {
                let due = session.basket.as_ref().map_or(session.due, |it| it.due);
                Command::TakePayment { order, tenders: tenders(due, &mut self.dice) }
            }
        }
    }

    /// The customer steps aside; what follows from it is thought of.
    fn leave_till(&mut self) {
        let pause = self.pause(1_000, 3_000);
        self.till_free_ms = self.now_ms + pause;
        let Some(session) = self.session.take() else {
            return;
        };
        let Some(id) = session.order else {
            return;
        };
        let due = session.basket.as_ref().map_or(session.due, |it| it.due);
        let order = Order {
            id,
            due,
            mode: session.mode,
            made: session.made,
            promise_ms: session.promise_ms,
        };
        match session.outcome {
            Outcome::Over => {}
            Outcome::Cancelled => {
                if order.made {
                    let noticed_ms = self.now_ms + self.wait(0, 2);
                    self.in_kitchen_later(noticed_ms, id, KitchenStep::Acknowledge);
                }
            }
            Outcome::Paid => {
                let ready_ms = self.cook(&order);
                let fetched_ms = ready_ms + self.wait(1, 9);
                if !order.leaves_when_paid() {
                    self.later(fetched_ms, Errand::HandOver(id));
                }
            }
            Outcome::Sent => self.sent(&order),
            Outcome::Held => {
                let again_ms = self.now_ms + self.wait(1, 4);
                // One in five who only wanted to think about it does not come back.
                let errand = if self.dice.percent(20) {
                    Errand::Cancel { order: id, reason: Reason::Gone, seen: false }
                } else {
                    Errand::Resume(order)
                };
                self.later(again_ms, errand);
            }
        }
    }

    /// An order that is in the kitchen and not paid.
    fn sent(&mut self, order: &Order) {
        if order.promise_ms.is_none() && self.dice.percent(5) {
            let seen_ms = self.now_ms + self.pause(3 * SECOND, 15 * SECOND);
            let gone_ms = seen_ms + self.wait(1, 2);
            if order.made {
                self.in_kitchen_later(seen_ms, order.id, KitchenStep::Seen);
            }
            let reason = Reason::ChangedMind;
            self.later(gone_ms, Errand::Cancel { order: order.id, reason, seen: order.made });
            return;
        }
        let ready_ms = self.cook(order);
        match order.mode {
            Mode::Delivery => {
                let leaves_ms = ready_ms + self.wait(2, 8);
                self.later(leaves_ms, Errand::HandOver(order.id));
                // The courier comes back with the money.
                let back_ms = leaves_ms + self.wait(12, 30);
                self.later(back_ms, Errand::Settle(order.id, order.due));
            }
            Mode::TakeAway | Mode::OnSite => {
                let fetched_ms = ready_ms + self.wait(1, 9);
                self.later(fetched_ms, Errand::Settle(order.id, order.due));
                if !order.leaves_when_paid() {
                    self.later(fetched_ms + 20 * SECOND, Errand::HandOver(order.id));
                }
            }
        }
    }

    /// Makes an order in the kitchen, and says when it is ready, in milliseconds since 18:00.
    fn cook(&mut self, order: &Order) -> u64 {
        // An order for later reaches the kitchen 25 minutes before, a little late at worst.
        let due_ms = order.promise_ms.map_or(0, |at_ms| at_ms.saturating_sub(20 * MINUTE));
        let there_ms = self.now_ms.max(due_ms);
        if !order.made {
            return there_ms;
        }
        let seen_ms = there_ms + 3 * SECOND + self.dice_ms(15 * SECOND);
        let started_ms = seen_ms + self.wait(1, 5);
        let ready_ms = started_ms + self.wait(5, 9);
        self.in_kitchen_later(seen_ms, order.id, KitchenStep::Seen);
        self.in_kitchen_later(started_ms, order.id, KitchenStep::Start);
        self.in_kitchen_later(ready_ms, order.id, KitchenStep::Ready);
        ready_ms
    }

    fn later(&mut self, at_ms: u64, errand: Errand) {
        self.thought_of += 1;
        self.till.insert((at_ms, self.thought_of), errand);
    }

    fn in_kitchen_later(&mut self, at_ms: u64, order: OrderId, step: KitchenStep) {
        self.thought_of += 1;
        self.kitchen.insert((at_ms, self.thought_of), (order, step));
    }

    /// What hands need: the busier the shop, the faster they are.
    fn pause(&mut self, least_ms: u64, most_ms: u64) -> u64 {
        ((least_ms + self.dice_ms(most_ms - least_ms)) / u64::from(self.rate_x)).max(1)
    }

    /// What ovens and customers need, in minutes: always the same.
    fn wait(&mut self, least: u64, most: u64) -> u64 {
        least * MINUTE + self.dice_ms((most - least) * MINUTE)
    }

    fn dice_ms(&mut self, most_ms: u64) -> u64 {
        let most = u32::try_from(most_ms).expect("an evening is shorter than 49 days");
        u64::from(self.dice.between(0, most))
    }
}

/// Something done in a session at the till; what it needs is known when it is done.
#[derive(Clone, Debug)]
enum Act {
    Do(Command),
    /// One more of the last line.
    Correct,
    /// Cash for the basket, or for an open order.
    Pay {
        order: Option<OrderId>,
    },
}
