//! What people do because of what others do in the same moment, or would have to hear of it.

use super::{Hands, People, Wrong};
use crate::pc::Pc;
use crate::trace::Trace;
use domain::id::{CustomerId, OrderId};
use domain::order::Reason;
use fiscal::Money;
use fiscal::vat::Mode;
use pos_api::{Answer, BasketEdit, Command, OrderCard, OrderStage, Query, Role};

/// What two people are busy with in one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    Order(OrderId),
    Customer(CustomerId),
}

impl People {
    /// Somebody writes something that everybody must come to know.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub(crate) fn leave_word(
        &mut self,
        pc: &mut Pc,
        trace: &mut Trace,
        now: u64,
    ) -> Result<(), Wrong> {
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        hands.run(Command::SignOut);
        self.somebody(&mut hands);
        if hands.pc.role == Role::Till {
            self.take_call(&mut hands);
        }
        self.done += hands.done;
        hands.wrong.map_or(Ok(()), Err)
    }

    /// Somebody does something about an order or a customer that somebody else does something about in
    /// the same moment: the first says what it is `about`.
    ///
    /// # Errors
    ///
    /// [`Wrong`].
    pub(crate) fn at_once(
        &mut self,
        pc: &mut Pc,
        trace: &mut Trace,
        now: u64,
        about: Option<About>,
    ) -> Result<Option<About>, Wrong> {
        let mut hands = Hands { pc, trace, now, done: 0, wrong: None };
        self.somebody(&mut hands);
        let is_first = about.is_none();
        let about = match about {
            Some(about) => Some(about),
            None if self.dice.permille(500) => self.known_customer(&mut hands).map(About::Customer),
            None => self.some_unpaid(&mut hands).map(|it| About::Order(it.order)),
        };
        match about {
            Some(About::Order(order)) if is_first => {
                hands.run(Command::CancelOrder { order, reason: Reason::ChangedMind });
            }
            Some(About::Order(order)) => self.meddle(&mut hands, order),
            Some(About::Customer(id)) => self.rename(&mut hands, id),
            None => {}
        }
        self.done += hands.done;
        hands.wrong.map_or(Ok(about), Err)
    }

    /// Does one of many things about an order, whatever others do.
    fn meddle(&mut self, hands: &mut Hands<'_>, order: OrderId) {
        if self.dice.permille(200) {
            hands.run(Command::CancelOrder { order, reason: Reason::Mistake });
        } else if hands.run(Command::Resume { order }).is_some() {
            self.fill(hands, Mode::TakeAway);
            hands.run(Command::SendToKitchen);
        }
    }

    /// A known customer calls, who is called otherwise now, or lives elsewhere.
    pub(super) fn rename(&mut self, hands: &mut Hands<'_>, id: CustomerId) {
        // The card may be on its way to this workstation.
        if !customers(hands).contains(&id) {
            return;
        }
        hands.edit(BasketEdit::Clear);
        self.fill(hands, Mode::TakeAway);
        let Some(basket) = hands.edit(BasketEdit::ChooseCustomer(id)) else {
            return;
        };
        let number = self.dice.between(100, 999);
        let Some(known) = basket.customer else { return };
        hands.edit(BasketEdit::SetCustomer {
            name: format!("Cliente {number}"),
            phone: known.phone,
            address: format!("{number}, rue de Béthune, 59000 Lille"),
        });
        hands.run(Command::SendToKitchen);
    }

    /// An order, of any till's, for which there is money to take.
    pub(super) fn some_unpaid(&mut self, hands: &mut Hands<'_>) -> Option<OrderCard> {
        let mut open = hands.orders();
        open.retain(|it| Money::ZERO < it.due && it.stage != OrderStage::Cancelled);
        self.dice.pick(&open).cloned()
    }

    pub(super) fn known_customer(&mut self, hands: &mut Hands<'_>) -> Option<CustomerId> {
        let known = customers(hands);
        self.dice.pick(&known).copied()
    }
}

/// The customers that are known where somebody stands.
fn customers(hands: &mut Hands<'_>) -> Vec<CustomerId> {
    match hands.ask(Query::Customers { text: "06 1".to_owned() }) {
        Some(Answer::Customers(known)) => known.iter().filter_map(|it| it.id).collect(),
        _ => Vec::new(),
    }
}
