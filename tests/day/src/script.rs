//! What happens, hour by hour.

mod before;
mod books;
mod evening;
mod night;
mod noon;

use crate::till::{Till, approval};
use anyhow::{Context as _, Result};
use domain::id::OrderId;
use fiscal::Money;
use fiscal::vat::Mode;
use pos_api::{
    BasketEdit, Command, Discount, DiscountAmount, KitchenStep, Means, PaidView, PaperCommand,
    Tender,
};

/// What later hours must know of earlier ones.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    /// A ticket of the day before.
    pub(crate) yesterday: String,
    /// A delivery that is owed.
    pub(crate) owed: String,
    /// What is owed.
    pub(crate) owed_cents: i64,
    /// Receipts' links that were shown.
    pub(crate) links: Vec<String>,
}

/// Plays everything.
pub(crate) fn play(till: &mut Till) -> Result<Story> {
    let mut story = Story::default();
    before::august(till).context("in August")?;
    before::forgotten(till).context("the week before")?;
    before::day_before(till, &mut story).context("the day before")?;
    noon::play(till, &mut story).context("at noon")?;
    evening::play(till, &mut story).context("in the evening")?;
    night::play(till, &story).context("at night")?;
    books::play(till).context("the books")?;
    Ok(story)
}

const PIZZAS: [&str; 8] = ["REI", "MAR", "4FR", "NAP", "VEG", "NOR", "FOR", "SAV"];
const SIZES: [&str; 3] = ["P", "S", "G"];
const DRINKS: [&str; 5] = ["COC", "EAU", "ICE", "CAF", "JUS"];
const DESSERTS: [&str; 4] = ["TIR", "MOU", "PAN", "BAC"];

impl Till {
    /// An order of somebody's, as typed.
    fn somebodys(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.dice.below(2) {
            let (pizza, size) = (self.dice.pick(&PIZZAS), self.dice.pick(&SIZES));
            text = format!("{text}{pizza} {size}; ");
        }
        let more: &[&str] = if self.dice.percent(50) { &DRINKS } else { &DESSERTS };
        text + *self.dice.pick(more)
    }

    /// Sells what somebody wants, in this mode, for cash.
    fn sell_in_cash(&mut self, mode: Mode) -> Result<PaidView> {
        let text = self.somebodys();
        self.run(Command::Basket(BasketEdit::SetMode(mode)))?;
        let due = self.type_in(&text)?.due;
        let given = friday::sale::given(due, &mut self.dice);
        self.pay(None, vec![Tender::cash(given)])
    }

    /// Sells what somebody wants, in this mode, by card.
    fn sell_by_card(&mut self, mode: Mode) -> Result<PaidView> {
        let text = self.somebodys();
        self.run(Command::Basket(BasketEdit::SetMode(mode)))?;
        let due = self.type_in(&text)?.due;
        let reference = format!("{:06}", self.dice.below(1_000_000));
        self.pay(None, vec![Tender { reference, ..Tender::of(Means::Card, due) }])
    }

    /// Somebody calls and wants something brought.
    fn for_somebody(&mut self) -> Result<()> {
        let who = friday::people::somebody(&mut self.dice, 0);
        self.run(Command::Basket(BasketEdit::SetMode(Mode::Delivery)))?;
        let address =
            format!("{}, {} {}", who.address.street, who.address.postcode, who.address.city);
        self.run(Command::Basket(BasketEdit::SetCustomer {
            name: who.name,
            phone: who.phone,
            address,
        }))?;
        Ok(())
    }

    /// The kitchen makes an order.
    fn make(&mut self, order: OrderId) -> Result<()> {
        for step in [KitchenStep::Seen, KitchenStep::Start, KitchenStep::Ready] {
            self.run(Command::Kitchen { order, line: None, step })?;
        }
        Ok(())
    }

    /// A receipt is asked for.
    fn receipt(&mut self, ticket: &str) -> Result<()> {
        self.run(Command::PrintReceipt { ticket: ticket.to_owned() }).map(drop)
    }

    /// A closing is printed.
    fn print_closing(&mut self, number: &str) -> Result<()> {
        let closing = number.to_owned();
        self.run(Command::Paper(PaperCommand::Closing { closing })).map(drop)
    }
}

/// So much off the basket or one line of it.
fn off(
    line: Option<domain::id::LineId>,
    amount: DiscountAmount,
    reason: domain::order::DiscountReason,
    manager: Option<&str>,
) -> Result<Command> {
    let approval = manager.map(approval).transpose()?;
    Ok(Command::Discount(Discount { order: None, line, amount, reason, approval }))
}

/// Cents.
const fn euros(cents: i64) -> Money {
    Money::from_cents(cents)
}
