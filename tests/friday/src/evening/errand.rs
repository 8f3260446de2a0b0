//! What people want at the till, and the commands it takes.

use super::{Act, LAST_ORDER_MS, MINUTE, OPENS_MIN};
use crate::baskets::{Basket, Baskets};
use crate::dice::Dice;
use crate::people::{Somebody, somebody};
use crate::spell::spell;
use domain::card::{Address, Card};
use domain::catalogue::Catalogue;
use domain::configured::Configured;
use domain::id::{CustomerId, OrderId};
use domain::order::Reason;
use fiscal::Money;
use fiscal::vat::Mode;
use pos_api::{BasketEdit, BasketView, Command};
use std::collections::VecDeque;

/// Something to do at the till about an order that is there.
#[derive(Clone, Debug)]
pub(super) enum Errand {
    /// Who wanted to think about it is back, and pays.
    Resume(Order),
    /// Take what is due.
    Settle(OrderId, Money),
    /// Give it to the customer or to the courier.
    HandOver(OrderId),
    /// Nobody wants it any more; `seen` where the kitchen has to be told.
    Cancel { order: OrderId, reason: Reason, seen: bool },
}

/// An order as far as what follows depends on it.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) id: OrderId,
    pub(super) due: Money,
    pub(super) mode: Mode,
    /// Whether the kitchen makes any of it.
    pub(super) made: bool,
    /// In milliseconds since 18:00.
    pub(super) promise_ms: Option<u64>,
}

impl Order {
    /// Whether the till takes it for handed over as soon as it is paid: what is bought ready.
    pub(super) fn leaves_when_paid(&self) -> bool {
        !self.made && self.promise_ms.is_none() && self.mode != Mode::Delivery
    }
}

/// Somebody at the till, or on its telephone.
#[derive(Clone, Debug)]
pub(super) struct Session {
    /// What is left to do: never empty while the session lasts.
    pub(super) acts: VecDeque<Act>,
    pub(super) next_ms: u64,
    pub(super) outcome: Outcome,
    pub(super) mode: Mode,
    pub(super) made: bool,
    pub(super) promise_ms: Option<u64>,
    /// What is due, where the till says nothing of it.
    pub(super) due: Money,
    /// The last that the till said.
    pub(super) basket: Option<BasketView>,
    pub(super) order: Option<OrderId>,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Paid, and in the kitchen.
    Paid,
    /// In the kitchen, to be paid later.
    Sent,
    /// Put aside.
    Held,
    /// Called off: the kitchen acknowledges it, if it had seen it.
    Cancelled,
    /// Nothing follows.
    Over,
}

/// What somebody wants who comes in or calls.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    basket: Basket,
    made: bool,
    whose: Whose,
    promise_ms: Option<u64>,
    typed: bool,
    outcome: Outcome,
}

#[derive(Clone, Debug)]
enum Whose {
    Nobody,
    Named(Somebody),
    Known(CustomerId),
}

impl Wish {
    /// Somebody at this time: of 100, 47 come in and 53 call (on the web they will not be at the
    /// till); 60 take away, 30 want it delivered, 10 eat in.
    pub(super) fn draw(
        dice: &mut Dice,
        baskets: &mut Baskets,
        (known, shop): (&[Card], usize),
        now_ms: u64,
    ) -> Self {
        let (calls, mode) = match dice.below(100) {
            0..30 => (true, Mode::Delivery),
            30..53 => (true, Mode::TakeAway),
            53..90 => (false, Mode::TakeAway),
            _ => (false, Mode::OnSite),
        };
        let basket = baskets.draw_for(mode);
        let whose = match (calls, mode) {
            (true, Mode::Delivery | Mode::TakeAway | Mode::OnSite) => {
                caller(dice, known, shop, mode)
            }
            (false, Mode::TakeAway) if dice.percent(35) => {
                let Somebody { name, .. } = somebody(dice, shop);
                let nowhere = Address {
                    street: String::new(),
                    postcode: String::new(),
                    city: String::new(),
                    access: String::new(),
                };
                Whose::Named(Somebody { name, phone: String::new(), address: nowhere })
            }
            (false, Mode::Delivery | Mode::TakeAway | Mode::OnSite) => Whose::Nobody,
        };
        // Of those who can have it later: nobody waits at a table.
        let later = mode != Mode::OnSite && dice.percent(17);
        let promise_ms = if later { promise(dice, now_ms) } else { None };
        let outcome = match (calls, dice.below(100)) {
            (true, _) => Outcome::Sent,
            (false, 0..6) => Outcome::Held,
            (false, 6..14) if mode == Mode::OnSite => Outcome::Sent,
            (false, _) => Outcome::Paid,
        };
        let made = is_made(&basket, baskets.menu());
        Self { basket, made, whose, promise_ms, typed: dice.percent(8), outcome }
    }

