//! People: they sell and cook, whatever happens to the machines.

use crate::ledger::Book;
use crate::pc::{NoAnswer, Outcome, Pc};
use crate::wait::pause;
use anyhow::{Result, bail};
use domain::id::OrderId;
use domain::order::Reason;
use fiscal::Money;
use friday::Dice;
use pos_api::{
    Answer, BasketEdit, Code, Command, Failure, KitchenStep, PaidView, Query, Reply, Tender,
};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What customers say, as it is typed.
const ORDERS: [&str; 8] = [
    "MAR",
    "REI G",
    "REI G; 2 MAR",
    "MAR/4FR S -BAS",
    "4FR; MAR G",
    "3 REI",
    "MAR G -BAS",
    "4FR S",
];
/// How often the kitchen looks at its screen in a round.
const LOOKS: u32 = 6;

/// Somebody at a till.
#[derive(Clone, Debug)]
pub struct Cashier {
    /// The code.
    pub code: String,
    /// The digits.
    pub pin: String,
}

/// What somebody does next.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    /// Goes on.
    On,
    /// The program is gone: nothing to be done until it is back.
    Gone,
}

/// Sells three to seven times at a till, and writes down what it showed.
///
/// # Errors
///
/// The till says that it has a fault, or nothing at all.
pub fn sell(pc: &Pc, cashier: &Cashier, book: &Mutex<Book>, mut dice: Dice) -> Result<()> {
    let mut at = Till { pc, cashier, book };
    if at.be_signed_in()? == Next::Gone {
        return Ok(());
    }
    for _ in 0..dice.between(3, 7) {
        if at.serve(&mut dice)? == Next::Gone {
            return Ok(());
        }
        pause(Duration::from_millis(dice.between(5, 60).into()));
    }
    Ok(())
}

/// Cooks what is on a kitchen's screen.
///
/// # Errors
///
/// The kitchen says that it has a fault, or nothing at all.
pub fn cook(pc: &Pc, mut dice: Dice) -> Result<()> {
    for _ in 0..LOOKS {
        pause(Duration::from_millis(dice.between(20, 160).into()));
        let Ok(Answer::Kitchen(kitchen)) = pc.query(Query::Kitchen) else { return Ok(()) };
        for card in kitchen.cards.iter().take(4) {
            for step in [KitchenStep::Acknowledge, KitchenStep::Start, KitchenStep::Ready] {
                let command = Command::Kitchen { order: card.order, line: None, step };
                match pc.command(command) {
                    Outcome::Done(..) => {}
                    // The step does not follow from where the order is: another one will.
                    Outcome::Failure(failure) => excuse(pc, &failure)?,
                    Outcome::NoAnswer(NoAnswer::Gone) => return Ok(()),
                    Outcome::NoAnswer(NoAnswer::Silent) => bail!("{} is silent", pc.name()),
                }
            }
        }
    }
    Ok(())
}

/// A refusal is one, and nothing was changed; a fault of ours never is.
fn excuse(pc: &Pc, failure: &Failure) -> Result<()> {
    if failure.code == Code::Unexpected {
        bail!("{} has a fault: {failure:?}", pc.name());
    }
    Ok(())
}

struct Till<'a> {
    pc: &'a Pc,
    cashier: &'a Cashier,
    book: &'a Mutex<Book>,
}

impl Till<'_> {
    fn be_signed_in(&mut self) -> Result<Next> {
        let Ok(Answer::Session(session)) = self.pc.query(Query::Session) else {
            return Ok(Next::Gone);
        };
        if session.operator.is_some() {
            return Ok(Next::On);
        }
        let Cashier { code, pin } = self.cashier.clone();
        self.ask(Command::SignIn { operator: code, pin }).map(|(next, _)| next)
    }

    /// One customer.
    fn serve(&mut self, dice: &mut Dice) -> Result<Next> {
        let text = (*dice.pick(&ORDERS)).to_owned();
        let how = dice.below(100);
        for command in [Command::Basket(BasketEdit::Clear), Command::AddTyped { text }] {
            match self.ask(command)? {
                (Next::Gone, _) => return Ok(Next::Gone),
                (Next::On, None) => return Ok(Next::On),
                (Next::On, Some(_)) => {}
            }
        }
        match how {
            0..55 => self.pay(None, dice),
            55..85 => match self.send()? {
                (Next::On, Some(order)) => {
                    pause(Duration::from_millis(dice.between(5, 40).into()));
                    self.pay(Some(order), dice)
                }
                (next, _) => Ok(next),
            },
            85..93 => match self.send()? {
                (Next::On, Some(order)) => {
                    let reason = Reason::ChangedMind;
                    Ok(self.ask(Command::CancelOrder { order, reason })?.0)
                }
                (next, _) => Ok(next),
            },
            // Paid by whoever comes for it, another day.
            _ => Ok(self.send()?.0),
        }
    }

    fn send(&mut self) -> Result<(Next, Option<OrderId>)> {
        let (next, reply) = self.ask(Command::SendToKitchen)?;
        match (next, reply) {
            (next, Some(Reply::Order { order, .. })) => {
                self.note(|book| book.orders.extend([order]));
                Ok((next, Some(order)))
            }
            (Next::Gone, _) => {
                self.note(|book| book.unknown_orders += 1);
                Ok((Next::Gone, None))
            }
            (Next::On, _) => Ok((Next::On, None)),
        }
    }

    fn pay(&mut self, order: Option<OrderId>, dice: &mut Dice) -> Result<Next> {
        let tenders = vec![Tender::cash(Money::from_cents(20_000))];
        let (next, reply) = self.ask(Command::TakePayment { order, tenders })?;
        match (next, reply) {
            (Next::On, Some(Reply::Paid(paid))) => {
                let PaidView { ticket, total, order, .. } = paid;
                self.note(|book| book.paid(ticket, total.cents(), order));
                if dice.percent(70) {
                    return Ok(self.ask(Command::HandOver { order })?.0);
                }
                Ok(Next::On)
            }
            (Next::Gone, _) => {
                self.note(|book| {
                    book.unknown_tickets += 1;
                    book.unknown_orders += usize::from(order.is_none());
                });
                Ok(Next::Gone)
            }
            (Next::On, _) => Ok(Next::On),
        }
    }

    /// Asks for something, once: what is refused is written down.
    fn ask(&mut self, command: Command) -> Result<(Next, Option<Reply>)> {
        match self.pc.command(command) {
            Outcome::Done(reply, _) => Ok((Next::On, Some(*reply))),
            Outcome::Failure(failure) => {
                excuse(self.pc, &failure)?;
                let why = format!("{:?}", failure.code);
                self.note(|book| *book.refused.entry(why).or_default() += 1);
                Ok((Next::On, None))
            }
            Outcome::NoAnswer(NoAnswer::Gone) => Ok((Next::Gone, None)),
            Outcome::NoAnswer(NoAnswer::Silent) => bail!("{} is silent", self.pc.name()),
        }
    }

    fn note(&self, write: impl FnOnce(&mut Book)) {
        write(&mut self.book.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