    /// The session that it takes.
    pub(super) fn session(self, dice: &mut Dice) -> Session {
        let mut acts = VecDeque::new();
        let mut edit = |it| acts.push_back(Act::Do(Command::Basket(it)));
        match self.whose {
            Whose::Nobody => {}
            Whose::Known(customer) => edit(BasketEdit::ChooseCustomer(customer)),
            Whose::Named(Somebody { name, phone, address }) => {
                edit(BasketEdit::SetCustomer { name, phone, address: written(&address) });
            }
        }
        if self.basket.mode != Mode::TakeAway {
            edit(BasketEdit::SetMode(self.basket.mode));
        }
        let promise = self.promise_ms.map(time);
        if self.typed {
            let text = typed(&self.basket.lines, promise);
            acts.push_back(Act::Do(Command::AddTyped { text }));
        } else {
            for (item, quantity) in self.basket.lines {
                edit(BasketEdit::Add { item, quantity });
            }
            if promise.is_some() {
                edit(BasketEdit::SetPromise(promise));
            }
        }
        if dice.percent(10) {
            acts.push_back(Act::Correct);
        }
        acts.push_back(match self.outcome {
            Outcome::Paid | Outcome::Over | Outcome::Cancelled => Act::Pay { order: None },
            Outcome::Sent => Act::Do(Command::SendToKitchen),
            Outcome::Held => Act::Do(Command::Hold),
        });
        Session {
            acts,
            next_ms: 0,
            outcome: self.outcome,
            mode: self.basket.mode,
            made: self.made,
            promise_ms: self.promise_ms,
            due: Money::ZERO,
            basket: None,
            order: None,
        }
    }
}

impl Errand {
    /// The session that it takes.
    pub(super) fn session(self) -> Session {
        match self {
            Self::Resume(order) => {
                let acts = [Act::Do(Command::Resume { order: order.id }), Act::Pay { order: None }];
                Session {
                    acts: acts.into(),
                    next_ms: 0,
                    outcome: Outcome::Paid,
                    mode: order.mode,
                    made: order.made,
                    promise_ms: order.promise_ms,
                    due: order.due,
                    basket: None,
                    order: Some(order.id),
                }
            }
            Self::Settle(order, due) => Session::of(Act::Pay { order: Some(order) }, due),
            Self::HandOver(order) => Session::of(Act::Do(Command::HandOver { order }), Money::ZERO),
            Self::Cancel { order, reason, seen } => Session {
                outcome: Outcome::Cancelled,
                made: seen,
                order: Some(order),
                ..Session::of(Act::Do(Command::CancelOrder { order, reason }), Money::ZERO)
            },
        }
    }
}

impl Session {
    /// One act, from which nothing follows.
    fn of(act: Act, due: Money) -> Self {
        Self {
            acts: [act].into(),
            next_ms: 0,
            outcome: Outcome::Over,
            mode: Mode::TakeAway,
            made: false,
            promise_ms: None,
            due,
            basket: None,
            order: None,
        }
    }
}

/// Somebody who calls, and is found by the telephone number or says who they are.
fn caller(dice: &mut Dice, known: &[Card], shop: usize, mode: Mode) -> Whose {
    if known.is_empty() || dice.percent(40) {
        return Whose::Named(somebody(dice, shop));
    }
    let card = dice.pick(known);
    let can_be_found = mode != Mode::Delivery || card.addresses.is_some();
    if can_be_found && card.erased.is_none() {
        Whose::Known(card.id)
    } else {
        Whose::Named(somebody(dice, shop))
    }
}

/// A quarter of an hour between 45 minutes and two hours and a half from now, if the shop is open
/// then.
fn promise(dice: &mut Dice, now_ms: u64) -> Option<u64> {
    let quarter = 15 * MINUTE;
    let asked = now_ms + u64::from(dice.between(45, 150)) * MINUTE;
    let at_ms = asked.div_ceil(quarter) * quarter;
    (at_ms <= LAST_ORDER_MS + quarter).then_some(at_ms)
}

/// The time on the wall, as it is typed: "19h30".
fn time(at_ms: u64) -> String {
    let minute = OPENS_MIN + at_ms / MINUTE;
    format!("{}h{:02}", minute / 60, minute % 60)
}

fn typed(lines: &[(Configured, u32)], promise: Option<String>) -> String {
    let items = lines.iter().map(|(item, quantity)| spell(item, *quantity));
    items.chain(promise).collect::<Vec<_>>().join("; ")
}

fn written(address: &Address) -> String {
    if address.street.is_empty() {
        return String::new();
    }
    let Address { street, postcode, city, access } = address;
    let place = format!("{street}, {postcode} {city}");
    if access.is_empty() { place } else { format!("{place} ({access})") }
}

fn is_made(basket: &Basket, menu: &Catalogue) -> bool {
    let parts = basket.lines.iter().flat_map(|(item, _)| &item.parts);
    parts.filter_map(|it| menu.product(&it.product)).any(|it| menu.is_made_in_kitchen(it))
}
